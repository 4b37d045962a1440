"""Reading what follows from a score: bands, matrix, symbols, policies, the worked example.

Owns the reading of the second half of a scheme document. Rules: every band named is defined; every
level of rule says how far it reaches; symbols stand in the order of their standard.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from tallystick.evaluation.schemes import faults
from tallystick.evaluation.schemes.located import Place
from tallystick.evaluation.schemes.outcomes import (
    GBT22116_SYMBOLS,
    LEVELS,
    LIGHTS,
    WORST,
    Band,
    Example,
    Grades,
    Matrix,
    Policy,
    Row,
)
from tallystick.kernel.texts import Text

GBT22116 = "GB/T 22116"
BANDS_MAX = 12
SCORE_MAX = 1_000_000

_BAND_KEYS = {"code": True, "names": True, "light": True}
_NO_POLICY = Policy("warn", "warn", "no_proposal", Decimal(0), "warn")


def read_bands(place: Place) -> tuple[Band, ...]:
    """Return the bands, best first."""
    bands: dict[str, Band] = {}
    for one in place.items():
        keys = one.keys(_BAND_KEYS)
        if not _BAND_KEYS.keys() <= keys.keys():
            continue
        code = keys["code"].code()
        if code in bands:
            keys["code"].report(faults.DUPLICATE_CODE, code=code, first=place.line)
        bands[code] = Band(code, keys["names"].both(), keys["light"].choice(LIGHTS))
    if not 1 <= len(bands) <= BANDS_MAX:
        place.report(faults.OUT_OF_RANGE, low=1, high=BANDS_MAX)
    return tuple(bands.values())


def read_matrix(place: Place, bands: Collection[str]) -> Matrix:
    """Return the matrix; `bands` are the codes defined."""
    keys = place.keys({"rows": True, "steps": True, "note": False})
    rows = _rows(keys["rows"], bands) if "rows" in keys else ()
    steps: dict[int, int | str] = {}
    if "steps" in keys:
        wanted = keys["steps"].keys({str(level): True for level in LEVELS})
        for level in LEVELS:
            step = wanted.get(str(level))
            if step is not None:
                text = step.scalar()
                steps[level] = WORST if text == WORST else step.integer(0, BANDS_MAX)
    return Matrix(rows, steps, keys["note"].both() if "note" in keys else None)


def _rows(place: Place, bands: Collection[str]) -> tuple[Row, ...]:
    rows = []
    places = place.items()
    if not places:
        place.report(faults.TABLE_INCOMPLETE, what="…")
    for one in places:
        keys = one.keys({"at_least": False, "no_hit": True, "hit": True})
        least = keys["at_least"].decimal(-SCORE_MAX, SCORE_MAX) if "at_least" in keys else None
        cells = [_defined(keys[key], bands) if key in keys else "" for key in ("no_hit", "hit")]
        rows.append(Row(least, *cells))
    _check_cuts(places, [row.at_least for row in rows])
    return tuple(rows)


def _defined(place: Place, codes: Collection[str], what: Text = faults.BAND) -> str:
    code = place.scalar()
    if code and code not in codes:
        place.report(faults.NOT_DEFINED, what=what, code=code)
    return code


def _check_cuts(places: Sequence[Place], cuts: Sequence[Decimal | None]) -> None:
    """Report cuts that do not fall, or a last one that does not take all the rest."""
    lowest: Decimal | None = None
    for place, cut in zip(places[:-1], cuts[:-1], strict=True):
        if cut is None or (lowest is not None and cut >= lowest):
            place.report(faults.TABLE_ORDER)
        lowest = lowest if cut is None else cut
    if places and cuts[-1] is not None:
        places[-1].report(faults.TABLE_INCOMPLETE, what="…")


def read_grades(place: Place, bands: Collection[str]) -> Grades:
    """Return the cut table of symbols; `bands` are the codes defined."""
    keys = place.keys({"standard": True, "cuts": True, "caps": False})
    standard = keys["standard"].scalar() if "standard" in keys else ""
    cuts: list[tuple[str, Decimal | None]] = []
    places = keys["cuts"].items() if "cuts" in keys else []
    for one in places:
        parts = one.keys({"symbol": True, "at_least": False})
        least = parts["at_least"].decimal(-SCORE_MAX, SCORE_MAX) if "at_least" in parts else None
        cuts.append((parts["symbol"].scalar() if "symbol" in parts else "", least))
    symbols = [symbol for symbol, _ in cuts]
    if "cuts" in keys:
        if not places:
            keys["cuts"].report(faults.TABLE_INCOMPLETE, what="…")
        _check_cuts(places, [least for _, least in cuts])
        if standard == GBT22116 and symbols != [s for s in GBT22116_SYMBOLS if s in symbols]:
            keys["cuts"].report(faults.GRADE_ORDER, known=" ".join(GBT22116_SYMBOLS))
    caps = {}
    for band, symbol in keys["caps"].members() if "caps" in keys else ():
        if band not in bands:
            symbol.report(faults.NOT_DEFINED, what=faults.BAND, code=band)
        caps[band] = _defined(symbol, symbols, faults.SYMBOL)
    return Grades(standard, tuple(cuts), caps)


def read_policy(place: Place) -> Policy:
    """Return what the scheme does where something is not as it should be."""
    keys = place.keys(
        {
            "weight_sum": True,
            "scale": True,
            "unknown_dimension": True,
            "coverage_at_least": False,
            "below_coverage": False,
        }
    )
    enough = keys.get("coverage_at_least")
    return Policy(
        _choice(keys, "weight_sum", ("warn", "refuse"), _NO_POLICY.weight_sum),
        _choice(keys, "scale", ("warn", "refuse"), _NO_POLICY.scale),
        _choice(
            keys, "unknown_dimension", ("no_proposal", "neutral"), _NO_POLICY.unknown_dimension
        ),
        enough.decimal(0, 1) if enough else _NO_POLICY.coverage_at_least,
        _choice(keys, "below_coverage", ("warn", "no_proposal"), _NO_POLICY.below_coverage),
    )


def _choice(keys: dict[str, Place], key: str, known: Sequence[str], default: str) -> str:
    return keys[key].choice(known) if key in keys else default


def read_example(
    place: Place, dimensions: Collection[str], rules: Collection[str], bands: Collection[str]
) -> Example:
    """Return the worked example; the collections are the codes defined."""
    keys = place.keys(
        {
            "subject": True,
            "as_of": True,
            "scores": True,
            "hits": False,
            "score": True,
            "band_before_rules": True,
            "band": True,
        }
    )
    scores: dict[str, Decimal] = {}
    for code, score in keys["scores"].members() if "scores" in keys else ():
        if code not in dimensions:
            score.report(faults.NOT_DEFINED, what=faults.DIMENSION, code=code)
        scores[code] = score.decimal(-SCORE_MAX, SCORE_MAX)
    hits: dict[str, tuple[str, ...]] = {}
    for code, records in keys["hits"].members() if "hits" in keys else ():
        if code not in rules:
            records.report(faults.NOT_DEFINED, what=faults.RULE, code=code)
        hits[code] = tuple(one.scalar() for one in records.items())
    named = [
        _defined(keys[key], bands) if key in keys else "" for key in ("band_before_rules", "band")
    ]
    return Example(
        keys["subject"].scalar() if "subject" in keys else "",
        keys["as_of"].date() if "as_of" in keys else "",
        scores,
        hits,
        keys["score"].any_decimal() if "score" in keys else Decimal(0),
        *named,
    )

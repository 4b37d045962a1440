"""The certificate of an export: proof by comparison that a compiled card is the card.

Owns `export_card`, which writes nothing that was not compared, and `check_export`, which refuses
what does not belong together. Rules: compared are every cell of every axis, each threshold with the
doubles beside it, special codes, missing in each form, texts never seen, extremes and a batch of
random rows; in batch, row by row, and for Polars in the streaming engine too; score, probability
and band must be equal, to the last point; one difference and there is no text.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, Literal

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.scorecards.document import NUMBER, TREES, Card
from tallystick.scorecards.interpreting import Interpreter
from tallystick.scorecards.writing import card_digest

Engine = Literal["polars", "duckdb"]
Rows = Sequence[Mapping[str, Any]]
Run = Callable[[Rows, bool], list[tuple[int, float | None, str]]]
Progress = Callable[[int, int], None]  # comparisons done, and of how many

SEED: Final = 20_261_129
RANDOM_ROWS: Final = 1_000
ALONE_ROWS: Final = 40  # compared one by one: a batch may hide what a type was taken for
ALONE_ROWS_OF_MANY: Final = 8  # of trees that an engine plans for seconds each time
LEAVES_FEW: Final = 5_000
TREE_PLACES_MAX: Final = 12  # thresholds of one input whose neighbours are looked at
_EXTREME: Final = (
    *(0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, -5e-324),
    *(1.7976931348623157e308, -1.7976931348623157e308, 9007199254740993.0),
)

CERTIFICATE_UNEQUAL = Reason(
    "certificate_unequal",
    Text(
        "编译到 {engine} 的结果与参考解释器不同（{how}）：{variable} 的一个值得 {found}，"
        "应得 {wanted}",
        "what was compiled to {engine} differs from the reference ({how}): near a value of "
        "{variable} it says {found} instead of {wanted}",
    ),
    "docs/spec/scorecard.md",
    Text(
        "这是本软件或引擎版本的错误，请报告；没有写出文件。",
        "This is a fault of ours or of the engine's version, please report it; nothing was "
        "written.",
    ),
)
NO_CERTIFICATE = Reason(
    "no_certificate",
    Text("这份导出没有与之相符的证书：{what}", "this export has no certificate: {what}"),
    "docs/spec/scorecard.md",
    Text("请用 tally model export 重新导出。", "Export it again with tally model export."),
)
_OTHER_CARD = Text("证书属于别的评分卡", "the certificate is of another card")
_OTHER_TEXT = Text("内容与证书不符", "the text is not the one certified")
_DIFFERENT = Text("证书上有差异", "the certificate states differences")
_BATCH, _ALONE, _STREAM = (
    Text("成批", "in batch"),
    Text("逐行", "row by row"),
    Text("流式", "streaming"),
)


def export_card(
    card: Card, engine: Engine, progress: Progress = lambda _done, _total: None
) -> tuple[str, dict[str, Any]]:
    """Return the text for an engine and its certificate (plain data).

    Raises: CERTIFICATE_UNEQUAL, TOO_MANY_LEAVES, NOT_COMPILED.
    """
    digest = card_digest(card)
    head = f"Scorecard {card.name!r}, digest {digest}; a higher score is better, pd is of bad."
    head += " NULL, NaN and empty text are missing: clean other marks (NA, ?, -), and spaces around"
    head += " texts, out first."
    if engine == "duckdb":
        from tallystick.scorecards.to_duckdb import duckdb_sql  # noqa: PLC0415 - one of two

        told = head.replace("\n", " ").replace("\r", " ")
        text = f"-- {told}\n-- Reads the table organisations.\n{duckdb_sql(card)}"
    else:
        from tallystick.scorecards.to_polars import polars_code  # noqa: PLC0415 - one of two

        text = polars_code(card, head)
    return text, certify(card, engine, text, progress)


def certify(
    card: Card, engine: Engine, text: str, progress: Progress = lambda _done, _total: None
) -> dict[str, Any]:
    """Return the certificate of a text. Raises: CERTIFICATE_UNEQUAL at the first difference."""
    rows, about = _rows(card)
    interpreter = Interpreter(card)
    wanted = [_wanted(interpreter, row) for row in rows]
    run, version = _engine(card, engine, text)
    ways = [(_BATCH, False), *([(_STREAM, True)] if engine == "polars" else [])]
    leaves = sum(map(len, card.ensemble.leaf_ppm)) if card.ensemble is not None else 0
    most = ALONE_ROWS if leaves <= LEAVES_FEW else ALONE_ROWS_OF_MANY
    alone = range(0, len(rows), max(1, len(rows) // most))
    steps = len(ways) + len(alone)
    for done, (how, streaming) in enumerate(ways):
        progress(done, steps)
        _compare(run(rows, streaming), wanted, about, engine, how)
    for done, at in enumerate(alone, len(ways)):
        progress(done, steps)
        _compare(run([rows[at]], False), [wanted[at]], [about[at]], engine, _ALONE)  # noqa: FBT003 - not streaming
    progress(steps, steps)
    return {
        "tallystick_certificate": 1,
        "card": card_digest(card),
        "export": sha256(text.encode()).hexdigest(),
        "engine": engine,
        "engine_version": version,
        "rows": len(rows),
        "rows_alone": len(alone),
        "ways": [how.en for how, _ in ways] + [_ALONE.en],
        "seed": SEED,
        "differences": 0,
    }


def check_export(card: Card, text: str, certificate: Mapping[str, Any] | None) -> None:
    """Check that a text is the certified one of a card. Raises: NO_CERTIFICATE."""
    found = certificate or {}
    if found.get("card") != card_digest(card):
        raise NO_CERTIFICATE.error(what=_OTHER_CARD)
    if found.get("export") != sha256(text.encode()).hexdigest():
        raise NO_CERTIFICATE.error(what=_OTHER_TEXT)
    if found.get("differences") != 0:
        raise NO_CERTIFICATE.error(what=_DIFFERENT)


def _wanted(interpreter: Interpreter, row: Mapping[str, Any]) -> tuple[int, float | None, str]:
    said = interpreter.one(row)
    return said.score, None if said.pd_ppm is None else said.pd_ppm / 1e6, said.band


def _compare(
    found: Sequence[Any], wanted: Sequence[Any], about: Sequence[str], engine: str, how: Text
) -> None:
    for one, other, variable in zip(found, wanted, about, strict=True):
        if tuple(one) != other:
            raise CERTIFICATE_UNEQUAL.error(
                engine=engine, how=how, variable=variable, found=one, wanted=other
            )


# -- rows -----------------------------------------------------------------------------------


def _rows(card: Card) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the rows to compare, and the variable each is about."""
    dice = random.Random(SEED)  # noqa: S311 - the certificate says the seed
    places = _places(card)

    def drawn() -> dict[str, Any]:
        return {
            name: dice.choice(values)
            if not card.variable[name].kind == NUMBER or dice.random() < 0.5  # noqa: PLR2004, SIM201 - half of them on a place
            else dice.gauss(0, 1) * 10 ** dice.randrange(-3, 4)
            for name, values in places.items()
        }

    rows, about = [], []
    for name, values in places.items():
        for value in values:
            rows.append(drawn() | {name: value})
            about.append(name)
    rows += [drawn() for _ in range(RANDOM_ROWS)]
    about += ["-"] * RANDOM_ROWS
    return rows, about


def _places(card: Card) -> dict[str, list[Any]]:
    """Return for each variable the values where mistakes are made."""
    places: dict[str, list[Any]] = {}
    for one in card.variables:
        places[one.name] = (
            [None, *_EXTREME] if one.kind == NUMBER else [None, "", "never seen", "'\";--"]
        )
    for term in card.terms:
        for axis in term.axes:
            if axis.kind == NUMBER:
                places[axis.variable] += _beside((*axis.cuts, *axis.codes))
            else:
                places[axis.variable] += list(axis.places)
    if card.kind == TREES and card.ensemble is not None:
        _tree_places(card, places)
    return places


def _beside(values: Sequence[float]) -> list[float]:
    return [
        one
        for value in values
        for one in (
            value,
            math.nextafter(value, -math.inf),
            math.nextafter(value, math.inf),
        )
    ]


def _tree_places(card: Card, places: dict[str, list[Any]]) -> None:
    from tallystick.scorecards.trees import TreeReader  # noqa: PLC0415 - only for trees

    if card.ensemble is None:
        return
    found: dict[str, set[float]] = {}
    for tree in TreeReader(card.ensemble).trees:
        for feature, threshold in zip(tree.feature, tree.threshold, strict=True):
            found.setdefault(card.variables[feature].name, set()).add(threshold)
    for name, thresholds in found.items():
        if card.variable[name].kind == NUMBER:
            ordered = sorted(thresholds)
            step = max(1, len(ordered) // TREE_PLACES_MAX)
            places[name] += _beside(ordered[::step])
    for name, codes in card.ensemble.encodings.items():
        places[name] += list(codes)


# -- engines --------------------------------------------------------------------------------


def _engine(card: Card, engine: Engine, text: str) -> tuple[Run, str]:
    """Return the function that runs a text on rows, and the version of the engine."""
    if engine == "duckdb":
        import duckdb  # noqa: PLC0415 - large

        def in_duckdb(rows: Rows, streaming: bool) -> Any:  # noqa: ANN401, FBT001 - as `Run`
            del streaming
            with duckdb.connect() as connection:
                connection.register("organisations", _arrow(card, rows))
                return connection.execute(
                    f"SELECT score, pd, band FROM ({text})"  # noqa: S608 - it is what is proved
                ).fetchall()

        return in_duckdb, str(duckdb.__version__)
    import polars as pl  # noqa: PLC0415 - large

    from tallystick.scorecards.to_polars import scorer  # noqa: PLC0415 - one of two

    score = scorer(text)

    def in_polars(rows: Rows, streaming: bool) -> Any:  # noqa: ANN401, FBT001 - as `Run`
        frame = pl.from_arrow(_arrow(card, rows))
        made = score(frame).select("score", "pd", "band")
        return made.collect(engine="streaming" if streaming else "in-memory").rows()

    return in_polars, str(pl.__version__)


def _arrow(card: Card, rows: Rows) -> Any:  # noqa: ANN401 - pyarrow ships no types
    """Return rows as an Arrow table. A single row keeps the types its values suggest."""
    import pyarrow as pa  # noqa: PLC0415 - large

    made = {}
    for one in card.variables:
        values = [row[one.name] for row in rows]
        alone = len(rows) == 1
        kind = None if alone else pa.float64() if one.kind == NUMBER else pa.string()
        if (
            alone
            and isinstance(values[0], float)
            and values[0].is_integer()
            and abs(values[0]) < 2**53
        ):
            values = [int(values[0])]
        made[one.name] = pa.array(values, kind)
    return pa.table(made)

"""A card as text, and its strict reader.

Owns the JSON form of a card and its digest. Rules: the text is canonical JSON (integers and texts,
no floats), so that a card has one text and one digest; what is read is checked whole, and a card
that does not add up is refused with the place of the fault; an unknown field is refused, since a
reader that drops it would say something else than the writer meant.

    read_card(card_text(card)) == card
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from itertools import pairwise
from math import isfinite
from typing import Any, Final, TypeVar

from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text
from tallystick.scorecards.document import (
    CATEGORY,
    FORMAT,
    NUMBER,
    POINTS,
    PPM,
    ROUTES,
    TREES,
    Axis,
    Band,
    Card,
    Ensemble,
    Outcome,
    Scaling,
    Term,
    Training,
    Variable,
)

BAD_CARD = Reason(
    "bad_card",
    Text("评分卡在 {place} 处不成立：{fault}", "the card does not hold at {place}: {fault}"),
    "docs/spec/scorecard.md",
    Text("请用 tally model fit 写出的原件。", "Use the original that tally model fit wrote."),
)
_MARK: Final = "tallystick_card"
_ODDS: Final = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,12})?", re.ASCII)
_T = TypeVar("_T")
_NOT_TEXT = Text("不是规范的 JSON", "it is not canonical JSON")
_FIELDS = Text("字段应为 {wanted}", "its fields should be {wanted}")
_TYPE = Text("类型不对", "it is of the wrong type")
_FORMAT = Text("不认识的格式", "the format is unknown")
_CHOICE = Text("不是允许的值", "it is none of the values allowed")
_RISING = Text("没有由小到大", "it does not rise")
_SHORTEST = Text("不是最短往返的有限小数", "it is not the shortest text of a finite number")
_LENGTH = Text("个数与分格不符", "there are not as many as cells")
_TWICE = Text("重复", "something stands there twice")
_UNKNOWN = Text("没有这个变量", "there is no such variable")
_DIGEST = Text("摘要与内容不符", "the digest is not that of the text")
_NEGATIVE = Text("不能为负", "it is negative")
_MORE = Text("坏样本多于样本", "there are more bad ones than organisations")
_AGAINST = Text("分数越高，结果反而越差", "what is higher comes out worse")
_EMPTY = Text("是空的", "it is empty")


def card_json(card: Card) -> dict[str, Any]:
    """Return a card as plain JSON without floats."""
    document = asdict(card)
    ensemble = document["ensemble"]
    if ensemble:  # names and categories are of any script, and keys are not
        ensemble["encodings"] = [
            {"variable": name, "codes": [[one, code] for one, code in codes.items()]}
            for name, codes in ensemble["encodings"].items()
        ]
    return {_MARK: FORMAT, **_lists(document)}


def _lists(value: Any) -> Any:  # noqa: ANN401 - plain data
    if isinstance(value, Mapping):
        return {name: _lists(one) for name, one in value.items()}
    return [_lists(one) for one in value] if isinstance(value, list | tuple) else value


def card_text(card: Card) -> bytes:
    """Return the text of a card. Raises: NOT_CANONICAL where its record holds a float."""
    return canonical.encode(card_json(card))


def card_digest(card: Card) -> str:
    """Return the SHA-256 of the text of a card, in hexadecimal."""
    return hashlib.sha256(card_text(card)).hexdigest()


def read_card(text: bytes | str) -> Card:
    """Return the card of a text. Raises: BAD_CARD."""
    try:
        document = canonical.decode(text.encode() if isinstance(text, str) else text)
    except (TallyError, UnicodeEncodeError):
        raise card_fault("/", _NOT_TEXT) from None
    if not isinstance(document, dict) or document.pop(_MARK, None) != FORMAT:
        raise card_fault(f"/{_MARK}", _FORMAT)
    card = _card(document)
    _check(card)
    return card


def check_card(card: Card) -> None:
    """Check a card as `read_card` does. Raises: BAD_CARD."""
    read_card(card_text(card))


def card_fault(place: str, fault: Text) -> TallyError:
    """Return the error of a card that does not hold at a place."""
    return BAD_CARD.error(place=place, fault=fault)


# -- reading --------------------------------------------------------------------------------

_Read = Callable[[Any, str], Any]


def _text(value: Any, place: str) -> str:  # noqa: ANN401 - whatever a stranger wrote
    if not isinstance(value, str):
        raise card_fault(place, _TYPE)
    return value


def _whole(value: Any, place: str) -> int:  # noqa: ANN401 - as above
    if type(value) is not int:
        raise card_fault(place, _TYPE)
    return value


def _yes(value: Any, place: str) -> bool:  # noqa: ANN401 - as above
    if not isinstance(value, bool):
        raise card_fault(place, _TYPE)
    return value


def _plain(value: Any, place: str) -> dict[str, Any]:  # noqa: ANN401 - as above
    if not isinstance(value, dict):
        raise card_fault(place, _TYPE)
    return value


def _many(read: _Read) -> _Read:
    def of(value: Any, place: str) -> tuple[Any, ...]:  # noqa: ANN401 - as above
        if not isinstance(value, list):
            raise card_fault(place, _TYPE)
        return tuple(read(one, f"{place}/{at}") for at, one in enumerate(value))

    return of


def _or_none(read: _Read) -> _Read:
    return lambda value, place: None if value is None else read(value, place)


def _one_of(*allowed: str) -> _Read:
    def of(value: Any, place: str) -> str:  # noqa: ANN401 - as above
        if value not in allowed:
            raise card_fault(place, _CHOICE)
        return str(value)

    return of


def _made(made: type[_T], /, **reads: _Read) -> _Read:
    wanted = tuple(one.name for one in fields(made))  # type: ignore[arg-type]  # a dataclass

    def of(value: Any, place: str) -> _T:  # noqa: ANN401 - as above
        if not isinstance(value, dict):
            raise card_fault(place, _TYPE)
        if set(value) != set(wanted):
            raise card_fault(place, _FIELDS.fill(wanted=", ".join(wanted)))
        return made(**{name: reads[name](value[name], f"{place}/{name}") for name in wanted})

    return of


def _encodings(value: Any, place: str) -> dict[str, dict[str, str]]:  # noqa: ANN401 - as above
    found: dict[str, dict[str, str]] = {}
    for at, one in enumerate(_many(_plain)(value, place)):
        where = f"{place}/{at}"
        if set(one) != {"variable", "codes"}:
            raise card_fault(where, _FIELDS.fill(wanted="variable, codes"))
        pairs = _many(_many(_text))(one["codes"], f"{where}/codes")
        name = _text(one["variable"], f"{where}/variable")
        if any(len(pair) != 2 for pair in pairs):  # noqa: PLR2004 - a pair
            raise card_fault(f"{where}/codes", _TYPE)
        codes = dict(pairs)
        if name in found or len(codes) < len(pairs):
            raise card_fault(where, _TWICE)
        for code in codes.values():
            _double(code, f"{where}/codes")
        found[name] = codes
    return found


_KIND = _one_of(NUMBER, CATEGORY)
_TEXTS, _WHOLES = _many(_text), _many(_whole)
_AXIS = _made(
    Axis, variable=_text, kind=_KIND, thresholds=_TEXTS, groups=_many(_TEXTS), special=_TEXTS
)
_TERM = _made(Term, axes=_many(_AXIS), points=_WHOLES, counts=_WHOLES, bads=_WHOLES, woe=_TEXTS)
_VARIABLE = _made(
    Variable,
    name=_text,
    kind=_KIND,
    zh=_text,
    en=_text,
    unit=_text,
    item=_text,
    direction=_one_of("", "up", "down"),
    actionable=_yes,
)
_CARD = _made(
    Card,
    name=_text,
    route=_one_of(*ROUTES),
    kind=_one_of(POINTS, TREES),
    variables=_many(_VARIABLE),
    terms=_many(_TERM),
    offset=_whole,
    scaling=_or_none(
        _made(
            Scaling,
            base_score=_whole,
            base_odds=_text,
            pdo=_whole,
            rounding=_one_of("half_even"),
        )
    ),
    outcome=_made(Outcome, upper=_WHOLES, score=_WHOLES, pd_ppm=_WHOLES),
    bands=_many(_made(Band, code=_text, lowest=_or_none(_whole))),
    ensemble=_or_none(
        _made(
            Ensemble,
            text=_text,
            digest=_text,
            inputs=_TEXTS,
            encodings=_encodings,
            leaf_ppm=_many(_WHOLES),
        )
    ),
    training=_made(Training, digest=_text, file=_text, target=_text, rows=_whole, bads=_whole),
    route_reason=_plain,
    settings=_plain,
    record=_plain,
)


def _card(document: dict[str, Any]) -> Card:
    card: Card = _CARD(document, "")
    return card


# -- what must hold -------------------------------------------------------------------------


def _check(card: Card) -> None:
    if not card.variables:
        raise card_fault("/variables", _EMPTY)
    _unique([one.name for one in card.variables], "/variables")
    for at, term in enumerate(card.terms):
        _check_term(term, card, f"/terms/{at}")
    _unique([frozenset(term.variables) for term in card.terms], "/terms")
    if card.scaling is not None and not _is_odds(card.scaling.base_odds):
        raise card_fault("/scaling/base_odds", _CHOICE)
    _check_outcome(card)
    _check_bands(card)
    if (card.ensemble is not None) != (card.kind == TREES) or (card.kind == TREES and card.terms):
        raise card_fault("/ensemble", _TYPE)
    if card.ensemble is not None:
        _check_ensemble(card.ensemble, card)


def _check_term(term: Term, card: Card, place: str) -> None:
    if not 1 <= len(term.axes) <= 2:  # noqa: PLR2004 - one axis or two
        raise card_fault(f"{place}/axes", _LENGTH)
    _unique(list(term.variables), f"{place}/axes")
    size = 1
    for at, axis in enumerate(term.axes):
        _check_axis(axis, card, f"{place}/axes/{at}")
        size *= axis.size
    if len(term.points) != size:
        raise card_fault(f"{place}/points", _LENGTH)
    for name, values in (("counts", term.counts), ("bads", term.bads), ("woe", term.woe)):
        if values and len(values) != size:
            raise card_fault(f"{place}/{name}", _LENGTH)
    if any(one < 0 for one in (*term.counts, *term.bads)):
        raise card_fault(f"{place}/counts", _NEGATIVE)
    if not all(map(_is_finite, term.woe)):
        raise card_fault(f"{place}/woe", _CHOICE)
    if any(bad > count for bad, count in zip(term.bads, term.counts, strict=False)):
        raise card_fault(f"{place}/bads", _MORE)


def _is_odds(text: str) -> bool:
    return bool(_ODDS.fullmatch(text)) and float(text) > 0


def _is_finite(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def _check_axis(axis: Axis, card: Card, place: str) -> None:
    variable = card.variable.get(axis.variable)
    if variable is None:
        raise card_fault(place, _UNKNOWN)
    if variable.kind != axis.kind or (axis.thresholds if axis.kind == CATEGORY else axis.groups):
        raise card_fault(place, _TYPE)
    cuts = [_double(one, f"{place}/thresholds") for one in axis.thresholds]
    if any(b <= a for a, b in pairwise(cuts)):
        raise card_fault(f"{place}/thresholds", _RISING)
    if axis.kind == NUMBER:
        for one in axis.special:
            _double(one, f"{place}/special")
    if not all(axis.groups):
        raise card_fault(f"{place}/groups", _EMPTY)
    named = [one for group in axis.groups for one in group]
    if "" in named or "" in axis.special:
        raise card_fault(f"{place}/groups", _EMPTY)
    _unique([*named, *axis.special], place)


def _double(text: str, place: str) -> float:
    """Return the double of a text that is its shortest. Raises: BAD_CARD."""
    try:
        value = float(text)
    except ValueError:
        raise card_fault(place, _SHORTEST) from None
    if not isfinite(value) or repr(value) != text or text == "-0.0":
        raise card_fault(place, _SHORTEST)
    return value


def _check_outcome(card: Card) -> None:
    outcome = card.outcome
    if any(b <= a for a, b in pairwise(outcome.upper)):
        raise card_fault("/outcome/upper", _RISING)
    rows = len(outcome.upper) + 1
    for name, values in (("score", outcome.score), ("pd_ppm", outcome.pd_ppm)):
        if values and len(values) != rows:
            raise card_fault(f"/outcome/{name}", _LENGTH)
    if any(not 0 <= one <= PPM for one in outcome.pd_ppm):
        raise card_fault("/outcome/pd_ppm", _CHOICE)
    if any(b < a for a, b in pairwise(outcome.score)):
        raise card_fault("/outcome/score", _AGAINST)
    if any(b > a for a, b in pairwise(outcome.pd_ppm)):
        raise card_fault("/outcome/pd_ppm", _AGAINST)
    if card.kind == TREES and not outcome.score:
        raise card_fault("/outcome/score", _EMPTY)


def _check_bands(card: Card) -> None:
    _unique([band.code for band in card.bands], "/bands")
    for at, band in enumerate(card.bands):
        if (band.lowest is None) != (at == 0):
            raise card_fault(f"/bands/{at}", _TYPE)
    lowest = [band.lowest for band in card.bands if band.lowest is not None]
    if any(b <= a for a, b in pairwise(lowest)):
        raise card_fault("/bands", _RISING)


def _check_ensemble(ensemble: Ensemble, card: Card) -> None:
    if hashlib.sha256(ensemble.text.encode()).hexdigest() != ensemble.digest:
        raise card_fault("/ensemble/digest", _DIGEST)
    if ensemble.inputs != tuple(one.name for one in card.variables):
        raise card_fault("/ensemble/inputs", _UNKNOWN)
    categories = {one.name for one in card.variables if one.kind == CATEGORY}
    if set(ensemble.encodings) != categories:
        raise card_fault("/ensemble/encodings", _UNKNOWN)


def _unique(values: list[Any], place: str) -> None:
    if len(set(values)) < len(values):
        raise card_fault(place, _TWICE)

"""What the record of a card may hold where this program reads it.

Owns the check of those parts. Rules: a part that is not there is fine, and so is one this program
does not know; a part that is there has the shape that is written here, or the card is refused with
the place, since a page that guesses would say something else than the writer meant. Scores do not
depend on the record: `read_card` lets it pass, so that a card in a scheme is read whatever it says.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any, Final

from tallystick.kernel.texts import Text
from tallystick.scorecards.document import Card
from tallystick.scorecards.writing import card_fault

_Check = Callable[[Any, str], None]
_FIGURE: Final = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)

_SHAPE = Text("类型不对", "it is of the wrong type")
_LACKS = Text("缺少 {name}", "{name} is missing")
_NO_FIGURE = Text("不是小数", "it is no decimal number")
_NO_SHARE = Text("不在 0 与 1 之间", "it is not between 0 and 1")
_NO_DAY = Text("不是日期", "it is no date")
_NO_COUNT = Text("不是个数", "it is no count")


def check_record(card: Card) -> None:
    """Check what is read of the record of a card. Raises: BAD_CARD."""
    _RECORD(card.record, "/record")
    _WORDS(card.route_reason, "/route_reason")


def _text(value: Any, place: str) -> None:  # noqa: ANN401 - whatever a stranger wrote
    if not isinstance(value, str):
        raise card_fault(place, _SHAPE)


def _yes(value: Any, place: str) -> None:  # noqa: ANN401 - as above
    if not isinstance(value, bool):
        raise card_fault(place, _SHAPE)


def _whole(value: Any, place: str) -> None:  # noqa: ANN401 - as above
    if type(value) is not int:
        raise card_fault(place, _SHAPE)


def _count(value: Any, place: str) -> None:  # noqa: ANN401 - as above
    if type(value) is not int or value < 0:
        raise card_fault(place, _NO_COUNT)


def _figure(value: Any, place: str) -> None:  # noqa: ANN401 - as above
    if not isinstance(value, str) or not _FIGURE.fullmatch(value):
        raise card_fault(place, _NO_FIGURE)


def _share(value: Any, place: str) -> None:  # noqa: ANN401 - as above
    _figure(value, place)
    if not 0 <= float(value) <= 1:
        raise card_fault(place, _NO_SHARE)


def _day(value: Any, place: str) -> None:  # noqa: ANN401 - as above
    _text(value, place)
    try:
        datetime.date.fromisoformat(value if _DAY.fullmatch(value) else "")
    except ValueError:
        raise card_fault(place, _NO_DAY) from None


def _or_none(check: _Check) -> _Check:
    return lambda value, place: None if value is None else check(value, place)


def _many(check: _Check) -> _Check:
    def of(value: Any, place: str) -> None:  # noqa: ANN401 - as above
        if not isinstance(value, list | tuple):
            raise card_fault(place, _SHAPE)
        for at, one in enumerate(value):
            check(one, f"{place}/{at}")

    return of


def _pair(check: _Check) -> _Check:
    def of(value: Any, place: str) -> None:  # noqa: ANN401 - as above
        if not isinstance(value, list | tuple) or len(value) != 2:  # noqa: PLR2004 - a pair
            raise card_fault(place, _SHAPE)
        for at, one in enumerate(value):
            check(one, f"{place}/{at}")

    return of


def _each(check: _Check) -> _Check:
    def of(value: Any, place: str) -> None:  # noqa: ANN401 - as above
        if not isinstance(value, dict):
            raise card_fault(place, _SHAPE)
        for name, one in value.items():
            check(one, f"{place}/{name}")

    return of


def _object(*needed: str, **parts: _Check) -> _Check:
    """Check an object that has the fields `needed`, and of any field named here its shape."""

    def of(value: Any, place: str) -> None:  # noqa: ANN401 - as above
        if not isinstance(value, dict):
            raise card_fault(place, _SHAPE)
        for name in needed:
            if name not in value:
                raise card_fault(place, _LACKS.fill(name=name))
        for name, check in parts.items():
            if name in value:
                check(value[name], f"{place}/{name}")

    return of


_MAYBE = _or_none(_figure)
_INTERVAL = _object("mean", "low", "high", mean=_MAYBE, low=_MAYBE, high=_MAYBE)
_WORDS = _object(zh=_text, en=_text)
_TOLD = _object("column", "zh", "en", column=_text, zh=_text, en=_text)
_CURVE = _object(
    *("expected", "observed", "low", "high", "rows"),
    expected=_share,
    observed=_share,
    low=_share,
    high=_share,
    rows=_count,
)
_BAND = _object(
    *("code", "lowest", "rows", "bads", "rate", "low", "high", "expected"),
    code=_text,
    lowest=_or_none(_whole),
    rows=_count,
    bads=_count,
    rate=_or_none(_share),
    low=_or_none(_share),
    high=_or_none(_share),
    expected=_or_none(_share),
)
_PLAN = _object(
    *("kind", "repeats", "folds", "seeds", "rows_in_shared_groups"),
    kind=_text,
    repeats=_count,
    folds=_count,
    seeds=_many(_whole),
    rows_in_shared_groups=_count,
    judged=_many(_text),
    rows_judged=_count,
)
_VALIDATION = _object(
    auc=_or_none(_INTERVAL),
    gini=_MAYBE,
    ks=_MAYBE,
    brier=_MAYBE,
    log_loss=_MAYBE,
    average_precision=_MAYBE,
    spearman=_MAYBE,
    kendall=_MAYBE,
    intervals=_or_none(_each(_INTERVAL)),
    calibration=_or_none(_object(intercept=_MAYBE, slope=_MAYBE, curve=_or_none(_many(_CURVE)))),
    plan=_or_none(_PLAN),
    outcomes=_or_none(
        _object(
            "bands", "monotone", "rising", bands=_many(_BAND), monotone=_yes, rising=_many(_text)
        )
    ),
    roc=_or_none(_many(_pair(_share))),
    scored=_text,
)
_ENVIRONMENT = _object(
    fitted_on=_day,
    python=_text,
    machine=_text,
    system=_text,
    tallystick=_text,
    libraries=_many(_pair(_text)),
)
_WEIGHING = _object(
    *("weights", "cr", "testable", "digest", "answers"),
    weights=_many(_pair(_text)),
    cr=_text,
    testable=_yes,
    digest=_text,
    answers=_object("experts", experts=_many(lambda _value, _place: None)),
)
_RECORD = _object(
    validation=_or_none(_VALIDATION),
    environment=_or_none(_ENVIRONMENT),
    treatments=_or_none(_many(_TOLD)),
    dropped=_or_none(_many(_TOLD)),
    leakage=_or_none(_many(_object("zh", "en", zh=_text, en=_text, accepted_because=_text))),
    monotonicity=_or_none(_object(price=_MAYBE, error=_MAYBE)),
    limits=_or_none(_object("zh", "en", zh=_text, en=_text)),
    time=_or_none(_text),
    organisation=_or_none(_text),
    seed=_or_none(_whole),
    weighing=_or_none(_WEIGHING),
)

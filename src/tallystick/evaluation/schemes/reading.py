"""Reading a scheme: one YAML document in, a `Scheme` or every problem with its line out.

Owns the outline of a scheme document (docs/scheme.md explains it). Rules: all problems are found at
once; the weights inside a dimension add up to exactly 1, those of the dimensions are reported when
they do not; what is missing is never made up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from tallystick.evaluation.schemes import faults
from tallystick.evaluation.schemes.cards import check_inputs, read_texts
from tallystick.evaluation.schemes.criteria import CriteriaReader, refuse_class
from tallystick.evaluation.schemes.located import Log, Place, read_yaml
from tallystick.evaluation.schemes.outcomes import Unmapped
from tallystick.evaluation.schemes.policies import (
    SCORE_MAX,
    read_bands,
    read_example,
    read_grades,
    read_matrix,
    read_policy,
)
from tallystick.evaluation.schemes.scheme import (
    FORM,
    Dimension,
    Indicator,
    RiskRule,
    Scheme,
    scheme_digest,
)
from tallystick.evaluation.schemes.vocabulary import Vocabulary
from tallystick.evaluation.schemes.weighings import read_weighing
from tallystick.kernel.decimals import decimal_text
from tallystick.kernel.texts import Text
from tallystick.scorecards.document import Card

DECIMALS_MAX = 6
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", re.ASCII)
_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+){0,3}", re.ASCII)
_KEYS = {
    "form": True,
    "id": True,
    "version": True,
    "names": True,
    "date": True,
    "basis": True,
    "scale": True,
    "decimals": True,
    "dimensions": True,
    "indicators": True,
    "rules": True,
    "bands": True,
    "matrix": True,
    "grades": False,
    "unmapped": False,
    "policy": True,
    "example": False,
    "weighing": False,
    "cards": False,
}
_SHAPES = {
    "id": Text("小写代码，例如 association-2019", "a lower-case code such as association-2019"),
    "version": Text("版本号，例如 1.0", "a version such as 1.0"),
}
_Coded = TypeVar("_Coded", Dimension, Indicator, RiskRule)


class Reading(NamedTuple):
    """What was read: the scheme (None when it cannot be used), the places of two of its parts."""

    scheme: Scheme | None
    example: Place | None
    log: Log
    weighing: Place | None = None


def read_scheme(text: str, file: str, vocabulary: Vocabulary) -> Reading:
    """Return the scheme written in `text`, with everything wrong with it in the log."""
    log = Log(file)
    root = read_yaml(text, log)
    if root is None:
        return Reading(None, None, log)
    keys = root.keys(_KEYS)
    form = keys.get("form")
    if form is not None and form.scalar() != FORM:
        form.report(faults.UNKNOWN_FORM, known=FORM)
        return Reading(None, None, log)
    scheme = _Outline(keys, vocabulary).scheme()
    if log.problems or scheme is None:
        return Reading(None, None, log)
    read = replace(scheme, digest=scheme_digest(scheme))
    return Reading(read, keys.get("example"), log, keys.get("weighing"))


class _Outline:
    """The parts of one document; each is read as far as it is there."""

    def __init__(self, keys: dict[str, Place], vocabulary: Vocabulary) -> None:
        self._keys = keys
        self._criteria = CriteriaReader(vocabulary)
        self._vocabulary = vocabulary

    def scheme(self) -> Scheme | None:
        """Return the scheme, None where parts are missing; what is wrong went to the log."""
        keys = self._keys
        dimensions = self._coded("dimensions", self._dimension)
        indicators = self._coded("indicators", self._criteria.indicator)
        rules = self._coded("rules", self._criteria.rule)
        bands = read_bands(keys["bands"]) if "bands" in keys else ()
        codes = [band.code for band in bands]
        matrix = read_matrix(keys["matrix"], codes) if "matrix" in keys else None
        policy = read_policy(keys["policy"]) if "policy" in keys else None
        if policy and policy.weight_sum == "refuse":
            self._add_up("dimensions", dimensions)
        self._check_dimensions(dimensions, indicators)
        used = {one.card.digest for one in indicators if one.card}
        cards = read_texts(self._items("cards"), used)
        self._check_cards(indicators, cards)
        grades = read_grades(keys["grades"], codes) if "grades" in keys else None
        example = (
            read_example(keys["example"], _codes(dimensions), _codes(rules), codes)
            if "example" in keys
            else None
        )
        heading = self._heading()
        if matrix is None or policy is None:
            return None
        return Scheme(
            **heading,
            dimensions=dimensions,
            indicators=indicators,
            rules=rules,
            bands=bands,
            matrix=matrix,
            grades=grades,
            unmapped=tuple(_unmapped(one) for one in self._items("unmapped")),
            policy=policy,
            example=example,
            weighing=read_weighing(keys["weighing"]) if "weighing" in keys else None,
            cards=cards,
        )

    def _heading(self) -> dict[str, Any]:
        keys = self._keys
        return {
            "id": self._matching("id", _ID),
            "version": self._matching("version", _VERSION),
            "names": self._criteria.names(keys),
            "date": keys["date"].date() if "date" in keys else "",
            "basis": tuple(one.both() for one in self._items("basis")),
            "scale": self._scale(),
            "decimals": keys["decimals"].integer(0, DECIMALS_MAX) if "decimals" in keys else 0,
        }

    def _items(self, key: str) -> list[Place]:
        return self._keys[key].items() if key in self._keys else []

    def _coded(self, key: str, read: Callable[[Place], _Coded]) -> tuple[_Coded, ...]:
        """Return the members of the list at `key`, having checked that no code comes twice."""
        found = []
        first: dict[str, int] = {}
        for place in self._items(key):
            one = read(place)
            found.append(one)
            if one.code in first:
                place.report(faults.DUPLICATE_CODE, code=one.code, first=first[one.code])
            elif one.code:
                first[one.code] = place.line
        return tuple(found)

    def _dimension(self, place: Place) -> Dimension:
        keys = place.keys({"code": True, "names": True, "short": False, "weight": True})
        names = self._criteria.names(keys)
        return Dimension(
            keys["code"].code() if "code" in keys else "",
            names,
            keys["short"].both() if "short" in keys else names,
            keys["weight"].decimal(0, 1) if "weight" in keys else Decimal(0),
        )

    def _check_dimensions(
        self, dimensions: Sequence[Dimension], indicators: Sequence[Indicator]
    ) -> None:
        """Report indicators without dimension, dimensions without indicators, weights not 1."""
        for place, one in zip(self._items("indicators"), indicators, strict=True):
            if one.dimension and one.dimension not in _codes(dimensions):
                place.report(faults.NOT_DEFINED, what=faults.DIMENSION, code=one.dimension)
        if "indicators" not in self._keys:
            return
        for place, dimension in zip(self._items("dimensions"), dimensions, strict=True):
            inside = [one for one in indicators if one.dimension == dimension.code]
            total = sum((one.weight for one in inside), Decimal(0))
            if dimension.code and not total:
                place.report(faults.EMPTY_DIMENSION, code=dimension.code)
            elif dimension.code and total != 1:
                place.report(faults.WEIGHT_SUM, total=decimal_text(total))

    def _check_cards(self, indicators: Sequence[Indicator], cards: Mapping[str, Card]) -> None:
        """Report indicators without points, cards that are not there, inputs that do not fit."""
        scored = [
            one
            for one in indicators
            if (item := self._vocabulary.item(one.selection.item)) is not None and item.scored
        ]
        kinds = {one.code: one.kind for one in scored}
        fed = {one.indicator for user in indicators if user.card for one in user.card.inputs}
        for place, one in zip(self._items("indicators"), indicators, strict=True):
            self._criteria.check_pointless(place, one, fed)
            if one.card is None or not one.card.digest:
                continue
            card = cards.get(one.card.digest)
            if card is None:
                place.report(faults.CARD_NOT_THERE, digest=one.card.digest[:12])
                continue
            words = [w for v in card.variables for w in (v.name, v.zh, v.en, v.item)]
            refuse_class(place, self._vocabulary, words)
            check_inputs(place, one.card, card, kinds)

    def _add_up(self, key: str, dimensions: Sequence[Dimension]) -> None:
        total = sum((one.weight for one in dimensions), Decimal(0))
        if total != 1 and key in self._keys:
            self._keys[key].report(faults.WEIGHT_SUM, total=decimal_text(total))

    def _matching(self, key: str, pattern: re.Pattern[str]) -> str:
        if key not in self._keys:
            return ""
        text = self._keys[key].scalar()
        if text and not pattern.fullmatch(text):
            self._keys[key].report(faults.WRONG_SHAPE, expected=_SHAPES[key])
        return text

    def _scale(self) -> tuple[Decimal, Decimal]:
        place = self._keys.get("scale")
        if place is None:
            return Decimal(0), Decimal(0)
        ends = place.keys({"min": True, "max": True})
        low, high = (
            ends[key].decimal(-SCORE_MAX, SCORE_MAX) if key in ends else Decimal(0)
            for key in ("min", "max")
        )
        if len(ends) == len(("min", "max")) and low >= high:
            place.report(faults.OUT_OF_RANGE, low="min", high="max")
        return low, high


def _unmapped(place: Place) -> Unmapped:
    keys = place.keys({"names": True, "note": False})
    return Unmapped(
        keys["names"].both() if "names" in keys else Text("", ""),
        keys["note"].both() if "note" in keys else None,
    )


def _codes(parts: Sequence[_Coded]) -> list[str]:
    return [part.code for part in parts]

"""A card as text: one text, read back to the same card, and refused where it does not hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.scorecards.document import CATEGORY, NUMBER, Card, Ensemble, Outcome, Variable
from tallystick.scorecards.writing import card_digest, card_json, card_text, read_card
from tallystick.testing.cards import random_card

TREES = Card(
    "trees",
    "boosted",
    "trees",
    (Variable("margin", NUMBER), Variable("行业", CATEGORY)),
    outcome=Outcome((0,), (400, 600), (900, 100)),
    ensemble=Ensemble(
        "tree\n",
        hashlib.sha256(b"tree\n").hexdigest(),
        ("margin", "行业"),
        {"行业": {"建筑": "0.5", "零售": "-1.0"}},
        ((1, -2),),
    ),
)


@given(st.integers(0, 10_000))
@settings(max_examples=50, deadline=None)
def test_reading_and_writing_back_changes_no_byte(seed: int) -> None:
    card = random_card(seed)
    text = card_text(card)
    assert read_card(text) == card
    assert card_text(read_card(text)) == text
    assert card_digest(card) == hashlib.sha256(text).hexdigest()


def test_a_card_of_trees_carries_its_text() -> None:
    assert read_card(card_text(TREES)) == TREES


def test_another_writing_of_the_same_card_is_refused() -> None:
    pretty = json.dumps(json.loads(card_text(random_card(1))), indent=1)
    with pytest.raises(TallyError, match="bad_card"):
        read_card(pretty)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"null", b"\xff", b"{}", "\ud800"])
def test_what_is_no_card_is_refused(text: Any) -> None:
    with pytest.raises(TallyError, match="bad_card"):
        read_card(text)


def test_a_float_in_the_record_is_never_written() -> None:
    with pytest.raises(TallyError, match="not_canonical"):
        card_text(replace(random_card(1), record={"auc": 0.9}))


Document = dict[str, Any]


def number_axis(document: Document) -> Document:
    axes = (axis for term in document["terms"] for axis in term["axes"])
    return next(axis for axis in axes if len(axis["thresholds"]) > 1)


def category_term(document: Document) -> Document:
    return next(t for t in document["terms"] if t["axes"][0]["kind"] == CATEGORY)


def put(place: str, value: Any) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        *path, last = place.split("/")
        at: Any = document
        for one in path:
            at = at[int(one)] if isinstance(at, list) else at[one]
        at[int(last) if isinstance(at, list) else last] = value

    return change


def thresholds(*values: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        axis = number_axis(document)
        axis["thresholds"][: len(values)] = values

    return change


def groups(value: list[list[str]], special: list[str]) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        category_term(document)["axes"][0] |= {"groups": value, "special": special}

    return change


SPOILT = {
    "unknown format": put("tallystick_card", 2),
    "unknown field": put("colour", "red"),
    "unknown field within": put("terms/0/colour", "red"),
    "points that are text": put("terms/0/points/0", "5"),
    "points that are a truth": put("terms/0/points/0", value=True),
    "too many points": lambda d: d["terms"][0]["points"].append(1),
    "too few counts": lambda d: d["terms"][0]["counts"].pop(),
    "negative counts": put("terms/0/counts/0", -1),
    "more bads than counts": lambda d: d["terms"][0].update(
        bads=[n + 1 for n in d["terms"][0]["counts"]]
    ),
    "no axis": put("terms/0/axes", []),
    "thresholds falling": thresholds("1.0", "0.5"),
    "thresholds equal": thresholds("1.0", "1.0"),
    "threshold NaN": thresholds("nan"),
    "threshold infinite": thresholds("-inf"),
    "threshold not shortest": thresholds("-9.50"),
    "threshold minus zero": thresholds("-0.0"),
    "threshold of another script": thresholds("-９.0"),
    "a category twice": groups([["a"], ["a", "b"]], ["c"]),
    "a category as special": groups([["a"], ["b", "d"]], ["a"]),
    "an empty group": groups([[], ["b"]], ["a"]),
    "an empty category": groups([[""], ["b"]], ["a"]),
    "two terms alike": lambda d: d["terms"].append(d["terms"][0]),
    "two terms alike the other way round": lambda d: d["terms"].append(
        mirrored(d["terms"][-1]),
    ),
    "one variable twice": lambda d: d["variables"].append(d["variables"][0]),
    "unknown variable": put("terms/0/axes/0/variable", "nobody"),
    "kind of another": put("variables/0/kind", "category"),
    "unknown route": put("route", "magic"),
    "unknown direction": put("variables/0/direction", "sideways"),
    "outcome falling": put("outcome/upper/0", 10_000),
    "too few outcomes": lambda d: d["outcome"]["pd_ppm"].pop(),
    "probability above one": put("outcome/pd_ppm/0", 1_000_001),
    "probability rising": put("outcome/pd_ppm/40", 1_000_000),
    "bands falling": put("bands/2/lowest", 100),
    "no worst band": put("bands/0/lowest", 3),
    "one band twice": put("bands/2/code", "B"),
    "trees without an ensemble": put("kind", "trees"),
}


def mirrored(term: Document) -> Document:
    first, second = term["axes"]
    return {**term, "axes": [second, first]}


@pytest.mark.parametrize("fault", SPOILT)
def test_a_card_that_does_not_hold_is_refused(fault: str) -> None:
    document = card_json(next(card for card in map(random_card, range(50)) if fits(card)))
    SPOILT[fault](document)
    with pytest.raises(TallyError, match="bad_card"):
        read_card(canonical.encode(document))


def fits(card: Card) -> bool:
    return any(len(axis.thresholds) > 1 for term in card.terms for axis in term.axes)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("ensemble/text", "tree"),
        ("ensemble/inputs", ["margin"]),
        ("ensemble/encodings", []),
        ("ensemble/encodings/0/codes/0/1", "nan"),
        ("ensemble/leaf_ppm/0/0", "1"),
        ("kind", "points"),
        ("outcome/score", []),
        ("outcome/score", [600, 400]),
    ],
)
def test_an_ensemble_that_does_not_hold_is_refused(place: str, value: Any) -> None:
    document = card_json(TREES)
    put(place, value)(document)
    with pytest.raises(TallyError, match="bad_card"):
        read_card(canonical.encode(document))


def test_a_card_that_reads_nothing_is_refused() -> None:
    with pytest.raises(TallyError, match="bad_card"):
        read_card(card_text(Card("empty", "expert", "points", ())))

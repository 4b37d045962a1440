"""Published matrices, and judgments written as they are told."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest

from tallystick.evaluation.ahp.judgments import Judgments

Told = Mapping[tuple[str, str], str | int]

# Saaty, Decision making with the analytic hierarchy process, Int. J. Services Sciences 1:1, 2008.
DRINKS: Told = {
    ("coffee", "wine"): 9, ("coffee", "tea"): 5, ("coffee", "beer"): 2, ("coffee", "soda"): 1,
    ("coffee", "milk"): 1, ("water", "coffee"): 2, ("water", "wine"): 9, ("water", "tea"): 9,
    ("water", "beer"): 3, ("water", "soda"): 2, ("water", "milk"): 3, ("tea", "wine"): 3,
    ("beer", "wine"): 9, ("beer", "tea"): 3, ("beer", "milk"): 1, ("soda", "wine"): 9,
    ("soda", "tea"): 4, ("soda", "beer"): 2, ("soda", "milk"): 2, ("milk", "wine"): 9,
    ("milk", "tea"): 3,
}  # fmt: skip

# Saaty, Theory and Applications of the Analytic Network Process, 2005: which city to live in.
CRITERIA: Told = {
    ("culture", "housing"): 3, ("culture", "transport"): 5, ("family", "culture"): 5,
    ("family", "housing"): 7, ("family", "transport"): 7, ("housing", "transport"): 3,
    ("jobs", "culture"): 2, ("jobs", "housing"): 4, ("jobs", "transport"): 7,
    ("family", "jobs"): 1,
}  # fmt: skip
CITIES: Mapping[str, Told] = {
    "culture": {
        ("Bethesda", "Pittsburgh"): 1, ("Boston", "Bethesda"): 2, ("Boston", "Pittsburgh"): "2.5",
        ("Boston", "Santa Fe"): 1, ("Santa Fe", "Bethesda"): 2, ("Santa Fe", "Pittsburgh"): "2.5",
    },
    "family": {
        ("Bethesda", "Boston"): 2, ("Bethesda", "Santa Fe"): 4, ("Boston", "Santa Fe"): 2,
        ("Pittsburgh", "Bethesda"): 3, ("Pittsburgh", "Boston"): 8, ("Pittsburgh", "Santa Fe"): 9,
    },
    "housing": {
        ("Bethesda", "Boston"): 5, ("Bethesda", "Santa Fe"): "2.5", ("Santa Fe", "Boston"): 4,
        ("Pittsburgh", "Bethesda"): 2, ("Pittsburgh", "Boston"): 9, ("Pittsburgh", "Santa Fe"): 7,
    },
    "jobs": {
        ("Bethesda", "Pittsburgh"): 3, ("Bethesda", "Santa Fe"): 4, ("Boston", "Bethesda"): 2,
        ("Boston", "Pittsburgh"): 6, ("Boston", "Santa Fe"): 8, ("Pittsburgh", "Santa Fe"): 1,
    },
    "transport": {
        ("Bethesda", "Boston"): "1.5", ("Bethesda", "Santa Fe"): 4, ("Boston", "Santa Fe"): "2.5",
        ("Pittsburgh", "Bethesda"): 2, ("Pittsburgh", "Boston"): "3.5",
        ("Pittsburgh", "Santa Fe"): 9,
    },
}  # fmt: skip

# Bozóki, Fülöp, Rónyai, On optimal completion of incomplete pairwise comparison matrices, 2010.
INCOMPLETE: Told = {
    ("a", "b"): 1, ("a", "c"): 5, ("a", "d"): 2, ("b", "c"): 3, ("b", "d"): 4,
}  # fmt: skip
HOUSES: Told = {
    ("a", "b"): 5, ("a", "c"): 3, ("a", "d"): 7, ("a", "e"): 6, ("a", "f"): 6, ("b", "d"): 5,
    ("b", "f"): 3, ("c", "e"): 3, ("c", "g"): 6, ("f", "d"): 4, ("g", "a"): 3, ("g", "e"): 5,
    ("h", "a"): 4, ("h", "b"): 7, ("h", "d"): 8, ("h", "f"): 6,
}  # fmt: skip


def judgments(items: str, told: Told) -> Judgments:
    """Return the judgments `told` of `items`, which are words."""
    names = tuple(items.split(", "))
    pairs = {}
    for (a, b), text in told.items():
        i, j = names.index(a), names.index(b)
        value = Fraction(text)
        pairs[min(i, j), max(i, j)] = value if i < j else 1 / value
    return Judgments(names, pairs)


@pytest.fixture(scope="session")
def drinks() -> Judgments:
    return judgments("water, soda, coffee, milk, beer, tea, wine", DRINKS)


@pytest.fixture(scope="session")
def incomplete() -> Judgments:
    return judgments("a, b, c, d", INCOMPLETE)


@pytest.fixture(scope="session")
def houses() -> Judgments:
    return judgments("a, b, c, d, e, f, g, h", HOUSES)

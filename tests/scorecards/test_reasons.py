"""Shapley values against their definition, in exact fractions."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import factorial

from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.scorecards.document import Term
from tallystick.scorecards.interpreting import Interpreter
from tallystick.scorecards.reasons import Reasoner, Share, ranked, shares_by_cell
from tallystick.testing.cards import random_card, random_rows


def value_of(term: Term, cell: tuple[int, ...], known: tuple[int, ...]) -> Fraction:
    """Interventional: what is known is held, the rest is drawn from the training data."""
    counts = term.counts if sum(term.counts) else (1,) * len(term.points)
    cells = term.cells()
    total = Fraction(0)
    for drawn, count in zip(cells, counts, strict=True):
        mixed = tuple(cell[at] if at in known else one for at, one in enumerate(drawn))
        total += count * term.points[cells.index(mixed)]
    return total / sum(counts)


def by_definition(term: Term, cell: tuple[int, ...]) -> tuple[Fraction, ...]:
    players = range(len(term.axes))
    found = []
    for player in players:
        rest = [one for one in players if one != player]
        share = Fraction(0)
        for size in range(len(rest) + 1):
            weight = Fraction(
                factorial(size) * factorial(len(rest) - size), factorial(len(rest) + 1)
            )
            for known in combinations(rest, size):
                gained = value_of(term, cell, (*known, player)) - value_of(term, cell, known)
                share += weight * gained
        found.append(share)
    return tuple(found)


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_shares_are_those_of_the_definition(seed: int) -> None:
    card = random_card(seed, 3)
    for term in card.terms:
        tables = shares_by_cell(term)
        cells = term.cells()
        for at in range(0, len(cells), max(1, len(cells) // 7)):
            assert tuple(table[at] for table in tables) == by_definition(term, cells[at])


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_shares_add_up_to_what_lies_above_the_mean(seed: int) -> None:
    card = random_card(seed)
    for term in card.terms:
        tables = shares_by_cell(term)
        counts = term.counts if sum(term.counts) else (1,) * len(term.points)
        mean = Fraction(sum(p * n for p, n in zip(term.points, counts, strict=True)), sum(counts))
        for at, points in enumerate(term.points):
            assert sum(table[at] for table in tables) == points - mean


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_the_best_baseline_is_the_most_a_real_value_gives(seed: int) -> None:
    card = random_card(seed)
    for term in card.terms:
        tables = shares_by_cell(term, "best")
        real = [
            points
            for cell, points in zip(term.cells(), term.points, strict=True)
            if all(one < axis.parts for one, axis in zip(cell, term.axes, strict=True))
        ]
        for at, points in enumerate(term.points):
            assert sum(table[at] for table in tables) == points - max(real)


def test_reasons_are_the_lowest_four_below_zero_and_ties_go_by_name() -> None:
    shares = [Share(name, points) for name, points in zip("fedcba", (-1, -5, 0, 3, -5, -1))]  # noqa: B905
    assert [one.variable for one in ranked(shares)] == ["b", "e", "a", "f"]
    assert [one.variable for one in ranked(shares, 1)] == ["b"]


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_a_variable_of_several_terms_is_rounded_once(seed: int) -> None:
    card = random_card(seed)
    for row in random_rows(card, seed, 5):
        reading = Interpreter(card).one(row)
        exact = dict.fromkeys((one.name for one in card.variables), Fraction(0))
        for term, cell in zip(card.terms, reading.cells, strict=True):
            for axis, table in zip(term.axes, shares_by_cell(term), strict=True):
                exact[axis.variable] += table[cell]
        wanted = [Share(name, round(points)) for name, points in exact.items()]
        assert Reasoner(card).one(row) == wanted

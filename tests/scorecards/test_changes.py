"""The smallest lawful change, against every set of changes tried in turn."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.kernel.errors import TallyError
from tallystick.scorecards.changes import smallest_changes
from tallystick.scorecards.document import (
    CATEGORY,
    NUMBER,
    Axis,
    Band,
    Card,
    Outcome,
    Term,
    Variable,
)
from tallystick.scorecards.interpreting import Interpreter, cell_of
from tallystick.testing.cards import random_card, random_rows

NUMBERS = [f"n{at}" for at in range(4)]


def small_card(seed: int) -> Card:
    """Numbers with few bins, a category, and two terms of two numbers; points by chance."""
    drawn = random_card(seed, 2).terms[-1].points
    points = [drawn[(at * 7 + seed) % len(drawn)] for at in range(200)]
    axes = {n: Axis(n, NUMBER, ("0.0", "1.0"), special=("-9.0",)) for n in NUMBERS}
    axes["k"] = Axis("k", CATEGORY, groups=(("a",), ("b", "c")))
    shapes = [*((one,) for one in axes.values()), (axes["n0"], axes["n1"]), (axes["n1"], axes["k"])]
    terms, used = [], 0
    for shape in shapes:
        size = 1
        for axis in shape:
            size *= axis.size
        terms.append(Term(shape, tuple(points[used : used + size])))
        used += size
    variables = tuple(
        Variable(n, CATEGORY if n == "k" else NUMBER, actionable=(n != NUMBERS[seed % 4]))
        for n in axes
    )
    bands = (Band("C", None), Band("B", 0), Band("A", 120))
    return Card("small", "expert", "points", variables, tuple(terms), bands=bands)


def row_of(seed: int) -> dict[str, Any]:
    values = (-1.0, 0.5, 2.0, -9.0, None)
    row: dict[str, Any] = {n: values[(seed // 5**at) % 5] for at, n in enumerate(NUMBERS)}
    return row | {"k": ("a", "b", None, "z")[seed % 4]}


def options(axis: Axis, value: Any) -> list[tuple[int, list[Any]]]:
    """Steps, and what the value may be then: several where it is only supplied."""
    real: list[Any] = [-1.0, 0.5, 2.0] if axis.kind == NUMBER else ["a", "b"]
    if value is None:
        return [(1, real)]
    now = cell_of(axis)(value)
    if now >= axis.parts:
        return []
    apart = [abs(at - now) if axis.kind == NUMBER else 1 for at in range(axis.parts)]
    return [(far, [one]) for far, one in zip(apart, real, strict=True) if far and one != value]


def by_trying(card: Card, row: dict[str, Any], lowest: int) -> tuple[int, int] | None:
    """Return the fewest variables and steps, trying everything."""
    interpreter = Interpreter(card)
    axes = {term.code: term.axes[0] for term in card.terms if len(term.axes) == 1}
    names = [one.name for one in card.variables if one.actionable]
    for count in range(1, len(names) + 1):
        reached = []
        for chosen in combinations(names, count):
            for picked in product(*(options(axes[n], row[n]) for n in chosen)):
                least = min(
                    interpreter.one(row | dict(zip(chosen, values, strict=True))).score
                    for values in product(*(values for _, values in picked))
                )
                if least >= lowest:
                    reached.append(sum(far for far, _ in picked))
        if reached:
            return count, min(reached)
    return None


@given(st.integers(0, 5000))
@settings(max_examples=80, deadline=None)
def test_no_smaller_set_of_changes_reaches_the_band(seed: int) -> None:
    card, row = small_card(seed), row_of(seed)
    reading = Interpreter(card).one(row)
    found = smallest_changes(card, row)
    if reading.band == "A":
        assert not found.steps
        return
    wanted = by_trying(card, row, 0 if reading.band == "C" else 120)
    if wanted is None:
        assert not found.steps
        return
    assert len(found.steps) == wanted[0]
    assert found.band in {"B", "A"}
    places = {term.code: term.axes[0] for term in card.terms if len(term.axes) == 1}
    steps = sum(
        abs(one.to - one.cell) if one.to is not None and places[one.variable].kind == NUMBER else 1
        for one in found.steps
    )
    assert steps == wanted[1]


@given(st.integers(0, 5000))
@settings(max_examples=80, deadline=None)
def test_advice_is_lawful_and_what_it_promises_is_kept(seed: int) -> None:
    card, row = small_card(seed), row_of(seed)
    found = smallest_changes(card, row, "A")
    axes = {term.code: term.axes[0] for term in card.terms if len(term.axes) == 1}
    then = dict(row)
    for step in found.steps:
        axis = axes[step.variable]
        assert card.variable[step.variable].actionable
        real: list[Any] = [-1.0, 0.5, 2.0] if axis.kind == NUMBER else ["a", "b"]
        if step.to is None:
            assert row[step.variable] is None
            then[step.variable] = real[seed % axis.parts]
        else:
            assert step.to < axis.parts
            assert step.cell < axis.parts
            then[step.variable] = real[step.to]
        assert step.text.zh
        assert step.text.en
    if found.steps:
        assert Interpreter(card).one(then).score >= found.score >= 120


def test_a_card_with_fifty_variables_is_searched_whole() -> None:
    names = [f"v{at:02}" for at in range(50)]
    terms = tuple(
        Term(
            (Axis(name, NUMBER, tuple(repr(float(cut)) for cut in range(9))),),
            (*(step + (at % 3 == 0) * step for step in range(10)), 0),
        )
        for at, name in enumerate(names)
    )
    card = Card(
        "fifty",
        "expert",
        "points",
        tuple(Variable(name, NUMBER, actionable=True) for name in names),
        terms,
        bands=(Band("B", None), Band("A", 90)),
    )
    row = dict.fromkeys(names, -1.0)
    found = smallest_changes(card, row)
    assert [(one.variable, one.to) for one in found.steps] == [
        (name, 9) for name in ("v00", "v03", "v06", "v09", "v12")
    ]
    assert found.score == 90
    nothing = smallest_changes(replace(card, bands=(Band("B", None), Band("A", 109))), row)
    assert not nothing.steps
    assert "6 variables" in nothing.text.en


def test_a_score_that_is_not_the_sum_is_read_through_the_outcome() -> None:
    axis = Axis("n0", NUMBER, ("0.0", "1.0"))
    card = Card(
        "stepped",
        "additive",
        "points",
        (Variable("n0", NUMBER, actionable=True),),
        (Term((axis,), (0, 5, 9, 0)),),
        outcome=Outcome((4, 8), (300, 500, 700)),
        bands=(Band("C", None), Band("B", 400), Band("A", 600)),
    )
    found = smallest_changes(card, {"n0": -1.0})
    assert (found.band, found.score, found.steps[0].to) == ("B", 500, 1)
    assert smallest_changes(card, {"n0": -1.0}, "A").score == 700
    assert "already" in smallest_changes(card, {"n0": 0.5}, "B").text.en
    with pytest.raises(TallyError, match="card_without_band"):
        smallest_changes(card, {"n0": 0.5}, "Z")


def test_nothing_is_advised_where_nothing_may_be_changed() -> None:
    card = random_card(1)
    for row in random_rows(card, 1, 10):
        assert smallest_changes(card, row).steps == ()
    assert smallest_changes(replace(card, bands=()), row).text.en == "this card has no bands"

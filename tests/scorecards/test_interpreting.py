"""The reference itself, against the words of the document."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.kernel.errors import TallyError
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

MARGIN = Axis("margin", NUMBER, thresholds=("-1.0", "0.1"), special=("-999.0", "0.0"))
SECTOR = Axis("sector", CATEGORY, groups=(("C", "D"), ("E",)), special=("?",))
CARD = Card(
    "small",
    "logistic",
    "points",
    (Variable("margin", NUMBER), Variable("sector", CATEGORY)),
    (
        Term((MARGIN,), (1, 2, 4, 8, 16, 32)),
        Term((SECTOR,), (100, 200, 300, 400, 500)),
    ),
    offset=1000,
    outcome=Outcome((1100, 1200), (), (300, 200, 100)),
    bands=(Band("C", None), Band("B", 1101), Band("A", 1300)),
)


def cell_by_words(axis: Axis, value: Any) -> int:
    """The rules of the document, one comparison after the other."""
    if value in (None, "") or value != value:  # noqa: PLR0124 - NaN
        return axis.missing
    for at, code in enumerate(axis.special):
        if value == (float(code) if axis.kind == NUMBER else code):
            return axis.parts + at
    if axis.kind == CATEGORY:
        return next((at for at, g in enumerate(axis.groups) if value in g), axis.otherwise)
    return sum(value > float(cut) for cut in axis.thresholds)


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_cells_are_those_the_document_describes(seed: int) -> None:
    card = random_card(seed)
    for row in random_rows(card, seed, 20):
        reading = Interpreter(card).one(row)
        for term, cell in zip(card.terms, reading.cells, strict=True):
            place = tuple(cell_by_words(axis, row[axis.variable]) for axis in term.axes)
            assert term.cells()[cell] == place
        assert reading.raw == card.offset + sum(reading.points)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (-1, 0),
        (-1.0, 0),
        (math.nextafter(-1.0, 0), 1),
        (0.1, 1),
        (Decimal("0.1"), 1),
        ("0.1", 1),
        (Decimal("0.1000000000000000055511151231257828"), 1),
        (0.30000000000000004 - 0.2, 2),
        (np.float32(0.1), 2),
        (np.int8(7), 2),
        (10**400, 2),
        (-(10**400), 0),
        ("inf", 2),
        (-math.inf, 0),
        (-999, 3),
        ("-999", 3),
        (0, 4),
        (-0.0, 4),
        (None, 5),
        ("", 5),
        (math.nan, 5),
        (Decimal("NaN"), 5),
        ("nan", 5),
    ],
)
def test_a_number_of_any_kind_is_its_nearest_double(value: Any, cell: int) -> None:
    assert cell_of(MARGIN)(value) == cell


@pytest.mark.parametrize(
    "value",
    [True, np.True_, "much", "1_000", "１２", " ", [], 1j, Decimal("sNaN"), b"1", np.array([1.0])],
)
def test_what_is_no_number_is_refused_and_not_repeated(value: Any) -> None:
    with pytest.raises(TallyError) as caught:
        Interpreter(CARD).one({"margin": value, "sector": "C"})
    assert caught.value.code == "not_a_number"
    assert caught.value.facts == {"variable": "margin"}


@pytest.mark.parametrize(
    ("value", "cell"),
    [("C", 0), ("E", 1), ("?", 2), (None, 3), ("", 3), (math.nan, 3), ("Z", 4), ("c", 4)],
)
def test_a_category_has_a_cell_whatever_it_is(value: Any, cell: int) -> None:
    assert cell_of(SECTOR)(value) == cell


@pytest.mark.parametrize("row", [{}, {"margin": 1.0}, {"sector": "C"}])
def test_a_column_that_is_not_given_is_not_taken_for_missing(row: dict[str, Any]) -> None:
    with pytest.raises(TallyError) as caught:
        Interpreter(CARD).one(row)
    assert caught.value.code == "value_absent"


@pytest.mark.parametrize(
    ("margin", "sector", "raw", "pd", "band"),
    [
        (-5.0, "D", 1101, 200, "B"),
        (9.0, "E", 1204, 100, "B"),
        (None, "?", 1332, 100, "A"),
        (0.0, "new", 1516, 100, "A"),
    ],
)
def test_raw_outcome_and_band_by_hand(
    margin: float | None, sector: str, raw: int, pd: int, band: str
) -> None:
    reading = Interpreter(CARD).one({"margin": margin, "sector": sector})
    assert (reading.raw, reading.score, reading.pd_ppm, reading.band) == (raw, raw, pd, band)

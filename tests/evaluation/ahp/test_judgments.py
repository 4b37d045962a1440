from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.evaluation.ahp.judgments import SCALE, judgment_text, read_judgment
from tallystick.kernel.errors import TallyError


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("3", Fraction(3)), ("1/3", Fraction(1, 3)), (" 1 / 3 ", Fraction(1, 3)),
        ("１／３", Fraction(1, 3)), ("0.33", Fraction(1, 3)), ("0.3333333333", Fraction(1, 3)),
        ("0.1429", Fraction(1, 7)),
        ("0.11", Fraction(1, 9)), ("0.125", Fraction(1, 8)), ("0.12", Fraction(1, 8)),
        ("0.13", Fraction(1, 8)), ("0.5", Fraction(1, 2)), ("0.3", Fraction(3, 10)),
        ("2.5", Fraction(5, 2)), ("3.0", Fraction(3)), ("A3", Fraction(3)), ("b 5", Fraction(1, 5)),
        ("乙5", Fraction(1, 5)), ("甲2", Fraction(2)), ("1:4", Fraction(1, 4)), ("", None),
        ("-", None),
        ("4/2", Fraction(2)),
    ],
)  # fmt: skip
def test_judgments_are_read_as_they_are_meant(cell: str, value: Fraction | None) -> None:
    assert read_judgment(cell) == value


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("10", "off_the_scale"), ("0", "off_the_scale"), ("-3", "off_the_scale"),
        ("1/10", "off_the_scale"), ("0.05", "off_the_scale"), ("9.01", "off_the_scale"),
        ("1/0", "off_the_scale"), ("100000", "off_the_scale"), ("strong", "judgment_unreadable"),
        ("3x", "judgment_unreadable"), ("=1/3", "judgment_unreadable"),
        ("1e3", "judgment_unreadable"), ("3,5", "judgment_unreadable"),
        ("9" * 50 + ".", "judgment_unreadable"), ("nan", "judgment_unreadable"),
    ],
)  # fmt: skip
def test_what_is_no_judgment_is_refused(cell: str, code: str) -> None:
    with pytest.raises(TallyError, match=code):
        read_judgment(cell)


@given(st.sampled_from(SCALE))
def test_a_judgment_written_is_read_back(value: Fraction) -> None:
    assert read_judgment(judgment_text(value)) == value


@pytest.mark.parametrize("places", [2, 3, 4, 9, 15])
@pytest.mark.parametrize("divisor", range(2, 10))
def test_what_a_spreadsheet_makes_of_a_fraction_is_the_fraction(divisor: int, places: int) -> None:
    assert read_judgment(f"{1 / divisor:.{places}f}") == Fraction(1, divisor)

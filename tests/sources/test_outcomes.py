from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tallystick.kernel.errors import TallyError
from tallystick.kernel.identifiers import make_uscc
from tallystick.sources import read_experts, read_outcomes
from tallystick.testing.tables import write_parquet, write_xlsx

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sources.conftest import Write

ONE, TWO, THREE = (make_uscc("91310110", number) for number in (1, 2, 3))


@pytest.mark.parametrize("header", ["uscc", "统一社会信用代码", "USCC", "credit code"])
@pytest.mark.parametrize(
    ("bad", "good"), [("1", "0"), ("是", "否"), ("true", "false"), ("1.0", "0.0")]
)
def test_a_code_and_one_column_are_read_whatever_else_is_there(
    write: Write, header: str, bad: str, good: str
) -> None:
    file = write(
        {"姓名": "样小例", "other": "x", header: ONE, "y": bad},
        {"姓名": "样小例", "other": "y", header: f" {TWO.lower()} ", "y": good},
    )
    found = read_outcomes(file, "y")
    assert found.bad == {ONE: True, TWO: False}
    assert (found.rows, found.problems) == (2, [])


def test_excel_and_parquet_say_the_same(tmp_path: Path) -> None:
    rows = [(ONE, "1"), (TWO, "0")]
    write_xlsx(tmp_path / "a.xlsx", "s", ("uscc", "bankrupt"), rows)
    write_parquet(tmp_path / "a.parquet", ("uscc", "bankrupt"), rows)
    for name in ("a.xlsx", "a.parquet"):
        assert read_outcomes(tmp_path / name, "bankrupt").bad == {ONE: True, TWO: False}


def test_rows_that_cannot_be_read_are_problems_with_their_line_and_no_value(write: Write) -> None:
    file = write(
        {"uscc": ONE, "y": "1"},
        {"uscc": ONE[:-1] + "0", "y": "1"},
        {"uscc": "", "y": "1"},
        {"uscc": TWO, "y": "perhaps"},
        {"uscc": THREE, "y": ""},
    )
    found = read_outcomes(file, "y")
    assert found.bad == {ONE: True}
    assert [(one.line, one.code) for one in found.problems] == [
        (3, "bad_uscc"),
        (4, "no_uscc"),
        (5, "bad_boolean"),
        (6, "empty_cell"),
    ]
    assert not any("perhaps" in str(one) for one in found.problems)


def test_two_rows_that_contradict_each_other_leave_the_organisation_out(write: Write) -> None:
    rows = [{"uscc": code, "y": y} for code, y in ((ONE, "1"), (TWO, "0"), (ONE, "0"), (ONE, "1"))]
    found = read_outcomes(write(*rows), "y")
    assert found.bad == {TWO: False}
    assert [one.code for one in found.problems] == ["contradicted"]
    again = read_outcomes(write({"uscc": ONE, "y": "1"}, {"uscc": ONE, "y": "1"}), "y")
    assert again.bad == {ONE: True}


@pytest.mark.parametrize(("row", "missing"), [({"uscc": ONE}, "y"), ({"y": "1"}, "uscc")])
def test_a_file_without_the_column_is_refused_by_its_name(
    write: Write, row: dict[str, str], missing: str
) -> None:
    with pytest.raises(TallyError) as refusal:
        read_outcomes(write(row), "y")
    assert refusal.value.code == "no_such_column"
    assert missing in refusal.value.text.en


def test_orders_of_experts_are_read_by_expert(write: Write) -> None:
    rows = [("a", ONE, "1"), ("a", TWO, "2.5"), ("b", ONE, "7"), ("b", ONE, "8"), ("b", TWO, "x")]
    file = write(*({"expert": e, "uscc": code, "rank": rank} for e, code, rank in rows))
    found = read_experts(file)
    assert found.ranks == {
        "a": {ONE: Decimal(1), TWO: Decimal("2.5")},
        "b": {ONE: Decimal(7)},
    }
    assert found.weights == {}
    assert [one.code for one in found.problems] == ["contradicted", "bad_amount"]


def test_one_order_needs_no_expert(write: Write) -> None:
    found = read_experts(write({"uscc": ONE, "rank": "1"}, {"uscc": TWO, "rank": "2"}))
    assert list(found.ranks.values()) == [{ONE: Decimal(1), TWO: Decimal(2)}]


def test_weights_of_experts_are_told_from_orders(write: Write) -> None:
    file = write(
        {"expert": "a", "code": "profit", "weight": "0.25"},
        {"expert": "a", "code": "R01", "weight": "40%"},
        {"expert": "a", "code": "", "weight": "1"},
        {"expert": "a", "code": "R02", "weight": ""},
    )
    found = read_experts(file)
    assert found.weights == {"a": {"profit": Decimal("0.25"), "R01": Decimal("0.4")}}
    assert found.ranks == {}
    assert [one.code for one in found.problems] == ["empty_cell", "empty_cell"]


def test_weights_without_expert_are_refused(write: Write) -> None:
    with pytest.raises(TallyError) as refusal:
        read_experts(write({"code": "profit", "weight": "1"}))
    assert refusal.value.code == "no_such_column"

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.kernel.identifiers import make_uscc
from tallystick.rulebook.catalogue import catalogue
from tallystick.rulebook.checking import SHAPES_MAX, FactCheck, is_date, is_decimal
from tallystick.rulebook.items import CatalogueItem, DataField, FieldType, Need

MODEST = settings(max_examples=80, deadline=None)
ITEMS = tuple(catalogue().items.values())
AUTHORITY = make_uscc("11310110", 12345)
LEI = "000000SAMPLE00000167"  # plainly fictional

texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
dates = st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 12, 31)).map(date.isoformat)
amounts = st.decimals(0, 10**9, places=2, allow_nan=False).map(lambda d: format(d, "f"))


def values(field: DataField) -> st.SearchStrategy[Any]:
    if field.type is FieldType.TEXT:
        return texts.map(lambda text: field.starts_with + text)
    if field.type is FieldType.ENUM:
        return st.sampled_from([code for code, _ in field.values])
    if field.type is FieldType.INTEGER:
        least = int(field.least) if field.least else -(2**53)
        return st.integers(least, int(field.most) if field.most else 2**53 - 1)
    return {
        FieldType.TEXTS: st.lists(texts, max_size=3),
        FieldType.DATE: dates,
        FieldType.DECIMAL: amounts,
        FieldType.BOOLEAN: st.booleans(),
        FieldType.USCC: st.just(AUTHORITY),
        FieldType.LEI: st.just(LEI),
        FieldType.DECIMALS: st.dictionaries(st.just("current_ratio"), amounts, min_size=1),
    }[field.type]


@st.composite
def facts(draw: st.DrawFn) -> tuple[CatalogueItem, dict[str, Any]]:
    item = draw(st.sampled_from(ITEMS))
    required = [field for field in item.fields if field.need is Need.REQUIRED]
    other = [field for field in item.fields if field.need is not Need.REQUIRED]
    chosen = required + draw(st.lists(st.sampled_from(other), unique=True)) if other else required
    chosen = chosen or [item.fields[0]]
    return item, {field.name: draw(values(field)) for field in chosen}


@given(facts())
@MODEST
def test_a_fact_of_the_right_types_passes(fact: tuple[CatalogueItem, dict[str, Any]]) -> None:
    item, data = fact
    assert catalogue().validate(item.code, data) == ()


WRONG: dict[FieldType, list[Any]] = {
    FieldType.TEXT: ["", 1, None, True, ["a"], "x" * 5001],
    FieldType.TEXTS: ["罚款", [""], [1], [None], None, ("a",), {"a": 1}],
    FieldType.DATE: ["2026-2-9", "2023-02-29", "20260401", "", "2026/04/01", 20260401, None],
    FieldType.DECIMAL: [
        "1e3",
        "01",
        "1.",
        ".5",
        "+1",
        "NaN",
        "-1",
        "",
        "1,000",
        "9" * 31,
        2000,
        0.5,
    ],
    FieldType.INTEGER: ["3", 3.0, True, None, -1, 2**53],
    FieldType.BOOLEAN: ["true", 1, 0, None],
    FieldType.ENUM: ["", "other!", 1, None, ["A"]],
    FieldType.USCC: ["", AUTHORITY[:-1], AUTHORITY[1:] + AUTHORITY[0], f"{AUTHORITY} ", 1],
    FieldType.LEI: ["", LEI[:-1] + "8", LEI[1:] + LEI[0], LEI.lower(), LEI + " ", 1, None],
    FieldType.DECIMALS: [{}, {"比率": "1"}, {"Current": "1"}, {"a": 1}, {"a": "x"}, [], "1"],
}


@given(facts(), st.data())
@MODEST
def test_one_wrong_value_is_named_by_its_field_and_never_repeated(
    fact: tuple[CatalogueItem, dict[str, Any]], data: st.DataObject
) -> None:
    item, values_given = fact
    name = data.draw(st.sampled_from(sorted(values_given)))
    field = next(field for field in item.fields if field.name == name)
    wrong = data.draw(st.sampled_from(WRONG[field.type]))
    found = catalogue().validate(item.code, {**values_given, name: wrong})
    assert [problem.field for problem in found] == [name]
    assert found[0].code in {"wrong_type", "value_out_of_range"}


def test_a_problem_never_carries_the_value() -> None:
    for secret in ("13800138000", 13800138000, ["13800138000"]):
        found = catalogue().validate("tax.rating", {"year": secret, "grade": secret})
        assert found
        assert "13800138000" not in repr(found)


@given(facts(), st.text(min_size=1, max_size=10))
@MODEST
def test_nothing_enters_beside_the_catalogue(
    fact: tuple[CatalogueItem, dict[str, Any]], name: str
) -> None:
    item, data = fact
    if item.field(name) is None:
        found = catalogue().validate(item.code, {**data, name: "x"})
        assert [problem.code for problem in found] == ["field_not_in_catalogue"]


@given(facts())
@MODEST
def test_a_required_field_is_missed(fact: tuple[CatalogueItem, dict[str, Any]]) -> None:
    item, data = fact
    required = [field.name for field in item.fields if field.need is Need.REQUIRED]
    for name in required:
        left = {key: value for key, value in data.items() if key != name}
        found = catalogue().validate(item.code, left)
        assert "missing_field" in {problem.code for problem in found}
        assert name in {problem.field for problem in found}


def test_a_fact_that_says_nothing_is_no_fact() -> None:
    found = catalogue().validate("selfdeclared.operation", {})
    assert [problem.code for problem in found] == ["missing_field"]


def test_every_fault_of_a_fact_is_told_at_once() -> None:
    data = {"year": 1850, "grade": "E", "rated_by": "", "valid_until": "2026-13-01"}
    found = catalogue().validate("tax.rating", data)
    assert {(problem.field, problem.code) for problem in found} == {
        ("year", "value_out_of_range"),
        ("grade", "wrong_type"),
        ("rated_by", "wrong_type"),
        ("valid_until", "wrong_type"),
    }


def test_only_self_declared_items_can_be_verified_by_a_visit() -> None:
    data = {
        "target_item": "penalty.decision",
        "target_period": "2025",
        "outcome": "confirmed",
        "visited_on": "2026-05-01",
    }
    found = catalogue().validate("visit.verification", data)
    assert [problem.field for problem in found] == ["target_item"]
    data["target_item"] = "selfdeclared.operation"
    assert catalogue().validate("visit.verification", data) == ()


@pytest.mark.parametrize("lei", WRONG[FieldType.LEI])
def test_an_lei_is_believed_by_its_check_digits_only(lei: Any) -> None:
    good = {"name": "示例链条科技有限公司（虚构）", "lei": LEI}
    assert catalogue().validate("registration.basic", good) == ()
    (problem,) = catalogue().validate("registration.basic", good | {"lei": lei})
    assert (problem.field, problem.code) == ("lei", "wrong_type")


def test_a_known_shape_hides_no_later_fault() -> None:
    check = FactCheck(catalogue().item("tax.rating"))
    good: dict[str, Any] = {"year": 2026, "grade": "A"}
    assert check(good) == ()
    assert check({"year": 2026, "grade": "Z"})
    assert check({"year": True, "grade": "A"})
    assert check({"grade": "A", "year": 1})
    assert check(good) == ()


def test_many_shapes_do_not_fill_the_memory() -> None:
    item = catalogue().item("registration.basic")
    check = FactCheck(item)
    optional = [field for field in item.fields if field.type is FieldType.INTEGER]
    assert len(optional) == 3
    for number in range(SHAPES_MAX + 50):
        check._shapes[number] = ((), (), ())
    assert check({"name": "示例"}) == ()
    assert len(check._shapes) == 1


@pytest.mark.parametrize("text", ["0", "-0.5", "12.340", "9" * 30, "0." + "1" * 29])
def test_a_decimal_is_what_the_kernel_reads(text: str) -> None:
    assert is_decimal(text)


def test_a_date_seen_before_is_still_only_a_date() -> None:
    assert is_date("2024-02-29")
    assert is_date("2024-02-29")
    assert not is_date("2023-02-29")
    assert not is_date("2023-02-29")

from __future__ import annotations

from decimal import Decimal

import pytest
import yaml

from tallystick.evaluation.schemes.located import Log, Place
from tallystick.evaluation.schemes.scheme import Step
from tallystick.evaluation.schemes.tables import read_table


def read(text: str, kind: str, values: tuple[str, ...] = ()) -> tuple[tuple[Step, ...], list[str]]:
    log = Log("")
    steps = read_table(Place(yaml.compose(text), "table", log), kind, values)
    return steps, [problem.code for problem in log.problems]


def test_steps_keep_their_order_and_their_decimals() -> None:
    steps, problems = read(
        "[{at_least: 0.5, points: 10.50}, {otherwise: true, points: 0}]", "decimal"
    )
    assert problems == []
    assert steps == (
        Step("at_least", (Decimal("0.5"),), Decimal("10.50")),
        Step("otherwise", (), Decimal(0)),
    )


def test_every_value_of_an_enum_needs_a_step_or_a_last_one_for_the_rest() -> None:
    values = ("A", "B", "C")
    whole = "[{is: [A, B], points: 1}, {is: C, points: 0}]"
    assert read(whole, "enum", values)[1] == []
    assert read("[{is: A, points: 1}]", "enum", values)[1] == ["table_incomplete"]
    assert read("[{is: A, points: 1}, {otherwise: true, points: 0}]", "enum", values)[1] == []


def test_a_value_the_catalogue_does_not_know_is_a_mistake() -> None:
    text = "[{is: Z, points: 1}, {otherwise: true, points: 0}]"
    assert read(text, "enum", ("A", "B"))[1] == ["not_a_choice"]


@pytest.mark.parametrize(
    ("text", "kind", "problem"),
    [
        ("[]", "integer", "table_incomplete"),
        ("[{at_least: x, points: 1}, {otherwise: true, points: 0}]", "integer", "not_a_decimal"),
        ("[{at_least: x, points: 1}, {otherwise: true, points: 0}]", "", "not_a_decimal"),
        ("[{at_least: 1, points: 1}, {otherwise: false, points: 0}]", "integer", "not_a_choice"),
        (
            "[{at_least: 1, is: 1, points: 1}, {otherwise: true, points: 0}]",
            "integer",
            "missing_key",
        ),
        ("[{at_least: 1}, {otherwise: true, points: 0}]", "integer", "missing_key"),
        (
            "[{at_least: 1, points: 2000000}, {otherwise: true, points: 0}]",
            "integer",
            "out_of_range",
        ),
        ("[{at_least: A, points: 1}, {otherwise: true, points: 0}]", "text", "wrong_kind"),
        ("{at_least: 1}", "integer", "wrong_shape"),
    ],
)
def test_a_mistake_in_a_table_is_named(text: str, kind: str, problem: str) -> None:
    assert problem in read(text, kind)[1]

from __future__ import annotations

from decimal import Decimal

import pytest
import yaml

from tallystick.evaluation.schemes.located import Log, Place
from tallystick.evaluation.schemes.outcomes import Grades
from tallystick.evaluation.schemes.policies import read_grades, read_policy

BANDS = ("low", "high")


def read(text: str) -> tuple[Grades, list[str]]:
    log = Log("")
    grades = read_grades(Place(yaml.compose(text), "grades", log), BANDS)
    return grades, [problem.code for problem in log.problems]


def test_symbols_of_the_standard_are_read_with_their_cuts() -> None:
    grades, problems = read(
        "{standard: GB/T 22116, cuts: [{symbol: AAA, at_least: 90}, {symbol: B}], caps: {high: B}}"
    )
    assert problems == []
    assert grades == Grades("GB/T 22116", (("AAA", Decimal(90)), ("B", None)), {"high": "B"})


@pytest.mark.parametrize(
    ("cuts", "caps", "problem"),
    [
        ("[{symbol: A, at_least: 90}, {symbol: AAA}]", "{}", "grade_order"),
        ("[{symbol: S, at_least: 90}, {symbol: A}]", "{}", "grade_order"),
        (
            "[{symbol: AAA, at_least: 90}, {symbol: A, at_least: 90}, {symbol: B}]",
            "{}",
            "table_order",
        ),
        ("[{symbol: AAA, at_least: 90}, {symbol: A, at_least: 80}]", "{}", "table_incomplete"),
        ("[]", "{}", "table_incomplete"),
        ("[{symbol: AAA, at_least: 90}, {symbol: A}]", "{worst: A}", "not_defined"),
        ("[{symbol: AAA, at_least: 90}, {symbol: A}]", "{high: C}", "not_defined"),
    ],
)
def test_a_cut_table_that_does_not_hold_is_named(cuts: str, caps: str, problem: str) -> None:
    found = read(f"{{standard: GB/T 22116, cuts: {cuts}, caps: {caps}}}")[1]
    assert problem in found


def test_an_association_may_have_symbols_of_its_own() -> None:
    text = "{standard: own, cuts: [{symbol: 五星, at_least: 90}, {symbol: 三星}]}"
    assert read(text)[1] == []


def test_the_policy_says_what_it_does_and_guesses_nothing() -> None:
    log = Log("")
    text = "{weight_sum: warn, scale: refuse, unknown_dimension: neutral, coverage_at_least: 0.5}"
    policy = read_policy(Place(yaml.compose(text), "policy", log))
    assert log.problems == []
    assert policy.document() == {
        "weight_sum": "warn",
        "scale": "refuse",
        "unknown_dimension": "neutral",
        "coverage_at_least": "0.5",
        "below_coverage": "warn",
    }

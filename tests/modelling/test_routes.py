from __future__ import annotations

import pytest

from tallystick.kernel.errors import TallyError
from tallystick.modelling.routes import Evidence, choose


@pytest.mark.parametrize(
    ("evidence", "route"),
    [
        (Evidence(500), "expert"),
        (Evidence(500, answers=True), "ahp"),
        (Evidence(900, 80, "binary", answers=True), "ahp"),
        (Evidence(900, 0, "number", answers=True), "ahp"),
        (Evidence(12_000, 0, "number"), "linear"),
        (Evidence(7_027, 271, "binary"), "logistic"),
        (Evidence(60_000, 1_500, "binary"), "additive"),
        (Evidence(60_000, 900, "binary"), "logistic"),
        (Evidence(900_000, 30_000, "binary"), "boosted"),
    ],
)
def test_the_data_choose_the_route_and_say_why_in_both_languages(
    evidence: Evidence, route: str
) -> None:
    choice = choose(evidence)
    assert choice.route == choice.by_rule == route
    assert choice.reason.zh
    assert choice.reason.en
    assert "{" not in "".join(choice.reason)


def test_too_few_outcomes_without_answers_fit_nothing_quietly() -> None:
    with pytest.raises(TallyError) as refused:
        choose(Evidence(900, 80, "binary"))
    assert refused.value.code == "too_few_outcomes"


def test_another_route_keeps_both_reasons() -> None:
    choice = choose(Evidence(900, 80, "binary"), "logistic", "the committee wants a draft")
    assert choice.route == "logistic"
    assert choice.by_rule == ""
    assert "the committee wants a draft" in choice.reason.en
    assert "too few" in choice.reason.en
    other = choose(Evidence(7_027, 271, "binary"), "additive", "it ranks better")
    assert other.by_rule == "logistic"
    assert "7027 rows" in other.reason.en


@pytest.mark.parametrize("because", ["", "  "])
def test_a_choice_against_the_data_needs_a_reason(because: str) -> None:
    for evidence, asked in (
        (Evidence(900, 80, "binary"), "logistic"),
        (Evidence(7_027, 271, "binary", answers=True), "ahp"),
    ):
        with pytest.raises(TallyError) as refused:
            choose(evidence, asked, because)
        assert refused.value.code == "because_needed"
    told = choose(Evidence(7_027, 271, "binary"), "logistic", because)
    assert told == choose(Evidence(7_027, 271, "binary"))


def test_where_there_are_no_outcomes_none_are_counted() -> None:
    assert "no outcomes" in choose(Evidence(60, answers=True)).reason.en
    assert "0 bad" in choose(Evidence(60, 0, "binary", answers=True)).reason.en


@pytest.mark.parametrize(
    ("route", "evidence", "code"),
    [
        ("ahp", Evidence(10), "route_needs"),
        ("logistic", Evidence(9_000), "route_needs"),
        ("boosted", Evidence(9_000, 0, "number"), "route_needs"),
        ("neural", Evidence(9_000), "unknown_route"),
    ],
)
def test_a_route_that_lacks_what_it_needs_is_refused(
    route: str, evidence: Evidence, code: str
) -> None:
    with pytest.raises(TallyError) as refused:
        choose(evidence, route)
    assert refused.value.code == code

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.kernel.errors import TallyError
from tallystick.rulebook.publication_terms import (
    NO_RULE_IN_FORCE,
    is_late,
    publication_due,
    publication_due_basis,
    publication_term,
    repair_rule,
    repair_rules,
)
from tallystick.rulebook.severity import Severity
from tallystick.rulebook.time_limits import time_limit

MODEST = settings(max_examples=100, deadline=None)


@pytest.mark.parametrize(
    ("severity", "decided", "publish", "repair_from", "stop"),
    [
        ("minor", "2026-05-10", False, "2026-05-10", "2026-08-10"),
        ("minor", "2026-11-30", False, "2026-11-30", "2027-02-28"),
        ("ordinary", "2026-01-31", True, "2026-04-30", "2027-01-31"),
        ("ordinary", "2027-11-30", True, "2028-02-29", "2028-11-30"),
        ("ordinary", "2024-02-29", True, "2024-05-29", "2025-02-28"),
        ("serious", "2024-02-29", True, "2025-02-28", "2027-02-28"),
        ("serious", "2026-04-01", True, "2027-04-01", "2029-04-01"),
    ],
)
def test_the_terms_of_order_36_to_the_day(
    severity: str,
    decided: str,
    publish: bool,  # noqa: FBT001 - a column of the table above
    repair_from: str,
    stop: str,
) -> None:
    term = publication_term(severity, decided)
    assert (term.publish, term.repair_from, term.stop) == (publish, repair_from, stop)
    assert term.rule_from == "2026-04-01"
    assert not term.basis.verified


def months_later(start: date, months: int) -> date:
    """Return the day by the words of 民法典 art. 202, written without the code under test."""
    year, month = start.year + (start.month - 1 + months) // 12, (start.month - 1 + months) % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


@given(st.dates(date(2020, 1, 1), date(2060, 12, 31)))
@MODEST
def test_months_end_on_the_same_day_or_the_last_of_the_month(decided: date) -> None:
    for severity, least, most in (("ordinary", 3, 12), ("serious", 12, 36), ("minor", 0, 3)):
        term = publication_term(severity, decided.isoformat())
        assert term.repair_from == months_later(decided, least).isoformat()
        assert term.stop == months_later(decided, most).isoformat()


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)))
@MODEST
def test_the_more_serious_the_longer(decided: date) -> None:
    terms = [publication_term(severity, decided.isoformat()) for severity in Severity]
    assert terms[0].stop < terms[1].stop < terms[2].stop
    assert terms[0].repair_from < terms[1].repair_from < terms[2].repair_from
    assert all(term.repair_from < term.stop for term in terms)


def test_the_rule_in_force_on_the_day_of_the_question_applies_to_older_decisions() -> None:
    decided = "2025-12-01"
    before = publication_term("ordinary", decided, "2026-03-31")
    after = publication_term("ordinary", decided, "2026-04-01")
    assert (before.stop, before.rule_from) == ("2028-12-01", "2023-05-01")
    assert (after.stop, after.rule_from) == ("2026-12-01", "2026-04-01")
    assert publication_term("ordinary", decided) == after


def test_the_rule_of_2019_knew_no_minor_matters() -> None:
    assert publication_term("minor", "2020-01-31", "2020-02-01").publish
    assert publication_term("serious", "2020-01-31", "2020-02-01").repair_from == "2020-07-31"


def test_a_day_before_the_first_rule_is_refused_and_not_guessed() -> None:
    with pytest.raises(TallyError) as refusal:
        repair_rule("2019-06-30")
    assert refusal.value.reason is NO_RULE_IN_FORCE
    assert "2019-07-01" in str(refusal.value)
    assert repair_rule("2019-07-01").in_force_from == "2019-07-01"


def test_every_repair_rule_is_marked_as_read_in_excerpts_only() -> None:
    assert not any(rule.basis.verified for rule in repair_rules())


def test_an_unknown_severity_is_an_error() -> None:
    with pytest.raises(ValueError, match="grave"):
        publication_term("grave", "2026-04-01")


def test_the_terms_and_the_table_of_time_limits_agree() -> None:
    newest = repair_rules()[-1]
    for severity in Severity:
        limit = time_limit(f"publication.{severity}")
        assert newest.terms[severity].stop_months == limit.number
        assert newest.terms[severity].repair_months == (limit.least or 0)
    limit = time_limit("publication.licence_or_penalty")
    assert limit.ends_on("2026-05-11") == publication_due("2026-05-11")


@pytest.mark.parametrize(
    ("decided", "last"),
    [
        ("2026-06-01", "2026-06-10"),  # an ordinary Monday
        ("2026-06-06", "2026-06-16"),  # decided on a Saturday
        ("2026-02-13", "2026-03-02"),  # before the Spring Festival: 14 and 28 February are worked
        ("2026-09-30", "2026-10-15"),  # before the National Day: 10 October is worked
        ("2025-01-27", "2025-02-12"),
        ("2025-09-30", "2025-10-16"),
        ("2024-09-30", "2024-10-15"),
        ("2024-02-09", "2024-02-26"),
    ],
)
def test_seven_working_days_to_publish_over_the_holidays(decided: str, last: str) -> None:
    assert publication_due(decided) == (last, False)
    assert not is_late(decided, decided)
    assert not is_late(decided, last)
    assert is_late(decided, (date.fromisoformat(last) + timedelta(days=1)).isoformat())


def test_a_year_without_a_calendar_is_estimated_and_says_so() -> None:
    due = publication_due("2030-03-01")
    assert due.day == "2030-03-12"
    assert due.estimated
    assert "估算" in due.text.zh
    assert "estimate" in due.text.en


def test_the_seven_days_are_known_from_excerpts_only() -> None:
    assert not publication_due_basis().verified


@pytest.mark.parametrize("day", ["2026-02-30", "", "2026/02/03"])
def test_what_is_no_date_is_refused(day: str) -> None:
    with pytest.raises(TallyError):
        publication_term("minor", day)
    with pytest.raises(TallyError):
        is_late("2026-02-02", day)

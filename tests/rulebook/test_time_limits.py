from __future__ import annotations

import pytest

from tallystick.kernel.errors import TallyError
from tallystick.rulebook.time_limits import (
    NO_SUCH_LIMIT,
    NOT_A_TERM,
    LimitUnit,
    TimeLimit,
    time_limit,
    time_limits,
)


@pytest.mark.parametrize("limit", time_limits().values(), ids=lambda limit: limit.code)
def test_a_limit_names_itself_its_start_and_its_basis_in_both_languages(limit: TimeLimit) -> None:
    for text in (limit.names, limit.start, limit.basis.text):
        assert text.zh.strip()
        assert text.en.strip()
    assert limit.number > (limit.least or 0)
    assert limit.jurisdiction in {"CN", "CN-SH", "US"}


@pytest.mark.parametrize(
    ("code", "start", "end"),
    [
        ("objection.decide", "2026-09-15", "2026-10-05"),
        ("complaint.answer", "2026-02-01", "2026-03-03"),
        ("shanghai.objection_flag", "2026-09-30", "2026-10-08"),
        ("shanghai.agency_decides", "2026-09-30", "2026-10-15"),
        ("shanghai.query_window", "2024-02-29", "2029-02-28"),
        ("publication.minor", "2026-01-31", "2026-04-30"),
        ("repair.acceptance", "2026-04-30", "2026-05-08"),
        ("penalty.withdraw", "2026-04-30", "2026-05-08"),
        ("penalty.withdraw_market_regulation", "2026-04-30", "2026-05-08"),
    ],
)
def test_the_last_day_of_a_term(code: str, start: str, end: str) -> None:
    assert time_limit(code).ends_on(start) == (end, False)


def test_a_number_of_times_is_no_term() -> None:
    limit = time_limit("person.free_report")
    assert (limit.number, limit.unit) == (2, LimitUnit.PER_YEAR)
    with pytest.raises(TallyError) as refusal:
        limit.ends_on("2026-01-01")
    assert refusal.value.reason is NOT_A_TERM


def test_a_limit_nobody_knows_is_refused() -> None:
    with pytest.raises(TallyError) as refusal:
        time_limit("objection.someday")
    assert refusal.value.reason is NO_SUCH_LIMIT


def test_what_was_read_in_full_and_what_was_not() -> None:
    assert time_limit("shanghai.agency_decides").basis.verified
    assert not time_limit("repair.feedback").basis.verified

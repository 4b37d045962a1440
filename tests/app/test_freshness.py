"""How old a statement may be is for whoever checks to say, and every doubt counts against it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.app.conftest import MEMBERS

from tallystick.app.consent import withdraw
from tallystick.app.freshness import (
    BAD_AGE,
    CLOCK_AHEAD_S_MAX,
    FROM_THE_FUTURE,
    NOT_IN_FORCE,
    NOTHING_STATED,
    STANDINGS,
    TOO_OLD,
    UNKNOWN_STANDING,
    Stated,
    check_fresh,
    iso,
    seconds_of,
)
from tallystick.app.receipts import make_numbered
from tallystick.app.verifying import Verdict, verify
from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason, TallyError
from tallystick.ledger import STATUS_NAMES, Standing
from tallystick.ledger.status import STANDS

if TYPE_CHECKING:
    from tests.app.conftest import House

NOW = 1_796_000_000
DAY = 86_400


def refused(stated: Stated | None, age: int, now: int = NOW) -> Reason:
    with pytest.raises(TallyError) as refusal:
        check_fresh(stated, age, now)
    return refusal.value.reason


# -- lengths of time -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1s", 1), ("30m", 1800), ("12h", 43_200), ("1d", DAY), ("2w", 14 * DAY), (" 1d ", DAY)],
)
def test_a_length_of_time_is_a_number_and_a_unit(text: str, seconds: int) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "d",
        "0d",
        "-1d",
        "+1d",
        "1.5d",
        "1 d",
        "01d",
        "1D",
        "1y",
        "1d1h",
        "99999999d",
        "一d",
    ],
)
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(TallyError) as refusal:
        seconds_of(text)
    assert refusal.value.reason is BAD_AGE


# -- the check -----------------------------------------------------------------------------------


def test_a_statement_is_fresh_to_the_second_of_its_age() -> None:
    check_fresh(Stated(STANDS, NOW - DAY), DAY, NOW)
    assert refused(Stated(STANDS, NOW - DAY - 1), DAY) is TOO_OLD
    check_fresh(Stated(STANDS, NOW), 1, NOW)


def test_a_statement_may_be_ahead_by_as_much_as_clocks_differ_and_no_more() -> None:
    check_fresh(Stated(STANDS, NOW + CLOCK_AHEAD_S_MAX), DAY, NOW)
    assert refused(Stated(STANDS, NOW + CLOCK_AHEAD_S_MAX + 1), DAY) is FROM_THE_FUTURE
    assert refused(Stated(STANDS, 2**63), DAY) is FROM_THE_FUTURE, "no way to be fresh for ever"


@pytest.mark.parametrize("status", [1, 2, 3, 4])
def test_a_record_that_is_not_in_force_is_never_fresh(status: int) -> None:
    assert refused(Stated(Standing(status, 1, bytes(32)), NOW), 10 * DAY) is NOT_IN_FORCE


def test_where_nothing_is_stated_nothing_is_fresh() -> None:
    assert refused(None, 10 * DAY) is UNKNOWN_STANDING


def test_a_time_witnesses_saw_earlier_counts_and_a_later_one_does_not() -> None:
    assert Stated(STANDS, NOW, witnessed=NOW - 5).known_at == NOW - 5
    assert Stated(STANDS, NOW - 5, witnessed=NOW).known_at == NOW - 5
    assert Stated(STANDS, NOW).known_at == NOW
    assert refused(Stated(STANDS, NOW, witnessed=NOW - DAY), 60) is TOO_OLD


def test_what_programs_read_has_one_form_for_every_status() -> None:
    for status, name in enumerate(STATUS_NAMES):
        told = Stated(Standing(status, 60 * status, bytes([status]) * 32), NOW).to_json()
        assert told == {
            "status": name,
            "as_of": "2026-11-30T00:53:20Z",
            "since": f"1970-01-01T00:0{status}:00Z" if status else "",
            "by": f"{status:02x}" * 32 if status else "",
        }
        assert told.keys() == NOTHING_STATED.keys()
    assert {*STATUS_NAMES, "unknown"} == STANDINGS.keys()


@pytest.mark.parametrize("seconds", [2**62, 2**63, 2**64 - 1])
def test_a_time_that_is_on_no_calendar_is_told_as_a_number(seconds: int) -> None:
    assert iso(seconds) == str(seconds)


# -- with a receipt ------------------------------------------------------------------------------


def checked(house: House, receipt: bytes, age: int | None, now: int) -> Verdict:
    trust = (house.folder / "trust.policy").read_text(encoding="utf-8")
    return verify(receipt, trust, age, now)


def broken(verdict: Verdict) -> list[str]:
    return [check.step for check in verdict.checks if not check.ok]


def grant_of(house: House) -> bytes:
    with house.opened(writer=False) as store:
        number = next(n for n in store.index.of_kind("grant") if store.body(n))
        assert store.body(number)["subject"] == MEMBERS[0]
        return make_numbered(store, number)


@pytest.fixture
def now(small: House) -> int:
    return int(small.settings().now().timestamp())


def test_a_receipt_is_valid_at_any_age_where_none_was_set(small: House, now: int) -> None:
    receipt = grant_of(small)
    verdict = checked(small, receipt, None, now + 1000 * DAY)
    assert verdict.valid
    assert "fresh" not in [check.step for check in verdict.checks]


def test_a_receipt_is_valid_while_it_is_young_enough(small: House, now: int) -> None:
    receipt = grant_of(small)
    verdict = checked(small, receipt, DAY, now + DAY)
    assert verdict.valid
    assert verdict.checks[-1].step == "fresh"
    verdict = checked(small, receipt, DAY, now + DAY + 1)
    assert (verdict.valid, verdict.consistent, broken(verdict)) == (False, True, ["fresh"])
    assert broken(checked(small, receipt, DAY, now - CLOCK_AHEAD_S_MAX - 1)) == ["fresh"]


def test_a_withdrawn_consent_is_valid_as_a_record_and_not_in_force(small: House, now: int) -> None:
    with small.opened() as store:
        withdraw(store, MEMBERS[0])
    receipt = grant_of(small)
    assert checked(small, receipt, None, now).valid, "that it was given stays proved"
    verdict = checked(small, receipt, DAY, now)
    assert broken(verdict) == ["fresh"]
    assert verdict.to_json()["standing"]["status"] == "withdrawn"


def test_a_receipt_from_which_the_status_was_cut_is_never_fresh(small: House, now: int) -> None:
    document = json.loads(grant_of(small))
    del document["status"]
    bare = canonical.encode(document) + b"\n"
    assert checked(small, bare, None, now).valid
    verdict = checked(small, bare, DAY, now)
    assert broken(verdict) == ["fresh"]
    assert verdict.to_json()["standing"] == NOTHING_STATED


def test_a_status_that_does_not_hold_is_not_reported(small: House, now: int) -> None:
    """Neither as in force nor as anything else: what is false states nothing."""
    document = json.loads(grant_of(small))
    for name in ("entry", "path", "proof"):
        good = document["status"][name]
        for spoiled in (good[:-4], good[4:], "AAAA" + good[4:], ""):
            if spoiled == good:
                continue
            status = {**document["status"], name: spoiled}
            data = canonical.encode({**document, "status": status}) + b"\n"
            verdict = checked(small, data, DAY, now)
            assert not verdict.valid
            assert verdict.stated is None
            assert verdict.to_json()["standing"] == NOTHING_STATED

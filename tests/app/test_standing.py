"""What is in force is said with each checkpoint, follows from the records, and is proved."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.app.conftest import CONSENT, MEMBERS, roster, years

from tallystick.app.consent import grant, withdraw
from tallystick.app.importing import retract
from tallystick.app.receipts import make_numbered
from tallystick.app.standing import RECORDS_AT_ONCE_MAX, all_changes
from tallystick.app.store import Store
from tallystick.app.verifying import Verdict, verify
from tallystick.kernel.errors import TallyError
from tallystick.ledger import STATUS_NAMES, StatusChange
from tallystick.testing.fiction import COMPANY, fictional_uscc

if TYPE_CHECKING:
    from tests.app.conftest import House

MANY = tuple(fictional_uscc(COMPANY, 600 + n) for n in range(RECORDS_AT_ONCE_MAX + 6))


def trust_of(house: House) -> str:
    return (house.folder / "trust.policy").read_text(encoding="utf-8")


def stated(store: Store, number: int) -> str:
    change = store.log.journal.standing.get(number)
    return STATUS_NAMES[change.status if change else 0]


def of_kind(store: Store, kind: str, subject: str = MEMBERS[0], item: str = "") -> list[int]:
    return [
        number
        for number in store.index.of_kind(kind)
        if (body := store.body(number))["subject"] == subject and item in body.get("item", "")
    ]


def years_of(store: Store) -> list[int]:
    return of_kind(store, "fact", item="association.membership_year")


def verdict_of(house: House, number: int) -> Verdict:
    with house.opened(writer=False) as store:
        return verify(make_numbered(store, number), trust_of(house))


def standing_of(house: House, number: int) -> dict[str, Any]:
    verdict = verdict_of(house, number)
    assert verdict.valid
    told: dict[str, Any] = verdict.to_json()["standing"]
    return told


def corrected(**change: str) -> list[dict[str, Any]]:
    first, *rest = years()
    return [{**first, **change}, *rest]


@pytest.fixture
def told(empty: House) -> House:
    """Three members with consents and a year each."""
    empty.deliver("roster", roster())
    empty.deliver("association", years())
    return empty


def assert_follows(house: House) -> None:
    """Check that the ledger states what the records give, and nothing is left to state."""
    with house.opened(writer=False) as store:
        assert all_changes(store, store.seconds()) == []
        entry = store.log.journal.entry
        assert entry.covered >= store.log.entries_holding(store.log.records)
    assert house.audited().ok


# -- each way to end -----------------------------------------------------------------------------


def test_a_new_record_is_in_force_as_of_its_sealing(told: House) -> None:
    with told.opened(writer=False) as store:
        [year] = years_of(store)
    assert standing_of(told, year) == {
        "status": "in_force",
        "as_of": "2026-11-01T04:00:00Z",
        "since": "",
        "by": "",
    }
    assert_follows(told)


def test_a_corrected_row_supersedes_the_one_before_and_is_named_as_the_cause(told: House) -> None:
    later = told.on("2026-11-05")
    later.deliver("association", corrected(meetings_attended="6"))
    with later.opened(writer=False) as store:
        old, new = years_of(store)
        named = store.numbered(new).record
    assert standing_of(later, old) == {
        "status": "superseded",
        "as_of": "2026-11-05T04:00:00Z",
        "since": "2026-11-05T04:00:00Z",
        "by": named,
    }
    assert standing_of(later, new)["status"] == "in_force"
    assert_follows(later)


def test_the_receipt_of_before_stays_valid_and_says_only_what_was_so_then(told: House) -> None:
    with told.opened(writer=False) as store:
        [year] = years_of(store)
        before = make_numbered(store, year)
    later = told.on("2026-11-05")
    later.deliver("association", corrected(meetings_attended="6"))
    verdict = verify(before, trust_of(told))
    assert verdict.valid
    assert verdict.to_json()["standing"]["status"] == "in_force"
    assert verdict.to_json()["standing"]["as_of"] == "2026-11-01T04:00:00Z"
    assert standing_of(later, year)["status"] == "superseded"


def test_a_retracted_import_is_withdrawn_and_the_older_version_comes_back(told: House) -> None:
    report = told.deliver("association", corrected(meetings_attended="6"))
    with told.opened() as store:
        old, new = years_of(store)
        assert (stated(store, old), stated(store, new)) == ("superseded", "in_force")
        act = retract(store, report.imports[0], "wrong file")
        assert (stated(store, old), stated(store, new)) == ("in_force", "withdrawn")
    assert standing_of(told, new)["by"] == act
    assert standing_of(told, old)["status"] == "in_force"
    assert_follows(told)


def test_a_withdrawn_consent_is_withdrawn_by_the_withdrawal(told: House) -> None:
    with told.opened() as store:
        [given] = of_kind(store, "grant")
        act = withdraw(store, MEMBERS[0])["record"]
        assert stated(store, given) == "withdrawn"
    assert standing_of(told, given)["by"] == act
    assert_follows(told)


def test_the_consent_of_a_later_roster_stays_withdrawn_with_the_document(told: House) -> None:
    """A roster delivered again, with a comma changed, names the same consent document."""
    with told.opened() as store:
        withdraw(store, MEMBERS[0])
    again = [{**row, "consent_until": "2027-06-30"} for row in roster()]
    later = told.on("2026-11-03")
    later.deliver("roster", again)
    with later.opened(writer=False) as store:
        first, second = of_kind(store, "grant")
        assert (stated(store, first), stated(store, second)) == ("withdrawn", "withdrawn")
        others = of_kind(store, "grant", MEMBERS[1])
        assert [stated(store, number) for number in others] == ["superseded", "in_force"]
    assert_follows(later)


def test_what_is_entered_by_hand_stands_beside_the_roster(told: House) -> None:
    with told.opened() as store:
        given = grant(
            store,
            MEMBERS[0],
            categories=["tax"],
            purpose="association_evaluation",
            until="2027-01-01",
            document=CONSENT,
        )
        rostered, by_hand = of_kind(store, "grant")
        withdraw(store, MEMBERS[0], given["record"])
        assert (stated(store, rostered), stated(store, by_hand)) == ("in_force", "withdrawn")
    assert_follows(told)


def test_a_term_that_is_over_is_stated_by_the_first_writer_of_the_day(told: House) -> None:
    with told.opened(writer=False) as store:
        [given] = of_kind(store, "grant")
    last = told.on("2026-12-31")
    last.opened().close()
    with last.opened(writer=False) as store:
        assert stated(store, given) == "in_force", "the last day is one on which it may be used"
    over = told.on("2027-01-01")
    over.opened().close()
    assert standing_of(over, given) == {
        "status": "expired",
        "as_of": "2027-01-01T04:00:00Z",
        "since": "2026-12-31T16:00:00Z",  # midnight, where the law counts days
        "by": "",
    }
    assert_follows(over)


def test_a_writer_of_the_same_day_states_nothing_anew(told: House) -> None:
    before = told.content()
    told.opened().close()
    assert told.content() == before


def test_a_ledger_can_be_asked_to_say_again_that_nothing_changed(told: House) -> None:
    later = told.on("2026-11-20")
    with later.opened() as store:
        size, rows = store.log.size, store.log.journal.entry.rows
        store.state_standing(anew=True)
        assert store.log.size == size + 1
        assert store.log.journal.entry.rows == rows
    with later.opened(writer=False) as store:
        [year] = years_of(store)
    assert standing_of(later, year)["as_of"] == "2026-11-20T04:00:00Z"


def test_who_reads_only_states_nothing(told: House) -> None:
    with told.opened(writer=False) as store, pytest.raises(TallyError) as refusal:
        store.state_standing()
    assert refusal.value.code == "not_opened_to_write"


def test_a_later_scheme_evaluation_or_decision_takes_the_place_of_the_one_before(
    small: House,
) -> None:
    from tallystick.app.evaluating import evaluate  # noqa: PLC0415 - only this test needs it

    later = small.on("2026-11-09")
    with later.opened() as store:
        evaluate(store, "association-2019")
        for member in MEMBERS:
            *older, newest = of_kind(store, "evaluation", member)
            assert {stated(store, number) for number in older} == {"superseded"}
            assert stated(store, newest) == "in_force"
    assert_follows(later)


# -- many records --------------------------------------------------------------------------------


def test_a_large_import_states_what_is_in_force_once_at_its_end(empty: House) -> None:
    house = empty
    house.deliver("roster", roster(MANY))
    with house.opened() as store:
        before = store.log.journal.entry
        house.deliver("association", years(MANY), store=store)
        first = [{**row, "meetings_attended": "6"} for row in years(MANY)]
        house.deliver("association", first, store=store)
        entry = store.log.journal.entry
        assert (entry.covered, entry.rows) == (before.covered, before.rows)
        size = store.log.size
    with house.opened(writer=False) as store:
        assert store.log.size == size + 1, "one more entry, by which all is stated"
        assert store.log.journal.entry.rows == before.rows + len(MANY)
        old, new = of_kind(store, "fact", MANY[-1], "association.membership_year")
        assert (stated(store, old), stated(store, new)) == ("superseded", "in_force")
    assert_follows(house)


def test_after_a_crash_before_the_end_of_an_import_the_next_writer_states_it(
    empty: House,
) -> None:
    house = empty
    house.deliver("roster", roster(MANY))
    house.deliver("association", years(MANY))
    with house.opened() as store:
        more = [{**row, "meetings_attended": "6"} for row in years(MANY)]
        house.deliver("association", more, store=store)
        store._release()  # the writer is gone before it could close
    with house.opened(writer=False) as store:
        old, new = of_kind(store, "fact", MANY[3], "association.membership_year")
        assert stated(store, old) == "in_force", "nothing is stated yet"
    unstated = verdict_of(house, new)
    assert unstated.valid
    assert unstated.to_json()["standing"]["status"] == "unknown"
    assert standing_of(house, old)["status"] == "in_force"
    house.opened().close()
    assert standing_of(house, old)["status"] == "superseded"
    assert standing_of(house, new)["status"] == "in_force"
    assert_follows(house)


def test_what_follows_a_large_import_within_one_opening_is_stated_with_it(empty: House) -> None:
    house = empty
    house.deliver("roster", roster(MANY))
    with house.opened() as store:
        house.deliver("association", years(MANY), store=store)
        withdraw(store, MANY[0])
        [given] = of_kind(store, "grant", MANY[0])
        assert stated(store, given) == "withdrawn"
        assert store.log.journal.entry.covered >= store.log.entries_holding(store.log.records)
    assert_follows(house)


# -- a ledger that states something else ---------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "stated_so", "follows"),
    [
        (StatusChange(5, 1, 7, 6), "superseded", "in force"),
        (StatusChange(5, 2, 7, 6), "withdrawn", "in force"),
        (StatusChange(5, 3, 7), "expired", "in force"),
    ],
)
def test_an_audit_names_the_record_whose_standing_is_not_what_the_records_give(
    told: House, change: StatusChange, stated_so: str, follows: str
) -> None:
    with told.opened() as store:
        log = store.log
        log.commit([], store.log_key, changes=[change], as_of=log.journal.entry.as_of)
        store._release()  # no close: it would state the truth
    (told.folder / "caches" / "writing").unlink()
    report = told.audited()
    assert not report.ok
    [fault] = report.faults
    assert (fault.code, fault.record) == ("standing_differs", 5)
    assert stated_so in fault.message.en
    assert follows in fault.message.en


def test_an_audit_names_a_record_that_ended_and_is_stated_to_be_in_force(told: House) -> None:
    told.deliver("association", corrected(meetings_attended="6"))
    with told.opened() as store:
        old, _ = years_of(store)
        back = StatusChange(old, 0, 7)
        store.log.commit([], store.log_key, changes=[back], as_of=store.log.journal.entry.as_of)
        store._release()
    (told.folder / "caches" / "writing").unlink()
    report = told.audited()
    assert [(fault.code, fault.record) for fault in report.faults] == [("standing_differs", old)]


def test_the_next_writer_does_not_hide_what_a_ledger_stated_falsely(told: House) -> None:
    """It states the truth from then on; the journal keeps every row."""
    with told.opened() as store:
        wrong = StatusChange(5, 2, 7, 6)
        store.log.commit([], store.log_key, changes=[wrong], as_of=store.log.journal.entry.as_of)
        store._release()
    later = told.on("2026-11-02")
    later.opened().close()
    with later.opened(writer=False) as store:
        assert stated(store, 5) == "in_force"
        assert store.log.journal.entry.rows == 2
    assert_follows(later)


def test_a_wrong_cause_is_found_as_well(told: House) -> None:
    told.deliver("association", corrected(meetings_attended="6"))
    with told.opened() as store:
        old, _ = years_of(store)
        wrong = StatusChange(old, 1, 7, 0)
        store.log.commit([], store.log_key, changes=[wrong], as_of=store.log.journal.entry.as_of)
        store._release()
    (told.folder / "caches" / "writing").unlink()
    assert [fault.record for fault in told.audited().faults] == [old]


def test_a_receipt_says_which_record_took_its_place_in_words_a_program_reads(told: House) -> None:
    told.deliver("association", corrected(meetings_attended="6"))
    with told.opened(writer=False) as store:
        old, new = years_of(store)
        receipt = json.loads(make_numbered(store, old))
        assert receipt["format"] == "tallystick-receipt/2"
        assert receipt["status"].keys() == {"entry", "path", "proof"}
        named = store.numbered(new).record
    assert standing_of(told, old)["by"] == named

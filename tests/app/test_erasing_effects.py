"""What an act ended stays ended when a record it rests on is erased, and nothing else ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tallystick.app.consent import grant, withdraw
from tallystick.app.dossier import grants_of
from tallystick.app.erasing import GROUPS_MAX, erase
from tallystick.app.importing import retract
from tallystick.records import bodies, number_of

from .conftest import CONSENT, MEMBERS, OFFICER, House, roster

if TYPE_CHECKING:
    from tallystick.app.store import Store

YEAR = "association.membership_year"
BASIS = "征信业管理条例 art. 25"


def of_kind(store: Store, kind: str, subject: str = MEMBERS[0]) -> list[int]:
    index = store.index
    return [n for n in index.of_subject(subject) if index.kind[n] == number_of(kind)]


def id_of(store: Store, number: int) -> str:
    return store.log.commitment(number).hex()


def gone(store: Store, number: int) -> dict[str, object]:
    return erase(store, [id_of(store, number)], basis=BASIS, reason="court", officer=OFFICER)


def longer(until: str) -> list[dict[str, object]]:
    return [{**row, "consent_until": until} for row in roster(MEMBERS[:1])]


def test_a_withdrawn_consent_does_not_come_back_when_its_grant_was_erased(small: House) -> None:
    with small.opened() as store:
        [given] = of_kind(store, "grant")
        withdraw(store, MEMBERS[0])
        gone(store, given)
    with small.opened() as store:
        small.deliver("roster", longer("2027-06-30"), store=store)
        view = grants_of(store, MEMBERS[0])
        assert view.grants
        assert {one.record for one in view.grants} <= view.withdrawn.keys()
    with small.opened() as store:
        [again] = of_kind(store, "grant")
        assert store.log.journal.standing[again].status == 2
    assert small.audited().ok


@pytest.mark.parametrize("erased", [0, 1])
def test_of_two_withdrawn_versions_the_other_stays_withdrawn(small: House, erased: int) -> None:
    with small.opened() as store:
        if erased == 0:
            withdraw(store, MEMBERS[0])
        small.deliver("roster", longer("2027-06-30"), store=store)
        if erased == 1:
            withdraw(store, MEMBERS[0])
        gone(store, of_kind(store, "grant")[0])
    with small.opened() as store:
        left = of_kind(store, "grant")
        view = grants_of(store, MEMBERS[0])
        assert {one.record for one in view.grants} <= view.withdrawn.keys()
        assert all(store.log.journal.standing[n].status == 2 for n in left)
    assert small.audited().ok


def test_a_version_that_stands_because_the_newer_was_taken_back_stays(small: House) -> None:
    with small.opened() as store:
        [older] = of_kind(store, "grant")
        small.deliver("roster", longer("2027-06-30"), store=store)
        newer = of_kind(store, "grant")[-1]
        by_hand = {
            "subject": MEMBERS[0],
            "categories": ["tax"],
            "purpose": "association_evaluation",
        }
        grant(store, **by_hand, until="2027-01-01", document=CONSENT)  # type: ignore[arg-type]
        retract(store, store.body(newer)["imported"], "wrong file")
        said = gone(store, newer)
        assert [one["record"] for one in said["records"]] == [id_of(store, newer)]  # type: ignore[attr-defined]
        assert older not in store.log.journal.standing
        last = of_kind(store, "grant")[-1]
        assert last != older
        said = gone(store, last)
        assert [one["record"] for one in said["records"]] == [id_of(store, last)]  # type: ignore[attr-defined]
        assert older not in store.log.journal.standing
    assert small.audited().ok


def test_an_erasure_tells_of_looks_by_reader_and_purpose_and_stays_readable(small: House) -> None:
    with small.opened() as store:
        fact = next(n for n in of_kind(store, "fact") if store.body(n)["item"] == YEAR)
        uses = [
            bodies.use(
                store.delivery(),
                subject=MEMBERS[0],
                purpose=f"purpose {number % 600}" if number < 1200 else "other",
                reader="ab" * 16,
                read={YEAR: 1} if number < 1200 else {"tax.rating": 1},
                withheld={},
                as_of="2026-11-01",
            )
            for number in range(1210)
        ]
        store.append(uses)
        said = gone(store, fact)
    delivered = said["delivered"]
    assert isinstance(delivered, list)
    assert len(delivered) == GROUPS_MAX
    assert isinstance(said["more"], int)
    assert said["more"] >= 100
    assert "other" not in {one["purpose"] for one in delivered}
    assert {one["count"] for one in delivered if one["reader"] == "ab" * 16} == {2}
    assert Path(str(said["receipt"])).stat().st_size < 1 << 20

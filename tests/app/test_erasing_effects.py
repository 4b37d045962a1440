"""What an act ended stays ended when a record it rests on is erased, and nothing else ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tallystick.app.consent import withdraw
from tallystick.app.dossier import grants_of
from tallystick.app.erasing import erase
from tallystick.records import number_of

from .conftest import MEMBERS, OFFICER, House, roster

if TYPE_CHECKING:
    from tallystick.app.store import Store

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
        [grant] = of_kind(store, "grant")
        withdraw(store, MEMBERS[0])
        gone(store, grant)
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

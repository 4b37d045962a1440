"""A clock that goes back: the ledger's time never does, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.app.conftest import SCHEME, House, roster
from tests.faults.conftest import keeps

from tallystick.app import receipts
from tallystick.app.backup_check import check_backups
from tallystick.app.backups import backup
from tallystick.app.evaluating import evaluate
from tallystick.app.verifying import verify

DAYS_BACK = ("2026-10-31", "2026-01-01", "2001-01-01", "1970-01-02")


def times(house: House) -> list[int]:
    """Return when each batch says it was sealed, in ledger order."""
    with house.opened(writer=False) as store:
        return [sealed.header.sealed_at for sealed in store.log.batches()]


@pytest.mark.parametrize("day", DAYS_BACK)
def test_records_sealed_after_the_clock_went_back_are_not_sealed_earlier(
    small: House, day: str
) -> None:
    before = times(small)
    back = small.on(day)
    with back.opened() as store:
        records = store.log.records
        stated = store.log.journal.entry.as_of
        added = store.append([store.body(0)] * 2)
        assert store.log.journal.entry.as_of >= stated
    after = times(small)
    assert after[: len(before)] == before
    assert after == sorted(after), "time in the ledger goes one way"
    keeps(back, added, records)
    keeps(small, added, records)


@pytest.mark.parametrize("day", DAYS_BACK)
def test_receipts_and_standing_survive_a_clock_that_went_back(small: House, day: str) -> None:
    trust = (small.folder / "trust.policy").read_text(encoding="utf-8")
    with small.opened(writer=False) as store:
        standing = dict(store.log.journal.standing)
    back = small.on(day)
    with back.opened() as store:
        made = receipts.make(store, store.numbered(0).record)
        store.append([store.body(0)])
    assert verify(made, trust).valid
    with small.opened() as store:
        assert dict(store.log.journal.standing) == standing
    assert small.audited().ok


def test_an_import_and_an_evaluation_on_a_day_before_the_last_lose_nothing(small: House) -> None:
    with small.opened(writer=False) as store:
        records = store.log.records
    back = small.on("2026-06-01")
    back.deliver("roster", roster())
    with back.opened() as store:
        evaluate(store, SCHEME)
    assert times(small) == sorted(times(small))
    keeps(small, [], records)


def test_a_backup_taken_by_a_clock_that_went_back_comes_after_the_one_before(
    small: House, tmp_path: Path
) -> None:
    backup(small.settings(), tmp_path / "copy")
    with small.opened() as store:
        store.append([store.body(0)])
    backup(replace(small.on("2020-01-01").settings()), tmp_path / "copy")
    listed = check_backups(tmp_path / "copy")["snapshots"]
    assert [one["number"] for one in listed] == [1, 2]
    assert listed[0]["records"] < listed[1]["records"]

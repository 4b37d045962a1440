"""A workspace made again: whole, checked, and without what was erased since."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.app.conftest import MEMBERS, OFFICER

from tallystick.app import erasing, receipts
from tallystick.app.backup_check import check_backups
from tallystick.app.backup_repository import repository_in
from tallystick.app.backups import backup
from tallystick.app.officers import new_officer
from tallystick.app.restoring import Beside, restore
from tallystick.app.rotating import rotate
from tallystick.app.tiling import export_tiles
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.ledger import ERASED
from tallystick.testing.disk import MODES, DiskFaultError, FaultyDisk
from tallystick.vault import WRAPPED_BYTES

if TYPE_CHECKING:
    from tests.app.conftest import House

VICTIM = 9
BASIS = "征信业管理条例 art. 25"


def back(house: House, source: Path, to: Path, **options: Any) -> dict[str, Any]:
    settings = replace(house, folder=to).settings(options.pop("disk", None))
    beside = Beside(**{name: options.pop(name) for name in Beside._fields if name in options})
    return restore(settings, source, beside, **options)


def code_of(act: Any, *words: Any, **options: Any) -> str:
    with pytest.raises(TallyError) as caught:
        act(*words, **options)
    return caught.value.code


def add(house: House, count: int = 3) -> None:
    with house.opened() as store:
        store.append([store.body(0)] * count)


def victim(house: House) -> int:
    """Return the number of the newest fact about the first member."""
    with house.opened(writer=False) as store:
        facts = [n for n in store.index.of_subject(MEMBERS[0]) if store.body(n)["kind"] == "fact"]
    return facts[-1]


def erase(house: House, record: int = VICTIM) -> Path:
    """Erase a fact; return the receipt of the erasure."""
    with house.opened() as store:
        ids = [store.log.commitment(record).hex()]
        done = erasing.erase(store, ids, basis=BASIS, reason="court", officer=OFFICER)
    return Path(done["receipt"])


def slot(folder: Path, record: int = VICTIM) -> bytes:
    return (folder / "keys" / "records").read_bytes()[record * WRAPPED_BYTES :][:WRAPPED_BYTES]


@pytest.fixture
def kept(small: House, tmp_path: Path) -> Path:
    """A backup of the small house, taken before anything was erased."""
    backup(small.settings(), tmp_path / "copy")
    return tmp_path / "copy"


def test_a_restored_workspace_is_the_one_that_was_copied(
    small: House, kept: Path, tmp_path: Path
) -> None:
    done = back(small, kept, tmp_path / "again", as_of_backup=True)
    assert done["ok"], done["audit"]
    assert done["lost_records"] == 0
    before, after = small.content(), replace(small, folder=tmp_path / "again").content()
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] != before[name]} == set()
    house = replace(small, folder=tmp_path / "again")
    add(house)
    assert house.audited().ok


def test_without_a_later_source_it_must_be_accepted_that_erasures_are_unknown(
    small: House, kept: Path, tmp_path: Path
) -> None:
    assert code_of(back, small, kept, tmp_path / "again") == "nothing_later"
    assert not (tmp_path / "again").exists()


def test_the_workspace_itself_tells_that_nothing_was_erased_since(
    small: House, kept: Path, tmp_path: Path
) -> None:
    add(small)
    done = back(small, kept, tmp_path / "again", later=[small.folder])
    assert done["ok"]
    assert (done["lost_records"], done["erased"]) == (3, [])
    assert done["later"][0]["form"] == "workspace"


def _of_workspace(house: House, folder: Path) -> Path:
    del folder
    return house.folder


def _of_backup(house: House, folder: Path) -> Path:
    backup(house.settings(), folder / "other")
    return folder / "other"


def _of_export(house: House, folder: Path) -> Path:
    with house.opened(writer=False) as store:
        export_tiles(store, folder / "public")
    return folder / "public"


def _of_receipt(house: House, folder: Path) -> Path:
    del folder
    [receipt] = (house.folder / "receipts").glob("erasure-*.tally")
    return receipt


@pytest.mark.parametrize("source", [_of_workspace, _of_backup, _of_export, _of_receipt])
def test_what_was_erased_since_is_erased_in_what_is_restored(
    small: House, kept: Path, tmp_path: Path, source: Any
) -> None:
    later = small.copied(tmp_path / "later")
    erase(later)
    told = source(later, tmp_path)
    assert slot(small.folder) != bytes(WRAPPED_BYTES)
    # An exported log says what was erased and not by whom: an officer must sign it again.
    officer = OFFICER if source is _of_export else ""
    alone = source is _of_receipt  # a receipt tells of one erasure, and not whether it is the last
    if alone:
        with pytest.raises(TallyError, match="nothing_later"):
            back(small, kept, tmp_path / "again", later=[told])
    done = back(small, kept, tmp_path / "again", later=[told], officer=officer, as_of_backup=alone)
    assert done["ok"], done["audit"]
    assert (done["lost_records"] is None) == alone
    assert done["erased"] == [VICTIM]
    assert slot(tmp_path / "again") == bytes(WRAPPED_BYTES)
    again = replace(small, folder=tmp_path / "again")
    [listed] = again.audited().erased
    assert (listed.number, listed.who) == (VICTIM, OFFICER)
    assert BASIS in listed.basis or source is _of_export
    with again.opened() as store:
        assert store.log.journal.standing[VICTIM].status == ERASED
        assert code_of(store.body, VICTIM) == "record_erased"
        store.append([store.body(0)])
    assert again.audited().ok


def test_an_erasure_nobody_known_signed_is_not_carried_out_by_the_operator_alone(
    small: House, kept: Path, tmp_path: Path
) -> None:
    """What the snapshot does not know cannot be checked there: neither bare rows nor new keys."""
    rows = small.copied(tmp_path / "rows")
    erase(rows)
    newer = small.copied(tmp_path / "newer")
    with newer.opened() as store:
        new_officer(store, "A newer officer", signer=OFFICER)
    with newer.opened() as store:
        ids = [store.log.commitment(VICTIM).hex()]
        erasing.erase(store, ids, basis=BASIS, reason="court", officer="A newer officer")
    for told in (_of_export(rows, tmp_path), newer.folder):
        refused = code_of(back, small, kept, tmp_path / "again", later=[told])
        assert refused == "restoring_officer_needed"
        assert not (tmp_path / "again").exists()
    done = back(small, kept, tmp_path / "again", later=[newer.folder], officer=OFFICER)
    assert done["ok"], done["audit"]
    [listed] = replace(small, folder=tmp_path / "again").audited().erased
    assert listed.who == OFFICER
    assert listed.basis.startswith(BASIS)


def test_an_officer_whose_key_does_not_open_leaves_no_half_of_a_workspace(
    small: House, kept: Path, tmp_path: Path
) -> None:
    erase(small)
    told = _of_export(small, tmp_path)
    words: dict[str, Any] = {"later": [told], "officer": "Nobody"}
    assert code_of(back, small, kept, tmp_path / "again", **words) == "no_officer_key"
    assert not (tmp_path / "again").exists()


def test_several_sources_are_put_together(small: House, kept: Path, tmp_path: Path) -> None:
    receipt = erase(small)
    told = [_of_export(small, tmp_path), receipt]
    done = back(small, kept, tmp_path / "again", later=told)
    assert done["ok"], "the rows say what, the receipt says by whom"
    assert done["erased"] == [VICTIM]
    assert done["known_size"] > done["size"]


def test_an_erasure_reaches_the_keys_of_older_snapshots_with_the_next_backup(
    small: House, kept: Path, tmp_path: Path
) -> None:
    key = slot(small.folder)
    erase(small)
    assert _holding(kept, key)
    backup(small.settings(), kept)
    assert not _holding(kept, key)
    assert len(check_backups(kept)["snapshots"]) == 2
    done = back(small, kept, tmp_path / "again", snapshot=1)
    assert done["ok"], done["audit"]
    assert done["erased"] == [VICTIM]


def test_a_sweep_of_older_keys_broken_at_any_call_leaves_whole_snapshots(
    small: House, kept: Path, tmp_path: Path
) -> None:
    key = slot(small.folder)
    erase(small)
    shutil.copytree(kept, tmp_path / "counted")
    disk = FaultyDisk(FileDisk())
    backup(small.settings(disk), tmp_path / "counted")
    written = [n for n, one in enumerate(disk.calls, 1) if one.path.name == "manifest.json"]
    for fail_at in range(written[0], len(disk.calls) + 1):
        for mode in MODES:
            place = tmp_path / f"{fail_at}-{mode}"
            shutil.copytree(kept, place)
            broken = FaultyDisk(FileDisk(), fail_at, mode, lasting=True)
            with suppress(DiskFaultError):
                backup(small.settings(broken), place)
            check_backups(place)
            backup(small.settings(), place)
            assert len(check_backups(place)["snapshots"]) == 2
            assert not _holding(place, key), (fail_at, mode)


def test_an_older_snapshot_learns_from_the_newer_evidence_beside_it(
    small: House, kept: Path, tmp_path: Path
) -> None:
    add(small)
    erase(small)
    backup(small.settings(), kept)
    done = back(small, kept, tmp_path / "again", snapshot=1)
    assert done["erased"] == [VICTIM]
    assert slot(tmp_path / "again") == bytes(WRAPPED_BYTES)
    assert done["lost_records"] == 4


def test_evidence_of_an_interrupted_backup_still_tells_what_was_erased(
    small: House, kept: Path, tmp_path: Path
) -> None:
    """The evidence came over, the rest did not: what it says of erasures counts all the same."""
    erase(small)
    calls = FaultyDisk(FileDisk())
    shutil.copytree(kept, tmp_path / "counted")
    backup(small.settings(calls), tmp_path / "counted")
    at = 1 + next(n for n, one in enumerate(calls.calls) if one.path.name == "checkpoint")
    with suppress(DiskFaultError):
        backup(small.settings(FaultyDisk(FileDisk(), at + 1, lasting=True)), kept)
    assert repository_in(kept).numbers() == [1]
    done = back(small, kept, tmp_path / "again", officer=OFFICER)
    assert done["ok"], done["audit"]
    assert done["erased"] == [VICTIM]


def test_no_byte_of_an_erased_key_reaches_the_new_folder(
    small: House, kept: Path, tmp_path: Path
) -> None:
    """At no moment: every write is looked at, and the restore is broken after each."""
    key = slot(small.folder)
    erase(small)
    disk = FaultyDisk(FileDisk())
    back(small, kept, tmp_path / "whole", later=[small.folder], disk=disk)
    assert not _holding(tmp_path / "whole", key)
    for fail_at in range(1, len(disk.calls) + 1):
        place = tmp_path / f"{fail_at}"
        broken = FaultyDisk(FileDisk(), fail_at, "torn", lasting=True)
        with suppress(DiskFaultError, TallyError):
            back(small, kept, place, later=[small.folder], disk=broken)
        assert not _holding(place, key), fail_at
        if not (place / "workspace.json").exists():
            assert code_of(replace(small, folder=place).opened) == "not_a_workspace"


def _holding(folder: Path, key: bytes) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file() and key in p.read_bytes()]


# -- refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["evidence/entries", "evidence/commitments", "bodies/records", "keys/000001/records"]
)
def test_a_damaged_backup_is_refused_before_anything_is_written(
    small: House, kept: Path, tmp_path: Path, name: str
) -> None:
    file = repository_in(kept).folder / name
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    refused = code_of(back, small, kept, tmp_path / "again", as_of_backup=True)
    assert refused in {"backup_damaged", "evidence_damaged"}
    assert not (tmp_path / "again").exists()


def test_a_later_state_that_is_older_or_of_another_ledger_is_refused(
    small: House, kept: Path, tmp_path: Path, founded_house: House
) -> None:
    for other in (founded_house.folder, tmp_path):
        refused = code_of(back, small, kept, tmp_path / "again", later=[other])
        assert refused == "not_later"
    forked = founded_house.copied(tmp_path / "forked")
    add(forked, 80)
    with forked.opened() as store:
        for _ in range(30):
            store.append([store.body(0)])
    assert code_of(back, small, kept, tmp_path / "again", later=[forked.folder]) == "not_later"


def test_a_snapshot_older_than_a_change_of_the_log_key_takes_the_newer_trust_file(
    small: House, kept: Path, tmp_path: Path
) -> None:
    with small.opened() as store:
        rotate(store, "log", OFFICER)
    with pytest.raises(TallyError) as caught:
        back(small, kept, tmp_path / "again", later=[small.folder])
    assert caught.value.code == "not_later"
    for said in caught.value.remedy:
        assert "--trust" in said
        assert "--with" in said
    trust = (small.folder / "trust.policy").read_text(encoding="utf-8")
    done = back(small, kept, tmp_path / "again", later=[small.folder], trust=trust, officer=OFFICER)
    assert done["ok"], done["audit"]


def test_a_changed_journal_is_refused(small: House, kept: Path, tmp_path: Path) -> None:
    erase(small)
    file = small.folder / "evidence" / "status"
    data = bytearray(file.read_bytes())
    data[7] ^= 1
    file.write_bytes(data)
    refused = code_of(back, small, kept, tmp_path / "again", later=[small.folder])
    assert refused == "evidence_damaged"


def test_a_receipt_of_something_else_is_no_receipt_of_an_erasure(
    small: House, kept: Path, tmp_path: Path
) -> None:
    with small.opened() as store:
        data = receipts.make(store, store.numbered(VICTIM).record)
    (tmp_path / "r.tally").write_bytes(data)
    refused = code_of(back, small, kept, tmp_path / "again", later=[tmp_path / "r.tally"])
    assert refused == "not_an_erasure"


def test_a_folder_that_is_not_empty_is_left_alone(small: House, kept: Path) -> None:
    assert code_of(back, small, kept, small.folder, as_of_backup=True) == "already_there"


def test_a_wrong_passphrase_is_told_before_anything_is_written(
    small: House, kept: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("not the passphrase\n", encoding="utf-8")
    house = replace(small, passphrase_file=wrong)
    assert code_of(back, house, kept, tmp_path / "again", as_of_backup=True) == "wrong_passphrase"
    assert not (tmp_path / "again").exists()

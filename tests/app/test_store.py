"""The opened workspace: one writer, many readers, and nothing acknowledged is ever lost."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.app import evaluating, importing, schemes
from tallystick.app.deciding import new_officer
from tallystick.app.evaluating import evaluate_each
from tallystick.app.importing import import_files
from tallystick.app.sealing import Sealed
from tallystick.app.store import Store
from tallystick.evaluation import parse_scheme
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.testing.disk import MODES, DiskFaultError, FaultyDisk, Mode

if TYPE_CHECKING:
    from tests.app.conftest import House

SCHEME = "association-2019"
Act = Callable[[Store], object]
# The machine is gone with the call, in each way; or the disk fails once and goes on.
FAULTS: tuple[tuple[Mode, bool], ...] = (*((mode, True) for mode in MODES), ("torn", False))


# -- one writer, many readers -----------------------------------------------------------------


def test_a_second_writer_is_told_that_the_workspace_is_locked(empty: House) -> None:
    with empty.opened(), pytest.raises(TallyError) as caught:
        empty.opened()
    assert caught.value.code == "locked"
    empty.opened().close()


def test_a_writer_in_another_process_is_told_too(empty: House) -> None:
    script = (
        "import sys\nfrom pathlib import Path\n"
        "from tallystick.app.store import Store\nfrom tallystick.app.workspace import Settings\n"
        "from tallystick.kernel.errors import TallyError\n"
        "try:\n    Store.open(Settings(*map(Path, sys.argv[1:])), writer=True)\n"
        "except TallyError as fault:\n    print(fault.code)\n"
    )
    command = [sys.executable, "-c", script, str(empty.folder), str(empty.passphrase_file)]
    with empty.opened():
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "locked"


def test_readers_work_while_somebody_writes_and_see_what_is_acknowledged(small: House) -> None:
    with small.opened() as writer:
        with small.opened(writer=False) as reader:
            before = reader.log.records
            bodies = [reader.body(number) for number in range(before)]
            writer.append([writer.body(0)])
            assert reader.log.records == before
            assert [reader.body(number) for number in range(before)] == bodies
        with small.opened(writer=False) as reader:
            assert reader.log.records == len(reader.index) == before + 1


def test_a_reader_opened_in_the_middle_of_a_commit_sees_the_state_before_it(
    small: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader comes after the entries are written and before the checkpoint is."""
    seen: list[int] = []
    replace = FileDisk.replace

    def look_first(self: FileDisk, path: Path, data: bytes, mode: int = 0o644) -> None:
        if path.name == "checkpoint":
            with small.opened(writer=False) as reader:
                seen.append(reader.log.records)
                assert len(reader.index) == reader.log.records
        replace(self, path, data, mode)

    with small.opened() as writer:
        before = writer.log.records
        monkeypatch.setattr(FileDisk, "replace", look_first)
        writer.append([writer.body(0), writer.body(0)])
        assert seen == [before]
        assert writer.log.records == before + 2


def test_a_reader_changes_no_file(small: House) -> None:
    before = small.content()
    with small.opened(writer=False) as store:
        assert len(store.index) == store.log.records
    assert small.content() == before


def test_a_writer_that_did_nothing_changes_no_file(small: House) -> None:
    before = small.content()
    small.opened().close()
    assert small.content() == before


def test_who_only_reads_cannot_write(small: House) -> None:
    """Without the lock two writers could append at once; a reader is not let to try."""
    with small.opened(writer=False) as store:
        body = store.body(0)
        with pytest.raises(TallyError) as caught:
            store.append([body])
    assert caught.value.code == "not_opened_to_write"
    assert small.audited().ok


# -- records ----------------------------------------------------------------------------------


def test_records_keep_order_id_and_every_field_even_those_nobody_knows(empty: House) -> None:
    with empty.opened() as store:
        body = {**store.body(0), "later": {"version": 9, "added": ["信", True, None]}}
        ids = store.append([body, body])
        first = store.find(ids[0])
    assert len(set(ids)) == 2, "the same body twice: two salts, two commitments"
    with empty.opened(writer=False) as store:
        assert [store.numbered(first + n).record for n in range(2)] == ids
        assert store.body(first) == store.body(first + 1) == body
    assert empty.audited().ok


def test_more_records_than_one_batch_holds_are_sealed_in_order(empty: House) -> None:
    with empty.opened() as store:
        founding = store.body(0)
        ids = store.append([{**founding, "operator": str(n)} for n in range(1030)])
        assert [batch.header.records for batch in store.log.batches()][-2:] == [1024, 6]
    with empty.opened(writer=False) as store:
        first = store.find(ids[0])
        scanned = [store.body(n)["operator"] for n in range(first, first + 1030)]
        assert scanned == [str(n) for n in range(1030)]
        assert sum(1 for _ in store.scan(first)) == 1030


def test_a_wrong_passphrase_opens_nothing(small: House, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("not the passphrase\n", encoding="utf-8")
    with pytest.raises(TallyError, match="wrong_passphrase"):
        type(small)(small.folder, wrong).opened(writer=False)


# -- every call of the disk fails, in every way ------------------------------------------------


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commit every few rows and every member, so that there is much to interrupt."""
    monkeypatch.setattr(importing, "CHUNK_ROWS_MAX", 2)
    monkeypatch.setattr(evaluating, "MEMBERS_PER_TASK", 2)
    for module in (evaluating, schemes):  # the same scheme, read a hundred times over
        monkeypatch.setattr(module, "parse_scheme", lru_cache(parse_scheme))


@contextmanager
def acknowledgements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Collect the ids of records whose commit returned without an error."""
    told: list[str] = []
    commit = Store.commit

    def and_tell(store: Store, sealed: Sequence[Sealed]) -> int:
        first = commit(store, sealed)
        told.extend(one.envelope.commitment.hex() for one in sealed)
        return first

    with monkeypatch.context() as patch:
        patch.setattr(Store, "commit", and_tell)
        yield told


def calls_of(house: House, act: Act) -> int:
    disk = FaultyDisk(FileDisk())
    with house.opened(disk=disk) as store:
        act(store)
    return len(disk.calls)


def standing(house: House) -> list[tuple[str, str, str, str]]:
    """Return what the ledger says of whom, in whatever order it was said."""
    with house.opened(writer=False) as store:
        said = [store.body(number) for number in range(store.log.records)]
    return sorted(
        (b["kind"], b.get("subject", ""), b.get("item", ""), str(b.get("data", b.get("result"))))
        for b in said
        if b["kind"] in {"fact", "grant", "evaluation"}
    )


def break_everywhere(house: House, act: Act, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Do `act` once for every call it makes of the disk and every way that call can fail."""
    whole = house.copied(folder / "whole")
    calls = calls_of(whole, act)
    for fail_at in range(1, calls + 1):
        for mode, lasting in FAULTS:
            broken = house.copied(folder / f"{fail_at}-{mode}-{lasting}")
            _break(broken, act, fail_at, mode, lasting=lasting, monkeypatch=monkeypatch)
            assert said_once(standing(broken)) == said_once(standing(whole))
    return calls


def said_once(said: list[tuple[str, str, str, str]]) -> list[tuple[str, str, str, str]]:
    return sorted(set(said))


def _break(
    house: House,
    act: Act,
    fail_at: int,
    mode: Mode,
    *,
    lasting: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    where = (fail_at, mode, lasting)
    disk = FaultyDisk(FileDisk(), fail_at, mode, lasting=lasting)
    with acknowledgements(monkeypatch) as told:
        with suppress(DiskFaultError), house.opened(disk=disk) as store:
            act(store)
        assert disk.failed, where
        if lasting:
            disk.lose_power()
    with house.opened(writer=False) as reader:
        assert len(reader.index) == reader.log.records, where
    with house.opened() as store:
        for record in told:
            assert store.opened(store.find(record)), where
        act(store)
    report = house.audited()
    assert report.ok, (where, report.faults)


@pytest.mark.usefixtures("small_steps")
def test_an_import_broken_at_any_call_loses_nothing_and_can_be_completed(
    founded_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "roster.csv"
    _write_roster(file, 5)

    def act(store: Store) -> None:
        report = import_files(store, [file], "roster")
        assert report.accepted + report.duplicate == 5

    assert break_everywhere(founded_house, act, tmp_path, monkeypatch) >= 3 * 9


@pytest.mark.usefixtures("small_steps")
def test_an_evaluation_broken_at_any_call_loses_nothing_and_can_be_completed(
    small_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def act(store: Store) -> None:
        assert len(list(evaluate_each(store, SCHEME, as_of="2026-10-15", sentences=False))) == 3

    assert break_everywhere(small_house, act, tmp_path, monkeypatch) >= 2 * 9


def test_a_new_officer_broken_at_any_call_leaves_trust_file_and_ledger_in_step(
    founded_house: House, tmp_path: Path
) -> None:
    """The record comes first and the trust file after it; recovery writes what is missing."""
    calls = calls_of(founded_house.copied(tmp_path / "whole"), _officer)
    for fail_at in range(1, calls + 1):
        for mode in MODES:
            house = founded_house.copied(tmp_path / f"{fail_at}-{mode}")
            disk = FaultyDisk(FileDisk(), fail_at, mode, lasting=True)
            # The same chance each time: a passphrase with a new salt would be slow to try.
            settings = replace(house.settings(disk), random=bytes)
            with suppress(DiskFaultError), Store.open(settings, writer=True) as store:
                _officer(store)
            disk.lose_power()
            report = house.audited()
            assert report.ok, (fail_at, mode, report.faults)


def _officer(store: Store) -> None:
    new_officer(store, "An officer")


def _write_roster(file: Path, rows: int) -> None:
    from tallystick.testing.fiction import COMPANY, fictional_uscc  # noqa: PLC0415

    codes = [fictional_uscc(COMPANY, 700 + number) for number in range(rows)]
    lines = [f"样例{n}有限公司,{code},2020-02-0{n + 1}" for n, code in enumerate(codes)]
    file.write_text("\n".join(["name,uscc,as_of", *lines, ""]), encoding="utf-8")


# -- a disk that is full ----------------------------------------------------------------------


class FullDisk(FileDisk):
    """A disk with so many bytes left. What fits of an append is written, as disks do."""

    def __init__(self, left: int) -> None:
        self._left = left

    def append(self, path: Path, data: bytes) -> None:
        fitting = data[: self._left]
        self._left -= len(fitting)
        super().append(path, fitting)
        if len(fitting) < len(data):
            raise OSError(errno.ENOSPC, "No space left on device", str(path))

    def replace(self, path: Path, data: bytes, mode: int = 0o644) -> None:
        if len(data) > self._left:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        super().replace(path, data, mode)


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("left", [0, 30, 100, 700, 1500, 2500, 3000, 3400])
def test_a_full_disk_stops_an_import_and_spoils_nothing(
    empty: House, tmp_path: Path, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "roster.csv"
    _write_roster(file, 5)
    with (
        acknowledgements(monkeypatch) as told,
        pytest.raises(OSError, match="No space left"),
        empty.opened(disk=FullDisk(left)) as store,
    ):
        import_files(store, [file], "roster")
    report = empty.audited()
    assert report.ok, report.faults
    with empty.opened() as store:
        for record in told:
            assert store.opened(store.find(record))
        done = import_files(store, [file], "roster")
        assert done.accepted + done.duplicate == 5
    assert empty.audited().ok


def test_a_record_is_known_by_its_whole_id_only(small: House) -> None:
    with small.opened() as store:
        record = store.log.commitment(3).hex()
        assert store.number_of(record) == 3
        assert {store.number_of(one) for one in (record[:12], "", record + "00", "z" * 64)} == {-1}


# -- a writer that is killed ------------------------------------------------------------------


def test_an_import_killed_at_random_moments_loses_nothing_acknowledged() -> None:
    """The drill in its small form; `make drill` runs it fifty times."""
    command = [sys.executable, "-m", "tests.drills.kill_import", "--count", "4", "--rows", "9000"]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["ok"]
    assert seen["kills"] >= 2, "an import that is done cannot be killed"


def test_the_next_writer_cleans_up_after_a_dead_one_and_a_reader_needs_not_wait_for_it(
    small: House,
) -> None:
    before = small.content()
    (small.folder / "caches" / "writing").write_bytes(b"")
    for name in ("evidence/entries", "evidence/commitments", "bodies/records", "keys/records"):
        with (small.folder / name).open("ab") as file:
            file.write(b"never acknowledged")
    (small.folder / "evidence" / "checkpoint.new").write_bytes(b"half of a checkpoint")
    with small.opened(writer=False) as reader:
        assert [reader.body(n)["kind"] for n in range(2)] == ["founding", "party"]
    small.opened().close()
    assert small.content() == before


def test_an_error_of_the_caller_leaves_what_was_committed(small: House) -> None:
    def fail(store: Store) -> Any:
        store.append([store.body(0)])
        raise RuntimeError

    with small.opened(writer=False) as store:
        before = store.log.records
    with pytest.raises(RuntimeError), small.opened() as store:
        fail(store)
    assert small.audited().ok
    with small.opened(writer=False) as store:
        assert store.log.records == before + 1

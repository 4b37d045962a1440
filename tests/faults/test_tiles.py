"""Files of hashes that are torn or wrong: receipts are right or refused, and it can be mended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.app.conftest import House
from tests.faults.conftest import keeps

from tallystick.app import receipts
from tallystick.app.rebuilding import rebuild
from tallystick.app.verifying import verify
from tallystick.kernel.errors import TallyError

Spoil = Callable[[bytes], bytes]
DERIVED = ("tile-0", "tile-1", "groups")


def torn(data: bytes) -> bytes:
    return data[: len(data) // 2]


def torn_within_a_hash(data: bytes) -> bytes:
    return data[: max(len(data) - 17, 0)]


def flipped(data: bytes) -> bytes:
    at = len(data) // 3
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def flipped_at_the_edge(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


def zeroed(data: bytes) -> bytes:
    return bytes(len(data))


def emptied(data: bytes) -> bytes:
    return data[:0]


def longer(data: bytes) -> bytes:
    return data + data[:32]


def shifted(data: bytes) -> bytes:
    return data[32:] + data[:32]


SPOILS = (
    torn,
    torn_within_a_hash,
    flipped,
    flipped_at_the_edge,
    zeroed,
    emptied,
    longer,
    shifted,
)


@pytest.fixture(scope="session")
def tiled_house(tmp_path_factory: pytest.TempPathFactory, founded_house: House) -> House:
    """A ledger with a full tile and a batch with groups. Not to be changed: copy it."""
    house = founded_house.copied(tmp_path_factory.mktemp("tiled") / "workspace")
    with house.opened() as store:
        body = store.body(0)
        for _ in range(150):
            store.append([body])
        store.append([body] * 100)
    for name in DERIVED:
        assert (house.folder / "evidence" / name).stat().st_size, name
    return house


@pytest.fixture
def tiled(tiled_house: House, tmp_path: Path) -> House:
    return tiled_house.copied(tmp_path / "workspace")


def sound_or_refused(house: House, numbers: tuple[int, ...]) -> None:
    """Every receipt made from the house verifies, or is not made at all."""
    trust, codes = (house.folder / "trust.policy").read_text(encoding="utf-8"), set()
    with house.opened(writer=False) as store:
        for number in numbers:
            record = store.log.commitment(number).hex()
            try:
                made = receipts.make(store, record, content=False)
            except TallyError as refused:
                codes.add(refused.code)
            else:
                assert verify(made, trust).valid, number
    assert codes <= {"evidence_damaged", "tiles_damaged"}


@pytest.mark.parametrize("spoil", SPOILS)
@pytest.mark.parametrize("name", DERIVED)
def test_receipts_from_a_spoiled_file_of_hashes_are_right_or_refused(
    tiled: House, name: str, spoil: Spoil
) -> None:
    file = tiled.folder / "evidence" / name
    whole = file.read_bytes()
    file.write_bytes(spoil(whole))
    sound_or_refused(tiled, (0, 1, 80, 149, 160, 200, 250))
    with tiled.opened(writer=False) as store:
        records = store.log.records

    # The audit says which file, or a writer has put it right already: never silence over damage.
    report = tiled.audited()
    if file.read_bytes() != whole:
        assert any(fault.file == f"evidence/{name}" for fault in report.faults), report.faults
    with tiled.opened() as store:
        rebuild(store)
    assert file.read_bytes() == whole
    keeps(tiled, [], records)


@pytest.mark.parametrize("spoil", SPOILS)
@pytest.mark.parametrize("name", DERIVED)
def test_a_writer_goes_on_over_a_spoiled_file_of_hashes_and_states_the_right_root(
    tiled: House, name: str, spoil: Spoil
) -> None:
    file = tiled.folder / "evidence" / name
    file.write_bytes(spoil(file.read_bytes()))
    with tiled.opened() as store:
        added = store.append([store.body(0)] * 40)
    sound_or_refused(tiled, (0, 150, 200, 253, 290))
    with tiled.opened() as store:
        rebuild(store)
        records = store.log.records
    keeps(tiled, added, records - len(added))


def test_all_files_of_hashes_may_be_missing(tiled: House) -> None:
    content = {name: (tiled.folder / "evidence" / name).read_bytes() for name in DERIVED}
    for name in DERIVED:
        (tiled.folder / "evidence" / name).unlink()
    sound_or_refused(tiled, (0, 80, 200))
    with tiled.opened() as store:
        rebuild(store)
    for name, data in content.items():
        assert (tiled.folder / "evidence" / name).read_bytes() == data
    assert tiled.audited().ok

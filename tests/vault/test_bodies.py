from __future__ import annotations

import stat
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import Reason, TallyError
from tallystick.vault import (
    BODIES_DAMAGED,
    BODY_DAMAGED,
    KEY_DAMAGED,
    KEY_MISSING,
    WRAPPED_BYTES,
    Envelope,
    Vault,
    unseal,
)
from tallystick.vault.bodies import KEYS_DAMAGED

DISK = FileDisk()
Sealed = Callable[..., list[Envelope]]


def opened(vault: Vault, records: int = 8) -> Vault:
    """Return the same files, opened anew."""
    again = Vault(vault.bodies_file, vault.keys_file, DISK)
    again.load(records)
    return again


def plain(batches: list[list[Envelope]]) -> list[Envelope]:
    return [envelope for batch in batches for envelope in batch]


def faults(vault: Vault, batches: list[list[Envelope]], wrapping: bytes) -> dict[int, Reason]:
    """Return what is wrong with which record, read one by one and block by block."""
    found: dict[int, Reason] = {}
    for record, envelope in enumerate(plain(batches)):
        try:
            unseal(record, vault.read(record, envelope.commitment), wrapping)
        except TallyError as fault:
            found[record] = fault.reason
    by_block: dict[int, Reason] = {}
    first = 0
    for number, batch in enumerate(batches):
        listed = vault.read_block(number, [e.commitment for e in batch])
        for record, envelope in enumerate(listed, start=first):
            try:
                unseal(record, envelope, wrapping)
            except TallyError as fault:
                by_block[record] = fault.reason
        first += len(batch)
    assert by_block == found
    return found


def flip(file: Path, at: int, bit: int = 0) -> None:
    data = bytearray(file.read_bytes())
    data[at] ^= 1 << bit
    file.write_bytes(bytes(data))


# -- bytes ---------------------------------------------------------------------------------------


def test_the_files_are_those_of_the_specification(
    vault: Vault, batches: list[list[Envelope]]
) -> None:
    expected, first = b"", 0
    for batch in batches:
        expected += b"TLYV" + struct.pack(">HQI", 1, first, len(batch))
        expected += b"".join(struct.pack(">I", len(e.ciphertext)) for e in batch)
        expected += b"".join(e.ciphertext for e in batch)
        first += len(batch)
    assert vault.bodies_file.read_bytes() == expected
    assert vault.keys_file.read_bytes() == b"".join(e.wrapped for e in plain(batches))
    assert vault.size == len(expected)


def test_a_vault_opened_anew_is_the_vault_that_was_written(
    vault: Vault, batches: list[list[Envelope]]
) -> None:
    for same in (vault, opened(vault)):
        assert (same.records, same.size) == (8, vault.size)
        for record, envelope in enumerate(plain(batches)):
            assert same.read(record, envelope.commitment) == envelope
        for number, batch in enumerate(batches):
            assert list(same.read_block(number, [e.commitment for e in batch])) == batch


def test_the_place_of_a_body_is_where_its_ciphertext_begins(
    vault: Vault, batches: list[list[Envelope]]
) -> None:
    data = vault.bodies_file.read_bytes()
    for record, envelope in enumerate(plain(batches)):
        assert data.index(envelope.ciphertext) == vault.offset_of(record)


def test_keys_lie_apart_from_bodies_and_are_for_their_owner_only(
    vault: Vault, batches: list[list[Envelope]]
) -> None:
    assert vault.keys_file.parent != vault.bodies_file.parent
    assert stat.S_IMODE(vault.keys_file.stat().st_mode) == 0o600
    bodies, keys = vault.bodies_file.read_bytes(), vault.keys_file.read_bytes()
    for envelope in plain(batches):
        assert envelope.wrapped not in bodies
        assert envelope.ciphertext not in keys
        assert envelope.commitment not in bodies + keys


def test_the_files_show_nothing_of_what_is_in_them(vault: Vault, sealed: Sealed) -> None:
    told = ["91310113MA1GKDGP4E", "样例一号有限公司", "98765.43"]
    vault.append([sealed(*(f'{{"name":"{text}"}}'.encode() for text in told))])
    whole = vault.bodies_file.read_bytes() + vault.keys_file.read_bytes()
    for text in [*told, "name"]:
        assert text.encode() not in whole
        assert text.encode("gb18030") not in whole


@pytest.mark.parametrize("counts", [[1], [1024], [1, 1024, 2], [1] * 30])
def test_batches_of_any_lawful_size_are_kept(
    counts: list[int], vault: Vault, sealed: Sealed
) -> None:
    made = [sealed(*(b"%d" % i for i in range(n)), seed=n + k) for k, n in enumerate(counts)]
    vault.append(made)
    again = opened(vault, 8 + sum(counts))
    for record, envelope in enumerate(plain(made), start=8):
        assert again.read(record, envelope.commitment) == envelope


def test_what_no_reader_would_take_is_not_written(vault: Vault, sealed: Sealed) -> None:
    [good] = sealed(b"{}")
    before = vault.bodies_file.read_bytes(), vault.keys_file.read_bytes()
    bad: list[list[list[Envelope]]] = [[[]], [[good], []], [[good] * 65537]]
    for wrong in [*bad, [[good._replace(wrapped=b"")]]]:
        with pytest.raises(ValueError, match="batch"):
            vault.append(wrong)
    vault.append([])
    assert (vault.bodies_file.read_bytes(), vault.keys_file.read_bytes()) == before


@pytest.mark.parametrize("record", [-1, -8, 8, 2**40])
def test_a_record_that_is_not_there_is_not_read(record: int, vault: Vault) -> None:
    with pytest.raises(IndexError):
        vault.read(record, bytes(32))
    with pytest.raises(IndexError):
        vault.offset_of(record)


# -- damage --------------------------------------------------------------------------------------


def test_any_changed_byte_of_the_bodies_is_located(
    vault: Vault, batches: list[list[Envelope]], wrapping: bytes
) -> None:
    good = vault.bodies_file.read_bytes()
    ends = [vault.offset_of(n) + len(e.ciphertext) for n, e in enumerate(plain(batches))]
    for at in range(len(good)):
        vault.bodies_file.write_bytes(good[:at] + bytes([good[at] ^ 4]) + good[at + 1 :])
        inside = [n for n, end in enumerate(ends) if vault.offset_of(n) <= at < end]
        try:
            again = opened(vault)
        except TallyError as fault:
            assert fault.reason is BODIES_DAMAGED  # noqa: PT017 - some bytes are of the layout
            assert not inside
            continue
        found = faults(again, batches, wrapping)
        again.close()
        if inside:
            assert found == {inside[0]: BODY_DAMAGED}
        else:  # a length in the last block: from there on bodies are cut at other places
            assert set(found.values()) == {BODY_DAMAGED}
            assert min(found) >= 4


def test_any_changed_byte_of_the_keys_is_located(
    vault: Vault, batches: list[list[Envelope]], wrapping: bytes
) -> None:
    for at in range(8 * WRAPPED_BYTES):
        flip(vault.keys_file, at, at % 8)
        assert faults(opened(vault), batches, wrapping) == {at // WRAPPED_BYTES: KEY_DAMAGED}
        flip(vault.keys_file, at, at % 8)


def test_an_emptied_slot_is_a_missing_key(
    vault: Vault, batches: list[list[Envelope]], wrapping: bytes
) -> None:
    keys = bytearray(vault.keys_file.read_bytes())
    for record in (0, 3, 7):
        keys[record * WRAPPED_BYTES : (record + 1) * WRAPPED_BYTES] = bytes(WRAPPED_BYTES)
    vault.keys_file.write_bytes(keys)
    found = faults(opened(vault), batches, wrapping)
    assert found == dict.fromkeys((0, 3, 7), KEY_MISSING)


def test_a_cut_file_of_keys_is_missing_keys(
    vault: Vault, batches: list[list[Envelope]], wrapping: bytes
) -> None:
    DISK.truncate(vault.keys_file, 5 * WRAPPED_BYTES + 3)
    assert faults(opened(vault), batches, wrapping) == dict.fromkeys((5, 6, 7), KEY_MISSING)


def test_a_file_of_bodies_cut_anywhere_is_damage_of_the_block_it_was_cut_in(
    vault: Vault, batches: list[list[Envelope]], wrapping: bytes
) -> None:
    good = vault.bodies_file.read_bytes()
    starts = {good.index(b"TLYV", vault.offset_of(n - 1) if n else 0): n for n in (0, 3, 4)}
    for size in range(len(good)):
        vault.bodies_file.write_bytes(good[:size])
        again = Vault(vault.bodies_file, vault.keys_file, DISK)
        with pytest.raises(TallyError) as refusal:
            again.load(8)
        assert refusal.value.reason is BODIES_DAMAGED
        start = max(at for at in starts if at <= size)
        assert refusal.value.facts == {"offset": start, "record": starts[start]}
        # What lies before the block can still be read.
        assert again.records == starts[start]
        whole = {0: 0, 3: 1, 4: 2}[again.records]
        assert faults(again, batches[:whole], wrapping) == {}
        again.close()


def test_a_removed_or_added_byte_is_found(
    vault: Vault, batches: list[list[Envelope]], wrapping: bytes
) -> None:
    good = vault.bodies_file.read_bytes()
    for at in range(0, len(good) + 1, 3):
        for spoiled in (good[:at] + good[at + 1 :], good[:at] + b"\x00" + good[at:]):
            vault.bodies_file.write_bytes(spoiled)
            try:
                again = opened(vault)
            except TallyError as fault:
                assert fault.reason is BODIES_DAMAGED  # noqa: PT017 - where it is decides
                continue
            assert faults(again, batches, wrapping) or again.size != len(spoiled)
            again.close()


def test_a_length_of_gigabytes_is_damage_and_takes_no_memory(vault: Vault) -> None:
    for at in range(vault.offset_of(4) - 16, vault.offset_of(4), 4):  # the lengths of block 2
        flip(vault.bodies_file, at, 7)
        tracemalloc.start()
        try:
            with pytest.raises(TallyError) as refusal:
                opened(vault)
            assert tracemalloc.get_traced_memory()[1] < 2**24
        finally:
            tracemalloc.stop()
        assert refusal.value.reason is BODIES_DAMAGED
        flip(vault.bodies_file, at, 7)


def test_a_block_that_holds_another_number_than_the_ledger_says_is_damage(
    vault: Vault, batches: list[list[Envelope]]
) -> None:
    for number, count in ((0, 4), (1, 2), (2, 5), (3, 1), (3, 0)):
        with pytest.raises(TallyError) as refusal:
            list(vault.read_block(number, [e.commitment for e in plain(batches)[:count]]))
        assert refusal.value.reason is BODIES_DAMAGED


@pytest.mark.parametrize("records", [1, 2, 5, 7, 9])
def test_a_count_that_ends_within_a_block_or_after_the_last_is_damage(
    records: int, vault: Vault
) -> None:
    with pytest.raises(TallyError) as refusal:
        opened(vault, records)
    assert refusal.value.reason is BODIES_DAMAGED


@pytest.mark.parametrize(("name", "reason"), [("bodies", BODIES_DAMAGED), ("keys", KEYS_DAMAGED)])
def test_a_missing_file_is_named(name: str, reason: Reason, vault: Vault) -> None:
    {"bodies": vault.bodies_file, "keys": vault.keys_file}[name].unlink()
    with pytest.raises(TallyError) as refusal:
        opened(vault)
    assert refusal.value.reason is reason


@pytest.mark.parametrize("name", ["bodies", "keys"])
@pytest.mark.parametrize("change", [-1, 1])
def test_nothing_is_written_at_a_shifted_place(
    name: str, change: int, vault: Vault, sealed: Sealed
) -> None:
    file = {"bodies": vault.bodies_file, "keys": vault.keys_file}[name]
    good = file.read_bytes()
    file.write_bytes(good + b"x" if change > 0 else good[:-1])
    before = vault.bodies_file.read_bytes(), vault.keys_file.read_bytes()
    with pytest.raises(TallyError) as refusal:
        vault.append([sealed(b"{}")])
    assert refusal.value.reason in {BODIES_DAMAGED, KEYS_DAMAGED}
    vault.close()
    with pytest.raises(TallyError) as refusal:
        opened(vault).append([sealed(b"{}")])
    assert refusal.value.reason in {BODIES_DAMAGED, KEYS_DAMAGED}
    assert (vault.bodies_file.read_bytes(), vault.keys_file.read_bytes()) == before

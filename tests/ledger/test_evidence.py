"""Evidence as bytes: one form of an entry, and the place of whatever is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tallystick.kernel.errors import TallyError
from tallystick.ledger import (
    ENTRY_BYTES,
    EVIDENCE_DAMAGED,
    BatchHeader,
    Log,
    StatusEntry,
    decode_entry,
)
from tallystick.ledger.evidence import decode_leaf, read_checkpoint, read_leaves, size_of


def test_leaves_are_read_as_they_stand_from_any_entry_on(log: Log) -> None:
    wanted = [log.entry(number) for number in range(log.size)]
    for first in range(log.size + 1):
        for count in range(log.size - first + 1):
            found = list(read_leaves(log.entries_file, count, first))
            assert found == wanted[first : first + count]


def test_a_leaf_is_a_batch_or_a_status_entry_and_nothing_else(log: Log) -> None:
    kinds = [type(decode_leaf(log.entry(number))) for number in range(log.size)]
    assert kinds == [BatchHeader, BatchHeader, StatusEntry, BatchHeader, StatusEntry]
    for leaf in (b"", bytes(130), b"TLYX" + log.entry(0)[4:], log.entry(2)[:129]):
        with pytest.raises(TallyError):
            decode_leaf(leaf)


def test_a_file_that_ends_too_early_is_named_with_the_byte(log: Log) -> None:
    data = log.entries_file.read_bytes()
    for size in (0, 1, ENTRY_BYTES - 1, ENTRY_BYTES, 3 * ENTRY_BYTES + 5):
        log.entries_file.write_bytes(data[:size])
        with pytest.raises(TallyError) as refusal:
            list(read_leaves(log.entries_file, log.size))
        assert refusal.value.reason is EVIDENCE_DAMAGED
        assert refusal.value.facts["offset"] == size


def test_an_entry_of_another_length_is_named_with_its_byte(log: Log) -> None:
    data = bytearray(log.entries_file.read_bytes())
    data[2 * ENTRY_BYTES + 1] ^= 1
    log.entries_file.write_bytes(data)
    with pytest.raises(TallyError) as refusal:
        list(read_leaves(log.entries_file, log.size))
    assert refusal.value.facts["offset"] == 2 * ENTRY_BYTES
    with pytest.raises(TallyError):
        decode_entry(bytes(data), 2)


def test_a_missing_file_is_damage_and_a_checkpoint_is_text(tmp_path: Path) -> None:
    with pytest.raises(TallyError) as refusal:
        size_of(tmp_path / "entries")
    assert refusal.value.reason is EVIDENCE_DAMAGED
    (tmp_path / "checkpoint").write_bytes(b"ab\xff")
    with pytest.raises(TallyError) as refusal:
        read_checkpoint(tmp_path / "checkpoint")
    assert refusal.value.facts["offset"] == 2

"""The evidence files as bytes: entries, one after the other, and the checkpoint.

Owns the layout of `entries` (132 bytes an entry: the length 130 in two bytes, and the leaf), the
reading of a checkpoint file, and the reasons for which evidence is refused. A leaf is a batch
header or a status entry, and nothing else.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.notes import Checkpoint, parse_checkpoint
from tallystick.kernel.texts import Text
from tallystick.ledger.batches import HEADER_BYTES, BatchHeader, decode_header
from tallystick.ledger.status import StatusEntry, decode_status_entry, is_status_entry

LEAF_BYTES = HEADER_BYTES
ENTRY_BYTES = 2 + LEAF_BYTES
LENGTH = LEAF_BYTES.to_bytes(2, "big")
_ENTRY = struct.Struct(f">2s{LEAF_BYTES}s")
_READ_ENTRIES = 16_384  # at a time: two MiB

EVIDENCE_DAMAGED = Reason(
    "evidence_damaged",
    Text(
        "证据文件 {file} 在第 {offset} 字节处与检查点不符：{what}",
        "evidence file {file} does not agree with the checkpoint at byte {offset}: {what}",
    ),
    "docs/spec/ledger.md",
    Text("请从备份恢复该文件。", "Restore this file from a backup."),
)
TOO_SHORT = Text("过短", "too short")


def size_of(file: Path) -> int:
    """Return the size of an evidence file in bytes. Raises: EVIDENCE_DAMAGED for a missing one."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        raise EVIDENCE_DAMAGED.error(
            file=file.name, offset=0, what=Text("缺失", "missing")
        ) from None


def read_checkpoint(file: Path) -> Checkpoint:
    """Read a checkpoint file. Raises: BAD_NOTE, EVIDENCE_DAMAGED when it is not UTF-8."""
    try:
        return parse_checkpoint(file.read_bytes().decode())
    except UnicodeDecodeError as fault:
        raise EVIDENCE_DAMAGED.error(
            file=file.name, offset=fault.start, what=Text("不是 UTF-8", "not UTF-8")
        ) from None


def decode_leaf(leaf: bytes) -> BatchHeader | StatusEntry:
    """Read a leaf of the log. Raises: BAD_HEADER, BAD_STATUS_ENTRY."""
    return decode_status_entry(leaf) if is_status_entry(leaf) else decode_header(leaf)


def decode_entry(data: bytes, number: int) -> BatchHeader | StatusEntry:
    """Read entry `number` of the bytes of the entries file. Raises: EVIDENCE_DAMAGED."""
    offset = number * ENTRY_BYTES
    return _leaf_of(data[offset : offset + ENTRY_BYTES], offset)


def _leaf_of(entry: bytes, offset: int) -> BatchHeader | StatusEntry:
    if entry[:2] != LENGTH:
        raise EVIDENCE_DAMAGED.error(file="entries", offset=offset, what=Text("长度", "length"))
    try:
        return decode_leaf(entry[2:])
    except TallyError as fault:
        raise EVIDENCE_DAMAGED.error(file="entries", offset=offset, what=fault.text) from None


def read_leaves(file: Path, size: int, first: int = 0) -> Iterator[bytes]:
    """Yield the leaves of `size` entries from number `first`, 130 bytes each, as they stand.

    Raises: EVIDENCE_DAMAGED where the file ends before, or a length is not 130.
    """
    with file.open("rb") as opened:
        opened.seek(first * ENTRY_BYTES)
        at = first
        while at < first + size:
            wanted = min(_READ_ENTRIES, first + size - at) * ENTRY_BYTES
            data = opened.read(wanted)
            if len(data) != wanted:
                raise EVIDENCE_DAMAGED.error(
                    file=file.name, offset=at * ENTRY_BYTES + len(data), what=TOO_SHORT
                )
            for length, leaf in _ENTRY.iter_unpack(data):
                if length != LENGTH:
                    raise EVIDENCE_DAMAGED.error(
                        file=file.name, offset=at * ENTRY_BYTES, what=Text("长度", "length")
                    )
                yield leaf
                at += 1

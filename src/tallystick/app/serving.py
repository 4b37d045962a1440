"""The ledger as static files over HTTP, straight from a workspace or from what it exported.

Owns what `tally ledger serve` answers: the layout of C2SP tlog-tiles and nothing else of the
workspace; with `receipts`, also a receipt without content for whoever knows a record's id, so that
who holds a receipt can get what is in force now. It needs no passphrase: all of it is evidence.
Readers need no lock; a newer checkpoint is noticed when it is there. A tile of any width that some
size up to the checkpoint's had is served, since it is the beginning of the one there is now; what
lies beyond the checkpoint is not.
"""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import NamedTuple

from tallystick.app.cosigned import cosigned_checkpoints, cosigned_file, newest_trusted
from tallystick.app.web import NOT_ALLOWED, NOT_FOUND, Page
from tallystick.app.workspace import TRUST_DIFFERS, Paths, read_identity
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.merkle import HASH_BYTES
from tallystick.kernel.notes import Checkpoint
from tallystick.kernel.texts import Text
from tallystick.ledger import (
    Log,
    TrustPolicy,
    open_log,
    parse_trust,
    read_checkpoint,
    write_receipt,
)
from tallystick.ledger.tile_files import TILE_BITS, TILE_WIDTH
from tallystick.ledger.tiles import tile_path

TILES_KEEP_S = 31_536_000  # full tiles never change
NEWEST_KEEP_S = 5
_BYTES, _TEXT = "application/octet-stream", "text/plain; charset=utf-8"
_TILE = re.compile(
    r"/tile/(?P<level>entries|[0-9]|[1-5][0-9]|6[0-3])"
    r"/(?P<number>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)
_RECEIPT = re.compile(r"/receipt/([0-9a-f]{64})")

NOT_EXPORTED = Reason(
    "not_exported",
    Text("{folder} 里没有导出的账本", "there is no exported ledger in {folder}"),
    "C2SP tlog-tiles",
    Text("请用 tally ledger export 写出。", "Write one with tally ledger export."),
)


class LedgerSite:
    """Answers requests for the files of one ledger."""

    def __init__(self, folder: Path, *, receipts: bool = False) -> None:
        """Open the ledger of the workspace in `folder`. Raises: as reading evidence does."""
        self._paths = Paths(folder)
        self._receipts = receipts
        self._one = threading.Lock()
        self._known = self._cosigned_mark = (0, 0)
        self._cosigned: dict[str, Checkpoint] = {}
        self._log, self._trust = self._opened()

    @property
    def origin(self) -> str:
        """The name of the ledger."""
        return self._log.origin

    def answer(self, method: str, path: str, body: bytes) -> Page:
        """Return the page of `path`."""
        del body
        if method != "GET":
            return NOT_ALLOWED
        with self._one:
            self._renew()
            if path == "/checkpoint":
                return _newest_page(self._checkpoint())
            if tile := tile_asked(path, self._log.size):
                return _tile_page(self._tile(tile))
            if self._receipts and (named := _RECEIPT.fullmatch(path)):
                return self._receipt(bytes.fromhex(named[1]))
        return NOT_FOUND

    def close(self) -> None:
        """Close the files read from."""
        self._log.close()

    def _opened(self) -> tuple[Log, TrustPolicy]:
        read_identity(self._paths)
        self._known = _mark_of(self._paths.evidence / "checkpoint")
        try:
            trust = parse_trust(self._paths.trust.read_bytes().decode())
        except ValueError:  # not UTF-8
            raise TRUST_DIFFERS.error() from None
        key = trust.check_log(read_checkpoint(self._paths.evidence / "checkpoint"))
        return open_log(self._paths.evidence, FileDisk(), key, lambda *_: None), trust

    def _renew(self) -> None:
        if _mark_of(self._log.checkpoint_file) != self._known:
            self._log.close()
            self._log, self._trust = self._opened()

    def _checkpoint(self) -> bytes:
        """Return the newest checkpoint, with its cosignatures where it has any."""
        newest, kept = self._log.checkpoint, cosigned_file(self._paths)
        if newest is None:
            return b""
        mark = _mark_of(kept) if kept.exists() else (0, 0)
        if mark != self._cosigned_mark:
            self._cosigned_mark = mark
            self._cosigned = {one.body: one for one in cosigned_checkpoints(self._paths)}
        return self._cosigned.get(newest.body, newest).text().encode()

    def _tile(self, tile: Tile) -> bytes:
        if tile.level is not None:
            return self._log.tile(tile.level, tile.number, tile.width)
        first = tile.number * TILE_WIDTH
        leaves = (self._log.entry(n) for n in range(first, first + tile.width))
        return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)

    def _receipt(self, commitment: bytes) -> Page:
        number = _find(self._log, commitment)
        if number < 0:
            return NOT_FOUND
        under = newest_trusted(self._trust, self._paths, self._log, number)
        receipt = write_receipt(self._log.prove(number, under), commitment, None, None)
        return Page(200, "application/json", receipt, NEWEST_KEEP_S)


class ExportedSite:
    """Answers requests for the files that `tally ledger export` wrote into a folder."""

    def __init__(self, folder: Path) -> None:
        """Open the folder. Raises: NOT_EXPORTED."""
        self._folder = folder
        try:
            self.origin = self._checkpoint().origin
        except (OSError, TallyError):
            raise NOT_EXPORTED.error(folder=folder) from None

    def answer(self, method: str, path: str, body: bytes) -> Page:
        """Return the page of `path`."""
        del body
        if method != "GET":
            return NOT_ALLOWED
        checkpoint = self._checkpoint()
        if path == "/checkpoint":
            return _newest_page(checkpoint.text().encode())
        if tile := tile_asked(path, checkpoint.size):
            return _tile_page(self._tile(tile, checkpoint.size))
        return NOT_FOUND

    def close(self) -> None:
        """Nothing is held open."""

    def _checkpoint(self) -> Checkpoint:
        return read_checkpoint(self._folder / "checkpoint")

    def _tile(self, tile: Tile, size: int) -> bytes:
        """Return the beginning of a tile, out of the widest there is for the checkpoint."""
        level = "entries" if tile.level is None else str(tile.level)
        first = tile.number * TILE_WIDTH
        widest = min((size >> TILE_BITS * (tile.level or 0)) - first, TILE_WIDTH)
        data = (self._folder / tile_path(level, first, widest)).read_bytes()
        if tile.level is not None:
            return data[: tile.width * HASH_BYTES]
        end = 0
        for _ in range(tile.width):
            end += 2 + int.from_bytes(data[end : end + 2], "big")
        return data[:end]


class Tile(NamedTuple):
    """A tile that is asked for. level: of hashes; None asks for entries. width: 1 to 256."""

    level: int | None
    number: int
    width: int


def tile_asked(path: str, size: int) -> Tile | None:
    """Return the tile that `path` names, None where a log of `size` entries has no such one."""
    if not (found := _TILE.fullmatch(path)):
        return None
    index = int(found["number"].replace("x", "").replace("/", ""))
    level = None if found["level"] == "entries" else int(found["level"])
    width = int(found["width"] or TILE_WIDTH)
    first = index * TILE_WIDTH
    if width > min((size >> TILE_BITS * (level or 0)) - first, TILE_WIDTH):
        return None
    # One path for each tile: no zeros in front, no full tile named as a partial one.
    return (
        Tile(level, index, width) if path == f"/{tile_path(found['level'], first, width)}" else None
    )


def _newest_page(data: bytes) -> Page:
    return Page(200, _TEXT, data, NEWEST_KEEP_S)


def _tile_page(data: bytes) -> Page:
    return Page(200, _BYTES, data, TILES_KEEP_S, immutable=True)


def _mark_of(file: Path) -> tuple[int, int]:
    """Return what changes when a file is replaced."""
    found = file.stat()
    return found.st_ino, found.st_mtime_ns


def _find(log: Log, commitment: bytes) -> int:
    """Return the number of a record, -1 where there is none."""
    step = 1 << 20
    for first in range(0, log.records, step):
        count, at = min(step, log.records - first), -1
        try:
            data = log.commitments_on_disk.read(first, count)
        except TallyError:  # moved to an archive that is not at hand
            continue
        while (at := data.find(commitment, at + 1)) >= 0:
            if at % len(commitment) == 0:
                return first + at // len(commitment)
    return -1

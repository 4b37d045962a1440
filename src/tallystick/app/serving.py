"""The ledger as static files over HTTP, straight from a workspace.

Owns what `tally ledger serve` answers: the layout of C2SP tlog-tiles and nothing else of the
workspace; with `receipts`, also a receipt without content for whoever knows a record's id, so that
who holds a receipt can get what is in force now. It needs no passphrase: all of it is evidence.
Readers need no lock; a newer checkpoint is noticed when it is there.
"""

from __future__ import annotations

import re
import threading
from pathlib import Path

from tallystick.app.cosigned import cosigned_checkpoints, newest_trusted
from tallystick.app.web import NOT_ALLOWED, NOT_FOUND, Page
from tallystick.app.workspace import TRUST_DIFFERS, Paths, read_identity
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.ledger import Log, TrustPolicy, open_log, parse_trust, write_receipt
from tallystick.ledger.tile_files import TILE_BITS, TILE_WIDTH

TILES_KEEP_S = 31_536_000  # full tiles never change
NEWEST_KEEP_S = 5
_BYTES, _TEXT = "application/octet-stream", "text/plain; charset=utf-8"
_TILE = re.compile(
    r"/tile/(?P<level>entries|[0-9]|[1-5][0-9]|6[0-3])"
    r"/(?P<number>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)
_RECEIPT = re.compile(r"/receipt/([0-9a-f]{64})")


class LedgerSite:
    """Answers requests for the files of one ledger."""

    def __init__(self, folder: Path, *, receipts: bool = False) -> None:
        """Open the ledger of the workspace in `folder`. Raises: as reading evidence does."""
        self._paths = Paths(folder)
        self._receipts = receipts
        self._one = threading.Lock()
        self._known = (0, 0)
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
                return self._checkpoint()
            if tile := _TILE.fullmatch(path):
                return self._tile(tile["level"], tile["number"], tile["width"])
            if self._receipts and (named := _RECEIPT.fullmatch(path)):
                return self._receipt(bytes.fromhex(named[1]))
        return NOT_FOUND

    def close(self) -> None:
        """Close the files read from."""
        self._log.close()

    def _opened(self) -> tuple[Log, TrustPolicy]:
        read_identity(self._paths)
        self._known = _mark_of(self._paths)
        try:
            trust = parse_trust(self._paths.trust.read_text(encoding="utf-8"))
            [key] = trust.logs
        except (ValueError, UnicodeDecodeError):
            raise TRUST_DIFFERS.error() from None
        return open_log(self._paths.evidence, FileDisk(), key, lambda *_: None), trust

    def _renew(self) -> None:
        if _mark_of(self._paths) != self._known:
            self._log.close()
            self._log, self._trust = self._opened()

    def _checkpoint(self) -> Page:
        newest = self._log.checkpoint
        for checkpoint in cosigned_checkpoints(self._paths):
            if newest is not None and checkpoint.body == newest.body:
                newest = checkpoint
        text = newest.text() if newest else ""
        return Page(200, _TEXT, text.encode(), NEWEST_KEEP_S)

    def _tile(self, level: str, number: str, width: str | None) -> Page:
        index = int("".join(part.lstrip("x") for part in number.split("/")))
        if number != _written(index):
            return NOT_FOUND
        bits = 0 if level == "entries" else TILE_BITS * int(level)
        here = min((self._log.size >> bits) - index * TILE_WIDTH, TILE_WIDTH)
        wanted = TILE_WIDTH if width is None else int(width)
        if wanted > here or (width is not None and wanted == TILE_WIDTH):
            return NOT_FOUND
        if level == "entries":
            first = index * TILE_WIDTH
            leaves = (self._log.entry(n) for n in range(first, first + wanted))
            data = b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)
        else:
            data = self._log.tile(int(level), index, wanted)
        return Page(200, _BYTES, data, TILES_KEEP_S, immutable=True)

    def _receipt(self, commitment: bytes) -> Page:
        number = _find(self._log, commitment)
        if number < 0:
            return NOT_FOUND
        under = newest_trusted(self._trust, self._paths, self._log, number)
        receipt = write_receipt(self._log.prove(number, under), commitment, None, None)
        return Page(200, "application/json", receipt, NEWEST_KEEP_S)


def _mark_of(paths: Paths) -> tuple[int, int]:
    """Return what changes when a checkpoint is replaced."""
    found = (paths.evidence / "checkpoint").stat()
    return found.st_ino, found.st_mtime_ns


def _written(index: int) -> str:
    path = f"{index % 1000:03d}"
    while index := index // 1000:
        path = f"x{index % 1000:03d}/{path}"
    return path


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

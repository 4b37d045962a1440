"""Starting a replica from others: what a snapshot is, and what of it is believed.

Owns the chunks of a snapshot and their being put together again. A snapshot is the state of one
block and the logs as long as that state says; since logs only grow, nothing is copied to keep one.
Chunk 0 lists the files; the others are their bytes, end to end. Rule: nothing is believed before
it leads to the application hash that the engine took from a header it verified.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from tallystick.consortium.reasons import BAD_SNAPSHOT
from tallystick.consortium.state import LOG, read_head
from tallystick.consortium.stored import Stored, read_stored
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.kernel.texts import Text
from tallystick.ledger import (
    COMMITMENT_BYTES,
    ENTRY_BYTES,
    Batch,
    Log,
    decode_header,
    decode_status_entry,
    is_status_entry,
)
from tallystick.ledger.evidence import read_leaves
from tallystick.ledger.status import ROW_BYTES

if TYPE_CHECKING:
    from tallystick.consortium.replica import Replica

CHUNK_BYTES = 4 << 20
FILES = ("entries", "commitments", "status")


class Offered(NamedTuple):
    """A snapshot this replica has."""

    height: int
    chunks: int
    digest: bytes


class Part(NamedTuple):
    """A file of a snapshot: whose log, which file, how many bytes of it."""

    origin: str
    name: str
    length: int


class Snapshots:
    """The snapshots of one replica, given out."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._manifests: dict[int, bytes] = {}

    def listed(self) -> list[Offered]:
        """Return what there is, newest first."""
        folder = self._replica.folder / "snapshots"
        heights = sorted(int(f.name) for f in folder.glob("[0-9]*") if f.name.isdigit())
        offered = []
        for height in reversed(heights):
            manifest = self._manifest(height)
            total = sum(part.length for part in _parts_of(manifest))
            offered.append(Offered(height, 1 + -(-total // CHUNK_BYTES), sha256(manifest).digest()))
        self._manifests = {h: m for h, m in self._manifests.items() if h in heights}
        return offered

    def chunk(self, height: int, index: int) -> bytes:
        """Return one chunk; b"" where there is none."""
        if not (self._replica.folder / "snapshots" / str(height)).exists():
            return b""
        manifest = self._manifest(height)
        if index == 0:
            return manifest
        start, wanted = (index - 1) * CHUNK_BYTES, CHUNK_BYTES
        found = []
        for part in _parts_of(manifest):
            if start < part.length and wanted:
                some = min(part.length - start, wanted)
                found.append(self._read(part, start, some))
                start, wanted = 0, wanted - some
            else:
                start = max(start - part.length, 0)
        return b"".join(found)

    def _manifest(self, height: int) -> bytes:
        if height not in self._manifests:
            data = (self._replica.folder / "snapshots" / str(height)).read_bytes()
            stored = read_stored(data)
            if stored is None:
                raise BAD_SNAPSHOT.error(what=Text("状态文件", "the file of its state"))
            parts = [part for log in self._logs(stored) for part in log]
            document = {"state": data.decode(), "files": [list(part) for part in parts]}
            self._manifests[height] = canonical.encode(document)
        return self._manifests[height]

    def _logs(self, stored: Stored) -> list[list[Part]]:
        found = []
        for name, value in sorted(stored.values.items()):
            if name.startswith(LOG):
                head = read_head(value)
                log = self._replica.logs[head.origin]
                lengths = _lengths(log, head.size)
                found.append([Part(head.origin, f, n) for f, n in zip(FILES, lengths, strict=True)])
        return found

    def _read(self, part: Part, start: int, count: int) -> bytes:
        file = self._replica.log_folder(part.origin) / part.name
        with file.open("rb") as opened:
            opened.seek(start)
            return opened.read(count)


def _lengths(log: Log, size: int) -> tuple[int, int, int]:
    """Return how many bytes of its files belong to a log of `size` entries."""
    records = log.records_before(size)
    rows = decode_status_entry(log.entry(size - 1)).rows if size else 0
    return size * ENTRY_BYTES, records * COMMITMENT_BYTES, rows * ROW_BYTES


def _parts_of(manifest: bytes) -> list[Part]:
    return [Part(*one) for one in canonical.decode(manifest)["files"]]


class Restoring:
    """A snapshot being taken in. app_hash: what the engine verified for its height."""

    def __init__(self, replica: Replica, height: int, chunks: int, app_hash: bytes) -> None:
        self._replica = replica
        self._height = height
        self._chunks = chunks
        self._app_hash = app_hash
        self._stored: Stored | None = None
        self._parts: list[Part] = []
        self._left: list[Part] = []
        self._sizes: dict[str, int] = {}
        self._taken = 0

    def take(self, index: int, data: bytes) -> bool:
        """Take the next chunk; return whether the replica is complete. Raises: BAD_SNAPSHOT."""
        if index != self._taken:
            raise _wrong(Text("顺序", "its order"))
        self._taken += 1
        try:
            if index == 0:
                self._begin(data)
            else:
                self._write(data)
            if self._taken < self._chunks:
                return False
            self._end()
        except (TallyError, KeyError, TypeError, ValueError, AttributeError):
            raise _wrong(Text("内容", "what is in it")) from None
        return True

    def _begin(self, manifest: bytes) -> None:
        document = canonical.decode(manifest)
        stored = read_stored(document["state"].encode())
        if stored is None or (stored.height, stored.app_hash) != (self._height, self._app_hash):
            raise _wrong(Text("应用哈希", "the application hash"))
        self._stored = stored
        heads = {one.origin: one for one in map(read_head, _heads(stored))}
        self._sizes = {origin: head.size for origin, head in heads.items()}
        self._parts = [Part(*one) for one in document["files"]]
        self._left = list(self._parts)
        wanted = [(origin, name) for origin in sorted(heads) for name in FILES]
        if [(p.origin, p.name) for p in self._parts] != wanted:
            raise _wrong(Text("文件清单", "the list of its files"))
        for part in self._parts:
            if type(part.length) is not int or part.length < 0:
                raise _wrong(Text("长度", "a length"))
            if part.name == FILES[0] and part.length != heads[part.origin].size * ENTRY_BYTES:
                raise _wrong(Text("长度", "a length"))
        total = sum(part.length for part in self._parts)
        if self._chunks != 1 + -(-total // CHUNK_BYTES):
            raise _wrong(Text("块数", "the number of chunks"))
        self._replica.forget_logs()
        for origin in heads:
            self._replica.empty_log(origin)

    def _write(self, data: bytes) -> None:
        while data and self._left:
            part = self._left[0]
            some = data[: part.length]
            folder = self._replica.log_folder(part.origin)
            if some:
                self._replica.disk.append(folder / part.name, some)
            data = data[len(some) :]
            self._left[0] = part._replace(length=part.length - len(some))
            if not self._left[0].length:
                self._left.pop(0)
                if part.name == FILES[0]:
                    self._check_lengths(part.origin)
        if data:
            raise _wrong(Text("多余的内容", "more than it should hold"))

    def _check_lengths(self, origin: str) -> None:
        """Check, once the entries of a log are there, that its other files are as long as they say.

        Else whoever gives the snapshot could fill this disk before anything is checked.
        """
        records, rows = 0, 0
        for leaf in read_leaves(self._replica.logs[origin].entries_file, self._sizes[origin]):
            if is_status_entry(leaf):
                rows = decode_status_entry(leaf).rows
            else:
                records += decode_header(leaf).records
        told = [part.length for part in self._parts if part.origin == origin]
        if told[1:] != [records * COMMITMENT_BYTES, rows * ROW_BYTES]:
            raise _wrong(Text("长度", "a length"))

    def _end(self) -> None:
        if self._stored is None or any(part.length for part in self._left):
            raise _wrong(Text("不完整", "it is not complete"))
        lengths = {(part.origin, part.name): part.length for part in self._parts}
        for value in _heads(self._stored):
            head = read_head(value)
            log = self._replica.logs[head.origin]
            if head.size:
                log.load_at(head.size, head.root)
            check_whole(log, head.status)
            # A log with more in its files than it should hold does not grow.
            if tuple(lengths[head.origin, name] for name in FILES) != _lengths(log, head.size):
                raise _wrong(Text("长度", "a length"))
        for log in self._replica.logs.values():
            for file in (log.entries_file, log.commitments_file, log.journal.file):
                if file.exists():
                    self._replica.disk.sync(file)
        self._replica.take_state(self._stored)


def check_whole(log: Log, status: bytes) -> None:
    """Check that commitments and journal of a loaded log are those its entries name.

    Raises: BAD_HEADER, EVIDENCE_DAMAGED, BAD_SNAPSHOT.
    """
    for sealed in log.batches():
        Batch(sealed.header, log.commitments(sealed.start, sealed.header.records)).check()
    if log.journal.tree.root() != status or log.journal.entry.root != status:
        raise _wrong(Text("状态树", "the status tree"))


def _heads(stored: Stored) -> list[bytes]:
    return [value for name, value in sorted(stored.values.items()) if name.startswith(LOG)]


def _wrong(what: Text) -> TallyError:
    return BAD_SNAPSHOT.error(what=what)

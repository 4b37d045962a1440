"""One replica of the ledger on disk, driven block by block.

Owns the folder of a replica and what happens to a block, without any engine:

    state       height, time and all values of the replicated state; replaced with each block
    logs/...    the log of each institution, in the files and by the code of the embedded engine
    blocks      what each block changed, to find where two replicas parted
    snapshots/  copies of `state`, for who starts from one

Order of writes: the logs, not waited for; then with `commit` each log made durable, then `state`
replaced in one step. `state` is the acknowledgement: what logs hold beyond it is cut off when the
folder is opened, and the engine plays the block again. Nothing is ever skipped.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from tallystick.consortium.block_journal import BlockJournal
from tallystick.consortium.members import power_changes, read_members
from tallystick.consortium.reasons import AHEAD, BAD_TRANSACTION
from tallystick.consortium.remembering import Remembered, Waiting
from tallystick.consortium.rules import Ledger, Place
from tallystick.consortium.state import (
    EVIDENCE,
    EVIDENCE_MAX,
    KEYS,
    LOG,
    MEMBERS,
    Head,
    read_head,
    read_keys,
)
from tallystick.consortium.stored import Genesis, Stored, read_stored
from tallystick.consortium.transactions import (
    Append,
    Transaction,
    decode_transaction,
    digest_of,
)
from tallystick.kernel import canonical
from tallystick.kernel.disk import Disk, make_folders
from tallystick.kernel.errors import NOTHING, Reason, TallyError
from tallystick.kernel.signing import VerifierKey
from tallystick.kernel.texts import Text
from tallystick.ledger import BatchHeader, Log

AHEAD_ENTRIES_MAX = 256  # how far beyond its log a submitted transaction may begin
AHEAD_BLOCKS_MAX = 10  # for how many blocks it may wait for what comes before it
BLOCK_TRANSACTIONS_MAX = 1000  # however small: each costs work at every replica
PASSES = 2  # over what may be proposed: as it came, and once more in the order of the logs
SNAPSHOTS_KEPT = 3
FIELD_BYTES = 8  # a transaction takes in a block beyond its own bytes, at most

REPLICA_DAMAGED = Reason(
    "replica_damaged",
    Text("副本的文件 {file} 损坏", "the file {file} of this replica is damaged"),
    "docs/spec/consortium.md",
    Text(
        "请移走副本文件夹再启动节点：它会重放已有的区块。",
        "Move the folder of the replica away and start the node: it plays the blocks it has again.",
    ),
)


class Misbehaviour(NamedTuple):
    """A validator that was proved to have signed twice. time: seconds since 1970."""

    address: str
    kind: str
    height: int
    time: int


class Block(NamedTuple):
    """A decided or proposed block. time: seconds since 1970.

    signed: addresses of the validators that signed the block before.
    """

    height: int
    time: int
    transactions: Sequence[bytes]
    signed: frozenset[str] = frozenset()
    misbehaviour: tuple[Misbehaviour, ...] = ()


class Outcome(NamedTuple):
    """What came of a transaction: 0 where it holds; where not, a stable code, why, what to do."""

    code: int
    reason: str = ""
    text: Text = NOTHING
    remedy: Text = NOTHING


class Finalized(NamedTuple):
    """What a block did. updates: consensus key -> power, of validators that changed."""

    outcomes: list[Outcome]
    app_hash: bytes
    updates: dict[bytes, int]


HOLDS, DUPLICATE = Outcome(0), Outcome(0, "duplicate")


class Replica:
    """A replica in `folder`. snapshot_blocks: a snapshot every so many blocks, 0 for none."""

    def __init__(self, folder: Path, disk: Disk, snapshot_blocks: int = 0) -> None:
        self.folder = folder
        self.logs: dict[str, Log] = {}
        self.stored: Stored | None = None  # of the newest committed block
        self.disk = disk
        self._snapshot_blocks = snapshot_blocks
        self._places: dict[str, Place] = {}
        self._running: Ledger | None = None
        self._next: Stored | None = None
        self._touched: set[str] = set()
        self._signed: frozenset[str] | None = None  # of the newest block, None after a start
        self._decoded = Remembered()
        self._waiting = Waiting()
        self._journal = BlockJournal(folder, disk)

    # -- opening ------------------------------------------------------------------------------

    @property
    def state_file(self) -> Path:
        """The state as of the newest committed block."""
        return self.folder / "state"

    @property
    def height(self) -> int:
        """The newest committed block, 0 before the first."""
        return self.stored.height if self.stored else 0

    @property
    def app_hash(self) -> bytes:
        """The hash over the committed state, b"" before."""
        return self.stored.app_hash if self.stored else b""

    def log_folder(self, origin: str) -> Path:
        """Return where the log of an institution is kept."""
        return self.folder / "logs" / sha256(origin.encode()).hexdigest()

    def load(self) -> None:
        """Open the folder; cut off what was never committed. Raises: REPLICA_DAMAGED and the log's.

        A folder without `state` is an empty replica.
        """
        make_folders(self.folder)
        if not self.state_file.exists():
            return
        self.stored = read_stored(self.state_file.read_bytes())
        if self.stored is None:
            raise REPLICA_DAMAGED.error(file="state")
        for name, value in self.stored.values.items():
            if name.startswith(LOG):
                head = read_head(value)
                log = self._log_at(head.origin)
                log.load_at(head.size, head.root)
                log.recover()
                log.check_append([])  # one that lost some of its files is not found out later
                if log.journal.entry.root != head.status:
                    raise REPLICA_DAMAGED.error(file="status")
                self._places[head.origin] = Place(log.size, log.records)

    def _log_at(self, origin: str) -> Log:
        """Return the log of `origin`, not loaded; its files are there."""
        folder = self.log_folder(origin)
        make_folders(folder)
        # The key of a log that is not signed here serves for its name only.
        named = VerifierKey(origin, bytes(32))
        log = Log(folder, self.disk, named, partial(self._admit, origin))
        for file in (log.commitments_file, log.entries_file):
            self.disk.append(file, b"")
        self.logs[origin] = log
        return log

    def _admit(self, origin: str, header: BatchHeader, entry: int) -> None:
        del entry
        if self._running is None:
            raise RuntimeError("a log grows while a block is played only")
        self._running.admit(origin, header)

    def empty_log(self, origin: str) -> None:
        """Begin a log anew, whatever lies in its folder."""
        folder = self.log_folder(origin)
        for file in folder.glob("*"):  # of a block that was played and never committed
            self.disk.remove(file)
        self._log_at(origin)

    def forget_logs(self) -> None:
        """Let all logs go, as if none had been opened; what lies in their folders is left alone."""
        self.close()
        self._places, self.logs = {}, {}

    def start(self, genesis: Genesis) -> bytes:
        """Begin a chain; return its first hash."""
        self._running = None
        self.stored = Stored(genesis.chain, 0, 0, genesis.values())
        self.forget_logs()
        return self.stored.app_hash

    def take_state(self, stored: Stored) -> None:
        """Go on from a state whose logs are in their folders, loaded and checked."""
        self.disk.replace(self.state_file, stored.encode())
        self.stored = stored
        self._places = {origin: Place(log.size, log.records) for origin, log in self.logs.items()}

    # -- transactions -------------------------------------------------------------------------

    def check(self, data: bytes) -> Outcome:
        """Judge a submitted transaction as if it were alone in the next block.

        One that goes on from what others will have appended before it may wait.
        """
        ledger = self._ledger(self._committed.time, self._signed)
        ledger.ahead_max = AHEAD_ENTRIES_MAX
        try:
            told = self._decode(data)
            new = ledger.check(told)
            self._check_wait(data, told)
        except TallyError as fault:
            return _refused(fault)
        except Exception:  # noqa: BLE001 - nothing that is submitted ends a node
            return _refused(BAD_TRANSACTION.error(what=Text("无法判断", "it cannot be judged")))
        return HOLDS if new else DUPLICATE

    def prepare(self, block: Block, bytes_max: int) -> list[bytes]:
        """Choose what holds, each log's in its order, within `bytes_max`."""
        ledger = self._ledger(block.time, block.signed)
        waiting: list[tuple[bytes, Transaction | None]] = [(d, None) for d in block.transactions]
        chosen: list[bytes] = []
        room = bytes_max
        for _ in range(PASSES):
            later: list[tuple[str, int, bytes, Transaction]] = []
            for data, read in waiting:
                cost = len(data) + FIELD_BYTES
                if cost > room or len(chosen) >= BLOCK_TRANSACTIONS_MAX:
                    continue
                told = read
                try:
                    told = told or self._decode(data)
                    if ledger.check(told):
                        chosen.append(data)
                        room -= cost
                except TallyError as fault:
                    if fault.reason is AHEAD and isinstance(told, Append):
                        later.append((told.origin, told.base, data, told))
                except Exception:  # noqa: BLE001 - what cannot be judged is not proposed
                    return chosen
            later.sort(key=lambda one: one[:2])
            waiting = [(data, told) for _, _, data, told in later]
        return chosen

    def _check_wait(self, data: bytes, told: Transaction) -> None:
        """Refuse what waits too long for what may never come. Local."""
        place = self._places[told.origin].size if isinstance(told, Append) else 0
        if not isinstance(told, Append) or told.base <= place:
            return
        if self._waiting.blocks(digest_of(data), self.height) > AHEAD_BLOCKS_MAX:
            raise AHEAD.error(origin=told.origin, size=place, base=told.base)

    def process(self, block: Block) -> bool:
        """Tell whether a proposed block may be voted for: every transaction in it must hold."""
        if len(block.transactions) > BLOCK_TRANSACTIONS_MAX:
            return False
        ledger = self._ledger(block.time, block.signed)
        try:
            return all(ledger.check(self._decode(data)) for data in block.transactions)
        except Exception:  # noqa: BLE001 - a block that cannot be judged gets no vote, ends no node
            return False

    @property
    def _committed(self) -> Stored:
        if self.stored is None:
            raise RuntimeError("the chain of this replica has not begun")
        return self.stored

    def _ledger(self, time: int, signed: frozenset[str] | None) -> Ledger:
        stored = self._committed
        return Ledger(
            stored.chain, dict(stored.values), dict(self._places), time, signed, self._entry
        )

    def _entry(self, origin: str, number: int) -> bytes:
        """Return an entry; b"" for one that only a block on trial has."""
        log = self.logs[origin]
        return log.entry(number) if number < log.size else b""

    def _decode(self, data: bytes) -> Transaction:
        """Read a transaction; what was read is remembered and never changes a result."""
        digest = digest_of(data)
        found = self._decoded.get(digest)
        if found is None:
            found = decode_transaction(data)
            if isinstance(found, Append) and found.origin in self._places:
                # Only what the key of its log signed is worth memory; the rules judge later.
                with suppress(TallyError):
                    found.check(self._committed.chain, self._keys_of(found.origin))
                    self._decoded.keep(digest, len(data), found)
        return found

    def _keys_of(self, origin: str) -> VerifierKey:
        return read_keys(self._committed.values[KEYS + origin]).log

    # -- blocks -------------------------------------------------------------------------------

    def finalize(self, block: Block) -> Finalized:
        """Play a decided block. Nothing is acknowledged before `commit`.

        Raises OSError and EVIDENCE_DAMAGED for this disk alone: the process has to end, and plays
        the block again when it has a disk.
        """
        ledger = self._running = self._ledger(block.time, block.signed)
        self._signed = block.signed or None
        before = read_members(ledger.values[MEMBERS])
        self._touched = set()
        outcomes = [self._play(ledger, data) for data in block.transactions]
        for origin in self._touched:
            log = self.logs[origin]
            head = Head(origin, log.size, log.root(log.size), log.journal.entry.root)
            ledger.values[LOG + origin] = head.encode()
        self._note_misbehaviour(ledger, block)
        stored = self._committed
        self._next = Stored(stored.chain, block.height, block.time, ledger.values)
        with suppress(TallyError):  # it only helps to find a difference, and halts nothing
            self._journal.note(stored, self._next)
        after = read_members(ledger.values[MEMBERS])
        return Finalized(outcomes, self._next.app_hash, power_changes(before, after))

    def _play(self, ledger: Ledger, data: bytes) -> Outcome:
        try:
            told = self._decode(data)
            new = ledger.check(told)
        except TallyError as fault:
            return _refused(fault)
        if not new:
            return DUPLICATE
        if isinstance(told, Append):
            self.logs[told.origin].append(
                told.batches,
                changes=told.changes,
                as_of=told.as_of,
                settled=told.settled,
                durable=False,
            )
            self._touched.add(told.origin)
        elif told.body["act"] == "open":
            self.empty_log(told.body["origin"])
        return HOLDS

    def _note_misbehaviour(self, ledger: Ledger, block: Block) -> None:
        if not block.misbehaviour:
            return
        names = {one.address: one.name for one in read_members(ledger.values[MEMBERS]).listed}
        known = canonical.decode(ledger.values[EVIDENCE])
        known += [
            {**one._asdict(), "name": names.get(one.address, "")} for one in block.misbehaviour
        ]
        ledger.values[EVIDENCE] = canonical.encode(known[-EVIDENCE_MAX:])

    def commit(self) -> None:
        """Make the finalized block durable. Raises OSError from the disk."""
        following, ledger = self._next, self._running
        if following is None or ledger is None:
            raise RuntimeError("no block was played")
        for origin in sorted(self._touched):
            self.logs[origin].sync()
        data = following.encode()
        self.disk.replace(self.state_file, data)
        self.stored, self._places = following, ledger.places
        self._running = self._next = None
        if self._snapshot_blocks and following.height % self._snapshot_blocks == 0:
            self._keep_snapshot(following.height, data)

    def _keep_snapshot(self, height: int, data: bytes) -> None:
        """Keep the state of a block. The logs are prefixes of what is there: nothing is copied."""
        folder = self.folder / "snapshots"
        make_folders(folder)
        self.disk.replace(folder / str(height), data)
        kept = sorted(int(file.name) for file in folder.glob("[0-9]*") if file.name.isdigit())
        for old in kept[:-SNAPSHOTS_KEPT]:
            self.disk.remove(folder / str(old))

    def close(self) -> None:
        """Close the files of all logs."""
        for log in self.logs.values():
            log.close()


def _refused(fault: TallyError) -> Outcome:
    return Outcome(1, fault.code, fault.text, fault.remedy)

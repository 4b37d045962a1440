"""How a workspace writes to a ledger that others keep with it.

Owns `OrderedLog`: the log of a workspace whose entries count only when the consortium has them.
Each commit becomes a transaction, kept in `outgoing` until it is final: when the blocks hold it and
enough members cosigned the checkpoint that follows from it here. Only then is it written to the
log. Rules: what was submitted is never given up and never submitted in another form; a writer that
died goes on with it first; what the consortium holds and what is here must have the same root.

    evidence/outgoing   the transaction that waits to be final, exactly as it was submitted
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from tallystick.app.network.client import BUSY, Node
from tallystick.app.network.reasons import (
    NOBODY_ANSWERS,
    NOT_FINAL_YET,
    PARTED,
    REFUSED_BY_NETWORK,
)
from tallystick.consortium.state import Head, LogKeys, read_head, read_keys
from tallystick.consortium.transactions import (
    BATCHES_MAX,
    TRANSACTION_BYTES_MAX,
    Act,
    Append,
    decode_transaction,
    sign_act,
    sign_append,
)
from tallystick.kernel import canonical
from tallystick.kernel.disk import Disk
from tallystick.kernel.errors import TallyError
from tallystick.kernel.notes import Checkpoint, parse_checkpoint
from tallystick.kernel.signing import COSIGNATURES, SigningKey, VerifierKey
from tallystick.kernel.texts import Text
from tallystick.ledger import Admission, Batch, Log, StatusChange
from tallystick.ledger.status import ROW_BYTES

_T = TypeVar("_T")
OUTGOING = "outgoing"
FINAL_S_MAX, NODE_S_MAX = 30.0, 8.0  # for a commit; for one node, before another is asked
POLL_S = 0.02
BUSY_S = 0.2
CHANGES_MAX = (TRANSACTION_BYTES_MAX // 2) // ROW_BYTES
_STALE = frozenset(("stale_base", "not_of_the_log", "unknown_origin"))


class Cosigner(NamedTuple):
    """A member that is asked: its name, its RPC, the key it cosigns with."""

    name: str
    url: str
    key: VerifierKey


class Consortium(NamedTuple):
    """What a workspace knows of the consortium it writes to. quorum: cosignatures it waits for."""

    chain: str
    cosigners: tuple[Cosigner, ...]
    quorum: int

    def encode(self) -> bytes:
        """Return the bytes of network.json."""
        members = [
            {"name": one.name, "url": one.url, "cosigner": one.key.text()} for one in self.cosigners
        ]
        document = {"chain": self.chain, "members": members, "quorum": self.quorum}
        return canonical.encode(document) + b"\n"


def read_consortium(data: bytes) -> Consortium:
    """Read network.json. Raises: NOT_CANONICAL, BAD_KEY_TEXT, KeyError, TypeError."""
    document = canonical.decode(data.removesuffix(b"\n"))
    members = tuple(
        Cosigner(one["name"], one["url"], VerifierKey.from_text(one["cosigner"], COSIGNATURES))
        for one in document["members"]
    )
    return Consortium(document["chain"], members, int(document["quorum"]))


class OwnKeys(NamedTuple):
    """The keys of the workspace. providers: whose batches count now.

    signer: of the log by its public key, whatever generation; None where it is not ours.
    """

    providers: Callable[[], Sequence[VerifierKey]]
    signer: Callable[[VerifierKey], SigningKey | None]


class OrderedLog(Log):
    """A log whose order the consortium decides. `final_s_max`: how long a commit waits for that."""

    def __init__(
        self, folder: Path, disk: Disk, key: VerifierKey, admit: Admission, network: Consortium
    ) -> None:
        super().__init__(folder, disk, key, admit)
        self.network = network
        self.own_keys: OwnKeys | None = None
        self.final_s_max = FINAL_S_MAX
        self._nodes = [Node(one.name, one.url) for one in network.cosigners]
        self._announced: tuple[VerifierKey, tuple[VerifierKey, ...]] | None = None

    @property
    def outgoing(self) -> Path:
        """The transaction that waits to be final."""
        return self.folder / OUTGOING

    def commit(
        self,
        batches: Sequence[Batch],
        log_key: SigningKey,
        *,
        changes: Sequence[StatusChange] = (),
        as_of: int = 0,
        settled: bool = True,
    ) -> Checkpoint:
        """Let the consortium order this, and write it when it is final; as `Log.commit`.

        Many batches or changes go as several transactions, of which the last states what is in
        force. Raises, in addition: NOBODY_ANSWERS, NOT_FINAL_YET (it is kept, and completed by the
        next writer), REFUSED_BY_NETWORK, PARTED.
        """
        if not (batches or changes or self.size):
            return super().commit(batches, log_key)
        checkpoint = None
        for some, rows, last in _parts(batches, changes):
            self.check_append(some)
            self._announce(log_key)
            told = sign_append(
                self.network.chain,
                log_key,
                self.size,
                some,
                changes=rows,
                as_of=as_of,
                settled=settled and last,
            )
            self._disk.replace(self.outgoing, told.encode())
            self._interrupted = True  # what is outgoing comes before anything else
            checkpoint = self._completed(told, log_key, fresh=True)
        return checkpoint or self.signed(log_key)  # there is one part at least

    def complete(self, log_key: SigningKey) -> bool:
        """Finish what a writer before left outgoing; return whether there was something.

        Raises: as `commit`.
        """
        if not self.outgoing.exists():
            return False
        told = decode_transaction(self.outgoing.read_bytes())
        if not isinstance(told, Append) or told.origin != self.origin:
            raise PARTED.error(what=Text("outgoing 不是本账本的", "outgoing is of another log"))
        if told.base < self.size:  # it was written, and only its removal was not
            self._disk.remove(self.outgoing)
            return True
        if told.base > self.size:
            raise PARTED.error(what=Text("本地账本缺少条目", "entries are missing here"))
        self._completed(told, log_key, fresh=False)
        return True

    def _completed(self, told: Append, log_key: SigningKey, *, fresh: bool) -> Checkpoint:
        """Submit what is outgoing, wait until it is final, write it, and have it cosigned.

        fresh: whether nobody can have it yet.
        """
        until = time.monotonic() + self.final_s_max
        self._ordered(told, until, fresh=fresh)
        self._interrupted = False
        self.append(told.batches, changes=told.changes, as_of=told.as_of, settled=told.settled)
        self._interrupted = True  # nothing may follow what is not published
        checkpoint = self._cosigned(self.signed(log_key), until)
        self.publish(checkpoint)
        self._disk.remove(self.outgoing)
        return checkpoint

    # -- ordering -----------------------------------------------------------------------------

    def _ordered(self, told: Append, until: float, *, fresh: bool) -> None:
        """Submit a transaction until the blocks hold it. Raises: NOT_FINAL_YET, PARTED ...

        What nobody can have yet is given up where enough nodes refuse it; what one may have taken
        can come to count, whatever another says.
        """
        data, size = told.encode(), told.base + len(told.batches) + 1
        submitted, taken, since = "", not fresh, 0.0
        refused: TallyError | None = None
        passed_on: set[str] = set()
        refusing: set[str] = set()
        for node in self._turns(until, passed_on):
            try:
                if submitted != node.name:
                    node.submit(data)
                    submitted, taken, since = node.name, True, time.monotonic()
                if self.head(node).size >= size:
                    return
                if time.monotonic() - since > NODE_S_MAX:  # it may be behind, or lie
                    passed_on.add(node.name)
                time.sleep(POLL_S)
            except TallyError as fault:
                if fault.reason is BUSY:
                    time.sleep(BUSY_S)  # whoever offers more than can be taken in waits
                elif fault.reason is NOBODY_ANSWERS:
                    taken = True  # it may have had it before it fell silent
                    passed_on.add(node.name)
                else:
                    refused = fault
                    refusing.add(node.name)
                    # One that refuses may have passed it on; of so many one at least is honest.
                    if not taken and len(refusing) > len(self._nodes) - self.network.quorum:
                        self._disk.remove(self.outgoing)
                        raise _refusal(fault) from None
                    passed_on.add(node.name)
                    time.sleep(POLL_S)
        raise self._not_final() if refused is None else _refusal(refused)

    def _not_final(self, have: int = 0, missing: str = "-") -> TallyError:
        needed, seconds = self.network.quorum, int(self.final_s_max)
        return NOT_FINAL_YET.error(seconds=seconds, needed=needed, have=have, missing=missing)

    def _turns(self, until: float, passed_on: set[str]) -> Iterator[Node]:
        """Yield whom to ask next: the same node until it is in `passed_on`, then the next one."""
        place = 0
        while self._nodes and time.monotonic() < until:
            node = self._nodes[place % len(self._nodes)]
            yield node
            if node.name in passed_on:
                passed_on.discard(node.name)
                place += 1
                if place % len(self._nodes) == 0:
                    time.sleep(BUSY_S)

    def head(self, node: Node) -> Head:
        """Return what a node says of this log. Raises: NOBODY_ANSWERS."""
        try:
            return read_head(node.ask("head", self.origin.encode()))
        except ValueError:
            raise node.garbled() from None

    def head_known(self) -> Head | None:
        """Return what the first node that knows this log says of it, None where none does."""
        for node in self._nodes:
            try:
                return self.head(node)
            except TallyError:
                continue
        return None

    def _first(self, ask: Callable[[Node], _T]) -> _T:
        missing: TallyError | None = None
        for node in self._nodes:
            try:
                return ask(node)
            except TallyError as fault:
                if fault.reason is not NOBODY_ANSWERS:
                    raise
                missing = fault
        raise missing or NOBODY_ANSWERS.error(why="")

    # -- cosignatures -------------------------------------------------------------------------

    def _cosigned(self, checkpoint: Checkpoint, until: float) -> Checkpoint:
        """Return the checkpoint, cosigned by a quorum. Raises: NOT_FINAL_YET, PARTED."""
        missing = dict(zip(self.network.cosigners, self._nodes, strict=True))
        signed = checkpoint
        while True:
            for one, node in list(missing.items()):
                if (line := _asked_to_cosign(checkpoint, one, node)) is not None:
                    signed = signed._replace(signatures=(*signed.signatures, *line.signatures))
                    del missing[one]
            have = len(self.network.cosigners) - len(missing)
            if have >= self.network.quorum:
                return signed
            if time.monotonic() > until:
                # What one node says of the root is not enough to stop for, nor before this.
                head = self.head_known()
                if head and head.size == checkpoint.size and head.root != checkpoint.root:
                    raise PARTED.error(what=Text("树根不同", "their roots"))
                raise self._not_final(have, ", ".join(one.name for one in missing))
            time.sleep(POLL_S)

    # -- keys ---------------------------------------------------------------------------------

    def _announce(self, log_key: SigningKey) -> None:
        """Let the consortium know the keys of this log, where they are not those it knows."""
        if self.own_keys is None:
            return
        wanted = log_key.verifier, tuple(self.own_keys.providers())
        if self._announced == wanted:
            return
        known = self._first(self._known_keys)
        if (known.log, known.providers) != wanted:
            signer = self.own_keys.signer(known.log)
            if signer is None:
                raise PARTED.error(what=Text("日志公钥", "the key of the log"))
            body = {
                "act": "keys",
                "origin": self.origin,
                "log": wanted[0].text(),
                "providers": [key.text() for key in wanted[1]],
                "after": known.version,
            }
            self.act(sign_act(self.network.chain, signer, body).encode(), known.version + 1)
        self._announced = wanted

    def _known_keys(self, node: Node) -> LogKeys:
        data = node.ask("value", f"keys/{self.origin}".encode())
        try:
            return read_keys(canonical.decode(data)["value"].encode())
        except (TallyError, ValueError, KeyError, TypeError, AttributeError):
            raise node.garbled() from None

    def act(self, data: bytes, version: int) -> None:
        """Submit an act about the keys of this log, and wait until it is done."""
        until = time.monotonic() + self.final_s_max
        passed_on: set[str] = set()
        for node in self._turns(until, passed_on):
            try:
                self._submitted(node, data, version)
                while time.monotonic() < until:
                    if self._version(node) >= version:
                        return
                    time.sleep(POLL_S)
            except TallyError as fault:
                if fault.reason not in {NOBODY_ANSWERS, BUSY}:
                    raise
                passed_on.add(node.name)
                time.sleep(POLL_S)
        raise self._not_final()

    def _submitted(self, node: Node, data: bytes, version: int) -> None:
        """Submit an act; one that was done already, on the way of another node, is no refusal."""
        try:
            node.submit(data)
        except TallyError as fault:
            if fault.reason is not REFUSED_BY_NETWORK or self._version(node) < version:
                raise
            told = decode_transaction(data)
            if isinstance(told, Act) and told.body["log"] != self._known_keys(node).log.text():
                raise

    def _version(self, node: Node) -> int:
        try:
            return self._known_keys(node).version
        except TallyError as fault:
            if fault.reason is REFUSED_BY_NETWORK:  # it is not known there yet
                return 0
            raise

    def close(self) -> None:
        """Close files and connections."""
        super().close()
        for node in self._nodes:
            node.close()


def _refusal(fault: TallyError) -> TallyError:
    """Return a refusal as what it means for the writer of a log."""
    if fault.facts.get("code") in _STALE:
        return PARTED.error(what=fault.facts.get("text", ""))
    return fault


def _asked_to_cosign(checkpoint: Checkpoint, one: Cosigner, node: Node) -> Checkpoint | None:
    """Return the checkpoint with the cosignature of a member alone; None where it gives none."""
    try:
        line = node.ask("cosign", checkpoint.text().encode()).decode()
        shown = parse_checkpoint(f"{checkpoint.body}\n{line}")
        shown.check_cosignature(one.key)
    except (TallyError, ValueError):
        return None
    return shown


def _parts(
    batches: Sequence[Batch], changes: Sequence[StatusChange]
) -> Iterator[tuple[Sequence[Batch], Sequence[StatusChange], bool]]:
    """Cut a commit into transactions: batches first, since changes may name their records."""
    groups: list[tuple[Sequence[Batch], Sequence[StatusChange]]] = [
        (batches[at : at + BATCHES_MAX], ()) for at in range(0, len(batches), BATCHES_MAX)
    ]
    rows = [changes[at : at + CHANGES_MAX] for at in range(0, len(changes), CHANGES_MAX)]
    if rows:
        last = groups.pop()[0] if groups and len(groups[-1][0]) <= BATCHES_MAX // 2 else ()
        groups.append((last, rows[0]))
        groups += [((), some) for some in rows[1:]]
    for place, (some, named) in enumerate(groups or [((), ())], start=1):
        yield some, named, place == max(len(groups), 1)

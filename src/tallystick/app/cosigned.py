"""Checkpoints that witnesses cosigned: kept as evidence, got from the witnesses, used in receipts.

Owns the file `evidence/cosigned` (notes, one after the other, an empty line between two) and the
exchange with the witnesses of the trust file. Rules: only addresses that the trust file names are
called, and only when somebody asks; a cosignature is kept only if it holds; a receipt is given
under the newest cosigned checkpoint that covers its record, where the trust file asks for a quorum.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.request import Request

from tallystick.app.unreached import asked, why_unreached
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.notes import SIZE_DIGITS_MAX, Checkpoint, parse_checkpoint
from tallystick.kernel.signing import COSIGNATURES, VerifierKey
from tallystick.kernel.texts import Text
from tallystick.ledger import NO_QUORUM, Log, TrustPolicy, Witness
from tallystick.ledger.evidence import EVIDENCE_DAMAGED
from tallystick.ledger.witness import Cosigned, Submission, write_submission
from tallystick.records import Body

if TYPE_CHECKING:
    from tallystick.app.store import Store
    from tallystick.app.workspace import Paths

ANSWER_BYTES_MAX = 64 * 1024
_FORBIDDEN, _CONFLICT = 403, 409
_REFUSED = Text("状态 {status}：{text}", "status {status}: {text}")
_NOT_FOLLOWED = Text(
    "状态 {status}：{text}。它还没有跟踪本账本现在的公钥，请在见证那里执行 "
    "tally witness follow 文件夹 {key}",
    "status {status}: {text}. It does not follow the key this ledger has now: where the witness "
    "is, run tally witness follow DIR {key}",
)

NO_WITNESSES = Reason(
    "no_witnesses",
    Text("信任文件里没有带地址的见证", "the trust file names no witness with an address"),
    "",
    Text(
        "请用 tally witness add 名称 公钥 --url 地址 加上见证。",
        "Add one with tally witness add NAME VKEY --url URL.",
    ),
)
WITNESS_FAILED = Reason(
    "witness_failed",
    Text("见证 {name} 没有联署：{why}", "the witness {name} did not cosign: {why}"),
    "C2SP tlog-witness",
)


class Asked(NamedTuple):
    """What came of asking one witness: its name, the time it cosigned or 0, why it did not."""

    name: str
    time: int
    why: Text | None


def cosigned_file(paths: Paths) -> Path:
    """Return the file of cosigned checkpoints."""
    return paths.evidence / "cosigned"


def cosigned_checkpoints(paths: Paths) -> list[Checkpoint]:
    """Return the cosigned checkpoints, sizes ascending. Raises: EVIDENCE_DAMAGED."""
    file = cosigned_file(paths)
    if not file.exists():
        return []
    data = file.read_bytes()
    try:
        found = list(_notes(data.decode()))
    except (TallyError, ValueError):  # ValueError: not UTF-8, or a note cut in two
        raise _damaged(Text("写法", "its form")) from None
    if _written(found) != data:
        raise _damaged(Text("写法", "its form"))
    return found


def _notes(text: str) -> Iterator[Checkpoint]:
    parts = text.removesuffix("\n").split("\n\n")
    for body, lines in zip(parts[::2], parts[1::2], strict=True):
        yield parse_checkpoint(f"{body}\n\n{lines}\n")


def _written(checkpoints: list[Checkpoint]) -> bytes:
    return "\n".join(checkpoint.text() for checkpoint in checkpoints).encode()


def newest_trusted(trust: TrustPolicy, paths: Paths, log: Log, record: int) -> Checkpoint | None:
    """Return the checkpoint to prove a record under; None means the log's newest.

    Where the policy asks for a quorum it is the newest cosigned one that covers the record.
    """
    if trust.quorum == NO_QUORUM:
        return None
    if log.checkpoint and _is_trusted(trust, log.checkpoint):
        return log.checkpoint  # where a consortium keeps the ledger, its members signed each
    entry = log.entry_of(record)
    for checkpoint in reversed(cosigned_checkpoints(paths)):
        if not entry < checkpoint.size <= log.size:
            continue
        if _is_trusted(trust, checkpoint):
            return checkpoint
    return None


def _is_trusted(trust: TrustPolicy, checkpoint: Checkpoint) -> bool:
    try:
        trust.check_checkpoint(checkpoint)
    except TallyError:
        return False
    return True


def check_cosigned(store: Store) -> list[Cosigned]:
    """Check every cosigned checkpoint of an opened workspace; return their sizes and times.

    Each must be of a state this log had, signed by the log, and every other line a true cosignature
    of a witness that the trust file names or once named. Only the times of those it names count.
    Raises: EVIDENCE_DAMAGED.
    """
    found, before = [], 0
    counting = {one.key.text() for one in store.trust.witnesses}
    acts = map(store.body, store.index.of_kind("witness"))
    every = replace(store.trust, witnesses=tuple(ever_named(store.trust, acts)))
    for checkpoint in cosigned_checkpoints(store.paths):
        try:
            signed = every.signers(checkpoint)
        except TallyError as fault:
            raise _damaged(fault.text) from None
        if signed.unchecked:
            unknown = Text("{name} 的签名行", "a signature line of {name}")
            raise _damaged(unknown.fill(name=signed.unchecked[0]))
        if not before <= checkpoint.size <= store.log.size:
            raise _damaged(Text("大小", "its size"))
        if store.log.root(checkpoint.size) != checkpoint.root:
            raise _damaged(Text("树根", "its root"))
        before = checkpoint.size
        if times := [time for key, time in signed.times.items() if time and key in counting]:
            found.append(Cosigned(checkpoint.size, min(times)))
    return found


def ever_named(trust: TrustPolicy, acts: Iterable[Body]) -> Iterator[Witness]:
    """Yield the witnesses of a policy and those that were removed, each under its key.

    acts: the records of witnesses.
    """
    keys = {one.key.text(): one.key for one in trust.witnesses}
    keys |= {
        body["key"]: VerifierKey.from_text(body["key"], COSIGNATURES)
        for body in acts
        if body["key"]
    }
    yield from (Witness(text, key) for text, key in keys.items())


def _damaged(what: Text) -> TallyError:
    return EVIDENCE_DAMAGED.error(file="cosigned", offset=0, what=what)


def cosign(store: Store) -> dict[str, Any]:
    """Ask the witnesses of the trust file to cosign what is in force now, and keep their answer.

    The store is opened to write. Returns what each witness said, and whether a quorum is met.
    Raises: NO_WITNESSES, OSError from the disk.
    """
    witnesses = [witness for witness in store.trust.witnesses if witness.url]
    if not witnesses:
        raise NO_WITNESSES.error()
    store.state_standing(anew=True)
    checkpoint = store.log.checkpoint
    if checkpoint is None:
        raise NO_WITNESSES.error()
    known = cosigned_checkpoints(store.paths)
    asked = []
    for witness in witnesses:
        try:
            checkpoint = _ask(store.log, checkpoint, witness, _last_size(known, witness))
            asked.append(Asked(witness.name, checkpoint.check_cosignature(witness.key), None))
        except TallyError as fault:
            asked.append(Asked(witness.name, 0, fault.text))
    if len(checkpoint.signatures) > 1:
        data = _written([*known, checkpoint])
        store.settings.disk.replace(cosigned_file(store.paths), data)
    quorum: Text | None = None
    try:
        store.trust.check_checkpoint(checkpoint)
    except TallyError as fault:
        quorum = fault.text
    return {
        "origin": store.origin,
        "size": checkpoint.size,
        "asked": asked,
        "missing": quorum,
        "checkpoint": checkpoint.text(),
    }


def _last_size(known: list[Checkpoint], witness: Witness) -> int:
    """Return the newest size a witness is known to have cosigned."""
    return max((one.size for one in known if one.lines_of(witness.key)), default=0)


def _ask(log: Log, checkpoint: Checkpoint, witness: Witness, old: int) -> Checkpoint:
    """Return the checkpoint with the witness's cosignature. Raises: WITNESS_FAILED."""
    bare = checkpoint._replace(signatures=checkpoint.signatures[:1])
    status, text = 0, ""
    for _ in range(2):  # once more where the witness has seen another size than we know
        proof = log.consistency(old, checkpoint.size) if 0 < old <= checkpoint.size else []
        status, text = _posted(witness, write_submission(Submission(old, proof, bare)))
        if status != _CONFLICT:
            break
        size = text.removesuffix("\n")
        plain = size.isascii() and size.isdigit() and len(size) <= SIZE_DIGITS_MAX
        if not plain or int(size) == old:
            break
        old = int(size)
        if old > checkpoint.size:
            why = Text("它见过更大的账本：{size}", "it has seen a larger log: {size}")
            raise WITNESS_FAILED.error(name=witness.name, why=why.fill(size=old))
    if status != 200:  # noqa: PLR2004 - done
        why = _NOT_FOLLOWED if status == _FORBIDDEN else _REFUSED
        told = why.fill(status=str(status), text=text.strip()[:200], key=log.key.text())
        raise WITNESS_FAILED.error(name=witness.name, why=told)
    try:
        shown = parse_checkpoint(f"{bare.body}\n{text}")
        shown.check_cosignature(witness.key)
    except TallyError as fault:
        raise WITNESS_FAILED.error(name=witness.name, why=fault.text) from None
    line = shown.lines_of(witness.key)[0]
    return checkpoint._replace(signatures=(*checkpoint.signatures, line))


def _posted(witness: Witness, data: bytes) -> tuple[int, str]:
    """Send a request to a witness; return status and text. Raises: WITNESS_FAILED."""
    url = witness.url.rstrip("/") + "/add-checkpoint"
    if not url.startswith(("http://", "https://")):
        raise WITNESS_FAILED.error(name=witness.name, why=Text("地址", "its address"))
    try:
        request = Request(url, data, {"Content-Type": "text/plain"})  # noqa: S310 - checked above
        status, answer = asked(request, ANSWER_BYTES_MAX)
        return status, answer.decode()
    except (OSError, ValueError, HTTPException) as fault:
        raise WITNESS_FAILED.error(name=witness.name, why=why_unreached(fault)) from None

"""What a witness decides: the protocol `add-checkpoint` of C2SP tlog-witness, without a network.

Owns the form of a request, the decision on it, and what cosigned checkpoints say about the times
that batches claim. Rules: a witness cosigns a checkpoint of a log it knows only if it goes on from
the newest one it cosigned; whoever calls keeps the newest durable before the answer is given, and
lets no two requests for one log overlap.

    old 20852014
    <base64 of each step of the consistency proof, at most 63>
    <empty line>
    <the checkpoint>
"""

from __future__ import annotations

import binascii
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.merkle import (
    EMPTY_ROOT,
    HASH_BYTES,
    NOT_CONSISTENT,
    check_consistency,
)
from tallystick.kernel.notes import SIZE_DIGITS_MAX, Checkpoint, NoteSignature, parse_checkpoint
from tallystick.kernel.signing import VerifierKey
from tallystick.kernel.texts import Text

PROOF_LINES_MAX = 63
REQUEST_BYTES_MAX = 64 * 1024
CLOCKS_APART_S_MAX = 300

BAD_REQUEST = Reason(
    "bad_witness_request",
    Text("请求写法不对：{what}", "this is not a request to a witness: {what}"),
    "C2SP tlog-witness",
)
UNKNOWN_LOG = Reason(
    "unknown_log",
    Text("本见证不跟踪账本 {origin}", "this witness does not follow the log {origin}"),
    "C2SP tlog-witness",
    Text(
        "请见证的运营方执行 tally witness follow。",
        "Ask the operator of the witness to run tally witness follow.",
    ),
)
NOT_SIGNED_BY_LOG = Reason(
    "not_signed_by_log",
    Text("检查点没有账本 {origin} 的有效签名", "the checkpoint has no valid signature of {origin}"),
    "C2SP tlog-witness",
)
ANOTHER_SIZE = Reason(
    "another_size",
    Text(
        "本见证最近见证的大小是 {size}，不是 {old}",
        "the newest size this witness cosigned is {size}, not {old}",
    ),
    "C2SP tlog-witness",
)
FORK = Reason(
    "fork",
    Text(
        "账本 {origin} 在大小 {size} 处出示了另一个树根：分叉",
        "the log {origin} shows another root at size {size}: a fork",
    ),
    "C2SP tlog-witness",
    Text("请保留两份检查点作为证据。", "Keep both checkpoints: they are evidence."),
)
BACK_DATED = Reason(
    "back_dated",
    Text(
        "第 {entry} 个条目自称封存于 {claimed}，但 {witnessed} 时见证所见的账本里还没有它",
        "entry {entry} claims to be sealed at {claimed}, but was not in the log that witnesses saw "
        "at {witnessed}",
    ),
    "C2SP tlog-cosignature",
)
DATED_AHEAD = Reason(
    "dated_ahead",
    Text(
        "第 {entry} 个条目自称封存于 {claimed}，但 {witnessed} 时见证已看见它",
        "entry {entry} claims to be sealed at {claimed}, but witnesses saw it at {witnessed}",
    ),
    "C2SP tlog-cosignature",
)
STATUS_OF = {
    BAD_REQUEST.code: 400,
    NOT_SIGNED_BY_LOG.code: 403,
    UNKNOWN_LOG.code: 404,
    ANOTHER_SIZE.code: 409,
    FORK.code: 409,
    NOT_CONSISTENT.code: 422,
}


class Submission(NamedTuple):
    """A request. old: the size the witness is taken to have seen, from which the proof leads."""

    old: int
    proof: list[bytes]
    checkpoint: Checkpoint


class Seen(NamedTuple):
    """The newest checkpoint a witness cosigned of one log; of none yet: size 0."""

    size: int = 0
    root: bytes = EMPTY_ROOT


def write_submission(submission: Submission) -> bytes:
    """Return the bytes of a request."""
    steps = [binascii.b2a_base64(step).decode() for step in submission.proof]
    return "".join([f"old {submission.old}\n", *steps, "\n", submission.checkpoint.text()]).encode()


def read_submission(data: bytes) -> Submission:
    """Read the bytes of a request. Raises: BAD_REQUEST unless they are its one encoding."""
    try:
        head, split, note = data.decode().partition("\n\n")
        lines = head.split("\n")
        old = lines[0].removeprefix("old ")
        plain = old.isascii() and old.isdigit() and len(old) <= SIZE_DIGITS_MAX
        if not split or not plain or len(lines) > 1 + PROOF_LINES_MAX:
            raise BAD_REQUEST.error(what=Text("首行或行数", "first line, or number of lines"))
        proof = [binascii.a2b_base64(line, strict_mode=True) for line in lines[1:]]
        submission = Submission(int(old), proof, parse_checkpoint(note))
    except (binascii.Error, ValueError):
        raise BAD_REQUEST.error(what=Text("编码", "encoding")) from None
    except TallyError as fault:
        if fault.reason is BAD_REQUEST:
            raise
        raise BAD_REQUEST.error(what=fault.text) from None
    if any(len(step) != HASH_BYTES for step in proof) or write_submission(submission) != data:
        raise BAD_REQUEST.error(what=Text("编码", "encoding"))
    return submission


def check_log(checkpoint: Checkpoint, keys: Sequence[VerifierKey]) -> NoteSignature:
    """Check that a log that is followed signed the checkpoint; return its signature line.

    keys: of the log with its origin; none where the log is not followed. Raises: UNKNOWN_LOG,
    NOT_SIGNED_BY_LOG.
    """
    if not keys:
        raise UNKNOWN_LOG.error(origin=checkpoint.origin)
    for key in keys:
        try:
            checkpoint.check(key)
        except TallyError:
            continue
        signed = (key.name, key.note_id)
        return next(s for s in checkpoint.signatures if (s.name, s.note_id) == signed)
    raise NOT_SIGNED_BY_LOG.error(origin=checkpoint.origin)


def check_submission(submission: Submission, seen: Seen) -> None:
    """Check that a checkpoint, whose log was checked, may be cosigned after `seen`.

    Raises: BAD_REQUEST, ANOTHER_SIZE, FORK, NOT_CONSISTENT; `STATUS_OF` says as which answer.
    """
    checkpoint = submission.checkpoint
    if submission.old > checkpoint.size:
        raise BAD_REQUEST.error(what=Text("旧大小大于新大小", "the old size is above the new"))
    if submission.old != seen.size:
        raise ANOTHER_SIZE.error(size=seen.size, old=submission.old)
    if seen.size == checkpoint.size and seen.root != checkpoint.root:
        raise FORK.error(origin=checkpoint.origin, size=checkpoint.size)
    if seen.size == 0:
        if submission.proof:
            raise NOT_CONSISTENT.error(old=0, new=checkpoint.size)
        return
    check_consistency(seen.size, checkpoint.size, seen.root, checkpoint.root, submission.proof)


# -- times ---------------------------------------------------------------------------------------


class Cosigned(NamedTuple):
    """A size of the log, and the time at which witnesses had cosigned it (seconds since 1970)."""

    size: int
    time: int


class Claim(NamedTuple):
    """An entry and the time at which its header says it was sealed."""

    entry: int
    sealed_at: int


def check_dates(
    claims: Iterable[Claim], cosigned: Sequence[Cosigned], apart_s_max: int = CLOCKS_APART_S_MAX
) -> Iterator[TallyError]:
    """Yield a fault for each batch whose claimed time cosignatures contradict.

    claims: in ledger order. cosigned: sizes ascending. A batch that is not in the log that was
    cosigned at some time was not sealed before it; one that is was not sealed after it.
    """
    at = 0
    for claim in claims:
        while at < len(cosigned) and cosigned[at].size <= claim.entry:
            at += 1
        if at and claim.sealed_at < cosigned[at - 1].time - apart_s_max:
            yield BACK_DATED.error(
                entry=claim.entry, claimed=claim.sealed_at, witnessed=cosigned[at - 1].time
            )
        elif at < len(cosigned) and claim.sealed_at > cosigned[at].time + apart_s_max:
            yield DATED_AHEAD.error(
                entry=claim.entry, claimed=claim.sealed_at, witnessed=cosigned[at].time
            )

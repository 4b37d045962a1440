"""Checking a receipt, offline, without a workspace.

Owns the order of the checks and what they mean together. The steps are numbered; what they leave
to others is said: whether the trust file is the right one is for whoever holds it to know.
`consistent` says that the paper agrees with itself; `valid` says in addition that keys of the
trust file signed it. A key found only in a receipt never makes it valid: receipts carry no keys
at all.

    1 form         the file is one receipt, in its one encoding
    2 commitment   salt and body give the commitment (content receipts only)
    3 batch        the commitment is in the batch the header states
    4 log          the batch header is in the log the checkpoint states
    5 kind         the body is a record of a known kind and form (content receipts only)
    6 deliverer    the body names the key that the header names (content receipts only)
    7 status       the checkpoint states whether the record is in force (where the receipt says it)
    8 checkpoint   a trusted log signed the checkpoint, with a key that had not ended
    9 witnesses    the quorum of the trust file cosigned it (where it asks for one)
   10 provider     a trusted provider signed the batch header for that log, before its key ended
   11 acts         who must sign within the body did, and is trusted: officers, verifiers, parties
   12 fresh        in force, and stated so not too long ago (only where a limit of age was set)
   13 cose         the log's own signature of a COSE receipt (RFC 9942) holds (only of those)
   14 final        validators of a trusted chain hold the checkpoint (only where a proof was given)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tallystick.app.acts import check_acts, has_acts, is_own
from tallystick.app.freshness import NOTHING_STATED, Stated, check_fresh, iso
from tallystick.app.outcomes import NOBODY_KNOWN, outcome_of
from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.identifiers import check_uscc
from tallystick.kernel.notes import Checkpoint
from tallystick.kernel.texts import Text
from tallystick.ledger import (
    LOG_KEY_COMPROMISED,
    NO_QUORUM,
    QUORUM_MISSING,
    RECEIPT_BYTES_MAX,
    Party,
    Receipt,
    TrustPolicy,
    Witnessed,
    commitment_of,
    parse_trust,
    read_receipt,
)
from tallystick.ledger.cose import is_cose, read_cose
from tallystick.records import check_form, provenance_sentence
from tallystick.rulebook.samples import is_sample_origin, is_sample_subject

__all__ = [
    "FOUND",
    "OF_OTHERS",
    "RECEIPT_BYTES_MAX",
    "SIGNER_UNKNOWN",
    "Check",
    "Verdict",
    "Verifier",
    "attempt",
    "is_paper",
    "verify",
]

REMEMBERED_MAX = 4096
OF_OTHERS = frozenset(("checkpoint", "witnesses", "provider", "acts", "fresh", "cose", "final"))
_HTML = b"<!doctype html"

COMMITMENT_DIFFERS = Reason(
    "commitment_differs",
    Text("正文与承诺值不符", "the body does not give the commitment"),
    "docs/spec/receipt.md",
)
DELIVERER_DIFFERS = Reason(
    "deliverer_differs",
    Text("正文所写的交付人不是批次的签名人", "the body names another deliverer than the batch"),
    "docs/spec/receipt.md",
)
SIGNER_UNKNOWN = Text(
    "内容前后一致，签名人未知：没有信任文件",
    "consistent, signer unknown: no trust file was given",
)


class Check(NamedTuple):
    """One step: its name, whether it held, what was found, and the code of the fault."""

    step: str
    ok: bool
    detail: Text
    code: str = ""


@dataclass
class Verdict:
    """What all checks of one receipt say together."""

    checks: list[Check] = field(default_factory=list)
    trusted: bool = False
    signer: str = ""
    record: str = ""
    origin: str = ""
    size: int = 0
    sealed_at: int = 0
    body: dict[str, Any] | None = None
    provenance: Text | None = None
    stated: Stated | None = None
    witnessed: Witnessed | None = None

    @property
    def sample(self) -> bool:
        """Whether the record is of a sample, by its ledger or its body: no workspace is at hand."""
        body = self.body if isinstance(self.body, dict) else {}
        subject = body.get("subject")
        coded = isinstance(subject, str) and check_uscc(subject) is None
        marked = body.get("sample") is True or is_sample_origin(self.origin)
        return marked or (coded and is_sample_subject(str(subject)))

    @property
    def consistent(self) -> bool:
        """Whether the paper agrees with itself (steps 1 to 7)."""
        own = [c for c in self.checks if c.step not in OF_OTHERS]
        return bool(own) and all(c.ok for c in own)

    @property
    def valid(self) -> bool:
        """Whether every step held, the signatures included."""
        return self.trusted and all(c.ok for c in self.checks)

    @property
    def outcome(self) -> str:
        """Return the verdict in one word (docs/spec/receipt.md, "The checks")."""
        if self.valid or not self.consistent:
            return "valid" if self.valid else "broken"
        return outcome_of(self.checks)

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """Return the form programs read."""
        return {
            "valid": self.valid,
            "outcome": self.outcome,
            "consistent": self.consistent,
            "signer": (self.outcome not in NOBODY_KNOWN and self.signer) or "unknown",
            "record": self.record,
            "origin": self.origin,
            "size": self.size,
            "provenance": self.provenance.in_language(language) if self.provenance else "",
            "standing": self.stated.to_json() if self.stated else NOTHING_STATED,
            "sealed_at": iso(self.sealed_at) if self.sealed_at else "",
            "witnessed": _witnessed_json(self.witnessed),
            "body": self.body,
            "checks": [
                {"step": c.step, "ok": c.ok, "detail": c.detail.in_language(language)}
                for c in self.checks
            ],
        }


class Verifier:
    """Checks receipts against one trust file; remembers checkpoints and headers it found signed.

    age_s_max: how old a statement "in force" may be, in seconds; None asks for none. now: seconds
    since 1970, by the clock of whoever checks.
    """

    def __init__(
        self, trust: TrustPolicy | None, age_s_max: int | None = None, now: int = 0
    ) -> None:
        self._trust = trust
        self._age_s_max = age_s_max
        self._now = now
        self._checkpoints: dict[Checkpoint, Witnessed] = {}
        self._headers: dict[tuple[str, bytes], Party] = {}

    def check(self, data: bytes) -> Verdict:
        """Check the bytes of a receipt, as text or COSE.

        Never raises for a bad receipt: the verdict says it.
        """
        verdict = Verdict()
        try:
            cose = read_cose(data) if is_cose(data) else None
            receipt = cose.receipt if cose else read_receipt(data)
        except TallyError as fault:
            verdict.checks.append(Check("form", ok=False, detail=fault.text))
            return verdict
        self._check_receipt(verdict, receipt)
        if cose is not None and verdict.witnessed is not None:
            log = verdict.witnessed.log
            verdict.trusted &= self._step(verdict, "cose", lambda: cose.check(log))
        return verdict

    def _check_receipt(self, verdict: Verdict, receipt: Receipt) -> None:
        proof = receipt.proof
        verdict.record, verdict.body = receipt.commitment.hex(), receipt.body
        verdict.origin, verdict.size = proof.checkpoint.origin, proof.checkpoint.size
        verdict.sealed_at = proof.header.sealed_at
        verdict.checks.append(Check("form", ok=True, detail=FOUND["form"]))
        if receipt.body is not None:
            self._step(verdict, "commitment", lambda: _check_commitment(receipt))
        self._step(verdict, "batch", receipt.check_batch_path)
        self._step(verdict, "log", receipt.check_log_path)
        if receipt.body is not None:
            self._step(verdict, "kind", lambda: check_form(receipt.body))
            self._step(verdict, "deliverer", lambda: _check_deliverer(receipt))
        if proof.status is not None:
            self._step(verdict, "status", lambda: _take_status(verdict, receipt))
        if self._trust is None:
            verdict.checks.append(signer_unknown("checkpoint"))
        else:
            self._check_signers(verdict, receipt, self._trust)
        if (limit := self._age_s_max) is not None:
            self._step(verdict, "fresh", lambda: check_fresh(verdict.stated, limit, self._now))

    def _check_signers(self, verdict: Verdict, receipt: Receipt, trust: TrustPolicy) -> None:
        parties: list[Party] = []
        held = self._check_checkpoint(verdict, receipt, trust)
        held &= self._step(
            verdict, "provider", lambda: parties.append(self._check_header(receipt, trust))
        )
        body, entry = receipt.body, receipt.proof.entry
        if body is not None and has_acts(body):
            held &= self._step(
                verdict, "acts", lambda: check_acts(verdict.origin, body, trust, entry)
            )
        verdict.trusted = held
        if verdict.consistent and parties:
            verdict.signer = parties[0].name
        if verdict.valid and body is not None and body.get("kind") == "fact":
            verdict.provenance = _provenance(body, parties[0])

    @staticmethod
    def _step(verdict: Verdict, step: str, act: Callable[[], object]) -> bool:
        check = attempt(step, act, FOUND[step])
        verdict.checks.append(check)
        return check.ok

    def _check_checkpoint(self, verdict: Verdict, receipt: Receipt, trust: TrustPolicy) -> bool:
        """Make the steps of log and witnesses; return whether both held."""
        checkpoint = receipt.proof.checkpoint
        found: list[Witnessed] = []
        missing: list[TallyError] = []

        def check() -> None:
            try:
                found.append(self._witnessed(checkpoint, trust))
            except TallyError as fault:
                if fault.reason not in {QUORUM_MISSING, LOG_KEY_COMPROMISED}:
                    raise
                missing.append(fault)

        held = self._step(verdict, "checkpoint", check)
        if missing or (held and trust.quorum != NO_QUORUM):
            held &= self._step(verdict, "witnesses", lambda: _raise_first(missing))
        if found:
            verdict.witnessed = found[0]
            if verdict.stated is not None:
                verdict.stated = verdict.stated._replace(witnessed=found[0].time)
        return held

    def _witnessed(self, checkpoint: Checkpoint, trust: TrustPolicy) -> Witnessed:
        known = self._checkpoints.get(checkpoint)
        if known is None:
            known = trust.check_checkpoint(checkpoint)
            _remember(self._checkpoints, checkpoint, known)
        return known

    def _check_header(self, receipt: Receipt, trust: TrustPolicy) -> Party:
        proof = receipt.proof
        header, origin = proof.header, proof.checkpoint.origin
        party = trust.party(header.key_id, "provider", proof.entry)
        known = self._headers.get((origin, header.encode()))
        if known is None:
            header.check(origin, party.key)
            _remember(self._headers, (origin, header.encode()), party)
        return party


def _raise_first(faults: list[TallyError]) -> None:
    if faults:
        raise faults[0]


def _witnessed_json(witnessed: Witnessed | None) -> dict[str, Any]:
    """Return who cosigned, when, by when a quorum had, and which lines were not checked."""
    if witnessed is None:
        return {"time": "", "by": {}, "not_checked": []}
    return {
        "time": iso(witnessed.time) if witnessed.time else "",
        "by": {name: iso(time) for name, time in witnessed.times.items()},
        "not_checked": list(witnessed.unchecked),
    }


def attempt(step: str, act: Callable[[], object], found: Text) -> Check:
    """Return what the step `act` found: `found` where it holds, the fault where it raises one."""
    try:
        act()
    except TallyError as fault:
        return Check(step, ok=False, detail=fault.text, code=fault.reason.code)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Check(step, ok=False, detail=_MALFORMED)
    return Check(step, ok=True, detail=found)


def signer_unknown(step: str) -> Check:
    """Return the step that looks for a trusted signature, where there is no trust file."""
    return Check(step, ok=False, detail=SIGNER_UNKNOWN, code="signer_unknown")


def is_paper(head: bytes) -> bool:
    """Tell whether a file that begins so is a report on paper, and no receipt (`paper_checks`)."""
    return head.startswith(b"%PDF-") or head[: len(_HTML)].lower() == _HTML


def verify(
    data: bytes,
    trust_text: str | None = None,
    age_s_max: int | None = None,
    now: int = 0,
    final: Callable[[Receipt], object] | None = None,
) -> Verdict:
    """Check one receipt. trust_text: the content of a trust file, or None; the rest: `Verifier`.

    final: checks that a chain holds the checkpoint of the receipt, and raises where it does not.
    Raises: BAD_TRUST_FILE for the trust file only.
    """
    trust = None if trust_text is None else parse_trust(trust_text)
    verdict = Verifier(trust, age_s_max, now).check(data)
    if final is not None and verdict.checks[0].ok:
        receipt = read_cose(data).receipt if is_cose(data) else read_receipt(data)
        verdict.checks.append(attempt("final", lambda: final(receipt), FOUND["final"]))
    return verdict


_MALFORMED = Text("内容的形式不对", "a field has the wrong form")
FOUND = {
    "form": Text("回执写法正确", "one receipt, in its one encoding"),
    "commitment": Text("正文与承诺值相符", "salt and body give the commitment"),
    "batch": Text("记录在该批次之中", "the record is in the batch"),
    "log": Text("批次在该检查点的账本之中", "the batch is in the log of the checkpoint"),
    "kind": Text("正文是已知种类的记录", "the body is a record of a known kind"),
    "deliverer": Text("正文与批次的交付人一致", "body and batch name the same deliverer"),
    "status": Text(
        "检查点说明了记录是否仍然有效",
        "the checkpoint states whether the record is in force",
    ),
    "cose": Text("COSE 回执上的日志签名成立", "the log signed the COSE receipt"),
    "final": Text(
        "受信任链上三分之二以上票权已定案此检查点",
        "more than two thirds of the power of a trusted chain hold the checkpoint",
    ),
    "fresh": Text("有效，且陈述足够新", "in force, and stated recently enough"),
    "checkpoint": Text("受信任的日志签署了检查点", "a trusted log signed the checkpoint"),
    "witnesses": Text("见证已达法定数", "a quorum of witnesses cosigned the checkpoint"),
    "provider": Text("受信任的提供方签署了批次", "a trusted provider signed the batch"),
    "acts": Text(
        "正文中该有的签名都在，且都来自受信任的人",
        "all who must sign within the body did, and are trusted",
    ),
}


def _remember(memory: dict[Any, Any], key: object, value: object) -> None:
    if len(memory) >= REMEMBERED_MAX:
        memory.clear()
    memory[key] = value


def _check_commitment(receipt: Receipt) -> None:
    if receipt.salt is None or len(receipt.salt) != len(receipt.commitment):
        raise COMMITMENT_DIFFERS.error()
    if commitment_of(receipt.salt, canonical.encode_own(receipt.body)) != receipt.commitment:
        raise COMMITMENT_DIFFERS.error()


def _take_status(verdict: Verdict, receipt: Receipt) -> None:
    standing, entry = receipt.check_status()
    verdict.stated = Stated(standing, entry.as_of)


def _check_deliverer(receipt: Receipt) -> None:
    body = receipt.body or {}
    if body.get("delivered_by") != receipt.proof.header.key_id.hex():
        raise DELIVERER_DIFFERS.error()


def _provenance(body: dict[str, Any], deliverer: Party) -> Text | None:
    """Return the sentence of a fact; "direct" counts only where the source is who signed."""
    try:
        claimed = body["channel"] == "direct" and not is_own(body, deliverer)
        said = {**body, "channel": "transcribed"} if claimed else body
        return provenance_sentence(said, deliverer.name)
    except (KeyError, TypeError, AttributeError):
        return None  # a body that names no source

"""Checking the code printed on a report: what it proves by itself, and what it needs besides.

Owns the order of the checks of a code. By itself a code shows that a trusted log signed the
checkpoint in it; the record it names is not signed along with it, so that anybody could print
another record beside a true checkpoint. That the record is in the ledger is shown by a receipt of
it, or by the ledger itself; only then is the code valid.

    1 code         the text is one whole code
    2 printed      a trusted log signed the checkpoint in it
    3 proof        there is a receipt of the record; its own steps follow as in `verifying`
    4 record       the receipt is of the record the code names, in the same ledger
    5 place        the record stood in the ledger when the checkpoint was signed
    6 ledger       the ledger had the root of the checkpoint at its size (with the ledger only)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from tallystick.app.paper_checks import OF_SIGNERS, PaperVerdict, shown_by
from tallystick.app.verifying import Check, Verdict, Verifier, attempt, signer_unknown
from tallystick.kernel.errors import NOTHING, Reason, TallyError
from tallystick.kernel.notes import Checkpoint
from tallystick.kernel.texts import Text
from tallystick.ledger import TrustPolicy, parse_trust, read_receipt
from tallystick.publication.paper import PrintedCode, read_code

_OF_PROOF = OF_SIGNERS | {"printed", "proof"}

OTHER_RECORD = Reason(
    "code_of_another_record",
    Text("回执不是这个码所指的记录", "the receipt is not of the record the code names"),
    "docs/spec/paper.md",
    Text("请给出该码所指记录的回执。", "Give the receipt of the record that the code names."),
)
LATER_RECORD = Reason(
    "record_after_checkpoint",
    Text(
        "记录在第 {entry} 个条目，印出的检查点只到 {size}",
        "the record is entry {entry}; the printed checkpoint ends at {size}",
    ),
    "docs/spec/paper.md",
)
OTHER_LEDGER = Reason(
    "code_of_another_ledger",
    Text(
        "印出的检查点与账本不是同一段历史",
        "the printed checkpoint and the ledger are not of one history",
    ),
    "docs/spec/paper.md",
)
_NOT_SHOWN = Text(
    "码只指明记录，不带证明：请用 --receipt 给出它的回执，或用 --workspace 给出账本",
    "a code names a record and carries no proof of it: give its receipt (--receipt) or the "
    "ledger (--workspace)",
)
_PROVES = {
    "nothing": Text(
        "没有受信任的签名：这个码什么也不证明。",
        "No trusted signature: this code proves nothing.",
    ),
    "checkpoint": Text(
        "证明：受信任的日志签过这个检查点。不证明：所印的记录在账本里，也不证明它说了什么。",
        "It proves that a trusted log signed this checkpoint. It does not prove that the record "
        "printed is in the ledger, nor what it says.",
    ),
    "inclusion": Text(
        "证明：所印的记录在账本里。不证明：报告的文字与之相符，也不证明它至今有效。",
        "It proves that the record printed is in the ledger. It does not prove that the words on "
        "the paper agree with it, nor that it still counts.",
    ),
}
_FOUND = {
    "code": Text("是一个完整的码", "one whole code"),
    "printed": Text(
        "受信任的日志签署了印出的检查点", "a trusted log signed the printed checkpoint"
    ),
    "proof": Text("有该记录的回执", "there is a receipt of the record"),
    "record": Text("回执正是这个码所指的记录", "the receipt is of the record the code names"),
    "place": Text("记录先于印出的检查点", "the record stood there before the printed checkpoint"),
    "ledger": Text(
        "账本在该长度时的根与印出的一致", "the ledger had the printed root at the printed size"
    ),
}


class Found(NamedTuple):
    """What there is beside a code. receipt: bytes of a `.tally` file, None if there is none.

    root: the root of the ledger at the size the code states, b"" where it never had it, None where
    the ledger was not asked. said: why there is no receipt, or none with content.
    """

    receipt: bytes | None = None
    root: bytes | None = None
    said: Text = NOTHING


@dataclass
class CodeVerdict(PaperVerdict):
    """What all checks of a code say together. proves: in words; said: what could not be had."""

    proves: Text = NOTHING
    said: Text = NOTHING

    @property
    def consistent(self) -> bool:
        """Whether code and receipt agree with themselves and one another."""
        own = [check for check in self.checks if check.step not in _OF_PROOF]
        return bool(own) and all(check.ok for check in own)

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """Return the form programs read."""
        told = super().to_json(language)
        return {
            **told,
            "proves": self.proves.in_language(language),
            "said": self.said.in_language(language),
        }


def verify_code(text: str, trust_text: str | None = None, found: Found = Found()) -> CodeVerdict:  # noqa: B008 - a value
    """Check a printed code, with what was found beside it.

    Never raises for a bad code: the verdict says it. Raises: BAD_TRUST_FILE.
    """
    trust = None if trust_text is None else parse_trust(trust_text)
    verdict = CodeVerdict(proves=_PROVES["nothing"], said=found.said)
    try:
        code = read_code(text)
    except TallyError as fault:
        verdict.checks.append(Check("code", ok=False, detail=fault.text))
        return verdict
    verdict.checks.append(Check("code", ok=True, detail=_FOUND["code"]))
    verdict.record = code.record.hex()
    verdict.origin, verdict.size = code.checkpoint.origin, code.checkpoint.size
    if trust is None:
        verdict.checks.append(signer_unknown("printed"))
    else:
        signed = attempt(
            "printed", lambda: _check_signed(code.checkpoint, trust), _FOUND["printed"]
        )
        verdict.checks.append(signed)
        if signed.ok:
            verdict.proves = _PROVES["checkpoint"]
    if found.receipt is None:
        why = found.said if found.said.en else _NOT_SHOWN
        verdict.checks.append(Check("proof", ok=False, detail=why))
    else:
        _check_inclusion(verdict, code, found.receipt, Verifier(trust))
    if found.root is not None:
        same = attempt("ledger", lambda: _check_root(code, found.root), _FOUND["ledger"])
        verdict.checks.append(same)
    if verdict.valid:
        verdict.proves = _PROVES["inclusion"]
    elif not verdict.consistent:
        verdict.body, verdict.shows = None, {}
    return verdict


def _check_inclusion(
    verdict: CodeVerdict, code: PrintedCode, receipt: bytes, verifier: Verifier
) -> None:
    one = verifier.check(receipt)
    verdict.checks.append(Check("proof", ok=True, detail=_FOUND["proof"]))
    verdict.checks += one.checks
    verdict.checks.append(attempt("record", lambda: _check_record(code, one), _FOUND["record"]))
    verdict.checks.append(attempt("place", lambda: _check_place(code, receipt), _FOUND["place"]))
    verdict.trusted, verdict.signer, verdict.body = one.trusted, one.signer, one.body
    if one.body is not None:
        names = ("subject", "as_of", "recorded")
        about = {name: one.body[name] for name in names if isinstance(one.body.get(name), str)}
        verdict.shows = {**about, **shown_by([one.body])}


def _check_signed(checkpoint: Checkpoint, trust: TrustPolicy) -> None:
    trust.check_log(checkpoint)


def _check_record(code: PrintedCode, one: Verdict) -> None:
    if (one.record, one.origin) != (code.record.hex(), code.checkpoint.origin):
        raise OTHER_RECORD.error()


def _check_place(code: PrintedCode, receipt: bytes) -> None:
    proof, printed = read_receipt(receipt).proof, code.checkpoint
    if proof.entry >= printed.size:
        raise LATER_RECORD.error(entry=proof.entry, size=printed.size)
    if proof.checkpoint.size == printed.size and proof.checkpoint.root != printed.root:
        raise OTHER_LEDGER.error()


def _check_root(code: PrintedCode, root: bytes | None) -> None:
    if root != code.checkpoint.root:
        raise OTHER_LEDGER.error()

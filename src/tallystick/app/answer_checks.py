"""Checking an answer: many records, proved together.

Owns the order of the checks of an answer. What it proves together is checked together first; then
each record is checked as the receipt it gives back, step by step, by the verifier of receipts.

    1 form     the file is one answer, in its one encoding
    2 batches  every record is in its batch
    3 log      every batch, and what the checkpoint states, is in the log
    4 records  each record as a receipt of its own (`verifying`)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tallystick.app.outcomes import gravest
from tallystick.app.verifying import Check, Verdict, Verifier, attempt
from tallystick.kernel.errors import TallyError
from tallystick.kernel.texts import Text
from tallystick.ledger import write_receipt
from tallystick.ledger.answers import read_answer

_FOUND = {
    "form": Text("答复写法正确", "one answer, in its one encoding"),
    "batches": Text("每条记录都在其批次之中", "every record is in its batch"),
    "log": Text("每个批次都在该检查点的账本之中", "every batch is in the log of the checkpoint"),
}


@dataclass
class AnswerVerdict:
    """What all checks of an answer say together: of the whole, and of each record."""

    checks: list[Check] = field(default_factory=list)
    records: list[Verdict] = field(default_factory=list)

    @property
    def consistent(self) -> bool:
        """Whether the paper agrees with itself."""
        own = [check.ok for check in self.checks]
        return all(own) and bool(self.records) and all(one.consistent for one in self.records)

    @property
    def valid(self) -> bool:
        """Whether every step held, of every record."""
        return self.consistent and all(one.valid for one in self.records)

    @property
    def outcome(self) -> str:
        """Return the verdict in one word: of its records' the gravest."""
        if self.valid or not self.consistent:
            return "valid" if self.valid else "broken"
        return gravest(one.outcome for one in self.records)

    @property
    def sample(self) -> bool:
        """Whether a record is of a sample."""
        return any(one.sample for one in self.records)

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """Return the form programs read."""
        return {
            "valid": self.valid,
            "outcome": self.outcome,
            "consistent": self.consistent,
            "checks": [
                {"step": c.step, "ok": c.ok, "detail": c.detail.in_language(language)}
                for c in self.checks
            ],
            "records": [one.to_json(language) for one in self.records],
        }


def verify_answer(data: bytes, verifier: Verifier) -> AnswerVerdict:
    """Check one answer. Never raises for a bad one: the verdict says it."""
    verdict = AnswerVerdict()
    try:
        answer = read_answer(data)
    except TallyError as fault:
        verdict.checks.append(Check("form", ok=False, detail=fault.text))
        return verdict
    verdict.checks.append(Check("form", ok=True, detail=_FOUND["form"]))
    verdict.checks.append(attempt("batches", answer.check_batch_paths, _FOUND["batches"]))
    verdict.checks.append(attempt("log", answer.check_log_path, _FOUND["log"]))
    if not all(check.ok for check in verdict.checks):
        return verdict
    for one in answer.receipts():
        paper = write_receipt(one.proof, one.commitment, one.salt, one.body)
        verdict.records.append(verifier.check(paper))
    return verdict

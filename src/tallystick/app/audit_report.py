"""What an audit says.

Owns the report of an audit and its faults: each with the file, the byte or the record, and why.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tallystick.app.erased import Erased
from tallystick.app.quorum import Quorum
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

FAULTS_MAX = 100

UNDECLARED_FILE = Reason(
    "undeclared_file",
    Text("{file} 不属于工作区", "{file} does not belong to a workspace"),
    "docs/spec/workspace.md",
    Text("请把它移出工作区。", "Move it out of the workspace."),
)
MISSING_FILE = Reason(
    "missing_file",
    Text("缺少文件 {file}", "file {file} is missing"),
    "docs/spec/workspace.md",
    Text("请从备份恢复。", "Restore it from a backup."),
)


CUT_OFF = Text(
    "上一次写入中断，{file} 末尾 {size} 字节从未被确认，已截去",
    "the last writer was interrupted; {size} {size:byte|bytes} at the end of {file} "
    "{size:was|were} never acknowledged and {size:was|were} cut off",
)


UNWITNESSED = Text(
    "receipts/ 中有 {count} 份的见证不合现在的信任文件，需要时请重新出具",
    "{count} {count:file|files} in receipts/ {count:has|have} too few witnesses for the trust file "
    "of today; issue {count:it|them} again where {count:it is|they are} needed",
)


class Fault(NamedTuple):
    """One thing that is wrong: file, byte (-1 if none), record number (-1 if none), why."""

    file: str
    offset: int
    record: int
    code: str
    message: Text

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """Return the form programs read."""
        return {
            "file": self.file,
            "offset": self.offset if self.offset >= 0 else None,
            "record": self.record if self.record >= 0 else None,
            "code": self.code,
            "message": self.message.in_language(language),
        }


@dataclass
class AuditReport:
    """What an audit found. entries, records: how many were recomputed.

    sample: whether the ledger was founded as a sample. witnesses: whether the newest checkpoint has
    those that the trust file asks for, None where it asks for none or that was not checked.
    """

    entries: int = 0
    records: int = 0
    checkpoint: str = ""
    sample: bool = False
    faults: list[Fault] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    erased: list[Erased] = field(default_factory=list)
    witnesses: Quorum | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """Return the form programs read."""
        return {
            "ok": self.ok,
            "entries": self.entries,
            "records": self.records,
            "checkpoint": self.checkpoint,
            "first_problem": self.faults[0].to_json(language) if self.faults else None,
            "problems": [f.to_json(language) for f in self.faults],
            "erased": [one.to_json() for one in self.erased],
            "witnesses": self.witnesses.to_json(language) if self.witnesses else None,
            "notes": [n.in_language(language) for n in self.notes],
        }

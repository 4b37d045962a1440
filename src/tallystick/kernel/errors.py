"""The one base of every error this project expects.

Owns `Reason` (what can go wrong: a stable code, a sentence in both languages, the rule it rests
on, what the caller can do), `TallyError` (a reason raised) and `Problem` (a reason as a value, with
the file, line and field it was found at). Errors never print and never exit; the edge does. A
problem never carries the value of a cell: a cell may hold what must not be kept.

    >>> NO_SUCH_FILE = Reason("no_such_file", Text("没有文件 {path}", "there is no file {path}"))
    >>> raise NO_SUCH_FILE.error(path="a.csv")
    Traceback (most recent call last):
    tallystick.kernel.errors.TallyError: no_such_file: there is no file a.csv
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tallystick.kernel.texts import Text

NOTHING = Text("", "")


@dataclass(frozen=True, slots=True)
class Reason:
    """A kind of refusal or fault.

    code: stable, lower case with underscores; programs rely on it.
    text: the sentence; `{marks}` are filled from the facts of the single case.
    rule: the article or rule it rests on ("" where it rests on none).
    remedy: what the caller can do next.
    """

    code: str
    text: Text
    rule: str = ""
    remedy: Text = NOTHING

    def error(self, **facts: object) -> TallyError:
        """Return this reason as an exception to raise, its sentence filled with `facts`."""
        return TallyError(self, facts)

    def problem(
        self,
        *,
        file: str = "",
        line: int = 0,
        field: str = "",
        **facts: object,
    ) -> Problem:
        """Return this reason as a value found at `file`, `line` (1-based), `field`."""
        facts = {"file": file, "line": line, "field": field, **facts}
        filled = self.text.fill(**facts)
        return Problem(file, line, field, self.code, filled, self.rule, self.remedy.fill(**facts))


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one place of an input; the rest of the input is not affected."""

    file: str
    line: int
    field: str
    code: str
    message: Text
    rule: str = ""
    remedy: Text = NOTHING

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """Return the form programs read: file, line, field, code, message."""
        return {
            "file": self.file,
            "line": self.line,
            "field": self.field,
            "code": self.code,
            "message": self.message.in_language(language),
        }


@dataclass(eq=False)  # an exception is itself and no other, and can be kept in a set
class TallyError(Exception):
    """Base of every expected error. Carries its `Reason` and the facts of this case."""

    reason: Reason
    facts: dict[str, object] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The stable code of the reason."""
        return self.reason.code

    @property
    def text(self) -> Text:
        """The sentence, filled with the facts of this case."""
        return self.reason.text.fill(**self.facts)

    @property
    def remedy(self) -> Text:
        """What the caller can do, filled with the facts of this case."""
        return self.reason.remedy.fill(**self.facts)

    def problem(self, *, file: str = "", line: int = 0, field: str = "") -> Problem:
        """Return this error as a value found at `file`, `line` (1-based), `field`."""
        reason = self.reason
        return Problem(file, line, field, reason.code, self.text, reason.rule, self.remedy)

    def __str__(self) -> str:
        return f"{self.code}: {self.text.en}"

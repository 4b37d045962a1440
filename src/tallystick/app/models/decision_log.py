"""The log of single scores: what was asked, by which model, what it said, who set it aside.

Owns an append-only file of canonical JSON, one score a line, each line naming the SHA-256 of the
line before. Rules: the values asked about are not kept, only their digest; a score somebody set
aside names the person and the reason; a line counts once it is on disk, which `sync` sees to, and
lines are written `lines_at_once` together, so that one `fsync` is shared by many; what a writer
that died left half written is cut off by the next one, and anything else that does not follow is
damage and is named. A chain alone does not show that its end was cut off: keep `head`, or seal it.

    with DecisionLog(path, now) as log:
        log.add(Scored(model=digest, input=input_digest(row), score=612))
    check_decisions(path)         # Checked(lines=1, head="9f...")

| key of a line | is |
|---|---|
| `n` | its number, from 0 |
| `before` | SHA-256 of the line before with its newline, 64 zeros for the first |
| `time` | seconds since 1970, by the clock passed in |
| `model`, `input` | digests of the card and of the values |
| `score`, `pd_ppm`, `points` | what the card said: score, probability of bad, points by term |
| `reasons`, `rules` | codes of the reasons given and of the rules hit |
| `override` | `null`, or `score` and `reason` of who set the score aside |
| `reviewer` | who looked at it, `""` where nobody did |
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from math import isnan
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, BinaryIO, Final, NamedTuple, Self

from tallystick.kernel import canonical
from tallystick.kernel.disk import Disk, FileDisk
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text

LINES_AT_ONCE: Final = 256
START: Final = "0" * 64
_TAIL_BYTES: Final = 1 << 16  # read back at a time, to find the last whole line
_KEYS: Final = frozenset(
    ("n", "before", "time", "model", "input", "score", "pd_ppm", "points", "reasons", "rules")
) | {"override", "reviewer"}

BROKEN = Reason(
    "decision_log_broken",
    Text("评分日志第 {line} 行不接前文：{what}",
         "line {line} of the decision log does not follow: {what}"),
    "docs/spec/decision-log.md",
    Text("请从备份恢复；此前各行仍然有效。", "Restore it; the lines before it still hold."),
)  # fmt: skip
CUT = Reason(
    "decision_log_cut",
    Text(
        "评分日志中没有第 {lines} 行之后应有的末行 {head}",
        "the decision log does not hold the line {head} that was its end after {lines} lines",
    ),
    "docs/spec/decision-log.md",
    Text("末尾被截去或改写；请从备份恢复。", "Its end was cut off or rewritten; restore it."),
)
IN_USE = Reason(
    "decision_log_in_use",
    Text("评分日志 {file} 正由另一进程写入", "another process is writing the decision log {file}"),
    "",
    Text("每个进程各用一份日志。", "Give each process a log of its own."),
)
NOBODY_OVERRODE = Reason(
    "override_without_reviewer",
    Text("不采用评分须有具名的人和理由", "setting a score aside needs a named person and a reason"),
    "JR/T 0221-2021",
    Text("请给出 reviewer 和 reason。", "Give reviewer and reason."),
)
_NUMBERED = Text("编号", "its number")
_CHAINED = Text("前一行的摘要", "the digest of the line before")
_FORM = Text("形式", "its form")


class Override(NamedTuple):
    """A score a person puts in the place of the card's, and why."""

    score: int
    reason: str


@dataclass(frozen=True)
class Scored:
    """One score to be written down; the keys of a line, without those the log sets itself."""

    model: str
    input: str
    score: int
    pd_ppm: int | None = None
    points: Mapping[str, int] = field(default_factory=dict)
    reasons: Sequence[str] = ()
    rules: Sequence[str] = ()
    override: Override | None = None
    reviewer: str = ""


class Checked(NamedTuple):
    """A log found whole: how many lines it has, and the digest of the last."""

    lines: int
    head: str


class DecisionLog:
    """An open log; one process writes it at a time, any number of threads.

    path: made if it is not there, its folder must be. clock: the time of a line. lines_at_once: how
    many lines are kept back before they are written and synced together; 1 syncs each.
    Raises: IN_USE, BROKEN for a last line that is none.
    """

    def __init__(
        self,
        path: Path,
        clock: Callable[[], datetime],
        *,
        lines_at_once: int = LINES_AT_ONCE,
        disk: Disk | None = None,
    ) -> None:
        self._path, self._clock, self._disk = path, clock, disk or FileDisk()
        self._at_once = max(lines_at_once, 1)
        self._one = Lock()
        self._waiting: list[bytes] = []
        self._held = _locked(path)
        try:
            self._size, last = _end_of(path)
            self._next, self._before = _after(last)
            if path.exists() and path.stat().st_size > self._size:
                self._disk.truncate(path, self._size)
        except BaseException:
            self._held.close()
            raise

    @property
    def head(self) -> Checked:
        """How many lines there are, those not yet on disk included, and the digest of the last."""
        return Checked(self._next, self._before)

    @property
    def waiting(self) -> int:
        """How many lines are not yet on disk."""
        return len(self._waiting)

    def add(self, scored: Scored) -> str:
        """Take one score and return the digest of its line; it is on disk after `sync`.

        Raises: NOBODY_OVERRODE; NOT_CANONICAL for a value that is none; OSError of the disk, after
        which the lines are still waiting and the next call tries again.
        """
        override = scored.override
        if override is not None and not (override.reason.strip() and scored.reviewer.strip()):
            raise NOBODY_OVERRODE.error()
        with self._one:
            line = canonical.encode(
                {
                    "n": self._next,
                    "before": self._before,
                    "time": int(self._clock().timestamp()),
                    "model": scored.model,
                    "input": scored.input,
                    "score": scored.score,
                    "pd_ppm": scored.pd_ppm,
                    "points": [[term, points] for term, points in scored.points.items()],
                    "reasons": list(scored.reasons),
                    "rules": list(scored.rules),
                    "override": None if override is None else override._asdict(),
                    "reviewer": scored.reviewer,
                }
            )
            self._waiting.append(line + b"\n")
            self._before = written = sha256(self._waiting[-1]).hexdigest()
            self._next += 1
            if len(self._waiting) >= self._at_once:
                self._write()
        return written

    def sync(self) -> Checked:
        """Put every line on disk; return the end of the log, to be kept. Raises: OSError."""
        with self._one:
            self._write()
            return self.head

    def close(self) -> None:
        """Put every line on disk and let another process write. Raises: OSError."""
        try:
            self.sync()
        finally:
            self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the log, whatever happened within."""
        self.close()

    def _write(self) -> None:
        if not self._waiting:
            return
        # What an earlier try left may be whole, half or nothing, and an fsync that failed says
        # nothing of a later one: back to what is known to be there, then all of it anew.
        if self._path.exists() and self._path.stat().st_size > self._size:
            self._disk.truncate(self._path, self._size)
        data = b"".join(self._waiting)
        self._disk.append(self._path, data)
        self._disk.sync(self._path)
        self._size += len(data)
        self._waiting.clear()


def input_digest(row: Mapping[str, object]) -> str:
    """Return the SHA-256 of the values a score was asked about, lower-case hex.

    Numbers count as doubles, minus zero as zero, NaN and None as missing: what a card cannot tell
    apart has one digest. The order of names changes nothing.
    """
    told = [[name, _told(row[name])] for name in sorted(row)]
    return sha256(canonical.encode(told)).hexdigest()


def read_decisions(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a log in order, each checked against the one before.

    Raises: BROKEN at the first that does not follow; a half line at the end is one.
    """
    before = START
    with path.open("rb") as file:
        for number, line in enumerate(file):
            read = _read(line, number)
            if read["n"] != number:
                raise BROKEN.error(line=number + 1, what=_NUMBERED)
            if read["before"] != before:
                raise BROKEN.error(line=number + 1, what=_CHAINED)
            before = sha256(line).hexdigest()
            yield read


def check_decisions(path: Path, kept: Checked | None = None) -> Checked:
    """Check a whole log and return its end.

    kept: an end written down before, which must still be there. Raises: BROKEN, CUT.
    """
    head, lines, found = START, 0, kept is None or kept == Checked(0, START)
    with path.open("rb") as file:
        for read, line in zip(read_decisions(path), file, strict=True):
            lines, head = read["n"] + 1, sha256(line).hexdigest()
            found = found or kept == Checked(lines, head)
    if kept is not None and not found:
        raise CUT.error(lines=kept.lines, head=kept.head[:12])
    return Checked(lines, head)


def _read(line: bytes, number: int) -> dict[str, Any]:
    try:
        read = canonical.decode(line[:-1])
    except TallyError:
        read = None
    if not line.endswith(b"\n") or type(read) is not dict or not read.keys() >= _KEYS:
        raise BROKEN.error(line=number + 1, what=_FORM)
    return read


def _told(value: object) -> object:
    if value is None or isinstance(value, str):
        return value
    number = float(value)  # type: ignore[arg-type]  # what is no number raises here
    return None if isnan(number) else repr(number + 0.0)


def _locked(path: Path) -> BinaryIO:
    held = path.with_name(path.name + ".lock").open("ab")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        raise IN_USE.error(file=path.name) from None
    return held


def _end_of(path: Path) -> tuple[int, bytes]:
    """Return the size of the whole lines of a log, and the last of them; 0 and nothing of none."""
    if not path.exists():
        return 0, b""
    with path.open("rb") as file:
        start = size = file.seek(0, 2)
        tail = b""
        while start:
            start = max(start - _TAIL_BYTES, 0)
            file.seek(start)
            tail = file.read(size - start)
            whole = tail.rfind(b"\n") + 1
            opening = tail.rfind(b"\n", 0, whole - 1) + 1 if whole else 0
            if opening or (whole and not start):
                return start + whole, tail[opening:whole]
    return 0, b""


def _after(last: bytes) -> tuple[int, str]:
    """Return number and `before` of the line that follows the line `last`."""
    if not last:
        return 0, START
    number = _read(last, -1)["n"]
    if type(number) is not int:
        raise BROKEN.error(line=0, what=_NUMBERED)
    return number + 1, sha256(last).hexdigest()

"""How old a statement "in force" is, and whether that is young enough.

Owns the standing that a check reports: what the checkpoint of a receipt states of its record, as of
when, and the limit of age that whoever checks may set. Rules: a receipt that states nothing is of
unknown standing, never in force; the time is the ledger's own word, unless witnesses saw the
checkpoint earlier, and then it is theirs; a time that lies ahead of the checker's clock is refused.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.ledger import IN_FORCE, Standing

CLOCK_AHEAD_S_MAX = 300  # by how much the clocks of ledger and checker may differ
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_AGE = re.compile(r"([1-9][0-9]{0,6})([smhdw])")

BAD_AGE = Reason(
    "bad_age",
    Text("“{age}”不是时长", "“{age}” is no length of time"),
    "",
    Text("写作 30m、12h、1d 或 2w。", "Write 30m, 12h, 1d or 2w."),
)
TOO_OLD = Reason(
    "too_old",
    Text(
        "该陈述截至 {as_of}，早于允许的 {age}",
        "the statement is as of {as_of}, older than the {age} allowed",
    ),
    "docs/spec/receipt.md",
    Text(
        "请向出具方索取新的回执（tally receipt --refresh）。",
        "Ask whoever issued the receipt for a newer one (tally receipt --refresh).",
    ),
)
FROM_THE_FUTURE = Reason(
    "from_the_future",
    Text(
        "该陈述截至 {as_of}，晚于本机时钟",
        "the statement is as of {as_of}, which is ahead of the clock here",
    ),
    "docs/spec/receipt.md",
    Text("请核对本机时钟。", "Check the clock of this computer."),
)
NOT_IN_FORCE = Reason(
    "no_longer_in_force",
    Text("这条记录已不再有效：{what}", "the record is not in force any more: {what}"),
    "docs/spec/receipt.md",
)
UNKNOWN_STANDING = Reason(
    "unknown_standing",
    Text(
        "回执没有说明记录是否仍然有效",
        "the receipt does not state whether the record is in force",
    ),
    "docs/spec/receipt.md",
    TOO_OLD.remedy,
)
STANDINGS = {
    "in_force": Text("有效", "in force"),
    "superseded": Text("已被取代", "superseded"),
    "withdrawn": Text("已撤回", "withdrawn"),
    "expired": Text("已到期", "expired"),
    "erased": Text("已销毁", "erased"),
    "unknown": Text("未说明", "unknown"),
}


class Stated(NamedTuple):
    """What a checkpoint states of a record, and as of when (seconds since 1970).

    witnessed: when a quorum of witnesses had seen the checkpoint, 0 where none is known.
    """

    standing: Standing
    as_of: int
    witnessed: int = 0

    @property
    def known_at(self) -> int:
        """The time the statement is taken to be of: never later than witnesses saw it."""
        return min(self.as_of, self.witnessed) if self.witnessed else self.as_of

    def to_json(self) -> dict[str, Any]:
        """Return the form programs read; times are ISO, UTC, "" where there is none."""
        since, by = self.standing.since, self.standing.by
        return {
            "status": self.standing.name,
            "as_of": iso(self.known_at),
            "since": iso(since) if since else "",
            "by": by.hex() if any(by) else "",
        }


NOTHING_STATED: dict[str, Any] = {"status": "unknown", "as_of": "", "since": "", "by": ""}


def iso(seconds: int) -> str:
    """Return a time as ISO text in UTC, to the second; what no calendar has as a number."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return str(seconds)


def seconds_of(age: str) -> int:
    """Return the seconds of a length of time such as 30m, 12h, 1d, 2w. Raises: BAD_AGE."""
    read = _AGE.fullmatch(age.strip())
    if read is None:
        raise BAD_AGE.error(age=age)
    return int(read[1]) * _UNITS[read[2]]


def _written(seconds: int) -> str:
    """Return a length of time in the largest unit it is a whole number of."""
    unit = max((one for one in _UNITS if seconds % _UNITS[one] == 0), key=_UNITS.__getitem__)
    return f"{seconds // _UNITS[unit]}{unit}"


def check_fresh(stated: Stated | None, age_s_max: int, now: int) -> None:
    """Check that a record is stated to be in force, and that the statement is young enough.

    now: seconds since 1970. Raises: UNKNOWN_STANDING, NOT_IN_FORCE, TOO_OLD, FROM_THE_FUTURE.
    """
    if stated is None:
        raise UNKNOWN_STANDING.error()
    if stated.standing.status != IN_FORCE:
        raise NOT_IN_FORCE.error(what=STANDINGS[stated.standing.name])
    if stated.known_at > now + CLOCK_AHEAD_S_MAX:
        raise FROM_THE_FUTURE.error(as_of=iso(stated.known_at))
    if now - stated.known_at > age_s_max:
        raise TOO_OLD.error(as_of=iso(stated.known_at), age=_written(age_s_max))

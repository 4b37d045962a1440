"""Penalty files as large as a benchmark needs, written as fast as a disk takes them.

Owns `write_penalties`. Rules: rows are made and written in pieces, so that memory does not grow
with the file; every row has the thirty columns of the current 双公示 form and about a kilobyte;
the same arguments give the same bytes.

    counts = write_penalties(Path("penalties.csv"), rows=1_000_000, messy=0.01)
    counts.accepted, counts.repeated, counts.person
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tallystick.kernel.dates import add_months
from tallystick.testing.chance import Dice
from tallystick.testing.fiction import (
    ORGAN_NAMES,
    bad_check,
    company_codes,
    company_name,
    officer_name,
    organ,
    resident_id,
)
from tallystick.testing.forms import PENALTY_CURRENT
from tallystick.testing.wording import OFFENCES

ROWS_A_PIECE = 4_000
MEMBERS_DEFAULT = 20_000
DECISIONS_FIRST = date(2021, 1, 4)
DECISIONS_LAST = date(2026, 9, 30)
_LONG_TERM = "2099/12/31"
# Fines in hundredths of 万元: above the 3,000 yuan of a simple procedure, below what is serious.
_FINE_LOWEST = 35
_FINE_HIGHEST = 900
_PUBLISHED_MONTHS = 12
_MESSES = ("repeated", "corrected", "bad_code", "no_code", "person")


@dataclass(frozen=True, slots=True)
class BulkCounts:
    """What a large file holds, by the generator's own knowledge.

    rows: all data rows; accepted: rows that are new records; repeated: rows the same as an earlier
    one; corrected: rows that give an earlier decision another fine; bad_code, no_code, person: rows
    to be refused. The last five are zero unless a mess was asked for.
    """

    rows: int
    accepted: int
    repeated: int = 0
    corrected: int = 0
    bad_code: int = 0
    no_code: int = 0
    person: int = 0


def write_penalties(
    path: Path,
    rows: int,
    seed: int = 20260101,
    *,
    members: int = MEMBERS_DEFAULT,
    messy: float = 0.0,
    encoding: str = "utf-8",
) -> BulkCounts:
    """Write `rows` penalty decisions against `members` fictional companies as CSV.

    members: how many companies the decisions fall on, 1 and up.
    messy: the share of rows (0 to 1) that repeat or correct an earlier row, carry a wrong code or
        none, or are about a person; in equal parts.
    encoding: utf-8, utf-8-sig or gb18030.
    """
    press = _Press(seed, members)
    counts = {"accepted": 0, **dict.fromkeys(_MESSES, 0)}
    dice = Dice(seed, "bulk messes")
    threshold = int(messy * 1_000_000)
    with path.open("w", encoding=encoding, newline="") as file:
        file.write(",".join(PENALTY_CURRENT) + "\r\n")
        for first in range(0, rows, ROWS_A_PIECE):
            piece = []
            for number in range(first, min(first + ROWS_A_PIECE, rows)):
                if threshold and number and dice.below(1_000_000) < threshold:
                    mess = dice.pick(_MESSES)
                    counts[mess] += 1
                    piece.append(press.messy_row(number, mess))
                else:
                    counts["accepted"] += 1
                    piece.append(press.row(number))
            file.write("".join(piece))
    return BulkCounts(rows=rows, **counts)


class _Press:
    """Prints rows from parts that were set once."""

    def __init__(self, seed: int, members: int) -> None:
        self._dice = Dice(seed, "bulk rows")
        self._heads = [
            f"{company_name(number)},法人及非法人组织,{code},,,,,,"
            f"{officer_name(number)},身份证,{resident_id(number)},,,"
            for number, code in enumerate(company_codes(seed, members))
        ]
        self._middles = [
            _quoted(offence.kind, offence.facts, offence.basis, kinds, offence.content)
            for offence in OFFENCES
            for kinds in ("罚款", "警告;罚款")
        ]
        span = (DECISIONS_LAST - DECISIONS_FIRST).days
        self._terms = [
            _terms(DECISIONS_FIRST + timedelta(days=offset)) for offset in range(span + 1)
        ]
        organs = [organ(number) for number in range(len(ORGAN_NAMES))]
        self._tails = [f"{name},{code},{name},{code}," for name, code in organs]
        # What a repeated or a corrected row looks back to: the parts of the last clean row.
        self._last: tuple[str, str, str, str, str] = ("", "", "", "", "")
        self._last_fine = 0

    def row(self, number: int) -> str:
        """Return a clean row; `number` makes its decision number unique."""
        pick = self._dice.pick
        self._last = (
            pick(self._heads),
            f"样市监处罚〔2026〕第{number:07d}号,",
            pick(self._middles),
            pick(self._terms),
            pick(self._tails),
        )
        self._last_fine = self._dice.between(_FINE_LOWEST, _FINE_HIGHEST)
        return self._joined()

    def messy_row(self, number: int, mess: str) -> str:
        """Return a row with the `mess` in it; a repeat or correction is of the last clean row."""
        if mess == "corrected":
            self._last_fine += 1
            return self._joined()
        if mess == "repeated":
            return self._joined()
        kept, fine = self._last, self._last_fine
        row = self.row(number)
        self._last, self._last_fine = kept, fine
        name, kind, code, rest = row.split(",", 3)
        if mess == "bad_code":
            code = bad_check(code)
        elif mess == "no_code":
            code = ""
        else:
            name, kind, code = "样例自然人", "自然人", ""
        return f"{name},{kind},{code},{rest}"

    def _joined(self) -> str:
        head, document, middle, terms, tail = self._last
        fine = f"{self._last_fine // 100}.{self._last_fine % 100:02d}"
        return f"{head}{document}{middle}{fine},,,{terms}{tail}\r\n"


def _quoted(*cells: str) -> str:
    return "".join(f'"{cell}",' for cell in cells)


def _terms(decided: date) -> str:
    """Return the cells of decision date, end of validity and end of publication."""
    publish_until = add_months(decided.isoformat(), _PUBLISHED_MONTHS).replace("-", "/")
    return f"{decided:%Y/%m/%d},{_LONG_TERM},{publish_until},"

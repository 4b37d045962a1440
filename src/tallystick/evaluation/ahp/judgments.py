"""One expert's judgments of a set of items, pair by pair.

Owns `Judgments` and the reading of a single judgment. Rules: a judgment is an exact fraction from
1/9 to 9 and says how many times more important the first item of a pair is; only one of a pair is
kept, its counterpart is the reciprocal; pairs may be missing as long as the judged ones connect all
items, since weights follow from nothing less (Harker 1987).

    >>> read_judgment("1/3")
    Fraction(1, 3)
    >>> Judgments(("a", "b", "c"), {(0, 1): Fraction(3), (1, 2): Fraction(2)}).connected
    True
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from tallystick.evaluation.ahp import faults
from tallystick.kernel.errors import TallyError

SCALE_MAX = 9
ITEMS_MAX = 50  # random indices are published so far
CELL_CHARS_MAX = 24
PLACES_SNAPPED_MIN = 2  # 0.33 is 1/3; 0.3 is three tenths
SCALE = (
    *(Fraction(1, value) for value in range(SCALE_MAX, 1, -1)),
    *(Fraction(value) for value in range(1, SCALE_MAX + 1)),
)

Pair = tuple[int, int]

_FRACTION = re.compile(
    r"([0-9]{1,4}(?:\.[0-9]{1,16})?)(?:\s*[/:]\s*([0-9]{1,4}(?:\.[0-9]{1,8})?))?"
)
_SIDED = re.compile(r"([AaBb甲乙])\s*([1-9])")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９／．：＝－ＡＢａｂ", "0123456789/.:=-ABab")
_FIRST = "Aa甲"


@dataclass(frozen=True, slots=True)
class Judgments:
    """Judgments of `items`; `pairs` maps places (i, j), i < j, to how i compares with j."""

    items: tuple[str, ...]
    pairs: Mapping[Pair, Fraction]

    @property
    def missing(self) -> list[Pair]:
        """The pairs not judged, in the order of the items."""
        return [pair for pair in pairs_of(len(self.items)) if pair not in self.pairs]

    @property
    def connected(self) -> bool:
        """Whether the judged pairs connect all items."""
        return len(components(len(self.items), self.pairs)) == 1


def pairs_of(count: int) -> Iterator[Pair]:
    """Yield the pairs (i, j), i < j, of `count` items, row by row."""
    for i in range(count):
        for j in range(i + 1, count):
            yield i, j


def components(count: int, pairs: Mapping[Pair, object] | Sequence[Pair]) -> list[list[int]]:
    """Return the groups of items that `pairs` connect, each in order."""
    group = list(range(count))
    for i, j in pairs:
        one, other = group[i], group[j]
        if one != other:
            group = [one if mark == other else mark for mark in group]
    found: dict[int, list[int]] = {}
    for place, mark in enumerate(group):
        found.setdefault(mark, []).append(place)
    return list(found.values())


def read_judgment(cell: str) -> Fraction | None:
    """Return the judgment a cell writes, None for an empty one.

    Understood: 3, 1/3, 2.5, 0.2, A3 or 甲3 (the first item, three times), B3 or 乙3 (the second).
    A decimal that is one of 1/2 ... 1/9 rounded to its own two or more places is read as that
    fraction, since a spreadsheet writes 1/3 so.

    Raises: JUDGMENT_UNREADABLE, OFF_THE_SCALE.
    """
    text = cell.translate(_FULL_WIDTH).strip()
    if not text or text in {"-", "—"}:
        return None
    sided = _SIDED.fullmatch(text)
    if sided:
        value = Fraction(int(sided[2]))
        return value if sided[1] in _FIRST else 1 / value
    found = _FRACTION.fullmatch(text) if len(text) <= CELL_CHARS_MAX else None
    if found is None:
        raise _unreadable(text)
    above, below = Fraction(found[1]), Fraction(found[2] or 1)
    if not above or not below:
        raise faults.OFF_THE_SCALE.error(most=SCALE_MAX)
    value = above / below if found[2] else _snapped(above, found[1])
    if not Fraction(1, SCALE_MAX) <= value <= SCALE_MAX:
        raise faults.OFF_THE_SCALE.error(most=SCALE_MAX)
    return value


def _unreadable(text: str) -> TallyError:
    signed = re.fullmatch(r"-\s*[0-9./]+", text)
    number = re.fullmatch(r"[0-9]+", text)
    if signed or number:
        return faults.OFF_THE_SCALE.error(most=SCALE_MAX)
    return faults.JUDGMENT_UNREADABLE.error()


def _snapped(value: Fraction, text: str) -> Fraction:
    places = len(text.partition(".")[2])
    if places < PLACES_SNAPPED_MIN or value >= 1:
        return value
    for divisor in range(2, SCALE_MAX + 1):
        # at most half a unit of the last place away: rounded either way, or cut after many places
        if abs(value - Fraction(1, divisor)) * 2 * 10**places <= (1 if places < 6 else 2):  # noqa: PLR2004 - long decimals are also cut off
            return Fraction(1, divisor)
    return value


def judgment_text(value: Fraction) -> str:
    """Return the one text of a judgment: 3, 1/3, 5/2."""
    return f"{value.numerator}/{value.denominator}" if value.denominator != 1 else str(value)

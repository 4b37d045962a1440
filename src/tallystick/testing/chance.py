"""Chance that can be repeated: the same seed and label give the same draws on any machine.

Every file and every member of the simulated world draws from dice of its own, named by a label, so
that a change to one file moves no draw of another.

    >>> Dice(7, "roster").below(10) == Dice(7, "roster").below(10)
    True
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Draws that depend on `seed` and `label` only.

    Only `Random.random` is used: its sequence for a given seed is promised by the standard library,
    which that of `choice`, `sample` or `shuffle` is not.
    """

    __slots__ = ("_random",)

    def __init__(self, seed: int, label: str) -> None:
        # S311: these draws decorate a fiction; nothing secret is made from them.
        self._random = random.Random(f"{seed}/{label}").random  # noqa: S311

    def below(self, bound: int) -> int:
        """Return an integer from 0 to `bound` - 1."""
        return int(self._random() * bound)

    def between(self, low: int, high: int) -> int:
        """Return an integer from `low` to `high`, both included."""
        return low + int(self._random() * (high - low + 1))

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of `choices`."""
        return choices[int(self._random() * len(choices))]

    def digits(self, count: int) -> str:
        """Return `count` decimal digits."""
        return "".join(str(self.below(10)) for _ in range(count))

    def day(self, first: date, last: date) -> date:
        """Return a day from `first` to `last`, both included."""
        return first + timedelta(days=self.between(0, (last - first).days))

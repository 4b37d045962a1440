"""How far judgments contradict one another, and which to reconsider.

Owns the consistency index and ratio with the published random indices, and the search for the
judgments that would mend a matrix. Rules: CR is below 0.10 or the weights are refused; the table
used is named; judgments of which none is redundant fit whatever they say: they are untested, not
consistent; for an incomplete matrix the index of a complete one is used, as is usual (AHPy does
too), which is lenient, so that the ratio with the index of Ágoston and Csató (2022) stands beside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import NamedTuple

from tallystick.evaluation.ahp.digits import decimal_of_fraction, log_of, settled, working
from tallystick.evaluation.ahp.judgments import SCALE, Pair
from tallystick.evaluation.ahp.priorities import Comparisons, eigenvalue_of, least_squares

CR_LIMIT = Decimal("0.1")
RECONSIDERED = 3

SAATY_2005 = "saaty-2005"
SAATY_1980 = "saaty-1980"
DONEGAN_DODD = "donegan-dodd-1991"


def _row(text: str, first: int = 3) -> dict[int, str]:
    """Return a row of a printed table by size, from `first` items on."""
    return dict(enumerate(text.split(), start=first))


# The mean consistency index of random matrices. Saaty, Theory and Applications of the Analytic
# Network Process, 2005, p. 31; Saaty, The Analytic Hierarchy Process, 1980, p. 21; Donegan and
# Dodd, A note on Saaty's random indexes, Math. Comput. Modelling 15:10, 1991, pp. 135-137.
_FROM = 3  # items; one or two cannot contradict one another
_INDICES: Mapping[str, Mapping[int, str]] = {
    SAATY_2005: _row("0.52 0.89 1.11 1.25 1.35 1.40 1.45 1.49 1.52 1.54 1.56 1.58 1.59"),
    SAATY_1980: _row("0.58 0.90 1.12 1.24 1.32 1.41 1.45 1.49 1.51 1.48 1.56 1.57 1.59"),
    DONEGAN_DODD: {
        **_row("0.4914 0.8286 1.0591 1.1797 1.2519 1.3171 1.3733 1.4055 1.4213"),
        **_row("1.4497 1.4643 1.4822 1.4969 1.5078 1.5153 1.5262 1.5313 1.5371", 12),
        25: "1.5619",
        30: "1.5772",
        40: "1.5976",
        50: "1.6102",
    },
}
RI_TABLES = tuple(_INDICES)


class Consistency(NamedTuple):
    """The eigenvalue, the indices and the ratios of one matrix.

    spread: the consistency index. random, table: the random index, and whose it is. missing: how
    many pairs were not judged. strict: the ratio with the index for as many missing, None where
    the judgments are too few to contradict one another. testable: whether they are enough to.
    """

    eigenvalue: Decimal
    spread: Decimal
    ratio: Decimal
    random: Decimal
    table: str
    missing: int
    strict: Decimal | None
    testable: bool

    @property
    def accepted(self) -> bool:
        """Whether the ratio is below 0.10."""
        return self.ratio < CR_LIMIT


class Mending(NamedTuple):
    """A judgment to reconsider: what stands there, what would fit, and the ratio then.

    ratio: with this and all mendings before it made.
    """

    pair: Pair
    judged: Decimal
    value: Fraction
    ratio: Decimal


def random_index(size: int, table: str) -> tuple[Decimal, str]:
    """Return the random index for `size` items and whose it is.

    Saaty's tables end at 15 items; beyond, Donegan and Dodd's is used, between its sizes by a
    straight line. It is smaller, and so stricter.
    """
    known = _INDICES[table]
    if size not in known and size > max(_INDICES[SAATY_2005]):
        table, known = DONEGAN_DODD, _INDICES[DONEGAN_DODD]
    if size in known:
        return Decimal(known[size]), table
    low = max(n for n in known if n < size)
    high = min(n for n in known if n > size)
    with localcontext(working()):
        slope = (Decimal(known[high]) - Decimal(known[low])) / (high - low)
        return Decimal(known[low]) + slope * (size - low), table


def consistency(eigenvalue: Decimal, size: int, missing: int, table: str) -> Consistency:
    """Return the consistency of a matrix of `size` items with `missing` pairs not judged."""
    if size < _FROM:
        whole = Decimal(size)
        return Consistency(
            whole, Decimal(0), Decimal(0), Decimal(0), table, missing, None, testable=False
        )
    index, table = random_index(size, table)
    with localcontext(working()):
        spread = (eigenvalue - size) / (size - 1)
        ratio = spread / index
        # Ágoston and Csató, Omega 108, 2022: the index falls in a straight line to 0 at a tree.
        most = (size - 1) * (size - 2) // 2
        share = 1 - Decimal(missing) / most
        strict = settled(ratio / share) if share else None
    return Consistency(
        settled(eigenvalue),
        settled(spread),
        settled(ratio),
        index,
        table,
        missing,
        strict,
        testable=missing < most,
    )


def mendings(given: Comparisons, weights: Sequence[Decimal], table: str) -> list[Mending]:
    """Return the three judgments to reconsider, in turn: each after the ones before were mended.

    The next is the one furthest from what the weights imply; its new value is the value of the
    scale at which the matrix, all else kept, contradicts itself least. None is named that would
    not better the ratio.
    """
    found: list[Mending] = []
    now, tried = given, set[Pair]()
    eigenvalue = settled(eigenvalue_of(now))
    while len(found) < RECONSIDERED and given.size > 2:  # noqa: PLR2004 - two items
        worst = _furthest(now, weights, tried)
        if worst is None:
            break
        tried.add(worst)
        value, least = _mended(now, worst, weights)
        if least >= eigenvalue:
            continue
        judged = given.values[worst]
        now, eigenvalue = _changed(now, worst, value), least
        missing = len(given.missing)
        found.append(
            Mending(worst, judged, value, consistency(least, given.size, missing, table).ratio)
        )
        weights = _implied(now)
    return found


def _implied(given: Comparisons) -> list[Decimal]:
    with localcontext(working()):
        return [log.exp() for log in least_squares(given)]


def _furthest(given: Comparisons, weights: Sequence[Decimal], tried: set[Pair]) -> Pair | None:
    """Return the pair whose judgment is furthest from the ratio of the weights, None if none is."""
    with localcontext(working()):
        logs = [weight.ln() for weight in weights]
        off = {
            pair: settled(abs(log - logs[pair[0]] + logs[pair[1]]))
            for pair, log in given.logs.items()
            if pair not in tried
        }
    worst = max(sorted(off), key=lambda pair: off[pair], default=None)
    return worst if worst is not None and off[worst] else None


def _mended(given: Comparisons, pair: Pair, weights: Sequence[Decimal]) -> tuple[Fraction, Decimal]:
    """Return the value of the scale with the least eigenvalue at `pair`, and that eigenvalue.

    The eigenvalue is convex in the logarithm of a judgment, so that going downhill from the value
    nearest to the ratio of the weights ends at the least.
    """
    with localcontext(working()):
        ratio = (weights[pair[0]] / weights[pair[1]]).ln()
        at = min(range(len(SCALE)), key=lambda n: abs(log_of(SCALE[n]) - ratio))
    known: dict[int, Decimal] = {}

    def height(place: int) -> Decimal:
        if place not in known:
            known[place] = settled(eigenvalue_of(_changed(given, pair, SCALE[place])))
        return known[place]

    def downhill() -> Iterator[int]:
        yield from (n for n in (at - 1, at + 1) if 0 <= n < len(SCALE) and height(n) < height(at))

    while (lower := next(downhill(), None)) is not None:
        at = lower
    return SCALE[at], height(at)


def _changed(given: Comparisons, pair: Pair, value: Fraction) -> Comparisons:
    return given._replace(
        values={**given.values, pair: decimal_of_fraction(value)},
        logs={**given.logs, pair: log_of(value)},
    )

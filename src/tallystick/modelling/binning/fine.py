"""Fine cells: a column cut far finer than a card will be, without looking at outcomes.

Owns `Fine`, one column as small codes, and how it is cut. Rules: cuts are quantiles of the values
and their far tails, the same for every fold since no outcome is looked at; each special code and
missing have cells of their own; a threshold is the shortest decimal that parts the same rows, so
that it prints; infinities lie in the end bins; categories too rare to say anything are one cell,
which is also that of categories never seen.

Cells in order: bins or categories, specials, missing, and for categories else (rare or unseen).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.modelling.tables import Column, Floats
from tallystick.modelling.wishes import Wish

CELLS_MAX: Final = 250  # a code is one byte
CATEGORIES_MAX: Final = 5_000
SAMPLED_ROWS: Final = 200_000
_TAILS: Final = (0.0025, 0.005, 0.9925, 0.995, 0.9975)
Cells = NDArray[np.uint8]

AN_IDENTIFIER = Reason(
    "an_identifier",
    Text(
        "列 {column} 有 {count} 个不同的类别，像是标识而不是类别",
        "column {column} has {count} different categories: it identifies and does not classify",
    ),
    "docs/models.md",
    Text("请用 --leave-out 去掉，或归并成类。", "Take it out with --leave-out, or group it."),
)
BAD_CUTS = Reason(
    "bad_cuts",
    Text("列 {column} 的切点不能用：{why}", "the cuts of column {column} do not do: {why}"),
    "docs/models.md",
    Text("请改切点。", "Mend the cuts."),
)
_EMPTY_BIN = Text("第 {part} 段没有一行", "bin {part} holds no row")
_ONE_BIN = Text("所有行都在同一段", "all rows lie in one bin")
_NOT_NUMBERS = Text("这一列不是数", "the column holds no numbers")
_UNKNOWN_CATEGORY = Text("数据中没有类别", "a category is not in the data")
_NOT_RISING = Text("切点须是由小到大的有限数", "cuts should be finite and rising")
_TOO_MANY = Text("多于 {most} 个", "there are more than {most}")
_TWICE = Text("有一个类别在两组里，或也是特殊码", "a category is in two groups, or special too")


@dataclass(frozen=True, eq=False)
class Fine:
    """One column as codes. codes: uint8, shape (rows,). parts: bins or categories.

    fixed: the parts are those an expert stated and are not to be merged.
    """

    name: str
    kind: Literal["number", "category"]
    codes: Cells
    cuts: tuple[float, ...] = ()
    categories: tuple[tuple[str, ...], ...] = ()
    special: tuple[str, ...] = ()
    fixed: bool = False

    @property
    def parts(self) -> int:
        """Bins or categories, without specials, missing and else."""
        return len(self.cuts) + 1 if self.kind == "number" else len(self.categories)

    @property
    def missing(self) -> int:
        """The cell of what is missing."""
        return self.parts + len(self.special)

    @property
    def size(self) -> int:
        """All cells."""
        return self.missing + (1 if self.kind == "number" else 2)


def fine(column: Column, wish: Wish, prebins: int) -> Fine:
    """Return a column in fine cells. Raises: AN_IDENTIFIER, BAD_CUTS."""
    if column.kind == "number":
        return _numbers(column, wish, prebins)
    if wish.cuts:
        raise BAD_CUTS.error(column=column.name, why=_NOT_NUMBERS)
    return _categories(column, wish)


def _numbers(column: Column, wish: Wish, prebins: int) -> Fine:
    values = column.values
    specials = tuple(sorted(float(code) + 0.0 for code in wish.special))
    known = values[np.isfinite(values)]
    if specials:
        known = known[~np.isin(known, specials)]
    _check_cuts(column.name, wish.cuts)
    cuts = tuple(cut + 0.0 for cut in wish.cuts) or quantile_cuts(known, prebins)
    if len(cuts) + len(specials) > CELLS_MAX:
        raise BAD_CUTS.error(column=column.name, why=_TOO_MANY.fill(most=CELLS_MAX))
    codes = np.searchsorted(np.asarray(cuts), values, side="left").astype(np.uint8)
    missing = len(cuts) + 1 + len(specials)
    for at, code in enumerate(specials):
        codes[values == code] = len(cuts) + 1 + at
    codes[np.isnan(values)] = missing
    made = Fine(
        column.name,
        "number",
        codes,
        cuts=cuts,
        special=tuple(map(repr, specials)),
        fixed=bool(wish.cuts),
    )
    if wish.cuts:
        _check_parts(made)
    return made


def quantile_cuts(known: Floats, prebins: int) -> tuple[float, ...]:
    """Return rising cuts at quantiles of finite values; none where there is one value only.

    At most SAMPLED_ROWS values are looked at, evenly through the rows.
    """
    if not len(known):
        return ()
    if len(known) > SAMPLED_ROWS:
        known = known[:: -(-len(known) // SAMPLED_ROWS)]
    values = np.sort(known)
    shares = np.unique([*(np.arange(1, prebins) / prebins), *_TAILS])
    found = np.unique(values[np.floor(shares * (len(values) - 1)).astype(np.int64)])
    found = found[found < values[-1]]
    above = values[np.searchsorted(values, found, side="right")]
    return tuple(
        shortest_between(a, b) for a, b in zip(found.tolist(), above.tolist(), strict=True)
    )


def shortest_between(low: float, high: float) -> float:
    """Return the number of fewest digits c with low <= c < high."""
    for digits in range(1, 17):
        for one in (low, (low + high) / 2):
            c = float(f"{one:.{digits}g}") + 0.0
            if low <= c < high:
                return c
    return low + 0.0


def _categories(column: Column, wish: Wish) -> Fine:
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.categories))
    present = int((counts > 0).sum())
    if present > CATEGORIES_MAX:
        raise AN_IDENTIFIER.error(column=column.name, count=present)
    special = tuple(code for code in wish.special if code in column.categories)
    if wish.groups:
        unknown = {one for group in wish.groups for one in group} - set(column.categories)
        if unknown:
            raise BAD_CUTS.error(column=column.name, why=_UNKNOWN_CATEGORY)
        named = [one for group in wish.groups for one in group] + list(special)
        if len(set(named)) < len(named):
            raise BAD_CUTS.error(column=column.name, why=_TWICE)
        if len(wish.groups) + len(special) > CELLS_MAX:
            raise BAD_CUTS.error(column=column.name, why=_TOO_MANY.fill(most=CELLS_MAX))
        groups = wish.groups
    else:
        plain = [at for at in np.argsort(-counts, kind="stable") if counts[at]]
        least = max(2, len(column.codes) // 1000)
        kept = [at for at in plain if counts[at] >= least][: CELLS_MAX - 2 - len(special)]
        names = sorted(column.categories[at] for at in kept)
        groups = tuple((name,) for name in names if name not in special)
    places = {one: at for at, group in enumerate(groups) for one in group}
    places |= {code: len(groups) + at for at, code in enumerate(special)}
    otherwise = len(groups) + len(special) + 1
    table = [places.get(one, otherwise) for one in column.categories] + [otherwise - 1]
    codes = np.array(table, np.uint8)[column.codes]
    made = Fine(
        column.name,
        "category",
        codes,
        categories=groups,
        special=special,
        fixed=bool(wish.groups),
    )
    if wish.groups:
        _check_parts(made)
    return made


def _check_cuts(name: str, cuts: tuple[float, ...]) -> None:
    if not all(map(isfinite, cuts)) or any(a >= b for a, b in pairwise(cuts)):
        raise BAD_CUTS.error(column=name, why=_NOT_RISING)


def _check_parts(made: Fine) -> None:
    """Refuse stated parts that hold no row, or all."""
    counts = np.bincount(made.codes, minlength=made.size)[: made.parts]
    if (counts > 0).sum() < 2:  # noqa: PLR2004 - two bins tell something apart
        raise BAD_CUTS.error(column=made.name, why=_ONE_BIN)
    empty = np.flatnonzero(counts == 0)
    if len(empty):
        raise BAD_CUTS.error(column=made.name, why=_EMPTY_BIN.fill(part=int(empty[0]) + 1))

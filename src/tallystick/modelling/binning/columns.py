"""All columns of a table in fine cells, counted by fold, with bins of the whole and of each fold.

Owns `Binned`, one column after binning, and the way there. Rules: a column is read, cut and
counted, and only its codes of one byte are kept, so that a table may be larger than memory; columns
are done by two threads and the result does not depend on them; the weights of evidence a row is
fitted with come from the other folds, so that no row speaks for itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.modelling.binning.fine import Fine, fine
from tallystick.modelling.binning.information import Information, information
from tallystick.modelling.binning.merging import Binning, BinningSettings, bin_counts
from tallystick.modelling.tables import Floats, Table
from tallystick.modelling.wishes import Shape, Wish
from tallystick.scorecards.document import CATEGORY, NUMBER, Axis

THREADS: Final = 2
ROWS_MIN: Final = 100
CLASS_MIN: Final = 20
Folds = NDArray[np.uint8]

TOO_FEW_ROWS = Reason(
    "too_few_rows",
    Text(
        "{rows} 行、其中坏 {bads} 行：至少须 {rows_min} 行，好坏各 {class_min} 行",
        "{rows} rows with {bads} bad: at least {rows_min} rows, and {class_min} of each outcome, "
        "are needed",
    ),
    "docs/models.md",
    Text(
        "数据太少，请用专家说明（expert）或层次分析法（ahp）。",
        "With so few use what experts state: the route expert or ahp.",
    ),
)
NOT_OUTCOMES = Reason(
    "not_outcomes",
    Text("结果应为 0（好）或 1（坏）", "outcomes should be 0 (good) or 1 (bad)"),
    "docs/models.md",
)
BAD_WEIGHTS = Reason(
    "bad_weights",
    Text("权重应为不小于零的数，且不全为零", "weights should be numbers of 0 or more, not all 0"),
    "docs/models.md",
)
NOTHING_LEFT = Reason(
    "nothing_left",
    Text("没有一列说明得了结果", "no column says anything about the outcome"),
    "docs/models.md",
    Text("请检查数据和结果列。", "Check the data and the column of outcomes."),
)
CONSTANT = Text("只有一个值", "it holds one value only")
NOT_SIGNIFICANT = Text("没有显著的差别", "no difference is significant")
LITTLE = Text("信息值 {iv} 低于 {least}", "its information value {iv} is below {least}")
LEFT_OUT = Text("按说明不用", "left out as stated")


@dataclass(frozen=True, eq=False)
class Binned:
    """One column after binning.

    whole: bins of all rows. woe: float64 (folds, fine cells), row f from all rows but fold f.
    """

    fine: Fine
    whole: Binning
    woe: Floats
    information: Information

    @property
    def spread(self) -> float:
        """Standard deviation of the evidence over all rows."""
        n, woe = self.whole.counts, self.whole.woe
        mean = float((n * woe).sum() / n.sum())
        return float(np.sqrt((n * (woe - mean) ** 2).sum() / n.sum()))

    @property
    def axis(self) -> Axis:
        """The bins as an axis of a card."""
        made, whole = self.fine, self.whole
        if made.kind == "number":
            ends = [at for at in range(made.parts - 1) if whole.part[at] != whole.part[at + 1]]
            cuts = tuple(repr(made.cuts[at]) for at in ends)
            return Axis(made.name, NUMBER, thresholds=cuts, special=made.special)
        groups: list[list[str]] = [[] for _ in range(whole.bins)]
        for names, part in zip(made.categories, whole.part, strict=True):
            groups[part] += names
        return Axis(made.name, CATEGORY, groups=tuple(map(tuple, groups)), special=made.special)


@dataclass(frozen=True)
class Dropped:
    """A column that is not in the card, and why."""

    name: str
    reason: Text

    def to_json(self) -> dict[str, str]:
        """Return it as it stands in the record of a card."""
        return {"column": self.name, "zh": self.reason.zh, "en": self.reason.en}


def check_outcomes(y: Floats, weights: Floats | None) -> Floats:
    """Return weights to use. Raises: NOT_OUTCOMES, BAD_WEIGHTS, TOO_FEW_ROWS."""
    if not np.isin(y, (0.0, 1.0)).all():
        raise NOT_OUTCOMES.error()
    if weights is None:
        weights = np.ones(len(y))
    elif weights.shape != y.shape or not (np.isfinite(weights) & (weights >= 0)).all():
        raise BAD_WEIGHTS.error()
    held = weights > 0
    if not held.any():
        raise BAD_WEIGHTS.error()
    rows, bads = int(held.sum()), int(y[held].sum())
    if rows < ROWS_MIN or min(bads, rows - bads) < CLASS_MIN:
        raise TOO_FEW_ROWS.error(rows=rows, bads=bads, rows_min=ROWS_MIN, class_min=CLASS_MIN)
    return weights


def folds_of(y: Floats, count: int, seed: int) -> Folds:
    """Return the inner fold of each row, uint8, stratified on y and shuffled by the seed."""
    chance = np.random.default_rng(seed)
    folds = np.empty(len(y), np.uint8)
    for value in (0.0, 1.0):
        rows = np.flatnonzero(y == value)
        folds[chance.permutation(rows)] = np.arange(len(rows)) % count
    return folds


def fine_columns(table: Table, wishes: Mapping[str, Wish], prebins: int) -> list[Fine | Dropped]:
    """Return every column of a table in fine cells, or why it is left out.

    Raises: AN_IDENTIFIER, BAD_CUTS.
    """

    def one(name: str) -> Fine | Dropped:
        wish = wishes.get(name, Wish())
        return fine(table.column(name), wish, prebins) if wish.use else Dropped(name, LEFT_OUT)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, table.names))


def bin_columns(
    cells: Sequence[Fine | Dropped],
    y: Floats,
    weights: Floats,
    folds: Folds,
    wishes: Mapping[str, Wish],
    settings: BinningSettings,
    iv_min: float,
) -> tuple[list[Binned], list[Dropped]]:
    """Return the columns that tell something, in the order of the table, and the others.

    Raises: NOTHING_LEFT.
    """
    count = int(folds.max()) + 1
    _ = settings.penalty  # scipy is imported once, not by two threads at the same time

    def one(made: Fine | Dropped) -> Binned | Dropped:
        if isinstance(made, Dropped):
            return made
        counted = _counted(made.codes, folds, y, weights, count, made.size)
        shape = wishes.get(made.name, Wish()).shape
        return _bin(made, shape, counted, settings, iv_min)

    with ThreadPoolExecutor(THREADS) as pool:
        done = list(pool.map(one, cells))
    binned = [made for made in done if isinstance(made, Binned)]
    if not binned:
        raise NOTHING_LEFT.error()
    return binned, [made for made in done if isinstance(made, Dropped)]


def _bin(
    made: Fine,
    shape: Shape,
    counted: tuple[Floats, Floats],
    settings: BinningSettings,
    iv_min: float,
) -> Binned | Dropped:
    counts, bads = counted
    all_counts, all_bads = counts.sum(0), bads.sum(0)
    if (all_counts > 0).sum() < 2:  # noqa: PLR2004 - one value tells nothing apart
        return Dropped(made.name, CONSTANT)
    whole = bin_counts(made, all_counts, all_bads, shape, settings)
    if whole.bins < 2 and not _apart(whole, settings):  # noqa: PLR2004 - as above
        return Dropped(made.name, NOT_SIGNIFICANT)
    told = information(whole.counts, whole.bads)
    if told.value < iv_min:
        return Dropped(made.name, LITTLE.fill(iv=f"{told.value:.4f}", least=iv_min))
    woe = np.stack(
        [
            bin_counts(
                made, all_counts - counts[fold], all_bads - bads[fold], shape, settings
            ).by_fine_cell(made)
            for fold in range(len(counts))
        ]
    )
    return Binned(made, whole, woe, told)


def _apart(whole: Binning, settings: BinningSettings) -> bool:
    """Tell whether missing, special or rare cells differ significantly from the rest."""
    n, b = whole.counts, whole.bads

    def likelihood(n: Floats, b: Floats) -> float:
        with np.errstate(divide="ignore", invalid="ignore"):
            parts = np.where(b > 0, b * np.log(b / n), 0) + np.where(
                n > b, (n - b) * np.log((n - b) / n), 0
            )
        return float(parts.sum())

    split = likelihood(n, b) - likelihood(n.sum(keepdims=True), b.sum(keepdims=True))
    return bool(split > settings.penalty * (np.count_nonzero(n) - 1))


@njit(nogil=True, cache=True)
def _counted(codes, folds, y, weights, count, size):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Return weight of rows and of bad ones by fold and fine cell, float64 (folds, cells)."""
    counts = np.zeros((count, size))
    bads = np.zeros((count, size))
    for row in range(len(codes)):
        counts[folds[row], codes[row]] += weights[row]
        bads[folds[row], codes[row]] += weights[row] * y[row]
    return counts, bads

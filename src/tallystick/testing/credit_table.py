"""A table of fictional organisations of any length, for measuring how fast a model is fitted.

Owns the generator of the benchmark: fifty columns, 45 ratios of company accounts (ten of them
missing in one row of twenty) and 5 categories, and an outcome `y` that is bad in about 3.1 rows of
a hundred. Rules: the same rows and seed give the same table, whatever the size of the blocks; no
organisation is named or meant, the columns have the names of ratios and nothing else of anybody.

    write_credit_table(Path("credit.parquet"), rows=1_000_000, seed=0)

Truth: log-odds are a sum of curves, one a column, of decreasing weight: straight, bent, peaked and
flat ones, so that binning has shapes to find. Columns share three common factors.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BLOCK_ROWS: Final = 65_536
RATIOS: Final = 45
WITH_GAPS: Final = 10
GAP_SHARE: Final = 0.05
INTERCEPT: Final = -5.2  # gives 3.1 % bad
_OVER: Final = ("assets", "sales", "equity", "liabilities", "costs")
_OF: Final = (
    "net_profit",
    "gross_profit",
    "cash",
    "inventory",
    "receivables",
    "working_capital",
    "retained_earnings",
    "short_term_debt",
    "operating_cash_flow",
)
RATIO_NAMES: Final = tuple(f"{of}_over_{over}" for of in _OF for over in _OVER)
CATEGORIES: Final = {
    "industry": tuple(f"sample industry {at:02d}" for at in range(1, 21)),
    "region": tuple(f"sample region {at:02d}" for at in range(1, 32)),
    "legal_form": ("limited", "joint stock", "partnership", "cooperative"),
    "audit": ("none", "unqualified", "qualified"),
    "size": ("micro", "small", "medium", "large"),
}
NAMES: Final = (*RATIO_NAMES, *CATEGORIES)
_FACTORS: Final = 3


def write_credit_table(path: Path, rows: int, seed: int = 0) -> None:
    """Write the table as Parquet, one row group a block, so that memory does not grow with rows."""
    schema = credit_table(1, seed).schema
    with pq.ParquetWriter(path, schema) as file:  # compressed as the writer does by itself
        for block in credit_blocks(rows, seed):
            file.write_table(block)


def credit_table(rows: int, seed: int = 0) -> pa.Table:
    """Return the table in memory: the columns of NAMES, then `y` as int8."""
    return pa.concat_tables(list(credit_blocks(rows, seed)))


def credit_blocks(rows: int, seed: int = 0) -> Iterator[pa.Table]:
    """Yield the table in blocks of BLOCK_ROWS rows, each of a chance of its own."""
    for number, first in enumerate(range(0, rows, BLOCK_ROWS)):
        chance = np.random.default_rng((seed, number))
        yield _block(chance).slice(0, min(BLOCK_ROWS, rows - first))


def _block(chance: np.random.Generator) -> pa.Table:
    common = chance.normal(size=(_FACTORS, BLOCK_ROWS))
    log_odds = np.full(BLOCK_ROWS, INTERCEPT)
    columns: dict[str, Any] = {}
    for at, name in enumerate(RATIO_NAMES):
        z = 0.5 * common[at % _FACTORS] + np.sqrt(0.75) * chance.normal(size=BLOCK_ROWS)
        log_odds += _curve(at, z)
        values = 0.1 + 0.2 * z if at % 2 else np.exp(0.6 * z) / 2
        if at % (RATIOS // WITH_GAPS) == 0 and at // (RATIOS // WITH_GAPS) < WITH_GAPS:
            gaps = chance.random(BLOCK_ROWS) < GAP_SHARE
            log_odds += np.where(gaps, 0.3, 0.0)
            columns[name] = pa.array(values, mask=gaps)
        else:
            columns[name] = pa.array(values)
    for name, texts in CATEGORIES.items():
        codes = chance.integers(len(texts), size=BLOCK_ROWS).astype(np.int32)
        log_odds += 0.4 * (codes / (len(texts) - 1) - 0.5)
        columns[name] = pa.DictionaryArray.from_arrays(codes, list(texts))
    bad = chance.random(BLOCK_ROWS) < 1 / (1 + np.exp(-log_odds))
    return pa.table({**columns, "y": bad.astype(np.int8)})


def _curve(at: int, z: Floats) -> Floats:
    """Return what a ratio adds to the log-odds of bad: four shapes in turn, fading weights."""
    weight = 0.35 * (1 - at / RATIOS)
    shape = at % 4
    if shape == 0:
        return -weight * z
    if shape == 1:
        return weight * np.maximum(z, 0)
    if shape == 2:  # noqa: PLR2004 - the third of four
        return weight * (np.minimum(z**2, 6.0) - 1) / 2
    return -weight * np.tanh(2 * z)

"""Whether rows were among those a card was fitted on, without keeping a row.

Owns the sketch of the rows of a fit that a card carries. Rules: a row is what the card reads of it,
missing and all, in whatever file, kind of file or order; kept are digests of at most KEPT_MAX
different rows, chosen by their own bits, keyed by the digest of the file of the fit, so that the
digests of two cards cannot be matched; where rows were left out, a share is told with its interval.

    sketch = sketch_of(card, table)          # goes into the record of the card
    seen_in(sketch, card, other_table)       # {"share": "0.980000", "low": ..., "beyond_chance"}

One row in `one_in` is in the sample, the same rows of every file: what share of these the sketch
holds estimates the share of all, and no file has to be there twice.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tallystick.kernel.texts import Text
from tallystick.modelling.fitting import columns_of
from tallystick.modelling.metrics import Interval, as_text, wilson
from tallystick.modelling.splits import mixed_bits
from tallystick.modelling.tables import Floats, Rows, Table
from tallystick.scorecards.document import Card
from tallystick.scorecards.kernel import Categories, Columns

KEPT_MAX: Final = 512
DIGEST_BYTES: Final = 6
_ONE_IN_MAX: Final = 2**40
_DIGEST: Final = re.compile(f"[0-9a-f]{{{2 * DIGEST_BYTES}}}", re.ASCII)
_TEXT_BYTES: Final = 8
_BLOCK: Final = 1 << 18  # rows whose values are held at once
_NO_TEXT: Final = 0x9E3779B97F4A7C15  # stands for a missing category; any fixed number does

_ALL_KNOWN = Text(
    "{found} 行（{share}）与拟合所用的行在卡读的各列上完全相同；拟合的行中偶然相同的占 {chance}",
    "{found} rows ({share}) equal rows of the fit in all the card reads; of the rows of the fit "
    "{chance} equal another",
)
_SAMPLED = Text(
    "约 {share}（95% 区间 {low} 至 {high}，抽看 {compared} 行）的行与拟合所用的行在卡读的各列上"
    "完全相同；拟合的行中偶然相同的占 {chance}",
    "about {share} of the rows (95%: {low} to {high}, {compared} looked at) equal rows of the fit "
    "in all the card reads; of the rows of the fit {chance} equal another",
)
_BEYOND = Text(
    "{told}：模型见过这些行，数字偏好",
    "{told}: the model has seen these rows, and the figures look too good",
)
UNKNOWN = Text(
    "卡中没有拟合的行的摘要，无法得知这些行是否用于拟合",
    "the card keeps no digests of the rows of the fit: whether these are among them is not known",
)
TOO_FEW = Text(
    "行数太少，无法得知其中多少用于拟合",
    "too few rows to tell how many of them were in the fit",
)


def sketch_of(card: Card, table: Table) -> dict[str, Any]:
    """Return {"one_in", "digests", "alike"} of the rows a card was fitted on, for its record.

    alike: the share of these rows that equal another of them, which is what chance gives for rows
    that were not there. Of numbers a text of six places, since a record holds no floats.
    """
    columns = columns_of(card, table)
    mixed = _mixed(columns, table.rows)
    _, place, count = np.unique(mixed, return_inverse=True, return_counts=True)
    alike = float((count[place] > 1).mean()) if len(mixed) else 0.0
    one_in = 1
    while len(np.unique(mixed[_sampled(mixed, one_in)])) > KEPT_MAX:
        one_in *= 2
    digests = set(_digests(card, columns, _sampled(mixed, one_in)))
    return {"one_in": one_in, "digests": sorted(digests), "alike": as_text(alike)}


def seen_in(sketch: object, card: Card, table: Table) -> dict[str, Any]:
    """Return how many rows of a table the fit of a card had, as far as its sketch tells.

    {"known", "exact", "compared", "found", "share", "low", "high", "by_chance", "beyond_chance",
    "statement"}. beyond_chance: even the least of the share is more than rows equal by chance.
    """
    if not isinstance(sketch, Mapping) or not is_sketch(sketch):
        return _not_known(UNKNOWN)
    columns = columns_of(card, table)
    rows = _sampled(_mixed(columns, table.rows), sketch["one_in"])
    if not len(rows):
        return _not_known(TOO_FEW)
    known = frozenset(sketch["digests"])
    found = sum(one in known for one in _digests(card, columns, rows))
    exact = sketch["one_in"] == 1
    share = wilson(found, len(rows))
    chance = float(sketch["alike"])
    beyond = bool(found and share.low > chance)  # also where all rows are looked at: chance varies
    share = Interval(share.mean, share.mean, share.mean) if exact else share
    facts = {"found": found, "compared": len(rows), "chance": _percent(chance)}
    facts |= {"share": _percent(share.mean), "low": _percent(share.low)}
    told = (_ALL_KNOWN if exact else _SAMPLED).fill(**facts, high=_percent(share.high))
    return {
        "known": True,
        "exact": exact,
        "compared": len(rows),
        "found": found,
        "share": as_text(share.mean),
        "low": as_text(share.low),
        "high": as_text(share.high),
        "by_chance": sketch["alike"],
        "beyond_chance": beyond,
        "statement": (_BEYOND.fill(told=told) if beyond else told)._asdict(),
    }


def is_sketch(sketch: Mapping[str, Any]) -> bool:
    """Return whether a sketch read from a card is one."""
    one_in, digests, alike = (sketch.get(name) for name in ("one_in", "digests", "alike"))
    return (
        type(one_in) is int
        and 1 <= one_in <= _ONE_IN_MAX
        and not one_in & (one_in - 1)
        and isinstance(digests, list)
        and len(digests) <= KEPT_MAX
        and all(isinstance(one, str) and _DIGEST.fullmatch(one) for one in digests)
        and isinstance(alike, str)
        and re.fullmatch(r"0\.[0-9]{6}|1\.0{6}", alike, re.ASCII) is not None
    )


def _not_known(why: Text) -> dict[str, Any]:
    return {"known": False, "beyond_chance": False, "statement": why._asdict()}


def _percent(share: float) -> str:
    return f"{share:.1%}"


def _mixed(columns: Columns, rows: int) -> NDArray[np.uint64]:
    """Return 64 bits mixed of each row, by which it is in the sample or not."""
    mixed = np.zeros(rows, np.uint64)
    for at, column in enumerate(columns.values(), 1):
        mixed = mixed_bits(mixed ^ mixed_bits(_bits(column) + np.uint64(at)))
    return mixed


def _digests(card: Card, columns: Columns, rows: Rows) -> Iterator[str]:
    """Yield the digest of each row: one way, so that no value can be read back out of it."""
    key = hashlib.sha256(card.training.digest.encode()).digest()
    for first in range(0, len(rows), _BLOCK):
        block = rows[first : first + _BLOCK]
        for values in np.stack([_bits(one)[block] for one in columns.values()], axis=1):
            yield hashlib.blake2b(values.tobytes(), digest_size=DIGEST_BYTES, key=key).hexdigest()


def _bits(column: Floats | Categories) -> NDArray[np.uint64]:
    """Return 64 bits of each value; of a text a digest, since codes differ from file to file."""
    if isinstance(column, Categories):
        told = [int.from_bytes(_short(text.encode()), "big") for text in column.texts]
        return np.array([*told, _NO_TEXT], np.uint64)[column.codes]
    values = column + 0.0  # minus zero is zero
    values[np.isnan(values)] = np.nan  # one pattern of bits
    return values.view(np.uint64)


def _short(text: bytes) -> bytes:
    return hashlib.blake2b(text, digest_size=_TEXT_BYTES).digest()


def _sampled(mixed: NDArray[np.uint64], one_in: int) -> Rows:
    return np.flatnonzero(mixed % np.uint64(one_in) == 0)

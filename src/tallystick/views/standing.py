"""Which records are not in force any more, and because of what: a pure fold of the index.

Owns the rules by which a record ends: retracted or withdrawn, superseded by a newer statement of
the same identity, at its end by itself. They are the rules of `subject.fold_subject`, read off the
columns of the index for all records at once, so that no body is opened but those of the few acts
that end others. Kept out of the package's surface, like `known`: it needs numpy.

    >>> endings(Index(bytes(32)), Acts(), today=739_000)
    {}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tallystick.kernel.dates import date_of
from tallystick.records import number_of
from tallystick.views.index import Index

Numbers = npt.NDArray[np.int64]
_FACT, _GRANT = number_of("fact"), number_of("grant")


class Ending(NamedTuple):
    """How a record ended. cause: withdrawn, superseded or expired; by: a record number, or -1."""

    cause: str
    by: int


class Grant(NamedTuple):
    """What a withdrawal asks of a grant: its numbers in the index, and whether it was imported."""

    subject: int
    identity: int
    imported: bool


@dataclass(frozen=True)
class Acts:
    """The acts that end other records.

    retractions: name of an import -> number of its retraction. withdrawals: (number, day from
    which, numbers of the grants named). ended: number of a record -> number of the act that ended
    it, whatever it is. granted_on: the day of a grant, by its number. erased: of the grants named,
    those that were erased.
    """

    retractions: Mapping[str, int] = field(default_factory=dict)
    withdrawals: Sequence[tuple[int, str, Sequence[int]]] = ()
    ended: Mapping[int, int] = field(default_factory=dict)
    granted_on: Callable[[int], str] = lambda _: ""
    erased: Mapping[int, Grant] = field(default_factory=dict)


def endings(
    index: Index, acts: Acts, today: int, erased: Iterable[int] = (), rows: Numbers | None = None
) -> dict[int, Ending]:
    """Return how each record that is not in force ended; of the others nothing.

    today: as `date.toordinal` counts. erased: records that are, of which nothing else is said.
    rows: only of these, in order; they must hold with a record all of its identity (`related`).
    """
    columns = _Columns(index, rows)
    gone = np.isin(columns.rows, np.fromiter(erased, np.int64))
    found: dict[int, Ending] = {}
    withdrawn = _withdrawn(columns, acts, today, gone)
    kept = ~gone & ~np.isin(columns.rows, np.fromiter(_retracted(columns, acts), np.int64))
    for number, by in _superseded(columns, kept):
        found[number] = Ending("superseded", by)
    found |= {number: Ending("withdrawn", by) for number, by in withdrawn.items()}
    over = columns.rows[(columns.ends > 0) & (columns.ends < today)]
    for number in over.tolist():
        found.setdefault(number, Ending("expired", -1))
    for number in columns.rows[gone].tolist():
        found.pop(number, None)
    return found


def related(index: Index, first: int) -> Numbers:
    """Return the records whose standing may follow from those from number `first` on, in order.

    Followed to its end: what a record supersedes may have been the other form of a third one.
    """
    columns = (_column(index.identity), _column(index.twin) & ~np.uint64(1))
    found = np.zeros(len(index), dtype=np.bool_)
    new: Numbers = np.arange(first, len(index), dtype=np.int64)
    asked = [np.array([], np.uint64)] * len(columns)
    while new.size:
        found[new] = True
        same = np.zeros(len(index), dtype=np.bool_)
        for at, column in enumerate(columns):
            wanted = np.setdiff1d(_some(column[new]), asked[at])
            if wanted.size:
                same |= np.isin(column, wanted)
                asked[at] = np.union1d(asked[at], wanted)
        new = np.flatnonzero(same & ~found)
    return np.flatnonzero(found)


def _some(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    kept: npt.NDArray[np.uint64] = np.unique(values[values > 0])
    return kept


def _column(column: Any) -> Any:  # noqa: ANN401 - an array of any width
    return np.frombuffer(column, dtype=column.typecode) if len(column) else np.array([], "Q")


class _Columns:
    """The columns the rules read, of all rows or some."""

    def __init__(self, index: Index, rows: Numbers | None) -> None:
        every = np.arange(len(index), dtype=np.int64)
        self.index = index
        self.rows: Numbers = every if rows is None else rows
        self.kind = _column(index.kind)[self.rows]
        self.imported = _column(index.imported)[self.rows]
        self.identity = _column(index.identity)[self.rows]
        self.twin = _column(index.twin)[self.rows].astype(np.uint64)
        self.ends = _column(index.ends)[self.rows]


def _retracted(columns: _Columns, acts: Acts) -> dict[int, int]:
    """Return the facts and grants of retracted imports, each with the retraction."""
    numbers = {columns.index.imports.find(name): by for name, by in acts.retractions.items()}
    told = (columns.kind == _FACT) | (columns.kind == _GRANT)
    hit = told & np.isin(columns.imported, [n for n in numbers if n])
    pairs = zip(columns.rows[hit].tolist(), columns.imported[hit].tolist(), strict=True)
    return {row: numbers[imported] for row, imported in pairs}


def _withdrawn(
    columns: _Columns, acts: Acts, today: int, gone: npt.NDArray[np.bool_]
) -> dict[int, int]:
    found, index = _retracted(columns, acts), columns.index
    versions: dict[int, list[int]] = {}
    if acts.withdrawals:
        imported = columns.rows[(columns.kind == _GRANT) & (columns.imported > 0) & ~gone]
        for number in imported.tolist():
            versions.setdefault(index.identity[number], []).append(number)
    for act, from_day, named in acts.withdrawals:
        if date_of(from_day).toordinal() > today:
            continue
        for grant in named:
            told = acts.erased.get(grant) or _told(index, grant)
            if told is None or told.subject != index.subject[act]:
                continue
            found.setdefault(grant, act)
            # The same document on the roster, before or later: it was withdrawn and stays so. Of
            # one entered by hand only what is delivered later.
            for again in versions.get(told.identity, ()):
                if (told.imported or again > act) and acts.granted_on(again) <= from_day:
                    found.setdefault(again, act)
    rows = set(columns.rows.tolist()) if found or acts.ended else set()
    found |= dict(acts.ended)
    return {number: by for number, by in found.items() if number in rows}


def _told(index: Index, grant: int) -> Grant | None:
    if index.kind[grant] != _GRANT:
        return None
    return Grant(index.subject[grant], index.identity[grant], index.imported[grant] > 0)


def _superseded(columns: _Columns, kept: npt.NDArray[np.bool_]) -> Iterable[tuple[int, int]]:
    """Yield (record, what took its place); kept: rows that were not retracted or erased."""
    counts = kept & (columns.identity > 0)
    counts &= ~((columns.kind == _GRANT) & (columns.imported == 0))  # by hand: stands for itself
    places = np.flatnonzero(counts)
    order = places[np.argsort(columns.identity[places], kind="stable")]
    same = columns.identity[order[1:]] == columns.identity[order[:-1]]
    older, newer = order[:-1][same], order[1:][same]
    yield from zip(columns.rows[older].tolist(), columns.rows[newer].tolist(), strict=True)
    standing = counts.copy()
    standing[older] = False
    current = np.flatnonzero(standing & (columns.twin > 0) & (columns.twin % 2 == 0))
    old = np.flatnonzero(standing & (columns.twin % 2 == 1))
    if current.size and old.size:
        by = {int(columns.twin[at]): int(columns.rows[at]) for at in current}
        for at in old.tolist():
            form = by.get(int(columns.twin[at]) & ~1)
            if form is not None:
                yield int(columns.rows[at]), form

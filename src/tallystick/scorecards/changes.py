"""What an organisation could lawfully change to stand in a better band.

Owns the search for the smallest set of changes. Rules: only variables an expert called actionable,
and only to bins or groups of real values; never to missing, to a special code or to what was never
seen, so that hiding a fact is never advice; a missing value may be supplied, and counts only what
every real value would give at least; fewest variables first, then the fewest steps between bins,
then the first name and the lowest cell; where nothing lawful reaches the band this is said.

The search is exact, by branch and bound. A term f of two variables changes by
(f(a', b') - f(a, b')) + (f(a, b') - f(a, b)), so that the most a move of one variable can give,
whatever the other is, is bounded apart from the other; `_bounds` adds these up by dynamic
programming over how many variables are moved by how many steps. Without terms of two variables
the bound is what is reached.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final, NamedTuple

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.scorecards.document import NUMBER, POINTS, Axis, Card, Term
from tallystick.scorecards.interpreting import Interpreter, band_of, cell_of
from tallystick.scorecards.sentences import cell_text, label_of

VARIABLES_MAX: Final = 6  # more changes at once are no advice
_ANY: Final = 1 << 62  # beyond every sum of points
TRIED_MAX: Final = 20_000  # sets looked at; only terms of two variables ever need more than one

NO_TREE_CHANGES = Reason(
    "no_tree_changes",
    Text("树模型不给出改动建议", "no changes are worked out for a model of trees"),
    "docs/models.md",
    Text("请看旁边可印的评分卡。", "Look at the printable card beside it."),
)
_CHANGE = Text("{label}：由“{now}”到“{then}”", "{label}: from “{now}” to “{then}”")
_SUPPLY = Text("{label}：补上现在缺失的值", "{label}: supply the value that is missing now")
CARD_WITHOUT_BAND = Reason(
    "card_without_band",
    Text("评分卡没有 {band} 段", "the card has no band {band}"),
    "docs/models.md",
    Text("请用评分卡的段。", "Name a band of the card."),
)
_NOTHING = Text(
    "在可以依法改变的变量中，改动不超过 {n} 个变量到不了 {band} 段",
    "no lawful change of at most {n} {n:variable|variables} reaches band {band}",
)
_GIVEN_UP = Text(
    "找了 {n} 种改动，没有找到能到 {band} 段的，不等于没有",
    "among {n} changes none reaches band {band}, which is not to say that there is none",
)
_THERE = Text("已在 {band} 段或更好", "it stands in band {band} or better already")
_BEST = Text("已在最好的一段", "it stands in the best band already")
_NO_BANDS = Text("这张评分卡没有分段", "this card has no bands")
_FOUND = Text("到 {band} 段的最小改动", "the smallest change that reaches band {band}")


@dataclass(frozen=True)
class Step:
    """One variable to change. cell, to: of its axis; `to` is None where a value is supplied."""

    variable: str
    cell: int
    to: int | None
    text: Text


@dataclass(frozen=True)
class Changes:
    """The smallest set of changes. band: the one reached, "" if none; score: then."""

    text: Text
    band: str = ""
    score: int = 0
    steps: tuple[Step, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            **self.text._asdict(),
            "band": self.band,
            "score": self.score,
            "steps": [{"variable": one.variable, **one.text._asdict()} for one in self.steps],
        }


def smallest_changes(card: Card, row: Mapping[str, Any], band: str = "") -> Changes:
    """Return the smallest lawful changes into the next better band, or into `band` or beyond.

    Raises: NO_TREE_CHANGES, CARD_WITHOUT_BAND, VALUE_ABSENT, NOT_A_NUMBER.
    """
    if card.kind != POINTS:
        raise NO_TREE_CHANGES.error()
    if band and band not in {one.code for one in card.bands}:
        raise CARD_WITHOUT_BAND.error(band=band)
    if not card.bands:
        return Changes(_NO_BANDS)
    reading = Interpreter(card).one(row)
    better = [one for one in card.bands if one.lowest is not None and one.lowest > reading.score]
    target = next((one for one in better if band in ("", one.code)), None)
    if target is None or target.lowest is None:
        return Changes(_THERE.fill(band=band) if band and better else _BEST)
    lowest = _raw_of(card, target.lowest)
    search = _Search(card, row, reading.raw)
    found = search.smallest(lowest) if lowest is not None else None
    if found is None:
        text = _GIVEN_UP if search.tried > TRIED_MAX else _NOTHING
        n = TRIED_MAX if search.tried > TRIED_MAX else VARIABLES_MAX
        return Changes(text.fill(n=n, band=target.code))
    raw, steps = found
    outcome = card.outcome
    score = outcome.score[bisect_left(outcome.upper, raw)] if outcome.score else raw
    return Changes(_FOUND.fill(band=target.code), band_of(card.bands, score), score, steps)


def _raw_of(card: Card, lowest: int) -> int | None:
    """Return the lowest raw sum whose score is at least `lowest`, None where none is."""
    outcome = card.outcome
    if not outcome.score:
        return lowest
    at = bisect_left(outcome.score, lowest)
    if at == len(outcome.score):
        return None
    return outcome.upper[at - 1] + 1 if at else -_ANY


class _Move(NamedTuple):
    """One variable becomes a real value.

    at: which stretch of values, None where the value is only supplied; most: what it can give.
    """

    at: int | None
    steps: int
    most: int


class _Search:
    """The cells of one row, and what may be changed.

    One variable may be read by several axes: a move is one of real values, seen as the cell of
    each axis that reads it.
    """

    def __init__(self, card: Card, row: Mapping[str, Any], raw: int) -> None:
        self.card, self.raw, self.tried = card, raw, 0
        self.axes: dict[str, list[Axis]] = {}
        self.reads: dict[str, list[tuple[Term, int]]] = {}
        for term in card.terms:
            for at, axis in enumerate(term.axes):
                self.axes.setdefault(axis.variable, []).append(axis)
                self.reads.setdefault(axis.variable, []).append((term, at))
        self.now = {
            name: tuple(cell_of(axis)(row[name]) for axis in axes)
            for name, axes in self.axes.items()
        }
        self.can = {
            one.name: _stretches(self.axes[one.name])
            for one in card.variables
            if one.actionable and one.name in self.axes
        }
        self.beside = {
            name: {axis.variable for term, _ in reads for axis in term.axes if len(term.axes) > 1}
            - {name}
            for name, reads in self.reads.items()
        }
        self.moves = {name: self._moves(name) for name in sorted(self.can)}
        self.names = [name for name, moves in self.moves.items() if moves]

    def smallest(self, lowest: int) -> tuple[int, tuple[Step, ...]] | None:
        """Return the least raw sum reached and the steps, None where nothing reaches `lowest`."""
        need = lowest - self.raw
        best = sorted((max(m.most for m in self.moves[n]) for n in self.names), reverse=True)
        for count in range(1, min(VARIABLES_MAX, len(best)) + 1):
            if sum(best[:count]) < need:
                continue
            bounds = self._bounds(count)
            for steps in sorted(bounds[0][count]):
                if bounds[0][count][steps] < need:
                    continue
                found = self._look(bounds, 0, count, steps, {}, need)
                if found is not None:
                    raw, chosen = found
                    return raw, tuple(self._step(name, at) for name, at in chosen.items())
        return None

    def _bounds(self, count: int) -> list[list[dict[int, int]]]:
        """Return by first name, variables and steps the most that moves from there on can give."""
        after: list[dict[int, int]] = [{0: 0}, *({} for _ in range(count))]
        found = [after]
        for name in reversed(self.names):
            here = [dict(one) for one in after]
            for moved in range(1, count + 1):
                into = here[moved]
                for move in self.moves[name]:
                    for steps, most in after[moved - 1].items():
                        gained, far = most + move.most, steps + move.steps
                        if gained > into.get(far, -_ANY):
                            into[far] = gained
            found.append(here)
            after = here
        return found[::-1]

    def _look(
        self,
        bounds: list[list[dict[int, int]]],
        at: int,
        count: int,
        steps: int,
        chosen: dict[str, int | None],
        need: int,
        most: int = 0,
    ) -> tuple[int, dict[str, int | None]] | None:
        """Return the first set of moves, by name and cell, that gives `need`."""
        if self.tried > TRIED_MAX or bounds[at][count].get(steps, -_ANY) + most < need:
            return None
        if not count:
            self.tried += 1
            raw = self._least(chosen)
            return (raw, dict(chosen)) if raw - self.raw >= need else None
        name = self.names[at]
        for move in self.moves[name]:
            found = self._look(
                bounds,
                at + 1,
                count - 1,
                steps - move.steps,
                {**chosen, name: move.at},
                need,
                most + move.most,
            )
            if found is not None:
                return found
        return self._look(bounds, at + 1, count, steps, chosen, need, most)

    def _least(self, chosen: Mapping[str, int | None]) -> int:
        """Return the least raw sum of these moves: a value only supplied may be any real one."""
        fixed = {name: self.can[name][0 if at is None else at] for name, at in chosen.items()}
        supplied = [name for name, at in chosen.items() if at is None]
        linked = [name for name in supplied if not self.beside[name].isdisjoint(supplied)]
        for name in supplied:
            if name not in linked:  # its worst does not depend on what the others turn out to be
                each = [(self._raw({**fixed, name: cells}), cells) for cells in self.can[name]]
                fixed[name] = min(each)[1]
        return min(
            self._raw({**fixed, **dict(zip(linked, cells, strict=True))})
            for cells in product(*(self.can[name] for name in linked))
        )

    def _raw(self, changed: Mapping[str, tuple[int, ...]]) -> int:
        used = dict.fromkeys(self.axes, 0)
        raw = self.card.offset
        for term in self.card.terms:
            place = 0
            for axis in term.axes:
                cells = changed.get(axis.variable, self.now[axis.variable])
                place = place * axis.size + cells[used[axis.variable]]
                used[axis.variable] += 1
            raw += term.points[place]
        return raw

    def _moves(self, name: str) -> list[_Move]:
        """Return what the variable may become, without what can give nothing."""
        stretches, now, axes = self.can[name], self.now[name], self.axes[name]
        most = [self._most(name, cells) for cells in stretches]
        if all(cell == axis.missing for cell, axis in zip(now, axes, strict=True)):
            least = min(most, default=0)
            return [_Move(None, 1, least)] if least > 0 else []
        if now not in stretches:
            return []  # a special code, or a category never seen: no way to change is known
        here = stretches.index(now)
        apart = axes[0].kind == NUMBER
        return [
            _Move(at, abs(at - here) if apart else 1, gained)
            for at, gained in enumerate(most)
            if gained > 0
        ]

    def _most(self, name: str, cells: tuple[int, ...]) -> int:
        """Return the most these cells of a variable can give, whatever the others become."""
        total = 0
        for (term, at), before, then in zip(self.reads[name], self.now[name], cells, strict=True):
            if len(term.axes) == 1:
                total += term.points[then] - term.points[before]
                continue
            other = term.axes[1 - at]
            size = term.axes[1].size
            total += max(
                term.points[then * size + beside] - term.points[before * size + beside]
                if at == 0
                else term.points[beside * size + then] - term.points[beside * size + before]
                for beside in self._cells(other)
            )
        return total

    def _cells(self, axis: Axis) -> set[int]:
        """Return the cells an axis can be in, now or after a lawful change."""
        name = axis.variable
        which = self.axes[name].index(axis)
        return {self.now[name][which], *(cells[which] for cells in self.can.get(name, ()))}

    def _step(self, name: str, at: int | None) -> Step:
        variable, first = self.card.variable[name], self.axes[name][0]
        now = self.now[name][0]
        label = label_of(variable)
        if at is None:
            return Step(name, now, None, _SUPPLY.fill(label=label))
        then = self.can[name][at][0]
        told = _CHANGE.fill(
            label=label,
            now=cell_text(first, now, variable.unit),
            then=cell_text(first, then, variable.unit),
        )
        return Step(name, now, then, told)


def _stretches(axes: Sequence[Axis]) -> list[tuple[int, ...]]:
    """Return the cells of every axis for each stretch of real values that no axis cuts."""
    if axes[0].kind == NUMBER:
        inside = [*sorted({cut for axis in axes for cut in axis.cuts}), float("inf")]
        return [tuple(bisect_left(axis.cuts, value) for axis in axes) for value in inside]
    texts = dict.fromkeys(text for axis in axes for group in axis.groups for text in group)
    found = dict.fromkeys(tuple(cell_of(axis)(text) for axis in axes) for text in texts)
    return sorted(
        cells
        for cells in found
        if all(cell < axis.parts for cell, axis in zip(cells, axes, strict=True))
    )

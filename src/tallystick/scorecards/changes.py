"""What an organisation could lawfully change to stand in a better band.

Owns the search for the smallest set of changes. Rules: only variables an expert called actionable,
and only to bins or groups of real values; never to missing, to a special code or to what was never
seen, so that hiding a fact is never advice; a missing value may be supplied, and counts only what
every real value would give at least; fewest variables first, then the fewest steps between bins,
then by name; exact, by branch and bound over a bounded number of variables; where nothing lawful
reaches the band this is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any, Final

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.scorecards.document import NUMBER, POINTS, Axis, Card
from tallystick.scorecards.interpreting import Interpreter, cell_of
from tallystick.scorecards.sentences import cell_text, label_of

VARIABLES_MAX: Final = 4  # more changes at once are no advice
TRIED_MAX: Final = 200_000

NO_TREE_CHANGES = Reason(
    "no_tree_changes",
    Text("树模型不给出改动建议", "no changes are worked out for a model of trees"),
    "docs/models.md",
    Text("请看旁边可印的评分卡。", "Look at the printable card beside it."),
)
_CHANGE = Text("{label}：由“{now}”到“{then}”", "{label}: from “{now}” to “{then}”")
_SUPPLY = Text("{label}：补上现在缺失的值", "{label}: supply the value that is missing now")
_NOTHING = Text(
    "在可以依法改变的变量中，没有改动能到更好的等级",
    "no lawful change of what the organisation can change reaches a better band",
)
_BEST = Text("已在最好的等级", "it stands in the best band already")
_NO_BANDS = Text("这张评分卡没有分级", "this card has no bands")
_FOUND = Text("到 {band} 级的最小改动", "the smallest change that reaches band {band}")


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

    Raises: NO_TREE_CHANGES, VALUE_ABSENT, NOT_A_NUMBER.
    """
    if card.kind != POINTS:
        raise NO_TREE_CHANGES.error()
    if not card.bands:
        return Changes(_NO_BANDS)
    score = Interpreter(card).one(row).score
    better = [one for one in card.bands if one.lowest is not None and one.lowest > score]
    wanted = next((one for one in better if one.code == band), None) if band else None
    target = wanted or (better[0] if better else None)
    if target is None or target.lowest is None:
        return Changes(_BEST)
    search = _Search(card, row)
    found = search.smallest(target.lowest)
    if found is None:
        return Changes(_NOTHING)
    steps, reached = found
    return Changes(_FOUND.fill(band=target.code), target.code, reached, steps)


class _Search:
    """The cells of one row, and what may be changed.

    One variable may be read by several axes: a move is one of real values, seen as the cell of
    each axis that reads it.
    """

    def __init__(self, card: Card, row: Mapping[str, Any]) -> None:
        self.card = card
        self.axes: dict[str, list[Axis]] = {}
        for term in card.terms:
            for axis in term.axes:
                self.axes.setdefault(axis.variable, []).append(axis)
        self.now = {
            name: tuple(cell_of(axis)(row[name]) for axis in axes)
            for name, axes in self.axes.items()
        }
        self.moves = {
            one.name: self._moves(one.name)
            for one in card.variables
            if one.actionable and one.name in self.axes
        }

    def smallest(self, lowest: int) -> tuple[tuple[Step, ...], int] | None:
        names = sorted(name for name, moves in self.moves.items() if moves)
        tried = 0
        for count in range(1, min(VARIABLES_MAX, len(names)) + 1):
            best: tuple[int, tuple[str, ...], tuple[tuple[int, ...], ...], int] | None = None
            for chosen in combinations(names, count):
                for cells in product(*(self.moves[name] for name in chosen)):
                    tried += 1
                    if tried > TRIED_MAX:
                        break
                    score = self._score(dict(zip(chosen, cells, strict=True)))
                    if score < lowest:
                        continue
                    far = sum(map(self._distance, chosen, cells))
                    if best is None or (far, chosen, cells) < best[:3]:
                        best = (far, chosen, cells, score)
            if best is not None:
                _, chosen, cells, score = best
                return tuple(map(self._step, chosen, cells)), score
        return None

    def _moves(self, name: str) -> list[tuple[int, ...]]:
        """Return what the variable may become: the cells of each axis for every stretch of values.

        From missing only to the stretch that gives least, since nobody knows the value.
        """
        stretches = _stretches(self.axes[name])
        now = self.now[name]
        first = self.axes[name][0]
        if now[0] >= first.parts:
            if now[0] != first.missing:
                return []  # a special code, or a category never seen: no way to change is known
            worst = min(stretches, key=lambda cells: (self._score({name: cells}), cells))
            return [worst] if self._score({name: worst}) > self._score({}) else []
        return [cells for cells in stretches if cells != now]

    def _score(self, changed: Mapping[str, tuple[int, ...]]) -> int:
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

    def _distance(self, name: str, cells: tuple[int, ...]) -> int:
        first = self.axes[name][0]
        if first.kind != NUMBER or self.now[name][0] >= first.parts:
            return 1
        return sum(abs(a - b) for a, b in zip(cells, self.now[name], strict=True))

    def _step(self, name: str, cells: tuple[int, ...]) -> Step:
        variable, first = self.card.variable[name], self.axes[name][0]
        now = self.now[name][0]
        label = label_of(variable)
        if now >= first.parts:
            return Step(name, now, None, _SUPPLY.fill(label=label))
        told = _CHANGE.fill(
            label=label,
            now=cell_text(first, now, variable.unit),
            then=cell_text(first, cells[0], variable.unit),
        )
        return Step(name, now, cells[0], told)


def _stretches(axes: Sequence[Axis]) -> list[tuple[int, ...]]:
    """Return the cells of every axis for each stretch of real values that no axis cuts."""
    if axes[0].kind == NUMBER:
        cuts = sorted({cut for axis in axes for cut in axis.cuts})
        inside = [*cuts, float("inf")]
        found = [tuple(cell_of(axis)(value) for axis in axes) for value in inside]
    else:
        texts = dict.fromkeys(text for axis in axes for group in axis.groups for text in group)
        found = [tuple(cell_of(axis)(text) for axis in axes) for text in texts]
    return [
        cells
        for cells in dict.fromkeys(found)
        if all(cell < axis.parts for cell, axis in zip(cells, axes, strict=True))
    ]

"""Gathering the answers of one file, with everything wrong in it.

Owns `Collector`: items and groups by code or name, pairs of a list put together by expert and
group, the checks of a whole answer. Rules: a problem names file, line and cell, and the sheet where
a file has several; an answer with a
problem is left out whole; an answer nobody wrote anything into is no answer and no problem.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from tallystick.evaluation.ahp import faults
from tallystick.evaluation.ahp.hierarchy import Layer
from tallystick.evaluation.ahp.judgments import (
    ITEMS_MAX,
    Judgments,
    Pair,
    components,
    read_judgment,
)
from tallystick.evaluation.ahp.questionnaires import Answer, reordered
from tallystick.kernel.decimals import decimal_of
from tallystick.kernel.errors import Problem, Reason, TallyError

LABEL_CHARS_MAX = 60
_LABEL_CHARS_READ = 4 * LABEL_CHARS_MAX  # a number that begins within the label ends within these
EXPERT_WEIGHT_MAX = 1_000
_LETTERS = 26


class Position(NamedTuple):
    """A cell: its line (1-based) and its column (0-based)."""

    line: int
    column: int

    @property
    def cell(self) -> str:
        """The name a spreadsheet gives the cell, such as C2."""
        letters, rest = "", self.column + 1
        while rest:
            rest, last = divmod(rest - 1, _LETTERS)
            letters = chr(ord("A") + last) + letters
        return f"{letters}{self.line}"


@dataclass
class _Started:
    """What one expert said of one group so far."""

    line: int
    weight: Fraction
    sheet: str
    pairs: dict[tuple[str, str], tuple[Fraction, int]] = field(default_factory=dict)
    items: dict[str, None] = field(default_factory=dict)
    spoiled: bool = False


class Collector:
    """The answers and problems of one file; `layers` are the groups of the scheme it answers.

    sheet: which one is being read, "" for a file that has one only.
    """

    def __init__(self, file: str, layers: Sequence[Layer], personal: Callable[[str], bool]) -> None:
        self.file = file
        self.layers = layers
        self.personal = personal
        self.sheet = ""
        self.problems: list[Problem] = []
        self._answers: list[Answer] = []
        self._started: dict[tuple[str, str], _Started] = {}
        self._renamed: dict[str, str] = {}

    def report(self, reason: Reason, at: Position, **facts: object) -> None:
        """Write down one problem."""
        field = _field(self.sheet, at)
        self.problems.append(reason.problem(file=self.file, line=at.line, field=field, **facts))

    def fault(self, fault: TallyError, at: Position) -> None:
        """Write down a fault as a problem."""
        field = _field(self.sheet, at)
        self.problems.append(fault.problem(file=self.file, line=at.line, field=field))

    def label(self, expert: str, at: Position) -> str:
        """Return the label of an expert; a running one where it holds a personal number."""
        if expert in self._renamed:
            return self._renamed[expert]
        told = expert.strip()[:_LABEL_CHARS_READ]
        label = told[:LABEL_CHARS_MAX]
        if label and self.personal(told):
            self.report(faults.PERSONAL_LABEL, at)
            label = f"expert #{len(self._renamed) + 1}"
            self._renamed[expert] = label
        return label

    # -- groups and items -------------------------------------------------------------------------

    def layer(self, group: str, items: Sequence[str], at: Position) -> Layer | None:
        """Return the group of the scheme that `group` names, or that has these items.

        None without a scheme, and after a complaint.
        """
        if not self.layers:
            return None
        if group:
            found = next((one for one in self.layers if _called(one.name, one.names, group)), None)
        else:
            found = next(
                (
                    one
                    for one in self.layers
                    if {_code(one, item) for item in items} == set(one.items)
                ),
                None,
            )
        if found is None:
            known = ", ".join(one.name for one in self.layers)
            self.report(faults.UNKNOWN_GROUP, at, known=known)
        return found

    def item(self, layer: Layer | None, name: str) -> str:
        """Return the code of the item `name` in `layer`; without a layer the name itself."""
        return name if layer is None else _code(layer, name)

    # -- lists of pairs ---------------------------------------------------------------------------

    def pair(self, told: Mapping[str, str], line: int, columns: Mapping[str, int]) -> None:
        """Take one line of a list: expert, weight, group, a, b, judgment."""

        def at(name: str) -> Position:
            return Position(line, columns.get(name, 0))

        label = self.label(told["expert"], at("expert"))
        before = len(self.problems)
        layer = self._layer_of_pair(told, at("group"))
        group = layer.name if layer else told["group"]
        weight = weight_of(told["weight"], at("weight"), self)
        started = self._started.setdefault((label, group), _Started(line, weight, self.sheet))
        if started.weight != weight:
            self.report(faults.EXPERT_WEIGHT, at("weight"))
        pair = (self.item(layer, told["a"]), self.item(layer, told["b"]))
        known = layer.items if layer else ()
        for name, item in zip(("a", "b"), pair, strict=True):
            if not item:
                self.report(faults.ITEM_NAME_MISSING, at(name), position=at(name).column + 1)
            elif self.layers and item not in known and layer is not None:
                facts = {"group": group, "known": ", ".join(known)}
                position = at(name).column + 1
                self.report(faults.UNKNOWN_COMPARED, at(name), position=position, **facts)
        if pair[0] and pair[0] == pair[1]:
            self.report(faults.PAIR_WITH_ITSELF, at("b"), a=pair[0])
        value = None
        try:
            value = read_judgment(told["judgment"])
        except TallyError as fault:
            self.fault(fault, at("judgment"))
        started.items.update(dict.fromkeys(pair))
        if value is not None:
            self._keep(started, pair, value, at("b"))
        started.spoiled = started.spoiled or len(self.problems) > before

    def _layer_of_pair(self, told: Mapping[str, str], at: Position) -> Layer | None:
        if not self.layers or told["group"]:
            return self.layer(told["group"], (), at)
        inside = [
            one
            for one in self.layers
            if {_code(one, told["a"]), _code(one, told["b"])} <= set(one.items)
        ]
        return inside[0] if inside else self.layer("", (told["a"], told["b"]), at)

    def _keep(
        self, started: _Started, pair: tuple[str, str], value: Fraction, at: Position
    ) -> None:
        known = started.pairs.get(pair) or started.pairs.get((pair[1], pair[0]))
        if known is not None:
            self.report(faults.PAIR_TWICE, at, a=pair[0], b=pair[1], first=known[1])
            return
        started.pairs[pair] = (value, at.line)

    # -- whole answers ----------------------------------------------------------------------------

    def add(self, answer: Answer, line: int) -> None:
        """Take a whole answer that began in `line`, if its judgments hold together."""
        judged = answer.judgments
        layer = next((one for one in self.layers if one.name == answer.group), None)
        if layer is not None and set(layer.items) == set(judged.items):
            judged = reordered(judged, layer.items)
        if not judged.connected:
            parts = components(len(judged.items), judged.pairs)
            listed = " | ".join(", ".join(judged.items[n] for n in part) for part in parts)
            self.report(faults.NOT_CONNECTED, Position(line, 0), parts=listed)
            return
        self._answers.append(answer._replace(judgments=judged, line=line, sheet=self.sheet))

    def finished(self) -> tuple[list[Answer], list[Problem]]:
        """Return the answers in order and all problems of the file."""
        for (label, group), started in self._started.items():
            if started.spoiled or not started.pairs:
                continue
            self.sheet = started.sheet
            layer = next((one for one in self.layers if one.name == group), None)
            items = layer.items if layer else tuple(started.items)
            if len(items) > ITEMS_MAX:
                at = Position(started.line, 0)
                self.report(faults.TOO_MANY_ITEMS, at, most=ITEMS_MAX)
                continue
            judged = Judgments(items, _placed(started.pairs, items))
            self.add(Answer(label, group, judged, started.weight, self.file), started.line)
        if not self._answers and not self.problems:
            self.sheet = ""
            reason = faults.NOTHING_FILLED_IN if self._started else faults.NO_HEADER_OF_PAIRS
            self.report(reason, Position(1, 0))
        return self._answers, self.problems


def _field(sheet: str, at: Position) -> str:
    """Return sheet and cell as a spreadsheet writes them: `Sheet!C5`, or the cell alone."""
    if not sheet:
        return at.cell
    plain = sheet.replace("_", "").isalnum()
    named = sheet if plain else "'" + sheet.replace("'", "''") + "'"
    return f"{named}!{at.cell}"


def _placed(
    pairs: Mapping[tuple[str, str], tuple[Fraction, int]], items: Sequence[str]
) -> dict[Pair, Fraction]:
    place = {item: n for n, item in enumerate(items)}
    found: dict[Pair, Fraction] = {}
    for (a, b), (value, _) in pairs.items():
        i, j = place[a], place[b]
        found[min(i, j), max(i, j)] = value if i < j else 1 / value
    return dict(sorted(found.items()))


def _called(code: str, names: tuple[str, str], word: str) -> bool:
    return word.lower() in {code.lower(), names[0].lower(), names[1].lower()}


def _code(layer: Layer, word: str) -> str:
    """Return the code of the item `word` names by code or name, `word` itself for none."""
    for code, names in zip(layer.items, layer.item_names, strict=True):
        if _called(code, names, word):
            return code
    return word


def weight_of(text: str, at: Position, collector: Collector) -> Fraction:
    """Return the weight of an expert, 1 where none is given or after a complaint."""
    if not text.strip():
        return Fraction(1)
    try:
        weight = Fraction(decimal_of(text.strip()))
    except TallyError:
        weight = Fraction(0)
    if 0 < weight <= EXPERT_WEIGHT_MAX:
        return weight
    collector.report(faults.EXPERT_WEIGHT, at)
    return Fraction(1)

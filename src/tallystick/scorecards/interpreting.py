"""The reference: what a card says about one organisation, in plain Python.

Owns `Interpreter`, by which every other engine is judged. Rules: a value becomes the nearest
double before it is compared; None, NaN and an empty text are missing; a special code is looked at
first; what is no number in a variable of numbers is refused, and the refusal never repeats it; an
organisation without a column of the card is refused, since nobody would see the difference to a
value that is missing.

    >>> Interpreter(card).one({"margin": Decimal("0.12"), "sector": "C"}).score
    612
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from decimal import Decimal
from numbers import Real
from typing import Any, NamedTuple

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.scorecards.document import NUMBER, TREES, Axis, Band, Card, Term

VALUE_ABSENT = Reason(
    "value_absent",
    Text("没有给出变量 {variable}", "the variable {variable} is not given"),
    "docs/spec/scorecard.md",
    Text("缺失的值请给空值。", "Give it, empty where it is missing."),
)
NOT_A_NUMBER = Reason(
    "not_a_number",
    Text("变量 {variable} 的值不是数", "the value of {variable} is no number"),
    "docs/spec/scorecard.md",
    Text("请给数，或给空值。", "Give a number, or nothing."),
)


class Reading(NamedTuple):
    """What a card says about one organisation.

    raw, score: integers. pd_ppm: probability of bad in millionths, None where none is stated.
    band: its code, "" without bands. cells, points: by term, in the order of the card; empty for
    trees.
    """

    raw: int
    score: int
    pd_ppm: int | None
    band: str
    cells: tuple[int, ...] = ()
    points: tuple[int, ...] = ()


def number_of(value: object, variable: str) -> float:
    """Return a value as the nearest double, NaN where it is missing. Raises: NOT_A_NUMBER."""
    kind = type(value)
    if kind is float:
        return value  # type: ignore[return-value]  # just seen
    if value is None or value == "":
        return float("nan")
    try:
        if kind is int or isinstance(value, Decimal):
            return _double(value)  # type: ignore[arg-type]  # just seen
        if isinstance(value, str) and value.isascii() and "_" not in value:
            return float(value)
        if isinstance(value, Real) and kind is not bool:
            return float(value)
    except ValueError:  # of a text, and of a signalling NaN
        pass
    raise NOT_A_NUMBER.error(variable=variable)


def _double(value: int | Decimal) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def cell_of(axis: Axis) -> Callable[[Any], int]:
    """Return the function from a value of the axis' variable to its cell."""
    missing = axis.missing
    if axis.kind == NUMBER:
        cuts, codes, name = axis.cuts, axis.codes, axis.variable

        def of_number(value: object) -> int:
            x = number_of(value, name)
            if x != x:  # noqa: PLR0124 - NaN
                return missing
            found = codes.get(x) if codes else None
            return bisect_left(cuts, x) if found is None else found

        return of_number
    places, otherwise = axis.places, axis.otherwise

    def of_text(value: object) -> int:
        if value is None or value == "" or value != value:  # noqa: PLR0124 - NaN
            return missing
        return places.get(value if isinstance(value, str) else str(value), otherwise)

    return of_text


def band_of(bands: tuple[Band, ...], score: int) -> str:
    """Return the code of the band of a score, "" without bands; bands stand worst first."""
    code = ""
    for band in bands:
        if band.lowest is None or score >= band.lowest:
            code = band.code
    return code


class Interpreter:
    """A card ready to be read. One score of fifty variables takes some tens of microseconds."""

    def __init__(self, card: Card) -> None:
        self.card = card
        self._terms = [_prepared(term) for term in card.terms]
        self._trees: Any = None
        if card.kind == TREES and card.ensemble is not None:
            from tallystick.scorecards.trees import TreeReader  # noqa: PLC0415 - not for points

            self._trees = TreeReader(card.ensemble)
            self._codes = {
                name: {one: float(code) for one, code in codes.items()}
                for name, codes in card.ensemble.encodings.items()
            }

    def one(self, row: Mapping[str, Any]) -> Reading:
        """Return what the card says. Raises: VALUE_ABSENT, NOT_A_NUMBER."""
        try:
            if self._trees is not None:
                return self._read(self._trees.raw(self.inputs(row)), (), ())
            raw = self.card.offset
            cells, points = [], []
            for variable, first, second, size, table in self._terms:
                cell = first(row[variable])
                if second is not None:
                    cell = cell * size + second[1](row[second[0]])
                cells.append(cell)
                points.append(table[cell])
                raw += table[cell]
        except KeyError as absent:
            raise VALUE_ABSENT.error(variable=absent.args[0]) from None
        return self._read(raw, tuple(cells), tuple(points))

    def inputs(self, row: Mapping[str, Any]) -> list[float]:
        """Return what the trees see: doubles in the order of the ensemble, NaN where missing."""
        ensemble = self.card.ensemble
        return [
            self._codes[name].get(_text(row[name]), float("nan"))
            if name in self._codes
            else number_of(row[name], name)
            for name in (ensemble.inputs if ensemble is not None else ())
        ]

    def _read(self, raw: int, cells: tuple[int, ...], points: tuple[int, ...]) -> Reading:
        outcome = self.card.outcome
        at = bisect_left(outcome.upper, raw)
        score = outcome.score[at] if outcome.score else raw
        pd = outcome.pd_ppm[at] if outcome.pd_ppm else None
        return Reading(raw, score, pd, band_of(self.card.bands, score), cells, points)


def _text(value: object) -> str:
    missing = value is None or value != value  # noqa: PLR0124 - NaN
    return "" if missing else value if isinstance(value, str) else str(value)


def _prepared(term: Term) -> tuple[Any, ...]:
    """Return variable, function of the first axis, the second's, its size, points by cell."""
    first = term.axes[0]
    if len(term.axes) == 1:
        return first.variable, cell_of(first), None, 1, term.points
    second = term.axes[1]
    return (
        first.variable,
        cell_of(first),
        (second.variable, cell_of(second)),
        second.size,
        term.points,
    )

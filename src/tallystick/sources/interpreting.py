"""Chunks to drafts: the part of an import that any process can do.

Owns the order in which a row is judged: whom it is about, what its cells say, what must be masked,
what it becomes. Rules: pure (the same chunk gives the same answer in any process); a row is taken
whole or not at all, since a record that leaves out what could not be read says something else than
its document; every row not taken is counted by its reason and is a problem with its line.

    >>> interpret(chunk).drafts[0].item
    'penalty.decision'
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final

from tallystick.kernel.errors import Problem, Reason
from tallystick.kernel.identifiers import BAD_LEI, BAD_USCC, NO_USCC, normalise
from tallystick.sources import reasons
from tallystick.sources.doubts import doubts
from tallystick.sources.drafts import Channel, Interpreted, RawChunk
from tallystick.sources.facts import MAKERS, Maker, Row
from tallystick.sources.grants import grant_of
from tallystick.sources.masking import mask, may_hold_number
from tallystick.sources.people import refusal_of
from tallystick.sources.profiles import RATIO_MARK, Column, profile_of
from tallystick.sources.values import (
    ABSENT,
    UNIT_IN_CELL,
    UNIT_OPEN,
    UNREADABLE_CELL,
    Convert,
    converter_for,
    is_bare_amount,
)

_PLANS_MAX: Final = 64
_UNREADABLE_MARK: Final = "\ufffd"
_BETWEEN: Final = "\x1f"
_FAULTS: Final[dict[str, Reason]] = {
    "date": reasons.BAD_DATE,
    "until": reasons.BAD_DATE,
    "year": reasons.BAD_YEAR,
    "integer": reasons.BAD_INTEGER,
    "level": reasons.BAD_LEVEL,
    "decimal": reasons.BAD_AMOUNT,
    "ratio": reasons.BAD_AMOUNT,
    "boolean": reasons.BAD_BOOLEAN,
    "enum": reasons.BAD_CHOICE,
    "organ": BAD_USCC,
    "lei": BAD_LEI,
    "digest": reasons.BAD_DIGEST,
}
_TEXTS: Final = ("text", "list", "name")


@dataclass(frozen=True, slots=True)
class _Step:
    """How one cell is read: its place, the field it fills, how, and the column it is of."""

    place: int
    field: str
    convert: Convert
    column: Column
    unit: str


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the rows of chunks with the same columns are read.

    subject: code of the column of the organisation's code. example: the code of the fictional
    organisation in the example row of the template. *_at: places, -1 for none. texts: takes
    the cells of free text out of a row. text_fields: the fields they fill.
    """

    channel: Channel
    make: Maker
    subject: str
    example: str
    subject_at: int
    name_at: int
    party_at: int
    party_of: Convert
    steps: tuple[_Step, ...]
    quick: tuple[tuple[int, str, Convert], ...]
    required: frozenset[str]
    texts: Callable[[Sequence[str]], tuple[str, ...]]
    text_fields: tuple[str, ...]


def interpret(chunk: RawChunk, *, sample: bool = False) -> Interpreted:
    """Return what a chunk says: drafts, grants, problems, and counts of what was not taken.

    sample: whether it is read for a sample workspace, which takes the codes kept for samples.
    """
    plan = _plan(chunk.source, chunk.form, chunk.columns)
    out = Interpreted()
    take_grants = chunk.source == "roster"
    for line, cells in zip(chunk.lines, chunk.rows, strict=True):
        subject = normalise(cells[plan.subject_at])
        name = cells[plan.name_at] if plan.name_at >= 0 else ""
        party = plan.party_of(cells[plan.party_at]) if plan.party_at >= 0 else None
        reason = refusal_of(subject, party, name, sample=sample)
        if reason is not None:
            if reason is not NO_USCC or any(map(str.strip, cells)):
                _refuse(out, chunk.file, line, reason, plan.subject)
            continue
        values = _values(plan, cells)
        if values is None:
            out.unread.append(subject)
            _explain(out, plan, chunk.file, line, cells)
            continue
        joined = _BETWEEN.join(plan.texts(cells))
        if may_hold_number(joined):
            _mask(out, plan, values)
        if _UNREADABLE_MARK in joined:
            out.unread.append(subject)
            _refuse(out, chunk.file, line, reasons.ROW_UNREADABLE)
            continue
        made = plan.make(Row(subject, line, chunk.form, plan.channel, values))
        if isinstance(made, Reason):
            out.unread.append(subject)
            _refuse(out, chunk.file, line, made)
            continue
        out.drafts.extend(made)
        for draft in made:
            for doubt, field in doubts(draft.item, draft.data):
                out.problems.append(doubt.problem(file=chunk.file, line=line, field=field))
        if subject == plan.example:
            problem = reasons.EXAMPLE_ROW.problem(file=chunk.file, line=line, field=plan.subject)
            out.problems.append(problem)
        if take_grants:
            _take_grant(out, chunk.file, line, subject, values)
    return out


def _values(plan: _Plan, cells: Sequence[str]) -> dict[str, Any] | None:
    """Return the values of a row by field, None where a cell cannot be read or is missing."""
    values: dict[str, Any] = {}
    for place, field, convert in plan.quick:
        cell = cells[place]
        if cell:
            value = convert(cell)
            if value is UNREADABLE_CELL:
                return None
            if value is not ABSENT:
                values[field] = value
    return values if plan.required <= values.keys() else None


def _explain(out: Interpreted, plan: _Plan, file: str, line: int, cells: Sequence[str]) -> None:
    """Add a problem for every cell that stopped a row; the row is refused by the first."""
    found: list[tuple[Reason, Column]] = []
    filled: set[str] = set()
    for step in plan.steps:
        value = step.convert(cells[step.place]) if cells[step.place] else ABSENT
        if value is UNREADABLE_CELL:
            found.append((_fault_of(step, cells[step.place]), step.column))
        if value is not ABSENT:
            filled.add(step.field)
    for step in plan.steps:
        if step.field in plan.required - filled:
            found.append((reasons.EMPTY_CELL, step.column))
            filled.add(step.field)
    out.refused[found[0][0].code] += 1
    for reason, column in found:
        out.problems.append(
            reason.problem(file=file, line=line, field=column.code, column=column.names)
        )


def _fault_of(step: _Step, cell: str) -> Reason:
    """Return why a cell cannot be read; an amount may lack nothing but its unit."""
    if step.unit in (UNIT_OPEN, UNIT_IN_CELL) and is_bare_amount(cell):
        return reasons.UNIT_UNKNOWN
    return _FAULTS.get(step.column.kind, reasons.BAD_TEXT)


def _refuse(out: Interpreted, file: str, line: int, reason: Reason, field: str = "") -> None:
    out.refused[reason.code] += 1
    problem = Problem(file, line, field, reason.code, reason.text, reason.rule, reason.remedy)
    out.problems.append(problem)


def _mask(out: Interpreted, plan: _Plan, values: dict[str, Any]) -> None:
    """Mask personal numbers in every free text of a row, in place, and count them."""
    for field in plan.text_fields:
        value = values.get(field)
        if value is None:
            continue
        if type(value) is str:
            if may_hold_number(value):
                values[field], kinds = mask(value)
                if kinds:
                    out.dropped.update(kinds)
            continue
        if may_hold_number(_BETWEEN.join(value)):
            parts = [mask(part) for part in value]
            values[field] = tuple(part for part, _ in parts)
            for _, kinds in parts:
                out.dropped.update(kinds)


def _take_grant(
    out: Interpreted, file: str, line: int, subject: str, values: dict[str, Any]
) -> None:
    grant = grant_of(subject, line, values)
    if isinstance(grant, Reason):
        out.problems.append(grant.problem(file=file, line=line, field="consent_digest"))
    elif grant is not None:
        out.grants.append(grant)


@lru_cache(_PLANS_MAX)
def _plan(source: str, form: str, columns: tuple[tuple[str, str], ...]) -> _Plan:
    """Return how rows with these columns are read. Remembered: chunks come with the same ones."""
    profile = profile_of(source)
    of_place = [(place, profile.column(code), unit) for place, (code, unit) in enumerate(columns)]
    steps: list[_Step] = []
    taken: set[str] = set()
    for place, column, unit in of_place:
        if column.kind in ("uscc", "party") or not column.field:
            continue
        field = _field_of(column)
        if field in taken:
            field = f"{field} 2"
        taken.add(field)
        convert = converter_for(column.kind, unit or column.unit, column.choices)
        steps.append(_Step(place, field, convert, column, unit))
    at = {column.kind: place for place, column, _ in of_place}
    required = {_field_of(column) for column in profile.of_form(form) if column.required}
    texts = [step for step in steps if step.column.kind in _TEXTS]
    return _Plan(
        channel=profile.channel,
        make=MAKERS[source],
        subject=columns[at["uscc"]][0],
        example=profile.column(columns[at["uscc"]][0]).example,
        subject_at=at["uscc"],
        name_at=at.get("name", -1),
        party_at=at.get("party", -1),
        party_of=_party_reader(of_place),
        steps=tuple(steps),
        quick=tuple((step.place, step.field, step.convert) for step in steps),
        required=frozenset(required - {"subject"}),
        texts=_taker([step.place for step in texts]),
        text_fields=tuple(step.field for step in texts),
    )


def _field_of(column: Column) -> str:
    if column.kind == "ratio":
        return f"ratio.{column.code.removeprefix(RATIO_MARK)}"
    return column.field


def _party_reader(of_place: Sequence[tuple[int, Column, str]]) -> Convert:
    choices = next((column.choices for _, column, _ in of_place if column.kind == "party"), ())
    return converter_for("party", "", choices)


def _taker(places: Sequence[int]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """Return what takes the cells at `places` out of a row."""
    if len(places) > 1:
        taker: Callable[[Sequence[str]], tuple[str, ...]] = itemgetter(*places)
        return taker
    return lambda cells: tuple(cells[place] for place in places)

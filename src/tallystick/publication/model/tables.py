"""The tables of a model: each variable with its cells, and how the model was made.

Owns the printable card. Rules: variables stand by how far their points reach, with an index first;
every cell stands there, those for missing, special codes and what was never seen too; what was
dropped or done to the data is listed with the reason; a model of trees says that it does not print.
"""

from __future__ import annotations

import json
from collections import Counter
from itertools import islice

from tallystick.publication.charts import Table
from tallystick.publication.charts.bars import Bar, bars
from tallystick.publication.charts.cells import Cell, cells
from tallystick.publication.charts.heat import heat
from tallystick.publication.model.by_hand import worked
from tallystick.publication.model.chosen import chosen
from tallystick.publication.model.panel import panel
from tallystick.publication.model.tracing import traceability
from tallystick.publication.model.words import (
    CELL_HEADS,
    DROPPED,
    DROPPED_HEADS,
    HOW_TO,
    INDEX,
    INDEX_HEADS,
    LIBRARIES,
    MADE,
    MADE_ROWS,
    NOT_SIGN,
    NOT_STATED,
    PAIR,
    PAIR_HEADS,
    SETTINGS,
    SPLITS,
    TABLES,
    TREATMENTS,
    TREES,
    WOE_SIGN,
)
from tallystick.publication.pages import Block, Figure, Grid, Heading, Pairs, Paragraph, Section
from tallystick.scorecards.document import TREES as OF_TREES
from tallystick.scorecards.document import Card, Ensemble, Term
from tallystick.scorecards.sentences import cell_text, label_of

PICTURE_CELLS_MAX = 16
PAIR_CELLS_SHOWN = 400
PAIR_COLUMNS_MAX = 7
BARS_MAX = 20
_SPLITS = "split_feature="
_PLACES = 4


def sections(card: Card, language: str) -> list[Section]:
    """Return the index of variables, and the tables."""
    if card.kind == OF_TREES and card.ensemble is not None:
        told = TREES.fill(
            trees=len(card.ensemble.leaf_ppm),
            leaves=sum(map(len, card.ensemble.leaf_ppm)),
            digest=card.ensemble.digest,
        )
        blocks: list[Block] = [Paragraph(told.in_language(language), "warning")]
        blocks += _splits(card, card.ensemble, language)
        return [Section("tables", TABLES.in_language(language), tuple(blocks))]
    ordered = sorted(card.terms, key=lambda term: (-_reach(term), term.code))
    blocks = [Paragraph(HOW_TO.fill(offset=card.offset).in_language(language))]
    blocks.append(
        Paragraph((WOE_SIGN if _has_woe(card) else NOT_SIGN).in_language(language), "soft")
    )
    blocks += worked(card, language)
    blocks += _index(card, ordered, language)
    for place, term in enumerate(ordered, 1):
        blocks += _table(card, term, place, language)
    return [Section("tables", TABLES.in_language(language), tuple(blocks))]


def _splits(card: Card, ensemble: Ensemble, language: str) -> list[Block]:
    """Return how often the trees ask for each variable: what their text says by itself."""
    lines = ensemble.text.splitlines()
    asked = [one for one in lines if one.startswith(_SPLITS)]
    counted = Counter(int(at) for one in asked for at in one.removeprefix(_SPLITS).split())
    order = sorted(range(len(ensemble.inputs)), key=lambda at: (-counted[at], at))
    labels = [label_of(card.variable[name]).in_language(language) for name in ensemble.inputs]
    rows = [Bar(labels[at], str(counted[at])) for at in order]
    title = SPLITS.in_language(language)
    heads = (INDEX_HEADS[1].in_language(language), title)
    table = Table(heads, tuple((one.name, one.value) for one in rows))
    return [
        Heading(title),
        Figure(bars(rows[:BARS_MAX], title, language, ident="splits"), tabled=True),
        Grid(table, (5, 3), right=(1,)),
    ]


def _has_woe(card: Card) -> bool:
    return any(term.woe for term in card.terms)


def _reach(term: Term) -> int:
    held = [p for p, n in zip(term.points, term.counts, strict=False) if n] or list(term.points)
    return max(held) - min(held)


def _name(card: Card, term: Term, language: str) -> str:
    labels = []
    for name in term.variables:
        label = label_of(card.variable[name]).in_language(language)
        labels.append(label if label == name else f"{label} ({name})")
    return " × ".join(labels)


def _index(card: Card, ordered: list[Term], language: str) -> list[Block]:
    rows = tuple(
        (str(place), _name(card, term, language), str(_reach(term)))
        for place, term in enumerate(ordered, 1)
    )
    heads = tuple(one.in_language(language) for one in INDEX_HEADS)
    title = INDEX.in_language(language)
    drawn = [Bar(name, reach) for _, name, reach in rows[:BARS_MAX]]
    return [
        Heading(title),
        Figure(bars(drawn, title, language, ident="reach"), tabled=True),
        Grid(Table(heads, rows), (1, 6, 2), right=(2,)),
    ]


def _table(card: Card, term: Term, place: int, language: str) -> list[Block]:
    heading = Heading(f"{place}. {_name(card, term, language)}")
    if len(term.axes) > 1:
        return [heading, *_pair(card, term, place, language)]
    axis = term.axes[0]
    unit = card.variable[axis.variable].unit
    names = [cell_text(axis, cell, unit).in_language(language) for cell in range(axis.size)]
    counts = term.counts or (0,) * axis.size
    bads = term.bads or (0,) * axis.size
    whole = sum(counts) or 1
    rates = [_share(bad, n) if n and term.bads else "" for bad, n in zip(bads, counts, strict=True)]
    rows = tuple(
        (
            names[at],
            f"{counts[at]:,}",
            _share(counts[at], whole),
            f"{bads[at]:,}",
            rates[at] or "-",
            _woe(term, at),
            f"{term.points[at]:+d}",
        )
        for at in range(axis.size)
    )
    # Where nobody knew outcomes, or no evidence was weighed, a column of dashes says nothing.
    shown = (0, 1, 2, *((3, 4) if term.bads else ()), *((5,) if term.woe else ()), 6)
    heads = tuple(CELL_HEADS[at].in_language(language) for at in shown)
    told = tuple(tuple(row[at] for at in shown) for row in rows)
    widths = tuple(2 if at else 4 for at in shown)
    grid = Grid(Table(heads, told), widths, right=tuple(range(1, len(shown))))
    if axis.size > PICTURE_CELLS_MAX or not term.counts:
        return [heading, grid]
    drawn = [Cell(names[at], counts[at], rates[at], term.points[at]) for at in range(axis.size)]
    title = _name(card, term, language)
    return [
        heading,
        Figure(cells(drawn, title, language, ident=f"cells{place}"), tabled=True),
        grid,
    ]


def _woe(term: Term, at: int) -> str:
    return f"{float(term.woe[at]):+.4f}" if term.woe else "-"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.{_PLACES}f}"


def _pair(card: Card, term: Term, place: int, language: str) -> list[Block]:
    second = term.axes[1]
    down, across = (
        [
            cell_text(axis, at, card.variable[axis.variable].unit).in_language(language)
            for at in range(axis.size)
        ]
        for axis in term.axes
    )
    if second.size <= PAIR_COLUMNS_MAX:
        title = _name(card, term, language)
        return [Figure(heat(down, across, term.points, title, language, ident=f"pair{place}"))]
    rows = []
    for (a, b), points in islice(zip(term.cells(), term.points, strict=True), PAIR_CELLS_SHOWN):
        rows.append((down[a], across[b], f"{points:+d}"))
    heads = tuple(one.in_language(language) for one in PAIR_HEADS)
    blocks: list[Block] = [Grid(Table(heads, tuple(rows)), (4, 4, 2), right=(2,))]
    if len(term.points) > PAIR_CELLS_SHOWN:
        told = PAIR.fill(shown=PAIR_CELLS_SHOWN, all=len(term.points))
        blocks.append(Paragraph(told.in_language(language), "soft"))
    return blocks


def making(card: Card, digest: str, language: str) -> Section:
    """Return how the model was made: data, treatments, what was dropped, settings, environment."""
    record = card.record
    environment = record.get("environment") or {}
    said = {
        "digest": digest,
        "data": card.training.digest or "-",
        "seed": str(record.get("seed", "-")),
        "day": environment.get("fitted_on") or NOT_STATED.in_language(language),
        "python": environment.get("python", "-"),
        "machine": f"{environment.get('machine', '-')}, {environment.get('system', '-')}",
        "tallystick": environment.get("tallystick", "-"),
    }
    blocks: list[Block] = [
        Pairs(tuple((MADE_ROWS[name].in_language(language), one) for name, one in said.items())),
    ]
    libraries = ", ".join(f"{name} {version}" for name, version in environment.get("libraries", []))
    if libraries:
        blocks.append(Paragraph(LIBRARIES.fill(libraries=libraries).in_language(language), "soft"))
    blocks += panel(card, language)
    blocks += chosen(card, language)
    blocks += traceability(card, language)
    heads = tuple(one.in_language(language) for one in DROPPED_HEADS)
    for title, found in ((TREATMENTS, record.get("treatments")), (DROPPED, record.get("dropped"))):
        if found:
            rows = tuple((one["column"] or "-", one[language]) for one in found)
            blocks += [Heading(title.in_language(language)), Grid(Table(heads, rows), (2, 6))]
    if card.settings:
        blocks.append(Heading(SETTINGS.in_language(language)))
        blocks.append(
            Paragraph(json.dumps(card.settings, ensure_ascii=False, sort_keys=True), "soft")
        )
    return Section("making", MADE.in_language(language), tuple(blocks))

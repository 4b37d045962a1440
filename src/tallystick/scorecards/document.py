"""The scorecard document: a fitted or written model as plain, frozen data.

Owns the shape of a card. Rules: every number that decides is an integer or a decimal string, so
that reading and writing back changes no byte and no engine rounds; every case of a variable has a
cell of its own: the bins or groups, each special code, missing and, for categories, else; NaN is
missing; a value is compared as the nearest IEEE 754 double, `x <= threshold` falls into the bin
the threshold closes; minus zero is zero, infinities fall into the end bins. A higher score is
better; WoE is ln(share of good / share of bad), so that a positive one is better too.

    raw(x) = offset + sum over terms of points[cell(x)]              (kind "points")
    raw(x) = offset + sum over trees of leaf_ppm[tree][leaf(x)]      (kind "trees")

`outcome` turns raw into score and probability of bad by a sealed step table of integers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any, Literal

NUMBER: Literal["number"] = "number"
CATEGORY: Literal["category"] = "category"
POINTS: Literal["points"] = "points"
TREES: Literal["trees"] = "trees"
ROUTES = ("expert", "ahp", "linear", "logistic", "additive", "boosted")
FORMAT = 1
PPM = 1_000_000


@dataclass(frozen=True)
class Variable:
    """One column a card reads.

    item: the catalogue item it comes from, "" if none is stated. unit: "" for a ratio or a code.
    direction: what is expected of the score as the value grows: "up", "down" or "" (unknown).
    actionable: whether the organisation can change it by lawful, honest conduct; only such
    variables are ever proposed as a change.
    """

    name: str
    kind: Literal["number", "category"]
    zh: str = ""
    en: str = ""
    unit: str = ""
    item: str = ""
    direction: str = ""
    actionable: bool = False


@dataclass(frozen=True)
class Axis:
    """How one variable is cut into cells.

    thresholds: rising doubles as shortest round-trip decimal strings (numbers only); bin i holds
    thresholds[i-1] < x <= thresholds[i]. groups: sets of categories (categories only).
    special: codes with a cell of their own, tested before everything else: decimal strings of
    doubles for numbers, texts for categories.
    Cells in their fixed order: bins or groups, specials, missing, and for categories else.
    """

    variable: str
    kind: Literal["number", "category"]
    thresholds: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    special: tuple[str, ...] = ()

    @property
    def parts(self) -> int:
        """Number of bins or groups."""
        return len(self.thresholds) + 1 if self.kind == NUMBER else len(self.groups)

    @property
    def missing(self) -> int:
        """Cell of a missing value."""
        return self.parts + len(self.special)

    @property
    def otherwise(self) -> int:
        """Cell of a category never seen (categories only)."""
        return self.missing + 1

    @property
    def size(self) -> int:
        """Number of cells."""
        return self.missing + (1 if self.kind == NUMBER else 2)

    @cached_property
    def cuts(self) -> tuple[float, ...]:
        """The thresholds as doubles."""
        return tuple(map(float, self.thresholds))

    @cached_property
    def codes(self) -> dict[float, int]:
        """The cell of each special number."""
        return {float(code): self.parts + at for at, code in enumerate(self.special)}

    @cached_property
    def places(self) -> dict[str, int]:
        """The cell of each known category and special text."""
        known = {one: at for at, group in enumerate(self.groups) for one in group}
        return known | {code: self.parts + at for at, code in enumerate(self.special)}


@dataclass(frozen=True)
class Term:
    """Points by cell of one axis, or of two (then cell = first * size of second + second).

    counts, bads: organisations of the training data in each cell, and the bad ones; empty where
    there were none to count. woe: decimal strings, for reading only; empty for two axes.
    """

    axes: tuple[Axis, ...]
    points: tuple[int, ...]
    counts: tuple[int, ...] = ()
    bads: tuple[int, ...] = ()
    woe: tuple[str, ...] = ()

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of what it reads."""
        return tuple(axis.variable for axis in self.axes)

    @property
    def code(self) -> str:
        """Its name in reasons: the variables joined by " x "."""
        return " x ".join(self.variables)

    def cells(self) -> tuple[tuple[int, ...], ...]:
        """Every combination of cells, in the order of `points`."""
        return tuple(product(*(range(axis.size) for axis in self.axes)))


@dataclass(frozen=True)
class Scaling:
    """How log-odds became points: base_score at good:bad odds of base_odds, pdo doubles them."""

    base_score: int
    base_odds: str
    pdo: int
    rounding: str = "half_even"


@dataclass(frozen=True)
class Outcome:
    """From raw to score and probability of bad, as steps.

    upper: rising integers; row i holds upper[i-1] < raw <= upper[i], and one row more holds what
    is above. score: integers by row, empty where the score is raw itself (kind "points").
    pd_ppm: probability of bad in millionths by row, empty where the card states none.
    """

    upper: tuple[int, ...] = ()
    score: tuple[int, ...] = ()
    pd_ppm: tuple[int, ...] = ()


@dataclass(frozen=True)
class Band:
    """A stretch of scores: from `lowest` (None for the worst band) up to the next better one."""

    code: str
    lowest: int | None


@dataclass(frozen=True)
class Ensemble:
    """Trees as LightGBM's text. inputs: variables in the order of its features.

    encodings: for each categorical input, the double each category is given before the trees see
    it, as decimal strings; a category not listed, and missing, is NaN. leaf_ppm: by tree and leaf,
    log-odds of bad in millionths, negated so that more is better. digest: SHA-256 of text.
    """

    text: str
    digest: str
    inputs: tuple[str, ...]
    encodings: dict[str, dict[str, str]]
    leaf_ppm: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Training:
    """What it was fitted on. digest: SHA-256 of the file, "" for a card written by hand."""

    digest: str = ""
    file: str = ""
    target: str = ""
    rows: int = 0
    bads: int = 0


@dataclass(frozen=True)
class Card:
    """One scorecard document.

    bands: worst first. route_reason: {"zh", "en"}: why this route. settings: what the fit was
    asked (plain JSON). record: everything else the model record keeps: validation, limits of use,
    environment (plain JSON without floats: numbers as decimal strings).
    """

    name: str
    route: str
    kind: Literal["points", "trees"]
    variables: tuple[Variable, ...]
    terms: tuple[Term, ...] = ()
    offset: int = 0
    scaling: Scaling | None = None
    outcome: Outcome = field(default_factory=Outcome)
    bands: tuple[Band, ...] = ()
    ensemble: Ensemble | None = None
    training: Training = field(default_factory=Training)
    route_reason: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    record: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def variable(self) -> dict[str, Variable]:
        """The variables by name."""
        return {one.name: one for one in self.variables}

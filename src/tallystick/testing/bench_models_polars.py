"""A card in native Polars, as a modeller would write it by hand: what our scoring is held against.

Owns `in_polars`. A term is one chain of when/then over its thresholds or groups, the score their
sum; Polars optimises and streams it as it sees fit. For cards of one-way terms without specials.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tallystick.scorecards.document import Card, Term

if TYPE_CHECKING:
    import polars as pl


def in_polars(card: Card) -> pl.Expr:
    """Return the raw score of a row as an expression called `score`."""
    import polars as pl  # noqa: PLC0415 - heavy

    terms = [_term(term).cast(pl.Int64) for term in card.terms]
    return (pl.sum_horizontal(*terms) + card.offset).alias("score")


def _term(term: Term) -> Any:  # noqa: ANN401 - each link of a chain is of another type
    import polars as pl  # noqa: PLC0415 - heavy

    [axis], points = term.axes, term.points
    column = pl.col(axis.variable)
    if axis.kind == "number":
        chain: Any = pl.when(column.is_null() | column.is_nan()).then(points[axis.missing])
        for cut, one in zip(axis.cuts, points, strict=False):
            chain = chain.when(column <= cut).then(one)
        return chain.otherwise(points[axis.parts - 1])
    chain = pl.when(column.is_null()).then(points[axis.missing])
    texts = column.cast(pl.String)
    for group, one in zip(axis.groups, points, strict=False):
        chain = chain.when(texts.is_in(group)).then(one)
    return chain.otherwise(points[axis.otherwise])

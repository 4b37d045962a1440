"""A card as Polars expressions, and as a Python file that needs Polars only.

Owns both, which are one: the file holds the decisions as data and the few lines that turn them into
expressions, and what is proved is the file. Rules: only expressions, so that the streaming engine
runs them; NaN is null before anything is asked; numbers are doubles, texts are texts.

    exec the text, then:  score(pl.scan_parquet("rows.parquet")).sink_parquet("scores.parquet")
"""

from __future__ import annotations

from typing import Any

from tallystick.scorecards.decisions import Cut, Node, Numbers, Texts, decisions
from tallystick.scorecards.document import NUMBER, TREES, Card

_CODE = '''"""{head}"""

import polars as pl
from polars.selectors import by_name  # pl.col reads "^a$" and "*" as patterns

# Each decision: points, or
#   ("number", variable, missing, [(special code, then)], [(at most, then)], above)
#   ("text", variable, missing, [((texts), then)], else)
#   ("cut", variable, whether missing goes with the first, at most, then, above)
OFFSET = {offset}
NUMBERS = {numbers}
TEXTS = {texts}
ENCODED = {encoded}
DECISIONS = {decisions}
UPPER = {upper}
SCORES = {scores}
PD = {pd}
BANDS = {bands}


def _expression(node):
    if isinstance(node, int):
        return pl.lit(node, dtype=pl.Int64)
    value = pl.col("card__" + node[1])
    if node[0] == "cut":
        here = (value <= node[3]) | value.is_null() if node[2] else value <= node[3]
        return pl.when(here).then(_expression(node[4])).otherwise(_expression(node[5]))
    chain = pl.when(value.is_null()).then(_expression(node[2]))
    if node[0] == "number":
        for code, then in node[3]:
            chain = chain.when(value == code).then(_expression(then))
        for most, then in node[4]:
            chain = chain.when(value <= most).then(_expression(then))
        return chain.otherwise(_expression(node[5]))
    for texts, then in node[3]:
        chain = chain.when(value.is_in(list(texts))).then(_expression(then))
    return chain.otherwise(_expression(node[4]))


def _steps(values):
    upper = pl.lit(pl.Series(UPPER, dtype=pl.Int64))
    place = upper.search_sorted(pl.col("card__/raw"), side="left")
    return pl.lit(pl.Series(values)).gather(place) if UPPER else pl.lit(values[0])


def score(frame):
    """Return the frame with score (Int64), pd (Float64) and band (String)."""
    frame = frame.lazy()
    columns = frame.collect_schema().names()
    read = [
        by_name(name).cast(pl.Float64).fill_nan(None).alias("card__" + name) for name in NUMBERS
    ]
    for name in TEXTS:
        value = by_name(name).cast(pl.String)
        value = pl.when(value == "").then(None).otherwise(value)
        if name in ENCODED:
            value = value.replace_strict(
                list(ENCODED[name]), list(ENCODED[name].values()), default=None,
                return_dtype=pl.Float64,
            ) if ENCODED[name] else pl.lit(None, dtype=pl.Float64)
        read.append(value.alias("card__" + name))
    frame = frame.with_columns(read)
    raw = pl.sum_horizontal(
        [pl.lit(OFFSET, dtype=pl.Int64), *(_expression(one) for one in DECISIONS)]
    )
    frame = frame.with_columns(raw.alias("card__/raw"))
    pd = _steps(PD) if PD else pl.lit(None, dtype=pl.Float64)
    frame = frame.with_columns(
        (_steps(SCORES).cast(pl.Int64) if SCORES else pl.col("card__/raw")).alias("score"),
        pd.alias("pd"),
    )
    band = pl.lit("")
    for code, lowest in BANDS:
        here = pl.lit(code)
        if lowest is not None:
            here = pl.when(pl.col("score") >= lowest).then(here).otherwise(band)
        band = here
    return frame.with_columns(band.alias("band")).select(
        by_name(*columns, "score", "pd", "band")
    )
'''


def polars_code(card: Card, head: str = "A scorecard.") -> str:
    """Return the Python file. Raises: TOO_MANY_LEAVES, NOT_COMPILED."""
    outcome = card.outcome
    ensemble = card.ensemble if card.kind == TREES else None
    encodings = ensemble.encodings if ensemble is not None else {}
    return _CODE.format(
        head=_plain(head),
        offset=card.offset,
        numbers=[one.name for one in card.variables if one.kind == NUMBER],
        texts=[one.name for one in card.variables if one.kind != NUMBER],
        encoded={
            name: {one: float(code) for one, code in codes.items()}
            for name, codes in encodings.items()
        },
        decisions="[\n" + "".join(f"    {_node(one)!r},\n" for one in decisions(card)) + "]",
        upper=list(outcome.upper),
        scores=list(outcome.score),
        pd=[one / 1e6 for one in outcome.pd_ppm],  # here: an engine may multiply instead
        bands=[(band.code, band.lowest) for band in card.bands],
    )


def _plain(text: str) -> str:
    """Return a text that can stand in a docstring."""
    return text.replace("\\", "\\\\").replace('"', "'")


def _node(node: Node) -> Any:  # noqa: ANN401 - nested tuples
    if isinstance(node, Cut):
        left, right = _node(node.left), _node(node.right)
        return ("cut", node.variable, node.missing_left, float(node.at), left, right)
    if isinstance(node, Numbers):
        return (
            "number",
            node.variable,
            _node(node.missing),
            [(float(code), _node(then)) for code, then in node.special],
            [(float(cut), _node(then)) for cut, then in node.upto],
            _node(node.above),
        )
    if isinstance(node, Texts):
        groups = [(texts, _node(then)) for texts, then in node.groups]
        return ("text", node.variable, _node(node.missing), groups, _node(node.otherwise))
    return node


def scorer(code: str) -> Any:  # noqa: ANN401 - a function of a frame
    """Return the function `score` of a Python file that `polars_code` wrote."""
    made: dict[str, Any] = {}
    exec(compile(code, "card.py", "exec"), made)  # noqa: S102 - what we wrote ourselves
    return made["score"]

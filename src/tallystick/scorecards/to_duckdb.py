"""A card as DuckDB SQL.

Owns the SQL text. Rules: every name and text is quoted, whatever it holds; every number is a
DOUBLE literal of the shortest round trip; NaN is NULL before anything is asked; one statement, no
function of its own, so that it runs wherever DuckDB does.

    SELECT *, score, pd, band  from the table named in the text (`organisations`)
"""

from __future__ import annotations

from typing import Final

from tallystick.scorecards.decisions import Cut, Node, Numbers, decisions
from tallystick.scorecards.document import NUMBER, TREES, Card

SUMMED_MAX: Final = 50
DECISIONS_MAX: Final = 100
"""Decisions summed at once; only trees have more."""
TABLE: Final = "organisations"
_STATEMENT: Final = """WITH read_in AS (
  SELECT *{columns}
  FROM {table}
), {stages}summed AS (
  SELECT *, CAST({raw} AS BIGINT) AS card__raw
  FROM {last}
), judged AS (
  SELECT *,
    {score} AS score,
    {pd} AS pd
  FROM summed
)
SELECT * EXCLUDE ({hidden}),
  {band} AS band
FROM judged
"""


_STAGE: Final = """stage_{at} AS MATERIALIZED (
  SELECT *, {held}
  FROM {before}
), """


def duckdb_sql(card: Card, table: str = TABLE) -> str:
    """Return one SELECT: all columns of `table`, and score (BIGINT), pd (DOUBLE), band (VARCHAR).

    Raises: TOO_MANY_LEAVES, NOT_COMPILED.
    """
    # names of their own, so that no column of the table is meant by mistake
    variables = {one.name: f"card__{at}" for at, one in enumerate(card.variables)}
    parts = [_node(one, variables) for one in decisions(card)]
    stages = _stages(parts)
    columns = "".join(
        f",\n    {_read(one.name, number=one.kind == NUMBER, card=card)} AS {variables[one.name]}"
        for one in card.variables
    )
    held = [f"card__sum_{at}" for at in range(len(stages))]
    hidden = ", ".join(["card__raw", *held, *variables.values()])
    return _STATEMENT.format(
        columns=columns,
        table=_name(table),
        stages="".join(stages),
        raw=_sum([str(card.offset), *(held or parts)]),
        last=f"stage_{len(stages) - 1}" if stages else "read_in",
        score=_score(card),
        pd=_pd(card),
        hidden=hidden,
        band=_band(card),
    )


def _stages(parts: list[str]) -> list[str]:
    """Return sums of some decisions each, one after the other; none where one sum can hold all.

    Kept between stages, since DuckDB plans and runs a thousand trees at once with twice the time
    and memory, and the memory again for each thread.
    """
    if len(parts) <= DECISIONS_MAX:
        return []
    made = []
    for at, first in enumerate(range(0, len(parts), DECISIONS_MAX)):
        before = f"stage_{at - 1}" if at else "read_in"
        held = f"{_sum(parts[first : first + DECISIONS_MAX])} AS card__sum_{at}"
        made.append(_STAGE.format(at=at, held=held, before=before))
    return made


def _sum(parts: list[str]) -> str:
    """Return the sum, nested in halves: a chain of a thousand is too deep for the parser."""
    if len(parts) <= SUMMED_MAX:
        return "\n      + ".join(parts)
    middle = len(parts) // 2
    return f"({_sum(parts[:middle])})\n      + ({_sum(parts[middle:])})"


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _double(text: str) -> str:
    return text if "e" in text else f"{text}e0"


def _read(name: str, *, number: bool, card: Card) -> str:
    if number:
        value = f"CAST({_name(name)} AS DOUBLE)"
        return f"CASE WHEN isnan({value}) THEN NULL ELSE {value} END"
    value = f"NULLIF(CAST({_name(name)} AS VARCHAR), '')"
    if card.kind != TREES or card.ensemble is None:
        return value
    codes = card.ensemble.encodings[name]
    whens = " ".join(f"WHEN {_text(one)} THEN {_double(code)}" for one, code in codes.items())
    return f"CASE {value} {whens} ELSE NULL END" if codes else "CAST(NULL AS DOUBLE)"


def _node(node: Node, variables: dict[str, str]) -> str:
    if isinstance(node, int):
        return str(node)
    name = variables[node.variable]
    if isinstance(node, Cut):
        left, right = _node(node.left, variables), _node(node.right, variables)
        lost = f"{name} IS NULL OR " if node.missing_left else ""
        return f"CASE WHEN {lost}{name} <= {_double(node.at)} THEN {left} ELSE {right} END"
    whens = [f"WHEN {name} IS NULL THEN {_node(node.missing, variables)}"]
    if isinstance(node, Numbers):
        whens += [f"WHEN {name} = {_double(c)} THEN {_node(n, variables)}" for c, n in node.special]
        whens += [f"WHEN {name} <= {_double(c)} THEN {_node(n, variables)}" for c, n in node.upto]
        last = node.above
    else:
        for texts, where in node.groups:
            listed = ", ".join(map(_text, texts))
            whens.append(f"WHEN {name} IN ({listed}) THEN {_node(where, variables)}")
        last = node.otherwise
    return f"CASE {' '.join(whens)} ELSE {_node(last, variables)} END"


def _steps(values: list[str], upper: tuple[int, ...], low: int = 0, high: int | None = None) -> str:
    """Return a step table as halves of halves."""
    high = len(upper) if high is None else high
    if low == high:
        return values[low]
    middle = (low + high) // 2
    left, right = _steps(values, upper, low, middle), _steps(values, upper, middle + 1, high)
    return f"CASE WHEN card__raw <= {upper[middle]} THEN {left} ELSE {right} END"


def _score(card: Card) -> str:
    outcome = card.outcome
    if not outcome.score:
        return "card__raw"
    return f"CAST({_steps(list(map(str, outcome.score)), outcome.upper)} AS BIGINT)"


def _pd(card: Card) -> str:
    outcome = card.outcome
    if not outcome.pd_ppm:
        return "CAST(NULL AS DOUBLE)"
    return f"CAST({_steps(list(map(str, outcome.pd_ppm)), outcome.upper)} AS DOUBLE) / 1e6"


def _band(card: Card) -> str:
    whens = [
        f"WHEN score >= {band.lowest} THEN {_text(band.code)}"
        for band in reversed(card.bands)
        if band.lowest is not None
    ]
    if not card.bands:
        return "''"
    first = _text(card.bands[0].code)
    return f"CASE {' '.join(whens)} ELSE {first} END" if whens else first

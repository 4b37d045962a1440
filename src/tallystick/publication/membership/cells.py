"""The matrix of a scheme with the members in it.

Owns the placing of members. Rules: the matrix shows proposals, whoever decided on them since; rows
are those of the scheme, columns are how far the gravest rule hit reaches, so that every cell is of
one band; a member without a band before the rules has no row and is named beside the matrix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tallystick.kernel.decimals import decimal_of
from tallystick.publication.membership.document import Json, Listed, Proposal

WORST = "worst"


def matrix(document: Json, members: Sequence[Listed]) -> dict[str, Any]:
    """Return columns, rows with cells, and who has no row.

    columns: levels of the rules that lead there, and `reach`: 0 no hit, 1 the column of hits, more
    each a band further, "worst". Each cell gives the code of its band and the codes of its members.
    """
    scheme = document["scheme"]
    bands = [band["code"] for band in scheme["bands"]]
    steps: Mapping[str, int | str] = scheme["matrix"]["steps"]
    reaches = sorted({0, *map(_far, steps.values())})
    columns = [
        {
            "reach": WORST if reach == _far(WORST) else reach,
            "levels": [int(level) for level, step in sorted(steps.items()) if _far(step) == reach],
        }
        for reach in reaches
    ]
    rows = [
        {
            "at_least": row["at_least"],
            "cells": [{"band": _band(row, reach, bands), "members": []} for reach in reaches],
        }
        for row in scheme["matrix"]["rows"]
    ]
    limits = [
        None if row["at_least"] is None else decimal_of(row["at_least"])
        for row in scheme["matrix"]["rows"]
    ]
    outside: list[str] = []
    for member in members:
        proposal = member.shown
        if proposal is None:
            continue
        points = proposal.points
        if points is None or proposal.before is None:
            outside.append(member.subject)
            continue
        at = next(n for n, limit in enumerate(limits) if limit is None or points >= limit)
        column = reaches.index(_reach(proposal, steps))
        rows[at]["cells"][column]["members"].append(member.subject)
    return {"columns": columns, "rows": rows, "outside": outside}


def _far(step: int | str) -> int:
    """Return how far a step goes; "worst" is further than any number of bands."""
    return 10**6 if step == WORST else int(step)


def _reach(proposal: Proposal, steps: Mapping[str, int | str]) -> int:
    return max((_far(steps[str(level)]) for level in proposal.levels), default=0)


def _band(row: Mapping[str, Any], reach: int, bands: Sequence[str]) -> str:
    """Return the code of the band of a cell, as the scheme lays it down."""
    if not reach:
        return str(row["no_hit"])
    last = len(bands) - 1
    return bands[min(bands.index(row["hit"]) + reach - 1, last)]

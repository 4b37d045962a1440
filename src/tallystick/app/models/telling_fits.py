"""What is told of a fit: the environment it was made in, and the document of `tally model fit`.

Owns their form. Rules: the figures are those of the record of the card, as numbers.
"""

from __future__ import annotations

import importlib.metadata
import platform
from datetime import UTC, datetime
from typing import Any, Final

from tallystick.app.models.data import Opened
from tallystick.app.models.figures import as_numbers
from tallystick.modelling.routes import Choice
from tallystick.scorecards.document import Card
from tallystick.scorecards.writing import card_digest

_LIBRARIES: Final = ("numpy", "scipy", "lightgbm", "numba", "polars", "duckdb", "pyarrow")


def environment() -> dict[str, Any]:
    """Return when and with what a model was made: the traceability JR/T 0221-2021 asks for."""
    return {
        "fitted_on": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "system": platform.system(),
        "tallystick": importlib.metadata.version("tallystick"),
        "libraries": [[name, importlib.metadata.version(name)] for name in _LIBRARIES],
    }


def fit_document(card: Card, choice: Choice, opened: Opened) -> dict[str, Any]:
    """Return what `tally model fit` says of a card: its validation first."""
    record = card.record
    validation = as_numbers(record["validation"]) or {}
    return {
        **validation,
        "card": {
            "file": "",
            "name": card.name,
            "digest": card_digest(card),
            "route": card.route,
            "by_rule": choice.by_rule,
            "route_reason": card.route_reason,
            "kind": card.kind,
            "variables": [one.name for one in card.variables],
            "terms": len(card.terms),
            "trees": len(card.ensemble.leaf_ppm) if card.ensemble else 0,
            "bands": [{"code": band.code, "lowest": band.lowest} for band in card.bands],
        },
        "training": {
            "rows": card.training.rows,
            "bads": card.training.bads,
            "digest": card.training.digest,
            "target": card.training.target,
        },
        "validated": bool(validation),
        "importance": importance(card),
        "dropped": record.get("dropped", []),
        "treatments": record["treatments"],
        "problems": [
            one.to_json() | {"message": one.message._asdict()} for one in opened.reading.problems
        ],
        "leakage": record["leakage"],
        "monotonicity": as_numbers(record["monotonicity"]),
        "weighing": record["weighing"],
        "seed": record["seed"],
        "organisation": record["organisation"],
        "time": record["time"],
        "split_by_time": record["split_by_time"],
    }


def importance(card: Card) -> list[dict[str, Any]]:
    """Return variables by how far their points reach over the training rows, most first."""
    reach = {one.name: 0 for one in card.variables}
    for term in card.terms:
        held = [
            p for p, n in zip(term.points, term.counts or (1,) * len(term.points), strict=True) if n
        ]
        for axis in term.axes:
            reach[axis.variable] += (max(held) - min(held)) // len(term.axes) if held else 0
    ordered = sorted(reach.items(), key=lambda one: (-one[1], one[0]))
    return [{"variable": name, "points": points} for name, points in ordered]

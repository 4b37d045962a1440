"""Two cards on one table: the use case `tally model compare`.

Owns the document: figures of both on the same rows, the paired difference with its interval, and
who moves between bands. Rules: the difference is challenger less champion, on the same
organisations; what one of them was fitted on is said, since it then looks better than it is;
weights count in every figure, and stand beside the counts of rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tallystick.app.models.data import open_file
from tallystick.app.models.figures import as_numbers
from tallystick.app.models.validating import TARGET_NEEDED, whole_table
from tallystick.modelling import metrics
from tallystick.modelling.bands import band_of, weight_text
from tallystick.modelling.fitting import scores_of
from tallystick.modelling.metrics import as_text, interval_text
from tallystick.modelling.resampling import bootstrap_difference
from tallystick.modelling.seen_rows import seen_in
from tallystick.modelling.splits import duplicate_groups, merged_groups
from tallystick.modelling.tables import Floats
from tallystick.scorecards.document import Card
from tallystick.scorecards.writing import card_digest


def compare(
    champion: Card,
    challenger: Card,
    file: Path,
    target: str,
    bad: str = "",
    seed: int = 0,
    weight: str = "",
) -> dict[str, Any]:
    """Return both cards on the rows of a file. Raises: TARGET_NEEDED, and as reading."""
    target = target or champion.training.target
    if not target:
        raise TARGET_NEEDED.error()
    opened = open_file(file, target=target, bad=bad, weight=weight, cards=(champion, challenger))
    y, weights = opened.reading.y, opened.reading.weights
    if y is None:
        raise TARGET_NEEDED.error()
    table = whole_table(opened)
    groups = duplicate_groups(table)
    if opened.organisations is not None:
        groups = merged_groups(groups, opened.organisations)
    one, other = scores_of(champion, table), scores_of(challenger, table)
    drawn = bootstrap_difference(other[0], one[0], y, weights, groups=groups, seed=seed)
    delong = metrics.delong_difference(other[0], one[0], y, weights)
    w = np.ones(len(y)) if weights is None else weights
    found: dict[str, Any] = as_numbers(
        {
            "champion": _told(champion, one, y, weights, opened.digest)
            | {"rows_in_fit": seen_in(champion.record.get("rows_sketch"), champion, table)},
            "challenger": _told(challenger, other, y, weights, opened.digest)
            | {"rows_in_fit": seen_in(challenger.record.get("rows_sketch"), challenger, table)},
            "difference": interval_text(drawn),
            "delong": interval_text(delong),
            "moved": _moved(champion, challenger, one[0], other[0], weights),
            "rows": len(y),
            "bads": int(y.sum()),
            **weight_text(weights, float(w.sum()), float(w @ y)),
        }
    )
    return found


def _told(
    card: Card, found: tuple[Any, Floats], y: Floats, weights: Floats | None, digest: str
) -> dict[str, Any]:
    score, pd = found
    known = bool(np.isfinite(pd).all())
    return {
        "name": card.name,
        "digest": card_digest(card),
        "route": card.route,
        "auc": f"{metrics.auc(score, y, weights):.6f}",
        "ks": f"{metrics.ks(score, y, weights):.6f}",
        "brier": f"{metrics.brier(pd, y, weights):.6f}" if known else None,
        "log_loss": f"{metrics.log_loss(pd, y, weights):.6f}" if known else None,
        "fitted_on_these_rows": card.training.digest == digest,
    }


def _moved(
    champion: Card,
    challenger: Card,
    one: NDArray[Any],
    other: NDArray[Any],
    weights: Floats | None,
) -> list[dict[str, Any]]:
    """Return how many organisations stand in each pair of bands."""
    if not champion.bands or not challenger.bands:
        return []
    first, second = band_of(one, champion.bands), band_of(other, challenger.bands)
    found: list[dict[str, Any]] = []
    for i, a in enumerate(champion.bands):
        for j, b in enumerate(challenger.bands):
            both = (first == i) & (second == j)
            one_pair = {"from": a.code, "to": b.code, "rows": int(both.sum())}
            if weights is not None:
                one_pair["weight"] = as_text(float(weights[both].sum()))
            found.append(one_pair)
    return found

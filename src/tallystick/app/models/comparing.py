"""Two cards on one table: the use case `tally model compare`.

Owns the document: figures of both on the same rows, the paired difference with its interval, and
who moves between bands. Rules: the difference is challenger less champion, on the same
organisations; what one of them was fitted on is said, since it then looks better than it is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tallystick.app.models.data import open_file
from tallystick.app.models.figures import as_numbers
from tallystick.app.models.validating import TARGET_NEEDED, whole_table
from tallystick.modelling import metrics
from tallystick.modelling.bands import band_of
from tallystick.modelling.fitting import scores_of
from tallystick.modelling.metrics import interval_text
from tallystick.modelling.resampling import bootstrap_difference
from tallystick.modelling.seen_rows import seen_in
from tallystick.modelling.splits import duplicate_groups, merged_groups
from tallystick.modelling.tables import Floats
from tallystick.scorecards.document import Card
from tallystick.scorecards.writing import card_digest


def compare(
    champion: Card, challenger: Card, file: Path, target: str, bad: str = "", seed: int = 0
) -> dict[str, Any]:
    """Return both cards on the rows of a file. Raises: TARGET_NEEDED, and as reading."""
    target = target or champion.training.target
    if not target:
        raise TARGET_NEEDED.error()
    opened = open_file(file, target=target, bad=bad, cards=(champion, challenger))
    y = opened.reading.y
    if y is None:
        raise TARGET_NEEDED.error()
    table = whole_table(opened)
    groups = duplicate_groups(table)
    if opened.organisations is not None:
        groups = merged_groups(groups, opened.organisations)
    one, other = scores_of(champion, table), scores_of(challenger, table)
    drawn = bootstrap_difference(
        other[0], one[0], y, opened.reading.weights, groups=groups, seed=seed
    )
    delong = metrics.delong_difference(other[0], one[0], y)
    found: dict[str, Any] = as_numbers(
        {
            "champion": _told(champion, one, y, opened.digest)
            | {"rows_in_fit": seen_in(champion.record.get("rows_sketch"), champion, table)},
            "challenger": _told(challenger, other, y, opened.digest)
            | {"rows_in_fit": seen_in(challenger.record.get("rows_sketch"), challenger, table)},
            "difference": interval_text(drawn),
            "delong": interval_text(delong),
            "moved": _moved(champion, challenger, one[0], other[0]),
            "rows": len(y),
            "bads": int(y.sum()),
        }
    )
    return found


def _told(card: Card, found: tuple[Any, Floats], y: Floats, digest: str) -> dict[str, Any]:
    score, pd = found
    known = bool(np.isfinite(pd).all())
    return {
        "name": card.name,
        "digest": card_digest(card),
        "route": card.route,
        "auc": f"{metrics.auc(score, y):.6f}",
        "ks": f"{metrics.ks(score, y):.6f}",
        "brier": f"{metrics.brier(pd, y):.6f}" if known else None,
        "log_loss": f"{metrics.log_loss(pd, y):.6f}" if known else None,
        "fitted_on_these_rows": card.training.digest == digest,
    }


def _moved(champion: Card, challenger: Card, one: Any, other: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - arrays
    """Return how many organisations stand in each pair of bands."""
    if not champion.bands or not challenger.bands:
        return []
    first, second = band_of(one, champion.bands), band_of(other, challenger.bands)
    return [
        {"from": a.code, "to": b.code, "rows": int(((first == i) & (second == j)).sum())}
        for i, a in enumerate(champion.bands)
        for j, b in enumerate(challenger.bands)
    ]

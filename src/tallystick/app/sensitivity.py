"""How far weights may move before anything changes for a member.

Owns the use case `tally scheme sensitivity`. Members are read through the one door, as for any
evaluation, and each look is recorded; the proposals are not sealed.
"""

from __future__ import annotations

from typing import Any

from tallystick.app.evaluating import evaluate_each
from tallystick.app.progress import Progress, silent
from tallystick.app.schemes import find
from tallystick.app.store import Store
from tallystick.evaluation.ahp import Reach, WeightMoves
from tallystick.kernel.decimals import decimal_text


def reaches(
    store: Store, scheme: str, as_of: str | None = None, *, progress: Progress = silent
) -> dict[str, Any]:
    """Return for each weight of `scheme` the nearest value that changes a band, or an order.

    Members without a score or a band are left out. Raises: as `evaluate_each`.
    """
    results = list(
        evaluate_each(store, scheme, as_of=as_of, seal=False, sentences=False, progress=progress)
    )
    names = {one["subject"]: one["name"] for one in results}
    moves = WeightMoves(find(store, scheme).scheme, results)
    found = []
    for done, reach in enumerate(moves.reaches(), start=1):
        found.append(_document(reach, names))
        progress("sensitivity", done, 0)
    return {
        "scheme": scheme,
        "as_of": results[0]["as_of"] if results else "",
        "members": len(results),
        "compared": len(moves.members),
        "weights": found,
    }


def _document(reach: Reach, names: dict[str, str]) -> dict[str, Any]:
    share, band, order = reach
    here = share.weight
    return {
        "dimension": share.dimension,
        "code": share.code,
        "weight": decimal_text(here),
        "band": None
        if band is None
        else {
            "weight": decimal_text(band.weight),
            "change": decimal_text(band.weight - here),
            "subject": band.subject,
            "name": names[band.subject],
            "from": band.before.code,
            "to": band.after.code,
        },
        "order": None
        if order is None
        else {
            "weight": decimal_text(order.weight),
            "change": decimal_text(order.weight - here),
            "above": order.above,
            "below": order.below,
            "names": [names[order.above], names[order.below]],
        },
    }

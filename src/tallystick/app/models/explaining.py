"""One score explained: the use case `tally model explain`.

Owns the document: points by variable against a stated baseline, up to four reasons, and the
smallest lawful change that reaches a better band.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NamedTuple

from tallystick.app.models.rows import row_of
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.scorecards.changes import smallest_changes
from tallystick.scorecards.document import POINTS, Card
from tallystick.scorecards.interpreting import Interpreter
from tallystick.scorecards.reasons import MEAN, Baseline, Reasoner, Share, ranked
from tallystick.scorecards.sentences import (
    LOG_ODDS_PLACES,
    cell_words,
    label_of,
    reason_sentence,
)
from tallystick.scorecards.writing import card_digest

WHICH_ROW = Reason(
    "which_row",
    Text("没有说明解释哪一行", "it is not said which row is to be explained"),
    "docs/models.md",
    Text(
        "请用 --row，或 --code（代码所在的列用 --organisation）。",
        "Say --row, or --code (and --organisation, the column it stands in).",
    ),
)


NO_SUCH_BASELINE = Reason(
    "no_such_baseline",
    Text(
        "由树组成的模型只能与平均相比，不能用 {baseline}",
        "trees are compared with the average only, not with {baseline}",
    ),
    "docs/models.md",
    Text("请去掉 --baseline。", "Leave --baseline out."),
)
LOG_ODDS: Final = "log-odds"


class Which(NamedTuple):
    """Which organisation: a row from 1, or a code in a column."""

    row: int
    organisation: str
    code: str


def explain(card: Card, file: Path, which: Which, baseline: Baseline = "mean") -> dict[str, Any]:
    """Return the explanation of one row. Raises: WHICH_ROW, NO_SUCH_BASELINE, and as reading."""
    if not which.row and not which.code:
        raise WHICH_ROW.error()
    if card.kind != POINTS and baseline != MEAN:
        raise NO_SUCH_BASELINE.error(baseline=baseline)
    row, place = row_of(card, file, which.row, which.organisation, which.code)
    reading = Interpreter(card).one(row)
    shares = Reasoner(card, baseline).one(row)
    reasons = ranked(shares)
    return {
        "card": {"name": card.name, "digest": card_digest(card), "route": card.route},
        "row": place,
        "score": reading.score,
        "pd": None if reading.pd_ppm is None else reading.pd_ppm / 1_000_000,
        "band": reading.band,
        "baseline": baseline,
        "unit": "points" if card.kind == POINTS else LOG_ODDS,
        "variables": [
            {
                "variable": share.variable,
                "label": label_of(card.variable[share.variable])._asdict(),
                **cell_words(card, reading, share.variable)._asdict(),
                **_amount(card, share),
            }
            for share in sorted(shares, key=lambda one: (one.points, one.variable))
        ],
        "reasons": [
            {
                "variable": share.variable,
                **_amount(card, share),
                **reason_sentence(card, reading, share, baseline)._asdict(),
            }
            for share in reasons
        ],
        "changes": smallest_changes(card, row).to_json() if card.kind == POINTS else None,
    }


def _amount(card: Card, share: Share) -> dict[str, int | float]:
    """Return whole points, or of trees log-odds: whoever reads one cannot take it for the other."""
    if card.kind == POINTS:
        return {"points": share.points}
    return {"log_odds": share.points / 10**LOG_ODDS_PLACES}

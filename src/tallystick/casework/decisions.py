"""What a decision makes of a proposal.

Owns the outcomes and the grade that follows from each. Only a confirmed or changed proposal has a
grade; a declined one has none, and says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tallystick.evaluation import Scheme, band_of
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

OUTCOMES = ("confirm", "change", "decline")

NO_REASON = Reason(
    "no_reason",
    Text("认定须写明理由", "a decision needs a reason"),
    "征信业管理条例 art. 23; 上海市社会信用条例 art. 27",
    Text("请用 --reason 写明。", "State it with --reason."),
)
NOT_AN_OUTCOME = Reason(
    "not_an_outcome",
    Text("认定只能是 confirm、change 或 decline", "a decision is confirm, change or decline"),
)
NO_BAND_TO_CONFIRM = Reason(
    "no_band_to_confirm",
    Text("这份预评没有等级，不能确认", "this proposal has no band to confirm"),
    "",
    Text(
        "资料不足：请补充资料后重评，或用 --outcome change --band 由人认定，或 decline。",
        "Too little is known: add facts and evaluate again, or decide with --outcome change "
        "--band, or decline.",
    ),
)
BAND_NOT_ASKED = Reason(
    "band_not_asked",
    Text("只有 change 才另定等级", "only a change sets another band"),
    "",
    Text("请用 --outcome change，或去掉 --band。", "Use --outcome change, or leave --band out."),
)


class Grade(NamedTuple):
    """The band (its name) and light a decision gives; both "" when it gives none."""

    band: str
    light: str


def check_reason(reason: str) -> str:
    """Return the reason without outer space. Raises: NO_REASON."""
    if not reason.strip():
        raise NO_REASON.error()
    return reason.strip()


def settle(outcome: str, result: Mapping[str, Any], scheme: Scheme, band: str) -> Grade:
    """Return the grade that `outcome` makes of the proposal `result`.

    band: code or name of a band of `scheme`, for a change only. The light is the band's own: nobody
    sets it apart. Raises: NOT_AN_OUTCOME, NO_BAND_TO_CONFIRM, BAND_NOT_ASKED, and NO_SUCH_BAND.
    """
    if outcome not in OUTCOMES:
        raise NOT_AN_OUTCOME.error()
    if outcome == "change":
        chosen = band_of(scheme, band)
        return Grade(chosen.names.zh, chosen.light)
    if band:
        raise BAND_NOT_ASKED.error()
    if outcome == "decline":
        return Grade("", "")
    if not result["band"]:
        raise NO_BAND_TO_CONFIRM.error()
    return Grade(result["band"], result["light"])

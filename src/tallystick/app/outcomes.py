"""The verdict of a check in one word.

Owns the outcomes of docs/spec/receipt.md, "The checks", and which of several tells more: what is
merely old, ended or short of witnesses is told from what nobody trusted signed, and never hides it.

    outcome_of(verdict.checks)             # "too_old"
    gravest(["too_old", "untrusted"])      # "untrusted"
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tallystick.ledger import QUORUM_MISSING

if TYPE_CHECKING:
    from tallystick.app.verifying import Check

NOBODY_KNOWN = frozenset(("broken", "untrusted", "signer_unknown"))  # outcomes without a signer
_GRAVEST_FIRST = (
    *("broken", "signer_unknown", "untrusted", "quorum_missing", "no_longer_in_force"),
    *("unknown_standing", "from_the_future", "too_old", "valid"),
)


def outcome_of(checks: Iterable[Check]) -> str:
    """Return in one word why what agrees with itself is not valid.

    Of several reasons the one that most puts in doubt.
    """
    failed = {check.step: check.code for check in checks if not check.ok}
    lacking = {step for step, code in failed.items() if code == QUORUM_MISSING.code}
    if "signer_unknown" in failed.values():
        return "signer_unknown"
    if failed.keys() - lacking - {"fresh"}:
        return "untrusted"
    return QUORUM_MISSING.code if lacking else failed.get("fresh", "untrusted")


def gravest(outcomes: Iterable[str]) -> str:
    """Return of the outcomes of several records the one that most puts in doubt."""
    return min(outcomes, key=_GRAVEST_FIRST.index, default="valid")

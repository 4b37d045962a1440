"""People decide.

Owns the rules of a decision: who may make it, on what, with what outcome, and what it must say.
Rules: the software proposes and a named officer with a registered key decides; every decision has a
reason; a decision made by a script says so. Pure: the keys, the clock and the ledger are passed in.

    >>> settle("confirm", result, scheme, band="")
    ('低风险', 'green')
"""

from tallystick.casework.decisions import (
    NO_BAND_TO_CONFIRM,
    NO_REASON,
    NOT_AN_OUTCOME,
    OUTCOMES,
    Grade,
    check_reason,
    settle,
)

__all__ = [
    "NOT_AN_OUTCOME",
    "NO_BAND_TO_CONFIRM",
    "NO_REASON",
    "OUTCOMES",
    "Grade",
    "check_reason",
    "settle",
]

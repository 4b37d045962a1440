"""The one door from records to any use of them: consent, purpose, use log.

Owns the purposes, the decision of what may be read, and what is said of what was not. Every look,
and every refused look, becomes a record that the organisation can see.

    >>> door = Door("association_evaluation", "2026-11-01", {"penalty.decision": "public"},
    ...             frozenset({"penalty.decision"}))
    >>> door.look(fold_subject("91310113MA1GKDGP4E", [])).withheld
    {}
"""

from tallystick.exchange.door import (
    GRANT_ENDED,
    MEMBER_EVALUATION,
    NO_GRANT,
    PURPOSES,
    REASONS,
    UNKNOWN_PURPOSE,
    Door,
    Look,
    digest_of,
    open_door,
    purpose_code,
)

__all__ = [
    "GRANT_ENDED",
    "MEMBER_EVALUATION",
    "NO_GRANT",
    "PURPOSES",
    "REASONS",
    "UNKNOWN_PURPOSE",
    "Door",
    "Look",
    "digest_of",
    "open_door",
    "purpose_code",
]

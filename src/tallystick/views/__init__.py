"""Pure folds of records: what stands where, what is in force about whom.

Owns the index of the ledger and the fold of one organisation's records. Rules: no clock, no disk;
the same records give the same view, byte for byte; a fingerprint finds, a body decides.

    >>> fold_subject("91310113MA1GKDGP4E", []).facts
    []
"""

from tallystick.views.index import STALE_VIEW, Index, Row, content_of, row_of
from tallystick.views.known import Candidate, Known
from tallystick.views.subject import (
    END_FIELDS,
    VERIFICATION,
    Numbered,
    SubjectView,
    fold_subject,
)

__all__ = [
    "END_FIELDS",
    "STALE_VIEW",
    "VERIFICATION",
    "Candidate",
    "Index",
    "Known",
    "Numbered",
    "Row",
    "SubjectView",
    "content_of",
    "fold_subject",
    "row_of",
]

"""Pure folds of records: what stands where, what is in force about whom.

Owns the index of the ledger and the fold of one organisation's records. Rules: no clock, no disk;
the same records give the same view, byte for byte; a fingerprint finds, a body decides. Import
`Known` from `views.known`: it is the one part that needs numpy.

    >>> fold_subject("91310113MA1GKDGP4E", []).facts
    []
"""

from tallystick.views.index import ERASED_KIND, STALE_VIEW, Index, Row, content_of, row_of
from tallystick.views.subject import (
    END_FIELDS,
    VERIFICATION,
    Numbered,
    SubjectView,
    fold_subject,
)

__all__ = [
    "END_FIELDS",
    "ERASED_KIND",
    "STALE_VIEW",
    "VERIFICATION",
    "Index",
    "Numbered",
    "Row",
    "SubjectView",
    "content_of",
    "fold_subject",
    "row_of",
]

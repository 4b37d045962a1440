"""The closed list of kinds of record.

Owns the names and their numbers in indexes. The list only grows, at its end: a number, once given,
never changes its meaning.
"""

from __future__ import annotations

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

KINDS = (
    "founding",  # origin, log key and the operator of a ledger
    "party",  # a key and whom it acts for: provider, officer, verifier
    "import",  # one delivered file
    "retraction",  # of an import, with the reason
    "fact",  # one fact about an organisation
    "grant",  # consent of an organisation
    "withdrawal",  # of a grant
    "scheme",  # an evaluation scheme in force
    "use",  # one look at records, or one refused look
    "evaluation",  # a proposal by the software
    "decision",  # a named officer's signed act that makes a grade
)
VERSION = 1

UNKNOWN_KIND = Reason(
    "unknown_kind",
    Text("不认识的记录种类：{kind}", "unknown kind of record: {kind}"),
    "docs/spec/records.md",
)


def number_of(kind: object) -> int:
    """Return the index number of `kind`. Raises: UNKNOWN_KIND."""
    try:
        return KINDS.index(kind)
    except ValueError:
        raise UNKNOWN_KIND.error(kind=str(kind)) from None

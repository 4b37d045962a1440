"""Codes that belong to samples, and the mark everything about them carries.

Owns the reserved division and what is said of it. Rules: a code of division 999999 is well formed,
with both check digits, and was never given to an organisation; only a workspace founded as a sample
takes facts about it; whoever shows such a subject says SAMPLE, whatever else is known of it.

    >>> is_sample_subject("91999999PDY00001X5"), is_sample_subject("91310110631568129R")
    (True, False)
"""

from __future__ import annotations

from typing import Final

from tallystick.kernel.errors import Reason
from tallystick.kernel.identifiers import SAMPLE_DIVISION, district_of
from tallystick.kernel.texts import Text

_SAMPLE_PART: Final = "/sample"
SAMPLE_MARK: Final = Text("样例 SAMPLE", "SAMPLE 样例")
SAMPLE_SENTENCE: Final = Text(
    "供试用，不涉及任何具名的真实组织",
    "for trying out; nothing here is about a named, real organisation",
)
SAMPLE_SUBJECT = Reason(
    "sample_subject",
    Text(
        "代码的登记区划 999999 为样例保留，只有样例工作区接收",
        "the division of the code, 999999, is kept for samples; only a sample workspace takes it",
    ),
    "docs/adr/0016-back-test.md",
    Text(
        "试用请另建样例工作区：tally init DIR --sample；正式数据请改用登记机关颁发的代码。",
        "To try something out make a workspace of its own with tally init DIR --sample; for real "
        "data give the code that the registrar issued.",
    ),
)


def sample_origin(origin: str) -> str:
    """Return the origin of the ledger of a sample: its last part says so.

    The key of the log carries it, and so every checkpoint, receipt and report of that ledger.
    """
    return origin if is_sample_origin(origin) else f"{origin}{_SAMPLE_PART}"


def is_sample_origin(origin: str) -> bool:
    """Return whether the ledger with `origin` is one of a sample."""
    return origin.endswith(_SAMPLE_PART)


def is_sample_subject(uscc: str) -> bool:
    """Return whether the code lies in the division kept for samples. No workspace is needed."""
    return district_of(uscc) == SAMPLE_DIVISION

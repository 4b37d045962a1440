"""What officers type of their own: the one way of their words into a record.

Owns the masking of reasons. Rules: as in files, numbers of people are masked before anything is
sealed, and whoever typed them is told how many; a reason longer than a page is refused unread.

    >>> masked("see 138-0013-8000")
    ('see 〔已遮蔽〕', {'masked_phone': 1})
"""

from __future__ import annotations

from collections import Counter

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.sources.masking import mask

REASON_CHARS_MAX = 2_000

REASON_TOO_LONG = Reason(
    "reason_too_long",
    Text(
        "理由有 {chars} 字，最多 {most} 字",
        "the reason has {chars} characters; at most {most} are taken",
    ),
    "",
    Text(
        "请概括理由；全文另存文件，在理由中写明其名称。",
        "Sum the reason up; keep the full text in a document and name it in the reason.",
    ),
)


def masked(text: str) -> tuple[str, dict[str, int]]:
    """Return `text` with personal numbers replaced, and how many of each kind there were.

    Raises: REASON_TOO_LONG for more than `REASON_CHARS_MAX` characters.
    """
    if len(text) > REASON_CHARS_MAX:
        raise REASON_TOO_LONG.error(chars=len(text), most=REASON_CHARS_MAX)
    without, kinds = mask(text)
    return without, dict(sorted(Counter(kinds).items()))

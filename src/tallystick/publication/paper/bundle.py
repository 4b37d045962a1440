"""The receipts of a paper, as one text.

Owns the bundle: the canonical JSON of a list of one to three receipts, without a newline at its
end. Each element, in canonical bytes and with a newline, is a `.tally` file. Owns also the limits
of a paper and what is said of one that is not in order.

    >>> read_bundle(write_bundle([receipt])) == [receipt]
    True
"""

from __future__ import annotations

from collections.abc import Sequence

from tallystick.kernel import canonical
from tallystick.kernel.dates import date_of
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text
from tallystick.ledger import RECEIPT_BYTES_MAX, read_receipt

PAPER_BYTES_MAX = 64 * 1024 * 1024
RECEIPTS_MAX = 3  # of the report, of the evaluation, of the decision
BUNDLE_BYTES_MAX = 4 * 1024 * 1024

BAD_PAPER = Reason(
    "bad_paper",
    Text("这不是一份完好的可核验报告：{what}", "this is not an intact checkable report: {what}"),
    "docs/spec/paper.md",
    Text("请向出具方重新索取报告。", "Ask whoever issued the report for it again."),
)
BAD_PAGE = Reason(
    "bad_page",
    Text("这一页附不上回执：{what}", "receipts cannot be attached to this page: {what}"),
    "docs/spec/paper.md",
)

_LENGTH = Text("长度", "its length")
_COUNT = Text("附带回执的数目", "the number of receipts attached")
_LIST = Text("附带的回执不是一个规范的列表", "the receipts attached are not a canonical list")
_DAY = Text("报告的回执没有日期", "the receipt of the report has no date")


def write_bundle(receipts: Sequence[bytes]) -> bytes:
    """Return the bundle of `receipts`, each the bytes of a `.tally` file.

    Raises: BAD_PAGE for none or too many, BAD_RECEIPT for what is not a receipt.
    """
    if not 1 <= len(receipts) <= RECEIPTS_MAX:
        raise BAD_PAGE.error(what=_COUNT)
    for receipt in receipts:
        read_receipt(receipt)
    return b"[" + b",".join(receipt.removesuffix(b"\n") for receipt in receipts) + b"]"


def read_bundle(data: bytes) -> list[bytes]:
    """Return the bytes of each receipt. Raises: BAD_PAPER, BAD_RECEIPT."""
    if len(data) > BUNDLE_BYTES_MAX:
        raise BAD_PAPER.error(what=_LENGTH)
    try:
        documents = canonical.decode(data)
    except TallyError:
        raise BAD_PAPER.error(what=_LIST) from None
    if type(documents) is not list:
        raise BAD_PAPER.error(what=_LIST)
    if not 1 <= len(documents) <= RECEIPTS_MAX:
        raise BAD_PAPER.error(what=_COUNT)
    receipts = [canonical.encode_own(document) + b"\n" for document in documents]
    if any(len(receipt) > RECEIPT_BYTES_MAX for receipt in receipts):
        raise BAD_PAPER.error(what=_LENGTH)
    return receipts


def day_of(bundle: bytes) -> str:
    """Return the ISO day on which the first receipt's record was sealed, as its body says.

    Raises: BAD_PAGE.
    """
    try:
        day = canonical.decode(bundle)[0]["body"]["recorded"]
        date_of(day)
    except (TallyError, KeyError, IndexError, TypeError, ValueError, AttributeError):
        raise BAD_PAGE.error(what=_DAY) from None
    return str(day)

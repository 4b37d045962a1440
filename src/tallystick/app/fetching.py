"""Getting a newer proof of a receipt from where its ledger is served.

Owns the one request that whoever holds a receipt may make: by the record's id, which only who was
given the receipt knows, to the address that was typed. What comes back is checked like any receipt;
it has no content, and the old receipt keeps its own.
"""

from __future__ import annotations

from http import HTTPStatus
from http.client import HTTPException
from urllib.request import Request

from tallystick.app.unreached import asked, why_unreached
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.ledger import RECEIPT_BYTES_MAX, read_receipt

NOT_FETCHED = Reason(
    "not_fetched",
    Text("没有取得新的证明：{why}", "no newer proof was had: {why}"),
    "",
    Text(
        "请核对地址；对方须用 tally ledger serve --receipts 提供账本。",
        "Check the address; the ledger must be served with tally ledger serve --receipts.",
    ),
)
_NOT_THERE = Text(
    "那里没有这条记录：是另一本账本，或没有用 --receipts 提供",
    "there is no such record there: it is another ledger, or it is served without --receipts",
)
_NOT_HTTP = Text("地址应以 http:// 或 https:// 开头", "an address begins with http:// or https://")


def fetch_receipt(address: str, data: bytes) -> bytes:
    """Return a receipt without content of the record of the receipt `data`, from `address`.

    Raises: NOT_FETCHED, BAD_RECEIPT for `data`.
    """
    record = read_receipt(data).commitment.hex()
    if not address.startswith(("http://", "https://")):
        raise NOT_FETCHED.error(why=_NOT_HTTP)
    url = f"{address.rstrip('/')}/receipt/{record}"
    try:
        status, found = asked(Request(url), RECEIPT_BYTES_MAX + 1)  # noqa: S310 - http only
    except (OSError, ValueError, HTTPException) as fault:
        raise NOT_FETCHED.error(why=why_unreached(fault)) from None
    if status == HTTPStatus.NOT_FOUND:
        raise NOT_FETCHED.error(why=_NOT_THERE)
    if status != HTTPStatus.OK:
        raise NOT_FETCHED.error(why=Text(f"状态 {status}", f"status {status}"))
    return found

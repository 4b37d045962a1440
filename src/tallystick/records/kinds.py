"""The closed list of kinds of record.

Owns the names and their numbers in indexes. The list only grows, at its end: a number, once given,
never changes its meaning.
"""

from __future__ import annotations

import re

from tallystick.kernel.errors import Reason
from tallystick.kernel.identifiers import BAD_USCC, check_uscc
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
    "report",  # a page that was made of it for a reader
    "weighing",  # the answers of a panel of experts, and the weights they give
    "unread",  # whom rows of a delivered file are about that could not be read
    "key_end",  # the end of a key: what it signs from there on does not count
    "erasure",  # of the content of records, with its basis
    "witness",  # a witness of the ledger, and how many must cosign
    "model",  # a scorecard a named officer approved for use, or took out of it
)
VERSION = 1

UNKNOWN_KIND = Reason(
    "unknown_kind",
    Text("不认识的记录种类：{kind}", "unknown kind of record: {kind}"),
    "docs/spec/records.md",
)


BAD_FORM = Reason(
    "bad_form",
    Text("记录的形式不对：{what}", "a record of the wrong form: {what}"),
    "docs/spec/records.md",
)
_ITEM = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_TEXTS = {
    "fact": ("item", "subject", "key", "occurred", "channel"),
    "grant": ("subject", "purpose", "granted_on", "until"),
    "withdrawal": ("subject", "from_day"),
    "use": ("subject", "purpose", "reader"),
    "evaluation": ("subject", "scheme", "as_of", "view"),
    "decision": ("subject", "evaluation", "outcome", "band", "light", "reason"),
    "party": ("role", "key", "name"),
    "report": (
        *("subject", "format", "language", "digest", "document", "as_of"),
        *("scheme", "evaluation", "decision", "code"),
    ),
    "weighing": ("scheme", "digest", "reason"),
    "unread": ("name", "source"),
    "key_end": ("role", "key", "reason", "detail"),
    "erasure": ("subject", "basis", "reason"),
    "witness": ("name", "key", "url"),
    "model": ("action", "name", "version", "digest", "route", "training", "from_day", "card"),
}
_NUMBERS = {"witness": ("quorum",), "model": ("rows",)}


def check_form(body: object) -> None:
    """Check that `body` is a record: a known kind of this version, with its texts, about a USCC.

    Fields that a later version adds are let through. Raises: UNKNOWN_KIND, BAD_FORM, BAD_USCC.
    """
    if type(body) is not dict or type(body.get("kind")) is not str:
        raise UNKNOWN_KIND.error(kind="-")
    number_of(body["kind"])
    if body.get("v") != VERSION or type(body["v"]) is not int:
        raise BAD_FORM.error(what="v")
    for name in ("recorded", "delivered_by", *_TEXTS.get(body["kind"], ())):
        if type(body.get(name)) is not str:
            raise BAD_FORM.error(what=name)
    for name in _NUMBERS.get(body["kind"], ()):
        if type(body.get(name)) is not int:
            raise BAD_FORM.error(what=name)
    of_nobody = body["kind"] == "erasure" and body["subject"] == ""
    if "subject" in body and not of_nobody and check_uscc(str(body["subject"])) is not None:
        raise BAD_USCC.error()
    if body["kind"] == "fact" and not (
        _ITEM.fullmatch(body["item"]) and type(body.get("data")) is dict
    ):
        raise BAD_FORM.error(what="item, data")


def number_of(kind: object) -> int:
    """Return the index number of `kind`. Raises: UNKNOWN_KIND."""
    try:
        return KINDS.index(kind)
    except ValueError:
        raise UNKNOWN_KIND.error(kind=str(kind)) from None

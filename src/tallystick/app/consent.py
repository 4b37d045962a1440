"""Consent: given and withdrawn, as records.

Owns the use cases `grant` and `withdraw`. A grant names the signed document by its digest; the
document itself stays with whoever holds it. A withdrawal takes effect from its day on and needs no
reason.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tallystick.app.dossier import grants_of
from tallystick.app.members import resolve
from tallystick.app.store import Store
from tallystick.exchange import PURPOSES, UNKNOWN_PURPOSE, purpose_code
from tallystick.kernel.dates import date_of
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text
from tallystick.records import bodies
from tallystick.rulebook.catalogue import NOT_IN_CATALOGUE, catalogue

_DIGEST = re.compile(r"[0-9a-f]{64}")

NO_CONSENT_DOCUMENT = Reason(
    "no_consent_document",
    Text(
        "没有文件 {document}；授权须有授权书：文件，或其 SHA-256（64 位十六进制）",
        "there is no file {document}; a grant needs its signed document: a file, or its SHA-256 "
        "(64 hex digits)",
    ),
    "征信业管理条例 art. 18, 19",
    Text("请给出主体所签文件的位置。", "Name the file that the organisation signed."),
)
BAD_TERM = Reason(
    "bad_term",
    Text("授权截止日须为今天或以后的日期", "a grant ends on a date, today or later"),
    "",
    Text("请用 --until 给出，例如 2027-12-31。", "Give it with --until, as 2027-12-31."),
)
NO_SUCH_GRANT = Reason(
    "no_such_grant",
    Text("{subject} 没有这样的有效授权", "{subject} has no such grant in force"),
    "",
    Text("tally explain 列出该主体的授权。", "tally explain lists the grants of an organisation."),
)
_RECORD_DIGITS_MIN = 6  # fewer digits may name a record by chance


def grant(
    store: Store,
    subject: str,
    *,
    categories: Sequence[str],
    purpose: str,
    until: str,
    document: str,
) -> dict[str, Any]:
    """Seal the consent of `subject`; return its record.

    subject: the member, by its USCC or its LEI. categories: item codes or their prefixes. document:
    a file or a SHA-256. Raises: as `members.resolve`, NOT_IN_CATALOGUE, UNKNOWN_PURPOSE, BAD_TERM,
    NO_CONSENT_DOCUMENT.
    """
    subject = resolve(store, subject)
    purpose = purpose_code(purpose)
    if purpose not in PURPOSES:
        raise UNKNOWN_PURPOSE.error(purpose=purpose)
    items = catalogue().items
    if not categories:
        raise NOT_IN_CATALOGUE.error(code="-")
    for category in categories:
        if not any(
            code == category or code.startswith(category.rstrip(".") + ".") for code in items
        ):
            raise NOT_IN_CATALOGUE.error(code=category)
    today = store.settings.today()
    if not _is_day(until) or until < today:
        raise BAD_TERM.error()
    body = bodies.grant(
        store.delivery(),
        subject=subject,
        categories=list(categories),
        purpose=purpose,
        granted_on=today,
        until=until,
        document_digest=_digest(document),
        imported="",
    )
    [record] = store.append([body])
    return {"record": record, "subject": subject, "purpose": purpose, "until": until}


def withdraw(store: Store, subject: str, grant: str | None = None) -> dict[str, Any]:
    """Withdraw one grant of `subject` (by record id), or all in force, from today on.

    subject: the member, by its USCC or its LEI. grant: the beginning of its record id, 6 digits or
    more. Raises: as `members.resolve`, NO_SUCH_GRANT.
    """
    view = grants_of(store, subject)
    subject = view.subject
    today = store.settings.today()
    named = [
        g.record
        for g in view.grants
        if g.record not in view.withdrawn
        and g.body["until"] >= today
        and (grant is None or _names(grant, g.record))
    ]
    if not named:
        raise NO_SUCH_GRANT.error(subject=subject)
    body = bodies.withdrawal(store.delivery(), subject=subject, grants=named, from_day=today)
    [record] = store.append([body])
    return {"record": record, "subject": subject, "withdrawn": named, "from": today}


def _names(beginning: str, record: str) -> bool:
    return len(beginning) >= _RECORD_DIGITS_MIN and record.startswith(beginning.lower())


def _is_day(text: str) -> bool:
    try:
        date_of(text)
    except TallyError:
        return False
    return True


def _digest(document: str) -> str:
    path = Path(document)
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    if _DIGEST.fullmatch(document):
        return document
    raise NO_CONSENT_DOCUMENT.error(document=document)

"""The shape of every kind of record, one function a kind.

Owns what a body must carry. A body is a plain JSON object; fields that a later version adds are
kept by everything that reads it. All bodies carry `v`, `kind`, `recorded` (ISO date) and
`delivered_by` (hex id of the key that signs the batch); dates are ISO, amounts decimal strings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tallystick.kernel.texts import Text
from tallystick.records.kinds import VERSION

Body = dict[str, Any]
_KEY_DIGITS = 8  # the key id of a note, which stands in a vkey too
_NAMED = Text("{name}（密钥 {digits}）", "{name} (key {digits})")


class Delivery(NamedTuple):
    """Who seals a record, and when: hex key id of the deliverer, ISO date."""

    delivered_by: str
    recorded: str


def founding(delivery: Delivery, *, origin: str, operator: str, code: str, sample: bool) -> Body:
    """The first record of a ledger: its origin and operator; sample: made for trying out."""
    return _body("founding", delivery, origin=origin, operator=operator, code=code, sample=sample)


def party(delivery: Delivery, *, role: str, key: str, code: str, name: str) -> Body:
    """A key in vkey form and whom it acts for. role: provider, officer or verifier, or log."""
    return _body("party", delivery, role=role, key=key, code=code, name=name)


def key_end(delivery: Delivery, *, role: str, key: str, reason: str, detail: str) -> Body:
    """The end of a key (vkey form) in a role: what it signs after this record does not count.

    role: as of a party. reason: retired, or compromised where somebody else may hold the key.
    """
    return _body("key_end", delivery, role=role, key=key, reason=reason, detail=detail)


def erasure(  # noqa: PLR0913 - an erasure has this many parts, each named where it is made
    delivery: Delivery,
    *,
    subject: str,
    records: Sequence[str],
    basis: str,
    reason: str,
    delivered: Sequence[Mapping[str, Any]],
    consents: Sequence[Mapping[str, Any]],
    targets: Sequence[str],
    more: int,
) -> Body:
    """The erasure of the content of records (hex ids) about one subject; they cannot be read after.

    basis: the rule or demand it rests on. delivered: the copies known to have been given out, which
    nobody can call back, {"reader", "purpose", "first", "last", "count"} each; more: so many groups
    of copies it does not list. What must keep its effect is said too. consents: of the grants that
    a withdrawal names, {"record", "document_digest", "imported"} (bool) each. targets: what was
    declared or visited, "item|period" each.
    """
    return _body(
        "erasure",
        delivery,
        subject=subject,
        records=list(records),
        basis=basis,
        reason=reason,
        delivered=[dict(one) for one in delivered],
        consents=[dict(one) for one in consents],
        targets=list(targets),
        more=more,
    )


def witness(
    delivery: Delivery,
    *,
    name: str,
    key: str,
    url: str,
    quorum: int,
    after: int,
    action: str,
) -> Body:
    """A witness of the ledger (key in vkey form), and where it takes checkpoints, "" for nowhere.

    quorum: how many of all witnesses must have cosigned from now on; 0 asks for none. An empty key
    names no witness and changes that number only. after: entries of the ledger when it was signed,
    so that the same act may be signed again later. action: add or remove. Older records have
    neither, and add.
    """
    return _body(
        "witness",
        delivery,
        name=name,
        key=key,
        url=url,
        quorum=quorum,
        after=after,
        action=action,
    )


def delivered_file(
    delivery: Delivery, *, name: str, source: str, digest: str, mapping: str, complete: bool
) -> Body:
    """One delivered file: import id, source name, SHA-256 of the file and of its mapping (hex).

    complete: the deliverer declares that the file says all its source has about every member.
    """
    return _body(
        "import",
        delivery,
        name=name,
        source=source,
        digest=digest,
        mapping=mapping,
        complete=complete,
    )


def unread(delivery: Delivery, *, name: str, source: str, subjects: Sequence[str]) -> Body:
    """Whom rows of import `name` are about that were refused: of them the file says not all.

    subjects: codes (USCC), in order.
    """
    return _body("unread", delivery, name=name, source=source, subjects=list(subjects))


def retraction(delivery: Delivery, *, name: str, reason: str) -> Body:
    """The retraction of all facts and grants of import `name`."""
    return _body("retraction", delivery, name=name, reason=reason)


def fact(  # noqa: PLR0913 - a fact has this many parts, and each is named where it is made
    delivery: Delivery,
    *,
    item: str,
    subject: str,
    key: str,
    occurred: str,
    data: Mapping[str, Any],
    source: Mapping[str, str],
    channel: str,
    imported: str,
) -> Body:
    """One fact. key: what makes it the same fact again within item and subject.

    source: {"name", "code", "document", "digest"} of who made the fact and its document.
    """
    return _body(
        "fact",
        delivery,
        item=item,
        subject=subject,
        key=key,
        occurred=occurred,
        data=data,
        source=source,
        channel=channel,
        imported=imported,
    )


def grant(
    delivery: Delivery,
    *,
    subject: str,
    categories: Sequence[str],
    purpose: str,
    granted_on: str,
    until: str,
    document_digest: str,
    imported: str,
) -> Body:
    """Consent of `subject` that items in `categories` be read for `purpose` until a date."""
    return _body(
        "grant",
        delivery,
        subject=subject,
        categories=list(categories),
        purpose=purpose,
        granted_on=granted_on,
        until=until,
        document_digest=document_digest,
        imported=imported,
    )


def withdrawal(delivery: Delivery, *, subject: str, grants: Sequence[str], from_day: str) -> Body:
    """The withdrawal of the named grants (hex record ids) from a day on."""
    return _body("withdrawal", delivery, subject=subject, grants=list(grants), from_day=from_day)


def scheme(delivery: Delivery, *, name: str, digest: str, document: str, text: str) -> Body:
    """An evaluation scheme: its name, the digest of its meaning, canonical document, YAML text."""
    return _body("scheme", delivery, name=name, digest=digest, document=document, text=text)


def weighing(
    delivery: Delivery,
    *,
    scheme: str,
    digest: str,
    result: Body,
    reason: str,
    officer: Mapping[str, str],
) -> Body:
    """Answers of a panel and the weights they give, by which a scheme weighs.

    scheme: id, "" where they are of none. result: form tallystick-weighing/1; digest: SHA-256 of
    its canonical bytes (hex). officer: {"key", "name"} of who signs, for `reason`, that it is used
    although judgments contradict one another; {} and "" where they do not.
    """
    return _body(
        "weighing",
        delivery,
        scheme=scheme,
        digest=digest,
        result=result,
        reason=reason,
        officer=dict(officer),
    )


def model(  # noqa: PLR0913 - as above
    delivery: Delivery,
    *,
    action: str,
    name: str,
    version: str,
    digest: str,
    route: str,
    route_reason: Mapping[str, str],
    training: str,
    rows: int,
    validation: Body,
    limits: Mapping[str, str],
    from_day: str,
    reason: str,
    officer: Mapping[str, str],
    card: str,
) -> Body:
    """A scorecard an officer ({"key", "name"}) approves from a day on, or retires for `reason`.

    action: seal or retire, which seals no `card` again. digest, training: hex digests of the card
    and of what it was fitted on (`rows`). route_reason, limits: {"zh", "en"}. card: its whole text.
    """
    named = {"name": name, "version": version, "digest": digest, "route": route, "card": card}
    fitted = {"training": training, "rows": rows, "validation": validation}
    texts = {"route_reason": dict(route_reason), "limits": dict(limits), "reason": reason}
    signed = {"action": action, "from_day": from_day, "officer": dict(officer)}
    return _body("model", delivery, **named, **fitted, **texts, **signed)


def use(
    delivery: Delivery,
    *,
    subject: str,
    purpose: str,
    reader: str,
    read: Mapping[str, int],
    withheld: Mapping[str, str],
    as_of: str,
) -> Body:
    """One look: who read how many records of which item, what was withheld and why."""
    return _body(
        "use",
        delivery,
        subject=subject,
        purpose=purpose,
        reader=reader,
        read=dict(read),
        withheld=dict(withheld),
        as_of=as_of,
    )


def evaluation(
    delivery: Delivery, *, subject: str, scheme: str, as_of: str, view: str, result: Body
) -> Body:
    """A proposal: digests (hex) of the scheme and of what was read, and the whole result."""
    return _body(
        "evaluation",
        delivery,
        subject=subject,
        scheme=scheme,
        as_of=as_of,
        view=view,
        result=result,
    )


def decision(  # noqa: PLR0913 - as above
    delivery: Delivery,
    *,
    subject: str,
    evaluation: str,
    outcome: str,
    band: str,
    light: str,
    reason: str,
    officer: Mapping[str, str],
    scripted: bool,
) -> Body:
    """A named officer's act on the proposal `evaluation` (hex record id).

    outcome: confirm, change or decline. officer: {"key", "name"}. scripted: made by a demonstration
    and not by a person; such a decision is shown as scripted wherever it appears.
    """
    return _body(
        "decision",
        delivery,
        subject=subject,
        evaluation=evaluation,
        outcome=outcome,
        band=band,
        light=light,
        reason=reason,
        officer=dict(officer),
        scripted=scripted,
    )


def report(  # noqa: PLR0913 - as above
    delivery: Delivery,
    *,
    subject: str,
    format: str,  # noqa: A002 - the field has this name
    language: str,
    digest: str,
    length: int,
    document: str,
    as_of: str,
    scheme: str,
    evaluation: str,
    decision: str,
    code: str,
) -> Body:
    """A page for a reader: SHA-256 (hex) and length in bytes of it, before receipts are attached.

    format: html or pdf. document: SHA-256 of the data it was made from. scheme, evaluation,
    decision: hex record ids of what it shows, "" where it shows none. code: the printed code.
    """
    return _body(
        "report",
        delivery,
        subject=subject,
        format=format,
        language=language,
        digest=digest,
        length=length,
        document=document,
        as_of=as_of,
        scheme=scheme,
        evaluation=evaluation,
        decision=decision,
        code=code,
    )


def named_officer(name: str, key: str) -> Text:
    """Return an officer as every page names one, told from any other of a name that looks alike.

    key: the id of the key in hex. Its first digits stand in the trust file as well, in the middle
    of the key.
    """
    return _NAMED.fill(name=name, digits=key[:_KEY_DIGITS]) if key else Text(name, name)


def shown_decision(record: str, body: Mapping[str, Any]) -> Body:
    """Return a decision as pages and programs read it, without its signatures."""
    return {
        "record": record,
        "recorded": body["recorded"],
        "evaluation": body["evaluation"],
        "outcome": body["outcome"],
        "band": body["band"],
        "light": body["light"],
        "officer": body["officer"]["name"],
        "officer_key": body["officer"]["key"],
        "scripted": body["scripted"],
        "reason": body["reason"],
    }


def _body(kind: str, delivery: Delivery, **fields: Any) -> Body:  # noqa: ANN401 - JSON values
    return {
        "v": VERSION,
        "kind": kind,
        "recorded": delivery.recorded,
        "delivered_by": delivery.delivered_by,
        **fields,
    }

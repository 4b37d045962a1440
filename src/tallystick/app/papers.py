"""Issuing a report that can be checked on paper, and finding what a printed code names.

Owns the order: look, draw the page, seal the digest of the page, attach the receipts. The page is
drawn first and sealed as it is, so that no word around a true grade can be changed; receipts of the
report and of what it shows are attached to it afterwards by a function that leaves no room for
anything else (docs/spec/paper.md). Only members are reported on, and members are organisations.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from tallystick.app.code_checks import Found
from tallystick.app.members import resolve
from tallystick.app.receipts import RECEIPT_WITHHELD, make_numbered, pass_door
from tallystick.app.store import Store
from tallystick.app.store_reading import UNKNOWN_RECORD
from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import LANGUAGES, Text
from tallystick.publication.paper import FORMS, attach, check_page, read_code, write_code
from tallystick.publication.paper.qr import qr_svg
from tallystick.records import Body, bodies, check_form, number_of

Render = Callable[[str, str], bytes]
"""Draws the page: (SVG of the QR code, text of the code), both "" for a page without one."""

NOT_OF_THIS_REPORT = Reason(
    "not_of_this_report",
    Text(
        "记录 {record} 不是这份报告所说的{kind}",
        "record {record} is not the {kind} this report speaks of",
    ),
    "docs/spec/paper.md",
    Text("请给出这份报告自己的记录。", "Name the record that belongs to this report."),
)
_KINDS = {"evaluation": Text("预评", "proposal"), "decision": Text("认定", "decision")}
_TITLE = Text("本报告的核验码", "Code to check this report by")


class _Shown(NamedTuple):
    """What a report shows: numbers of its records, and what the report record says of them."""

    numbers: list[int]
    as_of: str
    scheme: str


def issue(
    store: Store,
    subject: str,
    form: str,
    language: str,
    document: object,
    render: Render,
    *,
    evaluation: str = "",
    decision: str = "",
) -> bytes:
    """Return the report on the member `subject` as a file that carries its own proof.

    form: html or pdf. document: the data the page is drawn from, a JSON value without floats.
    render: draws the page; the same arguments must give the same bytes. evaluation, decision: ids
    of the records it shows, "" for none. The look at them is recorded. A page that was sealed
    before, byte for byte, is not sealed again. Raises: as `members.resolve`; UNKNOWN_RECORD,
    NOT_OF_THIS_REPORT, RECEIPT_WITHHELD, NOT_CANONICAL, BAD_PAGE.
    """
    if form not in FORMS or language not in LANGUAGES:
        raise ValueError((form, language))
    subject = resolve(store, subject)
    digest = sha256(canonical.encode(document)).hexdigest()
    shown = _shown(store, subject, evaluation, decision)
    for number in shown.numbers:
        pass_door(store, number)
    said: Body = {
        "subject": subject,
        "format": form,
        "language": language,
        "document": digest,
        "as_of": shown.as_of,
        "scheme": shown.scheme,
        "evaluation": evaluation and store.numbered(shown.numbers[0]).record,
        "decision": decision and store.numbered(shown.numbers[-1]).record,
    }
    earlier = _earlier(store, said)
    code = earlier[-1][1]["code"] if earlier else _new_code(store, shown)
    page = render(qr_svg(code, title=_TITLE.in_language(language)) if code else "", code)
    check_page(form, page)
    page_digest = sha256(page).hexdigest()
    same = [number for number, body in earlier if body["digest"] == page_digest]
    sealed: Body = {**said, "digest": page_digest, "length": len(page), "code": code}
    number = same[-1] if same else _seal(store, bodies.report(store.delivery(), **sealed))
    receipts = [make_numbered(store, one) for one in (number, *shown.numbers)]
    return attach(form, page, receipts)


def _shown(store: Store, subject: str, evaluation: str, decision: str) -> _Shown:
    """Return what the report shows, if evaluation and decision belong to it and to one another."""
    if not evaluation:
        if decision:
            raise NOT_OF_THIS_REPORT.error(record=decision, kind=_KINDS["decision"])
        return _Shown([], store.settings.today(), "")
    proposal = _of_kind(store, "evaluation", subject, evaluation)
    body = store.body(proposal)
    if not decision:
        return _Shown([proposal], body["as_of"], body["scheme"])
    decided = _of_kind(store, "decision", subject, decision)
    if store.body(decided)["evaluation"] != store.numbered(proposal).record:
        raise NOT_OF_THIS_REPORT.error(record=decision, kind=_KINDS["decision"])
    return _Shown([proposal, decided], body["as_of"], body["scheme"])


def _of_kind(store: Store, kind: str, subject: str, record: str) -> int:
    number = store.find(record)
    body = store.body(number)
    if body["kind"] != kind or body["subject"] != subject:
        raise NOT_OF_THIS_REPORT.error(record=record, kind=_KINDS[kind])
    return number


def _earlier(store: Store, said: Body) -> list[tuple[int, Body]]:
    """Return number and body of every report that says all of `said`, in ledger order."""
    kind = number_of("report")
    numbers = [n for n in store.index.of_subject(said["subject"]) if store.index.kind[n] == kind]
    reports = ((number, store.body(number)) for number in numbers)
    return [(n, body) for n, body in reports if said.items() <= body.items()]


def _new_code(store: Store, shown: _Shown) -> str:
    """Return the code of the decision, else of the proposal, under the newest checkpoint."""
    checkpoint = store.log.checkpoint
    if not shown.numbers or checkpoint is None:
        return ""
    [commitment] = store.log.commitments(shown.numbers[-1], 1)
    return write_code(commitment, checkpoint)


def _seal(store: Store, body: Body) -> int:
    check_form(body)
    [record] = store.append([body])
    return store.find(record)


def find_coded(store: Store, code: str) -> Found:
    """Return what this ledger has of the record that a printed code names.

    The receipt has content where the door lets it through, and the look is recorded; otherwise it
    shows only that the record is there, and `said` tells why. Raises: what opening bodies raises.
    """
    try:
        named = read_code(code)
    except TallyError as fault:
        return Found(said=fault.text)
    checkpoint = named.checkpoint
    root = b""  # of a ledger that has never been as long, or is another
    if checkpoint.size <= store.log.size and checkpoint.origin == store.origin:
        root = store.log.root(checkpoint.size)
    try:
        number = store.find(named.record.hex())
    except TallyError as fault:
        if fault.reason is not UNKNOWN_RECORD:
            raise
        return Found(None, root, fault.text)
    try:
        pass_door(store, number)
    except TallyError as fault:
        if fault.reason is not RECEIPT_WITHHELD:
            raise
        return Found(make_numbered(store, number, content=False), root, fault.text)
    return Found(make_numbered(store, number), root)

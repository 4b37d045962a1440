"""Making receipts.

Owns the use case: a record of this workspace, by id, as a file that anyone who holds the trust file
can check without us.
"""

from __future__ import annotations

from tallystick.app.dossier import look, view_of
from tallystick.app.store import Store
from tallystick.evaluation import parse_scheme, scheme_items
from tallystick.exchange import MEMBER_EVALUATION, REASONS
from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.ledger import write_receipt
from tallystick.records import Body, bodies

RECEIPT_WITHHELD = Reason(
    "receipt_withheld",
    Text("不能出具带内容的回执。{why}", "no receipt with content can be given; {why}"),
    "征信业管理条例 art. 18, 20",
    Text(
        "请先取得授权，或用 --no-content 只证明存在。",
        "Get a grant first, or prove existence only with --no-content.",
    ),
)


def make(store: Store, record: str, *, content: bool = True) -> bytes:
    """Return the receipt of the record whose id begins with `record`.

    content: include body and salt, so that the receipt proves what was said; without them it proves
    only that something was. A content receipt is a reading like any other: the door decides, and
    the look is recorded. Raises: UNKNOWN_RECORD, RECEIPT_WITHHELD, and what opening the body
    raises.
    """
    number = store.find(record)
    if content:
        pass_door(store, number)
    return make_numbered(store, number, content=content)


def pass_door(store: Store, number: int) -> None:
    """Pass the door with record `number`, if it is about an organisation; the look is recorded.

    Raises: RECEIPT_WITHHELD.
    """
    body = store.body(number)
    subject, today = body.get("subject"), store.settings.today()
    if not subject:
        return
    if body["kind"] == "fact":
        taken = look(
            store,
            view_of(store, subject),
            MEMBER_EVALUATION,
            today,
            frozenset({body["item"]}),
        )
        if taken.withheld:
            reason = REASONS[taken.withheld[body["item"]]]
            raise RECEIPT_WITHHELD.error(why=reason.text)
        return
    if body["kind"] == "evaluation":
        _look_behind(store, body, today)
        return
    delivery = store.delivery()
    use = bodies.use(
        delivery,
        subject=subject,
        purpose=MEMBER_EVALUATION,
        reader=delivery.delivered_by,
        read={body["kind"]: 1},
        withheld={},
        as_of=today,
    )
    store.append([use])


def _look_behind(store: Store, body: Body, today: str) -> None:
    """Pass the door with what an evaluation was made from: it shows values of those items."""
    sealed = store.body(store.find(body["scheme"]))
    items = frozenset(scheme_items(parse_scheme(sealed["text"], file=sealed["name"])))
    view = view_of(store, body["subject"])
    taken = look(store, view, MEMBER_EVALUATION, today, items)
    was_withheld = {one["item"] for one in body["result"]["withheld"]}
    for item, code in taken.withheld.items():
        if item not in was_withheld:
            raise RECEIPT_WITHHELD.error(why=REASONS[code].text)


def make_numbered(store: Store, number: int, *, content: bool = True) -> bytes:
    """Return the receipt of record number `number`."""
    [commitment] = store.log.commitments(number, 1)
    proof = store.log.prove(number)
    if not content:
        return write_receipt(proof, commitment, None, None)
    opened = store.opened(number)
    return write_receipt(proof, commitment, opened.salt, canonical.decode(opened.body))

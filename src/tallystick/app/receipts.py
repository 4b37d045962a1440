"""Making receipts.

Owns the use case: a record of this workspace, by id, as a file that anyone who holds the trust file
can check without us; and a newer one for a receipt that was given out, which states what is in
force now. Whoever holds a receipt knows what it says: to renew it is no look at the record.
"""

from __future__ import annotations

from collections.abc import Sequence

from tallystick.app.cosigned import newest_trusted
from tallystick.app.dossier import look, view_of
from tallystick.app.freshness import iso
from tallystick.app.store import Store
from tallystick.app.store_reading import UNKNOWN_RECORD
from tallystick.evaluation import parse_scheme, scheme_items
from tallystick.exchange import MEMBER_EVALUATION, REASONS
from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.ledger import BAD_RECEIPT, ERASED, Receipt, RecordProof, read_receipt, write_receipt
from tallystick.ledger.answers import write_answer
from tallystick.ledger.cose import write_cose
from tallystick.records import Body, bodies

STATED_S_MAX = 60  # how old a statement of what is in force a new receipt may carry
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
    state_recently(store)
    return make_numbered(store, number, content=content)


def renewed(data: bytes, bare: bytes) -> bytes:
    """Return the receipt `data` with the proof of `bare`, a newer receipt without content.

    Whoever holds a receipt keeps its content, whatever the ledger says of it; and keeps the proof
    it has where `bare` has an older one. Who signed `bare` is for a check to say. Raises:
    BAD_RECEIPT, also where `bare` is of another record or another ledger; what the checks of its
    paths raise.
    """
    old, new = read_receipt(data), read_receipt(bare)
    if old.commitment != new.commitment:
        raise BAD_RECEIPT.error(what=Text("另一条记录", "another record"))
    before, after = old.proof.checkpoint, new.proof.checkpoint
    if before.origin != after.origin:
        raise BAD_RECEIPT.error(what=Text("另一本账本", "another ledger"))
    new.check_batch_path()
    new.check_log_path()
    if (stated_at(new), after.size) < (stated_at(old), before.size):
        return data
    return write_receipt(new.proof, old.commitment, old.salt, old.body)


def refresh(store: Store, data: bytes) -> bytes:
    """Return a receipt of the same record, with the same content, that states its standing now.

    data: a receipt of this ledger, of any format. The store is opened to write: what is in force
    is stated anew where it was stated longer ago than a minute. Of a record that was erased the
    content is not given out again. Raises: BAD_RECEIPT, UNKNOWN_RECORD, and what sealing raises.
    """
    old = read_receipt(data)
    number = store.number_of(old.commitment.hex())
    if number < 0:
        raise UNKNOWN_RECORD.error(record=old.commitment.hex())
    state_recently(store)
    gone = number in store.log.journal.erased
    salt, body = (None, None) if gone else (old.salt, old.body)
    return write_receipt(prove(store, number), old.commitment, salt, body)


def stated_at(receipt: Receipt) -> str:
    """Return as of when a receipt states the standing of its record, in UTC; "" if it does not.

    Raises: what `Receipt.check_status` raises.
    """
    return iso(receipt.check_status()[1].as_of) if receipt.proof.status else ""


def is_erased(receipt: Receipt) -> bool:
    """Tell whether a receipt states that its record was erased. Raises: as `stated_at`."""
    return bool(receipt.proof.status) and receipt.check_status()[0].status == ERASED


def make_answer(store: Store, records: Sequence[str], *, content: bool = True) -> bytes:
    """Return one document that proves all `records`, named by their ids or beginnings of them.

    Each passes the door as for a receipt of its own. Raises: as `make`.
    """
    return write_answer(make_several(store, records, content=content))


def make_several(store: Store, records: Sequence[str], *, content: bool = True) -> list[Receipt]:
    """Return a receipt of each of `records`, once, in ledger order, under one checkpoint.

    Each passes the door as for a receipt of its own. Raises: as `make`.
    """
    numbers = sorted({store.find(record) for record in records})
    if content:
        for number in numbers:
            pass_door(store, number)
    state_recently(store)
    under = newest_trusted(store.trust, store.paths, store.log, numbers[-1])
    return [_receipt(store, n, store.log.prove(n, under), content=content) for n in numbers]


def make_cose(store: Store, record: str, *, content: bool = True) -> bytes:
    """Return the receipt of a record as a COSE receipt (RFC 9942). Raises: as `make`."""
    number = store.find(record)
    if content:
        pass_door(store, number)
    state_recently(store)
    receipt = _receipt(store, number, prove(store, number), content=content)
    return write_cose(receipt, store.log_key)


def _receipt(store: Store, number: int, proof: RecordProof, *, content: bool) -> Receipt:
    if not content:
        return Receipt(store.log.commitment(number), None, None, proof)
    opened = store.opened(number)
    body = canonical.decode(opened.body)
    return Receipt(store.log.commitment(number), opened.salt, body, proof)


def state_recently(store: Store) -> None:
    """See to it that the newest checkpoint states what is in force as of the last minute."""
    stated = store.log.journal.entry.as_of
    if int(store.settings.now().timestamp()) - stated > STATED_S_MAX:
        store.state_standing(anew=True)


def prove(store: Store, number: int) -> RecordProof:
    """Return the proof of record number `number` that a receipt carries.

    It is under the newest checkpoint, or where the trust file asks for witnesses under the newest
    they cosigned, if one covers the record.
    """
    return store.log.prove(number, newest_trusted(store.trust, store.paths, store.log, number))


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
    one = _receipt(store, number, prove(store, number), content=content)
    return write_receipt(one.proof, one.commitment, one.salt, one.body)

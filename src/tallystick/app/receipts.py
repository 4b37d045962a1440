"""Making receipts.

Owns the use case: a record of this workspace, by id, as a file that anyone who holds the trust file
can check without us.
"""

from __future__ import annotations

from tallystick.app.store import Store
from tallystick.kernel import canonical
from tallystick.ledger import write_receipt


def make(store: Store, record: str, *, content: bool = True) -> bytes:
    """Return the receipt of the record whose id begins with `record`.

    content: include body and salt, so that the receipt proves what was said; without them it proves
    only that something was. Raises: UNKNOWN_RECORD, and what opening the body raises.
    """
    number = store.find(record)
    return make_numbered(store, number, content=content)


def make_numbered(store: Store, number: int, *, content: bool = True) -> bytes:
    """Return the receipt of record number `number`."""
    [commitment] = store.log.commitments(number, 1)
    proof = store.log.prove(number)
    if not content:
        return write_receipt(proof, commitment, None, None)
    opened = store.opened(number)
    return write_receipt(proof, commitment, opened.salt, canonical.decode(opened.body))

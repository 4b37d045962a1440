"""What may be sealed when: acts once, and what ended by the first who writes on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tallystick.app.receipts import make
from tallystick.app.sealing import seal_bodies
from tallystick.app.store import ACT_REPLAYED
from tallystick.kernel.errors import TallyError
from tallystick.ledger import EXPIRED

if TYPE_CHECKING:
    from tests.app.conftest import House


def test_a_signed_act_is_sealed_once(small: House) -> None:
    """Sealed again by whoever runs the workspace, an old decision would stand above a newer one."""
    with small.opened() as store:
        number = next(iter(store.index.of_kind("decision")))
        with pytest.raises(TallyError) as refusal:
            store.append([store.body(number)])
        assert refusal.value.reason is ACT_REPLAYED
        again = seal_bodies([store.body(number)], store.secrets, store.settings.random)
        store.commit(again)  # as a changed program would
    report = small.audited()
    assert [fault.code for fault in report.faults] == [ACT_REPLAYED.code]


def test_the_first_writer_of_a_day_states_what_ended_since(small: House) -> None:
    with small.opened() as store:
        [grant, *_] = store.index.of_kind("grant")
        until = store.body(grant)["until"]
    later = small.on(f"{int(until[:4]) + 1}-01-15")
    with later.opened() as store:
        make(store, store.log.commitment(grant).hex())  # the look alone is sealed, a small commit
        assert store.log.journal.standing[grant].status == EXPIRED
    assert later.audited().ok

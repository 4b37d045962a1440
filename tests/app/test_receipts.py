from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tallystick.app.receipts import make, make_numbered
from tallystick.app.verifying import verify
from tallystick.kernel.errors import TallyError
from tallystick.ledger import read_receipt

if TYPE_CHECKING:
    from tests.app.conftest import House


def trust_of(house: House) -> str:
    return (house.folder / "trust.policy").read_text(encoding="utf-8")


def test_every_record_has_a_receipt_that_is_valid_under_the_trust_file(small_house: House) -> None:
    with small_house.opened(writer=False) as store:
        for number in range(store.log.records):
            verdict = verify(make_numbered(store, number), trust_of(small_house))
            assert verdict.valid, number
            assert verdict.body == store.body(number)


def test_a_receipt_is_asked_for_by_the_beginning_of_an_id(small_house: House) -> None:
    with small_house.opened() as store:
        record = store.numbered(4).record
        asked = (record, record[:12], record[:9].upper())
        assert {read_receipt(make(store, some)).commitment.hex() for some in asked} == {record}


@pytest.mark.parametrize("record", ["", "ab", "00000000000000000000", "not hex", "zz" * 32])
def test_an_id_that_names_no_record_is_refused(small_house: House, record: str) -> None:
    with small_house.opened(writer=False) as store, pytest.raises(TallyError) as caught:
        make(store, record)
    assert caught.value.code == "unknown_record"


def test_making_a_receipt_writes_nothing(small_house: House) -> None:
    before = small_house.content()
    with small_house.opened(writer=False) as store:
        make_numbered(store, 0)
    assert small_house.content() == before


def test_a_receipt_without_content_shows_neither_body_nor_salt(small_house: House) -> None:
    with small_house.opened(writer=False) as store:
        content = json.loads(make_numbered(store, 5))
        bare = json.loads(make_numbered(store, 5, content=False))
    assert set(content) - set(bare) == {"body", "salt"}
    assert bare == {name: content[name] for name in bare}


def test_a_receipt_holds_no_key(small_house: House) -> None:
    """Whose keys count is for the trust file to say, which travels apart."""
    with small_house.opened(writer=False) as store:
        number = next(store.index.of_kind("fact"))
        receipt = make_numbered(store, number).decode()
        keys = [*store.trust.logs, *(party.key for party in store.trust.parties)]
    for key in keys:
        assert key.text() not in receipt
        assert key.public.hex() not in receipt

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.app.conftest import OFFICER, years

from tallystick.app.erasing import erase
from tallystick.app.receipts import make, make_numbered, refresh
from tallystick.app.verifying import verify
from tallystick.kernel import canonical
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


# -- a newer receipt for one that was given out ---------------------------------------------------


def refreshed(house: House, receipt: bytes) -> bytes:
    with house.opened() as store:
        return refresh(store, receipt)


def test_a_refreshed_receipt_says_the_same_and_what_became_of_it(small: House) -> None:
    with small.opened(writer=False) as store:
        number = next(
            n
            for n in store.index.of_kind("fact")
            if store.body(n)["item"] == "association.membership_year"
        )
        old = make_numbered(store, number)
    before = verify(old, trust_of(small))
    later = small.on("2026-11-08")
    first, *rest = years()
    later.deliver("association", [{**first, "meetings_attended": "6"}, *rest])
    with later.opened(writer=False) as store:
        newer = store.numbered(store.log.records - 1).record
    verdict = verify(refreshed(later, old), trust_of(small))
    assert verdict.valid
    assert (verdict.record, verdict.body) == (before.record, before.body)
    standing = verdict.to_json()["standing"]
    assert (standing["status"], standing["by"]) == ("superseded", newer)
    assert verify(old, trust_of(small)).to_json()["standing"]["status"] == "in_force"


def test_a_refreshed_receipt_is_as_of_now_where_nothing_changed(small: House) -> None:
    with small.opened(writer=False) as store:
        old = make_numbered(store, 5)
    later = small.on("2026-11-20")
    new = refreshed(later, old)
    standing = verify(new, trust_of(small)).to_json()["standing"]
    assert (standing["status"], standing["as_of"]) == ("in_force", "2026-11-20T04:00:00Z")
    size = len(later.content()["evidence/entries"])
    assert refreshed(later, new) == new, "within a minute nothing is stated anew"
    assert len(later.content()["evidence/entries"]) == size


def test_a_receipt_without_content_stays_without_it(small: House) -> None:
    """To renew a receipt shows nobody more than it showed."""
    with small.opened(writer=False) as store:
        old = make_numbered(store, 5, content=False)
    verdict = verify(refreshed(small.on("2026-11-20"), old), trust_of(small))
    assert verdict.valid
    assert verdict.body is None


def test_the_content_of_an_erased_record_is_not_given_out_again(small: House) -> None:
    with small.opened() as store:
        number = next(store.index.of_kind("fact"))
        old, record = make_numbered(store, number), store.numbered(number).record
        erase(store, [record], basis="征信业管理条例 art. 25", reason="court", officer=OFFICER)
    verdict = verify(refreshed(small, old), trust_of(small))
    assert verdict.valid
    assert (verdict.body, verdict.to_json()["standing"]["status"]) == (None, "erased")


def test_a_receipt_of_another_ledger_is_not_refreshed(small: House) -> None:
    spec = Path(__file__).parents[2] / "docs" / "spec" / "example.tally"
    with small.opened() as store, pytest.raises(TallyError) as caught:
        refresh(store, spec.read_bytes())
    assert caught.value.code == "unknown_record"


def test_a_receipt_of_the_first_format_is_refreshed_into_the_second(small: House) -> None:
    with small.opened(writer=False) as store:
        document = json.loads(make_numbered(store, 5))
    del document["status"]
    document["format"] = "tallystick-receipt/1"
    for name in ("commitment", "salt"):
        document[name] = base64.b64decode(document[name]).hex()
    batch = document["batch"]
    path = base64.b64decode(batch["path"])
    batch["header"] = base64.b64decode(batch["header"]).hex()
    batch["path"] = [path[at : at + 32].hex() for at in range(0, len(path), 32)]
    old = canonical.encode(document) + b"\n"
    assert verify(old, trust_of(small)).valid
    new = refreshed(small, old)
    assert json.loads(new)["format"] == "tallystick-receipt/2"
    assert verify(new, trust_of(small)).to_json()["standing"]["status"] == "in_force"

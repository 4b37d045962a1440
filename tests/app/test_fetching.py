"""A newer proof is had from the address that was typed, and from nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tallystick.app.fetching import NOT_FETCHED, fetch_receipt
from tallystick.app.receipts import make_numbered, renewed
from tallystick.app.serving import LedgerSite
from tallystick.app.web import Page, serving
from tallystick.kernel.errors import TallyError
from tallystick.ledger import BAD_RECEIPT, read_receipt, write_receipt

if TYPE_CHECKING:
    from tests.app.conftest import House


def old_receipt(house: House) -> bytes:
    with house.opened(writer=False) as store:
        return make_numbered(store, 0)


def refusal_of(address: str, data: bytes) -> TallyError:
    with pytest.raises(TallyError) as refusal:
        fetch_receipt(address, data)
    return refusal.value


def test_whoever_holds_a_receipt_gets_a_newer_proof_and_keeps_the_content(small: House) -> None:
    old = old_receipt(small)
    with small.opened() as store:
        store.state_standing(anew=True)
    site = LedgerSite(small.folder, receipts=True)
    with serving(site.answer) as (address, _):
        new = renewed(old, fetch_receipt(address, old))
    site.close()
    before, after = read_receipt(old), read_receipt(new)
    assert (after.commitment, after.salt, after.body) == (
        before.commitment,
        before.salt,
        before.body,
    )
    assert after.proof.checkpoint.size > before.proof.checkpoint.size


def test_nothing_is_had_where_receipts_are_not_served_nor_from_who_is_not_there(
    small: House,
) -> None:
    old = old_receipt(small)
    site = LedgerSite(small.folder)
    with serving(site.answer) as (address, _):
        refused = refusal_of(address, old)
        assert refused.reason is NOT_FETCHED
        assert "another ledger" in str(refused), "a bare 404 tells nobody what to look for"
    site.close()
    assert refusal_of(address, old).reason is NOT_FETCHED
    assert refusal_of("file:///etc/passwd", old).reason is NOT_FETCHED


def test_a_redirection_is_not_followed(small: House, tmp_path: Path) -> None:
    del tmp_path
    old, asked = old_receipt(small), []

    def elsewhere(_method: str, path: str, _body: bytes) -> Page:
        asked.append(path)
        return Page(302, "text/plain", b"")

    with serving(elsewhere) as (address, _):
        assert refusal_of(address, old).reason is NOT_FETCHED
    assert len(asked) == 1


def test_a_receipt_of_another_record_does_not_renew_this_one(small: House) -> None:
    with small.opened(writer=False) as store:
        one, other = (make_numbered(store, number) for number in (0, 1))
    with pytest.raises(TallyError) as refusal:
        renewed(one, other)
    assert refusal.value.reason is BAD_RECEIPT


def test_what_a_mirror_has_that_lags_behind_does_not_replace_a_newer_statement(
    small: House,
) -> None:
    with small.opened() as store:
        lagging = make_numbered(store, 0, content=False)
        store.state_standing(anew=True)
        held = make_numbered(store, 0)
    assert read_receipt(lagging).proof.checkpoint.size < read_receipt(held).proof.checkpoint.size
    assert renewed(held, lagging) == held


def test_what_comes_back_and_does_not_agree_with_itself_replaces_nothing(small: House) -> None:
    old = old_receipt(small)
    with small.opened() as store:
        store.state_standing(anew=True)
        found = read_receipt(make_numbered(store, 0, content=False))
    proof, checkpoint = found.proof, found.proof.checkpoint
    for wrong in (
        proof._replace(position=proof.position + 1),
        proof._replace(entry=proof.entry + 1),
        proof._replace(checkpoint=checkpoint._replace(origin="example.org/other")),
    ):
        with pytest.raises(TallyError):
            renewed(old, write_receipt(wrong, found.commitment, None, None))

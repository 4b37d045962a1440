from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.app.consent import NO_SUCH_GRANT, grant, withdraw
from tallystick.kernel.errors import TallyError
from tallystick.testing.fiction import COMPANY, fictional_uscc

if TYPE_CHECKING:
    from tests.app.conftest import House

from .conftest import CONSENT, MEMBERS

FIRST = MEMBERS[0]
HOW: dict[str, Any] = {
    "categories": ["tax"],
    "purpose": "association_evaluation",
    "until": "2026-12-31",
    "document": CONSENT,
}


def test_the_record_of_a_grant_says_all_that_was_agreed(small: House) -> None:
    with small.opened() as store:
        given = grant(store, FIRST, **HOW)
        body = store.body(store.find(given["record"]))
    assert body["kind"] == "grant"
    assert (body["subject"], body["categories"], body["purpose"]) == (
        FIRST,
        ["tax"],
        "association_evaluation",
    )
    assert (body["granted_on"], body["until"]) == ("2026-11-01", "2026-12-31")
    assert (body["document_digest"], body["imported"]) == (CONSENT, "")


def test_a_consent_document_is_named_by_its_digest_and_stays_where_it_is(
    small: House, tmp_path: Path
) -> None:
    document = tmp_path / "consent.pdf"
    document.write_bytes("授权书 样例 310000".encode())
    with small.opened() as store:
        given = grant(store, FIRST, **{**HOW, "document": str(document)})
        body = store.body(store.find(given["record"]))
    assert body["document_digest"] == hashlib.sha256(document.read_bytes()).hexdigest()
    assert all(document.read_bytes() not in data for data in small.content().values())


def test_a_withdrawal_names_every_grant_in_force_and_no_ended_one(small: House) -> None:
    with small.opened() as store:
        first = grant(store, FIRST, **{**HOW, "until": "2026-11-02"})
        second = grant(store, FIRST, **HOW)
    with small.on("2026-11-20").opened() as store:
        done = withdraw(store, FIRST)
        body = store.body(store.find(done["record"]))
    assert second["record"] in done["withdrawn"]
    assert first["record"] not in done["withdrawn"]
    assert (body["from_day"], done["from"]) == ("2026-11-20", "2026-11-20")


def test_nothing_is_withdrawn_twice(small: House) -> None:
    with small.opened() as store:
        withdraw(store, FIRST)
        with pytest.raises(TallyError, match="no_such_grant"):
            withdraw(store, FIRST)


def test_a_grant_of_another_member_is_not_withdrawn_by_its_id(small: House) -> None:
    with small.opened() as store:
        given = grant(store, MEMBERS[1], **HOW)
        with pytest.raises(TallyError, match="no_such_grant"):
            withdraw(store, FIRST, given["record"])


def test_who_is_no_member_gives_and_withdraws_nothing(small: House) -> None:
    stranger = fictional_uscc(COMPANY, 900)
    with small.opened() as store:
        before = store.log.records
        with pytest.raises(TallyError, match="not_a_member"):
            grant(store, stranger, **HOW)
        with pytest.raises(TallyError, match="not_a_member"):
            withdraw(store, stranger)
        assert store.log.records == before


@pytest.mark.parametrize(
    "purpose",
    ["association_evaluation", "ASSOCIATION-EVALUATION", "会员信用评价", " 会员信用评价 "],
)
def test_a_purpose_is_understood_in_every_form_it_is_written(small: House, purpose: str) -> None:
    with small.opened() as store:
        given = grant(store, FIRST, **{**HOW, "purpose": purpose})
    assert given["purpose"] == "association_evaluation"


@pytest.mark.parametrize("grant", ["", "a", "0123"])
def test_too_few_digits_name_no_grant(small: House, grant: str) -> None:
    with small.opened() as store:
        records = store.log.records
        with pytest.raises(TallyError) as caught:
            withdraw(store, MEMBERS[0], grant)
        assert caught.value.reason is NO_SUCH_GRANT
        assert store.log.records == records

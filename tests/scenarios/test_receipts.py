"""A receipt convinces whoever holds the trust file, and nobody who holds the receipt alone."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tallystick.app.founding import found
from tallystick.app.receipts import make_numbered
from tallystick.app.store import Store
from tallystick.app.verifying import verify
from tallystick.kernel.errors import TallyError

from .conftest import ACME, EVERYTHING, Association, year_row

YEAR = "association.membership_year"


@pytest.fixture
def consenting(association: Association) -> Association:
    association.receives("association", year_row(ACME))
    association.is_given_consent(ACME, *EVERYTHING, until="2026-12-31")
    return association


def record_of(association: Association, item: str) -> str:
    [fact] = [one for one in association.explains(ACME)["facts"] if one["item"] == item]
    return str(fact["record"])


def test_a_bank_with_the_trust_file_can_check_a_receipt_without_asking_anybody(
    consenting: Association, tmp_path: Path
) -> None:
    """The workspace is gone, the bank has two files: the receipt, and the trust file."""
    receipt, trust = consenting.receipt(record_of(consenting, YEAR)), consenting.trust_file
    shutil.rmtree(consenting.folder)
    verdict = verify(receipt, trust)
    assert verdict.valid
    assert verdict.to_json()["signer"] == "样例协会"
    assert verdict.body is not None
    assert verdict.body["data"]["fees_paid_on_time"] is True
    assert not list(tmp_path.glob("**/workspace.json"))


def test_with_the_receipt_alone_nobody_knows_who_signed(consenting: Association) -> None:
    verdict = verify(consenting.receipt(record_of(consenting, YEAR)))
    assert (verdict.consistent, verdict.valid) == (True, False)
    assert "signer unknown" in verdict.checks[-1].detail.en
    assert "签名人未知" in verdict.checks[-1].detail.zh


def test_a_forger_with_a_ledger_of_the_same_name_convinces_nobody(
    consenting: Association, tmp_path: Path
) -> None:
    with consenting.opened() as store:
        origin = store.origin
    forger = replace(consenting, folder=tmp_path / "forged" / "workspace")
    found(forger.settings, "the forger's passphrase", operator="样例协会", origin=origin).close()
    (tmp_path / "passphrase").write_text("the forger's passphrase\n", encoding="utf-8")
    forger = replace(forger, passphrase_file=tmp_path / "passphrase")
    forger.receives("roster", {"name": "云杉样例科技有限公司", "uscc": ACME, "as_of": "2026-01-01"})
    forged = forger.receipt(record_of(forger, "registration.basic"))
    assert verify(forged, forger.trust_file).valid
    verdict = verify(forged, consenting.trust_file)
    assert not verdict.valid
    assert {check.step for check in verdict.checks if not check.ok} == {"checkpoint", "provider"}


def test_a_changed_word_is_found_and_the_step_that_fails_is_named(
    consenting: Association,
) -> None:
    receipt = consenting.receipt(record_of(consenting, YEAR))
    changed = receipt.replace(b'"charter_kept":true', b'"charter_kept":null')
    assert changed != receipt
    verdict = consenting.verified(changed)
    assert [check.step for check in verdict.checks if not check.ok] == ["commitment"]


def test_that_there_is_a_record_can_be_shown_without_what_it_says(
    consenting: Association,
) -> None:
    record = record_of(consenting, YEAR)
    with consenting.opened() as store:
        bare = make_numbered(store, store.find(record), content=False)
    assert "charter_kept" not in bare.decode()
    assert ACME not in bare.decode()
    assert consenting.verified(bare).valid


def test_a_receipt_is_no_way_around_consent(consenting: Association) -> None:
    record = record_of(consenting, YEAR)
    consenting.is_told_of_a_withdrawal(ACME)
    with pytest.raises(TallyError) as caught:
        consenting.receipt(record)
    assert caught.value.code == "receipt_withheld"


def test_an_old_receipt_stays_valid_while_the_ledger_grows(consenting: Association) -> None:
    """The trust file has gained an officer since, and the log a hundred records."""
    receipt = consenting.receipt(record_of(consenting, YEAR))
    consenting.appoints("A new officer")
    with consenting.opened() as store:
        store.append([store.body(0)] * 100)
    assert consenting.verified(receipt).valid


def test_no_record_on_the_ledger_shows_a_name_a_code_or_a_value(
    consenting: Association,
) -> None:
    """What everybody may copy, the log, is commitments and signatures."""
    evidence = consenting.folder / "evidence"
    copied = b"".join(path.read_bytes() for path in sorted(evidence.iterdir()))
    with Store.open(consenting.settings) as store:
        for number in range(store.log.records):
            body = store.body(number)
            for word in ("subject", "name", "operator"):
                assert not body.get(word) or str(body[word]).encode() not in copied
    assert json.dumps("云杉样例科技有限公司").encode() not in copied

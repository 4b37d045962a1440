"""The second verifier reads trust files that name SM2-SM3 keys, and says that it checks none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.publication.evidence.test_check_receipt import DATA

from tallystick.kernel.suites import Sm2SigningKey

if TYPE_CHECKING:
    from types import ModuleType

TRUST = (DATA / "receipt-1.policy").read_text("utf-8")
RECEIPT = (DATA / "receipt-1.tally").read_bytes()
KEY = Sm2SigningKey("example.org/bank", bytes(range(32))).verifier


def test_a_party_by_sm2_does_not_stand_in_the_way_of_the_others(checker: ModuleType) -> None:
    policy = checker.Policy(f"{TRUST}#tally provider {KEY.text()} - Bank\n")
    assert checker.check(RECEIPT, policy)[0] == checker.check(RECEIPT, checker.Policy(TRUST))[0]


def test_what_it_cannot_check_does_not_hold_and_is_said_in_one_language(
    checker: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = checker.Policy(f"{TRUST}#tally provider {KEY.text()} - Bank\n")
    signed_by_it = checker.Receipt(RECEIPT)
    signed_by_it.header = signed_by_it.header[:6] + KEY.key_id + signed_by_it.header[22:]
    with pytest.raises(AssertionError) as refusal:
        signed_by_it.provider(policy)
    checker.show({"provider": str(refusal.value)}, None, 0)
    said = capsys.readouterr().out
    assert "本程序不核验 SM2-SM3 签名" in said
    assert "不成立" in said
    checker.show({"provider": str(refusal.value)}, None, 1)
    said = capsys.readouterr().out
    assert "this program checks no signatures by SM2-SM3" in said
    assert "NOT VALID" in said


def test_no_log_and_no_witness_is_of_that_kind(checker: ModuleType) -> None:
    for line in (f"log {KEY.text()}", f"witness w {KEY.text()}"):
        with pytest.raises(AssertionError):
            checker.Policy(f"{line}\n{TRUST}")

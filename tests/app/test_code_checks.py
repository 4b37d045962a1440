"""Checking printed codes: what they prove, what they do not, and what no forger can add."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tallystick.app import code_checks
from tallystick.app.code_checks import CodeVerdict, Found, verify_code
from tallystick.app.paper_checks import verify_paper
from tallystick.app.receipts import make_numbered
from tallystick.kernel.notes import write_checkpoint
from tallystick.kernel.signing import SigningKey
from tallystick.publication.paper import read_code, read_paper, write_code

if TYPE_CHECKING:
    from tests.app.conftest import Papers


@pytest.fixture(scope="module")
def code(papers: Papers) -> str:
    return str((verify_paper(papers.html).body or {})["code"])


@pytest.fixture(scope="module")
def receipt(papers: Papers) -> bytes:
    """The receipt of the decision, out of the report itself."""
    return read_paper(papers.html).receipts[-1]


def broken(verdict: CodeVerdict) -> list[str]:
    return [check.step for check in verdict.checks if not check.ok]


def test_a_code_alone_proves_a_checkpoint_and_no_record(papers: Papers, code: str) -> None:
    verdict = verify_code(code, papers.trust)
    assert broken(verdict) == ["proof"]
    assert (verdict.consistent, verdict.valid) == (True, False)
    assert verdict.proves.en.startswith("It proves that a trusted log signed")
    assert verdict.shows == {}


def test_a_code_without_a_trust_file_proves_nothing(code: str) -> None:
    verdict = verify_code(code)
    assert broken(verdict) == ["printed", "proof"]
    assert verdict.proves.en.startswith("No trusted signature")


def test_a_code_with_the_receipt_is_valid_and_tells_the_grade(
    papers: Papers, code: str, receipt: bytes
) -> None:
    verdict = verify_code(code, papers.trust, Found(receipt))
    assert verdict.valid, verdict.checks
    assert verdict.signer == "样例协会"
    told = verdict.to_json("en")
    assert (told["shows"]["status"], told["shows"]["light"]) == ("decided", "green")
    assert (told["shows"]["subject"], told["shows"]["officer"]) == (papers.decided, papers.officer)
    assert not verify_code(code, None, Found(receipt)).valid


def test_the_steps_are_those_the_module_states(papers: Papers, code: str, receipt: bytes) -> None:
    lines = [line.split() for line in (code_checks.__doc__ or "").splitlines()]
    stated = [words[1] for words in lines if words and words[0].isdigit()]
    verdict = verify_code(code, papers.trust, Found(receipt, b""))
    done = [check.step for check in verdict.checks if check.step in stated]
    assert done == stated


def test_no_changed_character_of_a_code_is_overlooked(
    papers: Papers, code: str, receipt: bytes
) -> None:
    for at in range(len(code)):
        other = "A" if code[at] != "A" else "B"
        verdict = verify_code(code[:at] + other + code[at + 1 :], papers.trust, Found(receipt))
        assert broken(verdict) == ["code"], at


def test_another_record_beside_a_true_checkpoint_is_not_proved(
    papers: Papers, code: str, receipt: bytes
) -> None:
    """The log's signature says nothing of the record: anybody can print this."""
    forged = write_code(bytes(32), read_code(code).checkpoint)
    assert broken(verify_code(forged, papers.trust)) == ["proof"]
    verdict = verify_code(forged, papers.trust, Found(receipt))
    assert broken(verdict) == ["record"]
    assert not verdict.valid
    assert verdict.to_json()["shows"] == {}


def test_a_checkpoint_signed_by_a_forger_proves_nothing(
    papers: Papers, code: str, receipt: bytes
) -> None:
    true = read_code(code)
    forger = SigningKey(true.checkpoint.origin, bytes([7]) * 32)
    checkpoint = write_checkpoint(forger.name, true.checkpoint.size, bytes(32), [forger])
    forged = write_code(true.record, checkpoint)
    assert broken(verify_code(forged, papers.trust, Found(receipt))) == ["printed"]


def test_a_record_sealed_after_the_printed_checkpoint_was_not_under_it(
    papers: Papers, code: str
) -> None:
    with papers.house.opened(writer=False) as store:
        last = store.log.records - 1
        [commitment] = store.log.commitments(last, 1)
        later = make_numbered(store, last)
    forged = write_code(commitment, read_code(code).checkpoint)
    assert broken(verify_code(forged, papers.trust, Found(later))) == ["place"]


def test_a_ledger_of_another_history_proves_nothing(
    papers: Papers, code: str, receipt: bytes
) -> None:
    for root in (b"", bytes(32)):
        assert broken(verify_code(code, papers.trust, Found(receipt, root))) == ["ledger"]
    true = read_code(code).checkpoint.root
    assert verify_code(code, papers.trust, Found(receipt, true)).valid


def test_two_roots_of_one_size_are_two_ledgers(papers: Papers, code: str) -> None:
    """The log signed both: who holds one paper of each has caught it."""
    with papers.house.opened(writer=False) as store:
        checkpoint = store.log.checkpoint
        assert checkpoint is not None
        split = write_checkpoint(store.origin, checkpoint.size, bytes(32), [store.log_key])
        record = read_code(code).record
        receipt = make_numbered(store, store.find(record.hex()))
    verdict = verify_code(write_code(record, split), papers.trust, Found(receipt))
    assert broken(verdict) == ["place"]


@pytest.mark.parametrize("data", [b"", b"{}\n", b"\xff" * 50])
def test_a_spoiled_receipt_proves_nothing(papers: Papers, code: str, data: bytes) -> None:
    verdict = verify_code(code, papers.trust, Found(data))
    assert not verdict.valid
    assert "form" in broken(verdict)


def test_a_spoiled_receipt_is_named(papers: Papers, code: str, receipt: bytes) -> None:
    changed = receipt.replace(b'"light":"green"', b'"light":"brown"')
    assert changed != receipt
    verdict = verify_code(code, papers.trust, Found(changed))
    assert {"commitment", "acts"} == set(broken(verdict))
    assert verdict.to_json()["shows"] == {}

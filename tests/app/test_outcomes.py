"""Why a receipt is not valid: what is old or lacks witnesses is told from what is forged."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tallystick.app.answer_checks import verify_answer
from tallystick.app.paper_checks import verify_paper
from tallystick.app.receipts import make_answer, make_numbered
from tallystick.app.verifying import Verifier, verify
from tallystick.kernel.signing import COSIGNATURE_ED25519, SigningKey, VerifierKey
from tallystick.ledger import TrustPolicy, Witness, parse_trust, read_receipt

if TYPE_CHECKING:
    from tests.app.conftest import House, Papers


def without(trust: str, role: str) -> TrustPolicy:
    """Return a trust file without the parties of one role."""
    policy = parse_trust(trust)
    return replace(policy, parties=tuple(p for p in policy.parties if p.role != role))


def asking(policy: TrustPolicy) -> str:
    """Return the trust file with a quorum that nobody met."""
    public = SigningKey("w.example", os.urandom(32)).verifier.public
    witness = VerifierKey("w.example", public, COSIGNATURE_ED25519)
    return policy.with_witness(Witness("w", witness)).with_quorum(1).text()


def trust_of(house: House) -> str:
    return (house.folder / "trust.policy").read_text(encoding="utf-8")


def receipt_of(house: House, kind: str) -> bytes:
    with house.opened(writer=False) as store:
        return make_numbered(store, next(store.index.of_kind(kind)))


def as_of(data: bytes) -> int:
    """Return as of when a receipt states the standing, in seconds."""
    return read_receipt(data).check_status()[1].as_of


@pytest.mark.parametrize(
    ("age", "later", "outcome"),
    [
        (None, 0, "valid"),
        (86_400, 3600, "valid"),
        (86_400, 90_000, "too_old"),
        (86_400, -3600, "from_the_future"),
    ],
)
def test_the_outcome_tells_what_is_old_from_what_is_forged(
    small_house: House, age: int | None, later: int, outcome: str
) -> None:
    data = receipt_of(small_house, "fact")
    verdict = verify(data, trust_of(small_house), age, as_of(data) + later)
    told = verdict.to_json()
    assert told["outcome"] == outcome
    assert told["valid"] == (outcome == "valid")
    assert told["signer"] == "样例协会", "who signed is known either way"


def test_of_several_reasons_the_outcome_is_the_gravest(small_house: House) -> None:
    data, trust = receipt_of(small_house, "fact"), trust_of(small_house)
    quorum = asking(parse_trust(trust))
    late = as_of(data) + 90_000
    assert verify(data, quorum).outcome == "quorum_missing"
    assert verify(data, quorum, 86_400, late).outcome == "quorum_missing"
    assert verify(data, quorum).to_json()["signer"] == "样例协会"
    assert verify(data, None, 86_400, late).outcome == "signer_unknown"
    assert verify(data.replace(b"2026-", b"2025-", 1), trust).outcome == "broken"
    strange = without(trust, "provider")
    assert verify(data, strange.text(), 86_400, late).outcome == "untrusted"


def test_an_answer_with_one_record_nobody_trusts_is_not_merely_old(small_house: House) -> None:
    with small_house.copied(small_house.folder.with_name("answering")).opened() as store:
        numbers = [next(store.index.of_kind(kind)) for kind in ("fact", "decision")]
        records = [store.log.commitment(number).hex() for number in numbers]
        data, late = make_answer(store, records), int(store.settings.now().timestamp()) + 90_000
    strange = without(trust_of(small_house), "officer")
    verdict = verify_answer(data, Verifier(strange, 86_400, late))
    assert [one.outcome for one in verdict.records] == ["too_old", "untrusted"]
    assert verdict.outcome == "untrusted"


def test_a_report_lacks_witnesses_only_where_nothing_worse_is_wrong(papers: Papers) -> None:
    assert verify_paper(papers.html, asking(parse_trust(papers.trust))).outcome == "quorum_missing"
    strange = without(papers.trust, "officer")
    assert verify_paper(papers.html, strange.text()).outcome == "untrusted"
    assert verify_paper(papers.html, asking(strange)).outcome == "untrusted"

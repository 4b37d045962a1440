"""Verifying: a receipt is believed for its signatures alone, and every byte of it counts."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.app.deciding import new_officer
from tallystick.app.founding import found
from tallystick.app.receipts import make_numbered
from tallystick.app.store import Store
from tallystick.app.verifying import Verdict, Verifier, verify
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import SigningKey
from tallystick.ledger import Party, TrustPolicy, parse_trust
from tallystick.records import bodies, sign_act

if TYPE_CHECKING:
    from tests.app.conftest import House

STEPS = (
    *("form", "commitment", "batch", "log", "kind", "deliverer", "status"),
    *("checkpoint", "provider"),
)


def trust_of(house: House) -> str:
    return (house.folder / "trust.policy").read_text(encoding="utf-8")


def number_of(store: Store, kind: str) -> int:
    return next(store.index.of_kind(kind))


def receipt_of(house: House, kind: str, *, content: bool = True) -> bytes:
    with house.opened(writer=False) as store:
        return make_numbered(store, number_of(store, kind), content=content)


def broken_steps(verdict: Verdict) -> list[str]:
    return [check.step for check in verdict.checks if not check.ok]


def test_the_steps_are_done_in_the_order_the_module_states(small_house: House) -> None:
    verdict = verify(receipt_of(small_house, "fact"), trust_of(small_house))
    assert tuple(check.step for check in verdict.checks) == STEPS
    verdict = verify(receipt_of(small_house, "decision"), trust_of(small_house))
    assert tuple(check.step for check in verdict.checks) == (*STEPS, "acts")


def test_what_programs_read_has_the_stated_form(small_house: House) -> None:
    told = verify(receipt_of(small_house, "fact"), trust_of(small_house)).to_json("zh")
    assert (told["valid"], told["consistent"], told["signer"]) == (True, True, "样例协会")
    assert all(set(check) == {"step", "ok", "detail"} for check in told["checks"])


# -- without the trust file, or with another --------------------------------------------------


def test_without_a_trust_file_a_receipt_is_consistent_and_not_valid(small_house: House) -> None:
    verdict = verify(receipt_of(small_house, "fact"))
    assert (verdict.consistent, verdict.valid) == (True, False)
    assert verdict.to_json()["signer"] == "unknown"
    assert verdict.checks[-1].detail.en.startswith("consistent, signer unknown")
    assert verdict.provenance is None


def test_a_forger_who_rebuilds_the_whole_ledger_with_own_keys_is_refused(
    small_house: House, tmp_path: Path
) -> None:
    """Same origin, same operator, same body, own keys: a ledger, a batch and a receipt."""
    with small_house.opened(writer=False) as store:
        origin, true_body = store.origin, store.body(number_of(store, "evaluation"))
    forged_house = replace(small_house, folder=tmp_path / "forged")
    settings = forged_house.settings()
    with found(settings, "another passphrase", operator="样例协会", origin=origin) as store:
        mine = store.provider_key.verifier.key_id.hex()
        for _ in range(3):
            store.append([{**true_body, "delivered_by": mine, "as_of": "2026-10-31"}])
        forged = make_numbered(store, store.log.records - 1)
        own_trust = store.trust.text()
    assert verify(forged, own_trust).valid, "the forger would believe it"
    assert verify(forged).consistent, "the paper agrees with itself"
    verdict = verify(forged, trust_of(small_house))
    assert not verdict.valid
    assert verdict.to_json()["signer"] == "unknown"
    assert broken_steps(verdict) == ["checkpoint", "provider"]


def test_a_forger_cannot_put_a_batch_of_its_own_under_the_true_log(small_house: House) -> None:
    """The operator of the log signs a checkpoint over a batch that no trusted provider signed."""
    trust = parse_trust(trust_of(small_house))
    stranger = SigningKey(f"{trust.logs[0].name}/provider", os.urandom(32))
    providers = [p for p in trust.parties if p.role != "provider"]
    others = TrustPolicy(
        trust.logs, (*providers, Party("provider", stranger.verifier, "", "somebody else"))
    )
    verdict = verify(receipt_of(small_house, "fact"), others.text())
    assert not verdict.valid
    assert broken_steps(verdict) == ["provider"]


def test_a_trust_file_of_another_log_makes_nothing_valid(
    small_house: House, founded_house: House, tmp_path: Path
) -> None:
    other = replace(founded_house, folder=tmp_path / "other")
    with found(other.settings(), "p", operator="样例协会") as store:
        trust = store.trust.text()
    assert broken_steps(verify(receipt_of(small_house, "fact"), trust)) == [
        "checkpoint",
        "provider",
    ]


def test_an_officers_decision_is_not_valid_for_who_does_not_trust_the_officer(
    small_house: House,
) -> None:
    trust = parse_trust(trust_of(small_house))
    without = TrustPolicy(trust.logs, tuple(p for p in trust.parties if p.role != "officer"))
    verdict = verify(receipt_of(small_house, "decision"), without.text())
    assert not verdict.valid
    assert broken_steps(verdict) == ["acts"]


def test_a_broken_trust_file_is_an_error_and_not_a_verdict(small_house: House) -> None:
    receipt = receipt_of(small_house, "fact")
    for text in ("", "log nonsense\nquorum none\n", "quorum none\nquorum none\n"):
        with pytest.raises(TallyError, match="bad_trust_file"):
            verify(receipt, text)


def test_a_trust_file_without_keys_trusts_nobody(small_house: House) -> None:
    assert not verify(receipt_of(small_house, "fact"), "quorum none\n").valid


# -- every byte counts ------------------------------------------------------------------------


def assert_not_valid(verifier: Verifier, data: bytes, what: object) -> None:
    verdict = verifier.check(data)
    assert not verdict.valid, what
    assert broken_steps(verdict), what


@pytest.mark.parametrize("content", [True, False])
@pytest.mark.parametrize("kind", ["fact", "decision"])
def test_no_changed_added_or_missing_byte_of_a_receipt_is_overlooked(
    small_house: House,
    kind: str,
    content: bool,  # noqa: FBT001 - one of the two kinds of receipt
) -> None:
    receipt = receipt_of(small_house, kind, content=content)
    verifier = Verifier(parse_trust(trust_of(small_house)))
    assert verifier.check(receipt).valid
    for at in range(len(receipt)):
        for bit in (at % 8, (at + 3) % 8):
            changed = bytearray(receipt)
            changed[at] ^= 1 << bit
            assert_not_valid(verifier, bytes(changed), ("changed", at, bit))
        assert_not_valid(verifier, receipt[:at] + receipt[at + 1 :], ("missing", at))
        more = receipt[:at] + receipt[at : at + 1] + receipt[at:]
        assert_not_valid(verifier, more, ("twice", at))
    for added in (b"\n", b" ", b"\0", b"{}"):
        assert_not_valid(verifier, receipt + added, added)
        assert_not_valid(verifier, added + receipt, added)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"{}\n",
        b"null\n",
        b"[]\n",
        b'"receipt"\n',
        b"\xff\xfe\n",
        b"[" * 100_000 + b"\n",
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"\n",
        b'{"format":"tallystick-receipt/1"}\n',
        b" " * (1024 * 1024) + b"\n",
    ],
)
def test_what_is_no_receipt_gets_a_verdict_and_no_exception(data: bytes) -> None:
    verdict = verify(data)
    assert (verdict.valid, verdict.consistent) == (False, False)
    assert broken_steps(verdict) == ["form"]


@pytest.mark.parametrize("value", [None, 1, -1, "", "zz", [], {}, True, 2**53 - 1, ["a"], {"a": 1}])
def test_a_field_of_another_kind_gets_a_verdict_and_no_exception(
    small_house: House, value: Any
) -> None:
    whole = json.loads(receipt_of(small_house, "decision"))
    trust = trust_of(small_house)
    spoiled = [{**whole, name: value} for name in whole]
    spoiled += [{**whole, "batch": {**whole["batch"], name: value}} for name in whole["batch"]]
    spoiled += [{**whole, "body": {**whole["body"], name: value}} for name in whole["body"]]
    for document in spoiled:
        if document != whole:
            verdict = verify(canonical.encode(document) + b"\n", trust)
            assert not verdict.valid
            assert broken_steps(verdict)


def test_a_key_put_into_a_receipt_makes_it_no_receipt(small_house: House) -> None:
    with small_house.opened(writer=False) as store:
        receipt = make_numbered(store, 0)
        key = store.log_key.verifier.text()
    for place in ("", "batch"):
        document = json.loads(receipt)
        (document[place] if place else document)["key"] = key
        verdict = verify(canonical.encode(document) + b"\n", trust_of(small_house))
        assert broken_steps(verdict) == ["form"]


def test_a_second_signature_line_of_a_stranger_is_named_as_not_checked(small_house: House) -> None:
    """C2SP lets such lines stand; who reads the verdict must not take them for checked."""
    document = json.loads(receipt_of(small_house, "fact"))
    line = document["log_proof"].splitlines()[-1]
    document["log_proof"] += line.replace("tallystick.local", "court.example") + "\n"
    verdict = verify(canonical.encode(document) + b"\n", trust_of(small_house))
    assert verdict.valid
    [named] = verdict.to_json()["witnessed"]["not_checked"]
    assert named.startswith("court.example/")


def test_body_and_path_of_two_receipts_do_not_mix(small_house: House) -> None:
    with small_house.opened(writer=False) as store:
        one, two = (json.loads(make_numbered(store, number)) for number in (3, 4))
    mixed = {**one, "body": two["body"], "salt": two["salt"]}
    verdict = verify(canonical.encode(mixed) + b"\n", trust_of(small_house))
    assert broken_steps(verdict) == ["commitment"]
    mixed = {**one, **{name: two[name] for name in ("body", "salt", "commitment")}}
    verdict = verify(canonical.encode(mixed) + b"\n", trust_of(small_house))
    assert not verdict.valid
    assert "batch" in broken_steps(verdict) or one["batch"] == two["batch"]


def test_one_verifier_remembers_what_it_checked_and_is_not_fooled_by_it(
    small_house: House,
) -> None:
    """The signature of a remembered checkpoint is not checked again; a changed one still is."""
    verifier = Verifier(parse_trust(trust_of(small_house)))
    receipt = receipt_of(small_house, "fact")
    assert verifier.check(receipt).valid
    document = json.loads(receipt)
    lines = document["log_proof"].split("\n")
    signature = lines[-2]
    other = signature[:-10] + ("A" if signature[-10] != "A" else "B") + signature[-9:]
    document["log_proof"] = document["log_proof"].replace(signature, other)
    assert not verifier.check(canonical.encode(document) + b"\n").valid
    assert verifier.check(receipt).valid


# -- existence only ---------------------------------------------------------------------------


def test_a_receipt_without_content_proves_existence_and_says_nothing_more(
    small_house: House,
) -> None:
    verdict = verify(receipt_of(small_house, "decision", content=False), trust_of(small_house))
    assert verdict.valid
    assert (verdict.body, verdict.provenance) == (None, None)
    assert [check.step for check in verdict.checks] == [
        "form",
        "batch",
        "log",
        "status",
        "checkpoint",
        "provider",
    ]


def test_salt_without_body_and_body_without_salt_are_no_receipts(small_house: House) -> None:
    document = json.loads(receipt_of(small_house, "fact"))
    for left_out in ("salt", "body"):
        half = {name: value for name, value in document.items() if name != left_out}
        assert broken_steps(verify(canonical.encode(half) + b"\n")) == ["form"]


# -- who signed within the body ---------------------------------------------------------------


def receipt_sealed_anyway(house: House, body: dict[str, Any]) -> bytes:
    """Seal `body` past every use case, as a dishonest operator could, and return its receipt."""
    with house.opened() as store:
        store.append([body])
        return make_numbered(store, store.log.records - 1)


def a_decision(store: Store) -> dict[str, Any]:
    return store.body(number_of(store, "decision"))


def test_a_decision_nobody_signed_is_not_valid(small: House) -> None:
    with small.opened(writer=False) as store:
        decision = a_decision(store)
    for unsigned in (
        {name: value for name, value in decision.items() if name != "signatures"},
        {**decision, "signatures": []},
    ):
        verdict = verify(receipt_sealed_anyway(small, unsigned), trust_of(small))
        assert broken_steps(verdict) == ["acts"]


def test_a_decision_changed_after_it_was_signed_is_not_valid(small: House) -> None:
    with small.opened(writer=False) as store:
        decision = a_decision(store)
    receipt = receipt_sealed_anyway(small, {**decision, "reason": "another reason"})
    assert broken_steps(verify(receipt, trust_of(small))) == ["acts"]


def test_a_decision_signed_by_the_operator_instead_of_an_officer_is_not_valid(
    small: House,
) -> None:
    with small.opened(writer=False) as store:
        decision = {k: v for k, v in a_decision(store).items() if k != "signatures"}
        forged = sign_act(store.origin, decision, [store.provider_key])
    assert broken_steps(verify(receipt_sealed_anyway(small, forged), trust_of(small))) == ["acts"]


def test_one_officer_cannot_sign_in_the_name_of_another(small: House) -> None:
    from tallystick.app.officers import open_officer  # noqa: PLC0415 - only this attack needs it

    with small.opened() as store:
        new_officer(store, "Another officer", signer="Officer of the tests")
        key, _ = open_officer(store, "Another officer")
        decision = {k: v for k, v in a_decision(store).items() if k != "signatures"}
        forged = sign_act(store.origin, decision, [key])
    assert broken_steps(verify(receipt_sealed_anyway(small, forged), trust_of(small))) == ["acts"]


def a_fact(store: Store, **changes: Any) -> dict[str, Any]:
    found = store.body(number_of(store, "fact"))
    return {**found, **changes}


def test_the_fulfilment_of_a_contract_without_both_signatures_is_not_valid(small: House) -> None:
    data = {"contract_id": "A-1", "role": "buyer", "due_on": "2026-01-01", "outcome": "kept"}
    with small.opened(writer=False) as store:
        fact = a_fact(store, item="contract.fulfilment", data=data)
        signed = sign_act(store.origin, fact, [store.provider_key])
    for body in (fact, signed):
        verdict = verify(receipt_sealed_anyway(small, body), trust_of(small))
        assert broken_steps(verdict) == ["acts"]


# -- where a fact comes from ------------------------------------------------------------------


def test_a_fact_is_called_signed_by_its_source_only_if_the_source_signed(small: House) -> None:
    """A body may claim what it likes: the trust file says whose key delivered it."""
    court = {"name": "样例区人民法院", "code": "", "document": "样民初1号", "digest": "0" * 64}
    with small.opened(writer=False) as store:
        claimed = a_fact(store, source=court, channel="direct")
    verdict = verify(receipt_sealed_anyway(small, claimed), trust_of(small))
    assert verdict.valid
    assert verdict.provenance is not None
    assert verdict.provenance.en.startswith("transcribed by 样例协会 from document 样民初1号")


def test_what_the_deliverer_made_itself_is_called_so(small: House) -> None:
    own = {"name": "样例协会", "code": "", "document": "样协1号", "digest": "0" * 64}
    with small.opened(writer=False) as store:
        body = a_fact(store, source=own, channel="direct")
    verdict = verify(receipt_sealed_anyway(small, body), trust_of(small))
    assert verdict.provenance is not None
    assert verdict.provenance.en == "signed by 样例协会 itself, from document 样协1号"


def test_a_body_without_a_source_gets_a_verdict_and_no_exception(small: House) -> None:
    for source in (None, "a court", 3, {}, {"digest": 5}):
        with small.opened(writer=False) as store:
            body = a_fact(store, source=source)
            if source is None:
                del body["source"]
        verdict = verify(_sealed_past_the_index(small, body), trust_of(small))
        assert verdict.valid, "the signatures hold; what is said is the deliverer's affair"


def _sealed_past_the_index(house: House, body: dict[str, Any]) -> bytes:
    with house.opened() as store:
        founding = bodies.founding(
            store.delivery(), origin=store.origin, operator="", code="", sample=True
        )
        store.append([{**founding, **body, "kind": "founding"}])
        return make_numbered(store, store.log.records - 1)

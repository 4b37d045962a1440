from __future__ import annotations

from collections.abc import Callable

import pytest

from tallystick.kernel.errors import TallyError
from tallystick.kernel.notes import write_checkpoint
from tallystick.kernel.signing import (
    BAD_SIGNATURE,
    SM2_SM3,
    CosignerKey,
    Signer,
    SigningKey,
)
from tallystick.kernel.suites import Sm2SigningKey
from tallystick.ledger import (
    BAD_TRUST_FILE,
    Party,
    TrustPolicy,
    decode_header,
    parse_trust,
    sign_header,
)
from tallystick.ledger.batches import BAD_HEADER
from tallystick.ledger.trust import ROLES, Ended
from tallystick.records import check_act, sign_act

ORIGIN = "example.org/ledger"
SEALED_AT = 1_798_761_600
LOG = SigningKey(ORIGIN, bytes([1]) * 32)
BANK = Sm2SigningKey("example.org/bank", bytes([2]) * 32)
OFFICER = SigningKey("example.org/officer", bytes([3]) * 32)
CODE = "51310110PDY910013P"
POLICY = TrustPolicy(
    (LOG.verifier,),
    (
        Party("provider", BANK.verifier, CODE, "样例银行"),
        Party("officer", BANK.verifier, "", "演示员"),
        Party("officer", OFFICER.verifier, "", "演示员"),
    ),
    ended=(Ended("officer", BANK.verifier, 7, "retired"),),
)


def refused(text: str) -> None:
    with pytest.raises(TallyError) as refusal:
        parse_trust(text)
    assert refusal.value.reason is BAD_TRUST_FILE


def test_a_batch_signed_by_sm2_is_checked_with_the_key_of_the_trust_file(
    commitments: Callable[..., list[bytes]],
) -> None:
    header = decode_header(sign_header(ORIGIN, BANK, commitments(5), SEALED_AT).encode())
    key = parse_trust(POLICY.text()).party(header.key_id, "provider").key
    assert key.kind == SM2_SM3
    header.check(ORIGIN, key)
    for at in range(130):
        spoiled = bytearray(header.encode())
        spoiled[at] ^= 1
        with pytest.raises(TallyError) as refusal:
            decode_header(bytes(spoiled)).check(ORIGIN, key)
        assert refusal.value.reason in (BAD_SIGNATURE, BAD_HEADER)
    for origin, other in (("example.org/other", key), (ORIGIN, OFFICER.verifier)):
        with pytest.raises(TallyError) as refusal:
            header.check(origin, other)
        assert refusal.value.reason is BAD_SIGNATURE


def test_acts_may_be_signed_by_keys_of_both_suites() -> None:
    signers: list[Signer] = [BANK, OFFICER]
    body = sign_act(ORIGIN, {"kind": "decision"}, signers)
    keys = {signer.verifier.key_id: signer.verifier for signer in signers}
    assert check_act(ORIGIN, body, keys.__getitem__, 2) == list(keys)
    for at in (0, 1):
        spoiled = {**body, "signatures": [dict(one) for one in body["signatures"]]}
        spoiled["signatures"][at]["signature"] = body["signatures"][1 - at]["signature"]
        with pytest.raises(TallyError) as refusal:
            check_act(ORIGIN, spoiled, keys.__getitem__, 2)
        assert refusal.value.reason is BAD_SIGNATURE


def test_a_trust_file_names_parties_of_both_suites_and_reads_back() -> None:
    assert parse_trust(POLICY.text()) == POLICY
    for role in ROLES:
        text = f"log {LOG.verifier.text()}\nquorum none\n#tally {role} {BANK.verifier.text()} - n\n"
        assert parse_trust(text).parties == (Party(role, BANK.verifier, "", "n"),)


def test_logs_and_witnesses_stay_with_the_kinds_that_other_tools_read() -> None:
    text, key = POLICY.text(), BANK.verifier.text()
    refused(text.replace("quorum none", f"log {key}\nquorum none"))
    refused(text.replace("quorum none", f"witness w {key}\nquorum none"))
    refused(text + f"#tally log-until 9 retired {key}\n")
    parse_trust(text + f"#tally log-until 9 retired {OFFICER.verifier.text()}\n")


def test_a_key_of_a_witness_signs_no_batch(commitments: Callable[..., list[bytes]]) -> None:
    # One by ML-DSA-44 would not even fit into the header, and be cut to it without a word.
    for kind in (4, 6):
        witness = CosignerKey("example.org/witness", bytes(32), kind)
        with pytest.raises(TallyError) as refusal:
            sign_header(ORIGIN, witness, commitments(1), SEALED_AT)
        assert refusal.value.reason is BAD_HEADER


def test_a_checkpoint_is_signed_by_the_log_whatever_the_parties_sign_by() -> None:
    checkpoint = write_checkpoint(ORIGIN, 3, bytes(32), [LOG])
    assert parse_trust(POLICY.text()).check_log(checkpoint) == LOG.verifier

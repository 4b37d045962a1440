from __future__ import annotations

from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tallystick.app.web import Page
from tallystick.kernel.merkle import check_consistency
from tallystick.kernel.notes import parse_checkpoint
from tallystick.kernel.signing import COSIGNATURE_ML_DSA_44, SigningKey
from tallystick.ledger import TrustPolicy, parse_trust
from tallystick.ledger.witness import read_submission
from tallystick.testing.witnesses import ShownLog, WitnessNetwork

LOG = SigningKey("example.org/log", bytes([99]) * 32)
SHOWN = ShownLog(LOG)
NOW = 1_798_761_600


def posted(address: str, path: str, data: bytes) -> tuple[int, str]:
    request = Request(address.rstrip("/") + path, data)  # noqa: S310 - the address is ours
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def test_its_witnesses_cosign_over_the_network_at_the_time_it_says(tmp_path: Path) -> None:
    kinds = {"B": COSIGNATURE_ML_DSA_44}
    with WitnessNetwork(tmp_path, ["A", "B"], LOG.verifier, NOW, kinds) as network:
        policy = network.policy(TrustPolicy((LOG.verifier,), ()), 2)
        assert parse_trust(policy.text()) == policy
        checkpoint = SHOWN.checkpoint(5)
        text = checkpoint.text()
        for witness in network.witnesses:
            status, line = posted(witness.url, "/add-checkpoint", SHOWN.asks(0, 5))
            assert status == 200
            text += line
        assert policy.check_checkpoint(parse_checkpoint(text)).time == NOW
        network.now += 60
        _, line = posted(network.witnesses[0].url, "/add-checkpoint", SHOWN.asks(5, 5))
        again = parse_checkpoint(f"{checkpoint.body}\n{line}")
        assert again.check_cosignature(network.witnesses[0].key) == NOW + 60
        assert network.old_sizes("A") == [0, 5]
        assert posted(network.witnesses[0].url, "/elsewhere", b"")[0] == 404


def test_what_a_witness_answers_can_be_replaced(tmp_path: Path) -> None:
    with WitnessNetwork(tmp_path, ["A"], LOG.verifier, NOW) as network:
        network.wrong["A"] = lambda body: Page(418, "text/plain", body[:5])
        status, said = posted(network.witnesses[0].url, "/add-checkpoint", SHOWN.asks(0, 5))
        assert (status, said) == (418, "old 0")


@pytest.mark.parametrize("at", [0, 3])
def test_a_log_shows_a_history_that_fits_and_another(at: int) -> None:
    one = read_submission(SHOWN.asks(7, 12))
    old, new = SHOWN.checkpoint(7), one.checkpoint
    check_consistency(7, 12, old.root, new.root, one.proof)
    other = SHOWN.forged(at).checkpoint(7)
    other.check(LOG.verifier)
    assert other.root != old.root
    assert SHOWN.forged(at).checkpoint(at).root == SHOWN.checkpoint(at).root

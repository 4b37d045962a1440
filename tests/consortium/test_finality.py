from __future__ import annotations

from dataclasses import replace

import pytest

from tallystick.consortium.finality import FinalityProof, check_final, read_finality
from tallystick.consortium.light import Frozen, start
from tallystick.consortium.light_reasons import FROZEN_TRUST, NOT_HIGHER, TRUST_EXPIRED
from tallystick.consortium.reasons import NOT_THIS_CHECKPOINT
from tallystick.consortium.state import LOG, app_hash, prove_value, read_head
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import NOT_CONSISTENT, PATH_DOES_NOT_LEAD
from tallystick.kernel.notes import Checkpoint
from tallystick.testing.consortium_world import World

from .chains import NOW, PERIOD_S, block, only, refused, trusted

HEIGHT = 11


class Case:
    """A ledger that was written to twice, and a made chain whose header holds its state."""

    def __init__(self, world: World) -> None:
        a = world.who["A"]
        for count in (3, 2):
            world.driver.submit(a.append(count).encode())
            world.driver.block()
        replica = world.driver.applications["A"].replica
        assert replica.stored is not None
        self.values = replica.stored.values
        self.log = replica.logs[a.origin]
        self.head = read_head(self.values[LOG + a.origin])
        self.whole = Checkpoint(a.origin, self.head.size, self.head.root, ())
        earlier = self.head.size - 2
        self.earlier = Checkpoint(a.origin, earlier, self.log.root(earlier), ())
        self.block = block(HEIGHT, app_hash=app_hash(self.values))
        self.value = prove_value(self.values, LOG + a.origin)
        self.path = self.log.consistency(earlier, self.head.size)

    def proof(self, path: list[bytes] | None = None) -> FinalityProof:
        return FinalityProof(self.block, self.value, path or [])


@pytest.fixture
def case(world: World) -> Case:
    return Case(world)


def test_a_checkpoint_the_state_holds_is_final(case: Case) -> None:
    data = case.proof().encode()
    found = check_final(read_finality(data), case.whole, trusted(), NOW, case.head.status)
    assert (found.height, found.trust.height) == (HEIGHT, HEIGHT)


def test_an_earlier_checkpoint_is_final_by_what_grew_from_it(case: Case) -> None:
    proof = read_finality(case.proof(case.path).encode())
    assert check_final(proof, case.earlier, trusted(), NOW).height == HEIGHT
    refused(NOT_CONSISTENT, check_final, case.proof(), case.earlier, trusted(), NOW)
    other = case.earlier._replace(root=bytes(32))
    refused(NOT_CONSISTENT, check_final, case.proof(case.path), other, trusted(), NOW)


def test_another_root_size_origin_or_status_is_not_final(case: Case) -> None:
    for wrong in (
        case.whole._replace(root=bytes(32)),
        case.whole._replace(size=case.whole.size + 1),
        case.whole._replace(origin="log.example/b"),
    ):
        refused(NOT_THIS_CHECKPOINT, check_final, case.proof(), wrong, trusted(), NOW)
    status = (case.proof(), case.whole, trusted(), NOW, bytes([1]) * 32)
    refused(NOT_THIS_CHECKPOINT, check_final, *status)


def test_the_value_of_another_log_proves_nothing_of_this_one(case: Case) -> None:
    other = prove_value(case.values, LOG + "log.example/b")
    proof = case.proof()._replace(value=other)
    refused(NOT_THIS_CHECKPOINT, check_final, proof, case.whole, trusted(), NOW)


def test_a_value_that_is_not_in_the_state_of_the_header_is_refused(case: Case) -> None:
    changed = case.value._replace(value=case.value.value.replace(b"log.example", b"log.exemple"))
    proof = case.proof()._replace(value=changed)
    refused(PATH_DOES_NOT_LEAD, check_final, proof, case.whole, trusted(), NOW)


def test_a_block_too_few_signed_makes_nothing_final(case: Case) -> None:
    weak = block(HEIGHT, flags=only(1, 2), app_hash=app_hash(case.values))
    with pytest.raises(TallyError):
        check_final(case.proof()._replace(block=weak), case.whole, trusted(), NOW)


def test_the_trust_must_be_of_before_in_time_and_not_frozen(case: Case) -> None:
    late = NOW + PERIOD_S * 10**9
    refused(TRUST_EXPIRED, check_final, case.proof(), case.whole, trusted(), late)
    refused(NOT_HIGHER, check_final, case.proof(), case.whole, trusted(HEIGHT + 1), NOW)

    frozen = replace(trusted(), frozen=Frozen(HEIGHT, bytes(32), bytes([1]) * 32))
    refused(FROZEN_TRUST, check_final, case.proof(), case.whole, frozen, NOW)


def test_the_trusted_block_itself_serves(case: Case) -> None:
    made = case.block
    trust = start("made-1", made.header.hash(), made, NOW, trusting_period_s=PERIOD_S)
    assert check_final(case.proof(), case.whole, trust, NOW).height == HEIGHT


def test_a_proof_has_one_encoding(case: Case) -> None:
    data = case.proof(case.path).encode()
    assert read_finality(data).encode() == data
    document = canonical.decode(data.strip())
    for changed in (
        {**document, "more": 1},
        {**document, "version": 2},
        {**document, "consistency": ["zz"]},
        {**document, "consistency": ["00"] * 65},
        {**document, "value": {**document["value"], "place": "0"}},
        {name: value for name, value in document.items() if name != "block"},
    ):
        with pytest.raises(TallyError):
            read_finality(canonical.encode(changed) + b"\n")
    for cut in (b"", data[:-1] + b" \n", data + b"\n", b"[]\n", b"1\n"):
        with pytest.raises(TallyError):
            read_finality(cut)

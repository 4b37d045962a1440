"""What a trust file asks of a checkpoint: a quorum of witnesses, and keys that had not ended."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.merkle import leaf_hash
from tallystick.kernel.notes import UNKNOWN_SIGNER, Checkpoint, write_checkpoint
from tallystick.kernel.signing import (
    BAD_SIGNATURE,
    COSIGNATURE_ED25519,
    COSIGNATURE_ML_DSA_44,
    CosignerKey,
    SigningKey,
)
from tallystick.ledger import BAD_TRUST_FILE, UNKNOWN_KEY, Party, TrustPolicy, parse_trust
from tallystick.ledger.trust import LISTED_MAX, Ended, Group, Witness
from tallystick.ledger.trust_reasons import (
    KEY_ENDED,
    LOG_KEY_COMPROMISED,
    LOG_KEY_ENDED,
    QUORUM_MISSING,
)

ORIGIN = "example.org/ledger"
LOG, OLD_LOG = SigningKey(ORIGIN, bytes([1]) * 32), SigningKey(ORIGIN, bytes([2]) * 32)
OTHER_LOG = SigningKey("example.org/another", bytes([3]) * 32)
PROVIDER = SigningKey(f"{ORIGIN}/provider", bytes([4]) * 32).verifier
OFFICER = SigningKey(f"{ORIGIN}/officer", bytes([5]) * 32).verifier
KINDS = {"A": COSIGNATURE_ED25519, "B": COSIGNATURE_ML_DSA_44, "C": COSIGNATURE_ED25519}
SECRETS = {
    name: CosignerKey(f"witness.example/{name}", bytes([60 + at]) * 32, kind)
    for at, (name, kind) in enumerate(KINDS.items())
}
WITNESSES = tuple(Witness(name, key.verifier, "") for name, key in SECRETS.items())
PARTIES = (
    Party("provider", PROVIDER, "", "样例协会"),
    Party("officer", OFFICER, "", "演示员"),
)
TWO_OF_THREE = TrustPolicy((LOG.verifier,), PARTIES, WITNESSES).with_quorum(2)
CHECKPOINT = write_checkpoint(ORIGIN, 9, leaf_hash(b"root"), [LOG])
TIMES = {"A": 1_000, "B": 2_000, "C": 3_000}


def cosigned(*names: str, checkpoint: Checkpoint = CHECKPOINT) -> Checkpoint:
    for name in names:
        checkpoint = checkpoint.cosigned(SECRETS[name], TIMES[name])
    return checkpoint


def refusal_of(policy: TrustPolicy, checkpoint: Checkpoint, reason: Reason) -> TallyError:
    with pytest.raises(TallyError) as refusal:
        policy.check_checkpoint(checkpoint)
    assert refusal.value.reason is reason
    return refusal.value


def bad_file(text: str) -> None:
    with pytest.raises(TallyError) as refusal:
        parse_trust(text)
    assert refusal.value.reason is BAD_TRUST_FILE


def policy_of(*lines: str) -> TrustPolicy:
    keys = [f"witness {one.name} {one.key.text()}" for one in WITNESSES]
    return parse_trust("\n".join([f"log {LOG.verifier.text()}", *keys, *lines]) + "\n")


# -- quorum ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [("A", "B"), ("A", "C"), ("C", "B"), ("A", "B", "C")])
def test_enough_witnesses_are_enough_and_the_time_is_when_they_were(
    names: tuple[str, ...],
) -> None:
    witnessed = TWO_OF_THREE.check_checkpoint(cosigned(*names))
    assert witnessed.log == LOG.verifier
    assert witnessed.times == {name: TIMES[name] for name in names}
    assert witnessed.time == sorted(TIMES[name] for name in names)[1]
    assert witnessed.unchecked == ()


def test_too_few_witnesses_are_refused_and_those_who_lack_are_named() -> None:
    fault = refusal_of(TWO_OF_THREE, cosigned("A"), QUORUM_MISSING)
    assert "2 of 3" in fault.text.en
    assert "signed: A; missing: B, C" in fault.text.en
    assert "已签 A；缺 B, C" in fault.text.zh
    assert "missing: A, B, C" in refusal_of(TWO_OF_THREE, CHECKPOINT, QUORUM_MISSING).text.en


@pytest.mark.parametrize("needed", [1, 2, 3])
def test_k_of_n_is_counted_for_every_set_of_witnesses(needed: int) -> None:
    policy = TWO_OF_THREE.with_quorum(needed)
    for count in range(4):
        for names in itertools.combinations("ABC", count):
            if count >= needed:
                policy.check_checkpoint(cosigned(*names))
            else:
                refusal_of(policy, cosigned(*names), QUORUM_MISSING)


def test_the_words_any_and_all_and_a_single_witness_mean_what_they_say() -> None:
    policy_of("group g any A B", "quorum g").check_checkpoint(cosigned("B"))
    refusal_of(policy_of("group g any A B", "quorum g"), cosigned("C"), QUORUM_MISSING)
    policy_of("group g all A B", "quorum g").check_checkpoint(cosigned("A", "B"))
    refusal_of(policy_of("group g all A B", "quorum g"), cosigned("A", "C"), QUORUM_MISSING)
    assert policy_of("quorum C").check_checkpoint(cosigned("C")).time == TIMES["C"]
    fault = refusal_of(policy_of("quorum C"), cosigned("A", "B"), QUORUM_MISSING)
    assert "missing: C" in fault.text.en
    assert policy_of("quorum none").check_checkpoint(CHECKPOINT).time == 0


def test_groups_within_groups_are_counted_as_groups() -> None:
    """The example of the form: so many of one organisation, and any of another."""
    policy = policy_of("group x 1 A B", "group both all x C", "quorum both")
    for enough in ("AC", "BC", "ABC"):
        policy.check_checkpoint(cosigned(*enough))
    for few in ("AB", "C", "A"):
        refusal_of(policy, cosigned(*few), QUORUM_MISSING)


@given(st.sets(st.sampled_from("ABC")), st.permutations("ABC"))
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_lines_changes_nothing(names: set[str], order: list[str]) -> None:
    signed = [name for name in order if name in names]
    if len(names) < 2:
        refusal_of(TWO_OF_THREE, cosigned(*signed), QUORUM_MISSING)
    else:
        witnessed = TWO_OF_THREE.check_checkpoint(cosigned(*signed))
        assert witnessed.time == sorted(TIMES[name] for name in names)[1]


def test_a_cosignature_that_states_no_time_counts_but_is_no_time_stamp() -> None:
    timeless = CHECKPOINT.cosigned(SECRETS["B"], 0)
    witnessed = TWO_OF_THREE.check_checkpoint(cosigned("A", checkpoint=timeless))
    assert (witnessed.time, witnessed.times["B"]) == (0, 0)
    three = TWO_OF_THREE.check_checkpoint(cosigned("A", "C", checkpoint=timeless))
    assert three.time == TIMES["C"]


def test_a_stranger_who_cosigns_is_named_and_counts_for_nothing() -> None:
    stranger = CosignerKey("witness.example/A", bytes([99]) * 32)  # under a name that is known
    checkpoint = cosigned("A").cosigned(stranger, 1)
    fault = refusal_of(TWO_OF_THREE, checkpoint, QUORUM_MISSING)
    assert "signed: A; missing: B, C" in fault.text.en
    enough = cosigned("B", checkpoint=checkpoint)
    assert TWO_OF_THREE.check_checkpoint(enough).unchecked == ("witness.example/A",)


@pytest.mark.parametrize("name", ["A", "B"])
def test_a_false_cosignature_of_a_known_witness_is_an_error_however_many_hold(name: str) -> None:
    others = cosigned(*(other for other in "ABC" if other != name))
    line = cosigned(name).signatures[-1]
    blob = bytearray(line.signature)
    blob[20] ^= 1
    spoiled = line._replace(signature=bytes(blob))
    checkpoint = others._replace(signatures=(*others.signatures, spoiled))
    assert SECRETS[name].name in refusal_of(TWO_OF_THREE, checkpoint, BAD_SIGNATURE).text.en


def test_cosignatures_of_another_state_do_not_count() -> None:
    other = cosigned("A", "B", checkpoint=CHECKPOINT._replace(root=leaf_hash(b"forged")))
    moved = CHECKPOINT._replace(signatures=(*CHECKPOINT.signatures, *other.signatures[1:]))
    refusal_of(TWO_OF_THREE, moved, BAD_SIGNATURE)


def test_witnesses_alone_do_not_make_a_log() -> None:
    bare = cosigned("A", "B", "C")
    refusal_of(TWO_OF_THREE, bare._replace(signatures=bare.signatures[1:]), UNKNOWN_SIGNER)
    other = write_checkpoint(OTHER_LOG.name, 9, CHECKPOINT.root, [OTHER_LOG])
    refusal_of(TWO_OF_THREE, cosigned("A", "B", checkpoint=other), UNKNOWN_KEY)
    # A known log's key does not speak for a log of another name.
    renamed = write_checkpoint(OTHER_LOG.name, 9, CHECKPOINT.root, [LOG])
    both = TrustPolicy((LOG.verifier, OTHER_LOG.verifier), ())
    refusal_of(both, renamed, UNKNOWN_SIGNER)


# -- keys that ended ------------------------------------------------------------------------------


def rotated(reason: str, *, quorum: int = 0) -> TrustPolicy:
    ended = (Ended("log", OLD_LOG.verifier, 9, reason),)
    policy = TrustPolicy((LOG.verifier,), PARTIES, WITNESSES, ended=ended)
    return policy.with_quorum(quorum)


def old(size: int) -> Checkpoint:
    return write_checkpoint(ORIGIN, size, CHECKPOINT.root, [OLD_LOG])


def test_an_earlier_log_key_counts_up_to_its_size() -> None:
    policy = rotated("retired")
    for size in (1, 9):
        assert policy.check_checkpoint(old(size)).log == OLD_LOG.verifier
    fault = refusal_of(policy, old(10), LOG_KEY_ENDED)
    assert "ended at size 9" in fault.text.en
    for size in (1, 10, 10**6):
        policy.check_checkpoint(write_checkpoint(ORIGIN, size, CHECKPOINT.root, [LOG]))


def test_a_compromised_log_key_counts_only_together_with_witnesses() -> None:
    refusal_of(rotated("compromised"), cosigned("A", "B", checkpoint=old(9)), LOG_KEY_COMPROMISED)
    policy = rotated("compromised", quorum=2)
    policy.check_checkpoint(cosigned("A", "B", checkpoint=old(9)))
    refusal_of(policy, cosigned("A", checkpoint=old(9)), QUORUM_MISSING)
    refusal_of(policy, cosigned("A", "B", checkpoint=old(10)), LOG_KEY_ENDED)


def test_who_signed_can_be_asked_without_asking_whether_they_are_enough() -> None:
    found = rotated("compromised").signers(cosigned("B", checkpoint=old(9)))
    assert (found.log, found.times, found.time) == (OLD_LOG.verifier, {"B": TIMES["B"]}, 0)


def test_a_party_whose_key_ended_counts_by_the_place_of_what_it_signed() -> None:
    policy = TrustPolicy(
        (LOG.verifier,), PARTIES, ended=(Ended("officer", OFFICER, 7, "compromised"),)
    )
    for entry in (None, 0, 6):
        assert policy.party(OFFICER.key_id, "officer", entry).name == "演示员"
    for entry in (7, 8, 10**9):
        with pytest.raises(TallyError) as refusal:
            policy.party(OFFICER.key_id, "officer", entry)
        assert refusal.value.reason is KEY_ENDED
    policy.party(PROVIDER.key_id, "provider", 10**9)


def test_a_key_that_ended_in_one_role_goes_on_in_another() -> None:
    parties = (*PARTIES, Party("verifier", OFFICER, "", "演示员"))
    policy = TrustPolicy((LOG.verifier,), parties, ended=(Ended("officer", OFFICER, 7, "retired"),))
    assert parse_trust(policy.text()) == policy
    policy.party(OFFICER.key_id, "verifier", 8)


# -- the file -------------------------------------------------------------------------------------

WHOLE = TrustPolicy(
    (LOG.verifier, OTHER_LOG.verifier),
    PARTIES,
    tuple(one._replace(url=f"https://{one.name}.example/") for one in WITNESSES[:2])
    + WITNESSES[2:],
    (Group("x", 1, ("A", "B")), Group("both", 2, ("x", "C"))),
    "both",
    (
        Ended("log", OLD_LOG.verifier, 9, "compromised"),
        Ended("officer", OFFICER, 7, "retired"),
    ),
    ((OTHER_LOG.verifier.text(), "https://another.example/log"),),
)


def test_all_of_it_is_written_as_specified_and_reads_back_byte_for_byte() -> None:
    text = WHOLE.text()
    keys = {one.name: one.key.text() for one in WITNESSES}
    assert text.split("\n")[2:] == [
        f"log {LOG.verifier.text()}",
        f"log {OTHER_LOG.verifier.text()} https://another.example/log",
        f"witness A {keys['A']} https://A.example/",
        f"witness B {keys['B']} https://B.example/",
        f"witness C {keys['C']}",
        "group x 1 A B",
        "group both 2 x C",
        "quorum both",
        f"#tally log-until 9 compromised {OLD_LOG.verifier.text()}",
        f"#tally provider {PROVIDER.text()} - 样例协会",
        f"#tally officer {OFFICER.text()} - 演示员",
        f"#tally until 7 retired officer {OFFICER.text()}",
        "",
    ]
    assert parse_trust(text) == WHOLE
    assert parse_trust(text).text() == text


def test_other_tools_see_no_key_that_ended_and_no_party() -> None:
    """What is left when the comments are skipped is a policy with the current keys alone."""
    bare = "\n".join(line for line in WHOLE.text().split("\n") if not line.startswith("#"))
    policy = parse_trust(bare)
    assert (policy.parties, policy.ended) == ((), ())
    assert (policy.logs, policy.quorum) == (WHOLE.logs, "both")


KEY_A, KEY_C = WITNESSES[0].key.text(), WITNESSES[2].key.text()


@pytest.mark.parametrize(
    "lines",
    [
        "quorum A",  # not defined before
        f"quorum A\nwitness A {KEY_A}",
        f"witness none {KEY_A}\nquorum none",
        f"witness A {KEY_A}\nwitness A {KEY_C}\nquorum none",
        f"witness A {KEY_A}\nwitness C {KEY_A}\nquorum none",
        f"witness A {KEY_A} https://a https://b\nquorum A",
        f"witness {KEY_A}\nquorum none",
        f"witness A {LOG.verifier.text()}\nquorum A",  # a key that signs logs
        f"log {KEY_A}\nquorum none",
        f"witness A {KEY_A}\ngroup g\nquorum none",
        f"witness A {KEY_A}\ngroup g 1\nquorum none",
        f"witness A {KEY_A}\ngroup g 0 A\nquorum g",
        f"witness A {KEY_A}\ngroup g 2 A\nquorum g",
        f"witness A {KEY_A}\ngroup g -1 A\nquorum g",
        f"witness A {KEY_A}\ngroup g \u0661 A\nquorum g",
        f"witness A {KEY_A}\ngroup g {'9' * 5000} A\nquorum g",
        f"witness A {KEY_A}\ngroup g some A\nquorum g",
        f"witness A {KEY_A}\ngroup g 1 A A\nquorum g",
        f"witness A {KEY_A}\ngroup g 1 B\nquorum g",
        f"witness A {KEY_A}\ngroup g 1 g\nquorum g",
        f"witness A {KEY_A}\ngroup g 1 none\nquorum g",
        f"witness A {KEY_A}\ngroup A 1 A\nquorum A",
        f"witness A {KEY_A}\ngroup g 1 A\ngroup h 1 A\nquorum h",
        f"group g 1 A\nwitness A {KEY_A}\nquorum g",
        f"witness A {KEY_A}\nquorum A\nquorum A",
        f"witness A {KEY_A}\nquorum A\nquorum none",
        f"witness A {KEY_A}\nquorum A A",
    ],
)
def test_a_policy_that_the_form_forbids_is_refused(lines: str) -> None:
    bad_file(f"log {LOG.verifier.text()}\n{lines}\n")


END = f"officer {OFFICER.text()}"


@pytest.mark.parametrize(
    "line",
    [
        f"#tally until {END}",
        f"#tally until 7 {END}",
        f"#tally until 7 lost {END}",
        f"#tally until -7 retired {END}",
        f"#tally until 07 retired {END}",
        f"#tally until \u0667 retired {END}",
        f"#tally until {'9' * 20} retired {END}",
        f"#tally until {'9' * 5000} retired {END}",
        f"#tally until 7  retired {END}",
        f"#tally until 7 retired {END} x",
        f"#tally until 7 retired log {OLD_LOG.verifier.text()}",
        f"#tally until 7 retired auditor {OFFICER.text()}",
        f"#tally until 7 retired verifier {OFFICER.text()}",  # not registered in that role
        f"#tally until 7 retired officer {KEY_A}",
        f"#tally until 7 retired {END}\n#tally until 8 retired {END}",
        f"#tally log-until 7 retired {LOG.verifier.text()}",  # still the current one
        f"#tally log-until 7 retired officer {OLD_LOG.verifier.text()}",
        f"#tally log-until x retired {OLD_LOG.verifier.text()}",
        "\n".join(f"#tally log-until {n} retired {OLD_LOG.verifier.text()}" for n in (7, 8)),
    ],
)
def test_an_end_of_a_key_that_is_not_understood_refuses_the_file(line: str) -> None:
    """Were it passed over, a key that ended would go on to count."""
    bad_file(TrustPolicy((LOG.verifier,), PARTIES).text() + line + "\n")


def test_there_may_be_as_many_witnesses_as_allowed_and_no_more() -> None:
    assert LISTED_MAX >= 32  # what the form asks of every reader
    keys = [CosignerKey(f"w{n}", n.to_bytes(32, "big")).verifier for n in range(LISTED_MAX + 1)]
    many = tuple(Witness(f"w{n}", key) for n, key in enumerate(keys))
    policy = TrustPolicy((LOG.verifier,), (), many[:-1]).with_quorum(LISTED_MAX)
    assert parse_trust(policy.text()) == policy
    with pytest.raises(TallyError):
        TrustPolicy((LOG.verifier,), (), many).text()


def test_groups_nested_as_deep_as_allowed_are_counted() -> None:
    lines = ["group g0 all A", *(f"group g{n} all g{n - 1}" for n in range(1, LISTED_MAX))]
    policy = policy_of(*lines, f"quorum g{LISTED_MAX - 1}")
    policy.check_checkpoint(cosigned("A"))
    fault = refusal_of(policy, cosigned("B"), QUORUM_MISSING)
    assert "missing: A" in fault.text.en


def test_witnesses_and_a_quorum_are_added_to_a_policy() -> None:
    policy = TrustPolicy((LOG.verifier,), PARTIES)
    for one in WITNESSES:
        policy = policy.with_witness(one)
        assert parse_trust(policy.text()) == policy
    policy.check_checkpoint(CHECKPOINT)  # nothing is asked of them yet
    policy = policy.with_quorum(2)
    assert policy == TWO_OF_THREE
    assert parse_trust(policy.text()) == policy
    assert policy.with_quorum(0) == TrustPolicy((LOG.verifier,), PARTIES, WITNESSES)
    for wrong in (
        policy.with_quorum(4),
        policy.with_witness(WITNESSES[0]),
        policy.with_witness(WITNESSES[0]._replace(name="D")),
        TrustPolicy((LOG.verifier,), ()).with_quorum(1),
        TrustPolicy((LOG.verifier,), ()).with_witness(WITNESSES[0]._replace(name="a b")),
        TrustPolicy((LOG.verifier,), ()).with_witness(WITNESSES[0]._replace(name="none")),
        TrustPolicy((LOG.verifier,), ()).with_witness(WITNESSES[0]._replace(url="https://a b")),
        TrustPolicy((LOG.verifier,), ()).with_witness(WITNESSES[0]._replace(url="x\nquorum A")),
    ):
        with pytest.raises(TallyError) as refusal:
            wrong.text()
        assert refusal.value.reason is BAD_TRUST_FILE

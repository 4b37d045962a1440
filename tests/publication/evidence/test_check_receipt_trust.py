"""Of every trust file, whole or spoiled, the second verifier makes what the first one makes."""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.publication.evidence.conftest import NOW, Corpus, agree, second, spoiled_bytes

from tallystick.app.verifying import verify
from tallystick.kernel.notes import write_checkpoint
from tallystick.kernel.signing import COSIGNATURE_ML_DSA_44, CosignerKey, SigningKey
from tallystick.ledger import parse_trust, read_receipt, write_receipt
from tallystick.ledger.trust import Ended, TrustPolicy, Witness

if TYPE_CHECKING:
    from types import ModuleType

A, B = (CosignerKey(f"witness.example/{name}", name.encode() * 32) for name in "ab")
C = CosignerKey("witness.example/c", b"c" * 32, COSIGNATURE_ML_DSA_44)


def cosigned(data: bytes, *keys: CosignerKey, time: int = NOW - 60) -> bytes:
    one = read_receipt(data)
    checkpoint = one.proof.checkpoint
    for at, key in enumerate(keys):
        checkpoint = checkpoint.cosigned(key, time + at if time else 0)
    return write_receipt(
        one.proof._replace(checkpoint=checkpoint), one.commitment, one.salt, one.body
    )


def with_witnesses(trust: str, needed: int, *keys: CosignerKey) -> str:
    policy = parse_trust(trust)
    for key in keys:
        policy = policy.with_witness(Witness(key.name[-1], key.verifier, ""))
    return policy.with_quorum(needed).text()


def a_fact(corpus: Corpus) -> bytes:
    return next(
        data
        for name, data in corpus.receipts.items()
        if name.startswith("scheme") and verify(data, corpus.trust, 86_400, NOW).valid
    )


def test_a_quorum_of_witnesses(checker: ModuleType, corpus: Corpus) -> None:
    data = a_fact(corpus)
    listed = [(), (A,), (B,), (A, B), (A, C), (C,), (A, B, C)]
    told = {}
    for needed in (0, 1, 2, 3):
        trust = with_witnesses(corpus.trust, needed, A, B, C)
        for keys in listed:
            for time in (NOW - 60, NOW - 90_000, 0):
                one = cosigned(data, *keys, time=time)
                told[needed, len(keys)] = agree(checker, one, trust)
                assert told[needed, len(keys)] == (len(keys) >= needed)
                agree(checker, one, trust, 86_400)
    forged = cosigned(data, A).replace(b"witness.example/a", b"witness.example/b")
    agree(checker, forged, with_witnesses(corpus.trust, 1, A, B))
    for keys in listed[1:]:
        one = cosigned(data, *keys)
        for spoiled in spoiled_bytes(one, len(keys), 60):
            agree(checker, spoiled, with_witnesses(corpus.trust, len(keys), A, B, C))


def test_who_has_no_library_for_ml_dsa_does_not_count_it(
    checker: ModuleType, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, trust = cosigned(a_fact(corpus), C), with_witnesses(corpus.trust, 1, A, C)
    assert second(checker, one, trust)
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric", None)
    done, receipt = checker.check(one, checker.Policy(trust))
    assert [step for step, why in done.items() if why] == ["witnesses"]
    assert receipt.unchecked == ["c"]


def ended_policies(trust: str) -> list[tuple[str, TrustPolicy]]:
    policy = parse_trust(trust)
    found = []
    for until in (0, 1, 5, 10, 10**6):
        for reason in ("retired", "compromised"):
            for party in policy.parties:
                end = Ended(party.role, party.key, until, reason)
                found.append((f"{party.role} {until}", _with(policy, ended=(end,))))
            other = SigningKey(policy.logs[0].name, b"n" * 32).verifier
            past = Ended("log", policy.logs[0], until, reason)
            found.append((f"log {until}", _with(policy, logs=(other,), ended=(past,))))
    return found


def _with(policy: TrustPolicy, **changes: Any) -> TrustPolicy:
    return TrustPolicy(
        **{**{f: getattr(policy, f) for f in policy.__dataclass_fields__}, **changes}
    )


def test_keys_that_ended(checker: ModuleType, corpus: Corpus) -> None:
    told = set()
    chosen = [n for n in corpus.receipts if n.split()[0] in ("decision", "founding", "fact")]
    for name, policy in ended_policies(corpus.trust):
        for receipt in chosen:
            data = corpus.receipts[receipt]
            told.add((name.split()[0], agree(checker, data, policy.text())))
            text = with_witnesses(policy.text(), 1, A)
            agree(checker, cosigned(data, A), text)
            agree(checker, data, text)
    assert {
        (role, held) for role in ("log", "provider", "officer") for held in (True, False)
    } <= told


GROUPS = """witness a {A}
witness b {B} https://example.org
group two 2 a b
group one any a b
group g all a b
group h 1 two
group none 1 a
group a 1 b
group k 0 a b
group k 3 a b
group k ٣ a b
quorum two
quorum a
quorum h
quorum nobody
log {A}
witness w {A}
witness w x+00000000+AA==
policy
#tally
#tally until
#tally until 01 retired provider {P}
#tally until 5 retired provider {P}
#tally until 5 lost provider {P}
#tally until 5 retired log {P}
#tally until 5 retired officer {P}
#tally log-until 5 retired {L}
#tally log-until 5 retired {P}
#tally log-until 5 compromised {P}
#tally judge {P} - name
#tally provider {P} - name
#tally officer {P} - name
#tally officer {P}  name
#tally officer {P} -  name
#tally officer {P} -{S}
#tally officer {P} - \u2028
#tally officer {P} - a\u0085b
#tallyx
  # a comment
\tquorum  a
\u00a0quorum a
log {L}
log {L} https://example.org x"""


def test_no_line_of_a_trust_file_divides_the_two(checker: ModuleType, corpus: Corpus) -> None:
    """Any two lines more, in any order, and each line of the file left out, changed or twice."""
    policy = parse_trust(corpus.trust)
    provider = next(p for p in policy.parties if p.role == "provider")
    names = {"S": " ", "P": provider.key.text(), "L": policy.logs[0].text()}
    names |= {"A": A.verifier.text(), "B": B.verifier.text()}
    more = [line.format(**names) for line in GROUPS.split("\n")]
    own = corpus.trust.removesuffix("\n").split("\n")
    data, told = cosigned(a_fact(corpus), A, B), []
    without = [line for line in own if not line.startswith("quorum")]
    for one in more:
        told.append(agree(checker, data, "\n".join([*own, one])))
        for two in more:
            listed = [*without, more[0], more[1], one, two]
            told.append(agree(checker, data, "\n".join(listed) + "\n"))
    assert any(told)
    for at, line in enumerate(own):
        for changed in ([], [line, line], [line + " "], [line[:-1]], [f" {line}"], [line + "\r"]):
            agree(checker, data, "\n".join([*own[:at], *changed, *own[at + 1 :]]) + "\n")
    chance = random.Random(3)  # noqa: S311 - a sample of places
    for _ in range(300):
        at = chance.randrange(len(corpus.trust))
        letter = chance.choice("0aA+ =\n\t/-#\x7f信")
        agree(checker, data, corpus.trust[:at] + letter + corpus.trust[at + 1 :])


def test_lines_of_two_log_keys_and_a_witness_with_a_key_of_the_log(
    checker: ModuleType, corpus: Corpus
) -> None:
    policy, data = parse_trust(corpus.trust), a_fact(corpus)
    one = read_receipt(data)
    other = SigningKey(policy.logs[0].name, b"n" * 32)
    head = one.proof.checkpoint
    [line] = write_checkpoint(head.origin, head.size, head.root, [other]).signatures
    told = []
    for more in (line, line._replace(signature=bytes(64))):
        note = head._replace(signatures=(*head.signatures, more))
        both = write_receipt(
            one.proof._replace(checkpoint=note), one.commitment, one.salt, one.body
        )
        for current, past in ((policy.logs[0], other.verifier), (other.verifier, policy.logs[0])):
            ended = (Ended("log", past, 10**6, "retired"),)
            text = _with(policy, logs=(current,), ended=ended).text()
            told.append(agree(checker, both, text))
    assert told == [True, True, False, False]
    own = CosignerKey("witness.example/own", b"n" * 32)
    lines = f"log {other.verifier.text()}\nwitness own {own.verifier.text()}\n"
    assert not agree(checker, data, corpus.trust + lines)

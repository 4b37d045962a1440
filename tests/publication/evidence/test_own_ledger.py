"""Both verifiers against receipts of a ledger of our own, honest or signed to deceive.

A changed byte of a receipt breaks a signature, and so hides what the steps before and after it let
through. Here every lie is signed with the right keys; what must be said of it is written beside it,
and both verifiers must say it. Where they may differ is written out: the second does not look at
the texts and codes in a body, so it may hold valid what the first refuses in step `kind` alone.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.publication.evidence.own_ledger import (
    CODE,
    EMPTY,
    LOG,
    NOW,
    OFFICER,
    ORIGIN,
    PARTNER,
    PROVIDER,
    SECOND_OFFICER,
    STRANGER,
    VERIFIER,
    WITNESSES,
    Key,
    Plan,
    body_of,
    policy_of,
    receipt_of,
    record_of,
    signed,
    status_key,
    u64,
)

from tallystick.app.verifying import verify

if TYPE_CHECKING:
    from types import ModuleType

A, B, C = WITNESSES
HONEST = Plan()
TRUST = policy_of()


def told_by_both(
    checker: ModuleType, data: bytes, trust: str, age: int | None = None
) -> tuple[list[str], list[str]]:
    """Return the steps that do not hold, by the first and by the second verifier."""
    verdict = verify(data, trust, age, NOW)
    first = [check.step for check in verdict.checks if not check.ok]
    assert verdict.valid == (not first)
    done, _ = checker.check(data, checker.Policy(trust), age, NOW)
    return first, [step for step, why in done.items() if why]


def agreed(checker: ModuleType, data: bytes, trust: str, age: int | None = None) -> bool:
    first, second = told_by_both(checker, data, trust, age)
    if first == ["kind"]:  # the one difference allowed
        return False
    assert bool(first) == bool(second), (first, second, data.decode())
    return not first


# -- honest receipts ------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [1, 2])
@pytest.mark.parametrize("kind", [None, "grant", "fact", "founding", "import", "use", "unread"])
def test_both_read_what_the_specification_makes(
    checker: ModuleType, form: int, kind: str | None
) -> None:
    texts = {"subject": CODE, "purpose": "p", "reader": "r", "name": "n", "source": "s"}
    body = None if kind is None else body_of(kind, **texts)
    if kind == "fact" and body is not None:
        body = body_of(kind)
    data = receipt_of(HONEST.but(format=form, body=body))
    assert agreed(checker, data, TRUST)
    assert agreed(checker, data, TRUST, 3600) == (form == 2)


SHAPES = [(1, 0), (2, 0), (2, 1), (3, 2), (5, 4), (64, 63), (65, 64), (1000, 512), (1024, 1023)]


@pytest.mark.parametrize(("count", "position"), SHAPES)
@pytest.mark.parametrize(("before", "after"), [(0, 1), (1, 1), (3, 2), (7, 1), (8, 5), (255, 40)])
def test_trees_of_every_shape(
    checker: ModuleType, count: int, position: int, before: int, after: int
) -> None:
    plan = HONEST.but(count=count, position=position, before=before, after=after, body=None)
    assert agreed(checker, receipt_of(plan), TRUST, 3600)


@pytest.mark.parametrize("others", [0, 1, 2, 3, 40, 200])
@pytest.mark.parametrize("ended", range(5))
def test_status_trees_of_every_shape(checker: ModuleType, others: int, ended: int) -> None:
    for by in (EMPTY, b"c" * 32):
        for at in range(6):
            body = body_of("grant", purpose=f"p{at}")
            data = receipt_of(HONEST.but(body=body, others=others, ended=ended, by=by))
            assert agreed(checker, data, TRUST), "a record that ended was sealed all the same"
            assert agreed(checker, data, TRUST, 3600) == (ended == 0)
            stated = verify(data, TRUST).stated
            assert stated is not None
            _, one = checker.check(data, checker.Policy(TRUST))
            told = (one.standing, one.known_at)
            assert told == (ended, NOW - 400) == (stated.standing.status, stated.as_of)
            assert one.since == stated.standing.since


# -- lies, rightly signed -------------------------------------------------------------------------

EMPTY_WAY: tuple[list[bytes], bytes] = ([], b"\0")
MINE = status_key(record_of(HONEST))
NEAR = bytes([*MINE[:-1], MINE[-1] ^ 1])  # shares 255 bits
FAR = bytes([MINE[0] ^ 128, *MINE[1:]])
ENDED = b"\2" + u64(NOW) + EMPTY
S = b"s" * 32


def deep(depth: int, end: bytes, *, at: int = 0) -> tuple[list[bytes], bytes]:
    """Return a way of `depth` empty siblings, but the one at `at`."""
    return [S if one == at else EMPTY for one in range(depth)], end


LIES: dict[str, tuple[Plan, bool]] = {
    # batch
    "a batch of nothing": (HONEST.but(header={"count": 0}), False),
    "a batch of one more than there may be": (HONEST.but(count=1025, position=3), False),
    "a batch of other than was counted": (HONEST.but(header={"count": 4}, position=1), False),
    "a batch of 2^32 - 1": (HONEST.but(header={"count": 2**32 - 1}), False),
    "another version": (HONEST.but(header={"version": 2}), False),
    "another magic": (HONEST.but(header={"magic": b"TLYS"}), False),
    "sealed at the end of time": (HONEST.but(header={"sealed": 2**64 - 1}), True),
    "sealed at the beginning of time": (HONEST.but(header={"sealed": 0}), True),
    "the key of somebody else": (HONEST.but(header={"key": PARTNER.id}), False),
    "by another provider than the body": (HONEST.but(provider=PARTNER), False),
    "by nobody known": (HONEST.but(provider=STRANGER, body=None), False),
    "by an officer": (HONEST.but(provider=OFFICER, body=None), False),
    "for another ledger": (HONEST.but(header_origin="example.org/other"), False),
    "a position behind the batch": (HONEST.but(told_position=5), False),
    "another position": (HONEST.but(told_position=1), False),
    "a position below zero": (HONEST.but(told_position=-1), False),
    "a position of a thousand digits": (HONEST.but(told_position=10**1000), False),
    "no path": (HONEST.but(batch_path=[]), False),
    "a path of 11 steps": (HONEST.but(batch_path=[S] * 11), False),
    "a path in a batch of one": (HONEST.but(count=1, position=0, batch_path=[S]), False),
    # log
    "an index behind the log": (HONEST.but(told_index=6), False),
    "an index of a thousand digits": (HONEST.but(told_index="9" * 1000), False),
    "an index of too many digits": (HONEST.but(told_index="9" * 5000), False),
    "an index with a zero before": (HONEST.but(told_index="03"), False),
    "an index with a sign": (HONEST.but(told_index="+3"), False),
    "an index in other digits": (HONEST.but(told_index="٣"), False),
    "an index below zero": (HONEST.but(told_index="-3"), False),
    "an empty log": (HONEST.but(size=0), False),
    "a larger log": (HONEST.but(size=8), False),
    # Paths are of the same form here: only the signature of the log speaks for its size.
    "a log larger by one": (HONEST.but(size=7), True),
    "a smaller log": (HONEST.but(size=5), False),
    "a log of 2^63": (HONEST.but(size=2**63), False),
    "a log of 19 digits": (HONEST.but(size="9" * 19), False),
    "a log of 20 digits": (HONEST.but(size="1" + "0" * 19), False),
    "a size with a zero before": (HONEST.but(size="06"), False),
    "a size in other digits": (HONEST.but(size="٦"), False),
    "a path too short": (HONEST.but(log_path=[]), False),
    "a path too long": (HONEST.but(log_path=[S] * 70), False),
    # status
    "an older status entry": (HONEST.but(entry_at=0), False),
    "the status entry before the last": (HONEST.but(entry_at=2), False),
    "just not covered": (HONEST.but(entry={"covered": 3}), False),
    "just covered": (HONEST.but(entry={"covered": 4}), True),
    "covered without end": (HONEST.but(entry={"covered": 2**64 - 1}), True),
    "a batch for a status entry": (HONEST.but(entry={"magic": b"TLYB"}), False),
    "a status entry of version 2": (HONEST.but(entry={"version": 2}), False),
    "something behind the entry": (HONEST.but(entry={"rest": bytes(27) + b"\1"}), False),
    "something at once behind it": (HONEST.but(entry={"rest": b"\1" + bytes(27)}), False),
    "an entry too long": (HONEST.but(entry={"rest": bytes(29)}), False),
    "an entry too short": (HONEST.but(entry={"rest": bytes(27)}), False),
    "as of the end of time": (HONEST.but(entry={"as_of": 2**64 - 1}), True),
    "as of the beginning of time": (HONEST.but(entry={"as_of": 0}), True),
    "a number of rows and records of its own": (
        HONEST.but(entry={"rows": 7, "records": 2**64 - 1, "journal": S}),
        True,
    ),
    "the root of another tree": (HONEST.but(entry={"root": S}), False),
    "an empty tree": (HONEST.but(tree=EMPTY_WAY), True),
    "status 0 in the tree": (HONEST.but(tree=([], b"\1\0" + ENDED[1:])), False),
    "status 5 in the tree": (HONEST.but(tree=([], b"\1\5" + ENDED[1:])), False),
    "status 255 in the tree": (HONEST.but(tree=([], b"\1\xff" + ENDED[1:])), False),
    "since the end of time": (HONEST.but(ended=2, since=2**64 - 1), True),
    "a value too short": (HONEST.but(tree=([], b"\1" + ENDED[:-1])), False),
    "a value too long": (HONEST.but(tree=([], b"\1" + ENDED + b"\0")), False),
    "the own key as another": (HONEST.but(tree=([], b"\2" + MINE + S)), False),
    "another key alone": (HONEST.but(tree=([], b"\2" + FAR + S)), True),
    "another key off the way": (HONEST.but(tree=deep(1, b"\2" + FAR + S)), False),
    "another key on the way to the end": (HONEST.but(tree=deep(255, b"\2" + NEAR + S)), True),
    "another key without its value": (HONEST.but(tree=([], b"\2" + FAR)), False),
    "a way that ends in nothing known": (HONEST.but(tree=([], b"\3")), False),
    "a way that does not end": (HONEST.but(tree=([], b"")), False),
    "nothing with something behind": (HONEST.but(tree=([], b"\0\0")), False),
    "this record at depth 255": (HONEST.but(tree=deep(255, b"\1" + ENDED, at=254)), True),
    "nothing at depth 255": (HONEST.but(tree=deep(255, b"\0", at=100)), True),
    "nothing beside nothing": (HONEST.but(tree=([EMPTY, EMPTY], b"\0")), True),
    "no proof": (HONEST.but(proof=b""), False),
    "a depth without its bitmap": (HONEST.but(tree=EMPTY_WAY, proof=b"\x09\0"), False),
    "bits behind the depth": (HONEST.but(tree=deep(1, b"\0"), proof=b"\1\xc0" + S + b"\0"), False),
    "an empty sibling written out": (
        HONEST.but(tree=([EMPTY], b"\0"), proof=b"\1\x80" + EMPTY + b"\0"),
        False,
    ),
    "nothing stated": (HONEST.but(has_status=False), True),
    # checkpoint
    "of another origin": (HONEST.but(origin="example.org/other"), False),
    "signed by nobody": (HONEST.but(logs=()), False),
    "signed by another": (HONEST.but(logs=(STRANGER,)), False),
    "signed by another too": (HONEST.but(logs=(STRANGER, LOG)), True),
    "signed twice": (HONEST.but(logs=(LOG, LOG)), True),
    "signed twice, once wrongly": (HONEST.but(lines=LOG.line(bytes(64))), False),
    "signed with too short a signature too": (HONEST.but(lines=LOG.line(b"\0")), False),
    "a line of no signature": (HONEST.but(lines=LOG.line(b"")), False),
    "a line without its dash": (HONEST.but(lines=LOG.line(S)[2:]), False),
    "64 lines": (HONEST.but(lines=STRANGER.line(S) * 63), True),
    "65 lines": (HONEST.but(lines=STRANGER.line(S) * 64), False),
    "an empty line": (HONEST.but(lines="\n"), False),
    "a name with a control character": (HONEST.but(lines=Key("a\x1fb").line(S)), False),
    "a name with a space of another kind": (HONEST.but(lines=Key("a\u3000b").line(S)), False),
    "a name of a line and a half": (HONEST.but(lines=Key("a\u2028b").line(S)), False),
    "a name with a delete": (HONEST.but(lines=Key("a\x7fb").line(S)), True),
    "a witness whose line is wrong": (HONEST.but(lines=A.line(bytes(72))), False),
    "a witness whose line is short": (HONEST.but(lines=A.line(bytes(3))), False),
    "a witness at no time": (HONEST.but(cosigned=((A, 0),)), True),
    "a witness at the last time": (HONEST.but(cosigned=((A, 2**63 - 1),)), True),
    "a witness after the last time": (HONEST.but(cosigned=((A, 2**63),)), False),
    "a witness twice": (HONEST.but(cosigned=((A, NOW), (A, NOW - 9))), True),
    "a witness twice, once wrongly": (
        HONEST.but(cosigned=((A, NOW),), lines=A.line(u64(NOW) + bytes(64))),
        False,
    ),
    # body
    "no known kind": (HONEST.but(body=body_of("opinion")), False),
    "a kind that is a list": (HONEST.but(body=body_of("grant", kind=["grant"])), False),
    "a kind that is an object": (HONEST.but(body=body_of("grant", kind={"grant": 1})), False),
    "a kind that is none": (HONEST.but(body=body_of("grant", kind=None)), False),
    "a version that is true": (HONEST.but(body=body_of("grant", v=True)), False),
    "version 2": (HONEST.but(body=body_of("grant", v=2)), False),
    "recorded in a year": (HONEST.but(body=body_of("grant", recorded=2026)), False),
    "nothing but a kind": (HONEST.but(body={"kind": "grant"}), False),
    "an empty body": (HONEST.but(body={}), False),
    "fields of a later version": (HONEST.but(body=body_of("grant", more={"x": [1, None]})), True),
    "the largest integer": (HONEST.but(body=body_of("grant", more=2**53 - 1)), True),
    "an integer too large": (HONEST.but(body=body_of("grant", more=2**53)), False),
    "an integer too small": (HONEST.but(body=body_of("grant", more=-(2**53))), False),
    "a number that is no integer": (HONEST.but(body=body_of("grant", more=1.0)), False),
    "control characters in a text": (
        HONEST.but(body=body_of("grant", more="\0\x1f\x7f\u2028\U0001f600")),
        True,
    ),
    "a key that is no ASCII": (HONEST.but(body={**body_of("grant"), "额": 1}), False),
    "a key that is no ASCII, within": (HONEST.but(body=body_of("grant", more={"é": 1})), False),
    "delivered by nobody": (HONEST.but(body=body_of("grant", delivered_by="")), False),
    "delivered by somebody in capitals": (
        HONEST.but(body=body_of("grant", delivered_by=PROVIDER.id.hex().upper())),
        False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LIES)
def test_what_is_rightly_signed_and_wrong(checker: ModuleType, name: str) -> None:
    plan, valid = LIES[name]
    assert agreed(checker, receipt_of(plan), TRUST) == valid
    agreed(checker, receipt_of(plan), TRUST, 3600)
    if plan.body is HONEST.body and plan.tree is None:
        assert agreed(checker, receipt_of(plan.but(body=None)), TRUST) == (
            valid or name == "by another provider than the body"
        )


# -- signatures within a body ---------------------------------------------------------------------

DECISION, WEIGHING = body_of("decision"), body_of("weighing")
VISIT, DEAL = (
    body_of("fact", item="visit.verification"),
    body_of("fact", item="contract.fulfilment"),
)
END, ERASURE, WITNESS, PARTY = (body_of(k) for k in ("key_end", "erasure", "witness", "party"))
NEW_OFFICER = body_of("party", role="officer", key=STRANGER.text)
FIRST_OFFICER = body_of("party", role="officer", key=OFFICER.text)
LATER_OFFICER = body_of("party", role="officer", key=SECOND_OFFICER.text)


def ratio(*ratios: Any, officer: Any = None) -> dict[str, Any]:
    groups = [{"cr": one} for one in ratios]
    return body_of("weighing", result={"groups": groups}, officer=officer or {})


NAMED = DECISION["officer"]
TEN, THIRTY = "0.1" + "0" * 28, "0.1" + "0" * 29
ACTS: dict[str, tuple[dict[str, Any], bool]] = {
    "a decision nobody signed": (DECISION, False),
    "a decision by its officer": (signed(DECISION, OFFICER), True),
    "a decision by two officers": (signed(DECISION, SECOND_OFFICER, OFFICER), True),
    "a decision by the same officer twice": (signed(DECISION, OFFICER, OFFICER), True),
    "a decision by another officer": (signed(DECISION, SECOND_OFFICER), False),
    "a decision by the operator": (signed(DECISION, PROVIDER), False),
    "a decision by its officer and the operator": (signed(DECISION, OFFICER, PROVIDER), False),
    "a decision by a stranger": (signed(DECISION, STRANGER), False),
    "a decision of another ledger": (signed(DECISION, OFFICER, origin="example.org/o"), False),
    "a decision under another name": (
        signed({**DECISION, "officer": {**NAMED, "name": "Officer Two"}}, OFFICER), False,
    ),
    "a decision by nobody named": (signed({**DECISION, "officer": {}}, OFFICER), False),
    "a decision changed after": (
        {**signed(DECISION, OFFICER), "outcome": "confirmed"}, False,
    ),
    "a decision with no signatures": ({**DECISION, "signatures": []}, False),
    "a decision with signatures of no form": ({**DECISION, "signatures": {}}, False),
    "a decision with a text for signatures": ({**DECISION, "signatures": "x"}, False),
    "a decision with signatures that say more": (
        {**DECISION, "signatures": [{**signed(DECISION, OFFICER)["signatures"][0], "x": 1}]}, False,
    ),
    "a decision with a signature in capitals": (
        {
            **DECISION,
            "signatures": [
                {k: v.upper() for k, v in signed(DECISION, OFFICER)["signatures"][0].items()}
            ],
        },
        False,
    ),
    "a grant the operator signed": (signed(body_of("grant"), PROVIDER), False),
    "a fact nobody signed": (body_of("fact"), True),
    "a fact the operator signed": (signed(body_of("fact"), PROVIDER), True),
    "a fact the verifier signed": (signed(body_of("fact"), VERIFIER), True),
    "a fact an officer signed": (signed(body_of("fact"), OFFICER), False),
    "a fact a stranger signed too": (signed(body_of("fact"), PROVIDER, STRANGER), False),
    "a fact whose item is a list": (body_of("fact", item=["visit.verification"]), False),
    "a visit nobody signed": (VISIT, False),
    "a visit the verifier signed": (signed(VISIT, VERIFIER), True),
    "a visit the operator signed": (signed(VISIT, PROVIDER), False),
    "a deal nobody signed": (DEAL, False),
    "a deal one party signed": (signed(DEAL, PROVIDER), False),
    "a deal one party signed twice": (signed(DEAL, PROVIDER, PROVIDER), False),
    "a deal both parties signed": (signed(DEAL, PROVIDER, PARTNER), True),
    "a deal both parties signed, of a third": (
        signed({**DEAL, "subject": "91310110631568130R"}, PROVIDER, PARTNER), False,
    ),
    "a deal a verifier signed": (signed(DEAL, PROVIDER, VERIFIER), False),
    "a weighing that agrees": (WEIGHING, True),
    "a weighing that agrees, signed": (signed(WEIGHING, OFFICER), True),
    "a weighing that agrees, signed by the operator": (signed(WEIGHING, PROVIDER), False),
    "a weighing that contradicts itself": (ratio("0.05", "0.1"), False),
    "a weighing just below": (ratio("0.09999"), True),
    "a weighing that names an officer": (ratio("0.05", officer=NAMED), False),
    "a weighing an officer took on": (signed(ratio("0.2", officer=NAMED), OFFICER), True),
    "a weighing another officer took on": (
        signed(ratio("0.2", officer=NAMED), SECOND_OFFICER), False,
    ),
    "a weighing of a number": (ratio(1), False),
    "a weighing of no number": (ratio("nan"), False),
    "a weighing with an exponent": (ratio("1e-9"), False),
    "a weighing below zero": (ratio("-1"), True),
    "a weighing in other digits": (ratio("٠"), False),
    "a weighing with a newline": (ratio("0\n"), False),
    "a weighing of 30 digits": (signed(ratio(TEN, officer=NAMED), OFFICER), True),
    "a weighing of 31 digits": (signed(ratio(THIRTY, officer=NAMED), OFFICER), False),
    "a weighing of no result": ({**WEIGHING, "result": None}, False),
    "a weighing of no groups": ({**WEIGHING, "result": {"groups": []}}, True),
    "a party nobody signed": (PARTY, True),
    "a party two keys signed": (signed(PARTY, PROVIDER, OFFICER), True),
    "a party the operator signed": (signed(PARTY, PROVIDER), False),
    "a party another provider signed": (signed(PARTY, PARTNER, OFFICER), False),
    "a party two officers signed": (signed(PARTY, OFFICER, SECOND_OFFICER), False),
    "a new officer": (signed(NEW_OFFICER, PROVIDER, OFFICER), True),
    "a new officer by the own key": (signed(NEW_OFFICER, PROVIDER, STRANGER), False),
    "the first officer by the own key": (signed(FIRST_OFFICER, PROVIDER, OFFICER), True),
    "the first officer by a later one": (signed(FIRST_OFFICER, PROVIDER, SECOND_OFFICER), False),
    "the second officer by the own key": (signed(LATER_OFFICER, PROVIDER, SECOND_OFFICER), False),
    "the second officer by the first": (signed(LATER_OFFICER, PROVIDER, OFFICER), True),
    "an officer whose key is no key": (
        signed({**NEW_OFFICER, "key": "x"}, PROVIDER, OFFICER), True,
    ),
    **{
        f"{what} {how}": (signed(body, *keys) if keys else body, valid)
        for what, body in (("an end", END), ("an erasure", ERASURE), ("a witness", WITNESS))
        for how, keys, valid in (
            ("nobody signed", (), False),
            ("the operator signed", (PROVIDER,), False),
            ("the operator signed twice", (PROVIDER, PROVIDER), False),
            ("an officer signed", (OFFICER,), False),
            ("two keys signed", (PROVIDER, OFFICER), True),
            ("three keys signed", (SECOND_OFFICER, PARTNER, PROVIDER), True),
            ("two providers signed", (PROVIDER, PARTNER), False),
            ("another provider signed", (PARTNER, OFFICER), False),
            ("a verifier signed", (PROVIDER, VERIFIER), False),
            ("a stranger signed too", (PROVIDER, OFFICER, STRANGER), False),
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("name", ACTS)
def test_who_must_sign_within_a_body(checker: ModuleType, name: str) -> None:
    body, valid = ACTS[name]
    for form in (1, 2):
        assert agreed(checker, receipt_of(Plan(body=body, format=form)), TRUST) == valid


@pytest.mark.parametrize("name", ACTS)
def test_whose_key_ended_signs_nothing_after(checker: ModuleType, name: str) -> None:
    """The record stands in entry 3; what it signed below the end of a key counts."""
    body, valid = ACTS[name]
    data = receipt_of(Plan(body=body))
    for role, key in (("officer", OFFICER), ("provider", PARTNER), ("verifier", VERIFIER)):
        for why in ("retired", "compromised"):
            later = policy_of(f"#tally until 4 {why} {role} {key.text}")
            assert agreed(checker, data, later) == valid
            before = policy_of(f"#tally until 3 {why} {role} {key.text}")
            signers = [one["key"] for one in body.get("signatures", []) if isinstance(one, dict)]
            held = agreed(checker, data, before)
            assert held == (valid and key.id.hex() not in signers)


# -- logs and their ends --------------------------------------------------------------------------


class OtherKey(Key):
    """A further key of the log, under the same name."""

    @property
    def secret(self) -> Any:
        return Key(f"{self.name}#2").secret


class ThirdKey(Key):
    """And one more."""

    @property
    def secret(self) -> Any:
        return Key(f"{self.name}#3").secret


TWO, THREE = OtherKey(ORIGIN), ThirdKey(ORIGIN)


def test_of_several_keys_of_a_log(checker: ModuleType) -> None:
    """The current key, and two that ended at whatever size, in any order, retired or not."""
    told = set()
    for signers in ((TWO,), (THREE,), (TWO, THREE), (THREE, TWO), (LOG, TWO), (TWO, LOG)):
        data = receipt_of(HONEST.but(logs=signers, cosigned=((A, NOW), (B, NOW))))
        for two, three in ((4, 5), (5, 4), (5, 6), (6, 5), (5, 5), (4, 4)):
            for why in (("retired", "retired"), ("compromised", "retired")):
                for quorum in ("none", "two", "c"):
                    ends = [
                        f"#tally log-until {two} {why[0]} {TWO.text}",
                        f"#tally log-until {three} {why[1]} {THREE.text}",
                    ]
                    for lines in (ends, ends[::-1]):
                        told.add(agreed(checker, data, policy_of(*lines, quorum=quorum)))
    assert told == {True, False}


# -- anything at all ------------------------------------------------------------------------------

PLANS = st.fixed_dictionaries(
    {},
    optional={
        "format": st.sampled_from([1, 2]),
        "before": st.integers(0, 9),
        "after": st.integers(1, 4),
        "count": st.integers(3, 9),
        "header": st.dictionaries(st.sampled_from(["count", "sealed"]), st.integers(0, 6)),
        "told_position": st.integers(-1, 9),
        "told_index": st.integers(0, 12),
        "size": st.integers(0, 12),
        "cosigned": st.lists(
            st.tuples(st.sampled_from(WITNESSES), st.integers(NOW - 9000, NOW + 400)), max_size=4
        ).map(tuple),
        "ended": st.integers(0, 5),
        "others": st.integers(0, 9),
        "entry": st.dictionaries(st.sampled_from(["covered", "as_of"]), st.integers(0, 9)),
        "proof": st.binary(max_size=80),
        "has_status": st.booleans(),
        "body": st.one_of(st.none(), st.sampled_from([body for body, _ in ACTS.values()])),
        "batch_path": st.lists(st.binary(min_size=32, max_size=32), max_size=3),
        "document": st.dictionaries(
            st.sampled_from(["salt", "body", "status", "commitment", "batch", "log_proof", "x"]),
            st.recursive(
                st.none() | st.booleans() | st.integers(-(2**54), 2**54) | st.text(max_size=5)
                | st.floats(),
                lambda inner: st.lists(inner, max_size=2)
                | st.dictionaries(st.text(max_size=4), inner, max_size=2),
                max_leaves=4,
            ),
            max_size=1,
        ),
    },
)  # fmt: skip
ENDS = st.lists(
    st.builds(
        "#tally until {} {} {} {}".format,
        st.integers(0, 6),
        st.sampled_from(["retired", "compromised"]),
        *(st.just(word) for word in ("officer", OFFICER.text)),
    ),
    max_size=1,
)


@settings(
    max_examples=400, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(PLANS, st.sampled_from(["none", "two", "a"]), ENDS, st.sampled_from([None, 60, 3600, 10**6]))
def test_nothing_divides_the_two(
    checker: ModuleType, changes: dict[str, Any], quorum: str, ends: list[str], age: int | None
) -> None:
    try:
        data = receipt_of(HONEST.but(**changes))
    except UnicodeEncodeError:
        return  # a lone surrogate is in no file
    agreed(checker, data, policy_of(*ends, quorum=quorum), age)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from([Plan(body=body) for body, valid in ACTS.values() if valid]),
    st.integers(0, 10**6),
    st.sampled_from(["flip", "cut", "double", "swap"]),
)
def test_no_byte_divides_the_two(checker: ModuleType, plan: Plan, place: int, how: str) -> None:
    data = receipt_of(plan)
    at = place % (len(data) - 1)
    changed = {
        "flip": data[:at] + bytes([data[at] ^ 1 << place % 8]) + data[at + 1 :],
        "cut": data[:at] + data[at + 1 :],
        "double": data[:at] + data[at : at + 1] + data[at:],
        "swap": data[:at] + data[at + 1 : at + 2] + data[at : at + 1] + data[at + 2 :],
    }[how]
    if changed != data:
        assert not agreed(checker, changed, TRUST)


def test_every_byte_of_a_small_receipt(checker: ModuleType) -> None:
    """Each changed in its lowest bit, left out, and doubled; none leaves a valid receipt."""
    data = receipt_of(HONEST.but(count=1, position=0, before=0, after=1, others=1, body=None))
    for at in range(len(data)):
        for changed in (
            data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :],
            data[:at] + data[at + 1 :],
            data[: at + 1] + data[at:],
        ):
            assert not agreed(checker, changed, TRUST), at


def test_base64_has_one_encoding(checker: ModuleType) -> None:
    """The bits that base64 leaves over, and padding left out or doubled, in every such field."""
    text = receipt_of(HONEST).decode()
    body, changed_some = text, 0
    for end in range(1, len(body)):
        letter = body[end - 1]
        if body[end] != "=" or letter == "=":
            continue
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        other = letters[letters.index(letter) ^ 1]
        changed = body[: end - 1] + other + body[end:]
        assert base64.b64decode("AA" + letter + "=") == base64.b64decode("AA" + other + "=")
        for one in (changed, body[:end] + body[end + 1 :], body[:end] + "=" + body[end:]):
            assert not agreed(checker, one.encode(), TRUST)
        changed_some += 1
    assert changed_some > 4

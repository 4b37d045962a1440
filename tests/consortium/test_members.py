from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tallystick.consortium.members import (
    MEMBERS_MAX,
    PENDING_MAX,
    POWER_MAX,
    Member,
    Members,
    Votes,
    changed,
    check_live,
    checked,
    digest_of_change,
    read_member,
    read_members,
    read_votes,
    voted,
)
from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import COSIGNATURE_ED25519, VerifierKey
from tallystick.testing.institutions import Institution

NOBODY = Votes({})


def member(name: str, power: int = 10) -> Member:
    return Institution(name).member(power)


def listed(**powers: int) -> Members:
    return checked(Members(7, tuple(member(name, power) for name, power in powers.items())))


def everybody(members: Members) -> frozenset[str]:
    return frozenset(one.address for one in members.listed)


def ballot(name: str, change: Mapping[str, object], version: object = 7) -> dict[str, Any]:
    return {"member": name, "change": dict(change), "version": version}


def removal(name: str, why: str = "it left") -> dict[str, object]:
    return {"kind": "remove", "name": name, "why": why}


def refused(code: str) -> Any:
    return pytest.raises(TallyError, match=f"^{code}:")


# -- one member ------------------------------------------------------------------------------------


WRONG: list[tuple[str, object]] = [
    ("name", ""),
    ("name", "a b"),
    ("name", "a+b"),
    ("name", "a\nb"),
    ("name", "a\u202eb"),
    ("name", "a\u200bb"),
    ("name", "x" * 201),
    ("name", 5),
    ("name", None),
    ("validator", "AB" * 32),
    ("validator", "ab " * 32),
    ("validator", "ab" * 31),
    ("validator", "zz" * 32),
    ("power", -1),
    ("power", POWER_MAX + 1),
    ("power", True),
    ("power", "10"),
    ("power", None),
    ("power", 2**63),
    ("key", "nonsense"),
    ("key", member("Z").cosigner),
    ("key", member("Z").key + "A"),
    ("key", ["a"]),
    ("cosigner", member("Z").key),
    ("cosigner", ""),
    ("node", "127.0.0.1:26656"),
    ("node", "@"),
    ("node", "ab@127.0.0.1:26656"),
    ("node", f"{'AB' * 20}@127.0.0.1:26656"),
    ("node", f"{'ab' * 20}@127.0.0.1"),
    ("node", f"{'ab' * 20}@127.0.0.1:0"),
    ("node", f"{'ab' * 20}@127.0.0.1:65536"),
    ("node", f"{'ab' * 20}@::1:26656"),
    ("node", f"{'ab' * 20}@host:26656,{'cd' * 20}@other:26656"),
    ("node", f"{'ab' * 20}@host:26656\n"),
    ("node", f"{'ab' * 20}@\U0001f600:26656"),
    ("url", "ftp://127.0.0.1"),
    ("url", ""),
    ("url", {"http://": 1}),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_member_with_one_field_wrong_is_refused(field: str, value: object) -> None:
    document = {**member("A").to_json(), field: value}
    with refused("bad_change"):
        read_member(document)


@pytest.mark.parametrize("document", [None, [], "x", 5, {}, {"name": "A"}, {1: 2}])
def test_what_is_no_member_at_all_is_refused(document: object) -> None:
    with refused("bad_change"):
        read_member(document)


def test_a_field_more_or_less_is_refused() -> None:
    good = member("A").to_json()
    for name in good:
        with refused("bad_change"):
            read_member({key: value for key, value in good.items() if key != name})
    with refused("bad_change"):
        read_member({**good, "more": 1})


@pytest.mark.parametrize("name", ["信用协会", "𠮷田", "A.B-C_1", "Ünïon"])
def test_names_as_institutions_have_them_are_taken(name: str) -> None:
    assert read_member({**member("A").to_json(), "name": name}).name == name


@pytest.mark.parametrize("name", ["a\U0001fae8", "a\U0001cc00", "a\ue000", "a\u00ad"])
def test_what_is_printable_in_some_versions_of_unicode_alone_is_refused_in_all(name: str) -> None:
    with refused("bad_change"):
        read_member({**member("A").to_json(), "name": name})


@pytest.mark.parametrize("host", ["127.0.0.1", "node.example", "[::1]", "n"])
def test_addresses_an_engine_can_dial_are_taken(host: str) -> None:
    node = f"{'0a' * 20}@{host}:65535"
    assert read_member({**member("A").to_json(), "node": node}).node == node


# -- the list --------------------------------------------------------------------------------------


def test_a_list_reads_back_and_stands_by_name() -> None:
    members = listed(C=1, A=2, B=0)
    assert [one.name for one in members.listed] == ["A", "B", "C"]
    assert read_members(members.encode()) == members


def test_a_name_twice_is_refused() -> None:
    with refused("bad_change"):
        checked(Members(1, (member("A"), member("B")._replace(name="A"))))


def renamed(text: str, *, cosigner: bool = False) -> str:
    """Write the same public key under another name."""
    kinds = (COSIGNATURE_ED25519,) if cosigner else (1,)
    key = VerifierKey.from_text(text, kinds)
    return VerifierKey("another.example", key.public, key.kind).text()


def keys_of_others() -> dict[str, Member]:
    a, b = member("A"), member("B")
    key_of_a = VerifierKey.from_text(a.key).public
    cosigner_of_a = VerifierKey.from_text(a.cosigner, (COSIGNATURE_ED25519,)).public
    validator_of_a = bytes.fromhex(a.validator)
    return {
        "the same consensus key": b._replace(validator=a.validator),
        "the same key": b._replace(key=a.key),
        "the same cosigner": b._replace(cosigner=a.cosigner),
        "the same key, renamed": b._replace(key=renamed(a.key)),
        "the same cosigner, renamed": b._replace(cosigner=renamed(a.cosigner, cosigner=True)),
        "votes by a consensus key": b._replace(key=VerifierKey("x", validator_of_a).text()),
        "votes by a cosigner": b._replace(key=VerifierKey("x", cosigner_of_a).text()),
        "cosigns by a key": b._replace(
            cosigner=VerifierKey("x", key_of_a, COSIGNATURE_ED25519).text()
        ),
        "consents by a key": b._replace(validator=key_of_a.hex()),
        "one key for two things": b._replace(validator=VerifierKey.from_text(b.key).public.hex()),
    }


@pytest.mark.parametrize("case", list(keys_of_others()))
def test_a_key_used_twice_under_any_name_for_anything_is_refused(case: str) -> None:
    twice = keys_of_others()[case]
    assert read_member(twice.to_json()) == twice, "alone it is a member like any other"
    with refused("bad_change"):
        checked(Members(1, (member("A"), twice)))
    with refused("bad_change"):
        changed(listed(A=10), {"kind": "add", "member": twice.to_json()})


def test_a_list_without_power_or_with_too_many_is_refused() -> None:
    with refused("bad_change"):
        listed(A=0, B=0)
    with refused("bad_change"):
        checked(Members(1, ()))
    many = tuple(member(f"m{n}") for n in range(MEMBERS_MAX + 1))
    assert checked(Members(1, many[:-1]))
    with refused("bad_change"):
        checked(Members(1, many))


# -- one change ------------------------------------------------------------------------------------


def test_the_three_kinds_of_change_and_each_makes_a_new_version() -> None:
    members = listed(A=10, B=10)
    added = changed(members, {"kind": "add", "member": member("C", 0).to_json()})
    assert [one.name for one in added.listed] == ["A", "B", "C"]
    gone = changed(added, removal("B"))
    assert [one.name for one in gone.listed] == ["A", "C"]
    other = changed(gone, {"kind": "replace", "member": member("C", 99).to_json()})
    assert other.named("C").power == 99
    assert (added.version, gone.version, other.version) == (8, 9, 10)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("bad_change", None),
        ("bad_change", []),
        ("bad_change", "remove"),
        ("bad_change", {}),
        ("bad_change", {"kind": ["add"], "member": {}}),
        ("bad_change", {"kind": "add"}),
        ("bad_change", {"kind": "add", "member": {}, "why": "x"}),
        ("bad_change", {"kind": "add", "member": member("A").to_json()}),
        ("bad_change", {"kind": "remove", "name": "B", "why": ""}),
        ("bad_change", {"kind": "remove", "name": "B", "why": "x" * 201}),
        ("bad_change", {"kind": "remove", "name": "B", "why": 5}),
        ("bad_change", {"kind": "remove", "name": "B"}),
        ("bad_change", {"kind": "remove", "name": ["B"], "why": "x"}),
        ("bad_change", {"kind": "remove", "name": 5, "why": "x"}),
        ("no_such_member", removal("Z")),
        ("no_such_member", {"kind": "replace", "member": member("Z").to_json()}),
        ("bad_change", {"kind": "replace", "member": member("A", 0).to_json()}),
        ("bad_change", {"kind": "dissolve", "name": "A", "why": "x"}),
    ],
)
def test_a_change_that_cannot_be_is_refused(code: str, change: object) -> None:
    with refused(code):
        changed(listed(A=10, B=0), change)


def test_the_last_member_with_power_cannot_be_removed() -> None:
    with refused("bad_change"):
        changed(listed(A=10), removal("A"))
    with refused("bad_change"):
        changed(listed(A=10, B=0), removal("A"))


# -- votes -----------------------------------------------------------------------------------------


def test_exactly_two_thirds_is_not_enough_and_one_more_is() -> None:
    members = listed(A=10, B=10, C=10)
    after, votes = voted(members, NOBODY, ballot("A", removal("C")), everybody(members))
    after, votes = voted(after, votes, ballot("B", removal("C")), everybody(members))
    assert after == members
    assert votes.pending[digest_of_change(removal("C"))][1] == ("A", "B")
    members = listed(A=10, B=11, C=10)
    after, votes = voted(members, NOBODY, ballot("A", removal("C")), everybody(members))
    after, votes = voted(after, votes, ballot("B", removal("C")), everybody(members))
    assert [one.name for one in after.listed] == ["A", "B"]
    assert votes == NOBODY


def test_who_has_two_thirds_alone_decides_alone() -> None:
    members = listed(A=21, B=10)
    after, _ = voted(members, NOBODY, ballot("A", removal("B")), everybody(members))
    assert [one.name for one in after.listed] == ["A"]


def test_an_observer_has_no_vote_and_a_stranger_none() -> None:
    members = listed(A=10, B=0)
    for name in ("B", "Z"):
        with refused("no_such_member"):
            voted(members, NOBODY, ballot(name, removal("B")), everybody(members))


@pytest.mark.parametrize("version", [6, 8, True, "7", None, 7.0])
def test_a_vote_on_another_version_does_not_count(version: object) -> None:
    with refused("stale_vote"):
        voted(listed(A=10), NOBODY, ballot("A", removal("A"), version), None)


def test_true_is_no_version() -> None:
    members = listed(A=10, B=10)._replace(version=1)
    with refused("stale_vote"):
        voted(members, NOBODY, ballot("A", removal("B"), True), None)  # noqa: FBT003


@pytest.mark.parametrize("name", [5, None, ["A"], {"A": 1}])
def test_a_voter_that_is_no_text_is_refused(name: Any) -> None:
    with refused("bad_change"):
        voted(listed(A=10), NOBODY, {**ballot("A", removal("A")), "member": name}, None)


def test_nobody_votes_twice_for_one_thing() -> None:
    members = listed(A=10, B=10, C=10)
    _, votes = voted(members, NOBODY, ballot("A", removal("C")), None)
    with refused("already_voted"):
        voted(members, votes, ballot("A", removal("C")), None)
    _, votes = voted(members, votes, ballot("A", removal("C", "for another reason")), None)
    assert len(votes.pending) == 2, "another reason is another change, with its own votes"


def test_a_change_forgets_all_votes_and_old_ones_count_no_more() -> None:
    members = listed(A=10, B=10, C=10, D=10)
    here = everybody(members)
    votes = NOBODY
    for name in ("A", "D"):  # two of the three that it takes to remove C
        _, votes = voted(members, votes, ballot(name, removal("C")), here)
    after = members
    for name in ("A", "B", "C"):
        after, votes = voted(after, votes, ballot(name, removal("D")), here)
    assert [one.name for one in after.listed] == ["A", "B", "C"]
    assert votes == NOBODY
    with refused("stale_vote"):
        voted(after, votes, ballot("B", removal("C")), here)
    with refused("no_such_member"):
        voted(after, votes, ballot("D", removal("C"), 8), here)


def test_power_at_risk_is_judged_by_who_signed_and_what_would_be() -> None:
    members = listed(A=10, B=10, C=10, D=10)
    without_d = everybody(members) - {members.named("D").address}
    votes = NOBODY
    adding = {"kind": "add", "member": member("E").to_json()}
    for name in ("A", "B"):
        _, votes = voted(members, votes, ballot(name, adding), without_d)
    with refused("power_at_risk"):  # 30 of 50 would be there
        voted(members, votes, ballot("C", adding), without_d)
    after, _ = voted(members, votes, ballot("C", adding), everybody(members))
    assert after.power == 50
    after, _ = voted(members, votes, ballot("C", adding), None)
    assert after.power == 50, "who does not know who signed does not judge it"


def test_one_that_is_dead_can_be_voted_out() -> None:
    members = listed(A=10, B=10, C=10, D=10)
    here = everybody(members) - {members.named("D").address}
    after, votes = members, NOBODY
    for name in ("A", "B", "C"):
        after, votes = voted(after, votes, ballot(name, removal("D")), here)
    assert [one.name for one in after.listed] == ["A", "B", "C"]


def test_live_power_of_exactly_two_thirds_is_at_risk() -> None:
    members = listed(A=10, B=10, C=10)
    two = [members.named(name).address for name in "AB"]
    with refused("power_at_risk"):
        check_live(members, two)
    check_live(listed(A=10, B=11, C=10), two)
    with refused("power_at_risk"):
        check_live(members, [])
    with refused("power_at_risk"):
        check_live(members, ["00" * 20, two[0], two[0], two[0]])


def test_a_refused_vote_changes_nothing() -> None:
    members = listed(A=21, B=10)
    before = members, Votes(dict(NOBODY.pending))
    with refused("power_at_risk"):
        voted(members, NOBODY, ballot("A", removal("B")), frozenset())
    assert (members, NOBODY) == before


def test_one_member_cannot_fill_the_state_with_changes_nobody_else_wants() -> None:
    members = listed(A=10, B=10, C=10)
    votes = NOBODY
    for n in range(PENDING_MAX):
        _, votes = voted(members, votes, ballot("A", removal("C", f"reason {n}")), None)
    with refused("over_the_limit|too_many"):
        voted(members, votes, ballot("A", removal("C", "one more")), None)
    _, votes = voted(members, votes, ballot("B", removal("C", "one more")), None)
    after, _ = voted(members, votes, ballot("B", removal("C", "reason 0")), None)
    assert after == members
    assert len(votes.pending) == PENDING_MAX + 1, "others vote all the same"


def test_the_vote_that_completes_a_change_is_never_one_too_many() -> None:
    members = listed(A=10, B=10, C=10, D=10)
    votes = NOBODY
    for n in range(PENDING_MAX):
        _, votes = voted(members, votes, ballot("A", removal("D", f"reason {n}")), None)
    for name in ("B", "C"):
        _, votes = voted(members, votes, ballot(name, removal("C", "they agree")), None)
    after, _ = voted(members, votes, ballot("A", removal("C", "they agree")), None)
    assert [one.name for one in after.listed] == ["A", "B", "D"]


def test_votes_read_back() -> None:
    _, votes = voted(listed(A=10, B=10), NOBODY, ballot("A", removal("B")), None)
    assert read_votes(votes.encode()) == votes

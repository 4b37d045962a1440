from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from .conftest import closed, document, member, proposal

SCORES = st.one_of(st.none(), st.integers(0, 200).map(lambda half: f"{half / 2:g}"))
MADE = st.lists(st.tuples(SCORES, st.sampled_from(["", "C", "I"]), st.integers(0, 50)), max_size=25)


def nearest(members: list[dict[str, Any]], one: dict[str, Any]) -> tuple[str, list[Fraction]]:
    """Choose by looking at everybody: by what, and how far the nearest five are."""
    rated = [
        other for other in members if other["proposal"]["score"] is not None and other is not one
    ]
    sized = one["industry"] and float(one["registered_capital"]) > 0
    group = [
        other
        for other in rated
        if other["industry"] == one["industry"] and float(other["registered_capital"]) > 0
    ]
    if sized and len(group) >= 3:
        mine = Fraction(one["registered_capital"])
        theirs = [Fraction(other["registered_capital"]) for other in group]
        return "industry_and_size", sorted(max(mine, t) / min(mine, t) for t in theirs)[:5]
    mine = Fraction(one["proposal"]["score"])
    return "score", sorted(abs(mine - Fraction(o["proposal"]["score"])) for o in rated)[:5]


@settings(max_examples=60)
@given(MADE)
def test_peers_are_the_nearest_as_if_everybody_had_been_looked_at(
    made: list[tuple[str | None, str, int]],
) -> None:
    members = [
        member(n, proposal(score), industry=section, registered_capital=str(capital))
        for n, (score, section, capital) in enumerate(made)
    ]
    found = document(members)["figures"]["peers"]
    known = {one["subject"]: one for one in members}
    assert set(found) == {c for c, one in known.items() if one["proposal"]["score"] is not None}
    for code, peers in found.items():
        by, distances = nearest(members, known[code])
        assert peers["by"] == by
        assert code not in peers["members"]
        assert len(set(peers["members"])) == len(peers["members"])
        assert [_far(by, known[code], known[other]) for other in peers["members"]] == distances


def _far(by: str, one: dict[str, Any], other: dict[str, Any]) -> Fraction:
    if by == "score":
        mine, theirs = (Fraction(each["proposal"]["score"]) for each in (one, other))
        return abs(mine - theirs)
    mine, theirs = (Fraction(each["registered_capital"]) for each in (one, other))
    return max(mine, theirs) / min(mine, theirs)


def test_a_closed_proposal_has_no_peers_and_is_nobodys_peer() -> None:
    members = [member(n, proposal("80")) for n in range(3)] + [member(3, closed())]
    found = document(members)["figures"]["peers"]
    hidden = members[3]["subject"]
    assert hidden not in found
    assert all(hidden not in peers["members"] for peers in found.values())


def test_the_position_is_told_against_the_quartiles() -> None:
    members = [member(n, proposal(str(10 * n))) for n in range(1, 6)]
    found = document(members)["figures"]["positions"]
    words = [found[one["subject"]]["basic"] for one in members]
    assert words == ["lowest", "lower", "upper", "upper", "highest"]
    assert all("public" not in one for one in found.values())

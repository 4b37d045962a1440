from __future__ import annotations

import pytest

from tallystick.consortium import members as module
from tallystick.consortium.members import Members, Votes, checked, digest_of_change, voted
from tallystick.kernel.errors import TallyError
from tallystick.testing.institutions import Institution


def removal(name: str) -> dict[str, object]:
    return {"kind": "remove", "name": name, "why": "it left"}


def test_votes_for_one_change_never_count_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where somebody found two that are called the same."""
    monkeypatch.setattr(module, "digest_of_change", lambda _: "00")
    members = checked(Members(7, tuple(Institution(name).member() for name in "ABCD")))
    there = frozenset(one.address for one in members.listed)
    votes = Votes({})
    for name in "BC":
        ballot = {"member": name, "change": removal("D"), "version": 7}
        _, votes = voted(members, votes, ballot, there)
    other = {"member": "A", "change": removal("B"), "version": 7}
    with pytest.raises(TallyError, match=r"^bad_change:"):
        voted(members, votes, other, there)


def test_a_change_is_called_by_its_whole_digest() -> None:
    assert len(digest_of_change(removal("D"))) == 64

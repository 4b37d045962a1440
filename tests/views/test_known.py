from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.views import known as module
from tallystick.views.known import UNKNOWN, Candidate, Known

MODEST = settings(max_examples=80, deadline=None)

# Few enough that they meet again and again, and with both ends of what 64 bits hold.
prints = st.sampled_from([1, 2, 3, 7, 2**31, 2**63, 2**63 + 1, 2**64 - 1])
rows = st.tuples(prints, prints)


class Model:
    """The same promises, kept by two dictionaries."""

    def __init__(self) -> None:
        self.identity: dict[int, int] = {}
        self.content: dict[int, int] = {}

    def add(self, identity: int, content: int, record: int) -> None:
        self.identity[identity] = record
        self.content[content] = record

    def find(self, identity: int, content: int) -> Candidate:
        return Candidate(self.identity.get(identity, -1), self.content.get(content, -1))


@MODEST
@given(
    st.lists(st.tuples(rows, st.booleans()), max_size=20),
    st.lists(st.tuples(rows, st.booleans()), max_size=40),
    st.lists(rows, max_size=8),
    st.integers(0, 4),
)
def test_it_finds_what_two_dictionaries_find(
    first: list[tuple[tuple[int, int], bool]],
    added: list[tuple[tuple[int, int], bool]],
    asked: list[tuple[int, int]],
    recent_max: int,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "RECENT_MAX", recent_max)
        kept = [n for n, (_, keep) in enumerate(first) if keep]
        known = Known([i for (i, _), _ in first], [c for (_, c), _ in first], kept)
        settled, recent, whole = Model(), Model(), Model()
        for record in kept:
            for model in (settled, whole):
                model.add(*first[record][0], record)
        for record, (row, settle) in enumerate(added, start=len(first)):
            known.add(*row, record)
            for model in (recent, whole):
                model.add(*row, record)
            if settle:
                many = len(recent.identity) > recent_max
                known.settle()
                if many:
                    settled, recent = merged(settled, recent), Model()
            check(known, settled, recent, whole, [*asked, row])
        check(known, settled, recent, whole, asked)


def merged(older: Model, newer: Model) -> Model:
    both = Model()
    both.identity = older.identity | newer.identity
    both.content = older.content | newer.content
    return both


def check(
    known: Known, settled: Model, recent: Model, whole: Model, asked: list[tuple[int, int]]
) -> None:
    found = known.find([i for i, _ in asked], [c for _, c in asked])
    assert found == [settled.find(*row) for row in asked]
    for row, old in zip(asked, found, strict=True):
        new = known.recent(*row)
        assert new == recent.find(*row)
        assert known.is_recent(row[0]) == (row[0] in recent.identity)
        best = Candidate(max(old.newest, new.newest), max(old.same, new.same))
        assert best == whole.find(*row)


def test_nothing_is_known_to_an_empty_ledger() -> None:
    known = Known([], [], [])
    assert known.find([1, 2], [3, 4]) == [UNKNOWN, UNKNOWN]
    assert known.find([], []) == []
    assert known.recent(1, 1) == UNKNOWN
    assert not known.is_recent(1)


def test_what_was_retracted_is_not_known() -> None:
    known = Known([5, 5, 6], [7, 8, 7], [0, 2])
    assert known.find([5, 6], [8, 7]) == [Candidate(0, -1), Candidate(2, 2)]


def test_the_newest_of_an_identity_is_found_and_an_older_one_of_the_same_content() -> None:
    known = Known([5, 5], [7, 8], [0, 1])
    assert known.find([5], [7]) == [Candidate(1, 0)]
    known.add(5, 7, 2)
    assert known.find([5], [7]) == [Candidate(1, 0)]
    assert known.recent(5, 7) == Candidate(2, 2)


def test_what_was_added_is_settled_only_when_it_is_much() -> None:
    known = Known([], [], [])
    known.add(1, 2, 0)
    known.settle()
    assert known.find([1], [2]) == [UNKNOWN]
    assert known.recent(1, 2) == Candidate(0, 0)
    assert module.RECENT_MAX >= 4096  # fewer would sort the columns once a chunk

"""Evidence at rest, walked over without any secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tallystick.app.evidence_check import (
    Frontier,
    batch_root,
    check_commitments,
    check_entries,
    check_journal,
    walk,
)
from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import leaf_hash, root_of
from tallystick.ledger import read_checkpoint
from tallystick.ledger.evidence import read_leaves

if TYPE_CHECKING:
    from tests.app.conftest import House


def test_the_root_of_a_growing_tree_is_that_of_the_whole_tree_at_every_size() -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(130)]
    tree = Frontier()
    for size, leaf in enumerate(leaves):
        assert tree.root() == root_of(leaves[:size])
        tree.add(leaf)
    assert tree.root() == root_of(leaves)


def test_a_walk_finds_what_the_opened_log_says(small: House) -> None:
    evidence = small.folder / "evidence"
    checkpoint = read_checkpoint(evidence / "checkpoint")
    walked = check_entries(evidence / "entries", checkpoint, range(checkpoint.size))
    with small.opened(writer=False) as store:
        log = store.log
        assert walked.records == log.records
        assert walked.batches == len(list(log.batches()))
        assert walked.status == log.journal.entry
        assert walked.roots == {size: log.root(size) for size in range(checkpoint.size + 1)}
        for size, records in walked.held.items():
            assert log.entries_holding(records) <= size
    check_journal(evidence / "status", walked.status)
    commitments = evidence / "commitments"
    checked = check_commitments(evidence / "entries", checkpoint.size, commitments)
    assert checked == walked.records


@pytest.mark.parametrize("name", ["entries", "commitments"])
def test_one_changed_byte_is_found_wherever_it_is(small: House, name: str) -> None:
    evidence = small.folder / "evidence"
    checkpoint = read_checkpoint(evidence / "checkpoint")
    whole = (evidence / name).read_bytes()
    for at in range(0, len(whole), 61):
        changed = bytearray(whole)
        changed[at] ^= 4
        (evidence / name).write_bytes(changed)
        with pytest.raises(TallyError, match="evidence_damaged"):
            _check(small, checkpoint)


def _check(house: House, checkpoint: object) -> None:
    evidence = house.folder / "evidence"
    check_entries(evidence / "entries", checkpoint)  # type: ignore[arg-type]
    size = read_checkpoint(evidence / "checkpoint").size
    check_commitments(evidence / "entries", size, evidence / "commitments")


def test_a_leaf_that_is_none_is_named_by_its_place(small: House) -> None:
    evidence = small.folder / "evidence"
    size = read_checkpoint(evidence / "checkpoint").size
    leaves = [*read_leaves(evidence / "entries", size), b"nothing known".ljust(130)]
    with pytest.raises(TallyError) as caught:
        walk(leaves, size + 1)
    assert caught.value.facts["offset"] == size * 132


def test_a_batch_of_one_has_the_leaf_for_its_root() -> None:
    assert batch_root(bytes(32)) == leaf_hash(bytes(32))

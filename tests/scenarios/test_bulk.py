"""A large membership is evaluated as each of its members would be alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from typing import Any

import pytest

from tallystick.app import evaluating, schemes
from tallystick.app.drafting import import_context, seal_drafts
from tallystick.app.evaluating import evaluate, evaluate_each
from tallystick.app.store import Store
from tallystick.evaluation import parse_scheme
from tallystick.testing.membership import membership

from .conftest import SCHEME, TODAY, Association

COUNT = 300


@pytest.fixture(scope="module")
def large(founded: Association, tmp_path_factory: pytest.TempPathFactory) -> Association:
    """Three hundred members with thirty facts and one consent each."""
    association = founded.copied(tmp_path_factory.mktemp("large"))
    with association.opened() as store:
        header, context = import_context(store, "roster-0001", "roster", sha256().hexdigest(), "")
        store.append([header])
        drafts = iter(membership(COUNT, as_of=TODAY))
        while some := list(islice(drafts, 2000)):
            store.commit(seal_drafts(some, context))
    return association


def opened_with(association: Association, processes: int) -> Store:
    return Store.open(replace(association.settings, processes=processes), writer=True)


def digests(results: Iterator[dict[str, Any]]) -> dict[str, str]:
    return {one["subject"]: one["digest"] for one in results}


def test_in_two_processes_or_one_by_one_the_digits_are_the_same(
    large: Association, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened_with(large, 2) as store:
        together = digests(evaluate_each(store, SCHEME, as_of=TODAY, sentences=False))
    with opened_with(large, 1) as store:
        # Three hundred commands would each read the scheme; here it is read once.
        for module in (evaluating, schemes):
            monkeypatch.setattr(module, "parse_scheme", lru_cache(parse_scheme))
        alone: dict[str, str] = {}
        for member in reversed(together):
            alone |= digests(evaluate_each(store, SCHEME, member, TODAY, sentences=False))
    assert len(together) == COUNT
    assert len(set(together.values())) == COUNT
    assert together == alone


def test_the_members_come_in_the_order_of_their_codes_each_once(large: Association) -> None:
    with opened_with(large, 2) as store:
        codes = [one["subject"] for one in evaluate_each(store, SCHEME, as_of=TODAY)]
    assert codes == sorted(set(codes))


def test_evaluating_everybody_again_seals_looks_and_no_second_proposal(
    large: Association,
) -> None:
    with opened_with(large, 2) as store:
        evaluate(store, SCHEME, as_of=TODAY)
        before = sum(1 for _ in store.index.of_kind("evaluation"))
        looks = sum(1 for _ in store.index.of_kind("use"))
        evaluate(store, SCHEME, as_of=TODAY)
        assert sum(1 for _ in store.index.of_kind("evaluation")) == before == COUNT
        assert sum(1 for _ in store.index.of_kind("use")) == looks + COUNT


def test_a_trial_run_seals_no_proposal_and_still_records_the_looks(large: Association) -> None:
    with opened_with(large, 2) as store:
        kinds = list(store.index.kind)
        results = evaluate(store, SCHEME, as_of="2026-10-01", seal=False)
        added = list(store.index.kind)[len(kinds) :]
        [use] = {store.body(n)["kind"] for n in range(len(kinds), len(store.index))}
        assert (use, len(added)) == ("use", COUNT)
        assert all(one["record"] == "" for one in results)

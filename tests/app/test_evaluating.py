from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.app import evaluating
from tallystick.app.evaluating import evaluate, evaluate_each, example
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError

if TYPE_CHECKING:
    from tests.app.conftest import House

from .conftest import MEMBERS, SCHEME

PROMISED = {
    "subject", "score", "band_before_rules", "band", "light", "contributions", "rules_hit",
    "warnings", "reasons", "coverage", "withheld", "status", "digest",
}  # fmt: skip


def test_a_result_has_the_members_other_programs_rely_on(small: House) -> None:
    with small.opened() as store:
        [result] = evaluate(store, SCHEME, [MEMBERS[0]])
    assert result.keys() >= PROMISED
    assert all(
        one.keys() >= {"dimension", "score", "weight", "product"} for one in result["contributions"]
    )
    assert all(one.keys() >= {"code", "value"} for one in result["warnings"])


def test_no_float_is_in_a_result(small: House) -> None:
    with small.opened() as store:
        results = evaluate(store, SCHEME)
    assert _kinds(results) <= {str, int, bool, list, dict, type(None)}


def _kinds(value: Any) -> set[type]:
    if isinstance(value, dict):
        return {dict}.union(*map(_kinds, value.values()))
    if isinstance(value, list):
        return {list}.union(*map(_kinds, value))
    return {type(value)}


def test_the_products_add_up_to_the_score(whole: House) -> None:
    with whole.opened() as store:
        results = evaluate(store, SCHEME)
    scored = [one for one in results if one["score"] is not None]
    assert len(scored) > 20
    for result in scored:
        products = [Decimal(one["product"]) for one in result["contributions"] if one["product"]]
        assert sum(products) == Decimal(result["score"])


def test_what_is_sealed_is_the_result_without_its_sentences(small: House) -> None:
    with small.opened() as store:
        [result] = evaluate(store, SCHEME, [MEMBERS[0]])
        sealed = store.body(store.find(result["record"]))
    document = {k: v for k, v in sealed["result"].items() if k != "digest"}
    import hashlib  # noqa: PLC0415

    assert hashlib.sha256(canonical.encode(document)).hexdigest() == result["digest"]
    assert sealed["result"]["digest"] == result["digest"]
    assert "text" not in str(document)


def test_with_sentences_or_without_the_digest_is_the_same(small: House) -> None:
    with small.opened() as store:
        long = list(evaluate_each(store, SCHEME))
        short = list(evaluate_each(store, SCHEME, sentences=False))
    assert [one["digest"] for one in long] == [one["digest"] for one in short]
    assert all("changes" in one for one in long)


def test_the_proposal_names_scheme_and_view_so_that_anybody_with_the_right_can_repeat_it(
    small: House,
) -> None:
    with small.opened() as store:
        [result] = evaluate(store, SCHEME, [MEMBERS[0]])
        sealed = store.body(store.find(result["record"]))
        scheme = store.body(store.find(sealed["scheme"]))
    assert scheme["digest"] == result["scheme"]["digest"]
    assert len(sealed["view"]) == 64
    assert sealed["as_of"] == "2026-11-01"


@pytest.mark.parametrize("as_of", ["yesterday", "2026-02-30", "2026-1-1", "20261101"])
def test_a_day_no_calendar_has_is_refused_and_leaves_no_look(small: House, as_of: str) -> None:
    with small.opened() as store:
        uses = sum(1 for _ in store.index.of_kind("use"))
        with pytest.raises(TallyError) as caught:
            evaluate(store, SCHEME, as_of=as_of)
        assert sum(1 for _ in store.index.of_kind("use")) == uses
    assert caught.value.code == "not_a_date"


def test_nobody_can_be_evaluated_before_there_is_a_roster(empty: House) -> None:
    with empty.opened() as store:
        with pytest.raises(TallyError, match="no_members"):
            evaluate(store, SCHEME)
        with pytest.raises(TallyError, match="not_a_member"):
            evaluate(store, SCHEME, [MEMBERS[0]])


def test_an_unknown_scheme_is_refused_with_those_there_are(small: House) -> None:
    with small.opened() as store, pytest.raises(TallyError) as caught:
        evaluate(store, "my-scheme")
    assert caught.value.code == "no_such_scheme"
    assert SCHEME in caught.value.remedy.en


def test_the_example_needs_no_workspace_and_no_other_scheme_has_it() -> None:
    [shown] = example(SCHEME)
    assert shown["score"] == "72.5"
    with pytest.raises(TallyError, match="not_shipped"):
        example("my-scheme")


def test_facts_of_another_day_give_another_proposal_and_both_stay(small: House) -> None:
    with small.opened() as store:
        [now] = evaluate(store, SCHEME, [MEMBERS[0]])
        [then] = evaluate(store, SCHEME, [MEMBERS[0]], "2020-01-01")
        assert now["digest"] != then["digest"]
        for one in (now, then):
            assert store.body(store.find(one["record"]))["result"]["digest"] == one["digest"]


def test_progress_is_told_up_to_the_last_member(
    small: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluating, "MEMBERS_PER_TASK", 2)
    told: list[tuple[str, int, int]] = []
    with small.opened() as store:
        evaluate(store, SCHEME, progress=lambda *said: told.append(said))
    assert told == [("evaluate", 2, 3), ("evaluate", 3, 3)]

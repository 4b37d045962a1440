"""The kernel against the reference: the same integers, row by row and in batch."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.kernel.errors import TallyError
from tallystick.scorecards.document import CATEGORY, NUMBER, Card
from tallystick.scorecards.interpreting import Interpreter
from tallystick.scorecards.kernel import Batch, Categories, Columns
from tallystick.scorecards.reasons import Baseline, Reasoner, ranked
from tallystick.testing.cards import random_card, random_rows

SEEDS = st.integers(0, 10_000)


def as_columns(card: Card, rows: list[dict[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for one in card.variables:
        values = [row[one.name] for row in rows]
        if one.kind == NUMBER:
            made[one.name] = np.array([np.nan if v in (None, "") else v for v in values], float)
        else:
            texts = sorted({v for v in values if v})
            codes = np.array([texts.index(v) if v else -1 for v in values], np.int32)
            made[one.name] = Categories(codes, texts)
    return made


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_raw_score_outcome_and_band_are_those_of_the_reference(seed: int) -> None:
    card = random_card(seed)
    rows = random_rows(card, seed, 60)
    batch = Batch(card)
    raw = batch.raw(as_columns(card, rows))
    score, pd = batch.outcome(raw)
    readings = [Interpreter(card).one(row) for row in rows]
    assert raw.tolist() == [one.raw for one in readings]
    assert score.tolist() == [one.score for one in readings]
    assert pd.tolist() == [(one.pd_ppm or 0) / 1e6 for one in readings]


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_one_row_by_itself_is_scored_as_in_a_batch(seed: int) -> None:
    card = random_card(seed)
    rows = random_rows(card, seed, 8)
    whole = Batch(card).raw(as_columns(card, rows))
    alone = [Batch(card).raw(as_columns(card, [row]))[0] for row in rows]
    assert whole.tolist() == alone


@given(SEEDS, st.sampled_from(["mean", "best"]))
@settings(max_examples=30, deadline=None)
def test_reasons_in_batch_are_those_of_one(seed: int, baseline: Baseline) -> None:
    card = random_card(seed)
    rows = random_rows(card, seed, 30)
    _, places = Batch(card, baseline).raw_and_reasons(as_columns(card, rows))
    reasoner = Reasoner(card, baseline)
    for row, found in zip(rows, places.tolist(), strict=True):
        wanted = [one.variable for one in ranked(reasoner.one(row))]
        assert [card.variables[at].name for at in found if at >= 0] == wanted


@pytest.mark.parametrize("kind", [np.float32, np.int64, np.int8])
def test_other_kinds_of_numbers_are_compared_as_doubles(kind: Any) -> None:
    card = random_card(4)
    rows = random_rows(card, 4, 50)
    columns = as_columns(card, rows)
    given_rows = [dict(row) for row in rows]
    for one in card.variables:
        if one.kind == NUMBER:
            values = np.clip(np.nan_to_num(columns[one.name]), -100, 100).astype(kind)
            columns[one.name] = values
            for row, value in zip(given_rows, values, strict=True):
                row[one.name] = float(value)
    wanted = [Interpreter(card).one(row).raw for row in given_rows]
    assert Batch(card).raw(columns).tolist() == wanted


def test_rows_of_many_threads_keep_their_order() -> None:
    card = random_card(7)
    rows = random_rows(card, 7, 500)
    columns = as_columns(card, rows)
    many: dict[str, Any] = {
        name: Categories(np.tile(one.codes, 300), one.texts)
        if isinstance(one, Categories)
        else np.tile(one, 300)
        for name, one in columns.items()
    }
    assert Batch(card).raw(many).tolist() == Batch(card).raw(columns).tolist() * 300


def wrong(columns: Columns, card: Card) -> str:
    with pytest.raises(TallyError) as caught:
        Batch(card).raw(columns)
    return caught.value.code


def test_a_column_that_is_absent_or_of_another_kind_is_refused_by_name() -> None:
    card = random_card(1)
    columns = as_columns(card, random_rows(card, 1, 5))
    number = next(one.name for one in card.variables if one.kind == NUMBER)
    category = next(one.name for one in card.variables if one.kind == CATEGORY)
    assert wrong({k: v for k, v in columns.items() if k != number}, card) == "value_absent"
    assert wrong({**columns, number: columns[category]}, card) == "column_of_wrong_type"
    assert wrong({**columns, category: columns[number]}, card) == "column_of_wrong_type"


def test_columns_of_different_lengths_never_reach_the_kernel() -> None:
    card = random_card(1)
    columns = as_columns(card, random_rows(card, 1, 5))
    columns[card.variables[0].name] = np.zeros(4)
    with pytest.raises(ValueError, match="rows"):
        Batch(card).raw(columns)


def test_no_rows_give_no_scores() -> None:
    card = random_card(2)
    raw, places = Batch(card).raw_and_reasons(as_columns(card, []))
    assert len(raw) == len(places) == 0


def test_points_beyond_32_bits_are_summed_exactly() -> None:
    card = random_card(3)
    terms = tuple(replace(t, points=tuple(p * 10**12 for p in t.points)) for t in card.terms)
    large = replace(card, terms=terms)
    rows = random_rows(card, 3, 20)
    wanted = [Interpreter(large).one(row).raw for row in rows]
    assert Batch(large).raw(as_columns(card, rows)).tolist() == wanted

"""A card tells whether rows were among those it was fitted on, and keeps none of them."""

from __future__ import annotations

import hashlib
import struct
from typing import Any

import numpy as np
import pytest

from tallystick.modelling.seen_rows import KEPT_MAX, is_sketch, seen_in, sketch_of
from tallystick.modelling.tables import MemoryTable, from_arrays
from tallystick.scorecards.document import Card, Training, Variable

CARD = Card(
    "c",
    "logistic",
    "points",
    (Variable("x", "number"), Variable("t", "category")),
    training=Training(digest="ab" * 32),
)
MANY = 6_000


def rows(seed: int, count: int) -> MemoryTable:
    dice = np.random.default_rng(seed)
    x = dice.normal(size=count)
    x[::50] = np.nan
    return from_arrays({"x": x, "t": dice.choice(["a", "b", ""], count), "more": np.arange(count)})


@pytest.mark.parametrize("count", [40, MANY])
def test_the_same_rows_in_another_order_less_a_few_are_known(count: int) -> None:
    table = rows(0, count)
    sketch = sketch_of(CARD, table)
    assert is_sketch(sketch)
    assert 0 < len(sketch["digests"]) <= KEPT_MAX
    order = np.random.default_rng(1).permutation(count)[3:]
    found = seen_in(sketch, CARD, table.take(order))
    assert found["share"] == "1.000000"
    assert found["beyond_chance"]
    assert "100.0%" in found["statement"]["en"]
    assert "偏好" in found["statement"]["zh"]
    assert found["exact"] == (sketch["one_in"] == 1) == (count < KEPT_MAX)


def test_other_rows_are_not_known() -> None:
    found = seen_in(sketch_of(CARD, rows(0, MANY)), CARD, rows(1, MANY))
    assert float(found["low"]) < 0.03
    assert not found["beyond_chance"]


def test_half_known_is_told_with_its_interval() -> None:
    old, new = rows(0, MANY), rows(1, MANY)
    mixed = from_arrays(
        {
            name: np.concatenate([one[: MANY // 2], other[: MANY // 2]])
            for name, one, other in (
                ("x", old.column("x").values, new.column("x").values),
                ("t", _texts(old), _texts(new)),
            )
        }
    )
    found = seen_in(sketch_of(CARD, old), CARD, mixed)
    assert float(found["low"]) < 0.51 < float(found["high"]) + 0.02
    assert found["beyond_chance"]


def _texts(table: MemoryTable) -> Any:
    column = table.column("t")
    return np.array([*column.categories, ""])[column.codes]


def test_rows_that_chance_alone_makes_equal_raise_no_warning() -> None:
    def few(seed: int) -> MemoryTable:
        dice = np.random.default_rng(seed)
        return from_arrays({"x": dice.integers(0, 3, 400).astype(float), "t": ["a", "b"] * 200})

    sketch = sketch_of(CARD, few(0))
    assert sketch["alike"] == "1.000000"
    found = seen_in(sketch, CARD, few(1))
    assert found["share"] == "1.000000"
    assert not found["beyond_chance"]


def test_a_value_is_the_same_however_it_was_read() -> None:
    one = from_arrays({"x": np.array([0.0, 1.5, np.nan]), "t": np.array(["2", "10", ""])})
    other = from_arrays({"x": np.array([-0.0, 1.5, np.nan]), "t": np.array([2.0, 10.0, np.nan])})
    assert sketch_of(CARD, one) == sketch_of(CARD, other)


def test_two_fits_of_the_same_rows_share_no_digest() -> None:
    table, again = rows(0, 40), Card(**{**CARD.__dict__, "training": Training(digest="cd" * 32)})
    assert not {*sketch_of(CARD, table)["digests"]} & {*sketch_of(again, table)["digests"]}


def test_a_digest_is_what_the_specification_says() -> None:
    table = from_arrays({"x": np.array([1.5, -0.0]), "t": np.array(["信", ""])})
    key = hashlib.sha256(b"ab" * 32).digest()
    text = int.from_bytes(hashlib.blake2b("信".encode(), digest_size=8).digest(), "big")
    rows_ = [struct.pack("<dQ", 1.5, text), struct.pack("<dQ", 0.0, 0x9E3779B97F4A7C15)]
    wanted = {hashlib.blake2b(one, digest_size=6, key=key).hexdigest() for one in rows_}
    assert {*sketch_of(CARD, table)["digests"]} == wanted


@pytest.mark.parametrize(
    "sketch",
    [
        None,
        [],
        {},
        {"one_in": 0, "digests": [], "alike": "0.000000"},
        {"one_in": 3, "digests": [], "alike": "0.000000"},
        {"one_in": True, "digests": [], "alike": "0.000000"},
        {"one_in": 1, "digests": ["x"], "alike": "0.000000"},
        {"one_in": 1, "digests": [], "alike": "NaN"},
        {"one_in": 1, "digests": [], "alike": 0},
    ],
)
def test_what_is_no_sketch_tells_nothing(sketch: Any) -> None:
    found = seen_in(sketch, CARD, rows(0, 5))
    assert not found["known"]
    assert "not known" in found["statement"]["en"]


def test_where_no_row_is_in_the_sample_nothing_is_claimed() -> None:
    sketch = sketch_of(CARD, rows(0, MANY)) | {"one_in": 2**40}
    assert "too few" in seen_in(sketch, CARD, rows(1, 5))["statement"]["en"]

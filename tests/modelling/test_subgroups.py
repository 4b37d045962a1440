"""Gaps are flagged where they are real, and small groups are not shown."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.modelling.subgroups import compare, compare_groups, holm
from tallystick.modelling.tables import from_arrays

ROWS = 4000


def made(seed: int = 0) -> tuple[Any, ...]:
    dice = np.random.default_rng(seed)
    x = dice.normal(size=ROWS)
    pd = 1 / (1 + np.exp(1.5 + x))
    region = np.array(["north", "south", "east", "west"])[dice.integers(0, 4, ROWS)]
    return dice, x, pd, region, (dice.random(ROWS) < pd).astype(float)


def test_a_fair_card_is_flagged_no_more_often_than_stated() -> None:
    flagged = 0
    for seed in range(60):
        _, x, pd, region, y = made(seed)
        found = compare(x, y, {"region": from_arrays({"r": region}).column("r")}, pd)
        flagged += bool(found["flagged"])
    assert flagged <= 8


def test_a_group_whose_probabilities_are_wrong_is_flagged() -> None:
    _, x, pd, region, y = made()
    pd = np.where(region == "south", pd / 2, pd)
    found = compare(x, y, {"region": from_arrays({"r": region}).column("r")}, pd)
    assert {(one["group"], one["test"]) for one in found["flagged"]} == {("south", "calibration")}
    assert "south" in found["flagged"][0]["text"]["zh"]
    json.dumps(found, allow_nan=False)


def test_a_group_that_is_ordered_worse_is_flagged() -> None:
    dice, x, _, region, y = made()
    x = np.where(region == "east", dice.normal(size=ROWS), x)
    found = compare(x, y, {"region": from_arrays({"r": region}).column("r")})
    assert ("east", "auc") in {(one["group"], one["test"]) for one in found["flagged"]}
    assert "lower" in " ".join(one["text"]["en"] for one in found["flagged"])


def test_small_groups_are_counted_and_not_shown() -> None:
    _, x, pd, region, y = made()
    region = region.astype("U9")
    region[:7] = "tiny"
    region[7:9] = "smaller"
    found = compare(x, y, {"region": from_arrays({"r": region}).column("r")}, pd)
    (only,) = found["attributes"]
    assert only["suppressed"] == {"groups": 2, "rows": 9}
    assert "tiny" not in json.dumps(found)
    assert sum(one["rows"] for one in only["groups"]) + 9 == ROWS
    assert found["minimum"] == 50
    alone = compare_groups(from_arrays({"r": region}).column("r"), x, pd * np.nan, y)
    assert alone["suppressed"] == only["suppressed"]
    assert all(one["expected_rate"] is None for one in alone["groups"])


def test_numbers_are_cut_into_quarters_and_missing_is_a_group() -> None:
    _, x, pd, _, y = made()
    size = np.arange(ROWS, dtype=float)
    size[:400] = np.nan
    found = compare(x, y, {"size": from_arrays({"s": size}).column("s")}, pd)
    groups = found["attributes"][0]["groups"]
    assert [one["rows"] for one in groups] == [900, 900, 900, 900, 400]
    assert groups[-1]["group"] == "(missing)"


def test_few_outcomes_have_no_auc() -> None:
    _, x, pd, _, _ = made()
    y = np.zeros(ROWS)
    y[:5] = 1
    found = compare(x, y, {"one": from_arrays({"g": np.array(["a"] * ROWS)}).column("g")}, pd)
    assert found["attributes"][0]["groups"][0]["auc"] is None


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_adjusts_as_defined(values: Any) -> None:
    p = np.array(values)
    order = sorted(range(len(p)), key=lambda at: p[at])
    expected, top = np.empty(len(p)), 0.0
    for step, at in enumerate(order):
        top = max(top, min(1.0, (len(p) - step) * p[at]))
        expected[at] = top
    assert holm(p) == pytest.approx(expected)

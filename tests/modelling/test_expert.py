from __future__ import annotations

import numpy as np
import pytest

from tallystick.kernel.errors import TallyError
from tallystick.modelling.expert import fit_expert
from tallystick.modelling.tables import MemoryTable, from_arrays
from tallystick.modelling.wishes import Wish

TEN = np.arange(10.0)


def table() -> MemoryTable:
    return from_arrays({"x": TEN, "kind": list("aabbccaabb")})


def test_points_follow_direction_and_weight() -> None:
    wishes = {
        "x": Wish(shape="rising", cuts=(2.0, 5.0), weight="3"),
        "kind": Wish(groups=(("c",), ("a", "b")), weight="1"),
    }
    card = fit_expert(table(), wishes)
    x, kind = card.terms
    assert x.points == (0, 375, 750, 412)  # missing: (3*0 + 3*375 + 4*750) / 10 = 412.5, to even
    assert x.counts == (3, 3, 4, 0)
    assert kind.points == (0, 250, 200, 200)
    assert card.outcome.pd_ppm == ()
    assert card.scaling is None


@pytest.mark.parametrize(
    ("shape", "points"),
    [
        ("rising", (0, 500, 1000)),
        ("falling", (1000, 500, 0)),
        ("peak", (0, 1000, 0)),
        ("valley", (1000, 0, 1000)),
    ],
)
def test_each_shape(shape: str, points: tuple[int, ...]) -> None:
    wish = Wish(shape=shape, cuts=(2.0, 5.0))  # type: ignore[arg-type]  # of the four
    card = fit_expert(from_arrays({"x": TEN}), {"x": wish})
    assert card.terms[0].points[:3] == points


def test_quintiles_serve_where_no_cuts_are_stated_and_special_codes_stand_apart() -> None:
    values = np.concatenate([np.arange(100.0), np.full(5, -999.0), [np.nan, np.inf]])
    wish = Wish(shape="rising", special=("-999",))
    term = fit_expert(from_arrays({"x": values}), {"x": wish}).terms[0]
    assert len(term.axes[0].thresholds) == 4
    assert term.counts == (20, 20, 20, 20, 21, 5, 1)
    assert term.points[:5] == (0, 250, 500, 750, 1000)


def test_a_column_without_direction_is_named() -> None:
    with pytest.raises(TallyError) as refused:
        fit_expert(table(), {"x": Wish(shape="rising")})
    assert refused.value.code == "direction_missing"
    assert "kind" in refused.value.text.en


@pytest.mark.parametrize("values", [np.full(9, np.nan), np.full(9, 4.0)])
def test_a_column_that_cannot_be_cut_is_refused(values: np.ndarray) -> None:
    with pytest.raises(TallyError) as refused:
        fit_expert(from_arrays({"x": values}), {"x": Wish(shape="rising")})
    assert refused.value.code == "not_cut"


def test_quintiles_are_the_shortest_decimals_that_part_the_same_rows() -> None:
    values = np.random.default_rng(0).normal(size=100)
    axis = fit_expert(from_arrays({"x": values}), {"x": Wish(shape="rising")}).terms[0].axes[0]
    assert max(map(len, axis.thresholds)) <= 6
    cells = np.searchsorted(np.array(axis.cuts), values, side="left")
    assert np.bincount(cells).tolist() == [20] * 5

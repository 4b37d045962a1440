from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.evaluation import (
    Scheme,
    check_weights,
    evaluate,
    parse_scheme,
    reweigher,
    shipped_panel,
    shipped_scheme,
)
from tallystick.kernel.errors import TallyError
from tallystick.testing.published import RATIOS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tallystick.records.facts import Fact

AS_OF = "2026-04-01"
NAME = "polish1-ahp"


@pytest.fixture(scope="module")
def ratios() -> Scheme:
    return parse_scheme(shipped_scheme(NAME), file=NAME)


def own_weights(scheme: Scheme) -> dict[str, Fraction]:
    weights = {one.code: Fraction(one.weight) for one in scheme.dimensions}
    return weights | {one.code: Fraction(one.weight) for one in scheme.indicators}


def proposal(scheme: Scheme, fact: Callable[..., Fact], values: dict[str, str]) -> dict[str, Any]:
    told = fact("finance.ratios", "2025-12-31", period_end="2025-12-31", ratios=values)
    consulted = frozenset({"finance.ratios"})
    return evaluate(scheme, "x", [told], as_of=AS_OF, consulted=consulted).sealed()


@pytest.mark.parametrize("value", ["-1", "0.05", "0.3", "1.2", "40"])
def test_the_weights_of_the_scheme_give_its_score_but_for_its_rounding(
    ratios: Scheme, fact: Callable[..., Fact], value: str
) -> None:
    result = proposal(ratios, fact, {name.lower(): value for name in RATIOS})
    found = reweigher(ratios, own_weights(ratios))(result)
    assert found is not None
    # Each dimension is rounded to two places in the scheme, and to twelve here.
    assert abs(Decimal(found).scaleb(-12) - Decimal(result["score"])) <= Decimal("0.005")


def test_all_weight_on_one_ratio_gives_the_points_of_that_ratio(
    ratios: Scheme, fact: Callable[..., Fact]
) -> None:
    result = proposal(ratios, fact, {"x4": "1.6", "x46": "0.2", "x7": "0.2", "x36": "9"})
    weights = dict.fromkeys(own_weights(ratios), Fraction(0))
    weights |= {"liquidity": Fraction(1), "L01": Fraction(1)}
    assert reweigher(ratios, weights)(result) == 85 * 10**12


def test_what_is_unknown_is_left_out_and_nothing_known_gives_nothing(
    ratios: Scheme, fact: Callable[..., Fact]
) -> None:
    weights = own_weights(ratios)
    half = proposal(ratios, fact, {"x4": "3", "x46": "3", "x40": "3"})
    assert reweigher(ratios, weights)(half) == 100 * 10**12
    assert reweigher(ratios, weights)(proposal(ratios, fact, {"x64": "1"})) is None


def test_weights_for_other_parts_are_refused_by_name(ratios: Scheme) -> None:
    good = own_weights(ratios)
    check_weights(ratios, "a", good)
    missing = {code: share for code, share in good.items() if code != "L01"}
    for wrong, named in (
        (missing, "L01"),
        (good | {"ZZ": Fraction(1)}, "ZZ"),
        (good | {"D02": Fraction(-1)}, "D02"),
    ):
        with pytest.raises(TallyError) as refusal:
            check_weights(ratios, "a", wrong)
        assert refusal.value.code == "weights_do_not_cover"
        assert named in refusal.value.text.en


def test_the_panel_that_ships_fits_its_scheme_and_does_not_exist(ratios: Scheme) -> None:
    panel = shipped_panel(NAME)
    assert len(panel) == 3
    for expert, weights in panel.items():
        assert expert.startswith("fictional")
        check_weights(ratios, expert, weights)
        assert sum(weights[one.code] for one in ratios.dimensions) == 1
    assert shipped_panel("association-2019") == {}

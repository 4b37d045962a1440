from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise

import ahpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.evaluation.ahp.consistency import consistency
from tallystick.evaluation.ahp.digits import rounded_weights, sealed_weights, settled, shown
from tallystick.evaluation.ahp.judgments import SCALE, Judgments, pairs_of
from tallystick.evaluation.ahp.priorities import (
    EIGENVECTOR,
    GEOMETRIC_MEAN,
    METHODS,
    matrix_of,
    solve,
)
from tallystick.kernel.errors import TallyError

from .conftest import CITIES, CRITERIA, judgments


def weights(given_: Judgments, method: str = EIGENVECTOR, places: int = 4) -> list[str]:
    return [shown(one, places) for one in solve(matrix_of(given_), method).weights]


# -- published results ----------------------------------------------------------------------------


def test_drinks_weigh_as_saaty_printed_them(drinks: Judgments) -> None:
    found = solve(matrix_of(drinks), EIGENVECTOR)
    assert weights(drinks) == ["0.3268", "0.1896", "0.1775", "0.1288", "0.1164", "0.0418", "0.0191"]
    assert shown(found.eigenvalue, 5) == "7.17663"
    measured = consistency(found.eigenvalue, 7, 0, "saaty-2005")
    assert (shown(measured.spread, 6), shown(measured.ratio, 4)) == ("0.029438", "0.0218")


def test_the_geometric_mean_is_another_method(drinks: Judgments) -> None:
    assert weights(drinks, GEOMETRIC_MEAN)[0] == "0.3243"


def test_three_by_three() -> None:
    three = judgments("a, b, c", {("a", "b"): 3, ("a", "c"): 5, ("b", "c"): 2})
    assert shown(solve(matrix_of(three), EIGENVECTOR).eigenvalue, 6) == "3.003695"
    assert weights(three) == ["0.6483", "0.2297", "0.122"]


def test_cities_of_a_hierarchy_weigh_as_saaty_printed_them() -> None:
    names = "Bethesda, Boston, Pittsburgh, Santa Fe"
    goal = solve(
        matrix_of(judgments("culture, family, housing, jobs, transport", CRITERIA)), EIGENVECTOR
    )
    total = [Decimal(0)] * 4
    for share, told in zip(goal.weights, CITIES.values(), strict=True):
        inside = solve(matrix_of(judgments(names, told)), EIGENVECTOR).weights
        total = [one + share * own for one, own in zip(total, inside, strict=True)]
    assert [shown(one, 3) for one in total] == ["0.229", "0.275", "0.385", "0.111"]


def test_the_missing_judgment_is_the_published_one(incomplete: Judgments) -> None:
    found = solve(matrix_of(incomplete), EIGENVECTOR)
    assert shown(found.matrix[2][3], 7) == "0.7302967"
    assert weights(incomplete) == ["0.3738", "0.392", "0.0985", "0.1357"]
    assert weights(incomplete, GEOMETRIC_MEAN) == ["0.3742", "0.3916", "0.0988", "0.1353"]
    ratios = {
        table: shown(consistency(found.eigenvalue, 4, 1, table).ratio, 4)
        for table in ("donegan-dodd-1991", "saaty-2005", "saaty-1980")
    }
    assert ratios == {
        "donegan-dodd-1991": "0.0372",  # the index ahpy takes by default
        "saaty-2005": "0.0346",
        "saaty-1980": "0.0342",
    }


def test_the_twelve_missing_judgments_of_the_houses(houses: Judgments) -> None:
    told = {
        "bc": "0.3300187496", "be": "1.7197409185", "bg": "0.4663515002", "cd": "9.9205126619",
        "cf": "4.8524864492", "ch": "0.5696073302", "de": "0.5252768143", "dg": "0.1424438147",
        "ef": "0.9311973565", "eh": "0.1093082818", "fg": "0.2912120796", "gh": "0.4030898885",
    }  # fmt: skip
    matrix = solve(matrix_of(houses), EIGENVECTOR).matrix
    found = {houses.items[i] + houses.items[j]: matrix[i][j] for i, j in houses.missing}
    assert found.keys() == told.keys()
    for pair, value in told.items():  # the printed ones stop at a tolerance of 1e-4
        assert abs(found[pair] / Decimal(value) - 1) < Decimal("1e-4"), pair


# -- an independent implementation ----------------------------------------------------------------


@st.composite
def matrices(draw: st.DrawFn, least: int = 3, most: int = 8, *, whole: bool = False) -> Judgments:
    size = draw(st.integers(least, most))
    pairs = {pair: draw(st.sampled_from(SCALE)) for pair in pairs_of(size)}
    if not whole:
        order = draw(st.permutations(range(size)))
        kept = {tuple(sorted(pair)) for pair in pairwise(order)}
        pairs = {
            pair: value for pair, value in pairs.items() if pair in kept or draw(st.booleans())
        }
    return Judgments(tuple(f"item {n}" for n in range(size)), pairs)


@settings(max_examples=60, deadline=None)
@given(matrices(whole=True))
def test_complete_matrices_come_out_as_in_ahpy(judged: Judgments) -> None:
    told = {(judged.items[i], judged.items[j]): float(v) for (i, j), v in judged.pairs.items()}
    theirs = ahpy.Compare(
        "x",
        told,
        precision=9,
        random_index="saaty",
    )
    ours = solve(matrix_of(judged), EIGENVECTOR)
    for item, weight in zip(judged.items, ours.weights, strict=True):
        assert abs(float(weight) - float(theirs.local_weights[item])) < 1e-6
    ratio = consistency(ours.eigenvalue, len(judged.items), 0, "saaty-2005").ratio
    assert abs(float(ratio) - float(theirs.consistency_ratio)) < 1e-6


@settings(max_examples=8, deadline=None)
@given(matrices(most=5))
def test_incomplete_matrices_come_out_as_in_ahpy(judged: Judgments) -> None:
    told = {(judged.items[i], judged.items[j]): float(v) for (i, j), v in judged.pairs.items()}
    named = {name for pair in told for name in pair}
    if named != set(judged.items) or not judged.missing:
        return
    theirs = ahpy.Compare("x", told, precision=6, random_index="saaty")
    ours = solve(matrix_of(judged), EIGENVECTOR)
    # theirs goes one coordinate at a time and stops where it moves little, so ours is no higher
    ratio = float(consistency(ours.eigenvalue, len(judged.items), 0, "saaty-2005").ratio)
    assert ratio <= float(theirs.consistency_ratio) + 1e-6
    assert abs(ratio - float(theirs.consistency_ratio)) < 2e-3


# -- what must hold of any judgments --------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([1, 2, 3, 4, 6, 8, 9]), min_size=3, max_size=12), st.booleans())
def test_consistent_judgments_give_their_weights_back(shares: list[int], whole: bool) -> None:  # noqa: FBT001 - hypothesis gives by place
    pairs = {
        (i, j): Fraction(shares[i], shares[j])
        for i, j in pairs_of(len(shares))
        if whole or j == i + 1 or (i + j) % 3
    }
    judged = Judgments(tuple(map(str, range(len(shares)))), pairs)
    expected = [Decimal(one) / sum(shares) for one in shares]
    for method in METHODS:
        found = solve(matrix_of(judged), method)
        assert [settled(one) for one in found.weights] == [settled(one) for one in expected]
        assert settled(found.eigenvalue) == len(shares)
        assert consistency(found.eigenvalue, len(shares), 0, "saaty-2005").ratio == 0


@settings(max_examples=40, deadline=None)
@given(matrices(), st.randoms(use_true_random=False), st.sampled_from(METHODS))
def test_the_order_of_the_items_changes_no_digit(
    judged: Judgments, chance: object, method: str
) -> None:
    size = len(judged.items)
    order = list(range(size))
    chance.shuffle(order)  # type: ignore[attr-defined]
    place = {old: new for new, old in enumerate(order)}
    pairs = {}
    for (i, j), value in judged.pairs.items():
        one, other = place[i], place[j]
        pairs[min(one, other), max(one, other)] = value if one < other else 1 / value
    moved = solve(matrix_of(Judgments(tuple(judged.items[n] for n in order), pairs)), method)
    first = solve(matrix_of(judged), method)
    assert settled(first.eigenvalue) == settled(moved.eigenvalue)
    for new, old in enumerate(order):
        assert settled(moved.weights[new]) == settled(first.weights[old])


@settings(max_examples=25, deadline=None)
@given(matrices(most=6))
def test_no_other_completion_has_a_lower_eigenvalue(judged: Judgments) -> None:
    found = solve(matrix_of(judged), EIGENVECTOR)
    for i, j in judged.missing[:3]:
        for factor in (Decimal("0.99"), Decimal("1.01")):
            rows = [list(row) for row in found.matrix]
            rows[i][j] *= factor
            rows[j][i] /= factor
            known = {
                (a, b): Fraction(rows[a][b]) for a, b in combinations(range(len(judged.items)), 2)
            }
            other = solve(matrix_of(Judgments(judged.items, known)), EIGENVECTOR)
            assert other.eigenvalue >= found.eigenvalue - Decimal("1e-20")


@settings(max_examples=30, deadline=None)
@given(matrices(most=12))
def test_rounded_weights_sum_to_exactly_one(judged: Judgments) -> None:
    found = rounded_weights(solve(matrix_of(judged), EIGENVECTOR).weights)
    assert sum(found) == 1
    assert all(-int(one.as_tuple().exponent) <= 6 for one in found)


def test_a_weight_that_rounds_to_nothing_is_refused() -> None:
    chain = {(n, n + 1): Fraction(9) for n in range(8)}
    judged = Judgments(tuple("abcdefghi"), chain)
    with pytest.raises(TallyError, match="weight_vanishes"):
        sealed_weights(solve(matrix_of(judged), EIGENVECTOR).weights, judged.items)


def test_a_tie_is_rounded_half_even_from_the_exact_value() -> None:
    # 1/128 is 0.0078125: exactly between two numbers of six places
    shares = [Decimal(1) / 128, Decimal(3) / 128, Decimal(124) / 128]
    noise = Decimal("1e-32")
    for wrong in (-noise, noise):
        found = sealed_weights([shares[0] + wrong, shares[1] - wrong, shares[2]], "abc")
        assert found == (Decimal("0.007812"), Decimal("0.023438"), Decimal("0.96875"))


@pytest.mark.parametrize("method", METHODS)
def test_fifty_items_and_hopeless_judgments_come_to_rest(method: str) -> None:
    pairs = {(i, j): SCALE[(7 * i + 11 * j + i * j) % len(SCALE)] for i, j in pairs_of(50)}
    found = solve(matrix_of(Judgments(tuple(map(str, range(50))), pairs)), method)
    assert found.eigenvalue > 50
    assert settled(sum(found.weights, Decimal(0))) == 1

"""A scheme that takes points from a card of trees."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import lightgbm
import numpy as np
import pytest
from tests.evaluation.test_cards import AS_OF, CARD, facts, judged, of_card, text_with

from tallystick.evaluation import (
    evaluation_json,
    explain_document,
    lawful_changes,
    parse_scheme,
    scheme_items,
)
from tallystick.evaluation.card_options import options
from tallystick.scorecards.document import PPM, Card, Ensemble, Outcome
from tallystick.scorecards.trees import parse_trees


@pytest.fixture(scope="module")
def trees() -> tuple[Card, lightgbm.Booster]:
    """A card of trees fitted to made-up organisations, and the booster it came from."""
    chance = np.random.default_rng(7)
    seen = np.c_[chance.random(400), chance.integers(0, 9, 400), chance.integers(0, 3, 400)]
    bad = seen[:, 0] + chance.normal(0, 0.2, 400) < 0.5
    settings = {"objective": "binary", "num_leaves": 6, "verbose": -1, "num_threads": 1, "seed": 1}
    booster = lightgbm.train(settings, lightgbm.Dataset(seen, bad), 20)
    text = booster.model_to_string()
    leaves = tuple(tuple(round(-one * PPM) for one in tree.leaf) for tree in parse_trees(text, 3))
    ensemble = Ensemble(
        text,
        hashlib.sha256(text.encode()).hexdigest(),
        ("attended", "products", "grade"),
        {"grade": {"A": "0.0", "B": "1.0", "M": "2.0"}},
        leaves,
    )
    upper = tuple(range(-4 * PPM, 4 * PPM + 1, 100_000))
    outcome = Outcome(upper, tuple(range(490, 490 + len(upper) + 1)))
    return (
        replace(CARD, kind="trees", route="boosted", terms=(), offset=0, ensemble=ensemble,
                outcome=outcome),
        booster,
    )  # fmt: skip


def test_trees_give_the_sum_of_their_leaves_and_shares_that_add_up(
    trees: tuple[Card, lightgbm.Booster],
) -> None:
    card, booster = trees
    assert card.ensemble is not None
    scheme = parse_scheme(text_with(card))
    apart = set()
    for attended, products, grade in ((1, 3, "A"), (6, 0, "B"), (9, 8, "M"), (5, 2, "D")):
        code = {"A": 0.0, "B": 1.0, "M": 2.0}.get(grade, float("nan"))
        leaves = booster.predict(np.array([[attended / 10, products, code]]), pred_leaf=True)[0]
        raw = sum(
            tree[int(leaf)] for tree, leaf in zip(card.ensemble.leaf_ppm, leaves, strict=True)
        )
        one = of_card(judged(facts(attended, products, grade), scheme))
        assert one["card"]["raw"] == raw
        apart.add(raw - sum(share["points"] for share in one["card"]["shares"]))
    assert len(apart) == 1  # what is left is the average, the same for everybody


def test_a_reason_of_trees_is_told_in_log_odds_with_decimals(
    trees: tuple[Card, lightgbm.Booster],
) -> None:
    scheme = parse_scheme(text_with(trees[0]))
    evaluation = judged(facts(attended=1), scheme)
    shares = of_card(evaluation)["card"]["shares"]
    [share] = [one for one in shares if one["variable"] == "attended"]
    reasons = evaluation_json(evaluation)["reasons"]
    [reason] = [one for one in reasons if one["of"] == "K1.attended"]
    for language in ("zh", "en"):
        assert f"{share['points'] / PPM:.4f}" in reason["text"][language]
        assert str(share["points"]) not in reason["text"][language]
    lines = explain_document(scheme, evaluation.document(), "en")["indicators"]
    [line] = [one for one in lines if one["indicator"] == "K1"]
    [shown] = [one for one in line["card"]["shares"] if one["variable"] == "attended"]
    assert shown["log_odds"] == f"{share['points'] / PPM:.4f}"
    assert "points" not in shown


def test_a_change_of_trees_is_a_stretch_between_two_of_their_cuts(
    trees: tuple[Card, lightgbm.Booster],
) -> None:
    card, _ = trees
    scheme = parse_scheme(text_with(card, ("at_least: 75", "at_least: 90")))
    consulted = frozenset(scheme_items(scheme))
    [change] = lawful_changes(scheme, facts(attended=2), as_of=AS_OF, consulted=consulted)
    assert change.of == "K1.attended"
    assert len(options(card, "attended")) <= 64
    assert [one.value for one in options(card, "grade")] == ["A", "B", "M"]

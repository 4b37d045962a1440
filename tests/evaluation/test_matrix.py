from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

import pytest

from tallystick.evaluation import Scheme, compile_scheme, parse_scheme, template
from tallystick.evaluation.findings import Hit

if TYPE_CHECKING:
    from collections.abc import Callable

    from tallystick.evaluation import Evaluation

LEVEL_OF = {
    1: "premises-misuse",
    2: "charter-breach",
    3: "coin-trading",
    4: "public-blacklist",
}


def at(scheme: Scheme, score: str, *rules: str) -> Evaluation:
    """Return the evaluation with every dimension at `score` and these rules hit."""
    hits = [Hit(rule, ("aa",)) for rule in scheme.rules if rule.code in rules]
    scores = {one.code: Decimal(score) for one in scheme.dimensions}
    return compile_scheme(scheme).from_scores("x", "2026-04-01", scores, hits)


def told(evaluation: Evaluation) -> tuple[str, str, str]:
    document = evaluation.document()
    return document["band_before_rules"], document["band"], document["light"]


# 0.85 of the weight: 88.24 gives 75.004, 88.23 gives 74.9955.
@pytest.mark.parametrize(
    ("score", "level", "expected"),
    [
        ("88.24", 0, ("低风险", "低风险", "green")),
        ("88.24", 1, ("低风险", "中风险", "yellow")),
        ("88.24", 2, ("低风险", "中风险", "yellow")),
        ("88.24", 3, ("低风险", "中风险", "yellow")),
        ("88.24", 4, ("低风险", "高风险", "red")),
        ("88.23", 0, ("中高风险", "中高风险", "orange")),
        ("88.23", 1, ("中高风险", "高风险", "red")),
        ("88.23", 2, ("中高风险", "高风险", "red")),
        ("88.23", 3, ("中高风险", "高风险", "red")),
        ("88.23", 4, ("中高风险", "高风险", "red")),
    ],
)
def test_the_matrix_of_the_association_cell_by_cell(
    association: Scheme, score: str, level: int, expected: tuple[str, str, str]
) -> None:
    hits = [LEVEL_OF[level]] if level else []
    assert told(at(association, score, *hits)) == expected


def test_a_score_on_the_cut_belongs_above_it(small: Scheme) -> None:
    assert told(at(small, "75"))[0] == "低风险"
    assert told(at(small, "74.99"))[0] == "中风险"


def test_several_hits_do_not_add_up(association: Scheme) -> None:
    few = at(association, "95", "charter-breach")
    many = at(association, "95", "charter-breach", "premises-misuse", "coin-trading")
    assert told(few) == told(many)


@pytest.mark.parametrize(
    ("step", "above", "below"),
    [("0", "低风险", "中风险"), ("1", "中风险", "高风险"), ("2", "高风险", "高风险"),
     ("9", "高风险", "高风险"), ("worst", "高风险", "高风险")],
)  # fmt: skip
def test_a_level_reaches_as_far_as_the_scheme_says(
    rewritten: Callable[..., Scheme], step: str, above: str, below: str
) -> None:
    scheme = rewritten(("2: 1, 3: 2", f"2: {step}, 3: 2"))
    assert told(at(scheme, "90", "breach"))[1] == above
    assert told(at(scheme, "60", "breach"))[1] == below


def test_no_step_of_any_level_ever_makes_a_band_better(small: Scheme) -> None:
    place = {band.names.zh: number for number, band in enumerate(small.bands)}
    for score, rules in product(("10", "74.99", "75", "100"), (("breach",), ("debtor",))):
        before, after, _ = told(at(small, score, *rules))
        assert place[after] >= place[before]


def test_the_worst_band_needs_no_score_so_that_silence_hides_no_hit(small: Scheme) -> None:
    hits = [Hit(rule, ("aa",)) for rule in small.rules]
    evaluation = compile_scheme(small).from_scores("x", "2026-04-01", {}, hits)
    document = evaluation.document()
    assert document["score"] is None
    assert document["band_before_rules"] is None
    assert (document["band"], document["light"]) == ("高风险", "red")
    assert document["status"] == "proposal"


def test_a_lesser_hit_without_score_decides_nothing(small: Scheme) -> None:
    hits = [Hit(rule, ("aa",)) for rule in small.rules if rule.code == "breach"]
    document = compile_scheme(small).from_scores("x", "2026-04-01", {}, hits).document()
    assert (document["band"], document["light"], document["status"]) == (None, None, "no_proposal")
    assert document["rules_hit"][0]["code"] == "breach"


@pytest.mark.parametrize(
    ("score", "rules", "symbol"),
    [("95", (), "AAA"), ("94.99", (), "AA"), ("75", (), "BBB"), ("74.99", (), "BB"),
     ("10", (), "C"), ("95", ("judgment-debtor",), "CC"), ("10", ("judgment-debtor",), "C")],
)  # fmt: skip
def test_a_symbol_follows_the_cut_table_and_never_passes_the_cap_of_its_band(
    score: str, rules: tuple[str, ...], symbol: str
) -> None:
    scheme = parse_scheme(template())
    assert at(scheme, score, *rules).grade == symbol


def test_a_scheme_without_symbols_shows_none(small: Scheme) -> None:
    assert at(small, "99").grade is None

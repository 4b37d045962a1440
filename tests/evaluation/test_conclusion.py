from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.evaluation import (
    Evaluation,
    Scheme,
    compile_scheme,
    evaluate,
    scheme_items,
)
from tallystick.records.facts import Fact

if TYPE_CHECKING:
    from collections.abc import Callable

AS_OF = "2026-04-01"
NEUTRAL = ("unknown_dimension: no_proposal", "unknown_dimension: neutral")
LAW_ONLY = ("penalty.decision", "tax.arrears_notice", "court.judgment_debtor")


def run(scheme: Scheme, *facts: Fact, **more: Any) -> Evaluation:
    more.setdefault("consulted", frozenset(scheme_items(scheme)))
    return evaluate(scheme, "x", facts, as_of=AS_OF, **more)


def codes(evaluation: Evaluation) -> list[tuple[str, str]]:
    return [(one.code, one.value) for one in evaluation.warnings]


def test_a_dimension_is_the_weighted_mean_of_what_is_known_in_it(
    small: Scheme, fact: Callable[..., Fact]
) -> None:
    year = fact("association.membership_year", meetings_held=4, meetings_attended=2)
    law, care = run(small, year, fact("penalty.decision")).contributions
    # law: 0.7 x 50 + 0.3 x 100; care: attendance 70 known, products unknown
    assert (law.score, law.product, law.known) == ("65", "39", "1")
    assert (care.score, care.product, care.known) == ("70", "28", "0.5")


def test_the_score_of_a_dimension_is_rounded_half_even_and_the_product_is_not(
    rewritten: Callable[..., Scheme], fact: Callable[..., Fact]
) -> None:
    scheme = rewritten(("formula: 40 + 60 * min(1, value)", "formula: value / 3"))
    one = fact("association.membership_year", meetings_held=1, meetings_attended=1)
    care = run(scheme, one).contributions[1]
    assert (care.score, care.product) == ("0.33", "0.132")


def test_an_unknown_dimension_is_shown_as_unknown_and_ends_the_proposal(small: Scheme) -> None:
    found = run(small, consulted=LAW_ONLY)
    assert (found.status, found.score, found.band, found.light) == (
        "no_proposal",
        None,
        None,
        None,
    )
    law, care = found.contributions
    assert (law.score, law.product) == ("100", "60")
    assert (care.score, care.assumed, care.product, care.known) == (None, None, None, "0")
    assert ("W_UNKNOWN_DIMENSION", "自律") in codes(found)


def test_a_neutral_unknown_dimension_moves_nothing_and_says_what_was_assumed(
    rewritten: Callable[..., Scheme], fact: Callable[..., Fact]
) -> None:
    scheme = rewritten(NEUTRAL)
    found = run(scheme, fact("penalty.decision"), consulted=LAW_ONLY)
    law, care = found.contributions
    assert (law.score, care.score, care.assumed, care.product) == ("65", None, "65", "26")
    assert found.score == "65"
    assert ("W_UNKNOWN_DIMENSION", "自律") in codes(found)
    assert found.document()["contributions"][1]["assumed"] == "65"
    assert "assumed" not in found.document()["contributions"][0]


def test_nothing_known_at_all_gives_no_score_under_either_policy(
    small: Scheme, rewritten: Callable[..., Scheme]
) -> None:
    for scheme in (small, rewritten(NEUTRAL)):
        found = run(scheme, consulted=())
        assert (found.score, found.status) == (None, "no_proposal")
        assert found.coverage["known"] == "0"


def test_an_odd_weight_sum_is_reported_and_the_total_left_as_it_is(
    rewritten: Callable[..., Scheme], fact: Callable[..., Fact]
) -> None:
    scheme = rewritten(("en: Care}, weight: 0.4", "en: Care}, weight: 0.25"))
    year = fact("association.membership_year", meetings_held=1, meetings_attended=1)
    found = run(scheme, year)
    assert found.score == "85", "0.85 x 100, not 100"
    assert codes(found)[0] == ("W_WEIGHT_SUM", "0.85")


def test_neutral_keeps_an_odd_weight_sum_as_it_is(
    rewritten: Callable[..., Scheme],
) -> None:
    scheme = rewritten(NEUTRAL, ("en: Care}, weight: 0.4", "en: Care}, weight: 0.25"))
    assert run(scheme, consulted=LAW_ONLY).score == "85"


@pytest.mark.parametrize(("policy", "score"), [("warn", "132"), ("refuse", None)])
def test_a_dimension_beyond_the_scale_is_reported_and_never_clipped(
    rewritten: Callable[..., Scheme],
    fact: Callable[..., Fact],
    policy: str,
    score: str | None,
) -> None:
    scheme = rewritten(
        ("scale: warn", f"scale: {policy}"),
        ("formula: 40 + 60 * min(1, value)", "formula: 180 * value"),
    )
    year = fact("association.membership_year", meetings_held=1, meetings_attended=1)
    found = run(scheme, year)
    assert ("W_SCALE", "自律=180") in codes(found)
    assert found.score == score
    assert found.contributions[1].score == "180"


@pytest.mark.parametrize("ends", ["{min: 0, max: 100}", "{min: 40, max: 200}"])
def test_the_ends_of_the_scale_belong_to_it(rewritten: Callable[..., Scheme], ends: str) -> None:
    scheme = rewritten(("{min: 0, max: 100}", ends))
    scores = {"law": Decimal(40), "care": Decimal(100)}
    found = compile_scheme(scheme).from_scores("x", AS_OF, scores, [])
    assert codes(found) == []
    assert found.score == "64"


@pytest.mark.parametrize(("limit", "warned"), [("0.6", False), ("0.600001", True)])
def test_coverage_below_the_least_share_is_reported(
    rewritten: Callable[..., Scheme], limit: str, *, warned: bool
) -> None:
    scheme = rewritten((NEUTRAL[0], f"{NEUTRAL[1]}\n  coverage_at_least: {limit}"))
    found = run(scheme, consulted=LAW_ONLY)
    assert (("W_LOW_COVERAGE", "0.6") in codes(found)) is warned
    assert found.score == "100"


def test_coverage_below_the_least_share_ends_the_proposal_where_the_scheme_says_so(
    rewritten: Callable[..., Scheme],
) -> None:
    scheme = rewritten(
        (NEUTRAL[0], f"{NEUTRAL[1]}\n  coverage_at_least: 0.9\n  below_coverage: no_proposal")
    )
    found = run(scheme, consulted=LAW_ONLY)
    assert (found.status, found.band, found.light) == ("no_proposal", None, None)
    assert found.score == "100", "what is missing lowers coverage and not the score"


def test_a_thin_file_hides_no_hit_that_needs_no_score(
    rewritten: Callable[..., Scheme], fact: Callable[..., Fact]
) -> None:
    scheme = rewritten(
        (NEUTRAL[0], f"{NEUTRAL[1]}\n  coverage_at_least: 0.9\n  below_coverage: no_proposal")
    )
    debtor = fact("court.judgment_debtor", performance="none")
    assert run(scheme, debtor, consulted=LAW_ONLY).light == "red"


@pytest.mark.parametrize("why", ["unknown", "unverified", "withheld"])
def test_an_indicator_the_scheme_requires_ends_the_proposal_when_missing(
    rewritten: Callable[..., Scheme], fact: Callable[..., Fact], why: str
) -> None:
    scheme = rewritten(("    aggregate: latest\n", "    aggregate: latest\n    missing: refuse\n"))
    facts = [fact("association.membership_year", meetings_held=1, meetings_attended=1)]
    more: dict[str, Any] = {}
    if why == "unverified":
        facts.append(fact("selfdeclared.operation", verified=False, products=3))
    elif why == "withheld":
        more["withheld"] = [("selfdeclared.operation", "no_grant")]
    found = run(scheme, *facts, **more)
    assert (found.status, found.score) == ("no_proposal", None)
    assert ("W_MISSING", "C2") in codes(found)
    whole = run(scheme, facts[0], fact("selfdeclared.operation", products=3))
    assert whole.status == "proposal"


def test_the_heaviest_losses_are_named_first_with_their_records(
    small: Scheme, fact: Callable[..., Fact]
) -> None:
    penalty = fact("penalty.decision")
    arrears = fact("tax.arrears_notice")
    declared = fact("selfdeclared.operation", products=1)
    found = run(small, arrears, declared, penalty)
    lost = [(one.of, one.records) for one in found.reasons if one.code == "points_lost"]
    # 0.6 x 0.7 x 50 = 21; 0.6 x 0.3 x 60 = 10.8; 0.4 x 0.5 x 40 = 8
    assert lost == [
        ("L1", (penalty.record,)),
        ("L2", (arrears.record,)),
        ("C2", (declared.record,)),
    ]


def test_coverage_is_told_by_indicator_aspect_item_and_rule(
    small: Scheme, fact: Callable[..., Fact]
) -> None:
    found = run(
        small,
        fact("penalty.decision"),
        fact("selfdeclared.operation", verified=False, products=1),
        consulted={"tax.arrears_notice", "association.membership_year"},
        withheld=[("association.charter_breach", "no_grant")],
    )
    assert found.coverage == {
        "known": "0.6",
        "indicators": {"known": 2, "unknown": 2, "unverified": 1, "withheld": 0, "assumed_zero": 0},
        "aspects": [
            {"aspect": "willingness", "known": 2, "of": 2},
            {"aspect": "ability", "known": 0, "of": 1},
            {"aspect": "performance", "known": 0, "of": 1},
        ],
        "items": [
            {"item": "association.charter_breach", "state": "withheld", "facts": 0},
            {"item": "association.membership_year", "state": "known", "facts": 0},
            {"item": "context.complaint", "state": "unknown", "facts": 0},
            {"item": "court.judgment_debtor", "state": "unknown", "facts": 0},
            {"item": "penalty.decision", "state": "known", "facts": 1},
            {"item": "selfdeclared.operation", "state": "unverified", "facts": 0},
            {"item": "tax.arrears_notice", "state": "known", "facts": 0},
        ],
        "rules_unchecked": ["debtor", "breach"],
    }


def test_the_decimal_context_of_the_caller_changes_no_digit(
    association: Scheme, everything: frozenset[str], fact: Callable[..., Fact]
) -> None:
    import decimal  # noqa: PLC0415 - the attack

    facts = [
        fact(
            "registration.basic",
            registered_capital="7777777.77",
            paid_in_capital="3333333.33",
            established_on="2016-07-09",
        ),
        fact("selfdeclared.intellectual_property", patents=70, copyrights=3),
    ]
    calm = evaluate(association, "x", facts, as_of=AS_OF, consulted=everything)
    with decimal.localcontext() as hostile:
        hostile.prec = 3
        hostile.rounding = decimal.ROUND_UP
        fresh = type(compile_scheme(association))(association)
        shaken = fresh("x", facts, as_of=AS_OF, consulted=everything)
    assert shaken.digest == calm.digest
    assert Decimal(calm.score or "0") > 0

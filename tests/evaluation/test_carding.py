"""A scheme of tables as a card: the same score to the last digit, or a refusal that says why."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evaluation.conftest import SMALL

from tallystick.evaluation import evaluate, parse_scheme, scheme_items, shipped_scheme
from tallystick.evaluation.carding import card_of_scheme, card_row
from tallystick.kernel.decimals import scaled_text
from tallystick.kernel.errors import TallyError
from tallystick.records.facts import Fact
from tallystick.scorecards.interpreting import Interpreter
from tallystick.scorecards.writing import card_text, read_card

if TYPE_CHECKING:
    from tallystick.evaluation.schemes.scheme import Scheme

AS_OF = "2026-04-01"
FORMULA = "    formula: 40 + 60 * min(1, value)\n"
TABLE = """    table:
      - {at_least: 0.9, points: 100}
      - {at_least: 0.333333, points: 70.5}
      - {at_least: 0, points: 33}
      - {otherwise: true, points: 1}
"""
WORDS = """  - code: G1
    names: {zh: 纳税等级, en: Tax rating}
    dimension: law
    item: tax.rating
    aggregate: latest
    field: grade
    weight: 0.1
    table:
      - {is: [A, M], points: 100}
      - {is: B, points: 77}
      - {otherwise: true, points: 12}
"""
CARE = ("    field: products\n    weight: 0.5\n", "    field: products\n    weight: 0.37\n")
OTHER = ("    of: meetings_held\n    weight: 0.5\n", "    of: meetings_held\n    weight: 0.63\n")

facts = st.fixed_dictionaries(
    {
        "penalties": st.integers(0, 4),
        "arrears": st.booleans(),
        "held": st.integers(1, 12),
        "attended": st.integers(-3, 15),
        "products": st.integers(-1, 6),
        "grade": st.sampled_from("AMBCD"),
    }
)


def made(drawn: dict[str, Any]) -> list[Fact]:
    def fact(item: str, **data: Any) -> Fact:
        return Fact(f"{next(numbers):064x}", item, data, "2026-01-10", "transcribed", True, None)  # noqa: FBT003

    numbers = count()
    found = [fact("penalty.decision", severity="ordinary") for _ in range(drawn["penalties"])]
    if drawn["arrears"]:
        found.append(fact("tax.arrears_notice"))
    told = {"meetings_held": drawn["held"], "meetings_attended": drawn["attended"]}
    found.append(fact("association.membership_year", **told))
    found.append(fact("selfdeclared.operation", products=drawn["products"]))
    found.append(fact("tax.rating", grade=drawn["grade"]))
    return found


def equal(scheme: Scheme, drawn: dict[str, Any]) -> None:
    card = card_of_scheme(scheme)
    evaluation = evaluate(
        scheme, "x", made(drawn), as_of=AS_OF, consulted=frozenset(scheme_items(scheme))
    )
    said = Interpreter(card).one(card_row(scheme, evaluation.assessment))
    assert scaled_text(said.raw, card.settings["places"]) == evaluation.score


@settings(max_examples=150, deadline=None)
@given(facts)
def test_the_raw_sum_of_the_card_is_the_score_of_the_scheme(drawn: dict[str, Any]) -> None:
    equal(ADDED, drawn)
    equal(ROUNDED, drawn)


def written(*changes: tuple[str, str]) -> Scheme:
    text = SMALL
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return parse_scheme(text)


GRADED = ("  - code: C1\n", f"{WORDS}  - code: C1\n")
LESS = ("    weight: 0.3\n", "    weight: 0.2\n")
ADDED = written((FORMULA, TABLE), GRADED, LESS)
# 0.37 and 0.63 of these points have three places, and a dimension keeps none.
ROUNDED = written(
    (FORMULA, TABLE), CARE, OTHER, ("decimals: 2", "decimals: 1"), ("points: 60}", "points: 60.7}")
)


def test_a_dimension_that_is_rounded_becomes_one_term_of_two_axes() -> None:
    assert [len(term.axes) for term in card_of_scheme(ADDED).terms] == [1, 1, 1, 1, 1]
    assert [len(term.axes) for term in card_of_scheme(ROUNDED).terms] == [1, 1, 2]


def test_the_card_reads_back_and_names_what_it_reads() -> None:
    card = card_of_scheme(ADDED)
    assert read_card(card_text(card)) == card
    assert card.variable["L1"].item == "penalty.decision"
    assert [one.name for one in card.variables if one.actionable] == ["L1"]
    assert card.route == "expert"
    assert card.settings["digest"] == ADDED.digest


def test_unknown_is_the_mean_of_the_cells_or_zero_where_the_scheme_says_so() -> None:
    card = card_of_scheme(ADDED)
    [care] = [term for term in card.terms if term.variables == ("C2",)]
    # 60 and 100 points at half of a dimension of 0.4
    places = card.settings["places"]
    assert [Decimal(p).scaleb(-places) for p in care.points] == [12, 20, 16]
    zero = written(
        (FORMULA, TABLE),
        ("    field: products\n", "    field: products\n    missing: zero\n"),
    )
    [care] = [term for term in card_of_scheme(zero).terms if term.variables == ("C2",)]
    assert care.points[0] == care.points[2] != care.points[1]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ((), "C1"),
        (((FORMULA, TABLE), GRADED, LESS, ("points: 77", "points: 77.77"),
          ("decimals: 2", "decimals: 0")), "law"),
        (((FORMULA, TABLE), GRADED, LESS, ("{is: B,", "{starts_with: B,"),
          ("    field: grade\n", "    field: rated_by\n")), "G1"),
    ],
)  # fmt: skip
def test_what_no_card_can_say_is_refused_by_its_name(
    changes: tuple[tuple[str, str], ...], named: str
) -> None:
    with pytest.raises(TallyError, match="scheme_is_no_card") as refusal:
        card_of_scheme(written(*changes))
    assert refusal.value.facts["code"] == named


POLISH = shipped_scheme("polish1-ahp")
FINE = parse_scheme(POLISH.replace("decimals: 2", "decimals: 6", 1))
COARSE = parse_scheme(POLISH)
RATIOS = sorted({one.field for one in FINE.indicators})


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-3_000_000, 5_000_000), min_size=len(RATIOS), max_size=len(RATIOS)))
def test_weights_by_experts_make_a_card_that_differs_by_its_rounding_at_most(
    millionths: list[int],
) -> None:
    told = {
        name.split(".")[1]: scaled_text(one, 6)
        for name, one in zip(RATIOS, millionths, strict=True)
    }
    facts = [Fact("1" * 64, "finance.ratios", {"ratios": told}, "2026-01-10", "direct", True, None)]  # noqa: FBT003
    for scheme in (FINE, COARSE):
        card = card_of_scheme(scheme, exact=scheme is FINE)
        found = evaluate(scheme, "x", facts, as_of=AS_OF, consulted=frozenset(scheme_items(scheme)))
        said = Interpreter(card).one(card_row(scheme, found.assessment))
        raw = Decimal(said.raw).scaleb(-card.settings["places"])
        apart = abs(raw - Decimal(found.score or "0"))
        assert card.route == "ahp"
        assert apart <= Decimal(card.settings["apart"]) <= Decimal("0.006")
        assert apart == 0 or scheme is COARSE
    assert card_of_scheme(FINE).settings["apart"] == "0"


def test_rounding_no_card_can_do_is_refused_unless_the_caller_takes_the_plain_sum() -> None:
    with pytest.raises(TallyError, match="scheme_is_no_card"):
        card_of_scheme(COARSE)
    assert card_of_scheme(COARSE, exact=False).settings["apart"] == "0.005"

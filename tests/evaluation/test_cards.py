"""A scheme that takes points from a card: exact, deterministic, nothing unknown against anybody."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.evaluation.conftest import SMALL

from tallystick.evaluation import (
    evaluate,
    evaluation_json,
    explain_document,
    lawful_changes,
    lint_scheme,
    parse_scheme,
    scheme_document,
    scheme_items,
)
from tallystick.evaluation.card_options import options
from tallystick.evaluation.card_points import scaled_points
from tallystick.evaluation.schemes.cards import Mark
from tallystick.kernel import canonical
from tallystick.records.facts import Fact
from tallystick.scorecards.document import Axis, Card, Term, Variable
from tallystick.scorecards.interpreting import Interpreter
from tallystick.scorecards.packing import PLAIN_MAX, packed, unpacked
from tallystick.scorecards.writing import card_digest, card_text

if TYPE_CHECKING:
    from tallystick.evaluation.findings import Evaluation
    from tallystick.evaluation.schemes.scheme import Scheme

AS_OF = "2026-04-01"
SHARE, PRODUCTS = Axis("attended", "number", ("0.5", "0.8")), Axis("products", "number", ("2.0",))
GRADE = Axis("grade", "category", groups=(("A", "M"), ("B",)))
CARD = Card(
    "care",
    "expert",
    "points",
    (
        Variable("attended", "number", "参会率", "attendance", actionable=True),
        Variable("products", "number", "产品数", "products"),
        Variable("grade", "category", "纳税等级", "tax rating", item="tax.rating"),
    ),
    (
        Term((SHARE,), (0, 20, 40, 10), (1, 1, 2, 0)),
        Term((PRODUCTS, GRADE), tuple(range(12)), (1,) * 12),
    ),
    offset=500,
)
INDICATORS = """  - code: K1
    names: {zh: 自律评分卡, en: Card of care}
    dimension: care
    weight: 1
    card:
      digest: DIGEST
      inputs:
        attended: C1
        products: {indicator: C2, formula: value * 1, unknown: missing}
        grade: {indicator: G, unknown: missing}
      scale:
        - {score: 500, points: 0}
        - {score: 540, points: 80}
        - {score: 560, points: 100}
  - code: G
    names: {zh: 纳税等级, en: Tax rating}
    dimension: care
    item: tax.rating
    aggregate: latest
    field: grade
    weight: 0
rules:
"""
POINTS_OF_C2 = """    table:
      - {at_least: 3, points: 100}
      - {otherwise: true, points: 60}
"""


def text_with(card: Card = CARD, *changes: tuple[str, str], cards: str | None = None) -> str:
    part = f"cards:\n  - |\n    {card_text(card).decode()}\n" if cards is None else cards
    text = SMALL.replace("rules:\n", INDICATORS.replace("DIGEST", card_digest(card)), 1)
    text = text.replace(
        "    weight: 0.5\n    formula: 40 + 60 * min(1, value)\n", "    weight: 0\n"
    )
    text = text.replace(f"    weight: 0.5\n{POINTS_OF_C2}", "    weight: 0\n") + part
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


SCHEME = parse_scheme(text_with())
SCALE = [Mark(500, Decimal(0)), Mark(540, Decimal(80)), Mark(560, Decimal(100))]


def facts(
    attended: int | None = 6, products: int | None = 3, grade: str | None = "B"
) -> list[Fact]:
    def fact(number: int, item: str, **data: Any) -> Fact:
        return Fact(f"{number:064x}", item, data, "2026-01-10", "transcribed", True, None)  # noqa: FBT003

    found = []
    if attended is not None:
        told = {"meetings_attended": attended, "meetings_held": 10}
        found.append(fact(1, "association.membership_year", **told))
    if products is not None:
        found.append(fact(2, "selfdeclared.operation", products=products))
    if grade is not None:
        found.append(fact(3, "tax.rating", grade=grade))
    return found


def judged(found: list[Fact], scheme: Scheme = SCHEME, **more: Any) -> Evaluation:
    consulted = frozenset(scheme_items(scheme)) - {"tax.rating"}
    return evaluate(scheme, "x", found, as_of=AS_OF, consulted=consulted, **more)


def of_card(evaluation: Evaluation) -> dict[str, Any]:
    [one] = [one for one in evaluation.document()["indicators"] if one["indicator"] == "K1"]
    return dict(one)


def test_points_lie_between_the_marks_and_records_stand_behind_every_share() -> None:
    one = of_card(judged(facts()))
    # 500 + 20 for 0.6 of the meetings, cell (1, 1) of 2 x 4 cells: 1 * 4 + 1
    assert (one["state"], one["value"], one["points"]) == ("known", 525, "50")
    assert one["records"] == [f"{n:064x}" for n in (1, 2, 3)]
    attended, products, grade = one["card"]["shares"]
    assert attended == {"variable": "attended", "points": 20 - 25, "records": [f"{1:064x}"]}
    # f = 5, mean 5.5, mean of the row 5.5, of the column 5: (5.5 - 5.5 + 5 - 5) / 2 and so on
    assert (products["points"], products["records"]) == (0, [f"{2:064x}"])
    assert (grade["points"], grade["records"]) == (0, [f"{3:064x}"])


@given(
    st.integers(0, 12) | st.none(),
    st.integers(-2, 6) | st.none(),
    st.sampled_from(["A", "M", "B", "C", "D"]) | st.none(),
)
def test_the_scheme_says_what_the_reference_says_of_the_same_values(
    attended: int | None, products: int | None, grade: str | None
) -> None:
    one = of_card(judged(facts(attended, products, grade)))
    if attended is None:
        assert (one["state"], one["card"]) == ("unknown", None)
        return
    row = {"attended": Decimal(attended) / 10, "products": products, "grade": grade}
    said = Interpreter(CARD).one(row)
    assert (one["card"]["raw"], one["value"]) == (said.raw, said.score)
    assert one["points"] == scaled_points(SCALE, said.score, 10_000)[0].text


def test_the_same_facts_in_any_order_give_the_same_bytes() -> None:
    one, other = judged(facts()), judged(list(reversed(facts())), parse_scheme(text_with()))
    assert canonical.encode(one.document()) == canonical.encode(other.document())
    assert one.digest == other.digest


def test_the_card_is_part_of_the_digest_of_the_scheme_and_schemes_without_keep_theirs() -> None:
    other = replace(CARD, offset=501)
    assert parse_scheme(text_with(other)).digest != SCHEME.digest
    plain = scheme_document(parse_scheme(SMALL))
    assert "cards" not in plain
    assert all("card" not in one for one in plain["indicators"])
    assert "assumed_missing" not in judged(facts(), parse_scheme(SMALL)).coverage["indicators"]


def test_a_packed_card_is_the_same_card() -> None:
    long = replace(CARD, record={"note": "注" * PLAIN_MAX})
    text = packed(card_text(long).decode())
    assert len(text) < 2_000
    assert unpacked(text) == card_text(long).decode()
    packed_in = parse_scheme(text_with(long, cards=f"cards:\n  - {text}\n"))
    assert packed_in.digest == parse_scheme(text_with(long)).digest


def test_what_is_unknown_lowers_coverage_and_no_score() -> None:
    known = judged(facts())
    unknown = judged(facts(attended=None))
    assert of_card(unknown)["state"] == "unknown"
    assert of_card(unknown)["card"] is None
    assert unknown.known < known.known
    assert [one.score for one in unknown.contributions] == ["100", None]


def test_what_the_scheme_lets_be_missing_is_said_and_not_counted_as_known() -> None:
    evaluation = judged(facts(grade=None))
    one = of_card(evaluation)
    # products in cell 1, grade missing in cell 2 of 4
    assert (one["state"], one["value"]) == ("assumed_missing", 520 + 6)
    assert one["card"]["missing"] == ["grade"]
    assert evaluation.known == "0.6"
    assert evaluation.coverage["indicators"]["assumed_missing"] == 1


@pytest.mark.parametrize("verified", [True, False])
def test_a_declaration_nobody_verified_is_never_told_as_missing(
    verified: bool,  # noqa: FBT001 - the case
) -> None:
    found = facts()
    found[1] = found[1]._replace(channel="self-declared", verified=verified)
    one = of_card(judged(found))
    assert one["state"] == ("known" if verified else "unverified")
    assert (one["points"] is None) is not verified


def test_what_may_not_be_read_is_never_told_as_missing() -> None:
    one = of_card(judged(facts(), withheld=[("tax.rating", "no_grant")]))
    assert (one["state"], one["points"], one["card"]) == ("withheld", None, None)


def test_a_score_beyond_the_scale_is_taken_at_its_end_and_said() -> None:
    low = replace(CARD, offset=400)
    evaluation = judged(facts(), parse_scheme(text_with(low)))
    assert of_card(evaluation)["points"] == "0"
    assert ("W_CARD_CLIPPED", "K1=425") in evaluation.warnings
    [said] = [w for w in evaluation_json(evaluation)["warnings"] if w["code"] == "W_CARD_CLIPPED"]
    assert "Card of care=425" in said["text"]["en"]
    assert not any(code == "W_CARD_CLIPPED" for code, _ in judged(facts()).warnings)


def test_reasons_name_the_variables_that_gave_least_in_both_languages() -> None:
    document = evaluation_json(judged(facts(attended=1)))
    terms = [one for one in document["reasons"] if one["code"] == "card_share"]
    assert [one["of"] for one in terms] == ["K1.attended", "K1.grade", "K1.products"]
    assert terms[0]["records"] == [f"{1:064x}"]
    assert "参会率" in terms[0]["text"]["zh"]
    assert "attendance" in terms[0]["text"]["en"]
    assert "-25" in terms[0]["text"]["en"]
    lines = explain_document(SCHEME, judged(facts()).document(), "zh")["indicators"]
    [line] = [one for one in lines if one["indicator"] == "K1"]
    assert [one["name"] for one in line["card"]["shares"]] == ["参会率", "产品数", "纳税等级"]
    assert line["best"] == "100"


def test_changes_name_what_the_card_calls_actionable_and_nothing_else() -> None:
    scheme = parse_scheme(text_with(CARD, ("at_least: 75", "at_least: 90")))
    consulted = frozenset(scheme_items(scheme))
    changes = lawful_changes(scheme, facts(attended=2), as_of=AS_OF, consulted=consulted)
    [change] = [one for one in changes if one.of.startswith("K1")]
    assert change.of == "K1.attended"
    assert change.records == (f"{1:064x}",)
    assert change.what.en == "bring attendance to above 0.8"
    after = judged(facts(attended=9), scheme)
    assert (change.score, change.band) == (after.score, after.band)
    stiff = replace(CARD, variables=tuple(replace(v, actionable=False) for v in CARD.variables))
    other = parse_scheme(text_with(stiff, ("at_least: 75", "at_least: 90")))
    assert not lawful_changes(other, facts(attended=2), as_of=AS_OF, consulted=consulted)


def test_a_special_code_or_a_missing_value_is_no_change_to_be_proposed() -> None:
    axis = Axis("attended", "number", ("0.5", "0.8"), special=("0.8", "-1.0"))
    card = replace(CARD, terms=(Term((axis,), (0, 1, 2, 90, 90, 90)),))
    assert [str(one.value) for one in options(card, "attended")] == ["0.5", "2.6"]
    words = Axis("grade", "category", groups=(("A", "M"), ("B",)), special=("未评",))
    card = replace(CARD, terms=(Term((words,), (0, 1, 90, 90, 90)),))
    assert [one.value for one in options(card, "grade")] == ["A", "B", "M"]


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 300)), min_size=1, max_size=4),
    st.integers(-100, 300),
    st.integers(-100, 300),
    st.integers(0, 6),
)
def test_points_rise_with_the_score_and_never_leave_the_scale(
    steps: list[tuple[int, int]], one: int, other: int, decimals: int
) -> None:
    marks = [Mark(0, Decimal(0))]
    for width, rise in steps:
        last = marks[-1]
        marks.append(Mark(last.score + width, last.points + Decimal(rise) / 100))
    unit = 10 ** (6 - decimals)
    low, high = (scaled_points(marks, score, unit)[0] for score in sorted((one, other)))
    assert low.millionths <= high.millionths
    assert low.millionths % unit == 0
    assert scaled_points(marks, marks[-1].score, 1) == (
        scaled_points(marks, marks[-1].score + 1, 1)[0],
        False,
    )


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("      digest: ", "      digest: 00", "card_not_there"),
        ("        attended: C1\n", "", "card_inputs"),
        ("        attended: C1\n", "        attended: C1\n        more: C1\n", "card_inputs"),
        ("        attended: C1\n", "        attended: N1\n", "not_an_input"),
        ("        attended: C1\n", "        attended: K1\n", "not_an_input"),
        ("        attended: C1\n", "        attended: G\n", "wrong_kind"),
        ("grade: {indicator: G,", "grade: {indicator: C1,", "wrong_kind"),
        ("formula: value * 1", "formula: value * x", "formula_syntax"),
        ("unknown: missing}\n      scale", "unknown: zero}\n      scale", "not_a_choice"),
        ("{score: 540, points: 80}", "{score: 500, points: 80}", "scale_order"),
        ("{score: 540, points: 80}", "{score: 540, points: 180}", "scale_order"),
        ("{score: 540, points: 80}", "{score: 540.5, points: 80}", "wrong_shape"),
        ("    weight: 1\n    card", "    weight: 1\n    item: tax.rating\n    card",
         "unknown_scheme_key"),
        ("    field: grade\n    weight: 0\n", "    field: grade\n    weight: 0.1\n",
         "table_or_formula"),
        ("        grade: {indicator: G, unknown: missing}\n", "", "table_or_formula"),
        ("cards:\n  - |\n    ", "cards:\n  - |\n    x", "card_unreadable"),
        ("cards:\n", "cards:\n  - QUJD\n", "card_unreadable"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, code: str) -> None:
    text = text_with(CARD, (old, new))
    assert code in [one.code for one in lint_scheme(text)]
    assert all(one.line for one in lint_scheme(text))


def test_a_card_that_no_indicator_uses_or_that_names_a_refused_class_is_refused() -> None:
    unused = replace(CARD, offset=1)
    text = text_with() + f"  - |\n    {card_text(unused).decode()}\n"
    assert [one.code for one in lint_scheme(text)] == ["card_unused"]
    refused = replace(CARD.variables[0], zh="法定代表人宗教信仰")
    card = replace(CARD, variables=(refused, *CARD.variables[1:]))
    assert "refused_class" in [one.code for one in lint_scheme(text_with(card))]
    missing = text_with(cards="")
    assert [one.code for one in lint_scheme(missing)] == ["card_not_there"]

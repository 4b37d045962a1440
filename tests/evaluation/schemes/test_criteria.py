from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tallystick.evaluation import lint_scheme

if TYPE_CHECKING:
    from collections.abc import Callable

# What is replaced, by what, the code of the problem, the text on whose line it must be found, and
# the field it must name.
CASES = [
    # catalogue
    (
        "item: penalty.decision",
        "item: penalty.rumour",
        "unknown_item",
        "item: penalty.rumour",
        "indicators[1].item",
    ),
    (
        "field: meetings_attended",
        "field: meetings_missed",
        "unknown_field",
        "field: meetings_missed",
        "indicators[3].field",
    ),
    ("of: meetings_held", "of: charter_kept", "wrong_kind", "of: charter_kept", ""),
    ("field: products", "field: service_system.x", "unknown_field", "service_system.x", ""),
    ("where: {cleared_on:", "where: {cleared:", "unknown_field", "where: {cleared:", ""),
    (
        "where: {cleared_on: {absent_or_after: as_of}}",
        "where: {tax_kind: {absent_or_after: as_of}}",
        "wrong_kind",
        "where: {tax_kind:",
        "indicators[2].where.tax_kind.absent_or_after",
    ),
    ("{absent_or_after: as_of}", "{before: as_of}", "unknown_scheme_key", "{before: as_of}", ""),
    ("kind: [charter_breach, harm_to_industry]", "kind: [gossip]", "not_a_choice", "gossip", ""),
    ("aggregate: ratio", "aggregate: average", "not_a_choice", "aggregate: average", ""),
    ("    of: meetings_held\n", "", "missing_key", "aggregate: ratio", "indicators[3].aggregate"),
    (
        "    aggregate: any\n",
        "    aggregate: any\n    field: tax_kind\n",
        "wrong_kind",
        "tax_kind",
        "",
    ),
    ("window_months: 12", "window_months: 0", "out_of_range", "window_months: 0", ""),
    ("window_months: 12", "window: 12", "unknown_scheme_key", "window: 12", "indicators[1].window"),
    (
        "dimension: law\n    item: tax",
        "dimension: tax\n    item: tax",
        "not_defined",
        "- code: L2",
        "",
    ),
    # refused classes, under any name and as any part
    (
        "names: {zh: 处罚次数, en: Penalties}",
        "names: {zh: 宗教信仰, en: Penalties}",
        "refused_class",
        "宗教信仰",
        "indicators[1].names",
    ),
    (
        "names: {zh: 处罚次数, en: Penalties}",
        "names: {zh: 处罚次数, en: Religion of the owner}",
        "refused_class",
        "Religion",
        "indicators[1].names",
    ),
    ("code: C2", "code: religion", "refused_class", "names: {zh: 产品数", "indicators[4].names"),
    ("item: penalty.decision", "item: person.religion", "refused_class", "person.religion", ""),
    ("field: products", "field: blood_type", "refused_class", "field: blood_type", ""),
    (
        "names: {zh: 违约, en: Breach}",
        "names: {zh: 政治观点, en: Breach}",
        "refused_class",
        "政治",
        "",
    ),
    ("names: {zh: 自律, en: Care}", "names: {zh: 病史, en: Care}", "refused_class", "病史", ""),
    # tables and formulas
    (
        "{at_least: 1, points: 50}",
        "{at_least: 2, points: 50}",
        "table_order",
        "{at_least: 2, points: 50}",
        "indicators[1].table[2]",
    ),
    ("      - {is: true, points: 40}\n", "", "table_incomplete", "{is: false", ""),
    ("      - {otherwise: true, points: 60}\n", "", "table_incomplete", "{at_least: 3", ""),
    (
        "{is: true, points: 40}",
        "{is: false, points: 40}",
        "table_order",
        "{is: false, points: 40}",
        "",
    ),
    (
        "{is: true, points: 40}",
        "{at_least: 1, points: 40}",
        "wrong_kind",
        "{at_least: 1, points: 40}",
        "",
    ),
    ("{at_least: 1, points: 50}", "{is: 1, points: 50}", "wrong_kind", "{is: 1, points: 50}", ""),
    (
        "{at_least: 1, points: 50}",
        "{otherwise: true, points: 50}",
        "table_order",
        "{otherwise: true, points: 50}",
        "",
    ),
    (
        "{at_least: 75, no_hit: low, hit: medium}",
        "{no_hit: low, hit: medium}",
        "table_order",
        "{no_hit: low, hit: medium}",
        "",
    ),
    ("{is: true, points: 40}", "{is: maybe, points: 40}", "wrong_shape", "maybe", ""),
    ("{is: true, points: 40}", "{points: 40}", "missing_key", "{points: 40}", ""),
    (
        "{at_least: 3, points: 100}",
        "{starts_with: 3, points: 100}",
        "wrong_kind",
        "starts_with",
        "",
    ),
    (
        "{at_least: 3, points: 100}",
        "{at_least: 3, point: 100}",
        "unknown_scheme_key",
        "point: 100}",
        None,
    ),
    ("formula: 40 + 60", "formula: 40 + ", "formula_syntax", "formula: 40 +", ""),
    (
        "formula: 40 + 60 * min(1, value)",
        "formula: __import__('os')",
        "formula_syntax",
        "__import__",
        "",
    ),
    (
        "    formula: 40 + 60 * min(1, value)\n",
        "",
        "table_or_formula",
        "- code: C1",
        "indicators[3]",
    ),
    (
        "    formula: 40 + 60 * min(1, value)\n",
        "    formula: value\n    actionable: {zh: 参会, en: Attend}\n",
        "actionable_needs_table",
        "actionable: {zh: 参会",
        "",
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "code", "there", "field"),
    CASES,
    ids=[f"{case[2]}: {case[1]}"[:60] for case in CASES],
)
def test_each_mistake_is_named_with_its_line(
    check_mistake: Callable[..., None],
    old: str,
    new: str,
    code: str,
    there: str | None,
    field: str | None,
) -> None:
    check_mistake(old, new, code, there, field)


def test_a_refused_class_comes_with_its_article(small_text: str) -> None:
    [problem] = lint_scheme(small_text.replace("zh: 处罚次数", "zh: 宗教信仰"))
    assert problem.rule
    assert "14" in problem.rule, "征信业管理条例 art. 14"
    assert "宗教" in problem.message.zh
    assert problem.remedy.en


@pytest.mark.parametrize("member", ["religion", "blood_type", "hiv_positive"])
def test_a_refused_class_stays_refused_as_a_member_of_a_map(small_text: str, member: str) -> None:
    text = small_text.replace("item: selfdeclared.operation", "item: finance.ratios")
    assert text != small_text
    known = lint_scheme(text.replace("field: products", "field: ratios.my_ratio"))
    found = lint_scheme(text.replace("field: products", f"field: ratios.{member}"))
    assert "refused_class" not in [problem.code for problem in known]
    assert "refused_class" in [problem.code for problem in found]

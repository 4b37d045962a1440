from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.evaluation import (
    Scheme,
    evaluate,
    evaluation_json,
    explain_document,
    lawful_changes,
    parse_scheme,
    scheme_items,
    shipped_scheme,
    warning_sentence,
)
from tallystick.evaluation.wording import STATE_TEXTS, STATUS_TEXTS, WARNING_TEXTS
from tallystick.kernel.canonical import decode, encode
from tallystick.records.facts import Fact

if TYPE_CHECKING:
    from collections.abc import Callable

AS_OF = "2026-04-01"


@pytest.fixture
def facts(fact: Callable[..., Fact]) -> list[Fact]:
    return [
        fact("penalty.decision", record="a1" * 32),
        fact("court.judgment_debtor", record="b2" * 32, performance="none"),
        fact("selfdeclared.operation", record="c3" * 32, verified=False, products=1),
        fact("association.membership_year", meetings_held=3, meetings_attended=2),
    ]


def told(scheme: Scheme, facts: list[Fact], language: str, **more: Any) -> dict[str, Any]:
    more.setdefault("consulted", frozenset(scheme_items(scheme)))
    evaluation = evaluate(scheme, "x", facts, as_of=AS_OF, **more)
    return explain_document(scheme, decode(encode(evaluation.document())), language)


def test_each_indicator_is_told_with_value_points_weight_and_records(
    small: Scheme, facts: list[Fact]
) -> None:
    lines = {one["indicator"]: one for one in told(small, facts, "zh")["indicators"]}
    assert lines["L1"] == {
        "indicator": "L1",
        "name": "处罚次数",
        "dimension": "守法",
        "item": "penalty.decision",
        "state": "known",
        "state_text": "已知",
        "value": "1",
        "points": "50",
        "best": "100",
        "weight": "0.7",
        "share": "0.42",
        "records": ["a1" * 32],
        "actionable": "信用修复",
    }
    assert lines["L2"]["value"] == "否"
    assert lines["C1"]["value"] == "0.666667"
    assert lines["C1"]["best"] is None
    assert lines["C2"]["value"] == lines["C2"]["state_text"] == "自报未核实，不计"


def test_the_reasons_are_sentences_with_the_numbers_and_the_records(
    small: Scheme, facts: list[Fact]
) -> None:
    reasons = told(small, facts, "en")["reasons"]
    assert [(one["code"], one["text"]) for one in reasons] == [
        ("dimension_product", "Law: 65 x 0.6 = 39"),
        ("dimension_product", "Care: 80 x 0.4 = 32"),
        ("rule_hit", "risk rule of level 4 hit: Judgment debtor (records: 1)"),
        ("band_by_rules", "because of the rules hit the band goes from Medium to High"),
        ("points_lost", "Penalties: 1, 50 points of at most 100"),
    ]
    assert reasons[2]["records"] == ["b2" * 32]
    assert reasons[4]["records"] == ["a1" * 32]


def test_an_unknown_dimension_is_told_as_unknown(
    small: Scheme, rewritten: Callable[..., Scheme]
) -> None:
    law = ("penalty.decision", "tax.arrears_notice")
    plain = told(small, [], "en", consulted=law)
    assert plain["reasons"][1]["text"] == "Care: unknown"
    assert plain["status"].startswith("NO PROPOSAL")
    assert (plain["band"], plain["band_before_rules"]) == ("none", "none")
    scheme = rewritten(("unknown_dimension: no_proposal", "unknown_dimension: neutral"))
    neutral = told(scheme, [], "zh", consulted=law)
    assert "100" in neutral["reasons"][1]["text"]
    assert "未知" in neutral["reasons"][1]["text"]


def test_a_hit_without_score_is_told(small: Scheme, fact: Callable[..., Fact]) -> None:
    debtor = [fact("court.judgment_debtor", performance="none")]
    said = told(small, debtor, "en", consulted=())
    assert "no band follows from a score; because of the rules hit the band is High" in [
        one["text"] for one in said["reasons"]
    ]


def test_a_proposal_says_that_it_is_one_in_both_languages(small: Scheme, facts: list[Fact]) -> None:
    assert "预评" in told(small, facts, "zh")["status"]
    assert "PROPOSAL" in told(small, facts, "en")["status"]


def test_the_form_for_programs_carries_the_sealed_document_unchanged(
    small: Scheme, facts: list[Fact]
) -> None:
    consulted = frozenset(scheme_items(small))
    evaluation = evaluate(small, "x", facts, as_of=AS_OF, consulted=consulted)
    offered = lawful_changes(small, facts, as_of=AS_OF, consulted=consulted)
    form = evaluation_json(evaluation, offered)
    assert form["digest"] == evaluation.digest
    assert [one["of"] for one in form["changes"]] == ["debtor"]
    assert set(form["changes"][0]["text"]) == {"zh", "en"}
    for added in ("digest", "changes", "status_text"):
        del form[added]
    for entry in (*form["reasons"], *form["warnings"]):
        assert entry.pop("text")["zh"]
    assert form == evaluation.document()
    assert evaluation.digest == evaluate(small, "x", facts, as_of=AS_OF, consulted=consulted).digest


def test_every_state_status_and_warning_has_words_in_both_languages() -> None:
    for texts in (STATE_TEXTS, STATUS_TEXTS, WARNING_TEXTS):
        assert all(one.zh and one.en for one in texts.values())


def test_the_sealed_document_has_no_float_and_only_ascii_keys(
    small: Scheme, facts: list[Fact]
) -> None:
    document = evaluate(small, "x", facts, as_of=AS_OF).document()

    def walk(value: object) -> None:
        assert not isinstance(value, float)
        if isinstance(value, dict):
            for key, inner in value.items():
                assert key.isascii()
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(document)
    assert decode(encode(document)) == document
    assert json.loads(json.dumps(document)) == document


@pytest.mark.parametrize(
    ("code", "value", "zh", "en"),
    [
        ("W_UNMAPPED_GROUP", "行政许可", "“行政许可”", "group Administrative licences named"),
        ("W_UNKNOWN_DIMENSION", "基础类", "“基础类”", "dimension Basics is"),
        ("W_SCALE", "基础类=101", "基础类=101", "Basics=101"),
        ("W_RULES_UNCHECKED", "judgment-debtor, x", "；x", "Dishonest judgment debtor; x"),
        ("W_LOW_COVERAGE", "0.1506", "只占 15%", "only 15% of"),
        ("W_MISSING", "no-such", "no-such", "indicator no-such,"),
    ],
)
def test_a_warning_names_what_it_speaks_of_in_both_languages(
    code: str, value: str, zh: str, en: str
) -> None:
    scheme = parse_scheme(shipped_scheme("association-2019"), file="association-2019")
    said = warning_sentence(scheme, {"code": code, "value": value})
    assert zh in said.zh
    assert en in said.en
    assert "judgment-debtor" not in said.zh

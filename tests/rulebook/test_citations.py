from __future__ import annotations

from importlib import resources

import pytest

from tallystick.kernel.texts import Text
from tallystick.rulebook.catalogue import catalogue
from tallystick.rulebook.citations import Citation, Seen, laws, rule_text
from tallystick.rulebook.packs import PACK_NAMES
from tallystick.rulebook.publication_terms import publication_due_basis, repair_rules
from tallystick.rulebook.refusals import refusals
from tallystick.rulebook.severity import severity_of
from tallystick.rulebook.subjects import subject_kinds_basis
from tallystick.rulebook.territory import excluded_territories
from tallystick.rulebook.time_limits import time_limits
from tallystick.rulebook.working_days import calendar_basis

LAW = Text("征信业管理条例", "Regulation on the Credit Reporting Industry")


@pytest.mark.parametrize("seen", [seen for seen in Seen if seen is not Seen.FULL_TEXT])
def test_what_nobody_read_in_full_says_so_in_both_languages(seen: Seen) -> None:
    citation = Citation(LAW, "14", seen)
    assert not citation.verified
    assert not citation.verified
    assert citation.text.zh.endswith("）")
    assert citation.text.en.endswith(")")


def test_an_article_read_in_full_carries_no_mark() -> None:
    citation = Citation(LAW, "14", Seen.FULL_TEXT)
    assert citation.verified
    assert citation.text == (
        "《征信业管理条例》第14条",
        "Regulation on the Credit Reporting Industry, art. 14",
    )
    assert citation.rule == "征信业管理条例 art. 14"


def test_every_law_has_a_name_in_both_languages() -> None:
    assert all(name.zh and name.en for name in laws().values())


def test_every_law_of_the_table_is_cited_somewhere() -> None:
    folder = resources.files("tallystick.rulebook") / "data"
    packs = "".join((folder / f"{name}.yaml").read_text(encoding="utf-8") for name in PACK_NAMES)
    assert [key for key in laws() if f"law: {key}," not in packs] == []


def test_the_texts_nobody_has_read_are_nowhere_marked_as_read() -> None:
    cited = [c for item in catalogue().items.values() for c in item.legal_basis]
    cited += [c for refused in refusals().classes for c in refused.legal_basis]
    cited += [c for place in excluded_territories() for c in place.legal_basis]
    cited += [rule.basis for rule in repair_rules()]
    cited += [limit.basis for limit in time_limits().values()]
    cited += [calendar_basis(), subject_kinds_basis(), publication_due_basis()]
    cited += [severity_of(["吊销许可证件"]).basis, severity_of([]).basis]
    cited += [catalogue().classes_basis]
    names = laws()
    unread = {
        names[key]
        for key in (
            *("credit_repair", "credit_repair_2023", "two_publications", "two_publications_2019"),
            *("state_office_22", "state_office_49", "market_repair", "national_catalogue"),
            *("tax_rating", "tax_administration", "licensing", "constitution", "holiday_notices"),
            *("basic_law_hongkong", "basic_law_macau", "fair_credit_reporting", "own_choice"),
            *("charter", "uscc_standard"),
        )
    }
    assert unread <= {citation.law for citation in cited}
    assert not [c for c in cited if c.law in unread and c.verified]


def test_an_item_names_the_citations_nobody_read() -> None:
    assert not catalogue().item("court.judgment_debtor").unverified
    unread = catalogue().item("tax.rating").unverified
    assert [citation.seen for citation in unread] == [Seen.GENERAL_KNOWLEDGE]


@pytest.mark.parametrize(
    ("rule", "zh", "en"),
    [
        (
            "征信业管理条例 art. 18, 19",
            "征信业管理条例第18、19条",
            "Regulation on the Credit Reporting Industry, art. 18, 19",
        ),
        (
            "征信业管理条例 art. 23; 上海市社会信用条例 art. 27",
            "征信业管理条例第23条；上海市社会信用条例第27条",
            f"{LAW.en}, art. 23; Social Credit Regulation of Shanghai, art. 27",
        ),
        ("国办发〔2020〕49号", "国办发〔2020〕49号", "State Council General Office (2020) no. 49"),
        ("某办法 art. 1", "某办法第1条", "某办法, art. 1"),
    ],
)
def test_a_rule_is_cited_in_the_language_spoken(rule: str, zh: str, en: str) -> None:
    assert rule_text(rule) == Text(zh, en)

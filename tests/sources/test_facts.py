from __future__ import annotations

from typing import Any

import pytest

from tallystick.rulebook.catalogue import catalogue
from tallystick.rulebook.publication_terms import publication_term
from tallystick.sources.profiles import profile_of

from .conftest import COMPANY, ORGAN, Read, example


def test_a_penalty_in_the_current_form(read: Read, penalty: dict[str, str]) -> None:
    draft = read("penalties", penalty).only()
    assert draft.data == {
        "document": "示市监罚〔2026〕101号",
        "illegal_kind": "虚假宣传",
        "facts": "当事人在网站上作虚假宣传（虚构示例）",
        "basis": "《中华人民共和国广告法》第五十五条",
        "kinds": ["罚款"],
        "content": "罚款2000元",
        "fine": "2000",
        "decided_on": "2026-03-05",
        "valid_until": "2027-03-05",
        "publish_until": "2027-03-05",
        "authority": "示例市虚构区市场监督管理局（虚构）",
        "authority_code": ORGAN,
        "published_on": "2026-03-11",
        "form": "current",
        "severity": "minor",
        "publish": False,
        "repair_from": "2026-03-05",
        "publish_stop": "2026-06-05",
        "late": False,
    }
    assert (draft.item, draft.subject) == ("penalty.decision", COMPANY)
    assert draft.key == f"{ORGAN}|示市监罚〔2026〕101号"
    assert draft.occurred == "2026-03-05"
    assert draft.source_code == ORGAN
    assert draft.document == "示市监罚〔2026〕101号"
    assert draft.channel == "transcribed"


def test_a_penalty_in_the_old_form(read: Read, old_penalty: dict[str, str]) -> None:
    taken = read("penalties", old_penalty)
    assert taken.reader.form == "old"
    draft = taken.only()
    assert draft.data == {
        "document": "示市监罚〔2016〕101号",
        "illegal_kind": "虚假宣传案",
        "facts": "当事人在网站上作虚假宣传（虚构示例）",
        "basis": "《中华人民共和国广告法》第五十五条",
        "kinds": ["警告", "罚款"],
        "content": "罚款2000元",
        "decided_on": "2016-03-07",
        "authority": "示例市虚构区市场监督管理局（虚构）",
        "published_on": "2016-03-09",
        "form": "old",
        "severity": "ordinary",
        "publish": True,
        "repair_from": "2016-06-07",
        "publish_stop": "2017-03-07",
        "late": False,
    }
    assert draft.source_code == ""
    assert catalogue().validate(draft.item, draft.data) == ()


def test_no_amount_is_invented_from_the_words_of_the_old_form(
    read: Read, old_penalty: dict[str, str]
) -> None:
    data = read("penalties", old_penalty | {"CF_JG": "罚款人民币850000元"}).only().data
    assert "fine" not in data
    assert data["content"] == "罚款人民币850000元"


@pytest.mark.parametrize(
    ("cells", "severity"),
    [
        ({"CF_CFLB": "警告", "CF_NR_FK": ""}, "minor"),
        ({"CF_CFLB": "罚款", "CF_NR_FK": "0.3"}, "minor"),
        ({"CF_CFLB": "罚款", "CF_NR_FK": "0.300001"}, "ordinary"),
        ({"CF_CFLB": "罚款、没收违法所得", "CF_NR_WFFF": "0.1"}, "ordinary"),
        ({"CF_CFLB": "吊销许可证件", "CF_NR_ZKDX": "示例证"}, "serious"),
    ],
)
def test_severity_and_terms_are_those_of_the_rulebook(
    cells: dict[str, str], severity: str, read: Read, penalty: dict[str, str]
) -> None:
    data = read("penalties", penalty | cells).only().data
    term = publication_term(severity, "2026-03-05")
    assert data["severity"] == severity
    assert (data["publish"], data["repair_from"], data["publish_stop"]) == (
        term.publish,
        term.repair_from,
        term.stop,
    )


@pytest.mark.parametrize(
    ("published", "late"), [("2026/03/16", False), ("2026/03/17", True), ("", None)]
)
def test_a_publication_after_seven_working_days_is_late(
    published: str,
    late: bool | None,  # noqa: FBT001
    read: Read,
    penalty: dict[str, str],
) -> None:
    data = read("penalties", penalty | {"CF_GSRQ": published}).only().data
    assert data.get("late") is late
    assert ("published_on" in data) == bool(published)


@pytest.mark.parametrize(
    ("state", "code"), [("1", "withdrawn_decision"), ("2", "disputed_decision")]
)
def test_a_decision_withdrawn_or_disputed_at_its_source_is_not_taken(
    state: str, code: str, read: Read, old_penalty: dict[str, str]
) -> None:
    taken = read("penalties", old_penalty | {"CF_ZT": state})
    assert taken.drafts == []
    assert taken.refused == {code: 1}


def test_the_same_decision_keeps_its_key_when_its_content_is_corrected(
    read: Read, penalty: dict[str, str]
) -> None:
    first, second = read("penalties", penalty, penalty | {"CF_NR_FK": "0.5"}).drafts
    assert first.key == second.key
    assert first.data["fine"] != second.data["fine"]


def test_an_end_that_never_comes_is_absent(read: Read, penalty: dict[str, str]) -> None:
    long_term = {"CF_YXQ": "2099/12/31", "CF_GSJZQ": "长期"}
    data = read("penalties", penalty | long_term).only().data
    assert "valid_until" not in data
    assert "publish_until" not in data


def test_licences_in_both_forms(read: Read) -> None:
    current = read("licences", example("licences")).only()
    assert current.data["long_term"] is True
    assert "valid_until" not in current.data
    assert (current.data["kind"], current.data["status"]) == ("01", "valid")
    old = {
        "XK_WSH": "示许〔2016〕3号",
        "XK_XMMC": "示例项目",
        "XK_SPLB": "普通",
        "XK_NR": "准予从事示例业务（虚构）",
        "XK_XDR": "示例链条科技有限公司（虚构）",
        "XK_XDR_SHXYM": COMPANY,
        "XK_JDRQ": "2016/03/07",
        "XK_JZQ": "2021/03/06",
        "XK_XZJG": "示例市虚构区市场监督管理局（虚构）",
        "XK_ZT": "0",
        "SJC": "2016-04-09 10:00:00",
    }
    taken = read("licences", old, old | {"XK_ZT": "1", "XK_WSH": "示许〔2016〕4号"})
    first, second = taken.drafts
    assert first.data == {
        "document": "示许〔2016〕3号",
        "title": "示例项目",
        "kind": "01",
        "content": "准予从事示例业务（虚构）",
        "decided_on": "2016-03-07",
        "valid_until": "2021-03-06",
        "long_term": False,
        "authority": "示例市虚构区市场监督管理局（虚构）",
        "status": "valid",
        "late": True,
        "form": "old",
    }
    assert second.data["status"] == "revoked"
    assert catalogue().validate(first.item, first.data) == ()


def test_the_state_of_a_licence_in_the_current_form_is_one_for_valid(read: Read) -> None:
    rows = [example("licences", XK_ZT=state) for state in ("1", "0", "有效", "无效")]
    drafts = read("licences", *rows).drafts
    assert [draft.data["status"] for draft in drafts] == ["valid", "invalid", "valid", "invalid"]


def test_a_judgment_debtor(read: Read) -> None:
    draft = read("judgment-debtors", example("judgment-debtors")).only()
    assert draft.data["filed_on"] == "2026-01-12"
    assert draft.occurred == draft.data["published_on"] == "2026-03-02"
    assert draft.data["performance"] == "none"
    assert draft.source_name == "示例市虚构区人民法院（虚构）"


@pytest.mark.parametrize(
    ("cell", "item"),
    [
        ("", "registry.abnormal_operation"),
        ("经营异常", "registry.abnormal_operation"),
        ("严重违法失信", "registry.serious_violation"),
    ],
)
def test_the_list_column_tells_the_two_lists_apart(cell: str, item: str, read: Read) -> None:
    assert (
        read("abnormal-operations", example("abnormal-operations", list=cell)).only().item == item
    )


def test_a_listing_and_its_removal_are_one_fact(read: Read) -> None:
    entry = example("abnormal-operations")
    open_entry = entry | {"removed_on": "", "removed_reason": "", "removed_by": ""}
    first, second = read("abnormal-operations", open_entry, entry).drafts
    assert first.key == second.key
    assert "removed_on" not in first.data
    assert second.data["removed_on"] == "2025-12-01"


ARREARS = {
    "tax_kind": "增值税",
    "balance": "12,345.60",
    "announced_on": "2025-09-01",
    "announced_by": "示例市虚构区税务局（虚构）",
}


def test_a_tax_row_may_hold_a_rating_and_a_notice(read: Read) -> None:
    rating, notice = read("tax", example("tax", kind="", **ARREARS)).drafts
    assert rating.item == "tax.rating"
    assert (rating.data["year"], rating.data["grade"], rating.key) == (2025, "A", "2025")
    assert notice.data["balance"] == "12345.6"
    assert notice.key == "增值税|2025-09-01"


def test_the_kind_of_a_tax_row_chooses_where_both_are_filled(read: Read) -> None:
    assert (
        read("tax", example("tax", kind="欠税公告", **ARREARS)).only().item == "tax.arrears_notice"
    )


@pytest.mark.parametrize(
    ("source", "changes", "code"),
    [
        ("tax", {"year": ""}, "incomplete_tax_rating"),
        ("tax", {"tax_kind": "增值税", "kind": ""}, "incomplete_arrears"),
        ("tax", {"year": "", "grade": "", "rated_by": "", "valid_until": ""}, "nothing_stated"),
        ("association", {"year": ""}, "incomplete_membership_year"),
        ("association", {"breach_kind": "违反诚信公约"}, "incomplete_breach"),
        ("association", {"breach_level": "5"}, "bad_level"),
        ("honours", {"level": "行标"}, "level_of_kind"),
        ("honours", {"kind": "论坛演讲", "level": "市级"}, "level_of_kind"),
        ("site-visit", {"outcome": "大概"}, "bad_choice"),
        ("self-declared", {"patents": "很多"}, "bad_integer"),
    ],
)
def test_a_fact_stated_only_in_part_is_not_taken(
    source: str, changes: dict[str, str], code: str, read: Read
) -> None:
    taken = read(source, example(source, **changes))
    assert taken.drafts == []
    assert taken.refused == {code: 1}


def test_an_association_row_may_hold_a_year_and_a_breach(read: Read) -> None:
    breach = {
        "breach_document": "示协决〔2025〕2号",
        "breach_decided_on": "2025-08-01",
        "breach_clause": "公约第三条",
        "breach_kind": "买卖虚拟货币",
        "breach_level": "3",
    }
    year, found = read("association", example("association", **breach)).drafts
    assert year.data["fees_paid_on_time"] is True
    assert found.data == {
        "document": "示协决〔2025〕2号",
        "decided_on": "2025-08-01",
        "clause": "公约第三条",
        "kind": "coin_trading",
        "level": 3,
    }
    assert year.channel == found.channel == "direct"


def test_a_declaration_yields_a_fact_for_each_group_it_fills(read: Read) -> None:
    row = example("self-declared")
    assert [d.item for d in read("self-declared", row).drafts] == list(
        profile_of("self-declared").items
    )
    empty = dict.fromkeys(("patents", "invention_patents", "copyrights", "trademarks"), "")
    drafts = read("self-declared", row | empty).drafts
    assert [draft.item.partition(".")[2] for draft in drafts] == ["qualification", "operation"]
    assert {draft.channel for draft in drafts} == {"self-declared"}
    assert {draft.source_code for draft in drafts} == {COMPANY}


def test_what_is_not_declared_is_absent_and_not_no(read: Read) -> None:
    (first, *_) = read("self-declared", example("self-declared", high_tech="", iso9001="无")).drafts
    assert "high_tech" not in first.data
    assert first.data["iso9001"] is False


@pytest.mark.parametrize(
    ("changes", "item", "data"),
    [
        (
            {"kind": "标准", "level": "国标", "title": "示例标准", "number": "GB/T 00000-2025"},
            "honour.standard",
            {
                "title": "示例标准",
                "level": "national",
                "published_on": "2025-11-20",
                "number": "GB/T 00000-2025",
            },
        ),
        (
            {"kind": "论坛演讲", "level": "国际", "title": "示例论坛"},
            "honour.forum_speech",
            {"forum": "示例论坛", "level": "international", "spoken_on": "2025-11-20"},
        ),
    ],
)
def test_honours_of_each_kind(
    changes: dict[str, str], item: str, data: dict[str, Any], read: Read
) -> None:
    draft = read("honours", example("honours", **changes)).only()
    assert (draft.item, draft.data) == (item, data)


def test_a_visit_names_what_it_verifies(read: Read) -> None:
    draft = read("site-visit", example("site-visit", target_item="知识产权")).only()
    assert draft.key == "selfdeclared.intellectual_property|2025|2026-02-20"
    assert draft.source_name == "示例信用服务有限公司（虚构）"
    assert "visited_by" not in draft.data


def test_ratios_are_exact_and_of_any_ascii_name(read: Read) -> None:
    row = example("ratios") | {"ratio:my_ratio": "-12.50%"}
    draft = read("ratios", row).only()
    assert draft.data["ratios"]["my_ratio"] == "-0.125"
    assert draft.data["ratios"]["debt_to_assets"] == "0.453"
    assert list(draft.data["ratios"]) == sorted(draft.data["ratios"])


def test_a_registration_is_of_the_latest_date_the_row_knows(read: Read) -> None:
    row = example("roster")
    assert read("roster", row).only().occurred == "2026-03-31"
    assert read("roster", row | {"as_of": ""}).only().occurred == "2020-01-10"


@pytest.mark.parametrize(
    "number",
    [
        *(
            "示市监罚[2026]101号",
            "示市监罚（2026）101号",
            "示市监罚(2026)101号",
            "示市监罚【2026】101号",
        ),
        *("示市监罚〔２０２６〕１０１号", "示市监罚〔2026〕 101 号", "示市监罚〔2026〕　101号"),
    ],
)
def test_one_decision_has_one_key_however_its_number_is_spelled(read: Read, number: str) -> None:
    plain = read("penalties", example("penalties")).only()
    other = read("penalties", example("penalties", CF_WSH=number)).only()
    assert other.key == plain.key
    assert other.document == number, "what is shown stays as it was written"

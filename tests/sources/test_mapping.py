from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tallystick.kernel.errors import TallyError
from tallystick.sources.mapping import Mapping, guess, read_document
from tallystick.sources.profiles import profile_of

from .conftest import COMPANY, example, take

PENALTIES = profile_of("penalties")
HEADERS = [
    "CF_WSH",
    "法定代表人",
    "宗教信仰",
    "BZ",
    "罚款金额",
    "暂扣或吊销的证照名称与编号",
    "自定义列",
    "CF_WSH",
]


def fates(mapping: Mapping) -> list[str]:
    return [entry.fate for entry in mapping.entries]


def documented(path: Path, mapping: Mapping, **changes: dict[str, Any]) -> Path:
    """Write a mapping's document with changes to the columns of some headers."""
    body = yaml.safe_load(mapping.document())
    for row in body["columns"]:
        row.update(changes.get(row.get("header", ""), {}))
    target = path / "map.yaml"
    target.write_text(yaml.safe_dump(body, allow_unicode=True), "utf-8")
    return target


def test_every_column_of_the_file_has_its_fate() -> None:
    mapping = guess(PENALTIES, HEADERS)
    assert fates(mapping) == [
        *("read", "personal", "refused", "ignored", "read", "proposed", "unknown", "twice"),
    ]
    assert mapping.entries[4].unit == "?"


def test_the_document_shows_class_and_article_of_a_refused_column() -> None:
    rows = yaml.safe_load(guess(PENALTIES, HEADERS).document())["columns"]
    assert "宗教" in rows[2]["refused"]
    assert "14" in rows[2]["article"]
    assert rows[1] == {"column": 2, "header": "法定代表人", "dropped": "personal"}
    assert rows[5]["proposed"].startswith("CF_NR_ZKDX")
    assert rows[5]["to"] == ""


def test_a_document_given_back_unchanged_says_the_same(tmp_path: Path) -> None:
    mapping = guess(PENALTIES, HEADERS)
    again = read_document(documented(tmp_path, mapping), PENALTIES, HEADERS)
    assert again.read() == mapping.read()
    assert [e.fate for e in again.entries if e.fate in ("personal", "refused")] == [
        "personal",
        "refused",
    ]


def test_a_reviewed_document_is_followed_in_any_order_of_columns(tmp_path: Path) -> None:
    headers = ["凭证", "代码甲"]
    mapping = guess(PENALTIES, ["CF_JDRQ", *headers])
    path = documented(tmp_path, mapping, 凭证={"to": "CF_WSH"}, 代码甲={"to": "CF_XDR_SHXYM"})
    found = read_document(path, PENALTIES, ["代码甲", "CF_JDRQ", "凭证"])
    assert [entry.to for entry in found.entries] == ["CF_XDR_SHXYM", "CF_JDRQ", "CF_WSH"]


def test_a_unit_can_be_said_in_the_document(tmp_path: Path) -> None:
    mapping = guess(PENALTIES, HEADERS)
    path = documented(tmp_path, mapping, 罚款金额={"unit": "元"})
    assert read_document(path, PENALTIES, HEADERS).entries[4].unit == "元"


@pytest.mark.parametrize("target", ["CF_SY", "CF_WFXW", "CF_NR_FK"])
def test_a_refused_column_cannot_be_mapped_to_anything(tmp_path: Path, target: str) -> None:
    path = documented(tmp_path, guess(PENALTIES, HEADERS), 宗教信仰={"to": target})
    with pytest.raises(TallyError, match="refused_class") as caught:
        read_document(path, PENALTIES, HEADERS)
    assert "14" in caught.value.reason.rule


@pytest.mark.parametrize("header", ["法定代表人", "法人身份证号", "手机号", "CF_XDR_SFZ"])
def test_a_personal_column_cannot_be_mapped_to_anything(tmp_path: Path, header: str) -> None:
    headers = [header, "CF_JDRQ"]
    path = documented(tmp_path, guess(PENALTIES, headers), **{header: {"to": "CF_SY"}})
    with pytest.raises(TallyError, match="personal_column"):
        read_document(path, PENALTIES, headers)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("source: [", "line"),
        ("source: penalties", "columns"),
        ("source: tax\ncolumns: []", "tax"),
        ("source: penalties\nform: newest\ncolumns: []", "form"),
        ("source: penalties\ncolumns:\n- {header: CF_WSH, to: CF_NONE}", "CF_NONE"),
        ("source: penalties\ncolumns:\n- {header: CF_WSH, to: BZ}", "never read"),
        ("source: penalties\ncolumns:\n- {header: CF_WSH, to: CF_NR_FK, unit: 两}", "unit"),
        ("source: penalties\ncolumns: [1]", "columns"),
        ("- 1", "columns"),
    ],
)
def test_a_wrong_document_is_refused_with_what_is_wrong(
    tmp_path: Path, text: str, why: str
) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(TallyError, match="bad_mapping") as caught:
        read_document(path, PENALTIES, ["CF_WSH"])
    assert why in str(caught.value)


def test_two_columns_cannot_be_mapped_to_one(tmp_path: Path) -> None:
    headers = ["甲列", "乙列", "CF_JDRQ"]
    both = {"甲列": {"to": "CF_WSH"}, "乙列": {"to": "CF_WSH"}}
    path = documented(tmp_path, guess(PENALTIES, headers), **both)
    with pytest.raises(TallyError, match="two columns"):
        read_document(path, PENALTIES, headers)


def test_a_missing_document_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(TallyError, match="no_file"):
        read_document(tmp_path / "none.yaml", PENALTIES, [])


def test_nothing_of_a_file_without_a_header_is_repeated() -> None:
    first_row = ["张示例", "31999918450612001X", "15400012345", COMPANY]
    assert not any(cell in guess(PENALTIES, first_row).document() for cell in first_row)


def test_a_header_that_may_be_data_is_not_repeated() -> None:
    document = guess(PENALTIES, ["CF_WSH", "15400012345"]).document()
    assert "15400012345" not in document


def test_foreign_headers_are_read_after_review(tmp_path: Path) -> None:
    row = example("penalties")
    foreign = {
        "CF_WSH": "凭证编号",
        "CF_JDRQ": "哪天",
        "CF_XDR_SHXYM": "信用码",
        "CF_CFJG": "哪个局",
    }
    target = tmp_path / "foreign.csv"
    headers = [foreign.get(code, code) for code in row]
    cells = ",".join(f'"{cell}"' for cell in row.values())
    target.write_text(f"{','.join(headers)}\n{cells}\n", "utf-8")
    mapping = guess(PENALTIES, headers)
    with pytest.raises(TallyError, match="columns_missing"):
        take(target, "penalties", mapping)
    reviewed = {zh: {"to": code} for code, zh in foreign.items()}
    path = documented(tmp_path, mapping, **reviewed)
    assert take(target, "penalties", path).only().data["fine"] == "2000"


@pytest.mark.parametrize(
    ("header", "fate"),
    [
        ("身份证号", "personal"),
        ("性别", "personal"),
        ("联系电话", "personal"),
        ("银行卡号", "personal"),
        ("宗教信仰", "refused"),
        ("zongjiao", "refused"),
        ("血型", "refused"),
        ("病史", "refused"),
        ("政治面貌", "refused"),
        ("通话记录", "refused"),
        ("联系人微信好友", "refused"),
        ("行踪轨迹", "refused"),
        ("备注栏", "unknown"),
    ],
)
def test_headers_about_people_are_dropped_and_refused_classes_are_named(
    header: str, fate: str
) -> None:
    assert guess(PENALTIES, ["CF_WSH", header]).entries[1].fate == fate


RATIOS = profile_of("ratios")


@pytest.mark.parametrize(
    ("header", "fate"),
    [
        ("ratio:my_ratio", "read"),
        ("ratio:religion", "refused"),
        ("ratio:blood_type", "refused"),
        ("ratio:hiv_positive", "refused"),
        ("ratio:phone", "personal"),
        ("ratio:id_319999184506120011", "unknown"),
        ("ratio:sample_15400012345", "unknown"),
    ],
)
def test_the_free_name_of_a_ratio_is_judged_like_any_header(header: str, fate: str) -> None:
    mapping = guess(RATIOS, ["uscc", header])
    assert fates(mapping) == ["read", fate]
    assert "15400012345" not in mapping.document()


@pytest.mark.parametrize("to", ["religion", "hiv_positive", "phone", "a_15400012345", "a_12345"])
def test_a_document_cannot_open_a_refused_name_of_a_ratio(tmp_path: Path, to: str) -> None:
    headers = ["uscc", "my column"]
    path = documented(tmp_path, guess(RATIOS, headers), **{"my column": {"to": f"ratio:{to}"}})
    with pytest.raises(TallyError) as refused:
        read_document(path, RATIOS, headers)
    assert refused.value.code in ("refused_class", "personal_column", "bad_mapping")

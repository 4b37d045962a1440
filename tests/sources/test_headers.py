from __future__ import annotations

import pytest

from tallystick.sources.headers import (
    alike,
    find,
    find_within,
    form_of,
    is_personal,
    looks_like_data,
    unit_for,
    unit_of,
)
from tallystick.sources.profiles import profile_of

PENALTIES = profile_of("penalties")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("CF_WSH", "CF_WSH"),
        ("cf_wsh", "CF_WSH"),
        ("行政处罚决定书文号", "CF_WSH"),
        (" 行政处罚 决定书文号* ", "CF_WSH"),
        ("行政处罚决定书文号\nNumber of the decision", "CF_WSH"),
        ("decision_number", "CF_WSH"),
        ("DECISION NUMBER", "CF_WSH"),
        ("行政相对人代码_1(统一社会信用代码)", "CF_XDR_SHXYM"),
        ("行政相对人代码_1（统一社会信用代码）", "CF_XDR_SHXYM"),
        ("统一社会信用代码", "CF_XDR_SHXYM"),
        ("tyshxydm", "CF_XDR_SHXYM"),
        ("罚款金额(万元)", "CF_NR_FK"),
        ("ＣＦ＿ＷＳＨ", "CF_WSH"),
    ],
)
def test_a_header_is_known_in_every_way_it_is_written(header: str, code: str) -> None:
    found = find(PENALTIES, header)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("决定书文号 CF_WSH", "CF_WSH"),
        ("处罚决定日期（年/月/日）", "CF_JDRQ"),
        ("罚款金额（元）", "CF_NR_FK"),
    ],
)
def test_a_header_with_something_beside_it_is_known(header: str, code: str) -> None:
    found = find(PENALTIES, header) or find_within(PENALTIES, header)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("header", ["", " ", "其他情况", "column 3", "文"])
def test_other_headers_are_not_known(header: str) -> None:
    assert find(PENALTIES, header) is None
    assert find_within(PENALTIES, header) is None


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("罚款金额（元）", "元"),
        ("罚款金额(万元)", "万元"),
        ("罚款金额【单位：亿元】", "亿元"),
        ("Fine (CNY)", "元"),
        ("Fine (10 000 CNY)", "万元"),
        ("罚款金额（万美元）", "?"),
        ("罚款金额", ""),
        ("罚款金额（含滞纳金）", ""),
    ],
)
def test_the_unit_in_a_header_is_read(header: str, unit: str) -> None:
    assert unit_of(header) == unit


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("CF_NR_FK", "万元"),
        ("罚款金额（万元）", "万元"),
        ("罚款金额（元）", "元"),
        ("罚款金额", "?"),
        ("罚款金额（万美元）", "?"),
    ],
)
def test_a_header_that_leaves_the_unit_open_is_not_given_one(header: str, unit: str) -> None:
    assert unit_for(PENALTIES.column("CF_NR_FK"), header) == unit


@pytest.mark.parametrize(
    "header",
    [
        *(
            "身份证号",
            "法定代表人身份证号码",
            "证件号码",
            "手机号码",
            "联系电话",
            "银行卡号",
            "开户行及账号",
        ),
        *(
            "家庭住址",
            "经办人",
            "姓名",
            "性别",
            "出生日期",
            "XK_FR_SFZH",
            "ID_card_number",
            "idCard",
        ),
        *("phone", "Mobile No.", "E-mail", "sexy", "age", "董事长", "Bank account", "passport no"),
        *("公民身份号码", "身份号码", "身份證號碼", "身份號碼", "证照号码", "ID number", "ID No."),
        *("IDNo", "gmsfhm", "TEL", "Tel", "T\u200bEL", "Cell", "QQ", "QQ号", "住所", "地址"),
        *("当事人住址", "联系地址", "经营者", "投资人", "股东", "自然人股东", "法人", "法人代表"),
        *(
            "法定代表",
            "实际控制人",
            "董事",
            "监事",
            "会员代表",
            "Director",
            "legal_person",
            "owner",
        ),
        *("xm", "frxm", "fddbr", "lxr", "lxdh", "sjhm", "yhkh", "账号", "车牌", "车牌号", "签名"),
    ],
)
def test_headers_of_personal_cells_are_known_as_such(header: str) -> None:
    assert is_personal(header)


@pytest.mark.parametrize(
    "header",
    [
        "企业名称",
        "董监高人数",
        "管理人员人数",
        "年度",
        "usage",
        "公示日期",
        "average",
        "住所地行政区划",
        *("注册地址", "经营地址", "股东数", "股东人数", "hotel", "ownership", "企业法人数量"),
    ],
)
def test_headers_of_organisations_are_not_taken_for_personal(header: str) -> None:
    assert not is_personal(header)


@pytest.mark.parametrize(
    "header", ["31999918450612001X", "15400012345", "3199********001", "a" * 41]
)
def test_a_header_that_may_be_data_is_seen(header: str) -> None:
    assert looks_like_data(header)


def test_the_form_is_told_by_the_columns_only_one_of_them_has() -> None:
    assert form_of(PENALTIES, ["CF_WSH", "CF_XDR_SHXYM", "CF_NR_FK"]) == "current"
    assert form_of(PENALTIES, ["CF_WSH", "CF_XDR_SHXYM", "CF_XZJG", "CF_JG"]) == "old"
    assert form_of(profile_of("roster"), ["anything"]) == "current"


def test_a_code_both_forms_have_is_read_in_the_form_of_the_file() -> None:
    licences = profile_of("licences")
    assert find(licences, "XK_ZT", "current") == ("XK_ZT", "")
    assert find(licences, "XK_ZT", "old") == ("XK_ZT_OLD", "")


def test_a_header_that_looks_alike_is_proposed_with_its_likeness() -> None:
    near = alike(PENALTIES, "行政处罚决定书的文号", ())
    assert near is not None
    assert near[0] == "CF_WSH"
    assert 75 <= near[1] <= 100


def test_nothing_is_proposed_where_two_columns_are_about_alike() -> None:
    assert alike(PENALTIES, "处罚类", ()) is None or alike(PENALTIES, "处罚类", ())
    assert alike(PENALTIES, "完全无关的列", ()) is None


def test_a_column_that_is_taken_is_not_proposed_again() -> None:
    near = alike(PENALTIES, "行政处罚决定书的文号", ["CF_WSH"])
    assert near is None or near[0] != "CF_WSH"

from __future__ import annotations

import timeit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from tallystick.sources.masking import MASK, is_resident_id, mask, may_hold_number

FULL_WIDTH = {ord(mark): ord(mark) + 0xFEE0 for mark in "0123456789X"}

# No such person, subscriber or card: district 319999, births before 1900, unassigned ranges.
ID = "31999918450612001X"
MOBILE = "15400012345"
CARD = "629999000012345678" + luhn.calc_check_digit("629999000012345678")


def spaced(number: str, *sizes: int, gap: str = " ") -> str:
    parts, start = [], 0
    for size in sizes:
        parts.append(number[start : start + size])
        start += size
    return gap.join(parts)


MASKED = [
    (ID, "masked_resident_id"),
    (ID.lower(), "masked_resident_id"),
    (spaced(ID, 6, 4, 4, 4), "masked_resident_id"),
    (spaced(ID, 6, 8, 4, gap="-"), "masked_resident_id"),
    (" ".join(ID), "masked_resident_id"),
    (ID.translate(FULL_WIDTH), "masked_resident_id"),
    ("319999184506120011", "masked_resident_id"),  # a wrong check digit is an id still
    ("999999999999999999", "masked_resident_id"),  # any other 18 digits
    ("319999450612001", "masked_resident_id"),  # the old 15 digits
    (MOBILE, "masked_phone"),
    (spaced(MOBILE, 3, 4, 4), "masked_phone"),
    (spaced(MOBILE, 3, 4, 4, gap="-"), "masked_phone"),
    (f"+86 {MOBILE}", "masked_phone"),
    (f"0086-{MOBILE}", "masked_phone"),
    (MOBILE.translate(FULL_WIDTH), "masked_phone"),
    ("021-12345678", "masked_phone"),
    ("（021）12345678", "masked_phone"),
    ("(0512)1234567", "masked_phone"),
    ("021 1234 5678", "masked_phone"),
    ("02112345678", "masked_phone"),
    ("（020）19860613", "masked_phone"),  # a number that could be a date
    (CARD, "masked_bank_card"),
    (spaced(CARD, 4, 4, 4, 4, 3), "masked_bank_card"),
    (spaced(CARD, 4, 4, 4, 4, 3, gap="-"), "masked_bank_card"),
    (CARD.translate(FULL_WIDTH), "masked_bank_card"),
    ("4111111111111111", "masked_bank_card"),
]


@pytest.mark.parametrize(("number", "kind"), MASKED)
@pytest.mark.parametrize("sentence", ["{}", "当事人自述{}，并签字", "（{}）", "A{}。", "见{}字样"])
def test_a_personal_number_is_masked_however_it_is_typed(
    number: str, kind: str, sentence: str
) -> None:
    text, kinds = mask(sentence.format(number))
    assert kinds == [kind]
    assert MASK in text
    assert not any(mark.isdigit() for mark in text)


@pytest.mark.parametrize(
    "text",
    [
        "沪市监罚〔2026〕123456号",
        "沪市监总处〔2021〕322020000123号",
        "样市监处罚〔2026〕第0008191号",
        "（2026）沪0110执12345号",
        "发改财金〔2015〕1234-1号",
        "统一社会信用代码91310110631568129R",
        "代码：913101106315681615。",
        "2026-03-05",
        "2026/03/05至2027/03/05",
        "20260305",
        "20260305-20270304",
        "2026-01-01 2026-12-31",
        "2026年03月05日10时",
        "20260305123000",
        "罚款13,800,138,000元",
        "注册资本15000000000元",
        "没收违法所得1234567890123.45元",
        "人民币￥13,800,138,000",
        "金额4,111,111,111,111,111元",
        "1,380,013,800.00元",
        "工商注册号310110450612001",
        "第五十五条第一款第（三）项",
        "GB 32100-2015、GB/T 4754-2017",
        "共12345678件",
        *("13,800,138,000", "138001380.00", "0.1012345678", "2026.03.05、2027.03.05"),
        *("2026/03/05 2027/03/05", "2026-03-05 10:30:00", "〔2026〕1号、〔2026〕2号", "第①②③④⑤项"),
    ],
)
def test_codes_documents_dates_and_amounts_stay(text: str) -> None:
    assert mask(text) == (text, [])


@pytest.mark.parametrize("text", ["电话：12345678", "联系电话 1234-5678", "Tel: 1234567"])
def test_a_local_number_is_masked_after_the_word_for_it(text: str) -> None:
    assert mask(text)[1] == ["masked_phone"]


@pytest.mark.parametrize("text", ["账号6299990000123456", "卡号：6299 9900 0012 345"])
def test_an_account_is_masked_after_its_word_whatever_its_check_digit(text: str) -> None:
    assert mask(text)[1] == ["masked_bank_card"]


def test_a_telephone_before_a_word_for_money_is_masked_when_it_says_telephone() -> None:
    assert mask(f"联系电话{MOBILE}元")[1] == ["masked_phone"]


def test_several_numbers_are_masked_each() -> None:
    text, kinds = mask(f"甲{MOBILE} {MOBILE}，证件{ID}，{CARD}")
    assert kinds == ["masked_phone", "masked_phone", "masked_resident_id", "masked_bank_card"]
    assert text == f"甲{MASK} {MASK}，证件{MASK}，{MASK}"


def test_an_id_in_the_place_of_a_document_number_is_masked() -> None:
    assert mask(f"〔2026〕{ID}号")[1] == ["masked_resident_id"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ID, True),
        ("319999450612001", True),
        ("319999********001X", True),
        ("91310110631568129R", False),
        ("913101106315681615", False),
        ("", False),
    ],
)
def test_a_resident_id_is_told_from_the_code_of_an_organisation(
    text: str,
    expected: bool,  # noqa: FBT001
) -> None:
    assert is_resident_id(text) is expected


@settings(max_examples=100)
@given(
    st.integers(0, 89),
    st.dates().filter(lambda day: 1850 < day.year < 2020),
    st.integers(0, 999),
    st.sampled_from([(18,), (6, 8, 4), (6, 4, 4, 4), (3, 3, 4, 4, 4)]),
    st.sampled_from([" ", "-", "  ", "　"]),
)
def test_every_id_with_a_right_check_digit_is_masked(
    place: int, born: object, serial: int, sizes: tuple[int, ...], gap: str
) -> None:
    body = f"3101{place:02d}{str(born).replace('-', '')}{serial:03d}"
    number = body + ric.calc_check_digit(body + "0")
    text, kinds = mask(f"身份证{spaced(number, *sizes, gap=gap)}号")
    assert kinds == ["masked_resident_id"]
    assert text == f"身份证{MASK}号"


@settings(max_examples=100)
@given(st.integers(10**14, 10**18 - 1).map(str))
def test_every_card_with_a_right_check_digit_is_masked(body: str) -> None:
    number = body + luhn.calc_check_digit(body)
    assert mask(f"卡{number}内")[1] in (["masked_bank_card"], ["masked_resident_id"])


@settings(max_examples=100)
@given(st.text(max_size=60))
def test_text_without_digits_is_left_alone(text: str) -> None:
    plain = "".join(mark for mark in text if mark not in "0123456789０１２３４５６７８９")
    assert mask(plain) == (plain, [])


def test_looking_through_a_long_text_without_numbers_is_cheap() -> None:
    text = "经查明，当事人在网站上使用了不能提供证明材料的表述，案发后主动删除了相关页面。" * 12
    best = min(timeit.repeat(lambda: may_hold_number(text), number=500, repeat=5)) / 500
    assert best < 20e-6


MARKS = "./·_,、:|，：；\n\t\u00a0\u2009\u200b\u200c\u2060\ufeff\u00ad\u200e\u202f\u3000"


@pytest.mark.parametrize("gap", [*MARKS, " - ", "\r\n"])
@pytest.mark.parametrize(
    ("number", "sizes"), [(ID, (6, 8, 4)), (MOBILE, (3, 4, 4)), (CARD, (4, 4, 4, 4, 3))]
)
def test_nothing_between_the_digits_hides_a_number(
    number: str, sizes: tuple[int, ...], gap: str
) -> None:
    for written in (spaced(number, *sizes, gap=gap), gap.join(number)):
        text, kinds = mask(f"当事人{written}等")
        assert may_hold_number(written)
        assert len(kinds) == 1
        assert text == f"当事人{MASK}等"


@pytest.mark.parametrize("number", [ID, MOBILE, CARD])
@pytest.mark.parametrize("digits", ["٠١٢٣٤٥٦٧٨٩", "⓪①②③④⑤⑥⑦⑧⑨", "⁰¹²³⁴⁵⁶⁷⁸⁹", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"])
def test_digits_of_any_script_are_digits(number: str, digits: str) -> None:
    written = number.translate(str.maketrans("0123456789", digits))
    assert mask(f"当事人{written}等")[0] == f"当事人{MASK}等"


def test_marks_on_digits_do_not_hide_a_number() -> None:
    assert mask("见" + "".join(f"{d}\ufe0f\u20e3" for d in MOBILE) + "等")[0] == f"见{MASK}等"

from __future__ import annotations

import datetime
import timeit

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from tallystick.kernel.identifiers import make_uscc
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
        "罚款13800138000元",
        "没收违法所得1234567890123.45元",
        "人民币￥13800138000",
        "金额4111111111111111元",
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


# -- in disguise -------------------------------------------------------------------------------

CHINESE = "〇一二三四五六七八九"
FORMAL = "零壹贰叁肆伍陆柒捌玖"
SCRIPTS = ["0123456789", "０１２３４５６７８９", "⓪①②③④⑤⑥⑦⑧⑨", "⁰¹²³⁴⁵⁶⁷⁸⁹", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"]
LIKE = {"0": "OoО○〇零", "1": "lI幺Ι壹", "2": "贰貳二", "3": "㈢叁參", "6": "陆陸六"}
BETWEEN = [
    " ",
    "    ",
    "\t",
    "\r\n",
    "\n\n\n\n",
    "-",
    "－",
    "–",
    "—",
    "⸺",
    "−",
    "·",
    "••",
    "/",
    " / ",
]
BETWEEN += [
    "\u200b",
    "\u200d\u2060",
    "\ufeff",
    "\u00ad",
    "\u3000" * 6,
    "\u2003",
    "\u3164",
    "\u2800",
]
BETWEEN += ["_", "|", "~~~~", "……", " - - - ", "'", "#", "\u2028", "。。", "＝", "〜", "＠"]


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, str]:
    """Return a number as it should be typed, with its kind; of nobody that there is."""
    kind = draw(st.sampled_from(["masked_resident_id", "masked_phone", "masked_bank_card"]))
    serial = draw(st.integers(0, 999_999))
    if kind == "masked_phone":
        return f"15400{serial:06d}", kind
    if kind == "masked_bank_card":
        body = f"629999000{serial:09d}"
        return body + luhn.calc_check_digit(body), kind
    born = draw(st.dates(datetime.date(1850, 1, 1), datetime.date(1899, 12, 31)))
    body = f"319999{born:%Y%m%d}{serial % 1000:03d}"
    return body + ric.calc_check_digit(body + "0"), kind


@st.composite
def disguised(draw: st.DrawFn) -> tuple[str, str, str]:
    """Return a number in any mixture of disguises, the number itself and its kind."""
    number, kind = draw(numbers())
    written: list[str] = []
    for place, digit in enumerate(number):
        # Letters are digits only among digits: the first four stay what they are, and no letter
        # stands apart.
        letters = LIKE.get(digit, "") if place >= 4 else ""
        looks = (
            [script[int(digit)] for script in (*SCRIPTS, CHINESE, FORMAL)] if digit != "X" else []
        )
        look = digit if place < 4 else draw(st.sampled_from([*(looks or "XxＸｘ"), *letters]))
        if place and look not in "OolIОΙ" and draw(st.integers(0, 3)) == 0:
            written.append(draw(st.sampled_from(BETWEEN)))
        written.append(look)
    return "".join(written), number, kind


@settings(max_examples=1500, deadline=None)
@given(disguised(), st.sampled_from(["当事人{}等", "（{}）", "见{}。", "{}", "联系人之一{}转"]))
def test_no_mixture_of_disguises_hides_a_number(
    planted: tuple[str, str, str], sentence: str
) -> None:
    written, _, kind = planted
    text = sentence.format(written)
    assert may_hold_number(text)
    masked, kinds = mask(text)
    if "一" in sentence:  # it may be taken for the first digit; nothing of the number is left
        assert masked in (sentence.format(MASK), sentence.replace("一", "").format(MASK))
        assert len(kinds) == 1
    else:
        assert (masked, kinds) == (sentence.format(MASK), [kind])


@settings(max_examples=300, deadline=None)
@given(numbers(), st.sampled_from([*SCRIPTS, CHINESE, FORMAL]), st.sampled_from(["", *BETWEEN]))
def test_a_number_wholly_in_other_digits_is_masked(
    number: tuple[str, str], digits: str, gap: str
) -> None:
    plain, kind = number
    written = gap.join(plain.translate(str.maketrans("0123456789", digits)))
    assert mask(f"电话或证件{written}等") == (f"电话或证件{MASK}等", [kind])


@pytest.mark.parametrize(
    "written",
    [
        *(
            "一三八零零一三八零零零",
            "幺三八〇〇幺三八〇〇〇",
            "壹叁捌零零壹叁捌零零零",
            "138零零一三八零零零",
        ),
        *("l38OOl38OOO", "I38oo138ooo", "138 OOl3 8OOO", "l3800138OOO", "13800138ОО0"),
        *(
            "138          0013     8000",
            "138--------0013--------8000",
            "1\n3\n8\n0\n0\n1\n3\n8\n0\n0\n0",
        ),
        *(
            "138。0013。8000",
            "138#0013#8000",
            "138=0013=8000",
            "138−0013−8000",
            "㈠㈢㈧○○一三八○○○",
        ),
        *("一三八、零零一三、八零零零", "138 一 三 八0 0138"),
    ],
)
def test_a_telephone_in_disguise_is_masked(written: str) -> None:
    text, kinds = mask(f"当事人{written}，已核")
    assert kinds == ["masked_phone"]
    assert text == f"当事人{MASK}，已核"


@pytest.mark.parametrize(
    "before", ["之一", "Model", "Tel l", "第一、二、三，", "IO", "二〇二六年，"]
)
def test_what_stands_before_a_number_does_not_hide_it(before: str) -> None:
    assert mask(f"{before}13800138000。") == (f"{before}{MASK}。", ["masked_phone"])


LEGITIMATE = [
    *(
        "二〇二六年三月五日",
        "二○二五年十二月三十一日至二○二六年一月一日",
        "第一、二、三、四、五、六、七、八、九项",
    ),
    *(
        "联系一、二、三、四、五、六、七组负责人",
        "《反不正当竞争法》第二十条第一款、第二十八条",
        "一九八四年、二〇二六年、二〇二七年",
    ),
    *(
        "人民币壹拾贰万叁仟肆佰伍拾陆元整",
        "三七二十一、八九不离十",
        "统一社会信用代码",
        "一一对应，三三两两，五五分成",
    ),
    *(
        "沪市监罚〔2025〕12号",
        "国办发〔2020〕49号",
        "样市监〔二〇二六〕一二三四五六七号",
        "ISO 9001:2015、ISO/IEC 27001",
    ),
    *(
        "GB/T 22116—2008、GB 32100-2015、GB/T 4754-2017",
        "2026-03-05 10:30:00",
        "2026 / 03 / 05",
        "2026…2027",
    ),
    *(
        "Illinois 60601, Oil 100 Ill",
        "IO 1000 lol 200 Oo 12",
        "COOL1000, Hello0123",
        "O1l0 I1O0",
        "v1.10.0-l10n, i18n",
    ),
    *(
        "罚款1,234,567.00元",
        "占比12.5%、30.75%",
        "1500×2300×4567",
        "3.1415926",
        "注册资本65000000元",
        "2026年1—12月",
    ),
    *(
        "共15家、2300户、4567人",
        "第1条、第2条、第3条、第4条、第5条、第6条、第7条、第8条",
        "邮编200000",
        "坐标31.2304，121.4737",
    ),
]


@pytest.mark.parametrize("text", LEGITIMATE)
def test_legitimate_texts_stay_byte_for_byte(text: str) -> None:
    assert mask(text) == (text, [])
    assert mask(f"{text}，经查属实") == (f"{text}，经查属实", [])


@settings(max_examples=300)
@given(
    st.sampled_from(["91310110", "51310000", "93110101", "12330106"]),
    st.integers(0, 99_999_999),
    st.sampled_from(["统一社会信用代码{}", "{}", "一、{}；二、{}", "（{}）之一"]),
    st.sampled_from(["", "l", "O"]),
)
def test_codes_of_organisations_stay(prefix: str, serial: int, sentence: str, wrong: str) -> None:
    code = make_uscc(prefix, serial)
    assume(not is_resident_id(code))  # those that are sound resident ids as well are masked
    if wrong == "O":
        code = code.replace("0", "O")
    elif wrong == "l":
        code = code[:-1] + code[-1].lower()
    text = sentence.format(code, code)
    assert mask(text) == (text, [])


@settings(max_examples=300)
@given(
    st.dates(datetime.date(1990, 1, 1), datetime.date(2099, 12, 31)),
    st.integers(1, 99_999_999),
    st.integers(1, 99_999),
)
def test_dates_amounts_and_document_numbers_stay(day: datetime.date, yuan: int, n: int) -> None:
    numerals = str.maketrans("0123456789", CHINESE)
    text = (
        f"{day:%Y-%m-%d}，{day:%Y年%m月%d日}，{day:%Y/%m/%d}，样罚〔{day:%Y}〕{n}号，罚款{yuan}元，"
        f"{yuan:,}.00元，{str(day.year).translate(numerals)}年，样罚字第{str(n).translate(numerals)}号"
    )
    assert mask(text) == (text, [])


@pytest.mark.parametrize(
    "text", ["1 " * 2500, "2 3" * 1600, "一" * 5000, "一1" * 2500, "l1 " * 1600]
)
def test_a_text_full_of_digits_takes_no_long_time(text: str) -> None:
    assert min(timeit.repeat(lambda: mask(text), number=1, repeat=2)) < 10

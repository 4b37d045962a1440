"""Numbers of people as they are typed by who wants them not to be found, and what only looks so."""

from __future__ import annotations

import datetime
import subprocess
import sys
import timeit
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from tallystick.kernel.identifiers import make_uscc
from tallystick.sources import masking_numbers
from tallystick.sources.masking import MASK, is_resident_id, mask, may_hold_number

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
        "I6510、I6513、I6420、I6550、O8010",
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


SOUND_ID = "31999918450612001" + ric.calc_check_digit("319999184506120010")


@pytest.mark.parametrize(
    "text",
    [
        *("负责人（样）15400012345号码", "身份证）319999450612001号", "第15400012345号"),
        *("〔2026〕15400012345号", "附件】15400012345号", "15400012345,5000元"),
        *("6222021234567890128,50000元", "6222-0212-3456-7890-128,5元", "15400012345元"),
        *("15400012345.1样", "01012345678.2", "15400012345.00", "¥15400012345", "01012345678元"),
        *("2026010115400012345", "1540001234520260101", "20260101120015400012345"),
        *(f"编号1{SOUND_ID}", f"12{SOUND_ID}", f"{SOUND_ID}1", "31999918450612001X1"),
        *(f"1-{SOUND_ID[:7]} {SOUND_ID[7:]}", "154abc00012345", "154ab0001cd2345"),
        *("154至0001至2345", "319999至18450612至0011", "154*0001*2345", "154**0001**2345"),
        *("154%0001%2345", "154$0001$2345", "154【0001】2345", "154[0001]2345"),
        *("154<0001>2345", "154{0001}2345", "154〔0001〕2345", "154「0001」2345"),
        *(
            "+852 9123 4567",
            "+85291234567",
            "（852）9123 4567",
            "00852-9123-4567",
            "+1 202 555 0123",
        ),
    ],
)
def test_nothing_beside_a_number_nor_between_its_digits_excuses_it(text: str) -> None:
    masked, kinds = mask(text)
    assert may_hold_number(text)
    assert len(kinds) == 1
    assert not any(digits in masked for digits in ("154", "0001", "3199", "1845", "6222", "9123"))


@pytest.mark.parametrize(
    "text",
    [
        *("沪市监总处〔2021〕322020000123号", "沪市监总处[2021]322020000124号"),
        *("15%、30%、20%、25%、10%、5%", "$1,500、$3,000、$250", "135户2000户3000户"),
        *("154****2345", "319999********001X", "注册资本15000000000.00元", "〔2026〕12号（共3页）"),
        *("增长13.55%、30.75%，下降20.1%", "[1][2][3][4][5][6][7][8][9][10][11]"),
    ],
)
def test_what_only_has_such_signs_stays(text: str) -> None:
    assert mask(text) == (text, [])


@settings(max_examples=300)
@given(
    st.integers(2000, 2099),
    st.integers(0, 999_999),
    st.sampled_from(
        ["样罚〔{}〕3220{}号", "样罚[{}]{}号", "罚款，〔{}〕32{}号", "样罚（{}）第{}号"]
    ),
)
def test_document_numbers_of_any_year_stay(year: int, n: int, form: str) -> None:
    text = form.format(year, f"{n:06d}")
    assert mask(text) == (text, [])


@pytest.mark.parametrize(
    "part",
    [
        *("O", "1234567O中", "1", "2026-01-01 ", "1,234,", "Oa1", "〔2026〕", "138abc", "lO 1"),
        *("15400012345号", "1 ", "一1", "91310110631568129R ", "电话1234567，", "）1-1-1", "+1"),
    ],
)
def test_the_work_grows_with_the_text_and_not_with_its_square(
    part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = [_numbers_tried(part * (size // len(part)), monkeypatch) for size in (3_000, 12_000)]
    assert tried[1] <= 5 * tried[0] + 100


def _numbers_tried(text: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how many numbers, and how many marks of text, are looked at while masking."""
    looked = 0
    made = masking_numbers._Number.__init__
    around = masking_numbers._Around.__init__

    def counted(self: Any, plain: str, groups: list[tuple[int, int]]) -> None:
        nonlocal looked
        looked += 1
        made(self, plain, groups)

    def stretched(self: Any, plain: str, start: int, end: int, codes: Any) -> None:
        nonlocal looked
        looked += end - start
        around(self, plain, start, end, codes)

    with monkeypatch.context() as patch:
        patch.setattr(masking_numbers._Number, "__init__", counted)
        patch.setattr(masking_numbers._Around, "__init__", stretched)
        mask(text)
    return looked


@pytest.mark.parametrize("part", ["O", "1234567O中", "2026-01-01 ", "1,234,", "lO 1"])
def test_a_long_text_made_to_be_slow_is_read_all_the_same(part: str) -> None:
    text = part * (60_000 // len(part))
    script = "import sys; from tallystick.sources.masking import mask; mask(sys.stdin.read())"
    command = [sys.executable, "-c", script]
    subprocess.run(command, input=text, text=True, encoding="utf-8", check=True, timeout=60)

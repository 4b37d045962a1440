"""Names and codes of a world that does not exist.

Rules: every organisation's name says 样例 (sample) or 演示 (demonstration); every code passes both
check digits of GB 32100 and GB 11714, and its inner code lies in PDY00001 to PDY99999, the range
GB 11714 keeps for a system's own use, so that none of them was ever given to a real organisation;
every LEI passes its check and says SAMPLE where a real one carries what its issuer gave out.

    >>> company_name(0)
    '云杉样例科技有限公司'
"""

from __future__ import annotations

from tallystick.kernel.identifiers import USCC_CHARACTERS
from tallystick.testing.chance import Dice

COMPANY = "91"
SOCIAL_ORGANISATION = "51"
ORGAN = "11"
SOLE_TRADER = "92"

# GB 11714-1997 section 3: codes of this range are for internal use and never issued.
INTERNAL_FIRST = 1
INTERNAL_LAST = 99_999
LEI_LAST = 999_999
# Companies have the numbers below this one, public organs and associations those above.
ORGANS_FROM = 90_001

# Districts of GB/T 2260: ten of Shanghai, five of elsewhere.
DISTRICTS = (
    "310110",
    "310101",
    "310104",
    "310105",
    "310106",
    "310107",
    "310109",
    "310112",
    "310115",
    "310117",
    "320505",
    "330106",
    "440305",
    "110108",
    "510107",
)
# GB/T 2260 has a code for Hong Kong; the rules this software holds do not apply there.
HONG_KONG_DIVISION = "810000"

_STEMS = (
    "云杉", "星河", "晨露", "远山", "青禾", "白鹭", "松风", "海棠", "北斗", "南屏",
    "金桂", "银杏", "紫藤", "朝霞", "暮雪", "清溪", "碧波", "长虹", "孤帆", "新月",
    "春笋", "夏荷", "秋实", "冬青", "飞鸿", "游鱼", "灵犀", "玄圃", "沧浪", "蓬莱",
    "丹霞", "翠微", "皓石", "瑶光", "天枢", "玉衡", "开阳", "摇篮", "归雁", "听涛",
)  # fmt: skip
_MARKS = ("样例", "演示")
_TRADES = ("科技", "数据", "信息技术", "网络", "软件", "智能", "数字", "链控")

ASSOCIATION_NAME = "样例市区块链技术协会"
CHAMBER_NAME = "演示市企业荣誉评审会"

ORGAN_NAMES = (
    "样例市样例区市场监督管理局",
    "样例市样例区税务局",
    "样例市演示区生态环境局",
    "样例市演示区消防救援局",
    "样例市通信管理局",
    "样例市网络信息办公室",
    "样例市演示区人力资源局",
    "样例市样例区文化旅游局",
)
COURT_NAMES = ("样例市样例区人民法院", "样例市演示区人民法院", "样例市样例中级人民法院")
PROVINCE = "样例省"


# Weights of the two check characters: GB 11714-1997 section 2.1.2, GB 32100-2015 section 4.5.
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_OUTER_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_VALUES = {character: value for value, character in enumerate(USCC_CHARACTERS)}


def fictional_uscc(kind: str, number: int, division: str = DISTRICTS[0]) -> str:
    """Return a code of 18 characters that passes both checks and belongs to nobody.

    The check characters are computed here from the standards, not by the code that verifies them.

    kind: the first two characters (registry and class of GB 32100), such as `COMPANY`.
    number: 1 to 99,999; the inner code is PDY and this number.
    division: six digits of GB/T 2260.

    Raises ValueError for a number outside the range.
    """
    if not INTERNAL_FIRST <= number <= INTERNAL_LAST:
        message = f"number must lie in {INTERNAL_FIRST}..{INTERNAL_LAST}"
        raise ValueError(message)
    inner = f"PDY{number:05d}"
    total = sum(
        int(character, 36) * weight for character, weight in zip(inner, _INNER_WEIGHTS, strict=True)
    )
    check = "0123456789X"[-total % 11]
    body = f"{kind}{division}{inner}{check}"
    total = sum(
        _VALUES[character] * weight for character, weight in zip(body, _OUTER_WEIGHTS, strict=True)
    )
    return body + USCC_CHARACTERS[-total % 31]


def fictional_lei(number: int) -> str:
    """Return an LEI that passes its check (ISO 17442-1) and plainly belongs to nobody.

    A real one begins with the four characters of its issuer; these begin with 0000 and say SAMPLE.
    The check digits are computed here from the standard, not by the code that verifies them.

    number: 0 to 999,999. Raises ValueError for a number outside the range.
    """
    if not 0 <= number <= LEI_LAST:
        message = f"number must lie in 0..{LEI_LAST}"
        raise ValueError(message)
    body = f"000000SAMPLE{number:06d}"
    digits = "".join(str(int(character, 36)) for character in f"{body}00")
    return f"{body}{98 - int(digits) % 97:02d}"


def company_codes(seed: int, count: int) -> list[str]:
    """Return `count` different codes of fictional companies, the same ones for the same seed.

    Beyond 99,999 the next district is used, as often as there are districts.
    """
    start = Dice(seed, "company codes").below(INTERNAL_LAST)
    codes = []
    for number in range(start, start + count):
        lap, place = divmod(number, INTERNAL_LAST)
        codes.append(fictional_uscc(COMPANY, place + 1, DISTRICTS[lap % len(DISTRICTS)]))
    return codes


def company_name(number: int) -> str:
    """Return the name of fictional company `number` (0 and up); the first forty stems differ."""
    stem = _STEMS[number % len(_STEMS)]
    mark = _MARKS[number % len(_MARKS)]
    trade = _TRADES[number // len(_MARKS) % len(_TRADES)]
    again = number // len(_STEMS)
    series = f"{again}号" if again else ""
    return f"{stem}{mark}{series}{trade}有限公司"


def organ(number: int) -> tuple[str, str]:
    """Return name and code of fictional public organ `number` (any integer)."""
    index = number % len(ORGAN_NAMES)
    return ORGAN_NAMES[index], fictional_uscc(ORGAN, ORGANS_FROM + index)


def association() -> tuple[str, str]:
    """Return name and code of the fictional association whose members the world describes."""
    return ASSOCIATION_NAME, fictional_uscc(SOCIAL_ORGANISATION, ORGANS_FROM + 1_000)


def bad_check(code: str) -> str:
    """Return `code`, a USCC or an LEI, with another last character, so that its check fails."""
    return code[:-1] + ("0" if code[-1] != "0" else "1")


def resident_id(number: int) -> str:
    """Return eighteen digits shaped like a resident id, of a district that does not exist."""
    return f"00000019000101{number % 10_000:04d}"


def officer_name(number: int) -> str:
    """Return what stands where a real file would name a person: never a person's name."""
    return f"样例负责人{number:02d}"

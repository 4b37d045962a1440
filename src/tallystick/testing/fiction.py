"""Names and codes of a world that does not exist.

Rules: every organisation's name says 样例 (sample) or 演示 (demonstration); every code passes both
check digits of GB 32100 and GB 11714, and its inner code lies in PDY00001 to PDY99999, the range
GB 11714 keeps for a system's own use, so that none of them was ever given to a real organisation.

    >>> company_name(0)
    '云杉样例科技有限公司'
"""

from __future__ import annotations

from functools import lru_cache

from tallystick.kernel.identifiers import make_uscc

COMPANY = "91"
SOCIAL_ORGANISATION = "51"
ORGAN = "11"
SOLE_TRADER = "92"

# GB 11714-1997 section 3: codes of this range are for internal use and never issued.
INTERNAL_FIRST = 1
INTERNAL_LAST = 99_999

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
# A company of the mainland may not carry the division code of Hong Kong.
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


@lru_cache(maxsize=4096)
def fictional_uscc(kind: str, number: int, division: str = DISTRICTS[0]) -> str:
    """Return a code of 18 characters that is valid and belongs to nobody.

    kind: the first two characters (registry and class of GB 32100), such as `COMPANY`.
    number: 1 to 99,999; the inner code is PDY and this number.
    division: six digits of GB/T 2260.
    """
    if not INTERNAL_FIRST <= number <= INTERNAL_LAST:
        message = f"number must lie in {INTERNAL_FIRST}..{INTERNAL_LAST}"
        raise ValueError(message)
    return make_uscc(kind + division + f"PDY{number:05d}")


def company_name(number: int) -> str:
    """Return the name of fictional company `number` (0 and up); the first forty stems differ."""
    stem = _STEMS[number % len(_STEMS)]
    mark = _MARKS[number % len(_MARKS)]
    trade = _TRADES[number // len(_MARKS) % len(_TRADES)]
    again = number // len(_STEMS)
    series = f"第{again}" if again else ""
    return f"{stem}{mark}{series}{trade}有限公司"


def organ(number: int) -> tuple[str, str]:
    """Return name and code of fictional public organ `number` (any integer)."""
    index = number % len(ORGAN_NAMES)
    return ORGAN_NAMES[index], fictional_uscc(ORGAN, 90_001 + index)


def association() -> tuple[str, str]:
    """Return name and code of the fictional association whose members the world describes."""
    return ASSOCIATION_NAME, fictional_uscc(SOCIAL_ORGANISATION, 91_001)


def officer_name(number: int) -> str:
    """Return what stands where a real file would name a person: never a person's name."""
    return f"样例负责人{number:02d}"

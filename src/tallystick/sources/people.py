"""Which rows are about people and are not taken.

Owns the judgement of a row's party: a natural person, a sole trader under a person's own name, or
an organisation. Rules: only organisations are rated, so that in doubt a row is about a person; a
name is looked at for this and nothing else, and never leaves this module.

    >>> is_personal_name("张某某"), is_personal_name("张某小吃店")
    (True, False)
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from tallystick.kernel.errors import Reason
from tallystick.kernel.identifiers import BAD_USCC, NO_USCC, check_uscc, normalise
from tallystick.rulebook.subjects import is_individual_business
from tallystick.sources.masking import is_resident_id
from tallystick.sources.reasons import NATURAL_PERSON, SOLE_TRADER, UNKNOWN_PARTY
from tallystick.sources.rules import refusal_of_register
from tallystick.sources.values import UNREADABLE_CELL

PERSON: Final = "person"
TRADER: Final = "sole_trader"

# Resident ids of foreigners with permanent residence begin with 9 as the codes of firms do; they
# are told apart by the check digits, after the reader.
_FIRMS_BEGIN: Final = "9"
_NAME_CHARS_MAX: Final = 4
_REGISTER_CHARS: Final = 8

_BRACKETED: Final = re.compile("[（(][^（）()]*[）)]")
_SPACES: Final = re.compile("[\\s　]+")
_HAN: Final = re.compile("[㐀-鿿豈-﫿]")
_HIDDEN: Final = re.compile("[*＊×某]")
_MIDDLE_DOT: Final = re.compile("[·•・‧∙⋅●⸱]")
_LISTED: Final = re.compile("[、，,;；/／&]")
# What stands beside a person's name without making it a trade name.
_BESIDE: Final = (
    "个体工商户|个体经营者|个体户|个体|法定代表人|法定代表|法人代表|经营者|经营|负责人|投资人|"
    "业主|户主|店主|老板|先生|女士|姓名|字号|[:：、，,.。_-]"
)
_BESIDE_START: Final = re.compile(f"^(?:{_BESIDE})+")
_BESIDE_END: Final = re.compile(f"(?:{_BESIDE})+$")
# How trade names end, or what they contain. Single characters that are common in given names are
# left out on purpose: a trader called 王小楼 is a person. One character makes a trade name only
# after two others: 张馆 is a name.
_TRADE_END: Final = re.compile(
    "(?:..[店铺厂社馆部吧摊站]|行号|商行|车行|银行|超市|餐厅|食堂|酒家|酒楼|茶楼|饭庄|山庄|农庄|"
    "作坊|工坊|花坊|书屋|商场|市场|农场|养殖场|加工点|销售点|服务点|中心|公司|工作室|洗衣房|药房|诊所|"
    "网咖|美发|美容|俱乐部|合作社)$",
)
_TRADE_WORD: Final = re.compile("公司|商行|商店|经营|中心|工作室|超市|餐饮|酒店|门市|服务|加工")
_LATIN_TRADE: Final = re.compile(
    "\\b(?:(?:book|work|coffee|gift|pet|barber)?shop|store|studio|company|trading|limited|ltd|co|"
    "inc|cafe|restaurant|bakery|salon|hotel|market|service)s?\\b",
    re.IGNORECASE,
)


def is_resident_code(cell: str) -> bool:
    """Return whether the code cell of a row plainly holds a resident id (quick, for every row)."""
    if cell[:1] == _FIRMS_BEGIN or not cell:
        return False
    return is_resident_id(normalise(cell))


def is_personal_name(name: str) -> bool:
    """Return whether a sole trader's name is a person's, or could be.

    Two to four Chinese characters without a word of trade, several such names, those with a
    middle dot, and those written with asterisks or 某 are a person's, whatever title stands beside
    them. No name at all could be one.
    """
    even = "".join(c for c in unicodedata.normalize("NFKC", name) if _is_shown(c))
    plain = _SPACES.sub("", _BRACKETED.sub("", even))
    plain = _BESIDE_END.sub("", _BESIDE_START.sub("", plain))
    if _TRADE_END.search(plain) or _TRADE_WORD.search(plain):
        return False
    if not plain or _HIDDEN.search(plain) or _MIDDLE_DOT.search(plain):
        return True
    if _HAN.search(plain):
        return any(len(part) <= _NAME_CHARS_MAX for part in _LISTED.split(plain))
    return not _LATIN_TRADE.search(even)


def _is_shown(mark: str) -> bool:
    return unicodedata.category(mark) != "Cf"


def refusal_of(code: str, party: object, name: str, *, sample: bool = False) -> Reason | None:
    """Return why a row is not taken, None where it is about an organisation with a sound code.

    code: normalised. party: "person", "sole_trader", "organisation", UNREADABLE_CELL for a cell
    that says something else, anything else for unknown. name: the name in the row, "" where the
    file has none. sample: whether it is for a sample workspace, which takes the codes of samples.
    """
    if party == PERSON:
        return NATURAL_PERSON
    reason = check_uscc(code)
    if reason is not None:
        if reason is BAD_USCC and is_resident_id(code):
            return NATURAL_PERSON
        if reason is NO_USCC and party == TRADER:
            return SOLE_TRADER
        return reason
    if (party == TRADER or is_individual_business(code)) and is_personal_name(name):
        return SOLE_TRADER
    if party is UNREADABLE_CELL:
        return UNKNOWN_PARTY
    return refusal_of_register(code[:_REGISTER_CHARS], sample=sample)

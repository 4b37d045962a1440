"""Which rows are about people and are not taken.

Owns the judgement of a row's party: a natural person, a sole trader under a person's own name, or
an organisation. Rules: only organisations are rated, so that in doubt a row is about a person; a
name is looked at for this and nothing else, and never leaves this module.

    >>> is_personal_name("张某某"), is_personal_name("张某小吃店")
    (True, False)
"""

from __future__ import annotations

import re
from typing import Final

from tallystick.kernel.errors import Reason
from tallystick.kernel.identifiers import BAD_USCC, NO_USCC, check_uscc, normalise
from tallystick.sources.masking import is_resident_id
from tallystick.sources.reasons import NATURAL_PERSON, SOLE_TRADER
from tallystick.sources.rules import refusal_of_register

PERSON: Final = "person"
TRADER: Final = "sole_trader"

_TRADER_PREFIX: Final = "92"
# Resident ids of foreigners with permanent residence begin with 9 as the codes of firms do; they
# are told apart by the check digits, after the reader.
_FIRMS_BEGIN: Final = "9"
_NAME_CHARS_MAX: Final = 4
_REGISTER_CHARS: Final = 8

_BRACKETED: Final = re.compile("[（(][^（）()]*[）)]")
_SPACES: Final = re.compile("[\\s　]+")
_HAN: Final = re.compile("[㐀-鿿豈-﫿]")
_HIDDEN: Final = re.compile("[*＊×某]")
# How trade names end, or what they contain. Single characters that are common in given names are
# left out on purpose: a trader called 王小楼 is a person.
_TRADE_END: Final = re.compile(
    "(?:店|铺|厂|社|馆|部|吧|摊|站|行号|商行|车行|银行|超市|餐厅|食堂|酒家|酒楼|茶楼|饭庄|山庄|农庄|"
    "作坊|工坊|花坊|书屋|商场|市场|农场|养殖场|加工点|销售点|服务点|中心|公司|工作室|洗衣房|药房|诊所|"
    "网咖|美发|美容|俱乐部|合作社)$",
)
_TRADE_WORD: Final = re.compile(
    "公司|商行|商店|经营|中心|工作室|超市|餐饮|酒店|个体|门市|服务|加工"
)
_LATIN_TRADE: Final = re.compile(
    "shop|store|studio|company|trading|limited|ltd|co\\b", re.IGNORECASE
)


def is_resident_code(cell: str) -> bool:
    """Return whether the code cell of a row plainly holds a resident id (quick, for every row)."""
    if cell[:1] == _FIRMS_BEGIN or not cell:
        return False
    return is_resident_id(normalise(cell))


def is_personal_name(name: str) -> bool:
    """Return whether a sole trader's name is a person's, or could be.

    Two to four Chinese characters without a word of trade, names with a middle dot, and names
    written with asterisks or 某 are a person's. No name at all could be one.
    """
    plain = _SPACES.sub("", _BRACKETED.sub("", name))
    if _TRADE_END.search(plain) or _TRADE_WORD.search(plain):
        return False
    if not plain or _HIDDEN.search(plain) or "·" in plain or "•" in plain:
        return True
    if _HAN.search(plain):
        return len(plain) <= _NAME_CHARS_MAX
    return not _LATIN_TRADE.search(name)


def refusal_of(code: str, party: object, name: str) -> Reason | None:
    """Return why a row is not taken, None where it is about an organisation with a sound code.

    code: normalised. party: "person", "sole_trader", "organisation" or anything for unknown. name:
    the name in the row, "" where the file has none.
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
    if (party == TRADER or code[:2] == _TRADER_PREFIX) and is_personal_name(name):
        return SOLE_TRADER
    return refusal_of_register(code[:_REGISTER_CHARS])

"""Which column of a source a header means.

Owns the reading of headers: exact names in three languages, units written in the header, headers
that announce personal data, and proposals for headers that only look alike. Rules: a proposal is
never used before somebody confirms it; a header that announces personal data is never proposed for
anything; a header that looks like data is not repeated anywhere.

    >>> find(profile_of("penalties"), "罚款金额（元）")
    Found(code='CF_NR_FK', unit='元')
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cache
from typing import Final, NamedTuple
from unicodedata import category, normalize

from tallystick.sources.profiles import (
    CURRENT,
    OLD,
    RATIO_MARK,
    Column,
    Profile,
    is_ratio_name,
    profile_of,
    published_ratios,
)
from tallystick.sources.values import spelling

ALIKE_MIN_PERCENT: Final = 75
ALIKE_LEAD_PERCENT: Final = 4
HEADER_MAX_CHARS: Final = 40

_UNIT_WORDS: Final = {
    "元": "元",
    "人民币元": "元",
    "cny": "元",
    "yuan": "元",
    "rmb": "元",
    "千元": "千元",
    "万元": "万元",
    "万元人民币": "万元",
    "人民币万元": "万元",
    "万": "万元",
    "10000cny": "万元",
    "10000yuan": "万元",
    "百万元": "百万元",
    "亿元": "亿元",
    "亿": "亿元",
}
_BRACKETED: Final = re.compile("[(\\[【〔（]([^)\\]】〕）]*)[)\\]】〕）]")
_SPACES: Final = re.compile("[ \t\r\n　|]+")
_ORNAMENTS: Final = re.compile("[*＊:：_\\-—·.、/\\\\,，]|必填|选填")
_LOOKS_LIKE_DATA: Final = re.compile("[0-9０-９]{5,}|[@*]{2,}")

# Headers of cells that belong to a person. An unmapped column is dropped anyway; these are counted,
# and cannot be mapped to anything.
_PERSONAL: Final = re.compile(
    "身份证|证件号|证件类型|护照|通行证|居留证|手机|电话|联系方式|联系人|传真|邮箱|电子邮件|微信|"
    "银行卡|卡号|银行账[号户]|开户|住址|家庭|户籍|性别|年龄|出生|民族|学历|婚姻|"
    "姓名|法定代表人|法人代表|负责人|经办人|执法人员|当事人姓名|董事长|总经理|"
    "sfz|zjhm|zjlx|frdb|idcard|identitycard|identitynumber|residentid|passport|telephone|phone|"
    "mobile|e-?mail|bankcard|bankaccount|cardno|wechat|sexy?$|gender|^age$|birth|legalrep|"
    "contactperson|personname|"
    "公民身份|身份号|身份證|身份號|證件|证照号|證照號|電話|手機|聯絡人|聯繫人|信箱|帐号|账号|賬號|帳號|"
    "车牌|車牌|签名|簽名|签字|法定代表|^企?业?法人$|法人(?:姓名|名字|代表)|经营者|經營者|投资人|投資人|"
    "出资人|合伙人|股[东東](?!(?:人|个)?数)|实际控制人|實際控制人|实控人|董事|监事|監事|高管|会员代表|會員代表|"
    "^(?:现|个人|本人|当事人|自然人|联系|通讯|通信|常住|居住|邮寄)*(?:住所|住址|地址)$|"
    "^idn(?:o|um|umber)$|(?<![a-z])tel(?:no|number)?$|(?<![a-z])cell(?:no|number|phone)?$|qq|"
    "director|^shareholder(?:names?)?$|legalperson|owner(?:s|name)?$|signature|accountn|"
    "licen[cs]eplate|homeaddress|gmsfhm|sfhm|frxm|fddbr|lxr|lxdh|lxfs|sjhm|yhkh|yhzh|cphm|^xm$",
)
_PERSONAL_EXCEPT: Final = re.compile("数$|人数|数量|次数|个数|(?<!ac)count$")


class Found(NamedTuple):
    """A column found for a header, and the unit the header names ("" for none)."""

    code: str
    unit: str


def find(profile: Profile, header: str, form: str = "") -> Found | None:
    """Return the column a header names exactly, None where it names none.

    form: where a name means different columns in the two forms, which one is meant. A header of
    several lines is found by any of them.
    """
    names = _names_of(profile.source, form)
    for line in dict.fromkeys((header, *header.splitlines())):
        code = names.get(_key(line))
        if code:
            return Found(code, unit_of(header))
    if profile.source == "ratios" and is_ratio_name(ratio_named(header)):
        return Found(header.strip(), "")
    if profile.source == "ratios" and _key(header) in published_ratios():
        return Found(f"{RATIO_MARK}{_key(header)}", "")
    return None


def ratio_named(header: str) -> str:
    """Return the name after "ratio:" in a header, "" where there is none."""
    text = header.strip()
    return text.removeprefix(RATIO_MARK).strip() if text.startswith(RATIO_MARK) else ""


def find_within(profile: Profile, header: str, form: str = "") -> Found | None:
    """Return the column named by one word of a header, or by the header without its brackets."""
    names = _names_of(profile.source, form)
    for part in (_BRACKETED.sub("", header), *_SPACES.split(header)):
        code = names.get(_key(part))
        if code:
            return Found(code, unit_of(header))
    return None


def unit_of(header: str) -> str:
    """Return the unit a header names: one of UNITS, "?" for one not known here, "" for none."""
    for inner in _BRACKETED.findall(header):
        word = spelling(inner).removeprefix("单位:").removeprefix("单位")
        if word in _UNIT_WORDS:
            return _UNIT_WORDS[word]
        if "美元" in word or "港元" in word or "usd" in word or "欧元" in word:
            return "?"
    return ""


def unit_for(column: Column, header: str) -> str:
    """Return the unit of the cells under `header`: "" where there is none, "?" where it is open.

    The code of a column and its full names carry the unit of the standard; any other name must say
    it: 罚款金额 alone is yuan in one office and ten thousand yuan in the next.
    """
    if column.kind != "decimal":
        return ""
    return unit_of(header) or (column.unit if _is_official(column, header) else "?")


def _is_official(column: Column, header: str) -> bool:
    """Return whether a header is the code of the column or one of its two full names."""
    official = {_key(name) for name in (column.code, column.names.zh, column.names.en)}
    return any(_key(line) in official for line in (header, *header.splitlines()))


def is_personal(header: str) -> bool:
    """Return whether a header announces cells about a person."""
    tight = _key("".join(c for c in normalize("NFKC", header) if category(c) != "Cf"))
    return bool(_PERSONAL.search(tight)) and not _PERSONAL_EXCEPT.search(tight)


def looks_like_data(header: str) -> bool:
    """Return whether a header may be a cell of a file that has no header."""
    return len(header) > HEADER_MAX_CHARS or bool(_LOOKS_LIKE_DATA.search(header))


def alike(profile: Profile, header: str, taken: Iterable[str]) -> tuple[str, int] | None:
    """Return the column whose name is most like `header` and how much, in percent.

    None where nothing is alike enough, or two columns are about equally alike.
    """
    key, taken = _key(header), set(taken)
    if not key:
        return None
    scores: dict[str, int] = {}
    for column in profile.columns:
        if column.is_read and column.code not in taken:
            best = max(_likeness(key, _key(name)) for name in column.calls)
            scores[column.code] = best
    ranked = sorted(scores, key=lambda code: (-scores[code], code))
    if not ranked or scores[ranked[0]] < ALIKE_MIN_PERCENT:
        return None
    if len(ranked) > 1 and scores[ranked[0]] - scores[ranked[1]] < ALIKE_LEAD_PERCENT:
        return None
    return ranked[0], scores[ranked[0]]


def _likeness(one: str, other: str) -> int:
    return int(SequenceMatcher(None, one, other).ratio() * 100)


@cache
def _names_of(source: str, form: str) -> dict[str, str]:
    """Return every name of every column of a source, evened out, with the column's code."""
    names: dict[str, str] = {}
    every = profile_of(source).columns
    own = [column for column in every if column.form in ("", form)]
    others = [column for column in every if column.form not in ("", form)]
    # The form comes first: XK_ZT 1 is "valid" in the current form and "revoked" in the old one.
    for columns in (own, others):
        for calls in (slice(3), slice(3, None)):
            for column in columns:
                for name in column.calls[calls]:
                    names.setdefault(_key(name), column.code)
    return names


def form_of(profile: Profile, headers: Iterable[str]) -> str:
    """Return "old" where more headers belong to the old form only than to the current only."""
    if not profile.old_form:
        return CURRENT
    marks = {"": 0, CURRENT: 0, OLD: 0}
    for header in headers:
        found = find(profile, header)
        if found:
            marks[profile.column(found.code).form] += 1
    return OLD if marks[OLD] > marks[CURRENT] else CURRENT


def _key(name: str) -> str:
    """Return how two headers are compared: half-width, lower case, without spaces and ornaments."""
    text = spelling(name).replace("（", "(").replace("）", ")")
    return _ORNAMENTS.sub("", text)

"""The charter before any fit: data about people, and what is never collected, are refused.

Owns the scan of a table. Rules: only organisations are rated; a column of a refused class, or of a
proxy for one, is refused, and nothing overrides it; names are judged, and labels where a data
dictionary gives them; of values only the shape is looked at (sound resident ids, mobile numbers,
words for sex or marriage, names of people), and no value is ever repeated. Two different traits of
a person make the whole table one about people: leaving columns out does not turn people into
organisations.

    require_organisations(table, labels={"X2": "sex of the client"})

What it cannot see: a personal column under a meaningless name without a label, whose values are
plain numbers (sex as 1 and 2); which organisation is one person's; whether columns left over from a
table of people still describe them. Who brings the table answers for that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from tallystick.kernel.errors import Reason
from tallystick.kernel.identifiers import check_uscc
from tallystick.kernel.texts import Text
from tallystick.modelling.naming import is_postcode, trait_of
from tallystick.modelling.tables import Column, Table
from tallystick.modelling.traits import POSTCODE, TRAITS
from tallystick.rulebook.refusals import RefusedClass, refusals
from tallystick.sources.headers import is_personal
from tallystick.sources.masking_numbers import is_sound_id
from tallystick.sources.people import is_personal_name

LOOKED_AT_MAX: Final = 20_000
"""So many categories or numbers of a column are looked at."""

SHARE_LEAST: Final = 0.5
"""From this share of values on, the shape of values is the shape of the column."""

ROWS_PER_POSTCODE_LEAST: Final = 20
TRAITS_OF_PEOPLE: Final = 2
"""From so many different traits on, and without codes of organisations, rows are people."""

_OF_CONTACTS: Final = frozenset({"name", "contact", "identity_number", "personal_income"})
"""Traits that stand in tables of organisations too, of whoever answers for them."""

Evidence = Literal["name", "label", "values"]
_EVIDENCE: Final = {
    "name": Text("列名", "by its name"),
    "label": Text("数据字典", "by its label"),
    "values": Text("取值形状", "by the shape of its values"),
}

REFUSED_COLUMNS = Reason(
    "refused_columns",
    Text("这些列不能用于模型：{columns}", "these columns may not be used by any model: {columns}"),
    "",
    Text(
        "请删去这些列后重试；任何设置和理由都不能放开。"
        "若列说的是单位而不是人，请改成说得清的名称，"
        "如“企业年龄”。",
        "Leave these columns out and try again; no setting and no reason opens them. "
        "Where a column is about the organisation and not a person, give it a name that says so, "
        "as company_age.",
    ),
)
TABLE_ABOUT_PEOPLE = Reason(
    "table_about_people",
    Text(
        "这张表说的是人，不是单位：{columns}。本工具只评价单位",
        "this table is about people, not organisations: {columns}. Only organisations are rated",
    ),
    "",
    Text(
        "请使用单位的数据。删去这些列并不会使人变成单位。",
        "Bring data of organisations. Leaving these columns out does not turn people into "
        "organisations.",
    ),
)

_SHOWN_AS_DATA: Final = re.compile("[0-9]{5,}|[@*]")
_ABOUT_A_ROLE: Final = re.compile(
    r"变更|次数|人数|数量|占比|比例|数$|率$|change|count|number|share|ratio|rate|turnover",
    re.IGNORECASE,
)
_WITHIN: Final = frozenset({"sex", "marital", "occupation"})
"""Traits whose words, inside longer values, are of nothing but people."""

_WORD: Final = re.compile(r"[a-zäöü]+(?:-[a-zäöü]+)*|[\u4e00-\u9fff]+")
_TELLING: Final = 4  # letters; "m" and "man" stand in the names of other things
_AMBIGUOUS: Final = frozenset({"single", "separated", "retired"})  # of products and machines too
_NEARLY_ALL: Final = 0.9
_MOBILE_NUMBERS: Final = (13_000_000_000, 20_000_000_000)
_ID_NUMBERS: Final = (110_000 * 10**12, 920_000 * 10**12)
_YEARS, _MONTHS, _DAYS = (1900, 2100), (1, 12), (1, 31)
_MOBILE: Final = re.compile(r"(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏"
    "吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严"
)
_NAMES_LEAST: Final = 20
_UNKNOWN: Final = frozenset(
    {"unknown", "other", "others", "undefined", "未知", "不详", "其他", "未说明"}
)
_WORDS_OF: Final = {
    "sex": (
        {"male", "female", "m", "f", "man", "woman", "mr", "mrs", "ms"}
        | {"男", "女", "男性", "女性", "先生", "女士"}
        | {"homme", "femme", "hombre", "mujer", "männlich", "weiblich"},
        2,
    ),
    "nationality": (
        {"汉族", "蒙古族", "回族", "藏族", "维吾尔族", "苗族", "彝族", "壮族", "布依族", "朝鲜族"}
        | {"满族", "侗族", "瑶族", "白族", "土家族", "哈尼族", "哈萨克族", "傣族", "黎族", "畲族"}
        | {"城镇户口", "农村户口", "农业户口", "非农业户口"},
        2,
    ),
    "marital": (
        {
            "single",
            "married",
            "divorced",
            "widowed",
            "separated",
            "已婚",
            "未婚",
            "离异",
            "离婚",
            "丧偶",
            *("ledig", "verheiratet", "geschieden", "soltero", "casado", "divorciado"),
        },
        2,
    ),
    "occupation": (
        {"unemployed", "self-employed", "unskilled", "retired", "pensioner", "student", "housewife"}
        | {"失业", "待业", "退休", "学生", "自由职业", "家庭主妇"},
        2,
    ),
    "education": (
        {"小学", "初中", "高中", "中专", "大专", "专科", "本科", "硕士", "博士", "研究生", "大学"}
        | {"high school", "university", "graduate school", "bachelor", "master", "phd"},
        3,
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One refused column. place: 1-based. trait: "" where only the list of refusals knows it."""

    column: str
    place: int
    trait: str
    names: Text
    refused: RefusedClass
    evidence: Evidence

    @property
    def text(self) -> Text:
        """The column, its class, the article, and by what it was recognised."""
        data = _SHOWN_AS_DATA.search(self.column) or not self.column.strip()
        shown = (
            Text(f"第 {self.place} 列", f"column {self.place}")
            if data
            else Text(f"“{self.column}”", f"“{self.column}”")
        )
        said, article = _EVIDENCE[self.evidence], self.refused.article
        return Text(
            f"{shown.zh}（{self.names.zh}，{said.zh}；{article}）",
            f"{shown.en} ({self.names.en}, {said.en}; {article})",
        )


def screen(table: Table, labels: Mapping[str, str] | None = None) -> tuple[Finding, ...]:
    """Return every refused column, in the order of the table.

    labels: what a data dictionary says of a column.
    """
    labels = labels or {}
    found = []
    for place, name in enumerate(table.names, 1):
        column = table.column(name)
        one = (
            _by_words(name, place, name, column, "name")
            or _by_words(name, place, labels.get(name, ""), column, "label")
            or _by_values(column, place)
        )
        if one is not None:
            found.append(one)
    return tuple(found)


def is_about_people(table: Table, findings: tuple[Finding, ...]) -> bool:
    """Return whether rows are people: two different traits, and no column of organisations' codes.

    A name, a telephone or an id number alone is of whoever answers for an organisation.
    """
    personal = {trait.code for trait in TRAITS} - _OF_CONTACTS
    found = {one.trait for one in findings} & personal
    return len(found) >= TRAITS_OF_PEOPLE and not any(
        _holds_organisations(table.column(name)) for name in table.names
    )


def require_organisations(table: Table, labels: Mapping[str, str] | None = None) -> None:
    """Refuse a table about people, or one that holds columns never used.

    Raises: TallyError `table_about_people`, `refused_columns`, with the columns, their classes and
    the articles in the sentence. There is no override.
    """
    found = screen(table, labels)
    if not found:
        return
    reason = TABLE_ABOUT_PEOPLE if is_about_people(table, found) else REFUSED_COLUMNS
    articles = "; ".join(dict.fromkeys(one.refused.article for one in found))
    texts = [one.text for one in found]
    columns = Text("、".join(one.zh for one in texts), ", ".join(one.en for one in texts))
    raise replace(reason, rule=articles).error(columns=columns)


def _class(code: str) -> RefusedClass:
    return next(one for one in refusals().classes if one.code == code)


def _by_words(
    name: str, place: int, text: str, column: Column, evidence: Evidence
) -> Finding | None:
    if not text.strip():
        return None
    trait = trait_of(text)
    if trait is not None:
        return Finding(name, place, trait.code, trait.names, _class(trait.refused), evidence)
    if is_postcode(text):
        if _is_fine(column):
            refused = _class(POSTCODE.refused)
            return Finding(name, place, POSTCODE.code, POSTCODE.names, refused, evidence)
        return None
    refused_class = refusals().find(text)
    if refused_class is not None:
        return Finding(name, place, "", refused_class.names, refused_class, evidence)
    if column.kind == "category" and is_personal(text) and not _ABOUT_A_ROLE.search(text):
        refused_class = _class("person_identity")
        return Finding(name, place, "", refused_class.names, refused_class, evidence)
    return None


def _by_values(column: Column, place: int) -> Finding | None:
    code = _shape_of_texts(column) if column.kind == "category" else _shape_of_numbers(column)
    trait = next((one for one in TRAITS if one.code == code), None)
    if trait is None:
        return None
    return Finding(column.name, place, code, trait.names, _class(trait.refused), "values")


def _shape_of_texts(column: Column) -> str:
    """Return the trait whose values these texts have the shape of, "" for none."""
    texts = [text.strip() for text in column.categories[:LOOKED_AT_MAX]]
    if not texts:
        return ""
    folded = {text.lower() for text in texts} - _UNKNOWN
    for code, (words, least) in _WORDS_OF.items():
        if len(folded & words) >= least and len(folded & words) >= SHARE_LEAST * len(folded):
            return code
        if code in _WITHIN and _say_within(folded, words, least):
            return code
    half = SHARE_LEAST * len(texts)
    if sum(map(_is_id, texts)) >= half:
        return "identity_number"
    if sum(bool(_MOBILE.fullmatch(one) or _EMAIL.fullmatch(one)) for one in texts) >= half:
        return "contact"
    if len(texts) >= _NAMES_LEAST and len(column.categories) >= SHARE_LEAST * len(column):
        names = sum(text[0] in _SURNAMES and is_personal_name(text) for text in texts if text)
        return "name" if names >= half else ""
    return ""


def _say_within(folded: set[str], words: set[str], least: int) -> bool:
    """Return whether most texts hold one of the longer words, as “female: divorced” does."""
    telling = {word for word in words if len(word) >= _TELLING or not word.isascii()}
    said = [telling.intersection(_WORD.findall(text)) for text in folded]
    found = set().union(*said)
    enough = len(found) >= least and bool(found - _AMBIGUOUS)
    return enough and sum(map(bool, said)) >= SHARE_LEAST * len(folded)


def _is_id(text: str) -> bool:
    return is_sound_id(text.upper()) and check_uscc(text.upper()) is not None


def _holds_organisations(column: Column) -> bool:
    texts = [text.strip().upper() for text in column.categories[:LOOKED_AT_MAX]]
    sound = sum(check_uscc(text) is None for text in texts)
    return sound >= max(1.0, SHARE_LEAST * len(texts))


def _shape_of_numbers(column: Column) -> str:
    """Return "contact" for mobile numbers, "identity_number" for 18 digits with a day of birth.

    An 18-digit number is read as a double to within 64, so that its day of birth stands and its
    check digit does not; nearly all values must have the shape.
    """
    values = column.values[~np.isnan(column.values)][:LOOKED_AT_MAX]
    if len(np.unique(values)) < _NAMES_LEAST or not np.isfinite(values).all():
        return ""
    if not (values == np.floor(values)).all():
        return ""
    if _within(values, (_MOBILE_NUMBERS[0], _MOBILE_NUMBERS[1] - 1)) >= _NEARLY_ALL:
        return "contact"
    if not _ID_NUMBERS[0] <= np.median(values) < _ID_NUMBERS[1]:
        return ""
    birth = (values // 1e4).astype(np.int64) % 100_000_000
    parts = (birth // 10_000, _YEARS), (birth // 100 % 100, _MONTHS), (birth % 100, _DAYS)
    sound = min(_within(part, limits) for part, limits in parts)
    return "identity_number" if sound >= _NEARLY_ALL else ""


def _within(values: NDArray[Any], limits: tuple[int, int]) -> float:
    return float(np.mean((values >= limits[0]) & (values <= limits[1])))


def _is_fine(column: Column) -> bool:
    """Return whether a postal code is shared by few rows."""
    if column.kind == "category":
        used = len(np.unique(column.codes[column.codes >= 0]))
    else:
        used = len(np.unique(column.values[~np.isnan(column.values)]))
    return used * ROWS_PER_POSTCODE_LEAST > len(column)

"""Rows that can be read and are probably not meant.

Owns the remarks on rows that were taken: an amount of a size that suggests yuan typed into a column
of 万元, more attended than was held, more inventions than patents, an industry without its letter.
Rules: a doubt refuses nothing, since the row may be right; it is a problem with its line and field,
and says no value. Pure.

    >>> [field for _, field in doubts("association.membership_year", {"meetings_held": 4,
    ...     "meetings_attended": 6})]
    ['meetings_attended']
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

# Above these a figure is likelier ten thousand times too large than right (CNY). Few enterprises in
# the country have a capital of a hundred billion, and few fines were ever above a billion.
CAPITAL_DOUBTED_FROM: Final = 10**11
PENALTY_DOUBTED_FROM: Final = 10**9

DOUBTFUL_AMOUNT = Reason(
    "doubtful_amount",
    Text(
        "金额大得少见，可能是按元填进了“万元”的列；该行已照收",
        "the amount is unusually large, as if yuan stood in a column of 10 000 CNY; the row was "
        "taken",
    ),
    "国家公共信用信息中心 双公示数据标准 2019",
    Text(
        "请核对单位。若有误，改正后再次导入，新行会取代旧行",
        "Check the unit. If it is wrong, correct the row and import again: it takes the place of "
        "the old one",
    ),
)
MORE_THAN_WHOLE = Reason(
    "more_than_whole",
    Text(
        "部分大于整体（如出席多于召开、发明专利多于专利、实缴多于注册）；该行已照收",
        "a part is more than its whole, such as meetings attended and held; the row was taken",
    ),
    "",
    Text("请核对这两列。若有误，改正后再次导入", "Check the two columns; correct and import again"),
)
INDUSTRY_WITHOUT_LETTER = Reason(
    "industry_without_letter",
    Text(
        "行业代码缺少门类字母；该行已照收，但方案认不出所属行业",
        "the industry code lacks the letter of its section: the row was taken, but a scheme will "
        "not know the industry",
    ),
    "GB/T 4754-2017",
    Text("请写全代码，例如 I6510", "Write the whole code, such as I6510"),
)


class _Part(NamedTuple):
    field: str
    of: str


_PARTS: Final = {
    "registration.basic": _Part("paid_in_capital", "registered_capital"),
    "association.membership_year": _Part("meetings_attended", "meetings_held"),
    "selfdeclared.intellectual_property": _Part("invention_patents", "patents"),
}
_LARGE: Final = {
    "registration.basic": (("registered_capital", "paid_in_capital"), CAPITAL_DOUBTED_FROM),
    "penalty.decision": (("fine", "confiscation"), PENALTY_DOUBTED_FROM),
}


def doubts(item: str, data: Mapping[str, Any]) -> Iterator[tuple[Reason, str]]:
    """Yield what is doubtful about the fields of one fact: the reason and the field.

    data: as in a draft: decimals as text, in yuan.
    """
    if item in _LARGE:
        fields, limit = _LARGE[item]
        for field in fields:
            # A shorter text is a smaller number; most amounts are never converted.
            amount = data.get(field)
            if amount is not None and len(amount) > 9 and Decimal(amount) >= limit:  # noqa: PLR2004
                yield DOUBTFUL_AMOUNT, field
    if item in _PARTS:
        field, of = _PARTS[item]
        part, whole = data.get(field), data.get(of)
        if part is not None and whole is not None and Decimal(part) > Decimal(whole):
            yield MORE_THAN_WHOLE, field
    if item == "registration.basic" and data.get("industry", "A")[:1].isdigit():
        yield INDUSTRY_WITHOUT_LETTER, "industry"

"""The member roster of the sample, with the consent document each member signed.

Rules: a consent document is a real file of its own, and the roster names it by its digest. Capital
is in 万元. A few members have an LEI. Messes: a row twice, a wrong check digit, a member listed
again with a slip in its LEI, a row slipped by one column, a Hong Kong registration, a row without a
code, a sole trader under a person's name, columns about people.
"""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from tallystick.testing.fiction import (
    ASSOCIATION_NAME,
    COMPANY,
    HONG_KONG_DIVISION,
    bad_check,
    fictional_uscc,
    officer_name,
)
from tallystick.testing.sheets import Sheet
from tallystick.testing.world import Member, World

COLUMNS = (
    "企业名称",
    "统一社会信用代码",
    "LEI",
    "主体类型",
    "法定代表人",
    "联系电话",
    "成立日期",
    "注册资本（万元）",
    "实缴资本（万元）",
    "行业代码（GB/T 4754）",
    "股东数",
    "董监高人数",
    "近12个月登记变更次数",
    "入会日期",
    "信息截止日期",
    "授权书摘要（SHA-256）",
    "授权日期",
    "授权范围",
    "授权用途",
    "授权截止日期",
)
PURPOSE = "association_evaluation"
ALL_CATEGORIES = "自主申报、纳税、协会、荣誉、实地调查、财务"
SOME_CATEGORIES = "自主申报、荣誉"

_INDUSTRIES = ("I6510", "I6513", "I6420", "I6550", "M7320")
# Share of the registered capital paid in, in percent, by how sound the firm is (0 to 3).
_PAID_PERCENT = (10, 50, 80, 100)
_PERSON_NAMED_SHOP = "样小例"


def consent_document(member: Member, world: World) -> bytes | None:
    """Return the text of the consent the member signed, or None where there is none."""
    terms = _consent_terms(member, world)
    if terms is None:
        return None
    granted_on, until, categories = terms
    return (
        f"信用信息采集与使用授权书（虚构样例）\n\n"
        f"授权人：{member.name}\n统一社会信用代码：{member.uscc}\n被授权人：{ASSOCIATION_NAME}\n"
        f"授权范围：{categories}\n授权用途：会员信用评价（{PURPOSE}）\n"
        f"授权日期：{granted_on}\n授权截止日期：{until}\n\n"
        "授权人知悉可以随时撤回本授权，撤回后被授权人不再读取上述信息。\n"
        "本文件中的组织、代码和内容均为虚构。\n"
    ).encode()


def _consent_terms(member: Member, world: World) -> tuple[date, date, str] | None:
    """Return the first day, the last day and the categories of the member's consent."""
    kind = member.story.consent
    if kind == "missing":
        return None
    granted_on = world.ago(world.dice(f"consent {member.number}").between(60, 300))
    if kind == "expired":
        return granted_on - timedelta(days=365), world.ago(31), ALL_CATEGORIES
    categories = SOME_CATEGORIES if kind == "partial" else ALL_CATEGORIES
    return granted_on, granted_on + timedelta(days=364), categories


def roster_sheet(world: World) -> Sheet:
    """Return the roster: one row a member, then the messes."""
    sheet = Sheet("roster.xlsx", "roster", COLUMNS)
    for member in world.members:
        sheet.accept(_row(member, world), grants=int(member.story.consent != "missing"))
    _add_messes(sheet, world)
    return sheet


def _row(member: Member, world: World) -> dict[str, Any]:
    story = member.story
    dice = world.dice(f"roster {member.number}")
    paid = member.registered_capital * _PAID_PERCENT[story.foundation] // 100
    row: dict[str, Any] = {
        "企业名称": member.name,
        "统一社会信用代码": member.uscc,
        "LEI": member.lei,
        "主体类型": "法人及非法人组织",
        "法定代表人": officer_name(member.number),
        "联系电话": "000-00000000",
        "成立日期": member.established_on.isoformat(),
        "注册资本（万元）": member.registered_capital,
        "实缴资本（万元）": paid,
        "行业代码（GB/T 4754）": dice.pick(_INDUSTRIES),
        "股东数": dice.between(1, 3) + story.foundation * 2,
        "董监高人数": dice.between(2, 3) + story.foundation * 2,
        "近12个月登记变更次数": max(0, 3 - story.conduct) + (2 if story.conduct == 0 else 0),
        "入会日期": member.member_since.isoformat(),
        "信息截止日期": world.ago(31).isoformat(),
    }
    terms = _consent_terms(member, world)
    document = consent_document(member, world)
    if terms is not None and document is not None:
        granted_on, until, categories = terms
        row |= {
            "授权书摘要（SHA-256）": sha256(document).hexdigest(),
            "授权日期": granted_on.isoformat(),
            "授权范围": categories,
            "授权用途": PURPOSE,
            "授权截止日期": until.isoformat(),
        }
    return row


def _add_messes(sheet: Sheet, world: World) -> None:
    first, second, traded = world.members[5], world.members[12], world.members[8]
    # Repeated with its consent, as when two lists were pasted together.
    sheet.repeat(_row(first, world), grants=1)
    stranger = {
        "企业名称": "迷途样例科技有限公司",
        "统一社会信用代码": world.stranger(0),
        "主体类型": "法人及非法人组织",
        "成立日期": "2020-05-06",
        "注册资本（万元）": 500,
    }
    sheet.refuse(stranger | {"统一社会信用代码": bad_check(world.stranger(0))}, "bad_uscc")
    # Listed a second time with a slip of the pen; its first row is in order and stands.
    sheet.refuse(_row(traded, world) | {"LEI": bad_check(traded.lei)}, "bad_lei")
    slipped = _row(second, world)
    sheet.shift_and_refuse(slipped, "bad_uscc")
    sheet.refuse(stranger | {"统一社会信用代码": ""}, "no_uscc")
    sheet.refuse(
        stranger
        | {
            "企业名称": "香江演示科技有限公司",
            "统一社会信用代码": fictional_uscc(COMPANY, 1, HONG_KONG_DIVISION),
        },
        "outside_territory",
    )
    sheet.refuse(
        stranger
        | {
            "企业名称": _PERSON_NAMED_SHOP,
            "统一社会信用代码": world.sole_trader(0),
            "主体类型": "个体工商户",
        },
        "sole_trader",
    )

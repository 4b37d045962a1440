"""What the association itself keeps: years of membership, breaches, honours, ratios.

Rules: a breach stands in the row of the year it was decided in, so that such a row holds two facts;
honours follow from how known a member is; ratios come as Parquet, one of them written as a
percentage. Messes: a row twice, a row without a code.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from tallystick.testing.chance import Dice
from tallystick.testing.fiction import ASSOCIATION_NAME, CHAMBER_NAME, association, bad_check
from tallystick.testing.forms import ASSOCIATION, HONOURS, RATIOS
from tallystick.testing.sheets import Sheet
from tallystick.testing.world import Member, World

_MEETINGS = 6
_CLAUSES = {
    "charter_breach": ("违反诚信公约", "诚信公约第五条"),
    "harm_to_industry": ("损害行业企业", "诚信公约第七条"),
    "premises_misuse": ("基地场所挪用", "基地管理办法第三条"),
    "coin_business": ("发行虚拟货币或币圈业务", "诚信公约第九条"),
    "coin_trading": ("买卖虚拟货币", "诚信公约第九条"),
    "false_material": ("材料虚假或隐瞒", "评价办法第十一条"),
    "refused_material": ("拒绝提供真实材料", "评价办法第十二条"),
}

# What a member of each renown (0 to 3) has been honoured for: kind, title, level.
_HONOURS: tuple[tuple[tuple[str, str, str], ...], ...] = (
    (),
    (("荣誉奖励", "样例市优秀会员", "市级"), ("论坛演讲", "样例区块链年会", "国内")),
    (
        ("荣誉奖励", "样例市创新奖", "市级"),
        ("荣誉奖励", "样例省科技进步奖", "省级"),
        ("标准制定", "区块链存证服务要求（样例）", "企业标准"),
        ("标准制定", "区块链应用评价规范（样例）", "地方标准"),
        ("论坛演讲", "样例区块链年会", "国内"),
    ),
    (
        ("荣誉奖励", "样例市创新奖", "市级"),
        ("荣誉奖励", "样例省科技进步奖", "省级"),
        ("荣誉奖励", "演示国家级示范企业", "国家级"),
        ("标准制定", "区块链参考架构（样例）", "国家标准"),
        ("标准制定", "区块链接口规范（样例）", "行业标准"),
        ("论坛演讲", "演示国际分布式账本大会", "国际"),
        ("论坛演讲", "样例区块链年会", "国内"),
    ),
)


def association_sheet(world: World) -> Sheet:
    """Return two years of membership of each member the association knows well."""
    sheet = Sheet("association.xlsx", "association", ASSOCIATION)
    for member in world.members:
        if member.story.thin:
            continue
        joined = member.member_since.year
        for year in (world.last_year - 1, world.last_year):
            if year < joined:
                continue
            row = _year(member, year)
            breaches = member.story.breaches if year == world.last_year else ()
            for breach in breaches:
                row |= _breach(world.ago(breach.age_days), member, breach.kind, breach.level)
            sheet.accept(row, facts=1 + len(breaches))
    known = world.members[0]
    sheet.repeat(_year(known, world.last_year))
    sheet.refuse(_year(known, world.last_year) | {"统一社会信用代码": ""}, "no_uscc")
    return sheet


def _year(member: Member, year: int) -> dict[str, Any]:
    standing = member.story.standing
    return {
        "企业名称": member.name,
        "统一社会信用代码": member.uscc,
        "会员年度": year,
        "及时缴纳会费": "是" if standing >= 1 else "否",
        "应参加会议和活动次数": _MEETINGS,
        "实际参加会议和活动次数": standing * 2,
        "履行社会职责次数": standing,
        "遵守诚信公约": "否" if member.story.breaches else "是",
        "协会记录编号": f"样协〔{year}〕{member.number + 1:03d}号",
        "记录单位": ASSOCIATION_NAME,
        "记录单位统一社会信用代码": association()[1],
    }


def _breach(decided_on: date, member: Member, kind: str, level: int) -> dict[str, Any]:
    name, clause = _CLAUSES[kind]
    return {
        "违约认定文书号": f"样协认〔{decided_on.year}〕{member.number + 1}号",
        "违约认定日期": decided_on.isoformat(),
        "违反条款": clause,
        "违约类型": name,
        "违约等级（1-4）": level,
    }


def honours_sheet(world: World) -> Sheet:
    """Return awards, standards and speeches."""
    sheet = Sheet("honours.csv", "honours", HONOURS, "gb18030")
    rows = [
        _honour(member, place, world, honour)
        for member in world.members
        if not member.story.thin
        for place, honour in enumerate(_HONOURS[member.story.honours])
    ]
    for row in rows:
        sheet.accept(row)
    sheet.repeat(rows[2])
    sheet.refuse(rows[0] | {"统一社会信用代码": bad_check(world.stranger(5))}, "bad_uscc")
    return sheet


def _honour(
    member: Member, place: int, world: World, honour: tuple[str, str, str]
) -> dict[str, Any]:
    kind, title, level = honour
    day = world.dice(f"honour {member.number} {place}").day(world.ago(1000), world.ago(90))
    return {
        "企业名称": member.name,
        "统一社会信用代码": member.uscc,
        "荣誉类别": kind,
        "名称": title,
        "级别": level,
        "日期": day.isoformat(),
        "授予单位": CHAMBER_NAME,
        "编号": f"YR-{day.year}-{member.number + 1:03d}{place + 1}",
    }


def ratios_sheet(world: World) -> Sheet:
    """Return the ratios of every second member's last statements, as a Parquet file."""
    sheet = Sheet("ratios.parquet", "ratios", RATIOS)
    tellers = [each for each in world.members if each.number % 2 == 0 and not each.story.thin]
    for member in tellers:
        sheet.accept(_ratios(member, world))
    sheet.repeat(_ratios(tellers[0], world))
    sheet.refuse(_ratios(tellers[1], world) | {"统一社会信用代码": ""}, "no_uscc")
    return sheet


def _ratios(member: Member, world: World) -> dict[str, Any]:
    dice = world.dice(f"ratios {member.number}")
    sound = member.story.foundation
    return {
        "企业名称": member.name,
        "统一社会信用代码": member.uscc,
        "报告期末": f"{world.last_year}-12-31",
        "报表编号": f"样财〔{world.as_of.year}〕{member.number + 1}号",
        "编制单位": "样例会计师事务所",
        "流动比率": _hundredths(dice, 80 + 40 * sound, 120 + 50 * sound),
        "速动比率": _hundredths(dice, 50 + 30 * sound, 90 + 40 * sound),
        "资产负债率": f"{dice.between(70 - 15 * sound, 85 - 15 * sound)}.{dice.below(10)}%",
        "销售净利率": _hundredths(dice, 1 + 3 * sound, 5 + 4 * sound),
        "总资产周转率": _hundredths(dice, 40, 120),
        "营业收入增长率": _hundredths(dice, 2, 10 + 8 * sound),
    }


def _hundredths(dice: Dice, low: int, high: int) -> str:
    value = dice.between(low, high)
    return f"{value // 100}.{value % 100:02d}"

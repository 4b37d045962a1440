"""What courts, registries and tax offices publish about the members of the sample.

Owns the files of judgment debtors (JSON, as a court's site gives it), of the two registry lists and
of tax. Messes: a person among the debtors, a row twice, a row without a code, an old date format.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tallystick.testing.fiction import (
    COURT_NAMES,
    ORGAN_NAMES,
    PROVINCE,
    bad_check,
    officer_name,
    resident_id,
)
from tallystick.testing.forms import ABNORMAL_OPERATION, JUDGMENT_DEBTOR, TAX
from tallystick.testing.sheets import Sheet
from tallystick.testing.world import Member, World

PERSON_NAME = "样小例"
_REGISTRY = ORGAN_NAMES[0]
_TAX_OFFICE = ORGAN_NAMES[1]
# Days since the case was filed, and days from the day of the world to the end of the listing.
_DEBTOR_TIMES = {"in_force": (300, 500), "performed": (700, 100), "lapsed": (1200, -200)}


def debtors_sheet(world: World) -> Sheet:
    """Return the judgment debtors; only organisations may be taken from it."""
    sheet = Sheet("judgment-debtors.json", "judgment-debtors", JUDGMENT_DEBTOR)
    debtors = [member for member in world.members if member.story.debtor]
    for member in debtors:
        sheet.accept(_debtor(member, world))
    sheet.repeat(_debtor(debtors[0], world))
    person = _debtor(debtors[0], world) | {
        "iname": PERSON_NAME,
        "partyTypeName": "0",
        "cardNum": resident_id(5),
        "businessEntity": "",
        "sexy": "女",
        "age": "30",
        "caseCode": f"（{world.last_year}）样0110执900号",
    }
    sheet.refuse(person, "natural_person")
    stray = {"cardNum": "", "caseCode": f"（{world.last_year}）样0110执901号"}
    sheet.refuse(_debtor(debtors[0], world) | stray, "no_uscc")
    return sheet


def _debtor(member: Member, world: World) -> dict[str, Any]:
    filed_days, until_days = _DEBTOR_TIMES[member.story.debtor]
    filed_on = world.ago(filed_days + member.number)
    published_on = filed_on + timedelta(days=60)
    performed = member.story.debtor == "performed"
    court = COURT_NAMES[member.number % len(COURT_NAMES)]
    return {
        "iname": member.name,
        "partyTypeName": "1",
        "cardNum": member.uscc,
        "businessEntity": officer_name(member.number),
        "sexy": "",
        "age": "",
        "courtName": court,
        "areaName": PROVINCE,
        "gistId": f"（{filed_on.year - 1}）样0110民初{100 + member.number}号",
        "gistUnit": court,
        "caseCode": f"（{filed_on.year}）样0110执{100 + member.number}号",
        "regDate": f"{filed_on:%Y%m%d}",
        "publishDate": f"{published_on:%Y年%m月%d日}",
        "duty": "给付软件开发服务费（样例）",
        "performance": "全部已履行" if performed else "全部未履行",
        "performedPart": "",
        "unperformPart": "",
        "disruptTypeName": "有履行能力而拒不履行生效法律文书确定义务",
        "validUntil": world.ago(-until_days).isoformat(),
    }


def listings_sheet(world: World) -> Sheet:
    """Return the entries of the abnormal-operation list and the serious-violation list."""
    sheet = Sheet("abnormal-operations.csv", "abnormal-operations", ABNORMAL_OPERATION)
    entries = [
        _listing(member, world, name, reason, state)
        for member in world.members
        for name, reason, state in (
            ("经营异常名录", "未依照规定的期限公示年度报告", member.story.listing),
            ("严重违法失信名单", "提交虚假材料取得登记被撤销", member.story.serious),
        )
        if state
    ]
    for entry in entries:
        sheet.accept(entry)
    sheet.repeat(entries[-1])
    stray = {
        "统一社会信用代码": bad_check(world.stranger(3)),
        "列入决定书文号": "样异〔2025〕900号",
    }
    sheet.refuse(entries[0] | stray, "bad_uscc")
    return sheet


def _listing(member: Member, world: World, name: str, reason: str, state: str) -> dict[str, Any]:
    listed_on = world.ago(420 + member.number)
    removed = state == "removed"
    return {
        "企业名称": member.name,
        "统一社会信用代码": member.uscc,
        "名录类别": name,
        "列入日期": listed_on.isoformat(),
        "列入原因": reason,
        "列入机关": _REGISTRY,
        "列入决定书文号": f"样异〔{listed_on.year}〕{member.number + 1}号",
        "移出日期": world.ago(160).isoformat() if removed else "",
        "移出原因": "已改正并申请移出" if removed else "",
        "移出机关": _REGISTRY if removed else "",
    }


def tax_sheet(world: World) -> Sheet:
    """Return the tax ratings of up to three years and the notices of arrears."""
    sheet = Sheet("tax.csv", "tax", TAX, "gb18030")
    ratings = [
        _rating(member, world.last_year - back, grade)
        for member in world.members
        for back, grade in enumerate(member.story.tax_grades)
    ]
    for row in ratings:
        sheet.accept(row)
    for member in world.members:
        if member.story.arrears:
            sheet.accept(_arrears(member, world))
    sheet.repeat(ratings[3])
    sheet.refuse(ratings[4] | {"纳税人识别号": bad_check(world.stranger(4))}, "bad_uscc")
    return sheet


def _rating(member: Member, year: int, grade: str) -> dict[str, Any]:
    return {
        "纳税人名称": member.name,
        "纳税人识别号": member.uscc,
        "信息类别": "纳税信用等级",
        "评价年度": str(year),
        "纳税信用等级": grade,
        "评价单位": _TAX_OFFICE,
        # A year is rated by April of the next, and the rating holds until that of the year after.
        "有效期": date(year + 2, 4, 30).isoformat(),
        "文书号": f"样税评〔{year + 1}〕{member.number + 1}号",
    }


def _arrears(member: Member, world: World) -> dict[str, Any]:
    cleared = member.story.arrears == "cleared"
    announced_on = world.ago(240)
    return {
        "纳税人名称": member.name,
        "纳税人识别号": member.uscc,
        "信息类别": "欠税公告",
        "欠税税种": "增值税",
        "欠税余额（元）": "128500.50",
        "公告日期": announced_on.isoformat(),
        "清缴日期": world.ago(120).isoformat() if cleared else "",
        "公告单位": _TAX_OFFICE,
        "文书号": f"样税欠〔{announced_on.year}〕{member.number + 1}号",
    }

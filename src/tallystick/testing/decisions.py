"""Penalties and licences of the sample, in both 双公示 forms.

Rules: fines are in 万元; the same decision has the same authority and number wherever it appears; a
decision published more than seven working days after it was made is late but valid. Messes: a row
twice, a corrected fine, a person, a sole trader, no code, a wrong code, a slipped row, 2099/12/31.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from tallystick.kernel.dates import add_months, date_of
from tallystick.testing.fiction import bad_check, officer_name, organ, resident_id
from tallystick.testing.forms import (
    LICENCE_CURRENT,
    LICENCE_OLD,
    PENALTY_CURRENT,
    PENALTY_OLD,
    PENALTY_PUBLISHED,
)
from tallystick.testing.sheets import Sheet
from tallystick.testing.stories import Penalty
from tallystick.testing.wording import LICENCES, OFFENCES, PERMIT
from tallystick.testing.world import Member, World

LONG_TERM = "2099/12/31"
PERSON_NAME = "样小例"
_ON_TIME_DAYS = 2
_LATE_DAYS = 40
# Every so many decisions one is published late, as offices do.
_LATE_EVERY = 5


class Sentence(NamedTuple):
    """What a penalty of some severity says; fine and confiscation are in 万元."""

    kinds: str
    fine: str
    confiscated: str
    permit: str
    publish_months: int


_SENTENCES = {
    "minor": Sentence("警告、罚款", "0.2", "", "", 3),
    "ordinary": Sentence("罚款、没收违法所得", "6.5", "1.25", "", 12),
    "serious": Sentence("罚款、吊销许可证件", "85.000000", "", PERMIT, 36),
}


class Decision(NamedTuple):
    """One penalty decision against one member."""

    member: Member
    penalty: Penalty
    number: int
    decided_on: date


def _decisions(world: World, *, old_form: bool) -> list[Decision]:
    found = []
    number = 0
    for member in world.members:
        for penalty in member.story.penalties:
            number += 1
            if penalty.old_form is old_form:
                found.append(Decision(member, penalty, number, world.ago(penalty.age_days)))
    return found


def penalties_sheet(world: World) -> Sheet:
    """Return the penalties of the current form, GB18030, with the messes."""
    columns = (*PENALTY_CURRENT, PENALTY_PUBLISHED)
    sheet = Sheet("penalties-current.csv", "penalties", columns, "gb18030")
    decisions = _decisions(world, old_form=False)
    for decision in decisions:
        sheet.accept(_current_penalty(decision))
    sheet.repeat(_current_penalty(decisions[0]))
    model = _current_penalty(decisions[1]) | {"CF_WSH": "样罚〔2026〕900号"}
    code = "CF_XDR_SHXYM"
    sheet.refuse(model | {code: bad_check(world.stranger(1))}, "bad_uscc")
    sheet.shift_and_refuse(model, "bad_uscc")
    sheet.refuse(model | {code: ""}, "no_uscc")
    person = {"CF_XDR_MC": PERSON_NAME, "CF_FRDB": "", "CF_XDR_ZJLX": "身份证"}
    person |= {"CF_XDR_ZJHM": resident_id(1), "CF_FR_ZJLX": "", "CF_FR_ZJHM": ""}
    sheet.refuse(model | person | {"CF_XDR_LB": "01", code: ""}, "natural_person")
    sheet.refuse(model | person | {"CF_XDR_LB": "自然人", code: resident_id(2)}, "natural_person")
    trader = {"CF_XDR_LB": "04", code: world.sole_trader(1)}
    sheet.refuse(model | person | trader, "sole_trader")
    return sheet


def corrections_sheet(world: World) -> Sheet:
    """Return a later delivery: one decision with another fine, one the same as before."""
    columns = (*PENALTY_CURRENT, PENALTY_PUBLISHED)
    sheet = Sheet("penalties-correction.csv", "penalties", columns)
    decisions = _decisions(world, old_form=False)
    corrected = next(each for each in decisions if each.penalty.severity == "ordinary")
    sheet.correct(_current_penalty(corrected) | {"CF_NR_FK": "4.5", "BZ": "更正罚款金额（样例）"})
    sheet.repeat(_current_penalty(decisions[-1]))
    return sheet


def _current_penalty(decision: Decision) -> dict[str, Any]:
    member, penalty, number, decided_on = decision
    offence = OFFENCES[number % len(OFFENCES)]
    sentence = _SENTENCES[penalty.severity]
    authority, authority_code = organ(number)
    published_on = decided_on + timedelta(days=_delay(number))
    return {
        "CF_XDR_MC": member.name,
        "CF_XDR_LB": "法人及非法人组织",
        "CF_XDR_SHXYM": member.uscc,
        "CF_FRDB": officer_name(member.number),
        "CF_FR_ZJLX": "身份证",
        "CF_FR_ZJHM": resident_id(member.number),
        "CF_WSH": f"样罚〔{decided_on.year}〕{number}号",
        "CF_WFXW": offence.kind,
        "CF_SY": offence.facts,
        "CF_YJ": offence.basis,
        "CF_CFLB": sentence.kinds,
        "CF_NR": offence.content,
        "CF_NR_FK": sentence.fine,
        "CF_NR_WFFF": sentence.confiscated,
        "CF_NR_ZKDX": sentence.permit,
        "CF_JDRQ": _slashed(decided_on),
        "CF_YXQ": LONG_TERM,
        "CF_GSJZQ": _slashed(_months_after(decided_on, sentence.publish_months)),
        "CF_CFJG": authority,
        "CF_CFJGDM": authority_code,
        "CF_SJLY": authority,
        "CF_SJLYDM": authority_code,
        PENALTY_PUBLISHED: _slashed(published_on),
    }


def old_penalties_sheet(world: World) -> Sheet:
    """Return the penalties delivered in the old form."""
    sheet = Sheet("penalties-old.csv", "penalties", PENALTY_OLD)
    decisions = _decisions(world, old_form=True)
    for decision in decisions:
        sheet.accept(_old_penalty(decision))
    person = {"CF_XDR": PERSON_NAME, "CF_XDR_SHXYM": "", "CF_XDR_SFZ": resident_id(3)}
    sheet.refuse(_old_penalty(decisions[0]) | person | {"CF_WSH": "样罚〔2019〕901号"}, "no_uscc")
    return sheet


def _old_penalty(decision: Decision) -> dict[str, Any]:
    member, penalty, number, decided_on = decision
    offence = OFFENCES[number % len(OFFENCES)]
    sentence = _SENTENCES[penalty.severity]
    kinds = [*sentence.kinds.split("、"), ""]
    authority, _ = organ(number)
    return {
        "CF_WSH": f"样罚〔{decided_on.year}〕{number}号",
        "CF_CFMC": f"{offence.kind}案",
        "CF_CFLB1": kinds[0],
        "CF_CFLB2": kinds[1],
        "CF_SY": offence.facts,
        "CF_YJ": offence.basis,
        "CF_XDR": member.name,
        "CF_XDR_SHXYM": member.uscc,
        "CF_FR": officer_name(member.number),
        "CF_JG": offence.content,
        "CF_JDRQ": _slashed(decided_on),
        "CF_JZRQ": LONG_TERM,
        "CF_XZJG": authority,
        "CF_ZT": "0",
        "DFBM": "310110",
        "SJC": f"{decided_on + timedelta(days=_delay(number)):%Y-%m-%d} 10:00:00",
    }


def licences_sheet(world: World) -> Sheet:
    """Return the licences of the current form, Chinese headers and a byte order mark."""
    sheet = Sheet("licences-current.csv", "licences", LICENCE_CURRENT, "utf-8-sig")
    rows = [
        _current_licence(member, world, place)
        for member in world.members
        for place in range(member.story.foundation)
    ]
    for row in rows:
        sheet.accept(row)
    sheet.repeat(rows[0])
    code = "行政相对人代码_1(统一社会信用代码)"
    model = rows[1] | {"行政许可决定文书号": "样许〔2026〕900号"}
    sheet.refuse(model | {code: bad_check(world.stranger(2))}, "bad_uscc")
    person = {"行政相对人名称": PERSON_NAME, "行政相对人类别": "自然人", code: ""}
    person |= {"自然人证件类型": "身份证", "自然人证件号码": resident_id(4), "法定代表人": ""}
    sheet.refuse(model | person, "natural_person")
    return sheet


def _current_licence(member: Member, world: World, place: int) -> dict[str, Any]:
    number = member.number * 10 + place
    dice = world.dice(f"licence {number}")
    subject, certificate, content = LICENCES[number % len(LICENCES)]
    earliest = max(member.established_on, world.ago(1500))
    decided_on = dice.day(earliest, world.ago(60))
    authority, authority_code = organ(number)
    long_term = subject.endswith("备案")
    return {
        "行政相对人名称": member.name,
        "行政相对人类别": "法人及非法人组织",
        "行政相对人代码_1(统一社会信用代码)": member.uscc,
        "法定代表人": officer_name(member.number),
        "法定代表人证件类型": "身份证",
        "法定代表人证件号码": resident_id(member.number),
        "行政许可决定文书名称": f"{subject}决定书",
        "行政许可决定文书号": f"样许〔{decided_on.year}〕{number}号",
        "许可类别": dice.pick(("普通", "01", "核准", "登记")),
        "许可证书名称": certificate,
        "许可编号": f"YL-{decided_on.year}-{number:04d}",
        "许可内容": f"{content}（样例）",
        "许可决定日期": _slashed(decided_on),
        "有效期自": _slashed(decided_on),
        "有效期至": LONG_TERM if long_term else _slashed(_months_after(decided_on, 60)),
        "许可机关": authority,
        "许可机关统一社会信用代码": authority_code,
        "当前状态": "1",
        "数据来源单位": authority,
        "数据来源单位统一社会信用代码": authority_code,
        "公示日期": _slashed(decided_on + timedelta(days=_delay(member.number + place))),
    }


def old_licences_sheet(world: World) -> Sheet:
    """Return the licences delivered in the old form, GB18030: one for each old firm."""
    sheet = Sheet("licences-old.csv", "licences", LICENCE_OLD, "gb18030")
    for member in world.members:
        if member.established_on < world.ago(4000):
            sheet.accept(_old_licence(member, world))
    return sheet


def _old_licence(member: Member, world: World) -> dict[str, Any]:
    subject, _, content = LICENCES[member.number % len(LICENCES)]
    decided_on = world.ago(3800 - member.number)
    authority, _ = organ(member.number)
    return {
        "XK_WSH": f"样许〔{decided_on.year}〕{member.number}号",
        "XK_XMMC": subject,
        "XK_SPLB": "普通",
        "XK_NR": f"{content}（样例）",
        "XK_XDR": member.name,
        "XK_XDR_SHXYM": member.uscc,
        "XK_FR": officer_name(member.number),
        "XK_JDRQ": _slashed(decided_on),
        "XK_JZQ": LONG_TERM,
        "XK_XZJG": authority,
        "XK_ZT": "0",
        "DFBM": "310110",
        "SJC": f"{decided_on + timedelta(days=_ON_TIME_DAYS):%Y-%m-%d} 10:00:00",
    }


def _delay(number: int) -> int:
    return _LATE_DAYS if number % _LATE_EVERY == 0 else _ON_TIME_DAYS


def _months_after(day: date, months: int) -> date:
    return date_of(add_months(day.isoformat(), months))


def _slashed(day: date) -> str:
    return f"{day:%Y/%m/%d}"

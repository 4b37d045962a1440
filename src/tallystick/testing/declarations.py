"""What members say of themselves, and what the visitors found.

Owns the self-declared file and the file of site visits. Rules: a declaration yields three facts
(qualification, intellectual property, operation); each is verified, contradicted or left alone by a
row of a visit. Messes: a column about religion, which is refused; a row twice; a wrong code.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tallystick.testing.fiction import ASSOCIATION_NAME, association, bad_check
from tallystick.testing.sheets import Sheet
from tallystick.testing.stories import Story
from tallystick.testing.world import Member, World

FORBIDDEN_COLUMN = "宗教信仰"
DECLARED_COLUMNS = (
    "企业名称",
    "统一社会信用代码",
    "申报期",
    "申报日期",
    "申报表编号",
    "ISO质量管理体系认证",
    "国家/市级品牌培养企业",
    "高新技术企业",
    "其他资质数",
    "专利数",
    "发明专利数",
    "作品著作权数",
    "商标数",
    "业务类型（链圈/币圈）",
    "产品数量",
    "有无服务制度",
    "是否股权出质",
    "是否动产抵押",
    FORBIDDEN_COLUMN,
)
VISIT_COLUMNS = (
    "企业名称",
    "统一社会信用代码",
    "核实项目",
    "申报期",
    "核实结果",
    "走访日期",
    "说明",
    "调查记录编号",
    "走访单位",
    "走访单位统一社会信用代码",
)
FACTS_A_DECLARATION = 3
_TARGETS = ("资质", "知识产权", "经营")
_LINES = {"chain": "链圈", "coin": "币圈", "mixed": "兼有"}
_SOUND = 2
_EXCELLENT = 3


def declared_sheet(world: World) -> Sheet:
    """Return the declarations of all members that made one."""
    sheet = Sheet("self-declared.csv", "self-declared", DECLARED_COLUMNS, "utf-8-sig")
    declarers = [member for member in world.members if not member.story.thin]
    for member in declarers:
        sheet.accept(_declaration(member, world), facts=FACTS_A_DECLARATION)
    sheet.repeat(_declaration(declarers[2], world), facts=FACTS_A_DECLARATION)
    wrong = _declaration(declarers[3], world)
    sheet.refuse(wrong | {"统一社会信用代码": bad_check(declarers[3].uscc)}, "bad_uscc")
    return sheet


def _declaration(member: Member, world: World) -> dict[str, Any]:
    story = member.story
    dice = world.dice(f"declaration {member.number}")
    inventions = story.foundation * story.foundation + dice.below(2) * story.foundation
    return {
        "企业名称": member.name,
        "统一社会信用代码": member.uscc,
        "申报期": world.last_year,
        "申报日期": world.ago(dice.between(220, 280)).isoformat(),
        "申报表编号": f"样报〔{world.as_of.year}〕{member.number + 1:03d}号",
        "ISO质量管理体系认证": _yes(story.foundation >= _SOUND),
        "国家/市级品牌培养企业": _yes(story.foundation >= _EXCELLENT),
        "高新技术企业": _yes(story.foundation >= _SOUND),
        "其他资质数": story.foundation,
        "专利数": inventions + story.foundation * dice.between(1, 4),
        "发明专利数": inventions,
        "作品著作权数": story.foundation * dice.between(3, 6) + 1,
        "商标数": story.foundation * dice.between(1, 3),
        "业务类型（链圈/币圈）": _LINES[story.line],
        "产品数量": story.conduct * 2 + 1,
        "有无服务制度": "有" if story.conduct >= 1 else "无",
        "是否股权出质": _yes(story.conduct == 0),
        "是否动产抵押": _yes(story.conduct == 0 and dice.below(2) == 0),
        FORBIDDEN_COLUMN: "未填写",
    }


def _yes(answer: bool) -> str:  # noqa: FBT001  (the answer is the only argument)
    return "是" if answer else "否"


def visits_sheet(world: World) -> Sheet:
    """Return what was found on site: three rows for each member visited."""
    sheet = Sheet("site-visit.csv", "site-visit", VISIT_COLUMNS)
    visited = [member for member in world.members if member.story.visit]
    for member in visited:
        for place, target in enumerate(_TARGETS):
            sheet.accept(_visit(member, world, place, target))
    sheet.repeat(_visit(visited[0], world, 0, _TARGETS[0]))
    wrong = _visit(visited[1], world, 0, _TARGETS[0])
    sheet.refuse(wrong | {"统一社会信用代码": ""}, "no_uscc")
    return sheet


def _visit(member: Member, world: World, place: int, target: str) -> dict[str, Any]:
    day = world.ago(150) - timedelta(days=member.number)
    confirmed = _is_confirmed(member.story, target)
    return {
        "企业名称": member.name,
        "统一社会信用代码": member.uscc,
        "核实项目": target,
        "申报期": world.last_year,
        "核实结果": "属实" if confirmed else "不属实",
        "走访日期": day.isoformat(),
        "说明": "原件与申报一致（样例）" if confirmed else "未能出示原件（样例）",
        "调查记录编号": f"样访〔{day.year}〕{member.number + 1:03d}-{place + 1}",
        "走访单位": ASSOCIATION_NAME,
        "走访单位统一社会信用代码": association()[1],
    }


def _is_confirmed(story: Story, target: str) -> bool:
    # Where the visit failed, what the firm does was still plain to see.
    return story.visit == "confirmed" or target == "经营"

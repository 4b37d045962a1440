"""Weights from experts as people read them: bars, consistency in words, what to reconsider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING, Any

from tallystick.cli.pages.naming import Names
from tallystick.cli.pages.values import show_pairs
from tallystick.cli.screen import Screen
from tallystick.cli.tables import Cell, Column, show_table
from tallystick.kernel.texts import Text

if TYPE_CHECKING:
    from tallystick.evaluation.ahp import Layer, Settings

BAR_CELLS = 24
EXPERTS_SHOWN_MAX = 40
_FOUR = Decimal("0.0001")

_ITEM = Text("项目", "Item")
_WEIGHT = Text("权重", "Weight")
_REACH = Text("排序不变的范围", "Order stays")
_LAMBDA = Text("最大特征值 λmax", "Largest eigenvalue")
_CR = Text("一致性比率 CR", "Consistency ratio CR")
_CR_FOR_MISSING = Text("计入缺项的 CR", "CR for so many blanks")
_MISSING = Text("未比较", "Not judged")
_MISSING_IS = Text("{n} 对；推得 {values}", "pairs: {n}; implied {values}")
_MISSING_MANY = Text("{n} 对", "pairs: {n}")
_MISSING_SHOWN_MAX = 6
_CONSENSUS = Text("共识度", "Consensus")
_METHOD = Text("方法", "Method")
_OK = Text("{cr}：判断前后一致（小于 {limit}）", "{cr}: consistent (below {limit})")
_NOT_OK = Text(
    "{cr}：判断自相矛盾（应小于 {limit}）", "{cr}: the judgments contradict one another ({limit})"
)
_UNTESTED = Text("无法检验：没有多余的判断", "cannot be tested: no redundant judgment")
_RANDOM = Text("RI {ri}，{table}", "RI {ri}, {table}")
_WORDS = {
    "very_low": Text("很低", "very low"),
    "low": Text("低", "low"),
    "moderate": Text("中等", "moderate"),
    "high": Text("高", "high"),
    "very_high": Text("很高", "very high"),
}
_METHODS = {
    "eigenvector": Text("特征向量", "eigenvector"),
    "geometric-mean": Text("几何平均", "geometric mean"),
}
_JOINED = {
    "judgments": Text("合并判断", "judgments joined"),
    "priorities": Text("合并权重", "priorities joined"),
}
_EXPERT = Text("专家", "Expert")
_EXPERT_WEIGHT = Text("份量", "Counts")
_JUDGED = Text("已比较", "Judged")
_MORE = Text("另有 {n} 位；全部见 --json。", "{n} more; --json gives all.")
_RECONSIDER = Text("最值得重新考虑的判断", "Judgments most worth reconsidering")
_OF_EXPERT = Text("请{expert}重新考虑", "For {expert} to reconsider")
_AGAINST = Text("{a} 比 {b}", "{a} against {b}")
_NOW = Text("现为", "Now")
_INSTEAD = Text("改为", "Better")
_CR_THEN = Text("改后 CR", "CR then")
_SIGNED = Text(
    "CR 不合格，由{officer}签字照用：{reason}（记录 {record}）",
    "CR is too high; {officer} signed for it: {reason} (record {record})",
)
_COMPARED = Text(
    "以 {day} 为准，{members} 家会员中有分有级的 {n} 家。每次只动一个权重，其余按比例分担。",
    "As of {day}; members with a score and a band: {n} of {members}. One weight moves at a time, "
    "the others in proportion.",
)
_NOTHING_COMPARED = Text(
    "无可比较：{members} 家会员都没有得分和等级。",
    "Nothing to compare: no member has a score and a band (members read: {members}).",
)
_NULL_IS = Text(
    "band、order 为 null：这个权重在 0 到 1 之间怎样变动都不改变等级、排序。",
    "band or order is null: no value of this weight from 0 to 1 changes a band, or the order.",
)
_BAND_AT = Text("等级变于", "Band changes at")
_WHO = Text("会员", "Member")
_ORDER_AT = Text("排序变于", "Order changes at")
_WHO_PLACES = Text("互换者", "Who change places")
_NEVER = Text("不变", "never")
_PROBLEMS = Text("未计入的答卷与提示（{n}）", "Answers left out, and remarks ({n})")


def show_weighing(
    screen: Screen, document: Mapping[str, Any], layers: Sequence[Layer], settings: Settings
) -> None:
    """Show every group of a weighing, then what is refused and what was left out."""
    names = {(layer.name, item): name for layer in layers for item, name in _named(layer)}
    headings = {layer.name: layer.names for layer in layers}
    for place, group in enumerate(document["groups"]):
        if place:
            screen.line()
        heading = headings.get(group["group"], group["group"])
        if heading:
            screen.line(heading, "bold")
        called = {
            item: _called(screen, item, names.get((group["group"], item)))
            for item in group["items"]
        }
        _show_group(screen, group, called, settings)
    for one in document["refused"]:
        screen.line()
        screen.paragraph(f"{one['message']} [{one['code']}]", 0, "bold")
        screen.paragraph(one["remedy"], 2)
    if document["override"]:
        screen.line()
        screen.paragraph(_SIGNED.fill(**document["override"]))
    if document["problems"]:
        screen.line()
        head = _PROBLEMS.fill(n=len(document["problems"]))
        show_answer_problems(screen, head, document["problems"])


def show_answer_problems(screen: Screen, head: Text, problems: Sequence[Mapping[str, Any]]) -> None:
    """Show what is wrong with questionnaires, each with its file and cell and what to do."""
    screen.line(head, "bold")
    for one in problems:
        where = " ".join(filter(None, (one["file"], one["field"])))
        screen.item(f"{where}  {one['message']} [{one['code']}]")
        if one["remedy"]:
            screen.paragraph(one["remedy"], 4)


def _named(layer: Layer) -> list[tuple[str, Text]]:
    return list(zip(layer.items, layer.item_names, strict=True))


def _called(screen: Screen, item: str, name: Text | None) -> str:
    return item if name is None else f"{item} {screen.tell(name)}"


def _show_group(
    screen: Screen, group: Mapping[str, Any], called: Mapping[str, str], settings: Settings
) -> None:
    most = max(Decimal(weight) for weight in group["weights"])
    reach = {one["item"]: f"{one['low']} - {one['high']}" for one in group["sensitivity"]}
    rows = [
        [called[item], weight, Cell(_bar(Decimal(weight), most), "cyan"), reach[item]]
        for item, weight in sorted(
            zip(group["items"], group["weights"], strict=True), key=lambda one: -Decimal(one[1])
        )
    ]
    columns = (
        Column(screen.tell(_ITEM), flexible=True),
        Column(screen.tell(_WEIGHT), right=True),
        Column(""),
        Column(screen.tell(_REACH)),
    )
    show_table(screen, columns, rows, 2)
    show_pairs(screen, _figures(screen, group, settings), 2)
    if len(group["experts"]) > 1:
        _show_experts(screen, group)
    _show_reconsider(screen, _RECONSIDER, group["reconsider"], called)
    for one in group["experts"] if len(group["experts"]) > 1 else ():
        heading = _OF_EXPERT.fill(expert=one["expert"])
        _show_reconsider(screen, heading, one["reconsider"], called)


def _bar(weight: Decimal, most: Decimal) -> str:
    return "█" * int((weight / most * BAR_CELLS).to_integral_value(ROUND_HALF_EVEN))


def _figures(
    screen: Screen, group: Mapping[str, Any], settings: Settings
) -> list[tuple[Text | str, str]]:
    random = screen.tell(_RANDOM.fill(ri=group["ri"], table=group["ri_table"]))
    rows: list[tuple[Text | str, str]] = [
        (_LAMBDA, _short(group["lambda_max"])),
        ("CI", f"{_short(group['ci'])}  {random}"),
        (_CR, _tested(screen, group)),
    ]
    missing = group["missing"]
    if missing:
        values = ", ".join(f"{' : '.join(one['pair'])} = {_short(one['value'])}" for one in missing)
        few = len(missing) <= _MISSING_SHOWN_MAX
        shown = _MISSING_IS if few else _MISSING_MANY
        rows.append((_MISSING, screen.tell(shown.fill(n=len(missing), values=values))))
    if group["cr_for_missing"]:
        rows.append((_CR_FOR_MISSING, _short(group["cr_for_missing"])))
    if group["consensus"]:
        word = screen.tell(_WORDS[group["consensus"]["is"]])
        rows.append((_CONSENSUS, f"{group['consensus']['value']}  {word}"))
    method = screen.tell(_METHODS[settings.method])
    joined = screen.tell(_JOINED[group["aggregate"]]) if group["aggregate"] else ""
    comma = "，" if screen.language == "zh" else ", "
    rows.append((_METHOD, comma.join(filter(None, (method, joined)))))
    return rows


def _tested(screen: Screen, group: Mapping[str, Any]) -> str:
    """Return the CR and what it says; judgments nothing could contradict get no tick."""
    if not group["testable"]:
        return screen.tell(_UNTESTED)
    verdict = _OK if group["consistent"] else _NOT_OK
    told = verdict.fill(cr=_short(group["cr"]), limit=group["cr_limit"])
    return f"{screen.tell(told)} {screen.mark(ok=group['consistent'])}"


def _short(text: str) -> str:
    return str(Decimal(text).quantize(_FOUR, ROUND_HALF_EVEN))


def _show_experts(screen: Screen, group: Mapping[str, Any]) -> None:
    columns = (
        Column(screen.tell(_EXPERT), flexible=True),
        Column(screen.tell(_EXPERT_WEIGHT), right=True),
        Column(screen.tell(_JUDGED), right=True),
        Column("CR", right=True),
        Column(""),
    )
    rows = [
        [
            one["expert"],
            one["weight"],
            f"{one['judged']}/{one['judged'] + one['missing']}",
            _short(one["cr"]) if one["testable"] else "-",
            screen.mark(ok=one["consistent"]) if one["testable"] else screen.tell(_UNTESTED),
        ]
        for one in group["experts"][:EXPERTS_SHOWN_MAX]
    ]
    screen.line()
    show_table(screen, columns, rows, 2)
    more = len(group["experts"]) - EXPERTS_SHOWN_MAX
    if more > 0:
        screen.paragraph(_MORE.fill(n=more), 2)


def _show_reconsider(
    screen: Screen,
    heading: Text,
    mendings: Sequence[Mapping[str, Any]],
    called: Mapping[str, str],
) -> None:
    if not mendings:
        return
    columns = (
        Column(screen.tell(heading), flexible=True),
        Column(screen.tell(_NOW), right=True),
        Column(screen.tell(_INSTEAD), right=True),
        Column(screen.tell(_CR_THEN), right=True),
    )
    rows = []
    for one in mendings:
        a, b = (called[item] for item in one["pair"])
        pair = screen.tell(_AGAINST.fill(a=a, b=b))
        rows.append([pair, one["judged"], one["value"], _short(one["cr_then"])])
    screen.line()
    show_table(screen, columns, rows, 2)


def explained(screen: Screen, document: Mapping[str, Any]) -> str:
    """Return what a null in the answer means: nothing changes, or nothing was compared."""
    meant = _NULL_IS if document["compared"] else _NOTHING_COMPARED
    return screen.tell(meant.fill(members=document["members"]))


def show_reaches(screen: Screen, document: Mapping[str, Any], scheme: Mapping[str, Any]) -> None:
    """Show how far each weight may move, the most delicate first."""
    names = Names(scheme, screen.language)
    called = {
        one["code"]: one["names"][screen.language]
        for one in (*scheme["dimensions"], *scheme["indicators"])
    }
    screen.line(names.scheme, "bold")
    if not document["compared"]:
        screen.paragraph(_NOTHING_COMPARED.fill(members=document["members"]))
        return
    screen.paragraph(
        _COMPARED.fill(n=document["compared"], members=document["members"], day=document["as_of"])
    )
    columns = (
        Column(screen.tell(_ITEM), flexible=True),
        Column(screen.tell(_WEIGHT), right=True),
        Column(screen.tell(_BAND_AT), right=True),
        Column(screen.tell(_WHO), flexible=True),
        Column(screen.tell(_ORDER_AT), right=True),
        Column(screen.tell(_WHO_PLACES), flexible=True),
    )
    rows = []
    for one in sorted(document["weights"], key=_delicacy):
        band, order = one["band"], one["order"]
        moved = (
            f"{band['name']}: {names.band(band['from'])} → {names.band(band['to'])}" if band else ""
        )
        rows.append(
            [
                f"{one['code']} {called[one['code']]}",
                one["weight"],
                band["weight"] if band else screen.tell(_NEVER),
                moved,
                order["weight"] if order else screen.tell(_NEVER),
                " / ".join(order["names"]) if order else "",
            ]
        )
    screen.line()
    show_table(screen, columns, rows, 2)


def _delicacy(one: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    """Return how little a weight must move: for a band first, then for an order."""
    return tuple(  # type: ignore[return-value]  # of two
        abs(Decimal(one[part]["change"])) if one[part] else Decimal(2) for part in ("band", "order")
    )

"""How a model does, as people read it on a screen: figures, bands, groups, the rejected, drift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tallystick.cli.pages.values import show_pairs
from tallystick.cli.screen import Screen
from tallystick.cli.tables import Column, show_table
from tallystick.kernel.texts import Text

SHOWN_MAX = 12
_SAME_ROWS = Text(
    "验证：这份数据就是建模所用的那份，以下为建模时交叉验证的数字",
    "Validation: these are the rows it was fitted on; the figures are the cross-validated ones",
)
_WITHIN_ONLY = Text(
    "验证：这份数据就是建模所用的那份，没有交叉验证的数字；以下是样本内的，不说明对其他单位的表现",
    "Validation: these are the rows it was fitted on, and nothing was cross-validated; the figures "
    "are within the sample and say nothing about other organisations",
)
_OTHER_ROWS = Text("验证（另一份数据）", "Validation, on other data")
_ROWS_IN_FIT = Text("拟合所用的行：{told}。", "Rows of the fit: {told}.")
_WARNING = Text("警告：{told}。", "Warning: {told}.")
_HOW = Text("方法", "How")
_REPEATED = Text(
    "{repeats} 次 {folds} 折，按组织和相同的行分组，种子 {seeds}",
    "{folds} folds, {repeats} {repeats:time|times} over, grouped by organisation and identical "
    "rows, seeds {seeds}",
)
_TEMPORAL = Text(
    "以过去建模，以最近检验{judged}", "fitted on the past, judged on the latest periods{judged}"
)
_JUDGED = Text("（{periods}，{rows} 行）", " ({periods}, {rows} rows)")
_AUC = Text("AUC", "AUC")
INTERVAL = Text("{value}（95% 区间 {low} 至 {high}）", "{value} (95%: {low} to {high})")
_MEASURES = (
    ("gini", Text("基尼", "Gini")),
    ("ks", Text("KS", "KS")),
    ("brier", Text("Brier 分数", "Brier score")),
    ("log_loss", Text("对数损失", "Log loss")),
    ("average_precision", Text("平均精确率", "Average precision")),
    ("spearman", Text("斯皮尔曼相关", "Spearman")),
    ("kendall", Text("肯德尔 tau-b", "Kendall tau-b")),
)
_CALIBRATION = Text("校准", "Calibration")
_LINE = Text("截距 {intercept}，斜率 {slope}", "intercept {intercept}, slope {slope}")
_WITHIN = Text("样本内（偏高，仅供对照）", "Within the sample (too good, to compare)")
_BANDS = Text("各段的结果", "Outcomes by band")
BAND = Text("段", "Band")
FROM = Text("最低分", "From")
COUNT = Text("家数", "Rows")
_BAD = Text("坏", "Bad")
_WEIGHT = Text("权重", "Weight")
_BAD_WEIGHT = Text("坏的权重", "Bad weight")
_WEIGHED = Text(
    "权重合计 {weight}，其中坏 {bad}；各项数字按权重计算。",
    "The weights add up to {weight}, of the bad to {bad}; figures are of weights.",
)
_RATE = Text("比例", "Rate")
_RANGE = Text("95% 区间", "95% interval")
_RISING = Text(
    "比例没有逐段下降：{codes} 共 {n} 段反而更高。",
    "Rates do not fall throughout: {codes} {n:is|are} higher.",
)
MORE = Text(
    "另有 {n} 个；全部见 --json 或 model show。", "{n} more: --json or model show gives all."
)
TREATMENTS = Text("对数据做了什么", "What was done to the data")
COLUMN = Text("列", "Column")
_BY = Text("按 {column} 比较", "By {column}")
_GROUP = Text("组", "Group")
_EXPECTED = Text("预期", "Expected")
_MEAN = Text("平均分", "Mean score")
_SMALL = Text(
    "另有 {groups} 组共 {rows} 行，每组不足 {least} 行，不单列。",
    "{groups} {groups:group|groups} of fewer than {least} rows ({rows} in all) not shown.",
)
_REJECTED = Text("被拒的 {rows} 行：拒绝推断", "Reject inference: {rows} rows once rejected")
_ASSUMED = Text("假设", "Assumed")
_KS = Text("KS", "KS")
_STEADY = Text(
    "各变量的分布与训练时相比，没有超出偶然的变化。",
    "No variable is spread otherwise than at training, beyond chance.",
)
_DRIFT = Text("分布已变的变量（与训练时相比）", "Variables spread otherwise than at training")
_PSI = Text("PSI", "PSI")
_LIMIT = Text("偶然的界限", "Limit by chance")


def show_validation(screen: Screen, document: Mapping[str, Any]) -> None:
    """Show how a card does on a table."""
    inside = document.get("within_the_sample")
    same = _SAME_ROWS if inside else _WITHIN_ONLY
    if document["validation_belongs"] is False:
        show_not_of_this_card(screen)
    if not document.get("seen"):  # what takes the edge off the figures stands before them
        _rows_in_fit(screen, document["rows_in_fit"])
    show_figures(screen, same if document.get("seen") else _OTHER_ROWS, document)
    if inside:
        auc = inside.get("auc")
        told = f"AUC {number(auc['mean'])}" if auc else f"Spearman {number(inside['spearman'])}"
        show_pairs(screen, [(_WITHIN, told)])
    for one in document.get("groups", ()):
        _groups(screen, one)
    if document.get("rejected"):
        _rejected(screen, document["rejected"])
    if document.get("stability"):
        _drift(screen, document["stability"])
    show_told(screen, TREATMENTS, document["treatments"])


def show_not_of_this_card(screen: Screen) -> None:
    """Warn that the validation in a card is not of its points."""
    from tallystick.scorecards.binding import NOT_OF_THIS_CARD  # noqa: PLC0415 - rarely needed

    screen.line("")
    screen.paragraph(_WARNING.fill(told=NOT_OF_THIS_CARD), 0, "bold")


def _rows_in_fit(screen: Screen, found: Mapping[str, Any]) -> None:
    """Say how many of the rows the fit had; as a warning where they are more than by chance."""
    told = Text(*(found["statement"][language] for language in ("zh", "en")))
    head = _WARNING if found["beyond_chance"] else _ROWS_IN_FIT
    screen.line("")
    screen.paragraph(head.fill(told=told))


def _groups(screen: Screen, found: Mapping[str, Any]) -> None:
    """Show how the score does in each group of a column."""
    screen.line("")
    screen.line(screen.tell(_BY.fill(column=found["by"])), "bold")
    weights = _weights(found["groups"])
    heads = (COUNT, _BAD, *weights, _RATE, _RANGE, _EXPECTED, _MEAN, _AUC)
    columns = [Column(screen.tell(_GROUP))]
    columns += [Column(screen.tell(one), right=True) for one in heads]
    rows = [
        [
            one["group"],
            str(one["rows"]),
            str(one["bads"]),
            *(plain(one[key]) for key in weights.values()),
            number(one["rate"]["mean"]),
            f"{number(one['rate']['low'])} - {number(one['rate']['high'])}",
            number(one["expected_rate"]),
            f"{one['score']['mean']:.0f}",
            number(one["auc"] and one["auc"]["mean"]),
        ]
        for one in found["groups"]
    ]
    show_table(screen, columns, rows)
    if found["suppressed"]["groups"]:
        told = _SMALL.fill(**found["suppressed"], least=found["minimum"])
        screen.paragraph(told)
    for one in found["flagged"]:
        screen.paragraph(one["text"][screen.language])


def _rejected(screen: Screen, found: Mapping[str, Any]) -> None:
    """Show what the figures would be under each assumption about the rejected."""
    screen.line("")
    screen.line(screen.tell(_REJECTED.fill(rows=found["rejected_rows"])), "bold")
    columns = [Column(screen.tell(_ASSUMED), flexible=True)]
    columns += [Column(screen.tell(one), right=True) for one in (_AUC, _KS, _RATE)]
    rows = [
        [
            one["text"][screen.language],
            number(one["auc"]),
            number(one["ks"]),
            number(one["bad_rate"]),
        ]
        for one in found["assumptions"]
    ]
    show_table(screen, columns, rows)
    screen.paragraph(found["statement"][screen.language])


def _drift(screen: Screen, found: Mapping[str, Any]) -> None:
    """Say which variables are spread otherwise than at training, beyond chance."""
    screen.line("")
    beyond = [one for one in found["variables"] if one["beyond_chance"]]
    if not beyond:
        screen.paragraph(_STEADY)
        return
    screen.line(screen.tell(_DRIFT), "bold")
    columns = [Column(screen.tell(COLUMN))]
    columns += [Column(screen.tell(one), right=True) for one in (_PSI, _LIMIT)]
    rows = [[one["name"], number(one["index"]), number(one["limit_95"])] for one in beyond]
    show_table(screen, columns, rows[:SHOWN_MAX])
    if len(rows) > SHOWN_MAX:
        screen.paragraph(MORE.fill(n=len(rows) - SHOWN_MAX))


def show_figures(screen: Screen, head: Text, found: Mapping[str, Any]) -> None:
    """Show how it was validated, the figures with their intervals, and the outcomes by band."""
    screen.line("")
    screen.line(screen.tell(head), "bold")
    rows: list[tuple[Text | str, str]] = []
    plan = found.get("plan")
    if plan:
        how = _REPEATED if plan["kind"] == "repeated" or len(plan["seeds"]) > 1 else _TEMPORAL
        seeds = ", ".join(map(str, plan["seeds"]))
        told = how.fill(
            repeats=plan["repeats"],
            folds=plan["folds"],
            seeds=seeds,
            judged=_JUDGED.fill(periods=", ".join(plan["judged"]), rows=plan["rows_judged"])
            if "judged" in plan
            else "",
        )
        rows.append((_HOW, screen.tell(told)))
    if "auc" in found:
        auc = {name: number(one) for name, one in found["auc"].items()}
        told = INTERVAL.fill(value=auc["mean"], low=auc["low"], high=auc["high"])
        rows.append((_AUC, screen.tell(told)))
    rows += [(name, number(found[key])) for key, name in _MEASURES if found.get(key) is not None]
    line = found.get("calibration") or {}
    if line.get("slope") is not None:
        told = _LINE.fill(intercept=number(line["intercept"]), slope=number(line["slope"]))
        rows.append((_CALIBRATION, screen.tell(told)))
    show_pairs(screen, rows)
    weight = found if "weight" in found else plan or {}
    if "weight" in weight:
        screen.line(screen.tell(weighed(weight)))
    if found.get("outcomes"):
        _outcomes(screen, found["outcomes"])


def _outcomes(screen: Screen, found: Mapping[str, Any]) -> None:
    screen.line("")
    screen.line(screen.tell(_BANDS), "bold")
    weights = _weights(found["bands"])
    heads = (FROM, COUNT, _BAD, *weights, _RATE, _RANGE)
    columns = [Column(screen.tell(BAND))]
    columns += [Column(screen.tell(one), right=True) for one in heads]
    rows = [
        [
            one["code"],
            "-" if one["lowest"] is None else str(one["lowest"]),
            str(one["rows"]),
            str(one["bads"]),
            *(plain(one[key]) for key in weights.values()),
            number(one["rate"]),
            f"{number(one['low'])} - {number(one['high'])}",
        ]
        for one in reversed(found["bands"])
    ]
    show_table(screen, columns, rows)
    if not found["monotone"]:
        screen.paragraph(_RISING.fill(codes=", ".join(found["rising"]), n=len(found["rising"])))


def show_told(screen: Screen, head: Text, found: Sequence[Mapping[str, Any]]) -> None:
    """Show a sentence for each column, under a head; nothing where there is none."""
    if not found:
        return
    screen.line("")
    columns = [Column(screen.tell(COLUMN)), Column(screen.tell(head), flexible=True)]
    rows = [[one["column"] or "-", one[screen.language]] for one in found[:SHOWN_MAX]]
    show_table(screen, columns, rows)
    if len(found) > SHOWN_MAX:
        screen.paragraph(MORE.fill(n=len(found) - SHOWN_MAX))


def weighed(found: Mapping[str, Any]) -> Text:
    """Return what the weights add up to, in words."""
    return _WEIGHED.fill(weight=plain(found["weight"]), bad=plain(found["bad_weight"]))


def _weights(found: Sequence[Mapping[str, Any]]) -> dict[Text, str]:
    """Return the heads of the weights with their keys, none where rows do not weigh."""
    there = bool(found) and "weight" in found[0]
    return {_WEIGHT: "weight", _BAD_WEIGHT: "bad_weight"} if there else {}


def plain(value: Any) -> str:  # noqa: ANN401 - of a document
    """Return a weight without the noughts behind its point."""
    return f"{round(float(value), 2):.12g}"


def number(value: Any) -> str:  # noqa: ANN401 - of a document
    """Return a figure to four places, a dash where there is none."""
    return "-" if value is None else f"{float(value):.4f}"

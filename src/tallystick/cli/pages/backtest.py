"""What a back-test found, as tables.

Owns the page of `tally backtest`. Rules: every number is printed as it came out; no word here calls
it good or bad, except where a rate should fall from band to band and does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tallystick.cli.pages.naming import light_cell
from tallystick.cli.pages.values import near, show_pairs, typed
from tallystick.cli.screen import Screen
from tallystick.cli.tables import Cell, Column, show_table
from tallystick.kernel.texts import Text

_HEAD = Text(
    "{scheme} 第 {version} 版的回测，结果取自 {file} 的 {target} 列",
    "Back-test of {scheme}, version {version}; outcomes from column {target} of {file}",
)
_AS_IT_IS = Text("照实打印，不论好坏。", "Printed as it came out, good or bad.")
_CASES = Text("样本", "Cases")
_COUNTS = Text(
    "{with_proposal} 家有预评和结果：坏 {bad}，好 {good}",
    "{with_proposal} with a proposal and an outcome: {bad} bad, {good} not",
)
_LEFT_OUT = Text("未计入", "Left out")
_LEFT_OUT_COUNTS = Text(
    "不是会员 {not_members}，未评价 {not_evaluated}，授权已止 {withheld}，"
    "没有得分 {without_score}，读不出的行 {unreadable}",
    "{not_members} not on the roster, {not_evaluated} not evaluated, {withheld} whose grant has "
    "ended, {without_score} without a score, {unreadable} {unreadable:row|rows} that cannot be "
    "read",
)
_AUC = Text("AUC", "AUC")
_INTERVAL = Text("{value}（95% 区间 {low} 至 {high}）", "{value} (95%: {low} to {high})")
_GINI = Text("基尼", "Gini")
_KS = Text("KS", "KS")
_KS_AT = Text("{value}，在 {at} 分处", "{value}, at score {at}")
_DAYS = Text("评价日", "Evaluated as of")

_BANDS = Text("各等级的结果", "Outcomes by band")
_PARTS = Text("各分段的结果（由低分到高分）", "Outcomes by part of the score, lowest first")
_BAND = Text("等级", "Band")
_LIGHT = Text("灯", "Light")
_SCORES = Text("得分", "Scores")
_NUMBER = Text("家数", "Cases")
_BAD = Text("坏", "Bad")
_RATE = Text("比例", "Rate")
_RANGE = Text("95% 区间", "95% interval")
_FITTED = Text("保序比例", "Isotonic")
_NO_BAND = Text("无等级", "no band")

_CALIBRATION = Text("校准", "Calibration")
_NO_EXPECTED = Text(
    "本方案给出分数，不给出违约概率，没有期望值可比；能检验的是各等级中坏的比例是否逐级下降。",
    "The scheme gives points and states no probability, so there is no expected rate to compare "
    "with; what can be checked is whether the rate falls from band to band.",
)
_BANDS_FALL = Text(
    "从最差到最好的等级，比例逐级下降。",
    "From the worst band to the best the rate falls at every step.",
)
_BANDS_RISE = Text(
    "不是逐级下降：{pairs} 反而上升。", "It does not fall at every step: it rises at {pairs}."
)
_PARTS_FALL = Text("各分段也逐段下降。", "By part of the score it falls at every step too.")
_PARTS_RISE = Text(
    "按分段看有 {n} 处反而上升；“保序比例”是不许上升时最接近的比例。",
    "By part of the score it rises at {n} {n:place|places}; “isotonic” is the closest rate that "
    "never rises.",
)

_EXPERTS = Text("与专家排序的一致性", "Agreement with the order of the experts")
_EXPERT = Text("专家", "Expert")
_COMPARED = Text("比较家数", "Compared")
_NO_EXPERTS = Text(
    "没有专家排序可比；可用 --experts 给出。",
    "There is no order of experts to compare with; --experts gives one.",
)
_SINGLE = Text("单独用一部分排序的 AUC", "AUC of each part of the score on its own")
_PART = Text("部分", "Part")
_FICTIONAL = "fictional expert "  # how the files that ship call theirs
_FICTIONAL_EXPERT = Text("虚构专家 {name}", "fictional expert {name}")
_NEXT = Text(
    "下一步：{tally} status --workspace {folder}。这些文件只能导入样例工作区："
    "{tally} init 文件夹 --sample",
    "Next: {tally} status --workspace {folder}. These files can be imported into a workspace of "
    "samples only: {tally} init FOLDER --sample",
)
_MADE = Text("工作区", "Workspace")
_FILES = Text("文件", "Files")
_THREE = Decimal("0.001")
_TWO = Decimal("0.01")


def show_backtest(screen: Screen, document: Mapping[str, Any], tally: str) -> None:
    """Show all that a back-test found. tally: what to type for the program."""
    show_conclusion(screen, document)
    _show_parts(screen, document)
    _show_calibration(screen, document)
    _show_experts(screen, document["experts"])
    _show_single(screen, document["parts_of_the_score"])
    if "workspace" in document:
        screen.line()
        made = [(_MADE, near(document["workspace"])), (_FILES, near(document["files"]))]
        show_pairs(screen, made)
        screen.paragraph(_NEXT.fill(tally=tally, folder=typed(document["workspace"])))


def show_conclusion(screen: Screen, document: Mapping[str, Any]) -> None:
    """Show what was compared, how far the score tells bad from good, and outcomes by band."""
    scheme, outcomes = document["scheme"], document["outcomes"]
    head = _HEAD.fill(
        scheme=scheme["names"][screen.language],
        version=scheme["version"],
        file=outcomes["file"],
        target=outcomes["target"],
    )
    screen.paragraph(head, 0, "bold")
    screen.paragraph(_AS_IT_IS)
    screen.line()
    _show_numbers(screen, document)
    _show_bands(screen, document)


def _show_numbers(screen: Screen, document: Mapping[str, Any]) -> None:
    found, cases = document["discrimination"], document["cases"]
    auc = _rounded(found["auc"])
    if found["auc_low"]:
        low, high = _rounded(found["auc_low"]), _rounded(found["auc_high"])
        auc = screen.tell(_INTERVAL.fill(value=auc, low=low, high=high))
    days = document["as_of"]
    same = days["first"] == days["last"]
    ks = _KS_AT.fill(value=_rounded(found["ks"]), at=_rounded(found["ks_at"], _TWO))
    left_out = _LEFT_OUT_COUNTS.fill(**cases, unreadable=document["outcomes"]["unreadable"])
    show_pairs(
        screen,
        [
            (_CASES, screen.tell(_COUNTS.fill(**cases))),
            (_LEFT_OUT, screen.tell(left_out)),
            (_DAYS, days["first"] if same else f"{days['first']} - {days['last']}"),
            (_AUC, auc),
            (_GINI, _rounded(found["gini"])),
            (_KS, screen.tell(ks)),
        ],
    )


def _show_bands(screen: Screen, document: Mapping[str, Any]) -> None:
    rows: list[list[Cell | str]] = [
        [
            one["names"][screen.language],
            light_cell(screen, one["light"]),
            *_outcomes(one),
            _percent(one["fitted"]),
        ]
        for one in document["bands"]
    ]
    if document["no_band"]["count"]:
        rows.append([screen.tell(_NO_BAND), "-", *_outcomes(document["no_band"]), "-"])
    screen.line()
    screen.line(_BANDS, "bold")
    columns = [Column(screen.tell(_BAND)), Column(screen.tell(_LIGHT)), *_outcome_columns(screen)]
    show_table(screen, columns, rows, 2)


def _show_parts(screen: Screen, document: Mapping[str, Any]) -> None:
    rows = [
        [
            f"{_rounded(one['least'], _TWO)} - {_rounded(one['most'], _TWO)}",
            *_outcomes(one),
            _percent(one["fitted"]),
        ]
        for one in document["parts"]
    ]
    screen.line()
    screen.line(_PARTS, "bold")
    columns = [Column(screen.tell(_SCORES), right=True), *_outcome_columns(screen)]
    show_table(screen, columns, rows, 2)


def _outcome_columns(screen: Screen) -> list[Column]:
    names = (_NUMBER, _BAD, _RATE, _RANGE, _FITTED)
    return [Column(screen.tell(name), right=True) for name in names]


def _outcomes(one: Mapping[str, Any]) -> list[str]:
    between = f"{_percent(one['low'])} - {_percent(one['high'])}"
    return [str(one["count"]), str(one["bad"]), _percent(one["rate"]), between]


def _show_calibration(screen: Screen, document: Mapping[str, Any]) -> None:
    found = document["calibration"]
    screen.line()
    screen.line(_CALIBRATION, "bold")
    screen.paragraph(_NO_EXPECTED, 2)
    if found["bands_fall"]:
        screen.paragraph(_BANDS_FALL, 2)
    else:
        names = {one["code"]: one["names"][screen.language] for one in document["bands"]}
        pairs = ", ".join(f"{names[one]} → {names[other]}" for one, other in found["bands_rising"])
        screen.paragraph(_BANDS_RISE.fill(pairs=pairs), 2, "yellow")
    rising = len(found["parts_rising"])
    screen.paragraph(_PARTS_RISE.fill(n=rising) if rising else _PARTS_FALL, 2)


def _show_experts(screen: Screen, experts: list[Mapping[str, Any]]) -> None:
    screen.line()
    screen.line(_EXPERTS, "bold")
    if not experts:
        screen.paragraph(_NO_EXPERTS, 2)
        return
    columns = [
        Column(screen.tell(_EXPERT)),
        *(Column(name, right=True) for name in (screen.tell(_COMPARED), "tau-b", "rho", "AUC")),
    ]
    rows = [
        [
            _expert(screen, one["expert"]),
            str(one["compared"]),
            *(_rounded(one[key]) for key in ("tau_b", "rho", "auc")),
        ]
        for one in experts
    ]
    show_table(screen, columns, rows, 2)


def _expert(screen: Screen, label: str) -> str:
    """Return a label as it was given; those that ship say in words that they are fiction."""
    name = label.removeprefix(_FICTIONAL)
    return label if name == label else screen.tell(_FICTIONAL_EXPERT.fill(name=name))


def _show_single(screen: Screen, listed: list[Mapping[str, Any]]) -> None:
    screen.line()
    screen.line(_SINGLE, "bold")
    columns = [
        Column(screen.tell(_PART)),
        Column(screen.tell(_NUMBER), right=True),
        Column(screen.tell(_AUC), right=True),
    ]
    rows = [
        [
            one["names"][screen.language]
            if one["kind"] == "dimension"
            else f"  {one['names'][screen.language]}",
            str(one["cases"]),
            _rounded(one["auc"]),
        ]
        for one in listed
    ]
    show_table(screen, columns, rows, 2)


def _rounded(text: str, to: Decimal = _THREE) -> str:
    return str(Decimal(text).quantize(to)) if text else "-"


def _percent(text: str) -> str:
    return f"{(Decimal(text) * 100).quantize(_TWO)}%" if text else "-"

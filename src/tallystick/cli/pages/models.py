"""Models as people read them on a screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tallystick.cli.itself import program
from tallystick.cli.pages.model_validation import (
    BAND,
    COLUMN,
    COUNT,
    FROM,
    INTERVAL,
    MORE,
    SHOWN_MAX,
    TREATMENTS,
    number,
    show_figures,
    show_not_of_this_card,
    show_told,
    weighed,
)
from tallystick.cli.pages.values import near, show_pairs, typed
from tallystick.cli.screen import Screen
from tallystick.cli.tables import Column, show_table
from tallystick.kernel.texts import Text

if TYPE_CHECKING:
    from tallystick.scorecards.document import Card

WRITTEN = Text("已写出 {file}。", "Written: {file}.")
_HEAD = Text("模型 {name}：{route}", "Model {name}: {route}")
ROUTES = {
    "expert": Text("专家评分表", "an expert table"),
    "ahp": Text("层次分析法评分表", "a table weighed by AHP"),
    "linear": Text("线性评分卡（排序）", "a linear card, to rank by"),
    "logistic": Text("逻辑回归评分卡", "a logistic scorecard"),
    "additive": Text("提升的可加表", "boosted additive tables"),
    "boosted": Text("提升树（机器学习）", "boosted trees (machine learning)"),
}
_WHY = Text("为何这条路线", "Why this route")
_DATA = Text("训练数据", "Training data")
_ROWS = Text("{rows} 行，坏 {bads} 行，摘要 {digest}", "{rows} rows, {bads} bad, digest {digest}")
_SIZE = Text("大小", "Size")
_TERMS = Text(
    "{n} 个变量，{terms} 张表", "{n} {n:variable|variables}, {terms} {terms:table|tables}"
)
_TREES = Text("{n} 个变量，{trees} 棵树", "{n} {n:variable|variables}, {trees} trees")
_VALIDATION = Text("验证（没有见过的行）", "Validation, on rows not seen")
_NOT_VALIDATED = Text("没有验证。", "Not validated.")
_IMPORTANCE = Text("影响最大的变量", "Variables that reach furthest")
_VARIABLE = Text("变量", "Variable")
_POINTS = Text("分值跨度", "Points")
_LEAKAGE = Text("泄漏警报", "Alarms of leakage")
_PROBLEMS = Text("问题", "Problems")
_NEXT = Text(
    "下一步：{tally} model show {file} -o {page}", "Next: {tally} model show {file} -o {page}"
)
_SCORED = Text(
    "评分 {rows} 行，写入 {file}；其中 {n} 行与参考解释器逐一比较，分毫不差。",
    "Scored {rows} rows into {file}; {n} of them compared with the reference: equal.",
)
_SCORES = Text(
    "分数：最低 {lowest}，中位 {median}，最高 {highest}",
    "Scores: {lowest} to {highest}, median {median}",
)
_CERTIFIED = Text(
    "已写出 {file}。证书：相等（{rows} 行，{engine} {version}，分毫不差），在 {beside}。",
    "Written: {file}. Certificate: equal ({rows} rows, {engine} {version}, to the last point), "
    "in {beside}.",
)
_EXPLAINED = Text("第 {row} 行：{score} 分", "Row {row}: score {score}")
_PD = Text("坏的概率 {pd}", "probability of bad {pd}")
_IN_BAND = Text("第 {band} 段", "band {band}")
_BASELINES = {
    "mean": Text("与训练数据的平均相比", "Compared with the average of the training data"),
    "best": Text("与每个变量的最高分相比", "Compared with the most each variable can give"),
}
_REASONS = Text("主要理由", "Reasons")
_NO_REASONS = Text("没有一个变量低于比较基准。", "No variable is below the baseline.")
_IT_IS = Text("取值", "Its value")
_CHANGES = Text("怎样合法地改善", "What would lawfully move it")
_COMPARED = Text("同一批 {rows} 家组织，坏 {bads}", "The same {rows} organisations, {bads} bad")
_MODEL = Text("模型", "Model")
_DIFFERENCE = Text("挑战者减卫冕者，AUC", "Challenger less champion, AUC")
_SEEN = Text(
    "{name} 就是用这些行拟合的，数字偏好。", "{name} was fitted on these rows and looks too good."
)
_SEEN_PART = Text("{name}：{told}。", "{name}: {told}.")
_SHEET = Text(
    "已写出 {file}：{n} 列。填好后用 --columns 给出。",
    "Written: {file}, {n} columns. Fill it in and give it with --columns.",
)
_CARD_ROW = Text("取值", "Value")
_CARD_POINTS = Text("分", "Points")
_LOG_ODDS = Text("对数几率", "Log-odds")
_NO_PAPER = Text(
    "由树组成的模型不能印在纸上；tally model show -o 给出它的说明，可印的请用 --route additive。",
    "A model of trees does not print on paper: tally model show -o describes it, and --route "
    "additive gives one that prints.",
)
_DROPPED = Text("没有用的列", "Columns not used")
_WHOSE = Text(
    "列 {column} 是组织的代码：用来分组，不作变量。",
    "The column {column} holds codes of organisations: for grouping, no variable.",
)
_WHEN = Text(
    "列 {column} 是观察日期：按它切分，不作变量。",
    "The column {column} holds observation dates: split by it, no variable.",
)
_WHEN_NOT_USED = Text(
    "列 {column} 是观察日期，但没有按它切分：要求了随机的折，或者没有可切分的。",
    "The column {column} holds observation dates, and the rows were not split by them: folds at "
    "random were asked for, or nothing was split.",
)
_PRICE = Text(
    "所写形状的代价：AUC {with_shapes}，不限形状为 {without}，相差 {price}（标准误 {error}）。",
    "The price of the stated shapes: AUC {with_shapes}, and {without} without them; {price} "
    "(standard error {error}).",
)
_WEIGHED = Text(
    "{n} 位专家赋权，一致性比率 CR {cr}。",
    "Weighed by {n} {n:expert|experts}, consistency ratio CR {cr}.",
)
_WEIGHED_UNTESTED = Text(
    "{n} 位专家赋权；判断没有多余的，是否一致无从检验。",
    "Weighed by {n} {n:expert|experts}; no judgment is redundant, so that whether they are "
    "consistent cannot be tested.",
)
_SEALED = {
    "seal": Text(
        "模型 {name} 第 {version} 版已封存，自 {from_day} 起使用（记录 {record}）。",
        "Model {name}, version {version}, is sealed and in use from {from_day} (record {record}).",
    ),
    "retire": Text(
        "模型 {name} 自 {from_day} 起停用（记录 {record}）。",
        "Model {name} is out of use from {from_day} (record {record}).",
    ),
}
_AGAIN = Text(
    "同一张评分卡已经封存（记录 {record}）。", "This card is sealed already (record {record})."
)
_OFFSET = Text(
    "起点 {offset} 分，各变量的分相加。", "Start at {offset} and add the points of each variable."
)
_SCALE = Text(
    "好坏比 {odds}:1 为 {base} 分，每加 {pdo} 分好坏比翻倍。",
    "Odds of {odds}:1 are {base} points, and {pdo} more double them.",
)


def show_columns(screen: Screen, document: Mapping[str, Any]) -> None:
    """Say where the sheet is."""
    screen.paragraph(_SHEET.fill(file=near(document["file"]), n=len(document["columns"])))


def show_fit(screen: Screen, document: Mapping[str, Any]) -> None:
    """Show what came of a fit."""
    card, training = document["card"], document["training"]
    screen.line(screen.tell(_HEAD.fill(name=card["name"], route=ROUTES[card["route"]])), "bold")
    size = _TREES if card["kind"] == "trees" else _TERMS
    show_pairs(
        screen,
        [
            (_WHY, card["route_reason"][screen.language]),
            (
                _DATA,
                screen.tell(
                    _ROWS.fill(
                        rows=training["rows"], bads=training["bads"], digest=training["digest"][:16]
                    )
                ),
            ),
            (
                _SIZE,
                screen.tell(
                    size.fill(n=len(card["variables"]), terms=card["terms"], trees=card["trees"])
                ),
            ),
        ],
    )
    if document["validated"]:
        show_figures(screen, _VALIDATION, document)
    else:
        screen.paragraph(_NOT_VALIDATED)
    _asides(screen, document)
    _importance(screen, document["importance"])
    show_told(screen, _DROPPED, document["dropped"])
    show_told(screen, TREATMENTS, document["treatments"])
    show_told(screen, _LEAKAGE, document["leakage"])
    _problems(screen, document["problems"])
    file = card["file"]
    page = str(file).removesuffix(".json") + ".html"
    screen.paragraph(WRITTEN.fill(file=near(file)))
    screen.paragraph(_NEXT.fill(tally=program(), file=typed(file), page=typed(page)))


def _asides(screen: Screen, document: Mapping[str, Any]) -> None:
    """Say which columns told whose a row is and when, and what shapes cost."""
    if document["organisation"]:
        screen.paragraph(_WHOSE.fill(column=document["organisation"]))
    if document["time"]:
        told = _WHEN if document["split_by_time"] else _WHEN_NOT_USED
        screen.paragraph(told.fill(column=document["time"]))
    weighing = document["weighing"]
    if weighing:
        screen.paragraph(
            (_WEIGHED if weighing["testable"] else _WEIGHED_UNTESTED).fill(
                n=len(weighing["answers"]["experts"]), cr=weighing["cr"]
            )
        )
    price = document["monotonicity"]
    if price:
        screen.paragraph(
            _PRICE.fill(
                with_shapes=f"{price['constrained_auc']:.4f}",
                without=f"{price['challenger_auc']:.4f}",
                price=f"{price['price']:.4f}",
                error=f"{price['error']:.4f}",
            )
        )


def _importance(screen: Screen, found: Sequence[Mapping[str, Any]]) -> None:
    held = [one for one in found if one["points"]]
    if not held:
        return
    screen.line("")
    columns = [Column(screen.tell(_IMPORTANCE)), Column(screen.tell(_POINTS), right=True)]
    show_table(screen, columns, [[one["variable"], str(one["points"])] for one in held[:SHOWN_MAX]])
    if len(held) > SHOWN_MAX:
        screen.paragraph(MORE.fill(n=len(held) - SHOWN_MAX))


def _problems(screen: Screen, found: Sequence[Mapping[str, Any]]) -> None:
    if found:
        screen.line("")
        columns = [Column(screen.tell(COLUMN)), Column(screen.tell(_PROBLEMS), flexible=True)]
        show_table(screen, columns, [[one["field"], _message(one, screen)] for one in found])


def _message(problem: Mapping[str, Any], screen: Screen) -> str:
    message = problem["message"]
    return message if isinstance(message, str) else str(message[screen.language])


def show_scored(screen: Screen, document: Mapping[str, Any]) -> None:
    """Say what was scored."""
    told = _SCORED.fill(rows=document["rows"], file=near(document["file"]), n=document["compared"])
    screen.paragraph(told)
    if document["scores"]:
        screen.paragraph(_SCORES.fill(**document["scores"]))
    columns = [
        Column(screen.tell(BAND)),
        Column(screen.tell(FROM), right=True),
        Column(screen.tell(COUNT), right=True),
    ]
    rows = [
        [one["code"], "-" if one["lowest"] is None else str(one["lowest"]), str(one["rows"])]
        for one in reversed(document["bands"])
    ]
    show_table(screen, columns, rows)


def show_export(screen: Screen, document: Mapping[str, Any]) -> None:
    """Say what was compiled, and that it is equal."""
    certificate = document["certificate"]
    screen.paragraph(
        _CERTIFIED.fill(
            file=near(document["file"]),
            rows=certificate["rows"],
            engine=certificate["engine"],
            version=certificate["engine_version"],
            beside=near(document["certificate_file"]),
        )
    )


def show_explanation(screen: Screen, document: Mapping[str, Any]) -> None:
    """Show why one score is what it is."""
    head = [screen.tell(_EXPLAINED.fill(row=document["row"], score=document["score"]))]
    if document["pd"] is not None:
        head.append(screen.tell(_PD.fill(pd=f"{document['pd']:.6f}")))
    if document["band"]:
        head.append(screen.tell(_IN_BAND.fill(band=document["band"])))
    screen.line(("，" if screen.language == "zh" else ", ").join(head), "bold")
    screen.line(screen.tell(_BASELINES[document["baseline"]]))
    screen.line("")
    of_points = document["unit"] == "points"
    columns = [
        Column(screen.tell(_VARIABLE)),
        Column(screen.tell(_IT_IS), flexible=True),
        Column(screen.tell(_CARD_POINTS if of_points else _LOG_ODDS), right=True),
    ]
    rows = [
        [
            one["label"][screen.language],
            one[screen.language],
            f"{one['points']:+d}" if of_points else f"{one['log_odds']:+.4f}",
        ]
        for one in document["variables"]
    ]
    show_table(screen, columns, rows[:SHOWN_MAX])
    if len(rows) > SHOWN_MAX:
        screen.paragraph(MORE.fill(n=len(rows) - SHOWN_MAX))
    screen.line("")
    screen.line(screen.tell(_REASONS), "bold")
    for one in document["reasons"]:
        screen.line(f"  {one[screen.language]}")
    if not document["reasons"]:
        screen.paragraph(_NO_REASONS)
    changes = document["changes"]
    if changes:
        screen.line("")
        screen.line(screen.tell(_CHANGES), "bold")
        screen.line(f"  {changes[screen.language]}")
        for step in changes["steps"]:
            screen.line(f"  {step[screen.language]}")


def show_comparison(screen: Screen, document: Mapping[str, Any]) -> None:
    """Show two models on one table."""
    screen.line(screen.tell(_COMPARED.fill(rows=document["rows"], bads=document["bads"])), "bold")
    if "weight" in document:
        screen.line(screen.tell(weighed(document)))
    both = [document["champion"], document["challenger"]]
    columns = [
        Column(screen.tell(_MODEL)),
        *(Column(name, right=True) for name in ("AUC", "KS", "Brier")),
    ]
    rows = [
        [one["name"], number(one["auc"]), number(one["ks"]), number(one["brier"])] for one in both
    ]
    show_table(screen, columns, rows)
    told = {name: number(one) for name, one in document["delong"].items()}
    shown = INTERVAL.fill(value=told["mean"], low=told["low"], high=told["high"])
    show_pairs(screen, [(_DIFFERENCE, screen.tell(shown))])
    for one in both:
        if one["fitted_on_these_rows"]:
            screen.paragraph(_SEEN.fill(name=one["name"]))
        elif one["rows_in_fit"]["beyond_chance"]:
            part = Text(*(one["rows_in_fit"]["statement"][language] for language in ("zh", "en")))
            screen.paragraph(_SEEN_PART.fill(name=one["name"], told=part))


def show_sealed(screen: Screen, document: Mapping[str, Any]) -> None:
    """Say what an officer signed about a model."""
    told = _AGAIN if document["already_sealed"] else _SEALED[document["action"]]
    screen.paragraph(told.fill(**document))


def show_card(screen: Screen, card: Card) -> None:
    """Show a card as it prints on paper; warn where the validation in it is of another."""
    from tallystick.scorecards.binding import belongs  # noqa: PLC0415 - not for others
    from tallystick.scorecards.sentences import cell_text, label_of  # noqa: PLC0415 - not for others

    screen.line(screen.tell(_HEAD.fill(name=card.name, route=ROUTES[card.route])), "bold")
    if belongs(card) is False:
        show_not_of_this_card(screen)
    if card.kind == "trees":
        screen.paragraph(_NO_PAPER)
        return
    screen.paragraph(_OFFSET.fill(offset=card.offset))
    if card.scaling:
        scale = card.scaling
        screen.paragraph(_SCALE.fill(odds=scale.base_odds, base=scale.base_score, pdo=scale.pdo))
    columns = [
        Column(screen.tell(_VARIABLE), flexible=True),
        Column(screen.tell(_CARD_ROW), flexible=True),
        Column(screen.tell(_CARD_POINTS), right=True),
    ]
    rows = []
    for term in card.terms:
        name = " x ".join(screen.tell(label_of(card.variable[one])) for one in term.variables)
        for at, (cells, points) in enumerate(zip(term.cells(), term.points, strict=True)):
            words = " / ".join(
                screen.tell(cell_text(axis, cell, card.variable[axis.variable].unit))
                for axis, cell in zip(term.axes, cells, strict=True)
            )
            rows.append([name if at == 0 else "", words, str(points)])
    show_table(screen, columns, rows)

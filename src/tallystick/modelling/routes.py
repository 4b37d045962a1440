"""Which kind of model the data can bear.

Owns the choice among the routes and its reason. Rules: the choice follows from what is there: a
target or none, its kind, rows, bad ones, experts' answers; anybody may choose otherwise who says
why, and the choice and both reasons stand in the model record. Where outcomes are too few for a
fit and experts have not answered, nothing is fitted quietly: the refusal says what would do.

The four steps (no data: expert or generic; too few: AHP; of the order of ten thousand: generalised
linear, linear to rank and logistic to tell good from bad; far more than needed: machine learning)
are those of the founding documents. That "of the order of ten thousand" begins at 5,000 with 100
bad ones, and where the tables and trees begin, are our figures: additive tables printed on paper
lie between, and trees need so many bad ones that leaves of a few hundred stay stable.

    >>> choose(Evidence(rows=7_027, bads=271, target="binary")).route
    'logistic'
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text
from tallystick.scorecards.document import ROUTES

LOGISTIC_ROWS_MIN: Final = 5_000
LOGISTIC_BADS_MIN: Final = 100
ADDITIVE_ROWS_MIN: Final = 50_000
ADDITIVE_BADS_MIN: Final = 1_000
BOOSTED_ROWS_MIN: Final = 500_000
BOOSTED_BADS_MIN: Final = 10_000

TOO_FEW_OUTCOMES = Reason(
    "too_few_outcomes",
    Text(
        "{rows} 行、其中坏 {bads} 行，不足以由数据得出模型（须 {rows_min} 行、坏 {bads_min} 行）",
        "{rows} rows with {bads} bad ones are too few to fit a model by data ({rows_min} rows and "
        "{bads_min} bad ones are needed)",
    ),
    "docs/models.md",
    Text(
        "请用 --answers 给出专家问卷（层次分析法），或用 --route 指定一种并用 --because 说明理由。",
        "Give experts' questionnaires with --answers (AHP), or name a route with --route and say "
        "why with --because.",
    ),
)
ROUTE_NEEDS = Reason(
    "route_needs",
    Text("路线 {route} 需要{what}", "the route {route} needs {what}"),
    "docs/models.md",
    Text("请补上，或换一条路线。", "Give it, or choose another route."),
)
UNKNOWN_ROUTE = Reason(
    "unknown_route",
    Text("没有路线 {route}", "there is no route {route}"),
    "docs/models.md",
    Text(f"可选：{'、'.join(ROUTES)}。", f"There are {', '.join(ROUTES)}."),
)
BECAUSE_NEEDED = Reason(
    "because_needed",
    Text(
        "没有说明为何选 {asked}：按数据{ruled}",
        "it is not said why {asked} is chosen: by the data {ruled}",
    ),
    "docs/models.md",
    Text(
        "请用 --because 写明理由，它记入模型；或去掉 --route。",
        "Say why with --because, which the card keeps, or leave --route out.",
    ),
)
_WOULD_BE = Text("本会选 {route}", "it would be {route}")
_WOULD_BE_NOTHING = Text("不会拟合", "nothing would be fitted")
_NEEDS = {
    "target": Text("目标列（--target）", "a target column (--target)"),
    "two": Text("只有好坏两种结果的目标", "a target with two outcomes, good and bad"),
    "answers": Text("专家问卷（--answers）", "experts' questionnaires (--answers)"),
}
_ASKED = Text("由使用者指定：{why}", "asked for by the user: {why}")
_AS_RULED = Text("；{reason}", "; {reason}")
_BY_RULE = Text("；按数据本会选 {route}：{reason}", "; by the data it would be {route}: {reason}")
_BY_RULE_NONE = Text(
    "；按数据不会拟合：{reason}", "; by the data nothing would be fitted: {reason}"
)
_WHY = {
    "expert": Text(
        "没有结果，由专家写明的方向和权重评分", "no outcomes: scored by what experts state"
    ),
    "ahp_alone": Text(
        "有专家问卷而没有结果，由层次分析法赋权",
        "experts answered and there are no outcomes: weighed by AHP",
    ),
    "ahp": Text(
        "有专家问卷而结果不足（{rows} 行、坏 {bads} 行），由层次分析法赋权",
        "experts answered and outcomes are too few ({rows} rows, {bads} bad): weighed by AHP",
    ),
    "linear": Text(
        "目标是可排序的数而非好坏（{rows} 行），用线性回归排序",
        "the target is a number to rank by, not good or bad ({rows} rows): linear regression",
    ),
    "logistic": Text(
        "{rows} 行、坏 {bads} 行，达到万条级：逻辑回归评分卡",
        "{rows} rows with {bads} bad ones, of the order of ten thousand: a logistic scorecard",
    ),
    "additive": Text(
        "{rows} 行、坏 {bads} 行，多于评分卡所需：提升的可加表，仍可印在纸上",
        "{rows} rows with {bads} bad ones, more than a card needs: boosted additive tables, which "
        "still print on paper",
    ),
    "boosted": Text(
        "{rows} 行、坏 {bads} 行，远多于所需：机器学习（提升树）",
        "{rows} rows with {bads} bad ones, far more than needed: machine learning (boosted trees)",
    ),
}


@dataclass(frozen=True)
class Evidence:
    """What there is to choose by. target: none, two outcomes, or numbers to rank by."""

    rows: int
    bads: int = 0
    target: Literal["none", "binary", "number"] = "none"
    answers: bool = False


@dataclass(frozen=True)
class Choice:
    """The route taken and why, in both languages; `by_rule` is what the data alone would give."""

    route: str
    reason: Text
    by_rule: str


def choose(evidence: Evidence, asked: str = "", because: str = "") -> Choice:
    """Return the route for this evidence, or the one asked for with both reasons.

    Raises: TOO_FEW_OUTCOMES where the data choose and cannot bear a fit, ROUTE_NEEDS,
    UNKNOWN_ROUTE, BECAUSE_NEEDED.
    """
    ruled = _by_rule(evidence)
    if not asked:
        if not ruled:
            raise _too_few(evidence)
        return Choice(ruled, _why(ruled, evidence), ruled)
    _check(asked, evidence)
    because = because.strip()
    if asked != ruled and not because:
        would = _WOULD_BE.fill(route=ruled) if ruled else _WOULD_BE_NOTHING
        raise BECAUSE_NEEDED.error(asked=asked, ruled=would)
    if asked == ruled and not because:
        return Choice(asked, _why(ruled, evidence), ruled)
    told = _ASKED.fill(why=because)
    if asked == ruled:
        beside = _AS_RULED.fill(reason=_why(ruled, evidence))
    elif ruled:
        beside = _BY_RULE.fill(route=ruled, reason=_why(ruled, evidence))
    else:
        beside = _BY_RULE_NONE.fill(reason=_too_few(evidence).text)
    return Choice(asked, Text(told.zh + beside.zh, told.en + beside.en), ruled)


def _why(ruled: str, evidence: Evidence) -> Text:
    """Return why the data give a route."""
    alone = ruled == "ahp" and evidence.target == "none"
    return _WHY["ahp_alone" if alone else ruled].fill(rows=evidence.rows, bads=evidence.bads)


def _too_few(evidence: Evidence) -> TallyError:
    return TOO_FEW_OUTCOMES.error(
        rows=evidence.rows,
        bads=evidence.bads,
        rows_min=LOGISTIC_ROWS_MIN,
        bads_min=LOGISTIC_BADS_MIN,
    )


def _by_rule(evidence: Evidence) -> str:
    """Return the route the data alone give, "" where they bear none."""
    rows, bads = evidence.rows, evidence.bads
    if evidence.target == "none":
        return "ahp" if evidence.answers else "expert"
    if evidence.target == "number":
        return "linear" if rows >= LOGISTIC_ROWS_MIN else "ahp" if evidence.answers else ""
    if rows >= BOOSTED_ROWS_MIN and bads >= BOOSTED_BADS_MIN:
        return "boosted"
    if rows >= ADDITIVE_ROWS_MIN and bads >= ADDITIVE_BADS_MIN:
        return "additive"
    if rows >= LOGISTIC_ROWS_MIN and bads >= LOGISTIC_BADS_MIN:
        return "logistic"
    return "ahp" if evidence.answers else ""


def _check(asked: str, evidence: Evidence) -> None:
    if asked not in ROUTES:
        raise UNKNOWN_ROUTE.error(route=asked)
    if asked == "ahp" and not evidence.answers:
        raise ROUTE_NEEDS.error(route=asked, what=_NEEDS["answers"])
    if asked in {"linear", "logistic", "additive", "boosted"} and evidence.target == "none":
        raise ROUTE_NEEDS.error(route=asked, what=_NEEDS["target"])
    if asked in {"logistic", "additive", "boosted"} and evidence.target != "binary":
        raise ROUTE_NEEDS.error(route=asked, what=_NEEDS["two"])

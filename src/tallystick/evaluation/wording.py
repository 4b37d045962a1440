"""The sentences an evaluation can say, in both languages.

Owns the wording. Rules: one sentence a code; no sentence says more than the number does; a proposal
is called one wherever it shows.
"""

from __future__ import annotations

from tallystick.evaluation.conclusion import (
    W_CARD_CLIPPED,
    W_LOW_COVERAGE,
    W_MISSING,
    W_RULES_UNCHECKED,
    W_SCALE,
    W_UNKNOWN_DIMENSION,
    W_UNMAPPED_GROUP,
    W_WEIGHT_SUM,
)
from tallystick.evaluation.findings import (
    ASSUMED_MISSING,
    ASSUMED_ZERO,
    KNOWN,
    NO_PROPOSAL,
    PROPOSAL,
    UNKNOWN,
    UNVERIFIED,
    WITHHELD,
)
from tallystick.kernel.texts import Text

STATUS_TEXTS = {
    PROPOSAL: Text("预评：待有权人员认定", "PROPOSAL: a person with authority decides"),
    NO_PROPOSAL: Text("未形成预评：见提示", "NO PROPOSAL: see the warnings"),
}
STATE_TEXTS = {
    KNOWN: Text("已知", "known"),
    UNKNOWN: Text("未知", "unknown"),
    UNVERIFIED: Text("自报未核实，不计", "self-declared and not verified, does not count"),
    WITHHELD: Text("未获授权，未读取", "withheld, not read"),
    ASSUMED_MISSING: Text(
        "部分输入未知，方案规定按缺失计", "some inputs unknown, missing by the scheme"
    ),
    ASSUMED_ZERO: Text("未知，方案规定按零计", "unknown, zero by the scheme"),
}
WARNING_TEXTS = {
    W_WEIGHT_SUM: Text(
        "维度权重合计为 {value}，不是 1；按原样计算，未归一",
        "the weights of the dimensions add up to {value} and not to 1; nothing was renormalised",
    ),
    W_SCALE: Text(
        "维度得分超出方案的分值范围：{value}；按原样计算，未截断",
        "a dimension leaves the scale of the scheme: {value}; nothing was clipped",
    ),
    W_UNKNOWN_DIMENSION: Text(
        "维度“{value}”没有任何已知指标", "no indicator of the dimension {value} is known"
    ),
    W_UNMAPPED_GROUP: Text(
        "原方案提到的信息组“{value}”不在任何维度之内，不计分",
        "the group {value} named by the published scheme has no place in the score",
    ),
    W_LOW_COVERAGE: Text("按权重计，已知信息只占 {value}", "only {value} of the weight is known"),
    W_MISSING: Text(
        "方案要求必须已知的指标 {value} 未知，不形成评分",
        "indicator {value}, which the scheme requires, is unknown: no score is formed",
    ),
    W_CARD_CLIPPED: Text(
        "评分卡得分超出方案给定的范围：{value}；按最近的一端计分",
        "the score of a card lies beyond the scale of the scheme: {value}; taken at its nearer end",
    ),
    W_RULES_UNCHECKED: Text(
        "下列风险规则因没有读到资料而未核对，不等于未命中：{value}",
        "these risk rules could not be checked, which is not the same as no hit: {value}",
    ),
}
YES, NO = Text("是", "yes"), Text("否", "no")
NOT_KNOWN = Text("未形成", "none")

PRODUCT = Text(
    "{dimension}：{score} × {weight} = {product}", "{dimension}: {score} x {weight} = {product}"
)
UNKNOWN_LEFT_OUT = Text("{dimension}：未知", "{dimension}: unknown")
UNKNOWN_NEUTRAL = Text(
    "{dimension}：未知；按已知维度的加权平均 {assumed} 计，既不抬高也不拉低",
    "{dimension}: unknown; taken at {assumed}, the weighted mean of the known dimensions, "
    "which moves nothing",
)
HIT = Text(
    "命中 {level} 级风险规则“{rule}”，依据 {count} 条记录",
    "risk rule of level {level} hit: {rule} (records: {count})",
)
MOVED = Text(
    "因命中风险规则，风险等级由“{before}”变为“{after}”",
    "because of the rules hit the band goes from {before} to {after}",
)
WORST_BY_RULES = Text(
    "不由评分定级；因命中风险规则，风险等级为“{after}”",
    "no band follows from a score; because of the rules hit the band is {after}",
)
LOST = Text(
    "{indicator}：{value}，得 {points} 分（最高 {best} 分）",
    "{indicator}: {value}, {points} points of at most {best}",
)
SHARE = Text(
    "{indicator}：{variable}，与平均相比 {points}（{unit}）",
    "{indicator}: {variable}, {points} against the average ({unit})",
)
OF_POINTS = Text("评分卡的分", "points of the card")
OF_TREES = Text("对数几率，越高越好", "log-odds, more is better")

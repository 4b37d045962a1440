"""Why: the sentences of an evaluation, in both languages, made when somebody reads them.

Owns the wording of reasons, warnings and states, and the form other programs read. Rules: every
sentence follows from the sealed document and the scheme alone; every reason that rests on records
names them; a proposal says that it is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from tallystick.evaluation.changes import Change
from tallystick.evaluation.conclusion import (
    W_LOW_COVERAGE,
    W_MISSING,
    W_SCALE,
    W_UNKNOWN_DIMENSION,
    W_UNMAPPED_GROUP,
    W_WEIGHT_SUM,
)
from tallystick.evaluation.findings import (
    ASSUMED_ZERO,
    KNOWN,
    NO_PROPOSAL,
    PROPOSAL,
    UNKNOWN,
    UNVERIFIED,
    WITHHELD,
    Anomaly,
    Because,
    Contribution,
    Evaluation,
    Finding,
)
from tallystick.evaluation.points import best_points
from tallystick.evaluation.scheme import Indicator
from tallystick.kernel.decimals import decimal_text
from tallystick.kernel.texts import Text

STATUS_TEXTS = {
    PROPOSAL: Text("预评：待有权人员认定", "PROPOSAL: a person with authority decides"),
    NO_PROPOSAL: Text("未形成预评：见提示", "NO PROPOSAL: see the warnings"),
}
STATE_TEXTS = {
    KNOWN: Text("已知", "known"),
    UNKNOWN: Text("未知", "unknown"),
    UNVERIFIED: Text("自报未核实，不计", "self-declared and not verified, does not count"),
    WITHHELD: Text("未获授权，未读取", "withheld: not read"),
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
}
_YES, _NO = Text("是", "yes"), Text("否", "no")
_NOT_KNOWN = Text("未知", "unknown")

_PRODUCT = Text("{dimension}：{score} × {weight} = {product}",
                "{dimension}: {score} x {weight} = {product}")  # fmt: skip
_UNKNOWN_LEFT_OUT = Text("{dimension}：未知", "{dimension}: unknown")
_UNKNOWN_NEUTRAL = Text(
    "{dimension}：未知；按已知维度的加权平均 {assumed} 计，既不抬高也不拉低",
    "{dimension}: unknown; taken at {assumed}, the weighted mean of the known dimensions, "
    "which moves nothing",
)
_HIT = Text(
    "命中 {level} 级风险规则“{rule}”，依据 {count} 条记录",
    "risk rule of level {level} hit: {rule} (records: {count})",
)
_MOVED = Text(
    "因命中风险规则，风险等级由“{before}”变为“{after}”",
    "because of the rules hit the band goes from {before} to {after}",
)
_WORST = Text(
    "未形成评分；因命中风险规则，风险等级为“{after}”",
    "there is no score; because of the rules hit the band is {after}",
)
_LOST = Text(
    "{indicator}：{value}，得 {points} 分（最高 {best} 分）",
    "{indicator}: {value}, {points} points of at most {best}",
)


class Line(NamedTuple):
    """One indicator explained.

    value: the value in both languages; points, best: decimal text, None where there are none;
    weight: share of the dimension; share: share of the whole score, weight x weight.
    """

    indicator: Indicator
    dimension: Text
    state: Text
    value: Text
    points: str | None
    best: str | None
    weight: str
    share: str
    records: tuple[str, ...]


def explain(evaluation: Evaluation) -> list[Line]:
    """Return every indicator with value, points, weight and the records used.

    Empty for a worked example, which has scores of dimensions only.
    """
    dimensions = {one.code: one for one in evaluation.scheme.dimensions}
    lines = []
    for indicator, finding in zip(evaluation.scheme.indicators, evaluation.findings, strict=False):
        best = best_points(indicator.steps)
        dimension = dimensions[indicator.dimension]
        lines.append(
            Line(
                indicator,
                dimension.names,
                STATE_TEXTS[finding.state],
                value_text(finding),
                finding.points.text if finding.points else None,
                best.text if best else None,
                decimal_text(indicator.weight),
                decimal_text(indicator.weight * dimension.weight),
                finding.records,
            )
        )
    return lines


def value_text(finding: Finding) -> Text:
    """Return the value of a finding as people read it."""
    value = finding.value
    if value is None:
        return STATE_TEXTS[finding.state]
    if isinstance(value, bool):
        return _YES if value else _NO
    text = decimal_text(value) if isinstance(value, Decimal) else str(value)
    return Text(text, text)


def warning_sentence(anomaly: Anomaly) -> Text:
    """Return the sentence of one warning."""
    return WARNING_TEXTS[anomaly.code].fill(value=anomaly.value)


def reason_sentence(evaluation: Evaluation, because: Because) -> Text:
    """Return the sentence of one reason of `evaluation`."""
    if because.code in {"dimension_product", "dimension_unknown"}:
        return _of_dimension(
            next(one for one in evaluation.contributions if one.dimension.code == because.of)
        )
    if because.code == "rule_hit":
        hit = next(hit for hit in evaluation.hits if hit.rule.code == because.of)
        return _HIT.fill(level=hit.rule.level, rule=hit.rule.names, count=len(hit.records))
    if because.code == "points_lost":
        return _of_loss(evaluation, because.of)
    before, after = evaluation.band_before_rules, evaluation.band
    after_names = after.names if after else _NOT_KNOWN
    if before is None:
        return _WORST.fill(after=after_names)
    return _MOVED.fill(before=before.names, after=after_names)


def reason_sentences(evaluation: Evaluation) -> list[tuple[Text, tuple[str, ...]]]:
    """Return every reason as a sentence with the records it rests on."""
    return [
        (reason_sentence(evaluation, because), because.records) for because in evaluation.reasons
    ]


def evaluation_json(evaluation: Evaluation, changes: Sequence[Change] = ()) -> dict[str, Any]:
    """Return the form other programs read: the sealed document, its digest, and sentences.

    The sentences stand beside the codes as `text`; the digest is over the document without them.
    """
    document = evaluation.document()
    for entry, because in zip(document["reasons"], evaluation.reasons, strict=True):
        entry["text"] = _both(reason_sentence(evaluation, because))
    for entry, anomaly in zip(document["warnings"], evaluation.warnings, strict=True):
        entry["text"] = _both(warning_sentence(anomaly))
    document["status_text"] = _both(STATUS_TEXTS[evaluation.status])
    document["changes"] = [change_json(change) for change in changes]
    document["digest"] = evaluation.digest
    return document


def change_json(change: Change) -> dict[str, Any]:
    """Return one lawful change in the form other programs read."""
    return {
        "kind": change.kind,
        "of": change.of,
        "text": _both(change.what),
        "records": list(change.records),
        "score": change.score,
        "band": change.band.names.zh,
        "band_code": change.band.code,
        "light": change.band.light,
    }


def _of_dimension(one: Contribution) -> Text:
    names = one.dimension.short
    if one.score is not None:
        return _PRODUCT.fill(
            dimension=names, score=one.score, weight=one.weight, product=one.product
        )
    if one.assumed is None:
        return _UNKNOWN_LEFT_OUT.fill(dimension=names)
    return _UNKNOWN_NEUTRAL.fill(dimension=names, assumed=one.assumed)


def _of_loss(evaluation: Evaluation, code: str) -> Text:
    pairs = zip(evaluation.scheme.indicators, evaluation.findings, strict=True)
    indicator, finding = next(pair for pair in pairs if pair[0].code == code)
    best = best_points(indicator.steps)
    return _LOST.fill(
        indicator=indicator.names,
        value=value_text(finding),
        points=finding.points.text if finding.points else "",
        best=best.text if best else "",
    )


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}

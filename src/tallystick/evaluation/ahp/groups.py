"""Several experts: one matrix or one list of priorities of them all, and how far they agree.

Owns aggregation and consensus. Rules: judgments are put together by their geometric mean, which
keeps them reciprocal (Aczél and Saaty 1983), each expert by weight and over those who judged the
pair; priorities likewise by the geometric mean of each expert's own (Forman and Peniwati 1998);
consensus is Goepel's indicator, from Shannon entropies of the priorities.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

from tallystick.evaluation.ahp.digits import decimal_of_fraction, settled, working
from tallystick.evaluation.ahp.judgments import SCALE_MAX
from tallystick.evaluation.ahp.priorities import Comparisons

JUDGMENTS = "judgments"
PRIORITIES = "priorities"
AGGREGATES = (JUDGMENTS, PRIORITIES)

VERY_LOW, LOW, MODERATE, HIGH, VERY_HIGH = "very_low", "low", "moderate", "high", "very_high"
_WORDS = (
    (Decimal("0.875"), VERY_HIGH),
    (Decimal("0.75"), HIGH),
    (Decimal("0.625"), MODERATE),
    (Decimal("0.5"), LOW),
)


def joined_judgments(experts: Sequence[Comparisons], weights: Sequence[Fraction]) -> Comparisons:
    """Return one set of comparisons for all experts; weights: one an expert, above 0."""
    [size] = {expert.size for expert in experts}
    values, logs = {}, {}
    pairs = sorted({pair for expert in experts for pair in expert.values})
    with localcontext(working()):
        for pair in pairs:
            told = [(e, w) for e, w in zip(experts, weights, strict=True) if pair in e.values]
            if len({expert.values[pair] for expert, _ in told}) == 1:
                values[pair], logs[pair] = told[0][0].values[pair], told[0][0].logs[pair]
                continue
            total = decimal_of_fraction(sum((weight for _, weight in told), Fraction(0)))
            logs[pair] = (
                sum((e.logs[pair] * decimal_of_fraction(w) for e, w in told), Decimal(0)) / total
            )
            values[pair] = logs[pair].exp()
    return Comparisons(size, values, logs)


def joined_priorities(
    experts: Sequence[Sequence[Decimal]], weights: Sequence[Fraction]
) -> tuple[Decimal, ...]:
    """Return one list of priorities for all experts."""
    with localcontext(working()):
        shares = [decimal_of_fraction(weight / sum(weights)) for weight in weights]
        logs = [
            sum((one.ln() * share for one, share in zip(column, shares, strict=True)), Decimal(0))
            for column in zip(*experts, strict=True)
        ]
        roots = [log.exp() for log in logs]
        total = sum(roots)
        return tuple(root / total for root in roots)


def consensus(experts: Sequence[Sequence[Decimal]], weights: Sequence[Fraction]) -> Decimal | None:
    """Return Goepel's consensus indicator S*, 0 to 1; None for fewer than two experts or items.

    S = 1 / exp(beta) with beta = gamma - alpha: alpha the mean entropy of each expert's priorities,
    gamma the entropy of the mean priorities; set between its least value, experts who each put a
    single different item at the top of the scale, and 1. Source: bpmsg.com, AHP group consensus
    indicator, equation 1.10. Priorities more uneven than the scale allows count as 0.
    """
    if len(experts) < 2 or len(experts[0]) < 2:  # noqa: PLR2004 - two experts, two items
        return None
    with localcontext(working()):
        shares = [decimal_of_fraction(weight / sum(weights)) for weight in weights]
        means = [
            sum((one * share for one, share in zip(column, shares, strict=True)), Decimal(0))
            for column in zip(*experts, strict=True)
        ]
        alpha = sum(
            (_entropy(e) * share for e, share in zip(experts, shares, strict=True)), Decimal(0)
        )
        alike = (alpha - _entropy(means)).exp()
        size = len(means)
        top = Decimal(SCALE_MAX) / (size + SCALE_MAX - 1)
        rest = Decimal(1) / (size + SCALE_MAX - 1)
        least = _entropy([top, *[rest] * (size - 1)]).exp() / size
        return min(max(settled((alike - least) / (1 - least)), Decimal(0)), Decimal(1))


def consensus_word(value: Decimal) -> str:
    """Return the word for a consensus: very_low, low, moderate, high or very_high (bpmsg.com)."""
    return next((word for least, word in _WORDS if value >= least), VERY_LOW)


def _entropy(shares: Sequence[Decimal]) -> Decimal:
    return -sum((share * share.ln() for share in shares), Decimal(0))

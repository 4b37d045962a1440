"""What could hold for organisations that were rejected and so have no outcome.

Owns the sensitivity of a card's figures to assumptions about them. Rules: nobody knows what the
rejected would have done, so that nothing here is one number: every figure is a band over stated
assumptions, each shown by itself; no assumption is drawn by chance, a rejected organisation counts
with the weight of being bad and of being good, times its own weight where rows weigh; figures of
the accepted alone stand beside.

    found = sensitivity(scores_of(card, accepted), y, scores_of(card, rejected))
    found["band"]["auc"]                  # {"low": "0.71", "high": "0.83"}

Assumptions: hard cutoff (the worst share of the rejected is bad, the rest good), parcelling (in
each stretch of scores the rejected are 1, 1.5, 2, 3 .. times as often bad as the accepted), fuzzy
augmentation (each counts with the card's own pd). Source: Siddiqi 2006, chapter 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tallystick.kernel.texts import Text
from tallystick.modelling.bands import weight_text
from tallystick.modelling.metrics import Ranking, as_text, quantile
from tallystick.modelling.stability import term_cells
from tallystick.modelling.tables import Column, Floats, MemoryTable, Table
from tallystick.modelling.validation import Fit

Scored = tuple[NDArray[Any], Floats]
"""Scores and pd of the same organisations; pd is NaN where the card states none."""

FACTORS: Final = (1.0, 1.5, 2.0, 3.0, 5.0)
CUTOFF_SHARES: Final = (0.25, 0.5, 0.75)
PARTS: Final = 10

_TEXTS: Final = {
    "hard_cutoff": Text(
        "最差的 {share} 被拒单位全坏，其余全好",
        "the worst {share} of the rejected are bad, the rest good",
    ),
    "parcelling": Text(
        "同分段内被拒单位的坏账率是通过单位的 {factor} 倍",
        "among equal scores the rejected are {factor} times as often bad as the accepted",
    ),
    "fuzzy": Text(
        "被拒单位按本卡的违约概率计入",
        "the rejected count with the card's own probability of bad",
    ),
}
NEVER_ONE = Text(
    "被拒单位的结果无人知道：这里只有假设之下的范围，没有一个数",
    "nobody knows what the rejected would have done: these are ranges under assumptions, "
    "not figures",
)


@dataclass(frozen=True, eq=False)
class Assumption:
    """What is assumed. bad: for each rejected organisation the share of being bad, 0 to 1."""

    code: str
    text: Text
    bad: Floats


def assumptions(
    score: NDArray[Any],
    y: Floats,
    rejected: NDArray[Any],
    rejected_pd: Floats | None = None,
    weights: tuple[Floats, Floats] | None = None,
    *,
    factors: Sequence[float] = FACTORS,
    shares: Sequence[float] = CUTOFF_SHARES,
) -> tuple[Assumption, ...]:
    """Return every assumption about the rejected; fuzzy needs `rejected_pd`.

    weights: of the accepted and of the rejected.
    """
    found = []
    own, others = weights or (np.ones(len(y)), np.ones(len(rejected)))
    order = np.argsort(rejected, kind="stable")
    before = np.empty(len(rejected))
    before[order] = np.cumsum(others[order]) - others[order]
    for share in shares:
        text = _TEXTS["hard_cutoff"].fill(share=f"{share:.0%}")
        left = round(share * float(others.sum())) - before  # where a weight is cut, a part is bad
        worst = np.clip(left / np.where(others > 0, others, 1.0), 0.0, 1.0)
        found.append(Assumption(f"hard_cutoff_{share:g}", text, worst))
    rates = _rates(score, y, rejected, own, others)
    for factor in factors:
        text = _TEXTS["parcelling"].fill(factor=f"{factor:g}")
        found.append(Assumption(f"parcelling_{factor:g}", text, np.minimum(1.0, rates * factor)))
    if rejected_pd is not None:
        found.append(Assumption("fuzzy", _TEXTS["fuzzy"], rejected_pd))
    return tuple(found)


def sensitivity(
    accepted: Scored,
    y: Floats,
    rejected: Scored,
    weights: tuple[Floats, Floats] | None = None,
    *,
    factors: Sequence[float] = FACTORS,
    shares: Sequence[float] = CUTOFF_SHARES,
) -> dict[str, Any]:
    """Return {"accepted", "rejected_rows", "assumptions": [..], "band", "statement"}.

    accepted, rejected: scores and pd, of those with outcomes y and of those without; weights: of
    the accepted and of the rejected, which then stand beside the counts of rows. Figures:
    "auc", "ks", "bad_rate" of both together and "rejected_bad_rate"; "band" has {"low", "high"} of
    each.
    """
    (score, _), (marks, pd) = accepted, rejected
    known = pd if len(pd) and np.isfinite(pd).all() else None
    assumed = assumptions(score, y, marks, known, weights, factors=factors, shares=shares)
    own, others = weights or (np.ones(len(y)), np.ones(len(marks)))
    figures = [_figures(score, y, marks, one.bad, own, others) for one in assumed]
    auc, ks, _ = Ranking(score, y).measure(own)
    of_rejected = {} if weights is None else {"rejected_weight": as_text(float(others.sum()))}
    return {
        "accepted": {"rows": len(y), "auc": as_text(auc), "ks": as_text(ks)}
        | {"bad_rate": as_text(float(np.average(y, weights=own)))}
        | weight_text(weights and own, float(own.sum()), float(own @ y)),
        "rejected_rows": len(marks),
        **of_rejected,
        "assumptions": [
            {"code": one.code, "text": {"zh": one.text.zh, "en": one.text.en}}
            | {name: as_text(value) for name, value in each.items()}
            for one, each in zip(assumed, figures, strict=True)
        ],
        "band": _band(figures),
        "statement": {"zh": NEVER_ONE.zh, "en": NEVER_ONE.en},
    }


def refitted(
    fit: Fit,
    table: Table,
    y: Floats,
    rejected: Table,
    assumed: Sequence[Assumption],
) -> dict[str, Any]:
    """Return how far points move where the rejected are learnt from under each assumption.

    {"terms": {term: {"fits", "span": {"low", "high"}, "mean": {"low", "high"}}}, "statement"}: in
    how many cards a term stands, the spread of its points, and its mean points among the accepted,
    over all assumptions and the fit without the rejected. Rejected organisations count twice, as
    bad and as good, by their weights.
    """
    both = _stacked(table, rejected)
    outcomes = np.concatenate([y, np.ones(rejected.rows), np.zeros(rejected.rows)])
    cards = [fit(table, y, None)]
    for one in assumed:
        weights = np.concatenate([np.ones(len(y)), one.bad, 1 - one.bad])
        cards.append(fit(both, outcomes, weights))
    found: dict[str, list[tuple[float, float]]] = {}
    for card in cards:
        for term in card.terms:
            points = np.array(term.points, np.float64)
            mean = float(points[term_cells(term, table)].mean())
            found.setdefault(term.code, []).append((float(np.ptp(points)), mean))
    return {
        "terms": {
            code: {
                "fits": len(each),
                "span": _ends([span for span, _ in each]),
                "mean": _ends([mean for _, mean in each]),
            }
            for code, each in found.items()
        },
        "statement": {"zh": NEVER_ONE.zh, "en": NEVER_ONE.en},
    }


def _rates(
    score: NDArray[Any], y: Floats, rejected: NDArray[Any], own: Floats, others: Floats
) -> Floats:
    """Return the bad rate of the accepted in the stretch of scores of each rejected one.

    Stretches are tenths of all scores together; below the accepted the worst known rate holds.
    """
    together = np.concatenate([score, rejected]).astype(np.float64)
    weights = np.concatenate([own, others])
    cuts = np.unique(quantile(together, np.arange(1, PARTS) / PARTS, weights))
    place = np.searchsorted(cuts, score, side="right")
    count = np.bincount(place, weights=own, minlength=len(cuts) + 1)
    bads = np.bincount(place, weights=own * y, minlength=len(cuts) + 1)
    rates = np.divide(bads, count, out=np.full(len(count), np.nan), where=count > 0)
    known = np.flatnonzero(count > 0)
    rates = rates[known[np.abs(np.arange(len(count))[:, None] - known).argmin(axis=1)]]
    return np.asarray(rates[np.searchsorted(cuts, rejected, side="right")], np.float64)


def _figures(
    score: NDArray[Any],
    y: Floats,
    rejected: NDArray[Any],
    bad: Floats,
    own: Floats,
    others: Floats,
) -> dict[str, float]:
    marks = np.concatenate([score, rejected, rejected])
    outcomes = np.concatenate([y, np.ones(len(rejected)), np.zeros(len(rejected))])
    weights = np.concatenate([own, others * bad, others * (1 - bad)])
    auc, ks, _ = Ranking(marks, outcomes).measure(weights)
    worst = float(others @ bad)
    rate = (float(own @ y) + worst) / float(own.sum() + others.sum())
    alone = worst / float(others.sum()) if others.any() else np.nan
    return {"auc": auc, "ks": ks, "bad_rate": rate, "rejected_bad_rate": alone}


def _band(figures: Sequence[dict[str, float]]) -> dict[str, dict[str, str | None]]:
    return {name: _ends([each[name] for each in figures]) for name in figures[0]}


def _ends(values: Sequence[float]) -> dict[str, str | None]:
    return {"low": as_text(min(values)), "high": as_text(max(values))}


def _stacked(table: Table, rejected: Table) -> MemoryTable:
    """Return the accepted, and the rejected twice, under the categories of both."""
    columns = []
    for name in table.names:
        one, other = table.column(name), rejected.column(name)
        if one.kind == "number":
            parts = [one.values, other.values, other.values]
            columns.append(Column(name, "number", values=np.concatenate(parts)))
            continue
        known = tuple(dict.fromkeys((*one.categories, *other.categories)))
        place = {text: at for at, text in enumerate(known)}
        again = np.array([*(place[text] for text in other.categories), -1], np.int32)[other.codes]
        codes = np.concatenate([one.codes, again, again])
        columns.append(Column(name, "category", codes=codes, categories=known))
    return MemoryTable(columns)

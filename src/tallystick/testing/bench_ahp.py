"""Measuring weights from experts on this machine.

Owns the timing of one matrix of 35 items by 30 experts, complete and with a third of the judgments
missing: from answers to priorities of each, joined weights, consistency and consensus.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from fractions import Fraction

from tallystick.evaluation.ahp import Answer, Settings, group_document, pairs_of, survey_of, weigh
from tallystick.evaluation.ahp.judgments import SCALE, Judgments

ITEMS = 35
EXPERTS = 30
_SPREAD = 5  # how differently the experts see the same pair, in steps of the scale


def time_ahp(items: int = ITEMS, experts: int = EXPERTS) -> dict[str, float | int]:
    """Return seconds for a complete and for an incomplete panel, and for the page of the first."""
    complete = answers(items, experts, every=1)
    begun = time.perf_counter()
    survey, _ = survey_of(complete)
    weighing = weigh(survey, Settings())
    weighed = time.perf_counter()
    group_document(weighing.groups[0], survey, Settings())
    shown = time.perf_counter()
    survey, _ = survey_of(answers(items, experts, every=3))
    again = time.perf_counter()
    weigh(survey, Settings())
    return {
        "items": items,
        "experts": experts,
        "seconds": round(weighed - begun, 3),
        "seconds_with_hints": round(shown - begun, 3),
        "seconds_incomplete": round(time.perf_counter() - again, 3),
    }


def answers(items: int, experts: int, every: int) -> Sequence[Answer]:
    """Return answers of `experts` who differ a little; every third pair is left out with 3."""
    names = tuple(f"item {place + 1}" for place in range(items))
    middle = len(SCALE) // 2

    def judgment(i: int, j: int, expert: int) -> Fraction:
        lean = (j - i) // 6 + (i * 7 + j * 3 + expert * (i + 2 * j)) % _SPREAD - _SPREAD // 2
        return SCALE[max(0, min(len(SCALE) - 1, middle + lean))]

    return [
        Answer(
            f"expert {expert + 1}",
            "",
            Judgments(
                names,
                {
                    (i, j): judgment(i, j, expert)
                    for i, j in pairs_of(items)
                    if every == 1 or j == i + 1 or (i + j + expert) % every
                },
            ),
        )
        for expert in range(experts)
    ]

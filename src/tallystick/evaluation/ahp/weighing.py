"""From the answers of a survey to weights, with everything that is asked of them.

Owns `weigh`: one result for each group, with priorities, consistency, the judgments to reconsider,
agreement and the reach of each weight; and the two forms of the result, for people and programs
(`shown`) and for the ledger (`sealed`). Rules: weights are rounded once, to six places that sum to
exactly 1; the ratio that must hold is the one the weights rest on: of the joined matrix, or of the
least consistent expert where priorities are joined; the same answers and settings give the same
digest anywhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from tallystick.evaluation.ahp import groups as several
from tallystick.evaluation.ahp.consistency import (
    CR_LIMIT,
    SAATY_2005,
    Consistency,
    Mending,
    consistency,
    mendings,
)
from tallystick.evaluation.ahp.digits import rounded_weights, sealed_weights, shown
from tallystick.evaluation.ahp.judgments import judgment_text
from tallystick.evaluation.ahp.priorities import (
    EIGENVECTOR,
    Comparisons,
    Priorities,
    matrix_of,
    solve,
)
from tallystick.evaluation.ahp.questionnaires import Group, Survey
from tallystick.evaluation.ahp.sensitivity import stays
from tallystick.kernel.canonical import encode
from tallystick.kernel.decimals import decimal_text

FORM = "tallystick-weighing/1"
VALUE_PLACES = 4  # of a judgment as it is shown


class Settings(NamedTuple):
    """How answers become weights: keys of METHODS, AGGREGATES and RI_TABLES."""

    method: str = EIGENVECTOR
    aggregate: str = several.JUDGMENTS
    table: str = SAATY_2005


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one expert's answer to one group gives on its own."""

    expert: int
    comparisons: Comparisons
    priorities: Priorities
    consistency: Consistency


@dataclass(frozen=True, slots=True)
class Weighed:
    """The result of one group. weights: six places, in the order of the items, sum exactly 1.

    comparisons, priorities: joined, or the one expert's; of the least consistent expert where
    priorities are joined. consensus: None with one expert.
    """

    group: Group
    weights: tuple[Decimal, ...]
    comparisons: Comparisons
    priorities: Priorities
    consistency: Consistency
    opinions: tuple[Opinion, ...]
    consensus: Decimal | None

    @property
    def accepted(self) -> bool:
        """Whether CR is below 0.10."""
        return self.consistency.accepted


@dataclass(frozen=True, slots=True)
class Weighing:
    """The result of a survey, group by group."""

    survey: Survey
    settings: Settings
    groups: tuple[Weighed, ...]

    @property
    def accepted(self) -> bool:
        """Whether CR is below 0.10 in every group."""
        return all(group.accepted for group in self.groups)

    @property
    def testable(self) -> bool:
        """Whether in every group a judgment could have contradicted the others."""
        return all(group.consistency.testable for group in self.groups)

    def of(self, name: str) -> Weighed | None:
        """Return the result of the group `name`, None where there is none."""
        return next((one for one in self.groups if one.group.name == name), None)

    def document(self) -> dict[str, Any]:
        """Return the sealed form: answers, settings, results; decimal strings, no label."""
        answers = self.survey.document()
        results = [
            {**told, **_result(one)}
            for told, one in zip(answers["groups"], self.groups, strict=True)
        ]
        return {
            "form": FORM,
            "method": self.settings.method,
            "aggregate": self.settings.aggregate,
            "ri_table": self.settings.table,
            "experts": answers["experts"],
            "groups": results,
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes of `document()`, lower-case hex."""
        return hashlib.sha256(encode(self.document())).hexdigest()


def _result(one: Weighed) -> dict[str, Any]:
    found = one.consistency
    return {
        "weights": [decimal_text(weight) for weight in one.weights],
        "lambda_max": shown(found.eigenvalue),
        "ci": shown(found.spread),
        "cr": shown(found.ratio),
        "ri": decimal_text(found.random),
        "ri_table": found.table,
    }


def weigh(survey: Survey, settings: Settings) -> Weighing:
    """Return the weights of every group of `survey`.

    Raises: WEIGHT_VANISHES.
    """
    groups = tuple(weigh_group(group, survey.weights, settings) for group in survey.groups)
    return Weighing(survey, settings, groups)


def weigh_group(group: Group, weights: Sequence[Fraction], settings: Settings) -> Weighed:
    """Return the weights of one group; `weights` are those of all experts of the survey."""
    told = [_opinion(expert, group, settings) for expert in sorted(group.answers)]
    shares = [weights[one.expert] for one in told]
    agreed = several.consensus([one.priorities.weights for one in told], shares)
    joined = several.joined_judgments([one.comparisons for one in told], shares)
    if settings.aggregate == several.PRIORITIES:
        # Of equal ratios one that was tested says more than one that could not be.
        worst = max(told, key=lambda one: (one.consistency.ratio, one.consistency.testable))
        vector = several.joined_priorities([one.priorities.weights for one in told], shares)
        comparisons, found = worst.comparisons, worst.priorities
    else:
        comparisons, found = joined, solve(joined, settings.method)
        vector = found.weights
    return Weighed(
        group,
        sealed_weights(vector, group.items),
        comparisons,
        found,
        _consistency(comparisons, found.eigenvalue, settings),
        tuple(told),
        agreed,
    )


def _opinion(expert: int, group: Group, settings: Settings) -> Opinion:
    comparisons = matrix_of(group.answers[expert])
    found = solve(comparisons, settings.method)
    return Opinion(
        expert, comparisons, found, _consistency(comparisons, found.eigenvalue, settings)
    )


def _consistency(given: Comparisons, eigenvalue: Decimal, settings: Settings) -> Consistency:
    return consistency(eigenvalue, given.size, len(given.missing), settings.table)


# -- as people and programs see it ----------------------------------------------------------------


def group_document(one: Weighed, survey: Survey, settings: Settings) -> dict[str, Any]:
    """Return the result of one group with everything that is asked of it."""
    items, found = one.group.items, one.consistency
    ranked = sorted(range(len(items)), key=lambda n: -one.weights[n])
    several_told = len(one.opinions) > 1
    return {
        "group": one.group.name,
        "items": list(items),
        "weights": [decimal_text(weight) for weight in one.weights],
        "lambda_max": shown(found.eigenvalue),
        "ci": shown(found.spread),
        "cr": shown(found.ratio),
        "method": settings.method,
        "ri_table": found.table,
        "missing": _missing(one),
        "overridden": False,
        "consistent": found.accepted,
        "testable": found.testable,
        "cr_limit": decimal_text(CR_LIMIT),
        "ri": decimal_text(found.random),
        "cr_for_missing": _strict(found),
        "aggregate": settings.aggregate if several_told else None,
        "ranking": [items[n] for n in ranked],
        "consensus": _consensus(one),
        "reconsider": _reconsider(one, items, one.comparisons, settings),
        "sensitivity": [
            {
                "item": item,
                "weight": decimal_text(weight),
                "low": decimal_text(reach.low),
                "high": decimal_text(reach.high),
            }
            for item, weight, reach in zip(items, one.weights, stays(one.weights), strict=True)
        ],
        "experts": [_expert(opinion, one, survey, settings) for opinion in one.opinions],
    }


def _strict(found: Consistency) -> str | None:
    if not found.missing or found.strict is None:
        return None
    return shown(found.strict)


def _missing(one: Weighed) -> list[dict[str, Any]]:
    items, matrix = one.group.items, one.priorities.matrix
    return [
        {"pair": [items[i], items[j]], "value": shown(matrix[i][j])}
        for i, j in one.comparisons.missing
    ]


def _consensus(one: Weighed) -> dict[str, Any] | None:
    if one.consensus is None:
        return None
    return {
        "value": shown(one.consensus, VALUE_PLACES),
        "is": several.consensus_word(one.consensus),
    }


def _expert(opinion: Opinion, one: Weighed, survey: Survey, settings: Settings) -> dict[str, Any]:
    items = one.group.items
    return {
        "expert": survey.experts[opinion.expert],
        "weight": judgment_text(survey.weights[opinion.expert]),
        "weights": [decimal_text(w) for w in rounded_weights(opinion.priorities.weights)],
        "lambda_max": shown(opinion.consistency.eigenvalue),
        "cr": shown(opinion.consistency.ratio),
        "consistent": opinion.consistency.accepted,
        "testable": opinion.consistency.testable,
        "judged": len(opinion.comparisons.values),
        "missing": len(opinion.comparisons.missing),
        "reconsider": _reconsider(opinion, items, opinion.comparisons, settings),
    }


def _reconsider(
    one: Weighed | Opinion, items: Sequence[str], given: Comparisons, settings: Settings
) -> list[dict[str, Any]]:
    """Return the judgments to reconsider; an expert who is consistent is not asked again."""
    if isinstance(one, Opinion) and one.consistency.accepted:
        return []
    found = mendings(given, one.priorities.weights, settings.table)
    return [_mending(mending, items) for mending in found]


def _mending(one: Mending, items: Sequence[str]) -> dict[str, Any]:
    i, j = one.pair
    return {
        "pair": [items[i], items[j]],
        "judged": shown(one.judged, VALUE_PLACES),
        "value": judgment_text(one.value),
        "cr_then": shown(one.ratio),
    }

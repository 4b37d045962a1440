"""The analytic hierarchy process: what experts judge pair by pair becomes weights.

Owns questionnaires (reading them, their sealed form), priorities, consistency, agreement, and what
would mend or move a result. Rules: pure; judgments are exact fractions; digits are decided in
decimals of forty places and rounded once, so that no machine and no number of threads changes one;
CR is below 0.10 or an officer signs why not; experts are numbers in what is sealed, never names.
Method and sources: docs/ahp.md.

    answers, problems = read_sheets("drinks.csv", sheets, (), guard)
    survey, unfit = survey_of(answers)
    weighing = weigh(survey, Settings())
    weighing.groups[0].weights
"""

from tallystick.evaluation.ahp.consistency import CR_LIMIT, RI_TABLES
from tallystick.evaluation.ahp.documents import FORM as QUESTIONNAIRE_FORM
from tallystick.evaluation.ahp.documents import read_document
from tallystick.evaluation.ahp.faults import (
    ANSWERS_REFUSED,
    NOT_ANSWERED,
    NOTHING_TO_OVERRIDE,
    PERSONAL_ANSWER,
    PERSONAL_LABEL,
    TOO_INCONSISTENT,
)
from tallystick.evaluation.ahp.groups import AGGREGATES
from tallystick.evaluation.ahp.hierarchy import Layer, asked, hierarchy_of
from tallystick.evaluation.ahp.judgments import pairs_of
from tallystick.evaluation.ahp.moving import Reach, WeightMoves
from tallystick.evaluation.ahp.priorities import METHODS
from tallystick.evaluation.ahp.putting import (
    Override,
    put_weights,
    renamed,
    too_inconsistent,
    weighing_of,
    weight_faults,
)
from tallystick.evaluation.ahp.questionnaires import TOP, Answer, Survey, survey_from, survey_of
from tallystick.evaluation.ahp.reading import Guard, Sheet, read_sheets
from tallystick.evaluation.ahp.weighing import (
    Settings,
    Weighed,
    Weighing,
    group_document,
    weigh,
)

__all__ = [
    "AGGREGATES",
    "ANSWERS_REFUSED",
    "CR_LIMIT",
    "METHODS",
    "NOTHING_TO_OVERRIDE",
    "NOT_ANSWERED",
    "PERSONAL_ANSWER",
    "PERSONAL_LABEL",
    "QUESTIONNAIRE_FORM",
    "RI_TABLES",
    "TOO_INCONSISTENT",
    "TOP",
    "Answer",
    "Guard",
    "Layer",
    "Override",
    "Reach",
    "Settings",
    "Sheet",
    "Survey",
    "Weighed",
    "Weighing",
    "WeightMoves",
    "asked",
    "group_document",
    "hierarchy_of",
    "pairs_of",
    "put_weights",
    "read_document",
    "read_sheets",
    "renamed",
    "survey_from",
    "survey_of",
    "too_inconsistent",
    "weigh",
    "weighing_of",
    "weight_faults",
]

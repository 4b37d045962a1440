"""Indicators, scores, rules and reasons: what the facts say, proposed to a person.

Owns schemes (one YAML document each), their evaluation, the reasons and the lawful changes. Rules:
pure but for its own packaged schemes; exact decimals and no float; nothing is renormalised, clipped
or repaired, what is odd is reported; what is unknown, unverified or withheld lowers coverage and
never a score; an evaluation is a proposal until a named person decides; no order of facts changes a
digit; there is one path for one subject and for a hundred thousand.

    >>> from tallystick.evaluation import worked_example
    >>> evaluation = worked_example("association-2019")
    >>> evaluation.score, evaluation.band.names.zh, evaluation.light
    ('72.5', '高风险', 'red')
"""

from tallystick.evaluation.changes import Change, lawful_changes
from tallystick.evaluation.conclusion import standing_anomalies
from tallystick.evaluation.evaluator import Evaluator, compile_scheme, evaluate
from tallystick.evaluation.example import run_example
from tallystick.evaluation.explanation import (
    Line,
    change_json,
    evaluation_json,
    explain,
    reason_sentences,
    value_text,
    warning_sentence,
)
from tallystick.evaluation.faults import SchemeError
from tallystick.evaluation.findings import NO_PROPOSAL, PROPOSAL, Evaluation
from tallystick.evaluation.reading import lint_scheme, parse_scheme
from tallystick.evaluation.scheme import Scheme, scheme_digest, scheme_document
from tallystick.evaluation.shipped import (
    SHIPPED,
    blank_scheme,
    shipped_scheme,
    shipped_text,
    worked_example,
)
from tallystick.evaluation.vocabulary import Vocabulary, packaged_vocabulary, vocabulary_of

__all__ = [
    "NO_PROPOSAL",
    "PROPOSAL",
    "SHIPPED",
    "Change",
    "Evaluation",
    "Evaluator",
    "Line",
    "Scheme",
    "SchemeError",
    "Vocabulary",
    "blank_scheme",
    "change_json",
    "compile_scheme",
    "evaluate",
    "evaluation_json",
    "explain",
    "lawful_changes",
    "lint_scheme",
    "packaged_vocabulary",
    "parse_scheme",
    "reason_sentences",
    "run_example",
    "scheme_digest",
    "scheme_document",
    "shipped_scheme",
    "shipped_text",
    "standing_anomalies",
    "value_text",
    "vocabulary_of",
    "warning_sentence",
    "worked_example",
]

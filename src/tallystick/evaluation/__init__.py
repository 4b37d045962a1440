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
from tallystick.evaluation.evaluator import Evaluator, compile_scheme, evaluate
from tallystick.evaluation.example import run_example
from tallystick.evaluation.explanation import (
    change_json,
    evaluation_json,
    explain_document,
    reason_sentence,
    warning_sentence,
)
from tallystick.evaluation.findings import NO_PROPOSAL, PROPOSAL, WITHHELD, Evaluation
from tallystick.evaluation.parsing import lint_scheme, parse_scheme
from tallystick.evaluation.reweighing import check_weights, reweigher
from tallystick.evaluation.schemes.faults import SchemeError
from tallystick.evaluation.schemes.scheme import (
    Scheme,
    band_of,
    scheme_digest,
    scheme_document,
    scheme_items,
)
from tallystick.evaluation.schemes.vocabulary import Vocabulary, packaged_vocabulary, vocabulary_of
from tallystick.evaluation.shipped import (
    shipped_panel,
    shipped_scheme,
    shipped_schemes,
    template,
    worked_example,
)
from tallystick.evaluation.tagging import Tag, tag_rules, tags_of
from tallystick.evaluation.wording import STATE_TEXTS

__all__ = [
    "NO_PROPOSAL",
    "PROPOSAL",
    "STATE_TEXTS",
    "WITHHELD",
    "Change",
    "Evaluation",
    "Evaluator",
    "Scheme",
    "SchemeError",
    "Tag",
    "Vocabulary",
    "band_of",
    "change_json",
    "check_weights",
    "compile_scheme",
    "evaluate",
    "evaluation_json",
    "explain_document",
    "lawful_changes",
    "lint_scheme",
    "packaged_vocabulary",
    "parse_scheme",
    "reason_sentence",
    "reweigher",
    "run_example",
    "scheme_digest",
    "scheme_document",
    "scheme_items",
    "shipped_panel",
    "shipped_scheme",
    "shipped_schemes",
    "tag_rules",
    "tags_of",
    "template",
    "vocabulary_of",
    "warning_sentence",
    "worked_example",
]

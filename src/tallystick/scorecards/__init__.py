"""Scorecards as plain data: the document, its exact reading, reasons, and what it compiles to.

Owns what a card is and what it says about one organisation or a million. Rules: the reference
interpreter decides and every other engine is proved equal to it, to the last point; nothing is
fitted here; integers and doubles compared, never summed; no disk, clock or chance. What needs
numba, pyarrow, polars or duckdb (`kernel`, `scoring`, the compilers) is imported by its module.

    card = read_card(text)
    reading = Interpreter(card).one(row)
    reasons = ranked(Reasoner(card).of(reading))
"""

from tallystick.scorecards.changes import Changes, smallest_changes
from tallystick.scorecards.document import (
    Axis,
    Band,
    Card,
    Ensemble,
    Outcome,
    Scaling,
    Term,
    Training,
    Variable,
)
from tallystick.scorecards.interpreting import Interpreter, Reading
from tallystick.scorecards.reasons import Reasoner, Share, ranked
from tallystick.scorecards.sentences import reason_sentence
from tallystick.scorecards.writing import card_digest, card_text, check_card, read_card

__all__ = [
    "Axis",
    "Band",
    "Card",
    "Changes",
    "Ensemble",
    "Interpreter",
    "Outcome",
    "Reading",
    "Reasoner",
    "Scaling",
    "Share",
    "Term",
    "Training",
    "Variable",
    "card_digest",
    "card_text",
    "check_card",
    "ranked",
    "read_card",
    "reason_sentence",
    "smallest_changes",
]

"""Results as people read them: tables and pages made from the JSON forms.

Owns how a result looks on a terminal. Rules: a page is made from what --json gives, so that the
two never differ; what no person has decided is marked PROPOSAL / 预评; a colour repeats a word and
never stands for it.

    >>> from tallystick.cli.pages import verdict
"""

__all__ = [
    "administration",
    "backtest",
    "evaluation",
    "evidence",
    "imports",
    "keeping",
    "ledger",
    "model_validation",
    "models",
    "naming",
    "network",
    "paper",
    "portrait",
    "scheme",
    "state",
    "values",
    "verdict",
    "weights",
]

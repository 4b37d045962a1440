"""Schemes as documents: what they may say, and reading them strictly.

Owns the data of a scheme (`scheme`, `outcomes`), its words (`grammar`, `formula`, `vocabulary`),
the reading of its YAML (`located`, `reading`, `criteria`, `tables`, `policies`), every way it can
be wrong (`faults`), and the YAML files that come with the software. Rules: a scheme is data;
numbers are exact decimals taken from the text; every problem has a line; nothing here evaluates.

    >>> from tallystick.evaluation.schemes.formula import parse_formula
    >>> from decimal import Decimal
    >>> parse_formula("40 + 60 * min(1, value)")(Decimal(2))
    Decimal('100')
"""

__all__ = [
    "criteria",
    "faults",
    "formula",
    "grammar",
    "located",
    "outcomes",
    "policies",
    "reading",
    "scheme",
    "tables",
    "vocabulary",
]

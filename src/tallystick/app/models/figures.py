"""Figures of a record as numbers, for programs.

Owns the one conversion: in a card numbers are decimal text, since what is sealed holds no floats;
on the standard output of a command they are numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

NAMES: Final = frozenset({"name", "code", "column", "group", "by", "from", "to", "digest"})
"""What somebody calls something stays a text, also where it is called 0.5."""

_DECIMAL: Final = re.compile(r"-?[0-9]+\.[0-9]+(?:e[+-]?[0-9]+)?")


def as_numbers(value: Any) -> Any:  # noqa: ANN401 - plain data in, plain data out
    """Return plain data with every decimal text as a number, but for names."""
    if isinstance(value, Mapping):
        return {
            name: one if name in NAMES and isinstance(one, str) else as_numbers(one)
            for name, one in value.items()
        }
    if isinstance(value, list | tuple):
        return [as_numbers(one) for one in value]
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return float(value)
    return value

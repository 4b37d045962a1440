"""What a cell of a file says to a card: missing, a number or a text, as when it was fitted.

Owns the marks of missing and the writing of numbers, which fitting reads by too. Rules: a text the
card knows stands as it is; else it is taken without the spaces around it, a mark of missing is
missing, and a number is written as a fit writes it (1.0 is 1); in a variable of numbers truth
values are 1 and 0, and texts are read where all of them are numbers or marks.

    >>> known_text(" C ", {"C"}), known_text("1.0", {"1"}), known_text("?", {"C"})
    ('C', '1', '')
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from typing import Any, Final

from tallystick.scorecards.document import NUMBER, Card, Variable

MISSING_MARKS: Final = frozenset(
    {
        "",
        "na",
        "n/a",
        "nan",
        "null",
        "none",
        "nil",
        "-",
        "--",
        "#n/a",
        "?",
        ".",
        "无",
        "空",
        "缺失",
        "/",
    }
)
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_INFINITE: Final = re.compile(r"[+-]?inf(?:inity)?", re.IGNORECASE)
_CODE: Final = re.compile("0[0-9]+")


def says_missing(text: str) -> bool:
    """Return whether a text is a mark of missing."""
    return text.strip().lower() in MISSING_MARKS


def is_number(text: str) -> bool:
    """Return whether a text without spaces around it is a number."""
    return bool(_NUMBER.fullmatch(text) or _INFINITE.fullmatch(text))


def is_code(text: str) -> bool:
    """Return whether a text is digits with a nought in front, which no number keeps."""
    return bool(_CODE.fullmatch(text))


def number_text(value: float) -> str:
    """Return a number as a category is written: whole numbers without a point, NaN as nothing."""
    if value != value:  # noqa: PLR0124 - NaN
        return ""
    return str(int(value)) if value.is_integer() else repr(value)


def known_text(text: str, known: Container[str]) -> str:
    """Return a text as the card knows it, "" where it says missing."""
    if text in known:
        return text
    plain = text.strip()
    if plain in known:
        return plain
    if plain.lower() in MISSING_MARKS:
        return ""
    if is_number(plain) and not is_code(plain):
        as_fitted = number_text(float(plain))
        return as_fitted if as_fitted in known else plain
    return plain


def cleaned(card: Card, table: Any) -> Any:  # noqa: ANN401 - pyarrow ships no types
    """Return an Arrow table with the card's columns as a fit reads them; the others as they are.

    A column that is of another type than the card needs is left, for whoever reads it to refuse.
    """
    for one in card.variables:
        at = table.schema.get_field_index(one.name)
        column = table.column(at)
        found = _numbers(column) if one.kind == NUMBER else _texts(column, known_texts(card, one))
        if found is not column:
            table = table.set_column(at, one.name, found)
    return table


def known_texts(card: Card, variable: Variable) -> frozenset[str]:
    """Return the categories and special codes of a variable."""
    if card.ensemble is not None:
        return frozenset(card.ensemble.encodings.get(variable.name, ()))
    axes = [axis for term in card.terms for axis in term.axes if axis.variable == variable.name]
    return frozenset(text for axis in axes for text in axis.places)


def _numbers(column: Any) -> Any:  # noqa: ANN401 - Arrow
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    if pa.types.is_boolean(column.type):
        return column.cast(pa.int8())
    if not is_text(column.type):
        return column

    def read(texts: Sequence[str]) -> list[float] | None:
        plain = [text.strip() for text in texts]
        if not all(is_number(text) or says_missing(text) for text in plain):
            return None
        return [float(text) if is_number(text) else float("nan") for text in plain]

    parts = []
    for chunk in _coded(column).chunks:
        values = read(chunk.dictionary.to_pylist())
        if values is None:
            return column
        parts.append(pa.array(values, pa.float64()).take(chunk.indices))
    return pa.chunked_array(parts, pa.float64())


def _texts(column: Any, known: Container[str]) -> Any:  # noqa: ANN401 - Arrow
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    if pa.types.is_floating(column.type):
        parts = [
            pa.array(map(number_text, chunk.dictionary.to_pylist()), pa.string()).take(
                chunk.indices
            )
            for chunk in column.cast(pa.float64()).dictionary_encode().chunks
        ]
        return pa.chunked_array(parts, pa.string())
    if not is_text(column.type):
        return column
    parts, changed = [], False
    for chunk in _coded(column).chunks:
        there = chunk.dictionary.to_pylist()
        texts = [known_text(text, known) for text in there]
        changed = changed or texts != there
        parts.append(pa.array(texts, pa.string()).take(chunk.indices))
    return pa.chunked_array(parts, pa.string()) if changed else column


def _coded(column: Any) -> Any:  # noqa: ANN401 - Arrow
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    return column if pa.types.is_dictionary(column.type) else column.dictionary_encode()


def is_text(kind: Any) -> bool:  # noqa: ANN401 - a type of Arrow
    """Return whether a type of Arrow is text, plain or coded."""
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    held = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(held) or pa.types.is_large_string(held))

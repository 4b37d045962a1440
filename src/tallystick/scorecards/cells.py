"""What a cell of a file says to a card: missing, a number or a text, as when it was fitted.

Owns the marks of missing and the writing of numbers, which fitting reads by too. Rules: a text the
card knows stands as it is; else it is taken without the spaces around it, a mark of missing is
missing, and a number is written as a fit writes it (1.0 is 1); in a variable of numbers truth
values are 1 and 0, and texts are read where all of them are numbers or marks. A number may be of
full-width characters, have thousands commas in groups of three, and end in a percent sign: 12.5% is
0.125. In one column either every number has the sign or none has it.

    >>> known_text(" C ", {"C"}), known_text("1.0", {"1"}), known_text("?", {"C"})
    ('C', '1', '')
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Any, Final

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
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
_GROUPED: Final = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_WIDE: Final = str.maketrans("０１２３４５６７８９．，％＋－−", "0123456789.,%+--")

SOME_PERCENT = Reason(
    "some_percent",
    Text(
        "列“{column}”的数有的带百分号、有的不带{where}：不知道不带的是不是百分数",
        "some numbers of “{column}” have a percent sign and others have none{where}: nobody knows "
        "whether the others are percent",
    ),
    "docs/models.md",
    Text("请把该列写成同一种。", "Write the whole column in one way."),
)


def plain_text(text: str) -> str:
    """Return a text without spaces around it, its full-width digits and signs as plain ones."""
    return text.strip().translate(_WIDE)


Signs = dict[str, set[bool]]
"""By variable, whether numbers in texts were met with a percent sign and without."""


def says_missing(text: str) -> bool:
    """Return whether a text is a mark of missing."""
    return plain_text(text).lower() in MISSING_MARKS


def has_percent(text: str) -> bool:
    """Return whether a number is written with a percent sign."""
    return plain_text(text).endswith("%")


def number_in(text: str) -> float | None:
    """Return the number a text is, None where it is none.

    >>> number_in("1,234.5"), number_in("０．７％"), number_in("1,23")
    (1234.5, 0.007, None)
    """
    plain = plain_text(text)
    if _INFINITE.fullmatch(plain):
        return float(plain)
    digits = plain[:-1].rstrip() if plain.endswith("%") else plain
    if _GROUPED.fullmatch(digits):
        digits = digits.replace(",", "")
    if not _NUMBER.fullmatch(digits):
        return None
    if not plain.endswith("%"):
        return float(digits)
    # moving the point of the text, not dividing a double: 0.7% is the double nearest 0.007
    return None if "e" in digits.lower() else float(f"{digits}e-2")


def is_number(text: str) -> bool:
    """Return whether a text is a number."""
    return number_in(text) is not None


def is_code(text: str) -> bool:
    """Return whether a text is digits with a nought in front, which no number keeps."""
    return bool(_CODE.fullmatch(plain_text(text)))


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
    if says_missing(plain):
        return ""
    value = number_in(plain)
    if value is not None and not is_code(plain):
        as_fitted = number_text(value)
        return as_fitted if as_fitted in known else plain
    return plain


def signs_of(card: Card) -> Signs:
    """Return what `cleaned` is to know of a file whose tables are cleaned in several calls."""
    return {one.name: set() for one in card.variables}


def cleaned(card: Card, tables: Iterable[Any], seen: Signs | None = None) -> Iterator[Any]:
    """Yield the Arrow tables of a file with the card's columns as a fit reads them.

    seen: of `signs_of`, where other calls clean other tables of the file. A column that is of
    another type than the card needs is left, for whoever reads it to refuse.
    Raises: SOME_PERCENT, whichever table of the file differs.
    """
    signs = signs_of(card) if seen is None else seen
    for table in tables:
        made = table
        for one in card.variables:
            at = table.schema.get_field_index(one.name)
            column = table.column(at)
            if one.kind != NUMBER:
                found = _texts(column, known_texts(card, one))
            else:
                found = _numbers(column, signs[one.name])
                if len(signs[one.name]) > 1:
                    raise SOME_PERCENT.error(column=one.name, where="")
            if found is not column:
                made = made.set_column(at, one.name, found)
        yield made


def known_texts(card: Card, variable: Variable) -> frozenset[str]:
    """Return the categories and special codes of a variable."""
    if card.ensemble is not None:
        return frozenset(card.ensemble.encodings.get(variable.name, ()))
    axes = [axis for term in card.terms for axis in term.axes if axis.variable == variable.name]
    return frozenset(text for axis in axes for text in axis.places)


def _numbers(column: Any, signs: set[bool]) -> Any:  # noqa: ANN401 - Arrow
    """Return texts as numbers where all are; whether they have percent signs goes into `signs`."""
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    if pa.types.is_boolean(column.type):
        return column.cast(pa.int8())
    if not is_text(column.type):
        return column

    def read(texts: Sequence[str]) -> list[float] | None:
        found = []
        for text in texts:
            value = None if says_missing(text) else number_in(text)
            if value is None and not says_missing(text):
                return None
            if value is not None:
                signs.add(has_percent(text))
            found.append(float("nan") if value is None else value)
        return found

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
    chunks = _coded(column).chunks
    there = [chunk.dictionary.to_pylist() for chunk in chunks]
    texts = [[known_text(text, known) for text in some] for some in there]
    if texts == there:
        return column
    parts = [
        pa.array(some, pa.string()).take(chunk.indices)
        for some, chunk in zip(texts, chunks, strict=True)
    ]
    return pa.chunked_array(parts, pa.string())


def _coded(column: Any) -> Any:  # noqa: ANN401 - Arrow
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    return column if pa.types.is_dictionary(column.type) else column.dictionary_encode()


def is_text(kind: Any) -> bool:  # noqa: ANN401 - a type of Arrow
    """Return whether a type of Arrow is text, plain or coded."""
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    held = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(held) or pa.types.is_large_string(held))

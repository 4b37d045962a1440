"""One row of a file, as the interpreter takes it.

Owns the way from a file and the number of a row, or the code of an organisation, to its values.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tallystick.app.models.data import ORGANISATION_NAMES
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.modelling.opening import open_columns
from tallystick.scorecards.document import Card
from tallystick.scorecards.scoring import read_batches

NO_SUCH_ROW = Reason(
    "no_such_row",
    Text("文件只有 {rows} 行", "the file has {rows} rows"),
    "docs/models.md",
    Text("行数从 1 起。", "Rows are counted from 1."),
)
NO_SUCH_CODE = Reason(
    "no_such_code",
    Text("列 {column} 中没有这个代码", "the column {column} does not hold this code"),
    "docs/models.md",
)
NO_CODE_COLUMN = Reason(
    "no_code_column",
    Text("文件没有列 {column}", "the file has no column {column}"),
    "docs/models.md",
    Text(
        "请用 --organisation 写明代码所在的列。",
        "Say with --organisation which column holds the codes.",
    ),
)


def row_of(
    card: Card, file: Path, number: int, column: str, code: str
) -> tuple[dict[str, Any], int]:
    """Return the values of a row and its number from 1.

    number: 0 for the first row with `code` in `column`; without a column, in the one that usually
    holds codes. Raises: NO_SUCH_ROW, NO_SUCH_CODE, NO_CODE_COLUMN.
    """
    if not number:
        column = _code_column(file, column)
    kept = () if number else (column,)
    _, batches = read_batches(card, file, kept)
    before = 0
    for table in batches:
        at = number - 1 - before if number else _place(table.column(column).to_pylist(), code)
        if 0 <= at < len(table):
            return table.slice(at, 1).to_pylist()[0], before + at + 1
        before += len(table)
    if number:
        raise NO_SUCH_ROW.error(rows=before)
    raise NO_SUCH_CODE.error(column=column)


def _code_column(file: Path, column: str) -> str:
    names = open_columns(file).table.names
    if column in names:
        return column
    usual = next((name for name in names if name.lower() in ORGANISATION_NAMES), "")
    if column or not usual:
        raise NO_CODE_COLUMN.error(column=column or ORGANISATION_NAMES[0])
    return usual


def _place(values: list[Any], code: str) -> int:
    return next((at for at, value in enumerate(values) if str(value) == code), -1)

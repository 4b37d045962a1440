"""Writes tables so that the same rows give the same bytes, whatever the file format.

Rules: no time of writing, no program version that can be left out, no compression (its output
differs between builds of zlib). Rows are tuples of cells in the order of the header.

    write_csv(path, ("名称", "年度"), [("云杉样例科技有限公司", "2026")], encoding="gb18030")
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import orjson

Row = tuple[Any, ...]

# The earliest moment a zip archive can state; it stands for "no time".
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_PACKAGE_TIME = b"1980-01-01T00:00:00Z"
_CORE_PROPERTIES = "docProps/core.xml"


def write_csv(
    path: Path, header: Sequence[str], rows: Iterable[Row], *, encoding: str = "utf-8"
) -> None:
    """Write a comma-separated file; `encoding` may be utf-8, utf-8-sig (with BOM) or gb18030."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


def write_json(path: Path, header: Sequence[str], rows: Iterable[Row]) -> None:
    """Write a UTF-8 JSON list with one object a row."""
    objects = [dict(zip(header, row, strict=True)) for row in rows]
    path.write_bytes(orjson.dumps(objects, option=orjson.OPT_INDENT_2) + b"\n")


def write_xlsx(path: Path, sheet: str, header: Sequence[str], rows: Iterable[Row]) -> None:
    """Write an Excel workbook of one sheet, without the time it was written at."""
    from openpyxl import Workbook  # noqa: PLC0415  (slow to import; few callers need it)

    workbook = Workbook(write_only=True)
    page = workbook.create_sheet(sheet)
    page.append(list(header))
    for row in rows:
        page.append(list(row))
    packed = io.BytesIO()
    workbook.save(packed)
    path.write_bytes(_without_times(packed.getvalue()))


def _without_times(package: bytes) -> bytes:
    """Return an Office package with every stored time replaced by the zip epoch."""
    settled = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as source,
        zipfile.ZipFile(settled, "w", zipfile.ZIP_STORED) as target,
    ):
        for name in sorted(
            source.namelist(), key=lambda part: (part != "[Content_Types].xml", part)
        ):
            content = source.read(name)
            if name == _CORE_PROPERTIES:
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", _PACKAGE_TIME, content)
            target.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), content)
    return settled.getvalue()


def write_parquet(path: Path, header: Sequence[str], rows: Iterable[Row]) -> None:
    """Write a Parquet file of text columns, uncompressed and without the Arrow schema copy."""
    import pyarrow as pa  # noqa: PLC0415  (slow to import; few callers need it)
    from pyarrow import parquet  # noqa: PLC0415

    columns = list(zip(*rows, strict=True)) or [() for _ in header]
    arrays = [pa.array([_text(cell) for cell in column], pa.string()) for column in columns]
    table = pa.Table.from_arrays(arrays, names=list(header))
    parquet.write_table(table, path, compression="NONE", store_schema=False)


def _text(cell: object) -> str | None:
    return None if cell is None else str(cell)

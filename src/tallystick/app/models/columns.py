"""The sheet of the columns of a table, for an expert to fill in.

Owns `tally model columns`. The sheet says what was seen of each column and leaves what an expert
knows empty; it never holds a value of the table. The kind of a column that only looks like numbers
is left empty too: to state that it is a category is for somebody who knows.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from tallystick.app.models.data import read_table
from tallystick.modelling.stating import HEADINGS


def sheet(file: Path, target: str) -> tuple[bytes, dict[str, Any]]:
    """Return the sheet as CSV and what `tally model columns` says of it."""
    read = read_table(file, target=target)
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(HEADINGS)
    columns = []
    for name in read.table.names:
        column = read.table.column(name)
        kind = "" if name in read.reading.unclear else column.kind
        said = {"column": name, "use": "yes", "kind": kind}
        writer.writerow([said.get(heading, "") for heading in HEADINGS])
        columns.append({"column": name, "kind": kind})
    document = {"columns": columns, "treatments": read.treatments_json()}
    return written.getvalue().encode("utf-8-sig"), document

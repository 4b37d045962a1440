"""One file of the sample while it is being filled, with a count of what a reader must make of it.

Owns `Sheet` and `SampleFile`. Rules: the generator knows of each row what it planted, and counts
that here; it never asks the importers.

    >>> sheet = Sheet("penalties.csv", "penalties", ("CF_XDR_SHXYM", "CF_WSH"))
    >>> sheet.refuse({"CF_WSH": "样罚1号"}, "no_uscc")
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tallystick.testing.tables import write_csv, write_json, write_parquet, write_xlsx

Cells = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SampleFile:
    """What one file of the sample holds.

    name: its name in the folder. source: the source it is imported as. rows: its data rows.
    accepted: facts and consents that say something new. superseded: those of them that replace an
    earlier one of the same key. duplicate: facts and consents that are there already. refused: rows
    that yield nothing, by reason code. grants: the consents among the accepted. A row may hold
    several facts.
    """

    name: str
    source: str
    rows: int
    accepted: int
    superseded: int
    duplicate: int
    refused: dict[str, int]
    grants: int

    @property
    def complete(self) -> bool:
        """Whether the association declares that the file says all there is about every member."""
        return self.source == "honours"


@dataclass(slots=True)
class Sheet:
    """A file being filled: its name (the ending says the format), source, columns and rows."""

    name: str
    source: str
    columns: tuple[str, ...]
    encoding: str = "utf-8"
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    accepted: int = 0
    superseded: int = 0
    duplicate: int = 0
    grants: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def accept(self, cells: Cells, *, facts: int = 1, grants: int = 0) -> None:
        """Add a row that yields `facts` new facts and `grants` consents."""
        self._add(cells)
        self.accepted += facts + grants
        self.grants += grants

    def repeat(self, cells: Cells, *, facts: int = 1, grants: int = 0) -> None:
        """Add a row whose `facts` and `grants` have been delivered before."""
        self._add(cells)
        self.duplicate += facts + grants

    def correct(self, cells: Cells, *, facts: int = 1) -> None:
        """Add a row whose `facts` replace earlier ones."""
        self._add(cells)
        self.accepted += facts
        self.superseded += facts

    def refuse(self, cells: Cells, code: str) -> None:
        """Add a row that must be refused with the reason `code`."""
        self._add(cells)
        self.refused[code] += 1

    def shift_and_refuse(self, cells: Cells, code: str) -> None:
        """Add a row whose cells all slipped one column to the right, to be refused."""
        slipped = ["", *(cells.get(column, "") for column in self.columns)][: len(self.columns)]
        self.rows.append(tuple(slipped))
        self.refused[code] += 1

    def write(self, folder: Path) -> SampleFile:
        """Write the file into `folder` and return what it holds."""
        path = folder / self.name
        if path.suffix == ".xlsx":
            write_xlsx(path, self.source, self.columns, self.rows)
        elif path.suffix == ".json":
            write_json(path, self.columns, self.rows)
        elif path.suffix == ".parquet":
            write_parquet(path, self.columns, self.rows)
        else:
            write_csv(path, self.columns, self.rows, encoding=self.encoding)
        return SampleFile(
            self.name,
            self.source,
            len(self.rows),
            self.accepted,
            self.superseded,
            self.duplicate,
            dict(sorted(self.refused.items())),
            self.grants,
        )

    def _add(self, cells: Cells) -> None:
        unknown = set(cells) - set(self.columns)
        if unknown:
            message = f"{self.name} has no column {sorted(unknown)}"
            raise KeyError(message)
        self.rows.append(tuple(cells.get(column, "") for column in self.columns))

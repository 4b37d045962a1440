"""One opened file of one source, read in chunks.

Owns the order in which a row is met: its cells are cut down to the mapped columns before anything
else sees them, personal cells are counted and dropped, rows about people are refused and counted,
and what remains goes out in chunks any process can interpret. Rules: no more than one chunk of rows
is in memory; a fault of a row is a problem, a fault of the file is an error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Final

from tallystick.kernel.errors import Problem, Reason
from tallystick.kernel.texts import Text
from tallystick.rulebook.citations import rule_text
from tallystick.sources.drafts import RawChunk
from tallystick.sources.headers import find
from tallystick.sources.mapping import Entry, Mapping, guess, read_document
from tallystick.sources.people import PERSON, is_resident_code
from tallystick.sources.profiles import Column, profile_of
from tallystick.sources.reasons import (
    COLUMNS_MISSING,
    NATURAL_PERSON,
    NO_HEADER,
    REFUSED_COLUMN,
    ROW_SHAPE,
    ROW_UNREADABLE,
)
from tallystick.sources.tables import open_table
from tallystick.sources.values import converter_for

CHUNK_ROWS_MAX: Final = 4096
UNKNOWN_PERSONAL: Final = "personal_column"
"""What cells dropped under a personal header no table names are counted as."""


class SourceReader:
    """A file being read.

    mapping: what its columns are read as. rows: rows met so far. refused: rows not taken, by reason
    code. dropped: personal cells dropped, by column code. problems: of the file and its rows; those
    inside the chunks come from `interpret`. All four grow while chunks are taken.
    """

    def __init__(self, path: Path, source: str, mapping: Mapping | Path | None = None) -> None:
        self.profile = profile_of(source)
        self.source = source
        self.file = path.name
        self.rows = 0
        self.refused: Counter[str] = Counter()
        self.dropped: Counter[str] = Counter()
        self.problems: list[Problem] = []
        self._table = open_table(path, self._recognised)
        self.format = self._table.format
        self.encoding = self._table.encoding
        self.headers = self._table.headers
        try:
            self.mapping = self._mapped(mapping)
        except BaseException:
            self._table.close()
            raise
        self.problems += self._refused_columns()

    @property
    def form(self) -> str:
        """The form of the file: "current" or "old"."""
        return self.mapping.form

    def mapping_document(self) -> str:
        """Return what every column is read as, as YAML to review and give back."""
        return self.mapping.document()

    def close(self) -> None:
        """Close the file; taking all chunks does so as well."""
        self._table.close()

    def check(self) -> None:
        """Raise where the file cannot be read as it is mapped.

        Raises TallyError `no_header`, `columns_missing`.
        """
        entries = self.mapping.read()
        if not entries:
            raise NO_HEADER.error(file=self.file)
        fields = {self.profile.column(entry.to).field for entry in entries}
        columns = self.profile.of_form(self.form)
        missing = [column for column in columns if column.required and column.field not in fields]
        if missing:
            raise COLUMNS_MISSING.error(file=self.file, columns=_listed(missing))

    def chunks(self, rows_max: int = CHUNK_ROWS_MAX) -> Iterator[RawChunk]:
        """Yield the rows in chunks of at most `rows_max`, and close the file at the end.

        Raises TallyError: as `check`, and `unreadable` where the file breaks off.
        """
        self.check()
        entries = self.mapping.read()
        columns = tuple((entry.to, entry.unit) for entry in entries)
        lines: list[int] = []
        cells: list[tuple[str, ...]] = []
        try:
            for line, row in self._cut_rows(entries):
                lines.append(line)
                cells.append(row)
                if len(lines) >= rows_max:
                    yield self._chunk(columns, lines, cells)
                    lines, cells = [], []
            if lines:
                yield self._chunk(columns, lines, cells)
        finally:
            self.close()

    def _chunk(
        self,
        columns: tuple[tuple[str, str], ...],
        lines: Sequence[int],
        cells: Sequence[tuple[str, ...]],
    ) -> RawChunk:
        return RawChunk(self.source, self.form, self.file, columns, tuple(lines), tuple(cells))

    def _cut_rows(self, entries: Sequence[Entry]) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield the line and the mapped cells of every row that is about an organisation."""
        places = [entry.position - 1 for entry in entries]
        cut = _cutter(places)
        personal = self._personal_places()
        is_person = self._person_test(entries)
        width = len(self.headers)
        for line, row in self._table.rows([*places, *(place for place, _ in personal)]):
            self.rows += 1
            if row is None:
                self._refuse(ROW_UNREADABLE, line)
                continue
            if len(row) != width:
                if any(row[width:]):
                    self._refuse(ROW_SHAPE, line)
                    continue
                row = [*row[:width], *[""] * (width - len(row))]  # noqa: PLW2901  (the row, evened)
            for place, code in personal:
                if row[place]:
                    self.dropped[code] += 1
            kept = cut(row)
            if is_person(kept):
                self._refuse(NATURAL_PERSON, line)
            elif any(kept):
                yield line, kept

    def _personal_places(self) -> list[tuple[int, str]]:
        """Return the columns whose dropped cells are counted row by row; count the others now."""
        counted = []
        for entry in self.mapping.entries:
            if entry.fate == "personal":
                code = entry.known or UNKNOWN_PERSONAL
                filled = self._table.filled(entry.position - 1)
                if filled is None:
                    counted.append((entry.position - 1, code))
                elif filled:
                    self.dropped[code] += filled
        return counted

    def _person_test(self, entries: Sequence[Entry]) -> Callable[[tuple[str, ...]], bool]:
        """Return the test whether cut cells are of a row about a person, by party and code."""
        kinds = [self.profile.column(entry.to).kind for entry in entries]
        code_at = kinds.index("uscc")
        if "party" not in kinds:
            return lambda cells: is_resident_code(cells[code_at])
        party_at = kinds.index("party")
        choices = self.profile.column(entries[party_at].to).choices
        party_of = converter_for("party", "", choices)
        return lambda cells: party_of(cells[party_at]) == PERSON or is_resident_code(cells[code_at])

    def _refuse(self, reason: Reason, line: int) -> None:
        self.refused[reason.code] += 1
        self.problems.append(reason.problem(file=self.file, line=line))

    def _recognised(self, cells: Sequence[str]) -> int:
        return sum(find(self.profile, cell) is not None for cell in cells if cell.strip())

    def _mapped(self, mapping: Mapping | Path | None) -> Mapping:
        if mapping is None:
            return guess(self.profile, self.headers)
        if isinstance(mapping, Mapping):
            return mapping
        return read_document(mapping, self.profile, self.headers)

    def _refused_columns(self) -> Iterator[Problem]:
        for entry in self.mapping.entries:
            if entry.refused is not None:
                yield REFUSED_COLUMN.problem(
                    file=self.file,
                    line=1,
                    field=entry.refused.code,
                    position=entry.position,
                    name=entry.refused.names,
                    article=rule_text(entry.refused.article),
                )


def _cutter(places: Sequence[int]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """Return what cuts a row down to the cells at `places`."""
    if len(places) == 1:
        only = places[0]
        return lambda row: (row[only],)
    cut: Callable[[Sequence[str]], tuple[str, ...]] = itemgetter(*places)
    return cut


def _listed(columns: Sequence[Column]) -> Text:
    return Text(
        "、".join(f"{column.names.zh}（{column.code}）" for column in columns),
        ", ".join(f"{column.names.en} ({column.code})" for column in columns),
    )

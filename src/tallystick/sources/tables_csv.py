"""CSV files: UTF-8 with or without a mark, GB18030, UTF-16 with a mark; comma, semicolon or tab.

Owns the detection of encoding and delimiter. Rules: UTF-8 is tried first and strictly, since text
in GB18030 is practically never valid UTF-8; what decodes as neither is refused, not guessed. A
byte that turns out wrong further down becomes U+FFFD, and the row that holds it is refused.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from tallystick.sources.reasons import UNKNOWN_ENCODING
from tallystick.sources.tables import HEADER_WITHIN_ROWS, OpenFile, Recognise, Row, header_at

CHECKED_BYTES_MAX: Final = 1 << 22
"""How much of a file the detection of its encoding decodes."""

_BLOCK_BYTES: Final = 1 << 16
CELL_CHARS_MAX: Final = 1 << 20
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS: Final = ",;\t"


class CsvTable(OpenFile):
    """A CSV file, read line by line."""

    format = "csv"
    _file: TextIO

    def __init__(self, path: Path, recognise: Recognise) -> None:
        self.encoding = encoding_of(path)
        self._file = path.open(encoding=self.encoding, errors="replace", newline="")
        try:
            self._open(recognise)
        except BaseException:
            self._file.close()
            raise

    def _open(self, recognise: Recognise) -> None:
        csv.field_size_limit(CELL_CHARS_MAX)
        head = list(islice(self._file, HEADER_WITHIN_ROWS))
        delimiter = _delimiter_of(head, recognise)
        self._file.seek(0)
        self._lines = csv.reader(self._file, delimiter=delimiter)
        ahead = list(islice(_numbered(self._lines), HEADER_WITHIN_ROWS))
        at = header_at([cells or () for _, cells in ahead], recognise)
        self.headers = tuple(ahead[at][1] or ()) if ahead else ()
        self._ahead = ahead[at + 1 :]

    def rows(self, wanted: Sequence[int]) -> Iterator[Row]:
        """Yield the rows below the header."""
        del wanted
        yield from self._ahead
        self._ahead = []
        yield from _numbered(self._lines)

    def filled(self, position: int) -> int | None:
        """Return None: the cells pass by and are counted."""
        del position
        return None


def encoding_of(path: Path) -> str:
    """Return the encoding of a text file. Raises TallyError `unknown_encoding`."""
    with path.open("rb") as file:
        head = file.read(len(codecs.BOM_UTF8))
        for mark, encoding in _MARKS:
            if head.startswith(mark):
                return encoding
        for encoding in ("utf-8", "gb18030"):
            file.seek(0)
            if _decodes(file, encoding):
                return encoding
    raise UNKNOWN_ENCODING.error(file=path.name)


def _decodes(file: BinaryIO, encoding: str) -> bool:
    """Return whether the first part of a file decodes strictly; it may end within a character."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for _ in range(CHECKED_BYTES_MAX // _BLOCK_BYTES):
            block = file.read(_BLOCK_BYTES)
            decoder.decode(block, final=not block)
            if not block:
                break
    except UnicodeDecodeError:
        return False
    return True


def _delimiter_of(head: list[str], recognise: Recognise) -> str:
    """Return the delimiter that lets most headers be known, else the most frequent one."""

    def score(delimiter: str) -> tuple[int, int]:
        rows = _numbered(csv.reader(head, delimiter=delimiter))
        known = max((recognise(cells or ()) for _, cells in rows), default=0)
        return known, "".join(head).count(delimiter)

    return max(_DELIMITERS, key=score)


def _numbered(lines: Iterator[list[str]]) -> Iterator[Row]:
    """Yield rows with the line each begins at; a quoted cell may run over several lines."""
    before: int = lines.line_num  # type: ignore[attr-defined]  # csv.reader has it, Iterator not
    while True:
        try:
            for cells in lines:
                line = before + 1
                before = lines.line_num  # type: ignore[attr-defined]
                if cells:
                    yield line, cells
        except csv.Error:
            yield before + 1, None
            before = lines.line_num  # type: ignore[attr-defined]
        else:
            return

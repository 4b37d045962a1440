"""JSON files: an array of objects, an object that holds one under "data", or an object a line.

Rules: the file is decoded object by object, so that a million of them need no more memory than one
(and twice, since any object may be the first to carry a member); numbers keep the digits they were
written with; a line is the line an object begins at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TextIO

from tallystick.kernel.errors import TallyError
from tallystick.sources.reasons import UNREADABLE
from tallystick.sources.tables import OpenFile, Row, cell_text
from tallystick.sources.tables_csv import encoding_of

HOLDERS: Final = ("data", "rows", "records", "list", "items", "result")
"""Members of a wrapping object under which the array may stand."""

_BLOCK_CHARS: Final = 1 << 18
_OBJECT_CHARS_MAX: Final = 1 << 24
_SPACE: Final = re.compile("[ \\t\\r\\n]*")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")

_Entry = tuple[int, dict[str, Any] | None]
"""The line an object begins at, and its members; None where it cannot be read."""


class JsonTable(OpenFile):
    """A JSON file, decoded object by object."""

    format = "json"
    _file: TextIO

    def __init__(self, path: Path) -> None:
        self.encoding = encoding_of(path)
        self._name = path.name
        self._file = path.open(encoding=self.encoding, errors="replace", newline="")
        names: dict[str, None] = {}
        try:
            # Any object may be the first to carry a member, so all are looked at for their names.
            for _, members in _each(self._file, path.name):
                names |= dict.fromkeys(members or ())
            self._file.seek(0)
        except BaseException:
            self._file.close()
            raise
        self.headers = tuple(names)

    def rows(self, wanted: Sequence[int]) -> Iterator[Row]:
        """Yield the objects as rows in the order of `headers`."""
        names = [(position, self.headers[position]) for position in wanted]
        width = len(self.headers)
        for line, members in _each(self._file, self._name):
            cells = None if members is None else _cells(members, names, width)
            if cells is None or any(cells):
                yield line, cells

    def filled(self, position: int) -> int | None:
        """Return None: the cells pass by and are counted."""
        del position
        return None


def _cells(
    members: dict[str, Any], names: Sequence[tuple[int, str]], width: int
) -> list[str] | None:
    cells = [""] * width
    try:
        for position, name in names:
            value = members.get(name)
            if value is not None:
                cells[position] = value if isinstance(value, str) else cell_text(value)
    except ValueError:
        return None
    return cells


def _no_constant(name: str) -> None:
    """Refuse NaN and the infinities: JSON (RFC 8259) has none."""
    raise ValueError(name)


_DECODER: Final = json.JSONDecoder(
    parse_float=Decimal, parse_int=str, parse_constant=_no_constant, strict=False
)


def _each(file: TextIO, name: str) -> Iterator[_Entry]:
    """Yield the objects of a file. Raises TallyError `unreadable` where it is no such JSON."""
    first = _first_line(file)
    if first.lstrip().startswith("{") and _is_whole(first):
        return _by_line(file)
    return _Stream(file, name).each()


def _first_line(file: TextIO) -> str:
    """Return the first line that is not empty, at most one block of it; the file is rewound."""
    line = " "
    while line and not line.strip():
        line = file.readline(_BLOCK_CHARS)
    file.seek(0)
    return line


def _is_whole(line: str) -> bool:
    """Return whether a line is one object, and not a wrapper around an array of them."""
    try:
        value = _DECODER.decode(line.strip())
    except ValueError:
        return False
    return not any(isinstance(value.get(name), list) for name in HOLDERS)


def _by_line(file: TextIO) -> Iterator[_Entry]:
    for number, line in enumerate(file, 1):
        if line.strip():
            try:
                yield number, _checked(_DECODER.decode(line.strip()), line)
            except ValueError:
                yield number, None


def _checked(value: object, raw: str) -> dict[str, Any] | None:
    """Return an object's members, None where it is none or holds half a character."""
    if not isinstance(value, dict):
        return None
    if "\\u" in raw and _SURROGATE.search("".join(filter(_is_text, value.values()))):
        return None
    return value


def _is_text(value: object) -> bool:
    return isinstance(value, str)


class _Stream:
    """Decodes the objects of an array from a file read in blocks."""

    def __init__(self, file: TextIO, name: str) -> None:
        self._file = file
        self._name = name
        self._text = ""
        self._at = 0
        self._line = 1
        self._ended = False
        self._raw = ""

    def each(self) -> Iterator[_Entry]:
        """Yield each object of the array with its line."""
        mark = self._next_mark()
        if mark == "{":
            self._at += 1
            self._find_array()
        elif mark != "[":
            raise self._unreadable()
        self._at += 1
        while self._next_mark() != "]":
            line = self._line
            value = self._value()
            yield line, _checked(value, self._raw)
            if self._next_mark() == ",":
                self._at += 1

    def _find_array(self) -> None:
        """Go to the array of a wrapping object."""
        while self._next_mark() == '"':
            key = self._value()
            if self._next_mark() != ":":
                raise self._unreadable()
            self._at += 1
            if self._next_mark() == "[" and key in HOLDERS:
                return
            self._value()
            if self._next_mark() == ",":
                self._at += 1
        raise self._unreadable()

    def _next_mark(self) -> str:
        """Skip white space; return the next character, still unread. Counts lines."""
        while True:
            match = _SPACE.match(self._text, self._at)
            end = match.end() if match else self._at
            self._line += self._text.count("\n", self._at, end)
            self._at = end
            if end < len(self._text):
                return self._text[end]
            self._read_on()

    def _value(self) -> Any:  # noqa: ANN401  (any JSON value)
        """Decode the value here and go behind it."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except ValueError:
                if self._ended or len(self._text) - self._at > _OBJECT_CHARS_MAX:
                    raise self._unreadable() from None
            except RecursionError:  # arrays in arrays, thousands deep
                raise self._unreadable() from None
            else:
                if end < len(self._text) or self._ended:
                    self._raw = self._text[self._at : end]
                    self._line += self._text.count("\n", self._at, end)
                    self._at = end
                    return value
            self._read_on()

    def _read_on(self) -> None:
        """Read one more block; what was decoded is let go."""
        if self._ended:
            raise self._unreadable()
        block = self._file.read(_BLOCK_CHARS)
        self._ended = not block
        self._text = self._text[self._at :] + block
        self._at = 0

    def _unreadable(self) -> TallyError:
        return UNREADABLE.error(file=self._name)

"""As much of the syntax of PDF as an update needs: the end of a file, its trailer, its catalog.

Owns the strict reading of a whole PDF with one classic cross-reference table, the form in which
typst writes (ISO 32000-1, 7.3 and 7.5). Anything else is refused: cross-reference streams, an
update already there, encryption, generations other than 0, comments among the entries. Reading is
linear in the file and does not recurse.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tallystick.kernel.errors import TallyError
from tallystick.kernel.texts import Text
from tallystick.publication.paper.bundle import BAD_PAGE

ROW_BYTES = 20  # of a cross-reference table
_TAIL_BYTES = 40
_TAIL = re.compile(rb"\nstartxref\n([0-9]{1,10})\n%%EOF\n?\Z")
_HEAD = re.compile(rb"%PDF-(?:1\.[4-7]|2\.0)\n")
_TABLE = re.compile(rb"xref\n0 ([1-9][0-9]{0,7})\n")
_ROW = re.compile(rb"([0-9]{10}) 00000 n(?:\r\n| \n)")
_REFERENCE = re.compile(rb"([1-9][0-9]{0,7}) 0 R")
_TOKEN = re.compile(
    rb"<<|>>|\[|\]"
    rb"|/[A-Za-z0-9._+:*#-]*"  # a name
    rb"|<[0-9A-Fa-f]*>"  # a text in hex
    rb"|[A-Za-z0-9.+-]+",  # a number, true, false, null, or a part of a reference
    re.DOTALL,
)
_SPACE = re.compile(rb"[ \n]*")
_IN_TEXT = re.compile(rb"[^()\\]*([()]|\\.)", re.DOTALL)
TEXT_BYTES_MAX = 65_535  # no identifier and no name of a place in a page is longer
_OPENS, _CLOSES = frozenset((b"<<", b"[")), frozenset((b">>", b"]"))
_TRAILER_NAMES = frozenset((b"/Size", b"/Root", b"/Info", b"/ID"))

_TWICE = Text("同一字典里有重复的键", "a key stands twice in a dictionary")
_SYNTAX = Text("第 {at} 字节处不是预期的写法", "byte {at} is not of the form expected")
_NOT_PDF = Text("不是完整的 PDF", "it is not a whole PDF")
_TABLE_FORM = Text("没有一张从头到尾的交叉引用表", "it has not one plain cross-reference table")
_TRAILER = Text("文件尾里有不认识的项", "its trailer has other entries than expected")

Entries = dict[bytes, bytes]


class PdfPage(NamedTuple):
    """What an update must know of a PDF. Entries are raw bytes by their names.

    size: one more than the highest object number. table: the offset of its cross-reference table.
    root: the object number of the catalog. first_id: the first of the file's two identifiers.
    """

    size: int
    table: int
    root: int
    catalog: Entries
    info: bytes
    first_id: bytes


def read_pdf(data: bytes) -> PdfPage:
    """Read the end, the trailer and the catalog of a PDF. Raises: BAD_PAGE."""
    tail = _TAIL.search(data, max(0, len(data) - _TAIL_BYTES))
    if not _HEAD.match(data) or tail is None:
        raise BAD_PAGE.error(what=_NOT_PDF)
    table = int(tail[1])
    head = _TABLE.match(data, table)
    if head is None:
        raise BAD_PAGE.error(what=_TABLE_FORM)
    size = int(head[1])
    after = head.end() + size * ROW_BYTES
    if data[after : after + 8] != b"trailer\n":
        raise BAD_PAGE.error(what=_TABLE_FORM)
    trailer, end = read_dictionary(data, after + 8)
    if end != tail.start():
        raise _syntax(end)
    root = _REFERENCE.fullmatch(trailer.get(b"/Root", b""))
    known = trailer.keys() <= _TRAILER_NAMES and trailer.get(b"/Size") == b"%d" % size
    if root is None or not known or int(root[1]) >= size or b"/ID" not in trailer:
        raise BAD_PAGE.error(what=_TRAILER)
    number = int(root[1])
    catalog = _object(data, number, head.end())
    return PdfPage(
        size, table, number, catalog, trailer.get(b"/Info", b""), _first_id(trailer[b"/ID"])
    )


def _first_id(raw: bytes) -> bytes:
    opening, at = _token(raw, 0)
    first, _ = _token(raw, at)
    if opening != b"[" or first[:1] not in {b"(", b"<"} or first == b"<<":
        raise BAD_PAGE.error(what=_TRAILER)
    return first


def _object(data: bytes, number: int, rows: int) -> Entries:
    """Return the dictionary that is object `number`; rows: offset of the first table row."""
    row = _ROW.fullmatch(data[rows + number * ROW_BYTES : rows + (number + 1) * ROW_BYTES])
    if row is None:
        raise BAD_PAGE.error(what=_TABLE_FORM)
    at, head = int(row[1]), b"%d 0 obj\n" % number
    if data[at : at + len(head)] != head:
        raise _syntax(at)
    entries, end = read_dictionary(data, at + len(head))
    if data[end : end + 8] != b"\nendobj\n":
        raise _syntax(end)
    return entries


def read_dictionary(data: bytes, at: int) -> tuple[Entries, int]:
    """Return the entries of the dictionary at `at`, in their order, and where it ends.

    Raises: BAD_PAGE.
    """
    token, at = _token(data, at)
    if token != b"<<":
        raise _syntax(at)
    entries: Entries = {}
    name, at = _token(data, at)
    while name != b">>":
        if not name.startswith(b"/") or b"#" in name:  # an escaped name could be any other
            raise _syntax(at)
        if name in entries:
            raise BAD_PAGE.error(what=_TWICE)
        entries[name], following, at = _value(data, at)
        name = following
    return entries, at


def _value(data: bytes, at: int) -> tuple[bytes, bytes, int]:
    """Return the raw value at `at`, the token after it, and where that ends."""
    start, depth, token, end = _skipped(data, at), 0, b"", at
    while True:
        before, (token, end) = end, _token(data, end)
        first = before == at
        if not first and depth == 0 and (token == b">>" or token.startswith(b"/")):
            return data[start:before], token, end
        depth += (token in _OPENS) - (token in _CLOSES)
        if depth < 0:
            raise _syntax(end)


def _token(data: bytes, at: int) -> tuple[bytes, int]:
    at = _skipped(data, at)
    if data[at : at + 1] == b"(":
        return _text(data, at)
    found = _TOKEN.match(data, at)
    if found is None:
        raise _syntax(at)
    return found[0], found.end()


def _text(data: bytes, at: int) -> tuple[bytes, int]:
    """Return the text in parentheses at `at`; pairs of them may stand within it."""
    depth, end = 0, at
    while end - at <= TEXT_BYTES_MAX:
        found = _IN_TEXT.match(data, end, at + TEXT_BYTES_MAX + 1)
        if found is None:
            break
        end = found.end()
        depth += (found[1] == b"(") - (found[1] == b")")
        if depth == 0:
            return data[at:end], end
    raise _syntax(at)


def _skipped(data: bytes, at: int) -> int:
    space = _SPACE.match(data, at)
    return space.end() if space else at


def _syntax(at: int) -> TallyError:
    return BAD_PAGE.error(what=_SYNTAX.fill(at=at))

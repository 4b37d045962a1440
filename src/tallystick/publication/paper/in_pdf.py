"""Receipts in a PDF, as an update at its end.

Owns the update: an embedded file `receipts.tally`, its description, and the catalog written anew
with all it had, so that a PDF/A-3 stays one (ISO 19005-3, 6.8). The page itself is not touched:
its bytes stand first in the file, unchanged. The stream is not compressed, because compressed bytes
depend on who compresses.

    >>> split(attach(page, bundle)) == (page, bundle)
    True
"""

from __future__ import annotations

from hashlib import sha256

from tallystick.kernel.texts import Text
from tallystick.publication.paper.bundle import BAD_PAGE, BAD_PAPER, day_of
from tallystick.publication.paper.pdf_syntax import Entries, PdfPage, read_dictionary, read_pdf

FILE_NAME = b"receipts.tally"
_MARK = b"\n%tallystick receipts\n"  # a bundle has no newline, so that this cannot stand in one
_STREAM, _END_STREAM = b"\nstream\n", b"\nendstream\n"
_ABOUT = b"Receipts of what this report shows. Check: tally verify FILE --trust TRUSTFILE"
_ID_BYTES = 16

_HAS_FILES = Text("里面已有附件", "it has attached files already")
_NO_UPDATE = Text("没有附带回执", "no receipts are attached")


def check(page: bytes) -> None:
    """Check that receipts can be attached to `page`. Raises: BAD_PAGE."""
    _catalog(read_pdf(page), 1)


def attach(page: bytes, bundle: bytes) -> bytes:
    """Return `page` with an update that embeds `bundle`. Raises: BAD_PAGE."""
    read = read_pdf(page)
    stream, spec = read.size, read.size + 1
    objects = {
        read.root: _catalog(read, spec),
        stream: b"<</Type/EmbeddedFile/Subtype/application#2Fvnd.tallystick.receipts+json"
        b"/Params<</Size %d/ModDate(D:%s000000+08'00')>>/Length %d>>"
        % (len(bundle), day_of(bundle).replace("-", "").encode(), len(bundle))
        + (_STREAM + bundle + _END_STREAM).removesuffix(b"\n"),
        spec: b"<</Type/Filespec/F(%s)/UF(%s)/AFRelationship/Supplement/Desc(%s)"
        b"/EF<</F %d 0 R/UF %d 0 R>>>>" % (FILE_NAME, FILE_NAME, _ABOUT, stream, stream),
    }
    parts, at, rows = [page, _MARK], len(page) + len(_MARK), {}
    for number in (stream, spec, read.root):
        rows[number] = b"%010d 00000 n\r\n" % at
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, objects[number]))
        at += len(parts[-1])
    own_id = sha256(sha256(page).digest() + bundle).hexdigest()[: 2 * _ID_BYTES].upper().encode()
    info = b"/Info " + read.info if read.info else b""
    parts += [
        b"xref\n0 1\n0000000000 65535 f\r\n%d 1\n%s%d 2\n%s%s"
        % (read.root, rows[read.root], stream, rows[stream], rows[spec]),
        b"trailer\n<</Size %d/Root %d 0 R%s/ID[%s<%s>]/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
        % (read.size + 2, read.root, info, read.first_id, own_id, read.table, at),
    ]
    return b"".join(parts)


def split(paper: bytes) -> tuple[bytes, bytes]:
    """Return page and bundle of `paper`. Raises: BAD_PAPER.

    What it returns is right only if attaching gives `paper` again: that is for the caller to see.
    """
    end = paper.rfind(_MARK)
    begins = paper.find(_STREAM, end)
    ends = paper.find(_END_STREAM, begins)
    if min(end, begins, ends) < 0:
        raise BAD_PAPER.error(what=_NO_UPDATE)
    return paper[:end], paper[begins + len(_STREAM) : ends]


def _catalog(read: PdfPage, spec: int) -> bytes:
    """Return the catalog with the embedded file that object `spec` describes. Raises: BAD_PAGE."""
    names: Entries = {}
    if b"/Names" in read.catalog:
        names, _ = read_dictionary(read.catalog[b"/Names"], 0)
    if b"/AF" in read.catalog or b"/EmbeddedFiles" in names:
        raise BAD_PAGE.error(what=_HAS_FILES)
    names[b"/EmbeddedFiles"] = b"<</Names[(%s)%d 0 R]>>" % (FILE_NAME, spec)
    catalog = {**read.catalog, b"/Names": _dictionary(names), b"/AF": b"[%d 0 R]" % spec}
    return _dictionary(catalog)


def _dictionary(entries: Entries) -> bytes:
    return b"<<" + b"".join(name + b" " + value for name, value in entries.items()) + b">>"

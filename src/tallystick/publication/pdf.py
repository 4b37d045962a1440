"""A report on paper: one PDF that looks and reads the same everywhere.

Owns the way from a document to PDF. Rules: PDF/A-3a and PDF/UA-1 at once (kept for years, read
aloud, able to carry a receipt); one packaged typeface, embedded, no font of the machine; a letter
it lacks is shown as its code point and named in a note; whatever the typesetter warns of is a
refusal, since it drops silently what it cannot set; the same document gives the same bytes, its
date being that of the report. One typesetter a process.

    >>> render(document, "zh")[:8]
    b'%PDF-1.7'
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import typst

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.publication.charts.inks import light_of
from tallystick.publication.fonts import font_folder, shown
from tallystick.publication.pages import UNDATED, Page, grouped, plain
from tallystick.publication.portrait import compose

STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]
AUTHOR = "Tallystick 信契"

NOT_TYPESET = Reason(
    "not_typeset",
    Text("PDF 排版未成：{why}", "the PDF could not be set: {why}"),
    "",
    Text(
        "请改出网页：-o 文件名.html，并附上本消息报告问题。",
        "Write a web page instead (-o NAME.html), and report this message.",
    ),
)
_NO_DAY = "1970-01-01"
_WORDS = {
    "undated": UNDATED,
    "page": Text("第 {n} 页，共 {of} 页", "Page {n} of {of}"),
    "code": Text("核验码", "Code for checking"),
}
_REPLACED = Text(
    "下列字不在字体之内，文中以其 Unicode 编码代之：{letters}",
    "The typeface lacks these letters; their Unicode code points stand for them: {letters}",
)


def render(
    document: Mapping[str, Any], language: str, *, qr_svg: str = "", code_text: str = ""
) -> bytes:
    """Return the PDF of a portrait.

    document: of the form `tallystick-portrait/1`, in `language`. qr_svg: a picture, as SVG text,
    for the place of the code; code_text: what stands beside it. Raises: FONT_CHANGED, NOT_TYPESET.
    """
    return write(compose(document, language), qr_svg=qr_svg, code_text=code_text)


def write(page: Page, *, qr_svg: str = "", code_text: str = "") -> bytes:
    """Return any page of blocks as PDF; arguments as for `render`. Raises: as `render`."""
    missing: dict[str, None] = {}
    laid = _printable(_laid(plain(page)), missing)
    code = _printable({"svg": qr_svg, "text": grouped(code_text)}, missing)
    if missing:
        letters = " ".join(f"U+{ord(letter):04X}" for letter in missing)
        said = _REPLACED.fill(letters=letters).in_language(page.language)
        note = {"kind": "paragraph", "text": said, "tone": "warning"}
        laid["sections"][0]["blocks"].append(note)
    words = {name: text.in_language(page.language) for name, text in _WORDS.items()}
    given = {"page": laid, "words": {**words, "author": AUTHOR}, "code": code}
    return _typeset(
        {name: json.dumps(one, ensure_ascii=False) for name, one in given.items()}, page
    )


def _laid(block: Any) -> Any:  # noqa: ANN401 - JSON
    """Return the JSON of a page as paper needs it: no moving picture, lights as ink and mark."""
    if isinstance(block, list):
        return [_laid(one) for one in block]
    if not isinstance(block, dict):
        return block
    kept = {name: _laid(value) for name, value in block.items() if name != "moving"}
    if block.get("kind") == "conclusion":
        look = light_of(block["light"])
        kept |= {"ink": look.ink, "mark": look.mark}
    return kept


def _printable(value: Any, missing: dict[str, None]) -> Any:  # noqa: ANN401 - JSON
    """Return `value` with every letter the typeface lacks replaced; they are noted in `missing`."""
    if isinstance(value, str):
        found = shown(value)
        missing.update(dict.fromkeys(found.missing))
        return found.text
    if isinstance(value, list):
        return [_printable(one, missing) for one in value]
    if isinstance(value, dict):
        return {name: _printable(one, missing) for name, one in value.items()}
    return value


def _typeset(inputs: dict[str, str], page: Page) -> bytes:
    # PDF/A wants a date in the file; where none is stated none is printed.
    day = datetime.datetime.fromisoformat(f"{page.day or _NO_DAY}T00:00:00+00:00")
    try:
        made, warnings = _compiler().compile_with_warnings(
            input=_template(),
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=STANDARDS,
            timestamp=int(day.timestamp()),
        )
    except typst.TypstError as fault:
        raise NOT_TYPESET.error(why=" ".join(fault.message.split())) from None
    if warnings or not isinstance(made, bytes):
        why = "; ".join(" ".join(one.message.split()) for one in warnings)
        raise NOT_TYPESET.error(why=why or "-")
    return made


@cache
def _template() -> bytes:
    folder = resources.files("tallystick.publication") / "templates"
    return (folder / "page.typ").read_bytes()


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[font_folder()]
    )
    return typst.Compiler(font_paths=fonts)

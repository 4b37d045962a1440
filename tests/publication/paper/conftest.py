"""Pages in both forms, and a receipt to attach to them."""

from __future__ import annotations

from pathlib import Path

import pytest
import typst

from tallystick.publication.fonts import font_folder
from tallystick.publication.paper import CONTENT_POLICY, MARKER

EXAMPLE = Path(__file__).parents[3] / "docs" / "spec" / "example.tally"
SHEET = """#set document(title: "报告 (with) signs", date: datetime(year: 2026, month: 11, day: 1))
#set text(lang: "zh", font: "Noto Sans SC")
= The title <first>
#outline()
The text of the page, and a #link(<first>)[way back].
== Another heading (one) <other.place>
#link(<other.place>)[On].
"""
PAGE = f"""<!doctype html>
<html lang="zh"><head><meta charset="utf-8">{CONTENT_POLICY}<title>报告</title></head>
<body><h1>报告</h1><p>A &lt; B</p>{MARKER.decode()}
</body></html>
"""


@pytest.fixture(scope="session")
def receipt() -> bytes:
    return EXAMPLE.read_bytes()


@pytest.fixture(scope="session")
def pdf_page() -> bytes:
    """A PDF/A-3b with an outline, an identifier and named places, as typst writes it."""
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[font_folder()]
    )
    drawn = typst.Compiler(SHEET.encode(), font_paths=fonts).compile(
        format="pdf", pdf_standards=["a-3b"]
    )
    assert isinstance(drawn, bytes)
    return drawn


@pytest.fixture(scope="session")
def pages(pdf_page: bytes) -> dict[str, bytes]:
    return {"html": PAGE.encode(), "pdf": pdf_page}

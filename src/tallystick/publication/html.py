"""A report as one web page that needs nothing else.

Owns the way from a document to HTML. Rules: one file, no script, no request to anywhere; everything
that came from outside is escaped, and marks that turn the reading stand as a sign; every chart has
its table and description; the page prints on A4. The place of a block of receipts is marked once,
before the end of the body.

    >>> page = render(document, "zh")
    >>> page.count(RECEIPTS)
    1
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined, Template
from markupsafe import Markup

from tallystick.kernel.marks import clean
from tallystick.kernel.texts import Text
from tallystick.publication.charts.inks import light_of
from tallystick.publication.charts.timeline import SIGNS
from tallystick.publication.pages import UNDATED, Page, grouped
from tallystick.publication.paper import CONTENT_POLICY
from tallystick.publication.portrait import compose

RECEIPTS = "<!--tallystick:receipts-->"

_WORDS = {
    "undated": UNDATED,
    "contents": Text("目录", "Contents"),
    "table": Text("数据表：{title}", "Table: {title}"),
    "skip": Text("跳到正文", "Skip to the report"),
    "code": Text("核验码", "Code for checking"),
}


def render(
    document: Mapping[str, Any], language: str, *, qr_svg: str = "", code_text: str = ""
) -> str:
    """Return the page of a portrait.

    document: of the form `tallystick-portrait/1`, in `language`. qr_svg: a picture, as SVG text of
    our own, for the place of the code; code_text: what stands below it.
    """
    return write(compose(document, language), qr_svg=qr_svg, code_text=code_text)


def write(page: Page, *, qr_svg: str = "", code_text: str = "") -> str:
    """Return any page of blocks as HTML; arguments as for `render`."""
    words = {name: text.in_language(page.language) for name, text in _WORDS.items()}
    return _template().render(
        page=page,
        words=words,
        language="zh-CN" if page.language == "zh" else "en",
        policy=CONTENT_POLICY,
        receipts=RECEIPTS,
        qr_svg=qr_svg,
        code_text=grouped(code_text),
    )


def _cleaned(value: object) -> object:
    """Return what is put into the page without marks that would turn the reading of the rest."""
    if isinstance(value, Markup):
        return Markup(clean(value))  # noqa: S704 - it was markup before
    return clean(value) if isinstance(value, str) else value


@cache
def _template() -> Template:
    folder = resources.files("tallystick.publication") / "templates"
    files = {
        name: (folder / name).read_text(encoding="utf-8")
        for name in ("page.html", "blocks.html", "page.css")
    }
    environment = Environment(
        loader=DictLoader(files),
        autoescape=True,
        finalize=_cleaned,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["kind"] = lambda block: type(block).__name__.lower()
    environment.globals["light_of"] = light_of
    environment.globals["signs"] = SIGNS
    template: Template = environment.get_template("page.html")
    return template

"""The picture of a printed code.

Owns the QR code (ISO/IEC 18004) as an SVG: alphanumeric mode, error correction M, a quiet zone of
four modules, black on white whatever surrounds it, and a title for who cannot see it. The same text
gives the same bytes.

    >>> qr_svg(code, title="Code of this report").startswith("<svg")
    True
"""

from __future__ import annotations

QUIET_MODULES = 4  # ISO/IEC 18004 asks for four


def qr_svg(text: str, *, title: str) -> str:
    """Return the SVG of `text`, which must be capitals, digits and the signs of that mode.

    title: what a screen reader says. Raises: ValueError for other characters or too many.
    """
    import segno  # noqa: PLC0415 - who only checks a code draws none

    code = segno.make(text, error="m", mode="alphanumeric", boost_error=False, micro=False)
    drawn: str = code.svg_inline(
        border=QUIET_MODULES,
        dark="#000",
        light="#fff",
        omitsize=True,
        svgclass=None,
        lineclass=None,
        title=title,
    )
    # On a web page it would need no name space; beside one, and on paper, it does.
    return drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)

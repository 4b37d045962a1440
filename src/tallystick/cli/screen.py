"""What is written where: the result on standard output, everything beside it on standard error.

Owns the two streams, the language, colours, the width and the mark of samples. Rules: with --json
standard output holds one document and nothing else; colours only on a terminal and never where
NO_COLOR is set; a colour never says what the words do not say; where `sample` is set every page
begins with the mark and every object of a document carries `"sample": true`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TextIO

from tallystick.cli.cells import wrap
from tallystick.kernel.marks import CONTROLS, FORMATS, STAND_IN
from tallystick.kernel.texts import Text
from tallystick.rulebook.samples import SAMPLE_MARK, SAMPLE_SENTENCE

PIPE_CELLS = 120  # how wide tables are where no terminal says its width
_LISTED_WHOLE_MAX = 100  # a longer list is written one element a line
_STEERING = re.compile(rf"\033(?!\[[0-9;]{{1,16}}m)|[{CONTROLS}{FORMATS}]")
_HIDDEN_IN_JSON = re.compile(rf"[\x7f-\x9f{FORMATS}]")
_MARKS = {True: ("✓", "ok"), False: ("✗", "NO")}
_PAINTS = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "orange": "38;5;208",
    "cyan": "36",
}


@dataclass
class Screen:
    """The terminal, or what stands in for it."""

    language: str = "en"
    as_json: bool = False
    quiet: bool = False
    sample: bool = False
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)

    def __post_init__(self) -> None:
        for stream in (self.out, self.err):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(errors="replace")  # a narrow encoding must not end a command

    @property
    def cells(self) -> int:
        """How wide a line may be."""
        if self.out.isatty() or os.environ.get("COLUMNS"):
            return max(40, shutil.get_terminal_size().columns)
        return PIPE_CELLS

    def tell(self, text: Text | str) -> str:
        """Return the sentence in the language spoken."""
        return text.in_language(self.language) if isinstance(text, Text) else text

    def paint(self, text: str, *paints: str) -> str:
        """Return `text` in colours or weights, where the terminal shows them."""
        return painted(text, *paints) if paints and shows_colours(self.out) else text

    def mark(self, *, ok: bool) -> str:
        """Return the sign for something that holds or does not, in what the terminal can write."""
        sign, word = _MARKS[ok]
        try:
            sign.encode(getattr(self.out, "encoding", None) or "utf-8")
        except (UnicodeEncodeError, LookupError):
            return word
        return self.paint(sign, "green" if ok else "red")

    def show(self, document: object, page: Callable[[Screen], None]) -> None:
        """Give the result: `document` as JSON where asked for, otherwise what `page` writes."""
        if not self.as_json:
            self.page(page)
        elif isinstance(document, list) and len(document) > _LISTED_WHOLE_MAX:
            self.show_gathered(self.gathered(document))
        else:
            self.out.write(self._json(self._marked(document), indent=2) + "\n")

    def page(self, page: Callable[[Screen], None]) -> None:
        """Write a page for people, under the mark of samples where it is about one."""
        if self.sample:
            self.line(self.sample_line(), "bold", "yellow")
        page(self)

    def gathered(self, elements: Iterable[object]) -> list[str]:
        """Return each element as JSON: a long list takes the room of its text and no more."""
        return [self._json(self._marked(element)) for element in elements]

    def sample_line(self) -> str:
        """Return the line that stands above everything about a sample, in the language spoken."""
        left, right = "【】" if self.language == "zh" else ("[", "] ")
        return f"{left}{self.tell(SAMPLE_MARK)}{right}{self.tell(SAMPLE_SENTENCE)}"

    def _marked(self, document: object) -> object:
        """Return a document with the mark of samples in it, or in each object of its list."""
        if not self.sample:
            return document
        if isinstance(document, Mapping):
            return {"sample": True, **document}
        if isinstance(document, list):
            return [self._marked(one) for one in document]
        return document

    def show_gathered(self, elements: list[str]) -> None:
        """Give what `gathered` returned as one list."""
        self.out.write("[\n" + ",\n".join(elements) + "\n]\n" if elements else "[]\n")

    def _json(self, value: object, indent: int | None = None) -> str:
        encoding = (getattr(self.out, "encoding", None) or "utf-8").lower()
        narrow = not encoding.replace("-", "").startswith("utf8")
        text = json.dumps(value, ensure_ascii=narrow, indent=indent)
        return _HIDDEN_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)

    def line(self, text: Text | str = "", *paints: str) -> None:
        """Write a line of the result."""
        self.out.write(_STEERING.sub(STAND_IN, self.paint(self.tell(text), *paints)) + "\n")

    def paragraph(self, text: Text | str, indent: int = 0, *paints: str) -> None:
        """Write a sentence of the result, wrapped."""
        for line in wrap(self.tell(text), self.cells - indent):
            self.line(f"{' ' * indent}{line}", *paints)

    def item(self, text: Text | str) -> None:
        """Write one line of a list, wrapped under itself."""
        first, *rest = wrap(self.tell(text), self.cells - 4)
        self.line(f"  - {first}")
        for line in rest:
            self.line(f"    {line}")

    def note(self, text: Text | str) -> None:
        """Write something said beside the result; not when quiet."""
        if not self.quiet:
            self.warn(text)

    def warn(self, text: Text | str) -> None:
        """Write something that must be said even when quiet, beside the result."""
        self.out.flush()  # where both streams are one file, they keep their order
        self.err.write(_STEERING.sub(STAND_IN, self.tell(text)) + "\n")
        self.err.flush()


def painted(text: str, *paints: str) -> str:
    """Return `text` between the escape sequences of `paints`."""
    return f"\033[{';'.join(_PAINTS[paint] for paint in paints)}m{text}\033[0m"


def shows_colours(stream: TextIO) -> bool:
    """Tell whether `stream` is a terminal on which colours are wanted (https://no-color.org)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()

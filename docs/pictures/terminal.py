"""Takes pictures of what `tally` really says, in both languages, by running it.

    python docs/pictures/terminal.py

runs the demonstration in a temporary folder, in a terminal of its own, and writes demo.LANG.svg and
example.LANG.svg beside this file. Of a long table the middle is left out, and the picture says how
many lines. Needs `tally` in this Python's environment.
"""

# ruff: noqa: INP001 - a script beside its pictures, imported by nobody

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
import unicodedata
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Span, Text

FOLDER = Path(__file__).parent
COLUMNS, ROWS = 116, 200
# As `tally` on the search path: what it proposes to type next shall not show where it lies here.
RUN = "import sys; sys.argv[0] = 'tally'; from tallystick.cli import main; sys.exit(main())"
FIRST_ROWS, LAST_ROWS = 12, 7  # of the table of members
STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r|\n|[^\x1b\r\n]+")
PIECE = re.compile(
    r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]+"
)
LEFT_OUT = {"en": "⋮  ({n} lines are left out of this picture)", "zh": "⋮  （此图略去 {n} 行）"}
THEME = TerminalTheme(
    (246, 248, 250),
    (36, 41, 46),
    [
        (36, 41, 46),
        (200, 40, 50),
        (30, 130, 60),
        (176, 120, 0),
        (30, 90, 190),
        (120, 60, 170),
        (20, 125, 140),
        (90, 98, 108),
    ],
)
FONTS = (
    "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', 'Noto Sans Mono CJK SC', "
    "'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', monospace"
)
PICTURE = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: FONTS;
  font-size: {char_height}px;
  line-height: {line_height}px;
}}
.{unique_id}-title {{
  font-size: 17px;
  font-weight: bold;
  font-family: system-ui, 'Noto Sans CJK SC', 'PingFang SC', sans-serif;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def said(words: list[str], folder: Path) -> str:
    """Return what `tally WORDS` writes on a terminal, colours included."""
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    settings = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS)}
    running = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", RUN, *words],
        cwd=folder,
        env=settings,
        stdin=subprocess.DEVNULL,
        stdout=side,
        stderr=side,
    )
    os.close(side)
    heard = io.BytesIO()
    try:
        while part := os.read(main, 65536):
            heard.write(part)
    except OSError:  # Linux says so at the end of a terminal
        pass
    os.close(main)
    if running.wait() != 0:
        raise SystemExit(heard.getvalue().decode())
    return heard.getvalue().decode().replace("\r\n", "\n")


def final(text: str) -> list[str]:
    """Return the lines that stay on the screen: what a progress bar drew is gone again."""
    lines, row, fresh = [""], 0, True
    for piece in STEERING.findall(text):
        if piece == "\n":
            row, fresh = row + 1, True
        elif piece == "\r":
            fresh = True
        elif piece.endswith("A") and piece.startswith("\x1b["):
            row -= int(piece[2:-1] or 1)
        elif piece == "\x1b[2K":
            lines[row] = ""
        elif not piece.startswith("\x1b[") or piece.endswith("m"):
            lines[row] = piece if fresh else lines[row] + piece
            fresh = False
        lines += [""] * (row + 1 - len(lines))
    return lines


def shortened(lines: list[str], language: str) -> list[str]:
    """Return `lines` without the middle of the table of members."""
    rows = [at for at, line in enumerate(lines) if re.search(r"\b9\d{7}PDY\w{7}\b.*●|  - ", line)]
    rows = [at for at in rows if "PDY" in lines[at] and "%" in lines[at]]
    if len(rows) <= FIRST_ROWS + LAST_ROWS:
        return lines
    begin, end = rows[FIRST_ROWS], rows[-LAST_ROWS]
    gap = LEFT_OUT[language].format(n=end - begin)
    return [*lines[:begin], f"\x1b[2m{gap}\x1b[0m", *lines[end:]]


def runs(line: Text) -> Text:
    """Return `line` cut into words and single wide characters, so that each keeps its cells."""
    cut = line.copy()
    cut.spans += [Span(*found.span(), "") for found in PIECE.finditer(line.plain)]
    return cut


def folded(line: Text) -> list[Text]:
    """Return `line` in the lines a terminal makes of it."""
    lines, begin, cells = [], 0, 0
    for at, character in enumerate(line.plain):
        wide = 1 + is_wide(character)
        if cells + wide > COLUMNS:
            lines.append(line[begin:at])
            begin, cells = at, 0
        cells += wide
    return [*lines, line[begin:]]


def is_wide(character: str) -> bool:
    """Tell whether a character takes two cells."""
    return unicodedata.east_asian_width(character) in "WF"


def picture(name: str, language: str, title: str, lines: list[str]) -> None:
    """Write one picture."""
    console = Console(
        record=True,
        width=COLUMNS,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
    )
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    for line in lines:
        for part in folded(Text.from_ansi(line)):
            console.print(runs(part), soft_wrap=True)
    svg = console.export_svg(
        title=title,
        theme=THEME,
        code_format=PICTURE.replace("FONTS", FONTS),
        unique_id=f"{name}-{language}",
    )
    (FOLDER / f"{name}.{language}.svg").write_text(svg, encoding="utf-8")


def take(language: str) -> None:
    """Take all pictures in one language."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        demo = final(said(["--lang", language, "demo", "--workspace", "tally-demo"], folder))
        demo = [line.replace(f"{folder.resolve()}/", "") for line in demo]
        picture("demo", language, "make demo", shortened(demo, language))
        command = ["--lang", language, "evaluate", "association-2019", "--example"]
        title = "tally evaluate association-2019 --example"
        picture("example", language, title, final(said(command, folder)))


if __name__ == "__main__":
    for each in ("en", "zh"):
        take(each)

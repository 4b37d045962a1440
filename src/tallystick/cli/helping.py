"""Help pages, made from the table of commands.

Owns how a command explains itself on a terminal, in one language, in cells and not characters, so
that Chinese lines up. Nothing is said here that the table does not say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tallystick.cli.cells import pad, width, wrap
from tallystick.cli.syntax import Command, Option
from tallystick.kernel.texts import Text

PROGRAM = "tally"
PAGE_CELLS_MAX = 100
PARTS_CELLS_MAX = 48  # of the names of parts in a usage; more are listed below it alone
_INDENT = 2
_LEFT_CELLS_MAX = 26
_LEFT_CELLS_MIN = 12

USAGE = Text("用法：", "Usage: ")
ARGUMENTS = Text("参数", "Arguments")
OPTIONS = Text("选项", "Options")
COMMANDS = Text("子命令", "Commands")
EXAMPLES = Text("例子", "Examples")
EVERYWHERE = Text("通用选项（命令前后都可写）", "Options of every command (before or after it)")
VALUES = Text("可取：", "one of: ")
COMMAND = Text("命令", "COMMAND")
ANY_OPTIONS = Text("[选项]", "[options]")
TITLE = Text("信契 Tallystick：信而有征", "Tallystick: credit with evidence")
MORE = Text(
    "tally 命令 --help 说明各个命令。",
    "tally COMMAND --help explains each command.",
)
STATUS = Text(
    "退出状态：0 完成；1 被拒绝或核验不通过；2 用法不对。",
    "Exit status: 0 done, 1 refused or a check failed, 2 wrong usage.",
)
HELP_ITSELF = Text("显示本页", "show this page")
VERSION_ITSELF = Text("显示版本", "show the version")


def usage(path: Sequence[str], command: Command | None, language: str) -> str:
    """Return the usage of a command in one line, without the word for it."""
    words = [PROGRAM, *path]
    if command is None:
        words += [ANY_OPTIONS.in_language(language), COMMAND.in_language(language), "..."]
    elif command.parts:
        listed = "{" + ",".join(part.name for part in command.parts) + "}"
        fits = width(listed) <= PARTS_CELLS_MAX
        words += [listed if fits else COMMAND.in_language(language), "..."]
    else:
        words += [_usage_of(option, language) for option in command.arguments()]
        words += [_usage_of(option, language) for option in command.named()]
    return " ".join(words)


def _usage_of(option: Option, language: str) -> str:
    value = option.value_in(language)
    if not option.flags:
        word = f"{value}..." if option.many else value
    elif option.is_flag:
        word = option.flags[0]
    else:
        word = f"{option.flags[0]} {value}{'...' if option.many else ''}"
    return word if option.needed else f"[{word}]"


def usage_lines(path: Sequence[str], command: Command | None, language: str, cells: int) -> str:
    """Return the usage, broken between options, under the word for it."""
    head = USAGE.in_language(language)
    indent = width(head)
    words = usage(path, command, language).split(" ")
    units: list[str] = []
    for word in words:  # an option and its value, or a pair of brackets, stay together
        last = units[-1] if units else ""
        bracketed = last.count("[") > last.count("]")
        if bracketed or (last.startswith("-") and " " not in last):
            units[-1] += f" {word}"
        else:
            units.append(word)
    widest = max(map(width, units))  # what cannot be broken is indented less
    lines, hanging = [head], max(1, min(indent + len(PROGRAM) + 1, cells - widest))
    for unit in units:
        room = cells - width(lines[-1]) - 1
        if width(unit) > room and lines[-1].strip() and len(lines[-1]) > hanging:
            lines.append(" " * hanging)
        lines[-1] += unit if lines[-1].endswith((" ", "：")) else f" {unit}"
    return "\n".join(line.rstrip() for line in lines)


def page(
    path: Sequence[str], command: Command, everywhere: Sequence[Option], language: str, cells: int
) -> str:
    """Return the help page of one command."""
    cells = min(cells, PAGE_CELLS_MAX)
    blocks = [usage_lines(path, command, language, cells)]
    blocks.append(_sentence(command.summary, language, cells))
    if command.about.en:
        blocks.append("\n".join(wrap(command.about.in_language(language), cells)))
    listed = [(part.name, part.summary.in_language(language)) for part in command.parts]
    arguments = [_explained(option, language) for option in command.arguments()]
    options = [_explained(option, language) for option in command.named()]
    common = [_explained(option, language) for option in everywhere]
    common.append(("-h, --help", HELP_ITSELF.in_language(language)))
    for heading, rows in (
        (COMMANDS, listed),
        (ARGUMENTS, arguments),
        (OPTIONS, options),
        (EVERYWHERE, common),
    ):
        if rows:
            blocks.append(_listing(heading.in_language(language), rows, cells))
    examples = [example for one in (command, *command.parts) for example in one.examples]
    if examples:
        lines = [EXAMPLES.in_language(language)]
        for example in examples:
            lines.append(f"  # {example.why.in_language(language)}")
            lines += [f"  {line}" for line in command_lines(example.line, cells - _INDENT)]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def command_lines(line: str, cells: int) -> list[str]:
    """Return a command line in pieces that a shell reads as one: broken before options."""
    lines = [""]
    for number, word in enumerate(line.split(" --")):
        piece = word if number == 0 else f"--{word}"
        if number and width(lines[-1]) + width(piece) + 3 > cells:
            lines[-1] += " \\"
            lines.append(f"    {piece}")
        else:
            lines[-1] += f" {piece}" if number else piece
    return lines


def front_page(
    groups: Iterable[tuple[Text, Sequence[Command]]],
    everywhere: Sequence[Option],
    language: str,
    cells: int,
) -> str:
    """Return the page of `tally --help`."""
    cells = min(cells, PAGE_CELLS_MAX)
    blocks = [TITLE.in_language(language), usage_lines((), None, language, cells)]
    left = _left_of([command.name for _, commands in groups for command in commands])
    for name, commands in groups:
        rows = [(one.name, one.summary.in_language(language)) for one in commands]
        blocks.append(_listing(name.in_language(language), rows, cells, left))
    common = [_explained(option, language) for option in everywhere]
    common.append(("-h, --help", HELP_ITSELF.in_language(language)))
    common.append(("--version", VERSION_ITSELF.in_language(language)))
    blocks.append(_listing(EVERYWHERE.in_language(language), common, cells))
    tail = [*wrap(MORE.in_language(language), cells), *wrap(STATUS.in_language(language), cells)]
    blocks.append("\n".join(tail))
    return "\n\n".join(blocks) + "\n"


def _sentence(summary: Text, language: str, cells: int) -> str:
    said = Text(f"{summary.zh}。", f"{summary.en[:1].upper()}{summary.en[1:]}.")
    return "\n".join(wrap(said.in_language(language), cells))


def _explained(option: Option, language: str) -> tuple[str, str]:
    value = option.value_in(language)
    left = ", ".join(option.flags) if option.flags else value
    if option.flags and value:
        left += f" {value}"
    right = option.help.in_language(language)
    if option.choices:
        stop, comma = ("；", "、") if language == "zh" else ("; ", ", ")
        right += stop + VALUES.in_language(language) + comma.join(option.choices)
    return left, right


def _left_of(names: Sequence[str]) -> int:
    longest = max((width(name) for name in names), default=0)
    return max(_LEFT_CELLS_MIN, min(longest, _LEFT_CELLS_MAX))


def _listing(heading: str, rows: Sequence[tuple[str, str]], cells: int, left: int = 0) -> str:
    """Return a heading and its rows in two columns; a long left side has a line of its own."""
    left = left or _left_of([name for name, _ in rows])
    start = _INDENT + left + _INDENT
    lines = [heading]
    for name, told in rows:
        said = wrap(told, cells - start)
        if width(name) > left:
            lines.append(" " * _INDENT + name)
        else:
            lines.append(f"{' ' * _INDENT}{pad(name, left)}{' ' * _INDENT}{said.pop(0)}")
        lines += [" " * start + line for line in said]
    return "\n".join(lines)

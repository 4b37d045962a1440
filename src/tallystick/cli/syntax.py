"""What a command is: the vocabulary in which the table of commands is written.

Owns `Option`, `Command` and the conversions of words typed into values. The table is data: the
parser, the help pages and docs/commands.md are all made from it, so that none can say something the
others do not.

    >>> Command("audit", Text("核查", "Check"), run="proof.audit").name
    'audit'
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tallystick.kernel.errors import NOTHING, TallyError
from tallystick.kernel.texts import Text

FILE = Text("文件", "FILE")
DIR = Text("文件夹", "DIR")
NAME = Text("名称", "NAME")
USCC = Text("信用代码", "USCC")
SOURCE = Text("来源", "SOURCE")
SCHEME = Text("方案", "SCHEME")
RECORD = Text("记录", "RECORD")
IMPORT = Text("导入", "IMPORT")
DATE = Text("日期", "DATE")
CODE = Text("码", "CODE")
AGE = Text("时长", "AGE")
KEY = Text("公钥", "VKEY")
URL = Text("网址", "URL")
TEXT = Text("文字", "TEXT")
NUMBER = Text("数", "N")
PATH = Text("路径", "PATH")

PORT_MAX = 65_535
DIGITS_MAX = 9  # more of anything than fits into nine digits was a slip of the hand


class WrongWordError(Exception):
    """A word typed that cannot be what it should be; `text` says what is expected."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class Option(NamedTuple):
    """One argument or option.

    name: the attribute it is read by. flags: how it is written, empty for an argument.
    metavar: what stands for its value; none for a flag that is there or not.
    choices: the values allowed; many: may be given more than once.
    needed: wrong usage without it. convert: from the word typed to the value.
    """

    name: str
    help: Text
    flags: tuple[str, ...] = ()
    metavar: Text = NOTHING
    choices: tuple[str, ...] = ()
    many: bool = False
    needed: bool = False
    convert: Callable[[str], Any] = str

    @property
    def is_flag(self) -> bool:
        """Whether it is there or not, without a value."""
        return bool(self.flags) and not self.metavar.en

    def value_in(self, language: str) -> str:
        """Return what stands for its value on a help page."""
        return self.metavar.in_language(language)


class Example(NamedTuple):
    """A command line to copy, and what it is for."""

    line: str
    why: Text


class Command(NamedTuple):
    """One command.

    summary: one line without a full stop. about: what else a user should know.
    run: module and function under `tallystick.cli.acts`. parts: the commands inside this one.
    """

    name: str
    summary: Text
    about: Text = NOTHING
    options: tuple[Option, ...] = ()
    run: str = ""
    examples: tuple[Example, ...] = ()
    parts: tuple[Command, ...] = ()

    def arguments(self) -> tuple[Option, ...]:
        """Return what is given by place."""
        return tuple(option for option in self.options if not option.flags)

    def named(self) -> tuple[Option, ...]:
        """Return what is given by name."""
        return tuple(option for option in self.options if option.flags)


def argument(
    name: str,
    metavar: Text,
    told: Text,
    *,
    many: bool = False,
    needed: bool = True,
    choices: tuple[str, ...] = (),
    convert: Callable[[str], Any] = str,
) -> Option:
    """Return something given by its place."""
    return Option(name, told, (), metavar, choices, many, needed, convert)


def flag(flags: str, told: Text) -> Option:
    """Return something that is there or not, such as --dry-run."""
    return Option(_name_of(flags), told, tuple(flags.split()))


def option(
    flags: str,
    metavar: Text,
    told: Text,
    *,
    many: bool = False,
    needed: bool = False,
    choices: tuple[str, ...] = (),
    convert: Callable[[str], Any] = str,
) -> Option:
    """Return something given by name with a value; flags: as typed, "-o --output".

    many: may be given more than once.
    """
    return Option(
        _name_of(flags),
        told,
        tuple(flags.split()),
        metavar,
        choices,
        many=many,
        needed=needed,
        convert=convert,
    )


def _name_of(flags: str) -> str:
    return flags.rsplit(maxsplit=1)[-1].lstrip("-").replace("-", "_")


def path(word: str) -> Path:
    """Return the path typed; "~" is the home of the user."""
    if not word:
        raise WrongWordError(Text("应为文件或文件夹的路径", "a path is expected"))
    return Path(word).expanduser()


def date(word: str) -> str:
    """Return an ISO date as typed, if there is such a day."""
    try:
        day = datetime.date.fromisoformat(word).isoformat()
    except ValueError:
        day = ""
    if not day or day != word:
        raise WrongWordError(
            Text("应为日期，如 2026-06-30", "a date is expected, for example 2026-06-30")
        )
    return day


def whole(word: str) -> int:
    """Return a whole number of 1 or more."""
    number = int(word) if word.isascii() and word.isdigit() and len(word) <= DIGITS_MAX else 0
    if not number:
        raise WrongWordError(Text("应为 1 或更大的整数", "a whole number of 1 or more is expected"))
    return number


def from_zero(word: str) -> int:
    """Return a whole number, which may be 0."""
    if not (word.isascii() and word.isdigit() and len(word) <= DIGITS_MAX):
        raise WrongWordError(Text("应为 0 或更大的整数", "a whole number of 0 or more is expected"))
    return int(word)


def age(word: str) -> int:
    """Return the seconds of a length of time such as 30m or 1d."""
    from tallystick.app.freshness import seconds_of  # noqa: PLC0415 - not before it is needed

    try:
        return seconds_of(word)
    except TallyError as fault:
        raise WrongWordError(fault.reason.remedy) from None


def port(word: str) -> int:
    """Return the number of a port."""
    number = int(word) if word.isascii() and word.isdigit() and len(word) <= DIGITS_MAX else 0
    if not 0 < number <= PORT_MAX:
        raise WrongWordError(Text("应为 1 到 65535 的端口", "a port from 1 to 65535 is expected"))
    return number


def codes(word: str) -> tuple[str, ...]:
    """Return a list typed with commas."""
    listed = tuple(part.strip() for part in word.replace("，", ",").split(",") if part.strip())
    if not listed:
        raise WrongWordError(
            Text("应为一个或几个代码，用逗号分隔", "one or more codes are expected, with commas")
        )
    return listed

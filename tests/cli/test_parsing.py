from __future__ import annotations

import gettext
import os
from pathlib import Path

import pytest

from tallystick.cli.parsing import (
    HelpAsked,
    VersionAsked,
    WrongUsageError,
    parse,
    speaking,
    spoken,
)


@pytest.mark.parametrize(
    "words",
    [
        ["--workspace", "w", "--json", "status"],
        ["status", "--workspace", "w", "--json"],
        ["--json", "status", "--workspace=w"],
    ],
)
def test_options_of_every_command_may_stand_before_or_after_it(words: list[str]) -> None:
    given = parse(words, "en").given
    assert (given.workspace, given.json, given.quiet) == (Path("w"), True, False)


def test_options_of_every_command_may_stand_between_nested_commands() -> None:
    request = parse(["--quiet", "scheme", "--json", "show", "x", "--processes", "2"], "en")
    given = request.given
    assert (given.quiet, given.json, given.processes, given.scheme) == (True, True, 2, "x")


def test_what_was_not_given_is_none_or_false() -> None:
    given = parse(["evaluate", "s"], "en").given
    assert (given.workspace, given.passphrase_file, given.subject) == (None, None, None)
    assert (given.json, given.example) == (False, False)


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (["--help"], ()),
        (["-h"], ()),
        (["verify", "--help"], ("verify",)),
        (["scheme", "-h"], ("scheme",)),
        (["scheme", "lint", "--help"], ("scheme", "lint")),
    ],
)
def test_help_is_asked_for_one_command(words: list[str], path: tuple[str, ...]) -> None:
    with pytest.raises(HelpAsked) as asked:
        parse(words, "en")
    assert asked.value.path == path


def test_the_version_is_asked_for() -> None:
    with pytest.raises(VersionAsked):
        parse(["--version"], "en")


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ([], ()),
        (["evaluat"], ()),
        (["scheme"], ("scheme",)),
        (["scheme", "lin"], ("scheme",)),
        (["decide"], ("decide",)),
        (["verify", "a", "b"], ()),
        (["evaluate", "s", "--as-of", "2026-02-30"], ("evaluate",)),
        (["bench", "pipeline", "--records", "0"], ("bench", "pipeline")),
        (["import", "a", "--source", "penalty"], ("import",)),
        (["import", "a"], ("import",)),
        (["status", "--workspac", "w"], ()),
        (["--lang", "fr", "status"], ()),
    ],
)
def test_wrong_usage_is_raised_with_its_command(words: list[str], path: tuple[str, ...]) -> None:
    with pytest.raises(WrongUsageError) as wrong:
        parse(words, "en")
    assert wrong.value.path == path
    assert wrong.value.message


def test_an_abbreviation_is_refused_because_a_later_option_would_change_it() -> None:
    with pytest.raises(WrongUsageError, match="--dry"):
        parse(["evaluate", "s", "--dry"], "en")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["evaluat", "s"], "evaluate"),
        (["import", "a", "--source", "penalty"], "penalties"),
        (["--lang", "cn", "status"], "zh, en"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(words: list[str], meant: str) -> None:
    with pytest.raises(WrongUsageError) as wrong:
        parse(words, "en")
    assert meant in wrong.value.message


@pytest.mark.parametrize(
    ("words", "environment", "language"),
    [
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "zh_CN.GB18030"}, "zh"),
        ([], {"LANG": "C.UTF-8"}, "en"),
        ([], {"LANG": "en_GB", "LC_ALL": "zh_TW.UTF-8"}, "zh"),
        (["--lang", "en"], {"LANG": "zh_CN.UTF-8"}, "en"),
        (["status", "--lang=zh"], {"LANG": "en_US"}, "zh"),
        (["--lang", "zh"], {"TALLY_LANG": "en"}, "zh"),
        (["--lang", "fr"], {"LANG": "zh_CN"}, "zh"),
        (["--", "--lang", "zh"], {"LANG": "en_US"}, "en"),
    ],
)
def test_the_language_is_the_one_asked_for_or_that_of_the_locale(
    words: list[str],
    environment: dict[str, str],
    language: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert spoken(words) == language


def test_speaking_leaves_the_surroundings_as_they_were() -> None:
    before, domain = dict(os.environ), gettext.textdomain()
    with speaking("zh"):
        assert gettext.gettext("expected one argument") == "需要一个值"
    with pytest.raises(RuntimeError), speaking("zh"):
        raise RuntimeError
    assert (dict(os.environ), gettext.textdomain()) == (before, domain)

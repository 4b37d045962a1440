from __future__ import annotations

import shlex
from collections.abc import Iterator

import pytest

from tallystick.app.deciding import OUTCOMES
from tallystick.app.templates import SOURCES
from tallystick.cli.parsing import parse
from tallystick.cli.running import act_of
from tallystick.cli.syntax import Command, Option
from tallystick.cli.table import COMMANDS, GLOBAL_OPTIONS, find
from tallystick.cli.table.facts import SOURCES as SOURCES_TYPED
from tallystick.cli.table.judgement import OUTCOMES as OUTCOMES_TYPED

# Names other programs and people rely on: one is added, none is taken away.
STABLE = {
    "demo": "--workspace",
    "init": "DIR --sample --operator --code --origin",
    "template": "SOURCE -o",
    "import": "FILE --source --dry-run --map --save-map",
    "retract": "IMPORT --reason",
    "scheme new": "NAME -o",
    "scheme lint": "FILE",
    "scheme show": "SCHEME",
    "scheme publish": "SCHEME",
    "evaluate": "SCHEME --subject --as-of --example --dry-run",
    "explain": "USCC",
    "decide": "USCC --officer --reason --outcome --band",
    "officer": "NAME",
    "grant": "USCC --categories --purpose --until --document",
    "withdraw": "USCC --grant",
    "report": "USCC --all --scheme -o",
    "receipt": "RECORD -o",
    "verify": "FILE --trust",
    "audit": "",
    "rebuild": "",
    "export": "-o",
    "upgrade": "",
    "status": "",
    "doctor": "",
    "model fit": "FILE --target --route --because --cv --columns --out",
    "model validate": "FILE --target --by --rejected",
    "model score": "FILE -o --keep",
    "model explain": "FILE --row --baseline",
    "model compare": "FILE --target",
    "model export": "FILE --to -o",
    "model show": "FILE -o",
    "bench pipeline": "--records --members -o",
    "bench reports": "--reports -o",
}


def leaves(commands: tuple[Command, ...], above: str = "") -> Iterator[tuple[str, Command]]:
    for command in commands:
        name = f"{above}{command.name}"
        if command.parts:
            yield from leaves(command.parts, f"{name} ")
        else:
            yield name, command


LEAVES = dict(leaves(COMMANDS))


def spelled(option: Option) -> set[str]:
    return set(option.flags) or {option.metavar.en}


@pytest.mark.parametrize("name", STABLE)
def test_a_stable_command_keeps_its_name_and_options(name: str) -> None:
    options = [*LEAVES[name].options, *GLOBAL_OPTIONS]
    have = {spelling for option in options for spelling in spelled(option)}
    assert set(STABLE[name].split()) <= have


@pytest.mark.parametrize("command", LEAVES.values(), ids=LEAVES)
def test_every_command_can_be_run_and_shows_how(command: Command) -> None:
    assert callable(act_of(command.run))
    assert command.examples


@pytest.mark.parametrize("command", LEAVES.values(), ids=LEAVES)
def test_every_example_is_what_the_command_line_takes(command: Command) -> None:
    for example in command.examples:
        words = shlex.split(example.line)
        assert words[0] == "tally"
        assert parse(words[1:], "en").command is command


@pytest.mark.parametrize("command", LEAVES.values(), ids=LEAVES)
def test_no_option_is_spelled_like_another(command: Command) -> None:
    options = [*command.options, *GLOBAL_OPTIONS]
    names = [option.name for option in options]
    flags = [flag for option in options for flag in option.flags]
    assert len(set(names)) == len(names)
    assert len(set(flags)) == len(flags)


def test_the_table_offers_what_the_use_cases_take() -> None:
    assert tuple(SOURCES_TYPED) == tuple(SOURCES)
    assert tuple(OUTCOMES_TYPED) == tuple(OUTCOMES)


def test_a_command_is_found_by_its_words() -> None:
    assert find(["scheme", "lint"]) is LEAVES["scheme lint"]
    assert find(["scheme", "nothing"]) is None
    assert find([]) is None

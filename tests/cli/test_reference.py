from __future__ import annotations

from pathlib import Path

import pytest

from tallystick.cli.reference import document
from tallystick.cli.syntax import Command
from tallystick.cli.table import COMMANDS, GLOBAL_OPTIONS

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
EVERY = [*COMMANDS, *(part for command in COMMANDS for part in command.parts)]


def test_the_page_of_commands_is_the_one_that_comes_out() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), (
        "run: python -m tallystick.cli.reference > docs/commands.md"
    )


@pytest.mark.parametrize("command", EVERY, ids=lambda command: command.name)
def test_the_page_explains_every_command_and_option_in_both_languages(command: Command) -> None:
    text = document()
    assert command.summary.zh in text
    assert command.summary.en[1:] in text
    for option in (*command.options, *GLOBAL_OPTIONS):
        assert option.help.zh in text
        assert option.help.en in text
        assert all(f"`{flag}`" in text for flag in option.flags)

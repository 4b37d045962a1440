from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tallystick.app import upgrading
from tallystick.app.upgrading import upgrade
from tallystick.app.workspace import FORMAT
from tallystick.kernel.errors import TallyError

if TYPE_CHECKING:
    from tests.app.conftest import House


def test_a_workspace_of_this_format_is_left_as_it_is(small: House) -> None:
    before = small.content()
    assert upgrade(small.settings()) == {
        "format_before": FORMAT,
        "format": FORMAT,
        "changed": False,
    }
    assert small.content() == before


def test_a_workspace_of_a_newer_format_is_refused_and_left_alone(small: House) -> None:
    (small.folder / "workspace.json").write_text(
        f'{{"format":{FORMAT + 1},"origin":"example.org/a"}}\n', encoding="utf-8"
    )
    before = small.content()
    with pytest.raises(TallyError) as caught:
        upgrade(small.settings())
    assert caught.value.code == "newer_format"
    assert small.content() == before


def test_what_is_no_workspace_is_not_upgraded(small: House) -> None:
    (small.folder / "workspace.json").unlink()
    with pytest.raises(TallyError, match="not_a_workspace"):
        upgrade(small.settings())


def test_there_is_a_step_from_every_older_format() -> None:
    assert sorted(upgrading.STEPS) == list(range(1, FORMAT))

"""What tests of published pages stand on: a workspace of the demonstration, and its portraits."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.app.portraits import portrait
from tallystick.app.store import Store
from tallystick.app.workspace import Settings
from tallystick.testing.demo import demo

if TYPE_CHECKING:
    from collections.abc import Callable

    Portraits = Callable[[str, str], dict[str, Any]]

DAY = datetime(2026, 11, 22, 4, tzinfo=UTC)
STANDINGS = ("decided", "proposal", "declined", "no_proposal")
LANGUAGES = ("zh", "en")


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("published") / "ws"
    settings = Settings(folder, folder.with_name("ws.passphrase"), now=lambda: DAY, processes=1)
    made = demo(settings, lambda _: None)
    listed = {
        "decided": next(one["subject"] for one in made["decisions"] if one["light"] == "red"),
        "declined": next(o["subject"] for o in made["decisions"] if o["outcome"] == "decline"),
    }
    taken = {one["subject"] for one in made["decisions"]}
    open_ones = [one for one in made["evaluations"] if one["subject"] not in taken]
    listed["proposal"] = next(one["subject"] for one in open_ones if one["light"] == "green")
    listed["no_proposal"] = next(one["subject"] for one in open_ones if not one["band"])
    folder.with_name("listed.json").write_text(json.dumps(listed), encoding="utf-8")
    return settings


@pytest.fixture(scope="session")
def portraits(workspace: Settings) -> Portraits:
    """The portrait of a member by its standing, in a language; each call gives a fresh copy."""
    path = workspace.folder.with_name("listed.json")
    listed = json.loads(path.read_text(encoding="utf-8"))

    @cache
    def collected(standing: str, language: str) -> dict[str, Any]:
        with Store.open(workspace, writer=True) as store:
            return portrait(store, listed[standing], language)

    return lambda standing, language: copy.deepcopy(collected(standing, language))

from __future__ import annotations

import argparse
import getpass
import io
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from tallystick.cli.opening import (
    asking,
    folder_of,
    passphrase_for,
    read_words,
    refuse_overwriting,
    write_whole,
)
from tallystick.cli.screen import Screen
from tallystick.kernel.errors import TallyError


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def given(**words: object) -> argparse.Namespace:
    return argparse.Namespace(**{"workspace": None, "passphrase_file": None, **words})


def screen() -> Screen:
    return Screen("en", out=io.StringIO(), err=io.StringIO())


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A person at a terminal who types these answers."""
    answers: list[str] = []

    def answer(prompt: str, stream: object = None) -> str:
        del prompt, stream
        return answers.pop(0)

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(getpass, "getpass", answer)
    return answers


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """No terminal: a script, a service, a pipe."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())


def test_the_workspace_is_the_one_named_then_the_environment_then_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert folder_of(given()) == tmp_path
    monkeypatch.setenv("TALLY_WORKSPACE", str(tmp_path / "by-environment"))
    assert folder_of(given()) == tmp_path / "by-environment"
    assert folder_of(given(workspace=Path("named"))) == tmp_path / "named"


@pytest.mark.usefixtures("nobody")
def test_with_nobody_to_ask_a_passphrase_is_made_for_the_owner_alone(tmp_path: Path) -> None:
    with passphrase_for(screen(), given(), tmp_path / "ws") as (passphrase, file):
        assert file == tmp_path / "ws.passphrase"
        assert file.read_text() == f"{passphrase}\n"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert len(passphrase) >= 32
    assert file.exists()


@pytest.mark.usefixtures("nobody")
def test_a_made_passphrase_is_taken_away_when_no_workspace_comes_of_it(tmp_path: Path) -> None:
    def found() -> None:
        with passphrase_for(screen(), given(), tmp_path / "ws") as (_, file):
            assert file is not None
            assert file.exists()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        found()
    assert not list(tmp_path.iterdir())


def test_a_person_is_asked_twice_and_again_when_the_answers_differ(
    tmp_path: Path, typed: list[str]
) -> None:
    typed += ["one", "other", "", "same", "same"]
    with passphrase_for(screen(), given(), tmp_path / "ws") as (passphrase, file):
        assert (passphrase, file) == ("same", None)
    assert not list(tmp_path.iterdir())


def test_a_person_who_never_agrees_sets_no_passphrase(tmp_path: Path, typed: list[str]) -> None:
    typed += ["a", "b"] * 3
    with pytest.raises(TallyError) as fault, passphrase_for(screen(), given(), tmp_path / "ws"):
        pass
    assert fault.value.code == "passphrase_not_set"


def test_a_passphrase_given_by_file_or_environment_is_not_asked_for(
    tmp_path: Path, typed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not typed
    file = tmp_path / "secret"
    file.write_text("from a file\n")
    by_file = given(passphrase_file=file)
    with passphrase_for(screen(), by_file, tmp_path / "ws") as (passphrase, made):
        assert (passphrase, made) == ("from a file", None)
    monkeypatch.setenv("TALLY_PASSPHRASE", "from the environment")
    with passphrase_for(screen(), given(), tmp_path / "ws") as (passphrase, made):
        assert (passphrase, made) == ("from the environment", None)


@pytest.mark.usefixtures("nobody")
def test_a_passphrase_file_that_is_not_there_is_refused_and_not_made_up_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = tmp_path / "missing"
    with (
        pytest.raises(TallyError) as fault,
        passphrase_for(screen(), given(passphrase_file=missing), tmp_path / "ws"),
    ):
        pass
    assert fault.value.code == "bad_passphrase_file"
    monkeypatch.setenv("TALLY_PASSPHRASE_FILE", str(missing))
    with pytest.raises(TallyError), passphrase_for(screen(), given(), tmp_path / "ws"):
        pass
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("nobody")
def test_nobody_is_asked_where_there_is_nobody() -> None:
    assert asking(screen()) is None


def test_a_terminal_is_asked(typed: list[str]) -> None:
    typed.append("spoken")
    ask = asking(screen())
    assert ask is not None
    assert ask() == "spoken"


def test_a_file_that_people_edit_is_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "scheme.yaml"
    refuse_overwriting(file)
    file.write_bytes(b"mine")
    refuse_overwriting(file, b"mine")
    for data in (b"other", None):
        with pytest.raises(TallyError) as fault:
            refuse_overwriting(file, data)
        assert fault.value.code == "file_there"


def test_a_file_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "r.tally"
    file.write_bytes(b"before")

    def full(path: Path, data: bytes) -> int:
        del path, data
        raise OSError(28, "no space")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="no space"):
        write_whole(file, b"after")
    assert file.read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == ["r.tally"]


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "trust.policy"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TallyError) as fault:
        read_words(file)
    assert fault.value.code == "not_text"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_cache_that_was_rebuilt_is_said_beside_the_result(
    tally: Any, demo: Any, language: str
) -> None:
    words = ("status", "--workspace", demo.workspace, "--lang", language, "--json", "--quiet")
    assert not tally(*words).err
    (demo.workspace / "caches" / "index").write_bytes(b"not an index" * 9)
    said = tally(*words)
    assert (said.status, said.err.count("caches/index")) == (0, 1)
    assert said.json()["records"]

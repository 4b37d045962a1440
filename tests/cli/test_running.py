from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tallystick import __version__
from tallystick.app import doctor
from tallystick.cli import running
from tallystick.cli.table import COMMANDS
from tallystick.kernel.texts import Text

# What starting must not wait for.
HEAVY = {
    "numpy", "rich", "yaml", "openpyxl", "pyarrow", "cryptography", "nacl", "orjson",
    "tallystick.app",
}  # fmt: skip
HELP_SECONDS_MAX = 0.4
VERIFY_SECONDS_MAX = 0.3
BUILT_ON = {"numpy", "rich", "yaml", "openpyxl", "pyarrow"}


def loaded(*words: str | Path) -> set[str]:
    """Return the modules that are there after a command ran as a process."""
    code = (
        "import sys; from tallystick.cli import main; main(); "
        "sys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.split())


def quickest(*words: str | Path, runs: int = 3) -> float:
    """Return the shortest of some runs as a process: what the machine needs, not what disturbs."""
    seconds = []
    for _ in range(runs):
        begun = time.perf_counter()
        process(*words)
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def process(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tallystick", *map(str, words)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src"), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("words", [["--help"], ["import", "--help"], ["--version"], ["nothing"]])
def test_nothing_heavy_is_loaded_to_explain_a_command(words: list[str]) -> None:
    assert not loaded(*words) & HEAVY


def test_help_is_there_at_once() -> None:
    assert quickest("--help") <= HELP_SECONDS_MAX


def test_a_receipt_is_verified_at_once_and_without_what_reads_files(finished_demo: Any) -> None:
    words = ["verify", finished_demo.receipt, "--trust", finished_demo.trust]
    assert not loaded(*words) & BUILT_ON
    assert quickest(*words) <= VERIFY_SECONDS_MAX


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["--help"], 0),
        (["scheme", "--help"], 0),
        (["--version"], 0),
        ([], 2),
        (["nothing"], 2),
        (["verify"], 2),
        (["evaluate", "association-2019", "--example", "--as-of", "2026-01-01"], 2),
        (["verify", "there-is-no-such-file"], 1),
        (["status", "--workspace", "there-is-no-such-folder"], 1),
    ],
)
def test_the_exit_status_says_done_refused_or_wrong(
    tally: Any, words: list[str], status: int
) -> None:
    assert tally(*words).status == status


def test_without_a_command_the_whole_help_is_shown(tally: Any) -> None:
    said = tally()
    assert not said.out
    assert all(command.name in said.err for command in COMMANDS)


def test_the_version_is_that_of_the_package(tally: Any) -> None:
    assert tally("--version").out == f"tally {__version__}\n"


@pytest.mark.parametrize(
    "words",
    [
        ["nothing", "--json"],
        ["--json", "verify"],
        ["status", "--json", "--workspace", "there-is-no-such-folder"],
        ["verify", "there-is-no-such-file", "--json"],
    ],
)
def test_with_json_even_a_refusal_is_one_document(tally: Any, words: list[str]) -> None:
    said = tally(*words)
    error = said.json()["error"]
    assert list(error) == ["code", "message", "rule", "remedy"]
    assert error["code"]
    assert error["message"]
    assert not said.err


@pytest.mark.parametrize(
    "command", ["status", "explain x", "audit", "rebuild", "export", "receipt x"]
)
def test_without_a_workspace_the_refusal_says_how_to_name_or_make_one(
    tally: Any, command: str, tmp_path: Path
) -> None:
    said = tally(*command.split(), "--json", "--workspace", tmp_path)
    assert said.json()["error"]["code"] == "not_a_workspace"
    assert "tally init" in said.json()["error"]["remedy"]


@pytest.mark.parametrize(("language", "word"), [("zh", "未完成"), ("en", "Not done")])
def test_a_refusal_speaks_the_language_asked_for(tally: Any, language: str, word: str) -> None:
    assert word in tally("verify", "there-is-no-such-file", "--lang", language).err
    assert word in process("verify", "none", TALLY_LANG=language).stderr


def planted(monkeypatch: pytest.MonkeyPatch, fault: BaseException) -> None:
    """Let `tally doctor` raise."""

    def fail(settings: object) -> None:
        del settings
        raise fault

    monkeypatch.setattr(doctor, "doctor", fail)


def test_an_unexpected_fault_is_one_sentence_and_no_traceback(
    tally: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted(monkeypatch, ZeroDivisionError("a value that must not be seen"))
    said = tally("doctor")
    assert said.status == 1
    assert "ZeroDivisionError" in said.err
    assert "Traceback" not in said.err
    assert "must not be seen" not in said.err


def test_a_traceback_is_for_those_who_ask_for_it(
    tally: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted(monkeypatch, ZeroDivisionError())
    monkeypatch.setenv("TALLY_DEBUG", "1")
    assert "Traceback" in tally("doctor").err


@pytest.mark.parametrize(
    ("fault", "status", "word"),
    [
        (KeyboardInterrupt(), 130, "Stopped"),
        (OSError(28, "no space", "/there"), 1, "the disk is full"),
        (PermissionError(13, "denied", "/there"), 1, "no right"),
        (MemoryError(), 1, "MemoryError"),
        (BrokenPipeError(), 141, ""),
    ],
)
def test_what_interrupts_a_command_ends_it_with_a_sentence(
    tally: Any, monkeypatch: pytest.MonkeyPatch, fault: BaseException, status: int, word: str
) -> None:
    planted(monkeypatch, fault)
    said = tally("doctor")
    assert said.status == status
    assert word in said.err
    assert bool(said.err) == bool(word)
    assert "Traceback" not in said.err


def test_a_reader_that_goes_away_is_no_fault() -> None:
    command = f"{sys.executable} -m tallystick doctor | true"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 141}
    assert not done.stderr


def test_an_interrupt_from_the_keyboard_ends_a_process_with_one_line(tmp_path: Path) -> None:
    started = subprocess.Popen(
        [sys.executable, "-m", "tallystick", "demo", "--workspace", tmp_path / "ws"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert started.stderr is not None
    started.stderr.readline()  # the first step is done: the command is at work
    started.send_signal(signal.SIGINT)
    _, err = started.communicate(timeout=30)
    assert started.returncode == 130
    assert "Traceback" not in err
    assert err.splitlines()[-1].startswith("Stopped")


def test_the_acts_get_what_was_given(tally: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    finding = doctor.Finding(
        Text("名", "name"), ok=False, needed=True, detail="", remedy=Text("办", "do")
    )
    monkeypatch.setattr(doctor, "doctor", lambda _: [finding])
    said = tally("doctor", "--json")
    assert said.status == 1
    assert json.loads(said.out) == [
        {"name": "name", "ok": False, "needed": True, "detail": "", "remedy": "do"}
    ]


def test_an_act_is_named_by_module_and_function() -> None:
    assert running.act_of("proof.verify").__name__ == "verify"

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tallystick.kernel.notes import parse_checkpoint
from tallystick.kernel.signing import COSIGNATURES, SigningKey, VerifierKey
from tallystick.testing.witnesses import ShownLog

SOURCE = Path(__file__).parents[3] / "src"
LOG = SigningKey("example.org/log", bytes([1]) * 32)
PASSPHRASE = "a passphrase for witnesses"  # noqa: S105 - it protects a made-up witness


@contextmanager
def running(*words: str | Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run a server as a user does; give its address, and end it."""
    with subprocess.Popen(
        [sys.executable, "-m", "tallystick", *map(str, words), "--json"],
        env={**os.environ, "PYTHONPATH": str(SOURCE), "TALLY_PASSPHRASE": PASSPHRASE},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        try:
            assert process.stdout is not None
            said = ""
            while not said.endswith("}\n"):
                line = process.stdout.readline()
                assert line, process.stderr and process.stderr.read()
                said += line
            yield json.loads(said)["address"], process
        finally:
            process.terminate()


def got(url: str, data: bytes | None = None) -> tuple[int, bytes]:
    try:
        with urlopen(Request(url, data), timeout=20) as answer:  # noqa: S310 - our own address
            return answer.status, answer.read()
    except HTTPError as refused:
        with refused:
            return refused.code, refused.read()


@pytest.fixture
def witness(tally: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A witness that follows one log."""
    monkeypatch.setenv("TALLY_PASSPHRASE", PASSPHRASE)
    folder = tmp_path / "w1"
    assert tally("witness", "init", folder, "--name", "witness.example/w1").status == 0
    assert tally("witness", "follow", folder, LOG.verifier.text()).status == 0
    return folder


@pytest.mark.parametrize(("language", "word"), [("zh", "新见证"), ("en", "A new witness")])
@pytest.mark.parametrize("kind", [(), ("--ml-dsa",)])
def test_a_witness_is_made_and_its_key_is_on_a_line_of_its_own(
    tally: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    word: str,
    kind: tuple[str, ...],
) -> None:
    monkeypatch.setenv("TALLY_PASSPHRASE", PASSPHRASE)
    words = ("witness", "init", tmp_path / "w", "--name", "witness.example/w", *kind)
    said = tally(*words, "--lang", language)
    assert (said.status, word in said.out) == (0, True)
    [key] = [line for line in said.out.splitlines() if line.startswith("witness.example/w+")]
    assert VerifierKey.from_text(key, COSIGNATURES).name == "witness.example/w"
    again = tally(*words, "--json")
    assert (again.status, again.json()["error"]["code"]) == (1, "witness_there")


def test_without_a_passphrase_no_witness_is_made(tally: Any, tmp_path: Path) -> None:
    said = tally("witness", "init", tmp_path / "w", "--name", "witness.example/w", "--json")
    assert (said.status, said.json()["error"]["code"]) == (1, "no_passphrase")
    assert not (tmp_path / "w").exists()


def test_a_witness_is_served_cosigns_and_ends_when_it_is_told_to(tally: Any, witness: Path) -> None:
    log = ShownLog(LOG)
    key = VerifierKey.from_text(tally("witness", "status", witness, "--json").json()["key"],
                                COSIGNATURES)  # fmt: skip
    with running("witness", "serve", witness) as (address, process):
        assert address.startswith("http://127.0.0.1:")
        status, line = got(f"{address}add-checkpoint", log.asks(0, 7))
        assert status == 200
        note = parse_checkpoint(log.checkpoint(7).body + "\n" + line.decode())
        assert note.check_cosignature(key) > 0
        assert got(f"{address}add-checkpoint", log.asks(3, 8)) == (409, b"7\n")
        assert got(f"{address}add-checkpoint")[0] == 405
        assert got(f"{address}elsewhere", b"x")[0] == 404
        busy = tally("witness", "serve", witness, "--json")
        assert (busy.status, busy.json()["error"]["code"]) == (1, "witness_locked")
        assert got(f"{address}add-checkpoint", log.forged(3).asks(7, 7))[0] == 409
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    shown = tally("witness", "status", witness, "--json")
    assert shown.status == 1  # a fork was shown
    assert shown.json()["logs"][0]["size"] == 7
    for language, word in (("zh", "分叉"), ("en", "forks")):
        said = tally("witness", "status", witness, "--lang", language)
        assert word in said.out
        assert shown.json()["forks"][0] in said.out


def test_a_checkpoint_without_a_proof_is_shown_and_is_no_fork(tally: Any, witness: Path) -> None:
    log = ShownLog(LOG)
    with running("witness", "serve", witness) as (address, _):
        assert got(f"{address}add-checkpoint", log.asks(0, 7))[0] == 200
        assert got(f"{address}add-checkpoint", log.forged(3).asks(7, 9))[0] == 422
    shown = tally("witness", "status", witness, "--json")
    assert (shown.status, shown.json()["forks"]) == (0, [])
    for language, word in (("zh", "一致性证明"), ("en", "without a proof")):
        assert word in tally("witness", "status", witness, "--lang", language).out


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_ledger_is_served_without_a_passphrase_until_it_is_told_to_end(
    demo: Any, how: signal.Signals
) -> None:
    passphrase = demo.workspace.with_name("ws.passphrase")
    passphrase.unlink(missing_ok=True)
    with running("ledger", "serve", "--workspace", demo.workspace) as (address, process):
        status, checkpoint = got(f"{address}checkpoint")
        assert status == 200
        size = parse_checkpoint(checkpoint.decode()).size
        assert got(f"{address}tile/0/000.p/{size}")[0] == 200
        assert got(f"{address}tile/entries/000.p/{size}")[0] == 200
        for path in ("", "trust.policy", "workspace.json", "../workspace.json", "keys/keyring"):
            assert got(f"{address}{path}")[0] == 404
        process.send_signal(how)
        assert process.wait(20) == 0
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_port_in_use_is_named_by_both_servers(
    tally: Any, demo: Any, witness: Path, language: str
) -> None:
    with running("ledger", "serve", "--workspace", demo.workspace) as (address, _):
        port = address.rstrip("/").rpartition(":")[2]
        at = ("--port", port, "--lang", language)
        for words in (
            ("ledger", "serve", "--workspace", demo.workspace),
            ("witness", "serve", witness),
        ):
            said = tally(*words, *at)
            assert (said.status, "port_taken" in said.err) == (1, True)
            assert port in said.err
            assert "--port" in said.err


def test_what_was_exported_is_served_too(tally: Any, demo: Any, tmp_path: Path) -> None:
    public = tmp_path / "public"
    assert tally("ledger", "export", "-o", public, "--workspace", demo.workspace).status == 0
    with running("ledger", "serve", "--exported", public) as (address, _):
        assert got(f"{address}checkpoint")[1] == (public / "checkpoint").read_bytes()
    wrong = tally("ledger", "serve", "--exported", public, "--receipts", "--json")
    assert wrong.status == 2
    empty = tally("ledger", "serve", "--exported", tmp_path, "--json")
    assert (empty.status, empty.json()["error"]["code"]) == (1, "not_exported")


@pytest.mark.parametrize(("language", "word"), [("zh", "见证"), ("en", "witness")])
def test_an_operator_without_witnesses_is_told_how_to_name_them(
    tally: Any, demo: Any, language: str, word: str
) -> None:
    said = tally("ledger", "cosign", "--workspace", demo.workspace, "--lang", language)
    assert said.status == 1
    assert "no_witnesses" in said.err
    assert word in said.err


@pytest.mark.parametrize("words", [("follow", "nonsense"), ("status",), ("serve",)])
def test_a_folder_that_is_no_witness_is_refused(
    tally: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("TALLY_PASSPHRASE", PASSPHRASE)
    verb, *more = words
    said = tally("witness", verb, tmp_path, *more, "--json")
    assert (said.status, said.json()["error"]["code"]) == (1, "not_a_witness")


@pytest.mark.parametrize(("language", "word"), [("zh", "见证"), ("en", "witness")])
def test_a_wrong_passphrase_of_a_witness_is_said_to_be_the_witnesss(
    tally: Any, witness: Path, monkeypatch: pytest.MonkeyPatch, language: str, word: str
) -> None:
    monkeypatch.setenv("TALLY_PASSPHRASE", "another")
    said = tally("witness", "serve", witness, "--lang", language, "--json").json()["error"]
    assert said["code"] == "wrong_passphrase"
    assert word in said["message"]
    assert "TALLY_PASSPHRASE" in said["remedy"]
    assert f"{witness}.passphrase" in said["remedy"]
    monkeypatch.chdir(witness)
    assert tally("witness", "serve", ".", "--lang", language, "--json").json()["error"] == said


def test_a_witness_that_lost_what_it_saw_says_so(tally: Any, witness: Path) -> None:
    [seen] = (witness / "seen").iterdir()
    seen.unlink()
    said = tally("witness", "status", witness, "--json")
    assert (said.status, said.json()["error"]["code"]) == (1, "seen_damaged")
    with running("witness", "serve", witness) as (address, process):
        assert got(f"{address}add-checkpoint", ShownLog(LOG).asks(0, 7)) == (
            500,
            b"internal error\n",
        )
        process.terminate()
        assert process.stderr is not None
        assert "missing or damaged" in process.stderr.read()

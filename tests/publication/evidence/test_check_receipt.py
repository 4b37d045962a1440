"""The second verifier says of every receipt, whole or spoiled, what the first one says."""

from __future__ import annotations

import ast
import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.publication.evidence.conftest import PROGRAM, Corpus, agree, spoiled_bytes

from tallystick.app.verifying import verify
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import VerifierKey
from tallystick.records import KINDS

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests" / "data"
VECTORS = json.loads((ROOT / "tests" / "kernel" / "ed25519.json").read_text(encoding="utf-8"))
LINES_MAX = 540


# -- the program itself ---------------------------------------------------------------------------


def test_it_imports_nothing_but_the_standard_library() -> None:
    tree = ast.parse(PROGRAM.read_text(encoding="utf-8"))
    names = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [])
        + [alias.name for alias in node.names if isinstance(node, ast.Import)]
    }
    assert names - {"cryptography"} <= sys.stdlib_module_names
    assert "tallystick" not in names
    at_top = {node.module for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert not any(str(name).startswith("cryptography") for name in at_top), "only if it is there"


def test_a_sceptic_can_read_it() -> None:
    assert len(PROGRAM.read_text(encoding="utf-8").splitlines()) <= LINES_MAX


def test_it_knows_every_kind_of_record(checker: ModuleType) -> None:
    assert {*KINDS} <= {*checker.KINDS.split()}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_runs_alone_with_an_exit_status(language: str, tmp_path: Path) -> None:
    def run(receipt: Path, *more: str) -> subprocess.CompletedProcess[str]:
        trust = DATA / "receipt-1.policy"
        paths = [str(one) for one in (PROGRAM, receipt, trust)]
        given = [sys.executable, "-I", "-S", *paths, "--lang", language, *more]
        return subprocess.run(given, capture_output=True, text=True, check=False, cwd=tmp_path)

    good = run(DATA / "receipt-1.tally")
    assert good.returncode == 0, good.stderr
    assert good.stdout.count("ok ") == 10
    assert ("有效回执" if language == "zh" else "VALID") in good.stdout
    aged = run(DATA / "receipt-1.tally", "--max-age", "1d")
    assert aged.returncode == 1, "the first format states no standing"
    spoiled = tmp_path / "spoiled.tally"
    spoiled.write_bytes((DATA / "receipt-1.tally").read_bytes().replace(b"2024", b"2025", 1))
    bad = run(spoiled)
    assert bad.returncode == 1
    assert "FAIL" in bad.stdout
    assert run(DATA / "receipt-1.tally", "--max-age", "yesterday").returncode == 2
    assert run(tmp_path / "missing.tally").returncode == 2


def run_in(folder: Path, corpus: Corpus, data: bytes, *more: str) -> tuple[int, list[str]]:
    """Run the program on a receipt that lies in `folder`; return exit status and lines."""
    (folder / "receipt.tally").write_bytes(data)
    (folder / "trust.policy").write_text(corpus.trust, encoding="utf-8")
    command = [sys.executable, "-I", "-S", str(PROGRAM), "receipt.tally", "trust.policy", *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    return done.returncode, done.stdout.splitlines()


def of_standing(corpus: Corpus, status: int) -> bytes:
    """Return a valid receipt with content of a record with that standing."""
    for name, data in corpus.receipts.items():
        verdict = verify(data, corpus.trust)
        stated = verdict.stated
        if stated and stated.standing.status == status and "bare" not in name and verdict.valid:
            return data
    raise AssertionError(status)


def test_a_record_beside_the_receipt_must_be_what_the_receipt_says(
    corpus: Corpus, tmp_path: Path
) -> None:
    data = of_standing(corpus, 0)
    body = json.loads(data)["body"]
    record = tmp_path / "record.json"
    record.write_bytes(canonical.encode(body))
    status, lines = run_in(tmp_path, corpus, data)
    assert status == 0
    assert lines[-1] == "VALID"
    assert any(line.startswith("ok   beside") for line in lines)
    for name, value in body.items():
        shown = canonical.encode_own(value).decode()
        assert any(line.startswith(f"    {name}: {shown[:160]}") for line in lines), name
    for changed in ({**body, "recorded": "2026-01-01"}, {**body, "more": 1}, {}, None):
        record.write_bytes(canonical.encode_own(changed))
        status, lines = run_in(tmp_path, corpus, data)
        assert (status, lines[-1]) == (1, "NOT VALID"), changed
    bare = next(one for name, one in corpus.receipts.items() if "bare" in name)
    record.write_bytes(canonical.encode(body))
    assert run_in(tmp_path, corpus, bare)[0] == 1, "a receipt without content proves no content"


def test_what_is_not_in_force_any_more_is_said_last(corpus: Corpus, tmp_path: Path) -> None:
    ended = of_standing(corpus, 2)
    status, lines = run_in(tmp_path, corpus, ended)
    assert (status, lines[-1]) == (0, "VALID, BUT NOT IN FORCE ANY MORE: withdrawn")
    status, lines = run_in(tmp_path, corpus, ended, "--lang", "zh")
    assert (status, lines[-1]) == (0, "有效回执，但记录已不再有效：已撤回")
    status, lines = run_in(tmp_path, corpus, ended, "--max-age", "1w")
    assert (status, lines[-1]) == (1, "NOT VALID")


def test_an_english_run_says_nothing_in_chinese_of_its_own(corpus: Corpus, tmp_path: Path) -> None:
    for status in (0, 2):
        _, lines = run_in(tmp_path, corpus, of_standing(corpus, status), "--max-age", "1w")
        own = [line for line in lines if not line.startswith(("    ", "signer"))]
        assert all(line.isascii() for line in own), own


# -- Ed25519 --------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", sorted(VECTORS))
def test_the_vectors_of_ed25519_get_the_verdict_of_the_library(
    checker: ModuleType, group: str
) -> None:
    for vector in VECTORS[group]:
        public, message, signature = (
            bytes.fromhex(vector[name]) for name in ("public", "message", "signature")
        )
        for changed in (signature, signature[:-1], signature + b"\0", b"\1" + signature[1:]):
            try:
                VerifierKey("k", public).check(message, changed)
                held = True
            except TallyError:
                held = False
            assert checker.is_signed(public, message, changed) == held


# -- whole receipts -------------------------------------------------------------------------------


def test_receipts_of_every_kind_and_standing(checker: ModuleType, corpus: Corpus) -> None:
    told = {name: agree(checker, data, corpus.trust) for name, data in corpus.receipts.items()}
    assert {name.split()[0] for name in told} == {*KINDS} & {name.split()[0] for name in told}
    assert len({name.split()[0] for name in told}) >= 13
    assert [name for name, valid in told.items() if not valid], "unsigned visits are in the corpus"
    assert sum(told.values()) > 40
    for data in corpus.receipts.values():
        agree(checker, data, corpus.trust, 86_400)
    policy = checker.Policy(corpus.trust)
    stated = {
        checker.check(data, policy)[1].standing: verify(data, corpus.trust)
        for data in corpus.receipts.values()
    }
    assert {0, 1, 2} <= stated.keys()
    for standing, verdict in stated.items():
        assert verdict.stated is not None
        assert verdict.stated.standing.status == standing


def test_receipts_of_the_first_format(checker: ModuleType) -> None:
    data, trust = DATA / "receipt-1.tally", (DATA / "receipt-1.policy").read_text("utf-8")
    assert agree(checker, data.read_bytes(), trust)
    for name, spoiled in spoiled_documents(data.read_bytes()):
        assert not agree(checker, spoiled, trust), name


# -- spoiled receipts -----------------------------------------------------------------------------


def test_no_changed_byte_divides_the_two(checker: ModuleType, corpus: Corpus) -> None:
    chosen = [name for name in corpus.receipts if name.split()[0] in ("decision", "grant", "fact")]
    for seed, name in enumerate(chosen):
        data = corpus.receipts[name]
        for spoiled in spoiled_bytes(data, seed, 150):
            if spoiled != data:
                assert not agree(checker, spoiled, corpus.trust)


HOSTILE: tuple[Any, ...] = (None, True, 0, -1, 1.5, 2**53, 2**70, "", "AA==", "x", [], {}, ["a"])


def spoiled_documents(data: bytes) -> list[tuple[str, bytes]]:
    """Return `data` with a part left out, changed for another, or of another type, re-encoded."""
    found = []

    def keep(name: str, document: Any) -> None:
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        found.append((name, text.encode(errors="surrogatepass") + b"\n"))

    whole = json.loads(data)
    for name in whole:
        keep(f"without {name}", {k: v for k, v in whole.items() if k != name})
        for value in HOSTILE:
            keep(f"{name} {value}", {**whole, name: value})
        for other in whole:
            if whole[other] != whole[name]:
                keep(f"{name} is {other}", {**whole, name: whole[other]})
        if not isinstance(whole[name], dict):
            continue
        for part in whole[name]:
            keep(f"without {name}.{part}", {**whole, name: {**whole[name], part: 0}})
            keep(
                f"{name}.{part} out",
                {**whole, name: {k: v for k, v in whole[name].items() if k != part}},
            )
            for value in HOSTILE:
                if value != whole[name][part] or type(value) is not type(whole[name][part]):
                    keep(f"{name}.{part} {value}", {**whole, name: {**whole[name], part: value}})
    keep("more", {**whole, "more": 1})
    keep("surrogate", {**whole, "commitment": "\ud800"})
    text = data.decode()
    found.append(("spaces", text.replace(":", ": ").encode()))
    found.append(("twice", text.replace('"format":', '"format":0,"format":', 1).encode()))
    found.append(("no newline", data[:-1]))
    found.append(("not UTF-8", data.replace(b"tallystick-receipt", b"tallystick\xff-receipt")))
    return [(name, spoiled) for name, spoiled in found if spoiled != data]


def test_no_changed_part_divides_the_two(checker: ModuleType, corpus: Corpus) -> None:
    for kind in ("decision", "grant", "party", "weighing"):
        data = next(d for name, d in corpus.receipts.items() if name.startswith(kind))
        for name, spoiled in spoiled_documents(data):
            assert agree(checker, spoiled, corpus.trust) == (name in still_valid(data)), name


def still_valid(data: bytes) -> tuple[str, ...]:
    """Return which of the changes leave a valid receipt: one that states less."""
    return ("without status",) if b'"status":{' in data else ()


def test_no_proof_of_a_status_divides_the_two(checker: ModuleType, corpus: Corpus) -> None:
    """Every byte of entry, path and proof, and their lengths, of records of any standing."""
    for name, data in corpus.receipts.items():
        if "bare" not in name or name.split()[0] not in ("grant", "fact"):
            continue
        whole = json.loads(data)
        for part, text in whole["status"].items():
            blob = base64.b64decode(text)
            step = max(1, len(blob) // 60)
            changed = [
                blob[:at] + bytes([blob[at] ^ 1 << at % 8]) + blob[at + 1 :]
                for at in range(0, len(blob), step)
            ]
            for one in (*changed, blob[:-1], blob + b"\0", blob[:1], b"", blob + bytes(32)):
                told = {**whole["status"], part: base64.b64encode(one).decode()}
                spoiled = canonical.encode({**whole, "status": told}) + b"\n"
                assert not agree(checker, spoiled, corpus.trust)


def test_the_deepest_value_a_receipt_may_hold_is_the_same(checker: ModuleType) -> None:
    data, trust = DATA / "receipt-1.tally", (DATA / "receipt-1.policy").read_text("utf-8")
    whole = json.loads(data.read_bytes())
    for depth in (200, 251, 252, 253, 254, 255, 3000):
        deep = b"[" * depth + b"]" * depth
        body = (
            canonical.encode(whole)[:-1].replace(b'"body":{', b'"body":{"a":' + deep + b",")
            + b"}\n"
        )
        verdict = verify(body, trust)
        done, _ = checker.check(body, checker.Policy(trust))
        assert list(done) == ["form"] if depth > 252 else len(done) > 1
        assert (len(verdict.checks) == 1) == (len(done) == 1), depth

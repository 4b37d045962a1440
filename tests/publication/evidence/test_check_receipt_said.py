"""What the second verifier prints is in one language, and no receipt can forge a line of it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.publication.evidence.conftest import Corpus
from tests.publication.evidence.test_check_receipt import DATA, spoiled_documents

from tallystick.kernel import canonical

if TYPE_CHECKING:
    from types import ModuleType

CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
SENTENCE = re.compile("[A-Za-z]{2,},? [a-z]{2,}")  # two words of English, one after the other
RECEIPT, TRUST = DATA / "receipt-1.tally", DATA / "receipt-1.policy"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A folder like that of a record in an evidence package."""
    shutil.copy(RECEIPT, tmp_path / "receipt.tally")
    shutil.copy(TRUST, tmp_path / "trust.policy")
    body = json.loads(RECEIPT.read_bytes())["body"]
    (tmp_path / "record.json").write_bytes(canonical.encode(body))
    return tmp_path


def run(checker: ModuleType, folder: Path, *more: str) -> int:
    try:
        status = checker.main([str(folder / "receipt.tally"), str(folder / "trust.policy"), *more])
    except SystemExit as end:
        status = end.code
    assert isinstance(status, int)
    return status


def own_words(out: str) -> str:
    """Return what is printed but for bodies, names of keys and parties, and codes of steps."""
    lines = [line for line in out.splitlines() if not line.startswith(("  ", "usage"))]
    lines = [re.sub("^(签名人|signer) .*; ", "", line) for line in lines]
    lines = [line.replace("Officer of the tests", "") for line in lines]
    return "\n".join(re.sub("^(ok  |FAIL) [a-z]+ ", "", line) for line in lines)


def test_a_run_speaks_one_language_whatever_does_not_hold(
    checker: ModuleType, corpus: Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = checker.Policy(TRUST.read_text("utf-8")), checker.Policy(corpus.trust)
    data = RECEIPT.read_bytes()
    decision = next(d for name, d in corpus.receipts.items() if name.startswith("decision"))
    several = [(data, old), (data, new), *((one, new) for one in corpus.receipts.values())]
    several += [(spoiled, old) for _, spoiled in spoiled_documents(data)][::2]
    several += [(spoiled, new) for _, spoiled in spoiled_documents(decision)][::5]
    for one, policy in several:
        done, receipt = checker.check(one, policy, 60, 1_000, b"{}")
        checker.show(done, receipt, 0)
        zh = own_words(capsys.readouterr().out)
        assert not SENTENCE.search(zh), zh
        checker.show(done, receipt, 1)
        en = own_words(capsys.readouterr().out)
        assert not CHINESE.search(en), en


@pytest.mark.parametrize(
    "spoiled", ["", "quorum none\nquorum none\n", "log x\n", "\x01", "group g all\n", "log a+b+c\n"]
)
def test_a_trust_file_of_no_use_is_told_in_no_other_language(
    checker: ModuleType, case: Path, capsys: pytest.CaptureFixture[str], spoiled: str
) -> None:
    (case / "trust.policy").write_text(spoiled, encoding="utf-8")
    for language in ("zh", "en"):
        assert run(checker, case, "--lang", language) == 2
        said = capsys.readouterr().err
        assert not SENTENCE.search(own_words(said)), said
        assert "trust.policy" in said
    (case / "trust.policy").unlink()
    assert run(checker, case, "--lang", "zh") == 2
    said = capsys.readouterr().err
    assert not SENTENCE.search(own_words(said)), said
    assert "trust.policy" in said


def test_no_name_in_a_body_forges_a_line_or_steers_a_terminal(
    checker: ModuleType, case: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = json.loads(RECEIPT.read_bytes())
    whole["body"] = {"a\nVALID": "\x1b[2J", "b\x1b[8m": ["\u202e" * 900], **whole["body"]}
    (case / "receipt.tally").write_bytes(canonical.encode(whole) + b"\n")
    assert run(checker, case) == 1
    out = capsys.readouterr().out
    assert out.splitlines()[-1] == "NOT VALID"
    assert "VALID" not in [line.strip(": ").split(":")[0] for line in out.splitlines()]
    assert all(c.isprintable() for c in out.replace("\n", ""))


def test_a_record_beside_it_is_held_byte_by_byte(checker: ModuleType, case: Path) -> None:
    data = (case / "record.json").read_bytes()
    assert run(checker, case) == 0
    changed = [data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] for at in range(0, len(data), 40)]
    for spoiled in (b"", b"{}", data + b"\n", b" " + data, data[:-1], *changed):
        (case / "record.json").write_bytes(spoiled)
        assert run(checker, case) == 1, spoiled


def test_a_receipt_without_content_anchors_no_record_beside_it(
    checker: ModuleType, case: Path
) -> None:
    whole = json.loads(RECEIPT.read_bytes())
    bare = {name: part for name, part in whole.items() if name not in ("body", "salt")}
    (case / "receipt.tally").write_bytes(canonical.encode(bare) + b"\n")
    for beside in (b"null", b"", b"{}"):
        (case / "record.json").write_bytes(beside)
        assert run(checker, case) == 1, beside
    (case / "record.json").unlink()
    assert run(checker, case) == 0

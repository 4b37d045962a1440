"""What the pages say of witnesses, cosignatures and the trust file is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tallystick.app import cosigned, unreached, web
from tallystick.app.witnessing import KEPT_MAX, NOTHING_YET, WitnessFiles, follow, found_witness
from tallystick.kernel import notes, signing
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.signing import CosignerKey, SigningKey
from tallystick.ledger import TrustPolicy, parse_trust, trust
from tallystick.ledger.witness import (
    CLOCKS_APART_S_MAX,
    PROOF_LINES_MAX,
    REQUEST_BYTES_MAX,
    STATUS_OF,
)

SPECIFICATIONS = Path(__file__).parents[2] / "docs" / "spec"
LOG = SigningKey("example.org/log", bytes([1]) * 32)


@pytest.fixture(scope="module")
def witness() -> str:
    return (SPECIFICATIONS / "witness.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def ledger() -> str:
    return (SPECIFICATIONS / "ledger.md").read_text(encoding="utf-8")


def test_every_kind_of_key_has_the_lengths_the_page_says(ledger: str) -> None:
    rows = re.findall(
        r"^\| `(0\d)` \| [^|]+ \| ([\d,]+) bytes \| ([^|]+) \|$", ledger, re.MULTILINE
    )
    told = {int(kind, 16): (int(key.replace(",", "")), said) for kind, key, said in rows}
    assert set(told) == {signing.ED25519, *signing.COSIGNATURES}
    for kind, (length, said) in told.items():
        key = signing.VerifierKey("w", bytes(length), kind)
        assert key.kind == kind
        signature = signing.ML_DSA_44_SIGNATURE_BYTES if length > 32 else signing.SIGNATURE_BYTES
        assert f"{signature:,} bytes" in said
        assert (f"time, {notes.TIME_BYTES} bytes" in said) is (kind in signing.COSIGNATURES)
    assert f"{notes.SIGNATURES_MAX} lines in all" in ledger
    assert notes.TIME_END == 2**63
    assert "below 2^63" in ledger


@pytest.mark.parametrize("kind", signing.COSIGNATURES)
def test_whoever_follows_the_page_signs_as_a_witness_does(ledger: str, kind: int) -> None:
    """The two messages, word for word from the page."""
    assert '"cosignature/v1\\n" || "time " || time, decimal || "\\n" || the first three' in ledger
    assert '"subtree/v1\\n" || 00 || length of its name, 1 byte || its name || time' in ledger
    key = CosignerKey("witness.example/w", bytes([9]) * 32, kind)
    checkpoint = notes.write_checkpoint(LOG.name, 5, bytes(32), [LOG])
    time = 1_798_761_600
    line = checkpoint.cosigned(key, time).signatures[-1]
    first_three = checkpoint.body.encode()
    if kind == signing.COSIGNATURE_ED25519:
        message = b"cosignature/v1\n" + b"time " + str(time).encode() + b"\n" + first_three
    else:
        name, origin = key.name.encode(), checkpoint.origin.encode()
        message = b"subtree/v1\n" + b"\0" + bytes([len(name)]) + name + time.to_bytes(8, "big")
        message += bytes([len(origin)]) + origin + (0).to_bytes(8, "big")
        message += checkpoint.size.to_bytes(8, "big") + checkpoint.root
    key.verifier.check(message, line.signature[8:])
    assert line.signature[:8] == time.to_bytes(8, "big")


def test_the_lines_of_the_trust_file_are_those_of_the_page(ledger: str) -> None:
    for line in TrustPolicy((), ()).text().splitlines():
        assert f"    {line}\n" in ledger
    key = CosignerKey("witness.example/w", bytes([9]) * 32).verifier.text()
    old = SigningKey(LOG.name, bytes([2]) * 32).verifier.text()
    written = f"""\
log {LOG.verifier.text()} https://log.example/
witness w {key} https://w.example/
group g any w
quorum g
#tally log-until 9 compromised {old}
#tally officer {old} - name
#tally until 7 retired officer {old}
"""
    policy = parse_trust(written)
    assert policy.text().splitlines()[2:] == written.replace("any", "1").splitlines()
    for form in (
        "log <vkey> [<url>]",
        "witness <name> <vkey> [<url>]",
        "group <name> <k, any or all> <name> ...",
        "quorum <name or none>",
        "#tally log-until <size> <retired or compromised> <vkey>",
        "#tally <role> <vkey> <code> <name>",
        "#tally until <entry> <retired or compromised> <role> <vkey>",
    ):
        assert f"    {form}\n" in ledger
    assert f"At most {trust.LISTED_MAX} logs" in ledger
    assert f"{CLOCKS_APART_S_MAX} s before T" in ledger


def test_the_limits_of_a_witness_are_those_of_the_page(witness: str) -> None:
    assert f"at most {REQUEST_BYTES_MAX:,} bytes" in witness
    assert f"at most {PROOF_LINES_MAX} lines" in witness
    assert f"at most {notes.SIZE_DIGITS_MAX} digits" in witness
    assert f"At most {KEPT_MAX} of each kind" in witness
    assert f"A request has {web.REQUEST_S_MAX} s" in witness
    assert f"beyond {web.CONNECTIONS_MAX} connections" in witness
    assert f"An answer has {unreached.ASKED_S_MAX} s and\n{cosigned.ANSWER_BYTES_MAX:,}" in witness
    assert f"`{NOTHING_YET.decode().strip()}\\n`" in witness


def test_the_answers_are_those_of_the_page(witness: str) -> None:
    rows = re.findall(r"^\| (\d{3}) \|", witness, re.MULTILINE)
    assert {int(status) for status in rows} == {200, 500, *STATUS_OF.values()}


def test_the_files_of_a_witness_are_those_of_the_page(witness: str, tmp_path: Path) -> None:
    folder = tmp_path / "w"
    found_witness(folder, "witness.example/w", "secret enough", bytes, FileDisk())
    follow(folder, LOG.verifier.text(), FileDisk())
    told = set(re.findall(r"^\| `([a-z.]+)(?:/[^`]*)?` \|", witness, re.MULTILINE))
    assert {path.name for path in folder.iterdir()} | {"lock"} == told
    assert WitnessFiles(folder).seen(LOG.name).read_bytes() == NOTHING_YET
    assert (folder / "key").stat().st_mode & 0o777 == 0o600

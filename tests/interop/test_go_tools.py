"""Tessera's fsck and Go's sumdb read what we write, and refuse what was changed."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from tallystick.app.store import Store
from tallystick.app.tiling import export_tiles
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.merkle import leaf_hash, root_of
from tallystick.kernel.notes import parse_checkpoint, write_checkpoint
from tallystick.kernel.signing import COSIGNATURES, CosignerKey, SigningKey
from tallystick.ledger import Log, TrustPolicy, commitment_of, create_log
from tallystick.ledger.receipts import write_log_proof
from tallystick.ledger.tiles import write_tiles

if TYPE_CHECKING:
    from .conftest import Tools

ORIGIN = "example.org/ledger"
LOG_KEY = SigningKey(ORIGIN, bytes([1]) * 32)
PROVIDER = SigningKey(f"{ORIGIN}/provider", bytes([2]) * 32)
OTHER = SigningKey(ORIGIN, bytes([3]) * 32)  # another key under the same name
SIZES = (2, 255, 256, 257, 600)
LARGE = 66_000  # a tile of level 2


def grown(log: Log, size: int) -> Log:
    """Append batches of one record each, in one commit, until the log has `size` entries."""
    numbers = range(log.size, size - 1)  # the last entry states the status
    batches = [log.seal(PROVIDER, [commitment_of(bytes(32), b"%d" % n)], n) for n in numbers]
    log.commit(batches, LOG_KEY)
    assert log.size == size
    return log


def new_log(folder: Path, size: int) -> Log:
    return grown(create_log(folder / "evidence", FileDisk(), LOG_KEY, lambda *_: None), size)


def exported(log: Log, folder: Path) -> Path:
    """Export as `tally ledger export` does, which of a store asks for the log and the disk only."""
    trust = TrustPolicy((LOG_KEY.verifier,), ())
    store = SimpleNamespace(log=log, trust=trust, settings=SimpleNamespace(disk=FileDisk()))
    export_tiles(cast("Store", store), folder)
    return folder


@pytest.fixture(scope="session")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of 600 entries as tiles. Not to be changed: copy it."""
    folder = tmp_path_factory.mktemp("laid-out")
    return exported(new_log(folder, 600), folder / "public")


@pytest.fixture
def public(laid_out: Path, tmp_path: Path) -> Path:
    return shutil.copytree(laid_out, tmp_path / "public")


@pytest.mark.parametrize("size", SIZES)
def test_fsck_accepts_an_exported_ledger(tools: Tools, tmp_path: Path, size: int) -> None:
    folder = exported(new_log(tmp_path, size), tmp_path / "public")
    accepted, said = tools.fsck(folder, LOG_KEY.verifier)
    assert accepted, said
    assert f"log with size {size} " in said


def test_fsck_accepts_an_export_that_was_continued(tools: Tools, tmp_path: Path) -> None:
    log = new_log(tmp_path, 200)
    for size in (200, 300, 512, 600):
        folder = exported(log if size == 200 else grown(log, size), tmp_path / "public")
        accepted, said = tools.fsck(folder, LOG_KEY.verifier)
        assert accepted, said
        assert f"log with size {size} " in said


@pytest.mark.parametrize("size", [0, 1, LARGE])
def test_fsck_accepts_the_layout_of_entries_of_any_kind(
    tools: Tools, tmp_path: Path, size: int
) -> None:
    entries = [n.to_bytes(1 + n % 130, "big") for n in range(256)] * (size // 256 + 1)
    entries = entries[:size]
    root = root_of([leaf_hash(entry) for entry in entries])
    checkpoint = write_checkpoint(ORIGIN, size, root, [LOG_KEY]).text()
    (tmp_path / "public").mkdir()
    write_tiles(tmp_path / "public", entries, checkpoint, FileDisk())
    assert (tmp_path / "public/tile/2").exists() is (size == LARGE)
    accepted, said = tools.fsck(tmp_path / "public", LOG_KEY.verifier)
    assert accepted, said


@pytest.mark.parametrize(
    "name",
    [
        "tile/0/000",
        "tile/0/002.p/88",
        "tile/1/000.p/2",
        "tile/entries/001",
        "tile/entries/002.p/88",
    ],
)
def test_fsck_refuses_a_changed_bit_of_any_kind_of_file(
    tools: Tools, public: Path, name: str
) -> None:
    data = bytearray((public / name).read_bytes())
    data[len(data) // 2] ^= 1
    (public / name).write_bytes(data)
    accepted, said = tools.fsck(public, LOG_KEY.verifier)
    assert not accepted, said


@pytest.mark.parametrize("name", ["tile/0/001", "tile/1/000.p/2", "tile/entries/000", "checkpoint"])
def test_fsck_refuses_a_layout_that_lacks_a_file(tools: Tools, public: Path, name: str) -> None:
    (public / name).unlink()
    assert not tools.fsck(public, LOG_KEY.verifier)[0]


def test_fsck_refuses_a_signed_checkpoint_with_another_root(tools: Tools, public: Path) -> None:
    lie = write_checkpoint(ORIGIN, 600, leaf_hash(b"another"), [LOG_KEY]).text()
    (public / "checkpoint").write_text(lie, encoding="utf-8")
    accepted, said = tools.fsck(public, LOG_KEY.verifier)
    assert not accepted
    assert "checkpoint claims" in said


def test_fsck_refuses_a_checkpoint_of_another_key(tools: Tools, public: Path) -> None:
    assert not tools.fsck(public, OTHER.verifier)[0]


def test_sumdb_accepts_our_checkpoint_and_reads_in_it_what_we_do(
    tools: Tools, public: Path
) -> None:
    ours = parse_checkpoint((public / "checkpoint").read_text(encoding="utf-8"))
    accepted, said = tools.checkpoint(public / "checkpoint", LOG_KEY.verifier)
    assert accepted, said
    root = base64.b64encode(ours.root).decode()
    assert said == f"ok {ORIGIN} {ours.size} {root}\n"


def test_sumdb_refuses_a_changed_checkpoint(tools: Tools, public: Path) -> None:
    file = public / "checkpoint"
    good = file.read_text(encoding="utf-8")
    for changed in (
        good.replace("\n600\n", "\n601\n"),
        good.replace(ORIGIN, "example.org/lodger", 1),
        good.replace("\n\n", "\nextension\n\n"),
        good[:-1],
        good.replace("\u2014 ", "- "),
    ):
        assert changed != good
        file.write_text(changed, encoding="utf-8")
        assert not tools.checkpoint(file, LOG_KEY.verifier)[0], changed


def test_sumdb_refuses_the_key_of_somebody_else_under_the_same_name(
    tools: Tools, public: Path
) -> None:
    assert not tools.checkpoint(public / "checkpoint", OTHER.verifier)[0]


@pytest.mark.parametrize("kind", COSIGNATURES)
def test_sumdb_passes_over_signatures_it_does_not_know(
    tools: Tools, public: Path, kind: int
) -> None:
    file = public / "checkpoint"
    ours = parse_checkpoint(file.read_text(encoding="utf-8"))
    both = write_checkpoint(ORIGIN, ours.size, ours.root, [LOG_KEY, OTHER])
    witness = CosignerKey("example.org/witness", bytes([4]) * 32, kind)
    file.write_text(both.cosigned(witness, 1_796_000_000).text(), encoding="utf-8")
    accepted, said = tools.checkpoint(file, LOG_KEY.verifier)
    assert accepted, said
    accepted, said = tools.fsck(public, LOG_KEY.verifier)
    assert accepted, said


def test_our_cosignature_is_accepted_by_formats_of_transparency_dev(
    tools: Tools, public: Path
) -> None:
    file = public / "checkpoint"
    ours = parse_checkpoint(file.read_text(encoding="utf-8"))
    witness = CosignerKey("example.org/witness", bytes([4]) * 32)
    assert not tools.checkpoint(file, LOG_KEY.verifier, witness.verifier)[0]
    good = ours.cosigned(witness, 1_796_000_000)
    file.write_text(good.text(), encoding="utf-8")
    accepted, said = tools.checkpoint(file, LOG_KEY.verifier, witness.verifier)
    assert accepted, said

    *others, line = good.signatures
    later = line._replace(signature=(1_796_000_001).to_bytes(8, "big") + line.signature[8:])
    spoiled = good._replace(signatures=(*others, later))
    file.write_text(spoiled.text(), encoding="utf-8")
    assert not tools.checkpoint(file, LOG_KEY.verifier, witness.verifier)[0]
    stranger = CosignerKey("example.org/witness", bytes([5]) * 32)
    file.write_text(ours.cosigned(stranger, 1_796_000_000).text(), encoding="utf-8")
    assert not tools.checkpoint(file, LOG_KEY.verifier, witness.verifier)[0]


def test_sumdb_checks_the_log_proof_of_a_receipt(tools: Tools, tmp_path: Path) -> None:
    log = new_log(tmp_path, 257)
    for record in (0, 100, 255):
        proof = log.prove(record)
        text = write_log_proof(proof.entry, proof.entry_path, proof.checkpoint)
        file, entry = tmp_path / "entry.tlog-proof", tmp_path / "entry"
        file.write_text(text, encoding="utf-8")
        entry.write_bytes(proof.header.encode())
        accepted, said = tools.proof(file, entry, LOG_KEY.verifier)
        assert accepted, said
        assert said == f"ok {ORIGIN} entry {proof.entry} of 257\n"

        entry.write_bytes(proof.header.encode()[:-1])
        assert not tools.proof(file, entry, LOG_KEY.verifier)[0]
        entry.write_bytes(proof.header.encode())
        file.write_text(text.replace(f"index {proof.entry}\n", "index 7\n"), encoding="utf-8")
        assert not tools.proof(file, entry, LOG_KEY.verifier)[0]

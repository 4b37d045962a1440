"""What users of a ledger kept with others do, on a real network of four nodes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import shake_256
from pathlib import Path
from typing import Any

import pytest

from tallystick.app import sealing
from tallystick.app.auditing import audit
from tallystick.app.evaluating import evaluate
from tallystick.app.founding import found
from tallystick.app.importing import import_files
from tallystick.app.network.folder import NodeFolder
from tallystick.app.network.proving import anchor, check_receipt_final, prove_final
from tallystick.app.network.status import network_status
from tallystick.app.officers import new_officer
from tallystick.app.receipts import make
from tallystick.app.rotating import rotate
from tallystick.app.store import Store
from tallystick.app.verifying import verify
from tallystick.app.workspace import Settings
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.kernel.texts import Text
from tallystick.ledger import read_receipt, write_receipt
from tallystick.testing.drills.running import DRILLS, run_drills
from tallystick.testing.institutions import Institution
from tallystick.testing.sample import SampleManifest, write_sample

WORDS = "correct horse"
IMPORTED = ("roster", "penalties-current", "tax", "honours", "ratios")
SCHEME = "association-2019"


class Stream:
    """Bytes that look like chance and are the same each time it begins anew."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, length: int) -> bytes:
        self.count += 1
        return shake_256(f"stream/{self.count}".encode()).digest(length)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SampleManifest]:
    folder = tmp_path_factory.mktemp("sample") / "files"
    return folder, write_sample(folder, as_of=Settings(folder).today())


def settings(folder: Path, random: Callable[[int], bytes]) -> Settings:
    folder.with_name(folder.name + ".passphrase").write_text(WORDS)
    return Settings(folder, random=random, processes=1)


def founded(folder: Path, stream: Stream, origin: str, member: NodeFolder | None) -> Store:
    return found(
        settings(folder, stream),
        WORDS,
        operator="样例协会",
        origin=origin,
        sample=True,
        member=member,
    )


def proposals(
    folder: Path, sample: tuple[Path, SampleManifest], member: NodeFolder | None, origin: str
) -> list[dict[str, Any]]:
    stream = Stream()
    store = founded(folder, stream, origin, member)
    stream.count = (
        1000  # the members' nodes are named in records of their own, with chance of theirs
    )
    files, manifest = sample
    with store, pytest.MonkeyPatch.context() as patched:
        patched.setattr(sealing.seal_bodies, "__defaults__", (stream,))
        for one in manifest.files:
            import_files(store, [files / one.name], one.source, complete=one.complete)
        return evaluate(store, SCHEME)


def test_a_membership_is_evaluated_alike_whoever_keeps_the_ledger(
    tmp_path: Path, sample: tuple[Path, SampleManifest], member: NodeFolder
) -> None:
    origin = f"tallystick.local/parity-{time.time_ns():x}"
    alone = proposals(tmp_path / "alone", sample, None, origin)
    shared = proposals(tmp_path / "shared", sample, member, origin)
    assert len(alone) > 30
    assert [one["digest"] for one in shared] == [one["digest"] for one in alone]
    differ = {k for a, b in zip(alone, shared, strict=True) for k in a if a[k] != b[k]}
    assert differ <= {"record"}, differ
    report = audit(settings(tmp_path / "shared", Stream()))
    assert report.ok, report.faults
    receipts_convince(tmp_path / "shared", member)
    what_is_changed_is_found(tmp_path / "shared")


def what_is_changed_is_found(folder: Path) -> None:
    """An operator who would have the consortium forgotten, or puts another's transaction there."""
    identity, outgoing = folder / "workspace.json", folder / "evidence" / "outgoing"
    told = json.loads(identity.read_bytes())
    chain = told.pop("chain")
    identity.write_bytes(canonical.encode(told) + b"\n")
    checkpoint = folder / "evidence" / "checkpoint"
    cosigned = checkpoint.read_text()
    assert not audit(settings(folder, Stream())).ok
    checkpoint.write_text("".join(cosigned.splitlines(keepends=True)[:5]))
    found = {fault.file for fault in audit(settings(folder, Stream())).faults}
    assert {"workspace.json", "evidence/checkpoint"} <= found
    checkpoint.write_text(cosigned)
    identity.write_bytes(canonical.encode({**told, "chain": chain}) + b"\n")
    for data in (b"x", Institution("A").append(1).encode()):
        outgoing.write_bytes(data)
        found = {fault.file for fault in audit(settings(folder, Stream())).faults}
        assert found == {"evidence/outgoing"}
    outgoing.unlink()
    assert audit(settings(folder, Stream())).ok


def receipts_convince(folder: Path, member: NodeFolder) -> None:
    """Check receipts by the trust file and by the chain, with nobody asked."""
    trust = (folder / "trust.policy").read_text()
    chain, final = folder / "a.chain", folder / "a.final"
    chain.write_bytes(anchor(member, int(time.time())))
    with Store.open(settings(folder, Stream()), writer=True) as store:
        record = store.log.commitment(store.log.records - 1).hex()
        receipt = make(store, record)
        store.log.close()
    verdict = verify(receipt, trust)
    assert verdict.valid, verdict.checks
    assert verdict.witnessed is not None
    assert len(verdict.witnessed.times) >= 3
    final.write_bytes(prove_final(member, receipt))
    now = int(time.time())
    told = read_receipt(receipt)
    found = verify(receipt, trust, final=lambda r: check_receipt_final(r, final, chain, now))
    assert found.valid, found.checks
    assert check_receipt_final(told, final, chain, now).height > 1
    bare = told.proof.checkpoint._replace(signatures=told.proof.checkpoint.signatures[:2])
    proof = told.proof._replace(checkpoint=bare)
    short = verify(write_receipt(proof, told.commitment, told.salt, told.body), trust)
    assert not short.valid
    assert short.outcome == "quorum_missing"


def test_new_keys_of_a_workspace_are_announced_and_count(
    tmp_path: Path, member: NodeFolder
) -> None:
    origin = f"tallystick.local/keys-{time.time_ns():x}"
    store = founded(tmp_path / "w", Stream(), origin, member)
    with store:
        new_officer(store, "Officer One")
        rotate(store, "provider", "Officer One")
        rotate(store, "log", "Officer One")
        store.state_standing(anew=True)
    assert audit(settings(tmp_path / "w", Stream())).ok
    with Store.open(settings(tmp_path / "w", Stream()), writer=True) as again:
        again.state_standing(anew=True)
        assert again.log.checkpoint is not None
        assert len(again.log.checkpoint.signatures) >= 4


def test_a_log_is_opened_once(tmp_path: Path, member: NodeFolder) -> None:
    origin = f"tallystick.local/once-{time.time_ns():x}"
    founded(tmp_path / "one", Stream(), origin, member).close()
    another = Stream()
    another.count = 5000
    with pytest.raises(TallyError) as refusal:
        founded(tmp_path / "other", another, origin, member)
    assert refusal.value.facts["code"] == "origin_taken"


def test_a_suite_the_members_did_not_agree_on_is_refused(
    tmp_path: Path, member: NodeFolder
) -> None:
    with pytest.raises(TallyError) as refusal:
        found(
            settings(tmp_path / "w", Stream()),
            WORDS,
            operator="样例协会",
            sample=True,
            member=member,
            suite="sm2-sm3",
        )
    assert refusal.value.facts["code"] == "another_suite"


def test_the_status_counts_everybody(network: Path) -> None:
    told = network_status(network)
    assert (told["halted"], told["needed"], told["there"], told["missing"]) == (False, 3, 4, [])
    said = subprocess.run(
        [sys.executable, "-m", "tallystick", "network", "status", str(network), "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(said.stdout)["chain"] == told["chain"]


@pytest.mark.parametrize("name", ["kill-two", "wrong-hash"])
def test_a_drill_keeps_its_promises(engine: Path, name: str) -> None:
    assert engine.exists()
    assert name in DRILLS
    lines: list[Text] = []
    found = run_drills([name], lines.append)
    assert found["held"], lines

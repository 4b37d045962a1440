"""A workspace whose batches and acts are signed by SM2 with SM3."""

from __future__ import annotations

from pathlib import Path

import pytest

from tallystick.app.auditing import audit
from tallystick.app.deciding import decide
from tallystick.app.evaluating import evaluate
from tallystick.app.founding import found
from tallystick.app.importing import import_files
from tallystick.app.officers import new_officer
from tallystick.app.receipts import make
from tallystick.app.rotating import list_keys, rotate
from tallystick.app.store import Store
from tallystick.app.verifying import verify
from tallystick.app.workspace import Settings
from tallystick.kernel.signing import SM2_SM3
from tallystick.kernel.suites import SM2_SM3_SUITE
from tallystick.testing.sample import write_sample

WORDS = "correct horse"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    folder = tmp_path / "w"
    (tmp_path / "w.passphrase").write_text(WORDS)
    return found(
        Settings(folder, processes=1),
        WORDS,
        operator="样例协会",
        sample=True,
        suite=SM2_SM3_SUITE,
    )


def test_facts_proposals_decisions_and_receipts_are_signed_by_sm2(
    store: Store, tmp_path: Path
) -> None:
    manifest = write_sample(tmp_path / "files", as_of=store.settings.today())
    with store:
        for one in manifest.files:
            import_files(store, [tmp_path / "files" / one.name], one.source, complete=one.complete)
        [result, *_] = [r for r in evaluate(store, "association-2019") if r["band"]]
        new_officer(store, "Officer One")
        done = decide(store, result["subject"], "Officer One", "1")
        receipts = [make(store, done[name]) for name in ("record", "evaluation")]
        rotate(store, "provider", "Officer One")
        keys = [one for one in list_keys(store)["keys"] if one["role"] == "provider"]
        assert [one["generation"] for one in keys] == [1, 2]
        trust = store.paths.trust.read_text()
    for receipt in receipts:
        verdict = verify(receipt, trust)
        assert verdict.valid, verdict.checks
    assert store.provider_key.verifier.kind == store.verifier_key.verifier.kind == SM2_SM3
    settings = Settings(tmp_path / "w", processes=1)
    assert audit(settings).ok
    with Store.open(settings, writer=True) as again:
        assert again.provider_key.verifier == store.provider_key.verifier
        again.state_standing(anew=True)
    assert audit(settings).ok

"""Personal data in the files reach no file, no report, no log and no record, sealed or opened."""

from __future__ import annotations

import json
import logging
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tallystick.app.evaluating import evaluate
from tallystick.app.founding import found
from tallystick.app.importing import import_files
from tallystick.app.workspace import Settings
from tallystick.testing.markers import leaked, write_marked_sample


def bytes_of(folder: Path) -> bytes:
    return b"\0".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_no_marker_is_found_after_an_import_and_an_evaluation(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    caplog.set_level(logging.DEBUG)
    marked = write_marked_sample(tmp_path / "files")
    settings = Settings(
        tmp_path / "workspace", now=lambda: datetime(2026, 11, 1, 4, tzinfo=UTC), processes=1
    )
    shown: list[object] = []
    masked = 0
    with found(settings, "a passphrase for tests", operator="样例协会", sample=True) as store:
        for file in marked.files:
            report = import_files(store, [marked.folder / file.name], file.source)
            shown += [report.to_json("zh"), report.to_json("en"), report.mappings, report.problems]
            masked += sum(n for kind, n in report.dropped.items() if kind.startswith("masked_"))
        shown += evaluate(store, "association-2019")
        shown += [store.body(number) for number in range(store.log.records)]
    written = json.dumps(shown, ensure_ascii=False, default=repr).encode()
    out, err = capfd.readouterr()
    said = (out + err + caplog.text).encode()

    assert masked > 50, "the sentences around the markers were read"
    assert "云杉样例科技有限公司".encode() in written, "what was sealed was opened"
    assert len(leaked(marked.markers, bytes_of(marked.folder))) == len(marked.markers)
    assert leaked(marked.markers, bytes_of(settings.folder), bytes_of(scratch), written, said) == []

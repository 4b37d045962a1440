"""Personal data in delivered files reach nothing: no file, no record, no page, no problem.

Five hundred pieces of false personal data are planted wherever real files hold such, and everything
a user does is done. Then every byte that was written or shown is searched, raw and decrypted, and
what is packed is unpacked first.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

import tallystick
from tallystick.app.exporting import export
from tallystick.app.receipts import make_numbered
from tallystick.cli.running import run
from tallystick.testing.markers import MarkedSample, leaked, write_marked_sample

from .conftest import OFFICER, SCHEME, Association

COUNT = 500


def unpacked(data: bytes) -> bytes:
    """Return `data` and, of an archive or a spreadsheet, what lies in it."""
    found = [data]
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found += [unpacked(archive.read(name)) for name in archive.namelist()]
    if data[:2] == b"\x1f\x8b":
        found.append(gzip.decompress(data))
    return b"\0".join(found)


def everything_in(folder: Path) -> bytes:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    names = "\n".join(str(path.relative_to(folder)) for path in files).encode()
    return b"\0".join([names, *(unpacked(path.read_bytes()) for path in files)])


def opened_records(association: Association) -> bytes:
    """Return every record decrypted, and the index decrypted."""
    with association.opened() as store:
        bodies = [opened.salt + opened.body for _, opened in store.scan() if opened]
        return b"\0".join([*bodies, *store.index.parts(b"")])


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> MarkedSample:
    return write_marked_sample(tmp_path_factory.mktemp("marked") / "files", count=COUNT)


def test_the_search_finds_every_marker_in_the_delivered_files(marked: MarkedSample) -> None:
    """Otherwise the searches below would prove nothing."""
    assert len(marked.markers) == COUNT
    found = leaked(marked.markers, everything_in(marked.folder))
    unseen = {one.place for one in marked.markers} - {one.place for one in found}
    assert unseen == set()


def test_none_of_it_is_left_anywhere_after_all_a_user_does(
    newborn: Association,
    marked: MarkedSample,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The commands themselves, in both languages, with everything they print."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.chdir(scratch)
    where = ["--workspace", str(newborn.folder), "--passphrase-file", str(newborn.passphrase_file)]

    def tally(*words: str, language: str = "en", as_json: bool = True) -> int:
        return run([*words, *where, "--lang", language, *(["--json"] if as_json else [])])

    for file in marked.files:
        path = str(marked.folder / file.name)
        assert tally("import", path, "--source", file.source, "--dry-run", language="zh") == 0
        assert tally("import", path, "--source", file.source) == 0
        assert tally("import", path, "--source", file.source, as_json=False, language="zh") == 0
    assert tally("evaluate", SCHEME) == 0
    assert tally("officer", OFFICER) == 0
    with newborn.opened() as store:
        members = sorted({store.body(n)["subject"] for n in store.index.of_kind("evaluation")})
    for member in members[::4]:
        assert tally("explain", member, language="zh", as_json=False) == 0
        assert tally("explain", member) == 0
        assert tally("report", member, "-o", str(scratch / f"{member}.html")) == 0
        assert tally("decide", member, "--officer", OFFICER, "--reason", "r", "--outcome",
                     "decline") == 0  # fmt: skip
    for words in (["status"], ["audit"], ["rebuild"], ["export"]):
        assert tally(*words) == 0
        assert words == ["export"] or tally(*words, as_json=False, language="zh") == 0
    with newborn.opened() as store:
        receipts = b"\0".join(make_numbered(store, n) for n in range(store.log.records))
    out, err = capfd.readouterr()
    printed = (out + err).encode()

    assert len(members) > 30
    assert "refused_column" in out, "problems were printed"
    assert list((newborn.folder / "imports").glob("*.problems.json")), "and written"
    assert list((newborn.folder / "exports").rglob("records.jsonl"))
    assert list(scratch.glob("*.html"))
    written = everything_in(newborn.folder)
    records = opened_records(newborn)
    assert b"registration.basic" in records, "what was sealed was opened"
    for searched in (printed, written, records, receipts, everything_in(scratch)):
        assert leaked(marked.markers, searched) == []


def test_no_argument_file_or_page_of_a_separate_process_holds_any_of_it(
    newborn: Association, marked: MarkedSample, tmp_path: Path
) -> None:
    """The same through the program as it is installed, in a language of its own."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    file = next(one for one in marked.files if one.source == "penalties")
    environment = {
        **os.environ,
        "TMPDIR": str(scratch),
        "TALLY_WORKSPACE": str(newborn.folder),
        "TALLY_PASSPHRASE_FILE": str(newborn.passphrase_file),
        "LANG": "zh_CN.UTF-8",
        "PYTHONPATH": str(Path(tallystick.__file__).parents[1]),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tallystick", "import", str(marked.folder / file.name),
         "--source", file.source, "--json"],
        env=environment, cwd=scratch, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["accepted"] >= file.accepted
    assert report["refused"] > 0
    assert report["dropped"]
    written = everything_in(newborn.folder) + everything_in(scratch)
    for searched in (done.stdout, done.stderr, written, opened_records(newborn)):
        assert leaked(marked.markers, searched) == []


def test_none_of_it_is_in_an_export_that_anybody_can_read(
    newborn: Association, marked: MarkedSample, tmp_path: Path
) -> None:
    for file in marked.files:
        newborn.receives_file(marked.folder / file.name, file.source)
    with newborn.opened() as store:
        done = export(store, tmp_path / "export")
    assert done["records"] > 500
    assert leaked(marked.markers, everything_in(tmp_path / "export")) == []


def test_a_problem_names_file_line_field_and_code_and_no_cell(
    newborn: Association, marked: MarkedSample
) -> None:
    problems = []
    for file in marked.files:
        problems += newborn.receives_file(marked.folder / file.name, file.source).problems
    assert len(problems) > 20
    for problem in problems:
        told = problem.to_json("zh") | {"rule": problem.rule, "remedy": problem.remedy.zh}
        assert told["file"] in {file.name for file in marked.files}
        assert leaked(marked.markers, json.dumps(told, ensure_ascii=False).encode()) == []


def test_the_count_of_what_was_dropped_is_told(newborn: Association, marked: MarkedSample) -> None:
    dropped = 0
    for file in marked.files:
        dropped += sum(
            newborn.receives_file(marked.folder / file.name, file.source).dropped.values()
        )
    assert dropped >= COUNT / 2

"""Everything can be taken along, and checked without this program."""

from __future__ import annotations

import csv
import hashlib
import json
import stat
from base64 import b64decode
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tallystick.app.exporting import export
from tallystick.app.rebuilding import rebuild
from tallystick.kernel.errors import TallyError

from .conftest import Association


@pytest.fixture(scope="module")
def exported(with_the_sample: Association, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    association = with_the_sample.copied(folder)
    association.evaluates_all()
    with association.opened() as store:
        export(store, folder / "all")
    return folder / "all"


def lines(exported: Path) -> list[dict[str, Any]]:
    text = (exported / "records.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_an_export_is_for_its_owner_only(exported: Path) -> None:
    assert stat.S_IMODE(exported.stat().st_mode) == 0o700
    for path in exported.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


# -- a check in ten lines, which uses nothing of this program ----------------------------------


def check_record(line: dict[str, Any]) -> bool:
    body = json.dumps(line["body"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    said = b"tallystick/record/v1\n" + bytes.fromhex(line["salt"]) + body.encode()
    return hashlib.sha256(said).hexdigest() == str(line["record"])


def merkle_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(
        b"\1" + merkle_root(leaves[:split]) + merkle_root(leaves[split:])
    ).digest()


def test_the_id_of_every_exported_record_is_the_digest_of_its_salt_and_body(
    exported: Path,
) -> None:
    listed = lines(exported)
    assert len(listed) > 800
    assert all(check_record(line) for line in listed)
    assert not check_record({**listed[5], "body": {**listed[5]["body"], "recorded": "2020-01-01"}})


def test_the_exported_records_are_exactly_those_the_log_commits_to(exported: Path) -> None:
    """Ids in order, batches by their roots, and the whole by the root of the checkpoint."""
    ids = [bytes.fromhex(line["record"]) for line in lines(exported)]
    evidence = exported / "evidence"
    assert b"".join(ids) == (evidence / "commitments").read_bytes()
    data = (evidence / "entries").read_bytes()
    headers, first = [], 0
    for at in range(0, len(data), 132):
        assert data[at : at + 2] == (130).to_bytes(2, "big")
        header = data[at + 2 : at + 132]
        headers.append(header)
        if header[:4] == b"TLYS":  # what is in force; it adds no record
            continue
        count = int.from_bytes(header[22:26], "big")
        assert merkle_root(ids[first : first + count]) == header[26:58]
        first += count
    assert first == len(ids)
    _, size, root = (evidence / "checkpoint").read_text(encoding="utf-8").splitlines()[:3]
    assert (int(size), b64decode(root)) == (len(headers), merkle_root(headers))


def test_the_facts_of_each_item_are_a_table_that_opens_anywhere(exported: Path) -> None:
    counted = Counter(
        line["body"]["item"] for line in lines(exported) if line["body"]["kind"] == "fact"
    )
    for item, count in counted.items():
        with (exported / "facts" / f"{item}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == count
        assert all(len(row["record"]) == 64 and row["subject"] for row in rows)
    assert {path.stem for path in (exported / "facts").iterdir()} == set(counted)


def test_no_cell_of_a_table_begins_like_a_formula(exported: Path) -> None:
    for file in (exported / "facts").iterdir():
        with file.open(encoding="utf-8-sig", newline="") as opened:
            cells = [cell for row in csv.reader(opened) for cell in row]
        assert not [cell for cell in cells if cell[:1] in {"=", "+", "@", "\t", "\r"}]


def test_an_export_says_what_it_is_and_how_to_check_it(exported: Path) -> None:
    text = (exported / "README.txt").read_text(encoding="utf-8")
    assert "records.jsonl" in text
    assert "tallystick/record/v1" in text


def test_an_export_does_not_write_over_anything(association: Association, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("mine", encoding="utf-8")
    with association.opened() as store, pytest.raises(TallyError, match="already_there"):
        export(store, tmp_path / "taken")
    assert (tmp_path / "taken" / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_an_export_within_the_workspace_passes_the_audit(association: Association) -> None:
    with association.opened() as store:
        export(store, association.folder / "exports" / "all")
    assert association.audited().ok


# -- what is derived can be made again --------------------------------------------------------


def test_rebuilt_caches_are_identical_byte_for_byte(whole: Association) -> None:
    whole.evaluates_all()
    with whole.opened() as store:
        files = [store.paths.index, *(file for file, _ in store.log.derived_files())]
    before = {file: file.read_bytes() for file in files}
    with whole.opened() as store:
        done = rebuild(store)
    assert len(done["views"]) == len(files) >= 3
    for view, file in zip(done["views"], files, strict=True):
        assert view["identical"] is True
        assert view["before"] == view["after"] == hashlib.sha256(before[file]).hexdigest()
        assert file.read_bytes() == before[file]


def test_a_rebuild_shows_that_a_cache_was_not_true(whole: Association) -> None:
    index = whole.folder / "caches" / "index"
    true = index.read_bytes()
    with whole.opened() as store:
        index.write_bytes(true[:-1] + bytes([true[-1] ^ 1]))
        view, *others = rebuild(store)["views"]
    assert view["identical"] is False
    assert all(other["identical"] for other in others)
    assert index.read_bytes() == true


def test_without_its_caches_a_workspace_says_the_same(whole: Association) -> None:
    before = whole.evaluates_all()
    (whole.folder / "caches" / "index").unlink()
    assert whole.evaluates_all() == before

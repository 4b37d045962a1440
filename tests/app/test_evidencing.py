"""An evidence package is whole or not there, and says nothing that the door would not let out."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.app.conftest import MEMBERS, roster, write_rows

from tallystick.app.consent import withdraw
from tallystick.app.evidencing import FORM, NEEDS_CONTENT, NOT_NAMED, REPORTS, evidence, folders_of
from tallystick.app.package_checks import check_package
from tallystick.app.receipts import RECEIPT_WITHHELD
from tallystick.app.workspace import ALREADY_THERE
from tallystick.evaluation import parse_scheme
from tallystick.kernel.errors import Reason, TallyError
from tallystick.ledger import commitment_of, read_receipt

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.app.conftest import House

KINDS = ("decision", "evaluation", "grant", "import", "founding")


def ids(house: House, *kinds: str) -> list[str]:
    with house.opened(writer=False) as store:
        return [store.log.commitment(next(store.index.of_kind(kind))).hex() for kind in kinds]


def fact_of(house: House, member: str) -> str:
    with house.opened(writer=False) as store:
        numbers = store.index.of_subject(member)
        return next(
            store.log.commitment(n).hex() for n in numbers if store.body(n)["kind"] == "fact"
        )


def made(house: House, records: list[str], folder: Path, **more: Any) -> dict[str, Any]:
    with house.opened() as store:
        return evidence(store, records, folder, **more)


def refused(act: Callable[[], object], reason: Reason) -> None:
    with pytest.raises(TallyError) as refusal:
        act()
    assert refusal.value.reason is reason


def records_in(house: House) -> int:
    with house.opened(writer=False) as store:
        return store.log.records


def trust_of(house: House) -> str:
    return (house.folder / "trust.policy").read_text(encoding="utf-8")


def test_a_package_has_everything_and_checks_without_us(small: House, tmp_path: Path) -> None:
    records, folder = ids(small, *KINDS), tmp_path / "case"
    document = made(small, [one[:10] for one in records], folder)
    assert document["valid"]
    assert document["form"] == FORM
    assert {one["record"] for one in document["records"]} == set(records)
    assert set(REPORTS) < {path.name for path in folder.iterdir()}
    sums = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    said = subprocess.run(sums, cwd=folder, capture_output=True, text=True, check=True)
    there = {p for p in folder.rglob("*") if p.is_file()}
    assert said.stdout.count(": OK\n") == len(there) - 1
    for one in document["records"]:
        given = [sys.executable, "-I", "-S", "check_receipt.py"]
        given += [f"{one['folder']}/receipt.tally", "trust.policy"]
        done = subprocess.run(given, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    assert check_package(folder, trust_of(small)).valid


def test_the_content_of_a_record_gives_its_id_with_the_salt_of_its_receipt(
    small: House, tmp_path: Path
) -> None:
    [record] = ids(small, "decision")
    made(small, [record], tmp_path / "case")
    place = tmp_path / "case" / folders_of([record])[record]
    receipt = read_receipt((place / "receipt.tally").read_bytes())
    assert receipt.salt is not None
    body = (place / "record.json").read_bytes()
    assert commitment_of(receipt.salt, body).hex() == record
    checkpoint = (tmp_path / "case" / "checkpoint.txt").read_text(encoding="utf-8")
    assert receipt.proof.checkpoint.text() == checkpoint


def test_all_is_readable_by_its_owner_alone(small: House, tmp_path: Path) -> None:
    made(small, ids(small, "decision"), tmp_path / "case")
    for path in [tmp_path / "case", *(tmp_path / "case").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_reading_the_content_is_recorded_and_proving_existence_is_not(
    small: House, tmp_path: Path
) -> None:
    [record] = ids(small, "decision")
    before = records_in(small)
    made(small, [record], tmp_path / "bare", content=False)
    assert records_in(small) == before
    assert not (tmp_path / "bare" / folders_of([record])[record] / "record.json").exists()
    manifest = json.loads((tmp_path / "bare" / "manifest.json").read_bytes())
    assert [one["content"] for one in manifest["records"]] == [False]
    for report in (tmp_path / "bare").glob("report.*.html"):
        assert MEMBERS[0] not in report.read_text(encoding="utf-8")
    made(small, [record], tmp_path / "full")
    assert records_in(small) == before + 1
    assert check_package(tmp_path / "bare", trust_of(small)).valid


def test_a_report_names_a_band_in_its_own_language(small: House, tmp_path: Path) -> None:
    [record] = ids(small, "decision")
    with small.opened(writer=False) as store:
        decision = store.body(store.find(record))
        evaluation = store.body(store.find(decision["evaluation"]))
        sealed = store.body(store.find(evaluation["scheme"]))
    scheme = parse_scheme(sealed["text"], file=sealed["name"])
    [named] = [band.names for band in scheme.bands if band.names.zh == decision["band"]]
    made(small, [record, decision["evaluation"]], tmp_path / "case")
    report = (tmp_path / "case" / "report.en.html").read_text(encoding="utf-8")
    assert named.en in report
    assert named.zh not in report
    assert named.zh in (tmp_path / "case" / "report.zh.html").read_text(encoding="utf-8")


def test_what_the_door_withholds_is_in_no_package(small: House, tmp_path: Path) -> None:
    record = fact_of(small, MEMBERS[0])
    with small.opened() as store:
        withdraw(store, MEMBERS[0])
        store.body(store.find(record))
    [evaluation] = ids(small, "evaluation")
    refused(lambda: made(small, [evaluation], tmp_path / "case"), RECEIPT_WITHHELD)
    assert not (tmp_path / "case").exists()
    assert not list(tmp_path.glob(".case*"))


def test_an_original_goes_in_where_a_record_names_it(small: House, tmp_path: Path) -> None:
    file = tmp_path / "the roster: a|copy.csv"
    write_rows(file, roster())
    record = fact_of(small, MEMBERS[0])
    document = made(small, [record, *ids(small, "import")], tmp_path / "case", originals=[file])
    [one] = [one for one in document["files"] if one["path"].startswith("files/")]
    assert one["sha256"] == sha256(file.read_bytes()).hexdigest()
    assert one["path"] == f"files/{one['sha256'][:12]}-the roster_ a_copy.csv"
    assert {by["field"] for by in one["named_by"]} == {"source.digest", "digest"}
    assert check_package(tmp_path / "case", trust_of(small)).valid


def test_a_file_no_record_names_is_refused_before_anything_is_read(
    small: House, tmp_path: Path
) -> None:
    file = tmp_path / "other.csv"
    file.write_text("something else\n", encoding="utf-8")
    [record] = ids(small, "decision")
    before = records_in(small)
    refused(lambda: made(small, [record], tmp_path / "case", originals=[file]), NOT_NAMED)
    bare = {"originals": [file], "content": False}
    refused(lambda: made(small, [record], tmp_path / "case", **bare), NEEDS_CONTENT)
    assert records_in(small) == before
    assert not (tmp_path / "case").exists()


def test_only_a_new_or_empty_folder_is_written(small: House, tmp_path: Path) -> None:
    [record] = ids(small, "founding")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "note").write_text("x", encoding="utf-8")
    for place in ("file", "full"):
        refused(partial(made, small, [record], tmp_path / place), ALREADY_THERE)
    (tmp_path / "empty").mkdir()
    made(small, [record], tmp_path / "empty")
    assert check_package(tmp_path / "empty", trust_of(small)).valid


def test_a_package_is_written_whole_or_not_at_all(
    small: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [record] = ids(small, "founding")
    place = tmp_path / "out"
    place.mkdir()
    for broken in (1, 5, 9):
        left = [broken]

        def fails(_: int, left: list[int] = left) -> None:
            left[0] -= 1
            if not left[0]:
                raise OSError(28, "no space left")

        with small.opened() as store:
            monkeypatch.setattr(os, "fsync", lambda _: None)
            store.state_standing(anew=True)
            monkeypatch.setattr("tallystick.app.evidencing.os.fsync", fails)
            with pytest.raises(OSError, match="no space"):
                evidence(store, [record], place / "case", content=False)
            monkeypatch.undo()
        assert not list(place.iterdir()), "neither a folder nor part of one"


def test_records_whose_ids_begin_alike_have_folders_of_their_own() -> None:
    alike = ["ab" * 32, "ab" * 20 + "cd" * 12]
    assert set(folders_of(alike).values()) == {f"records/{one}" for one in alike}
    assert folders_of(alike[:1]) == {alike[0]: f"records/{alike[0][:12]}"}

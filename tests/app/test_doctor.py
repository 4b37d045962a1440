from __future__ import annotations

import importlib.metadata
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tallystick.app.doctor import LIBRARIES, Finding, doctor
from tallystick.app.workspace import Settings

if TYPE_CHECKING:
    from tests.app.conftest import House


def found(settings: Settings, name: str) -> Finding:
    [one] = [finding for finding in doctor(settings) if finding.name.en == name]
    return one


def test_a_sound_machine_and_workspace_lack_nothing_that_is_needed(small_house: House) -> None:
    findings = doctor(small_house.settings())
    assert [one.name.en for one in findings if one.needed and not one.ok] == []
    assert found(small_house.settings(), "workspace").ok


def test_outside_a_workspace_the_machine_is_checked_alone(tmp_path: Path) -> None:
    names = [one.name.en for one in doctor(Settings(tmp_path / "nothing" / "here"))]
    assert "workspace" not in names
    assert "Python version" in names
    assert {f"library {name}" for name in LIBRARIES} <= set(names)


def test_a_missing_library_is_named_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = importlib.metadata.version

    def without_orjson(name: str) -> str:
        if name == "orjson":
            raise importlib.metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(importlib.metadata, "version", without_orjson)
    missing = found(Settings(tmp_path), "library orjson")
    assert (missing.ok, missing.needed) == (False, True)
    assert missing.remedy.en
    assert missing.remedy.zh


def test_a_disk_that_does_not_sync_is_no_place_for_a_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(handle: int) -> None:
        raise OSError(handle)

    monkeypatch.setattr(os, "fsync", refuse)
    broken = found(Settings(tmp_path), "durable writes (fsync)")
    assert (broken.ok, broken.needed) == (False, True)


@pytest.mark.parametrize(
    ("says", "ok", "detail"),
    [
        ("go version go1.26.8 linux/amd64", True, "1.26.8"),
        ("go version go1.24 darwin/arm64", True, "1.24"),
        ("go version go1.19.8 linux/amd64", False, "1.19.8"),
        ("something else", False, ""),
        (None, False, ""),
    ],
)
def test_go_is_named_with_what_it_is_for_and_never_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str | None, *, ok: bool, detail: str
) -> None:
    if says is not None:
        program = tmp_path / "go"
        program.write_text(f"#!/bin/sh\necho {says}\n", encoding="utf-8")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    go = found(Settings(tmp_path), "Go (optional)")
    assert (go.ok, go.needed, go.detail) == (ok, False, detail)
    assert "Tessera" in go.remedy.en
    assert "Tessera" in go.remedy.zh


def test_a_go_that_does_not_run_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "go").write_bytes(b"\x7fELF of another machine")
    (tmp_path / "go").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not found(Settings(tmp_path), "Go (optional)").ok


def test_a_library_for_sm2_is_named_and_what_to_do_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = found(Settings(tmp_path), "signatures by SM2-SM3 (optional)")
    assert (there.ok, there.needed) == (True, False)
    assert there.detail == f"tongsuo (tongsuopy {importlib.metadata.version('tongsuopy')})"
    monkeypatch.setitem(sys.modules, "tongsuopy.crypto", None)
    missing = found(Settings(tmp_path), "signatures by SM2-SM3 (optional)")
    assert (missing.ok, missing.needed, missing.detail) == (False, False, "")
    for remedy in (missing.remedy.en, missing.remedy.zh):
        assert "pip install 'tallystick[sm]'" in remedy


def test_key_files_others_can_read_are_named(small: House) -> None:
    (small.folder / "keys" / "records").chmod(0o644)
    finding = found(small.settings(), "key files are readable by their owner only")
    assert (finding.ok, finding.detail) == (False, "records")


def test_an_officers_key_others_can_read_is_named_too(small: House) -> None:
    [file] = (small.folder / "keys").glob("*.key")
    file.chmod(0o640)
    finding = found(small.settings(), "key files are readable by their owner only")
    assert (finding.ok, finding.detail) == (False, file.name)


@pytest.mark.parametrize("name", ["evidence/checkpoint", "trust.policy", "keys/keyring"])
def test_a_workspace_that_does_not_open_is_a_finding_with_its_reason(
    small: House, name: str
) -> None:
    (small.folder / name).write_bytes(b"spoiled")
    finding = found(small.settings(), "workspace")
    assert (finding.ok, finding.needed) == (False, True)
    assert finding.detail


def test_a_workspace_that_lost_a_file_is_a_finding_and_no_exception(small: House) -> None:
    for name in ("evidence/checkpoint", "trust.policy", "keys/keyring", "bodies/records"):
        file = small.folder / name
        data = file.read_bytes()
        file.unlink()
        assert not found(small.settings(), "workspace").ok, name
        file.write_bytes(data)

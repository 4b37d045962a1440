from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tallystick.app.workspace import (
    Paths,
    Settings,
    check_origin,
    find_passphrase,
    kind_of,
    new_origin,
    read_identity,
)
from tallystick.kernel.errors import TallyError
from tallystick.kernel.texts import Text

if TYPE_CHECKING:
    from tests.app.conftest import House

VARIABLES = ("TALLY_PASSPHRASE", "TALLY_PASSPHRASE_FILE")


def test_every_file_of_a_workspace_has_a_declared_kind(small_house: House) -> None:
    kinds = {name: kind_of(Path(name)) for name in small_house.content()}
    assert set(kinds.values()) == {"evidence", "bodies", "cache"}
    paths = Paths(small_house.folder)
    for path in (paths.identity, paths.trust, paths.bodies, paths.keyring, paths.record_keys):
        assert kinds[path.relative_to(small_house.folder).as_posix()] in {"evidence", "bodies"}
    assert kinds["caches/index"] == "cache"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("evidence/checkpoint", "evidence"),
        ("evidence/checkpoint.new", "scratch"),
        ("evidence/checkpoint.old", ""),
        ("evidence/extra/checkpoint", ""),
        ("keys/records", "bodies"),
        ("keys/a.key", "bodies"),
        ("keys/a.key.new", "scratch"),
        ("keys/deep/a.key", ""),
        ("caches/writing", "cache"),
        ("caches/writing.new", "scratch"),
        ("caches/other", ""),
        ("bodies/other.new", ""),
        ("receipts/a.tally", "output"),
        ("receipts/a.tally.new", "output"),
        ("exports/all/records.jsonl", "output"),
        ("members.xlsx", "output"),
        ("trust.policy.new", "scratch"),
    ],
)
def test_the_kind_of_a_file_follows_from_its_path(name: str, kind: str) -> None:
    assert kind_of(Path(name)) == kind


def test_the_day_is_that_of_the_time_zone_of_the_law() -> None:
    late = Settings(Path(), now=lambda: datetime(2026, 10, 31, 16, 30, tzinfo=UTC))
    early = Settings(Path(), now=lambda: datetime(2026, 10, 31, 15, 30, tzinfo=UTC))
    assert (early.today(), late.today()) == ("2026-10-31", "2026-11-01")


def test_an_origin_is_new_each_time_and_good(founded_house: House) -> None:
    made = {new_origin() for _ in range(50)}
    assert len(made) == 50
    assert all(check_origin(origin) == origin for origin in made)
    assert read_identity(Paths(founded_house.folder)) not in made


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_workspace"),
        (b"{}\n", "not_a_workspace"),
        (b'{"format":1,"origin":"example.org/a"}', "not_a_workspace"),
        (b'{"format": 1, "origin": "example.org/a"}\n', "not_a_workspace"),
        (b'{"format":0,"origin":"example.org/a"}\n', "not_a_workspace"),
        (b'{"format":true,"origin":"example.org/a"}\n', "not_a_workspace"),
        (b'{"format":"1","origin":"example.org/a"}\n', "not_a_workspace"),
        (b'{"format":1,"origin":"Example Org"}\n', "not_a_workspace"),
        (b'{"format":1,"more":1,"origin":"example.org/a"}\n', "not_a_workspace"),
        (b'{"format":2,"origin":"example.org/a"}\n', "newer_format"),
        (b'{"format":2,"later":[],"origin":"example.org/a"}\n', "newer_format"),
        (b"[1]\n", "not_a_workspace"),
        (b"\xff\n", "not_a_workspace"),
    ],
)
def test_a_spoiled_or_newer_identity_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "workspace.json").write_bytes(content)
    with pytest.raises(TallyError) as caught:
        read_identity(Paths(tmp_path))
    assert caught.value.code == code


def test_a_folder_without_identity_is_no_workspace(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(TallyError, match="not_a_workspace"):
            read_identity(Paths(folder))


# -- the passphrase ---------------------------------------------------------------------------


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of a workspace whose passphrase is nowhere."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "workspace"


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_the_passphrase_is_looked_for_in_the_order_that_is_documented(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(nowhere, ask=lambda: "asked")
    assert find_passphrase(settings) == "asked"
    named = written(nowhere.with_name("named"), "named\n")
    monkeypatch.setenv("TALLY_PASSPHRASE_FILE", str(named))
    assert find_passphrase(settings) == "named"
    monkeypatch.setenv("TALLY_PASSPHRASE", "spoken")
    assert find_passphrase(settings) == "spoken"
    written(nowhere.with_name("workspace.passphrase"), "beside\n")
    assert find_passphrase(settings) == "beside"
    given = written(named.with_name("given"), "given\nsecond line\n")
    assert find_passphrase(Settings(nowhere, given)) == "given"


def test_without_any_passphrase_it_is_said_where_one_could_be(nowhere: Path) -> None:
    with pytest.raises(TallyError) as caught:
        find_passphrase(Settings(nowhere))
    assert caught.value.code == "no_passphrase"
    assert f"{nowhere}.passphrase" in caught.value.remedy.en


@pytest.mark.parametrize("content", [b"", b"\n", b"\nsecond line", b"\xff\xfe\x00"])
def test_a_file_without_a_passphrase_is_no_empty_passphrase(nowhere: Path, content: bytes) -> None:
    file = nowhere.with_name("given")
    file.write_bytes(content)
    with pytest.raises(TallyError, match="bad_passphrase_file"):
        find_passphrase(Settings(nowhere, file))


def test_a_named_file_that_is_not_there_is_not_passed_over(nowhere: Path) -> None:
    """Whoever names a file means it; falling back to another passphrase would hide the mistake."""
    written(nowhere.with_name("workspace.passphrase"), "beside\n")
    with pytest.raises(TallyError, match="bad_passphrase_file"):
        find_passphrase(Settings(nowhere, nowhere.with_name("missing")))


def test_a_passphrase_file_that_cannot_be_read_is_told_with_what_named_it(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = nowhere.with_name("missing")

    def told(settings: Settings) -> Text:
        with pytest.raises(TallyError) as caught:
            find_passphrase(settings)
        assert caught.value.remedy.zh
        assert caught.value.remedy.en
        return caught.value.text

    for said in told(Settings(nowhere, missing)):
        assert "--passphrase-file" in said
        assert str(missing) in said
    monkeypatch.setenv("TALLY_PASSPHRASE_FILE", str(nowhere.parent))
    for said in told(Settings(nowhere)):
        assert "TALLY_PASSPHRASE_FILE" in said
        assert str(nowhere.parent) in said
    beside = written(nowhere.with_name("workspace.passphrase"), "")
    for said in told(Settings(nowhere)):
        assert str(beside) in said
        assert "TALLY" not in said

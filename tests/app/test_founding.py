from __future__ import annotations

import fcntl
import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.app.founding import found
from tallystick.app.store import Store
from tallystick.app.workspace import Settings
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.ledger import parse_trust
from tallystick.records import bodies
from tallystick.testing.disk import MODES, DiskFaultError, FaultyDisk
from tallystick.testing.fiction import association

if TYPE_CHECKING:
    from tests.app.conftest import House

SECRET = "a passphrase for tests"  # noqa: S105 - it protects nothing
NAME, CODE = association()


def settings(folder: Path, **changes: Any) -> Settings:
    return Settings(folder, processes=1, **changes)


def test_the_first_records_say_whose_ledger_it_is_and_whose_keys_sign(tmp_path: Path) -> None:
    with found(
        settings(tmp_path / "w"), SECRET, operator=NAME, code=CODE, origin="example.org/credit"
    ) as store:
        founding, provider, verifier = (store.body(number) for number in range(3))
    assert (founding["origin"], founding["operator"]) == ("example.org/credit", NAME)
    assert founding["sample"] is False
    assert [provider["role"], verifier["role"]] == ["provider", "verifier"]
    assert provider["code"] == verifier["code"] == CODE


def test_the_trust_file_names_the_log_and_the_same_keys(tmp_path: Path) -> None:
    with found(settings(tmp_path / "w"), SECRET, operator=NAME, code=CODE) as store:
        trust = parse_trust((tmp_path / "w" / "trust.policy").read_text(encoding="utf-8"))
        assert [key.text() for key in trust.logs] == [store.log_key.verifier.text()]
        assert [(p.role, p.code, p.name) for p in trust.parties] == [
            ("provider", CODE, NAME),
            ("verifier", CODE, NAME),
        ]


def test_a_sample_says_of_itself_that_it_is_one(founded_house: House) -> None:
    with founded_house.opened(writer=False) as store:
        assert store.body(0)["sample"] is True


def test_keys_are_readable_by_their_owner_only(founded_house: House) -> None:
    keys = founded_house.folder / "keys"
    assert keys.stat().st_mode & 0o777 == 0o700
    for file in keys.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600, file.name


def test_nothing_but_the_wrapped_keyring_holds_the_secret(founded_house: House) -> None:
    with founded_house.opened(writer=False) as store:
        master = store.keyring.master
    for name, data in founded_house.content().items():
        assert master not in data, name
        assert master.hex().encode() not in data, name
        assert SECRET.encode() not in data, name


def test_two_ledgers_never_share_an_origin_by_default(tmp_path: Path) -> None:
    origins = set()
    for number in range(2):
        with found(settings(tmp_path / str(number)), SECRET, operator=NAME) as store:
            origins.add(store.origin)
    assert len(origins) == 2


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "mine.txt").write_text("mine", encoding="utf-8")
    for folder in (tmp_path / "w", tmp_path / "w" / "mine.txt"):
        with pytest.raises(TallyError, match="already_there"):
            found(settings(folder), SECRET, operator=NAME)
    assert [path.name for path in tmp_path.rglob("*")] == ["w", "mine.txt"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"origin": "Capital/Letters"}, "bad_origin"),
        ({"origin": "two words"}, "bad_origin"),
        ({"origin": "a\nb"}, "bad_origin"),
        ({"origin": "+++"}, "bad_origin"),
        ({"operator": ""}, "bad_operator"),
        ({"operator": "  "}, "bad_operator"),
        ({"operator": "协会\nlog evil"}, "bad_operator"),
        ({"operator": "协会\u2028#tally officer"}, "bad_operator"),
        ({"code": CODE[:-1] + "0"}, "bad_uscc"),
        ({"code": "-"}, "bad_uscc"),
        ({"passphrase": ""}, "no_passphrase"),
    ],
)
def test_what_would_spoil_the_ledger_or_its_trust_file_is_refused_before_anything_is_written(
    tmp_path: Path, change: dict[str, str], code: str
) -> None:
    given = {"operator": NAME, "passphrase": SECRET, **change}
    with pytest.raises(TallyError) as caught:
        found(settings(tmp_path / "w"), **given)  # type: ignore[arg-type]
    assert caught.value.code == code
    assert not (tmp_path / "w").exists()


def test_a_founding_broken_at_any_call_leaves_a_workspace_or_none(tmp_path: Path) -> None:
    whole = FaultyDisk(FileDisk())
    found(settings(tmp_path / "w", disk=whole, random=bytes), SECRET, operator=NAME).close()
    for fail_at in range(1, len(whole.calls) + 1):
        for mode in MODES:
            folder = tmp_path / f"{fail_at}-{mode}"
            disk = FaultyDisk(FileDisk(), fail_at, mode, lasting=True)
            with suppress(DiskFaultError):
                found(settings(folder, disk=disk, random=bytes), SECRET, operator=NAME).close()
            disk.lose_power()
            _is_whole_or_nothing(folder)


def _is_whole_or_nothing(folder: Path) -> None:
    from tallystick.app.auditing import audit  # noqa: PLC0415

    passphrase = folder.with_name("passphrase")
    passphrase.write_text(SECRET, encoding="utf-8")
    its = settings(folder, passphrase_file=passphrase, random=bytes)
    if (folder / "workspace.json").exists():
        assert audit(its).ok
        return
    with pytest.raises(TallyError, match="not_a_workspace"):
        Store.open(its)
    found(its, SECRET, operator=NAME).close()
    assert audit(its).ok
    assert {path.name for path in folder.iterdir()} == {
        *("evidence", "bodies", "keys", "caches", "receipts", "imports"),
        *("workspace.json", "trust.policy"),
    }


@pytest.mark.parametrize(
    "theirs", ["mine.txt", "receipts/mine.tally", "keys/officer.key", "caches/index", "own/file"]
)
def test_a_broken_founding_in_which_anything_else_lies_is_left_alone(
    tmp_path: Path, theirs: str
) -> None:
    _broken(tmp_path / "w")
    file = tmp_path / "w" / theirs
    file.parent.mkdir(exist_ok=True)
    file.write_text("mine", encoding="utf-8")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(TallyError, match="already_there"):
        found(settings(tmp_path / "w"), SECRET, operator=NAME)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_a_broken_founding_with_a_link_in_it_is_left_alone(tmp_path: Path) -> None:
    _broken(tmp_path / "w")
    outside = tmp_path / "outside"
    outside.write_text("mine", encoding="utf-8")
    (tmp_path / "w" / "bodies" / "records").unlink()
    (tmp_path / "w" / "bodies" / "records").symlink_to(outside)
    with pytest.raises(TallyError, match="already_there"):
        found(settings(tmp_path / "w"), SECRET, operator=NAME)
    assert outside.read_text(encoding="utf-8") == "mine"


def test_a_workspace_that_lost_its_name_but_holds_records_is_left_alone(tmp_path: Path) -> None:
    with found(settings(tmp_path / "w"), SECRET, operator=NAME) as store:
        store.append([bodies.retraction(store.delivery(), name="x-0001", reason="x")])
    (tmp_path / "w" / "caches" / "index").unlink()
    (tmp_path / "w" / "workspace.json").unlink()
    with pytest.raises(TallyError, match="already_there"):
        found(settings(tmp_path / "w"), SECRET, operator=NAME)


def test_a_founding_still_going_on_is_not_disturbed(tmp_path: Path) -> None:
    _broken(tmp_path / "w")
    with (tmp_path / "w" / "caches" / "lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(TallyError, match="locked"):
            found(settings(tmp_path / "w"), SECRET, operator=NAME)


def _broken(folder: Path) -> None:
    """Leave what a founding leaves that breaks off before its first records are sealed."""
    disk = FaultyDisk(FileDisk(), 6, "not_persisted", lasting=True)
    with pytest.raises(DiskFaultError):
        found(settings(folder, disk=disk), SECRET, operator=NAME)


def test_the_identity_is_one_line_of_canonical_json(founded_house: House) -> None:
    data = (founded_house.folder / "workspace.json").read_bytes()
    document = json.loads(data)
    assert data == json.dumps(document, separators=(",", ":"), sort_keys=True).encode() + b"\n"
    assert document["format"] == 1


def test_who_founded_it_holds_the_lock_until_it_is_closed(tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text(SECRET, encoding="utf-8")
    its = replace(settings(tmp_path / "w"), passphrase_file=file)
    with found(its, SECRET, operator=NAME), pytest.raises(TallyError, match="locked"):
        Store.open(its, writer=True)
    Store.open(its, writer=True).close()

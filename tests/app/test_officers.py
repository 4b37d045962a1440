from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tallystick.app.officers import check_key_file, new_officer, open_officer
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import SigningKey, VerifierKey
from tallystick.ledger import parse_trust
from tallystick.vault import create_keyring

if TYPE_CHECKING:
    from tests.app.conftest import House

from .conftest import OFFICER, PASSPHRASE


def trust_of(house: House) -> str:
    return (house.folder / "trust.policy").read_text(encoding="utf-8")


def test_a_new_officer_is_a_record_a_line_of_the_trust_file_and_a_key_file(empty: House) -> None:
    with empty.opened() as store:
        made = new_officer(store, "  王样例 ")
        body = store.body(store.find(made["record"]))
    assert (body["role"], body["name"], body["key"]) == ("officer", "王样例", made["key"])
    assert f"#tally officer {made['key']} - 王样例\n" in trust_of(empty)
    file = Path(made["path"])
    assert file.parent == empty.folder / "keys"
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_secret_key_is_wrapped(empty: House) -> None:
    with empty.opened() as store:
        file = Path(new_officer(store, OFFICER)["path"])
        key, name = open_officer(store, OFFICER)
    document = json.loads(file.read_bytes())
    assert name == OFFICER
    assert set(document) == {"key", "keyring", "name", "v"}
    assert key.seed.hex() not in file.read_text(encoding="utf-8")
    assert PASSPHRASE not in file.read_text(encoding="utf-8")


def test_an_officer_is_named_by_file_or_by_name_wherever_the_file_lies(
    empty: House, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "stick" / "officer.key"
    elsewhere.parent.mkdir()
    with empty.opened() as store:
        new_officer(store, "Inside")
        new_officer(store, "Outside", elsewhere, signer="Inside")
        assert open_officer(store, "Inside")[1] == "Inside"
        assert open_officer(store, str(elsewhere))[1] == "Outside"
        with pytest.raises(TallyError) as caught:
            open_officer(store, "Outside")
    assert caught.value.code == "no_officer_key"
    assert "Inside, Outside" in caught.value.remedy.en
    assert empty.audited().ok


@pytest.mark.parametrize("name", ["../escape", "a/b", "C:\\x", "甲 乙", "..", "x" * 300])
def test_no_name_puts_the_key_file_outside_its_folder(empty: House, name: str) -> None:
    with empty.opened() as store:
        file = Path(new_officer(store, name)["path"])
        assert file.resolve().parent == (empty.folder / "keys").resolve()
        assert open_officer(store, name)[1] == name
    assert empty.audited().ok


def test_the_name_in_a_key_file_cannot_be_changed(small: House) -> None:
    [file] = (small.folder / "keys").glob("*.key")
    document = json.loads(file.read_bytes())
    document["name"] = "Somebody important"
    changed = json.dumps(document, separators=(",", ":"), sort_keys=True) + "\n"
    file.write_text(changed, encoding="utf-8")
    with small.opened() as store, pytest.raises(TallyError, match="not_an_officer"):
        open_officer(store, str(file))
    assert not small.audited().ok


def test_what_a_key_file_check_can_and_cannot_tell(small: House) -> None:
    [file] = (small.folder / "keys").glob("*.key")
    trust = parse_trust(trust_of(small))
    assert check_key_file(file, trust, PASSPHRASE) is None
    unopened = check_key_file(file, trust, "another passphrase")
    assert unopened is not None
    assert "was not opened" in unopened.en
    nobody = parse_trust("quorum none\n")
    unregistered = check_key_file(file, nobody, PASSPHRASE)
    assert unregistered is not None
    assert "nobody registered" in unregistered.en


def test_the_same_name_again_does_not_replace_a_key(empty: House) -> None:
    with empty.opened() as store:
        before = Path(new_officer(store, OFFICER)["path"]).read_bytes()
        records = store.log.records
        with pytest.raises(TallyError, match="officer_exists"):
            new_officer(store, OFFICER)
        assert store.log.records == records
    [file] = (empty.folder / "keys").glob("*.key")
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("registered", "twin"),
    [
        ("李主任", "李 主任"),
        ("李主任", "李·主任"),
        ("李主任", "\uf9e1主任"),
        ("李主任", "李主\u0323任"),
        ("Chair", "CHAIR"),
        ("Chair", "Ｃｈａｉｒ"),
        ("Straße", "STRASSE"),
        ("Jos\u00e9", "Jose\u0301"),
        ("Jose\u0301", "Jos\u00e9"),
        ("Jos\u00e9", "Jose"),
        ("--", "--"),
    ],
)
def test_no_second_officer_has_a_name_that_reads_the_same(
    empty: House, tmp_path: Path, registered: str, twin: str
) -> None:
    with empty.opened() as store:
        new_officer(store, registered, tmp_path / "first.key")
        with pytest.raises(TallyError) as caught:
            new_officer(store, twin, tmp_path / "second.key")
        assert len([p for p in store.trust.parties if p.role == "officer"]) == 1
    assert caught.value.code == "officer_registered"
    assert not (tmp_path / "second.key").exists()


def test_officers_whose_names_read_differently_stand_side_by_side(empty: House) -> None:
    with empty.opened() as store:
        for name in ("李主任", "李副主任", "李主任2", "..", "--"):
            new_officer(store, name, signer="李主任")
        assert len([p for p in store.trust.parties if p.role == "officer"]) == 5


@pytest.mark.parametrize(
    "name",
    [
        *("李主任\u3164", "李主\ufe00任", "李\u200b主任", "\u2f4a李主任", "李主任\u2800", "\u115f"),
        *("李\u202e主任", "李\u3000主任", "李主任\U000e0101", "李\n主任", "\u3164", " "),
    ],
)
def test_a_name_with_what_nobody_sees_is_no_officers(empty: House, name: str) -> None:
    with empty.opened() as store, pytest.raises(TallyError) as caught:
        new_officer(store, name)
    assert caught.value.code == "bad_officer_name"


def test_a_key_file_made_elsewhere_brings_no_second_key_for_a_name(
    empty: House, tmp_path: Path
) -> None:
    file = tmp_path / "crafted.key"
    with empty.opened() as store:
        new_officer(store, OFFICER, file)
        crafted = file.read_bytes()
        other = SigningKey(VerifierKey.from_text(json.loads(crafted)["key"]).name, b"\x07" * 32)
        _, keyring = create_keyring(PASSPHRASE, store.settings.random, other.seed)
        document = json.loads(crafted) | {"key": other.verifier.text(), "keyring": keyring.decode()}
        file.write_bytes(canonical.encode(document) + b"\n")
        parties = store.trust.parties
        with pytest.raises(TallyError, match="officer_exists"):
            new_officer(store, OFFICER, file)
        assert store.trust.parties == parties

"""The passphrase of an officer is the officer's own, wherever something is at stake."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tallystick.app.founding import found
from tallystick.app.officers import new_officer, open_cosigner, open_officer
from tallystick.app.store import Store
from tallystick.kernel.errors import TallyError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.app.conftest import House

    from tallystick.app.workspace import Settings

from .conftest import PASSPHRASE

NAME, OWN = "Officer One", "only the officer knows"


@pytest.fixture
def real(founded_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of a workspace that is no sample."""
    monkeypatch.delenv("TALLY_OFFICER_PASSPHRASE", raising=False)
    settings = replace(founded_house.settings(), folder=tmp_path / "real")
    found(settings, PASSPHRASE, operator="样例协会", sample=False).close()
    return settings


def test_who_runs_the_workspace_cannot_make_or_use_a_key_alone(real: Settings) -> None:
    asked = replace(real, ask_officer=lambda _name, _new: OWN)
    with Store.open(real, writer=True) as store:
        records = store.log.records
        with pytest.raises(TallyError, match="own_passphrase_needed"):
            new_officer(store, NAME)
        assert store.log.records == records
    with Store.open(asked, writer=True) as store:
        new_officer(store, NAME)
        assert open_officer(store, NAME)[1] == NAME
    with Store.open(real) as store, pytest.raises(TallyError, match="own_passphrase_needed"):
        open_officer(store, NAME)
    knows_another = replace(real, ask_officer=lambda _name, _new: PASSPHRASE)
    with Store.open(knows_another) as store, pytest.raises(TallyError, match="wrong_passphrase"):
        open_officer(store, NAME)


def test_a_wrong_passphrase_names_where_that_of_the_very_key_comes_from(
    real: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLY_OFFICER_PASSPHRASE", OWN)
    with Store.open(real, writer=True) as store:
        new_officer(store, NAME)
    monkeypatch.setenv("TALLY_OFFICER_PASSPHRASE", "another one")
    with Store.open(real) as store:
        with pytest.raises(TallyError, match="wrong_passphrase") as deciding:
            open_officer(store, NAME)
        with pytest.raises(TallyError, match="wrong_passphrase") as cosigning:
            open_cosigner(store, NAME)
    for caught, variable in (
        (deciding.value, "TALLY_OFFICER_PASSPHRASE"),
        (cosigning.value, "TALLY_WITH_PASSPHRASE"),
    ):
        for said, remedy in zip(caught.text, caught.remedy, strict=True):
            assert NAME in said
            assert variable in remedy
            assert "TALLY_PASSPHRASE" not in remedy
            assert "--passphrase-file" not in remedy
    assert "TALLY_WITH_PASSPHRASE" not in deciding.value.remedy.en


def test_the_passphrase_of_who_signs_along_is_asked_for_by_its_own_name(real: Settings) -> None:
    asked = replace(real, ask_officer=lambda _name, _new: OWN)
    with Store.open(asked, writer=True) as store:
        new_officer(store, NAME)
    with Store.open(real) as store, pytest.raises(TallyError) as caught:
        open_cosigner(store, NAME)
    assert caught.value.code == "own_passphrase_needed"
    assert all("TALLY_WITH_PASSPHRASE" in remedy for remedy in caught.value.remedy)


def test_the_passphrase_of_the_workspace_is_not_an_officers_own(real: Settings) -> None:
    shared = replace(real, ask_officer=lambda _name, _new: PASSPHRASE)
    with Store.open(shared, writer=True) as store, pytest.raises(TallyError) as caught:
        new_officer(store, NAME)
    assert caught.value.code == "own_passphrase_needed"
    assert not list((real.folder / "keys").glob("*.key"))


def test_the_officer_is_asked_by_name_and_told_whether_the_key_is_new(real: Settings) -> None:
    asked: list[tuple[str, bool]] = []

    def ask(name: str, new: bool) -> str:  # noqa: FBT001 - as `Settings` has it
        asked.append((name, new))
        return OWN

    with Store.open(replace(real, ask_officer=ask), writer=True) as store:
        new_officer(store, NAME)
        open_officer(store, NAME)
    assert asked == [(NAME, True), (NAME, False)]


def test_a_name_is_registered_once_wherever_the_key_lies(
    real: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLY_OFFICER_PASSPHRASE", OWN)
    with Store.open(real, writer=True) as store:
        new_officer(store, NAME)
        with pytest.raises(TallyError, match="officer_registered"):
            new_officer(store, NAME, tmp_path / "second.key")


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("blank", [" ", "\t", "\u3000"])
def test_blanks_do_not_make_the_workspaces_passphrase_another(
    real: Settings, blank: str, *, before: bool
) -> None:
    own = f"{blank}{PASSPHRASE}" if before else f"{PASSPHRASE}{blank}"
    asked = replace(real, ask_officer=lambda _name, _new: own)
    with Store.open(asked, writer=True) as store, pytest.raises(TallyError) as caught:
        new_officer(store, NAME)
    assert caught.value.code == "own_passphrase_needed"


def test_width_does_not_make_the_workspaces_passphrase_another(real: Settings) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in PASSPHRASE)
    assert wide != PASSPHRASE
    asked = replace(real, ask_officer=lambda _name, _new: wide)
    with Store.open(asked, writer=True) as store, pytest.raises(TallyError) as caught:
        new_officer(store, NAME)
    assert caught.value.code == "own_passphrase_needed"


@pytest.mark.parametrize(
    ("own", "code"),
    [
        ("x", "own_passphrase_short"),
        ("seven77", "own_passphrase_short"),
        ("seven77     ", "own_passphrase_short"),
        ("        ", "own_passphrase_needed"),
    ],
)
def test_a_passphrase_has_eight_characters_beside_blanks(
    real: Settings, own: str, code: str
) -> None:
    asked = replace(real, ask_officer=lambda _name, _new: own)
    with Store.open(asked, writer=True) as store, pytest.raises(TallyError) as caught:
        new_officer(store, NAME)
    assert caught.value.code == code
    assert not list((real.folder / "keys").glob("*.key"))

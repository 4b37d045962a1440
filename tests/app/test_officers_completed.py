"""A registration of an officer that broke off is completed by doing it again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tallystick.app.officers import new_officer, open_officer
from tallystick.kernel.errors import TallyError
from tallystick.testing.disk import DiskFaultError, FaultyDisk

if TYPE_CHECKING:
    from tests.app.conftest import House

NAME = "Officer One"


def broken(empty: House) -> Path:
    """Break a registration off after its key file was written."""
    store = empty.opened(writer=True)
    disk = FaultyDisk(store.settings.disk, fail_at=2, lasting=True)
    store.settings = replace(store.settings, disk=disk)
    store.vault._disk = disk
    store.log._disk = disk
    with pytest.raises(DiskFaultError), store:
        new_officer(store, NAME)
    [file] = (empty.folder / "keys").glob("*.key")
    return file


def test_the_same_command_registers_the_key_that_was_written(empty: House) -> None:
    before = broken(empty).read_bytes()
    with empty.opened(writer=True) as store:
        made = new_officer(store, NAME)
        assert Path(made["path"]).read_bytes() == before
        key, name = open_officer(store, NAME)
    assert (name, key.verifier.text()) == (NAME, made["key"])


def test_what_is_registered_is_not_registered_twice(empty: House) -> None:
    broken(empty)
    with empty.opened(writer=True) as store:
        new_officer(store, NAME)
        with pytest.raises(TallyError, match="officer_exists"):
            new_officer(store, NAME)


def test_a_key_file_of_another_name_or_passphrase_is_not_taken_over(empty: House) -> None:
    file = broken(empty)
    with empty.opened(writer=True) as store:
        parties = store.trust.parties
        with pytest.raises(TallyError, match="officer_exists"):
            new_officer(store, "Officer Two", file)
        with pytest.raises(TallyError, match="wrong_passphrase"):
            new_officer(store, NAME, passphrase="another")  # noqa: S106 - it protects nothing
        file.write_bytes(b"not a key file")
        with pytest.raises(TallyError, match="officer_exists"):
            new_officer(store, NAME)
        assert store.trust.parties == parties

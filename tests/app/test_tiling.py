from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tallystick.app.tiling import export_tiles
from tallystick.kernel.errors import TallyError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.app.conftest import House

from .conftest import MEMBERS, years


def test_the_ledger_is_written_and_continued(small: House, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    with small.opened() as store:
        first = export_tiles(store, folder)
        again = export_tiles(store, folder)
        assert first["size"] == again["size"] == store.log.size
    small.deliver("association", [{**one, "year": "2024"} for one in years(MEMBERS)])
    with small.opened() as store:
        more = export_tiles(store, folder)
        checkpoint = store.log.checkpoint
    assert more["size"] > first["size"]
    assert checkpoint is not None
    assert (folder / "checkpoint").read_text(encoding="utf-8") == checkpoint.text()


def test_no_name_code_or_value_is_in_the_files(small: House, tmp_path: Path) -> None:
    with small.opened() as store:
        export_tiles(store, tmp_path / "public")
        names = store.index.subjects.names
    written = b"".join(f.read_bytes() for f in (tmp_path / "public").rglob("*") if f.is_file())
    assert not any(name.encode() in written for name in names if name)
    assert "样例".encode() not in written


def test_a_folder_of_something_else_is_left_alone(small: House, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    folder.mkdir()
    (folder / "letters.txt").write_text("mine", encoding="utf-8")
    with small.opened() as store, pytest.raises(TallyError, match="another_log"):
        export_tiles(store, folder)


def test_an_older_state_does_not_take_the_place_of_a_newer_one(
    small: House, tmp_path: Path
) -> None:
    """The operator puts a backup back, and what it published since would no longer be there."""
    (tmp_path / "older").mkdir()
    older = small.copied(tmp_path / "older" / "workspace")
    small.deliver("association", [{**one, "year": "2024"} for one in years(MEMBERS)])
    folder = tmp_path / "public"
    with small.opened() as store:
        export_tiles(store, folder)
    before = (folder / "checkpoint").read_bytes()
    with older.opened() as store, pytest.raises(TallyError, match="another_log"):
        export_tiles(store, folder)
    assert (folder / "checkpoint").read_bytes() == before

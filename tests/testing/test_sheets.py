"""A file while it is filled counts what a reader must make of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tallystick.testing.sheets import Sheet


def test_each_kind_of_row_is_counted_as_what_it_is(tmp_path: Path) -> None:
    sheet = Sheet("a.csv", "roster", ("name", "code"))
    sheet.accept({"name": "甲样例", "code": "1"}, facts=2, grants=1)
    sheet.repeat({"name": "甲样例", "code": "1"}, facts=2, grants=1)
    sheet.correct({"name": "甲样例", "code": "2"})
    sheet.refuse({"name": "乙样例"}, "no_uscc")
    sheet.shift_and_refuse({"name": "丙样例", "code": "3"}, "bad_uscc")
    file = sheet.write(tmp_path)
    assert (file.rows, file.accepted, file.grants) == (5, 4, 1)
    assert (file.duplicate, file.superseded) == (3, 1)
    assert file.refused == {"bad_uscc": 1, "no_uscc": 1}
    assert (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()[-1] == ",丙样例"


def test_a_column_the_file_does_not_have_is_an_error() -> None:
    with pytest.raises(KeyError, match="colour"):
        Sheet("a.csv", "roster", ("name",)).accept({"colour": "红"})

from __future__ import annotations

from pathlib import Path

import pytest

from tallystick.cli.syntax import WrongWordError, codes, date, path, whole


def test_a_date_is_an_iso_day_that_exists() -> None:
    assert date("2026-06-30") == "2026-06-30"
    for wrong in ("2026-02-30", "20260630", "30.6.2026", "", "today", "2026-W01-1"):
        with pytest.raises(WrongWordError):
            date(wrong)


def test_a_number_is_whole_and_at_least_one() -> None:
    assert whole("1000000") == 1_000_000
    for wrong in ("0", "-1", "1.5", "1e3", "", "９", "9" * 10_000):
        with pytest.raises(WrongWordError):
            whole(wrong)


def test_codes_are_split_at_commas_of_either_script() -> None:
    assert codes("tax,honour") == ("tax", "honour")
    assert codes(" tax ，honour ,") == ("tax", "honour")
    with pytest.raises(WrongWordError):
        codes(" , ")


def test_a_path_may_begin_at_home() -> None:
    assert path("~/x") == Path.home() / "x"
    with pytest.raises(WrongWordError):
        path("")

from __future__ import annotations

import io

import pytest

from tallystick.cli.cells import width
from tallystick.cli.screen import Screen
from tallystick.cli.tables import Cell, Column, show_table

COLUMNS = [
    Column("名称", flexible=True),
    Column("得分", right=True),
    Column("灯"),
]
ROWS: list[list[Cell | str]] = [
    ["一家名字很长很长的虚构样例科技有限公司", "72.5", Cell("● 红", "red")],
    ["短名", "100", Cell("● 绿", "green")],
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(cells: int, monkeypatch: pytest.MonkeyPatch, *, terminal: bool = False) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(cells))
    out = Terminal() if terminal else io.StringIO()
    show_table(Screen("zh", out=out, err=io.StringIO()), COLUMNS, ROWS)
    return out.getvalue().splitlines()


@pytest.mark.parametrize("cells", [40, 50, 80, 120])
def test_no_line_is_wider_than_the_screen_and_nothing_is_cut(
    cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = shown(cells, monkeypatch)
    assert all(width(line) <= cells for line in lines)
    assert "".join(line.split("  ")[0] for line in lines[1:3]).startswith("一家名字很长很长")


def test_numbers_end_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(80, monkeypatch)
    numbers = ("得分", "72.5", "100")
    ends = {
        width(line[: line.index(number) + len(number)])
        for line, number in zip(lines, numbers, strict=True)
    }
    assert len(ends) == 1


def test_colours_move_no_column(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = shown(80, monkeypatch)
    painted = shown(80, monkeypatch, terminal=True)
    stripped = [
        line.replace("\033[31m", "").replace("\033[32m", "").replace("\033[1m", "")
        for line in painted
    ]
    assert [line.replace("\033[0m", "") for line in stripped] == plain


def test_a_table_without_rows_shows_nothing() -> None:
    out = io.StringIO()
    show_table(Screen("en", out=out, err=io.StringIO()), COLUMNS, [])
    assert not out.getvalue()

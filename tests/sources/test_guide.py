from __future__ import annotations

from pathlib import Path

from tallystick.sources.guide import guide
from tallystick.sources.profiles import SOURCES, profile_of

PAGE = Path(__file__).parents[2] / "docs" / "sources.md"


def test_the_page_says_what_the_tables_say() -> None:
    assert PAGE.read_text("utf-8") == guide(), (
        "python -m tallystick.sources.guide > docs/sources.md"
    )


def test_every_column_is_on_the_page_with_its_names_and_unit() -> None:
    page = PAGE.read_text("utf-8")
    for source in SOURCES:
        for column in profile_of(source).columns:
            assert f"| {column.names.zh} / {column.names.en} | `{column.code}` |" in page
            assert all(f"`{choice.value}`" in page for choice in column.choices)


def test_a_changed_table_would_be_seen() -> None:
    assert guide().replace("万元", "元") != guide()

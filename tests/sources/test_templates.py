from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from tallystick.kernel.errors import TallyError
from tallystick.sources import SOURCES, interpret, open_source, profile_of, write_template
from tallystick.sources.headers import is_personal
from tallystick.sources.templates import choices_of, template_columns

from .conftest import take

LANGUAGES = ["zh", "en"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", SOURCES)
class TestEveryTemplate:
    def test_imports_without_a_problem_as_it_is(
        self, source: str, language: str, tmp_path: Path
    ) -> None:
        path = tmp_path / "t.xlsx"
        write_template(source, path, language)
        taken = take(path, source)
        assert taken.problems == []
        assert taken.refused == taken.dropped == {}
        assert taken.drafts
        assert {entry.fate for entry in taken.reader.mapping.entries} == {"read"}

    def test_its_example_row_is_taken_and_warned_of(
        self, source: str, language: str, tmp_path: Path
    ) -> None:
        path = tmp_path / "t.xlsx"
        write_template(source, path, language)
        [chunk] = open_source(path, source).chunks()
        read = interpret(chunk)
        assert read.drafts
        assert [(p.code, p.line) for p in read.problems] == [("example_row", 2)]
        assert "tally retract" in read.problems[0].remedy.in_language(language)
        assert not read.refused

    def test_imports_without_a_problem_when_filled_in(
        self, source: str, language: str, tmp_path: Path
    ) -> None:
        path = tmp_path / "t.xlsx"
        write_template(source, path, language)
        book = load_workbook(path)
        sheet = book.worksheets[0]
        columns = template_columns(profile_of(source))
        choices = [choices_of(column, language) for column in columns]
        depth = max([2, *map(len, choices)])
        if source in ("honours", "tax"):
            depth = 1  # there the level belongs to the kind
        for turn in range(depth):
            row = [
                offered[turn % len(offered)]
                if offered and column.kind != "party"
                else sheet.cell(2, place).value
                for place, (column, offered) in enumerate(zip(columns, choices, strict=True), 1)
            ]
            if source == "association":
                start = [column.code for column in columns].index("breach_document")
                row[start : start + 5] = [
                    "示协决〔2025〕2号",
                    "2025-08-01",
                    "公约第三条",
                    row[start + 3],
                    3,
                ]
            sheet.append(row)
        book.save(path)
        taken = take(path, source)
        assert taken.problems == []
        assert len(taken.drafts) >= 1 + depth

    def test_asks_for_nothing_personal(self, source: str, language: str, tmp_path: Path) -> None:
        path = tmp_path / "t.xlsx"
        write_template(source, path, language)
        heads = [str(cell.value) for cell in load_workbook(path).worksheets[0][1]]
        by_the_court = [head for head in heads if "被执行人姓名" in head or "身份证号码/" in head]
        assert [h for h in heads if is_personal(h) and h not in by_the_court] == []

    def test_offers_lists_a_frozen_header_and_an_explanation_of_every_column(
        self, source: str, language: str, tmp_path: Path
    ) -> None:
        path = tmp_path / "t.xlsx"
        write_template(source, path, language)
        sheet, guide = load_workbook(path).worksheets
        columns = template_columns(profile_of(source))
        assert sheet.freeze_panes == "A2"
        offered = [column for column in columns if choices_of(column, language)]
        assert len(sheet.data_validations.dataValidation) == len(offered)
        for validation in sheet.data_validations.dataValidation:
            assert len(validation.formula1) <= 257  # what a spreadsheet accepts, quotes included
        heads = [cell.value for cell in sheet[1]]
        for column, head in zip(columns, heads, strict=True):
            assert set(str(head).split("\n")) == {column.names.zh, column.names.en}
        explained = [row[2].value for row in guide.iter_rows(min_row=5)]
        assert explained == [column.code for column in columns]


def test_the_language_comes_first_in_the_header(tmp_path: Path) -> None:
    for language, first in (("zh", "企业名称"), ("en", "Name of the organisation")):
        write_template("roster", tmp_path / "t.xlsx", language)
        head = load_workbook(tmp_path / "t.xlsx").worksheets[0]["A1"].value
        assert str(head).split("\n")[0] == first


def test_there_is_no_template_for_an_unknown_source(tmp_path: Path) -> None:
    with pytest.raises(TallyError, match="unknown_source"):
        write_template("people", tmp_path / "t.xlsx", "zh")


@pytest.mark.parametrize("source", SOURCES)
def test_units_choices_and_yes_and_no_are_in_the_language_asked_for(
    source: str, tmp_path: Path
) -> None:
    write_template(source, tmp_path / "t.xlsx", "en")
    sheet, guide = load_workbook(tmp_path / "t.xlsx").worksheets
    columns = template_columns(profile_of(source))
    for place, column in enumerate(columns, 1):
        if column.kind in ("boolean", "enum", "party") or column.code == "consent_categories":
            assert str(sheet.cell(2, place).value or "").isascii()
    for row in guide.iter_rows(min_row=5, values_only=True):
        unit, choices = str(row[5] or ""), str(row[6] or "")
        assert choices.isascii()
        assert not unit or unit[0].isascii()

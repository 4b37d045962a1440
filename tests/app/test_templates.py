from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tallystick.app import templates
from tallystick.app.importing import import_files
from tallystick.kernel.errors import TallyError

if TYPE_CHECKING:
    from tests.app.conftest import House


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("source", templates.SOURCES)
def test_an_untouched_template_can_be_imported_and_its_example_is_taken_or_left_out(
    small: House, tmp_path: Path, source: str, language: str
) -> None:
    """Whoever fills a template in must not have to take anything out of it."""
    file = tmp_path / "template.xlsx"
    templates.write(source, file, language)
    with small.opened() as store:
        report = import_files(store, [file], source, dry_run=True)
    assert [problem.code for problem in report.problems if problem.code == "columns_missing"] == []
    assert report.failed == []


def test_a_template_of_an_unknown_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TallyError, match="unknown_source"):
        templates.write("gossip", tmp_path / "x.xlsx", "zh")
    assert not (tmp_path / "x.xlsx").exists()


def test_a_template_names_its_columns_in_the_language_asked_for(tmp_path: Path) -> None:
    for language, heading in (("zh", "统一社会信用代码"), ("en", "unified social credit code")):
        file = tmp_path / f"{language}.xlsx"
        templates.write("roster", file, language)
        sheet = openpyxl.load_workbook(file).worksheets[0]
        said = [str(cell.value) for row in sheet.iter_rows(max_row=8) for cell in row]
        assert any(heading in one.lower() for one in said)

"""Questionnaires as weights of columns: all of them or nothing, and the card keeps them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tallystick.app.models.fitting import FitRequest, fit
from tallystick.kernel.errors import TallyError
from tallystick.publication.model.panel import panel

TABLE = "solvency,filings\n" + "".join(f"{at % 7}.{at:02d},{at * 3 % 11}\n" for at in range(60))
SHEET = "column,shape\nsolvency,rising\nfilings,falling\n"


def asked(folder: Path, *answers: str) -> tuple[Path, FitRequest]:
    table, sheet = folder / "table.csv", folder / "columns.csv"
    table.write_text(TABLE, encoding="utf-8")
    sheet.write_text(SHEET, encoding="utf-8")
    files = []
    for at, judgment in enumerate(answers):
        files.append(folder / f"expert{at}.csv")
        told = f",solvency,filings\nsolvency,1,{judgment}\nfilings,,1\n"
        files[-1].write_text(told, encoding="utf-8")
    return table, FitRequest(columns=sheet, answers=tuple(files), name="weighed")


def test_the_card_and_its_page_say_who_weighed_it_and_how_consistently(tmp_path: Path) -> None:
    card, told = fit(*asked(tmp_path, "3", "3"))
    assert card.route == "ahp"
    kept = card.record["weighing"]
    assert told["weighing"] == kept
    assert kept["weights"] == [["solvency", "0.750000"], ["filings", "0.250000"]]
    assert len(kept["answers"]["experts"]) == 2
    assert not kept["testable"]  # two items, one judgment
    reach = {term.variables[0]: max(term.points) - min(term.points) for term in card.terms}
    assert reach == {"solvency": 750, "filings": 250}
    for language in ("zh", "en"):
        blocks = str(panel(card, language))
        assert "0.750000" in blocks
        assert kept["digest"][:4] in blocks


def test_an_answer_that_cannot_be_counted_stops_the_fit(tmp_path: Path) -> None:
    with pytest.raises(TallyError) as refused:
        fit(*asked(tmp_path, "3", "33"))
    assert refused.value.code == "answers_left_out"
    assert "expert1.csv" in refused.value.text.en

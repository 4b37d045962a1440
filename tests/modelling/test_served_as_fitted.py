"""A file scored says what the same file said in the fit: marks, spaces, codes, encodings."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from pyarrow import parquet

from tallystick.app.models.scoring import score
from tallystick.kernel.errors import TallyError
from tallystick.modelling.fitting import scores_of
from tallystick.modelling.reading import read_file
from tallystick.scorecards import scoring
from tallystick.scorecards.document import Axis, Card, Term, Variable

ROWS = (
    ("1.5", "A", "1.0", " X"),
    ("?", "?", "2.0", "Y"),
    (" -3 ", "无", "1.0", "Z "),
    ("n/a", "-", "3", "X"),
    ("7", "NA", "2.0", "None"),
    ("1e3", "B", "", "Y"),
)
NAMES = ("margin", "sector", "code", "status")


def axis(name: str, *groups: str) -> Axis:
    return Axis(name, "category", groups=tuple((one,) for one in groups))


CARD = Card(
    "served",
    "logistic",
    "points",
    (Variable("margin", "number"), *(Variable(name, "category") for name in NAMES[1:])),
    (
        Term((Axis("margin", "number", thresholds=("0.0", "5.0")),), (1, 2, 3, 9)),
        Term((axis("sector", "A", "B"),), (10, 20, 30, 90)),
        Term((axis("code", "1", "2"),), (100, 200, 300, 900)),
        Term((axis("status", "X", "Y", "Z"),), (1000, 2000, 3000, 4000, 9000)),
    ),
)
WANTED = [1112, 2239, 3131, 1939, 4233, 2323]


def written(path: Path, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as opened:
        csv.writer(opened, delimiter=delimiter).writerows([NAMES, *ROWS])
    return path


def scored(file: Path) -> list[int]:
    sink = file.with_suffix(".out")
    score(CARD, file, sink, reasons=False)
    found: list[int] = parquet.read_table(sink).column("score").to_pylist()
    return found


def fitted(file: Path) -> NDArray[np.int64]:
    return scores_of(CARD, read_file(file, categories=["code"]).table)[0]


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8", ","), ("gb18030", ","), ("utf-8-sig", ";")]
)
def test_a_file_of_rows_is_scored_as_it_was_read_for_the_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, delimiter: str
) -> None:
    monkeypatch.setattr(scoring, "WRITTEN_ROWS", 4)
    file = written(tmp_path / "rows.csv", encoding, delimiter)
    assert scored(file) == WANTED == fitted(file).tolist()


def test_texts_of_parquet_are_scored_as_they_were_read_for_the_fit(tmp_path: Path) -> None:
    columns = dict(zip(NAMES, map(pa.array, zip(*ROWS, strict=True)), strict=True))
    columns["code"] = pa.array([1.0, 2.0, 1.0, 3.0, 2.0, None])
    file = tmp_path / "rows.parquet"
    parquet.write_table(pa.table(columns), file)
    assert scored(file) == WANTED == fitted(file).tolist()


def test_truth_values_are_the_numbers_they_were_in_the_fit(tmp_path: Path) -> None:
    truth = pa.array([True, False, None])
    others = {name: pa.array(["", "", ""]) for name in NAMES[1:]}
    file = tmp_path / "rows.parquet"
    parquet.write_table(pa.table({"margin": truth, **others}), file)
    assert [one % 10 for one in scored(file)] == [2, 1, 9]


SIGNED = ("1,500%", "-3%", "１２．５％", "?")
"""15, -0.03, 0.125, missing"""


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_percent_and_thousands_are_scored_as_they_were_fitted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(scoring, "WRITTEN_ROWS", 2)
    file = tmp_path / f"rows.{ending}"
    held = {"margin": pa.array(SIGNED)} | {name: pa.array(list("XYXY")) for name in NAMES[1:]}
    if ending == "parquet":
        parquet.write_table(pa.table(held), file)
    else:
        with file.open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows(
                [NAMES, *((one, *[other] * 3) for one, other in zip(SIGNED, "XYXY", strict=True))]
            )
    assert [one % 10 for one in scored(file)] == [3, 1, 2, 9]
    assert scored(file) == fitted(file).tolist()


def test_percent_signs_in_some_rows_are_refused_however_far_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "WRITTEN_ROWS", 2)
    file = tmp_path / "rows.csv"
    lines = [",".join(NAMES), *(f"{one},X,X,X" for one in ("3%", "4%", "?", "?", "5", "6"))]
    file.write_text("\n".join(lines), "utf-8")
    for reading in (scored, fitted):
        with pytest.raises(TallyError) as refused:
            reading(file)
        assert refused.value.code == "some_percent"


def test_what_only_looks_like_a_number_is_not_scored(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("margin,sector,code,status\n￥5,X,X,X\n", "utf-8")
    with pytest.raises(TallyError, match="wrong_type"):
        scored(file)


def test_a_row_that_cannot_be_read_is_refused_and_not_left_out(tmp_path: Path) -> None:
    file = written(tmp_path / "rows.csv")
    file.write_text(file.read_text("utf-8") + "1,A\n", "utf-8")
    with pytest.raises(TallyError, match="broken_row"):
        scored(file)

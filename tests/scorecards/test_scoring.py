"""Files of organisations: the same integers as the reference, in order, whatever the types."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import csv, parquet

from tallystick.kernel.errors import TallyError
from tallystick.scorecards import scoring
from tallystick.scorecards.document import NUMBER, Card
from tallystick.scorecards.interpreting import Interpreter
from tallystick.scorecards.reasons import Reasoner, ranked
from tallystick.scorecards.scoring import score_file
from tallystick.testing.cards import random_card, random_rows

CARD = random_card(11)


def table_of(card: Card, rows: list[dict[str, Any]]) -> pa.Table:
    made = {
        one.name: pa.array(
            [row[one.name] for row in rows], pa.float64() if one.kind == NUMBER else pa.string()
        )
        for one in card.variables
    }
    return pa.table(made | {"id": pa.array(range(len(rows)))})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(scoring, "BATCH_ROWS", 64)
    return tmp_path


@pytest.mark.parametrize("group", [100, 20])  # few groups in turn, many side by side
def test_scores_and_reasons_of_a_file_are_those_of_the_reference(folder: Path, group: int) -> None:
    rows = random_rows(CARD, 5, 300)
    parquet.write_table(table_of(CARD, rows), folder / "rows.parquet", row_group_size=group)
    done: list[tuple[int, int]] = []
    count = score_file(
        CARD,
        folder / "rows.parquet",
        folder / "out.parquet",
        keep=["id"],
        progress=lambda _, now, total: done.append((now, total)),
    )
    found = parquet.read_table(folder / "out.parquet").to_pylist()
    assert count == len(found) == 300
    assert done[-1] == (300, 300)
    interpreter, reasoner = Interpreter(CARD), Reasoner(CARD)
    for at, (row, out) in enumerate(zip(rows, found, strict=True)):
        reading = interpreter.one(row)
        reasons = [one.variable for one in ranked(reasoner.one(row))]
        pd = None if reading.pd_ppm is None else reading.pd_ppm / 1e6
        assert out == {"id": at, "score": reading.score, "pd": pd, "reasons": reasons}


def test_a_csv_file_says_the_same_as_its_parquet(folder: Path) -> None:
    rows = [row for row in random_rows(CARD, 6, 200) if "" not in row.values()]
    table = table_of(CARD, rows)
    parquet.write_table(table, folder / "rows.parquet")
    csv.write_csv(table, folder / "rows.csv")
    for kind in ("parquet", "csv"):
        score_file(CARD, folder / f"rows.{kind}", folder / f"{kind}.out", reasons=False)
    assert parquet.read_table(folder / "csv.out").equals(parquet.read_table(folder / "parquet.out"))


def test_other_types_of_the_same_values_score_the_same(folder: Path) -> None:
    rows = random_rows(CARD, 7, 80)
    for row in rows:
        for one in CARD.variables:
            if one.kind == NUMBER:
                value = row[one.name]
                row[one.name] = float(round(value)) if value and abs(value) < 100 else None
    table = table_of(CARD, rows)
    parquet.write_table(table, folder / "plain.parquet")
    score_file(CARD, folder / "plain.parquet", folder / "plain.out")
    for kind in (pa.int64(), pa.float32(), pa.decimal128(9, 2), pa.int8()):
        for one in CARD.variables:
            at = table.column_names.index(one.name)
            if one.kind == NUMBER:
                table = table.set_column(at, one.name, table.column(one.name).cast(kind))
            else:
                text = table.column(one.name).cast(pa.large_string())
                table = table.set_column(at, one.name, text)
        parquet.write_table(table, folder / "other.parquet")
        score_file(CARD, folder / "other.parquet", folder / "other.out")
        assert parquet.read_table(folder / "other.out").equals(
            parquet.read_table(folder / "plain.out")
        )


@pytest.mark.parametrize("group", [100, 20])
def test_a_kept_category_with_spaces_around_it_further_down_is_written(
    folder: Path, group: int
) -> None:
    table = table_of(CARD, random_rows(CARD, 5, 300))
    one = next(one for one in CARD.variables if one.kind != NUMBER)
    known = next(
        text
        for term in CARD.terms
        for axis in term.axes
        for text in axis.places
        if axis.variable == one.name
    )
    texts = pa.array([known] * 290 + [f" {known} "] * 10)
    at = table.schema.get_field_index(one.name)
    file = folder / "rows.parquet"
    parquet.write_table(table.set_column(at, one.name, texts), file, row_group_size=group)
    assert score_file(CARD, file, folder / "out.parquet", keep=[one.name]) == 300
    found = parquet.read_table(folder / "out.parquet").column(one.name).to_pylist()
    assert found == [known] * 300


def test_percent_signs_that_come_later_in_a_file_of_many_groups_are_seen(folder: Path) -> None:
    table = table_of(CARD, random_rows(CARD, 5, 300))
    name = next(one.name for one in CARD.variables if one.kind == NUMBER)
    at = table.schema.get_field_index(name)
    for late, fault in (("1%", "some_percent"), ("2", "")):
        texts = pa.array(["1"] * 290 + [late] * 10)
        file = folder / "rows.parquet"
        parquet.write_table(table.set_column(at, name, texts), file, row_group_size=20)
        if fault:
            with pytest.raises(TallyError, match=fault):
                score_file(CARD, file, folder / "out.parquet")
        else:
            assert score_file(CARD, file, folder / "out.parquet") == 300


def test_a_file_without_rows_gives_a_file_without_scores(folder: Path) -> None:
    parquet.write_table(table_of(CARD, []), folder / "rows.parquet")
    assert score_file(CARD, folder / "rows.parquet", folder / "out.parquet") == 0
    assert parquet.read_table(folder / "out.parquet").column_names == ["score", "pd", "reasons"]


def refusal(folder: Path, table: pa.Table, **options: Any) -> str:
    parquet.write_table(table, folder / "bad.parquet")
    with pytest.raises(TallyError) as caught:
        score_file(CARD, folder / "bad.parquet", folder / "out.parquet", **options)
    return caught.value.code


def test_a_file_that_does_not_fit_the_card_is_refused(folder: Path) -> None:
    table = table_of(CARD, random_rows(CARD, 8, 10))
    name = next(one.name for one in CARD.variables if one.kind == NUMBER)
    at = table.column_names.index(name)
    assert refusal(folder, table.drop_columns([name])) == "value_absent"
    texts = table.set_column(at, name, pa.array(["1.5"] * 9 + ["high"]))
    assert refusal(folder, texts) == "column_of_wrong_type"
    days = table.set_column(at, name, pa.array([date(2026, 1, 1)] * 10))
    assert refusal(folder, days) == "column_of_wrong_type"
    assert refusal(folder, table, keep=["nobody"]) == "value_absent"
    scored = table.append_column("score", pa.array(range(10)))
    assert refusal(folder, scored, keep=["score"]) == "name_taken"


@pytest.mark.parametrize("group", [300, 20])
@pytest.mark.parametrize("cut", [0, 4, 0.5])
def test_a_damaged_file_is_refused_by_name(folder: Path, cut: float, group: int) -> None:
    file = folder / "rows.parquet"
    table = table_of(CARD, random_rows(CARD, 9, 300))
    parquet.write_table(table, file, row_group_size=group)
    data = file.read_bytes()
    if cut == 0.5:  # the pages broken, the footer whole
        file.write_bytes(b"PAR1" + b"\xff" * 3000 + data[3004:])
    else:
        file.write_bytes(data[: int(cut)])
    with pytest.raises(TallyError, match="not_a_table") as refused:
        score_file(CARD, file, folder / "out.parquet")
    assert re.findall(r"[A-Za-z]+ [A-Za-z]+", refused.value.text.zh) == []  # nothing of Arrow

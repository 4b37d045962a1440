from __future__ import annotations

import pickle
import tracemalloc
from pathlib import Path

import pytest

from tallystick.kernel.errors import TallyError
from tallystick.sources import open_source
from tallystick.sources.profiles import PERSONAL, SOURCES, profile_of

from .conftest import Read, Write, csv_text, example, take

MARK = "MKZXQWER"
PERSONAL_HEADERS = ["手机号", "联系电话", "身份证号", "银行卡号", "联系人姓名", "XX_SFZH", "E-mail"]


def personal_headers(source: str) -> list[str]:
    """Every personal column of a source under each of its names, and headers no table names."""
    columns = [column for column in profile_of(source).columns if column.kind == PERSONAL]
    return [*(column.code for column in columns), *PERSONAL_HEADERS]


@pytest.mark.parametrize("source", SOURCES)
def test_personal_cells_never_leave_the_reader_and_are_counted(source: str, write: Write) -> None:
    headers = personal_headers(source)
    marks = {header: f"{MARK}{place}" for place, header in enumerate(headers)}
    path = write(example(source) | marks, example(source) | dict.fromkeys(headers, ""))
    reader = open_source(path, source)
    chunks = list(reader.chunks())
    assert sum(len(chunk.rows) for chunk in chunks) == 2
    everything = (
        chunks,
        reader.problems,
        reader.dropped,
        reader.refused,
        reader.mapping_document(),
    )
    assert MARK not in repr(everything)
    assert sum(reader.dropped.values()) == len(headers)
    known = [column.code for column in profile_of(source).columns if column.kind == PERSONAL]
    assert set(known) <= reader.dropped.keys()


@pytest.mark.parametrize("source", SOURCES)
def test_only_mapped_columns_leave_the_reader(source: str, write: Write) -> None:
    path = write({"随便一列": MARK} | example(source) | {"BZZ": MARK, "Unnamed: 3": MARK})
    reader = open_source(path, source)
    assert MARK not in repr(list(reader.chunks()))


def test_columns_may_come_in_any_order(read: Read, penalty: dict[str, str]) -> None:
    shuffled = dict(reversed(penalty.items()))
    assert read("penalties", penalty).only().data == read("penalties", shuffled).only().data


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("source", SOURCES)
def test_headers_in_either_language_are_the_same_columns(
    source: str, language: str, read: Read
) -> None:
    column = profile_of(source).column
    row = example(source)
    named = {column(code).names.in_language(language): cell for code, cell in row.items()}
    assert read(source, named).drafts == read(source, row).drafts


@pytest.mark.parametrize("party", ["01", "1", "自然人"])
def test_rows_about_people_are_refused_in_the_reader(
    party: str, write: Write, penalty: dict[str, str]
) -> None:
    person = penalty | {"CF_XDR_LB": party, "CF_XDR_MC": MARK, "CF_WSH": MARK}
    reader = open_source(write(person, penalty), "penalties")
    (chunk,) = reader.chunks()
    assert chunk.lines == (3,)
    assert reader.refused == {"natural_person": 1}
    assert [(p.line, p.code) for p in reader.problems] == [(2, "natural_person")]
    assert MARK not in repr((chunk, reader.problems))


def test_debtors_who_are_people_are_refused_in_the_reader(write: Write) -> None:
    person = example("judgment-debtors", partyTypeName="0", cardNum="", sexy="女", age="30")
    stray = example("judgment-debtors", partyTypeName="1", cardNum="319999184506120011")
    reader = open_source(write(person, stray | {"sexy": "", "age": ""}), "judgment-debtors")
    assert list(reader.chunks()) == []
    assert reader.refused == {"natural_person": 2}


def test_a_refused_column_is_a_problem_once_with_its_class(read: Read) -> None:
    rows = [example("roster") | {"宗教信仰": MARK, "血型": MARK}] * 3
    taken = read("roster", *rows)
    found = [p for p in taken.problems if p.code == "refused_column"]
    assert [problem.field for problem in found] == ["religion", "blood_type"]
    assert "宗教" in found[0].message.zh
    assert "14" in found[0].message.en
    assert MARK not in repr(taken.problems + taken.drafts)
    assert len(taken.drafts) == 3


def test_a_row_with_a_cell_too_many_is_refused_since_its_cells_have_slipped(
    tmp_path: Path, penalty: dict[str, str]
) -> None:
    header, row, _ = csv_text([penalty]).split("\n")
    path = tmp_path / "a.csv"
    path.write_text(
        "\n".join((header, f"{row},x", f"{row},,", row, row.rsplit(",", 1)[0])), "utf-8"
    )
    taken = take(path, "penalties")
    assert taken.refused == {"row_shape": 1}
    assert [draft.line for draft in taken.drafts] == [3, 4, 5]


def test_lines_are_those_of_the_file(write: Write, penalty: dict[str, str]) -> None:
    rows = [penalty | {"CF_SY": "第一行\n第二行\n第三行"}, penalty, penalty | {"CF_JDRQ": "?"}]
    taken = take(write(*rows), "penalties")
    assert [draft.line for draft in taken.drafts] == [2, 5]
    assert [(p.line, p.field, p.code) for p in taken.problems] == [(6, "CF_JDRQ", "bad_date")]


def test_blank_rows_are_no_rows(read: Read, penalty: dict[str, str]) -> None:
    blank = dict.fromkeys(penalty, "")
    taken = read("penalties", penalty, blank, blank | {"CF_WSH": "  "}, penalty)
    assert len(taken.drafts) == 2
    assert taken.problems == []


def test_missing_columns_are_named_before_any_row_is_read(
    write: Write, penalty: dict[str, str]
) -> None:
    del penalty["CF_XDR_SHXYM"], penalty["CF_JDRQ"]
    reader = open_source(write(penalty), "penalties")
    assert "CF_WSH" in reader.mapping_document()
    with pytest.raises(TallyError, match="columns_missing") as caught:
        list(reader.chunks())
    assert "CF_JDRQ" in caught.value.text.en
    assert "处罚决定日期" in caught.value.text.zh


def test_an_open_unit_is_refused_until_the_mapping_says_it(write: Write, tmp_path: Path) -> None:
    row = example("roster")
    row["注册资本"] = row.pop("registered_capital")
    del row["paid_in_capital"]
    path = write(row)
    taken = take(path, "roster")
    assert taken.refused == {"unit_unknown": 1}
    [problem] = taken.problems
    assert (problem.line, problem.field) == (2, "registered_capital")
    assert "注册资本" in problem.message.zh
    assert "--map" in problem.remedy.en
    document = open_source(path, "roster").mapping_document()
    reviewed = tmp_path / "map.yaml"
    for unit, yuan in (("元", "1000"), ("万元", "10000000")):
        reviewed.write_text(document.replace("unit: '?'", f"unit: {unit}"), "utf-8")
        assert take(path, "roster", reviewed).only().data["registered_capital"] == yuan


def test_a_unit_in_every_cell_settles_what_the_header_leaves_open(write: Write) -> None:
    row = example("roster")
    row["注册资本"] = row.pop("registered_capital")
    del row["paid_in_capital"]
    rows = [row | {"注册资本": cell} for cell in ("500万元", "", "3,000元", "12", "很多")]
    taken = take(write(*rows), "roster")
    capitals = [draft.data.get("registered_capital") for draft in taken.drafts]
    assert capitals == ["5000000", None, "3000"]
    assert [(p.line, p.code) for p in taken.problems] == [(5, "unit_unknown"), (6, "bad_amount")]


def test_a_file_without_any_known_header_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("甲乙,31999918450612001X\n丙,2\n", "utf-8")
    reader = open_source(path, "roster")
    assert "31999918450612001X" not in reader.mapping_document()
    with pytest.raises(TallyError, match="no_header") as caught:
        list(reader.chunks())
    assert "31999918450612001X" not in str(caught.value)


def test_rows_come_in_chunks_that_travel_between_processes(
    write: Write, penalty: dict[str, str]
) -> None:
    path = write(*[penalty | {"CF_WSH": f"示罚〔2026〕{n}号"} for n in range(25)])
    chunks = list(open_source(path, "penalties").chunks(rows_max=10))
    assert [len(chunk.rows) for chunk in chunks] == [10, 10, 5]
    assert pickle.loads(pickle.dumps(chunks)) == chunks  # noqa: S301


def test_a_large_file_is_never_whole_in_memory(write: Write, penalty: dict[str, str]) -> None:
    path = write(*[penalty | {"CF_SY": "长" * 400}] * 8_000)
    tracemalloc.start()
    for chunk in open_source(path, "penalties").chunks(rows_max=500):
        assert chunk.rows
        del chunk
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < path.stat().st_size / 3


def test_an_unknown_source_is_refused(write: Write, penalty: dict[str, str]) -> None:
    with pytest.raises(TallyError, match="unknown_source"):
        open_source(write(penalty), "persons")


def test_files_are_closed_when_all_chunks_are_taken(write: Write, penalty: dict[str, str]) -> None:
    reader = open_source(write(penalty), "penalties")
    list(reader.chunks())
    reader.close()
    assert reader.rows == 1


def test_an_error_drags_no_content_of_the_file_behind_it(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(f'[{{"CF_FRDB": "{MARK}", broken', "utf-8")
    with pytest.raises(TallyError, match="unreadable") as caught:
        open_source(path, "penalties")
    error: BaseException | None = caught.value
    assert error is not None
    assert error.__suppress_context__
    assert error.__cause__ is None
    assert MARK not in str(error)

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from tallystick.kernel.identifiers import make_uscc
from tallystick.rulebook.catalogue import catalogue
from tallystick.sources import RawChunk, interpret, open_source
from tallystick.sources.masking import MASK
from tallystick.sources.profiles import SOURCES, profile_of

from .conftest import COMPANY, Read, Write, example, take

MARK = "MKZXQWER"
ID = "31999918450612001X"


@pytest.mark.parametrize("source", SOURCES)
def test_the_example_of_every_source_yields_facts_the_catalogue_accepts(
    source: str, read: Read
) -> None:
    taken = read(source, example(source))
    assert taken.problems == []
    assert taken.drafts
    for draft in taken.drafts:
        assert draft.item in profile_of(source).items
        assert catalogue().validate(draft.item, draft.data) == ()
        assert draft.subject == COMPANY
        assert draft.key
        assert draft.line == 2


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("CF_XDR_SHXYM", "", "no_uscc"),
        ("CF_XDR_SHXYM", "  ", "no_uscc"),
        ("CF_XDR_SHXYM", COMPANY[:-1] + "0", "bad_uscc"),
        ("CF_XDR_SHXYM", COMPANY[1:] + COMPANY[0], "bad_uscc"),
        ("CF_XDR_SHXYM", ID, "natural_person"),
        ("CF_XDR_SHXYM", make_uscc("91810000", 7), "outside_territory"),
        ("CF_WSH", "", "empty_cell"),
        ("CF_WSH", "/", "empty_cell"),
        ("CF_JDRQ", "2026/13/01", "bad_date"),
        ("CF_YXQ", "2026-02-30", "bad_date"),
        ("CF_NR_FK", "二千元", "bad_amount"),
        ("CF_NR_FK", "-0.2", "bad_amount"),
        ("CF_CFJGDM", "113101100000202634", "bad_uscc"),
        ("CF_SY", "字" * 5001, "bad_text"),
        ("CF_SY", "坏\ufffd字", "row_unreadable"),
    ],
)
def test_a_bad_row_is_a_problem_with_its_place_and_without_its_value(
    column: str, cell: str, code: str, read: Read, penalty: dict[str, str]
) -> None:
    bad = penalty | {column: cell}
    taken = read("penalties", penalty, bad, penalty, name="delivery.csv")
    assert [draft.line for draft in taken.drafts] == [2, 4]
    assert taken.refused == {code: 1}
    (problem,) = taken.problems
    assert (problem.file, problem.line, problem.code) == ("delivery.csv", 3, code)
    if code not in ("natural_person", "row_unreadable"):
        assert problem.field == column
    if cell.strip(" /"):
        assert cell.strip() not in repr(problem)


def test_every_bad_cell_of_a_row_is_told_and_the_row_counted_once(
    read: Read, penalty: dict[str, str]
) -> None:
    taken = read("penalties", penalty | {"CF_JDRQ": "x", "CF_NR_FK": "y", "CF_WSH": ""})
    assert sorted(taken.codes) == ["bad_amount", "bad_date", "empty_cell"]
    assert taken.refused.total() == 1


def test_a_row_is_never_matched_by_its_name(read: Read, penalty: dict[str, str]) -> None:
    taken = read("penalties", penalty, penalty | {"CF_XDR_SHXYM": ""})
    assert taken.codes == ["no_uscc"]
    assert len(taken.drafts) == 1


def test_a_sole_trader_under_a_persons_name_is_refused_and_a_shop_is_taken(
    read: Read, penalty: dict[str, str]
) -> None:
    trader = penalty | {"CF_XDR_LB": "04", "CF_XDR_SHXYM": make_uscc("92310110", 5)}
    taken = read(
        "penalties",
        trader | {"CF_XDR_MC": "样小例"},
        trader | {"CF_XDR_MC": "虚构区样例小吃店"},
        trader | {"CF_XDR_MC": "样例小吃店", "CF_XDR_SHXYM": ""},
    )
    assert taken.refused == {"sole_trader": 2}
    assert len(taken.drafts) == 1
    assert "样小例" not in repr(taken)


FREE = [
    (source, column.code)
    for source in SOURCES
    for column in profile_of(source).of_form("current")
    if column.is_read and column.field and column.kind in ("text", "name")
]


@pytest.mark.parametrize(("source", "code"), FREE)
def test_personal_numbers_are_masked_in_every_free_text_and_counted(
    source: str, code: str, read: Read
) -> None:
    typed = "身份证319999-18450612-001X电话154 0001 2345卡号6299990000123456789"
    row = example(source)
    taken = read(source, row | {code: f"{row[code]}{typed}"})
    text = repr((taken.drafts, taken.problems, taken.grants))
    for number in ("1845", "2345", "6299", "001X"):
        assert number not in text
    if MASK in text:
        assert taken.dropped == {
            "masked_resident_id": 1,
            "masked_phone": 1,
            "masked_bank_card": 1,
        }


def test_masking_leaves_documents_codes_dates_and_amounts(
    read: Read, penalty: dict[str, str]
) -> None:
    facts = f"根据沪市监罚〔2025〕322020000123号，{COMPANY}于2026-03-05被罚款13,800,138,000元"
    draft = read("penalties", penalty | {"CF_SY": facts}).only()
    assert draft.data["facts"] == facts


def test_lists_are_masked_too(read: Read, penalty: dict[str, str]) -> None:
    taken = read("penalties", penalty | {"CF_CFLB": f"罚款、{ID}"})
    assert taken.drafts[0].data["kinds"] == ["罚款", MASK]


def test_interpreting_is_the_same_in_any_process(write: Write, penalty: dict[str, str]) -> None:
    path = write(penalty, penalty | {"CF_JDRQ": "?"})
    (chunk,) = open_source(path, "penalties").chunks()
    travelled = pickle.loads(pickle.dumps(chunk))  # noqa: S301
    assert interpret(travelled) == interpret(chunk) == interpret(chunk)


def test_interpreting_changes_nothing_in_its_chunk(penalty: dict[str, str]) -> None:
    columns = tuple((code, "万元" if "NR_" in code else "") for code in penalty)
    chunk = RawChunk("penalties", "current", "f", columns, (2,), (tuple(penalty.values()),))
    before = pickle.dumps(chunk)
    first = interpret(chunk).drafts[0]
    first.data["kinds"].append("x")
    assert pickle.dumps(chunk) == before
    assert interpret(chunk).drafts[0].data["kinds"] == ["罚款"]


def test_a_chunk_made_elsewhere_still_loses_its_people(penalty: dict[str, str]) -> None:
    row = penalty | {"CF_XDR_LB": "自然人"}
    columns = tuple((code, "") for code in row)
    found = interpret(RawChunk("penalties", "current", "f", columns, (2,), (tuple(row.values()),)))
    assert found.drafts == []
    assert found.refused == {"natural_person": 1}


def test_rows_taken_from_a_file_keep_no_name_of_a_person(tmp_path: Path) -> None:
    row = example("penalties") | {"CF_FRDB": MARK}
    path = tmp_path / "a.csv"
    path.write_text(f"{','.join(row)}\n{','.join(row.values())}\n", "utf-8")
    assert MARK not in repr(take(path, "penalties"))


@pytest.mark.parametrize(
    ("cell", "code"),
    [("公民", "natural_person"), ("自然人(外籍)", "unknown_party"), ("？", "unknown_party")],
)
def test_a_row_whose_party_nobody_can_read_is_not_taken_for_an_organisations(
    read: Read, penalty: dict[str, str], cell: str, code: str
) -> None:
    taken = read("penalties", penalty | {"CF_XDR_LB": cell})
    assert taken.drafts == []
    assert taken.refused == {code: 1}

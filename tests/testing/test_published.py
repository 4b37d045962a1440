from __future__ import annotations

import csv
import hashlib
from decimal import Decimal
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from pyarrow import parquet

from tallystick.kernel.errors import TallyError
from tallystick.kernel.identifiers import check_uscc
from tallystick.rulebook.samples import is_sample_subject
from tallystick.sources import interpret, open_source
from tallystick.sources.profiles import published_ratios
from tallystick.testing.published import (
    COMPANIES,
    RATIOS,
    TARGET,
    company_codes,
    consent_text,
    licence_text,
    spread,
    write_companies,
    write_statements,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tallystick.sources import DraftGrant, DraftRecord

AS_OF = "2026-11-22"
# Of the values in the order of columns and rows, each as repr writes a float, "" where missing.
VALUES = "49b0949c3cd52de39b07ce69dee97fab20af39628d91d88a5fc506d0548e5a78"


def drafts(path: Path, source: str) -> tuple[list[DraftRecord], list[DraftGrant], int]:
    records, grants, problems = [], [], 0
    for chunk in open_source(path, source).chunks():
        found = interpret(chunk, sample=True)
        records += found.drafts
        grants += found.grants
        problems += len(found.problems)
    return records, grants, problems


def test_the_numbers_are_those_of_the_source() -> None:
    place = resources.files("tallystick.testing") / "data" / "polish1.parquet"
    with place.open("rb") as file:
        table = parquet.read_table(file)
    assert table.num_rows == COMPANIES
    assert table.column_names == [*RATIOS, TARGET]
    outcomes = table.column(TARGET).to_pylist()
    assert (outcomes.count(0), outcomes.count(1)) == (6_756, 271)
    digest = hashlib.sha256()
    missing = 0
    for name in table.column_names:
        for value in table.column(name).to_pylist():
            missing += value is None
            digest.update(b"" if value is None else repr(value).encode())
            digest.update(b"\n")
    assert missing == 5_835  # as the copy of the set at OpenML (42880) counts them
    assert digest.hexdigest() == VALUES


def test_it_ships_with_its_licence_and_is_small() -> None:
    text = licence_text()
    for part in ("CC BY 4.0", "10.24432/C5F600", "Tomczak", "Changes here", "SAMPLE", "样例"):
        assert part in text
    place = resources.files("tallystick.testing") / "data" / "polish1.parquet"
    assert len(place.read_bytes()) < 4 << 20


def test_every_ratio_has_its_published_name_in_both_languages() -> None:
    names = published_ratios()
    assert [name.upper() for name in names] == list(RATIOS)
    assert names["x4"].en == "current assets / short-term liabilities"
    assert all(text.zh and text.en.isascii() for text in names.values())
    assert len({text.en for text in names.values()}) == 64


def test_every_code_is_sound_a_sample_and_of_one_company() -> None:
    codes = company_codes()
    assert len(set(codes)) == COMPANIES
    assert all(check_uscc(code) is None and is_sample_subject(code) for code in codes)


@pytest.mark.parametrize("count", [1, 2, 300, 7_026, COMPANIES, 9_999])
def test_a_slice_is_spread_evenly_over_the_set(count: int) -> None:
    places = spread(count)
    assert len(set(places)) == len(places) == min(count, COMPANIES)
    assert 0 <= min(places) <= max(places) < COMPANIES
    gaps = {later - earlier for earlier, later in pairwise(places)}
    assert not gaps or max(gaps) - min(gaps) <= 1


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.parquet"])
def test_the_same_date_gives_the_same_bytes(tmp_path: Path, name: str) -> None:
    for write in (write_statements, write_companies):
        write(tmp_path / name, AS_OF, 40)
        first = (tmp_path / name).read_bytes()
        write(tmp_path / name, AS_OF, 40)
        assert (tmp_path / name).read_bytes() == first


def test_every_format_reads_as_the_same_facts_and_the_outcome_is_none_of_them(
    tmp_path: Path,
) -> None:
    found = []
    for name in ("a.csv", "a.xlsx", "a.parquet"):
        write_statements(tmp_path / name, AS_OF, 60)
        records, _, problems = drafts(tmp_path / name, "ratios")
        assert problems == 0
        found.append([(one.item, one.subject, one.key, one.data) for one in records])
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 60
    for item, _, key, data in found[0]:
        assert (item, key) == ("finance.ratios", "2025-12-31")
        assert data.keys() == {"period_end", "ratios"}
        assert data["ratios"].keys() <= {name.lower() for name in RATIOS}


def test_no_digit_is_lost_on_the_way_to_a_fact(tmp_path: Path) -> None:
    write_statements(tmp_path / "a.csv", AS_OF, 500)
    write_statements(tmp_path / "a.parquet", AS_OF, 500)
    numbers = parquet.read_table(tmp_path / "a.parquet").to_pylist()
    records, _, _ = drafts(tmp_path / "a.csv", "ratios")
    for fact, row in zip(records, numbers, strict=True):
        for name in RATIOS:
            told = fact.data["ratios"].get(name.lower())
            assert (None if told is None else Decimal(told)) == (
                None if row[name] is None else Decimal(repr(row[name]))
            )


def test_the_parquet_file_is_for_models_and_carries_the_licence(tmp_path: Path) -> None:
    write_statements(tmp_path / "a.parquet", AS_OF)
    table = parquet.read_table(tmp_path / "a.parquet")
    assert table.column_names == ["uscc", "period_end", *RATIOS, TARGET]
    assert {str(table.schema.field(name).type) for name in RATIOS} == {"double"}
    assert sum(table.column(TARGET).to_pylist()) == 271
    assert b"CC BY 4.0" in table.schema.metadata[b"licence"]


def test_the_roster_puts_each_company_on_the_list_with_a_fictional_consent(tmp_path: Path) -> None:
    write_companies(tmp_path / "a.csv", AS_OF, 30)
    records, grants, problems = drafts(tmp_path / "a.csv", "roster")
    assert problems == 0
    assert len(records) == len(grants) == 30
    assert {one.categories for one in grants} == {("finance",)}
    assert {one.document_digest for one in grants} == {hashlib.sha256(consent_text()).hexdigest()}
    assert {one.until for one in grants} == {"2099-12-31"}
    for part in ("虚构", "FICTION"):
        assert part in consent_text().decode()
    with (tmp_path / "a.csv").open(encoding="utf-8") as file:
        assert all("SAMPLE" in row["企业名称"] for row in csv.DictReader(file))


def test_another_ending_is_refused_with_those_there_are(tmp_path: Path) -> None:
    for write in (write_statements, write_companies):
        with pytest.raises(TallyError) as refusal:
            write(tmp_path / "a.sav", AS_OF)
        assert refusal.value.code == "unknown_ending"
        assert ".parquet" in refusal.value.remedy.en
    assert not list(tmp_path.iterdir())

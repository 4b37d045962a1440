"""Importing: what is new is sealed once, what is known is not, and nothing is ever lost."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.app import importing
from tallystick.app.importing import import_files, retract
from tallystick.app.store import Store
from tallystick.kernel.errors import TallyError
from tallystick.sources import RawChunk, SourceReader
from tallystick.sources.reasons import UNREADABLE
from tallystick.testing.bulk import write_penalties

if TYPE_CHECKING:
    from tests.app.conftest import House

from .conftest import MEMBERS, roster, write_rows, years

FIRST = MEMBERS[0]


def in_force(house: House, item: str = "association.membership_year") -> list[dict[str, Any]]:
    """Return the data of the facts about the first member that are in force."""
    from tallystick.app.dossier import open_dossier  # noqa: PLC0415

    with house.opened(writer=False) as store:
        view = open_dossier(store, FIRST).view
    return [dict(n.body["data"]) for n in view.facts if n.body["item"] == item]


def duties(house: House) -> list[int]:
    return [data["social_duties"] for data in in_force(house)]


def one(**changes: Any) -> dict[str, Any]:
    return {**years()[0], **changes}


@pytest.fixture
def named(empty: House) -> House:
    """A workspace with members on the roster."""
    empty.deliver("roster", roster())
    return empty


def test_a_row_twice_in_one_file_is_sealed_once(named: House) -> None:
    report = named.deliver("association", [one(), one()])
    assert (report.accepted, report.duplicate, report.superseded) == (1, 1, 0)


def test_a_corrected_row_in_the_same_file_supersedes_the_one_before(named: House) -> None:
    report = named.deliver("association", [one(social_duties="1"), one(social_duties="2")])
    assert (report.accepted, report.superseded, report.duplicate) == (2, 1, 0)
    assert duties(named) == [2]


@pytest.mark.parametrize("chunk", [1, 2, 3, 4096])
def test_where_a_chunk_ends_changes_nothing(
    named: House, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK_ROWS_MAX", chunk)
    rows = [
        one(social_duties="1"),
        one(social_duties="1"),
        one(social_duties="2"),
        one(social_duties="2", document="another"),
        one(social_duties="1"),
    ]
    report = named.deliver("association", rows)
    assert (report.accepted, report.superseded, report.duplicate) == (4, 3, 1)
    assert duties(named) == [1]
    again = named.deliver("association", rows)
    assert (again.accepted, again.superseded, again.duplicate) == (0, 0, 5)
    assert duties(named) == [1]


def test_a_later_file_that_brings_the_old_value_back_says_something_new(named: House) -> None:
    named.deliver("association", [one(social_duties="1")])
    named.deliver("association", [one(social_duties="2")])
    report = named.deliver("association", [one(social_duties="1"), one(year="2024")])
    assert (report.accepted, report.superseded) == (2, 1)
    assert sorted(duties(named)) == [1, 2]


def test_the_first_of_two_files_again_does_not_undo_the_second(named: House) -> None:
    """Somebody imports a folder of files twice; a correction among them must not be undone."""
    older, newer = [one(social_duties="1")], [one(social_duties="2")]
    named.deliver("association", older)
    named.deliver("association", newer)
    for rows in (older, newer, older):
        assert named.deliver("association", rows).accepted == 0
        assert duties(named) == [2]


def test_a_retracted_import_takes_its_versions_along_and_the_older_come_back(
    named: House,
) -> None:
    named.deliver("association", [one(social_duties="1")])
    newer = [one(social_duties="2"), one(year="2024")]
    [name] = named.deliver("association", newer).imports
    with named.opened() as store:
        retract(store, name, "the wrong file")
    assert duties(named) == [1]
    report = named.deliver("association", newer)
    assert (report.accepted, report.superseded) == (2, 1)
    assert sorted(duties(named)) == [2, 2]
    assert named.audited().ok


def test_a_retraction_is_a_record_with_its_reason_and_destroys_nothing(named: House) -> None:
    [name] = named.deliver("association", [one()]).imports
    with named.opened() as store:
        before = store.log.records
        record = retract(store, name, "the wrong file")
        assert store.body(store.find(record))["reason"] == "the wrong file"
        assert store.log.records == before + 1
        assert store.body(before - 1)["data"]["year"] == 2025


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_retraction_without_a_reason_is_refused(named: House, reason: str) -> None:
    [name] = named.deliver("association", [one()]).imports
    with named.opened() as store, pytest.raises(TallyError, match="no_reason_to_retract"):
        retract(store, name, reason)


def test_imports_are_named_by_their_source_and_a_number_that_is_never_given_twice(
    named: House,
) -> None:
    first = named.deliver("association", [one()]).imports
    with named.opened() as store:
        retract(store, first[0], "the wrong file")
    second = named.deliver("association", [one()]).imports
    third = named.deliver("tax", [_rating("A")]).imports
    assert (first, second, third) == (
        ["association-0002"],
        ["association-0003"],
        ["tax-0004"],
    )


def _rating(grade: str) -> dict[str, str]:
    return {"uscc": FIRST, "year": "2025", "grade": grade, "rated_by": "样例税务局"}


def test_bad_rows_are_problems_with_their_lines_and_the_others_are_sealed(named: House) -> None:
    rows = [one(), one(uscc=""), one(uscc=FIRST[:-1] + "?"), one(year="MMXXV"), one(year="2024")]
    report = named.deliver("association", rows)
    assert report.accepted == 2
    assert [(p.line, p.code) for p in report.problems] == [
        (3, "no_uscc"),
        (4, "bad_uscc"),
        (5, "bad_year"),
    ]
    assert dict(report.refused) == {"no_uscc": 1, "bad_uscc": 1, "bad_year": 1}


def test_in_several_processes_an_import_is_the_same(
    founded_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK_ROWS_MAX", 100)
    file = tmp_path / "penalties.csv"
    written = write_penalties(file, 450, members=40, messy=0.2)
    said = []
    for processes in (1, 2):
        house = founded_house.copied(tmp_path / str(processes))
        with Store.open(house.settings(processes=processes), writer=True) as store:
            report = import_files(store, [file], "penalties")
            bodies = [store.body(number) for number in range(store.log.records)]
        said.append((report.to_json(), bodies))
        assert report.accepted == written.accepted + written.corrected
        assert report.duplicate == written.repeated
        assert report.superseded == written.corrected
        assert house.audited().ok
    assert said[0] == said[1]


def test_progress_is_told_chunk_by_chunk(named: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK_ROWS_MAX", 2)
    file = named.folder.parent / "years.csv"
    write_rows(file, [one(year=str(year)) for year in range(2019, 2024)])
    told: list[tuple[str, int]] = []
    with named.opened() as store:
        import_files(
            store, [file], "association", progress=lambda name, done, _: told.append((name, done))
        )
    assert told == [("years.csv", 2), ("years.csv", 4), ("years.csv", 5)]


def test_a_file_that_is_none_is_an_error_of_its_own(named: House, tmp_path: Path) -> None:
    with named.opened() as store:
        for source, file, code in (
            ("tax", tmp_path / "missing.csv", "no_file"),
            ("gossip", tmp_path / "missing.csv", "unknown_source"),
        ):
            with pytest.raises(TallyError) as caught:
                import_files(store, [file], source)
            assert caught.value.code == code


def test_of_several_files_one_that_cannot_be_read_stops_none_of_the_others(
    named: House, tmp_path: Path
) -> None:
    good, missing = tmp_path / "good.csv", tmp_path / "missing.csv"
    write_rows(good, [one()])
    with named.opened() as store:
        report = import_files(store, [missing, good], "association")
    assert report.accepted == 1
    assert report.failed == ["missing.csv"]
    assert [problem.code for problem in report.problems] == ["no_file"]


class BreaksOff(SourceReader):
    """A file whose end cannot be read."""

    def chunks(self, rows_max: int = 1) -> Iterator[RawChunk]:
        yield from islice(super().chunks(rows_max), 2)
        raise UNREADABLE.error(file=self.file)


def test_an_import_that_breaks_off_names_what_it_has_sealed(
    named: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first rows were sealed before the fault: the import exists and can be retracted."""
    monkeypatch.setattr(importing, "CHUNK_ROWS_MAX", 1)
    monkeypatch.setattr(importing, "open_source", BreaksOff)
    file = tmp_path / "years.csv"
    write_rows(file, [one(year=str(year)) for year in (2025, 2024, 2023)])
    with named.opened() as store:
        report = import_files(store, [file], "association")
    assert report.failed == ["years.csv"]
    assert report.accepted == len(in_force(named)) == 2
    assert [problem.code for problem in report.problems] == ["unreadable"]
    with named.opened() as store:
        retract(store, report.imports[0], "it broke off")
    assert in_force(named) == []


def test_a_dry_run_counts_like_the_run_after_it_and_seals_nothing(named: House) -> None:
    file = named.folder.parent / "years.csv"
    write_rows(file, [one(), one(), one(social_duties="1"), one(uscc="")])
    before = named.content()
    with named.opened() as store:
        dry = import_files(store, [file], "association", dry_run=True)
    assert named.content() == before
    with named.opened() as store:
        done = import_files(store, [file], "association")
    assert dry.to_json() == {**done.to_json(), "dry_run": True}


def test_the_mapping_used_is_told_and_can_be_given_back(named: House, tmp_path: Path) -> None:
    file, mapping = tmp_path / "foreign.csv", tmp_path / "mapping.yaml"
    rows = [{"信用代码": FIRST, "年份": "2025", "fees": "是"}]
    write_rows(file, rows)
    with named.opened() as store:
        mapping.write_text(
            "source: association\ncolumns:\n"
            "- {column: 1, header: 信用代码, to: uscc}\n"
            "- {column: 2, header: 年份, to: year}\n"
            "- {column: 3, header: fees, to: fees_paid_on_time}\n",
            encoding="utf-8",
        )
        report = import_files(store, [file], "association", mapping=mapping)
    assert report.accepted == 1
    assert in_force(named) == [{"year": 2025, "fees_paid_on_time": True}]
    assert "fees_paid_on_time" in report.mappings["foreign.csv"]


def test_every_fact_names_the_digest_of_the_file_it_came_in(named: House) -> None:
    import hashlib  # noqa: PLC0415

    [name] = named.deliver("association", [one()]).imports
    file = named.folder.parent / f"{named.folder.name}-association.csv"
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    with named.opened(writer=False) as store:
        body = store.body(store.log.records - 1)
        header = store.body(store.log.records - 2)
    assert (body["source"]["digest"], body["imported"]) == (digest, name)
    assert (header["kind"], header["digest"], header["name"]) == ("import", digest, name)


def test_columns_nobody_knows_are_named_and_no_cell_of_theirs(empty: House, tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    headers = [*roster()[0], "授权书编号"]
    rows = [",".join([*map(str, one.values()), "SECRET"]) for one in roster()]
    file.write_text("\n".join([",".join(headers), *rows]), encoding="utf-8")
    with empty.opened() as store:
        document = import_files(store, [file], "roster", dry_run=True).to_json()
    assert document["columns_not_read"] == {"roster.csv": ["授权书编号"]}
    assert "SECRET" not in str(document)

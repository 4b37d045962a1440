"""False personal data in every place where real files hold some."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from stdnum.cn import ric
from stdnum.luhn import is_valid as satisfies_luhn

from tallystick.testing.markers import MarkedSample, write_marked_sample
from tallystick.testing.sample import write_sample


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> MarkedSample:
    return write_marked_sample(tmp_path_factory.mktemp("marked"))


def contents(folder: Path) -> bytes:
    return b"\0".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_there_are_as_many_different_markers_as_asked(marked: MarkedSample) -> None:
    assert len({marker.bare for marker in marked.markers}) == len(marked.markers) == 500


def test_every_marker_can_be_found_where_it_was_planted(marked: MarkedSample) -> None:
    files = {file.name: (marked.folder / file.name).read_bytes() for file in marked.files}
    for marker in marked.markers:
        held = files[marker.place.split(" ")[0]]
        assert any(needle in held for needle in marker.needles())


def test_no_marker_occurs_in_the_sample_without_markers(
    marked: MarkedSample, tmp_path: Path
) -> None:
    write_sample(tmp_path)
    clean = contents(tmp_path)
    assert not [m for m in marked.markers if any(needle in clean for needle in m.needles())]


def test_every_file_holds_markers(marked: MarkedSample) -> None:
    assert {marker.place.split(" ")[0] for marker in marked.markers} == {
        file.name for file in marked.files
    }


@pytest.mark.parametrize(
    "place",
    [
        "penalties-current.csv CF_FRDB",
        "penalties-current.csv CF_FR_ZJLX",
        "penalties-current.csv CF_FR_ZJHM",
        "penalties-current.csv CF_XDR_ZJLX",
        "penalties-current.csv CF_XDR_ZJHM",
        "penalties-current.csv CF_XDR_SHXYM",
        "penalties-current.csv CF_SY",
        "penalties-current.csv CF_NR",
        "penalties-current.csv BZ",
        "penalties-old.csv CF_XDR_SFZ",
        "penalties-old.csv CF_FR",
        "licences-current.csv 法定代表人证件号码",
        "licences-old.csv XK_XDR_SFZ",
        "judgment-debtors.json sexy",
        "judgment-debtors.json age",
        "judgment-debtors.json cardNum",
        "judgment-debtors.json businessEntity",
        "site-visit.csv 说明",
        "roster.xlsx 手机号",
        "tax.csv 银行卡号",
        "ratios.parquet 身份证号",
    ],
)
def test_every_personal_place_holds_one(place: str, marked: MarkedSample) -> None:
    assert place in {marker.place for marker in marked.markers}


def test_numbers_pass_the_checks_of_real_ones_and_were_never_issued(marked: MarkedSample) -> None:
    kinds = Counter(marker.kind for marker in marked.markers)
    assert min(kinds[kind] for kind in ("resident_id", "mobile", "bank_card", "landline")) > 20
    for kind, number in ((marker.kind, marker.bare) for marker in marked.markers):
        if kind == "resident_id":
            assert ric.calc_check_digit(number) == number[-1]
            assert number.startswith("31999918")
        elif kind == "mobile":
            assert len(number) == 11
            assert number.startswith("154")
        elif kind == "bank_card":
            assert len(number) in {16, 19}
            assert satisfies_luhn(number)
            assert number.startswith("629999")


def test_numbers_in_sentences_are_typed_in_the_ways_people_type(marked: MarkedSample) -> None:
    spelt = "".join(marker.planted for marker in marked.markers if marker.planted != marker.bare)
    assert " " in spelt
    assert "-" in spelt
    assert "１" in spelt
    assert "+86" in spelt


def test_every_cell_of_a_person_holds_a_marker(marked: MarkedSample) -> None:
    header, *lines = (
        (marked.folder / "penalties-current.csv").read_bytes().decode("gb18030").splitlines()
    )
    found = {m.planted for m in marked.markers if m.place.startswith("penalties-current.csv")}
    persons = [line for line in lines if ",01," in line or ",自然人," in line or ",04," in line]
    assert len(persons) == 3
    for line in persons:
        cells = line.split(",")
        assert len(cells) == len(header.split(","))
        assert [cell for cell in cells if cell not in found] in (["01"], ["自然人"], ["04"])


def test_the_same_seed_plants_the_same_markers(tmp_path: Path, marked: MarkedSample) -> None:
    again = write_marked_sample(tmp_path)
    assert again.markers == marked.markers
    assert contents(tmp_path) == contents(marked.folder)


def test_more_markers_than_places_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="personal places"):
        write_marked_sample(tmp_path, count=100_000)

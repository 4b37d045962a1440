from __future__ import annotations

import csv
from importlib import resources

import pytest

from tallystick.kernel.errors import TallyError
from tallystick.kernel.identifiers import check_uscc
from tallystick.rulebook.catalogue import catalogue
from tallystick.rulebook.items import Need
from tallystick.rulebook.refusals import refusals
from tallystick.sources.headers import find, is_personal
from tallystick.sources.profiles import CURRENT, IGNORED, KINDS, OLD, PERSONAL, SOURCES, profile_of
from tallystick.sources.values import UNITS

NAMES = [
    "roster",
    "self-declared",
    "penalties",
    "licences",
    "judgment-debtors",
    "abnormal-operations",
    "tax",
    "association",
    "honours",
    "site-visit",
    "ratios",
]


def words(text: str) -> list[str]:
    return text.split()


# The published field standard (发改办财金〔2018〕424号) and the forms before and beside it.
SUBJECT = words("MC LB SHXYM GSZC ZZJG SWDJ SYDW SHZZ ZJLX ZJHM")
PENALTY = [f"CF_XDR_{name}" for name in SUBJECT] + words(
    "CF_FRDB CF_FR_ZJLX CF_FR_ZJHM CF_WSH CF_WFXW CF_SY CF_YJ CF_CFLB CF_NR CF_NR_FK CF_NR_WFFF "
    "CF_NR_ZKDX CF_JDRQ CF_YXQ CF_GSJZQ CF_CFJG CF_CFJGDM CF_SJLY CF_SJLYDM BZ"
)
LICENCE = [f"XK_XDR_{name}" for name in SUBJECT] + words(
    "XK_FRDB XK_FR_ZJLX XK_FR_ZJHM XK_XKWS XK_WSH XK_XKLB XK_XKZS XK_XKBH XK_NR XK_JDRQ XK_YXQZ "
    "XK_YXQZI XK_XKJG XK_XKJGDM XK_ZT XK_LYDW XK_LYDWDM BZ"
)
PENALTY_OLD = words(
    "CF_WSH CF_CFMC CF_AJMC CF_CFLB1 CF_CFLB2 CF_SY CF_YJ CF_XDR CF_XDR_SHXYM CF_XDR_ZDM "
    "CF_XDR_GSDJ CF_XDR_SWDJ CF_XDR_SFZ CF_FR CF_JG CF_JDRQ CF_JZRQ CF_XZJG CF_ZT DFBM GSQX SJC BZ"
)
LICENCE_OLD = words(
    "XK_WSH XK_XMMC XK_SPLB XK_NR XK_XDR XK_XDR_SHXYM XK_XDR_ZDM XK_XDR_GSDJ XK_XDR_SWDJ "
    "XK_XDR_SFZ XK_FR XK_JDRQ XK_JZQ XK_XZJG XK_ZT DFBM SJC BZ"
)
DEBTOR = words(
    "iname cardNum businessEntity courtName areaName gistId gistUnit caseCode regDate publishDate "
    "duty performance performedPart unperformPart disruptTypeName partyTypeName sexy age"
)


def test_the_eleven_sources_have_their_names() -> None:
    assert list(SOURCES) == NAMES


def test_an_unknown_source_is_refused_with_the_known_ones() -> None:
    with pytest.raises(TallyError, match="unknown_source") as caught:
        profile_of("people")
    assert "penalties" in caught.value.remedy.en


@pytest.mark.parametrize(
    ("source", "form", "headers"),
    [
        ("penalties", CURRENT, PENALTY),
        ("penalties", OLD, PENALTY_OLD),
        ("licences", CURRENT, LICENCE),
        ("licences", OLD, LICENCE_OLD),
        ("judgment-debtors", CURRENT, DEBTOR),
    ],
)
def test_every_field_of_the_published_forms_is_known(
    source: str, form: str, headers: list[str]
) -> None:
    profile = profile_of(source)
    found = {header: find(profile, header, form) for header in headers}
    assert [header for header, column in found.items() if column is None] == []


@pytest.mark.parametrize(
    ("source", "header"),
    [
        *(("penalties", name) for name in PENALTY if name[-4:] in ("ZJLX", "ZJHM")),
        *(("licences", name) for name in LICENCE if name[-4:] in ("ZJLX", "ZJHM")),
        *(("penalties", name) for name in ("CF_FRDB", "CF_FR", "CF_XDR_SFZ", "CF_FR_SFZH")),
        *(("licences", name) for name in ("XK_FRDB", "XK_FR", "XK_XDR_SFZ", "XK_FR_SFZH")),
        *(("judgment-debtors", name) for name in ("sexy", "age", "businessEntity")),
        *((source, "法定代表人") for source in NAMES),
    ],
)
def test_columns_about_people_are_personal_in_the_tables(source: str, header: str) -> None:
    profile = profile_of(source)
    found = find(profile, header)
    assert found is not None
    assert profile.column(found.code).kind == PERSONAL


@pytest.mark.parametrize("source", NAMES)
class TestEveryTable:
    def test_is_well_formed(self, source: str) -> None:
        table = resources.files("tallystick.sources").joinpath("columns", f"{source}.csv")
        rows = list(csv.reader(table.read_text("utf-8").splitlines()))
        assert {len(row) for row in rows} == {13}
        profile = profile_of(source)
        codes = [column.code for column in profile.columns]
        assert len(set(codes)) == len(codes)
        for column in profile.columns:
            assert column.kind in KINDS
            assert column.form in ("", CURRENT, OLD)
            assert column.code.isascii()
            assert column.names.zh
            assert column.names.en
            assert bool(column.note.zh) == bool(column.note.en), column.code
            assert column.unit in ("", "倍", *UNITS)
            assert (column.kind == "decimal") <= (column.unit in UNITS)
            assert (column.kind in ("enum", "party")) == bool(column.choices)

    def test_names_no_column_twice_in_one_form(self, source: str) -> None:
        profile = profile_of(source)
        for form in (CURRENT, OLD) if profile.old_form else (CURRENT,):
            for column in profile.of_form(form):
                for name in (column.code, *column.names):
                    found = find(profile, name, form)
                    assert found is not None
                    assert found.code == column.code, name

    def test_has_one_subject_and_at_most_one_name_and_party_a_form(self, source: str) -> None:
        profile = profile_of(source)
        for form in (CURRENT, OLD) if profile.old_form else (CURRENT,):
            kinds = [column.kind for column in profile.of_form(form)]
            assert (kinds.count("uscc"), kinds.count("party"), kinds.count("name")) == (1, 1, 1)

    def test_reads_no_column_whose_name_is_refused_or_personal(self, source: str) -> None:
        for column in profile_of(source).columns:
            if column.is_read:
                assert [n for n in column.calls if refusals().find(n)] == []
                personal = [n for n in column.calls if is_personal(n)]
                # The forms of the courts call the code of an organisation and its name so.
                assert personal == [] or column.code in ("iname", "cardNum"), personal

    def test_fills_fields_the_catalogue_has(self, source: str) -> None:
        profile = profile_of(source)
        known = {field.name for item in profile.items for field in catalogue().item(item).fields}
        beside = {
            "subject",
            "state",
            "list",
            "document",
            "title",
            "date",
            "number",
            "ratio",
            "name",
        }
        beside |= {"period", "declared_on", "kind", "as_of", "awarded_by", "level", "published_on"}
        beside |= {column.field for column in profile.columns if column.code.startswith("consent")}
        beside |= {column.field for column in profile.columns if column.kind == "organ"}
        beside |= {"visited_by", "prepared_by", "recorded_by"}
        for column in profile.columns:
            if column.field:
                assert column.field.rpartition(".")[2] in known | beside, column.code

    def test_can_fill_every_field_the_catalogue_requires(self, source: str) -> None:
        profile = profile_of(source)
        filled = {column.field.rpartition(".")[2] for column in profile.columns}
        derived = {"form", "severity", "publish", "repair_from", "publish_stop", "late", "ratios"}
        renamed = {
            "awarded_on": "date",
            "published_on": "date",
            "spoken_on": "date",
            "forum": "title",
        }
        for item in profile.items:
            for field in catalogue().item(item).fields:
                if field.need is Need.REQUIRED and field.name not in derived:
                    assert {field.name, renamed.get(field.name)} & filled, field.name

    def test_offers_choices_the_catalogue_allows(self, source: str) -> None:
        profile = profile_of(source)
        allowed: dict[str, set[str]] = {}
        for item in profile.items:
            for field in catalogue().item(item).fields:
                allowed.setdefault(field.name, set()).update(value for value, _ in field.values)
        for column in profile.columns:
            values = allowed.get(column.field.rpartition(".")[2])
            if column.kind == "enum" and values and column.code != "kind":
                assert {choice.value for choice in column.choices} <= values, column.code

    def test_has_fictional_examples_only(self, source: str) -> None:
        for column in profile_of(source).columns:
            if column.kind in (PERSONAL, IGNORED):
                assert column.example == ""
            if column.kind in ("uscc", "organ") and column.example:
                assert check_uscc(column.example) is None
            if column.kind == "name":
                assert "虚构" in column.example


def test_only_penalties_and_licences_have_an_old_form() -> None:
    assert [s for s in SOURCES if profile_of(s).old_form] == ["penalties", "licences"]


def test_a_ratio_of_any_ascii_name_is_a_column() -> None:
    assert profile_of("ratios").column("ratio:my_ratio").kind == "ratio"
    for wrong in ("ratio:名", "ratio:a b", "my_ratio"):
        with pytest.raises(KeyError):
            profile_of("ratios").column(wrong)

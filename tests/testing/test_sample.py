"""The sample: every source is there, the messes are there, and the manifest tells the truth."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pyarrow import parquet
from stdnum import lei

from tallystick.kernel.dates import date_of
from tallystick.kernel.identifiers import check_uscc
from tallystick.sources import interpret, open_source
from tallystick.sources.profiles import SOURCES, profile_of
from tallystick.testing.sample import SampleManifest, write_sample
from tallystick.testing.sheets import SampleFile

GB18030 = {"penalties-current.csv", "licences-old.csv", "tax.csv", "honours.csv"}
CODE_COLUMNS = (
    "统一社会信用代码",
    "CF_XDR_SHXYM",
    "XK_XDR_SHXYM",
    "行政相对人代码_1(统一社会信用代码)",
    "cardNum",
    "纳税人识别号",
)


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> SampleManifest:
    return write_sample(tmp_path_factory.mktemp("sample"))


def rows_of(manifest: SampleManifest, name: str) -> list[dict[str, Any]]:
    """Read a file of the sample by other means than those of the importers."""
    path = manifest.folder / name
    if path.suffix == ".xlsx":
        page = load_workbook(path).active
        assert page is not None
        header, *rows = page.iter_rows(values_only=True)
        return [dict(zip(map(str, header), row, strict=True)) for row in rows]
    if path.suffix == ".json":
        return list(json.loads(path.read_bytes()))
    if path.suffix == ".parquet":
        return list(parquet.read_table(path).to_pylist())
    encoding = "gb18030" if name in GB18030 else "utf-8-sig"
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(encoding), newline="")))


def all_rows(manifest: SampleManifest) -> Iterator[tuple[SampleFile, dict[str, Any]]]:
    for file in manifest.files:
        for row in rows_of(manifest, file.name):
            yield file, row


def code_of(row: dict[str, Any]) -> str:
    return next(str(row[column] or "") for column in CODE_COLUMNS if column in row)


def test_the_same_seed_and_date_give_the_same_bytes(tmp_path: Path) -> None:
    def contents(folder: Path) -> dict[str, bytes]:
        files = (path for path in folder.rglob("*") if path.is_file())
        return {str(path.relative_to(folder)): path.read_bytes() for path in files}

    write_sample(tmp_path / "1", seed=5)
    write_sample(tmp_path / "2", seed=5)
    write_sample(tmp_path / "3", seed=6)
    first = contents(tmp_path / "1")
    assert first == contents(tmp_path / "2")
    assert len(first) > 50
    # Another seed gives other codes, and with them other consents.
    assert set(first) != set(contents(tmp_path / "3"))


def test_writing_again_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    first = write_sample(tmp_path)
    names = sorted(tmp_path.rglob("*"))
    assert write_sample(tmp_path) == first
    assert sorted(tmp_path.rglob("*")) == names


def test_every_source_has_a_file(manifest: SampleManifest) -> None:
    assert {file.source for file in manifest.files} == set(SOURCES)


def test_every_format_and_encoding_of_the_field_occurs(manifest: SampleManifest) -> None:
    endings = Counter(Path(file.name).suffix for file in manifest.files)
    assert set(endings) == {".csv", ".xlsx", ".json", ".parquet"}
    csv_files = [file.name for file in manifest.files if file.name.endswith(".csv")]
    raw = {name: (manifest.folder / name).read_bytes() for name in csv_files}
    assert any(data.startswith(b"\xef\xbb\xbf") for data in raw.values())
    for name in csv_files:
        if name in GB18030:
            with pytest.raises(UnicodeDecodeError):
                raw[name].decode()
        else:
            raw[name].decode()


def test_every_column_is_one_a_source_knows_or_refuses(manifest: SampleManifest) -> None:
    unknown = {}
    for file in manifest.files:
        calls = {call for column in profile_of(file.source).columns for call in column.calls}
        header = set(rows_of(manifest, file.name)[0])
        unknown[file.name] = header - calls
    strangers = {name: columns for name, columns in unknown.items() if columns}
    assert strangers == {"roster.xlsx": {"联系电话"}, "self-declared.csv": {"宗教信仰"}}


def test_there_are_forty_members_with_valid_codes_that_belong_to_nobody(
    manifest: SampleManifest,
) -> None:
    codes = [member.uscc for member in manifest.members]
    assert len(set(codes)) == len(codes) == 40
    assert all(check_uscc(code) is None and code[8:11] == "PDY" for code in codes)
    assert check_uscc(manifest.association_code) is None
    assert all("样例" in member.name or "演示" in member.name for member in manifest.members)


def test_every_organisation_named_in_a_file_is_plainly_fictional(manifest: SampleManifest) -> None:
    columns = ("企业名称", "CF_XDR_MC", "CF_XDR", "XK_XDR", "行政相对人名称", "纳税人名称", "iname")
    people = {"样小例"}
    for _, row in all_rows(manifest):
        name = next((str(row[c]) for c in columns if row.get(c)), "样例")
        assert "样例" in name or "演示" in name or name in people


def test_the_manifest_counts_the_rows_and_the_codes_that_fail(manifest: SampleManifest) -> None:
    members = {member.uscc for member in manifest.members}
    for file in manifest.files:
        rows = rows_of(manifest, file.name)
        strangers = sum(code_of(row) not in members for row in rows)
        assert file.rows == len(rows)
        # A member's row with a slip in the LEI is the one row of a member that is refused.
        assert sum(file.refused.values()) - file.refused.get("bad_lei", 0) == strangers
        assert file.superseded <= file.accepted


def test_refused_codes_fail_the_check_and_all_others_pass(manifest: SampleManifest) -> None:
    for file in manifest.files:
        codes = [code_of(row) for row in rows_of(manifest, file.name)]
        reasons = Counter(reason.code for code in codes if (reason := check_uscc(code)))
        # A person's row has no code of an organisation either; it is refused for what it is.
        expected = file.refused.get("bad_uscc", 0) + file.refused.get("no_uscc", 0)
        assert expected <= reasons.total() <= sum(file.refused.values())


def test_a_few_members_have_an_lei_and_one_slip_in_one_is_counted(manifest: SampleManifest) -> None:
    rows = [r for r in rows_of(manifest, "roster.xlsx") if r["LEI"] and not check_uscc(code_of(r))]
    sound = {row["统一社会信用代码"]: row["LEI"] for row in rows if lei.is_valid(row["LEI"])}
    named = {member.uscc: member.lei for member in manifest.members if member.lei}
    assert sound == named
    assert 3 <= len(set(named.values())) == len(named) <= 8
    (slip,) = (row for row in rows if not lei.is_valid(row["LEI"]))
    assert slip["统一社会信用代码"] in named
    assert manifest.files[0].refused["bad_lei"] == 1


def test_the_ordinary_messes_are_all_there(manifest: SampleManifest) -> None:
    refused: Counter[str] = Counter()
    for file in manifest.files:
        refused.update(file.refused)
    assert set(refused) == {
        "bad_lei",
        "bad_uscc",
        "no_uscc",
        "natural_person",
        "sole_trader",
        "outside_territory",
    }
    assert sum(file.superseded for file in manifest.files) == 1
    assert all(
        file.duplicate
        for file in manifest.files
        if file.name not in {"penalties-old.csv", "licences-old.csv"}
    )


def test_a_duplicate_is_the_same_row_twice(manifest: SampleManifest) -> None:
    for name in ("roster.xlsx", "tax.csv", "judgment-debtors.json", "ratios.parquet"):
        rows = Counter(json.dumps(row, sort_keys=True) for row in rows_of(manifest, name))
        assert rows.most_common(1)[0][1] == 2


def test_one_decision_comes_again_with_another_fine(manifest: SampleManifest) -> None:
    earlier = {
        (row["CF_CFJGDM"], row["CF_WSH"]): row
        for row in rows_of(manifest, "penalties-current.csv")
        if check_uscc(row["CF_XDR_SHXYM"]) is None
    }
    later = rows_of(manifest, "penalties-correction.csv")
    changed = [
        row["CF_NR_FK"] != earlier[row["CF_CFJGDM"], row["CF_WSH"]]["CF_NR_FK"] for row in later
    ]
    assert changed == [True, False]


def test_some_decisions_are_published_late_and_most_are_not(manifest: SampleManifest) -> None:
    for name, decided, published in (
        ("penalties-current.csv", "CF_JDRQ", "CF_GSRQ"),
        ("licences-current.csv", "许可决定日期", "公示日期"),
    ):
        delays = []
        for row in rows_of(manifest, name):
            if code_of(row) in {member.uscc for member in manifest.members}:
                first, last = (row[c].replace("/", "-") for c in (decided, published))
                delays.append((date_of(last) - date_of(first)).days)
        assert 0 < sum(delay > 14 for delay in delays) < len(delays) / 2
        assert all(delay <= 3 or delay > 14 for delay in delays)


def test_both_forms_of_penalties_and_licences_occur(manifest: SampleManifest) -> None:
    assert "CF_NR_FK" in rows_of(manifest, "penalties-current.csv")[0]
    assert "CF_XDR_SFZ" in rows_of(manifest, "penalties-old.csv")[0]
    assert "有效期至" in rows_of(manifest, "licences-current.csv")[0]
    assert "XK_XZJG" in rows_of(manifest, "licences-old.csv")[0]
    ends = {row["有效期至"] for row in rows_of(manifest, "licences-current.csv")}
    assert "2099/12/31" in ends


def test_each_consent_document_is_the_one_the_roster_names(manifest: SampleManifest) -> None:
    digests = {
        row["统一社会信用代码"]: row["授权书摘要（SHA-256）"]
        for row in rows_of(manifest, "roster.xlsx")
        if row["统一社会信用代码"] in {member.uscc for member in manifest.members}
    }
    for member in manifest.members:
        path = manifest.folder / "consents" / f"{member.uscc}.txt"
        if member.story.consent == "missing":
            assert not path.exists()
            assert not digests[member.uscc]
        else:
            assert sha256(path.read_bytes()).hexdigest() == digests[member.uscc]
            assert member.name in path.read_text(encoding="utf-8")


def test_consents_are_in_force_but_one_is_missing_and_one_has_ended(
    manifest: SampleManifest,
) -> None:
    until = {
        row["统一社会信用代码"]: row["授权截止日期"] for row in rows_of(manifest, "roster.xlsx")
    }
    states = Counter(member.story.consent for member in manifest.members)
    assert states["missing"] == states["expired"] == states["partial"] == 1
    for member in manifest.members:
        if member.story.consent in {"full", "partial"}:
            assert until[member.uscc] > manifest.as_of
        elif member.story.consent == "expired":
            assert until[member.uscc] < manifest.as_of


@pytest.mark.parametrize("as_of", ["2026-11-01", "2024-02-29", "2027-01-01"])
def test_the_world_moves_with_its_date(as_of: str, tmp_path: Path) -> None:
    manifest = write_sample(tmp_path, as_of=as_of)
    for _, row in all_rows(manifest):
        for column in ("申报日期", "走访日期", "列入日期", "公告日期", "违约认定日期", "日期"):
            assert not row.get(column) or str(row[column]) <= as_of


def test_the_readers_make_of_every_file_what_the_manifest_says(manifest: SampleManifest) -> None:
    known: dict[tuple[str, ...], object] = {}
    for file in manifest.files:
        found: Counter[str] = Counter()
        refused: Counter[str] = Counter()
        reader = open_source(manifest.folder / file.name, file.source)
        for chunk in reader.chunks():
            read = interpret(chunk)
            refused.update(read.refused)
            said = [((one.item, one.subject, one.key), one.data) for one in read.drafts]
            grants = [
                (("grant", one.subject, one.document_digest), one.until) for one in read.grants
            ]
            for key, content in [*said, *grants]:
                if known.get(key) == content:
                    found["duplicate"] += 1
                else:
                    found["accepted"] += 1
                    found["superseded"] += key in known
                    found["grants"] += key[0] == "grant"
                known[key] = content
        refused.update(reader.refused)
        counted = {name: getattr(file, name) for name in ("accepted", "superseded", "duplicate")}
        assert {name: found[name] for name in counted} == counted, file.name
        assert found["grants"] == file.grants
        assert dict(refused) == file.refused, file.name


def test_the_readme_says_in_both_languages_that_all_is_fiction(manifest: SampleManifest) -> None:
    text = (manifest.folder / "README.txt").read_text(encoding="utf-8")
    assert text.startswith("全部虚构 / ALL FICTION")
    assert all(file.name in text for file in manifest.files)
    assert all(member.story.plot in text for member in manifest.members)

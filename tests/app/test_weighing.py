"""Questionnaires as files, end to end: forms, answers, a weighed scheme, its seal, its officer."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tallystick.app import schemes, sealed_weights, weighing
from tallystick.app.acts import check_acts
from tallystick.app.deciding import new_officer
from tallystick.app.evaluating import evaluate
from tallystick.app.questionnaire_forms import write_questionnaire
from tallystick.app.receipts import make
from tallystick.app.sensitivity import reaches
from tallystick.app.verifying import verify
from tallystick.app.weighing import Override, Settings
from tallystick.evaluation import SchemeError, parse_scheme, shipped_scheme
from tallystick.kernel.errors import TallyError
from tallystick.records import sign_act

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.app.conftest import House

from .conftest import MEMBERS, OFFICER, SCHEME

OURS = f"{SCHEME}{weighing.OTHER_WEIGHTS}"
LAYERS = weighing.asked(weighing.scheme_in(SCHEME)[1])


def steady(i: int, j: int) -> str:
    return "A2" if j - i > 3 else "1"


def wild(i: int, j: int) -> str:
    return "A9" if (i + j) % 2 else "B9"


def answered(file: Path, expert: str, fill: Callable[[int, int], str] = steady) -> Path:
    """Make a form and fill it in as an expert would, in its own program."""
    write_questionnaire(LAYERS, SCHEME, file, "zh")
    if file.suffix == ".xlsx":
        book = openpyxl.load_workbook(file)
        book.worksheets[0]["B1"] = expert
        for sheet, group in zip(book.worksheets[1:], LAYERS, strict=True):
            for line in sheet.iter_rows(min_row=4):
                i, j = (group.items.index(str(line[n].value)) for n in (0, 4))
                line[2].value = fill(i, j)
        book.save(file)
        return file
    if file.suffix == ".csv":
        rows: list[list[str]]
        with file.open(encoding="utf-8-sig", newline="") as opened:
            rows = list(csv.reader(opened))
        for row in rows:
            if row[0].startswith("expert"):
                row[1] = expert
            for layer in LAYERS:
                if row[0] == layer.name and len(row) > 2:
                    row[3] = fill(layer.items.index(row[1]), layer.items.index(row[5]))
        with file.open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows(rows)
        return file
    lines, layer = [], LAYERS[0]
    for text in file.read_text(encoding="utf-8").splitlines():
        layer = next((one for one in LAYERS if f'group: "{one.name}"' in text), layer)
        told = ""
        if "judgment: }" in text:
            i, j = (layer.items.index(text.split(f"{key}: ")[1].split('"')[1]) for key in "ab")
            told = fill(i, j)
        filled = text.replace("judgment: }", f"judgment: {told}}}")
        lines.append(filled.replace('expert: ""', f"expert: {expert}"))
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


@pytest.fixture
def weighed(tmp_path: Path) -> Path:
    """A scheme weighed by two experts who hold together."""
    files = [answered(tmp_path / f"{n}.xlsx", f"expert {n}") for n in (1, 2)]
    return written(tmp_path / "weighed.yaml", files)


def written(to: Path, files: list[Path], override: Override | None = None) -> Path:
    found = weighing.read(files, Settings(), LAYERS)
    assert found.problems == ()
    text, _ = weighing.scheme_in(SCHEME)
    to.write_text(
        weighing.weighed_scheme(text, SCHEME, found.demanded(), override), encoding="utf-8"
    )
    return to


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "yaml"])
def test_every_form_filled_in_is_the_same_answer(tmp_path: Path, suffix: str) -> None:
    file = answered(tmp_path / f"q.{suffix}", "expert 7")
    found = weighing.read([file], Settings(), LAYERS)
    assert found.problems == ()
    survey = found.demanded().survey
    assert survey.experts == ("expert 7",)
    assert [group.name for group in survey.groups] == [layer.name for layer in LAYERS]
    other = weighing.read([answered(tmp_path / "other.xlsx", "x")], Settings(), LAYERS)
    assert found.demanded().digest == other.demanded().digest


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "yaml"])
def test_the_pairs_that_come_first_are_enough(tmp_path: Path, suffix: str) -> None:
    file = answered(tmp_path / f"q.{suffix}", "e", lambda i, j: "A2" if j == i + 1 else "")
    found = weighing.read([file], Settings(), LAYERS)
    assert found.problems == ()
    asked = write_questionnaire(LAYERS, SCHEME, tmp_path / f"empty.{suffix}", "en")
    judged = sum(len(one.answers[0].pairs) for one in found.demanded().survey.groups)
    assert judged == asked["fewest"] == sum(len(layer.items) - 1 for layer in LAYERS)


@pytest.mark.parametrize("suffix", ["xlsx", "csv", "yaml"])
def test_as_many_as_the_form_advises_can_be_tested(tmp_path: Path, suffix: str) -> None:
    least = answered(tmp_path / f"1.{suffix}", "e", lambda i, j: "A2" if j - i < 2 else "")
    better = answered(tmp_path / f"2.{suffix}", "e", lambda i, j: "A2" if j - i < 3 else "")
    assert not weighing.read([least], Settings(), LAYERS).demanded().testable
    found = weighing.read([better], Settings(), LAYERS).demanded()
    assert found.testable
    asked = write_questionnaire(LAYERS, SCHEME, tmp_path / f"empty.{suffix}", "en")
    judged = sum(len(one.answers[0].pairs) for one in found.survey.groups)
    assert judged == asked["advised"]
    if suffix != "xlsx":
        words = (tmp_path / f"empty.{suffix}").read_text(encoding="utf-8-sig")
        assert "cannot be tested" in words


def test_a_form_offers_the_scale_both_ways_and_asks_for_no_name(tmp_path: Path) -> None:
    write_questionnaire(LAYERS, SCHEME, tmp_path / "q.xlsx", "zh")
    book = openpyxl.load_workbook(tmp_path / "q.xlsx")
    [offered] = book.worksheets[1].data_validations.dataValidation
    assert offered.formula1.strip('"').split(",") == [
        *(f"A{n}" for n in range(9, 1, -1)), "1", *(f"B{n}" for n in range(2, 10))
    ]  # fmt: skip
    words = " ".join(str(c.value) for s in book.worksheets for row in s.iter_rows() for c in row)
    assert "手机号" not in words
    assert "Compare pair by pair" in words
    assert "逐对比较" in words


def test_a_form_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TallyError, match="bad_questionnaire_suffix"):
        write_questionnaire(LAYERS, SCHEME, tmp_path / "q.docx", "zh")
    with pytest.raises(TallyError, match="nothing_to_ask"):
        write_questionnaire((), SCHEME, tmp_path / "q.xlsx", "zh")


def test_a_bad_answer_is_left_out_and_named_by_its_file(tmp_path: Path) -> None:
    good = answered(tmp_path / "good.xlsx", "expert 1")
    bad = answered(tmp_path / "bad.csv", "expert 2", lambda i, j: "11" if (i, j) == (0, 1) else "1")
    found = weighing.read([good, bad], Settings(), LAYERS)
    assert {(one.file, one.code) for one in found.problems} == {("bad.csv", "off_the_scale")}
    assert not found.whole
    assert found.demanded().survey.experts == ("expert 1",)


def test_a_mistake_in_a_workbook_is_named_by_its_sheet(tmp_path: Path) -> None:
    file = answered(tmp_path / "q.xlsx", "expert 1")
    book = openpyxl.load_workbook(file)
    for sheet in book.worksheets[1:4:2]:  # two of them, at the same cell
        sheet["C5"] = "11"
    book.save(file)
    problems = weighing.read([file], Settings(), LAYERS).problems
    told = [one for one in problems if one.code == "off_the_scale"]
    first, third = LAYERS[0].name, LAYERS[2].name
    assert [one.field for one in told] == [f"{first}!C5", f"{third}!C5"]


def test_matrices_in_sheets_are_named_as_a_spreadsheet_does_without_numbers_of_people(
    tmp_path: Path,
) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "panel A"
    book.create_sheet("13800138000")
    for sheet in book.worksheets:
        for row in (["", "x", "y"], ["x", 1, 11], ["y", None, 1]):
            sheet.append(row)
    book.save(tmp_path / "q.xlsx")
    problems = weighing.read([tmp_path / "q.xlsx"], Settings()).problems
    assert [one.field for one in problems if one.code == "off_the_scale"] == [
        "'panel A'!C2",
        "'#2'!C2",
    ]
    assert not any("138001" in str(one) for one in problems)


def test_a_group_nobody_answered_is_named(tmp_path: Path) -> None:
    file = tmp_path / "q.csv"
    file.write_text(
        "group,a,b,judgment\n"
        + "".join(f"dimensions,basic,{code},2\n" for code in LAYERS[0].items[1:]),
        encoding="utf-8",
    )
    found = weighing.read([file], Settings(), LAYERS)
    assert [one.field for one in found.problems] == [layer.name for layer in LAYERS[1:]]
    with pytest.raises(TallyError, match="answers_refused"):
        found.demanded()


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("gone.csv", None, "no_file"),
        ("q.docx", b"x", "unknown_format"),
        ("q.xlsx", b"PK no workbook", "unreadable"),
        ("q.csv", b"\xff\xff\xfe,\x81", "unknown_encoding"),
    ],
)
def test_a_file_that_is_none_is_refused(
    tmp_path: Path, name: str, data: bytes | None, code: str
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(TallyError, match=code):
        weighing.read([tmp_path / name], Settings())


# -- sealed ---------------------------------------------------------------------------------------


def test_publishing_seals_scheme_and_answers_once(small: House, weighed: Path) -> None:
    with small.opened() as store:
        records = store.log.records
        first = schemes.publish(store, str(weighed))
        assert store.log.records == records + 2
        again = schemes.publish(store, str(weighed))
        assert store.log.records == records + 2
        body = store.body(store.find(first["weighing"]))
    assert again["already_published"]
    assert again["weighing"] == first["weighing"] != first["record"]
    assert (body["kind"], body["scheme"], body["officer"]) == ("weighing", OURS, {})
    assert body["result"]["experts"] == ["1", "1"]
    assert "expert 1" not in str(body)
    assert small.audited().ok


def test_a_weighing_has_a_receipt_that_holds(small: House, weighed: Path) -> None:
    with small.opened() as store:
        record = schemes.publish(store, str(weighed))["weighing"]
        paper = make(store, record)
        assert verify(paper, store.trust.text()).valid


def test_members_are_judged_by_the_new_weights_and_old_results_stay(
    small: House, weighed: Path
) -> None:
    with small.opened() as store:
        [before] = evaluate(store, SCHEME, [MEMBERS[0]])
        schemes.publish(store, str(weighed))
        [after] = evaluate(store, OURS, [MEMBERS[0]])
        sealed = store.body(store.find(before["record"]))
        old = store.body(store.find(sealed["scheme"]))
    shares = {one["code"]: one["weight"] for one in after["contributions"]}
    assert sum(map(Decimal, shares.values())) == 1
    assert before["scheme"]["digest"] != after["scheme"]["digest"]
    assert "weighing:" not in old["text"]


def test_on_screen_it_can_be_told_from_the_scheme_it_was_made_from(weighed: Path) -> None:
    shipped = parse_scheme(shipped_scheme(SCHEME))
    names = weighing.scheme_in(str(weighed))[1].names
    assert names.zh == f"{shipped.names.zh}（专家赋权）"
    assert names.en == f"{shipped.names.en} (weights of a panel)"


def test_evaluating_by_the_file_says_to_use_the_id(small: House, weighed: Path) -> None:
    no_scheme = weighed.with_name("plain.yaml")
    no_scheme.write_text("a: 1\n", encoding="utf-8")
    with small.opened() as store:
        with pytest.raises(TallyError, match="scheme_named_by_file") as caught:
            evaluate(store, str(weighed))
        with pytest.raises(TallyError, match="no_such_scheme"):
            evaluate(store, str(no_scheme))
    assert f"tally evaluate {OURS}" in caught.value.remedy.en


def test_edited_weights_are_not_published(small: House, weighed: Path) -> None:
    text = weighed.read_text(encoding="utf-8")
    weights = weighing.scheme_in(str(weighed))[1].dimensions
    one, two = weights[0].weight, weights[-1].weight
    assert one != two
    text = text.replace(f"weight: {one}}}", "weight: @}").replace(
        f"weight: {two}}}", f"weight: {one}}}"
    )
    weighed.write_text(text.replace("weight: @}", f"weight: {two}}}"), encoding="utf-8")
    with small.opened() as store, pytest.raises(SchemeError):
        schemes.publish(store, str(weighed))


@pytest.fixture
def contradictory(tmp_path: Path) -> list[Path]:
    return [answered(tmp_path / "wild.xlsx", "expert 1", wild)]


def test_contradictory_judgments_are_published_only_when_an_officer_signed(
    small: House, contradictory: list[Path], tmp_path: Path
) -> None:
    found = weighing.read(contradictory, Settings(), LAYERS).demanded()
    assert not found.accepted
    plain = written(tmp_path / "plain.yaml", contradictory)
    claimed = written(tmp_path / "claimed.yaml", contradictory, Override(OFFICER, "because"))
    with small.opened() as store:
        with pytest.raises(SchemeError, match="scheme_refused"):
            schemes.publish(store, str(plain))
        with pytest.raises(TallyError, match="too_inconsistent"):
            schemes.publish(store, str(claimed))  # nobody signed: the file only says so
        if OFFICER not in [party.name for party in store.trust.parties]:
            new_officer(store, OFFICER)
        signed = sealed_weights.override(
            store, found, OURS, OFFICER, "they met twice, 联系电话13800138000"
        )
        with pytest.raises(TallyError, match="too_inconsistent"):
            schemes.publish(store, str(claimed))  # signed, but for another reason than it says
        said = written(tmp_path / "said.yaml", contradictory, Override(OFFICER, signed["reason"]))
        published = schemes.publish(store, str(said))
        body = store.body(store.find(signed["record"]))
        unsigned = {name: value for name, value in body.items() if name != "signatures"}
        with pytest.raises(TallyError, match="not_signed"):
            check_acts(store.origin, unsigned, store.trust)
        with pytest.raises(TallyError, match="not_signed"):
            check_acts(store.origin, {**unsigned, "officer": {}}, store.trust)
        forged = sign_act(store.origin, unsigned, [store.provider_key])
        with pytest.raises(TallyError):
            check_acts(store.origin, forged, store.trust)
    assert published["weighing"] == signed["record"]
    assert body["officer"]["name"] == OFFICER
    assert "138" not in body["reason"]
    assert small.audited().ok


def test_a_scheme_does_not_say_that_an_officer_signed_where_nobody_had_to(
    small: House, tmp_path: Path
) -> None:
    fine = answered(tmp_path / "q.xlsx", "e")
    claimed = written(tmp_path / "claimed.yaml", [fine], Override(OFFICER, "approved"))
    with small.opened() as store, pytest.raises(TallyError, match="nothing_to_override"):
        schemes.publish(store, str(claimed))


def test_consistent_judgments_need_no_officer_and_no_empty_reason_signs(
    small: House, tmp_path: Path, contradictory: list[Path]
) -> None:
    fine = weighing.read([answered(tmp_path / "q.xlsx", "e")], Settings(), LAYERS).demanded()
    bad = weighing.read(contradictory, Settings(), LAYERS).demanded()
    with small.opened() as store:
        with pytest.raises(TallyError, match="nothing_to_override"):
            sealed_weights.override(store, fine, SCHEME, OFFICER, "why not")
        with pytest.raises(TallyError, match="no_reason"):
            sealed_weights.override(store, bad, SCHEME, OFFICER, "  ")
        with pytest.raises(TallyError, match="no_officer_key"):
            sealed_weights.override(store, bad, SCHEME, "nobody of that name", "because")


# -- how far weights may move ---------------------------------------------------------------------


def test_moving_weights_reads_through_the_door_and_seals_no_proposal(small: House) -> None:
    with small.opened() as store:
        evaluate(store, SCHEME)
        uses = len(list(store.index.of_kind("use")))
        proposals = len(list(store.index.of_kind("evaluation")))
        found = reaches(store, SCHEME)
        assert len(list(store.index.of_kind("use"))) == uses + len(MEMBERS)
        assert len(list(store.index.of_kind("evaluation"))) == proposals
    assert found["members"] == len(MEMBERS)
    assert {one["code"] for one in found["weights"]} >= {"basic", "B01"}

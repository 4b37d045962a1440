"""Codes kept for samples stay in sample workspaces, whatever brings them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tallystick.app.audit_report import AuditReport
from tallystick.app.consent import grant
from tallystick.app.evaluating import evaluate
from tallystick.app.explaining import explain
from tallystick.app.founding import found
from tallystick.app.importing import deliver
from tallystick.app.receipts import make
from tallystick.app.sampling import is_sample
from tallystick.app.verifying import Verdict, verify
from tallystick.kernel.errors import TallyError
from tallystick.kernel.identifiers import make_uscc
from tallystick.records import bodies
from tallystick.sources import SOURCES, profile_of
from tallystick.sources.templates import template_columns

from .conftest import CONSENT, MEMBERS, PASSPHRASE, House, roster

SAMPLE = make_uscc("91999999", 7)


@pytest.fixture
def ordinary(tmp_path: Path, passphrase_file: Path) -> House:
    house = House(tmp_path / "ordinary", passphrase_file)
    found(house.settings(), PASSPHRASE, operator="普通协会").close()
    return house


def row_about(source: str, code: str) -> dict[str, Any]:
    columns = template_columns(profile_of(source))
    row: dict[str, Any] = {column.code: column.example for column in columns}
    [subject] = [column.code for column in columns if column.kind == "uscc"]
    return row | {subject: code}


@pytest.mark.parametrize("source", SOURCES)
def test_an_ordinary_workspace_refuses_them_in_every_source(ordinary: House, source: str) -> None:
    report = ordinary.deliver(source, [row_about(source, SAMPLE), row_about(source, MEMBERS[0])])
    assert report.refused == {"sample_subject": 1}
    [problem] = [one for one in report.problems if one.code == "sample_subject"]
    assert problem.line == 2
    assert problem.rule
    assert "--sample" in problem.remedy.en
    assert report.accepted >= 1, "the row beside it goes on"
    with ordinary.opened() as store:
        assert SAMPLE not in store.index.subjects.names


@pytest.mark.parametrize("source", SOURCES)
def test_a_sample_workspace_takes_them_in_every_source(empty: House, source: str) -> None:
    report = empty.deliver(source, [row_about(source, SAMPLE)])
    assert not report.refused
    assert report.accepted >= 1


def test_an_organ_never_has_such_a_code_not_even_in_a_sample(empty: House) -> None:
    row = row_about("penalties", SAMPLE) | {"CF_CFJGDM": make_uscc("11999999", 3)}
    report = empty.deliver("penalties", [row])
    assert report.refused == {"bad_uscc": 1}


def test_what_is_delivered_without_a_file_is_refused_too(ordinary: House) -> None:
    with ordinary.opened() as store:
        fact = bodies.fact(
            store.delivery(),
            item="registration.basic",
            subject=SAMPLE,
            key="basic",
            occurred="2026-01-01",
            data={"name": "样例公司"},
            source={"name": "样例", "code": "", "document": "", "digest": ""},
            channel="transcribed",
            imported="",
        )
        with pytest.raises(TallyError) as refusal:
            deliver(store, [fact])
        assert refusal.value.code == "sample_subject"


def test_consent_explanation_and_evaluation_of_one_are_refused(ordinary: House) -> None:
    ordinary.deliver("roster", roster())
    with ordinary.opened() as store:
        acts = (
            lambda: grant(
                store,
                SAMPLE,
                categories=["finance"],
                purpose="association_evaluation",
                until="2026-12-31",
                document=CONSENT,
            ),
            lambda: explain(store, SAMPLE),
            lambda: evaluate(store, "association-2019", [SAMPLE]),
        )
        for act in acts:
            with pytest.raises(TallyError) as refusal:
                act()
            assert refusal.value.code == "sample_subject"


def test_an_operator_has_no_such_code_outside_a_sample(
    tmp_path: Path, passphrase_file: Path
) -> None:
    house = House(tmp_path / "ws", passphrase_file)
    with pytest.raises(TallyError) as refusal:
        found(house.settings(), PASSPHRASE, operator="普通协会", code=make_uscc("51999999", 1))
    assert refusal.value.code == "sample_subject"
    assert not house.folder.exists()


def test_whether_a_workspace_is_a_sample_stands_on_the_ledger(
    ordinary: House, empty: House
) -> None:
    with ordinary.opened() as plain, empty.opened() as sample:
        assert not is_sample(plain)
        assert is_sample(sample)
    reports: list[AuditReport] = [ordinary.audited(), empty.audited()]
    assert [report.sample for report in reports] == [False, True]


def test_every_receipt_of_a_sample_says_so_even_without_its_content(
    ordinary: House, empty: House
) -> None:
    """The log of a sample is named so, and no receipt comes without the name of its log."""
    for house, expected in ((empty, True), (ordinary, False)):
        house.deliver("roster", roster((MEMBERS[0],)))
        with house.opened() as store:
            for number in range(store.log.records):
                record = store.numbered(number).record
                for content in (True, False):
                    if store.body(number)["kind"] == "founding" and content:
                        continue  # which says it itself
                    assert verify(make(store, record, content=content)).sample is expected
    assert not verify(b"").sample


def test_a_receipt_says_sample_by_the_code_of_its_subject_too() -> None:
    verdict = Verdict(body={"subject": SAMPLE}, origin="example.org/credit")
    assert verdict.sample
    assert not Verdict(body={"subject": MEMBERS[0]}, origin="example.org/credit").sample
    assert Verdict(body={"sample": True}, origin="example.org/credit").sample

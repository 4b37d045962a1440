"""A court orders that what was recorded about a company be erased, and it is, provably."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tallystick.app.erasing import erase
from tallystick.app.receipts import make, make_numbered
from tallystick.app.verifying import verify
from tallystick.kernel.errors import TallyError

from .conftest import ACME, EVERYTHING, OFFICER, Association, year_row

YEAR = "association.membership_year"
ORDER = "（2026）样01行终1号判决"


@pytest.fixture
def on_record(association: Association) -> Association:
    """A company whose year with the association was recorded twice, the second time corrected."""
    association.appoints(OFFICER)
    association.receives("association", year_row(ACME))
    association.receives("association", year_row(ACME, meetings_attended="1"))
    association.is_given_consent(ACME, *EVERYTHING, until="2026-12-31")
    return association


def of_the_year(association: Association) -> list[str]:
    facts = association.explains(ACME)["facts"]
    return [
        str(one["record"]) for one in facts if one["item"] == YEAR and one["state"] != "superseded"
    ]


def erases(association: Association, record: str, **how: Any) -> dict[str, Any]:
    with association.opened() as store:
        return erase(store, [record], basis=ORDER, reason="判决生效", officer=OFFICER, **how)


def test_the_operator_sees_first_what_would_go(on_record: Association) -> None:
    [record] = of_the_year(on_record)
    told = erases(on_record, record, dry_run=True)
    assert [(one["kind"], one["why"]) for one in told["records"]] == [
        ("fact", "older"),
        ("fact", "chosen"),
    ]
    assert of_the_year(on_record) == [record]


def test_after_the_erasure_nobody_reads_it_and_no_older_version_takes_its_place(
    on_record: Association,
) -> None:
    [record] = of_the_year(on_record)
    erases(on_record, record)
    assert of_the_year(on_record) == []
    with on_record.opened() as store, pytest.raises(TallyError) as refused:
        make(store, record)
    assert refused.value.code == "record_erased"
    assert ORDER in refused.value.text.zh


def test_the_ledger_still_proves_that_it_was_there_and_why_it_is_gone(
    on_record: Association,
) -> None:
    [record] = of_the_year(on_record)
    before = on_record.receipt(record)
    said = erases(on_record, record)
    with on_record.opened() as store:
        bare = make_numbered(store, store.number_of(record), content=False)
    verdict = on_record.verified(bare)
    assert verdict.valid
    assert verdict.to_json()["standing"]["status"] == "erased"
    reason = on_record.verified(Path(said["receipt"]).read_bytes())
    assert reason.valid
    assert reason.body is not None
    assert (reason.body["basis"], record in reason.body["records"]) == (ORDER, True)
    # What the company itself was given before still proves what it proved then.
    assert verify(before, on_record.trust_file).valid


def test_an_auditor_reads_who_erased_what_on_what_basis_and_finds_all_else_whole(
    on_record: Association,
) -> None:
    [record] = of_the_year(on_record)
    erases(on_record, record)
    report = on_record.audited()
    assert report.ok
    assert {(one.who, one.basis) for one in report.erased} == {(OFFICER, ORDER)}
    assert record in {one.record for one in report.erased}


def test_copies_that_were_given_out_are_named_since_nobody_can_call_them_back(
    on_record: Association,
) -> None:
    [record] = of_the_year(on_record)
    on_record.receipt(record)
    said = erases(on_record, record)
    assert {one["purpose"] for one in said["delivered"]} == {"association_evaluation"}


def test_keys_from_an_old_backup_bring_nothing_back(on_record: Association, tmp_path: Path) -> None:
    [record] = of_the_year(on_record)
    keys = on_record.folder / "keys" / "records"
    shutil.copy(keys, tmp_path / "keys")
    erases(on_record, record)
    newer = keys.read_bytes()
    older = (tmp_path / "keys").read_bytes()
    keys.write_bytes(older + newer[len(older) :])
    assert [one.code for one in on_record.audited().faults] == ["erased_key_there"] * 2
    on_record.opened().close()  # whoever writes next
    assert keys.read_bytes() == newer
    assert on_record.audited().ok

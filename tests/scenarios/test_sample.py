"""Forty fictional members, files of every source, and the ordinary messes, from end to end."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tallystick.app.evaluating import evaluate
from tallystick.app.importing import import_files
from tallystick.kernel.errors import TallyError
from tallystick.testing.sample import SampleManifest

from .conftest import SCHEME, Association


def test_each_file_yields_what_its_maker_planted_and_the_same_file_again_nothing(
    newborn: Association, sample: SampleManifest
) -> None:
    for file in sample.files:
        report = newborn.receives_file(sample.folder / file.name, file.source)
        counted = (report.accepted, report.superseded, report.duplicate, dict(report.refused))
        assert counted == (file.accepted, file.superseded, file.duplicate, file.refused), file.name
        assert all(one.line and one.file == file.name for one in report.problems)
    for file in sample.files:
        again = newborn.receives_file(sample.folder / file.name, file.source)
        assert again.accepted == again.superseded == 0, file.name
        assert again.duplicate == file.accepted + file.duplicate, file.name
        assert again.imports == [], "nothing was sealed, so there is no import to name"
    assert newborn.audited().ok


def test_a_dry_run_says_what_an_import_would_do_and_seals_nothing(
    newborn: Association, sample: SampleManifest
) -> None:
    roster = sample.files[0]
    with newborn.opened() as store:
        before = store.log.records
        report = import_files(store, [sample.folder / roster.name], roster.source, dry_run=True)
        assert store.log.records == before
    assert (report.accepted, report.duplicate) == (roster.accepted, roster.duplicate)
    assert dict(report.refused) == roster.refused


def test_evaluating_members_one_by_one_in_any_order_changes_no_digit(whole: Association) -> None:
    everybody = whole.evaluates_all(as_of="2026-11-01")
    with whole.opened() as store:
        for member in sorted(everybody, reverse=True)[::5]:
            [alone] = evaluate(store, SCHEME, [member], "2026-11-01")
            assert alone["digest"] == everybody[member]["digest"]


def test_a_retracted_import_is_gone_from_the_next_evaluation_and_can_come_again(
    whole: Association, sample: SampleManifest
) -> None:
    debtors = next(file for file in sample.files if file.source == "judgment-debtors")
    before = whole.evaluates_all()
    with whole.opened() as store:
        names = [store.body(n)["name"] for n in store.index.of_kind("import")]
    [name] = [one for one in names if one.startswith("judgment-debtors")]
    red = {code for code, one in before.items() if _hit(one, "失信被执行人")}
    assert red
    whole.retracts(name, "the list of another district")
    without = whole.evaluates_all()
    assert not any(_hit(one, "失信被执行人") for one in without.values())
    report = whole.receives_file(sample.folder / debtors.name, debtors.source)
    assert report.accepted == debtors.accepted
    assert report.imports != [name], "a new import has a new name"
    again = whole.evaluates_all()
    for code, result in again.items():
        assert (result["score"], result["band"]) == (before[code]["score"], before[code]["band"])
    assert whole.audited().ok


def _hit(result: dict[str, Any], rule: str) -> bool:
    return any(one["rule"] == rule for one in result["rules_hit"])


def test_a_retracted_correction_brings_the_older_version_back(
    whole: Association, sample: SampleManifest
) -> None:
    """The corrections superseded older decisions; without them those are in force again."""
    with whole.opened() as store:
        imports = [store.body(n) for n in store.index.of_kind("import")]
        corrected = {
            body["key"]: body
            for body in map(store.body, store.index.of_kind("fact"))
            if body["imported"] == _corrections(imports, sample)
        }
    assert corrected
    [(key, newer)] = list(corrected.items())[:1]
    shown = whole.explains(newer["subject"])
    states = _states(shown, newer)
    assert states == ["in_force", "superseded"]
    whole.retracts(_corrections(imports, sample), "a correction sent by mistake")
    assert _states(whole.explains(newer["subject"]), newer) == ["in_force", "retracted"]
    assert key


def _corrections(imports: list[dict[str, Any]], sample: SampleManifest) -> str:
    file = next(one for one in sample.files if one.superseded)
    digest = hashlib.sha256((sample.folder / file.name).read_bytes()).hexdigest()
    return next(str(one["name"]) for one in imports if one["digest"] == digest)


def _states(shown: dict[str, Any], newer: dict[str, Any]) -> list[str]:
    document = newer["data"]["document"]
    return sorted(f["state"] for f in shown["facts"] if f["data"].get("document") == document)


def test_an_import_that_never_was_cannot_be_retracted_nor_one_twice(whole: Association) -> None:
    with pytest.raises(TallyError, match="no_such_import"):
        whole.retracts("roster-9999", "a mistake")
    whole.retracts("tax-0011", "the wrong year")
    with pytest.raises(TallyError, match="no_such_import"):
        whole.retracts("tax-0011", "the wrong year")


def test_members_without_a_roster_are_no_members(whole: Association) -> None:
    """A retracted roster leaves facts about organisations that are members no longer."""
    whole.retracts("roster-0001", "the wrong file")
    with pytest.raises(TallyError) as caught:
        whole.evaluates("91310110PDY522758T")
    assert caught.value.code in {"not_a_member", "no_members"}


def test_what_a_fact_came_from_is_told_with_its_document(whole: Association) -> None:
    result = next(one for one in whole.evaluates_all().values() if _hit(one, "失信被执行人"))
    shown = whole.explains(result["subject"])
    [fact] = [f for f in shown["facts"] if f["item"] == "court.judgment_debtor"]
    assert fact["channel"] == "transcribed"
    assert fact["provenance"].startswith("transcribed by 样例协会 from document ")
    assert fact["provenance"].endswith(", not signed by 样例市样例区人民法院") or (
        "人民法院" in fact["provenance"]
    )

"""The order in which files come, and rows stand in them, moves nothing in an evaluation.

Only where order is meaning it counts: a correction follows what it corrects.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tallystick.app.evaluating import evaluate
from tallystick.app.importing import import_files
from tallystick.app.store import Store
from tallystick.sources.tables_csv import encoding_of
from tallystick.testing.sample import SampleManifest

from .conftest import SCHEME, Association

CORRECTED, CORRECTION = "penalties-current.csv", "penalties-correction.csv"


def facts_in_words(store: Store, result: dict[str, Any]) -> str:
    """Return the digest of a result in which every record is named by what it says.

    The id of a record depends on a secret salt, so that two ledgers never share one, and with it
    the digest the result itself carries.
    """
    said = json.dumps(result, ensure_ascii=False, sort_keys=True)
    for number in range(store.log.records):
        record, body = store.numbered(number)
        if body["kind"] in {"fact", "evaluation", "scheme"}:
            spoken = {k: v for k, v in body.items() if k in {"kind", "item", "subject", "key"}}
            said = said.replace(record, hashlib.sha256(str(spoken).encode()).hexdigest())
    shown: dict[str, Any] = json.loads(said)
    for part in ("rules_hit", "reasons", "indicators", "changes"):
        for one in shown[part]:
            one["records"] = sorted(one["records"])
    del shown["digest"], shown["record"]
    return json.dumps(shown, ensure_ascii=False, sort_keys=True)


def evaluated_after(
    association: Association, sample: SampleManifest, folder: Path, order: Iterable[str]
) -> dict[str, str]:
    """Import the files of `folder` in this order; return what each member is then proposed."""
    sources = {file.name: file.source for file in sample.files}
    with association.opened() as store:
        for name in order:
            import_files(store, [folder / name], sources[name])
        results = evaluate(store, SCHEME, as_of=sample.as_of)
        return {one["subject"]: facts_in_words(store, one) for one in results}


@pytest.fixture(scope="module")
def in_given_order(
    founded: Association, sample: SampleManifest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    association = founded.copied(tmp_path_factory.mktemp("given"))
    found = evaluated_after(association, sample, sample.folder, names_of(sample))
    assert len(found) == len(sample.members)
    return found


def names_of(sample: SampleManifest) -> list[str]:
    return [file.name for file in sample.files]


def turned(names: list[str]) -> list[str]:
    """Return the names in reversed order; the correction stays behind what it corrects."""
    others = [name for name in reversed(names) if name != CORRECTION]
    others.insert(others.index(CORRECTED) + 1, CORRECTION)
    return others


def turn_rows(file: Path, into: Path) -> int:
    """Write a CSV file with its rows below the header reversed; return how many rows those are."""
    with file.open(encoding=encoding_of(file), newline="") as given:
        header, *rows = csv.reader(given)
    with (into / file.name).open("w", encoding="utf-8", newline="") as made:
        csv.writer(made).writerows([header, *reversed(rows)])
    return len(rows)


def test_the_order_of_the_files_changes_no_digit(
    newborn: Association, sample: SampleManifest, in_given_order: dict[str, str]
) -> None:
    order = turned(names_of(sample))
    assert order[0] == names_of(sample)[-1]
    assert evaluated_after(newborn, sample, sample.folder, order) == in_given_order


def test_the_order_of_the_rows_changes_no_digit(
    newborn: Association, sample: SampleManifest, in_given_order: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "turned"
    folder.mkdir()
    rows = 0
    for file in sample.files:
        if file.name.endswith(".csv"):
            rows += turn_rows(sample.folder / file.name, folder)
        else:
            (folder / file.name).write_bytes((sample.folder / file.name).read_bytes())
    assert rows > 400
    assert evaluated_after(newborn, sample, folder, names_of(sample)) == in_given_order


@pytest.mark.parametrize(
    ("pair", "fine"), [((CORRECTED, CORRECTION), "45000"), ((CORRECTION, CORRECTED), "65000")]
)
def test_of_a_pair_the_one_delivered_last_is_in_force(
    pair: tuple[str, str], fine: str, newborn: Association, sample: SampleManifest
) -> None:
    """Here order is meaning: the correction states another fine for the same decision."""
    roster = names_of(sample)[0]
    results = evaluated_after(newborn, sample, sample.folder, [roster, *pair])
    decisions = [fact for member in results for fact in newborn.explains(member)["facts"]]
    fines = [
        fact["data"]["fine"]
        for fact in decisions
        if fact["state"] == "in_force" and fact["data"].get("document") == "样罚〔2026〕2号"
    ]
    assert fines == [fine]

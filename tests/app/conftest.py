"""What every test of the use cases stands on: workspaces made once, copied where they are changed.

A passphrase is slow to try on purpose. Here each is tried once in a session: the derivation is a
pure function, so that remembering its answers changes nothing but the time.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import pytest
import typst

from tallystick.app.audit_report import AuditReport
from tallystick.app.auditing import audit
from tallystick.app.deciding import decide, new_officer
from tallystick.app.evaluating import evaluate
from tallystick.app.founding import found
from tallystick.app.importing import ImportReport, import_files
from tallystick.app.papers import issue
from tallystick.app.store import Store
from tallystick.app.workspace import Settings
from tallystick.kernel.disk import Disk, FileDisk
from tallystick.kernel.signing import COSIGNATURE_ML_DSA_44
from tallystick.publication.paper import CONTENT_POLICY, MARKER
from tallystick.testing.fiction import COMPANY, company_name, fictional_uscc
from tallystick.testing.sample import SampleManifest, write_sample
from tallystick.testing.witnesses import WitnessNetwork
from tallystick.vault import keyring

PASSPHRASE = "a passphrase for tests"  # noqa: S105 - it protects made-up members
SCHEME = "association-2019"
OFFICER = "Officer of the tests"
CONSENT = "b" * 64
MEMBERS = tuple(fictional_uscc(COMPANY, number) for number in (501, 502, 503))

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class House:
    """A workspace, the file with its passphrase, and the day it is looked at."""

    folder: Path
    passphrase_file: Path
    day: str = "2026-11-01"

    def settings(self, disk: Disk | None = None, processes: int = 1) -> Settings:
        moment = datetime.fromisoformat(f"{self.day}T04:00:00").replace(tzinfo=UTC)
        return Settings(
            self.folder,
            self.passphrase_file,
            now=lambda: moment,
            disk=disk or FileDisk(),
            processes=processes,
        )

    def opened(self, *, writer: bool = True, disk: Disk | None = None) -> Store:
        return Store.open(self.settings(disk), writer=writer)

    def founded(self) -> Store:
        return found(self.settings(), PASSPHRASE, operator="样例协会", sample=True)

    def audited(self) -> AuditReport:
        return audit(self.settings())

    def spoiled(self, name: str, data: bytes) -> AuditReport:
        """Audit with `data` in the file `name`, which is then put back as it was."""
        file = self.folder / name
        before = file.read_bytes()
        file.write_bytes(data)
        try:
            return self.audited()
        finally:
            file.write_bytes(before)

    def copied(self, to: Path) -> House:
        shutil.copytree(self.folder, to)
        return replace(self, folder=to)

    def on(self, day: str) -> House:
        return replace(self, day=day)

    def deliver(self, source: str, rows: Rows, *, store: Store | None = None) -> ImportReport:
        """Import `rows`, written as the file of `source`."""
        file = self.folder.parent / f"{self.folder.name}-{source}.csv"
        write_rows(file, rows)
        if store is not None:
            return import_files(store, [file], source)
        with self.opened() as own:
            return import_files(own, [file], source)

    def content(self) -> dict[str, bytes]:
        """Return every file of the workspace with its bytes."""
        files = (path for path in sorted(self.folder.rglob("*")) if path.is_file())
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in files}


def write_rows(file: Path, rows: Rows) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)


def roster(members: Sequence[str] = MEMBERS, *, consenting: bool = True) -> list[dict[str, Any]]:
    consent = {
        "consent_digest": CONSENT,
        "consent_date": "2026-01-05",
        "consent_categories": "自主申报、纳税、协会、荣誉、实地调查、财务",
        "consent_purpose": "association_evaluation",
        "consent_until": "2026-12-31",
    }
    return [
        {
            "name": company_name(number),
            "uscc": member,
            "established_on": "2012-03-04",
            "registered_capital": "1000",
            "paid_in_capital": "800",
            "shareholders": "3",
            "officers": "4",
            **(consent if consenting else {}),
        }
        for number, member in enumerate(members)
    ]


def years(members: Sequence[str] = MEMBERS) -> list[dict[str, Any]]:
    return [
        {
            "uscc": member,
            "year": "2025",
            "fees_paid_on_time": "是",
            "meetings_held": "6",
            "meetings_attended": "5",
            "social_duties": "2",
            "charter_kept": "是",
            "document": "样协〔2025〕001号",
            "recorded_by": "样例协会",
        }
        for member in members
    ]


@pytest.fixture(scope="session", autouse=True)
def passphrases_tried_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyring, "_passphrase_key", lru_cache(keyring._passphrase_key))
        yield


@pytest.fixture(scope="session")
def passphrase_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("secret") / "passphrase"
    file.write_text(PASSPHRASE + "\n", encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleManifest:
    return write_sample(tmp_path_factory.mktemp("sample") / "files")


@pytest.fixture(scope="session")
def founded_house(tmp_path_factory: pytest.TempPathFactory, passphrase_file: Path) -> House:
    """A workspace in which nothing has happened yet. Not to be changed: copy it."""
    house = House(tmp_path_factory.mktemp("founded") / "workspace", passphrase_file)
    house.founded().close()
    return house


@pytest.fixture(scope="session")
def small_house(tmp_path_factory: pytest.TempPathFactory, founded_house: House) -> House:
    """Three members, evaluated, one of them decided on. Not to be changed: copy it."""
    house = founded_house.copied(tmp_path_factory.mktemp("small") / "workspace")
    with house.opened() as store:
        house.deliver("roster", roster(), store=store)
        house.deliver("association", years(), store=store)
        evaluate(store, SCHEME)
        new_officer(store, OFFICER)
        decide(store, MEMBERS[0], OFFICER, "as proposed", outcome="change", band="low")
    return house


PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">{policy}<title>Report</title></head>
<body><h1>{title}</h1>{qr}<p>{code}</p>{marker}</body></html>
"""
SHEET = """#set document(title: "Report", date: datetime(year: 2026, month: 11, day: 1))
= #sys.inputs.title
Nothing else is said. <end>
#if sys.inputs.qr != "" { image(bytes(sys.inputs.qr), width: 4cm, alt: sys.inputs.code) }
"""


@dataclass(frozen=True)
class Papers:
    """Reports out of one workspace, and the way to make more.

    html, pdf: on a member decided on. proposal: on one with a proposal only. bare: on a member,
    showing no evaluation.
    """

    house: House
    html: bytes
    pdf: bytes
    proposal: bytes
    bare: bytes

    decided = MEMBERS[0]
    proposed = MEMBERS[1]
    officer = OFFICER

    @property
    def trust(self) -> str:
        return (self.house.folder / "trust.policy").read_text(encoding="utf-8")

    @staticmethod
    def draw(form: str, title: str, qr: str, code: str) -> bytes:
        """Draw the plainest page there is, in either form."""
        if form == "html":
            said = {"title": title, "qr": qr, "code": code, "policy": CONTENT_POLICY}
            return PAGE.format(**said, marker=MARKER.decode()).encode()
        inputs = {"title": title, "qr": qr, "code": code}
        drawn = typst.compile(
            SHEET.encode(), format="pdf", pdf_standards=["a-3b"], sys_inputs=inputs
        )
        assert isinstance(drawn, bytes)
        return drawn

    @staticmethod
    def records_of(store: Store, subject: str) -> tuple[str, str]:
        """Return the ids of the newest evaluation of `subject` and of its decision, if any."""
        found = {"evaluation": "", "decision": ""}
        for number in store.index.of_subject(subject):
            record = store.numbered(number)
            if record.body["kind"] in found:
                found[record.body["kind"]] = record.record
        return found["evaluation"], found["decision"]

    @classmethod
    def issued(
        cls, store: Store, form: str, member: str = MEMBERS[0], title: str = "Report"
    ) -> bytes:
        """Issue a report on `member` with the records it has."""
        evaluation, decision = cls.records_of(store, member)
        return issue(
            store,
            member,
            form,
            "en",
            {"title": title},
            lambda qr, code: cls.draw(form, title, qr, code),
            evaluation=evaluation,
            decision=decision,
        )


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory, small_house: House) -> Papers:
    """Reports out of a copy of the small house. Not to be changed: copy the house."""
    house = small_house.copied(tmp_path_factory.mktemp("papers") / "workspace")
    with house.opened() as store:
        return Papers(
            house,
            Papers.issued(store, "html"),
            Papers.issued(store, "pdf"),
            Papers.issued(store, "html", MEMBERS[1]),
            issue(store, MEMBERS[2], "html", "en", {}, partial(Papers.draw, "html", "Report")),
        )


@pytest.fixture(scope="session")
def sample_house(
    tmp_path_factory: pytest.TempPathFactory, founded_house: House, sample: SampleManifest
) -> House:
    """The whole sample imported and evaluated. Not to be changed: copy it."""
    house = founded_house.copied(tmp_path_factory.mktemp("rated") / "workspace")
    with house.opened() as store:
        for file in sample.files:
            import_files(store, [sample.folder / file.name], file.source, complete=file.complete)
        evaluate(store, SCHEME)
    return house


@pytest.fixture
def empty(founded_house: House, tmp_path: Path) -> House:
    """A workspace of one's own in which nothing has happened yet."""
    return founded_house.copied(tmp_path / "workspace")


@pytest.fixture
def small(small_house: House, tmp_path: Path) -> House:
    """A workspace of one's own with three members."""
    return small_house.copied(tmp_path / "workspace")


@pytest.fixture
def witnesses(small: House, tmp_path: Path) -> Iterator[WitnessNetwork]:
    """Three that follow the ledger of the small house."""
    with small.opened() as store:
        log = store.log_key.verifier
    now = int(small.settings().now().timestamp())
    kinds = {"B": COSIGNATURE_ML_DSA_44}
    with WitnessNetwork(tmp_path / "network", ["A", "B", "C"], log, now, kinds) as network:
        yield network


@pytest.fixture
def whole(sample_house: House, tmp_path: Path) -> House:
    """A workspace of one's own with the whole sample."""
    return sample_house.copied(tmp_path / "whole")

"""An association and its members, told in verbs, for scenarios that a lawyer can read.

Every act opens the workspace, does one thing and closes it, as the commands of a user do. The days
are those the scenario names; nothing here asks the clock.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from tallystick.app import consent, deciding, importing
from tallystick.app.audit_report import AuditReport
from tallystick.app.auditing import audit
from tallystick.app.evaluating import evaluate
from tallystick.app.explaining import explain
from tallystick.app.founding import found
from tallystick.app.importing import ImportReport, deliver, import_files
from tallystick.app.receipts import make
from tallystick.app.store import Store
from tallystick.app.verifying import Verdict, verify
from tallystick.app.workspace import Settings
from tallystick.kernel.errors import TallyError
from tallystick.records import Body, bodies
from tallystick.testing.fiction import COMPANY, ORGAN, fictional_uscc
from tallystick.testing.sample import SampleManifest, write_sample
from tallystick.vault import keyring

SCHEME = "association-2019"
TODAY = "2026-11-01"
PASSPHRASE = "a passphrase for scenarios"  # noqa: S105 - it protects made-up members
ACME, BOREAS = fictional_uscc(COMPANY, 501), fictional_uscc(COMPANY, 502)
OFFICER = "Officer of the association"
CONSENT_DOCUMENT = "b" * 64
COURT = {"name": "样例区人民法院", "code": fictional_uscc(ORGAN, 91_000), "document": "样1号"}
EVERYTHING = ("selfdeclared", "tax", "association", "honour", "visit", "finance")


@dataclass(frozen=True)
class Association:
    """An association with its workspace, on one day."""

    folder: Path
    passphrase_file: Path
    today: str = TODAY

    def on(self, day: str) -> Association:
        """Return the same association on another day."""
        return replace(self, today=day)

    def copied(self, folder: Path) -> Association:
        """Return an association of the same history, with its workspace in `folder`."""
        shutil.copytree(self.folder, folder / "workspace")
        return replace(self, folder=folder / "workspace")

    @property
    def settings(self) -> Settings:
        moment = datetime.fromisoformat(f"{self.today}T04:00:00").replace(tzinfo=UTC)
        return Settings(self.folder, self.passphrase_file, now=lambda: moment, processes=1)

    def opened(self) -> Store:
        return Store.open(self.settings, writer=True)

    @property
    def trust_file(self) -> str:
        return (self.folder / "trust.policy").read_text(encoding="utf-8")

    # -- what comes in ------------------------------------------------------------------------

    def receives(
        self, source: str, *rows: Mapping[str, Any], complete: bool = False
    ) -> ImportReport:
        """Import rows as the file of a source."""
        file = self.folder.parent / f"{source}.csv"
        columns = list(dict.fromkeys(name for row in rows for name in row))
        with file.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, columns)
            writer.writeheader()
            writer.writerows(rows)
        return self.receives_file(file, source, complete=complete)

    def receives_file(self, file: Path, source: str, *, complete: bool = False) -> ImportReport:
        with self.opened() as store:
            return import_files(store, [file], source, complete=complete)

    def receives_all(self, sample: SampleManifest) -> None:
        with self.opened() as store:
            for file in sample.files:
                import_files(
                    store, [sample.folder / file.name], file.source, complete=file.complete
                )

    def retracts(self, name: str, reason: str) -> None:
        with self.opened() as store:
            importing.retract(store, name, reason)

    def is_given_consent(
        self, member: str, *categories: str, purpose: str = "association_evaluation", until: str
    ) -> str:
        with self.opened() as store:
            given = consent.grant(
                store,
                member,
                categories=categories,
                purpose=purpose,
                until=until,
                document=CONSENT_DOCUMENT,
            )
        return str(given["record"])

    def is_told_of_a_withdrawal(self, member: str, grant: str | None = None) -> None:
        with self.opened() as store:
            consent.withdraw(store, member, grant)

    # -- what goes out ------------------------------------------------------------------------

    def evaluates(self, member: str, as_of: str | None = None) -> dict[str, Any]:
        with self.opened() as store:
            [result] = evaluate(store, SCHEME, [member], as_of)
        return result

    def evaluates_all(self, as_of: str | None = None) -> dict[str, dict[str, Any]]:
        with self.opened() as store:
            results = evaluate(store, SCHEME, as_of=as_of)
        return {result["subject"]: result for result in results}

    def explains(self, member: str, language: str = "en") -> dict[str, Any]:
        with self.opened() as store:
            return explain(store, member, language)

    def appoints(self, name: str, signer: str = "") -> str:
        """Register an officer; return the file of the officer's key. signer: one who is there."""
        with self.opened() as store:
            return str(deciding.new_officer(store, name, signer=signer)["path"])

    def decides(
        self, member: str, reason: str, officer: str = OFFICER, **how: Any
    ) -> dict[str, Any]:
        with self.opened() as store:
            return deciding.decide(store, member, officer, reason, **how)

    def receipt(self, record: str) -> bytes:
        with self.opened() as store:
            return make(store, record)

    def verified(self, receipt: bytes) -> Verdict:
        return verify(receipt, self.trust_file)

    def audited(self) -> AuditReport:
        return audit(self.settings)


def fact(store: Store, item: str, data: dict[str, Any], **changes: Any) -> Body:
    """Return a fact as somebody would deliver it who signs instead of sending a file."""
    parts: dict[str, Any] = {
        "item": item,
        "subject": ACME,
        "key": "1",
        "occurred": "2026-05-06",
        "data": data,
        "source": {**COURT, "digest": "0" * 64},
        "channel": "transcribed",
        "imported": "",
        **changes,
    }
    return bodies.fact(store.delivery(), **parts)


def refusal(association: Association, body: Body) -> TallyError:
    with association.opened() as store:
        before = store.log.records
        with pytest.raises(TallyError) as caught:
            deliver(store, [body])
        assert store.log.records == before
    return caught.value


def roster_row(member: str, **more: Any) -> dict[str, Any]:
    """Return a member on the roster, without any consent."""
    return {
        "name": "云杉样例科技有限公司" if member == ACME else "星河演示科技有限公司",
        "uscc": member,
        "established_on": "2012-03-04",
        "registered_capital": "1000",
        "paid_in_capital": "1000",
        "industry": "I6510",
        "shareholders": "5",
        "officers": "5",
        "changes_12m": "0",
        **more,
    }


def year_row(member: str, **more: Any) -> dict[str, Any]:
    """Return a good year of a member of the association."""
    return {
        "uscc": member,
        "year": "2025",
        "fees_paid_on_time": "是",
        "meetings_held": "6",
        "meetings_attended": "6",
        "social_duties": "3",
        "charter_kept": "是",
        "document": "样协〔2025〕001号",
        "recorded_by": "样例协会",
        **more,
    }


def honour_row(member: str, **more: Any) -> dict[str, Any]:
    return {
        "uscc": member,
        "kind": "award",
        "title": "样例行业创新奖",
        "level": "municipal",
        "date": "2026-03-04",
        "awarded_by": "样例市示范局",
        "number": "SJ-2026-07",
        **more,
    }


@pytest.fixture(scope="session", autouse=True)
def passphrases_tried_once() -> Iterator[None]:
    """Remember what a passphrase gives: trying one is slow on purpose."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyring, "_passphrase_key", lru_cache(keyring._passphrase_key))
        yield


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleManifest:
    """The files of a fictional association of forty members."""
    return write_sample(tmp_path_factory.mktemp("sample") / "files")


@pytest.fixture
def newborn(founded: Association, tmp_path: Path) -> Association:
    """An association that has received nothing yet."""
    return founded.copied(tmp_path)


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Association:
    folder = tmp_path_factory.mktemp("founded")
    (folder / "passphrase").write_text(PASSPHRASE + "\n", encoding="utf-8")
    association = Association(folder / "workspace", folder / "passphrase")
    found(association.settings, PASSPHRASE, operator="样例协会", sample=True).close()
    return association


@pytest.fixture(scope="session")
def with_the_sample(
    founded: Association, sample: SampleManifest, tmp_path_factory: pytest.TempPathFactory
) -> Association:
    """An association that has received every file of the sample. Copied, never changed."""
    association = founded.copied(tmp_path_factory.mktemp("whole"))
    association.receives_all(sample)
    return association


@pytest.fixture
def association(founded: Association, tmp_path: Path) -> Association:
    """A young association with two members that have consented to nothing yet."""
    young = founded.copied(tmp_path)
    young.receives("roster", roster_row(ACME), roster_row(BOREAS))
    return young


@pytest.fixture
def whole(with_the_sample: Association, tmp_path: Path) -> Association:
    """An association that has received every file of the sample."""
    return with_the_sample.copied(tmp_path)

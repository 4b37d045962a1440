"""Whatever is changed in an evidence package, and whoever recomputes its digests, it is found."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.app.conftest import MEMBERS, roster, write_rows
from tests.app.test_evidencing import fact_of, ids, trust_of

from tallystick.app.evidencing import evidence
from tallystick.app.package_checks import NO_PACKAGE, STEPS, check_package
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import CosignerKey
from tallystick.ledger import BAD_TRUST_FILE, Witness, parse_trust

if TYPE_CHECKING:
    from tests.app.conftest import House


WITNESS = "witness.example/w"


def asking_for_witnesses(trust: str) -> str:
    key = CosignerKey(WITNESS, bytes([5]) * 32).verifier
    return parse_trust(trust).with_witness(Witness(WITNESS, key)).with_quorum(1).text()


class Case:
    """A package that may be changed, and the trust file of its ledger."""

    def __init__(self, folder: Path, trust: str) -> None:
        self.folder, self.trust = folder, trust

    def broken(self) -> list[str]:
        verdict = check_package(self.folder, self.trust)
        return [check.step for check in verdict.checks if not check.ok]

    def one(self, pattern: str) -> Path:
        return next(path for path in sorted(self.folder.glob(pattern)))

    def sealed_again(self) -> None:
        """Recompute manifest and digests, as a forger would."""
        files = {p.relative_to(self.folder).as_posix(): p for p in self.folder.rglob("*")}
        plain = {name: path.read_bytes() for name, path in files.items() if path.is_file()}
        manifest = json.loads(plain["manifest.json"])
        for one in manifest["files"]:
            one["sha256"] = sha256(plain[one["path"]]).hexdigest()
        listed = canonical.encode(manifest) + b"\n"
        (self.folder / "manifest.json").write_bytes(listed)
        plain["manifest.json"] = listed
        del plain["SHA256SUMS"]
        lines = [f"{sha256(data).hexdigest()}  {name}\n" for name, data in sorted(plain.items())]
        (self.folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory, small_house: House) -> Case:
    place = tmp_path_factory.mktemp("packed")
    house = small_house.copied(place / "workspace")
    write_rows(place / "roster.csv", roster())
    records = [*ids(house, "decision", "grant"), fact_of(house, MEMBERS[0])]
    with house.opened() as store:
        evidence(store, records, place / "case", [place / "roster.csv"])
    return Case(place / "case", trust_of(house))


@pytest.fixture
def case(packed: Case, tmp_path: Path) -> Case:
    shutil.copytree(packed.folder, tmp_path / "case")
    return Case(tmp_path / "case", packed.trust)


def test_the_steps_stand_in_the_order_the_module_states(packed: Case) -> None:
    verdict = check_package(packed.folder, packed.trust)
    assert verdict.valid
    assert tuple(check.step for check in verdict.checks) == STEPS
    told = verdict.to_json("zh")
    assert told["trust"]["same_as_given"]
    assert told["program"]["same_as_shipped"]
    assert verdict.sample


def changes(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            for at in {0, len(data) // 2, len(data) - 1}:
                yield path, data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
            yield path, data[:-1]
            yield path, data + b"\n"


def test_every_file_counts(case: Case) -> None:
    for path, changed in list(changes(case.folder)):
        whole = path.read_bytes()
        path.write_bytes(changed)
        assert case.broken(), path
        path.write_bytes(whole)
    assert not case.broken()


def test_a_file_more_or_less_is_found(case: Case) -> None:
    files = [p for p in case.folder.rglob("*") if p.is_file()]
    for path in files:
        moved = path.rename(case.folder.parent / "away")
        if path.name in {"SHA256SUMS", "manifest.json"}:
            with pytest.raises(TallyError) as refusal:
                case.broken()
            assert refusal.value.reason is NO_PACKAGE
        else:
            assert "sums" in case.broken(), path
        moved.rename(path)
    (case.folder / "files" / "more").write_text("x", encoding="utf-8")
    assert case.broken() == ["sums", "manifest", "originals"]


def test_a_link_in_the_place_of_a_file_is_found(case: Case) -> None:
    path = case.one("files/*")
    outside = case.folder.parent / "outside"
    path.rename(outside)
    path.symlink_to(outside)
    assert "sums" in case.broken()


def test_digests_recomputed_by_a_forger_vouch_for_nothing(case: Case) -> None:
    for pattern, step, old, new in (
        ("records/*/record.json", "content", b'"kind"', b'"kinD"'),
        ("records/*/receipt.tally", "receipts", b'"position":', b'"position":1'),
        ("checkpoint.txt", "checkpoint", b"\n", b"1\n"),
        ("files/*", "originals", b"12", b"13"),
    ):
        path = case.one(pattern)
        whole = path.read_bytes()
        assert old in whole
        path.write_bytes(whole.replace(old, new, 1))
        case.sealed_again()
        assert step in case.broken()
        path.write_bytes(whole)
        case.sealed_again()
        assert not case.broken()


def test_a_record_cannot_stand_in_the_place_of_another(case: Case) -> None:
    first, second, _ = sorted((case.folder / "records").iterdir())
    away = case.folder.parent / "away"
    first.rename(away)
    second.rename(first)
    away.rename(second)
    case.sealed_again()
    assert "receipts" in case.broken()


def test_only_the_trust_file_given_counts(case: Case, founded_house: House) -> None:
    """The copy in the package may be anything; the ledger of somebody else vouches for nothing."""
    (case.folder / "trust.policy").write_text("# mine\n", encoding="utf-8")
    case.sealed_again()
    verdict = check_package(case.folder, case.trust)
    assert verdict.valid
    assert not verdict.same_trust
    (case.folder / "check_receipt.py").write_text("print('VALID')\n", encoding="utf-8")
    case.sealed_again()
    assert not check_package(case.folder, case.trust).same_program
    other = case.trust.replace("log ", "# log ")
    assert not check_package(case.folder, other).valid
    with pytest.raises(TallyError) as refusal:
        check_package(case.folder, "log\n")
    assert refusal.value.reason is BAD_TRUST_FILE
    younger = check_package(case.folder, trust_of(founded_house))
    broken = {c.step for one in younger.records for c in one.checks if not c.ok}
    assert broken == {"acts"}, "it does not know the officer yet"


def test_witnesses_the_trust_file_asks_for_are_named_where_the_receipts_lack_them(
    packed: Case,
) -> None:
    verdict = check_package(packed.folder, asking_for_witnesses(packed.trust))
    assert [check.step for check in verdict.checks if not check.ok] == ["receipts"]
    [receipts] = (check for check in verdict.checks if check.step == "receipts")
    for said, word in zip(receipts.detail, ("见证不足", "too few witnesses"), strict=True):
        assert word in said
        assert WITNESS in said
        assert "receipt.tally" in said
    assert len(verdict.records) == 3


@pytest.mark.parametrize("text", ["[]", "{}", "null", '{"form":1}', "not JSON"])
def test_a_manifest_of_no_form_is_told_and_raises_nothing(case: Case, text: str) -> None:
    (case.folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
    assert set(case.broken()) >= {"sums", "manifest", "receipts", "content", "checkpoint"}


def test_sums_of_no_form_are_told(case: Case) -> None:
    for data in (b"", b"\xff\n", b"x\n", b"0" * 64 + b" *manifest.json\n"):
        (case.folder / "SHA256SUMS").write_bytes(data)
        assert "sums" in case.broken()

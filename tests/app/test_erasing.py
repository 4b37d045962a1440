"""What is erased is nowhere left, and everything else is as it was."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tallystick.app.deciding import decide
from tallystick.app.erased import complete
from tallystick.app.erasing import erase
from tallystick.app.evaluating import evaluate
from tallystick.app.explaining import explain
from tallystick.app.exporting import export
from tallystick.app.receipts import make
from tallystick.app.recomputing import recompute
from tallystick.app.verifying import verify
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.ledger import ERASED, StatusChange
from tallystick.records import number_of
from tallystick.testing.disk import MODES, FaultyDisk, Mode
from tallystick.vault import WRAPPED_BYTES
from tallystick.views import ERASED_KIND

from .conftest import MEMBERS, OFFICER, SCHEME, House, Papers, years

if TYPE_CHECKING:
    from pathlib import Path

MARKER = "PLANTED-4c1f9b"
BASIS = "征信业管理条例 art. 25"
YEAR = "association.membership_year"
CONTENT = {"evidence", "bodies", "keys"}


class Planted(NamedTuple):
    """A fact with a marker in it, and everything that must be nowhere once it is erased."""

    number: int
    record: str
    marks: dict[str, bytes]


def planted(house: House) -> Planted:
    """Deliver a newer version of a fact of the first member, and evaluate on it."""
    row = {**years(MEMBERS[:1])[0], "document": MARKER, "meetings_attended": "6"}
    with house.opened() as store:
        house.deliver("association", [row], store=store)
        evaluate(store, SCHEME, [MEMBERS[0]])
        decide(store, MEMBERS[0], OFFICER, "as proposed", outcome="change", band="low")
        index = store.index
        facts = [
            n
            for n in index.of_subject(MEMBERS[0])
            if index.kind[n] == number_of("fact") and index.items.names[index.item[n]] == YEAR
        ]
        number = facts[-1]
        assert store.body(number)["source"]["document"] == MARKER
        opened = store.opened(number)
        keys = store.paths.record_keys.read_bytes()
        marks = {
            "marker": MARKER.encode(),
            "body": opened.body,
            "salt": opened.salt,
            "salt in hex": opened.salt.hex().encode(),
            "salt in base64": b64encode(opened.salt),
            "wrapped key": keys[number * WRAPPED_BYTES : (number + 1) * WRAPPED_BYTES],
        }
        return Planted(number, store.log.commitment(number).hex(), marks)


def erased(house: House, record: str, **how: object) -> dict[str, object]:
    with house.opened() as store:
        return erase(store, [record], basis=BASIS, reason="court", officer=OFFICER, **how)  # type: ignore[arg-type]


def found_in(folder: Path, marks: dict[str, bytes]) -> list[str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [
        f"{name} in {path.relative_to(folder)}"
        for path in files
        for name, mark in marks.items()
        if mark in path.read_bytes()
    ]


def given_out(house: House, one: Planted) -> None:
    """Leave copies in every folder for people: receipt, report, export, a list of problems."""
    with house.opened() as store:
        receipt = make(store, one.record)
        page = Papers.issued(store, "html", MEMBERS[0])
        pdf = Papers.issued(store, "pdf", MEMBERS[0])
        other = Papers.issued(store, "html", MEMBERS[1])
        export(store, house.folder / "exports" / "all")
    for name, data in {
        "receipts/a.tally": receipt,
        "reports/a.html": page,
        "reports/a.pdf": pdf,
        "reports/other.html": other,
        "imports/list.csv": one.marks["body"],
        "imports/other.csv": b"nothing of it",
    }.items():
        file = house.folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(data)


def test_nothing_of_an_erased_fact_is_left_in_any_file(small: House) -> None:
    one = planted(small)
    given_out(small, one)
    assert {name.rpartition(" in ")[0] for name in found_in(small.folder, one.marks)} >= {
        "marker",
        "body",
        "wrapped key",
        "salt in base64",
    }
    said = erased(small, one.record)
    assert not found_in(small.folder, one.marks)
    assert set(said["removed"]) >= {  # type: ignore[call-overload]
        "receipts/a.tally",
        "reports/a.html",
        "reports/a.pdf",
        "exports/all/records.jsonl",
        f"exports/all/facts/{YEAR}.csv",
        "imports/list.csv",
    }
    assert (small.folder / "reports" / "other.html").exists()
    assert (small.folder / "imports" / "other.csv").exists()
    report = small.audited()
    assert report.ok, report.faults
    assert one.record in {entry.record for entry in report.erased}
    assert {(entry.who, entry.basis, entry.when) for entry in report.erased} == {
        (OFFICER, BASIS, small.day)
    }


def test_older_versions_and_what_cites_it_go_too_and_no_version_comes_back(small: House) -> None:
    one = planted(small)
    said = erased(small, one.record, dry_run=True)
    assert small.audited().erased == []
    done = erased(small, one.record)
    assert said["records"] == done["records"]
    why = {(entry["kind"], entry["why"]) for entry in done["records"]}  # type: ignore[attr-defined]
    assert why == {("fact", "chosen"), ("fact", "older"), ("evaluation", "cites")}
    with small.opened() as store:
        shown = explain(store, MEMBERS[0], "en")
        assert YEAR not in {fact["item"] for fact in shown["facts"]}
        assert not [n for n in store.log.journal.erased if n not in store.log.journal.standing]
    assert small.audited().ok


def test_the_index_is_the_one_a_rebuild_makes(small: House) -> None:
    one = planted(small)
    erased(small, one.record)
    with small.opened() as store:
        before = store.index_bytes()
        assert store.index.kind[one.number] == ERASED_KIND
        store.rebuild_index()
        assert store.index_bytes() == before
        assert small.content()["caches/index"] == before


def test_who_asks_for_it_is_told_who_erased_it_and_why(small: House) -> None:
    one = planted(small)
    erased(small, one.record)
    with small.opened(writer=False) as store, pytest.raises(TallyError) as caught:
        store.body(one.number)
    assert caught.value.code == "record_erased"
    assert all(word in caught.value.text.en for word in (OFFICER, BASIS, small.day))
    with small.opened() as store:
        bare = verify(make(store, one.record, content=False), trust_of(small))
        with pytest.raises(TallyError):
            make(store, one.record)
    assert bare.valid
    assert bare.stated is not None
    assert bare.stated.standing.status == ERASED


def test_a_receipt_of_the_erasure_stays(small: House) -> None:
    said = erased(small, planted(small).record)
    from pathlib import Path  # noqa: PLC0415

    verdict = verify(Path(str(said["receipt"])).read_bytes(), trust_of(small))
    assert verdict.valid
    assert verdict.body is not None
    assert verdict.body["basis"] == BASIS


def test_copies_known_to_be_out_are_named(small: House) -> None:
    one = planted(small)
    given_out(small, one)
    said = erased(small, one.record)
    purposes = {entry["purpose"] for entry in said["delivered"]}  # type: ignore[attr-defined]
    assert purposes >= {"association_evaluation", "operator_export", "report"}


def test_an_export_says_of_it_only_that_it_was_erased(small: House, tmp_path: Path) -> None:
    one = planted(small)
    erased(small, one.record)
    with small.opened() as store:
        export(store, tmp_path / "all")
    lines = (tmp_path / "all" / "records.jsonl").read_text(encoding="utf-8").splitlines()
    told = next(line for line in map(json.loads, lines) if line["record"] == one.record)
    assert told["basis"] == BASIS
    assert "body" not in told


def test_a_proposal_made_from_erased_facts_is_not_called_wrong(small: House) -> None:
    """One that read it without citing it."""
    one = planted(small)
    with small.opened() as store:
        index = store.index
        kinds = {n: index.kind[n] for n in index.of_subject(MEMBERS[1])}
        roster = next(n for n, kind in kinds.items() if kind == number_of("fact"))
        proposal = next(n for n, kind in kinds.items() if kind == number_of("evaluation"))
        record = store.log.commitment(roster).hex()
        named = store.log.commitment(proposal).hex()
        went = erase(store, [record], basis=BASIS, reason="court", officer=OFFICER)
    assert one.record not in {entry["record"] for entry in went["records"]}
    if named not in {entry["record"] for entry in went["records"]}:
        with small.opened() as store, pytest.raises(TallyError) as caught:
            recompute(store, named)
        assert caught.value.code == "made_from_erased"


@pytest.mark.parametrize("kind", ["founding", "party", "import", "scheme"])
def test_what_others_rest_on_cannot_be_erased(small: House, kind: str) -> None:
    with small.opened() as store:
        number = next(iter(store.index.of_kind(kind)))
        record = store.log.commitment(number).hex()
        with pytest.raises(TallyError) as caught:
            erase(store, [record], basis=BASIS, reason="court", officer=OFFICER)
    assert caught.value.code == "not_erasable"


def test_nothing_is_erased_twice_or_without_a_basis_or_for_two(small: House) -> None:
    one = planted(small)
    with small.opened() as store:
        other = store.log.commitment(store.index.of_subject(MEMBERS[1])[0]).hex()
        for records, basis, code in (
            ([one.record], " ", "no_basis"),
            ([one.record, other], BASIS, "several_subjects"),
        ):
            with pytest.raises(TallyError) as caught:
                erase(store, records, basis=basis, reason="court", officer=OFFICER)
            assert caught.value.code == code
    erased(small, one.record)
    with pytest.raises(TallyError) as caught:
        erased(small, one.record)
    assert caught.value.code == "record_erased"


def test_the_operator_alone_erases_nothing(small: House) -> None:
    one = planted(small)
    with small.opened() as store:
        from tallystick.records import bodies, sign_act  # noqa: PLC0415

        body = bodies.erasure(
            store.delivery(),
            subject=MEMBERS[0],
            records=[one.record],
            basis=BASIS,
            reason="court",
            delivered=[],
            consents=[],
            targets=[],
            more=0,
        )
        alone = sign_act(store.origin, body, [store.provider_key, store.verifier_key])
        for act in (body, alone):
            with pytest.raises(TallyError) as caught:
                store.append([act])
            assert caught.value.code in {"not_signed", "unknown_key"}


def test_an_older_file_of_keys_brings_nothing_back(small: House) -> None:
    """The audit names it; a reader refuses by the ledger; the next writer destroys it again."""
    one = planted(small)
    keys = small.folder / "keys" / "records"
    before = keys.read_bytes()
    erased(small, one.record)
    older = before + keys.read_bytes()[len(before) :]
    keys.write_bytes(older)
    report = small.audited()
    assert {fault.code for fault in report.faults} == {"erased_key_there"}
    with small.opened(writer=False) as store, pytest.raises(TallyError) as caught:
        store.body(one.number)
    assert caught.value.code == "record_erased"
    small.opened().close()
    assert not found_in(small.folder, one.marks)
    assert small.audited().ok


def test_a_missing_key_without_an_erasure_stays_a_fault(small: House) -> None:
    one = planted(small)
    keys = bytearray((small.folder / "keys" / "records").read_bytes())
    keys[one.number * WRAPPED_BYTES : (one.number + 1) * WRAPPED_BYTES] = bytes(WRAPPED_BYTES)
    [fault] = small.spoiled("keys/records", bytes(keys)).faults
    assert (fault.code, fault.record) == ("key_missing", one.number)


def test_a_status_that_no_erasure_record_names_fails_the_audit(small: House) -> None:
    one = planted(small)
    with small.opened() as store:
        change = StatusChange(one.number, ERASED, store.seconds(), 0)
        store.log.commit([], store.log_key, changes=[change], as_of=store.seconds())
        store.vault.destroy([one.number])
        store.forget_erased()
    assert "erased_without_basis" in {fault.code for fault in small.audited().faults}


def calls_of_an_erasure(house: House, record: str) -> int:
    disk = FaultyDisk(FileDisk())
    store = house.opened(disk=disk)
    opened = len(disk.calls)
    erase(store, [record], basis=BASIS, reason="court", officer=OFFICER)
    store.close()
    return len(disk.calls) - opened


def test_an_erasure_that_breaks_off_anywhere_is_completed_or_was_never_acknowledged(
    small: House, tmp_path: Path
) -> None:
    one = planted(small)
    given_out(small, one)
    count = calls_of_an_erasure(small.copied(tmp_path / "counted"), one.record)
    assert count > 10
    for fail_at in range(1, count + 1):
        for mode in MODES:
            house = small.copied(tmp_path / f"{fail_at}-{mode}")
            broken_off(house, one, fail_at, mode)


def broken_off(house: House, one: Planted, fail_at: int, mode: Mode) -> None:
    disk = FaultyDisk(FileDisk())
    store = house.opened(disk=disk)
    disk._fail_at, disk._mode, disk._lasting = len(disk.calls) + fail_at, mode, True
    with pytest.raises(OSError, match="simulated"), store:
        erase(store, [one.record], basis=BASIS, reason="court", officer=OFFICER)
    disk.lose_power()
    house.opened().close()
    with house.opened(writer=False) as reader:
        gone = one.number in reader.log.journal.erased
    left = found_in(house.folder, one.marks)
    assert not left if gone else left, (fail_at, mode)
    report = house.audited()
    assert report.ok, (fail_at, mode, report.faults)
    assert bool(report.erased) == gone


def trust_of(house: House) -> str:
    return (house.folder / "trust.policy").read_text(encoding="utf-8")


def test_a_status_that_no_erasure_record_names_destroys_nothing(small: House) -> None:
    one = planted(small)
    with small.opened() as store:
        for by in (0, one.number, -1):
            change = StatusChange(one.number, ERASED, store.seconds(), by)
            store.log.commit([], store.log_key, changes=[change], as_of=store.seconds())
            assert complete(store) == []
        assert store.vault.kept([one.number])

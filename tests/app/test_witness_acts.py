"""Witnesses that are named, named no more, and how many must cosign: two-key acts, each undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tallystick.app.administering import Placed, policy_of, seal_acts
from tallystick.app.cosigned import check_cosigned, cosign
from tallystick.app.officers import open_cosigner
from tallystick.app.rotating import rotate
from tallystick.app.witness_acts import add_witness, change_quorum, remove_witness
from tallystick.app.witnessing import follow
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import CosignerKey
from tallystick.ledger import parse_trust
from tallystick.records import BAD_FORM, bodies

from .conftest import OFFICER, House

if TYPE_CHECKING:
    from tallystick.app.store import Store
    from tallystick.testing.witnesses import WitnessNetwork

KEYS = [CosignerKey(f"witness.example/w{n}", bytes([n]) * 32).verifier.text() for n in range(1, 5)]


def trust_of(house: House) -> str:
    return (house.folder / "trust.policy").read_text(encoding="utf-8")


def refused(act: Any, *words: Any, **options: Any) -> TallyError:
    with pytest.raises(TallyError) as caught:
        act(*words, **options)
    return caught.value


def named(store: Store, count: int, **options: Any) -> None:
    for number in range(count):
        add_witness(store, f"w{number + 1}", KEYS[number], OFFICER, **options)


# -- adding ---------------------------------------------------------------------------------------


def test_a_witness_is_sealed_and_stands_in_the_trust_file(small: House) -> None:
    with small.opened() as store:
        fault = refused(add_witness, store, "w1", KEYS[0], OFFICER, quorum=2)
        assert fault.code == "quorum_too_large"
        add_witness(store, "w1", KEYS[0], OFFICER, url="https://w.example", quorum=1)
    trust = trust_of(small)
    assert f"witness w1 {KEYS[0]} https://w.example\n" in trust
    assert "group witnesses 1 w1\nquorum witnesses\n" in trust
    small.opened(writer=False).close()
    assert small.audited().ok


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:18411",
        "w.example",
        "ftp://w.example",
        "http://",
        "https:///path",
        "http://:8411",
        "http://w.example:port",
        "http://w.example:70000",
        "http://w.example/a b",
        "http://w.example/\n",
        "http://w.example?a=1",
        "http://w.example#a",
        "http://user@w.example",
        "http://[::1",
        "http://见证.example",
    ],
)
def test_an_address_nobody_can_be_asked_at_is_not_sealed(small: House, url: str) -> None:
    with small.opened() as store:
        before = store.log.size
        fault = refused(add_witness, store, "w1", KEYS[0], OFFICER, url=url)
        assert fault.code == "bad_witness_url"
        assert "https://witness.example" in fault.remedy.en
        assert store.log.size == before


@pytest.mark.parametrize(
    "url",
    ["", "http://127.0.0.1:18411", "HTTPS://w.example/", "https://w.example/at/w1", "http://[::1]"],
)
def test_an_address_that_can_be_asked_is(small: House, url: str) -> None:
    with small.opened() as store:
        add_witness(store, "w1", KEYS[0], OFFICER, url=url)
    assert small.audited().ok


def test_a_name_or_a_key_that_is_there_says_to_remove_it_first(small: House) -> None:
    with small.opened() as store:
        named(store, 1)
        before = store.log.size
        for name, key, code in (
            ("w1", KEYS[0], "witness_named"),
            ("w1", KEYS[1], "witness_named"),
            ("w2", KEYS[0], "witness_key_named"),
        ):
            fault = refused(add_witness, store, name, key, OFFICER)
            assert fault.code == code
            assert "tally witness remove w1" in fault.remedy.en
            assert "tally witness remove w1" in fault.remedy.zh
        assert store.log.size == before


@pytest.mark.parametrize("name", ["", " ", "w 1", "w\t1", "w\n1", "w\u00a01", "none", "witnesses"])
def test_a_name_the_trust_file_cannot_hold_is_refused(small: House, name: str) -> None:
    with small.opened() as store:
        fault = refused(add_witness, store, name, KEYS[0], OFFICER)
        assert fault.code == "bad_witness_name"


# -- removing -------------------------------------------------------------------------------------


def test_a_witness_is_removed_as_long_as_the_quorum_can_be_met(small: House) -> None:
    with small.opened() as store:
        named(store, 3)
        change_quorum(store, 2, OFFICER)
        remove_witness(store, "w3", OFFICER)
        assert refused(remove_witness, store, "w3", OFFICER).code == "no_such_witness"
        fault = refused(remove_witness, store, "w1", OFFICER)
        assert fault.code == "quorum_too_large"
        assert "--quorum" in fault.remedy.en
        said = remove_witness(store, "w1", OFFICER, quorum=1)
        assert (said["quorum"], said["of"]) == (1, 1)
        body = store.body(store.find(said["record"]))
        assert (body["action"], body["name"], body["key"]) == ("remove", "w1", KEYS[0])
    assert "witness w1" not in trust_of(small)
    assert "group witnesses 1 w2\nquorum witnesses\n" in trust_of(small)
    with small.opened() as store:
        remove_witness(store, "w2", OFFICER, quorum=0)
    assert "witness " not in trust_of(small).replace("#", "")
    assert "quorum none\n" in trust_of(small)
    report = small.audited()
    assert report.ok, report.faults


def test_what_was_typed_wrongly_is_put_right_on_the_same_day(small: House) -> None:
    """The same act again is no replay: each says after how many entries it was signed."""
    with small.opened() as store:
        for _ in range(3):
            add_witness(store, "w1", KEYS[0], OFFICER, url="https://w.example", quorum=1)
            remove_witness(store, "w1", OFFICER, quorum=0)
        add_witness(store, "w1", KEYS[0], OFFICER, url="https://other.example", quorum=1)
    assert f"witness w1 {KEYS[0]} https://other.example\n" in trust_of(small)
    report = small.audited()
    assert report.ok, report.faults
    small.opened(writer=False).close()


def test_a_record_of_the_version_before_adds(small: House) -> None:
    with small.opened() as store:
        act = dict(
            bodies.witness(
                store.delivery(),
                name="w1",
                key=KEYS[0],
                url="127.0.0.1:18411",  # as it could be sealed then
                quorum=1,
                after=0,
                action="add",
            )
        )
        del act["after"], act["action"]
        seal_acts(store, [act], open_cosigner(store, OFFICER)[0])
        assert store.trust.witnesses[0].url == "127.0.0.1:18411"
    assert small.audited().ok
    with small.opened() as store:
        remove_witness(store, "w1", OFFICER, quorum=0)
    assert "witness w1" not in trust_of(small)
    assert small.audited().ok


@pytest.mark.parametrize(
    "changed", [{"action": "drop"}, {"action": 1}, {"after": "1"}, {"after": True}]
)
def test_an_act_of_another_form_is_no_act(small: House, changed: dict[str, object]) -> None:
    """A word that is not known must not be taken for `add`."""
    with small.opened() as store:
        act = bodies.witness(
            store.delivery(), name="w1", key=KEYS[0], url="", quorum=0, after=1, action="add"
        )
        assert policy_of(store.first_log_key, [Placed(1, act)]).witnesses
        with pytest.raises(TallyError) as caught:
            policy_of(store.first_log_key, [Placed(1, {**act, **changed})])
        assert caught.value.reason is BAD_FORM


# -- the quorum -----------------------------------------------------------------------------------


def test_the_quorum_is_changed_without_a_witness(small: House) -> None:
    with small.opened() as store:
        named(store, 2)
        for quorum in (2, 1, 2, 1, 0):
            said = change_quorum(store, quorum, OFFICER)
            assert (said["quorum"], said["of"]) == (quorum, 2)
            assert bool(parse_trust(trust_of(small)).groups) == bool(quorum)
        assert refused(change_quorum, store, 3, OFFICER).code == "quorum_too_large"
        before = store.log.size
        assert refused(change_quorum, store, 0, OFFICER).code == "quorum_so_already"
        assert store.log.size == before
    report = small.audited()
    assert report.ok, report.faults


# -- what a removed witness cosigned --------------------------------------------------------------


def test_what_a_removed_witness_cosigned_is_no_damage(
    small: House, witnesses: WitnessNetwork
) -> None:
    with small.opened() as store:
        for one in witnesses.witnesses:
            add_witness(store, one.name, one.key.text(), OFFICER, url=one.url)
        change_quorum(store, 2, OFFICER)
        size = cosign(store)["size"]
        remove_witness(store, "A", OFFICER)
        assert [one.size for one in check_cosigned(store)] == [size]
        cosign(store)
        for name in ("B", "C"):
            remove_witness(store, name, OFFICER, quorum=0)
        assert check_cosigned(store) == []  # nobody who counts now says when
    report = small.audited()
    assert report.ok, report.faults
    file = small.folder / "evidence" / "cosigned"
    data = file.read_bytes()
    spoiled = bytearray(data)
    at = data.index("— witness.example/A ".encode()) + len("— witness.example/A ".encode()) + 40
    spoiled[at] ^= 1
    found = small.spoiled("evidence/cosigned", bytes(spoiled)).faults
    assert [fault.code for fault in found] == ["evidence_damaged"]


def test_a_witness_that_follows_the_old_key_is_told_the_new_one(
    small: House, witnesses: WitnessNetwork
) -> None:
    with small.opened() as store:
        for one in witnesses.witnesses:
            add_witness(store, one.name, one.key.text(), OFFICER, url=one.url)
        rotate(store, "log", OFFICER)
        key = store.log_key.verifier.text()
        for asked in cosign(store)["asked"]:
            assert not asked.time
            assert asked.why is not None
            for said in asked.why:
                assert "403" in said
                assert "tally witness follow" in said
                assert key in said
        for one in witnesses.witnesses:
            follow(witnesses.folder / one.name, key, FileDisk())
        assert all(asked.time for asked in cosign(store)["asked"])

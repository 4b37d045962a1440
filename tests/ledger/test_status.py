"""A status is stated in one encoding, and no tree can be shown to say two things of a record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ledger import naive_status as naive
from tests.ledger.naive_status import commitment_of

from tallystick.kernel.errors import TallyError
from tallystick.ledger import (
    ERASED,
    EXPIRED,
    IN_FORCE,
    STATUS_NAMES,
    SUPERSEDED,
    WITHDRAWN,
    Standing,
    StatusChange,
    StatusEntry,
    check_status_proof,
    decode_status_entry,
    is_status_entry,
    status_key,
)
from tallystick.ledger.status import (
    BAD_STATUS_ENTRY,
    BAD_STATUS_PROOF,
    EMPTY_TREE,
    FIRST_STATUS,
    chain,
    decode_rows,
    write_proof,
)
from tallystick.ledger.status_tree import StatusTree

MODEST = settings(max_examples=60, deadline=None)
BY = sha256(b"what caused it").digest()


def refused(proof: bytes, root: bytes, commitment: bytes) -> None:
    with pytest.raises(TallyError) as refusal:
        check_status_proof(proof, root, commitment)
    assert refusal.value.reason is BAD_STATUS_PROOF


# -- the entry and the rows ----------------------------------------------------------------------

ENTRY = StatusEntry(3, 1_796_000_000, 2, bytes(range(32)), bytes(range(32, 64)), 1)


def test_an_entry_has_the_layout_of_the_specification() -> None:
    leaf = ENTRY.encode()
    assert leaf == b"".join(
        (
            b"TLYS",
            b"\x00\x01",
            (3).to_bytes(8, "big"),
            (1_796_000_000).to_bytes(8, "big"),
            (2).to_bytes(8, "big"),
            bytes(range(32)),
            bytes(range(32, 64)),
            (1).to_bytes(8, "big"),
            bytes(28),
        )
    )
    assert len(leaf) == 130
    assert decode_status_entry(leaf) == ENTRY
    assert is_status_entry(leaf)
    assert not is_status_entry(b"TLYB" + leaf[4:])


def test_every_changed_bit_of_an_entry_is_refused_or_read_as_another_entry() -> None:
    leaf = ENTRY.encode()
    for bit in range(len(leaf) * 8):
        spoiled = bytearray(leaf)
        spoiled[bit // 8] ^= 1 << bit % 8
        if 6 <= bit // 8 < 102:
            assert decode_status_entry(bytes(spoiled)) != ENTRY
            continue
        with pytest.raises(TallyError) as refusal:
            decode_status_entry(bytes(spoiled))
        assert refusal.value.reason is BAD_STATUS_ENTRY


@pytest.mark.parametrize("length", [0, 1, 4, 129, 131, 260])
def test_an_entry_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(TallyError) as refusal:
        decode_status_entry((ENTRY.encode() * 2)[:length])
    assert refusal.value.reason is BAD_STATUS_ENTRY


def test_a_row_has_the_layout_of_the_specification_and_reads_back() -> None:
    rows = [
        StatusChange(7, SUPERSEDED, 9, 8),
        StatusChange(2**40, EXPIRED, 1),
        StatusChange(0, 0, 5),
    ]
    data = b"".join(row.encode() for row in rows)
    assert data[:25] == (7).to_bytes(8, "big") + b"\x01" + (9).to_bytes(8, "big") + (9).to_bytes(
        8, "big"
    )
    assert data[-8:] == bytes(8), "no cause is written as 0"
    assert list(decode_rows(data)) == rows


def test_the_digest_of_a_journal_is_chained_row_by_row() -> None:
    rows = [StatusChange(n, WITHDRAWN, n, n + 1).encode() for n in range(3)]
    digest = bytes(32)
    for row in rows:
        digest = sha256(digest + row).digest()
    assert chain(bytes(32), rows) == digest
    assert chain(chain(bytes(32), rows[:1]), rows[1:]) == digest
    assert chain(bytes(32), []) == bytes(32) == FIRST_STATUS.journal
    assert chain(bytes(32), rows[::-1]) != digest


def test_the_names_of_the_status_are_those_of_the_numbers() -> None:
    numbers = (IN_FORCE, SUPERSEDED, WITHDRAWN, EXPIRED, ERASED)
    assert numbers == (0, 1, 2, 3, 4)
    names = [Standing(number, 0, bytes(32)).name for number in numbers]
    assert names == ["in_force", "superseded", "withdrawn", "expired", "erased"]
    assert names == list(STATUS_NAMES)


# -- proofs --------------------------------------------------------------------------------------


def some_tree(count: int) -> tuple[dict[bytes, bytes], StatusTree]:
    held = {
        naive.key_of(commitment_of(n)): naive.value_of(
            1 + n % 4, 1000 + n, BY if n % 3 else bytes(32)
        )
        for n in range(count)
    }
    tree = StatusTree()
    tree.update(held.items())
    return held, tree


@pytest.mark.parametrize("count", [0, 1, 2, 3, 10, 200])
def test_a_proof_says_of_every_record_what_the_tree_holds(count: int) -> None:
    held, tree = some_tree(count)
    root = naive.root_of(held)
    assert tree.root() == root
    for number in [*range(min(count, 25)), *range(10_000, 10_025)]:
        commitment = commitment_of(number)
        assert status_key(commitment) == naive.key_of(commitment)
        proof = tree.prove(status_key(commitment))
        assert proof == naive.proof_of(held, naive.key_of(commitment))
        said = check_status_proof(proof, root, commitment)
        assert said == naive.said_of(held, naive.key_of(commitment))
        assert said.status == (1 + number % 4 if number < count else IN_FORCE)


@pytest.mark.parametrize("count", [0, 1, 2, 12])
def test_a_changed_proof_is_refused(count: int) -> None:
    """Every bit, every cut, and bytes added at either end and in the middle."""
    _, tree = some_tree(count)
    root = tree.root()
    for number in (0, 1, 500):
        commitment = commitment_of(number)
        for spoiled in changed(tree.prove(status_key(commitment))):
            refused(spoiled, root, commitment)  # one tree and one key have one proof


def changed(proof: bytes) -> Iterator[bytes]:
    for bit in range(len(proof) * 8):
        spoiled = bytearray(proof)
        spoiled[bit // 8] ^= 1 << bit % 8
        yield bytes(spoiled)
    for at in range(len(proof)):
        yield proof[:at]
        yield proof[:at] + proof[at + 1 :]
        for more in (b"\x00", b"\xff", bytes(32)):
            yield proof[:at] + more + proof[at:]
    for more in (b"\x00", b"\x01", bytes(32), proof):
        yield proof + more


def test_a_proof_for_another_record_or_another_tree_is_refused() -> None:
    held, tree = some_tree(30)
    root, other = tree.root(), some_tree(31)[1].root()
    for number in (0, 7, 29, 700):
        proof = tree.prove(status_key(commitment_of(number)))
        refused(proof, other, commitment_of(number))
        refused(proof, EMPTY_TREE, commitment_of(number))
        for another in {0, 7, 29} - {number}:
            refused(proof, root, commitment_of(another))
    with pytest.raises(TallyError):
        check_status_proof(b"\x00\x00", root, commitment_of(0))
    assert check_status_proof(b"\x00\x00", EMPTY_TREE, commitment_of(0)).status == IN_FORCE
    assert held


def test_a_record_that_is_there_is_not_shown_absent_by_any_cut_of_its_own_path() -> None:
    """A forger knows every hash on the path, and tries each depth with each ending."""
    held, tree = some_tree(60)
    root = tree.root()
    for number in range(60):
        commitment = commitment_of(number)
        key = status_key(commitment)
        siblings = siblings_of(held, key)
        for depth in range(len(siblings) + 1):
            for end in endings(held, key):
                forged = write_proof(siblings[:depth], end)
                try:
                    said = check_status_proof(forged, root, commitment)
                except TallyError:
                    continue
                assert said == naive.said_of(held, key)


def test_a_record_that_is_absent_is_not_shown_to_have_ended() -> None:
    held, tree = some_tree(60)
    root = tree.root()
    for number in range(100, 130):
        commitment = commitment_of(number)
        key = status_key(commitment)
        siblings = siblings_of(held, key)
        for depth in range(len(siblings) + 1):
            for value in held.values():
                forged = write_proof(siblings[:depth], b"\x01" + value)
                refused(forged, root, commitment)


def siblings_of(held: Mapping[bytes, bytes], key: bytes) -> list[bytes]:
    siblings, here = list[bytes](), dict(held)
    while len(here) > 1:
        sides = naive.halves(here, len(siblings))
        side = naive.bit_of(key, len(siblings))
        siblings.append(naive.root_of(sides[1 - side], len(siblings) + 1))
        here = sides[side]
    return siblings


def endings(held: Mapping[bytes, bytes], key: bytes) -> Iterator[bytes]:
    yield b"\x00"
    for other, value in list(held.items())[:20]:
        yield b"\x02" + other + sha256(value).digest()
    for value in list(held.values())[:20]:
        yield b"\x02" + key + sha256(value).digest()


@pytest.mark.parametrize(
    "end",
    [
        b"",
        b"\x00\x00",
        b"\x01",
        b"\x03",
        b"\x01" + bytes(40),
        b"\x01" + bytes(42),
        b"\x01" + naive.value_of(0, 0),
        b"\x01" + naive.value_of(5, 0),
        b"\x01" + naive.value_of(255, 0),
        b"\x02" + bytes(63),
        b"\x02" + bytes(65),
    ],
    ids=lambda end: end[:3].hex(),
)
def test_an_ending_of_another_form_is_refused_whatever_root_it_leads_to(end: bytes) -> None:
    commitment = commitment_of(1)
    leaf = naive.leaf_of(naive.key_of(commitment), end[1:])
    for root in (EMPTY_TREE, leaf):
        refused(b"\x00" + end, root, commitment)


def test_another_leaf_that_is_this_one_or_stands_elsewhere_proves_no_absence() -> None:
    commitment = commitment_of(1)
    key, value = naive.key_of(commitment), naive.value_of(1, 5)
    own = naive.leaf_of(key, value)
    refused(b"\x00\x02" + key + sha256(value).digest(), own, commitment)
    far = bytes([key[0] ^ 0x80]) + key[1:]
    leaf = naive.leaf_of(far, value)
    absent = b"\x02" + far + sha256(value).digest()
    assert check_status_proof(b"\x00" + absent, leaf, commitment).status == IN_FORCE
    for side in (naive.digest(b"\x01" + leaf + own), naive.digest(b"\x01" + own + leaf)):
        refused(write_proof([own], absent), side, commitment)  # it shares no first bit


@MODEST
@given(st.binary(max_size=120), st.integers(0, 20))
def test_bytes_that_are_no_proof_are_refused_with_a_reason(data: bytes, number: int) -> None:
    refused(data, some_tree(5)[1].root(), commitment_of(number))


# -- published vectors ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def vectors() -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(naive.VECTORS.read_text(encoding="utf-8"))
    return listed


def test_the_published_vectors_are_those_of_the_definition(vectors: list[dict[str, Any]]) -> None:
    assert vectors == naive.make_vectors()


def test_the_published_vectors_hold(vectors: list[dict[str, Any]]) -> None:
    for vector in vectors:
        commitment, root = bytes.fromhex(vector["commitment"]), bytes.fromhex(vector["root"])
        proof = bytes.fromhex(vector["proof"])
        said = check_status_proof(proof, root, commitment)
        assert tuple(said) == (vector["status"], vector["since"], bytes.fromhex(vector["by"]))
        tree = StatusTree()
        tree.update(
            (bytes.fromhex(leaf["key"]), bytes.fromhex(leaf["value"])) for leaf in vector["tree"]
        )
        assert tree.root() == root
        assert tree.prove(bytes.fromhex(vector["key"])) == proof
        assert vector["name"].startswith("absent" if said.status == IN_FORCE else "present")


def test_the_published_vectors_show_absence_in_each_way(vectors: list[dict[str, Any]]) -> None:
    """In an empty tree, beside one other leaf, and deep below a shared prefix; both endings."""
    absent = {v["name"]: bytes.fromhex(v["proof"]) for v in vectors if v["status"] == IN_FORCE}
    assert absent["absent: the tree is empty"] == b"\x00\x00"
    assert absent["absent: the one leaf is of another record"][:2] == b"\x00\x02"
    assert absent["absent: an empty subtree below a prefix two leaves share"][0] > naive.SHARED
    assert absent["absent: an empty subtree below a prefix two leaves share"][-1] == 0
    assert absent["absent: another leaf below a prefix two leaves share"][0] > naive.SHARED
    assert absent["absent: another leaf below a prefix two leaves share"][-65] == 2

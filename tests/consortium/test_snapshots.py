from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tallystick.consortium import snapshots
from tallystick.consortium.application import Application
from tallystick.consortium.protocol import abci_types_pb2 as abci
from tallystick.consortium.replica import SNAPSHOTS_KEPT
from tallystick.consortium.stored import read_stored
from tallystick.consortium.transactions import sign_act
from tallystick.kernel import canonical
from tallystick.ledger import StatusChange
from tallystick.ledger.status import ERASED, SUPERSEDED
from tallystick.testing.consortium_world import World, application
from tallystick.testing.engine_calls import EngineStopped
from tallystick.testing.institutions import Institution

SMALL = 1000
TAKEN = abci.ResponseApplySnapshotChunk.ACCEPT
REFUSED = abci.ResponseApplySnapshotChunk.REJECT_SNAPSHOT


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "CHUNK_BYTES", SMALL)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Logs with changes of status in them, one that is empty, and blocks after the snapshot."""
    world = World(tmp_path).opened()
    a, b = world.who["A"], world.who["B"]
    write(world, a.append(40, 3).encode(), b.append(70).encode())
    changes = [StatusChange(0, SUPERSEDED, 7, 8), StatusChange(1, ERASED, 9)]
    write(world, a.append(1, changes=changes).encode())
    write(world, b.append(2).encode())
    assert len(world.driver.blocks) == 4
    write(world, a.append(5, changes=[StatusChange(2, ERASED, 9)]).encode())
    return world


def write(world: World, *transactions: bytes) -> None:
    for data in transactions:
        assert world.driver.submit(data).code == 0
    assert [one.code for one in world.driver.block()] == [0] * len(transactions)


class Offer(NamedTuple):
    """A snapshot as a peer gives it."""

    told: abci.Snapshot
    chunks: list[bytes]
    app_hash: bytes


def offered(world: World, height: int = 4) -> Offer:
    first = world.driver.applications["A"]
    call = world.driver.call
    listed = call(first, "list_snapshots", abci.RequestListSnapshots()).snapshots
    told = next(one for one in listed if one.height == height)
    chunks = []
    for number in range(told.chunks):
        asked = abci.RequestLoadSnapshotChunk(height=height, format=1, chunk=number)
        chunks.append(call(first, "load_snapshot_chunk", asked).chunk)
    assert told.hash == hashlib.sha256(chunks[0]).digest()
    return Offer(told, chunks, world.driver.blocks[height - 1].app_hash)


def empty(world: World, name: str = "E") -> Application:
    return application(world.folder / name, world.who["D"])


def take(world: World, into: Application, offer: Offer, order: Any = None) -> int:
    """Offer a snapshot and apply its chunks; return the last answer."""
    call = world.driver.call
    request = abci.RequestOfferSnapshot(snapshot=offer.told, app_hash=offer.app_hash)
    answer = call(into, "offer_snapshot", request)
    if answer.result != abci.ResponseOfferSnapshot.ACCEPT:
        return int(answer.result)
    result = TAKEN
    for number in order or range(len(offer.chunks)):
        data = offer.chunks[number]
        chunk = abci.RequestApplySnapshotChunk(index=number, chunk=data, sender="peer")
        answered = call(into, "apply_snapshot_chunk", chunk)
        result = answered.result
        if result != TAKEN:
            assert list(answered.reject_senders) == ["peer"]
            break
    return int(result)


def same_as(world: World, into: Application) -> None:
    """Check that a replica has caught up and holds the very bytes the others hold."""
    world.driver.catch_up(into)
    assert into.replica.app_hash == world.driver.blocks[-1].app_hash
    for one in world.who.values():
        for name in ("entries", "commitments", "status"):
            mine, other = (
                of.log_folder(one.origin) / name
                for of in (into.replica, world.driver.applications["A"].replica)
            )
            found = mine.read_bytes() if mine.exists() else b""
            assert found == (other.read_bytes() if other.exists() else b"")


# -- the honest one --------------------------------------------------------------------------------


def test_an_empty_replica_takes_a_snapshot_and_goes_on_to_the_same_hash(world: World) -> None:
    offer = offered(world)
    assert len(offer.chunks) > 3
    assert all(0 < len(chunk) <= SMALL for chunk in offer.chunks[1:])
    into = empty(world)
    assert take(world, into, offer) == TAKEN
    assert into.replica.height == 4
    assert into.replica.app_hash == offer.app_hash
    same_as(world, into)
    world.driver.applications["E"] = into
    write(world, world.who["A"].append(3, changes=[StatusChange(3, ERASED, 9)]).encode())
    write(world, world.who["D"].append(1).encode())
    same_as(world, into)


def test_a_replica_made_of_a_snapshot_survives_its_next_start(world: World) -> None:
    into = empty(world)
    assert take(world, into, offered(world)) == TAKEN
    into.replica.close()
    again = empty(world)
    assert again.replica.height == 4
    same_as(world, again)


def test_a_snapshot_given_on_by_who_took_one_is_the_same(world: World) -> None:
    into = empty(world)
    assert take(world, into, offered(world)) == TAKEN
    same_as(world, into)
    world.driver.applications["E"] = into
    write(world, world.who["C"].append(2).encode())
    here, there = offered(world, 6), world.driver.applications.pop("A")
    assert offered_by(world, "E", 6).chunks == here.chunks
    world.driver.applications["A"] = there


def offered_by(world: World, name: str, height: int) -> Offer:
    kept = dict(world.driver.applications)
    world.driver.applications.clear()
    world.driver.applications["A"] = kept[name]
    try:
        return offered(world, height)
    finally:
        world.driver.applications.clear()
        world.driver.applications.update(kept)


def test_only_the_newest_are_kept_and_none_that_is_gone_is_given(world: World) -> None:
    for n in range(8):
        write(world, world.who["C"].append(1 + n).encode())
    first = world.driver.applications["A"]
    listed = world.driver.call(first, "list_snapshots", abci.RequestListSnapshots()).snapshots
    assert [one.height for one in listed] == [12, 10, 8]
    assert len(listed) == SNAPSHOTS_KEPT
    for height, chunk in ((4, 0), (3, 0), (99, 1), (12, 10_000)):
        asked = abci.RequestLoadSnapshotChunk(height=height, format=1, chunk=chunk)
        assert world.driver.call(first, "load_snapshot_chunk", asked).chunk == b""


def test_a_snapshot_stays_the_same_while_the_logs_grow(world: World) -> None:
    before = offered(world)
    write(world, world.who["A"].append(9, changes=[StatusChange(4, ERASED, 9)]).encode())
    assert offered(world).chunks == before.chunks


# -- lies ------------------------------------------------------------------------------------------


def manifest_of(offer: Offer) -> dict[str, Any]:
    found: dict[str, Any] = canonical.decode(offer.chunks[0])
    return found


def rewritten(offer: Offer, change: Callable[[dict[str, Any]], None]) -> Offer:
    document = manifest_of(offer)
    change(document)
    return offer._replace(chunks=[canonical.encode(document), *offer.chunks[1:]])


def recut(offer: Offer, files: list[tuple[str, str, bytes]]) -> Offer:
    """Give other files, in a manifest that names them truly."""
    document = manifest_of(offer)
    document["files"] = [[origin, name, len(data)] for origin, name, data in files]
    whole = b"".join(data for _, _, data in files)
    cut = [whole[at : at + SMALL] for at in range(0, len(whole), SMALL)]
    told = abci.Snapshot()
    told.CopyFrom(offer.told)
    told.chunks = 1 + len(cut)
    return Offer(told, [canonical.encode(document), *cut], offer.app_hash)


def files_of(offer: Offer) -> list[tuple[str, str, bytes]]:
    whole, at, found = b"".join(offer.chunks[1:]), 0, []
    for origin, name, length in manifest_of(offer)["files"]:
        found.append((origin, name, whole[at : at + length]))
        at += length
    return found


def spoiled_files(offer: Offer) -> Iterator[Offer]:
    """A byte changed, cut off or added, at the beginning, in the middle and at the end of each."""
    files = files_of(offer)
    for place, (origin, name, data) in enumerate(files):
        others = [
            data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
            for at in sorted({0, len(data) // 2, len(data) - 1})
            if data
        ]
        others += [data[:-1], data[1:]] if data else []
        others += [data + b"x", b"x" + data, data + bytes(32), data + bytes(132), data + bytes(25)]
        for other in others:
            yield recut(offer, [*files[:place], (origin, name, other), *files[place + 1 :]])


def spoiled_manifests(offer: Offer) -> Iterator[Offer]:
    def set_in(name: str, value: object) -> Callable[[dict[str, Any]], None]:
        return lambda document: document.__setitem__(name, value)

    files, state = manifest_of(offer)["files"], manifest_of(offer)["state"]
    lists: list[object] = [None, 5, "x", [], {}, [[]], [5]]
    for value in (*lists, files[:-1], [*files, files[0]], files[::-1]):
        yield rewritten(offer, set_in("files", value))
    lengths: list[object] = ["1", None, -1, True, 2**53 - 1, [1], {}]
    for wrong in lengths:
        bad = [[*files[0][:2], wrong], *files[1:]]
        yield rewritten(offer, set_in("files", bad))
    yield rewritten(offer, set_in("files", [["../../x", "entries", 1], *files[1:]]))
    yield rewritten(offer, set_in("files", [[files[0][0], "../state", 1], *files[1:]]))
    for other in (None, 5, "", "{}", state[:-1], state + " ", state.replace("4", "5", 1)):
        yield rewritten(offer, set_in("state", other))
    yield rewritten(offer, set_in("state", of_another_chain(state)))
    yield rewritten(offer, lambda document: document.clear())
    for data in (b"", b"{", b"null", b"[]", offer.chunks[0] + b" ", offer.chunks[0][:-1]):
        yield offer._replace(chunks=[data, *offer.chunks[1:]])


def of_another_chain(state: str) -> str:
    """Return the state as if it were of another chain, whole in itself."""
    stored = read_stored(state.encode())
    assert stored is not None
    return replace(stored, chain="another").encode().decode()


def other_offers(offer: Offer, later: Offer) -> Iterator[Offer]:
    told = abci.Snapshot()
    told.CopyFrom(offer.told)
    told.height = 6
    yield offer._replace(told=told)
    yield offer._replace(app_hash=later.app_hash)
    yield offer._replace(app_hash=bytes(32))
    yield offer._replace(app_hash=b"")
    yield offer._replace(chunks=later.chunks[: len(offer.chunks)])
    yield offer._replace(chunks=[offer.chunks[0], *later.chunks[1 : len(offer.chunks)]])
    fewer = abci.Snapshot()
    fewer.CopyFrom(offer.told)
    fewer.chunks -= 1
    yield Offer(fewer, offer.chunks[:-1], offer.app_hash)
    more = abci.Snapshot()
    more.CopyFrom(offer.told)
    more.chunks += 1
    yield Offer(more, [*offer.chunks, b"x"], offer.app_hash)


def stays_empty(world: World, into: Application, offer: Offer) -> None:
    """Check that a lie left nothing behind: the replica takes the truth, or plays all blocks."""
    assert into.replica.height == 0
    info = world.driver.call(into, "info", abci.RequestInfo())
    assert info.last_block_height == 0
    assert info.last_block_app_hash == b""
    assert not into.replica.state_file.exists()
    assert take(world, into, offer) == TAKEN
    same_as(world, into)


def refuses(world: World, lies: Iterator[Offer], offer: Offer) -> int:
    count = 0
    for count, lie in enumerate(lies, start=1):
        into = empty(world, f"lie-{count}")
        assert take(world, into, lie) == REFUSED, f"lie {count}"
        assert into.replica.height == 0
        if count % 8 == 1:
            stays_empty(world, into, offer)
        into.replica.close()
    return count


def test_no_byte_of_any_file_can_be_changed_cut_or_added(world: World) -> None:
    offer = offered(world)
    assert refuses(world, spoiled_files(offer), offer) > 80


def test_no_manifest_is_believed_that_does_not_lead_to_the_hash(world: World) -> None:
    offer = offered(world)
    assert refuses(world, spoiled_manifests(offer), offer) > 30


def test_nothing_of_another_state_height_or_hash_is_taken(world: World) -> None:
    write(world, world.who["B"].append(50).encode())
    offer, later = offered(world), offered(world, 6)
    assert refuses(world, other_offers(offer, later), offer) == 8


@pytest.mark.parametrize("order", [[1], [0, 2], [0, 1, 1], [0, 0], [0, 1, 3]])
def test_chunks_in_another_order_or_twice_are_refused(world: World, order: list[int]) -> None:
    offer, into = offered(world), empty(world)
    assert take(world, into, offer, order) == REFUSED
    stays_empty(world, into, offer)


def test_what_was_refused_takes_no_more_chunks(world: World) -> None:
    offer, into = offered(world), empty(world)
    assert take(world, into, offer, [0, 2]) == REFUSED
    request = abci.RequestApplySnapshotChunk(index=1, chunk=offer.chunks[1], sender="peer")
    answered = world.driver.call(into, "apply_snapshot_chunk", request)
    assert answered.result == abci.ResponseApplySnapshotChunk.ABORT
    stays_empty(world, into, offer)


def test_another_format_is_refused(world: World) -> None:
    offer, into = offered(world), empty(world)
    told = abci.Snapshot()
    told.CopyFrom(offer.told)
    told.format = 2
    result = take(world, into, offer._replace(told=told))
    assert result == abci.ResponseOfferSnapshot.REJECT_FORMAT
    stays_empty(world, into, offer)


def test_a_replica_with_blocks_in_it_takes_no_snapshot(world: World) -> None:
    offer, whole = offered(world), world.driver.applications["B"]
    assert take(world, whole, offer) == abci.ResponseOfferSnapshot.ABORT
    same_as(world, whole)
    write(world, world.who["A"].append(1).encode())


def test_one_that_stopped_half_way_begins_anew(world: World) -> None:
    offer = offered(world)
    for count in range(1, len(offer.chunks)):
        into = empty(world)
        assert take(world, into, offer, range(count)) == TAKEN
        assert into.replica.height == 0
        into.replica.close()
    played = empty(world)
    same_as(world, played)


def test_a_log_of_a_snapshot_that_was_refused_is_none_of_the_next(world: World) -> None:
    """How many logs there are is judged by all alike: none may linger at one of them."""
    a, another = world.who["A"], Institution("F")
    body = {
        "act": "open",
        "origin": another.origin,
        "log": another.log_key.verifier.text(),
        "providers": [another.provider.verifier.text()],
        "member": a.name,
    }
    write(world, sign_act(a.chain, a.key, body).encode())
    early, late = offered(world), offered(world, 6)
    into = empty(world)
    assert take(world, into, late, [0, 2]) == REFUSED
    assert take(world, into, early) == TAKEN
    assert set(into.replica.logs) == {one.origin for one in world.who.values()}
    assert set(into.replica._places) == set(into.replica.logs)
    same_as(world, into)


def test_nobody_fills_the_disk_with_files_longer_than_their_entries_say(world: World) -> None:
    first, second, *rest = files_of(offered(world))
    lie = recut(offered(world), [first, (*second[:2], second[2] + bytes(100 * SMALL)), *rest])
    into = empty(world)
    assert take(world, into, lie) == REFUSED
    written = into.replica.log_folder(second[0]) / second[1]
    assert written.stat().st_size <= len(second[2]) + SMALL


def test_a_log_that_is_longer_than_its_state_says_would_stop_the_replica(world: World) -> None:
    """Why no byte may be added: the log does not grow, and the block cannot be played."""
    into = empty(world)
    assert take(world, into, offered(world)) == TAKEN
    log = into.replica.logs[world.who["A"].origin]
    with log.commitments_file.open("ab") as file:
        file.write(b"x")
    with pytest.raises(EngineStopped, match="evidence_damaged"):
        world.driver.catch_up(into)

"""One suite for both engines: what a ledger does is the same, whoever orders it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import pytest

from tallystick.consortium.transactions import sign_append
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import check_consistency, check_path, leaf_hash
from tallystick.ledger import (
    BATCH_RECORDS_MAX,
    Batch,
    BatchHeader,
    Log,
    StatusChange,
    check_status_proof,
    decode_status_entry,
    open_log,
    sign_header,
    status_key,
)
from tallystick.ledger.log import create_log
from tallystick.ledger.log_prover import LogProver
from tallystick.ledger.status import ERASED, EXPIRED, IN_FORCE, SUPERSEDED, WITHDRAWN
from tallystick.testing.consortium_world import World
from tallystick.testing.institutions import Institution, commitments_of

AT = 1_700_000_000


class Engine(Protocol):
    """What both engines are asked."""

    who: Institution

    def commit(self, batches: Sequence[Batch], changes: Sequence[StatusChange] = ()) -> None: ...

    def log(self) -> LogProver: ...

    def reopen(self) -> None: ...


class Embedded:
    """One operator, one folder."""

    def __init__(self, folder: Path) -> None:
        self.who = Institution("A")
        self._folder = folder
        self._log = create_log(folder, FileDisk(), self.who.log_key, self._admit)

    def _admit(self, header: BatchHeader, entry: int) -> None:
        del entry
        header.check(self.who.origin, self.who.provider.verifier)

    def commit(self, batches: Sequence[Batch], changes: Sequence[StatusChange] = ()) -> None:
        self._log.commit(batches, self.who.log_key, changes=changes, as_of=AT)

    def log(self) -> Log:
        return self._log

    def reopen(self) -> None:
        self._log.close()
        self._log = open_log(self._folder, FileDisk(), self.who.log_key.verifier, self._admit)


class Ordered:
    """Four members and the order of blocks."""

    def __init__(self, folder: Path) -> None:
        self._world = World(folder).opened()
        self.who = self._world.who["A"]

    def commit(self, batches: Sequence[Batch], changes: Sequence[StatusChange] = ()) -> None:
        told = sign_append(
            self.who.chain,
            self.who.log_key,
            self.log().size,
            batches,
            changes=changes,
            as_of=AT,
        )
        answered = self._world.driver.submit(told.encode())
        if answered.code:
            raise Refused(answered.info)
        [result] = self._world.driver.block()
        assert result.code == 0, result

    def log(self) -> Log:
        return self._world.driver.applications["C"].replica.logs[self.who.origin]

    def reopen(self) -> None:
        for name in list(self._world.who):
            self._world.restart(name)


class Refused(Exception):  # noqa: N818 - what happened
    """A transaction was refused, by this code."""


@pytest.fixture(params=[Embedded, Ordered])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    made: Engine = request.param(tmp_path)
    return made


def batch(engine: Engine, count: int, first: int = 0, *, who: Institution | None = None) -> Batch:
    listed = commitments_of("conformance", first, count)
    signer = (who or engine.who).provider
    return Batch(sign_header(engine.who.origin, signer, listed, AT), listed)


def prove_all(engine: Engine) -> None:
    log = engine.log()
    root = log.root(log.size)
    for record in range(log.records):
        sealed = log.batch_of(record)
        path = log.path(sealed.entry, log.size)
        check_path(sealed.entry, log.size, leaf_hash(sealed.header.encode()), path, root)
    commitments = log.commitments(0, log.records)
    assert len(set(commitments)) == log.records


def test_records_stand_in_the_order_they_were_committed_in(engine: Engine) -> None:
    engine.commit([batch(engine, 3), batch(engine, 2, 3)])
    engine.commit([batch(engine, BATCH_RECORDS_MAX, 5)])
    assert engine.log().commitments(0, 5) == commitments_of("conformance", 0, 5)
    assert engine.log().records == 5 + BATCH_RECORDS_MAX
    engine.reopen()
    prove_all(engine)


def test_each_commit_ends_with_what_is_in_force(engine: Engine) -> None:
    engine.commit([batch(engine, 4)])
    engine.commit([], [StatusChange(1, SUPERSEDED, AT, 2), StatusChange(3, EXPIRED, AT)])
    entry = decode_status_entry(engine.log().entry(engine.log().size - 1))
    assert (entry.rows, entry.records, entry.as_of) == (2, 2, AT)
    proofs = {}
    for record in range(4):
        commitment = engine.log().commitment(record)
        tree = engine.log().journal.tree
        proof = tree.prove(status_key(commitment))
        proofs[record] = check_status_proof(proof, entry.root, commitment).status
    assert proofs == {0: IN_FORCE, 1: SUPERSEDED, 2: IN_FORCE, 3: EXPIRED}


def test_the_standing_survives_a_restart(engine: Engine) -> None:
    engine.commit([batch(engine, 5)], [StatusChange(4, ERASED, AT)])
    engine.commit([], [StatusChange(0, WITHDRAWN, AT)])
    engine.commit([], [StatusChange(0, IN_FORCE, AT)])
    engine.reopen()
    assert set(engine.log().journal.standing) == {4}
    assert engine.log().journal.entry.rows == 3


def test_a_batch_of_a_stranger_is_refused_and_changes_nothing(engine: Engine) -> None:
    engine.commit([batch(engine, 2)])
    size, root = engine.log().size, engine.log().root(engine.log().size)
    with pytest.raises((TallyError, Refused)):
        engine.commit([batch(engine, 2, 2, who=Institution("B"))])
    swapped = batch(engine, 2, 2)
    with pytest.raises((TallyError, Refused)):
        engine.commit([swapped._replace(commitments=swapped.commitments[::-1])])
    engine.reopen()
    assert (engine.log().size, engine.log().root(size)) == (size, root)
    engine.commit([batch(engine, 1, 2)])
    assert engine.log().records == 3


def test_every_size_goes_on_from_every_earlier_one(engine: Engine) -> None:
    sizes = []
    for n in range(4):
        engine.commit([batch(engine, n + 1, 10 * n)])
        sizes.append(engine.log().size)
    log = engine.log()
    for old in sizes:
        for new in sizes:
            if old <= new:
                path = log.consistency(old, new)
                check_consistency(old, new, log.root(old), log.root(new), path)


def test_both_engines_make_the_same_bytes(tmp_path: Path) -> None:
    engines: list[Engine] = [Embedded(tmp_path / "one"), Ordered(tmp_path / "other")]
    for engine in engines:
        engine.commit(
            [batch(engine, 7), batch(engine, 40, 7)], [StatusChange(46, WITHDRAWN, AT, 1)]
        )
        engine.commit([], [StatusChange(0, SUPERSEDED, AT, 3)])
        engine.commit([batch(engine, 1, 47)])
    one, other = (engine.log() for engine in engines)
    for name in ("entries", "commitments", "status", "groups", "tile-0"):
        assert (one.folder / name).read_bytes() == (other.folder / name).read_bytes(), name

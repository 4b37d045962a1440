"""Nodes that answer as real ones do, in this process and on a clock of their own.

The applications are real and are driven as the engine drives them; only the engine is not there. A
block is played whenever somebody waits. Whatever goes over the wire is a step at which a writer can
be killed, before the node has it or after.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tallystick.app.network import ordering
from tallystick.app.network.client import Node
from tallystick.app.network.ordering import Consortium, Cosigner, OrderedLog, OwnKeys
from tallystick.app.network.reasons import NOBODY_ANSWERS
from tallystick.consortium.protocol import abci_types_pb2 as abci
from tallystick.kernel.disk import Disk, FileDisk
from tallystick.kernel.signing import SigningKey, VerifierKey
from tallystick.ledger import Batch, StatusChange
from tallystick.ledger.batches import sign_header
from tallystick.testing.consortium_world import World
from tallystick.testing.institutions import Institution, commitments_of

QUORUM = 3


class Killed(BaseException):
    """The process of the writer is gone."""


@dataclass
class Clock:
    """A clock that waiting moves on, and a little whoever looks at it. then: what else happens."""

    now: float = 1000.0
    then: Callable[[], None] = lambda: None

    def monotonic(self) -> float:
        self.now += 1e-5
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.then()


@dataclass
class Network:
    """Four nodes. down: who does not answer; halted: whether no block is made.

    full: how many times a node says that its mempool is full. lies: what nodes answer instead, by
    name and path. kill_at: the step at which the writer dies, counted from 1.
    """

    world: World
    clock: Clock
    down: set[str] = field(default_factory=set)
    halted: bool = False
    full: int = 0
    lies: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    kill_at: int = 0
    steps: int = 0
    submitted: list[tuple[str, bytes]] = field(default_factory=list)

    def play(self) -> None:
        """Make a block, where one can be made."""
        if not self.halted and self.world.driver.waiting:
            self.world.driver.block()

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.kill_at:
            raise Killed

    def writer(self, folder: Path, who: Institution, disk: Disk | None = None) -> OrderedLog:
        """Return the log of an institution as a new process opens it to write."""
        members = self.world.driver.genesis.members.listed
        cosigners = tuple(
            Cosigner(one.name, one.url, self.world.who[one.name].cosigner.verifier)
            for one in sorted(members, key=lambda one: (one.name != who.name, one.name))
        )
        consortium = Consortium(who.chain, cosigners, QUORUM)
        key = who.log_key.verifier
        log = OrderedLog(folder, disk or FileDisk(), key, lambda *_: None, consortium)
        log._nodes = [FakeNode(self, one.name) for one in cosigners]
        if not (folder / "checkpoint").exists():
            log.create(who.log_key)
        log.load()
        log.recover()
        log.complete(who.log_key)
        return log

    def size(self, who: Institution, name: str = "B") -> int:
        """Return how long the log of an institution is at a replica."""
        return self.world.driver.applications[name].replica.logs[who.origin].size


class FakeNode(Node):
    """A node of the network, asked as any other."""

    def __init__(self, network: Network, name: str) -> None:
        super().__init__(name, "http://nowhere.invalid")
        self._network = network

    def _post(self, data: bytes) -> dict[str, Any]:
        network, request = self._network, json.loads(data)
        network.step()
        if self.name in network.down:
            raise NOBODY_ANSWERS.error(why=self.name)
        method, params = request["method"], request["params"]
        answer = getattr(self, f"_{method}")(**params)
        lie = network.lies.get((self.name, params.get("path", method)))
        answer = lie(answer) if lie else answer
        network.step()
        if self.name in network.lost:
            raise NOBODY_ANSWERS.error(why=f"{self.name}: the answer was lost")
        return answer  # type: ignore[no-any-return]

    def _broadcast_tx_sync(self, tx: str) -> dict[str, Any]:
        network, data = self._network, base64.b64decode(tx)
        driver = network.world.driver
        if network.full:
            network.full -= 1
            told = "mempool is full: number of txs 20000 (max: 20000)"
            return {"error": {"code": -32603, "message": "Internal error", "data": told}}
        if data in driver.waiting:
            told = "tx already exists in cache"
            return {"error": {"code": -32603, "message": "Internal error", "data": told}}
        network.submitted.append((self.name, data))
        application = driver.applications[self.name]
        found = driver.call(application, "check_tx", abci.RequestCheckTx(tx=data))
        if not found.code:
            driver.waiting.append(data)
        return {"result": {"code": found.code, "info": found.info, "log": found.log}}

    def _abci_query(self, path: str, data: str) -> dict[str, Any]:
        driver = self._network.world.driver
        request = abci.RequestQuery(path=path.encode(), data=bytes.fromhex(data))
        found = driver.call(driver.applications[self.name], "query", request)
        value = base64.b64encode(found.value).decode()
        response = {"code": found.code, "info": found.info, "log": found.log, "value": value}
        return {"result": {"response": response}}


def network_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Network:
    """Return four nodes that hold an open log of each institution."""
    network = Network(World(folder).opened(), Clock())
    network.clock.then = network.play
    monkeypatch.setattr(ordering, "time", network.clock)
    return network


def batches_of(who: Institution, first: int, *counts: int) -> list[Batch]:
    """Return batches of an institution that go on from record `first`."""
    made = []
    for count in counts:
        listed = commitments_of(who.name, first, count)
        made.append(Batch(sign_header(who.origin, who.provider, listed, 0), listed))
        first += count
    return made


def committed(
    log: OrderedLog, who: Institution, *counts: int, changes: Sequence[StatusChange] = ()
) -> None:
    log.commit(batches_of(who, log.records, *counts), who.log_key, changes=changes)


def keys_of(who: Institution, *providers: VerifierKey, older: Sequence[SigningKey] = ()) -> OwnKeys:
    """Return the keys of a workspace: its log key of now, those before, its providers."""
    known = {key.verifier: key for key in (who.log_key, *older)}
    listed = providers or (who.provider.verifier,)
    return OwnKeys(lambda: list(listed), known.get)

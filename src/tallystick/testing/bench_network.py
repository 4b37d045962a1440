"""Measuring the ledger that several validators run, and CometBFT's own kvstore beside it.

Owns `tally bench network`. Four validators on this machine, each with its own log, are offered
batches of 1,000 commitments: at a fixed rate, to see how long one takes to be final; as many as
they take; and as many as three of them take when the fourth is killed. What is offered is signed
beforehand. The peer in the same run is the same engine with the same settings and as many bytes,
only the application is kvstore, also behind a Unix socket. The two take turns and go first in turn,
each time with new networks, and only one of them runs at a time.
"""

from __future__ import annotations

import asyncio
import math
import os
import platform
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tallystick.app.network.client import Node
from tallystick.app.network.engine import find_engine, version_of
from tallystick.app.progress import Progress, silent
from tallystick.kernel.errors import TallyError
from tallystick.testing.bench_network_load import (
    CONNECTIONS,
    Handed,
    Load,
    NetworkFailed,
    Run,
    transactions_in,
)
from tallystick.testing.bench_network_sides import (
    VALIDATORS,
    OurSide,
    PeerSide,
    Side,
    Used,
    build_kvstore,
)
from tallystick.testing.bench_network_supply import BATCH_RECORDS, Appends, Pairs, append_bytes
from tallystick.testing.benching import machine, versions

SECONDS_DEFAULT = 120
ROUNDS = 2  # in each the two take turns, the other one first
RATES = (10_000, 20_000)  # records a second that are offered; the first is the one promised
PACED_SHARE = 6  # an offered rate takes this part of the time at saturation
ONE_DOWN_SHARE = 2  # and what three take this one
PACED_S_MIN = 2.0
WARM_S = 8.0
OUTSTANDING = 32  # transactions a validator is given before one of them is final
ROOM = 1.5  # how much more is made ready than the rate so far says is needed
READY_MIN = 60  # transactions a second that are made ready at least: what ran badly may run well
WARM_TRANSACTIONS = 150  # a second, at most, until that is known
P50_RATIO_MAX, P99_RATIO_MAX = 1.3, 1.5
RECORDS_MIN, RECORDS_AIM = 10_000, 20_000
BYTES_RATIO_MIN, BYTES_RATIO_AIM = 0.4, 0.7
ONE_DOWN_MIN = 0.5


class Supply(Protocol):
    """Makes transactions ready: (the name of a validator, the transaction)."""

    def ready(self, count: int) -> list[tuple[str, bytes]]:
        """Return `count` of them."""


class Queue:
    """Transactions in their order, made before they are asked for. moved: to whom for whom."""

    def __init__(self, supply: Supply) -> None:
        self.waiting: deque[tuple[str, bytes]] = deque()
        self.moved: dict[str, str] = {}
        self._supply = supply

    def fill(self, count: int) -> None:
        """Have at least `count` ready."""
        self.waiting.extend(self._supply.ready(max(count - len(self.waiting), 0)))

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        while self.waiting:
            name, transaction = self.waiting.popleft()
            yield self.moved.get(name, name), transaction


@dataclass
class Figures:
    """What was measured of one network, over all rounds.

    finality: rate offered -> seconds of each transaction. saturated, one_down: transactions a
    second of each round. cores: used by each part, of each round. late: seconds transactions were
    offered after they were due.
    """

    finality: dict[int, list[float]] = field(default_factory=dict)
    saturated: list[float] = field(default_factory=list)
    one_down: list[float] = field(default_factory=list)
    cores: list[Mapping[str, float]] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    load: list[float] = field(default_factory=list)
    busy: int = 0

    def document(self, size: int) -> dict[str, Any]:
        """Return the figures; rates are per second. size: of a transaction in bytes."""
        saturated, one_down = statistics.mean(self.saturated), statistics.mean(self.one_down)
        promised = self.finality[RATES[0]]
        parts = self.cores[0]
        return {
            "records_per_second": round(saturated * BATCH_RECORDS),
            "bytes_per_second": round(saturated * size),
            "finality_p50_s": percentile(promised, 50),
            "finality_p99_s": percentile(promised, 99),
            "records_per_second_one_down": round(one_down * BATCH_RECORDS),
            "offered": {
                str(rate): {"p50_s": percentile(taken, 50), "p99_s": percentile(taken, 99)}
                for rate, taken in self.finality.items()
            },
            "records_per_second_rounds": [round(one * BATCH_RECORDS) for one in self.saturated],
            "cpu": {
                part: round(statistics.mean(one.get(part, 0) for one in self.cores), 2)
                for part in parts
            },
            "offered_late_p99_s": percentile(self.late, 99),
            "mempool_full": self.busy,
            "load_average": [round(one, 1) for one in self.load],
        }


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the smallest of `values` that as many percent of them do not exceed."""
    ordered = sorted(values)
    return round(ordered[max(math.ceil(len(ordered) * percent / 100), 1) - 1], 4)


def network(
    seconds: float = SECONDS_DEFAULT,
    folder: Path | None = None,
    progress: Progress = silent,
    *,
    download: bool = False,
    rounds: int = ROUNDS,
) -> dict[str, Any]:
    """Measure and return {"machine", "versions", "settings", "results"}; rates are per second.

    seconds: at saturation, of all rounds together. folder: where to work; what is written there is
    removed. download: let `go` get modules the peer lacks. Where the peer cannot be built, results
    say why and have no ratios. Raises: NO_ENGINE, ANOTHER_ENGINE, NOBODY_ANSWERS.
    """
    engine, before = find_engine(), machine()
    size = append_bytes()
    with tempfile.TemporaryDirectory(prefix="net-", dir=folder) as working:
        place = Path(working)
        peer: Path | None = None
        missing: dict[str, str] = {}
        try:
            peer = build_kvstore(place / "bin", download=download)
        except TallyError as fault:
            missing = {"zh": fault.text.zh, "en": fault.text.en}
        ours, theirs = Figures(), Figures()
        for number in range(rounds):
            turns = [(ours, None), (theirs, peer)] if peer else [(ours, None)]
            for figures, program in turns if number % 2 == 0 else turns[::-1]:
                at = place / f"{number}{'p' if program else 'o'}"
                _Turn(figures, at, program, seconds / rounds, progress).run()
    results = compared(ours.document(size), theirs.document(size) if peer else {"missing": missing})
    return {
        "machine": before,
        "versions": {"python": platform.python_version(), "cometbft": version_of(engine)}
        | versions(),
        "settings": {
            "seconds": seconds,
            "rounds": rounds,
            "validators": VALIDATORS,
            "batch_records": BATCH_RECORDS,
            "transaction_bytes": size,
            "offered_records_per_second": list(RATES),
            "outstanding": OUTSTANDING * VALIDATORS,
            "connections_each": CONNECTIONS,
            "warm_up_s": WARM_S,
        },
        "results": results,
    }


def compared(ours: Mapping[str, Any], peer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the results: our figures, those of the peer, the ratios, and what was promised."""
    rate = ours["records_per_second"]
    one_down = round(ours["records_per_second_one_down"] / rate, 3)
    found: dict[str, Any] = {**ours, "peer": dict(peer), "one_down_ratio": one_down}
    targets = {
        "records_per_second": (rate, RECORDS_MIN, rate >= RECORDS_MIN),
        "records_per_second_aim": (rate, RECORDS_AIM, rate >= RECORDS_AIM),
        "one_down_ratio": (one_down, ONE_DOWN_MIN, one_down >= ONE_DOWN_MIN),
    }
    if "missing" not in peer:
        p50 = round(ours["finality_p50_s"] / peer["finality_p50_s"], 3)
        p99 = round(ours["finality_p99_s"] / peer["finality_p99_s"], 3)
        share = round(ours["bytes_per_second"] / peer["bytes_per_second"], 3)
        found |= {"p50_ratio": p50, "p99_ratio": p99, "saturation_ratio": share}
        targets |= {
            "p50_ratio": (p50, P50_RATIO_MAX, p50 <= P50_RATIO_MAX),
            "p99_ratio": (p99, P99_RATIO_MAX, p99 <= P99_RATIO_MAX),
            "saturation_ratio": (share, BYTES_RATIO_MIN, share >= BYTES_RATIO_MIN),
            "saturation_ratio_aim": (share, BYTES_RATIO_AIM, share >= BYTES_RATIO_AIM),
        }
    found["targets"] = {
        name: {"value": value, "limit": limit, "met": met}
        for name, (value, limit, met) in targets.items()
    }
    return found


class _Turn:
    """One network, started, measured and stopped. program: kvstore; None for ours."""

    def __init__(
        self,
        figures: Figures,
        folder: Path,
        program: Path | None,
        seconds: float,
        progress: Progress,
    ) -> None:
        self._figures = figures
        self._seconds = seconds
        self._step, self._progress = 0, progress
        self._ours: Appends | None = None
        self._side: Side
        if program is None:
            self._side = OurSide(folder)
            self._ours = Appends(self._side.nodes)
            self._queue = Queue(self._ours)
        else:
            self._side = PeerSide(folder, program)
            self._queue = Queue(Pairs(list(self._side.urls), append_bytes()))

    def run(self) -> None:
        """Measure everything. Raises: NOBODY_ANSWERS, NetworkFailed."""
        figures, side = self._figures, self._side
        try:
            side.start()
            self._told()
            self._opened()
            rate = self._warmed()
            for offered in RATES:
                self._told()
                self._paced(offered)
            self._told()
            figures.load.append(os.getloadavg()[0])
            self._queue.fill(self._needed(rate, self._seconds))
            rate, cores = self._saturated(side.urls, WARM_S, self._seconds)
            figures.saturated.append(rate)
            figures.cores.append(cores)
            self._told()
            figures.one_down.append(self._one_down(rate))
            self._told()
            self._check()
        finally:
            side.stop()

    def _told(self) -> None:
        self._step += 1
        self._progress("network", self._step, 4 + len(RATES))

    def _opened(self) -> None:
        """Open the logs of ours."""
        if self._ours is None:
            return
        names = list(self._side.urls)
        listed = list(zip(names, self._ours.openings, strict=True))
        self._offered(self._side.urls, lambda load: load.paced(iter(listed), 100.0, len(listed)))

    def _offered(self, urls: Mapping[str, str], act: Callable[[Load], Any]) -> Run:
        async def offer() -> Run:
            async with Load(urls) as load:
                await act(load)
                return load.run

        run = asyncio.run(offer())
        self._figures.busy += run.busy
        return run

    def _needed(self, rate: float, seconds: float) -> int:
        """Return how many transactions to have ready. rate: of those that became final so far."""
        return round(max(rate, READY_MIN) * ROOM * (WARM_S + seconds))

    def _warmed(self) -> float:
        """Offer for a while; return transactions a second that became final, roughly."""
        self._queue.fill(round(WARM_TRANSACTIONS * WARM_S))
        queue, begun = iter(self._queue), time.monotonic()
        outstanding = OUTSTANDING * VALIDATORS
        run = self._offered(self._side.urls, lambda load: load.closed(queue, outstanding, WARM_S))
        return len(run.handed) / (time.monotonic() - begun)

    def _paced(self, records: int) -> None:
        """Offer at a fixed rate and take the time until each transaction is final."""
        rate = records / BATCH_RECORDS
        count = round(rate * max(self._seconds / PACED_SHARE, PACED_S_MIN))
        self._queue.fill(count)
        queue = iter(self._queue)
        run = self._offered(self._side.urls, lambda load: load.paced(queue, rate, count))
        self._figures.finality.setdefault(records, []).extend(self._finality(run))
        self._figures.late.extend(run.late)

    def _finality(self, run: Run) -> list[float]:
        """Return the seconds from when each transaction was offered until it was final there."""
        asked = Node(*next(iter(self._side.urls.items())))
        held: dict[bytes, int] = {}
        for block in run.first_seen():
            if block.transactions:
                answer = asked.call("block", height=str(block.height))
                held |= dict.fromkeys(transactions_in(answer), block.height)
        asked.close()
        return waited(run, held)

    def _saturated(
        self, urls: Mapping[str, str], warm: float, seconds: float
    ) -> tuple[float, Mapping[str, float]]:
        """Return transactions a second that became final, and the cores that took."""
        outstanding = OUTSTANDING * len(urls)
        queue, used, begun = iter(self._queue), Used(self._side), time.monotonic()
        run = self._offered(urls, lambda load: load.closed(queue, outstanding, warm + seconds))
        return throughput(run, begun + warm, begun + warm + seconds), used.cores()

    def _one_down(self, rate: float) -> float:
        """Kill a validator, let another take its load, and measure again."""
        *others, killed = self._side.urls
        seconds = self._seconds / ONE_DOWN_SHARE
        self._queue.fill(self._needed(rate, seconds))
        self._side.kill(killed)
        self._queue.moved = {killed: others[0]}
        urls = {name: url for name, url in self._side.urls.items() if name != killed}
        return self._saturated(urls, WARM_S, seconds)[0]

    def _check(self) -> None:
        """Check that our logs hold all that was offered. Raises: NetworkFailed."""
        if self._ours is None:
            return
        left = self._ours.sizes_without(name for name, _ in self._queue.waiting)
        name, url = next(iter(self._side.urls.items()))
        asked = Node(name, url)
        held = asked.state()["logs"]
        asked.close()
        if held != left:
            raise NetworkFailed(f"the logs hold {held}, and {left} was offered")


def waited(run: Run, held: Mapping[bytes, int]) -> list[float]:
    """Return how long each transaction waited. held: the block of each transaction.

    Raises: NetworkFailed where one is in no block.
    """

    def one(handed: Handed) -> float:
        if handed.digest not in held:
            raise NetworkFailed("a transaction is in no block")
        return run.blocks[handed.door][held[handed.digest]].at - handed.at

    return [one(handed) for handed in run.handed]


def throughput(run: Run, begin: float, end: float) -> float:
    """Return transactions a second between two moments, taken from block to block.

    Raises: NetworkFailed where fewer than two blocks came in between.
    """
    blocks = [block for block in run.first_seen() if begin <= block.at <= end]
    if len(blocks) < 2:  # noqa: PLR2004 - from one to another
        raise NetworkFailed("no blocks came while it was measured")
    return sum(one.transactions for one in blocks[1:]) / (blocks[-1].at - blocks[0].at)

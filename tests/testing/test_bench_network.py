"""The bench of the network: its parts as they are, and a whole run of it in its smallest form.

The run needs CometBFT as `make cometbft` builds it, and Go with the modules of kvstore.
"""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.app.network.engine import is_there
from tallystick.app.network.local import create
from tallystick.consortium.transactions import Append, decode_transaction
from tallystick.kernel.errors import TallyError
from tallystick.testing import bench_network, bench_network_sides
from tallystick.testing.bench_network import (
    Figures,
    Queue,
    compared,
    network,
    percentile,
    throughput,
    waited,
)
from tallystick.testing.bench_network_load import (
    Handed,
    NetworkFailed,
    Run,
    Seen,
    masked,
    read_frame,
    transactions_in,
)
from tallystick.testing.bench_network_sides import build_kvstore, children_of, free_ports
from tallystick.testing.bench_network_supply import Appends, Pairs, append_bytes
from tallystick.testing.peer_tessera import NO_SOURCE, PEER_FAILED

if TYPE_CHECKING:
    from pathlib import Path

FIGURES = ("records_per_second", "bytes_per_second", "finality_p50_s", "finality_p99_s")
ONE_DOWN = "records_per_second_one_down"


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(one) for one in range(100, 0, -1)]
    assert percentile(values, 50) == 50
    assert percentile(values, 99) == 99
    assert percentile([0.25], 50) == percentile([0.25], 99) == 0.25
    assert percentile([1, 2], 50) == 1


def test_both_networks_are_offered_transactions_of_the_same_size(tmp_path: Path) -> None:
    nodes = create(tmp_path / "net", 2, 1_800_000_000)
    ours = Appends(nodes)
    names = [one.name for one in nodes]
    appended, paired = ours.ready(4), Pairs(names, append_bytes()).ready(4)
    assert {len(data) for _, data in [*appended, *paired]} == {append_bytes()}
    assert [name for name, _ in appended] == [name for name, _ in paired] == ["A", "B", "A", "B"]
    assert len({data for _, data in paired}) == 4
    for _, data in paired:
        assert data.count(b"=") == 1
        assert b":" not in data
        assert not data.startswith((b"=", b"val=")), "kvstore takes that for something else"
        assert not data.endswith(b"=")
    read = [decode_transaction(data) for _, data in appended]
    assert all(isinstance(one, Append) for one in read)
    assert [one.base for one in read if isinstance(one, Append)] == [0, 0, 2, 2]
    assert list(ours.sizes_without(["B"]).values()) == [4, 2]


def test_what_was_made_and_not_offered_comes_first_the_next_time() -> None:
    queue = Queue(Pairs(["A", "B"], 100))
    queue.fill(3)
    first = [next(iter(queue)) for _ in range(2)]
    queue.fill(3)
    queue.moved = {"B": "A"}
    rest = list(queue)
    assert [name for name, _ in [*first, *rest]] == ["A", "B", "A", "A", "A"]
    numbers = [int(data.split(b"=")[0]) for _, data in [*first, *rest]]
    assert all(later == sooner + 1 for sooner, later in pairwise(numbers))


def test_a_transaction_is_final_when_its_own_validator_tells_of_the_block() -> None:
    run = Run(handed=[Handed(b"x", "A", 1.0), Handed(b"y", "B", 1.0)])
    run.blocks = {"A": {5: Seen(5, 2, 1.5)}, "B": {5: Seen(5, 2, 1.75)}}
    assert waited(run, {b"x": 5, b"y": 5}) == [0.5, 0.75]
    assert run.first_seen() == [Seen(5, 2, 1.5)]
    with pytest.raises(NetworkFailed):
        waited(run, {b"x": 5})


def test_a_rate_is_taken_from_block_to_block() -> None:
    run = Run(blocks={"A": {n: Seen(n, 10, float(n)) for n in range(10)}})
    assert throughput(run, 2.0, 6.0) == pytest.approx(10)
    assert throughput(run, 1.5, 6.5) == pytest.approx(10)
    with pytest.raises(NetworkFailed):
        throughput(run, 2.5, 3.5)


def test_the_digests_of_a_block_are_those_of_its_transactions() -> None:
    block: dict[str, Any] = {"block": {"data": {"txs": ["eA=="]}}}
    assert transactions_in(block) == [
        bytes.fromhex("2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881")
    ]
    assert transactions_in({"block": {"data": {"txs": None}}}) == []


@pytest.mark.parametrize("size", [0, 125, 126, 65_535])
def test_frames_of_a_web_socket_are_read_as_they_are_written(size: int) -> None:
    async def read() -> tuple[int, bytes]:
        reader = asyncio.StreamReader()
        sent = masked(1, b"x" * size)
        at = 2 if size < 126 else 4  # a server does not mask: the mask of zeros is left out
        reader.feed_data(bytes([sent[0], sent[1] & 0x7F]) + sent[2:at] + sent[at + 4 :])
        return await read_frame(reader)

    assert asyncio.run(read()) == (1, b"x" * size)


def figures(rate: float, taken: float) -> dict[str, Any]:
    measured = Figures({rate: [taken] for rate in bench_network.RATES}, [rate], [rate / 2])
    measured.cores, measured.late = [{"engine": 1.0}], [0.0]
    return measured.document(1_000)


def test_what_was_promised_is_held_against_the_peer() -> None:
    results = compared(figures(20, 0.2), figures(40, 0.2))
    assert results["records_per_second"] == 20_000
    assert results["bytes_per_second"] == 20_000
    assert (results["p50_ratio"], results["saturation_ratio"]) == (1.0, 0.5)
    assert results["one_down_ratio"] == 0.5
    unmet = {name for name, one in results["targets"].items() if not one["met"]}
    assert unmet == {"saturation_ratio_aim"}
    assert not compared(figures(9, 0.2), figures(9, 0.1))["targets"]["p50_ratio"]["met"]


def test_without_the_peer_there_are_no_ratios(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bench_network_sides, "SOURCE", tmp_path)
    with pytest.raises(TallyError) as caught:
        build_kvstore(tmp_path / "bin", download=False)
    assert caught.value.reason is NO_SOURCE
    results = compared(figures(20, 0.2), {"missing": {"zh": "没有", "en": "none"}})
    assert "saturation_ratio" not in results
    assert results["targets"]["records_per_second"]["met"]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in (("WARM_S", 1.0), ("RATES", (5_000,)), ("PACED_S_MIN", 1.0)):
        monkeypatch.setattr(bench_network, name, value)
    monkeypatch.setattr(bench_network, "OUTSTANDING", 4)
    there, why = is_there()
    if not there:
        pytest.skip(f"{why}; run make cometbft")
    try:
        build_kvstore(tmp_path / "bin", download=True)
    except TallyError as fault:
        if fault.reason is PEER_FAILED:
            raise
        pytest.skip(f"{fault.text.en}; {fault.remedy.en}")


@pytest.mark.usefixtures("small")
def test_a_short_run_measures_everything_it_promises_and_leaves_nothing(tmp_path: Path) -> None:
    place = tmp_path / "run"
    place.mkdir()
    measured = network(4, place, rounds=1)
    assert measured.keys() == {"machine", "versions", "settings", "results"}
    results = measured["results"]
    for figures_of in (results, results["peer"]):
        for name in (*FIGURES, ONE_DOWN):
            assert figures_of[name] > 0, name
        assert figures_of["cpu"].keys() == {"engine", "application", "load_generator"}
    for name in ("p50_ratio", "p99_ratio", "saturation_ratio", "one_down_ratio"):
        assert results[name] > 0
    assert list(place.iterdir()) == []


def test_ports_are_free_and_processes_have_children() -> None:
    assert free_ports(4) > 0
    assert children_of([]) == []

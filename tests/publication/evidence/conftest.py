"""A workspace with records of every kind, and receipts of them, for whoever checks evidence."""

from __future__ import annotations

import importlib.util
import random
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from tests.app.conftest import (
    MEMBERS,
    House,
    Papers,
    founded_house,
    passphrase_file,
    passphrases_tried_once,
    small_house,
    years,
)

from tallystick.app.consent import withdraw
from tallystick.app.receipts import make_numbered
from tallystick.app.store import Store
from tallystick.app.verifying import verify
from tallystick.kernel.errors import TallyError
from tallystick.publication import evidence
from tallystick.records import KINDS, bodies, sign_act

__all__ = [
    "MEMBERS",
    "House",
    "founded_house",
    "passphrase_file",
    "passphrases_tried_once",
    "small_house",
]
NOW = 1_793_505_600  # 2026-11-01, the day of the house
PROGRAM = Path(evidence.__file__).with_name("check_receipt.py")


def load_program() -> ModuleType:
    """Load the second verifier from its file, as whoever was handed the file has it."""
    spec = importlib.util.spec_from_file_location("check_receipt", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_receipt"] = module
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Corpus:
    """Receipts by what they are of, and the trust file of their ledger."""

    house: House
    receipts: dict[str, bytes]
    trust: str


@pytest.fixture(scope="session")
def checker() -> ModuleType:
    return load_program()


def _seal_the_rest(store: Store) -> None:
    """Seal a record of each kind the small house has none of; their content is of no use."""
    delivery = store.delivery()
    officer = store.body(next(store.index.of_kind("decision")))["officer"]
    ratio = [{"cr": "0.02"}]
    store.append(
        [
            bodies.retraction(delivery, name="association-0009", reason="试验"),
            bodies.unread(delivery, name="association-0009", source="association", subjects=[]),
            bodies.weighing(
                delivery, scheme="s", digest="0" * 64, result={"groups": ratio}, reason="",
                officer={},
            ),
        ]
    )  # fmt: skip
    high = bodies.weighing(
        delivery, scheme="s", digest="0" * 64, result={"groups": [{"cr": "0.1"}]}, reason="试验",
        officer=officer,
    )  # fmt: skip
    store.append([high])
    visit = {**store.body(next(store.index.of_kind("fact"))), "item": "visit.verification"}
    store.append([visit, sign_act(store.origin, visit, [store.provider_key])])


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory, small_house: House) -> Corpus:
    """Receipts of every kind of record, valid or not, with and without content, of any standing."""
    house = small_house.copied(tmp_path_factory.mktemp("corpus") / "workspace")
    with house.opened() as store:
        house.deliver(
            "association", [{**one, "meetings_held": "7"} for one in years()], store=store
        )
        Papers.issued(store, "html")
        withdraw(store, MEMBERS[0])
        _seal_the_rest(store)
        found = {}
        for kind in KINDS:
            numbers = list(store.index.of_kind(kind))
            for at in {*numbers[:1], *numbers[-2:]}:
                found[f"{kind} {at}"] = make_numbered(store, at)
                found[f"{kind} {at} bare"] = make_numbered(store, at, content=False)
        trust = store.trust.text()
    return Corpus(house, found, trust)


def first(data: bytes, trust: str, age: int | None = None, now: int = NOW) -> bool:
    try:
        return verify(data, trust, age, now).valid
    except TallyError:
        return False


def second(
    checker: ModuleType, data: bytes, trust: str, age: int | None = None, now: int = NOW
) -> bool:
    try:
        policy = checker.Policy(trust)
    except checker.FAULTS:
        return False
    done, _ = checker.check(data, policy, age, now)
    return not any(done.values())


def agree(checker: ModuleType, data: bytes, trust: str, age: int | None = None) -> bool:
    """Return the verdict of both, which must be one."""
    told = first(data, trust, age)
    assert second(checker, data, trust, age) == told, (data[:3000], trust)
    return told


def spoiled_bytes(data: bytes, seed: int, most: int) -> list[bytes]:
    chance = random.Random(seed)  # noqa: S311 - a sample of places
    places = range(len(data))
    chosen = chance.sample(places, most) if len(data) > most else places
    flipped = [data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :] for at in chosen]
    few = chance.sample(places, 20)
    cut = [data[:at] + data[at + 1 :] for at in few] + [data[:at] for at in few]
    return flipped + cut + [data[:at] + data[at : at + 1] + data[at:] for at in few]

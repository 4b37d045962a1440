"""CometBFT's own light client judges the blocks that ours does, and says the same.

Needs Go 1.24 or newer, and the module proxy or a module cache.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from tests.consortium.chains import (
    BLOCK_S,
    CHAIN,
    EPOCH,
    POWERS,
    REAL_CHAIN,
    REAL_HEIGHTS,
    answers,
    block,
    only,
    real,
    rpc_answers,
)

from tallystick.app.toolchain import find_go
from tallystick.consortium.commits import ABSENT, FOR_BLOCK, FOR_NIL, TrustLevel
from tallystick.consortium.headers import BlockID
from tallystick.consortium.light import LightBlock, light_block_from_rpc, start, update
from tallystick.consortium.wire import NANOS
from tallystick.kernel.errors import TallyError

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(__file__).with_name("cometbft")
SECONDS = 900
PERIOD_S, DRIFT_S = 14 * 24 * 60 * 60, 10
BASE = 10
NOW = EPOCH + 1000 * BLOCK_S * NANOS
RANDOM_CASES = 400

Answers = tuple[bytes, bytes]


class Case(NamedTuple):
    """A block to judge against a trusted one, as a node would tell of both."""

    trusted: Answers
    block: Answers
    now: int = NOW
    level: TrustLevel = TrustLevel()
    period_s: int = PERIOD_S

    def line(self) -> str:
        told: dict[str, Any] = {
            "now": self.now,
            "period_s": self.period_s,
            "drift_s": DRIFT_S,
            **self.level._asdict(),
        }
        for name, (commit, validators) in (("trusted", self.trusted), ("block", self.block)):
            parts = {"commit": json.loads(commit), "validators": json.loads(validators)}
            told[name] = {part: answer["result"] for part, answer in parts.items()}
        return json.dumps(told)

    def refused(self) -> str:
        """Return why ours refuses it, or nothing."""
        try:
            trusted = light_block_from_rpc(self.trusted[0], [self.trusted[1]])
            header = trusted.header
            trust = start(
                header.chain_id,
                header.hash(),
                trusted,
                header.time,
                trusting_period_s=self.period_s,
                clock_drift_s=DRIFT_S,
                trust_level=self.level,
            )
            update(trust, light_block_from_rpc(self.block[0], [self.block[1]]), self.now)
        except TallyError as fault:
            return str(fault)
        return ""


@pytest.fixture(scope="module")
def lightcheck(tmp_path_factory: pytest.TempPathFactory) -> Path:
    go = find_go()
    if go is None or not go.new_enough:
        pytest.skip("there is no Go 1.24 or newer")
    program = tmp_path_factory.mktemp("go") / "lightcheck"
    flags = {"GOFLAGS": "-mod=readonly -modcacherw -buildvcs=false", "GOWORK": "off"}
    built = subprocess.run(
        [go.program, "build", "-trimpath", "-o", str(program), "./lightcheck"],
        cwd=SOURCE,
        env={**os.environ, **flags},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    if built.returncode and ("dial tcp" in built.stderr or "lookup disabled" in built.stderr):
        pytest.skip("the Go modules are not on this machine and were not to be had")
    assert not built.returncode, built.stderr
    return program


def judged(program: Path, cases: list[Case]) -> list[dict[str, Any]]:
    lines = "".join(case.line() + "\n" for case in cases)
    said = subprocess.run(
        [program], input=lines, capture_output=True, text=True, check=False, timeout=SECONDS
    )
    assert not said.returncode, said.stderr
    return [json.loads(line) for line in said.stdout.splitlines()]


def agree(program: Path, cases: dict[str, Case]) -> dict[str, bool]:
    """Let both judge; return which cases are accepted, which both must say alike."""
    told = judged(program, list(cases.values()))
    verdicts = {}
    for (name, case), answer in zip(cases.items(), told, strict=True):
        ours, theirs = case.refused(), answer["refused"]
        assert bool(ours) is bool(theirs), f"{name}: ours {ours!r}, CometBFT's {theirs!r}"
        verdicts[name] = not ours
    return verdicts


def same_bytes(made: LightBlock, answer: dict[str, Any]) -> None:
    assert answer["header"] == made.header.hash().hex()
    assert answer["validators"] == made.validators.hash().hex()
    chain_id = made.header.chain_id
    signed = [made.commit.sign_bytes(chain_id, vote).hex() for vote in made.commit.votes]
    assert answer["sign_bytes"] == signed


def test_hashes_and_signed_bytes_of_the_real_chain_are_the_same(lightcheck: Path) -> None:
    now = real(12).header.time
    cases = [Case(answers(1), answers(height), now) for height in REAL_HEIGHTS[1:]]
    told = judged(lightcheck, cases)
    for height, case, answer in zip(REAL_HEIGHTS[1:], cases, told, strict=True):
        assert real(height).header.chain_id == REAL_CHAIN
        assert not answer["refused"]
        assert not case.refused()
        same_bytes(real(height), answer)


@pytest.mark.parametrize("height", [2**31, 2**53 - 1])
def test_hashes_and_signed_bytes_at_the_limits_are_the_same(lightcheck: Path, height: int) -> None:
    flags = {2: FOR_NIL, 3: ABSENT}
    empty: dict[str, Any] = dict.fromkeys(("data_hash", "app_hash", "evidence_hash"), b"")
    made = block(
        height,
        {1: 2**60 - 4, 2: 1, 3: 1, 4: 1},
        flags=flags,
        time=253_402_300_799 * NANOS + 999_999_990,
        version_app=0,
        chain_id="链" * 16,
        last_block_id=BlockID(),
        **empty,
    )
    late = replace(made.commit, round=2**31 - 1)
    for other in (made, made._replace(commit=late)):
        [answer] = judged(lightcheck, [Case(rpc_answers(block(BASE)), rpc_answers(other))])
        same_bytes(other, answer)


def changed(made: LightBlock, place: int, **changes: Any) -> Answers:
    votes = list(made.commit.votes)
    votes[place] = replace(votes[place], **changes)
    return rpc_answers(made._replace(commit=replace(made.commit, votes=tuple(votes))))


def named_cases(height: int) -> Iterator[tuple[str, Case]]:
    """Yield cases at a height above the trusted one, by name."""
    trusted = rpc_answers(block(BASE))
    made = block(height)
    base = block(BASE).header

    def case(told: LightBlock | Answers, now: int = NOW, **named: Any) -> Case:
        answered = rpc_answers(told) if isinstance(told, LightBlock) else told
        return Case(trusted, answered, now, **named)

    yield "good", case(made)
    for signers in ((1, 2, 3), (1, 2), (1, 3, 4), (1,), (3,), ()):
        yield f"signed by {signers}", case(block(height, flags=only(*signers)))
    yield "nil votes", case(block(height, flags={3: FOR_NIL, 4: FOR_NIL}))
    yield "one nil vote", case(block(height, flags={4: FOR_NIL}))
    yield "other chain", case(block(height, chain_id="made-2"))
    for later in (-1, 0, 1):
        yield f"later by {later}", case(block(height, time=base.time + later))
        end = base.time + PERIOD_S * NANOS
        yield f"period over by {later}", case(made, end + later)
        limit = made.header.time - DRIFT_S * NANOS
        yield f"beyond the drift limit by {-later}", case(made, limit + later)
    yield "another header", case(made._replace(header=replace(made.header, app_hash=b"")))
    yield (
        "commit of another height",
        case(made._replace(commit=replace(made.commit, height=height + 1))),
    )
    yield (
        "other parts",
        case(
            made._replace(
                commit=replace(made.commit, block_id=made.commit.block_id._replace(parts_total=2))
            )
        ),
    )
    yield "other round", case(made._replace(commit=replace(made.commit, round=2)))
    yield "other validators", case(made._replace(validators=block(1, {1: 4, 2: 4}).validators))
    first, second, *others = made.commit.votes
    yield (
        "swapped places",
        case(made._replace(commit=replace(made.commit, votes=(second, first, *others)))),
    )
    yield (
        "twice the same",
        case(made._replace(commit=replace(made.commit, votes=(first, first, *others)))),
    )
    yield "one place less", case(made._replace(commit=replace(made.commit, votes=(first, second))))
    yield "swapped signature", case(changed(made, 0, signature=second.signature))
    yield "false and not needed", case(changed(made, 3, signature=bytes(64)))
    yield "other time of a vote", case(changed(made, 1, time=second.time + 1))
    for powers in ({1: 1, 9: 30}, {1: 1, 3: 1, 9: 30}, {9: 30}, {1: 4, 2: 4, 9: 4}):
        for level in (TrustLevel(), TrustLevel(1, 2), TrustLevel(2, 3), TrustLevel(1, 1)):
            yield f"{powers} at {level}", case(block(height, powers), level=level)
    for level in (TrustLevel(1, 4), TrustLevel(4, 3), TrustLevel(1, 0), TrustLevel(333, 1000)):
        yield f"at {level}", case(made, level=level)
    commit, validators = rpc_answers(block(height, {1: 2**60 - 2, 2: 1}))
    yield "largest power", case((commit, validators))
    yield "too large a power", case((commit, validators.replace(b'"1"', b'"2"')))


@pytest.mark.parametrize("height", [BASE + 1, BASE + 5])
def test_the_verdicts_are_the_same(lightcheck: Path, height: int) -> None:
    verdicts = agree(lightcheck, dict(named_cases(height)))
    assert verdicts["good"]
    assert verdicts["false and not needed"]
    assert not verdicts["signed by (1, 2)"]
    assert sum(verdicts.values()) >= 6
    assert sum(not accepted for accepted in verdicts.values()) >= 25


def test_the_verdict_on_a_height_that_is_not_higher_is_the_same(lightcheck: Path) -> None:
    trusted = rpc_answers(block(BASE))
    cases = {
        str(height): Case(trusted, rpc_answers(block(height, time=NOW)))
        for height in (1, BASE - 1, BASE)
    }
    assert not any(agree(lightcheck, cases).values())


def test_a_set_named_for_the_next_height_is_judged_the_same(lightcheck: Path) -> None:
    new = {5: 3, 6: 3, 7: 3}
    trusted = rpc_answers(block(BASE, following=new))
    cases = {
        "named": Case(trusted, rpc_answers(block(BASE + 1, new))),
        "not named": Case(trusted, rpc_answers(block(BASE + 1))),
        "too far": Case(trusted, rpc_answers(block(BASE + 2, new))),
    }
    verdicts = agree(lightcheck, cases)
    assert verdicts == {"named": True, "not named": False, "too far": False}


def test_no_changed_byte_of_a_real_answer_is_judged_otherwise(lightcheck: Path) -> None:
    chance = random.Random(38)  # noqa: S311 - the same cases each time
    now = real(12).header.time
    cases = {}
    commit, validators = answers(9)
    places = [at for at in range(commit.index(b'"height"'), len(commit)) if commit[at] in LIKE]
    for number in range(RANDOM_CASES):
        at = chance.choice(places)
        other = commit[:at] + chance.choice(LIKE[commit[at]]).encode() + commit[at + 1 :]
        cases[f"{number}: byte {at}"] = Case(answers(2), (other, validators), now)
    told = judged(lightcheck, list(cases.values()))
    for (name, case), answer in zip(cases.items(), told, strict=True):
        # Ours may be stricter about the form, never more lenient.
        assert case.refused() or not answer["refused"], name
    assert sum(not answer["refused"] for answer in told) < RANDOM_CASES // 2


# What is put for a digit or a letter of a number in hexadecimal, so that the answer is still JSON.
LIKE = {ord(c): set_ for set_ in ("0123456789", "ABCDEF") for c in set_}


def test_chance_finds_no_difference(lightcheck: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - the same cases each time
    cases = {}
    for number in range(RANDOM_CASES):
        old = {key: chance.randint(1, 5) for key in chance.sample(range(1, 8), 4)}
        new = {key: chance.randint(1, 5) for key in chance.sample(range(1, 8), 4)}
        new = chance.choice((old, new))
        flags = {
            key: chance.choices((FOR_BLOCK, ABSENT, FOR_NIL), (8, 1, 1))[0] for key in range(1, 8)
        }
        level = chance.choice((TrustLevel(), TrustLevel(1, 2), TrustLevel(2, 3)))
        following = chance.choice((old, new))
        trusted = block(BASE, old, following)
        made = block(BASE + chance.choice((1, 1, 2, 9)), new, flags=flags)
        cases[str(number)] = Case(rpc_answers(trusted), rpc_answers(made), level=level)
    verdicts = agree(lightcheck, cases)
    assert 50 < sum(verdicts.values()) < RANDOM_CASES - 50


def test_the_made_chain_is_one() -> None:
    assert sum(POWERS.values()) == 12
    assert block(BASE).header.chain_id == CHAIN

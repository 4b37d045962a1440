"""What the pages say of a consortium is what the program does: limits, values, files, codes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tallystick.app.network import folder, proving
from tallystick.app.network import ordering as writing
from tallystick.app.network import reasons as of_nodes
from tallystick.consortium import (
    engine_files,
    finality,
    members,
    reasons,
    replica,
    rules,
    snapshots,
    state,
    transactions,
)
from tallystick.consortium.light import CLOCK_DRIFT_S
from tallystick.consortium.members import Member, Members
from tallystick.consortium.stored import Genesis
from tallystick.kernel.errors import Reason
from tallystick.kernel.signing import CosignerKey, SigningKey

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("consortium.md", "consortium.zh.md")


@pytest.fixture(scope="module")
def spec() -> str:
    return (DOCS / "spec" / "consortium.md").read_text(encoding="utf-8")


def codes_of(*modules: object) -> set[str]:
    found = [value for module in modules for value in vars(module).values()]
    return {one.code for one in found if isinstance(one, Reason)}


def test_the_limits_are_those_of_the_page(spec: str) -> None:
    for said in (
        f"At most {transactions.TRANSACTION_BYTES_MAX:,} bytes",
        f"JSON of an act {transactions.ACT_BYTES_MAX:,}",
        f"number of batches, 0 to {transactions.BATCHES_MAX}",
        f"1 to {transactions.ORIGIN_BYTES_MAX} |",
        f"1 to {rules.PROVIDERS_MAX} vkeys",
        f"at most {rules.NAME_BYTES_MAX} bytes",
        f"{rules.LOGS_A_MEMBER_MAX} of one member",
        f"at most {members.TEXT_MAX} characters",
        f"0 to {members.POWER_MAX:,};",
        f"at most {members.MEMBERS_MAX} members",
        f"has {members.PENDING_MAX} changes pending",
        f"newest {state.EVIDENCE_MAX}:",
        f"up to {replica.AHEAD_ENTRIES_MAX} entries",
        f"pieces of {snapshots.CHUNK_BYTES:,} bytes",
        f"`max_bytes` {engine_files.BLOCK_BYTES_MAX}",
        f"{proving.TRUSTING_PERIOD_S:,}: two thirds",
        f"`clock_drift_s` | {CLOCK_DRIFT_S} |",
        f"at most {finality.PROOF_BYTES_MAX:,} bytes",
        f"hex, {finality.STEPS_MAX} steps at most",
        f"more than {writing.CHANGES_MAX:,} changes",
        f"more than {transactions.BATCHES_MAX} batches, or",
    ):
        assert said in spec, said
    assert replica.AHEAD_BLOCKS_MAX == 10
    assert f"more than {replica.BLOCK_TRANSACTIONS_MAX:,} transactions" in spec
    assert "for ten blocks" in spec


def test_the_messages_that_are_signed_are_those_of_the_page(spec: str) -> None:
    for name in ("append", "act", "member"):
        assert f'"tallystick/{name}/v1\\n" ||' in spec


def a_genesis() -> Genesis:
    seeds = [bytes([number]) * 32 for number in range(1, 4)]
    one = Member(
        "bank-a",
        SigningKey("bank-a", seeds[0]).verifier.public.hex(),
        10,
        SigningKey("bank-a/member", seeds[1]).verifier.text(),
        CosignerKey("bank-a/cosigner", seeds[2]).verifier.text(),
        f"{'0' * 40}@127.0.0.1:26656",
        "http://127.0.0.1:26657",
    )
    return Genesis("tally-0", Members(1, (one,)), state.Params())


def test_the_values_of_the_state_are_those_of_the_page(spec: str) -> None:
    table = spec.split("## The state", 1)[1].split("\n## ", 1)[0]
    told = set(re.findall(r"^\| `([a-z/]+)(?:<origin>)?` \|", table, re.MULTILINE))
    assert told == {*a_genesis().values(), state.LOG, state.KEYS}
    for name in state.Params._fields:
        assert f"`{name}`" in table
    rows = set(re.findall(r"^\| `(\w+)` \|", spec.split("## Members", 1)[1], re.MULTILINE))
    assert set(Member._fields) <= rows


def test_the_settings_of_a_node_are_those_of_the_page(spec: str) -> None:
    [row] = [line for line in spec.splitlines() if line.startswith("| `node.json` |")]
    assert set(re.findall(r"`(\w+)`", row.split("|")[2])) == set(
        folder.NodeSettings.__dataclass_fields__
    )
    for role in folder.KEYS:
        assert f"`keys/{role}`" in spec


def test_every_refusal_of_a_transaction_is_in_the_specification(spec: str) -> None:
    assert not [code for code in sorted(codes_of(reasons)) if f"`{code}`" not in spec]


@pytest.mark.parametrize("page", PAGES)
def test_every_code_has_its_row_on_the_page_of_operators(page: str) -> None:
    text = (DOCS / "operating" / page).read_text(encoding="utf-8")
    codes = codes_of(reasons, of_nodes)
    assert not [code for code in sorted(codes) if f"`{code}`" not in text]


def test_the_two_pages_of_operators_have_the_same_parts_and_rows() -> None:
    texts = [(DOCS / "operating" / page).read_text(encoding="utf-8") for page in PAGES]
    headings, rows = (
        [len(re.findall(mark, text, re.MULTILINE)) for text in texts] for mark in (r"^#+ ", r"^\|")
    )
    assert headings[0] == headings[1]
    assert rows[0] == rows[1]

"""The pages of the COSE receipt and of the answer: examples, programs and numbers on them."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nacl.exceptions import BadSignatureError

from tallystick.kernel import canonical
from tallystick.kernel.cbor import Tag, decode, encode
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.signing import SigningKey
from tallystick.ledger import (
    IN_FORCE,
    SUPERSEDED,
    Receipt,
    StatusChange,
    answers,
    commitment_of,
    cose,
    create_log,
)
from tallystick.ledger.receipts import RECEIPT_BYTES_MAX
from tallystick.records import Delivery, bodies

SPECIFICATIONS = Path(__file__).parents[2] / "docs" / "spec"
ORIGIN = "example.org/ledger"
LOG_KEY = SigningKey(ORIGIN, bytes([1]) * 32)
PROVIDER_KEY = SigningKey(f"{ORIGIN}/provider", bytes([2]) * 32)
SEALED_AT = 1_798_761_600  # 2027-01-01, UTC
RECORDS = (3, 5, 2)  # in each batch, so that both paths have several steps
EXPORTED = 7  # the last of the second batch
ANSWERED = (0, 3, 5, 9)  # of three batches
CONTENT = (5, 9)  # of these the answer has the content


def make_receipts() -> list[Receipt]:
    """Return a content receipt of each record of a small log; number 3 is superseded by 9."""
    delivery = Delivery(PROVIDER_KEY.verifier.key_id.hex(), "2027-01-01")
    contents: list[tuple[bytes, dict[str, Any]]] = []
    for number in range(sum(RECORDS)):
        body = bodies.fact(
            delivery,
            item="tax.rating",
            subject="91310110PDY5225631",
            key=str(2017 + number),
            occurred=f"{2017 + number}-12-31",
            data={"year": 2017 + number, "grade": "A", "rated_by": "样例市税务局"},
            source={
                "name": "样例市税务局",
                "code": "",
                "document": "样税评1号",
                "digest": "0" * 64,
            },
            channel="transcribed",
            imported="tax-0001",
        )
        contents.append((bytes([16 + number]) * 32, body))
    listed = [commitment_of(salt, canonical.encode(body)) for salt, body in contents]
    with tempfile.TemporaryDirectory() as folder:
        log = create_log(Path(folder), FileDisk(), LOG_KEY, lambda _header, _entry: None)
        first = 0
        for count in RECORDS:
            batch = log.seal(PROVIDER_KEY, listed[first : first + count], SEALED_AT)
            first += count
            changes = [StatusChange(3, SUPERSEDED, SEALED_AT, 9)] if first == len(listed) else []
            log.commit([batch], LOG_KEY, changes=changes)
        proofs = [log.prove(number) for number in range(first)]
        log.close()
    return [
        Receipt(commitment, salt, body, proof)
        for commitment, (salt, body), proof in zip(listed, contents, proofs, strict=True)
    ]


def make_examples() -> tuple[bytes, bytes]:
    """Return the bytes of the COSE receipt and of the answer."""
    receipts = make_receipts()
    answered = [
        receipts[number] if number in CONTENT else receipts[number]._replace(salt=None, body=None)
        for number in ANSWERED
    ]
    return cose.write_cose(receipts[EXPORTED], LOG_KEY), answers.write_answer(answered)


def page(name: str) -> str:
    return (SPECIFICATIONS / f"{name}.md").read_text(encoding="utf-8")


@pytest.fixture
def policy() -> str:
    return (SPECIFICATIONS / "example.policy").read_text(encoding="utf-8")


@pytest.fixture
def exported() -> bytes:
    return (SPECIFICATIONS / "example.cose").read_bytes()


@pytest.fixture
def answered() -> bytes:
    return (SPECIFICATIONS / "example-answer.tally").read_bytes()


def program_of(name: str) -> Callable[[bytes, str], Any]:
    """Return the function `check` of the Python block of a page."""
    [block] = re.findall(r"^```python\n(.*?)^```", page(name), flags=re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(block, f"{name}.md", "exec"), names)  # noqa: S102 - the page is ours
    function: Callable[[bytes, str], Any] = names["check"]
    return function


def test_the_examples_are_what_the_program_makes(exported: bytes, answered: bytes) -> None:
    assert (exported, answered) == make_examples()


def test_the_examples_state_what_is_in_force(exported: bytes, answered: bytes) -> None:
    standing, _ = cose.read_cose(exported).receipt.check_status()
    assert standing.status == IN_FORCE
    standings, _ = answers.read_answer(answered).check_status()
    assert [one.status for one in standings] == [IN_FORCE, SUPERSEDED, IN_FORCE, IN_FORCE]


def test_the_pages_have_the_numbers_of_the_program(exported: bytes) -> None:
    of_cose, of_answer = page("cose"), page("answer")
    assert f"{RECEIPT_BYTES_MAX:,} bytes" in of_cose
    assert f"{answers.ANSWER_BYTES_MAX:,} bytes" in of_answer
    assert f'"{answers.FORMAT}"' in of_answer
    assert f"−{-cose.CARRIED} " in of_cose
    assert b"\x3aTLY1" in exported
    label = re.findall(r"^\| (\d+) \| (\w+)", of_cose, flags=re.MULTILINE)
    assert {(str(cose.ALG), "alg"), (str(cose.KID), "kid"), (str(cose.VDS), "vds")} <= set(label)
    fields = re.findall(r"^\| (\d) \| the ", of_cose, flags=re.MULTILINE)
    assert fields == [str(number) for number in range(cose.COMMITMENT, cose.BODY + 1)]


def test_the_page_of_the_answer_names_every_field(answered: bytes) -> None:
    document = canonical.decode(answered[:-1])
    made = {*document, *(f"batches[].{name}" for name in document["batches"][0])}
    made |= {f"records[].{name}" for record in document["records"] for name in record}
    rows = re.findall(r"^\| (`[^|]+) \| ", page("answer"), flags=re.MULTILINE)
    assert {name for row in rows for name in re.findall("`([^`]+)`", row)} == made


def test_the_program_on_the_page_of_cose_accepts_the_example(exported: bytes, policy: str) -> None:
    body = program_of("cose")(exported, policy)
    assert canonical.decode(body) == cose.read_cose(exported).receipt.body


@pytest.mark.parametrize("field", [1, 2, 3, 4, 5, 7, 8])
def test_the_program_on_the_page_of_cose_refuses_a_changed_example(
    exported: bytes, policy: str, field: int
) -> None:
    message: Any = decode(exported)
    carried = message.value[1][cose.CARRIED]
    other: dict[int, Any] = {2: 0, 5: [bytes(64)]}
    carried[field] = other[field] if field in other else bytes(len(carried[field]))
    with pytest.raises((AssertionError, BadSignatureError)):
        program_of("cose")(encode(Tag(18, message.value)), policy)


def test_the_program_on_the_page_of_the_answer_accepts_the_example(
    answered: bytes, policy: str
) -> None:
    records = program_of("answer")(answered, policy)
    assert len(records) == len(ANSWERED)


@pytest.mark.parametrize("change", ["commitment", "salt", "body", "nodes", "log_nodes", "batch"])
def test_the_program_on_the_page_of_the_answer_refuses_a_changed_example(
    answered: bytes, policy: str, change: str
) -> None:
    document = canonical.decode(answered[:-1])
    batches, records = document["batches"], document["records"]
    if change in {"commitment", "salt"}:
        records[-1][change] = records[0]["commitment"]
    elif change == "body":
        records[-1]["body"]["occurred"] = "2000-01-01"
    elif change == "nodes":
        batches[0]["nodes"] = batches[1]["nodes"]
    elif change == "log_nodes":
        document["log_nodes"] = document["log_nodes"][44:]
    else:
        batches.pop()
    with pytest.raises((AssertionError, IndexError, ValueError)):
        program_of("answer")(canonical.encode(document) + b"\n", policy)


@pytest.mark.parametrize("name", ["cose", "answer"])
def test_the_programs_on_the_pages_refuse_a_forger(
    exported: bytes, answered: bytes, policy: str, name: str
) -> None:
    other = SigningKey(ORIGIN, bytes([9]) * 32).verifier.text()
    forged = policy.replace(LOG_KEY.verifier.text(), other)
    assert forged != policy
    with pytest.raises(BadSignatureError):
        program_of(name)({"cose": exported, "answer": answered}[name], forged)


if __name__ == "__main__":
    made_cose, made_answer = make_examples()
    (SPECIFICATIONS / "example.cose").write_bytes(made_cose)
    (SPECIFICATIONS / "example-answer.tally").write_bytes(made_answer)
    sys.stdout.write("docs/spec/example.cose and example-answer.tally are made anew\n")

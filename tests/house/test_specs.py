"""The specifications say what the program does: kinds, fields, layouts, files, and an example.

    python tests/house/test_specs.py

makes the example anew (docs/spec/example.tally and example.policy): one receipt and its trust file,
from keys that everybody knows.
"""

from __future__ import annotations

import base64
import inspect
import json
import re
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from nacl.exceptions import BadSignatureError

from tallystick.app import code_checks, freshness, paper_checks, verifying
from tallystick.app.verifying import verify
from tallystick.app.workspace import FORMAT, Paths, kind_of
from tallystick.kernel import canonical
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.signing import SigningKey
from tallystick.ledger import (
    IN_FORCE,
    STATUS_NAMES,
    SUPERSEDED,
    Party,
    StatusChange,
    TrustPolicy,
    batches,
    commitment_of,
    commitments,
    create_log,
    evidence,
    receipts,
    status,
    trust,
    write_receipt,
)
from tallystick.publication.paper import bundle, in_html, in_pdf, pdf_syntax, printed
from tallystick.records import KINDS, Delivery, bodies
from tallystick.vault import bodies as vault_files
from tallystick.vault import envelopes, keyring
from tallystick.views import index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COMMON = {"v", "kind", "recorded", "delivered_by"}
EMPTY: dict[str, Any] = {
    "str": "",
    "bool": False,
    "int": 0,
    "Sequence": [],
    "Mapping": {},
    "Body": {},
}
ROW = re.compile(r"^\| `(\w+)`", re.MULTILINE)
SPECIFICATIONS = Path(__file__).parents[2] / "docs" / "spec"
VECTORS = Path(__file__).parents[1] / "data" / "status_vectors.json"

ORIGIN = "example.org/ledger"
LOG_KEY = SigningKey(ORIGIN, bytes([1]) * 32)
PROVIDER_KEY = SigningKey(f"{ORIGIN}/provider", bytes([2]) * 32)
OPERATOR, CODE = "样例市演示协会", "51310110PDY910013P"
SEALED_AT = 1_798_761_600  # 2027-01-01, UTC
RECORDS = (3, 5, 2)  # in each batch, so that both paths have several steps


def make_example() -> tuple[bytes, str]:
    """Return the bytes of the receipt and the text of the trust file."""
    delivery = Delivery(PROVIDER_KEY.verifier.key_id.hex(), "2027-01-01")
    sealed = []
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
        salt = bytes([16 + number]) * 32
        sealed.append((commitment_of(salt, canonical.encode(body)), salt, body))
    with tempfile.TemporaryDirectory() as folder:
        log = create_log(Path(folder), FileDisk(), LOG_KEY, lambda _header, _entry: None)
        first = 0
        for count in RECORDS:
            listed = [commitment for commitment, _, _ in sealed[first : first + count]]
            batch = log.seal(PROVIDER_KEY, listed, SEALED_AT)
            # So that the tree holds somebody: the first record is superseded by the newest.
            changes = [StatusChange(0, SUPERSEDED, SEALED_AT, first)] if first else []
            log.commit([batch], LOG_KEY, changes=changes, as_of=SEALED_AT)
            first += count
        chosen = RECORDS[0] + 4  # the last of the second batch
        receipt = write_receipt(log.prove(chosen), *sealed[chosen])
    party = Party("provider", PROVIDER_KEY.verifier, CODE, OPERATOR)
    return receipt, TrustPolicy((LOG_KEY.verifier,), (party,)).text()


@pytest.fixture(scope="module")
def spec() -> dict[str, str]:
    pages = SPECIFICATIONS.glob("*.md")
    return {path.stem: path.read_text(encoding="utf-8") for path in pages}


def makers() -> Iterator[Callable[..., dict[str, Any]]]:
    """Yield what makes a body: the public functions that are told who delivers it."""
    for name, function in inspect.getmembers(bodies, inspect.isfunction):
        own = function.__module__ == bodies.__name__ and not name.startswith("_")
        if own and next(iter(inspect.signature(function).parameters)) == "delivery":
            yield function


def made() -> dict[str, set[str]]:
    """Return kind -> fields, as the program makes them."""
    kinds = {}
    for function in makers():
        wanted = list(inspect.signature(function).parameters.values())[1:]
        given = {one.name: EMPTY[re.split(r"\W", str(one.annotation))[0]] for one in wanted}
        body = function(Delivery("", ""), **given)
        kinds[str(body["kind"])] = set(body)
    return kinds


def sections(text: str) -> dict[str, str]:
    """Return heading -> text of each section of the second level."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def drift(text: str, kinds: dict[str, set[str]]) -> list[str]:
    """Return where the page and the program differ."""
    told = sections(text)
    found = []
    if set(ROW.findall(told.get("In every body", ""))) != COMMON:
        found.append("the common fields differ")
    for kind, fields in kinds.items():
        said = set(ROW.findall(told.get(kind, "")))
        found += [f"{kind}: not said: {name}" for name in sorted(fields - COMMON - said)]
        found += [f"{kind}: not made: {name}" for name in sorted(said - fields)]
    return found


def test_every_kind_is_made_by_one_function() -> None:
    assert set(made()) == set(KINDS)


def test_every_kind_and_field_is_specified_and_no_other(spec: dict[str, str]) -> None:
    assert not drift(spec["records"], made())
    assert set(sections(spec["records"])) == {"In every body", "Kinds and their numbers", *KINDS}


@pytest.mark.parametrize(
    ("before", "after"),
    [("| `subject` |", "| `object` |"), ("## withdrawal", "## departure"), ("| `v` |", "| `w` |")],
)
def test_a_planted_difference_is_found(spec: dict[str, str], before: str, after: str) -> None:
    assert drift(spec["records"].replace(before, after), made())


def test_kinds_have_the_numbers_they_were_given(spec: dict[str, str]) -> None:
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|$", spec["records"], flags=re.MULTILINE)
    assert rows == [(str(number), kind) for number, kind in enumerate(KINDS)]


def test_the_layouts_have_the_sizes_the_pages_say(spec: dict[str, str]) -> None:
    ledger, workspace, receipt = spec["ledger"], spec["workspace"], spec["receipt"]
    assert f"Its header is {batches.HEADER_BYTES} bytes" in ledger
    assert f"A batch is 1 to {batches.BATCH_RECORDS_MAX} commitments" in ledger
    assert f"`{batches.MAGIC.decode()}`" in ledger
    assert f"byte {evidence.ENTRY_BYTES} n" in ledger
    for role in trust.ROLES:
        assert f"`{role}`" in ledger
    for line in TrustPolicy((), ()).text().splitlines():
        assert f"    {line}\n" in ledger
    assert f"{status.ROW_BYTES} bytes a row" in ledger
    assert f"{status.VALUE_BYTES} bytes)" in ledger
    assert f"`{status.STATUS_MAGIC.decode()}`" in ledger
    assert f"It is {status.STATUS_ENTRY_BYTES} bytes" in ledger
    for number, name in enumerate(STATUS_NAMES):
        assert f"| {number} | `{name}` |" in ledger
    assert f"more than {commitments.GROUP_RECORDS} records" in ledger
    assert f"{freshness.CLOCK_AHEAD_S_MAX} seconds ahead" in receipt
    for written_so in (receipts.FORMAT, receipts.FORMAT_1):
        assert f'"{written_so}"' in receipt
    assert f"`format` ({index.FORMAT})" in workspace
    assert f"{receipts.RECEIPT_BYTES_MAX:,} bytes" in receipt
    assert f"Format {FORMAT}." in workspace
    assert f"`{vault_files.MAGIC.decode()}`" in workspace
    assert f"{envelopes.WRAPPED_BYTES} bytes at {envelopes.WRAPPED_BYTES} n" in workspace
    assert f"| {keyring.SCRYPT_N}, {keyring.SCRYPT_R}, {keyring.SCRYPT_P};" in workspace


def test_every_file_of_a_workspace_is_declared_as_the_page_says(spec: dict[str, str]) -> None:
    told_there = sections(spec["workspace"])["Kinds of file"]
    rows = re.findall(r"^\| (`[^|]+`) \| (\w+) \|", told_there, flags=re.MULTILINE)
    told = {name: kind for cells, kind in rows for name in re.findall(r"`([^`]+)`", cells)}
    for name, kind in told.items():
        path = Path(name.replace("*", "one") + ("x" if name.endswith("/") else ""))
        assert kind_of(path) == kind.replace("caches", "cache").replace("outputs", "output"), name
    paths = Paths(Path())
    for attribute in ("identity", "trust", "bodies", "keyring", "record_keys", "index", "lock"):
        assert getattr(paths, attribute).as_posix() in told
    assert paths.writing.as_posix() in told
    assert kind_of(Path("evidence/other")) == ""


def test_the_steps_of_the_checks_are_numbered_as_they_are_made(spec: dict[str, str]) -> None:
    told = re.findall(r"^\| (\d+) \| `(\w+)` \|", spec["receipt"], flags=re.MULTILINE)
    made_in_order = re.findall(r"^ +(\d+) (\w+) ", verifying.__doc__ or "", flags=re.MULTILINE)
    assert told == made_in_order


def test_the_page_of_paper_says_what_the_program_does(spec: dict[str, str]) -> None:
    page = spec["paper"]
    for limit in (bundle.BUNDLE_BYTES_MAX, bundle.PAPER_BYTES_MAX, pdf_syntax.TEXT_BYTES_MAX):
        assert f"{limit:,} bytes" in page
    assert f"1 to {bundle.RECEIPTS_MAX} receipts" in page
    assert f"{printed.CODE_CHARACTERS_MAX:,} characters" in page
    for written_so in (in_html.MARKER, in_pdf.FILE_NAME, printed.PREFIX.encode()):
        assert written_so.decode() in page
    of_paper, of_codes = (
        re.findall(r"^ +(\d+) (\w+)(?: |$)", module.__doc__ or "", flags=re.MULTILINE)
        for module in (paper_checks, code_checks)
    )
    told = re.findall(r"^\| (\d+) \| `(\w+)` \|", page, flags=re.MULTILINE)
    assert told == [*of_paper, *of_codes]


@pytest.fixture(scope="module")
def example() -> tuple[bytes, str]:
    policy = (SPECIFICATIONS / "example.policy").read_text(encoding="utf-8")
    return (SPECIFICATIONS / "example.tally").read_bytes(), policy


def test_the_example_is_what_the_program_makes(example: tuple[bytes, str]) -> None:
    assert example == make_example()


def test_the_example_is_valid(example: tuple[bytes, str]) -> None:
    receipt, policy = example
    verdict = verify(receipt, policy)
    assert verdict.valid
    assert not verify(receipt).valid


def program_of(page: str, name: str = "check") -> Callable[..., object]:
    """Return a function of the Python block of a page."""
    [block] = re.findall(r"^```python\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(block, "receipt.md", "exec"), names)  # noqa: S102 - the page is ours
    function: Callable[..., object] = names[name]
    return function


def test_the_program_on_the_page_accepts_the_example(
    spec: dict[str, str], example: tuple[bytes, str]
) -> None:
    said = program_of(spec["receipt"])(*example)
    assert said == (canonical.decode(example[0][:-1])["body"], IN_FORCE)


@pytest.mark.parametrize("field", ["commitment", "salt", "body", "batch", "log_proof", "status"])
def test_the_program_on_the_page_refuses_a_changed_example(
    spec: dict[str, str], example: tuple[bytes, str], field: str
) -> None:
    check = program_of(spec["receipt"])
    document = canonical.decode(example[0][:-1])
    nothing = base64.b64encode(bytes(32)).decode()
    broken = {
        "commitment": nothing,
        "salt": nothing,
        "body": {**document["body"], "occurred": "2000-01-01"},
        "batch": {**document["batch"], "position": 0},
        "log_proof": document["log_proof"].replace("index 2", "index 0"),
        "status": {**document["status"], "proof": base64.b64encode(b"\0\0").decode()},
    }[field]
    changed = canonical.encode({**document, field: broken}) + b"\n"
    assert not verify(changed, example[1]).valid
    with pytest.raises(AssertionError):
        check(changed, example[1])


def test_the_program_on_the_page_tells_the_status_of_every_published_vector(
    spec: dict[str, str],
) -> None:
    standing = program_of(spec["receipt"], "standing")
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))
    for vector in vectors:
        proof, root = bytes.fromhex(vector["proof"]), bytes.fromhex(vector["root"])
        assert standing(proof, root, bytes.fromhex(vector["commitment"])) == vector["status"]
        for other in vectors:
            there = {leaf["key"]: int(leaf["value"][:2], 16) for leaf in vector["tree"]}
            said: object = None
            with suppress(AssertionError):
                said = standing(proof, root, bytes.fromhex(other["commitment"]))
            assert said in (None, there.get(other["key"], IN_FORCE))


def test_the_program_on_the_page_refuses_a_forger(
    spec: dict[str, str], example: tuple[bytes, str]
) -> None:
    receipt, policy = example
    other = SigningKey(ORIGIN, bytes([9]) * 32).verifier.text()
    forged = policy.replace(LOG_KEY.verifier.text(), other)
    assert forged != policy
    assert not verify(receipt, forged).valid
    with pytest.raises(BadSignatureError):
        program_of(spec["receipt"])(receipt, forged)


if __name__ == "__main__":
    receipt_made, policy_made = make_example()
    (SPECIFICATIONS / "example.tally").write_bytes(receipt_made)
    (SPECIFICATIONS / "example.policy").write_text(policy_made, encoding="utf-8")
    sys.stdout.write("docs/spec/example.tally and example.policy are made anew\n")

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.consortium.headers import (
    BAD_VALIDATORS,
    TOTAL_POWER_MAX,
    BlockID,
    Header,
    Validator,
    ValidatorSet,
    read_header,
    read_validators,
    validators_from_rpc,
    write_header,
    write_validators,
)
from tallystick.consortium.light import (
    light_block_from_rpc,
    read_light_block,
    write_light_block,
)
from tallystick.consortium.wire import BAD_CHAIN_DATA, TIME_END, number_field, varint
from tallystick.kernel import canonical
from tallystick.kernel.canonical import INTEGER_MAX, NOT_CANONICAL
from tallystick.kernel.errors import TallyError

from .chains import (
    POWERS,
    REAL_CHAIN,
    REAL_HEIGHTS,
    answers,
    block,
    header,
    key,
    real,
    refused,
    rpc_answers,
    set_of,
)

MODEST = settings(max_examples=60, deadline=None)
PUBLIC = [key(number).verifier.public for number in (1, 2, 3)]


@pytest.mark.parametrize("height", REAL_HEIGHTS)
def test_the_hashes_of_a_real_chain_are_had(height: int) -> None:
    made, commit, validators = real(height)
    assert made.chain_id == REAL_CHAIN
    assert made.height == height
    assert made.hash() == commit.block_id.hash
    assert validators.hash() == made.validators_hash
    if height + 1 in REAL_HEIGHTS:
        following = real(height + 1).header
        assert following.last_block_id == commit.block_id
        assert following.validators_hash == made.next_validators_hash


def test_the_real_chain_changes_its_validators() -> None:
    powers = {height: [v.power for v in real(height).validators.validators] for height in (1, 6, 9)}
    assert powers == {1: [4, 4, 2, 2], 6: [7, 4, 4, 2], 9: [7, 4, 4, 2, 1]}


def changed(value: Any) -> Any:
    if isinstance(value, BlockID):
        return value._replace(parts_total=value.parts_total + 1)
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return f"{value[:-1]}2"
    return bytes([value[0] ^ 1]) + value[1:]


@pytest.mark.parametrize("name", [f.name for f in fields(Header) if f.name != "version_block"])
@pytest.mark.parametrize("height", [2, 9])
def test_every_field_is_under_the_hash(name: str, height: int) -> None:
    made = real(height).header
    assert replace(made, **{name: changed(getattr(made, name))}).hash() != made.hash()


@pytest.mark.parametrize("part", ["hash", "parts_total", "parts_hash"])
def test_every_part_of_the_last_block_is_under_the_hash(part: str) -> None:
    made = real(5).header
    last = made.last_block_id
    other = last._replace(**{part: changed(getattr(last, part))})
    assert replace(made, last_block_id=other).hash() != made.hash()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version_block", 10),
        ("version_app", -1),
        ("version_app", INTEGER_MAX + 1),
        ("chain_id", ""),
        ("chain_id", "链" * 17),
        ("chain_id", "\ud800"),
        ("height", 0),
        ("height", -1),
        ("height", INTEGER_MAX + 1),
        ("time", -1),
        ("time", TIME_END),
        ("last_block_id", BlockID(b"short", 1, bytes(32))),
        ("last_block_id", BlockID(bytes(32), 1, b"short")),
        ("last_block_id", BlockID(bytes(32), -1, bytes(32))),
        ("last_block_id", BlockID(bytes(32), 2**32, bytes(32))),
        ("last_commit_hash", bytes(31)),
        ("data_hash", bytes(33)),
        ("validators_hash", b""),
        ("next_validators_hash", b""),
        ("consensus_hash", bytes(1)),
        ("last_results_hash", bytes(31)),
        ("evidence_hash", bytes(31)),
        ("proposer_address", bytes(32)),
    ],
)
def test_no_header_exists_that_is_not_well_formed(name: str, value: Any) -> None:
    refused(BAD_CHAIN_DATA, replace, real(2).header, **{name: value})


def test_a_chain_may_have_a_name_of_50_bytes_and_an_application_a_hash_of_any_length() -> None:
    replace(real(2).header, chain_id="a" * 50, app_hash=b"")
    replace(real(2).header, chain_id="链" * 16, app_hash=bytes(100))


# -- validators ----------------------------------------------------------------------------------


def test_the_order_of_validators_is_under_the_hash() -> None:
    validators = real(6).validators
    assert ValidatorSet(validators.validators[::-1]).hash() != validators.hash()


def test_nobody_may_be_a_validator_twice() -> None:
    twice = (Validator(PUBLIC[0], 1), Validator(PUBLIC[1], 1), Validator(PUBLIC[0], 2))
    refused(BAD_VALIDATORS, ValidatorSet, twice)


@pytest.mark.parametrize("power", [0, -1, TOTAL_POWER_MAX + 1, 2**63])
def test_a_power_is_positive_and_bounded(power: int) -> None:
    refused(BAD_VALIDATORS, Validator, PUBLIC[0], power)


def test_the_total_power_is_bounded_as_cometbft_bounds_it() -> None:
    first, most = Validator(PUBLIC[0], 1), Validator(PUBLIC[1], TOTAL_POWER_MAX)
    assert TOTAL_POWER_MAX == 2**60 - 1
    assert ValidatorSet((most,)).total == TOTAL_POWER_MAX
    refused(BAD_VALIDATORS, ValidatorSet, (most, first))


def test_a_set_is_neither_empty_nor_larger_than_a_commit_may_be() -> None:
    refused(BAD_VALIDATORS, ValidatorSet, ())
    many = tuple(Validator(number.to_bytes(32, "big"), 1) for number in range(10_001))
    assert ValidatorSet(many[1:]).total == 10_000
    refused(BAD_VALIDATORS, ValidatorSet, many)


def test_a_key_is_of_32_bytes() -> None:
    refused(BAD_VALIDATORS, Validator, bytes(33), 1)


# -- forms ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("height", [1, 2, 9])
def test_what_is_written_is_read(height: int) -> None:
    made = real(height)
    assert read_header(write_header(made.header)) == made.header
    assert read_validators(write_validators(made.validators)) == made.validators
    assert read_light_block(write_light_block(made)) == made


@pytest.mark.parametrize("height", [1, 9])
def test_the_notation_of_the_rpc_is_that_of_the_node(height: int) -> None:
    assert light_block_from_rpc(*_pages(rpc_answers(real(height)))) == real(height)
    told = [json.loads(answer)["result"] for answer in answers(height)]
    ours = [json.loads(answer)["result"] for answer in rpc_answers(real(height))]
    assert ours[0] == told[0]


def test_a_made_block_is_read_from_the_rpc() -> None:
    made = block(4, {1: TOTAL_POWER_MAX - 1, 2: 1})
    assert light_block_from_rpc(*_pages(rpc_answers(made))) == made
    assert read_light_block(write_light_block(made)) == made


def _pages(told: tuple[bytes, bytes]) -> tuple[bytes, list[bytes]]:
    return told[0], [told[1]]


HEADER = write_header(real(2).header)
NOT_OURS = [
    HEADER + b"\n",
    HEADER.replace(b'"height":2', b'"height": 2'),
    HEADER.replace(b'"height":2', b'"height":2.0'),
    HEADER.replace(b'"height":2', b'"height":2,"height":2'),
    HEADER.replace(b'"height":2', b'"height":02'),
    b'{"x":1,' + HEADER[1:],
]
MALFORMED = [
    HEADER.replace(b'"height":2', b'"height":"2"'),
    HEADER.replace(b'"height":2', b'"height":true'),
    HEADER.replace(b'"height":2', b'"height":null'),
    HEADER.replace(b'"height":2', b'"height":-2'),
    HEADER.replace(b'"height":2,', b""),
    HEADER.replace(b'"height":2', b'"height":2,"hight":2'),
    HEADER.replace(b'"app_hash":"00', b'"app_hash":"0'),
    HEADER.replace(b'"app_hash":"00', b'"app_hash":" 00'),
    HEADER.replace(b'"app_hash":"00', b'"app_hash":"AA'),
    HEADER.replace(b'"app_hash":"00', b'"app_hash":"zz'),
    HEADER.replace(b'"time":[', b'"time":[0,'),
    HEADER.replace(b'"time":[', b'"time":[1000000000000,'),
    HEADER.replace(b'"version":{', b'"version":{"a":1,'),
    HEADER.replace(b'"chain_id":"vectors-1"', b'"chain_id":1'),
    b"[]",
    b"null",
    b"{}",
]


@pytest.mark.parametrize("data", NOT_OURS)
def test_a_header_has_one_encoding(data: bytes) -> None:
    assert data != HEADER
    with pytest.raises(TallyError) as refusal:
        read_header(data)
    assert refusal.value.reason in (NOT_CANONICAL, BAD_CHAIN_DATA)


@pytest.mark.parametrize("data", MALFORMED)
def test_a_header_has_its_fields_in_their_form(data: bytes) -> None:
    assert data != HEADER
    refused(BAD_CHAIN_DATA, read_header, canonical.encode(json.loads(data)))


def test_a_time_has_fewer_nanoseconds_than_a_second() -> None:
    document = header(2).document()
    for time in ([1, 10**9], [1, -1], [1], [1, 2, 3], [True, 1], 1):
        refused(BAD_CHAIN_DATA, read_header, canonical.encode({**document, "time": time}))


@pytest.mark.parametrize(
    "power", ["", "0", "04", "+4", "-4", "4.0", "4 ", "٤", "9" * 20, str(2**63), 4]
)
def test_a_power_has_one_encoding(power: object) -> None:
    document = {"validators": [{"pub_key": PUBLIC[0].hex(), "power": power}]}
    with pytest.raises(TallyError) as refusal:
        read_validators(canonical.encode(document))
    assert refusal.value.reason in (BAD_CHAIN_DATA, BAD_VALIDATORS)


@MODEST
@given(at=st.integers(0, len(HEADER) - 1), byte=st.integers(0, 255))
def test_no_changed_byte_of_the_form_gives_the_same_header(at: int, byte: int) -> None:
    data = HEADER[:at] + bytes([byte]) + HEADER[at + 1 :]
    try:
        found = read_header(data)
    except TallyError:
        return
    assert (found.hash() == real(2).header.hash()) is (data == HEADER)


# -- the answers of a node -----------------------------------------------------------------------


def rpc_changed(old: str, new: str, height: int = 9) -> tuple[bytes, list[bytes]]:
    commit, validators = (answer.decode() for answer in answers(height))
    assert old in commit + validators
    return commit.replace(old, new).encode(), [validators.replace(old, new).encode()]


FIRST = json.loads(answers(9)[1])["result"]["validators"][0]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"height":"9"', '"height":9'),
        ('"height":"9"', '"height":"09"'),
        ('"height":"9"', '"height":"9.0"'),
        ('"height":"9"', '"height":"9 "'),
        ('"round":0', '"round":"0"'),
        ('"round":0', '"round":-1'),
        ('"round":0', '"round":2147483648'),
        ('"block":"11"', '"block":"12"'),
        ('"app":"1"', '"app":"1","more":"1"'),
        ('"block_id_flag":1', '"block_id_flag":0'),
        ('"block_id_flag":1', '"block_id_flag":2'),
        ('"block_id_flag":1', '"block_id_flag":4'),
        ('"block_id_flag":2', '"block_id_flag":1'),
        ('"0001-01-01T00:00:00Z"', '"2026-01-01T00:00:00Z"'),
        ('"signature":null', '"signature":"AAAA"'),
        ('"signature":null', '"signature":0'),
        ('=="', '="'),
        ('=="', '==="'),
        ('=="', '== "'),
        ("tendermint/PubKeyEd25519", "tendermint/PubKeySecp256k1"),
        (FIRST["address"], FIRST["address"].lower()),
        (FIRST["address"], "00" * 20),
        (FIRST["address"], ""),
        ('"voting_power":"7"', '"voting_power":"0"'),
        ('"voting_power":"7"', '"voting_power":"-7"'),
        ('"voting_power":"7"', '"voting_power":"1152921504606846976"'),
        ('"voting_power":"7"', '"voting_power":"1152921504606846965"'),  # one too much in all
        ('"total":"5"', '"total":"6"'),
        ('"result"', '"error"'),
        ('"signed_header"', '"header"'),
        ('"time":"2026-', '"time":"1926-'),
        ('"time":"2026-', '"time":"2026-13-'),
    ],
)
def test_an_answer_of_another_form_is_refused(old: str, new: str) -> None:
    with pytest.raises(TallyError) as refusal:
        light_block_from_rpc(*rpc_changed(old, new))
    assert refusal.value.reason in (BAD_CHAIN_DATA, BAD_VALIDATORS)


@pytest.mark.parametrize(
    "time",
    [
        "2026-02-30T00:00:00Z",
        "2026-02-03T24:00:00Z",
        "2026-02-03T00:00:60Z",
        "2026-02-03T00:00:00",
        "2026-02-03T00:00:00+00:00",
        "2026-02-03T00:00:00.Z",
        "2026-02-03T00:00:00.120Z",
        "2026-02-03T00:00:00.0000000001Z",
        "2026-02-03 00:00:00Z",
        "2026-02-03T00:00:00z",
        "٢026-02-03T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "",
    ],
)
def test_a_time_is_written_as_go_writes_it(time: str) -> None:
    told = json.loads(answers(3)[0])
    told["result"]["signed_header"]["header"]["time"] = time
    refused(BAD_CHAIN_DATA, light_block_from_rpc, json.dumps(told).encode(), [answers(3)[1]])


def test_validators_may_come_in_pages_of_which_none_may_be_missing() -> None:
    told = json.loads(answers(9)[1])
    result = told["result"]
    pages = []
    for some in (result["validators"][:3], result["validators"][3:]):
        page = {**result, "validators": some, "count": str(len(some))}
        pages.append(json.dumps({"result": page}).encode())
    assert validators_from_rpc(pages) == real(9).validators
    refused(BAD_CHAIN_DATA, validators_from_rpc, pages[:1])
    refused(BAD_CHAIN_DATA, validators_from_rpc, [])
    refused(BAD_CHAIN_DATA, validators_from_rpc, [pages[0], pages[1].replace(b'"9"', b'"8"')])
    refused(BAD_CHAIN_DATA, validators_from_rpc, [answers(9)[1], answers(9)[1]])


@pytest.mark.parametrize("answer", [b"", b"[]", b"null", b"\xff", b'{"result":1}', b"{" * 2000])
def test_an_answer_that_is_no_result_is_refused(answer: bytes) -> None:
    refused(BAD_CHAIN_DATA, light_block_from_rpc, answer, [answer])
    refused(BAD_CHAIN_DATA, validators_from_rpc, [answer])


# -- protobuf ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "written"),
    [(0, "00"), (1, "01"), (127, "7f"), (128, "8001"), (300, "ac02"), (2**64 - 1, "ff" * 9 + "01")],
)
def test_varints_are_as_the_encoding_guide_has_them(number: int, written: str) -> None:
    assert varint(number).hex() == written


def test_a_negative_number_is_of_64_bits() -> None:
    assert number_field(1, -1).hex() == "08" + "ff" * 9 + "01"


def test_the_powers_of_the_made_chain_are_ordered_as_a_chain_orders_them() -> None:
    assert [v.power for v in set_of(POWERS).validators] == [4, 4, 2, 2]

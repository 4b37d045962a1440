"""Commits: the votes that make a header final, and the check of how much power stands behind them.

Owns `Commit` and `Vote` (what CometBFT calls CommitSig), the bytes a vote signs, `check_commit`
(more than two thirds of the validators of that height) and `check_commit_trusting` (more than a
trust level of an older set, found by address). Rules: only votes for the block count, not those for
nil; a vote that is looked at must hold; as soon as there is enough power the rest is not looked at,
as in CometBFT. Integers only: a share is compared by multiplying out. Stricter than CometBFT where
libraries differ: encodings of keys and signatures that are not canonical are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from tallystick.consortium.headers import (
    ADDRESS_BYTES,
    VALIDATORS_MAX,
    BlockID,
    Header,
    Validator,
    ValidatorSet,
    block_id_of,
)
from tallystick.consortium.wire import (
    NO_TIME,
    TIME_END,
    Fields,
    bytes_field,
    check_part,
    delimited,
    message_field,
    number_field,
    sfixed64_field,
    timestamp,
    written_time,
)
from tallystick.kernel import canonical
from tallystick.kernel.canonical import INTEGER_MAX
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.signing import SIGNATURE_BYTES
from tallystick.kernel.texts import Text

ABSENT, FOR_BLOCK, FOR_NIL = 1, 2, 3  # what CometBFT calls BlockIDFlag
ROUND_MAX = 2**31 - 1
_PRECOMMIT = 2
_RULE = "CometBFT 0.38, types/validation.go"

OTHER_HEIGHT = Reason(
    "commit_of_another_height",
    Text(
        "签名属于高度 {signed}，区块头是高度 {height}",
        "the votes are for height {signed}, the header is of {height}",
    ),
    _RULE,
)
OTHER_BLOCK = Reason(
    "commit_of_another_block",
    Text("签名属于另一个区块头（高度 {height}）", "the votes are for another header at {height}"),
    _RULE,
)
OTHER_VALIDATORS = Reason(
    "not_the_validators_of_header",
    Text(
        "所附的验证人名单不是高度 {height} 的区块头所指的",
        "these are not the validators that the header at {height} names",
    ),
    "CometBFT 0.38, light/verifier.go",
)
OTHER_SIZE = Reason(
    "commit_of_another_size",
    Text(
        "名单有 {validators} 人，签名有 {votes} 个位置",
        "{validators} validators, but {votes} places for votes",
    ),
    _RULE,
)
MISPLACED_VOTE = Reason(
    "misplaced_vote",
    Text("第 {place} 个位置的签名署另一人之名", "the vote at place {place} is in another's name"),
    _RULE,
)
DOUBLE_VOTE = Reason(
    "double_vote",
    Text("{address} 签了两次", "{address} voted twice"),
    _RULE,
)
FALSE_VOTE = Reason(
    "false_vote",
    Text(
        "第 {place} 个位置的签名不成立（{address}）",
        "the signature at place {place} does not hold ({address})",
    ),
    _RULE,
)
TOO_LITTLE_POWER = Reason(
    "too_little_power",
    Text(
        "签名的票权为 {signed}/{total}，不超过三分之二",
        "power {signed} of {total} signed, which is not more than two thirds",
    ),
    _RULE,
)
TOO_LITTLE_TRUSTED_POWER = Reason(
    "too_little_trusted_power",
    Text(
        "已信任的验证人中签名的票权为 {signed}/{total}，不超过 {numerator}/{denominator}",
        "of those trusted, power {signed} of {total} signed, which is not more than "
        "{numerator}/{denominator}",
    ),
    _RULE,
    Text("请先核验居中的高度。", "Verify a height in between first."),
)
BAD_TRUST_LEVEL = Reason(
    "bad_trust_level",
    Text("信任水平须在 1/3 与 1 之间", "a trust level is from 1/3 to 1"),
    "CometBFT 0.38, light/verifier.go",
)


class TrustLevel(NamedTuple):
    """The share of an older set of which more must have signed. At 1/1 nothing is ever more."""

    numerator: int = 1
    denominator: int = 3

    def check(self) -> None:
        """Check that it is from 1/3 to 1. Raises: BAD_TRUST_LEVEL."""
        whole = type(self.numerator) is int and type(self.denominator) is int
        if not whole or not 0 < self.denominator <= INTEGER_MAX:
            raise BAD_TRUST_LEVEL.error()
        if not self.denominator <= 3 * self.numerator <= 3 * self.denominator:
            raise BAD_TRUST_LEVEL.error()


ONE_THIRD = TrustLevel()


# -- forms ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Vote:
    """What one validator said. flag: ABSENT, FOR_BLOCK, FOR_NIL. Raises: BAD_CHAIN_DATA.

    time: nanoseconds since 1970. An absent vote has no address, time or signature.
    """

    flag: int
    address: bytes = b""
    time: int = NO_TIME
    signature: bytes = b""

    def __post_init__(self) -> None:
        if self.flag == ABSENT:
            nothing = not self.address and self.time == NO_TIME and not self.signature
            check_part(nothing, "block_id_flag")
            return
        check_part(self.flag in (FOR_BLOCK, FOR_NIL), "block_id_flag")
        check_part(len(self.address) == ADDRESS_BYTES, "validator_address")
        check_part(0 <= self.time < TIME_END, "timestamp")
        check_part(len(self.signature) == SIGNATURE_BYTES, "signature")

    def document(self) -> dict[str, Any]:
        """Return our JSON form."""
        return {
            "block_id_flag": self.flag,
            "validator_address": self.address.hex(),
            "timestamp": written_time(self.time),
            "signature": self.signature.hex(),
        }


@dataclass(frozen=True, slots=True)
class Commit:
    """The votes of a round for a block, one place for each validator. Raises: BAD_CHAIN_DATA."""

    height: int
    round: int
    block_id: BlockID
    votes: tuple[Vote, ...]

    def __post_init__(self) -> None:
        check_part(1 <= self.height <= INTEGER_MAX, "commit.height")
        check_part(0 <= self.round <= ROUND_MAX, "commit.round")
        self.block_id.check_complete("commit.block_id")
        check_part(1 <= len(self.votes) <= VALIDATORS_MAX, "commit.signatures")

    def sign_bytes(self, chain_id: str, vote: Vote) -> bytes:
        """Return what a vote of this commit signs: a CanonicalVote of protobuf behind its length.

        A vote for nil names no block; an absent one signs nothing, and gets what one for nil would.
        """
        named = message_field(4, self.block_id.message()) if vote.flag == FOR_BLOCK else b""
        return delimited(
            number_field(1, _PRECOMMIT)
            + sfixed64_field(2, self.height)
            + sfixed64_field(3, self.round)
            + named
            + message_field(5, timestamp(vote.time))
            + bytes_field(6, chain_id.encode())
        )

    def document(self) -> dict[str, Any]:
        """Return our JSON form."""
        return {
            "height": self.height,
            "round": self.round,
            "block_id": self.block_id.document(),
            "signatures": [vote.document() for vote in self.votes],
        }


_VOTE_KEYS = ("block_id_flag", "validator_address", "timestamp", "signature")


def commit_from(value: object, notation: type[Fields] = Fields) -> Commit:
    """Read a commit from JSON that was parsed, in either notation. Raises: BAD_CHAIN_DATA."""
    fields = notation(value, ("height", "round", "block_id", "signatures"), "commit")
    votes = tuple(
        Vote(
            vote.plain("block_id_flag", FOR_NIL),
            vote.data("validator_address"),
            vote.time("timestamp"),
            vote.blob("signature"),
        )
        for vote in fields.parts("signatures", _VOTE_KEYS)
    )
    block_id = block_id_of(fields, "block_id")
    return Commit(fields.number("height"), fields.plain("round", ROUND_MAX), block_id, votes)


def write_commit(commit: Commit) -> bytes:
    """Return the canonical bytes of a commit."""
    return canonical.encode(commit.document())


def read_commit(data: bytes) -> Commit:
    """Read canonical bytes. Raises: NOT_CANONICAL, BAD_CHAIN_DATA."""
    return commit_from(canonical.decode(data))


# -- checks --------------------------------------------------------------------------------------


def check_commit(header: Header, commit: Commit, validators: ValidatorSet) -> None:
    """Check that more than two thirds of the validators the header names voted for the header.

    That the header is of the chain meant, and these validators its own, is for whoever calls.
    Raises: OTHER_HEIGHT, OTHER_BLOCK, OTHER_VALIDATORS, OTHER_SIZE, MISPLACED_VOTE, FALSE_VOTE,
    TOO_LITTLE_POWER.
    """
    if commit.height != header.height:
        raise OTHER_HEIGHT.error(signed=commit.height, height=header.height)
    if commit.block_id.hash != header.hash():
        raise OTHER_BLOCK.error(height=header.height)
    if validators.hash() != header.validators_hash:
        raise OTHER_VALIDATORS.error(height=header.height)
    if len(commit.votes) != len(validators.validators):
        raise OTHER_SIZE.error(validators=len(validators.validators), votes=len(commit.votes))
    pairs = list(zip(commit.votes, validators.validators, strict=True))
    for place, (vote, validator) in enumerate(pairs):
        if vote.flag != ABSENT and vote.address != validator.address:
            raise MISPLACED_VOTE.error(place=place)
    total, signed = validators.total, 0
    for power in _powers(header.chain_id, commit, [validator for _, validator in pairs]):
        signed += power
        if 3 * signed > 2 * total:
            return
    raise TOO_LITTLE_POWER.error(signed=signed, total=total)


def check_commit_trusting(
    chain_id: str, commit: Commit, trusted: ValidatorSet, level: TrustLevel = ONE_THIRD
) -> None:
    """Check that more than `level` of the power of an older set voted for the block of a commit.

    Votes of those who are not in the older set count for nothing. Raises: BAD_TRUST_LEVEL,
    DOUBLE_VOTE, FALSE_VOTE, TOO_LITTLE_TRUSTED_POWER.
    """
    level.check()
    seen = set()
    for vote in commit.votes:
        if vote.flag != ABSENT and vote.address in seen:
            raise DOUBLE_VOTE.error(address=vote.address.hex())
        seen.add(vote.address)
    total, signed = trusted.total, 0
    voters = [trusted.by_address.get(vote.address) for vote in commit.votes]
    for power in _powers(chain_id, commit, voters):
        signed += power
        if level.denominator * signed > level.numerator * total:
            return
    raise TOO_LITTLE_TRUSTED_POWER.error(signed=signed, total=total, **level._asdict())


def _powers(chain_id: str, commit: Commit, voters: list[Validator | None]) -> Iterator[int]:
    """Yield the power behind each vote for the block, its signature checked. Raises: FALSE_VOTE."""
    for place, (vote, voter) in enumerate(zip(commit.votes, voters, strict=True)):
        if vote.flag != FOR_BLOCK or voter is None:
            continue
        try:
            voter.check(commit.sign_bytes(chain_id, vote), vote.signature)
        except TallyError:
            raise FALSE_VOTE.error(place=place, address=voter.address.hex()) from None
        yield voter.power

"""The members of a consortium and how they change: by votes of more than two thirds of the power.

Owns the document of the members in the replicated state and the rules of its changes. A change is
executed with the vote that completes it, and refused if the power that signed the last block would
not be more than two thirds of what it would be after it: a ledger is not voted into a standstill.
Pure; power is a whole number.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from hashlib import sha256
from typing import Any, NamedTuple

from tallystick.consortium.reasons import (
    ALREADY_VOTED,
    BAD_CHANGE,
    NOT_A_MEMBER,
    POWER_AT_RISK,
    STALE_VOTE,
    TOO_MANY,
)
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import COSIGNATURES, KEY_BYTES, VerifierKey, is_name
from tallystick.kernel.texts import Text

MEMBERS_MAX = 64
POWER_MAX = 1_000_000
TEXT_MAX = 200
PENDING_MAX = 16  # changes that one member votes for at the same time
_ADDRESS_BYTES = 20
# An engine does not start with an address it cannot read, whoever wrote it.
_NODE = re.compile(
    r"[0-9a-f]{40}@([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]):([1-9][0-9]{0,4})"
)
_PORT_MAX = 65535
# What nobody sees in a name, or what turns its direction. Listed here, since what counts as
# printable differs with the version of Unicode, and replicas must judge alike.
_UNSEEN = re.compile(
    "[\u0000-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    "\U00010000-\U0001ffff\U00040000-\U0010ffff]"
)


class Member(NamedTuple):
    """An institution that keeps the ledger.

    validator: its consensus key, 32 bytes in hex. power: its weight, 0 for one that keeps and
    cosigns without a vote. key: what it votes by, a vkey. cosigner: what its replica cosigns
    checkpoints by, a vkey. node: where its engine is, id@host:port. url: its RPC.
    """

    name: str
    validator: str
    power: int
    key: str
    cosigner: str
    node: str
    url: str

    @property
    def address(self) -> str:
        """The address of its consensus key, as CometBFT has it: 20 bytes in hex, lower case."""
        return sha256(bytes.fromhex(self.validator)).digest()[:_ADDRESS_BYTES].hex()

    def to_json(self) -> dict[str, Any]:
        """Return the form it has in files and in the state."""
        return self._asdict()


class Members(NamedTuple):
    """The members as of one version of their list, by name."""

    version: int
    listed: tuple[Member, ...]

    @property
    def power(self) -> int:
        """The power of all."""
        return sum(member.power for member in self.listed)

    def named(self, name: str) -> Member:
        """Return a member. Raises: NOT_A_MEMBER."""
        for member in self.listed:
            if member.name == name:
                return member
        raise NOT_A_MEMBER.error(name=name)

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        listed = [member.to_json() for member in self.listed]
        return canonical.encode({"members": listed, "version": self.version})


def check_name(name: str) -> None:
    """Check that an institution may be called so. Raises: BAD_CHANGE."""
    if not is_name(name) or _UNSEEN.search(name) or len(name) > TEXT_MAX:
        raise _wrong(Text("名称（不含空格与加号）", "name (no space, no plus)"))


def read_member(document: object) -> Member:
    """Read a member from JSON. Raises: BAD_CHANGE, naming the field that is wrong."""
    if not isinstance(document, dict) or set(document) != set(Member._fields):
        raise _wrong(Text("成员文件的字段", "the fields of a member"))
    member = Member(**document)
    texts = [value for name, value in document.items() if name != "power"]
    if not all(isinstance(one, str) and len(one) <= TEXT_MAX for one in texts):
        raise _wrong(Text("字段过长或不是文字", "a field that is too long or no text"))
    if type(member.power) is not int or not 0 <= member.power <= POWER_MAX:
        raise _wrong(Text("票权", "power"))
    check_name(member.name)
    try:
        public = bytes.fromhex(member.validator)
        VerifierKey.from_text(member.key)
        VerifierKey.from_text(member.cosigner, COSIGNATURES)
    except (ValueError, TallyError):
        raise _wrong(Text("公钥", "a key")) from None
    if len(public) != KEY_BYTES or public.hex() != member.validator:
        raise _wrong(Text("公钥", "a key"))
    dialed = _NODE.fullmatch(member.node)
    if dialed is None or int(dialed[3]) > _PORT_MAX:
        raise _wrong(Text("地址", "an address"))
    if not member.url.startswith(("http://", "https://")):
        raise _wrong(Text("地址", "an address"))
    return member


def read_members(data: bytes) -> Members:
    """Read what `Members.encode` writes. Raises: BAD_CHANGE, NOT_CANONICAL."""
    document = canonical.decode(data)
    listed = tuple(read_member(one) for one in document["members"])
    return checked(Members(document["version"], listed))


def checked(members: Members) -> Members:
    """Return `members`, sorted by name. Raises: BAD_CHANGE for a list that cannot be.

    A key used twice, under whatever name and for whatever, would let one institution count as two.
    """
    listed = tuple(sorted(members.listed))
    if len({member.name for member in listed}) != len(listed):
        raise _wrong(Text("同一名称出现两次", "the same name twice"))
    publics = [public for member in listed for public in _publics(member)]
    if len(set(publics)) != len(publics):
        raise _wrong(Text("同一公钥出现两次", "the same key twice"))
    if not any(member.power for member in listed):
        raise _wrong(Text("没有票权", "nobody has power"))
    if len(listed) > MEMBERS_MAX:
        raise _wrong(Text("成员太多", "too many members"))
    return Members(members.version, listed)


def _publics(member: Member) -> tuple[bytes, ...]:
    """Return the public keys of a member, without the names they go under."""
    return (
        bytes.fromhex(member.validator),
        VerifierKey.from_text(member.key).public,
        VerifierKey.from_text(member.cosigner, COSIGNATURES).public,
    )


def changed(members: Members, change: object) -> Members:
    """Return the members after one change. Raises: BAD_CHANGE, NOT_A_MEMBER.

    change: {"kind": "add", "member": ...}; {"kind": "remove", "name": ..., "why": ...};
    {"kind": "replace", "member": ...}, of the same name, for new keys, addresses or power.
    """
    if not isinstance(change, dict):
        raise _wrong(Text("写法", "its form"))
    kind, fields = change.get("kind"), set(change) - {"kind"}
    if kind == "add" and fields == {"member"}:
        listed = (*members.listed, read_member(change["member"]))
    elif kind == "remove" and fields == {"name", "why"}:
        if not isinstance(change["why"], str) or not 0 < len(change["why"]) <= TEXT_MAX:
            raise _wrong(Text("理由", "why"))
        gone = members.named(_text(change["name"]))
        listed = tuple(one for one in members.listed if one != gone)
    elif kind == "replace" and fields == {"member"}:
        new = read_member(change["member"])
        old = members.named(new.name)
        if new == old:
            raise _wrong(Text("与现在的一样", "it is as it was"))
        listed = tuple(new if one == old else one for one in members.listed)
    else:
        raise _wrong(Text("种类", "its kind"))
    return checked(Members(members.version + 1, listed))


def live_power(members: Members, signed: Collection[str]) -> int:
    """Return the power of the members whose consensus keys signed the last block.

    signed: their addresses in hex.
    """
    return sum(member.power for member in members.listed if member.address in signed)


def check_live(members: Members, signed: Collection[str]) -> None:
    """Check that more than two thirds of the power is known to be there. Raises: POWER_AT_RISK."""
    live, total = live_power(members, signed), members.power
    if 3 * live <= 2 * total:
        raise POWER_AT_RISK.error(live=live, total=total)


def power_changes(before: Members, after: Members) -> dict[bytes, int]:
    """Return the validators whose power changed; power 0 is out."""
    old, new = (
        {bytes.fromhex(one.validator): one.power for one in members.listed if one.power}
        for members in (before, after)
    )
    gone = {key: 0 for key in old if key not in new}
    return gone | {key: power for key, power in new.items() if old.get(key) != power}


class Votes(NamedTuple):
    """Changes that are voted on: their digest -> the change and the names of who voted for it."""

    pending: dict[str, tuple[dict[str, Any], tuple[str, ...]]]

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        listed = {
            digest: {"change": change, "voters": list(voters)}
            for digest, (change, voters) in self.pending.items()
        }
        return canonical.encode(listed)


def read_votes(data: bytes) -> Votes:
    """Read what `Votes.encode` writes."""
    document = canonical.decode(data)
    return Votes({d: (one["change"], tuple(one["voters"])) for d, one in document.items()})


def digest_of_change(change: dict[str, Any]) -> str:
    """Return what a change is called: SHA-256 of its canonical bytes in hex, all of it.

    Were it cut short, votes for one change could be made to count for another.
    """
    return sha256(canonical.encode(change)).hexdigest()


def voted(
    members: Members, votes: Votes, body: dict[str, Any], signed: Collection[str] | None
) -> tuple[Members, Votes]:
    """Return members and votes after one vote, whose signature was checked.

    body: of the act: version of the members voted on, change, name of the member. signed: addresses
    of who signed the last block; None where that is not known yet and is not judged. Raises:
    STALE_VOTE, NOT_A_MEMBER, ALREADY_VOTED, BAD_CHANGE, POWER_AT_RISK, TOO_MANY.
    """
    name, change = _text(body["member"]), body["change"]
    if type(body["version"]) is not int or body["version"] != members.version:
        raise STALE_VOTE.error(version=members.version, voted=body["version"])
    if members.named(name).power == 0:
        raise NOT_A_MEMBER.error(name=name)
    after = changed(members, change)
    digest = digest_of_change(change)
    before, known = votes.pending.get(digest, (change, ()))
    if before != change:
        raise _wrong(Text("另一项变更", "it is another change"))
    if name in known:
        raise ALREADY_VOTED.error(name=name)
    voters = tuple(sorted((*known, name)))
    power = sum(one.power for one in members.listed if one.name in voters)
    if 3 * power <= 2 * members.power:
        if sum(name in who for _, who in votes.pending.values()) >= PENDING_MAX:
            raise TOO_MANY.error(what=Text("待决的变更", "changes voted on"))
        return members, Votes({**votes.pending, digest: (change, voters)})
    if signed is not None:
        check_live(after, signed)
    return after, Votes({})


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _wrong(Text("名称", "name"))
    return value


def _wrong(what: Text) -> TallyError:
    return BAD_CHANGE.error(what=what)

"""The two small files institutions exchange, and the genesis that follows from them.

Owns both. A member file says who an institution is: name, keys, addresses; it is signed by the key
the institution votes with. Founders exchange them, and each makes the same genesis of the same
files. A network file says what somebody who joins later needs: the genesis and who is there now.
No authority signs either: people compare fingerprints over another way.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from tallystick.app.network.reasons import BAD_MEMBER_FILE, BAD_NETWORK_FILE
from tallystick.consortium.engine_files import genesis_file
from tallystick.consortium.members import Member, Members, checked, read_member
from tallystick.consortium.state import Params
from tallystick.consortium.stored import Genesis, read_genesis
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import SigningKey, VerifierKey
from tallystick.kernel.texts import Text

FORMAT = 1
_MEMBER_DOMAIN = b"tallystick/member/v1\n"
_TIME_END = 253_402_300_800  # of the years that are written with four digits


class MemberFile(NamedTuple):
    """What a member file says. made_at: seconds since 1970."""

    member: Member
    made_at: int

    def encode(self, key: SigningKey) -> bytes:
        """Return the file, signed by the key the member votes with."""
        said = {"format": FORMAT, "made_at": self.made_at, "member": self.member.to_json()}
        signature = key.sign(_MEMBER_DOMAIN + canonical.encode(said))
        return canonical.encode({**said, "signature": signature.hex()}) + b"\n"


def read_member_file(file: Path) -> MemberFile:
    """Read a member file and check its signature. Raises: BAD_MEMBER_FILE."""
    try:
        document = canonical.decode(file.read_bytes().removesuffix(b"\n"))
        said = {name: value for name, value in document.items() if name != "signature"}
        if set(said) != {"format", "made_at", "member"} or said["format"] != FORMAT:
            raise BAD_MEMBER_FILE.error(file=file.name, what=Text("字段", "its fields"))
        member = read_member(said["member"])
        message = _MEMBER_DOMAIN + canonical.encode(said)
        VerifierKey.from_text(member.key).check(message, bytes.fromhex(document["signature"]))
        if type(said["made_at"]) is not int or not 0 <= said["made_at"] < _TIME_END:
            raise BAD_MEMBER_FILE.error(file=file.name, what=Text("时间", "its time"))
        return MemberFile(member, said["made_at"])
    except TallyError as fault:
        if fault.reason is BAD_MEMBER_FILE:
            raise
        raise BAD_MEMBER_FILE.error(file=file.name, what=fault.text) from None
    except (OSError, KeyError, TypeError, ValueError, AttributeError):
        raise BAD_MEMBER_FILE.error(file=file.name, what=Text("写法", "its form")) from None


def fingerprint(data: bytes) -> str:
    """Return what people compare of a file: 4 groups of 4 hex digits of its SHA-256."""
    digits = sha256(data).hexdigest()[:16]
    return " ".join(digits[at : at + 4] for at in range(0, 16, 4))


def found_network(
    files: Sequence[MemberFile], chain: str = "tally", params: Params | None = None
) -> bytes:
    """Return the genesis that these founders give: the same bytes on every machine."""
    made = sorted(files, key=lambda one: one.member.name)
    members = checked(Members(1, tuple(one.member for one in made)))
    digest = sha256(members.encode()).hexdigest()[:10]
    genesis = Genesis(f"{chain}-{digest}", members, params or Params())
    return genesis_file(genesis, max(one.made_at for one in made))


def genesis_in(data: bytes) -> Genesis:
    """Return the genesis that the engine's file holds. Raises: BAD_NETWORK_FILE."""
    try:
        document = orjson.loads(data)
        return read_genesis(str(document["chain_id"]), document["app_state"])
    except (ValueError, KeyError, TypeError, TallyError):
        what = Text("创世文件", "its genesis")
        raise BAD_NETWORK_FILE.error(file="genesis.json", what=what) from None


def read_network_file(file: Path) -> tuple[bytes, Members]:
    """Read a network file: the genesis, and the members when it was written.

    Raises: BAD_NETWORK_FILE.
    """
    try:
        document: dict[str, Any] = canonical.decode(file.read_bytes().removesuffix(b"\n"))
        data = document["genesis"].encode()
        genesis_in(data)
        return data, checked(Members(0, tuple(map(read_member, document["members"]))))
    except TallyError as fault:
        if fault.reason is BAD_NETWORK_FILE:
            raise
        raise BAD_NETWORK_FILE.error(file=file.name, what=fault.text) from None
    except (OSError, KeyError, TypeError, ValueError, AttributeError):
        raise BAD_NETWORK_FILE.error(file=file.name, what=Text("写法", "its form")) from None

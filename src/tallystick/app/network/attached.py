"""A workspace and the consortium that keeps its log.

Owns the file network.json of a workspace, the opening of its log by a member, and the records that
make the members' nodes witnesses of it: a receipt then asks for a quorum of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tallystick.app.network.folder import NodeFolder
from tallystick.app.network.ordering import Consortium, Cosigner, OrderedLog, read_consortium
from tallystick.app.network.reasons import BAD_NETWORK_FILE, NO_NETWORK_FILE
from tallystick.app.workspace import Paths, Settings, chain_of
from tallystick.consortium.transactions import sign_act
from tallystick.kernel.errors import TallyError
from tallystick.kernel.signing import COSIGNATURES, SigningKey, VerifierKey
from tallystick.kernel.texts import Text
from tallystick.records import Body, Delivery, bodies


def quorum_needed(powers: Sequence[int]) -> int:
    """Return how many members must sign, so that any so many have more than two thirds.

    powers: of all members with a vote.
    """
    have = 0
    for count, power in enumerate(sorted(powers), start=1):
        have += power
        if 3 * have > 2 * sum(powers):
            return count
    return max(len(powers), 1)


def consortium_around(folder: NodeFolder) -> Consortium:
    """Return the consortium as the node in `folder` knows it, itself asked first.

    Raises: NOT_ACCEPTED_YET.
    """
    # Who has no vote keeps and cosigns too, and may be named as a witness besides; a quorum counts
    # those by whom a block is decided.
    members = [one for one in folder.members().listed if one.power]
    own = folder.name
    ordered = sorted(members, key=lambda one: (one.name != own, one.name))
    urls = {own: folder.url}
    cosigners = tuple(
        Cosigner(
            one.name,
            urls.get(one.name, one.url),
            VerifierKey.from_text(one.cosigner, COSIGNATURES),
        )
        for one in ordered
    )
    needed = quorum_needed([one.power for one in members])
    return Consortium(folder.genesis().chain, cosigners, needed)


def consortium_of(paths: Paths, *, needed: bool) -> Consortium | None:
    """Return whom a workspace writes with, None where it keeps its log alone.

    needed: whether it is opened to write, which nobody can without knowing whom to ask; to read it,
    the file may be missing. Raises: NO_NETWORK_FILE, BAD_NETWORK_FILE.
    """
    chain = chain_of(paths)
    if not chain:
        return None
    try:
        consortium = read_consortium(paths.network.read_bytes())
    except FileNotFoundError:
        if needed:
            raise NO_NETWORK_FILE.error(chain=chain) from None
        return Consortium(chain, (), 0)
    except (TallyError, KeyError, TypeError, ValueError):
        raise BAD_NETWORK_FILE.error(file=paths.network, what=Text("写法", "its form")) from None
    if consortium.chain != chain:
        raise BAD_NETWORK_FILE.error(file=paths.network, what=Text("链名", "its chain"))
    return consortium


def attach_node(settings: Settings, folder: NodeFolder) -> dict[str, Any]:
    """Write network.json of a workspace anew, from the node of its institution.

    Raises: BAD_NETWORK_FILE where the node is of another chain.
    """
    paths = Paths(settings.folder)
    consortium = consortium_around(folder)
    if consortium.chain != chain_of(paths):
        raise BAD_NETWORK_FILE.error(file=folder.folder, what=Text("链名", "its chain"))
    settings.disk.replace(paths.network, consortium.encode())
    names = [one.name for one in consortium.cosigners]
    return {"workspace": str(paths.folder), "chain": consortium.chain, "members": names}


def open_log(
    log: OrderedLog, member: NodeFolder, log_key: SigningKey, providers: Sequence[VerifierKey]
) -> None:
    """Let a member open a log in the consortium, and wait until it is open. Raises: as a commit."""
    body = {
        "act": "open",
        "origin": log.origin,
        "log": log_key.verifier.text(),
        "providers": [key.text() for key in providers],
        "member": member.name,
    }
    log.act(sign_act(log.network.chain, member.member_key(), body).encode(), 1)


def cosigners_of(delivery: Delivery, consortium: Consortium | None) -> list[Body]:
    """Return the records that name the members' nodes as witnesses; the last sets the quorum.

    They stand in the founding batch of a log, which nobody but its founder signs.
    """
    if consortium is None:
        return []
    listed = sorted(consortium.cosigners)
    return [
        bodies.witness(
            delivery,
            name=one.name,
            key=one.key.text(),
            url="",
            quorum=consortium.quorum if place == len(listed) else 0,
            after=0,
            action="add",
        )
        for place, one in enumerate(listed, start=1)
    ]

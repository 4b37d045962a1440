"""Who may sign what here, as the ledger itself says: keys, their ends, witnesses.

Owns the fold of administrative records into the trust policy, and the sealing of such acts. An
administrative act carries the signatures of two different keys, the operator's and a registered
officer's, so that neither can change alone whom a stranger trusts or what is erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from tallystick.app.acts import check_acts
from tallystick.app.sealing import seal_bodies
from tallystick.app.workspace import TRUST_DIFFERS
from tallystick.kernel.signing import (
    COSIGNATURES,
    ED25519,
    PARTY_KINDS,
    Signer,
    VerifierKey,
)
from tallystick.ledger import Party, TrustPolicy, Witness
from tallystick.ledger.trust import Ended
from tallystick.records import BAD_FORM, Body, check_form, sign_act

if TYPE_CHECKING:
    from tallystick.app.store import Store

OF_POLICY = ("party", "key_end", "witness")
LOG = "log"
ADD, REMOVE = "add", "remove"  # of a witness
STATUS_ENTRIES = 1  # that end the commit of an administrative act, which has one batch


class Placed(NamedTuple):
    """An administrative record and the entry of the ledger that holds it."""

    entry: int
    body: Body


def policy_of(log_key: VerifierKey, placed: Iterable[Placed]) -> TrustPolicy:
    """Return the policy that the administrative records of a ledger give, in ledger order.

    log_key: the first key of the log. Records of other kinds change nothing. Raises: what reading a
    key raises, BAD_FORM, and KeyError for a record that is not of its kind.
    """
    policy = TrustPolicy((log_key,), ())
    ends: list[Ended] = []
    for entry, body in placed:
        if body["kind"] not in OF_POLICY:
            continue
        check_form(body)
        if body["kind"] == "witness":
            policy = with_witness(policy, body)
            continue
        role = body["role"]
        key = VerifierKey.from_text(body["key"], (ED25519,) if role == LOG else PARTY_KINDS)
        if body["kind"] == "key_end":
            # A key of the log counts up to the checkpoint that sealed its end.
            until = entry + 1 + STATUS_ENTRIES if role == LOG else entry + 1
            ends.append(Ended(role, key, until, body["reason"]))
        elif role == LOG:
            policy = replace(policy, logs=(key,))
        else:
            party = Party(role, key, body["code"], body["name"])
            policy = replace(policy, parties=(*policy.parties, party))
    ends.sort(key=lambda end: end.role != LOG)  # as they stand in the file
    return replace(policy, ended=tuple(ends))


def with_witness(policy: TrustPolicy, body: Body) -> TrustPolicy:
    """Return `policy` after a record of a witness. Raises: BAD_FORM, what reading a key raises."""
    action = body.get("action", ADD)  # older records have none
    known = {"action": action in (ADD, REMOVE), "after": type(body.get("after", 0)) is int}
    for name, sound in known.items():
        if not sound:
            raise BAD_FORM.error(what=name)
    if body["key"]:
        key = VerifierKey.from_text(body["key"], COSIGNATURES)
        if action == REMOVE:
            left = (one for one in policy.witnesses if (one.name, one.key) != (body["name"], key))
            policy = replace(policy, witnesses=tuple(left))
        else:
            policy = policy.with_witness(Witness(body["name"], key, body["url"]))
    return policy.with_quorum(body["quorum"])


def placed_acts(store: Store) -> list[Placed]:
    """Return the administrative records of an opened workspace that make its policy."""
    numbers = sorted(number for kind in OF_POLICY for number in store.index.of_kind(kind))
    return [Placed(store.log.entry_of(number), store.body(number)) for number in numbers]


def before_newest(placed: Sequence[Placed]) -> list[Placed]:
    """Return the acts without those of the newest entry, which may be all that a file lacks."""
    return [one for one in placed if one.entry < placed[-1].entry]


def signed_twice(store: Store, body: Body, key: Signer) -> Body:
    """Return an administrative act signed by the operator and by the officer's `key`."""
    return sign_act(store.origin, body, [store.provider_key, key])


def seal_acts(store: Store, acts: Sequence[Body], key: Signer) -> list[str]:
    """Seal administrative acts in one batch, signed by the operator and an officer's `key`.

    The trust file is written anew. Returns the ids of the records. Raises, before anything is
    sealed: BAD_TRUST_FILE where the policy would not read back; NOT_SIGNED, KEY_ENDED, UNKNOWN_KEY
    for a key that may not sign them.
    """
    signed = [signed_twice(store, body, key) for body in acts]
    entry = store.log.size
    placed = [*placed_acts(store), *(Placed(entry, body) for body in signed)]
    policy = policy_of(store.first_log_key, placed)
    policy.text()
    for body in signed:
        check_acts(store.origin, body, policy, entry)
    sealed = seal_bodies(signed, store.secrets, store.settings.random)
    store.commit(sealed)
    store.take_policy(policy)  # what is stated next, a new key of the log signs
    store.state_standing()
    return [one.envelope.commitment.hex() for one in sealed]


def check_trust(store: Store, *, recover: bool) -> None:
    """Compare the trust file with the records of the ledger. Raises: TRUST_DIFFERS.

    recover: write the file that a writer died over, which lacks the acts of the newest entry only;
    any other difference is not what a dead writer leaves.
    """
    placed = placed_acts(store)
    policy = policy_of(store.first_log_key, placed)
    if recover and store.trust == policy_of(store.first_log_key, before_newest(placed)):
        store.take_policy(policy)
    elif store.trust != policy:
        raise TRUST_DIFFERS.error()

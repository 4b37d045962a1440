"""Keys that end, and keys that follow them.

Owns these use cases. A new key and the end of the old one are sealed in one batch, which the old
key still signs together with an officer: there is no moment without a key, and none with two. What
the old key signed before stays valid; what it signs after is refused, whatever time it claims.
"""

from __future__ import annotations

from typing import Any

from tallystick.app.administering import LOG, seal_acts
from tallystick.app.generations import OWN_ROLES, generations, next_key
from tallystick.app.officers import open_cosigner
from tallystick.app.store import Store
from tallystick.app.witness_acts import quorum_of
from tallystick.kernel.errors import Reason
from tallystick.kernel.signing import Signer, VerifierKey
from tallystick.kernel.suites import suite_of
from tallystick.kernel.texts import Text
from tallystick.ledger.trust import COMPROMISED, RETIRED
from tallystick.records import bodies

NO_SUCH_OFFICER = Reason(
    "no_such_officer",
    Text("没有在任的认定人 {name}", "there is no officer {name} whose key is in force"),
    "",
    Text("请用 tally key list 查看。", "See tally key list."),
)
OWN_KEY_ENDED = Reason(
    "own_key_ended",
    Text(
        "认定人不能自己签署终止自己的密钥",
        "the end of an officer's key is signed by another officer",
    ),
    "docs/spec/workspace.md",
    Text("请由另一位认定人签署：--with 姓名。", "Let another officer sign: --with NAME."),
)


def list_keys(store: Store) -> dict[str, Any]:
    """Return every key of the ledger: role, name, key, whether it signs now, and where it ended."""
    ended = {(end.role, end.key): end for end in store.trust.ended}
    logs = [end.key for end in store.trust.ended if end.role == LOG]
    listed = [(LOG, key, key.name) for key in (*logs, *store.trust.logs)]
    listed += [(party.role, party.key, party.name) for party in store.trust.parties]
    listed += [("witness", witness.key, witness.name) for witness in store.trust.witnesses]
    keys = []
    for role, key, name in listed:
        end = ended.get((role, key))
        keys.append(
            {
                "role": role,
                "name": name,
                "key": key.text(),
                "generation": _generation(store, role, key),
                "ended": end.reason if end else "",
                "until": end.until if end else None,
            }
        )
    return {"origin": store.origin, "keys": keys, "quorum": quorum_of(store)}


def rotate(store: Store, role: str, officer: str, *, compromised: bool = False) -> dict[str, Any]:
    """Let the next generation of the operator's key for `role` follow the current one.

    role: log, provider or verifier. officer: who signs together with the operator. Raises:
    NO_MORE_GENERATIONS, and what opening the officer's key and sealing raise.
    """
    old = _own(store, role)
    new = next_key(store.keyring, store.origin, old, role)
    signer, name = open_cosigner(store, officer)
    operator = store.trust.party(store.provider_key.verifier.key_id, "provider")
    reason = COMPROMISED if compromised else RETIRED
    delivery = store.delivery()
    records = seal_acts(
        store,
        [
            bodies.party(
                delivery,
                role=role,
                key=new.verifier.text(),
                code=operator.code,
                name=operator.name,
            ),
            bodies.key_end(delivery, role=role, key=old.verifier.text(), reason=reason, detail=""),
        ],
        signer,
    )
    store.state_standing(anew=True)  # signed by the new key, if it is the log's
    return {
        "role": role,
        "old": old.verifier.text(),
        "new": new.verifier.text(),
        "reason": reason,
        "with": name,
        "records": records,
    }


def end_officer(
    store: Store, name: str, officer: str, *, compromised: bool = False
) -> dict[str, Any]:
    """End the key of the officer `name`; `officer`, another one, signs with the operator.

    Raises: NO_SUCH_OFFICER, OWN_KEY_ENDED, and what opening the other's key and sealing raise.
    """
    ended = {end.key for end in store.trust.ended if end.role == "officer"}
    found = [
        party
        for party in store.trust.parties
        if (party.role, party.name) == ("officer", name) and party.key not in ended
    ]
    if not found:
        raise NO_SUCH_OFFICER.error(name=name)
    signer, other = open_cosigner(store, officer)
    if signer.verifier == found[0].key:
        raise OWN_KEY_ENDED.error()
    reason = COMPROMISED if compromised else RETIRED
    key = found[0].key.text()
    body = bodies.key_end(store.delivery(), role="officer", key=key, reason=reason, detail="")
    records = seal_acts(store, [body], signer)
    return {"role": "officer", "name": name, "key": key, "reason": reason, "with": other} | {
        "records": records
    }


def _own(store: Store, role: str) -> Signer:
    own: tuple[Signer, ...] = (store.log_key, store.provider_key, store.verifier_key)
    return own[OWN_ROLES.index(role)]


def _generation(store: Store, role: str, key: VerifierKey) -> int:
    """Return which generation of our own keys this is, 0 for a key of somebody else."""
    if role not in OWN_ROLES or not key.name.startswith(store.origin):
        return 0
    suites = (suite_of(key).name,)
    listed = generations(store.keyring, store.origin, role, suites)
    return next((n for n, own in enumerate(listed, 1) if own.verifier == key), 0)

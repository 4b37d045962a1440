"""The signing keys of an operator, one generation after another.

Owns their derivation from the keyring: a key of generation 1 has the label "signing/log", one of
generation 2 "signing/log/2", and so on, for log, provider and verifier. Which generation signs now
is what the trust policy says; no file of its own remembers it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tallystick.kernel.errors import Reason
from tallystick.kernel.notes import Checkpoint
from tallystick.kernel.signing import Signer, SigningKey, VerifierKey
from tallystick.kernel.suites import ED25519_SUITE, SUITES, suite_named, suite_of
from tallystick.kernel.texts import Text
from tallystick.ledger import BatchHeader, TrustPolicy
from tallystick.vault import Keyring

if TYPE_CHECKING:
    from tallystick.app.store import Store

LOG = "log"
OWN_ROLES = (LOG, "provider", "verifier")
GENERATIONS_MAX = 64

NO_MORE_GENERATIONS = Reason(
    "no_more_generations",
    Text("这把密钥已更换过 {count} 次，不能再换", "this key was replaced {count} times, the most"),
    "docs/spec/workspace.md",
)


def log_key_of(keyring: Keyring, origin: str, generation: int = 1) -> SigningKey:
    """Return the key of the log of one generation, by which other tools check it too: Ed25519."""
    return SigningKey(origin, keyring.derive(_label(LOG, generation)))


def key_of(
    keyring: Keyring, origin: str, role: str, generation: int = 1, suite: str = ED25519_SUITE
) -> Signer:
    """Return the signing key of one generation; role: log, provider or verifier.

    suite: of the keys of provider and verifier. Raises: NO_SM2, UNKNOWN_SUITE.
    """
    if role == LOG:
        return log_key_of(keyring, origin, generation)
    label = _label(role, generation)
    if suite != ED25519_SUITE:
        label += f"/{suite}"
    return suite_named(suite).signer(f"{origin}/{role}", keyring.derive(label))


def _label(role: str, generation: int) -> str:
    return f"signing/{role}" if generation == 1 else f"signing/{role}/{generation}"


def generations(
    keyring: Keyring, origin: str, role: str, suites: Iterable[str] = ()
) -> Iterator[Signer]:
    """Yield the keys of all generations, oldest first; of all suites there are here if none."""
    listed = tuple(suites) or tuple(name for name, one in SUITES.items() if one.available)
    for generation in range(1, GENERATIONS_MAX + 1):
        for suite in listed if role != LOG else (ED25519_SUITE,):
            yield key_of(keyring, origin, role, generation, suite)


def log_generations(keyring: Keyring, origin: str) -> Iterator[SigningKey]:
    """Yield the keys of the log of all generations, oldest first."""
    for generation in range(1, GENERATIONS_MAX + 1):
        yield log_key_of(keyring, origin, generation)


def current_log_key(keyring: Keyring, origin: str, policy: TrustPolicy) -> SigningKey:
    """Return the key of the log that signs by `policy`; of the first generation where none does."""
    over = {end.key for end in policy.ended if end.role == LOG}
    live = frozenset(key for key in policy.logs if key not in over)
    found = (key for key in log_generations(keyring, origin) if key.verifier in live)
    return next(found, log_key_of(keyring, origin))


def current_key(keyring: Keyring, origin: str, role: str, policy: TrustPolicy) -> Signer:
    """Return the key of a role that signs by `policy`; of the first generation where none does."""
    keys = policy.logs if role == LOG else tuple(p.key for p in policy.parties if p.role == role)
    over = {end.key for end in policy.ended if end.role == role}
    live = frozenset(key for key in keys if key not in over)
    found = (key for key in generations(keyring, origin, role) if key.verifier in live)
    return next(found, key_of(keyring, origin, role))


def next_key(keyring: Keyring, origin: str, current: Signer, role: str) -> Signer:
    """Return the key of the generation after `current`, of its suite.

    Raises: NO_MORE_GENERATIONS.
    """
    listed = generations(keyring, origin, role, (suite_of(current.verifier).name,))
    for key in listed:
        if key.verifier == current.verifier:
            break
    for key in listed:
        return key
    raise NO_MORE_GENERATIONS.error(count=GENERATIONS_MAX - 1)


def signer_of(
    keyring: Keyring, origin: str, policy: TrustPolicy, checkpoint: Checkpoint
) -> VerifierKey:
    """Return which of our log keys a checkpoint is judged by: the current, or one that ended later.

    A key that ended signs the checkpoint that its end was sealed under, and none that is larger.
    """
    signed = {(line.name, line.note_id) for line in checkpoint.signatures}
    current = current_key(keyring, origin, LOG, policy).verifier
    ended = {end.key: end.until for end in policy.ended if end.role == LOG}
    if (current.name, current.note_id) not in signed and ended:
        for key in generations(keyring, origin, LOG):
            verifier = key.verifier
            if (verifier.name, verifier.note_id) in signed and (
                checkpoint.size <= ended.get(verifier, -1)
            ):
                return verifier
    return current


def own_log_key(store: Store, checkpoint: Checkpoint) -> VerifierKey:
    """Return which of our log keys, of whatever generation, signed; the first if none did."""
    signed = {(line.name, line.note_id) for line in checkpoint.signatures}
    keys = (key.verifier for key in generations(store.keyring, store.origin, LOG))
    found = (key for key in keys if (key.name, key.note_id) in signed)
    return next(found, store.first_log_key)


def own_provider_key(store: Store, header: BatchHeader) -> VerifierKey:
    """Return which of our provider keys, of whatever generation, a header names; else the first."""
    if header.key_id == store.provider_key.verifier.key_id:
        return store.provider_key.verifier
    keys = (key.verifier for key in generations(store.keyring, store.origin, "provider"))
    found = (key for key in keys if key.key_id == header.key_id)
    return next(found, store.provider_key.verifier)


def signed_in_time(policy: TrustPolicy, checkpoint: Checkpoint) -> bool:
    """Tell whether a log key of `policy` signed, one that ended only as long as it counts."""
    signed = {(line.name, line.note_id) for line in checkpoint.signatures}
    ended = [end for end in policy.ended if end.role == LOG and checkpoint.size <= end.until]
    keys = [*policy.logs, *(end.key for end in ended)]
    return any((key.name, key.note_id) in signed for key in keys)

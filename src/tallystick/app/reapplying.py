"""Erasures that were sealed after a snapshot, sealed again into the ledger restored from it.

Owns the choice of the record an erasure rests on in the restored ledger. The erasure record of the
later ledger is sealed again as it was signed, where the restored ledger knows the keys that signed
it. Otherwise a registered officer must sign a new one, which says that it carries out again what
was sealed already: nobody alone erases anything, not even twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from tallystick.app.acts import check_acts
from tallystick.app.administering import signed_twice
from tallystick.app.generations import current_key, current_log_key
from tallystick.app.officers import open_cosigner
from tallystick.app.sealing import seal_bodies
from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.signing import SigningKey
from tallystick.kernel.texts import Text
from tallystick.ledger import BATCH_RECORDS_MAX, ERASED, StatusChange, TrustPolicy
from tallystick.records import Body, bodies

if TYPE_CHECKING:
    from tallystick.app.later import Erasure
    from tallystick.app.store import Store

SubjectOf = Callable[[int], str]
"""Whom a record of the snapshot is about, by its number; "" where that cannot be read."""

OFFICER_NEEDED = Reason(
    "restoring_officer_needed",
    Text(
        "有 {count} 条此后的销毁，恢复的账本认不出是谁签署的",
        "of {count} later {count:erasure|erasures} the restored ledger does not know who signed",
    ),
    "docs/spec/backup.md",
    Text(
        "请用 --with 指明签署重新执行的认定人，或用 --later 给出这些销毁的回执或较新的备份。",
        "Name the officer who signs that they are carried out again with --with, or give their "
        "receipts, or a newer backup, with --later.",
    ),
)
_BASIS = "恢复备份时重新执行已封存的销毁 / sealed before, carried out again after a restore"
_REASON = "备份早于该销毁 / the backup was older than the erasure"


class _Order(NamedTuple):
    """An erasure record and the records it erases."""

    body: Body
    records: list[Erasure]


def use_policy(store: Store, policy: TrustPolicy) -> None:
    """Let `store`, which is not opened, sign as `policy` says."""
    store.trust = policy
    where = store.keyring, store.origin
    store.log_key = current_log_key(*where, policy)
    store.provider_key = current_key(*where, "provider", policy)
    store.verifier_key = current_key(*where, "verifier", policy)


def unknown_orders(store: Store, erasures: Iterable[Erasure], entry: int) -> list[Erasure]:
    """Return the erasures whose record cannot be sealed again in a ledger of `entry` entries."""
    return [one for one in erasures if not _is_known(store, one, entry)]


def _is_known(store: Store, erasure: Erasure, entry: int) -> bool:
    if erasure.body is None:
        return False
    body = dict(erasure.body)
    try:
        check_acts(store.origin, body, store.trust, entry)
        return bool(body["delivered_by"] == store.provider_key.verifier.key_id.hex())
    except (TallyError, KeyError, TypeError, ValueError, AttributeError):
        return False


def seal_again(
    store: Store, erasures: Sequence[Erasure], officer: str, subject_of: SubjectOf
) -> None:
    """Seal `erasures`, each once, into the log of `store`, whose keys are destroyed already.

    Raises: OFFICER_NEEDED; what opening the officer's key raises.
    """
    log = store.log
    unknown = unknown_orders(store, erasures, log.size)
    if unknown and not officer:
        raise OFFICER_NEEDED.error(count=len(unknown))
    missed = {one.record for one in unknown}
    orders = _as_signed(one for one in erasures if one.record not in missed)
    if unknown:
        key = _officer(store, officer)
        orders += [
            _Order(signed_twice(store, body, key), listed)
            for body, listed in _anew(store, unknown, subject_of)
        ]
    now, first = store.seconds(), log.records
    changes = [
        StatusChange(one.record, ERASED, one.since, first + number)
        for number, order in enumerate(orders)
        for one in order.records
    ]
    step = BATCH_RECORDS_MAX
    sealed = seal_bodies([order.body for order in orders], store.secrets, store.settings.random)
    groups = [sealed[at : at + step] for at in range(0, len(sealed), step)]
    batches = [
        log.seal(store.provider_key, [one.envelope.commitment for one in group], now)
        for group in groups
    ]
    store.vault.append([[one.envelope for one in group] for group in groups])
    log.commit(batches, store.log_key, changes=sorted(changes), as_of=now)


def _officer(store: Store, officer: str) -> SigningKey:
    founding = store.opened(0)  # says whether this is a sample, whose officers are opened with less
    store.index.add(canonical.decode_own(founding.body), founding.body)
    return open_cosigner(store, officer)[0]


def _as_signed(erasures: Iterable[Erasure]) -> list[_Order]:
    """Return the erasure records of the later ledger, each once."""
    found: dict[bytes, _Order] = {}
    for one in erasures:
        body = dict(one.body or {})
        found.setdefault(canonical.encode(body), _Order(body, [])).records.append(one)
    return list(found.values())


def _anew(
    store: Store, erasures: Sequence[Erasure], subject_of: SubjectOf
) -> list[tuple[Body, list[Erasure]]]:
    """Return new erasure records, one for each subject, basis and reason."""
    found: dict[tuple[str, str, str], list[Erasure]] = {}
    for one in erasures:
        said = one.body or {}
        subject = str(said.get("subject", "")) or subject_of(one.record)
        basis = f"{said['basis']}; {_BASIS}" if "basis" in said else _BASIS
        reason = str(said.get("reason", _REASON))
        found.setdefault((subject, basis, reason), []).append(one)
    return [
        (
            bodies.erasure(
                store.delivery(),
                subject=subject,
                records=[store.log.commitment(one.record).hex() for one in listed],
                basis=basis,
                reason=reason,
                delivered=[],
                consents=_said(listed, "consents"),
                targets=_said(listed, "targets"),
                more=0,
            ),
            listed,
        )
        for (subject, basis, reason), listed in found.items()
    ]


def _said(erasures: Iterable[Erasure], name: str) -> list[Any]:
    """Return each value that the records of `erasures` list under `name`, once."""
    found: list[Any] = []
    for one in erasures:
        found += [value for value in (one.body or {}).get(name, ()) if value not in found]
    return found

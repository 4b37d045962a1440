"""Founding a workspace.

Owns the first acts: keys, empty files, the founding records, the trust file. `workspace.json` is
written last: a folder without it is not a workspace. What a broken founding left is for the user to
remove, since it might be a workspace that lost that file.
"""

from __future__ import annotations

from pathlib import Path

from tallystick.app.administering import with_witness
from tallystick.app.generations import key_of
from tallystick.app.network.attached import consortium_around, cosigners_of, open_log
from tallystick.app.network.folder import NodeFolder
from tallystick.app.network.ordering import OrderedLog
from tallystick.app.store import Store
from tallystick.app.workspace import (
    ALREADY_THERE,
    NO_PASSPHRASE,
    Paths,
    Settings,
    check_origin,
    new_origin,
    write_identity,
)
from tallystick.kernel.disk import SCRATCH_SUFFIX
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.identifiers import require_uscc
from tallystick.kernel.suites import ED25519_SUITE
from tallystick.kernel.texts import Text
from tallystick.ledger import Party, TrustPolicy, read_checkpoint
from tallystick.records import bodies
from tallystick.rulebook.samples import SAMPLE_SUBJECT, is_sample_subject, sample_origin
from tallystick.vault import create_keyring

_PARTS = frozenset(("evidence", "bodies", "keys", "caches", "receipts", "imports"))
_IDENTITY = "workspace.json"
_FOUNDING_ENTRIES = 2  # the batch of the first records, and what the ledger states of them
_CHECKPOINT = "evidence/checkpoint"
_MADE = frozenset(
    (
        *(_IDENTITY, "trust.policy", "bodies/records", "keys/keyring", "keys/records"),
        *("evidence/entries", "evidence/commitments", "evidence/tile-0", _CHECKPOINT),
        *("caches/lock", "caches/writing", "network.json", "evidence/outgoing"),
    )
)

BAD_OPERATOR = Reason(
    "bad_operator",
    Text("运营方须有名称，且不含换行", "the operator needs a name, on one line"),
    "",
    Text("请用 --operator 给出。", "Give it with --operator."),
)


def found(
    settings: Settings,
    passphrase: str,
    *,
    operator: str,
    code: str = "",
    origin: str = "",
    sample: bool = False,
    member: NodeFolder | None = None,
    suite: str = ED25519_SUITE,
) -> Store:
    """Found a workspace and return it opened for writing.

    operator: the organisation that runs it; code: its USCC or "". member: the node of the
    institution in the consortium that keeps the log; None where the workspace keeps it alone.
    suite: of the keys of provider and verifier.
    Raises what asking the consortium raises, and ALREADY_THERE,
    BAD_ORIGIN, BAD_OPERATOR, NO_PASSPHRASE, BAD_USCC, SAMPLE_SUBJECT, LOCKED (somebody is founding
    there now).
    """
    operator = operator.strip()
    if not operator or not operator.isprintable():
        raise BAD_OPERATOR.error()
    if not passphrase:
        raise NO_PASSPHRASE.error(folder=settings.folder)
    code = require_uscc(code) if code else ""
    if code and is_sample_subject(code) and not sample:
        raise SAMPLE_SUBJECT.error()
    folder: Path = settings.folder
    if not _is_free(folder):
        raise ALREADY_THERE.error(folder=folder)
    origin = check_origin(origin or new_origin())
    if sample:
        origin = sample_origin(origin)
    paths = Paths(folder)
    for part in _PARTS:
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "keys").chmod(0o700)
    keyring, data = create_keyring(passphrase, settings.random)
    store = Store(settings, keyring, origin)
    store.provider_key = key_of(keyring, origin, "provider", suite=suite)
    store.verifier_key = key_of(keyring, origin, "verifier", suite=suite)
    store.take_lock()
    try:
        _clear(settings, folder)
        settings.disk.replace(paths.writing, b"")
        settings.disk.replace(paths.keyring, data, 0o600)
        if member is not None:
            store.consortium = consortium_around(member)
        _write(store, operator=operator, code=code, sample=sample, member=member)
    except BaseException:
        store._release()  # noqa: SLF001 - founding is a way of opening; the mark stays
        raise
    return store


def _write(
    store: Store, *, operator: str, code: str, sample: bool, member: NodeFolder | None
) -> None:
    """Write the first records and the files that rest on them, the identity last."""
    settings, paths, origin = store.settings, store.paths, store.origin
    store.vault.create()
    parties = (
        Party("provider", store.provider_key.verifier, code, operator),
        Party("verifier", store.verifier_key.verifier, code, operator),
    )
    store.trust = TrustPolicy((store.log_key.verifier,), parties)
    store.log = store.make_log(store.log_key.verifier)
    store.log.create(store.log_key)
    if isinstance(store.log, OrderedLog) and member is not None:
        open_log(store.log, member, store.log_key, [store.provider_key.verifier])
    delivery = store.delivery()
    founding = bodies.founding(delivery, origin=origin, operator=operator, code=code, sample=sample)
    named = [
        bodies.party(delivery, role=p.role, key=p.key.text(), code=p.code, name=p.name)
        for p in parties
    ]
    witnessing = cosigners_of(delivery, store.consortium)
    for body in witnessing:
        store.trust = with_witness(store.trust, body)
    store.append([founding, *named, *witnessing])
    if store.consortium is not None:
        settings.disk.replace(paths.network, store.consortium.encode())
    settings.disk.replace(paths.trust, store.trust.text().encode())
    write_identity(settings.disk, paths, origin, store.consortium.chain if store.consortium else "")


def _is_free(folder: Path) -> bool:
    """Tell whether a workspace may be founded in `folder`.

    It may where nothing is, and where a founding broke: everything there is what a founding makes,
    nothing names it a workspace, and nothing but the founding records was ever sealed.
    """
    if not folder.exists():
        return True
    if not folder.is_dir() or folder.is_symlink():
        return False
    found_there = list(folder.rglob("*"))
    if any(path.is_symlink() for path in found_there):
        return False
    names = {path.relative_to(folder).as_posix() for path in found_there if not path.is_dir()}
    parts = {path.relative_to(folder).as_posix() for path in found_there if path.is_dir()}
    made = {name.removesuffix(SCRATCH_SUFFIX) for name in names}
    if not (parts <= _PARTS and made <= _MADE and _IDENTITY not in names):
        return False
    checkpoint = folder / _CHECKPOINT
    try:
        return not checkpoint.exists() or read_checkpoint(checkpoint).size <= _FOUNDING_ENTRIES
    except TallyError:
        return False


def _clear(settings: Settings, folder: Path) -> None:
    """Remove what a broken founding left. Raises: ALREADY_THERE, where another one was quicker."""
    if not _is_free(folder):
        raise ALREADY_THERE.error(folder=folder)
    lock = Paths(folder).lock
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path != lock:
            settings.disk.remove(path)

"""Founding a workspace.

Owns the first acts: keys, empty files, the founding records, the trust file. `workspace.json` is
written last: a folder without it is not a workspace. What a broken founding left is for the user to
remove, since it might be a workspace that lost that file.
"""

from __future__ import annotations

from pathlib import Path

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
from tallystick.kernel.errors import Reason
from tallystick.kernel.identifiers import require_uscc
from tallystick.kernel.texts import Text
from tallystick.ledger import Party, TrustPolicy, create_log
from tallystick.records import bodies
from tallystick.vault import create_keyring

BAD_OPERATOR = Reason(
    "bad_operator",
    Text("运营方须有名称，且不含换行", "the operator needs a name, on one line"),
)


def found(
    settings: Settings,
    passphrase: str,
    *,
    operator: str,
    code: str = "",
    origin: str = "",
    sample: bool = False,
) -> Store:
    """Found a workspace and return it opened for writing.

    operator: the organisation that runs it; code: its USCC or "". Raises: ALREADY_THERE,
    BAD_ORIGIN, BAD_OPERATOR, NO_PASSPHRASE, BAD_USCC.
    """
    operator = operator.strip()
    if not operator or not operator.isprintable():
        raise BAD_OPERATOR.error()
    if not passphrase:
        raise NO_PASSPHRASE.error(folder=settings.folder)
    code = require_uscc(code) if code else ""
    folder: Path = settings.folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ALREADY_THERE.error(folder=folder)
    origin = check_origin(origin or new_origin())
    paths = Paths(folder)
    for part in ("evidence", "bodies", "keys", "caches", "receipts", "imports"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "keys").chmod(0o700)
    keyring, data = create_keyring(passphrase, settings.random)
    settings.disk.replace(paths.keyring, data, 0o600)
    store = Store(settings, keyring, origin)
    store.take_lock()
    settings.disk.replace(paths.writing, b"")
    store.vault.create()
    parties = (
        Party("provider", store.provider_key.verifier, code, operator),
        Party("verifier", store.verifier_key.verifier, code, operator),
    )
    store.trust = TrustPolicy((store.log_key.verifier,), parties)
    store.log = create_log(paths.evidence, settings.disk, store.log_key, store.admit)
    delivery = store.delivery()
    founding = bodies.founding(delivery, origin=origin, operator=operator, code=code, sample=sample)
    named = [
        bodies.party(delivery, role=p.role, key=p.key.text(), code=p.code, name=p.name)
        for p in parties
    ]
    store.append([founding, *named])
    settings.disk.replace(paths.trust, store.trust.text().encode())
    write_identity(settings.disk, paths, origin)
    return store

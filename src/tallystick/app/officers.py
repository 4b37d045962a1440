"""Officers: the named people who decide, and their keys.

Owns the key file of an officer: the name, the public key, and the secret key wrapped by the
officer's own passphrase, so that who runs the workspace cannot sign in that person's name. Only a
sample, whose officer is a script, may do with the passphrase of the workspace. The public key
becomes a record and a line of the trust file; from then on decisions signed with it count.
"""

from __future__ import annotations

import os
import re
import unicodedata
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from tallystick.app.administering import seal_acts
from tallystick.app.sampling import is_sample
from tallystick.app.store import Store
from tallystick.app.workspace import find_passphrase
from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.marks import is_plain, without_unseen
from tallystick.kernel.signing import Signer, SigningKey, VerifierKey
from tallystick.kernel.texts import Text
from tallystick.ledger import Party, TrustPolicy
from tallystick.records import bodies
from tallystick.rulebook.folding import Folding
from tallystick.vault import WRONG_PASSPHRASE, Wrapped, create_keyring, open_keyring

_PLAIN = re.compile(r"[\w.-]{1,60}")  # in UTF-8 at most 240 bytes, which a file name may have
_FIELDS = {"key", "keyring", "name", "v"}
_STEM_BYTES_MAX = 200  # file systems take 255
PASSPHRASE_MIN = 8  # characters, blanks around them not counted
_FOLDING = Folding("", "")

NO_OFFICER_KEY = Reason(
    "no_officer_key",
    Text("找不到认定人密钥 {key}", "there is no officer key {key}"),
    "",
    Text(
        "请给出密钥文件或姓名；新建用 tally officer 姓名。已有：{known}",
        "Give the key file or the name; make one with tally officer NAME. At hand: {known}",
    ),
)
NOT_AN_OFFICER = Reason(
    "not_an_officer",
    Text("这把密钥不属于本账本登记的认定人", "this key belongs to no officer of this ledger"),
    "上海市社会信用条例 art. 27",
    Text("请先用 tally officer 登记。", "Register it first with tally officer."),
)
BAD_OFFICER_FILE = Reason(
    "bad_officer_file",
    Text("{file} 不是认定人的密钥文件", "{file} is not the key file of an officer"),
    "docs/spec/workspace.md",
    Text("请从备份恢复，或另行登记。", "Restore it from a backup, or register another key."),
)
BAD_OFFICER_NAME = Reason(
    "bad_officer_name",
    Text(
        "认定人须有姓名或职务，写在一行内，不含看不见的字符、全角空格或部首符号",
        "an officer needs a name or title, on one line, without invisible marks or radicals",
    ),
    "",
    Text("请用键盘重新输入姓名。", "Type the name anew instead of pasting it."),
)
_NOT_OPENED = Text(
    "{file} 另有口令（或其中封存的私钥已损坏），未能打开核对",
    "{file} has a passphrase of its own, or its wrapped key is damaged: it was not opened",
)
_NOT_REGISTERED = Text(
    "{file} 的公钥没有登记，用它签的不算数",
    "{file} holds a key nobody registered: what it signs does not count",
)
OFFICER_EXISTS = Reason(
    "officer_exists",
    Text("密钥文件 {file} 已存在", "the key file {file} is there already"),
    "",
    Text("请换一个姓名或文件。", "Choose another name or file."),
)
OFFICER_REGISTERED = Reason(
    "officer_registered",
    Text(
        "{name} 已登记为认定人，或与其看起来相同",
        "{name} is registered as an officer already, or looks the same",
    ),
    "",
    Text("请换一个姓名，例如加上职务。", "Choose another name, one with the title, say."),
)
SIGNER_NEEDED = Reason(
    "signer_needed",
    Text(
        "再登记一位认定人，须由已登记的认定人共同签署：{known}",
        "a further officer is registered with the signature of one who is there: {known}",
    ),
    "docs/spec/workspace.md",
    Text("请加 --with 姓名。", "Add --with NAME."),
)
OWN_PASSPHRASE_NEEDED = Reason(
    "own_passphrase_needed",
    Text(
        "认定人 {name} 须有自己的口令，且不同于工作区的口令",
        "the officer {name} needs a passphrase of the officer's own, which is not the workspace's",
    ),
    "国办发〔2020〕49号",
    Text(
        "请在终端中由本人输入，或设环境变量 {variable}。",
        "Let the officer type it at a terminal, or set {variable}.",
    ),
)
OWN_PASSPHRASE_SHORT = Reason(
    "own_passphrase_short",
    Text(
        "认定人 {name} 的口令太短，至少 {least} 个字符",
        "the passphrase of the officer {name} is too short: at least {least} characters",
    ),
    "",
    Text("请另选一个更长的口令。", "Choose a longer one."),
)
_KEY = Text("认定人 {name} 的密钥", "the key of the officer {name}")
_GIVEN = Text(
    "{variable}，或由本人在终端输入",
    "{variable}, or typed at a terminal by the officer",
)
_OFFICERS, _COSIGNERS = "TALLY_OFFICER_PASSPHRASE", "TALLY_WITH_PASSPHRASE"


def new_officer(
    store: Store, name: str, path: Path | None = None, passphrase: str = "", signer: str = ""
) -> dict[str, Any]:
    """Make a key for the officer `name`, register it, and return where it is.

    path: where to put the key file; in the workspace's folder `keys` if None. passphrase: the
    officer's own; "" asks for it, see `_secret`. signer: an officer who is there already and signs
    the registration; the very first signs the own one. A key file that was written and never
    registered, because something broke off in between, is registered now. Raises: BAD_OFFICER_NAME,
    OFFICER_EXISTS, OFFICER_REGISTERED, SIGNER_NEEDED, OWN_PASSPHRASE_NEEDED, OWN_PASSPHRASE_SHORT;
    for such a file WRONG_PASSPHRASE; what opening the signer's key raises.
    """
    name = name.strip()
    if not name or not is_plain(name):
        raise BAD_OFFICER_NAME.error()
    file = path or _default_file(store, name)
    slug = sha256(name.encode()).hexdigest()[:8]
    key_name = f"{store.origin}/officer/{slug}"
    twin = _twin(store.trust, name)
    if twin is not None and twin.name == name and file.exists():
        raise OFFICER_EXISTS.error(file=file)
    if twin is not None:
        raise OFFICER_REGISTERED.error(name=name)
    others = [party for party in store.trust.parties if party.role == "officer"]
    if others and not signer:
        raise SIGNER_NEEDED.error(known=", ".join(party.name for party in others))
    signing = open_cosigner(store, signer)[0] if others else None
    secret = passphrase or _secret(store, name, _OFFICERS, new=True)
    if file.exists():
        key = _unregistered(store, file, name, key_name, secret)
    else:
        key = SigningKey(key_name, store.settings.random(32))
        _, keyring = create_keyring(secret, store.settings.random, key.seed)
        document = canonical.encode(
            {"v": 1, "name": name, "key": key.verifier.text(), "keyring": keyring.decode()}
        )
        store.settings.disk.replace(file, document + b"\n", 0o600)
    code = store.trust.party(store.provider_key.verifier.key_id, "provider").code
    party = Party("officer", key.verifier, code, name)
    record = register(store, party, signing or key)
    return {
        "name": name,
        "path": str(file),
        "key": key.verifier.text(),
        "key_id": key.verifier.key_id.hex(),
        "record": record,
    }


def open_officer(
    store: Store, key: str, passphrase: str = "", variable: str = _OFFICERS
) -> tuple[SigningKey, str]:
    """Return the signing key and name of the officer `key`: a key file, or a name.

    passphrase: as for `new_officer`. variable: the one of the environment to name where the
    passphrase is missing or wrong. Raises: NO_OFFICER_KEY, BAD_OFFICER_FILE, NOT_AN_OFFICER,
    KEY_ENDED, BAD_KEYRING, WRONG_PASSPHRASE, OWN_PASSPHRASE_NEEDED.
    """
    # os.path.isfile, since a name may be longer than any file's and Path.is_file raises then
    file = Path(key) if os.path.isfile(key) else _default_file(store, key)  # noqa: PTH113
    if not file.is_file():
        known = ", ".join(p.name for p in store.trust.parties if p.role == "officer")
        raise NO_OFFICER_KEY.error(key=key, known=known or "-")
    kept = _read(file)
    secret = passphrase or _secret(store, kept.name, variable, new=False)
    signing = _opened(kept, store.trust, secret, variable)
    store.trust.party(kept.key.key_id, "officer", store.log.size)
    return signing, kept.name


def open_cosigner(store: Store, key: str) -> tuple[SigningKey, str]:
    """Return key and name of the officer who signs an administrative act with the operator.

    As `open_officer`, whose key must not have ended; TALLY_WITH_PASSPHRASE goes before
    TALLY_OFFICER_PASSPHRASE, which may be that of an officer who is being registered.
    """
    own = os.environ.get(_COSIGNERS, "")
    if not own and is_sample(store):
        with suppress(TallyError):  # a script's key; a person in a sample may have another
            return open_officer(store, key, find_passphrase(store.settings))
    return open_officer(store, key, own, _COSIGNERS)


def register(store: Store, party: Party, signer: Signer) -> str:
    """Seal that `party` acts here, signed by the operator and `signer`; write the trust file anew.

    Returns the id of the record. Raises: as `seal_acts`.
    """
    body = bodies.party(
        store.delivery(), role=party.role, key=party.key.text(), code=party.code, name=party.name
    )
    return seal_acts(store, [body], signer)[0]


def _twin(trust: TrustPolicy, name: str) -> Party | None:
    """Return the officer registered under `name`, or under one that reads the same."""
    skeleton = _skeleton(name)
    registered = (party for party in trust.parties if party.role == "officer")
    return next((party for party in registered if _skeleton(party.name) == skeleton), None)


def _skeleton(name: str) -> str:
    """Return what two names that look alike have in common: letters and digits, no accents.

    Neither width, case, composition, spaces, punctuation nor what nobody sees makes a name another.
    """
    even = unicodedata.normalize("NFKC", without_unseen(name))
    return _FOLDING.dense(without_unseen(even).casefold()) or even


def _secret(store: Store, name: str, variable: str, *, new: bool) -> str:
    """Return the passphrase of the officer `name`: of the environment, else asked for.

    In a sample, where nothing is at stake, the workspace's does. Raises: OWN_PASSPHRASE_NEEDED, for
    a new key also where the one given is the workspace's; OWN_PASSPHRASE_SHORT for a new key.
    """
    settings, sample = store.settings, is_sample(store)
    own = os.environ.get(_OFFICERS, "")
    if not own and sample:
        return find_passphrase(settings)
    if not own and settings.ask_officer is not None:
        own = settings.ask_officer(name, new)
    if not own.strip() or (new and not sample and _opens_workspace(store, own)):
        raise OWN_PASSPHRASE_NEEDED.error(name=name, variable=variable)
    if new and len(own.strip()) < PASSPHRASE_MIN:
        raise OWN_PASSPHRASE_SHORT.error(name=name, least=PASSPHRASE_MIN)
    return own


def _opens_workspace(store: Store, passphrase: str) -> bool:
    """Tell whether `passphrase` is the workspace's, but for blanks around it or its width."""
    with suppress(TallyError):  # where nobody is to be asked again, the keyring alone tells
        if _even(find_passphrase(replace(store.settings, ask=None))) == _even(passphrase):
            return True
    keyring = store.paths.keyring.read_bytes()
    return any(
        _opens(keyring, form)
        for form in dict.fromkeys((passphrase, passphrase.strip(), _even(passphrase)))
    )


def _opens(keyring: bytes, passphrase: str) -> bool:
    try:
        open_keyring(keyring, passphrase)
    except TallyError:
        return False
    return True


def _even(passphrase: str) -> str:
    return unicodedata.normalize("NFKC", passphrase).strip()


def _unregistered(store: Store, file: Path, name: str, key_name: str, secret: str) -> SigningKey:
    """Return the key in `file`, made for `name` and never registered.

    Raises: OFFICER_EXISTS for any other file; WRONG_PASSPHRASE.
    """
    try:
        kept = _read(file)
    except (TallyError, OSError):
        raise OFFICER_EXISTS.error(file=file) from None
    registered = any(party.key == kept.key for party in store.trust.parties)
    if registered or (kept.name, kept.key.name) != (name, key_name):
        raise OFFICER_EXISTS.error(file=file)
    key = SigningKey(key_name, open_keyring(kept.wrapped, secret, _wrapped(name)).master)
    if key.verifier != kept.key:
        raise OFFICER_EXISTS.error(file=file)
    return key


def check_key_file(file: Path, trust: TrustPolicy, passphrase: str) -> Text | None:
    """Check the key file of an officer; return what could not be checked, None when all was.

    An officer may have a passphrase of the officer's own; then only what stands outside the wrapped
    key can be checked. A key nobody registered signs nothing that counts. Raises: BAD_OFFICER_FILE,
    NOT_AN_OFFICER, BAD_KEYRING.
    """
    kept = _read(file)
    if all(party.key != kept.key for party in trust.parties):
        return _NOT_REGISTERED
    try:
        _opened(kept, trust, passphrase)
    except TallyError as fault:
        if fault.reason is WRONG_PASSPHRASE:
            return _NOT_OPENED
        raise
    return None


class _Kept(NamedTuple):
    """What a key file holds: name, public key, and the wrapped secret key."""

    name: str
    key: VerifierKey
    wrapped: bytes


def _read(file: Path) -> _Kept:
    """Read a key file. Raises: BAD_OFFICER_FILE."""
    data = file.read_bytes()
    try:
        document = canonical.decode(data.removesuffix(b"\n"))
        if set(document) != _FIELDS or document["v"] != 1 or not data.endswith(b"\n"):
            raise BAD_OFFICER_FILE.error(file=file.name)
        key = VerifierKey.from_text(document["key"])
        return _Kept(document["name"], key, document["keyring"].encode())
    except (TallyError, KeyError, TypeError, AttributeError):
        raise BAD_OFFICER_FILE.error(file=file.name) from None


def _wrapped(name: str, variable: str = _OFFICERS) -> Wrapped:
    return Wrapped(_KEY.fill(name=name), _GIVEN.fill(variable=variable))


def _opened(kept: _Kept, trust: TrustPolicy, secret: str, variable: str = _OFFICERS) -> SigningKey:
    """Return the signing key, if it is the one of the officer registered under that name."""
    keyring = open_keyring(kept.wrapped, secret, _wrapped(kept.name, variable))
    signing = SigningKey(kept.key.name, keyring.master)
    try:
        party = trust.party(signing.verifier.key_id, "officer")
    except TallyError:
        raise NOT_AN_OFFICER.error() from None
    if (party.name, party.key) != (kept.name, kept.key):
        raise NOT_AN_OFFICER.error()
    return signing


def _default_file(store: Store, name: str) -> Path:
    plain = _PLAIN.fullmatch(name) and len(name.encode()) <= _STEM_BYTES_MAX
    stem = name if plain else sha256(name.encode()).hexdigest()[:8]
    return store.paths.keyring.with_name(f"{stem}.key")

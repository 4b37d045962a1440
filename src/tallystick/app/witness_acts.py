"""Witnesses that the trust file names, and how many of them must cosign.

Owns these use cases: a witness is added, removed, or the number is changed. Each is an act that the
operator and an officer sign, sealed in the ledger and folded into the trust file. What could not be
undone or asked is refused before it is sealed: an address nobody can be called at, a name the trust
file cannot hold, a witness that is there already.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from tallystick.app.administering import ADD, REMOVE, seal_acts
from tallystick.app.officers import open_cosigner
from tallystick.app.store import Store
from tallystick.kernel.errors import Reason
from tallystick.kernel.signing import COSIGNATURES, VerifierKey
from tallystick.kernel.texts import Text
from tallystick.ledger import NO_QUORUM, Witness
from tallystick.records import bodies

GROUP = "witnesses"  # the group of all of them in the trust file, as `TrustPolicy.with_quorum` has

QUORUM_TOO_LARGE = Reason(
    "quorum_too_large",
    Text(
        "法定数 {quorum} 大于见证的数目 {count}",
        "a quorum of {quorum} is more than the {count} {count:witness|witnesses} there are",
    ),
    "C2SP tlog-policy",
    Text(
        "请用 --quorum 给出不大于 {count} 的法定数；0 表示不要求联署。",
        "Give one of {count} or less with --quorum; 0 asks for no cosignature.",
    ),
)
QUORUM_SO_ALREADY = Reason(
    "quorum_so_already",
    Text("法定数已经是 {quorum}", "the quorum is {quorum} already"),
)
BAD_WITNESS_URL = Reason(
    "bad_witness_url",
    Text(
        "见证的地址 {url} 不可用：应以 http:// 或 https:// 开头，接着是主机",
        "{url} is no address of a witness: it begins with http:// or https:// and names a host",
    ),
    "docs/spec/witness.md",
    Text(
        "例如 --url https://witness.example 或 --url http://127.0.0.1:8411。",
        "For example --url https://witness.example or --url http://127.0.0.1:8411.",
    ),
)
BAD_WITNESS_NAME = Reason(
    "bad_witness_name",
    Text(
        "见证不能叫“{name}”：名称里不能有空白，也不能是 none 或 witnesses",
        'a witness cannot be called "{name}": a name has no space in it, and is neither `none` nor '
        "`witnesses`",
    ),
    "C2SP tlog-policy",
    Text("请换一个名称，如 w1。", "Choose another name, such as w1."),
)
WITNESS_NAMED = Reason(
    "witness_named",
    Text("信任文件已有叫 {name} 的见证", "the trust file names a witness {name} already"),
    "C2SP tlog-policy",
    Text(
        "要更改它的公钥或地址，请先执行 tally witness remove {name}；否则请换一个名称。",
        "To change its key or address, run tally witness remove {name} first; else choose another "
        "name.",
    ),
)
WITNESS_KEY_NAMED = Reason(
    "witness_key_named",
    Text(
        "信任文件已有这把公钥，是见证 {name} 的",
        "the trust file has this key already, as that of the witness {name}",
    ),
    "C2SP tlog-policy",
    Text(
        "要更改名称或地址，请先执行 tally witness remove {name}。",
        "To change name or address, run tally witness remove {name} first.",
    ),
)
NO_SUCH_WITNESS = Reason(
    "no_such_witness",
    Text("信任文件没有见证 {name}", "the trust file names no witness {name}"),
    "",
    Text("请用 tally key list 查看。", "See tally key list."),
)


def add_witness(
    store: Store, name: str, key: str, officer: str, *, url: str = "", quorum: int | None = None
) -> dict[str, Any]:
    """Let the trust file name one more witness, and how many of all must cosign.

    quorum: as it is now if None. Raises: WITNESS_NAMED, WITNESS_KEY_NAMED, BAD_WITNESS_NAME,
    BAD_WITNESS_URL, QUORUM_TOO_LARGE, what reading the key raises, and what opening the officer's
    key and sealing raise.
    """
    verifier = VerifierKey.from_text(key, COSIGNATURES)
    for one in store.trust.witnesses:
        if one.name == name:
            raise WITNESS_NAMED.error(name=name)
        if one.key.public == verifier.public:
            raise WITNESS_KEY_NAMED.error(name=one.name)
    if not name or not name.isprintable() or " " in name or name in {NO_QUORUM, GROUP}:
        raise BAD_WITNESS_NAME.error(name=name)
    if url:
        check_url(url)
    needed = quorum_of(store) if quorum is None else quorum
    return _sealed(store, officer, ADD, Witness(name, verifier, url), needed)


def remove_witness(
    store: Store, name: str, officer: str, *, quorum: int | None = None
) -> dict[str, Any]:
    """Let the trust file name the witness no more, and say how many of the others must cosign.

    quorum: as it is now if None. What it cosigned stays kept, and no longer counts. Raises:
    NO_SUCH_WITNESS; QUORUM_TOO_LARGE where too few would be left; what opening the officer's key
    and sealing raise.
    """
    found = next((one for one in store.trust.witnesses if one.name == name), None)
    if found is None:
        raise NO_SUCH_WITNESS.error(name=name)
    needed = quorum_of(store) if quorum is None else quorum
    return _sealed(store, officer, REMOVE, found, needed)


def change_quorum(store: Store, quorum: int, officer: str) -> dict[str, Any]:
    """Say how many of the witnesses there are must cosign; 0 asks for none.

    Raises: QUORUM_SO_ALREADY, QUORUM_TOO_LARGE, what opening the officer's key and sealing raise.
    """
    if quorum == quorum_of(store):
        raise QUORUM_SO_ALREADY.error(quorum=quorum)
    return _sealed(store, officer, ADD, None, quorum)


def quorum_of(store: Store) -> int:
    """Return how many witnesses must cosign now."""
    named = (group.needed for group in store.trust.groups if group.name == store.trust.quorum)
    return next(named, 0)


def check_url(url: str) -> None:
    """Check that `url` is one a witness can be asked at. Raises: BAD_WITNESS_URL."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise BAD_WITNESS_URL.error(url=url) from None
    plain = url.isascii() and url.isprintable() and " " not in url
    beyond = parts.query or parts.fragment or parts.username is not None or url[-1] in "?#"
    if parts.scheme not in {"http", "https"} or not host or not plain or beyond:
        raise BAD_WITNESS_URL.error(url=url)


def _sealed(
    store: Store, officer: str, action: str, witness: Witness | None, quorum: int
) -> dict[str, Any]:
    """Seal one act; return what it said. Raises: QUORUM_TOO_LARGE."""
    count = len(store.trust.witnesses)
    if witness is not None:
        count += 1 if action == ADD else -1
    if quorum > count:
        raise QUORUM_TOO_LARGE.error(quorum=quorum, count=count)
    signer, other = open_cosigner(store, officer)
    said: dict[str, Any] = {
        "name": witness.name if witness else "",
        "key": witness.key.text() if witness else "",
        "url": witness.url if witness else "",
        "quorum": quorum,
    }
    body = bodies.witness(store.delivery(), **said, after=store.log.size, action=action)
    [record] = seal_acts(store, [body], signer)
    return said | {"of": count, "with": other, "record": record}

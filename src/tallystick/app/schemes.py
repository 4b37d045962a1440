"""Schemes: made, checked, shown, published.

Owns where a scheme is found. A published scheme is a record of the ledger; the schemes that are
shipped are published at their first use, so that what evaluates is always what was sealed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from tallystick.app.models.sealing import in_use
from tallystick.app.sealed_weights import sealed_weighing, weighing_for
from tallystick.app.store import Store
from tallystick.evaluation import (
    Scheme,
    lint_scheme,
    parse_scheme,
    scheme_digest,
    scheme_document,
    shipped_scheme,
    shipped_schemes,
    template,
)
from tallystick.evaluation.carrying import cards_missing, with_cards
from tallystick.kernel import canonical
from tallystick.kernel.errors import Problem, Reason, TallyError
from tallystick.kernel.texts import Text
from tallystick.records import bodies

NO_SUCH_SCHEME = Reason(
    "no_such_scheme",
    Text("没有名为 {name} 的方案", "there is no scheme {name}"),
    "",
    Text(
        "可用的方案：{known}；自己的方案先用 tally scheme publish 文件 发布。",
        "Schemes at hand: {known}; publish your own with tally scheme publish FILE.",
    ),
)
NAME_OF_A_FILE = Reason(
    "scheme_named_by_file",
    Text("{name} 是方案文件，不是方案的代号", "{name} is the file of a scheme, not its id"),
    "docs/scheme.md",
    Text(
        "公布后的方案按代号使用：tally evaluate {id}；尚未公布的，先 tally scheme publish {name}。",
        "A published scheme is used by its id: tally evaluate {id}. If it is not published yet, "
        "first: tally scheme publish {name}.",
    ),
)
NOT_TEXT_OF_A_SCHEME = Reason(
    "scheme_not_text",
    Text("方案文件 {file} 不是 UTF-8 文本", "the scheme file {file} is not UTF-8 text"),
    "",
    Text("请另存为 UTF-8 后再试。", "Save it as UTF-8 and try again."),
)
NAME_OF_A_SHIPPED_SCHEME = Reason(
    "name_of_a_shipped_scheme",
    Text(
        "{name} 是随软件提供的方案的代号，内容不同的方案不能使用",
        "{name} is the id of a scheme that comes with the software; another text cannot take it",
    ),
    "docs/scheme.md",
    Text("请为自己的方案另取代号（id）。", "Give your scheme an id of its own."),
)
SAME_VERSION = Reason(
    "same_version",
    Text(
        "{name} 第 {version} 版已经公布，内容与此不同",
        "{name}, version {version}, is published already and says something else",
    ),
    "docs/scheme.md",
    Text("请改写版本号（version）再公布。", "Give it another version, then publish it."),
)


class Published(NamedTuple):
    """A scheme sealed in the ledger: its record id and its text."""

    record: str
    scheme: Scheme


def new(name: str) -> str:
    """Return the text of a new scheme `name`, to be edited."""
    return template(name)


def lint(path: Path, store: Store | None = None) -> list[Problem]:
    """Return everything wrong with the scheme in `path`, with line numbers.

    store: where models are sealed that the scheme names and does not carry.
    """
    return lint_scheme(_carrying(store, _read(path)), file=path.name)


def show(store: Store | None, name: str) -> dict[str, Any]:
    """Return the scheme `name` (published, shipped, or a file) as a document with its digest."""
    found = _published(store, name) if store is not None else None
    scheme = found.scheme if found else parse_scheme(_carrying(store, text_of(name)), file=name)
    return {
        "record": found.record if found else "",
        "digest": scheme_digest(scheme),
        **scheme_document(scheme),
    }


def publish(store: Store, name: str) -> dict[str, Any]:
    """Seal the scheme in a file, or a shipped one; return id, version, digest and records.

    The same scheme again is not sealed again. The cards of models in use that a scheme names are
    written into the text that is sealed, so that the record alone gives every digit. Weights that
    come from experts are worked out again from the answers the scheme carries, which are sealed
    with it. Raises: the faults of the scheme, NO_SUCH_SCHEME, NOT_TEXT_OF_A_SCHEME,
    NAME_OF_A_SHIPPED_SCHEME, SAME_VERSION, TOO_INCONSISTENT where no officer signed for it.
    """
    text = _carrying(store, text_of(name))
    scheme = parse_scheme(text, file=name)
    digest = scheme_digest(scheme)
    known = _published(store, scheme.id)
    again = known is not None and scheme_digest(known.scheme) == digest
    if known is not None and again:
        record, weighing = known.record, sealed_weighing(store, scheme)
    else:
        _check_name(store, scheme, digest)
        document = canonical.encode(scheme_document(scheme)).decode()
        body = bodies.scheme(
            store.delivery(), name=scheme.id, digest=digest, document=document, text=text
        )
        weighed = weighing_for(store, scheme)
        if isinstance(weighed, dict):
            weighing, record = store.append([weighed, body])
        else:
            weighing = weighed
            [record] = store.append([body])
    return {
        "scheme": scheme.id,
        "version": scheme.version,
        "digest": digest,
        "record": record,
        "weighing": weighing,
        "already_published": again,
    }


def find(store: Store, name: str) -> Published:
    """Return the newest published scheme `name`; a shipped one is published first.

    Raises: NO_SUCH_SCHEME, NAME_OF_A_FILE.
    """
    found = _published(store, name)
    if found is None and name in shipped_schemes():
        publish(store, name)
        found = _published(store, name)
    if found is None:
        _check_no_file(name)
        known = {store.body(n)["name"] for n in store.index.of_kind("scheme")}
        listed = ", ".join(sorted(known | set(shipped_schemes())))
        raise NO_SUCH_SCHEME.error(name=name, known=listed)
    return found


def _published(store: Store | None, name: str) -> Published | None:
    if store is None:
        return None
    for number in reversed(list(store.index.of_kind("scheme"))):
        record = store.numbered(number)
        if record.body["name"] == name:
            return Published(record.record, parse_scheme(record.body["text"], file=name))
    return None


def _check_no_file(name: str) -> None:
    """Raise NAME_OF_A_FILE where `name` is the file of a scheme, taken for the scheme itself."""
    path = Path(name)
    if not path.is_file():
        return
    try:
        scheme = parse_scheme(_read(path), file=name)
    except (TallyError, OSError):
        return
    raise NAME_OF_A_FILE.error(name=name, id=scheme.id)


def version_is_taken(store: Store, name: str) -> bool:
    """Tell whether something else is published under id and version of the scheme in a file."""
    scheme = parse_scheme(_carrying(store, text_of(name)), file=name)
    try:
        _check_name(store, scheme, scheme_digest(scheme))
    except TallyError as fault:
        if fault.reason is not SAME_VERSION:
            raise
        return True
    return False


def text_of(name: str) -> str:
    """Return the text of a shipped scheme or of a file. Raises: NO_SUCH_SCHEME."""
    if name in shipped_schemes():
        return shipped_scheme(name)
    path = Path(name)
    if not path.is_file():
        raise NO_SUCH_SCHEME.error(name=name, known=", ".join(shipped_schemes()))
    return _read(path)


def _carrying(store: Store | None, text: str) -> str:
    """Return the text of a scheme with the models in use that it names and does not carry."""
    missing = cards_missing(text)
    if store is None or not missing:
        return text
    return with_cards(text, [one.card for one in in_use(store) if one.body["digest"] in missing])


def _read(path: Path) -> str:
    """Return the text of a scheme file. Raises: NOT_TEXT_OF_A_SCHEME, what reading raises."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise NOT_TEXT_OF_A_SCHEME.error(file=path.name) from None


def _check_name(store: Store, scheme: Scheme, digest: str) -> None:
    """Check that nothing else is known under the id and version of a scheme.

    Whoever reads a result finds its scheme by them. Raises: NAME_OF_A_SHIPPED_SCHEME, SAME_VERSION.
    """
    if scheme.id in shipped_schemes():
        shipped = parse_scheme(shipped_scheme(scheme.id), file=scheme.id)
        if scheme_digest(shipped) != digest:
            raise NAME_OF_A_SHIPPED_SCHEME.error(name=scheme.id)
    for number in store.index.of_kind("scheme"):
        body = store.body(number)
        if body["name"] != scheme.id or body["digest"] == digest:
            continue
        if parse_scheme(body["text"], file=scheme.id).version == scheme.version:
            raise SAME_VERSION.error(name=scheme.id, version=scheme.version)

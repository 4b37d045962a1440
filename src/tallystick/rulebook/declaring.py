"""A workspace's own catalogue items.

Owns the one way an item that is not packaged comes into being. The steps, in order:

1. every name in the document (code, names, class, fields, values, source document) goes through the
   list of refusals;
2. it must name a legal basis and a source document;
3. it may not be of the public class: what may be read without consent is for the law to say, and
   the packaged edition says it;
4. it may not speak against an organisation on an article nobody read in full;
5. it must be complete and of the right shape.

No verb declares an item yet: this is offered to the rooms to come, so that there is one way when
they do. A workspace today has the packaged catalogue and nothing beside it.

    name: declare({"code": "own.blood_type", ...})  ->  refused_class, 征信业管理条例 art. 14
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.rulebook.citations import Citation, Seen, read_citation
from tallystick.rulebook.items import CatalogueItem, ItemClass, Sharing, read_item
from tallystick.rulebook.packs import Reader
from tallystick.rulebook.refusals import RefusalList

DEPTH_MAX = 6  # an item is four levels deep
DOCUMENT_WORDS_MAX = 5_000

BAD_DECLARATION = Reason(
    "bad_declaration",
    Text("申报的目录项有误：{where}：{what}", "the declared item is faulty: {where}: {what}"),
    "",
    Text(
        "请对照 docs/catalogue.md 的写法改正。",
        "Correct it after the pattern of docs/catalogue.md.",
    ),
)
NO_LEGAL_BASIS = Reason(
    "no_legal_basis",
    Text("申报的目录项没有法律依据", "the declared item names no legal basis"),
    "上海市社会信用条例 art. 11",
    Text("请写明法律和条文。", "Name the law and the article."),
)
NO_SOURCE_DOCUMENT = Reason(
    "no_source_document",
    Text("申报的目录项没有来源文件", "the declared item names no source document"),
    "国办发〔2020〕49号",
    Text("请写明事实所依据的文件种类。", "Name the kind of document a fact of it rests on."),
)
PUBLIC_CLASS_NOT_DECLARABLE = Reason(
    "public_class_not_declarable",
    Text(
        "自行申报的目录项不能列为可公开读取",
        "an item of your own cannot be of the public class",
    ),
    "征信业管理条例 art. 13",
    Text("请改为 consent（需授权）或 context（仅参考）。", "Make it consent or context."),
)
UNVERIFIED_NEGATIVE = Reason(
    "unverified_negative",
    Text(
        "负面目录项须至少有一条已读全文的法律依据",
        "an item that speaks against an organisation needs an article read in full",
    ),
    "国办发〔2020〕49号",
    Text("请核对条文原文后注明 seen: full_text。", "Read the article, then say seen: full_text."),
)

_NOTHING: tuple[Any, ...] = (None, "null", "", [], {})
_DEFAULTS: Mapping[str, Any] = {
    "sign": "0",
    "gbt23794": "null",
    "retention": {"years": "null", "from": [], "basis": "null"},
    "licence_id": "null",
    "signatures": "1",
    "from": "2013-03-15",
    "to": "null",
}


def declare_item(
    document: Mapping[str, Any],
    classes: Mapping[str, ItemClass],
    refusals: RefusalList,
) -> CatalogueItem:
    """Return the item a workspace declares in `document`.

    document: the form of an item in the packaged catalogue; `sign`, `gbt23794`, `retention`,
    `licence_id`, `signatures`, `from` and `to` may be left out; a law may be given by its short key
    or by its title, and `seen` may be left out (general knowledge, so unverified).

    Raises: code `refused_class`; NO_LEGAL_BASIS; NO_SOURCE_DOCUMENT; PUBLIC_CLASS_NOT_DECLARABLE;
    UNVERIFIED_NEGATIVE; BAD_DECLARATION.
    """
    plain = _as_text(document, DEPTH_MAX)
    if not isinstance(plain, dict):
        raise BAD_DECLARATION.error(where="item", what="a mapping is expected")
    for number, name in enumerate(_names(plain)):
        if number >= DOCUMENT_WORDS_MAX:
            raise BAD_DECLARATION.error(where="item", what="too many names")
        refusals.check(name)
    if plain.get("legal_basis") in _NOTHING:
        raise NO_LEGAL_BASIS.error()
    if plain.get("source_document") in _NOTHING:
        raise NO_SOURCE_DOCUMENT.error()
    plain["legal_basis"] = _with_defaults(plain["legal_basis"])
    item = read_item(Reader("item", {**_DEFAULTS, **plain}, BAD_DECLARATION), classes, _citation)
    if item.sharing is Sharing.PUBLIC:
        raise PUBLIC_CLASS_NOT_DECLARABLE.error()
    if item.sign < 0 and not any(citation.verified for citation in item.legal_basis):
        raise UNVERIFIED_NEGATIVE.error()
    return replace(item, declared=True)


def _citation(entry: Reader) -> Citation:
    return read_citation(entry, own=True)


def _with_defaults(basis: Any) -> Any:  # noqa: ANN401 - checked by the reader that follows
    if not isinstance(basis, list):
        return basis
    return [
        {"article": "", "seen": Seen.GENERAL_KNOWLEDGE.value, **member}
        if isinstance(member, dict)
        else member
        for member in basis
    ]


def _as_text(value: object, depth: int) -> Any:  # noqa: ANN401 - the shape of the document
    """Return the document with every scalar as the text a packaged file would hold."""
    if depth == 0:
        raise BAD_DECLARATION.error(where="item", what="nested too deeply")
    if isinstance(value, Mapping):
        return {str(key): _as_text(member, depth - 1) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_as_text(member, depth - 1) for member in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return "null" if value is None else str(value)


def _names(plain: dict[str, Any]) -> Iterator[str]:
    """Yield every text of the document that names something; laws may name what they forbid."""
    for key, value in plain.items():
        if key != "legal_basis":
            yield key
            yield from _texts(value)


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - walks any shape
    if isinstance(value, dict):
        for key, member in value.items():
            if key != "basis":
                yield key
                yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)
    else:
        yield value

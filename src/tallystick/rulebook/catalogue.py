"""The catalogue: every kind of fact that may be recorded, and nothing else.

Owns the list of items in force and the refusal of what is not on it. Rules: no item, no record
(上海市社会信用条例 art. 11); the packaged edition is read once; a workspace adds items only through
`Catalogue.with_items`, and only items that `declare` let through.

    >>> catalogue().item("tax.rating").sharing.value
    'consent'
    >>> catalogue().validate("tax.rating", {"year": 2026, "grade": "A"})
    ()
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from tallystick.kernel.errors import Problem, Reason
from tallystick.kernel.texts import Text
from tallystick.rulebook.checking import FactCheck
from tallystick.rulebook.citations import Citation, read_citation
from tallystick.rulebook.declaring import declare_item
from tallystick.rulebook.items import CatalogueItem, ItemClass, read_item
from tallystick.rulebook.packs import Pack, read_pack
from tallystick.rulebook.refusals import refusals

NOT_IN_CATALOGUE = Reason(
    "not_in_catalogue",
    Text("目录中没有 {code}，不得归集", "{code} is not in the catalogue and may not be collected"),
    "上海市社会信用条例 art. 11",
    Text(
        "请使用目录内的项目，或连同法律依据和来源文件申报新项目。",
        "Use an item of the catalogue, or declare one with its legal basis and source document.",
    ),
)
NO_SUCH_EDITION = Reason(
    "no_such_edition",
    Text("没有 {edition} 版目录", "there is no edition {edition} of the catalogue"),
    "",
    Text("可用版本：{known}", "Editions at hand: {known}"),
)
ALREADY_IN_CATALOGUE = Reason(
    "already_in_catalogue",
    Text("目录中已有 {code}", "{code} is already in the catalogue"),
    "",
    Text("请另取代码。", "Choose another code."),
)


class Catalogue:
    """One edition of the catalogue, with a workspace's own items if it has any.

    edition, jurisdiction, digest: of the packaged edition.
    items: code to item, in the order of the file, then the workspace's own.
    """

    __slots__ = ("_checks", "classes", "classes_basis", "items", "pack")

    def __init__(
        self,
        pack: Pack,
        items: Mapping[str, CatalogueItem],
        classes: Mapping[str, ItemClass],
        classes_basis: Citation,
    ) -> None:
        self.pack = pack
        self.items: Mapping[str, CatalogueItem] = MappingProxyType(dict(items))
        self.classes: Mapping[str, ItemClass] = MappingProxyType(dict(classes))
        self.classes_basis = classes_basis
        self._checks: dict[str, FactCheck] = {}

    @property
    def edition(self) -> str:
        """The edition of the packaged catalogue."""
        return self.pack.edition

    @property
    def digest(self) -> str:
        """The digest of the packaged catalogue; own items are not part of it."""
        return self.pack.digest

    def item(self, code: str) -> CatalogueItem:
        """Return the item `code`.

        Raises: NOT_IN_CATALOGUE.
        """
        item = self.items.get(code)
        if item is None:
            raise NOT_IN_CATALOGUE.error(code=code)
        return item

    def validate(self, code: str, data: Mapping[str, Any]) -> tuple[Problem, ...]:
        """Return what is wrong with the fields and types of `data`; nothing is an empty tuple.

        Raises: NOT_IN_CATALOGUE.
        """
        check = self._checks.get(code)
        if check is None:
            check = self._checks[code] = FactCheck(self.item(code))
        return check(data)

    def declare(self, document: Mapping[str, Any]) -> CatalogueItem:
        """Return the item of its own a workspace declares; it is in force once `with_items` has it.

        document: as `declaring.declare_item` describes.

        Raises: code `refused_class`; the reasons of `declaring`; ALREADY_IN_CATALOGUE.
        """
        item = declare_item(document, self.classes, refusals())
        if item.code in self.items:
            raise ALREADY_IN_CATALOGUE.error(code=item.code)
        return item

    def with_items(self, own: Iterable[CatalogueItem]) -> Catalogue:
        """Return this catalogue with a workspace's own items added.

        Raises: ALREADY_IN_CATALOGUE for a code that is taken.
        """
        items = dict(self.items)
        for item in own:
            if item.code in items:
                raise ALREADY_IN_CATALOGUE.error(code=item.code)
            items[item.code] = item
        return Catalogue(self.pack, items, self.classes, self.classes_basis)


def read_catalogue(pack: Pack) -> Catalogue:
    """Return the catalogue written in `pack`.

    Raises: PACK_BROKEN with the place of the fault.
    """
    body = pack.body.expect("classes", "classes_basis", "items")
    classes = {
        code: ItemClass(code, entry.names(), entry.flag("national"))
        for code, entry in body.members("classes")
    }
    items: dict[str, CatalogueItem] = {}
    for entry in body.each("items"):
        item = read_item(entry, classes)
        if item.code in items:
            entry.refuse(f"item {item.code!r} is given twice")
        items[item.code] = item
    return Catalogue(pack, items, classes, read_citation(body.inner("classes_basis")))


@cache
def catalogue(edition: str | None = None) -> Catalogue:
    """Return the packaged catalogue; `edition` None is the newest.

    Raises: NO_SUCH_EDITION.
    """
    if edition is not None:
        newest = catalogue()
        if newest.edition != edition:
            raise NO_SUCH_EDITION.error(edition=edition, known=newest.edition)
        return newest
    return read_catalogue(read_pack("catalogue"))

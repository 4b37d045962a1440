"""What a scheme may speak of: catalogue items, their fields, and what is refused.

Owns the narrow view an evaluation has of the rule book. Rules: a scheme names only items of the
catalogue and fields of these items; a context item can be shown but never scored; a self-declared
item scores only once a verifier confirmed it; a refused class stays refused under any name.

    >>> packaged_vocabulary().item("context.press").scored
    False
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.rulebook.catalogue import Catalogue, catalogue
from tallystick.rulebook.items import CatalogueItem
from tallystick.rulebook.refusals import RefusalList, refusals

NUMBERS = frozenset({"decimal", "integer"})
SELF_DECLARED = "selfdeclared."


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a catalogue item.

    kind: text, texts, date, decimal, integer, boolean, enum, uscc or decimals.
    values: the values of an enum, otherwise empty.
    """

    names: Text
    kind: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One catalogue item as an evaluation sees it.

    scored: it may carry weight and drive a rule; a context item may not.
    self_declared: it counts only when verified.
    aspect: willingness, ability or performance (GB/T 23794), "" where none is given.
    """

    code: str
    names: Text
    fields: Mapping[str, Field]
    scored: bool
    self_declared: bool
    aspect: str


class Vocabulary(Protocol):
    """The catalogue and the refusals in force; the same question always has the same answer."""

    def item(self, code: str) -> Item | None:
        """Return the catalogue item `code`, None when the catalogue has none."""

    def refusal(self, words: Iterable[str]) -> Reason | None:
        """Return why one of `words` names a refused class, None when none does."""


@dataclass(frozen=True, slots=True)
class RulebookVocabulary:
    """The vocabulary of one catalogue, packaged or with a workspace's own items."""

    catalogue: Catalogue
    refusals: RefusalList

    def item(self, code: str) -> Item | None:
        """Return the catalogue item `code`, None when the catalogue has none."""
        found = self.catalogue.items.get(code)
        return None if found is None else _seen(found)

    def refusal(self, words: Iterable[str]) -> Reason | None:
        """Return why one of `words` names a refused class, None when none does."""
        for word in words:
            refused = self.refusals.find(word)
            if refused is not None:
                return refused.reason
        return None


def vocabulary_of(items: Catalogue) -> RulebookVocabulary:
    """Return the vocabulary of a catalogue with the packaged refusals."""
    return RulebookVocabulary(items, refusals())


@cache
def packaged_vocabulary() -> RulebookVocabulary:
    """Return the vocabulary of the packaged catalogue."""
    return vocabulary_of(catalogue())


def _seen(item: CatalogueItem) -> Item:
    fields = {
        field.name: Field(field.names, field.type.value, tuple(code for code, _ in field.values))
        for field in item.fields
    }
    return Item(
        code=item.code,
        names=item.names,
        fields=fields,
        scored=item.scored,
        self_declared=item.code.startswith(SELF_DECLARED),
        aspect=item.aspect.value if item.aspect else "",
    )

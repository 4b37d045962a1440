"""What codes are called: items, categories, purposes, sources, units, reasons for not reading.

Owns the way from a code in a record to the words a page shows, out of the one table that owns each
name. A code of a later version stands for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tallystick.exchange import PURPOSES, REASONS
from tallystick.kernel.texts import Text
from tallystick.rulebook.catalogue import catalogue
from tallystick.sources import SOURCES, profile_of

# Numbers of things need no unit, and a code list no name behind every value.
_UNITS = {"CNY": Text("元", "CNY")}
_ITEM_FIELDS = frozenset(("target_item",))


def item_name(code: str) -> Text:
    """Return the name of a catalogue item."""
    item = catalogue().items.get(code)
    return item.names if item else Text(code, code)


def category_names(categories: Iterable[str]) -> list[Text]:
    """Return the names of the items that codes and prefixes of codes cover, each once."""
    names: dict[str, Text] = {}
    for category in categories:
        covered = [
            code
            for code in catalogue().items
            if code == category or code.startswith(f"{category.rstrip('.')}.")
        ]
        for code in covered or [category]:
            names.setdefault(code, item_name(code))
    return list(names.values())


def purpose_name(code: str) -> Text:
    """Return the name of a purpose."""
    return PURPOSES.get(code, Text(code, code))


def source_name(code: str) -> Text:
    """Return the name of a source of files."""
    return profile_of(code).names if code in SOURCES else Text(code, code)


def withheld_reason(code: str) -> Text:
    """Return the sentence that says why an item was not read."""
    return REASONS[code].text if code in REASONS else Text(code, code)


def withheld_remedy(code: str) -> Text:
    """Return what can be done about an item that was not read."""
    return REASONS[code].remedy if code in REASONS else Text("", "")


def value_name(item: str, field: str, value: object) -> Text | None:
    """Return the name of a value of a closed list, None where it is none."""
    if not isinstance(value, str):
        return None
    if field in _ITEM_FIELDS:
        return item_name(value)
    known = catalogue().items.get(item)
    fields = {one.name: one for one in known.fields} if known else {}
    return dict(fields[field].values).get(value) if field in fields else None


def shown_data(code: str, data: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return the fields of a fact under the names people read, codes of closed lists in words.

    A field of a later version keeps its own name.
    """
    item = catalogue().items.get(code)
    fields = {field.name: field for field in item.fields} if item else {}
    shown: dict[str, Any] = {}
    for name, value in data.items():
        field = fields.get(name)
        if field is None:
            shown[name] = value
            continue
        label = field.names.in_language(language)
        if field.unit in _UNITS:
            unit = _UNITS[field.unit].in_language(language)
            label += f"（{unit}）" if language == "zh" else f" ({unit})"
        words = value_name(code, name, value)
        shown[label] = words.in_language(language) if words else value
    return shown

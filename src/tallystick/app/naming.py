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
from tallystick.sources.masking import BANK_CARD, PHONE, RESIDENT_ID
from tallystick.sources.reader import UNKNOWN_PERSONAL

# Numbers of things need no unit, and a code list no name behind every value.
_UNITS = {"CNY": Text("元", "CNY")}
_RATIOS = "ratios"
# A use counts what is no fact under the kind of the record.
_KINDS_READ = {
    "evaluation": Text("预评", "proposal"),
    "decision": Text("认定", "decision"),
    "grant": Text("授权", "grant"),
    "withdrawal": Text("撤回授权", "withdrawal"),
}
DROPPED_NAMES = {
    UNKNOWN_PERSONAL: Text("个人信息列", "columns of personal data"),
    RESIDENT_ID: Text("文中的身份证号", "resident ids in free text"),
    PHONE: Text("文中的电话号码", "telephone numbers in free text"),
    BANK_CARD: Text("文中的银行卡号", "bank-card numbers in free text"),
}
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


def field_name(item: str, field: str) -> Text:
    """Return the name of a field of a catalogue item."""
    known = catalogue().items.get(item)
    named = [one.names for one in known.fields if one.name == field] if known else []
    return named[0] if named else Text(field, field)


def dropped_name(source: str, code: str) -> Text:
    """Return what the dropped or masked cells counted under `code` are called.

    code: of a column of the files of `source`, or of a kind of number masked in free text.
    """
    if code in DROPPED_NAMES:
        return DROPPED_NAMES[code]
    columns = profile_of(source).columns if source in SOURCES else ()
    return next((one.names for one in columns if one.code == code), Text(code, code))


def _ratio_names() -> dict[str, Text]:
    return {column.code: column.names for column in profile_of(_RATIOS).columns}


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
        if isinstance(value, Mapping):
            ratios = _ratio_names()
            shown[label] = {
                ratios.get(key, Text(key, key)).in_language(language): one
                for key, one in value.items()
            }
        else:
            shown[label] = words.in_language(language) if words else value
    return shown


def shown_body(body: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return a record with item, data, purpose and categories in words, all else as it is.

    A body of any form is let through: a receipt may be a forgery.
    """
    shown = dict(body)
    item, data = shown.get("item"), shown.get("data")
    if isinstance(item, str) and isinstance(data, Mapping):
        shown["data"] = shown_data(item, data, language)
        shown["item"] = f"{item_name(item).in_language(language)} ({item})"
    if isinstance(shown.get("purpose"), str):
        shown["purpose"] = purpose_name(shown["purpose"]).in_language(language)
    categories = shown.get("categories")
    if isinstance(categories, list) and all(isinstance(one, str) for one in categories):
        shown["categories"] = [one.in_language(language) for one in category_names(categories)]
    for part in ("read", "withheld"):
        if isinstance(shown.get(part), Mapping):
            shown[part] = _by_item(shown[part], language)
    return shown


def _by_item(counted: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return a map of items, to counts or to codes of reasons, in words."""
    return {
        _KINDS_READ.get(code, item_name(code)).in_language(language): (
            withheld_reason(one).in_language(language) if isinstance(one, str) else one
        )
        for code, one in counted.items()
    }

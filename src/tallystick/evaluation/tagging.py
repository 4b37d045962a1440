"""Tags: one word for what the facts in force say, each with the records it rests on.

Owns the rules of tags and their application. Rules: a tag follows from facts in force alone and
names every one of them; an unverified declaration and what is shown for context carry no tag; the
last fact that expires takes the tag with it; a tag has no weight in any score. The rules are data
(`tags.yaml`), read strictly and checked against the catalogue.

    >>> [tag.code for tag in tags_of([], "2026-11-22")]
    []
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from tallystick.kernel.texts import Text
from tallystick.records import Fact
from tallystick.rulebook.catalogue import catalogue
from tallystick.rulebook.packs import Reader, parse_pack

_NAME = "tags"


class Condition(NamedTuple):
    """What a field must say: one of `values` (as JSON text), or a number above `above`."""

    field: str
    values: tuple[str, ...]
    above: Decimal | None


class TagRule(NamedTuple):
    """When a tag stands. sign: 1 speaks for, -1 against. newest: "" or the field it means."""

    code: str
    names: Text
    item: str
    sign: int
    at_least: int
    where: tuple[Condition, ...]
    newest: str


class Tag(NamedTuple):
    """A tag that stands. records: its evidence; until: its last ISO day, None while none known."""

    code: str
    names: Text
    item: str
    sign: int
    records: tuple[str, ...]
    until: str | None


def tags_of(
    facts: Iterable[Fact], on: str, rules: Sequence[TagRule] | None = None
) -> tuple[Tag, ...]:
    """Return the tags that `facts` carry on the ISO day `on`, in the order of the rules.

    rules: the packaged ones if None.
    """
    counting = [
        fact
        for fact in facts
        if fact.verified and fact.occurred <= on and (fact.until is None or on <= fact.until)
    ]
    found = (_applied(rule, counting) for rule in (tag_rules() if rules is None else rules))
    return tuple(tag for tag in found if tag is not None)


def _applied(rule: TagRule, facts: Sequence[Fact]) -> Tag | None:
    asked = [fact for fact in facts if fact.item == rule.item]
    if rule.newest:
        last = max((fact.data.get(rule.newest, 0) for fact in asked), default=0)
        asked = [fact for fact in asked if fact.data.get(rule.newest, 0) == last]
    evidence = [fact for fact in asked if all(_holds(one, fact.data) for one in rule.where)]
    if len(evidence) < rule.at_least:
        return None
    ends = sorted((fact.until for fact in evidence if fact.until), reverse=True)
    without_end = len(evidence) - len(ends)
    until = None if without_end >= rule.at_least else ends[rule.at_least - without_end - 1]
    records = tuple(fact.record for fact in evidence)
    return Tag(rule.code, rule.names, rule.item, rule.sign, records, until)


def _holds(condition: Condition, data: dict[str, Any]) -> bool:
    value = data.get(condition.field)
    if value is None:
        return False
    if condition.above is not None:
        return not isinstance(value, bool) and Decimal(value) > condition.above
    said = str(value).lower() if isinstance(value, bool) else str(value)
    return said in condition.values


@cache
def tag_rules() -> tuple[TagRule, ...]:
    """Return the packaged rules. Raises: PACK_BROKEN with the place of the fault."""
    file = resources.files("tallystick.evaluation").joinpath("tags.yaml")
    return read_tags(file.read_text(encoding="utf-8"))


def read_tags(document: str) -> tuple[TagRule, ...]:
    """Return the rules written in `document` (YAML). Raises: PACK_BROKEN."""
    body = parse_pack(_NAME, document).body.expect("tags")
    rules = tuple(_read(entry) for entry in body.each("tags"))
    codes = [rule.code for rule in rules]
    if len(set(codes)) < len(codes):
        body.refuse("a code is given twice")
    return rules


def _read(entry: Reader) -> TagRule:
    entry.expect("code", "zh", "en", "sign", "item", "at_least", optional=("where", "newest"))
    item = catalogue().items.get(entry.text("item"))
    if item is None or not item.scored:
        entry.refuse("'item' must be one of the catalogue that may be scored")
    where = (
        tuple(_read_condition(one) for one in entry.each("where"))
        if ("where" in entry.content)
        else ()
    )
    newest = entry.text("newest") if "newest" in entry.content else ""
    known = {field.name for field in item.fields}
    asked = {condition.field for condition in where} | ({newest} if newest else set())
    if not asked <= known:
        entry.refuse(f"{item.code} has no field {sorted(asked - known)}")
    sign, least = entry.integer("sign"), entry.integer("at_least")
    if sign not in (-1, 1) or least < 1:
        entry.refuse("'sign' must be 1 or -1, and 'at_least' 1 or more")
    return TagRule(entry.text("code"), entry.names(), item.code, sign, least, where, newest)


def _read_condition(entry: Reader) -> Condition:
    entry.expect("field", optional=("is", "more_than"))
    above = Decimal(entry.integer("more_than")) if "more_than" in entry.content else None
    values = entry.texts("is")
    if (above is None) is not bool(values):
        entry.refuse("a condition has either 'is' or 'more_than'")
    return Condition(entry.text("field"), values, above)

"""The words of a scheme: which aggregates and tests there are, and what they take.

Owns the two lists a reader checks against and an evaluator runs by. Rules: a word not listed is a
problem when the scheme is read; a word keeps its meaning in every version of the form.

| aggregate | value | of a field of kind |
|---|---|---|
| `count` | number of facts | no field |
| `sum`, `max`, `min` | as it says | decimal, integer |
| `latest` | the field of the latest fact | decimal, integer, boolean, enum, text |
| `any` | whether one is true, or without field whether there is one | boolean, or no field |
| `all` | whether none is false | boolean |
| `share` | true ones / all that say | boolean |
| `ratio` | sum of `field` / sum of `of` | decimal, integer |
| `months_since` | whole months from the date in the latest fact to the day | date |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

AS_OF = "as_of"
# What each test may be put to; a test not listed for a kind is refused when the scheme is read.
TESTS: Mapping[str, frozenset[str]] = {
    "is": frozenset({"text", "texts", "enum", "uscc", "boolean", "integer", "decimal", "date"}),
    "is_not": frozenset({"text", "texts", "enum", "uscc", "boolean", "integer", "decimal", "date"}),
    "at_least": frozenset({"integer", "decimal", "date"}),
    "at_most": frozenset({"integer", "decimal", "date"}),
    "absent": frozenset(
        {"text", "texts", "enum", "uscc", "boolean", "integer", "decimal", "decimals", "date"}
    ),
    "present": frozenset(
        {"text", "texts", "enum", "uscc", "boolean", "integer", "decimal", "decimals", "date"}
    ),
    "absent_or_after": frozenset({"date"}),
}


@dataclass(frozen=True, slots=True)
class Aggregate:
    """What an aggregate takes and gives.

    kinds: kinds of field it takes; empty when it takes none.
    field: "required", "optional" or "none"; of: whether it needs a second field.
    gives: kind of the value; "" when it is that of the field.
    latest_only: it looks at the latest fact only.
    """

    kinds: frozenset[str]
    field: str = "required"
    of: bool = False
    gives: str = ""
    latest_only: bool = False


_NUMBER = frozenset({"decimal", "integer"})
_FLAG = frozenset({"boolean"})
AGGREGATES: Mapping[str, Aggregate] = {
    "count": Aggregate(frozenset(), field="none", gives="integer"),
    "sum": Aggregate(_NUMBER),
    "max": Aggregate(_NUMBER),
    "min": Aggregate(_NUMBER),
    "latest": Aggregate(_NUMBER | _FLAG | {"enum", "text"}, latest_only=True),
    "any": Aggregate(_FLAG, field="optional", gives="boolean"),
    "all": Aggregate(_FLAG, gives="boolean"),
    "share": Aggregate(_FLAG, gives="decimal"),
    "ratio": Aggregate(_NUMBER, of=True, gives="decimal"),
    "months_since": Aggregate(frozenset({"date"}), gives="integer", latest_only=True),
}

r"""YAML as places: every value keeps the line it was written on, and stays the text it was.

Owns the reading of a YAML document into `Place`s. Rules: a document is composed, never
constructed, so that `0.2` arrives as the text "0.2" and not as a float; anchors, aliases and tags
are refused; each complaint goes to a `Log` with file, line and field, and reading goes on.

    >>> log = Log("s.yaml")
    >>> root = read_yaml("id: demo\nweight: 0.20\n", log)
    >>> root.keys({"id": True, "weight": True})["weight"].decimal(0, 1)
    Decimal('0.20')
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import yaml

from tallystick.evaluation.schemes import faults
from tallystick.kernel.dates import NOT_A_DATE, date_of
from tallystick.kernel.decimals import NOT_A_DECIMAL, decimal_of
from tallystick.kernel.errors import Problem, Reason, TallyError
from tallystick.kernel.texts import Text

SCHEME_CHARS_MAX = 1_000_000
DEPTH_MAX = 20  # mappings and lists within one another; a scheme needs 6
PLACES_MAX = 6  # digits behind the point of a weight or of points

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is nine times as fast
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}", re.ASCII)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})

MAPPING = Text("一组键和值", "a mapping of keys to values")
SEQUENCE = Text("一个列表", "a list")
TEXT = Text("文字", "text")
CODE = Text("字母开头的代码（字母、数字、_、-）", "a code of letters, digits, _ and -")
INTEGER = Text("整数", "an integer")
BOOLEAN = Text("true 或 false", "true or false")
BOTH_LANGUAGES = Text("zh 与 en 两种文字", "text in zh and in en")


class Log:
    """The problems found so far in one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def add(self, reason: Reason, line: int, field: str, **facts: object) -> None:
        """Write down one problem."""
        problem = reason.problem(file=self.file, line=line, field=field, **facts)
        self.problems.append(problem)

    def in_order(self) -> list[Problem]:
        """Return the problems by line, in the order found within a line."""
        return sorted(self.problems, key=lambda problem: problem.line)


@dataclass(frozen=True, slots=True)
class Place:
    """One value of the document, where it stands and what it is called there."""

    node: Any
    path: str
    log: Log

    @property
    def line(self) -> int:
        """The line, counted from 1."""
        return int(self.node.start_mark.line) + 1

    def report(self, reason: Reason, **facts: object) -> None:
        """Write down that this value is wrong."""
        self.log.add(reason, self.line, self.path, **facts)

    def keys(self, known: Mapping[str, bool]) -> dict[str, Place]:
        """Return the members of a mapping by key; `known` says which keys are required."""
        members = dict(self.members())
        for key, place in members.items():
            if key not in known:
                place.report(faults.UNKNOWN_KEY, key=key, known=", ".join(known))
        for key, required in known.items():
            if required and key not in members and isinstance(self.node, yaml.MappingNode):
                self.report(faults.MISSING_KEY, key=key)
        return members

    def members(self) -> Iterator[tuple[str, Place]]:
        """Yield key and value of each member of a mapping, whatever the keys are."""
        if not isinstance(self.node, yaml.MappingNode):
            self.report(faults.WRONG_SHAPE, expected=MAPPING)
            return
        seen: set[str] = set()
        for key, value in self.node.value:
            if not isinstance(key, yaml.ScalarNode):
                Place(key, self.path, self.log).report(faults.WRONG_SHAPE, expected=TEXT)
                continue
            name = key.value
            path = f"{self.path}.{name}" if self.path else name
            if name in seen:
                Place(key, path, self.log).report(faults.DUPLICATE_KEY, key=name)
                continue
            seen.add(name)
            yield name, Place(value, path, self.log)

    def has(self, key: str) -> bool:
        """Return whether a mapping stands here that has `key`."""
        return self.is_mapping() and any(name.value == key for name, _ in self.node.value)

    def items(self) -> list[Place]:
        """Return the members of a list, paths counted from 1."""
        if not isinstance(self.node, yaml.SequenceNode):
            self.report(faults.WRONG_SHAPE, expected=SEQUENCE)
            return []
        return [
            Place(node, f"{self.path}[{number}]", self.log)
            for number, node in enumerate(self.node.value, start=1)
        ]

    def one_or_more(self) -> list[Place]:
        """Return the members of a list, or this one value as the only member."""
        return self.items() if isinstance(self.node, yaml.SequenceNode) else [self]

    def is_mapping(self) -> bool:
        """Return whether keys and values stand here."""
        return isinstance(self.node, yaml.MappingNode)

    def is_blank(self) -> bool:
        """Return whether a value is left out here."""
        if not isinstance(self.node, yaml.ScalarNode):
            return False
        text = str(self.node.value)
        return not text.strip() or (self.node.style is None and text in _NULLS)

    def scalar(self, expected: Text = TEXT) -> str:
        """Return the text as written, "" after a complaint."""
        if not isinstance(self.node, yaml.ScalarNode):
            self.report(faults.WRONG_SHAPE, expected=expected)
            return ""
        if self.is_blank():
            self.report(faults.WRONG_SHAPE, expected=expected)
            return ""
        return str(self.node.value).strip()

    def code(self) -> str:
        """Return a code: a letter, then letters, digits, _ and -, at most 32."""
        text = self.scalar(CODE)
        if text and not _CODE.fullmatch(text):
            self.report(faults.WRONG_SHAPE, expected=CODE)
        return text

    def choice(self, known: Collection[str]) -> str:
        """Return one of `known`, "" after a complaint."""
        text = self.scalar()
        if text and text not in known:
            self.report(faults.NOT_A_CHOICE, known=", ".join(known))
            return ""
        return text

    def boolean(self) -> bool:
        """Return true or false, written exactly so."""
        text = self.scalar(BOOLEAN)
        if text and text not in {"true", "false"}:
            self.report(faults.WRONG_SHAPE, expected=BOOLEAN)
        return text == "true"

    def any_decimal(self) -> Decimal:
        """Return a number of any size, 0 after a complaint."""
        try:
            return decimal_of(self.scalar(TEXT) or "0")
        except TallyError:
            self.report(NOT_A_DECIMAL)
            return Decimal(0)

    def decimal(self, low: int, high: int) -> Decimal:
        """Return a number from `low` to `high` with at most 6 places, 0 after a complaint."""
        number = self.any_decimal()
        if not low <= number <= high:
            self.report(faults.OUT_OF_RANGE, low=low, high=high)
        elif -int(number.as_tuple().exponent) > PLACES_MAX:
            self.report(faults.TOO_PRECISE, places=PLACES_MAX)
        else:
            return number
        return Decimal(0)

    def integer(self, low: int, high: int) -> int:
        """Return an integer from `low` to `high`, `low` after a complaint."""
        number = self.any_decimal()
        if number != number.to_integral_value():
            self.report(faults.WRONG_SHAPE, expected=INTEGER)
        elif not low <= number <= high:
            self.report(faults.OUT_OF_RANGE, low=low, high=high)
        else:
            return int(number)
        return low

    def date(self) -> str:
        """Return an ISO date, "" after a complaint."""
        text = self.scalar()
        try:
            date_of(text)
        except TallyError:
            self.report(NOT_A_DATE)
            return ""
        return text

    def both(self) -> Text:
        """Return a text given in zh and in en."""
        if not self.is_mapping():
            self.report(faults.WRONG_SHAPE, expected=BOTH_LANGUAGES)
            return Text("", "")
        parts = self.keys({"zh": True, "en": True})
        return Text(*(parts[key].scalar() if key in parts else "" for key in ("zh", "en")))


def read_yaml(text: str, log: Log) -> Place | None:
    """Return the root of the one document in `text`, None after a complaint."""
    if len(text) > SCHEME_CHARS_MAX:
        log.add(faults.OUT_OF_RANGE, 1, "", low=1, high=SCHEME_CHARS_MAX)
        return None
    try:
        if not _plain(text, log):
            return None
        root = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        what = Text("无法解析", getattr(fault, "problem", None) or "unreadable")
        log.add(faults.YAML_SYNTAX, mark.line + 1 if mark else 1, "", what=what)
        return None
    if root is None:
        log.add(faults.YAML_SYNTAX, 1, "", what=Text("文件是空的", "the document is empty"))
        return None
    return Place(root, "", log)


def _plain(text: str, log: Log) -> bool:
    """Return whether `text` is free of anchors, aliases, tags and deep nesting.

    Events come one by one, without recursion: composing first would let a file of brackets
    exhaust the stack of the C library.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if getattr(event, "anchor", None) or getattr(event, "tag", None):
            log.add(faults.YAML_ALIAS, line, "")
            return False
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEPTH_MAX:
            log.add(faults.YAML_SYNTAX, line, "", what=Text("嵌套过深", "nested too deeply"))
            return False
    return True

"""Rule packs: packaged YAML files, read strictly, each with its edition and digest.

Owns the reading of `data/*.yaml`. Rules: every scalar is text until a reader asks for its kind, so
that no YAML dialect decides what `no` or `01` means; a key given twice, a key missing and a key
nobody knows are all errors; a pack names its jurisdiction, edition and first day in force, and its
digest is SHA-256 over the canonical JSON of what it says, so that comments and layout change
nothing. Packs are read once and kept.

    >>> read_pack("laws").edition
    '2026.1'
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, NoReturn, TypeVar

import yaml

from tallystick.kernel.canonical import encode
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # libyaml is nine times as fast
_Choice = TypeVar("_Choice", bound=str)

PACK_BROKEN = Reason(
    "rule_pack_broken",
    Text("规则包有误：{where}：{what}", "the rule pack is faulty: {where}: {what}"),
    "",
    Text("请改正该数据文件，或重新安装。", "Correct the data file, or install again."),
)


class _StrictLoader(_Loader):  # type: ignore[misc]  # the base is chosen at run time
    """A loader that keeps scalars as text and refuses a key given twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: ANN401, FBT001, FBT002 - signature of PyYAML
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            raise yaml.constructor.ConstructorError(
                None, None, "a key is given twice", node.start_mark
            )
        return mapping


@dataclass(frozen=True, slots=True)
class Pack:
    """One rule pack.

    digest: lower-case hexadecimal SHA-256 of the canonical JSON of the whole document.
    in_force_to: the last day in force, or None while it is open.
    body: the document without its heading.
    """

    name: str
    jurisdiction: str
    edition: str
    in_force_from: str
    in_force_to: str | None
    names: Text
    digest: str
    body: Reader


@dataclass(frozen=True, slots=True)
class Reader:
    """A mapping read strictly; every method raises `reason` with the place of the fault."""

    where: str
    content: Mapping[str, Any]
    reason: Reason = PACK_BROKEN

    def refuse(self, what: str) -> NoReturn:
        """Raise the reason of this reader: `what` is wrong at this place."""
        raise self.reason.error(where=self.where, what=what) from None

    def expect(self, *required: str, optional: tuple[str, ...] = ()) -> Reader:
        """Return self, having checked that exactly these keys are here."""
        known = set(required) | set(optional)
        for key in self.content:
            if key not in known:
                self.refuse(f"unknown key {key!r}")
        for key in required:
            if key not in self.content:
                self.refuse(f"missing key {key!r}")
        return self

    def text(self, key: str, *, empty: bool = False) -> str:
        """Return the text at `key`; empty text only where `empty` allows it."""
        value = self.content.get(key)
        if not isinstance(value, str) or not (value.strip() or empty) or value == "null":
            self.refuse(f"{key!r} must be text")
        return value

    def text_or_none(self, key: str) -> str | None:
        """Return the text at `key`, None where it says null or is not there."""
        if self.content.get(key, "null") in ("null", "~"):
            return None
        return self.text(key)

    def flag(self, key: str) -> bool:
        """Return the yes or no at `key` (`true` or `false`)."""
        value = self.text(key)
        if value not in ("true", "false"):
            self.refuse(f"{key!r} must be true or false")
        return value == "true"

    def integer(self, key: str) -> int:
        """Return the integer at `key`, written in plain decimal digits."""
        value = self.text(key)
        if (
            not value.removeprefix("-").isdecimal()
            or not value.isascii()
            or str(int(value)) != value
        ):
            self.refuse(f"{key!r} must be an integer")
        return int(value)

    def date(self, key: str) -> str:
        """Return the ISO date at `key`."""
        value = self.text(key)
        try:
            proper = datetime.date.fromisoformat(value).isoformat() == value
        except ValueError:
            proper = False
        if not proper:
            self.refuse(f"{key!r} must be a date like 2026-04-01")
        return value

    def date_or_none(self, key: str) -> str | None:
        """Return the ISO date at `key`, None where it says null or is not there."""
        return None if self.text_or_none(key) is None else self.date(key)

    def one_of(self, key: str, kinds: type[_Choice]) -> _Choice:
        """Return the member of the string enumeration `kinds` that `key` names."""
        try:
            return kinds(self.text(key))
        except ValueError:
            allowed = ", ".join(kinds)  # type: ignore[arg-type]  # iterating an Enum class
            self.refuse(f"{key!r} must be one of: {allowed}")

    def names(self) -> Text:
        """Return the `zh` and `en` of this mapping as one text."""
        return Text(self.text("zh"), self.text("en"))

    def text_at(self, key: str) -> Text:
        """Return the mapping `{zh, en}` at `key` as one text."""
        return self.inner(key).expect("zh", "en").names()

    def inner(self, key: str) -> Reader:
        """Return a reader of the mapping at `key`."""
        value = self.content.get(key)
        if not isinstance(value, Mapping):
            self.refuse(f"{key!r} must be a mapping")
        return Reader(f"{self.where}.{key}", value, self.reason)

    def inner_or_none(self, key: str) -> Reader | None:
        """Return a reader of the mapping at `key`, None where it says null or is not there."""
        return None if self.content.get(key, "null") == "null" else self.inner(key)

    def members(self, key: str) -> Iterator[tuple[str, Reader]]:
        """Yield each key of the mapping at `key` with a reader of its value."""
        group = self.inner(key)
        for name in group.content:
            yield name, group.inner(name)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list of text at `key`; an absent list is empty."""
        value = self.content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
            self.refuse(f"{key!r} must be a list of text")
        return tuple(value)

    def spans(self, key: str) -> tuple[tuple[str, str], ...]:
        """Return the list of pairs of text at `key`."""
        value = self.content.get(key)
        if not isinstance(value, list) or not all(_is_pair(member) for member in value):
            self.refuse(f"{key!r} must be a list of pairs")
        return tuple((first, last) for first, last in value)

    def each(self, key: str) -> Iterator[Reader]:
        """Yield a reader for each mapping of the list at `key`."""
        value = self.content.get(key)
        if not isinstance(value, list):
            self.refuse(f"{key!r} must be a list")
        for number, member in enumerate(value, 1):
            if not isinstance(member, Mapping):
                self.refuse(f"{key!r} no. {number} must be a mapping")
            yield Reader(f"{self.where}.{key}[{number}]", member, self.reason)


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and [type(member) for member in value] == [str, str]


_HEADING = ("pack", "jurisdiction", "edition", "in_force", "names")


def parse_pack(name: str, document: str) -> Pack:
    """Return the pack written in `document` (YAML).

    Raises: PACK_BROKEN with the place of the fault.
    """
    try:
        content = yaml.load(document, Loader=_StrictLoader)  # noqa: S506 - builds only text, lists, mappings
    except yaml.YAMLError as fault:
        raise PACK_BROKEN.error(where=name, what=" ".join(str(fault).split())) from None
    if not isinstance(content, dict):
        raise PACK_BROKEN.error(where=name, what="a mapping is expected")
    whole = Reader(name, content)
    if whole.text("pack") != name:
        whole.refuse(f"'pack' must be {name!r}")
    term = whole.inner("in_force").expect("from", "to")
    return Pack(
        name=name,
        jurisdiction=whole.text("jurisdiction"),
        edition=whole.text("edition"),
        in_force_from=term.date("from"),
        in_force_to=term.date_or_none("to"),
        names=whole.text_at("names"),
        digest=hashlib.sha256(encode(content)).hexdigest(),
        body=Reader(name, {k: v for k, v in content.items() if k not in _HEADING}),
    )


@cache
def read_pack(name: str) -> Pack:
    """Return the packaged rule pack `name`, read from `data/<name>.yaml` once.

    Raises: PACK_BROKEN when the file is faulty.
    """
    folder = resources.files("tallystick.rulebook") / "data"
    return parse_pack(name, (folder / f"{name}.yaml").read_text(encoding="utf-8"))


PACK_NAMES = (
    *("catalogue", "refusals", "territory", "subjects"),
    *("terms", "time_limits", "calendar", "laws"),
)


def rule_packs() -> tuple[Pack, ...]:
    """Return every packaged rule pack: jurisdiction, edition, first day in force, digest."""
    return tuple(read_pack(name) for name in PACK_NAMES)

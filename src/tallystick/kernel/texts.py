"""Sentences that exist in Chinese and in English.

Owns the one type for anything a user reads. A `Text` always carries both languages, so that no
message can be written in one of them only; the edge chooses by locale.

    >>> Text("已导入 {n} 条", "imported {n} {n:record|records}").fill(n=1).in_language("en")
    'imported 1 record'
"""

from __future__ import annotations

import os
from typing import NamedTuple

LANGUAGES = ("zh", "en")


class _Count(int):
    """A number that chooses between two words: `{n:record|records}` is "record" for one."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        one, split, more = spec.partition("|")
        if not split:
            return int(self).__format__(spec)
        return one if self == 1 else more


class Text(NamedTuple):
    """One sentence in both languages; `{name}` marks where a fact is filled in.

    `{name:one|more}` marks a word that depends on a whole number: `one` beside 1, else `more`.
    """

    zh: str
    en: str

    def fill(self, **facts: object) -> Text:
        """Return the sentence with its marks filled in, in both languages.

        A fact that is itself a `Text` is filled in in the matching language.
        """
        return Text(
            self.zh.format(**{k: v.zh if isinstance(v, Text) else v for k, v in facts.items()}),
            self.en.format(**{k: _in_english(v) for k, v in facts.items()}),
        )

    def in_language(self, language: str) -> str:
        """Return the sentence in `language` ("zh" or "en"; anything else is English)."""
        return self.zh if language == "zh" else self.en


def _in_english(fact: object) -> object:
    if isinstance(fact, Text):
        return fact.en
    return _Count(fact) if type(fact) is int else fact


def language_of(environment: dict[str, str] | None = None) -> str:
    """Return "zh" or "en" from the locale variables, in the order gettext reads them."""
    variables = os.environ if environment is None else environment
    for name in ("TALLY_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = variables.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def set_off(name: str) -> Text:
    """Return a name as it stands within Chinese: with a space where it begins or ends in Latin.

    >>> set_off("First Assoc").zh
    ' First Assoc '
    """
    before, after = (" " if edge and edge.isascii() else "" for edge in (name[:1], name[-1:]))
    return Text(f"{before}{name}{after}", name)

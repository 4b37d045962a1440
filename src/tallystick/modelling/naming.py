"""Which trait of a person the name of a column stands for.

Owns the judgement of one name or label. The rule: it is read as words; words that say nothing by
themselves (level, code, number, in years) and words for a person (customer, borrower, owner) are
set aside; where only the trait is left ("age", "customerAge", "education_level"), or the trait
stands beside a person, the column is a person's. Where another word is left, it is something
else's: the age of a company, of receivables or of a loan, education as a line of business. A figure
of the workforce as a whole (share, average, structure, count) is the organisation's; without such a
word the workforce counts as persons. What stands in brackets is not read, unless all does.

    >>> trait_of("AGE").code, trait_of("company_age"), trait_of("average age of receivables")
    ('age', None, None)
    >>> trait_of("员工学历结构"), trait_of("学历").code
    (None, 'education')
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from tallystick.modelling.traits import (
    AGGREGATES,
    DEVICE,
    GENERIC,
    OWNERS,
    POSTCODE,
    TRAITS,
    WORKFORCE,
    ZH_AGGREGATES,
    ZH_GENERIC,
    ZH_OWNERS,
    ZH_WORKFORCE,
    Trait,
)
from tallystick.rulebook.folding import Folding

_FOLD: Final = Folding(
    "齡龄 學学 歷历 職职 業业 國国 員员 養养 撫抚 贍赡 電电 話话 號号 別别 證证 護护",
    "аa еe оo рp сc хx іi",
)
JOINED_LEAST: Final = 3
"""Letters of the shortest word looked for inside a joined one; shorter ones hide anywhere."""

_BRACKETED: Final = re.compile(r"\([^)]*\)|（[^）]*）|\[[^]]*\]")


@cache
def trait_of(name: str) -> Trait | None:
    """Return the trait of a person a name or label stands for, None where it names none."""
    dense = _FOLD.dense(_outside(name))
    for trait in (*TRAITS, DEVICE):
        if _chinese(trait, dense) or any(_latin(trait, words) for words in _readings(name)):
            return trait
    return None


@cache
def is_postcode(name: str) -> bool:
    """Return whether a name is of a postal code, whoever's."""
    dense = _FOLD.dense(name)
    if dense in POSTCODE.pinyin or any(word in dense for word in POSTCODE.zh):
        return True
    return any(any(one <= set(words) for one in POSTCODE.words) for words in _readings(name))


def _chinese(trait: Trait, dense: str) -> bool:
    found = [word for word in trait.zh if word in dense]
    if not found and dense not in trait.pinyin:
        return False
    if not found:
        return True
    if ZH_WORKFORCE.search(dense):
        return not ZH_AGGREGATES.search(dense)
    if re.search(trait.strong, dense) or ZH_OWNERS.search(dense):
        return not ZH_AGGREGATES.search(dense)
    left = ZH_GENERIC.sub("", dense)
    return left in ("", *found) or dense in found


def _latin(trait: Trait, words: list[str]) -> bool:
    if trait.pinyin and ("".join(words) in trait.pinyin or not set(words).isdisjoint(trait.pinyin)):
        return True
    known = set(words)
    counted = bool(known & AGGREGATES)
    if re.search(trait.strong, f" {' '.join(words)} "):
        return not (known & WORKFORCE and counted)
    for wanted in trait.words:
        if not wanted <= known:
            continue
        left = known - wanted - GENERIC - AGGREGATES - OWNERS
        if left & WORKFORCE:
            return not counted
        if known & OWNERS - wanted or (not left and not (wanted & WORKFORCE and counted)):
            return True
    return False


def _outside(name: str) -> str:
    """Return what stands outside brackets, or the name where nothing does."""
    plain = _BRACKETED.sub(" ", name)
    return plain if any(map(str.isalnum, plain)) else name


def _readings(name: str) -> Iterator[list[str]]:
    """Yield the words of a name, as split at capitals and not; joined known words are parted."""
    for reading in _FOLD.words(_outside(name)).split("|"):
        yield [_singular(part) for word in reading.split() for part in _parted(word)]


@cache
def _vocabulary() -> frozenset[str]:
    traits = {
        word for trait in (*TRAITS, DEVICE, POSTCODE) for group in trait.words for word in group
    }
    known = traits | OWNERS | WORKFORCE | AGGREGATES | GENERIC
    return frozenset(word for word in known if len(word) >= JOINED_LEAST)


@cache
def _parted(word: str) -> tuple[str, ...]:
    """Return a joined word as known words where it is made of nothing else, else as it stands."""
    known = _vocabulary()
    if _singular(word) in known:
        return (word,)
    ways: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(end):
            way = ways[start]
            part = _singular(word[start:end])
            if way is not None and part in known and ways[end] is None:
                ways[end] = (*way, part)
    return ways[-1] or (word,)


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word

"""Evening out how a name is written, so that a disguise does not hide what it says.

Owns the forms in which a field, column or indicator name is looked at. Rules: full-width and
half-width, upper and lower case, accents, invisible marks, traditional characters and letters of
other alphabets that look Latin are all evened out; `dense` drops everything between letters,
`words` keeps the boundaries a reader would see.

    >>> fold = Folding("愛爱", "оo")
    >>> fold.dense("愛 好"), fold.words("bloodGroup")
    ('爱好', ' blood group | bloodgroup ')
"""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_PLAIN = re.compile(r"[a-z]+")
_DIGIT_LETTERS = re.compile(r"[a-z0-9@$]*(?:[a-z][0-9@$]|[0-9@$][a-z])[a-z0-9@$]*")
_AS_LETTERS = (
    str.maketrans("013457@$", "oleastas"),
    str.maketrans("013457@$", "oieastas"),
)
_SPELLED_MIN = 3  # from three single letters in a row on, they are taken as one word spelled out
_DROPPED = ("Mn", "Me", "Cf", "Cc")


class Folding:
    """The evening out, with its two tables of characters.

    traditional, lookalikes: pairs of characters separated by spaces; the first becomes the second.
    """

    __slots__ = ("_lookalikes", "_traditional")

    def __init__(self, traditional: str, lookalikes: str) -> None:
        self._traditional = _table(traditional)
        self._lookalikes = _table(lookalikes)

    def even(self, text: str) -> str:
        """Return `text` in one width, without accents and invisible marks, its case kept."""
        text = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text))
        shown = "".join(c for c in text if unicodedata.category(c) not in _DROPPED)
        return shown.translate(self._traditional).translate(self._lookalikes)

    def dense(self, text: str) -> str:
        """Return the letters and digits of `text` alone, in lower case, nothing between them."""
        return _dense(self.even(text))

    def words(self, text: str) -> str:
        """Return the Latin words of `text` in lower case, each reading of them set off by a bar.

        The readings: split at capitals; not split at capitals; single letters in a row as one
        word; digits that stand for letters as letters. Words are separated by one space.
        """
        even = self.even(text)
        lower = even.lower()
        plain = _PLAIN.findall(lower)
        readings = [[word.lower() for word in _CAMEL.findall(even)], plain, _spelled(plain)]
        disguised = _DIGIT_LETTERS.findall(lower)
        readings += [[word.translate(table) for word in disguised] for table in _AS_LETTERS]
        return f" {' | '.join(dict.fromkeys(' '.join(words) for words in readings if words))} "


def _table(pairs: str) -> dict[int, str]:
    both = (*pairs.split(), *pairs.upper().split())  # capitals look alike as well
    return {ord(pair[0]): pair[1] for pair in both}


def _dense(text: str) -> str:
    return "".join(c for c in text if c.isalnum()).lower()


def _spelled(words: list[str]) -> list[str]:
    found = []
    for single, group in groupby(words, key=lambda word: len(word) == 1):
        letters = list(group)
        found += ["".join(letters)] if single and len(letters) >= _SPELLED_MIN else letters
    return found

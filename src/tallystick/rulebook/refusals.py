"""What is never recorded: the classes of data refused whatever anybody configures or consents to.

Owns the list of refusals and the recognition of a refused field, column, item or indicator by its
name. Rules: a refusal names its class and the article; it never repeats the text it judged (a
heading may turn out to be somebody's data); names are judged, values never are. A name can always
be disguised further; what keeps refused data out for good is the catalogue, this list says why.

    >>> refusals().find("religiousView").code
    'religion'
    >>> refusals().find("注册地址") is None
    True
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.rulebook.citations import Citation, read_citation
from tallystick.rulebook.folding import Folding
from tallystick.rulebook.packs import Pack, Reader, read_pack

REFUSED_CLASS = "refused_class"
_FOUND_MAX = 16_384  # names remembered; the headings and fields of one installation are far fewer
_TAKEN_OUT = "\x00"
_NOTHING = "(?!)"  # an expression that never matches
_REMEDY = Text(
    "请删去该字段、列或指标。配置和授权都不能放开这一类。",
    "Leave the field, column or indicator out. Neither configuration nor consent opens this class.",
)


@dataclass(frozen=True, slots=True)
class RefusedClass:
    """One class of data that is never recorded.

    covers: which published lists it answers to ("charter", "profile", "persons", "identity"),
    each with the words of that list.
    """

    code: str
    names: Text
    covers: tuple[tuple[str, Text], ...]
    legal_basis: tuple[Citation, ...]
    sentence: Text

    @property
    def article(self) -> str:
        """The first article it rests on, in short form."""
        return self.legal_basis[0].rule

    @property
    def reason(self) -> Reason:
        """The refusal: always code `refused_class`, with the class, the sentence, the article."""
        basis = self.legal_basis[0].text
        return Reason(
            REFUSED_CLASS,
            Text(
                f"拒收“{self.names.zh}”类数据：{self.sentence.zh}依据：{basis.zh}。",
                f"data of the class “{self.names.en}” are refused: {self.sentence.en} "
                f"Basis: {basis.en}.",
            ),
            self.article,
            _REMEDY,
        )


@dataclass(frozen=True, slots=True)
class _Words:
    """How one class is recognised."""

    chinese: re.Pattern[str]
    latin: re.Pattern[str]
    letters: re.Pattern[str]
    chinese_both: tuple[tuple[str, str], ...]
    latin_both: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    whole: frozenset[str]


class RefusalList:
    """The list of refusals in force."""

    __slots__ = ("_find", "_folding", "_harmless", "_known_columns", "_words", "classes", "pack")

    def __init__(self, pack: Pack) -> None:
        body = pack.body.expect(
            *("lists", "traditional", "lookalikes", "known_columns", "harmless", "classes")
        )
        self.pack = pack
        self._folding = Folding(body.text("traditional"), body.text("lookalikes"))
        harmless = body.inner("harmless").expect("zh", "en")
        dense = sorted(map(self._folding.dense, harmless.texts("zh")), key=len, reverse=True)
        self._harmless = (
            re.compile("|".join(map(re.escape, dense))),
            _phrases(harmless.texts("en")),
        )
        self._known_columns = frozenset(map(self._folding.dense, body.texts("known_columns")))
        lists = {name for name, _ in body.members("lists")}
        entries = list(body.each("classes"))
        self.classes = tuple(_read_class(entry, lists) for entry in entries)
        self._words = tuple(_read_words(entry.inner("words"), self._folding) for entry in entries)
        self._find = lru_cache(_FOUND_MAX)(self._look)

    def find(self, text: str) -> RefusedClass | None:
        """Return the class the name `text` belongs to, None where it names nothing refused.

        text: the name of a field, column, item or indicator, in Chinese, English or pinyin.
        """
        return self._find(text)

    def check(self, text: str) -> None:
        """Raise the refusal if the name `text` belongs to a refused class.

        Raises: code `refused_class`, with the class in the facts and the article in the rule.
        """
        found = self.find(text)
        if found is not None:
            raise found.reason.error(refused=found.code)

    def _look(self, text: str) -> RefusedClass | None:
        dense = self._folding.dense(text)
        if dense in self._known_columns:
            return None
        wholes = {dense, *map(self._folding.dense, text.split("."))}  # the parts of a code too
        kept = self._harmless[0].sub(_TAKEN_OUT, dense)
        words = self._folding.words(text)
        words = self._harmless[1].sub(_TAKEN_OUT, words)
        letters = words.replace(" ", "")
        for refused, known in zip(self.classes, self._words, strict=True):
            if _matches(known, wholes, kept, words, letters):
                return refused
        return None


@cache
def refusals() -> RefusalList:
    """Return the packaged list of refusals, read once.

    Raises: PACK_BROKEN when the data file is faulty.
    """
    return RefusalList(read_pack("refusals"))


def _matches(known: _Words, wholes: set[str], dense: str, words: str, letters: str) -> bool:
    return bool(
        not known.whole.isdisjoint(wholes)
        or known.chinese.search(dense)
        or known.latin.search(words)
        or known.letters.search(letters)
        or any(one in dense and other in dense for one, other in known.chinese_both)
        or any(one.search(words) and other.search(words) for one, other in known.latin_both)
    )


def _read_class(entry: Reader, lists: set[str]) -> RefusedClass:
    entry.expect("code", "zh", "en", "covers", "legal_basis", "sentence", "words")
    covers = tuple(
        (name, words.expect("zh", "en").names()) for name, words in entry.members("covers")
    )
    basis = tuple(read_citation(citation) for citation in entry.each("legal_basis"))
    if not covers or not basis or not lists.issuperset(name for name, _ in covers):
        entry.refuse("a class covers known lists and rests on at least one article")
    return RefusedClass(entry.text("code"), entry.names(), covers, basis, entry.text_at("sentence"))


def _read_words(entry: Reader, folding: Folding) -> _Words:
    entry.expect("zh", "en", "pinyin", "letters")
    chinese = entry.texts("zh")
    latin = (*entry.texts("en"), *entry.texts("pinyin"))
    return _Words(
        chinese=_any_of([re.escape(folding.dense(word)) for word in _plain(chinese)]),
        latin=_phrases(_plain(latin)),
        letters=_any_of([re.escape(stem) for stem in entry.texts("letters")]),
        chinese_both=tuple((folding.dense(a), folding.dense(b)) for a, b in _both(chinese)),
        latin_both=tuple((_phrases((a,)), _phrases((b,))) for a, b in _both(latin)),
        whole=frozenset(folding.dense(word) for word in (*chinese, *latin) if word[0] == "="),
    )


def _plain(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if word[0] != "=" and " + " not in word)


def _both(words: tuple[str, ...]) -> list[tuple[str, str]]:
    pairs = [word.partition(" + ") for word in words if " + " in word]
    return [(one, other) for one, _, other in pairs]


def _any_of(alternatives: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(alternatives) or _NOTHING)


def _phrases(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds any phrase: its words adjacent, joined or apart, singular or plural."""
    inner = "|".join(" ?".join(map(_word, phrase.split())) for phrase in phrases)
    return re.compile(rf"(?<![a-z])(?:{inner or _NOTHING})(?![a-z])")


def _word(word: str) -> str:
    if word.endswith("*"):
        return rf"{re.escape(word[:-1])}[a-z]*"
    if word.endswith("y"):
        return rf"{re.escape(word[:-1])}(?:y|ies)"
    return rf"{re.escape(word)}(?:e?s)?"

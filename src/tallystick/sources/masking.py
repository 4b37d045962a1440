"""Takes resident ids, telephone numbers and bank-card numbers out of free text.

Owns what counts as such a number however it is typed: with separators, unseen marks, digits of
other scripts, Chinese numerals (一三八, 壹叁捌) or letters in the place of digits (l38OO). Rules:
what is masked is counted by kind and never returned; codes of organisations, document numbers,
dates and amounts stay. Where a number could be either, it is masked: a masked number can be looked
up in the document, a leaked one cannot be taken back.

    >>> mask("联系电话138-0013-8000")
    ('联系电话〔已遮蔽〕', ['masked_phone'])
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from tallystick.kernel.identifiers import check_uscc
from tallystick.sources.masking_numbers import (
    BANK_CARD,
    CLOSING,
    DAY,
    ID_15,
    ID_18,
    OPENING,
    PHONE,
    RESIDENT_ID,
    Spans,
    numbers,
)

__all__ = ["BANK_CARD", "MASK", "PHONE", "RESIDENT_ID", "is_resident_id", "mask", "may_hold_number"]

MASK: Final = "〔已遮蔽〕"

_PLAIN: Final = "0-9０-９"
_NUMERALS: Final = "〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖貳參陸幺"
_LETTERS: Final = "OoIl"
_LIKE_DIGITS: Final = _NUMERALS + _LETTERS
_THEIR_DIGITS: Final = "00123456789" + "123456789" + "2361" + "0011"
_DIGIT: Final = f"[{_PLAIN}{_LIKE_DIGITS}]"
# What people type between the digits of one number: any of these, at most twelve in a row. Signs
# for percent and money, and asterisks, only alone: 15%、30% are two, 138****8000 is masked already.
_SPACE: Final = " \t\r\n\u1680\u2000-\u200a\u202f\u205f\u00a0\u3000"
_HYPHENS: Final = "\\-\u2010-\u2015－"
_DOTS: Final = "./\\\\·•・‧…_,:;|~#=^'\"`&@!?＿．／，、。：；｜～〜‖‗‘’“”․‥†‡＃＝＾＆＠！？"
_BRACKETS: Final = "()（）<>{}＜＞｛｝［］\\[\\]〈〉《》「」『』【】〔〕〖〗"
_GAP: Final = f"[{_HYPHENS}{_SPACE}{_BRACKETS}+＋{_DOTS}]{{0,12}}"
_NEXT: Final = f"(?:{_GAP}|[%％$＄]|\\*\\*?|＊|(?<=[{_PLAIN}]{{17}})[XxＸｘ])"
# Letters, or the same words twice, between the parts of a number: 138abc0013abc8000. What follows
# each part is a measure: 135户2000户3000户.
_PARTED: Final = (
    f"(?<=1)(?<![{_PLAIN}]1)[3-9][{_PLAIN}](?:[A-Za-z]{{1,12}}[{_PLAIN}]{{4}}[A-Za-z]{{0,12}}"
    f"[{_PLAIN}]{{4}}|(?P<g>[^{_PLAIN}]{{1,12}})[{_PLAIN}]{{4}}(?P=g)[{_PLAIN}]{{4}}(?!(?P=g)))"
    f"(?![{_PLAIN}])|(?<=[1-8])(?<![{_PLAIN}][1-8])[{_PLAIN}]{{5}}(?P<h>[^{_PLAIN}]{{1,12}})"
    f"(?:18|19|20)[0-9]{{2}}{DAY}(?P=h)[{_PLAIN}]{{3}}[{_PLAIN}Xx]"
)
# Seven digits are the shortest thing masked: a landline number after the word for telephone. The
# pattern begins with a plain class of digits, which lets the search skip other text three times
# faster than a pattern that begins with a group.
_CANDIDATE: Final = re.compile(
    f"{_DIGIT}(?:(?:{_NEXT}{_DIGIT}){{6,}}(?:{_GAP}[XxＸｘ](?![0-9A-Za-z]))?|(?P<parted>{_PARTED}))"
)
_TO_HALF: Final = str.maketrans("０１２３４５６７８９Ｘｘx", "0123456789XXX")
_TO_DIGITS: Final = str.maketrans(_LIKE_DIGITS, _THEIR_DIGITS)
_DISGUISED: Final = re.compile(f"[{_LIKE_DIGITS}]")
_OTHER_LETTER: Final = "[A-HJ-NP-Za-km-np-z]"
# A letter is a digit only where no other letter stands beside it, nor alone both O and l: not in a
# word. The X that ends a resident id is no word; the I of I6510 is of a branch of industry (GB/T
# 4754).
_WORD_LETTERS: Final = re.compile(
    f"(?<={_OTHER_LETTER})[{_LETTERS}]++|(?<![{_LETTERS}])[{_LETTERS}]++(?=(?![Xx](?![0-9A-Za-z])){_OTHER_LETTER})"
    f"|(?<![0-9A-Za-z])(?:I(?=6[3-5][0-9]{{2}}(?!{_DIGIT}))|O(?=8[0-2][0-9]{{2}}(?!{_DIGIT})))"
    f"|(?<!{_DIGIT})(?=[Il]*[Oo])(?=[Oo]*[Il])[{_LETTERS}]{{2,}}(?!{_DIGIT})"
)
# One number in two ways of writing may as well be two: each sign that stands for a digit counts by
# itself, so that 之一13800138000 is found behind its 一.
_GROUP_OR_SIGN: Final = re.compile(f"[0-9X]+|[{_LIKE_DIGITS}]")
_REAL_DIGITS_MIN: Final = 4  # beside letters that stand for digits
_LOCAL_LENGTHS: Final = range(7, 9)  # of a telephone number without its area
_LISTED: Final = frozenset("、，,；;")
_STARRED_ID: Final = re.compile("[1-9][0-9]{2,13}\\*{2,}[0-9]{0,4}[0-9X]?")

_CODE: Final = re.compile("(?<![0-9A-Z])[0-9A-Z]{18}(?![0-9A-Z])")
_TO_UPPER: Final = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
# By far the most frequent long number: that of a document, of a length no number of a person has
# that 号 does not excuse. It is not read any further.
_RUNNING_NUMBER: Final = re.compile(
    f"(?:[{OPENING}]20[0-9]{{2}}[{CLOSING}]|第)(?:[0-9]{{1,10}}|[0-9]{{12}})号(?!码)"
)

# Marks outside everyday text: digits of other scripts, marks nobody sees, marks above others.
_UNUSUAL: Final = re.compile("[^\t\n\r\x1f -~\u00b7\u2010-\u2027\u3000-\u3029\u3400-\u9fff！-～￥]")
_UNSEEN: Final = ("Cf", "Mn", "Me")
_NUMBERS: Final = ("Nd", "No", "Nl")
_DIGIT_VALUES: Final = frozenset(range(10))
_DASH: Final = "Pd"
_BETWEEN: Final = (_DASH, "Zs", "Zl", "Zp", "Po", "Pc", "Sk", "So", "Lm")
# Cyrillic and Greek letters, circles, the sign for minus, blanks that count as letters.
_LOOKALIKES: Final = str.maketrans(
    "\u041e\u043e\u039f\u03bf\u0406\u0456\u04c0\u0399\u03b9\u25cb\u25ef\u2212\u3164\u2800\uffa0",
    "OoOoIIIII〇〇-   ",
)


def may_hold_number(text: str) -> bool:
    """Return whether any text of a joined run could hold something to mask."""
    return bool(_CANDIDATE.search(text) or _UNUSUAL.search(text))


def mask(text: str) -> tuple[str, list[str]]:
    """Return `text` with personal numbers replaced, and the kind of each, in order."""
    looked, places = _folded(text) if _UNUSUAL.search(text) else (text, None)
    candidates = [match for match in _CANDIDATE.finditer(looked) if not _is_running(match)]
    if not candidates:
        return text, []
    kinds: list[str] = []
    pieces: list[str] = []
    end = 0
    for start, stop, kind in _found(looked.translate(_TO_HALF), candidates):
        low, high = (places[start], places[stop]) if places else (start, stop)
        pieces += (text[end:low], MASK)
        kinds.append(kind)
        end = high
    return "".join((*pieces, text[end:])), kinds


def _is_running(candidate: re.Match[str]) -> bool:
    """Return whether a candidate is the running number of a document and nothing else."""
    running = _RUNNING_NUMBER.match(candidate.string, max(0, candidate.start() - 1))
    return running is not None and running.end() > candidate.end()


def _folded(text: str) -> tuple[str, list[int]]:
    """Return `text` with plain digits and letters and without unseen marks, and whence each came.

    The places are those of the marks in `text`, and its length at the end.
    """
    marks: list[str] = []
    places: list[int] = []
    for place, mark in enumerate(text.translate(_LOOKALIKES)):
        category = unicodedata.category(mark)
        if category in _UNSEEN:
            continue
        number = unicodedata.numeric(mark, None) if category in _NUMBERS else None
        if number is not None and number in _DIGIT_VALUES:
            even = str(int(number))
        elif category in _BETWEEN and _UNUSUAL.match(mark):
            even = "-" if category == _DASH else " "
        else:
            even = unicodedata.normalize("NFKC", mark) if mark.isalnum() else mark
        marks.append(even)
        places += [place] * len(even)
    return "".join(marks), [*places, len(text)]


def is_resident_id(text: str) -> bool:
    """Return whether `text` (half-width) reads as a resident id of 18 or 15 characters.

    The check digit is not asked for: a mistyped id is an id still. Ids with asterisks in the
    middle, as courts publish them, count as well.
    """
    if "*" in text:
        return bool(_STARRED_ID.fullmatch(text))
    return bool(ID_18.fullmatch(text) or ID_15.fullmatch(text))


def _found(plain: str, candidates: list[re.Match[str]]) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, kind) of each personal number among the candidates, in order.

    The words beside a number are read as they are; only what may be digits becomes digits.
    """
    codes = _codes(plain)
    parts = [list(_between_words(plain, *one.span())) for one in candidates]
    pieces: list[str] = []
    done = 0
    for low, high in (span for spans in parts for span in spans):
        if _DISGUISED.search(plain, low, high):
            pieces += (plain[done:low], plain[low:high].translate(_TO_DIGITS))
            done = high
    even = "".join((*pieces, plain[done:]))
    for candidate, spans in zip(candidates, parts, strict=True):
        start, end = candidate.span()
        if candidate["parted"]:
            if not codes.touch(start, end):
                yield start, end, RESIDENT_ID if candidate["h"] else PHONE
            continue
        for low, high in spans:
            groups = [match.span() for match in _GROUP_OR_SIGN.finditer(plain, low, high)]
            for first, last, kind in numbers(even, groups, codes):
                if _is_plausible(plain[first:last]):
                    yield first, last, kind


def _codes(plain: str) -> Spans:
    """Return where codes of organisations stand, also with an O typed for a 0."""
    upper = plain.translate(_TO_UPPER)
    writings = [upper]
    if _DISGUISED.search(plain):
        writings.append(plain.translate(_TO_DIGITS).translate(_TO_UPPER))
    return Spans(
        sorted(
            {
                match.span()
                for writing in writings
                for match in _CODE.finditer(writing)
                if check_uscc(match.group()) is None
            }
        )
    )


def _between_words(plain: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of a candidate that hold no letter of a word."""
    low = start
    if not _DISGUISED.search(plain, start, end):
        yield start, end
        return
    for word in _WORD_LETTERS.finditer(plain, start, min(end + 1, len(plain))):
        if low < word.start():
            yield low, word.start()
        low = word.end()
    if low < end:
        yield low, end


def _is_plausible(written: str) -> bool:
    """Return whether signs that are no digits are likely to stand for digits here.

    Letters need digits beside them, and a short number is no list of numerals: 一、二、三.
    """
    if not _DISGUISED.search(written):
        return True
    real = sum(mark.isdigit() for mark in written)
    letters = sum(mark in _LETTERS for mark in written)
    if letters and real < _REAL_DIGITS_MIN:
        return False
    signs = real + sum(mark in _LIKE_DIGITS for mark in written)
    return signs not in _LOCAL_LENGTHS or _LISTED.isdisjoint(written)

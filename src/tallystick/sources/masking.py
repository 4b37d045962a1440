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
from collections.abc import Callable, Iterator
from itertools import accumulate, pairwise
from typing import Final

from tallystick.kernel.identifiers import check_uscc

MASK: Final = "〔已遮蔽〕"
RESIDENT_ID: Final = "masked_resident_id"
PHONE: Final = "masked_phone"
BANK_CARD: Final = "masked_bank_card"

_PLAIN: Final = "0-9０-９"
_NUMERALS: Final = "〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖貳參陸幺"
_LETTERS: Final = "OoIl"
_LIKE_DIGITS: Final = _NUMERALS + _LETTERS
_THEIR_DIGITS: Final = "00123456789" + "123456789" + "2361" + "0011"
_DIGIT: Final = f"[{_PLAIN}{_LIKE_DIGITS}]"
# What people type between the digits of one number: any of these, at most twelve in a row. No
# brackets but round ones: others hold the year of a document.
_SPACE: Final = " \t\r\n\u1680\u2000-\u200a\u202f\u205f\u00a0\u3000"
_HYPHENS: Final = "\\-\u2010-\u2015－"
_DOTS: Final = "./\\\\·•・‧…_,:;|~#=^'\"`&@!?＿．／，、。：；｜～〜‖‗‘’․‥†‡＃＝＾＆＠！？"
_GAP: Final = f"[{_HYPHENS}{_SPACE}()（）+＋{_DOTS}]{{0,12}}"
# Seven digits are the shortest thing masked: a landline number after the word for telephone. The
# pattern begins with a plain class of digits, which lets the search skip other text three times
# faster than a pattern that begins with a group.
_CANDIDATE: Final = re.compile(
    f"{_DIGIT}(?:{_GAP}{_DIGIT}){{6,}}(?:{_GAP}[XxＸｘ](?![0-9A-Za-z]))?",
)
_TO_HALF: Final = str.maketrans("０１２３４５６７８９Ｘｘx", "0123456789XXX")
_TO_DIGITS: Final = str.maketrans(_LIKE_DIGITS, _THEIR_DIGITS)
_DISGUISED: Final = re.compile(f"[{_LIKE_DIGITS}]")
_OTHER_LETTER: Final = "[A-HJ-NP-Za-km-np-z]"
# A letter is a digit only where no other letter stands beside it, nor alone both O and l: not in a
# word. The X that ends a resident id is no word; the I of I6510 is of a branch of industry (GB/T
# 4754).
_WORD_LETTERS: Final = re.compile(
    f"(?<={_OTHER_LETTER})[{_LETTERS}]+|[{_LETTERS}]+(?=(?![Xx](?![0-9A-Za-z])){_OTHER_LETTER})"
    f"|(?<![0-9A-Za-z])(?:I(?=6[3-5][0-9]{{2}}(?!{_DIGIT}))|O(?=8[0-2][0-9]{{2}}(?!{_DIGIT})))"
    f"|(?<!{_DIGIT})(?=[Il]*[Oo])(?=[Oo]*[Il])[{_LETTERS}]{{2,}}(?!{_DIGIT})"
)
# One number in two ways of writing may as well be two: each sign that stands for a digit counts by
# itself, so that 之一13800138000 is found behind its 一.
_GROUP_OR_SIGN: Final = re.compile(f"[0-9X]+|[{_LIKE_DIGITS}]")
_LENGTHS: Final = range(10, 20)  # digits: of a landline number to those of a card
_LOCAL_LENGTHS: Final = range(7, 9)  # of a telephone number without its area
_REAL_DIGITS_MIN: Final = 4  # beside letters that stand for digits
_LISTED: Final = frozenset("、，,；;")

_GROUP: Final = re.compile("[0-9X]+")
_CODE: Final = re.compile("(?<![0-9A-Z])[0-9A-Z]{18}(?![0-9A-Z])")
_DOCUMENT_NUMBER: Final = re.compile("[〕】\\]］〉)）第字执初终][0-9]+(?=[-—0-9]*号)")
# The same for certain: too short for a resident id of 18, and never read any further.
_RUNNING_NUMBER: Final = re.compile("[第〕】\\]］〉)）][0-9]{1,14}号")
_AMOUNT_AFTER: Final = re.compile(
    "[0-9,.]{0,30}\\s{0,9}(?:元|[万亿](?:元|美元)|美元|%|％|\\.[0-9])"
)
# Thousands set off by commas, or one point with at most two places, or a fraction of one.
_AMOUNT_ITSELF: Final = re.compile(
    "[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\\.[0-9]{1,4})?|[0-9]+\\.[0-9]{1,2}|0\\.[0-9]+"
)
_AMOUNT_BEFORE: Final = re.compile("[¥￥$]\\s*$")
_REGISTRATION_WORD: Final = re.compile("(?:注册号|登记号|登记证号|税号)[^0-9]{0,2}$")
_CARD_WORD: Final = re.compile(
    "(?:卡号|银行卡|账号|帐号|账户|帐户|card|account)[^0-9]{0,6}$", re.IGNORECASE
)
_PHONE_WORD: Final = re.compile(
    "(?:电话|手机|联系|座机|热线|传真|tel|phone)[^0-9]{0,6}$", re.IGNORECASE
)
_PHONE_WORD_NEAR: Final = re.compile("电话|手机|联系|座机|热线|传真|tel|phone", re.IGNORECASE)
_WORD_REACH: Final = 14

_DAY: Final = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_PROVINCE: Final = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9[0-9])"
_ID_18: Final = re.compile(f"{_PROVINCE}[0-9]{{4}}(?:18|19|20)[0-9]{{2}}{_DAY}[0-9]{{3}}[0-9X]")
_STARRED_ID: Final = re.compile("[1-9][0-9]{2,13}\\*{2,}[0-9]{0,4}[0-9X]?")
_ID_15: Final = re.compile(f"{_PROVINCE}[0-9]{{4}}[0-9]{{2}}{_DAY}[0-9]{{3}}")
_ANY_18: Final = re.compile("[0-9]{17}[0-9X]")
_MOBILE: Final = re.compile("(?:0{0,2}86)?1[3-9][0-9]{9}")
_LANDLINE: Final = re.compile("(?:0{0,2}86)?0(?:10|2[0-9]|[3-9][0-9]{2})[1-9][0-9]{6,7}")
_SHORT_PHONE: Final = re.compile("[1-9][0-9]{6,7}")
_WRITTEN_DATE: Final = re.compile(
    "(?<![0-9])(?:19|20)[0-9]{2}[-—./](?:0?[1-9]|1[0-2])[-—./](?:0?[1-9]|[12][0-9]|3[01])(?![0-9])",
)
_DATE: Final = re.compile(f"(?:19|20)[0-9]{{2}}{_DAY}(?:[0-2][0-9][0-5][0-9](?:[0-5][0-9])?)?")
_CARD_LENGTHS: Final = range(13, 20)
_LUHN_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10X98765432"

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
    kinds: list[str] = []
    pieces: list[str] = []
    end = 0
    plain = ""
    for candidate in _CANDIDATE.finditer(looked):
        running = _RUNNING_NUMBER.match(looked, max(0, candidate.start() - 1))
        if running and running.end() > candidate.end():
            continue  # the number of a document: by far the most frequent long number there is
        plain = plain or looked.translate(_TO_HALF)
        for start, stop, kind in _found(plain, candidate.start(), candidate.end()):
            low, high = (places[start], places[stop]) if places else (start, stop)
            pieces += (text[end:low], MASK)
            kinds.append(kind)
            end = high
    if not kinds:
        return text, kinds
    return "".join((*pieces, text[end:])), kinds


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
    return bool(_ID_18.fullmatch(text) or _ID_15.fullmatch(text))


def _found(plain: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, kind) of each personal number between `start` and `end`, in order."""
    if not _DISGUISED.search(plain, start, end):
        groups = [match.span() for match in _GROUP.finditer(plain, start, end)]
        yield from _numbers(plain, groups, _code_spans(plain, start, end))
        return
    # The words beside a number are read as they are; only what may be digits becomes digits.
    even, parts = plain, list(_between_words(plain, start, end))
    codes = _code_spans(plain, start, end)
    codes += _code_spans(plain.translate(_TO_DIGITS), start, end)  # O typed for the 0 of a code
    for low, high in parts:
        even = even[:low] + even[low:high].translate(_TO_DIGITS) + even[high:]
    for low, high in parts:
        groups = [match.span() for match in _GROUP_OR_SIGN.finditer(plain, low, high)]
        for first, last, kind in _numbers(even, groups, codes):
            if _is_plausible(plain[first:last]):
                yield first, last, kind


def _between_words(plain: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of a candidate that hold no letter of a word."""
    low = start
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


def _numbers(
    plain: str, groups: list[tuple[int, int]], codes: list[tuple[int, int]]
) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, kind) of each personal number made of groups that follow one another.

    Local telephone numbers are looked for last, in what is left: any seven digits look like one.
    """
    if not groups:
        return
    start, end = groups[0][0], groups[-1][1]
    dates = [match.span() for match in _WRITTEN_DATE.finditer(plain, start, end)]
    chosen = _chosen(plain, groups, _LENGTHS, lambda number: number.kind(codes, dates))
    if _PHONE_WORD_NEAR.search(plain, max(0, start - _WORD_REACH), end):
        edges = [(0, 0, ""), *chosen, (len(groups), 0, "")]
        for (_, low, _), (high, _, _) in pairwise(edges):
            left = groups[low:high]
            local = _chosen(
                plain, left, _LOCAL_LENGTHS, lambda number: number.local_kind(codes, dates)
            )
            chosen += [(low + first, low + last, kind) for first, last, kind in local]
        chosen.sort()
    for first, last, kind in chosen:
        yield _with_sign(plain, groups[first][0]), groups[last - 1][1], kind


def _chosen(
    plain: str,
    groups: list[tuple[int, int]],
    lengths: range,
    kind_of: Callable[[_Number], str],
) -> list[tuple[int, int, str]]:
    """Return (first, last, kind) of the numbers among groups: the leftmost, of these the longest.

    lengths: how many digits such a number may have. What a number left out overlaps is added to
    the one before: no digit of it is left to read.
    """
    ends = [0, *accumulate(high - low for low, high in groups)]
    found = [
        (first, last, kind)
        for first in range(len(groups))
        for last in range(min(len(groups), first + lengths[-1]), first, -1)
        if ends[last] - ends[first] in lengths
        and (kind := kind_of(_Number(plain, groups[first:last])))
    ]
    if not found:
        return []
    chosen: list[tuple[int, int, str]] = []
    reach: list[int] = []
    for first, last, kind in found:
        if not chosen or first >= chosen[-1][1]:
            chosen.append((first, last, kind))
            reach.append(last)
        else:
            reach[-1] = max(reach[-1], last)
    limits = [*(first for first, _, _ in chosen[1:]), len(groups)]
    return [
        (first, min(far, limit), kind)
        for (first, _, kind), far, limit in zip(chosen, reach, limits, strict=True)
    ]


def _with_sign(plain: str, start: int) -> int:
    """Return where a number starts once a plus or an opening bracket before it is counted in."""
    while start and plain[start - 1] in "+＋":
        start -= 1
    return start


def _code_spans(plain: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans near the candidate that are codes of organisations."""
    near = _CODE.finditer(plain.upper(), max(0, start - 18), min(len(plain), end + 18))
    return [match.span() for match in near if check_uscc(match.group()) is None]


class _Number:
    """Groups of digits read as one number, and what stands around it."""

    __slots__ = ("digits", "end", "groups", "plain", "start")

    def __init__(self, plain: str, groups: list[tuple[int, int]]) -> None:
        self.plain = plain
        self.groups = groups
        self.start, self.end = groups[0][0], groups[-1][1]
        self.digits = "".join(plain[low:high] for low, high in groups)

    def kind(self, codes: list[tuple[int, int]], dates: list[tuple[int, int]]) -> str:
        """Return what kind of personal number this is, "" if none."""
        digits = self.digits
        if self._touches(codes):
            # A code of an organisation that is a sound resident id as well is read as the id.
            return RESIDENT_ID if _is_sound_id(digits) and digits[0] != "9" else ""
        if _ID_18.fullmatch(digits):
            return RESIDENT_ID
        if self._is_document_number() or self._is_amount() or self._touches(dates):
            return ""
        if self._is_long_id():
            return RESIDENT_ID
        if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits):
            return PHONE
        return BANK_CARD if self._is_card() else ""

    def local_kind(self, codes: list[tuple[int, int]], dates: list[tuple[int, int]]) -> str:
        """Return PHONE for a number without its area that stands after the word for telephone."""
        if not _SHORT_PHONE.fullmatch(self.digits) or not self._after(_PHONE_WORD):
            return ""
        other = self._touches(codes) or self._is_document_number() or self._touches(dates)
        return "" if other or self._is_amount() else PHONE

    def _touches(self, spans: list[tuple[int, int]]) -> bool:
        return any(low < self.end and self.start < high for low, high in spans)

    def _after(self, word: re.Pattern[str]) -> bool:
        return word.search(self.plain[max(0, self.start - _WORD_REACH) : self.start]) is not None

    def _is_document_number(self) -> bool:
        """Return whether this is the running number of a document, as in 〔2026〕123456号."""
        match = _DOCUMENT_NUMBER.match(self.plain, max(0, self.start - 1))
        return match is not None and match.end() >= self.end

    def _is_amount(self) -> bool:
        if self._after(_PHONE_WORD) or self._after(_CARD_WORD):
            return False
        if _AMOUNT_ITSELF.fullmatch(self.plain, self.start, self.end):
            return True
        return self._after(_AMOUNT_BEFORE) or bool(_AMOUNT_AFTER.match(self.plain, self.end))

    def _holds_date(self) -> bool:
        return any(_DATE.fullmatch(self.plain, low, high) for low, high in self.groups)

    def _is_long_id(self) -> bool:
        """Return whether this is any 18 digits in one run, or an id of the old 15 digits."""
        if len(self.groups) == 1 and _ANY_18.fullmatch(self.digits):
            return True
        return bool(_ID_15.fullmatch(self.digits)) and not self._after(_REGISTRATION_WORD)

    def _is_card(self) -> bool:
        """Return whether this is a card number: 13 to 19 digits that satisfy Luhn.

        After a word such as 卡号 any such number is one. Source: ISO/IEC 7812-1.
        """
        digits = self.digits
        if len(digits) not in _CARD_LENGTHS or not digits.isdigit() or digits[0] == "0":
            return False
        if self._after(_CARD_WORD):
            return True
        return _satisfies_luhn(digits) and not self._holds_date()


def _is_sound_id(digits: str) -> bool:
    """Return whether this is a resident id whose check digit holds (GB 11643-1999)."""
    if not _ID_18.fullmatch(digits):
        return False
    weighed = sum(int(d) * weight for d, weight in zip(digits, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[weighed % 11] == digits[-1]


def _satisfies_luhn(digits: str) -> bool:
    total = sum(int(digit) for digit in digits[-1::-2])
    return (total + sum(_LUHN_DOUBLED[int(digit)] for digit in digits[-2::-2])) % 10 == 0

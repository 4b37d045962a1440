"""Takes resident ids, telephone numbers and bank-card numbers out of free text.

Owns what counts as such a number however it is typed: with separators, unseen marks or other
digits. Rules: what is masked is counted by kind and never returned; codes of organisations,
document numbers, dates and amounts stay. Where a number could be either, it is masked: a masked
number can be looked up in the document, a leaked one cannot be taken back.

    >>> mask("联系电话138-0013-8000")
    ('联系电话〔已遮蔽〕', ['masked_phone'])
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from tallystick.kernel.identifiers import check_uscc

MASK: Final = "〔已遮蔽〕"
RESIDENT_ID: Final = "masked_resident_id"
PHONE: Final = "masked_phone"
BANK_CARD: Final = "masked_bank_card"

_DIGIT: Final = "[0-9０-９]"
# What people type between the digits of one number: at most three of these in a row.
_SPACE: Final = " \t\r\n\u1680\u2000-\u200a\u202f\u205f\u00a0\u3000"
_GAP: Final = f"[-‐‑‒–—－{_SPACE}()（）+＋./\\\\·•・‧_,:;|~＿．／，、。：；｜～]{{0,3}}"
# Seven digits are the shortest thing masked: a landline number after the word for telephone. The
# pattern begins with a plain class of digits, which lets the search skip other text three times
# faster than a pattern that begins with a group.
_CANDIDATE: Final = re.compile(
    f"{_DIGIT}(?:{_GAP}{_DIGIT}){{6,}}(?:{_GAP}[XxＸｘ](?![0-9A-Za-z]))?",
)
_TO_HALF: Final = str.maketrans("０１２３４５６７８９Ｘｘx", "0123456789XXX")

_GROUP: Final = re.compile("[0-9X]+")
_CODE: Final = re.compile("(?<![0-9A-Z])[0-9A-Z]{18}(?![0-9A-Z])")
_DOCUMENT_NUMBER: Final = re.compile("[〕】\\]］〉)）第字执初终][0-9]+(?=[-—0-9]*号)")
# The same for certain: too short for a resident id of 18, and never read any further.
_RUNNING_NUMBER: Final = re.compile("[第〕】\\]］〉)）][0-9]{1,14}号")
_AMOUNT_AFTER: Final = re.compile("[0-9,.]*\\s*(?:元|[万亿](?:元|美元)|美元|%|％|\\.[0-9])")
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
    for place, mark in enumerate(text):
        if unicodedata.category(mark) in _UNSEEN:
            continue
        digit = unicodedata.digit(mark, None)
        if digit is not None:
            even = str(digit)
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
    groups = [match.span() for match in _GROUP.finditer(plain, start, end)]
    codes = _code_spans(plain, start, end)
    dates = [match.span() for match in _WRITTEN_DATE.finditer(plain, start, end)]
    first = 0
    while first < len(groups):
        for last in range(len(groups), first, -1):
            number = _Number(plain, groups[first:last])
            kind = number.kind(codes, dates)
            if kind:
                yield _with_sign(plain, number.start), number.end, kind
                first = last
                break
        else:
            first += 1


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
        if _SHORT_PHONE.fullmatch(digits) and self._after(_PHONE_WORD):
            return PHONE
        return BANK_CARD if self._is_card() else ""

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

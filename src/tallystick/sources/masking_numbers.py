"""What makes digits the number of a person, and what else they may be.

Owns the kinds: resident ids, telephone numbers, bank cards; and what is none: codes of
organisations, document numbers, dates, amounts. Rules: digits are read in groups, as they were
typed; neither 号 nor 元 behind it excuses what is a mobile number, an id or a sound card; all work
is linear in the text.

    >>> is_sound_id("31999918450612001X")
    True
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate, pairwise
from typing import Final, Self

RESIDENT_ID: Final = "masked_resident_id"
PHONE: Final = "masked_phone"
BANK_CARD: Final = "masked_bank_card"

_LENGTHS: Final = range(10, 20)  # digits: of a landline number to those of a card
_LOCAL_LENGTHS: Final = range(7, 9)  # of a telephone number without its area
_REGISTRATION_WORD: Final = re.compile("(?:注册号|登记号|登记证号|税号)[^0-9]{0,2}$")
_CARD_WORD: Final = re.compile(
    "(?:卡号|银行卡|账号|帐号|账户|帐户|card|account)[^0-9]{0,6}$", re.IGNORECASE
)
_PHONE_WORD: Final = re.compile(
    "(?:电话|手机|联系|座机|热线|传真|tel|phone)[^0-9]{0,6}$", re.IGNORECASE
)
_PHONE_WORD_NEAR: Final = re.compile("电话|手机|联系|座机|热线|传真|tel|phone", re.IGNORECASE)
_WORD_REACH: Final = 14

DAY: Final = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
PROVINCE: Final = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9[0-9])"
ID_18: Final = re.compile(f"{PROVINCE}[0-9]{{4}}(?:18|19|20)[0-9]{{2}}{DAY}[0-9]{{3}}[0-9X]")
ID_15: Final = re.compile(f"{PROVINCE}[0-9]{{4}}[0-9]{{2}}{DAY}[0-9]{{3}}")
_ANY_18: Final = re.compile("[0-9]{17}[0-9X]")
_MOBILE: Final = re.compile("(?:0{0,2}86)?1[3-9][0-9]{9}")
_LANDLINE: Final = re.compile("(?:0{0,2}86)?0(?:10|2[0-9]|[3-9][0-9]{2})[1-9][0-9]{6,7}")
_SHORT_PHONE: Final = re.compile("[1-9][0-9]{6,7}")
_WRITTEN_DATE: Final = re.compile(
    "(?<![0-9])(?:19|20)[0-9]{2}[-—./](?:0?[1-9]|1[0-2])[-—./](?:0?[1-9]|[12][0-9]|3[01])(?![0-9])",
)
_DATE: Final = re.compile(f"(?:19|20)[0-9]{{2}}{DAY}(?:[0-2][0-9][0-5][0-9](?:[0-5][0-9])?)?")
_CARD_LENGTHS: Final = range(13, 20)
_LUHN_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10X98765432"
_ID_INSIDE: Final = re.compile(f"(?=({ID_18.pattern}))")
# A day, with or without its hour, and a mobile number typed in one: 2026010113800138000.
_DATE_AND_MOBILE: Final = re.compile(
    f"{_DATE.pattern}1[3-9][0-9]{{9}}|1[3-9][0-9]{{9}}(?:19|20)[0-9]{{2}}{DAY}"
)
_ABROAD: Final = re.compile("[1-9][0-9]{0,2}[0-9 \\-()（）]*")
_NEAR_ABROAD: Final = re.compile(
    "(?:00)?(?:852|853|886)[ \\-)）]{1,3}[2-9][0-9]{2,4}[ \\-]?[0-9]{3}[ \\-]?[0-9]{1,3}"
)
_ABROAD_LENGTHS: Final = range(10, 16)  # ITU-T E.164: at most fifteen
_BEHIND: Final = 40  # marks behind a number that say what it is
# The year in brackets and the running number behind it, or the number behind one of these words.
OPENING: Final = "〔［\\[【〈<(（"
CLOSING: Final = "〕］\\]】〉>)）"
_DOCUMENT: Final = re.compile(
    f"(?:(?<=[{OPENING}])20[0-9]{{2}}[{CLOSING}]|(?<=[第字执初终]))"
    "[0-9]{1,20}(?:[-—][0-9]{1,9}){0,3}号(?!码)"
)
_YEAR: Final = re.compile(f"20[0-9]{{2}}[{CLOSING}]")
# Thousands set off by commas; an amount with its unit or its sign; a point with at most two places;
# a fraction of one. What lies across one of these is none.
_AMOUNT: Final = re.compile(
    "(?<![0-9.])(?:[1-9][0-9]{0,2}(?:,[0-9]{3}){1,6}(?:\\.[0-9]{1,4})?(?![0-9]|[.,][0-9])"
    "|(?:0|[1-9][0-9]{0,12})(?:\\.[0-9]{1,4})?\\s{0,9}(?:元|[万亿](?:元|美元)|美元|%|％)"
    "|(?:(?<=[¥￥$])|(?<=[¥￥$] ))[1-9][0-9]{0,12}(?:\\.[0-9]{1,4})?(?![0-9.])"
    "|(?:0|[1-9][0-9]{0,11})\\.[0-9]{1,2}(?!\\.?[0-9])|0\\.[0-9]{1,12}(?![0-9]))"
)
# An amount of many thousand millions: nobody's telephone number ends in seven zeros.
_ROUND: Final = re.compile("[0-9]{4}0{7}")


class Spans:
    """Stretches of a text, in order, of which none lies inside another; asked for by place."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = list(spans)
        self._starts = [low for low, _ in ordered]
        self._ends = [high for _, high in ordered]

    @classmethod
    def of(cls, pattern: re.Pattern[str], text: str, start: int, end: int) -> Self:
        """Return where `pattern` is found between `start` and `end`."""
        return cls(match.span() for match in pattern.finditer(text, start, end))

    def touch(self, low: int, high: int) -> bool:
        """Return whether one of them shares a mark with the stretch from `low` to `high`."""
        at = bisect_right(self._ends, low)
        return at < len(self._ends) and self._starts[at] < high

    def hold(self, low: int, high: int) -> bool:
        """Return whether all from `low` to `high` lies inside one of them."""
        at = bisect_left(self._ends, high)
        return at < len(self._ends) and self._starts[at] <= low


class _Around:
    """What the digits of one stretch of text may be besides numbers of people."""

    __slots__ = ("amounts", "codes", "dates", "documents")

    def __init__(self, plain: str, start: int, end: int, codes: Spans) -> None:
        behind = min(len(plain), end + _BEHIND)
        self.codes = codes
        self.dates = Spans.of(_WRITTEN_DATE, plain, start, end)
        self.documents = Spans.of(_DOCUMENT, plain, start, behind)
        self.amounts = Spans.of(_AMOUNT, plain, start, behind)


def numbers(
    plain: str, groups: list[tuple[int, int]], codes: Spans
) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, kind) of each personal number made of groups that follow one another.

    Local telephone numbers are looked for last, in what is left: any seven digits look like one.
    """
    if not groups:
        return
    start, end = groups[0][0], groups[-1][1]
    around = _Around(plain, start, end, codes)
    inside = _inside(plain, groups, codes)
    chosen = _chosen(plain, groups, _LENGTHS, lambda number: number.kind(around), inside)
    if _PHONE_WORD_NEAR.search(plain, max(0, start - _WORD_REACH), end):
        edges = [(0, 0, ""), *chosen, (len(groups), 0, "")]
        for (_, low, _), (high, _, _) in pairwise(edges):
            local = _chosen(
                plain, groups[low:high], _LOCAL_LENGTHS, lambda number: number.local_kind(around)
            )
            chosen += [(low + first, low + last, kind) for first, last, kind in local]
        chosen.sort()
    for first, last, kind in chosen:
        yield _with_sign(plain, groups[first][0]), groups[last - 1][1], kind


def _inside(plain: str, groups: list[tuple[int, int]], codes: Spans) -> list[tuple[int, int, str]]:
    """Return (first, last, kind) of the groups that hold a number with other digits glued to it.

    Only what is certain: an id with a sound check digit or an X, a mobile number beside a date.
    """
    digits = "".join(plain[low:high] for low, high in groups)
    ends = [0, *accumulate(high - low for low, high in groups)]
    found: list[tuple[int, int, str]] = []
    for match in _ID_INSIDE.finditer(digits):
        first = bisect_right(ends, match.start()) - 1
        last = bisect_left(ends, match.end(1))
        certain = match[1].endswith("X") or is_sound_id(match[1])
        if certain and not codes.touch(groups[first][0], groups[last - 1][1]):
            found.append((first, last, RESIDENT_ID))
    for place, (low, high) in enumerate(groups):
        if high - low >= _LENGTHS[-1] and _DATE_AND_MOBILE.fullmatch(plain, low, high):
            found.append((place, place + 1, PHONE))
    return found


def _chosen(
    plain: str,
    groups: list[tuple[int, int]],
    lengths: range,
    kind_of: Callable[[_Number], str],
    certain: Iterable[tuple[int, int, str]] = (),
) -> list[tuple[int, int, str]]:
    """Return (first, last, kind) of the numbers among groups: the leftmost, of these the longest.

    lengths: how many digits such a number may have. certain: those already found. What a number
    left out overlaps is added to the one before: no digit of it is left to read.
    """
    ends = [0, *accumulate(high - low for low, high in groups)]
    found = [
        (first, last, kind)
        for first in range(len(groups))
        for last in range(min(len(groups), first + lengths[-1]), first, -1)
        if ends[last] - ends[first] in lengths
        and (kind := kind_of(_Number(plain, groups[first:last])))
    ]
    found = sorted({*found, *certain}, key=lambda one: (one[0], -one[1]))
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


class _Number:
    """Groups of digits read as one number, and what stands around it."""

    __slots__ = ("digits", "end", "groups", "plain", "start")

    def __init__(self, plain: str, groups: list[tuple[int, int]]) -> None:
        self.plain = plain
        self.groups = groups
        self.start, self.end = groups[0][0], groups[-1][1]
        self.digits = "".join(plain[low:high] for low, high in groups)

    def kind(self, around: _Around) -> str:
        """Return what kind of personal number this is, "" if none."""
        digits = self.digits
        if around.codes.touch(self.start, self.end):
            # A code of an organisation that is a sound resident id as well is read as the id.
            return RESIDENT_ID if is_sound_id(digits) and digits[0] != "9" else ""
        if ID_18.fullmatch(digits):
            return RESIDENT_ID
        document = around.documents.hold(self.start, self.end)
        amount = self._is_amount(around)
        if document and _YEAR.match(self.plain, self.start):
            return ""  # read from its year on
        if around.dates.touch(self.start, self.end):
            return ""
        if amount and (len(self.groups) > 1 or _ROUND.fullmatch(digits)):
            return ""
        return self._certain_kind() or ("" if document or amount else self._likely_kind())

    def local_kind(self, around: _Around) -> str:
        """Return PHONE for a number without its area that stands after the word for telephone."""
        if not _SHORT_PHONE.fullmatch(self.digits) or not self._after(_PHONE_WORD):
            return ""
        others = (around.codes, around.dates)
        if any(other.touch(self.start, self.end) for other in others):
            return ""
        return "" if around.documents.hold(self.start, self.end) else PHONE

    def _certain_kind(self) -> str:
        """Return the kind of what no word behind it excuses."""
        if ID_15.fullmatch(self.digits) and not self._after(_REGISTRATION_WORD):
            return RESIDENT_ID
        if _MOBILE.fullmatch(self.digits):
            return PHONE
        return BANK_CARD if self._is_card() else ""

    def _likely_kind(self) -> str:
        """Return the kind of what may as well be the number of a document, or an amount."""
        if len(self.groups) == 1 and _ANY_18.fullmatch(self.digits):
            return RESIDENT_ID
        return PHONE if _LANDLINE.fullmatch(self.digits) or self._is_abroad() else ""

    def _after(self, word: re.Pattern[str]) -> bool:
        return word.search(self.plain[max(0, self.start - _WORD_REACH) : self.start]) is not None

    def _is_amount(self, around: _Around) -> bool:
        if self._after(_PHONE_WORD) or self._after(_CARD_WORD):
            return False
        return around.amounts.hold(self.start, self.end)

    def _is_abroad(self) -> bool:
        """Return whether this is a telephone number behind the code of a country.

        Behind a plus, whatever the country; without one of Hong Kong, Macao or Taiwan.
        """
        if len(self.digits) not in _ABROAD_LENGTHS:
            return False
        if _NEAR_ABROAD.fullmatch(self.plain, self.start, self.end):
            return True
        before = self.plain[max(0, self.start - 2) : self.start]
        if not before.endswith(("+", "＋")) or before[0].isdigit():
            return False
        return _ABROAD.fullmatch(self.plain, self.start, self.end) is not None

    def _holds_date(self) -> bool:
        return any(_DATE.fullmatch(self.plain, low, high) for low, high in self.groups)

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


def is_sound_id(digits: str) -> bool:
    """Return whether `digits` is a resident id whose check digit holds (GB 11643-1999)."""
    if not ID_18.fullmatch(digits):
        return False
    weighed = sum(int(d) * weight for d, weight in zip(digits, _ID_WEIGHTS, strict=False))
    return _ID_CHECKS[weighed % 11] == digits[-1]


def _satisfies_luhn(digits: str) -> bool:
    total = sum(int(digit) for digit in digits[-1::-2])
    return (total + sum(_LUHN_DOUBLED[int(digit)] for digit in digits[-2::-2])) % 10 == 0

"""Identifiers of organisations: the unified social credit code (USCC) and the LEI.

Owns what makes a code well formed: GB 32100-2015 for the USCC, with the inner organisation code of
GB 11714-1997, and ISO 17442-1 (ISO 7064 MOD 97-10) for the LEI. A code is *well formed* here,
never *known*: no register is asked. Nothing in this module repairs a code; `normalise` only undoes
how it was typed.

    >>> check_uscc("91310110631568129R") is None
    True
    >>> check_uscc("13101106315681 29R").code
    'bad_uscc'
"""

from __future__ import annotations

from operator import getitem
from typing import Final

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

# GB 32100-2015 table 2: the 31 characters, in the order of their values. I, O, Z, S, V are absent.
USCC_CHARACTERS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_LENGTH: Final = 18
USCC_PREFIX_LENGTH: Final = 8
USCC_SEED_MAX: Final = 10**8 - 1
LEI_LENGTH: Final = 20

# GB 32100-2015 table 1 and its later additions: who registers, and the kind of body registered.
_DEPARTMENTS: Final = "123456789ANY"
_KINDS: Final = "123459"

# GB/T 2260: the first two digits of a district, and the code for what is registered nationally.
_PROVINCES: Final = frozenset(
    str(province)
    for first, last in (
        (11, 15),
        (21, 23),
        (31, 37),
        (41, 46),
        (50, 54),
        (61, 65),
        (71, 71),
        (81, 82),
    )
    for province in range(first, last + 1)
)
_WHOLE_COUNTRY: Final = "100000"
# No province has the number 99, and none can: the first digit is one of eight regions. Codes of
# this division are well formed and belong to samples; who takes facts in decides where they may be.
SAMPLE_DIVISION: Final = "999999"
_WITHOUT_PROVINCE: Final = frozenset((_WHOLE_COUNTRY, SAMPLE_DIVISION))

_OUTER_MODULUS: Final = 31
_INNER_MODULUS: Final = 11
_INNER_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_INNER_START: Final = 8
_INNER_CHECK_AT: Final = 16
# One sum carries both checks: GB 32100 in the low bits, GB 11714 in the high ones. The largest low
# part is 18 * 30 * 30 = 16,200, so 20 bits cannot overflow into the high part.
_INNER_SHIFT: Final = 20
_OUTER_MASK: Final = (1 << _INNER_SHIFT) - 1

_LEI_MODULUS: Final = 97
_LEI_CHARACTERS: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")

_FULL_TO_HALF: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_TYPED_AROUND: Final = " \t\r\n\v\f\u00a0\u200b\u200c\u200d\u2060\ufeff'"

NO_USCC = Reason(
    "no_uscc",
    Text(
        "没有统一社会信用代码；不按名称匹配", "no unified social credit code; never matched by name"
    ),
    "GB 32100-2015",
    Text("补上统一社会信用代码后重新导入", "add the unified social credit code and import again"),
)
BAD_USCC = Reason(
    "bad_uscc",
    Text(
        "统一社会信用代码不成立：长度、字符或两个校验位之一不符",
        "not a unified social credit code: length, characters or one of the two check digits",
    ),
    "GB 32100-2015; GB 11714-1997",
    Text("对照营业执照更正该代码", "correct the code from the business licence"),
)
BAD_LEI = Reason(
    "bad_lei",
    Text("不是有效的全球法人识别编码", "not a valid legal entity identifier"),
    "ISO 17442-1; ISO 7064 MOD 97-10",
    Text("对照 LEI 证书更正", "correct it from the LEI certificate"),
)


def _inner_value(position: int, character: str) -> int:
    """Return what `character` at `position` adds to the GB 11714 sum, or -1 where it cannot be."""
    if position == _INNER_CHECK_AT:
        # The inner check character is a digit, or X for ten.
        return 10 if character == "X" else int(character) if character.isdigit() else -1
    if _INNER_START <= position < _INNER_CHECK_AT:
        # GB 11714 gives letters their values in the full alphabet (A = 10 ... Z = 35).
        return int(character, 36) * _INNER_WEIGHTS[position - _INNER_START]
    return 0


def _allowed(position: int) -> str:
    """Return the characters GB 32100 allows at `position` (0 to 17)."""
    if position == 0:
        return _DEPARTMENTS
    if position == 1:
        return _KINDS
    return "0123456789" if position < _INNER_START else USCC_CHARACTERS


def _position_table(position: int) -> dict[str, int]:
    """Return, for one position, what each allowed character adds to the combined sum."""
    weight = 1 if position == USCC_LENGTH - 1 else pow(3, position, _OUTER_MODULUS)
    table = {}
    for character in _allowed(position):
        inner = _inner_value(position, character)
        if inner >= 0:
            outer = USCC_CHARACTERS.index(character) * weight
            table[character] = outer + (inner << _INNER_SHIFT)
    return table


_TABLES: Final = tuple(_position_table(position) for position in range(USCC_LENGTH))


def normalise(text: str) -> str:
    """Return `text` as a code is written: stripped, half-width, upper case.

    Spaces inside, hyphens and wrong characters stay; they are for the check to refuse.
    """
    if not text.isascii():
        text = text.translate(_FULL_TO_HALF)
    return text.strip(_TYPED_AROUND).upper()


def check_uscc(text: str) -> Reason | None:
    """Return why `text` is not a USCC, or None where it is one.

    Takes the code as written (see `normalise`). Both check digits must hold: GB 32100 (the weighted
    sum of all 18 characters is 0 modulo 31) and, inside it, GB 11714 (modulo 11); the district must
    lie in a province. Costs about one microsecond: one table look-up a character.
    """
    if len(text) != USCC_LENGTH:
        return BAD_USCC if text else NO_USCC
    try:
        total = sum(map(getitem, _TABLES, text))
    except KeyError:
        return BAD_USCC
    if (total & _OUTER_MASK) % _OUTER_MODULUS or (total >> _INNER_SHIFT) % _INNER_MODULUS:
        return BAD_USCC
    return None if _is_district(text) else BAD_USCC


def _is_district(code: str) -> bool:
    """Return whether the district begins with a province, or is the whole country's or a sample's.

    It catches what two check digits let through by chance once a code slips by one character.
    """
    return code[2:4] in _PROVINCES or code[2:_INNER_START] in _WITHOUT_PROVINCE


def require_uscc(text: str) -> str:
    """Return `text` normalised, a USCC.

    Raises TallyError `no_uscc` where it is empty, `bad_uscc` where it is not a USCC.
    """
    code = normalise(text)
    reason = check_uscc(code)
    if reason is not None:
        raise reason.error()
    return code


def make_uscc(prefix: str, seed: int) -> str:
    """Return the USCC with the 8-character `prefix` and the organisation number `seed`.

    For generators of fictional data only. `prefix` is department, kind and district ("91310110");
    `seed` is 0 to 99,999,999 and different seeds give different codes. Raises TallyError `bad_uscc`
    where the two cannot make a code.
    """
    if len(prefix) != USCC_PREFIX_LENGTH or not 0 <= seed <= USCC_SEED_MAX:
        raise BAD_USCC.error()
    number = f"{seed:08d}"
    weighed = sum(int(digit) * weight for digit, weight in zip(number, _INNER_WEIGHTS, strict=True))
    inner = -weighed % _INNER_MODULUS
    body = f"{prefix}{number}{'X' if inner == _INNER_MODULUS - 1 else inner}"
    try:
        total = sum(map(getitem, _TABLES, body))
    except KeyError as error:
        raise BAD_USCC.error() from error
    return require_uscc(body + USCC_CHARACTERS[-(total & _OUTER_MASK) % _OUTER_MODULUS])


def district_of(uscc: str) -> str:
    """Return the six digits of the registration district (GB/T 2260) of a well-formed USCC."""
    return uscc[2:_INNER_START]


def check_lei(text: str) -> Reason | None:
    """Return why `text` (as `normalise` gives it) is not an LEI, or None where it is one."""
    if len(text) != LEI_LENGTH or not _LEI_CHARACTERS.issuperset(text) or not text[-2:].isdigit():
        return BAD_LEI
    number = int("".join(str(int(character, 36)) for character in text))
    return None if number % _LEI_MODULUS == 1 else BAD_LEI

"""The consent a roster row names.

Owns the reading of the five consent columns. Rules: all five or none; a category is the code of a
catalogue item, a prefix of codes, or one of the names below; whoever names no consent simply has
none, and that is no problem of the row.
"""

from __future__ import annotations

from typing import Any, Final

from tallystick.kernel.errors import Reason
from tallystick.rulebook.catalogue import catalogue
from tallystick.sources.drafts import DraftGrant
from tallystick.sources.reasons import BAD_CONSENT
from tallystick.sources.values import spelling

CATEGORIES: Final = "consent_categories"
_COLUMNS: Final = (
    *("consent_digest", "consent_date", CATEGORIES, "consent_purpose", "consent_until"),
)
CATEGORY_NAMES: Final = {
    "自主申报": "selfdeclared",
    "纳税": "tax",
    "协会": "association",
    "荣誉": "honour",
    "实地调查": "visit",
    "财务": "finance",
    "履约": "contract",
}
"""What the categories of a consent document are called, and the codes they stand for."""

_EVERYTHING: Final = frozenset(("全部", "所有", "all"))
_ENDINGS: Final = ("信息", "情况", "管理")


def grant_of(subject: str, line: int, values: dict[str, Any]) -> DraftGrant | Reason | None:
    """Return the grant a row names, None where it names none, a reason where it is unclear."""
    given = [values[name] for name in _COLUMNS if name in values]
    if not given:
        return None
    if len(given) < len(_COLUMNS):
        return BAD_CONSENT
    digest, granted_on, named, purpose, until = given
    categories = categories_of(named)
    if categories is None or until < granted_on:
        return BAD_CONSENT
    return DraftGrant(subject, digest, granted_on, categories, purpose, until, line)


def categories_of(named: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the codes the named categories stand for, None where one of them is not known."""
    codes: dict[str, None] = {}
    for name in named:
        text = spelling(name)
        if text in _EVERYTHING:
            codes |= dict.fromkeys(CATEGORY_NAMES.values())
            continue
        for ending in _ENDINGS:
            text = text.removesuffix(ending)
        code = CATEGORY_NAMES.get(text, text)
        if not any(item == code or item.startswith(f"{code}.") for item in catalogue().items):
            return None
        codes[code] = None
    return tuple(codes)

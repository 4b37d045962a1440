"""Where the system applies, and where it does not.

Owns the refusal of registrations in Hong Kong, Macau and Taiwan. Rules: what counts is where an
organisation is *registered*, by the division in its unified social credit code (digits 3 to 8) or
by the place of registration in words; a mainland firm with investors from there is an ordinary
subject; a street named after one of them is not a place of registration there. Readers of files
apply `territory_of`; `check_territory` and `check_registration_place` are offered to rooms to come
that take organisations in by hand or by address, and no verb calls them yet.

    >>> check_territory("91310110631568129R")
    >>> check_registration_place("青岛市香港中路 10 号")
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from tallystick.kernel.errors import Reason
from tallystick.kernel.identifiers import district_of, normalise
from tallystick.kernel.texts import Text
from tallystick.rulebook.citations import Citation, read_citation
from tallystick.rulebook.packs import Reader, read_pack

OUTSIDE_TERRITORY = "outside_territory"
_DIVISION_DIGITS = 2  # of the six district digits, those of the province level
_REMEDY = Text(
    "请只导入在内地登记的组织；在内地登记的港澳台投资企业使用其内地统一社会信用代码。",
    "Import organisations registered on the mainland only; a mainland firm with investors from "
    "there has a mainland code.",
)
_COUNTRY = r"(?:中国|中華人民共和國|中华人民共和国)?"
_AFTER_PLACE = (
    r"(?:[\s,]*\(?(?:sar|s\.a\.r\.|special administrative region|province(?: of china)?"
    r"|p\.?r\.? ?china|prc|china)\)?)*\W*$"
)


@dataclass(frozen=True, slots=True)
class ExcludedTerritory:
    """A territory the system does not apply to.

    division: the first two district digits of codes registered there.
    """

    division: str
    names: Text
    legal_basis: tuple[Citation, ...]
    sentence: Text
    place: re.Pattern[str]

    @property
    def reason(self) -> Reason:
        """The refusal: always code `outside_territory`, with the sentence and the rule."""
        basis = self.legal_basis[0].text
        return Reason(
            OUTSIDE_TERRITORY,
            Text(
                f"不接收在{self.names.zh}登记的主体：{self.sentence.zh}依据：{basis.zh}。",
                f"subjects registered in {self.names.en} are refused: {self.sentence.en} "
                f"Basis: {basis.en}.",
            ),
            self.legal_basis[0].rule,
            _REMEDY,
        )


@cache
def excluded_territories() -> tuple[ExcludedTerritory, ...]:
    """Return the territories the system does not apply to."""
    body = read_pack("territory").body.expect("street_words", "excluded")
    streets = body.texts("street_words")
    return tuple(_read_territory(entry, streets) for entry in body.each("excluded"))


def territory_of(uscc: str) -> ExcludedTerritory | None:
    """Return the excluded territory the code was given in, None where the system applies."""
    division = district_of(uscc)[:_DIVISION_DIGITS]
    return next((place for place in excluded_territories() if place.division == division), None)


def check_territory(uscc: str) -> None:
    """Refuse a code given where the system does not apply.

    uscc: as `kernel.identifiers.normalise` returns it; its check digits are somebody else's.

    Raises: code `outside_territory`, with the territory in the facts and the rule.
    """
    found = territory_of(uscc)
    if found is not None:
        raise found.reason.error(territory=found.division)


def check_registration_place(place: str) -> None:
    """Refuse a place of registration, in words, where the system does not apply.

    Raises: code `outside_territory`, with the territory in the facts and the rule.
    """
    text = normalise(place).lower()
    for territory in excluded_territories():
        if territory.place.search(text):
            raise territory.reason.error(territory=territory.division)


def _read_territory(entry: Reader, streets: tuple[str, ...]) -> ExcludedTerritory:
    entry.expect("division", "zh", "en", "places", "legal_basis", "sentence")
    places = entry.inner("places").expect("zh", "en")
    street = f"[东南西北中东]?(?:{'|'.join(streets)})"
    chinese = f"^{_COUNTRY}(?:{'|'.join(places.texts('zh'))})(?!{street})"
    english = rf"(?:^|[\s,;(])(?:{'|'.join(places.texts('en'))}){_AFTER_PLACE}"
    return ExcludedTerritory(
        division=entry.text("division"),
        names=entry.names(),
        legal_basis=tuple(read_citation(citation) for citation in entry.each("legal_basis")),
        sentence=entry.text_at("sentence"),
        place=re.compile(f"{chinese}|{english}"),
    )

"""How the page of a membership says things: names, bands, shares, standings.

Owns the way from codes and texts of the document to what stands in a cell. Rules: a name is shown
as it is but for marks that steer the reading (direction, control), which stand as a sign; a band is
always shown with the mark of its light; a share is rounded down, so that 100 % means all of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_FLOOR
from typing import Any

from tallystick.kernel import marks
from tallystick.kernel.decimals import decimal_of
from tallystick.publication.charts import light_of
from tallystick.publication.membership.document import (
    Decision,
    Json,
    Standing,
)
from tallystick.publication.membership.words import (
    PAGE,
    SCRIPTED,
    STANDING_WORDS,
    WARNINGS,
)

NOTHING = "–"
_BROKEN = re.compile(r"[\t\n]")


class Names:
    """Words and names in the language of one document."""

    def __init__(self, document: Json) -> None:
        self.language: str = document["language"]
        scheme = document["scheme"]
        self._bands = {one["code"]: one for one in scheme["bands"]}
        self._rules = {one["code"]: one["name"] for one in scheme["rules"]}
        self.words = {name: text.in_language(self.language) for name, text in PAGE.items()}

    def say(self, name: str, **facts: object) -> str:
        """Return a sentence of the page with its marks filled in."""
        return PAGE[name].fill(**facts).in_language(self.language)

    def called(self, name: str, subject: str) -> str:
        """Return what a member is called: its name, its code where it has none."""
        return _BROKEN.sub(marks.STAND_IN, marks.clean(name)).strip() or subject

    def band(self, code: str | None) -> str:
        """Return a band with the mark of its light."""
        band = self._bands.get(code or "")
        return f"{light_of(band['light']).mark}\u00a0{band['name']}" if band else NOTHING

    def band_name(self, code: str) -> str:
        """Return the name of a band."""
        return str(self._bands[code]["name"])

    def band_light(self, code: str | None) -> str:
        """Return the light of a band, "" where there is none."""
        band = self._bands.get(code or "")
        return str(band["light"]) if band else ""

    def rule(self, code: str) -> str:
        """Return the name of a risk rule."""
        name: str = self._rules.get(code, code)
        return name

    def warning(self, code: str) -> str:
        """Return the short name of a warning."""
        return WARNINGS[code].in_language(self.language) if code in WARNINGS else code

    def standing(self, standing: Standing, decision: Decision | None) -> str:
        """Return the word a member stands under; a decision by a script says so."""
        word = STANDING_WORDS[standing.word].in_language(self.language)
        scripted = decision is not None and decision.scripted
        return f"{word} ({SCRIPTED.in_language(self.language)})" if scripted else word

    def stood(self, entry: Mapping[str, Any] | None) -> str:
        """Return one side of a movement: the band, how it stood, and the day."""
        if entry is None:
            return NOTHING
        word = STANDING_WORDS[entry["word"]].in_language(self.language)
        if entry["band"] is None:
            return self.say("standing_short", word=word, day=entry["as_of"])
        band = self.band(entry["band"])
        return self.say("standing_told", band=band, word=word, day=entry["as_of"])


def percent(share: str) -> str:
    """Return a share such as "0.8123" in percent, rounded down."""
    return f"{(decimal_of(share) * 100).to_integral_value(ROUND_FLOOR)}%"

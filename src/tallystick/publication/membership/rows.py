"""The rows of the tables in which each member has a line.

Owns their order and their cells. Rules: the table of members and the table of dimensions have the
same rows in the same order, so that the script finds one by the place of the other; best score
first, ties by code; where no band could be proposed the member stands behind those that have one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from tallystick.kernel.texts import Text
from tallystick.publication.membership.document import DECIDED, Json, Listed
from tallystick.publication.membership.movements import UNCHANGED
from tallystick.publication.membership.naming import NOTHING, Names, percent
from tallystick.publication.membership.words import EARLIER, HINDRANCES, MOVES, PEERS_BY, POSITIONS

_BETWEEN = {"zh": "、", "en": "; "}


class Banded(NamedTuple):
    """A cell with a band. light: its light, "" for none."""

    text: str
    light: str


class Row(NamedTuple):
    """One member in the table of members. light, word: what the filters go by."""

    name: str
    subject: str
    score: str
    before: Banded
    proposal: Banded
    status: str
    grade: Banded
    known: str
    rules: str
    warnings: str
    moved: str
    light: str
    word: str


class Measured(NamedTuple):
    """One member in the table of dimensions.

    peers: places of its peers in the same table; by: place of the word in `PEERS_BY`, "" without.
    quarters: for each dimension the place of the word in `POSITIONS`, "-" where it is unknown.
    """

    name: str
    subject: str
    section: str
    capital: str
    scores: tuple[str, ...]
    peers: str
    by: str
    quarters: str


class Moved(NamedTuple):
    """One member that moved."""

    name: str
    subject: str
    then: str
    now: str
    change: str
    why: str


def ranked(members: Sequence[Listed]) -> list[Listed]:
    """Return the members, best score first, behind them who has no band, then who has no score."""

    def rank(member: Listed) -> tuple[int, Decimal, str]:
        points = member.shown.points if member.shown else None
        banded = member.shown is not None and member.shown.band is not None
        place = 2 if points is None else 0 if banded else 1
        return place, -(points or Decimal(0)), member.subject

    return sorted(members, key=rank)


def member_rows(document: Json, members: Sequence[Listed], names: Names) -> Iterator[Row]:
    """Yield the rows of the table of members."""
    moves = {one["subject"]: one for one in document["figures"]["movements"]["list"]}
    between = _BETWEEN.get(names.language, "; ")
    for member in members:
        standing, shown = member.standing, member.shown
        yield Row(
            names.called(member.name, member.subject),
            member.subject,
            (shown.score if shown else None) or NOTHING,
            _banded(shown.before if shown else None, names),
            _banded(shown.band if shown else None, names),
            names.standing(standing, member.decision),
            _graded(member, names),
            percent(shown.known) if shown else NOTHING,
            between.join(map(names.rule, shown.hits)) if shown and shown.hits else NOTHING,
            _warned(shown.warnings, names, between) if shown else NOTHING,
            _moved(moves[member.subject], names),
            standing.light or "",
            standing.word,
        )


def _banded(code: str | None, names: Names) -> Banded:
    return Banded(names.band(code), names.band_light(code))


def _graded(member: Listed, names: Names) -> Banded:
    """Return the decided grade: of the newest proposal, or of an earlier one, which is said."""
    if member.standing.word == DECIDED:
        return _banded(member.standing.band, names)
    if member.earlier is None or member.earlier.band is None:
        return Banded(NOTHING, "")
    told = EARLIER.in_language(names.language)
    said = f"{names.band(member.earlier.band)} ({told} {member.earlier.recorded})"
    return Banded(said, names.band_light(member.earlier.band))


def _moved(move: Mapping[str, Any], names: Names) -> str:
    return f"{MOVES[move['kind']].in_language(names.language)} {move['change']}".strip()


def _warned(codes: Sequence[str], names: Names, between: str) -> str:
    return between.join(map(names.warning, dict.fromkeys(codes))) or NOTHING


def measured_rows(document: Json, members: Sequence[Listed], names: Names) -> Iterator[Measured]:
    """Yield the rows of the table of dimensions."""
    chosen, positions = document["figures"]["peers"], document["figures"]["positions"]
    places = {member.subject: place for place, member in enumerate(members)}
    codes = [one["code"] for one in document["scheme"]["dimensions"]]
    for member in members:
        scores: Mapping[str, str | None] = member.shown.dimensions if member.shown else {}
        peers = chosen.get(member.subject, {"by": "", "members": []})
        places_of = positions.get(member.subject, {})
        yield Measured(
            names.called(member.name, member.subject),
            member.subject,
            member.industry or NOTHING,
            member.capital or NOTHING,
            tuple(scores.get(code) or NOTHING for code in codes),
            " ".join(str(places[subject]) for subject in peers["members"]),
            _place(PEERS_BY, peers["by"]),
            "".join(_place(POSITIONS, places_of.get(code)) or "-" for code in codes),
        )


def _place(words: Mapping[str, Text], word: str | None) -> str:
    """Return the place of `word` among `words`, "" for none: what the script looks a word up by."""
    return str(list(words).index(word)) if word else ""


def moved_groups(document: Json, members: Sequence[Listed], names: Names) -> list[dict[str, Any]]:
    """Return the movements by kind, with the members of each but the unchanged ones."""
    called = {one.subject: one.name for one in members}
    found = document["figures"]["movements"]
    groups = []
    for kind, number in found["counts"].items():
        rows = [
            Moved(
                names.called(called.get(one["subject"], ""), one["subject"]),
                one["subject"],
                names.stood(one["from"]),
                names.stood(one["to"]),
                one["change"] or NOTHING,
                HINDRANCES[one["why"]].in_language(names.language) if one["why"] else "",
            )
            for one in found["list"]
            if one["kind"] == kind and kind != UNCHANGED
        ]
        name = MOVES[kind].in_language(names.language)
        groups.append({"kind": kind, "name": name, "number": number, "rows": rows})
    return groups

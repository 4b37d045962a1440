"""The portrait of each year: what was in force, and what was proposed or decided.

Owns the frames of the film. Rules: nothing is worked out afterwards, a year nobody evaluated has no
score, nor has one in which too little was known to propose a band; only facts that may be listed
today are counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tallystick.publication.charts.film import Frame
from tallystick.publication.portrait.words import STATUSES

YEARS_MAX = 8


def frames_of(document: Mapping[str, Any], language: str) -> list[Frame]:
    """Return one frame for each of the last years, at most `YEARS_MAX`, the oldest first."""
    today, facts, rounds = document["reported_on"], document["facts"], document["rounds"]
    last = int(today[:4])
    days = [one["from"] for one in facts] + [one["as_of"] for one in rounds]
    first = max(min((int(day[:4]) for day in days), default=last), last - YEARS_MAX + 1)
    frames = []
    for year in range(min(first, last), last + 1):
        day = min(f"{year}-12-31", today)
        held: dict[int, list[str]] = {1: [], 0: [], -1: []}
        for one in facts:
            if one["from"] <= day and (one["until"] is None or day <= one["until"]):
                held[one["sign"]].append(one["item_name"])
        judged = [one for one in rounds if one["as_of"][:4] == str(year) and one["as_of"] <= day]
        frame = Frame(year, day, held)
        frames.append(_judged(frame, judged[-1], language) if judged else frame)
    return frames


def _judged(frame: Frame, taken: Mapping[str, Any], language: str) -> Frame:
    decision = taken["decision"]
    status = "proposal" if taken["band"] else "no_proposal"
    band, light = taken["band"], taken["light"]
    if decision is not None:
        status = "declined" if decision["outcome"] == "decline" else "decided"
        band, light = decision["band"], decision["light"]
    return frame._replace(
        score=taken["score"] if taken["score"] and taken["band"] else "",
        band=band,
        light=light,
        status=status,
        word=STATUSES[status].in_language(language),
    )

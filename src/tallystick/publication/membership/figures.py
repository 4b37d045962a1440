"""The figures of a membership: counted once, for the page and for programs.

Owns `figures`. Rules: every member stands under exactly one word, so that the counts add up; a
number is only of proposals that may be read; proposals and decided grades are never added into one
count without both being named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tallystick.kernel.decimals import decimal_of
from tallystick.publication.membership.cells import matrix
from tallystick.publication.membership.document import (
    DECIDED,
    NO_PROPOSAL,
    PROPOSAL,
    STANDINGS,
    Json,
    Listed,
    listed,
)
from tallystick.publication.membership.movements import movements
from tallystick.publication.membership.peers import peers, positions
from tallystick.publication.membership.spread import classes, five_json, five_numbers

ITEM_STATES = ("known", "unknown", "unverified", "withheld")


def figures(document: Json) -> dict[str, Any]:
    """Return the figures of a document of the form `tallystick-membership/1`."""
    members = listed(document)
    dimensions = _dimensions(document, members)
    codes = [one["code"] for one in dimensions]
    fives = {one["code"]: one["numbers"] for one in dimensions}
    return {
        "standings": _standings(members),
        "rounds": _rounds(members),
        "scores": _scores(document, members),
        "bands": _bands(document, members),
        "matrix": matrix(document, members),
        "dimensions": dimensions,
        "positions": positions(members, codes, fives),
        "peers": peers(members),
        "movements": movements(document, members),
        "rules": _rules(document, members),
        "coverage": _coverage(document, members),
    }


def _standings(members: Sequence[Listed]) -> dict[str, int]:
    """Return how many members stand under each word; their sum is `members`."""
    counts = Counter(member.standing.word for member in members)
    scripted = sum(member.decision is not None and member.decision.scripted for member in members)
    return {
        "members": len(members),
        **{word: counts[word] for word in STANDINGS},
        "scripted": scripted,
    }


def _rounds(members: Sequence[Listed]) -> list[dict[str, Any]]:
    """Return the days judged by, newest first, with how many newest proposals are of each."""
    days = Counter(member.proposal.as_of for member in members if member.proposal is not None)
    return [{"as_of": day, "members": days[day]} for day in sorted(days, reverse=True)]


def _scores(document: Json, members: Sequence[Listed]) -> dict[str, Any]:
    """Return how scores are spread; what was worked out from too little is no score."""
    shown = [one.shown for one in members if one.shown is not None]
    points = [None if one.status == NO_PROPOSAL else one.points for one in shown]
    known = [one for one in points if one is not None]
    scale = document["scheme"]["scale"]
    return {
        "number": len(known),
        "without": len(points) - len(known),
        "numbers": five_json(five_numbers(known)),
        "classes": classes(known, decimal_of(scale["min"]), decimal_of(scale["max"])),
    }


def _bands(document: Json, members: Sequence[Listed]) -> list[dict[str, Any]]:
    """Return for each band how many proposals wait in it and how many decided grades it has."""
    counts = Counter((one.standing.word, one.standing.band) for one in members)
    return [
        {
            "code": band["code"],
            "light": band["light"],
            "proposals": counts[PROPOSAL, band["code"]],
            "decided": counts[DECIDED, band["code"]],
        }
        for band in document["scheme"]["bands"]
    ]


def _dimensions(document: Json, members: Sequence[Listed]) -> list[dict[str, Any]]:
    """Return for each dimension its five numbers over the members of whom it is known."""
    found = []
    for dimension in document["scheme"]["dimensions"]:
        code = dimension["code"]
        texts = [one.shown.dimensions.get(code) for one in members if one.shown is not None]
        known = [decimal_of(text) for text in texts if text is not None]
        found.append(
            {
                "code": code,
                "number": len(known),
                "unknown": len(texts) - len(known),
                "numbers": five_json(five_numbers(known)),
            }
        )
    return found


def _rules(document: Json, members: Sequence[Listed]) -> list[dict[str, Any]]:
    """Return for each risk rule how many members hit it, and of how many it was not checked."""
    shown = [one.shown for one in members if one.shown is not None]
    hits = Counter(code for one in shown for code in one.hits)
    unchecked = Counter(code for one in shown for code in one.unchecked)
    return [
        {"code": rule["code"], "hit": hits[rule["code"]], "unchecked": unchecked[rule["code"]]}
        for rule in document["scheme"]["rules"]
    ]


def _coverage(document: Json, members: Sequence[Listed]) -> dict[str, Any]:
    """Return how much is known: the share of the weight, and each item, most missing first."""
    shown = [one.shown for one in members if one.shown is not None]
    shares = [decimal_of(one.known) for one in shown]
    enough = decimal_of(document["scheme"]["coverage_at_least"])
    warnings = Counter(code for one in shown for code in set(one.warnings))
    items = []
    for item in document["items"]:
        states = Counter(one.items[item] for one in shown if item in one.items)
        missing = sum(number for state, number in states.items() if state != "known")
        items.append(
            {"item": item, "missing": missing, **{state: states[state] for state in ITEM_STATES}}
        )
    items.sort(key=lambda one: (-one["missing"], one["item"]))
    return {
        "number": len(shown),
        "numbers": five_json(five_numbers(shares)),
        "whole": sum(share == 1 for share in shares),
        "below": sum(share < enough for share in shares),
        "items": items,
        "warnings": dict(sorted(warnings.items())),
    }

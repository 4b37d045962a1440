"""The pictures of a membership, each from the figures and nothing else."""

from __future__ import annotations

from typing import Any

from tallystick.publication.charts import Bar, Bin, Box, Chart, bars, boxes, histogram
from tallystick.publication.membership.document import DECLINED, NO_PROPOSAL, Json
from tallystick.publication.membership.naming import Names
from tallystick.publication.membership.words import STANDING_WORDS

ITEMS_SHOWN_MAX = 12


def charts(document: Json, names: Names) -> dict[str, Chart]:
    """Return the charts of the page by name."""
    found = document["figures"]
    return {
        "scores": histogram(
            [Bin(one["begins"], one["ends"], one["number"]) for one in found["scores"]["classes"]],
            names.say("scores_title"),
            names.language,
            ident="scores",
        ),
        "proposals": _lights(found, names, "proposals", NO_PROPOSAL),
        "decided": _lights(found, names, "decided", DECLINED),
        "boxes": boxes(
            _boxes(document),
            (document["scheme"]["scale"]["min"], document["scheme"]["scale"]["max"]),
            names.say("boxes_title"),
            names.language,
            ident="dimensions",
        ),
        "missing": bars(
            [
                Bar(document["items"][one["item"]], str(one["missing"]))
                for one in found["coverage"]["items"][:ITEMS_SHOWN_MAX]
                if one["missing"]
            ],
            names.say("missing_title"),
            names.language,
            ident="missing",
        ),
    }


def _lights(found: dict[str, Any], names: Names, which: str, without: str) -> Chart:
    """Return how many stand in each band, and how many of that kind have none."""
    rows = [Bar(names.band_name(one["code"]), str(one[which]), one["light"])
            for one in found["bands"]]  # fmt: skip
    word = STANDING_WORDS[without].in_language(names.language)
    rows.append(Bar(word, str(found["standings"][without])))
    return bars(rows, names.say(f"{which}_title"), names.language, ident=which)


def _boxes(document: Json) -> list[Box]:
    called = {one["code"]: one["name"] for one in document["scheme"]["dimensions"]}
    return [
        Box(called[one["code"]], tuple(one["numbers"].values()) if one["numbers"] else None)
        for one in document["figures"]["dimensions"]
    ]

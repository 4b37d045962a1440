"""The page of a membership: one HTML file that needs nothing else.

Owns the joining of figures, charts, rows and words with the template, and what the page may do.
Rules: text is escaped wherever it stands; nothing is loaded, sent or framed, and of scripts and
styles only the two written into the page run, by their digests; the same document gives the same
bytes.

Source of the policy: W3C Content Security Policy Level 3, 2.3.1 and 6.7.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined

from tallystick.publication.charts import LIGHTS, NO_LIGHT
from tallystick.publication.membership.document import DECIDED, STANDINGS, Json, Listed, listed
from tallystick.publication.membership.naming import NOTHING, Names, percent
from tallystick.publication.membership.pictures import charts
from tallystick.publication.membership.rows import (
    measured_rows,
    member_rows,
    moved_groups,
    ranked,
)
from tallystick.publication.membership.words import (
    PEERS_BY,
    POSITIONS,
    SECTIONS,
    STANDING_TOLD,
    STANDING_WORDS,
    STATES,
)

_TEMPLATE = "membership.html"
_NAMES_OPEN_MAX = 12  # a cell of the matrix with more names is folded
_ROWS_OPEN_MAX = 30  # a list of movements with more members is folded
_SCRIPT_WORDS = ("showing", "showing_none", "not_found", "no_numbers", "picture_told")
_HEADS = ("dimension", "its_value", "position", "least", "lower", "median", "upper", "greatest")


def page(document: Json) -> str:
    """Return the page of a document of the form `tallystick-membership/1` with its figures."""
    names = Names(document)
    members = ranked(listed(document))
    style, script = _packaged("membership.css"), _packaged("membership.js")
    made: str = _template().render(
        document=document,
        figures=document["figures"],
        scheme=document["scheme"],
        language=document["language"],
        lang="zh-CN" if names.language == "zh" else "en",
        t=names.words,
        say=names.say,
        names=names,
        percent=percent,
        nothing=NOTHING,
        policy=_policy(style, script),
        style=style,
        script=script,
        charts=charts(document, names),
        standings=_standings(document, names),
        lights=_lights(names),
        matrix=_matrix(document, members, names),
        rows=member_rows(document, members, names),
        measured=measured_rows(document, members, names),
        moved=moved_groups(document, members, names),
        rows_open=_ROWS_OPEN_MAX,
        names_open=_NAMES_OPEN_MAX,
        states={code: text.in_language(names.language) for code, text in STATES.items()},
        sections=_sections(members, names),
        for_script=_for_script(document, names),
    )
    return made


@cache
def _packaged(name: str) -> str:
    place = resources.files("tallystick.publication").joinpath("templates", name)
    return place.read_text(encoding="utf-8")


@cache
def _template() -> Any:  # noqa: ANN401 - a jinja2 template
    """Return the template; a name it does not know is a fault and not an empty place."""
    environment = Environment(
        loader=DictLoader({_TEMPLATE: _packaged(_TEMPLATE)}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(_TEMPLATE)


def _policy(style: str, script: str) -> str:
    def digest(text: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    return (
        f"default-src 'none'; style-src {digest(style)}; script-src {digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _standings(document: Json, names: Names) -> list[dict[str, Any]]:
    """Return the words members stand under, with numbers and what they mean."""
    counts = document["figures"]["standings"]
    return [
        {
            "code": word,
            "name": STANDING_WORDS[word].in_language(names.language),
            "told": STANDING_TOLD[word].in_language(names.language),
            "number": counts[word],
        }
        for word in STANDINGS
    ]


def _lights(names: Names) -> list[dict[str, str]]:
    return [
        {"code": code, "mark": light.mark, "name": light.names.in_language(names.language)}
        for code, light in (*LIGHTS.items(), ("", NO_LIGHT))
    ]


def _matrix(document: Json, members: Sequence[Listed], names: Names) -> dict[str, Any]:
    """Return the matrix with headings in words and members by name, best score first."""
    found = document["figures"]["matrix"]
    entries = {
        one.subject: (place, names.called(one.name, one.subject), one.standing.word == DECIDED)
        for place, one in enumerate(members)
    }

    def named(subjects: Sequence[str]) -> list[dict[str, Any]]:
        chosen = sorted(entries[subject] for subject in subjects)
        return [{"name": name, "decided": decided} for _, name, decided in chosen]

    rows = []
    above: str | None = None
    for row in found["rows"]:
        cells = [
            {
                "band": names.band(cell["band"]),
                "light": names.band_light(cell["band"]),
                "number": len(cell["members"]),
                "names": named(cell["members"]),
            }
            for cell in row["cells"]
        ]
        rows.append({"head": _row_head(row["at_least"], above, names), "cells": cells})
        above = row["at_least"]
    return {
        "columns": [_column_head(column, names) for column in found["columns"]],
        "rows": rows,
        "outside": named(found["outside"]),
    }


def _row_head(least: str | None, above: str | None, names: Names) -> str:
    if least is None:
        return names.say("below", least=above) if above is not None else names.say("any_score")
    if above is None:
        return names.say("at_least", least=least)
    return names.say("between", least=least, above=above)


def _column_head(column: Mapping[str, Any], names: Names) -> str:
    levels = ("、" if names.language == "zh" else ", ").join(map(str, column["levels"]))
    if column["reach"] == 0:
        return names.say("no_hit_or", levels=levels) if levels else names.say("no_hit")
    return names.say("hit", levels=levels)


def _sections(members: Sequence[Listed], names: Names) -> list[tuple[str, str]]:
    """Return the sections of industry there are, with their names."""
    there = sorted({member.industry for member in members if member.industry in SECTIONS})
    return [(code, SECTIONS[code].in_language(names.language)) for code in there]


def _for_script(document: Json, names: Names) -> dict[str, Any]:
    """Return the words the script says, and the order of bands, best first."""
    language = names.language
    return {
        "nothing": NOTHING,
        "bands": [names.band(band["code"]) for band in document["scheme"]["bands"]],
        "positions": [text.in_language(language) for text in POSITIONS.values()],
        "by": [text.in_language(language) for text in PEERS_BY.values()],
        "heads": [names.words[name] for name in _HEADS],
        **{name: names.words[name] for name in (*_SCRIPT_WORDS, "picture", "nearest")},
        "scale": [document["scheme"]["scale"]["min"], document["scheme"]["scale"]["max"]],
    }

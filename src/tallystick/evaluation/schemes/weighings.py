"""Reading where the weights of a scheme come from.

Owns the optional part `weighing` of a scheme document, which `tally ahp` writes: method, random
index, the weight of each expert, and for each group its items, its consistency ratio and every
answer. Rules: everything in it is text, so that a fraction stays a fraction; what it says is worked
out again by whoever checks the scheme, never believed.
"""

from __future__ import annotations

from typing import Any

from tallystick.evaluation.schemes.located import Place

_KEYS = {
    "method": True,
    "aggregate": True,
    "ri_table": True,
    "digest": True,
    "experts": True,
    "groups": True,
    "override": False,
}
_GROUP = {"group": True, "items": True, "cr": True, "answers": True}


def read_weighing(place: Place) -> dict[str, Any]:
    """Return the part as it is sealed: texts, lists of texts, groups."""
    keys = place.keys(_KEYS)
    found: dict[str, Any] = {
        name: _text(keys, name) for name in ("method", "aggregate", "ri_table", "digest")
    }
    found["experts"] = _texts(keys, "experts")
    found["groups"] = [_group(one) for one in (keys["groups"].items() if "groups" in keys else [])]
    if "override" in keys:
        signed = keys["override"].keys({"officer": True, "reason": True})
        found["override"] = {name: _text(signed, name) for name in ("officer", "reason")}
    return found


def _group(place: Place) -> dict[str, Any]:
    keys = place.keys(_GROUP)
    return {
        "group": _text(keys, "group"),
        "items": _texts(keys, "items"),
        "cr": _text(keys, "cr"),
        "answers": _texts(keys, "answers"),
    }


def _text(keys: dict[str, Place], name: str) -> str:
    return keys[name].scalar() if name in keys else ""


def _texts(keys: dict[str, Place], name: str) -> list[str]:
    places = keys[name].items() if name in keys else []
    return ["" if one.is_blank() else one.scalar() for one in places]

"""Memberships made up to the last digit, and the one of the demonstration."""

from __future__ import annotations

import copy
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.app.memberships import membership
from tallystick.app.store import Store
from tallystick.publication.membership import FORM, figures
from tallystick.testing.fiction import COMPANY, company_name, fictional_uscc

if TYPE_CHECKING:
    from collections.abc import Callable

    from tallystick.app.workspace import Settings

    Memberships = Callable[[str], dict[str, Any]]

NAMES = {"zh": "低风险 中风险 中高风险 高风险", "en": "Low Medium Medium-high High"}
CODES = ("low", "medium", "medium-high", "high")
LIGHTS = ("green", "yellow", "orange", "red")
ITEMS = {"registration.basic": "basic registration", "tax.rating": "tax rating"}
DIMENSIONS = ("basic", "public")


def scheme(language: str = "en") -> dict[str, Any]:
    bands = zip(CODES, NAMES[language].split(), LIGHTS, strict=True)
    return {
        "record": "a" * 64,
        "id": "made-up",
        "version": "1.0",
        "digest": "b" * 64,
        "name": "A made-up scheme",
        "scale": {"min": "0", "max": "100"},
        "dimensions": [{"code": one, "name": one.title(), "weight": "0.5"} for one in DIMENSIONS],
        "bands": [{"code": code, "name": name, "light": light} for code, name, light in bands],
        "rules": [
            {"code": "r1", "name": "A small matter", "level": 1},
            {"code": "r4", "name": "A grave matter", "level": 4},
        ],
        "matrix": {
            "rows": [
                {"at_least": "75", "no_hit": "low", "hit": "medium"},
                {"at_least": None, "no_hit": "medium-high", "hit": "high"},
            ],
            "steps": {"1": 1, "2": 1, "3": 1, "4": "worst"},
            "note": "",
        },
        "coverage_at_least": "0.5",
    }


def proposal(score: str | None, band: str | None = None, **more: Any) -> dict[str, Any]:
    """A proposal with a score; without a band given, the one of the row without a hit."""
    made = None if score is None else "low" if float(score) >= 75 else "medium-high"
    code = band or made
    return {
        "record": "c" * 64,
        "as_of": "2026-11-01",
        "withheld": [],
        "status": "proposal" if code else "no_proposal",
        "score": score,
        "band_before_rules": made,
        "band": code,
        "light": dict(zip(CODES, LIGHTS, strict=True)).get(code or ""),
        "symbol": None,
        "known": "1",
        "dimensions": {"basic": score, "public": None},
        "rules_hit": [],
        "rules_unchecked": [],
        "warnings": [],
        "items": {"registration.basic": ["known", 1], "tax.rating": ["unknown", 0]},
        **more,
    }


def closed(as_of: str = "2026-11-01") -> dict[str, Any]:
    return {"record": "c" * 64, "as_of": as_of, "withheld": ["tax.rating"]}


def decision(outcome: str = "confirm", band: str | None = "low", **more: Any) -> dict[str, Any]:
    light = dict(zip(CODES, LIGHTS, strict=True)).get(band or "")
    made = {"outcome": outcome, "recorded": "2026-11-02", "band": band, "light": light}
    return {**made, "scripted": False, **more}


def member(number: int, made: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    return {
        "subject": fictional_uscc(COMPANY, number + 1),
        "name": company_name(number),
        "industry": "",
        "registered_capital": "",
        "proposal": made,
        "decision": None,
        "earlier_decision": None,
        "before": "none",
        "previous": None,
        "previous_decision": None,
        **more,
    }


def document(members: list[dict[str, Any]], language: str = "en", **more: Any) -> dict[str, Any]:
    """A whole document with its figures."""
    made = {
        "form": FORM,
        "language": language,
        "operator": "Sample Association",
        "sample": True,
        "origin": "tallystick.local/made-up",
        "reported_on": "2026-11-03",
        "scheme": scheme(language),
        "scheme_warnings": [],
        "items": ITEMS,
        "members": sorted(members, key=lambda one: one["subject"]),
        "gone": [],
        "ledger": {"entries": 9, "root": "d" * 64},
        **more,
    }
    return {**made, "figures": figures(made)}


@pytest.fixture(scope="session")
def memberships(workspace: Settings) -> Memberships:
    """The membership of the demonstration in a language; each call gives a fresh copy."""

    @cache
    def collected(language: str) -> dict[str, Any]:
        with Store.open(workspace, writer=True) as store:
            return membership(store, language=language)

    return lambda language: copy.deepcopy(collected(language))

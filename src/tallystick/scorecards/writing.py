"""STUB."""

from __future__ import annotations
import dataclasses, hashlib, json
from typing import Any
from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.scorecards.document import *
from tallystick.scorecards.document import (
    Card,
    Variable,
    Axis,
    Term,
    Scaling,
    Outcome,
    Band,
    Ensemble,
    Training,
)

BAD = Reason("stub_bad", Text("坏", "bad"))


def card_document(card: Card) -> dict[str, Any]:
    return dataclasses.asdict(card)


def card_text(card: Card) -> str:
    return canonical.encode(json.loads(json.dumps(card_document(card)))).decode()


def card_digest(card: Card) -> str:
    return hashlib.sha256(card_text(card).encode()).hexdigest()


def read_card(text: str) -> Card:
    try:
        d = json.loads(text)

        def tup(x):
            return tuple(tup(y) for y in x) if isinstance(x, list) else x

        def mk(c, d):
            return c(**{k: tup(v) for k, v in d.items()})

        return Card(
            **{
                **d,
                "variables": tuple(mk(Variable, v) for v in d["variables"]),
                "terms": tuple(
                    mk(Term, {**t, "axes": [mk(Axis, a) for a in t["axes"]]}) for t in d["terms"]
                ),
                "scaling": mk(Scaling, d["scaling"]) if d["scaling"] else None,
                "outcome": mk(Outcome, d["outcome"]),
                "bands": tuple(mk(Band, b) for b in d["bands"]),
                "ensemble": mk(Ensemble, d["ensemble"]) if d["ensemble"] else None,
                "training": mk(Training, d["training"]),
            }
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BAD.error() from None

r"""Questionnaires written as YAML.

Owns the form `tallystick-questionnaire/1`: one expert a file. Rules: as for tables; a judgment left
empty was not made; a number stays the text it is written as.

    form: tallystick-questionnaire/1
    expert: expert 3
    groups:
      - group: dimensions
        judgments:
          - {a: basic, b: operation, judgment: 3}
          - {a: basic, b: public, judgment: 1/2}
"""

from __future__ import annotations

from collections.abc import Sequence

from tallystick.evaluation.ahp.collecting import Collector
from tallystick.evaluation.ahp.hierarchy import Layer
from tallystick.evaluation.ahp.questionnaires import Answer
from tallystick.evaluation.ahp.reading import Guard
from tallystick.evaluation.schemes import faults
from tallystick.evaluation.schemes.located import Log, Place, read_yaml
from tallystick.kernel.errors import Problem

FORM = "tallystick-questionnaire/1"
_COLUMNS = {"expert": 0, "weight": 0, "group": 0, "a": 0, "b": 1, "judgment": 2}


def read_document(
    file: str, text: str, layers: Sequence[Layer], guard: Guard
) -> tuple[list[Answer], list[Problem]]:
    """Return the answers in a YAML document, and all problems."""
    log = Log(file)
    root = read_yaml(text, log)
    if root is None:
        return [], log.in_order()
    keys = root.keys(
        {"form": True, "expert": False, "weight": False, "scheme": False, "groups": True}
    )
    form = keys.get("form")
    if form is not None and form.scalar() != FORM:
        form.report(faults.UNKNOWN_FORM, known=FORM)
    collector = Collector(file, layers, guard.text)
    told = {key: _text(keys.get(key)) for key in ("expert", "weight")}
    for group in keys["groups"].items() if "groups" in keys else []:
        inside = group.keys({"group": False, "names": False, "judgments": True})
        name = _text(inside.get("group"))
        for one in inside["judgments"].items() if "judgments" in inside else []:
            pair = one.keys(
                {"a": True, "b": True, "judgment": False, "a_name": False, "b_name": False}
            )
            given = {key: _text(pair.get(key)) for key in ("a", "b", "judgment")}
            if not log.problems:
                collector.pair({**told, "group": name, **given}, one.line, _COLUMNS)
    if log.problems:
        return [], log.in_order()
    return collector.finished()


def _text(place: Place | None) -> str:
    return "" if place is None or place.is_blank() else place.scalar()

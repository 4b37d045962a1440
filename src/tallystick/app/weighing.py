"""Questionnaires to weights: read from files, weighed, put into a scheme.

Owns the use case `tally ahp`. Files are read here and nowhere below; answers with a problem are
left out and named, the others count. What is put into a scheme carries the answers with it, so that
anybody can work the weights out again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tallystick.app.schemes import text_of
from tallystick.evaluation import (
    Scheme,
    ahp,
    packaged_vocabulary,
    parse_scheme,
    shipped_schemes,
)
from tallystick.evaluation.ahp import (
    Answer,
    Guard,
    Layer,
    Override,
    Settings,
    Sheet,
    Weighing,
    asked,
)
from tallystick.kernel.errors import Problem, TallyError
from tallystick.kernel.texts import Text
from tallystick.sources import is_personal, read_grids, read_text
from tallystick.sources.masking import mask

OTHER_WEIGHTS = "-weighed"  # behind the id of a shipped scheme that gets weights of a panel
_OF_A_PANEL = Text("（专家赋权）", " (weights of a panel)")  # behind its names
_YAML = {".yaml", ".yml"}


# What is said of a file and keeps no answer from counting.
_REMARKS = {ahp.PERSONAL_ANSWER.code, ahp.PERSONAL_LABEL.code}


@dataclass(frozen=True)
class Read:
    """What files hold: the weighing of their answers, None where none is usable, and problems."""

    weighing: Weighing | None
    problems: tuple[Problem, ...]

    @property
    def whole(self) -> bool:
        """Whether every answer counts."""
        return all(problem.code in _REMARKS for problem in self.problems)

    def demanded(self) -> Weighing:
        """Return the weighing. Raises: ANSWERS_REFUSED where there is none."""
        if self.weighing is None:
            first = self.problems[0].message
            raise ahp.ANSWERS_REFUSED.error(count=len(self.problems), first=first)
        return self.weighing


def read(files: Sequence[Path], settings: Settings, layers: Sequence[Layer] = ()) -> Read:
    """Return the weighing of the questionnaires in `files`, one person's each or several's.

    layers: the groups of the scheme they answer. Raises TallyError `no_file`, `unknown_format`,
    `unknown_encoding`, `unreadable`.
    """
    answers: list[Answer] = []
    problems: list[Problem] = []
    for file in files:
        found, wrong = _read_file(file, layers)
        answers += found
        problems += wrong
    survey, unfit = ahp.survey_of(answers)
    problems += unfit
    if survey.groups:
        problems += _unanswered(survey, layers)
    if not survey.groups or (layers and len(survey.groups) < len(layers)):
        return Read(None, tuple(problems))
    try:
        return Read(ahp.weigh(survey, settings), tuple(problems))
    except TallyError as fault:
        return Read(None, (*problems, fault.problem(file=files[0].name)))


def _read_file(file: Path, layers: Sequence[Layer]) -> tuple[list[Answer], list[Problem]]:
    guard = Guard(is_personal, lambda text: bool(mask(text)[1]))
    if file.suffix.lower() in _YAML:
        return ahp.read_document(file.name, read_text(file), layers, guard)
    sheets = [Sheet(grid.name, grid.rows) for grid in read_grids(file)]
    return ahp.read_sheets(file.name, sheets, layers, guard)


def _unanswered(survey: ahp.Survey, layers: Sequence[Layer]) -> list[Problem]:
    """Return the groups of a scheme that no usable answer is about."""
    told = {group.name for group in survey.groups}
    return [
        ahp.NOT_ANSWERED.problem(field=layer.name, group=layer.names)
        for layer in layers
        if layer.name not in told
    ]


def document(found: Read) -> dict[str, Any]:
    """Return the result for people and programs: the first group, and all where there are several.

    Raises: ANSWERS_REFUSED.
    """
    weighing = found.demanded()
    groups = [
        ahp.group_document(one, weighing.survey, weighing.settings) for one in weighing.groups
    ]
    whole = {
        "consistent": weighing.accepted,
        "testable": weighing.testable,
        "digest": weighing.digest,
    }
    return {**groups[0], **whole, "groups": groups}


def scheme_in(name: str) -> tuple[str, Scheme]:
    """Return text and scheme of a file or a shipped scheme, to be weighed.

    With other weights a shipped scheme is another one, and says so by its id and names. Raises: as
    `schemes.publish`.
    """
    text = text_of(name)
    scheme = parse_scheme(text, file=name)
    if scheme.id in shipped_schemes():
        line = re.compile(rf"^id:\s*[\"']?{re.escape(scheme.id)}[\"']?\s*$", re.MULTILINE)
        text = line.sub(f"id: {scheme.id}{OTHER_WEIGHTS}", text, count=1)
        text = ahp.renamed(text, _OF_A_PANEL)
        scheme = parse_scheme(text, file=name)
    return text, scheme


def weighed_scheme(text: str, name: str, weighing: Weighing, signed: Override | None) -> str:
    """Return the text of a scheme with the weights of `weighing` and its answers in it."""
    return ahp.put_weights(text, weighing, packaged_vocabulary(), file=name, override=signed)


__all__ = [
    "Override",
    "Read",
    "Settings",
    "asked",
    "document",
    "read",
    "scheme_in",
    "weighed_scheme",
]

"""Questionnaires of a survey: who answered what, as data that can be sealed.

Owns `Answer`, `Survey` and the sealed form of answers. Rules: an expert is a number in what is
sealed, never a name; answers are kept as they were given, exact fractions in the order of the
items, `-` where a pair was not judged; the same answers have the same digest.

    >>> answer_text(Judgments(("a", "b", "c"), {(0, 1): Fraction(3), (0, 2): Fraction(1, 2)}))
    '3 1/2 -'
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from tallystick.evaluation.ahp import faults
from tallystick.evaluation.ahp.judgments import (
    Judgments,
    judgment_text,
    pairs_of,
    read_judgment,
)
from tallystick.kernel.errors import Problem, TallyError
from tallystick.kernel.texts import Text

TOP = "dimensions"  # the group that compares the dimensions of a scheme with one another
_ANSWERS, _EXPERTS = Text("答卷", "answers"), Text("专家", "experts")
NOT_JUDGED = "-"
ONLY_GROUP = Text("这一组", "the same items")


class Answer(NamedTuple):
    """What one expert said of one group.

    expert: the label in the file, "" where it has none. group: "" where the file names none.
    weight: of the expert. file, line: where the answer begins; sheet: "" where the file has one.
    """

    expert: str
    group: str
    judgments: Judgments
    weight: Fraction = Fraction(1)
    file: str = ""
    line: int = 0
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """All answers to one group: expert's place in the survey -> judgments of the same items."""

    name: str
    items: tuple[str, ...]
    answers: Mapping[int, Judgments]

    def document(self, experts: int) -> dict[str, Any]:
        """Return the sealed form."""
        answers = [answer_text(self.answers.get(place)) for place in range(experts)]
        return {"group": self.name, "items": list(self.items), "answers": answers}


@dataclass(frozen=True, slots=True)
class Survey:
    """The experts of a survey, with label and weight of each, and the groups they answered."""

    experts: tuple[str, ...]
    weights: tuple[Fraction, ...]
    groups: tuple[Group, ...]

    def document(self) -> dict[str, Any]:
        """Return the sealed form: experts by their weights alone, without label."""
        return {
            "experts": [judgment_text(weight) for weight in self.weights],
            "groups": [group.document(len(self.experts)) for group in self.groups],
        }


def survey_of(answers: Iterable[Answer]) -> tuple[Survey, list[Problem]]:
    """Return the panel of these answers, and what cannot be part of it.

    Experts and groups stand in the order they come. An answer without label is an expert of its own
    where its group has an answer of each unnamed expert already, so that one file of several groups
    is one person. Left out with a problem: a second answer of one expert to one group, an answer
    about other items than those before, another weight of the same expert.
    """
    labels: list[str] = []
    weights: list[Fraction] = []
    groups: dict[str, dict[int, Judgments]] = {}
    problems: list[Problem] = []
    for answer in answers:
        place = _place_of(answer, labels, groups)
        told = groups.get(answer.group, {})
        fault = _unfit(answer, place, weights, told)
        if fault is not None:
            problems.append(fault.problem(file=answer.file, line=answer.line, field=answer.sheet))
            continue
        if place == len(labels):
            labels.append(_label(answer, place))
            weights.append(answer.weight)
        items = next(iter(told.values())).items if told else answer.judgments.items
        groups.setdefault(answer.group, told)[place] = reordered(answer.judgments, items)
    found = tuple(
        Group(name, next(iter(told.values())).items, told) for name, told in groups.items()
    )
    return Survey(tuple(labels), tuple(weights), found), problems


def _unfit(
    answer: Answer, place: int, weights: Sequence[Fraction], told: Mapping[int, Judgments]
) -> TallyError | None:
    """Return why `answer` cannot be part of the survey, None if it can."""
    if place < len(weights) and weights[place] != answer.weight:
        return faults.EXPERT_WEIGHT.error()
    if place in told:
        return faults.EXPERT_TWICE.error(
            expert=_label(answer, place), group=answer.group or ONLY_GROUP
        )
    if told and set(next(iter(told.values())).items) != set(answer.judgments.items):
        return faults.ITEMS_DIFFER.error()
    return None


def _label(answer: Answer, place: int) -> str:
    return answer.expert or f"expert {place + 1}"


def _place_of(
    answer: Answer, labels: Sequence[str], groups: Mapping[str, Mapping[int, Judgments]]
) -> int:
    """Return the place of the expert who gave `answer`, one beyond the last for a new one."""
    if answer.expert:
        return labels.index(answer.expert) if answer.expert in labels else len(labels)
    unnamed = [n for n, label in enumerate(labels) if label == f"expert {n + 1}"]
    told = groups.get(answer.group, {})
    return next((n for n in unnamed if n not in told), len(labels))


def reordered(judgments: Judgments, items: tuple[str, ...]) -> Judgments:
    """Return the same judgments with the items, which must be the same, in another order."""
    place = {item: n for n, item in enumerate(items)}
    pairs: dict[tuple[int, int], Fraction] = {}
    for (i, j), value in judgments.pairs.items():
        one, other = place[judgments.items[i]], place[judgments.items[j]]
        pairs[min(one, other), max(one, other)] = value if one < other else 1 / value
    return Judgments(items, dict(sorted(pairs.items())))


def answer_text(judgments: Judgments | None) -> str:
    """Return judgments as one line, pair by pair; "" where there are none."""
    if judgments is None:
        return ""
    pairs = judgments.pairs
    return " ".join(
        judgment_text(pairs[pair]) if pair in pairs else NOT_JUDGED
        for pair in pairs_of(len(judgments.items))
    )


def answer_from(text: str, items: tuple[str, ...]) -> Judgments | None:
    """Return the judgments a line of `answer_text` writes, None for "".

    Raises: BAD_WEIGHING.
    """
    if not text:
        return None
    cells = text.split(" ")
    places = list(pairs_of(len(items)))
    if len(cells) != len(places):
        raise faults.BAD_WEIGHING.error(what=_ANSWERS)
    pairs = {}
    for pair, cell in zip(places, cells, strict=True):
        try:
            value = read_judgment(cell)
        except TallyError:
            raise faults.BAD_WEIGHING.error(what=_ANSWERS) from None
        if value is not None:
            pairs[pair] = value
    judged = Judgments(items, pairs)
    if answer_text(judged) != text or not judged.connected:
        raise faults.BAD_WEIGHING.error(what=_ANSWERS)
    return judged


def survey_from(document: Mapping[str, Any]) -> Survey:
    """Return the survey whose sealed form is `document`. Raises: BAD_WEIGHING."""
    try:
        weights = tuple(Fraction(text) for text in document["experts"])
        groups = []
        for told in document["groups"]:
            items = tuple(told["items"])
            lines = [answer_from(line, items) for line in told["answers"]]
            if len(lines) != len(weights):
                raise faults.BAD_WEIGHING.error(what=_ANSWERS)
            answers = {n: line for n, line in enumerate(lines) if line is not None}
            groups.append(Group(told["group"], items, answers))
    except (KeyError, TypeError, ValueError, ZeroDivisionError, AttributeError):
        raise faults.BAD_WEIGHING.error(what=_ANSWERS) from None
    if any(weight <= 0 for weight in weights) or not all(group.answers for group in groups):
        raise faults.BAD_WEIGHING.error(what=_EXPERTS)
    labels = tuple(f"expert {place + 1}" for place in range(len(weights)))
    survey = Survey(labels, weights, tuple(groups))
    if survey.document() != {"experts": document["experts"], "groups": survey.document()["groups"]}:
        raise faults.BAD_WEIGHING.error(what=_EXPERTS)
    return survey

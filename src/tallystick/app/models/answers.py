"""Experts' questionnaires as weights of columns: the route `ahp`.

Owns what a card keeps of them. Rules: an answer with a mistake in it stops the fit, since weights
without it would be those of another panel; the items are the columns that are used; the card keeps
answers, method and consistency, so that the weights can be worked out again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from tallystick.app.weighing import read
from tallystick.evaluation.ahp import Settings
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.modelling.wishes import Wish

ANSWERS_LEFT_OUT = Reason(
    "answers_left_out",
    Text(
        "有判断不能算数（{count} 处），不由其余的建模；第一处在 {file} {field}：{first}",
        "{count} {count:answer|answers} cannot be counted, and no model is made of the others; the "
        "first, {file} {field}: {first}",
    ),
    "docs/ahp.md",
    Text("请改正；tally ahp 列出全部。", "Mend it; tally ahp lists them all."),
)
ANSWERS_NAME_OTHERS = Reason(
    "answers_name_others",
    Text(
        "问卷比较的项目须正是要用的列；多出或缺少：{names}",
        "the questionnaires must compare the columns that are used; different: {names}",
    ),
    "docs/models.md",
    Text(
        "请让问卷的项目名与列名一致，不用的列在说明表中填 use = no。",
        "Name the items of the questionnaires as the columns; use = no leaves a column out.",
    ),
)
ANSWERS_INCONSISTENT = Reason(
    "answers_inconsistent",
    Text(
        "问卷的一致性比率 CR 为 {cr}，应小于 0.10",
        "the consistency ratio CR is {cr}, not below 0.10",
    ),
    "Saaty 1980",
    Text(
        "请用 tally ahp 查看最该重新考虑的判断。", "tally ahp shows which judgments to reconsider."
    ),
)


class Weighed(NamedTuple):
    """What experts' answers come to. told: for the record of the card, plain data."""

    wishes: dict[str, Wish]
    told: dict[str, Any]


def weigh_columns(
    files: Sequence[Path], names: Iterable[str], wishes: Mapping[str, Wish]
) -> Weighed:
    """Return the wishes with the weights the answers give to the columns that are used.

    Raises: ANSWERS_LEFT_OUT, ANSWERS_INCONSISTENT, ANSWERS_NAME_OTHERS, `answers_refused`.
    """
    found = read(files, Settings())
    weighing = found.demanded()
    if not found.whole:
        first = found.problems[0]
        raise ANSWERS_LEFT_OUT.error(
            count=len(found.problems), file=first.file, field=first.field, first=first.message
        )
    (group, *others) = weighing.groups
    used = [name for name in names if wishes.get(name, Wish()).use]
    weights = dict(zip(group.group.items, map(str, group.weights), strict=True))
    different = sorted(set(weights) ^ set(used))
    if different or others:
        raise ANSWERS_NAME_OTHERS.error(names=", ".join(different) or "-")
    if not weighing.accepted:
        raise ANSWERS_INCONSISTENT.error(cr=f"{group.consistency.ratio:.4f}")
    told = {
        "weights": [[name, weights[name]] for name in used],
        "cr": f"{group.consistency.ratio:.4f}",
        "testable": weighing.testable,
        "digest": weighing.digest,
        "answers": weighing.document(),
    }
    weighed = {name: replace(wishes.get(name, Wish()), weight=weights[name]) for name in used}
    return Weighed(weighed, told)

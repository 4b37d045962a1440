"""The alarms of leakage before a fit, and what a modeller answers.

Owns which columns are looked at and how answers are given. Rules: an answer is for one column,
written COLUMN=REASON, or for every alarm; each alarm is recorded with the answer it got; dates are
no variables, and are looked at all the same, since later ones tell where a table comes from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tallystick.app.models.data import Opened
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.modelling.leakage import Alarm, alarms, later_dates, require_no_leak
from tallystick.modelling.reading import Narrowed
from tallystick.modelling.tables import Table
from tallystick.modelling.wishes import Wish

NO_SUCH_ALARM = Reason(
    "no_such_alarm",
    Text(
        "对泄漏警报的答复说到“{column}”，表中没有这一列",
        "an answer to alarms of leakage names “{column}”, and the table has no such column",
    ),
    "docs/models.md",
    Text(
        "请写作 列=理由，或写一个不含等号的理由，适用于所有警报。",
        "Write COLUMN=REASON, or one reason without an equals sign for every alarm.",
    ),
)


def alarms_of(
    opened: Opened, table: Table, answers: Sequence[str], seed: int
) -> list[dict[str, Any]]:
    """Return the alarms for the record. Raises: LEAKAGE_SUSPECTED, NO_SUCH_ALARM."""
    found = _found(opened, table, seed)
    because = require_no_leak(found, _answered(found, opened, answers))
    return [
        {
            "code": one.code,
            "column": one.column,
            **one.text._asdict(),
            "accepted_because": because.get(one.column, "") if one.hard else "",
        }
        for one in found
    ]


def _found(opened: Opened, table: Table, seed: int) -> tuple[Alarm, ...]:
    y, observed = opened.reading.y, opened.observed
    if y is None:
        return ()
    used = [name for name in opened.reading.dates.names if opened.wishes.get(name, Wish()).use]
    later = () if observed is None else later_dates(Narrowed(opened.reading.dates, used), observed)
    if np.isin(y, (0.0, 1.0)).all():
        return (*alarms(table, y, observed=observed, seed=seed), *later)
    if observed is None:
        return ()
    texts = [name for name in table.names if table.column(name).kind == "category"]
    return (*later_dates(Narrowed(table, texts), observed, used=True), *later)


def _answered(found: Sequence[Alarm], opened: Opened, answers: Sequence[str]) -> dict[str, str]:
    """Return the answers by column; one of a column goes before one for all."""
    for_all, for_one = "", {}
    names = sorted(opened.reading.whole.names, key=len, reverse=True)  # a name may hold an "="
    for answer in answers:
        name = next((name for name in names if answer.startswith(f"{name}=")), None)
        if name is not None:
            for_one[name] = answer.removeprefix(f"{name}=").strip()
        elif "=" in answer:
            raise NO_SUCH_ALARM.error(column=answer.partition("=")[0])
        else:
            for_all = answer
    return {one.column: for_one.get(one.column, for_all) for one in found}

"""What is in force: the changes of status that follow from what was sealed.

Owns the step from the rules of `views.standing` to rows of the ledger's journal: which acts end
which records, since when, and what differs from what the ledger states already. A small commit
states the standing of its own records at once; a large import does so once, at its end; what ends
by the passing of days is stated by the first writer of the day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from tallystick.app.workspace import LAW_TIME
from tallystick.ledger import (
    ERASED,
    EXPIRED,
    IN_FORCE,
    SUPERSEDED,
    WITHDRAWN,
    StatusChange,
)
from tallystick.records import KINDS, number_of
from tallystick.views.index import identity_of

if TYPE_CHECKING:
    from tallystick.app.store import Store
    from tallystick.views.standing import Acts, Ending

RECORDS_AT_ONCE_MAX = 64  # of one commit, above which standing is stated once, at the end
ENDING_ACTS = tuple(kind for kind in KINDS if kind in {"retraction", "withdrawal", "key_end"})
_STATUS = {"superseded": SUPERSEDED, "withdrawn": WITHDRAWN, "expired": EXPIRED}
_NO_IDENTITY = 0


def stated_at_once(store: Store, first: int) -> bool:
    """Tell whether the standing of the records from `first` on is stated with their own commit."""
    kinds = bytes(store.index.kind[first:])
    if any(number_of(act) in kinds for act in ENDING_ACTS):
        return False  # what they end is read from their bodies, which are not sealed yet
    if number_of("grant") in kinds and any(store.index.of_kind("withdrawal")):
        return False  # whether a withdrawal reaches a consent, its body says, not sealed yet either
    bearing = sum(one != _NO_IDENTITY for one in store.index.identity[first:])
    return bearing <= RECORDS_AT_ONCE_MAX


def changes_by(store: Store, first: int, now: int) -> list[StatusChange]:
    """Return what the records from number `first` on change, those themselves included."""
    if not any(store.index.identity[first:]):
        return []
    from tallystick.views.standing import endings, related  # noqa: PLC0415 - numpy

    rows = related(store.index, first)
    today = _today(store)
    found = endings(store.index, acts_of(store, first), today, _erased(store), rows)
    return list(_differences(store, found, rows.tolist(), now))


def all_changes(store: Store, now: int, day: int | None = None) -> list[StatusChange]:
    """Return every difference between what is in force and what the ledger states.

    day: as `date.toordinal` counts; today if None.
    """
    from tallystick.views.standing import endings  # noqa: PLC0415 - numpy

    today = _today(store) if day is None else day
    found = endings(store.index, acts_of(store), today, _erased(store))
    known = store.log.journal.standing
    return list(_differences(store, found, sorted(found.keys() | known.keys()), now))


def acts_of(store: Store, before: int | None = None) -> Acts:
    """Return the acts sealed so far that end other records; before: this record number.

    They are few, and kept: a small commit opens no body of an act again.
    """
    from tallystick.views.standing import Acts, Grant  # noqa: PLC0415 - numpy

    end = len(store.index) if before is None else before
    wanted = (*ENDING_ACTS, "erasure")
    acts = sorted(number for kind in wanted for number in _of_kind(store, kind, end))
    if store.acts_known is not None and store.acts_known[0] == acts:
        known: Acts = store.acts_known[1]
        return known
    retractions: dict[str, int] = {}
    withdrawals: list[tuple[int, str, Sequence[int]]] = []
    ended: dict[int, int] = {}
    gone: dict[int, Grant] = {}
    for number in acts:
        body = store.body(number)
        if body["kind"] == "retraction":
            retractions.setdefault(body["name"], number)
        elif body["kind"] == "withdrawal":
            named = [found for found in map(store.number_of, body["grants"]) if found >= 0]
            withdrawals.append((number, body["from_day"], named))
        elif body["kind"] == "erasure":
            subject = store.index.subject[number]
            for one in body.get("consents", ()):
                grant = {**one, "kind": "grant", "subject": body["subject"]}
                identity = identity_of(grant, store.index.secret)
                gone[store.number_of(one["record"])] = Grant(subject, identity, one["imported"])
        else:
            parties = _of_kind(store, "party", end)
            ended |= {n: number for n in parties if store.body(n)["key"] == body["key"]}
    found = Acts(retractions, withdrawals, ended, lambda n: str(store.body(n)["granted_on"]), gone)
    store.acts_known = (acts, found)
    return found


def _of_kind(store: Store, kind: str, end: int) -> Iterator[int]:
    numbers = store.index.of_kind(kind)
    erased = set(_erased(store))
    yield from (number for number in numbers if number < end and number not in erased)


def _erased(store: Store) -> list[int]:
    standing = store.log.journal.standing
    return [number for number, change in standing.items() if change.status == ERASED]


def _differences(
    store: Store, found: dict[int, Ending], rows: Sequence[int], now: int
) -> Iterator[StatusChange]:
    known = store.log.journal.standing
    for number in rows:
        stated, ending = known.get(number), found.get(number)
        if stated is not None and stated.status == ERASED:
            continue
        if ending is None:
            if stated is not None:
                yield StatusChange(number, IN_FORCE, now, -1)
        elif stated is None or (stated.status, stated.by) != (_STATUS[ending.cause], ending.by):
            since = _over_at(store.index.ends[number]) if ending.cause == "expired" else now
            yield StatusChange(number, _STATUS[ending.cause], since, ending.by)


def _over_at(last_day: int) -> int:
    """Return the first second after a day, in the time zone of the law."""
    day = date.fromordinal(last_day) + timedelta(days=1)
    return max(int(datetime.combine(day, time(), LAW_TIME).timestamp()), 0)


def _today(store: Store) -> int:
    return date.fromisoformat(store.settings.today()).toordinal()

"""All records about one organisation, read for a purpose.

Owns the reading of one member's file for the use cases that show or decide: the fold of its
records, and the look that reading it leaves on the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tallystick.app.members import members, registered
from tallystick.app.store import Store
from tallystick.exchange import Look, open_door
from tallystick.records import bodies
from tallystick.views import Numbered, SubjectView, fold_subject

_KINDS = ("fact", "grant", "withdrawal", "erasure", "evaluation", "decision", "use")


class Dossier(NamedTuple):
    """The folded records of a member, the looks taken at it, and its name and LEI on the roster."""

    view: SubjectView
    uses: list[Numbered]
    name: str
    lei: str

    @property
    def subject(self) -> str:
        """The USCC of the member, whatever code it was asked for by."""
        return self.view.subject


def open_dossier(store: Store, subject: str) -> Dossier:
    """Return the file of the member that `subject` names: a USCC or an LEI.

    Raises: as `members.resolve`.
    """
    [member] = members(store, _KINDS, subject)
    records = [store.numbered(number) for number in member.records]
    view = fold_subject(member.subject, records, store.retracted())
    uses = [record for record in records if record.body["kind"] == "use"]
    return Dossier(view, uses, *registered(view))


def grants_of(store: Store, subject: str) -> SubjectView:
    """Return the grants and withdrawals of the member that `subject` names, and no fact.

    Raises: as `members.resolve`.
    """
    [member] = members(store, ("grant", "withdrawal", "erasure"), subject)
    return fold_subject(member.subject, map(store.numbered, member.records), store.retracted())


def view_of(store: Store, subject: str) -> SubjectView:
    """Return the fold of all records about the organisation with code `subject`, member or not."""
    records = map(store.numbered, store.index.of_subject(subject))
    return fold_subject(subject, records, store.retracted())


def look(
    store: Store,
    view: SubjectView,
    purpose: str,
    as_of: str,
    items: frozenset[str] | None = None,
) -> Look:
    """Read what the door lets through of `view` for `purpose`, and record the look.

    items: the catalogue items asked for; all if None. Raises: UNKNOWN_PURPOSE.
    """
    taken = open_door(purpose, as_of, store.settings.today(), items).look(view)
    record_look(store, view.subject, purpose, as_of, taken.read, taken.withheld)
    return taken


def record_look(  # the parts of a use record
    store: Store,
    subject: str,
    purpose: str,
    as_of: str,
    read: Mapping[str, int],
    withheld: Mapping[str, str],
) -> None:
    """Seal that `subject` was looked at: item -> facts read, item -> reason withheld."""
    delivery = store.delivery()
    store.append(
        [
            bodies.use(
                delivery,
                subject=subject,
                purpose=purpose,
                reader=delivery.delivered_by,
                read=dict(read),
                withheld=dict(withheld),
                as_of=as_of,
            )
        ]
    )

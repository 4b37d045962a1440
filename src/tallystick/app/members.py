"""Who is rated: the members of the roster, which of them a code names, where their records stand.

Owns the list of members, the grouping of the ledger by subject, and the way from a code typed by
somebody to a member. Rules: only an organisation that the roster names is evaluated; that a record
mentions somebody does not make it a member. Records stand under the USCC; an LEI is an alias, good
for as long as the newest roster row of one member, and of no other, carries it.

    >>> resolve(store, "000000sample00000167")
    '91310110PDY00001X5'
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tallystick.app.sampling import is_sample
from tallystick.app.store import Store
from tallystick.kernel.errors import Reason
from tallystick.kernel.identifiers import BAD_USCC, check_lei, check_uscc, normalise
from tallystick.kernel.texts import Text
from tallystick.records import number_of
from tallystick.rulebook.catalogue import catalogue
from tallystick.rulebook.items import Sharing
from tallystick.rulebook.samples import SAMPLE_SUBJECT, is_sample_subject
from tallystick.sources import SOURCES, profile_of
from tallystick.views import SubjectView

MEMBERSHIP = "registration.basic"
HOLDERS_NAMED_MAX = 5

NOT_A_MEMBER = Reason(
    "not_a_member",
    Text("{subject} 不在会员名册中", "{subject} is not on the roster"),
    "上海市社会信用条例 art. 27",
    Text(
        "请先导入名册：tally import FILE --source roster。",
        "Import the roster first: tally import FILE --source roster.",
    ),
)
AMBIGUOUS_LEI = Reason(
    "ambiguous_lei",
    Text(
        "名册把 {lei} 同时给了 {n} 家：{codes}；无法确定指的是哪一家",
        "the roster gives {lei} to {n} members: {codes}; which of them is meant cannot be told",
    ),
    "ISO 17442-1",
    Text(
        "请改用统一社会信用代码，并更正名册。",
        "Give the unified social credit code instead, and correct the roster.",
    ),
)
NO_MEMBERS = Reason(
    "no_members",
    Text("还没有会员", "there are no members yet"),
    "",
    Text(
        "请先导入名册：tally import FILE --source roster。",
        "Import the roster first: tally import FILE --source roster.",
    ),
)


class Member(NamedTuple):
    """A member: its code and the numbers of its records of the wanted kinds, in ledger order."""

    subject: str
    records: list[int]


class Registered(NamedTuple):
    """What the newest roster row of an organisation calls it. lei: "" where it names none."""

    name: str
    lei: str


NOT_REGISTERED = Registered("", "")


def members(store: Store, kinds: tuple[str, ...], subject: str = "") -> list[Member]:
    """Return the members in order of their codes, each with its records of `kinds`.

    subject: one member only, by its USCC or its LEI. Raises: NO_MEMBERS, and as `resolve`.
    """
    index = store.index
    subjects = np.frombuffer(index.subject, dtype=np.uint32)
    if subject:
        rated = np.array([index.subjects.number(resolve(store, subject))], dtype=np.uint32)
    elif index.items.find(MEMBERSHIP) is None:
        raise NO_MEMBERS.error()
    else:
        rated = np.unique(subjects[_roster_rows(store)])
    wanted = np.isin(
        np.frombuffer(index.kind, dtype=np.uint8),
        np.array([number_of(kind) for kind in kinds], dtype=np.uint8),
    ) & np.isin(subjects, rated)
    at = np.flatnonzero(wanted)
    order = at[np.argsort(subjects[at], kind="stable")]
    ends = np.searchsorted(subjects[order], rated, side="right")
    starts = np.searchsorted(subjects[order], rated, side="left")
    names = index.subjects.names
    listed = [
        Member(names[int(number)], order[start:end].tolist())
        for number, start, end in zip(rated, starts, ends, strict=True)
    ]
    return sorted(listed)


def resolve(store: Store, code: str) -> str:
    """Return the USCC of the member that `code` names: a USCC or an LEI, however it was typed.

    An LEI is looked for in the roster row of every member, since only a body says it: some 10
    microseconds a member. Nothing is shown of what is looked through. Raises: BAD_USCC for what is
    neither, SAMPLE_SUBJECT, NOT_A_MEMBER, AMBIGUOUS_LEI.
    """
    code = normalise(code)
    if check_uscc(code) is None:
        if is_sample_subject(code) and not is_sample(store):
            raise SAMPLE_SUBJECT.error()
        number = store.index.subjects.find(code)
        if number is None or not _roster_rows(store, number).size:
            raise NOT_A_MEMBER.error(subject=code)
        return code
    if check_lei(code) is not None:
        raise BAD_USCC.error()
    holders = _holders(store, code)
    if not holders:
        raise NOT_A_MEMBER.error(subject=code)
    if len(holders) > 1:
        named = ", ".join(holders[:HOLDERS_NAMED_MAX])
        more = " ..." if len(holders) > HOLDERS_NAMED_MAX else ""
        raise AMBIGUOUS_LEI.error(lei=code, n=len(holders), codes=named + more)
    return holders[0]


def _holders(store: Store, lei: str) -> list[str]:
    """Return the codes of the members whose newest roster row carries `lei`, in order."""
    rows = _roster_rows(store)
    subjects = np.frombuffer(store.index.subject, dtype=np.uint32)[rows]
    # A later row of the same member takes the place of an earlier one.
    newest = dict(zip(subjects.tolist(), rows.tolist(), strict=True))
    names = store.index.subjects.names
    return sorted(
        names[number] for number, row in newest.items() if store.body(row)["data"].get("lei") == lei
    )


def _roster_rows(store: Store, subject: int | None = None) -> npt.NDArray[np.intp]:
    """Return the numbers of the roster rows not retracted, of all or of `subject`, in order."""
    index = store.index
    item = index.items.find(MEMBERSHIP)
    if item is None:
        return np.empty(0, dtype=np.intp)
    retracted = [index.imports.find(name) or 0 for name in store.retracted()]
    standing = (np.frombuffer(index.item, dtype=np.uint16) == item) & ~np.isin(
        np.frombuffer(index.imported, dtype=np.uint32), np.array(retracted, dtype=np.uint32)
    )
    if subject is not None:
        standing &= np.frombuffer(index.subject, dtype=np.uint32) == subject
    return np.flatnonzero(standing)


def registered(view: SubjectView) -> Registered:
    """Return what the newest roster row in force calls the organisation of `view`."""
    for fact in reversed(view.facts):
        if fact.body["item"] == MEMBERSHIP:
            data = fact.body["data"]
            return Registered(data.get("name", ""), data.get("lei", ""))
    return NOT_REGISTERED


def consulted_items(store: Store, before: int | None = None) -> frozenset[str]:
    """Return the items of whose absence something follows for every member.

    A public list of which any entry was delivered here, and not retracted, names everybody on it. A
    file of any other source says something about the members in it, and about the others only where
    its deliverer declared it complete. before: as it stood before that record number.
    """
    retracted = store.retracted(before)
    imports = [n for n in store.index.of_kind("import") if before is None or n < before]
    delivered = [body for body in map(store.body, imports) if body["name"] not in retracted]
    complete = {body["source"] for body in delivered if body.get("complete") is True}
    declared = {item for source in complete for item in profile_of(source).items}
    listed = catalogue()
    public = {
        item
        for source in {body["source"] for body in delivered}
        for item in profile_of(source).items
        if listed.item(item).sharing is Sharing.PUBLIC
    }
    return frozenset(declared | {item for item in public if _entered(store, item, before)})


def _entered(store: Store, item: str, before: int | None) -> bool:
    """Tell whether any fact of `item` stands that a file delivered."""
    index = store.index
    number = index.items.find(item)
    if number is None:
        return False
    retracted = [index.imports.find(name) or 0 for name in store.retracted(before)]
    columns = (np.frombuffer(index.item, np.uint16), np.frombuffer(index.imported, np.uint32))
    items, imported = (column[:before] for column in columns)
    return bool(np.any((items == number) & ~np.isin(imported, np.array(retracted, np.uint32))))


def consulted_about(
    everybody: frozenset[str], read: Iterable[str], unread: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Return the items of whose absence something follows for one member.

    everybody: as `consulted_items`. read: the items of the facts read about it. A source that says
    one thing about a member was asked about it, and so about all it could have said. unread: the
    items of sources that said something about it which could not be read.
    """
    return (everybody | _answered(frozenset(read))) - unread


@cache
def _answered(read: frozenset[str]) -> frozenset[str]:
    return frozenset(item for items in _ITEMS_OF_SOURCES if items & read for item in items)


_ITEMS_OF_SOURCES = tuple(frozenset(profile_of(source).items) for source in SOURCES)

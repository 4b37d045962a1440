"""Who is rated: the members of the roster, and where their records stand.

Owns the list of members and the grouping of the ledger by subject. Only an organisation that the
roster names is evaluated; that a record mentions somebody does not make it a member.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tallystick.app.store import Store
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.records import number_of
from tallystick.sources import profile_of

MEMBERSHIP = "registration.basic"

NOT_A_MEMBER = Reason(
    "not_a_member",
    Text("{subject} 不在会员名册中", "{subject} is not on the roster"),
    "上海市社会信用条例 art. 27",
    Text(
        "请先导入名册:tally import FILE --source roster。",
        "Import the roster first: tally import FILE --source roster.",
    ),
)
NO_MEMBERS = Reason(
    "no_members",
    Text("还没有会员", "there are no members yet"),
    "",
    Text(
        "请先导入名册:tally import FILE --source roster。",
        "Import the roster first: tally import FILE --source roster.",
    ),
)


class Member(NamedTuple):
    """A member: its code and the numbers of its records of the wanted kinds, in ledger order."""

    subject: str
    records: list[int]


def members(store: Store, kinds: tuple[str, ...], subject: str = "") -> list[Member]:
    """Return the members in order of their codes, each with its records of `kinds`.

    subject: one member only. Raises: NOT_A_MEMBER, NO_MEMBERS.
    """
    index = store.index
    item = index.items.find(MEMBERSHIP)
    if item is None:
        raise NO_MEMBERS.error() if not subject else NOT_A_MEMBER.error(subject=subject)
    subjects = np.frombuffer(index.subject, dtype=np.uint32)
    imported = np.frombuffer(index.imported, dtype=np.uint32)
    retracted = [index.imports.find(name) or 0 for name in store.retracted()]
    on_roster = (np.frombuffer(index.item, dtype=np.uint16) == item) & ~np.isin(
        imported, np.array(retracted, dtype=np.uint32)
    )
    rated = np.unique(subjects[on_roster])
    if subject:
        number = index.subjects.find(subject)
        if number is None or number not in rated:
            raise NOT_A_MEMBER.error(subject=subject)
        rated = np.array([number], dtype=np.uint32)
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


def consulted_items(store: Store) -> frozenset[str]:
    """Return the items whose source was delivered here and not retracted.

    Of such an item the absence of a fact says something; of any other it says nothing.
    """
    retracted = store.retracted()
    sources = {
        body["source"]
        for body in map(store.body, store.index.of_kind("import"))
        if body["name"] not in retracted
    }
    return frozenset(item for source in sources for item in profile_of(source).items)

"""Rows that could not be read, and what they leave unknown.

Owns the record that names whom refused rows of a file are about, and what follows from it: of such
a member the source was not asked to the end, so that the absence of a fact means nothing, until a
later file of the source says something about it, or is complete, or the import is retracted.
"""

from __future__ import annotations

from collections.abc import Collection

from tallystick.app.store import Store
from tallystick.records import bodies
from tallystick.sources import profile_of

SUBJECTS_MAX = 10_000  # codes in one record


def seal_unread(store: Store, name: str, source: str, subjects: Collection[str]) -> None:
    """Seal whom refused rows of the import `name` are about."""
    listed = sorted(set(subjects))
    store.append(
        [
            bodies.unread(
                store.delivery(), name=name, source=source, subjects=listed[at : at + SUBJECTS_MAX]
            )
            for at in range(0, len(listed), SUBJECTS_MAX)
        ]
    )


def is_told(store: Store, digest: str) -> bool:
    """Tell whether the unread rows of the file with this digest are on the ledger already."""
    told = {store.body(n)["name"] for n in store.index.of_kind("unread")} - store.retracted()
    imports = map(store.body, store.index.of_kind("import"))
    return any(body["digest"] == digest and body["name"] in told for body in imports)


def unread_items(store: Store, before: int | None = None) -> dict[str, frozenset[str]]:
    """Return code -> items of which the silence of a source says nothing about that organisation.

    before: as it stood before that record number.
    """
    retracted = store.retracted(before)
    complete = {
        body["source"]: number
        for number in store.index.of_kind("import")
        if before is None or number < before
        for body in [store.body(number)]
        if body.get("complete") is True and body["name"] not in retracted
    }
    found: dict[str, frozenset[str]] = {}
    for number in store.index.of_kind("unread"):
        body = store.body(number)
        if (before is not None and number >= before) or body["name"] in retracted:
            continue
        if complete.get(body["source"], -1) > number:
            continue
        items = frozenset(profile_of(body["source"]).items)
        for subject in body["subjects"]:
            if not _told_since(store, subject, items, number, before, retracted):
                found[subject] = found.get(subject, frozenset()) | items
    return found


def _told_since(
    store: Store,
    subject: str,
    items: frozenset[str],
    number: int,
    before: int | None,
    retracted: frozenset[str],
) -> bool:
    index = store.index
    numbers = {index.items.find(item) for item in items}
    gone = {index.imports.find(name) for name in retracted}
    return any(
        n > number
        and (before is None or n < before)
        and index.item[n] in numbers
        and index.imported[n] not in gone
        for n in index.of_subject(subject)
    )

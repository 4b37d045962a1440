"""What a workspace holds, what it lacks, what runs out.

Owns the summary `tally status` shows.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from tallystick.app.naming import source_name
from tallystick.app.quorum import as_far_as_kept
from tallystick.app.store import Store
from tallystick.records import KINDS
from tallystick.sources import SOURCES
from tallystick.views import ERASED_KIND

EXPIRING_DAYS = 60


def status(store: Store, language: str = "en") -> dict[str, Any]:
    """Return records by kind and item, imports, missing sources, grants that end, and sizes."""
    index = store.index
    kinds = Counter(index.kind)
    items = Counter(index.item)
    retracted = store.retracted()
    imports = [
        {
            "name": body["name"],
            "source": body["source"],
            "source_name": source_name(body["source"]).in_language(language),
            "recorded": body["recorded"],
            "digest": body["digest"],
            "records": _of_import(store, body["name"]),
            "retracted": body["name"] in retracted,
        }
        for body in map(store.body, index.of_kind("import"))
    ]
    loaded = {one["source"] for one in imports if not one["retracted"]}
    checkpoint = store.log.checkpoint
    return {
        "workspace": str(store.settings.folder),
        "origin": store.origin,
        "entries": checkpoint.size if checkpoint else 0,
        "records": len(index),
        "by_kind": {_kind_named(kind): count for kind, count in sorted(kinds.items())},
        "by_item": {index.items.names[n]: c for n, c in sorted(items.items()) if n},
        "subjects": len(index.subjects.names) - 1,
        "imports": imports,
        "missing_sources": [source for source in SOURCES if source not in loaded],
        "source_names": {one: source_name(one).in_language(language) for one in SOURCES},
        "schemes": sorted({store.body(n)["name"] for n in index.of_kind("scheme")}),
        "officers": [p.name for p in store.trust.parties if p.role == "officer"],
        "grants": _grants(store, retracted),
        "undecided": _undecided(store),
        "witnesses": _witnesses(store, language),
        "bytes": {
            part: sum(p.stat().st_size for p in (store.settings.folder / part).rglob("*"))
            for part in ("evidence", "bodies", "keys", "caches")
        },
    }


def _of_import(store: Store, name: str) -> int:
    number = store.index.imports.find(name)
    return store.index.imported.count(number) - 1 if number else 0


def _grants(store: Store, retracted: frozenset[str]) -> dict[str, int]:
    today = store.settings.today()
    soon = (date.fromisoformat(today) + timedelta(days=EXPIRING_DAYS)).isoformat()
    withdrawn: set[str] = set()
    for number in store.index.of_kind("withdrawal"):
        withdrawn.update(store.body(number)["grants"])
    counts: Counter[str] = Counter()
    for record in map(store.numbered, store.index.of_kind("grant")):
        until = record.body["until"]
        if record.body["imported"] in retracted:
            continue
        if record.record in withdrawn:
            counts["withdrawn"] += 1
        elif until < today:
            counts["expired"] += 1
        else:
            counts["in_force"] += 1
            counts["expiring"] += until <= soon
    return {name: counts[name] for name in ("in_force", "expiring", "expired", "withdrawn")}


def _undecided(store: Store) -> int:
    """Return how many members' newest proposal nobody has decided on."""
    newest = {}
    for number in store.index.of_kind("evaluation"):
        newest[store.index.subject[number]] = number
    decided = {store.body(n)["evaluation"] for n in store.index.of_kind("decision")}
    ids = (store.log.commitments(number, 1)[0].hex() for number in newest.values())
    return sum(record not in decided for record in ids)


def _witnesses(store: Store, language: str) -> dict[str, Any] | None:
    """Return whether the newest checkpoint has its witnesses, None where none are asked for."""
    found = as_far_as_kept(store)
    return found.to_json(language) if found else None


def _kind_named(kind: int) -> str:
    """Return the name of a kind in an index; "erased" for what was erased."""
    return "erased" if kind == ERASED_KIND else KINDS[kind]

"""Making everything derived anew from the records.

Owns `rebuild`: the index is folded from every body, in ledger order, and the hashes of the log are
made from its entries and commitments. The same records give the same bytes, so a rebuild also shows
whether what was there was true.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from typing import Any

from tallystick.app.progress import Progress, silent
from tallystick.app.store import Store


def rebuild(store: Store, progress: Progress = silent) -> dict[str, Any]:
    """Rebuild the caches; return file -> digest before and after, and whether they agree."""
    before = _digests(store)
    store.log.rebuild_derived()
    store.rebuild_index()
    progress("rebuild", len(store.index), store.log.records)
    store.save_index()
    after = _digests(store)
    return {
        "records": len(store.index),
        "views": [
            {
                "file": name,
                "before": before.get(name, ""),
                "after": digest,
                "identical": before.get(name) == digest,
            }
            for name, digest in after.items()
        ],
    }


def _digests(store: Store) -> dict[str, str]:
    """Return the digest of each derived file that is there, by its name in the workspace."""
    files = [store.paths.index, *(file for file, _ in store.log.derived_files())]
    found = {}
    for file in files:
        with suppress(FileNotFoundError):
            digest = sha256(file.read_bytes()).hexdigest()
            found[file.relative_to(store.paths.folder).as_posix()] = digest
    return found

"""Making the caches anew from the records.

Owns `rebuild`: the index is folded from every body, in ledger order. The same records give the same
bytes, so a rebuild also shows whether the cache that was there was true.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from typing import Any

from tallystick.app.progress import Progress, silent
from tallystick.app.store import Store


def rebuild(store: Store, progress: Progress = silent) -> dict[str, Any]:
    """Rebuild the caches; return file -> digest before and after, and whether they agree."""
    before = b""
    with suppress(FileNotFoundError):
        before = store.paths.index.read_bytes()
    store.rebuild_index()
    progress("rebuild", len(store.index), store.log.records)
    store.save_index()
    after = store.paths.index.read_bytes()
    return {
        "records": len(store.index),
        "views": [
            {
                "file": "caches/index",
                "before": sha256(before).hexdigest() if before else "",
                "after": sha256(after).hexdigest(),
                "identical": before == after,
            }
        ],
    }

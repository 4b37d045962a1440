"""The log as static files for tools that are not ours.

Owns the export of the log in the layout of C2SP tlog-tiles: hash tiles, entry bundles and the
checkpoint, which any web server can serve as they are. It holds commitments of batches only, no
name, code or value. A folder that holds an older state of the same log is continued; one that holds
anything else is left alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tallystick.app.store import Store
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.ledger import read_checkpoint
from tallystick.ledger.tiles import write_tiles

ANOTHER_LOG = Reason(
    "another_log",
    Text(
        "{folder} 里的检查点不是本账本的旧状态",
        "the checkpoint in {folder} is no earlier state of this ledger",
    ),
    "C2SP tlog-tiles",
    Text(
        "请换一个空文件夹；若它本应是本账本的，请执行 tally audit。",
        "Choose an empty folder; if it ought to be this ledger's, run tally audit.",
    ),
)


def export_tiles(store: Store, folder: Path) -> dict[str, Any]:
    """Write the log of `store` into `folder`; return what was written and the key to check it by.

    Raises: ANOTHER_LOG, OSError from the disk.
    """
    log, checkpoint = store.log, store.log.checkpoint
    if checkpoint is None:
        raise ANOTHER_LOG.error(folder=folder)
    entries = [log.entry(number) for number in range(log.size)]
    before = _size_before(store, folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = write_tiles(folder, entries, checkpoint.text(), store.settings.disk, before)
    if rows := log.journal.entry.rows:
        # Not of C2SP: what is in force, for a restore that must know of later erasures.
        store.settings.disk.replace(folder / "status", log.journal.read(rows))
    return {
        "folder": str(folder),
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "records": log.records,
        "tiles_written": written,
        "key": log.key.text(),
    }


def _size_before(store: Store, folder: Path) -> int:
    file = folder / "checkpoint"
    if not file.exists():
        if folder.is_dir() and any(folder.iterdir()):
            raise ANOTHER_LOG.error(folder=folder)
        return 0
    older = read_checkpoint(file)
    store.trust.check_log(older)
    if older.size > store.log.size or store.log.root(older.size) != older.root:
        raise ANOTHER_LOG.error(folder=folder)
    return older.size

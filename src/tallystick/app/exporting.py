"""Everything out again, in open formats.

Owns `export`: all record bodies as JSON Lines, the facts of each catalogue item as CSV, the
evidence as it is, the trust file, and a README that says what each file is and how to read it.
Another operator can take up the service from it, and anybody can read it without this program.
The export leaves the use record of a full reading for every organisation in it. It is plain text,
so that nobody but its owner may read it (folders 0700, files 0600).
"""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, TextIO

from tallystick.app.erased import erased_of
from tallystick.app.progress import Progress, silent
from tallystick.app.store import Store
from tallystick.app.workspace import ALREADY_THERE
from tallystick.kernel import canonical
from tallystick.records import Body, bodies
from tallystick.rulebook.catalogue import catalogue

PURPOSE = "operator_export"
# No catalogue item has a field of these names: a table has no two columns called the same.
_COMMON = (
    *("record", "subject", "occurred", "recorded", "channel"),
    *("source_name", "source_document"),
)
_COMMIT_RECORDS = 4096
_FORMULA = frozenset("=+-@\t\r")  # what a spreadsheet begins to reckon at
_NEGATIVE = re.compile(r"-[0-9]+(?:\.[0-9]+)?")

_README = """信契导出 / Tallystick export ({origin})

records.jsonl   每行一条记录：编号、序号、盐、正文 / one record a line: id, number, salt, body
                已销毁的只列编号与依据 / of an erased one its id, and who erased it on what basis
facts/*.csv     各目录项的事实 / the facts of each catalogue item
evidence/       账本原样 / the log as it is (docs/spec/ledger.md)
trust.policy    信任文件 / the trust file

核对 / to check: SHA-256("tallystick/record/v1\\n" + salt + canonical body) = record.
"""


def export(store: Store, folder: Path, progress: Progress = silent) -> dict[str, Any]:
    """Write the export into `folder`, new or empty. Raises: ALREADY_THERE."""
    if folder.exists() and any(folder.iterdir()):
        raise ALREADY_THERE.error(folder=folder)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # before anything is in it
    (folder / "facts").mkdir()
    _record_looks(store)
    total = store.log.records  # its own looks included: the copy of the log has them too
    tables = _Tables(folder / "facts")
    with (folder / "records.jsonl").open("w", encoding="utf-8") as lines:
        for number, opened in store.scan():
            [commitment] = store.log.commitments(number, 1)
            if opened is None:
                gone = {**erased_of(store, number).to_json(), "erased": True}
                lines.write(json.dumps(gone, ensure_ascii=False, sort_keys=True) + "\n")
                continue
            body = canonical.decode_own(opened.body)
            line = {
                "record": commitment.hex(),
                "number": number,
                "salt": opened.salt.hex(),
                "body": body,
            }
            lines.write(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n")
            if body["kind"] == "fact":
                tables.add(commitment.hex(), body)
            if number % _COMMIT_RECORDS == 0:
                progress("export", number, total)
    tables.close()
    derived = shutil.ignore_patterns("tile-*", "groups")  # whoever reads the rest can make them
    shutil.copytree(store.paths.evidence, folder / "evidence", ignore=derived)
    shutil.copy(store.paths.trust, folder / "trust.policy")
    readme = folder / "README.txt"
    readme.write_text(_README.format(origin=store.origin), encoding="utf-8")
    return {
        "folder": str(folder),
        "records": total,
        "facts": dict(sorted(tables.rows.items())),
        "files": _kept_private(folder),
    }


def _kept_private(folder: Path) -> list[str]:
    """Give every file to its owner alone, also where it will be moved; return their names."""
    files = []
    for path in sorted(folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
        if path.is_file():
            files.append(path.relative_to(folder).as_posix())
    return sorted(files)


def _record_looks(store: Store) -> None:
    """Seal the use record of a full reading for every organisation with facts."""
    read: dict[int, Counter[str]] = defaultdict(Counter)
    for item, subject in zip(store.index.item, store.index.subject, strict=True):
        if item:
            read[subject][store.index.items.names[item]] += 1
    delivery = store.delivery()
    uses = [
        bodies.use(
            delivery,
            subject=store.index.subjects.names[subject],
            purpose=PURPOSE,
            reader=delivery.delivered_by,
            read=dict(sorted(items.items())),
            withheld={},
            as_of=store.settings.today(),
        )
        for subject, items in sorted(read.items())
    ]
    for at in range(0, len(uses), _COMMIT_RECORDS):
        store.append(uses[at : at + _COMMIT_RECORDS])


class _Tables:
    """One CSV file for each catalogue item, opened when its first fact comes."""

    def __init__(self, folder: Path) -> None:
        self.rows: Counter[str] = Counter()
        self._folder = folder
        self._files: dict[str, TextIO] = {}
        self._writers: dict[str, Any] = {}

    def add(self, record: str, body: Body) -> None:
        item = body["item"]
        fields = [f.name for f in catalogue().item(item).fields]
        if item not in self._writers:
            file = (self._folder / f"{item}.csv").open("w", encoding="utf-8-sig", newline="")
            self._files[item] = file
            self._writers[item] = csv.writer(file)
            self._writers[item].writerow([*_COMMON, *fields])
        source, data = body["source"], body["data"]
        common = (
            record,
            body["subject"],
            body["occurred"],
            body["recorded"],
            body["channel"],
            source["name"],
            source["document"],
        )
        cells = [_cell(data.get(name, "")) for name in fields]
        self._writers[item].writerow([*map(_cell, common), *cells])
        self.rows[item] += 1

    def close(self) -> None:
        for file in self._files.values():
            file.close()


def _cell(value: object) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    number = _NEGATIVE.fullmatch(text)
    return "'" + text if text[:1] in _FORMULA and not number else text

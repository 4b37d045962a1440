"""From delivered files to sealed records.

Owns the import: read, interpret, check, seal, commit; the retraction of an import; and what is
reported. Rules: the good rows are sealed and every other row is a problem with its file and line;
the same file again adds nothing; a row that says something new about the same fact supersedes the
old one, and both stay. Records are acknowledged chunk by chunk: whatever interrupts an import, what
was committed stays, and importing the file again adds the rest.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tallystick.app.admission import check_delivered, check_fact
from tallystick.app.drafting import Prepared, import_context, prepare, seal_chunk
from tallystick.app.members import MEMBERSHIP
from tallystick.app.progress import Progress, silent
from tallystick.app.sampling import is_sample
from tallystick.app.sealing import Sealed, seal_bodies
from tallystick.app.store import Store
from tallystick.app.typed import masked
from tallystick.app.unread import is_told, seal_unread
from tallystick.app.workers import in_order
from tallystick.kernel import canonical
from tallystick.kernel.errors import Problem, Reason, TallyError
from tallystick.kernel.texts import Text
from tallystick.records import Body, bodies
from tallystick.sources import (
    SourceReader,
    open_source,
)
from tallystick.vault import Envelope, unseal
from tallystick.views import content_of
from tallystick.views.known import UNKNOWN, Candidate, Known

CHUNK_ROWS_MAX = 4096
_NOT_READ = frozenset({"unknown", "proposed", "twice"})
NO_SUCH_IMPORT = Reason(
    "no_such_import",
    Text("没有名为 {name} 的导入，或已撤回", "there is no import {name}, or it was retracted"),
    "",
    Text("导入的名字见 tally status。", "tally status lists the imports."),
)
NO_REASON_TO_RETRACT = Reason(
    "no_reason_to_retract",
    Text("撤回导入须写明理由", "the retraction of an import needs a reason"),
    "征信业管理条例 art. 23",
    Text("请用 --reason 写明。", "State it with --reason."),
)


@dataclass
class ImportReport:
    """What an import did. accepted: records sealed; superseded: older ones they replace.

    failed: files that could not be read as a whole, each with a problem; the others went on.
    mappings: file name to the document its columns were read by, failed files included.
    columns_not_read: headers that nobody knows, by file; none that may be somebody's data.
    """

    accepted: int = 0
    superseded: int = 0
    duplicate: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)
    mappings: dict[str, str] = field(default_factory=dict)
    columns_not_read: dict[str, list[str]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    dry_run: bool = False
    complete: bool = False

    def fail(self, file: Path, fault: TallyError) -> None:
        """Note that `file` as a whole could not be taken."""
        self.failed.append(file.name)
        self.problems.append(fault.problem(file=file.name))

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """Return the form programs read."""
        return {
            "accepted": self.accepted,
            "superseded": self.superseded,
            "duplicate": self.duplicate,
            "refused": sum(self.refused.values()),
            "refused_by_code": dict(sorted(self.refused.items())),
            "dropped": dict(sorted(self.dropped.items())),
            "problems": [p.to_json(language) for p in self.problems],
            "imports": self.imports,
            "columns_not_read": self.columns_not_read,
            "failed": self.failed,
            "complete": self.complete,
            "dry_run": self.dry_run,
        }


def import_files(
    store: Store,
    files: Sequence[Path],
    source: str,
    *,
    mapping: Path | None = None,
    complete: bool = False,
    dry_run: bool = False,
    progress: Progress = silent,
) -> ImportReport:
    """Import `files` as `source`; return what happened.

    complete: the deliverer declares that each file says all its source has about every member, so
    that a member without a row in it has none. It may be said of a file delivered before.

    Raises: what opening a single file or its mapping raises (unknown source, unreadable file, a
    refused column in the mapping); of several files, such a one is reported as failed. Rows never
    raise.
    """
    report = ImportReport(dry_run=dry_run, complete=complete)
    kept = _standing(store)
    known = Known(store.index.identity, store.index.content, kept)
    imports = [store.body(n) for n in store.index.of_kind("import")]
    delivered: dict[str, bool] = {}
    for body in imports:
        if body["name"] not in store.retracted():
            said = delivered.get(body["digest"], False)
            delivered[body["digest"]] = said or body.get("complete") is True
    for file in files:
        try:
            reader = open_source(file, source, mapping)
        except TallyError as fault:
            if len(files) == 1:
                raise
            report.fail(file, fault)
            continue
        report.mappings[file.name] = reader.mapping_document()
        unknown = [e.header for e in reader.mapping.entries if e.header and e.fate in _NOT_READ]
        if unknown:
            report.columns_not_read[file.name] = unknown
        try:
            _import_file(store, file, reader, known, delivered, report, progress)
        except TallyError as fault:
            report.columns_not_read.pop(file.name, None)  # it may be no table at all
            report.fail(file, fault)
    return report


def _standing(store: Store) -> list[int]:
    """Return the numbers of facts and grants that were not retracted."""
    retracted = {store.index.imports.find(name) for name in store.retracted()}
    imported, identity = store.index.imported, store.index.identity
    return [n for n in range(len(store.index)) if identity[n] and imported[n] not in retracted]


def _import_file(
    store: Store,
    file: Path,
    reader: SourceReader,
    known: Known,
    delivered: dict[str, bool],
    report: ImportReport,
    progress: Progress,
) -> None:
    source, digest = reader.source, _file_digest(file)
    # Numbered by what the ledger holds, so that a dry run and the run after it say the same name.
    name = f"{source}-{sum(1 for _ in store.index.of_kind('import')) + 1:04d}"
    document = report.mappings[file.name]
    complete = report.complete
    header, context = import_context(store, name, source, digest, document, complete=complete)
    taker = _Taker(store, known, report, [header], seen=digest in delivered)
    done = 0
    chunks = reader.chunks(CHUNK_ROWS_MAX)
    try:
        for prepared in in_order(seal_chunk, chunks, store.settings.processes, prepare, (context,)):
            taker.take(prepared)
            done += len(prepared.sealed) + len(prepared.problems)
            progress(file.name, done, 0)
        # A file of which nothing could be read says nothing, whatever is declared of it.
        if complete and not delivered.get(digest, False) and (taker.read_any or not done):
            taker.declare(complete=True)
        if taker.unread and not report.dry_run and not is_told(store, digest):
            taker.declare(complete=False)
            seal_unread(store, name, source, taker.unread)
    finally:  # where the file breaks off, what came before is sealed, and told
        report.problems += reader.problems
        report.refused.update(reader.refused)
        report.dropped.update(reader.dropped)
        if taker.named:
            report.imports.append(name)
            delivered[digest] = complete or delivered.get(digest, False)


class _Taker:
    """Takes sealed records in order: leaves out what is known, commits the rest.

    header: the record of the import, committed with its first accepted record.
    """

    def __init__(
        self,
        store: Store,
        known: Known,
        report: ImportReport,
        header: list[Body],
        *,
        seen: bool,
    ) -> None:
        self.named = self.read_any = False
        self.unread: set[str] = set()
        self._store = store
        self._known = known
        self._seen = seen
        self._report = report
        self._header = header
        self._pending: dict[int, Envelope] = {}

    def take(self, prepared: Prepared) -> None:
        """Commit what is new of one prepared chunk, and count the rest."""
        report = self._report
        report.problems += prepared.problems
        report.refused.update(prepared.refused)
        report.dropped.update(prepared.dropped)
        self.unread.update(prepared.unread)
        sealed = prepared.sealed
        self.read_any |= bool(sealed)
        candidates = self._known.find(
            [s.row.identity for s in sealed], [s.row.content for s in sealed]
        )
        accepted: list[Sealed] = (
            [] if self.named else seal_bodies(self._header, self._store.secrets)
        )
        first = self._store.log.records
        ahead = len(accepted)
        self._pending = {}
        for record, candidate in zip(sealed, candidates, strict=True):
            row = record.row
            number = first + len(accepted)
            if candidate != UNKNOWN or self._known.is_recent(row.identity):
                if self._is_known(record, candidate):
                    report.duplicate += 1
                    continue
                report.superseded += 1
            self._known.add(row.identity, row.content, number)
            self._pending[number] = record.envelope
            accepted.append(record)
        if len(accepted) > ahead:
            report.accepted += len(accepted) - ahead
            self.named = True
            if not report.dry_run:
                self._store.commit(accepted)
        self._known.settle()

    def declare(self, *, complete: bool) -> None:
        """Commit the record of the import where no fact of it was new: it says something itself."""
        if self.named:
            return
        self.named = True
        if not self._report.dry_run:
            header = [{**body, "complete": complete} for body in self._header]
            self._store.commit(seal_bodies(header, self._store.secrets))

    def _is_known(self, record: Sealed, candidate: Candidate) -> bool:
        """Tell whether the ledger says this already.

        What is in force says it, or an older version does and this very file was delivered before.
        A file that brings an old value back says something new.
        """
        recent = self._known.recent(record.row.identity, record.row.content)
        newest, same = max(candidate.newest, recent.newest), max(candidate.same, recent.same)
        if same < 0 and newest >= 0 and self._only_dated_anew(record, newest):
            return True
        if same < 0 or not (same == newest or self._seen):
            return False
        return self._says_the_same(record, same)

    def _only_dated_anew(self, record: Sealed, newest: int) -> bool:
        """Tell whether a roster row without a date says what is in force, but for its delivery."""
        if record.row.item != MEMBERSHIP or newest >= self._store.log.records:
            return False
        secret = self._store.secrets.wrapping
        mine = canonical.decode(unseal(newest, record.envelope, secret).body)
        theirs = self._store.body(newest)
        dateless = mine["occurred"] == mine["recorded"] and theirs["occurred"] == theirs["recorded"]
        return dateless and content_of({**mine, "occurred": ""}) == content_of(
            {**theirs, "occurred": ""}
        )

    def _says_the_same(self, record: Sealed, number: int) -> bool:
        secret = self._store.secrets.wrapping
        envelope = self._pending.get(number)
        if envelope is None and number >= self._store.log.records:
            return True  # a dry run: accepted earlier, and not kept
        opened = (
            self._store.opened(number) if envelope is None else unseal(number, envelope, secret)
        )
        mine = unseal(number, record.envelope, secret)
        return content_of(canonical.decode(opened.body)) == content_of(canonical.decode(mine.body))


def retract(store: Store, name: str, reason: str) -> str:
    """Retract import `name`, by a new record; return its id.

    Raises: NO_SUCH_IMPORT, NO_REASON_TO_RETRACT, REASON_TOO_LONG.
    """
    reason, _ = masked(reason.strip())
    if not reason:
        raise NO_REASON_TO_RETRACT.error()
    names = {store.body(n)["name"] for n in store.index.of_kind("import")}
    if name not in names or name in store.retracted():
        raise NO_SUCH_IMPORT.error(name=name)
    [record] = store.append([bodies.retraction(store.delivery(), name=name, reason=reason)])
    return record


def _file_digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def deliver(store: Store, records: Iterable[Body]) -> list[str]:
    """Check and seal facts that come signed and not from a file; return their ids.

    Raises: as `check_delivered` and `check_fact`, before anything is sealed.
    """
    listed = list(records)
    deliverer = store.trust.party(store.provider_key.verifier.key_id, "provider")
    for body in listed:
        check_delivered(body, deliverer, sample=is_sample(store))
        check_fact(body, store.trust, store.origin, store.log.size)
    return store.append(listed)

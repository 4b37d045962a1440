"""The part of an audit that looks at erased records.

Owns what is asked of them: the journal states the erasure, an erasure record names each record, the
key is gone, and nothing takes an erasure back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from tallystick.app import damage
from tallystick.app.audit_evidence import Damage
from tallystick.app.erased import Erased, told_by
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text
from tallystick.ledger import ERASED, StatusChange, StatusEntry, TrustPolicy
from tallystick.ledger.status import FIRST_STATUS, ROW_BYTES, chain, decode_rows

if TYPE_CHECKING:
    from tallystick.app.store import Store

ERASED_KEY_THERE = Reason(
    "erased_key_there",
    Text(
        "第 {record} 条记录已宣告销毁，其密钥却还在",
        "record number {record} is stated as erased, and its key is still there",
    ),
    "docs/spec/workspace.md",
    Text("下一条写入命令会完成销毁。", "The next command that writes completes the erasure."),
)
ERASED_WITHOUT_BASIS = Reason(
    "erased_without_basis",
    Text(
        "第 {record} 条记录被列为已销毁，却没有销毁记录说明依据",
        "record number {record} is stated as erased, and no erasure record names it",
    ),
    "docs/spec/workspace.md",
    Text("请向运营方查询。", "Ask the operator."),
)
ERASURE_TAKEN_BACK = Reason(
    "erasure_taken_back",
    Text(
        "第 {record} 条记录销毁后又被列为别的状态",
        "record number {record} was erased, and is stated otherwise later",
    ),
    "docs/spec/ledger.md",
    Text("请向运营方查询。", "Ask the operator."),
)


def read_rows(store: Store, stated: Sequence[StatusEntry], note: Damage) -> list[StatusChange]:
    """Return the rows of the journal that the newest status entry speaks of; none if damaged.

    stated: the status entries in order. Damage is named at the first row that one of them speaks of
    and none before it.
    """
    try:
        data = store.log.journal.read(stated[-1].rows if stated else 0)
    except TallyError as fault:
        note("evidence/status", int(str(fault.facts["offset"])), damage.TOO_SHORT)
        return []
    before = FIRST_STATUS
    for entry in stated:
        rows = data[before.rows * ROW_BYTES : entry.rows * ROW_BYTES]
        cut = (rows[at : at + ROW_BYTES] for at in range(0, len(rows), ROW_BYTES))
        if chain(before.journal, cut) != entry.journal:
            note("evidence/status", before.rows * ROW_BYTES, damage.JOURNAL)
            return []
        before = entry
    return list(decode_rows(data))


class Erasures:
    """The erased records of a ledger: rows of the journal, and the records they rest on.

    changes: record number -> the row that erased it. commitments: of records erased or erasing.
    """

    def __init__(self, rows: Iterable[StatusChange] = ()) -> None:
        self.changes: dict[int, StatusChange] = {}
        self.commitments: dict[int, bytes] = {}
        self._taken_back: list[int] = []
        self._bodies: dict[int, dict[str, Any]] = {}
        for row in rows:
            if row.status == ERASED:
                self.changes.setdefault(row.record, row)
            elif row.record in self.changes:
                self._taken_back.append(row.record)

    def note(self, record: int, commitment: bytes, body: dict[str, Any]) -> None:
        """Take in a record that was read."""
        if body["kind"] == "erasure":
            self._bodies[record] = body
            self.commitments[record] = commitment

    def faults(self) -> Iterator[tuple[int, TallyError]]:
        """Yield what is wrong, each with the number of the record."""
        for record in self._taken_back:
            yield record, ERASURE_TAKEN_BACK.error(record=record)
        for record, change in self.changes.items():
            named = self._bodies.get(change.by, {}).get("records", [])
            if self.commitments.get(record, b"").hex() not in named:
                yield record, ERASED_WITHOUT_BASIS.error(record=record)

    def listed(self, trust: TrustPolicy) -> list[Erased]:
        """Return what is said of each erased record, in ledger order."""
        return [
            told_by(
                trust,
                record,
                self.commitments[record].hex(),
                self._bodies[change.by],
                self.commitments[change.by].hex(),
            )
            for record, change in sorted(self.changes.items())
            if change.by in self._bodies and record in self.commitments
        ]

"""Erasing the content of records, because a rule or a court demands it.

Owns the use case: what goes with a record that is erased, who must sign, what is known of copies,
and the order. Older versions of the same statement go too, or one of them would be in force again;
so do the proposals that cite it and the reports of those. A decision on such a proposal stands,
being the act of a person, and is named: nobody can show any more what it rested on. The chain of
commitments stays: the ledger states of each record that it was erased, by which record, and since
when.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tallystick.app.administering import signed_twice
from tallystick.app.erased import complete, copies
from tallystick.app.members import MEMBERSHIP
from tallystick.app.officers import open_cosigner
from tallystick.app.receipts import make_numbered, state_recently
from tallystick.app.store import Store
from tallystick.app.typed import masked
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.ledger import ERASED, SUPERSEDED, StatusChange
from tallystick.records import KINDS, Body, bodies, number_of
from tallystick.views import VERIFICATION
from tallystick.views.subject import SELF_DECLARED

ERASABLE = ("fact", "grant", "evaluation", "decision", "report", "use", "weighing")
GROUPS_MAX = 500  # of looks and reports that an erasure record tells of
_OF_VERSIONS = frozenset(map(number_of, ("fact", "grant", "evaluation", "decision")))

NOT_ERASABLE = Reason(
    "not_erasable",
    Text(
        "{kind}类记录不能销毁：{why}",
        "a record of the kind {kind} cannot be erased: {why}",
    ),
    "docs/spec/workspace.md",
)
WHY_NOT = {
    "founding": Text("账本以它为据", "the ledger rests on it"),
    "party": Text("签名以它核验", "signatures are checked by it"),
    "key_end": Text("签名以它核验", "signatures are checked by it"),
    "witness": Text("签名以它核验", "signatures are checked by it"),
    "import": Text("它不含主体的内容", "it says nothing of an organisation"),
    "retraction": Text("它终止其他记录", "it ends other records"),
    "withdrawal": Text("它终止其他记录", "it ends other records"),
    "scheme": Text("评价以它为据", "evaluations rest on it"),
    "model": Text("评价以它为据", "evaluations rest on it"),
    "unread": Text("缺少事实的含义取决于它", "what the absence of a fact means rests on it"),
    "erasure": Text("它说明销毁的依据", "it says on what basis something was erased"),
}
SEVERAL_SUBJECTS = Reason(
    "several_subjects",
    Text("一次只能销毁同一主体的记录", "one erasure is about one organisation"),
    "docs/spec/records.md",
    Text("请对每个主体分别销毁。", "Erase the records of each on their own."),
)
NO_BASIS = Reason(
    "no_basis",
    Text("销毁须写明依据和理由", "an erasure names its basis and its reason"),
    "征信业管理条例 art. 25",
)
CHOSEN, OLDER, CITES, REPORTS = "chosen", "older", "cites", "reports"


class Plan(NamedTuple):
    """What would be erased: record number -> (kind, why it goes); the subject; copies given out.

    decisions: that stand, on proposals that go. leaves_roster: whether it is no member's any more.
    more: groups of copies not told one by one.
    """

    subject: str
    records: dict[int, tuple[str, str]]
    decisions: list[dict[str, Any]]
    leaves_roster: bool
    delivered: list[dict[str, Any]]
    more: int

    def to_json(self, ids: Mapping[int, str]) -> dict[str, Any]:
        """Return the form programs read; ids: of the records by number."""
        return {
            "subject": self.subject,
            "records": [
                {"record": ids[number], "kind": kind, "why": why}
                for number, (kind, why) in sorted(self.records.items())
            ],
            "decisions": self.decisions,
            "leaves_roster": self.leaves_roster,
            "delivered": self.delivered,
            "more": self.more,
        }


def erase(
    store: Store,
    records: Sequence[str],
    *,
    basis: str,
    reason: str,
    officer: str,
    dry_run: bool = False,
) -> dict[str, Any]:
    """Erase `records`, named by their ids or beginnings of them, and what goes with them.

    officer: who signs together with the operator. dry_run: only say what would go. The store is
    opened to write. Raises: UNKNOWN_RECORD, RECORD_ERASED, NOT_ERASABLE, SEVERAL_SUBJECTS,
    NO_BASIS, what opening the officer's key raises, and what the disk raises: whoever opens the
    workspace next completes what broke off.
    """
    basis, reason = masked(basis.strip())[0], masked(reason.strip())[0]
    if not basis or not reason:
        raise NO_BASIS.error()
    store.state_standing()
    plan = plan_of(store, [store.find(record) for record in records])
    ids = {number: store.log.commitment(number).hex() for number in sorted(plan.records)}
    document = {"erased": not dry_run, "basis": basis, "reason": reason, **plan.to_json(ids)}
    if dry_run:
        folder = store.settings.folder
        files = [path.relative_to(folder).as_posix() for path in sorted(dict(copies(store, ids)))]
        return {**document, "removed": files, "record": "", "receipt": ""}
    key, _ = open_cosigner(store, officer)
    said = bodies.erasure(
        store.delivery(),
        subject=plan.subject,
        records=list(ids.values()),
        basis=basis,
        reason=reason,
        delivered=plan.delivered,
        more=plan.more,
        consents=list(_withdrawn(store, plan)),
        targets=sorted(_targets(store, plan)),
    )
    number, now = store.log.records, store.seconds()
    changes = [StatusChange(one, ERASED, now, number) for one in ids]
    [record] = store.append([signed_twice(store, said, key)], changes=changes)
    removed = complete(store)
    store.forget_erased()
    store.save_index()
    state_recently(store)
    receipt = store.paths.receipts / f"erasure-{record[:12]}.tally"
    receipt.parent.mkdir(exist_ok=True)
    store.settings.disk.replace(receipt, make_numbered(store, number))
    return {**document, "removed": removed, "record": record, "receipt": str(receipt)}


def plan_of(store: Store, chosen: Sequence[int]) -> Plan:
    """Return what goes with the records `chosen`. Raises: as `erase`."""
    found: dict[int, tuple[str, str]] = {}
    subjects = set()
    for number in chosen:
        body = store.body(number)
        if body["kind"] not in ERASABLE:
            raise NOT_ERASABLE.error(kind=body["kind"], why=WHY_NOT[body["kind"]])
        subjects.add(body.get("subject", ""))
        found[number] = (body["kind"], CHOSEN)
    if len(subjects) > 1:
        raise SEVERAL_SUBJECTS.error()
    subject = subjects.pop() if subjects else ""
    about = {n: KINDS[store.index.kind[n]] for n in store.index.of_subject(subject)}
    texts = _texts(store, about)
    while more := {
        number: (about[number], why)
        for number, why in _with(store, found, about, texts)
        if number not in found
    }:
        found |= more
    decisions = list(_without_basis(store, found, about))
    leaves = _leaves_roster(store, found, about)
    return Plan(subject, found, decisions, leaves, *_delivered(store, found, about))


def _texts(store: Store, about: dict[int, str]) -> dict[int, tuple[Body, bytes]]:
    """Return body and canonical bytes of the proposals and reports of one organisation."""
    wanted = [number for number, kind in about.items() if kind in ("evaluation", "report")]
    return {number: (store.body(number), store.opened(number).body) for number in wanted}


def _with(
    store: Store,
    found: dict[int, tuple[str, str]],
    about: dict[int, str],
    texts: dict[int, tuple[Body, bytes]],
) -> Iterator[tuple[int, str]]:
    """Yield what goes with the records found so far, and why."""
    # An older version, or the old form of a decision, that would be in force again without these.
    # What stands for itself, or stands because the newer one was taken back, is left alone.
    standing = store.log.journal.standing
    for other in about:
        change = standing.get(other)
        versions = store.index.kind[other] in _OF_VERSIONS
        if change and versions and change.status == SUPERSEDED and change.by in found:
            yield other, OLDER
    cited = [store.log.commitment(number).hex() for number in found]
    for number, (body, text) in texts.items():
        if body["kind"] == "evaluation" and any(one.encode() in text for one in cited):
            yield number, CITES
        if body["kind"] == "report" and {body["evaluation"], body["decision"]} & set(cited):
            yield number, REPORTS


def _without_basis(
    store: Store, found: dict[int, tuple[str, str]], about: dict[int, str]
) -> Iterator[dict[str, Any]]:
    """Yield the decisions in force that were made on a proposal which goes."""
    cited = {store.log.commitment(number).hex() for number in found}
    standing = store.log.journal.standing
    for number, kind in sorted(about.items()):
        if kind == "decision" and number not in found and number not in standing:
            decided = store.numbered(number)
            if decided.body["evaluation"] in cited:
                shown = bodies.shown_decision(decided.record, decided.body)
                yield {**shown, "kind": kind, "subject": decided.body["subject"]}


def _leaves_roster(store: Store, found: dict[int, tuple[str, str]], about: dict[int, str]) -> bool:
    """Tell whether the last row of the roster goes, by which the organisation is a member."""
    item = store.index.items.find(MEMBERSHIP)
    rows = {number for number in about if store.index.item[number] == item} if item else set()
    return bool(rows & found.keys()) and not rows - found.keys() - store.log.journal.standing.keys()


def _withdrawn(store: Store, plan: Plan) -> Iterator[dict[str, Any]]:
    """Yield of each grant that a withdrawal names what the withdrawal goes by from now on."""
    about = set(store.index.of_subject(plan.subject))
    acts = [number for number in store.index.of_kind("withdrawal") if number in about]
    named = {record for number in acts for record in store.body(number)["grants"]}
    for number, (kind, _) in sorted(plan.records.items()):
        record = store.log.commitment(number).hex()
        if kind == "grant" and record in named:
            body = store.body(number)
            yield {
                "record": record,
                "document_digest": body["document_digest"],
                "imported": bool(body["imported"]),
            }


def _targets(store: Store, plan: Plan) -> set[str]:
    """Return what was declared or visited, of which a record goes."""
    found = set()
    for number, (kind, _) in plan.records.items():
        if kind != "fact":
            continue
        body = store.body(number)
        if body["item"].startswith(SELF_DECLARED):
            found.add(f"{body['item']}|{body['key']}")
        elif body["item"] == VERIFICATION:
            data = body["data"]
            found.add(f"{data['target_item']}|{data.get('target_period', '')}")
    return found


def _delivered(
    store: Store, found: dict[int, tuple[str, str]], about: dict[int, str]
) -> tuple[list[dict[str, Any]], int]:
    """Return the copies known to be out: looks since what goes was sealed, and reports.

    By reader and purpose, the newest first; and how many such groups more there are than are told:
    the receipt of an erasure must stay one that can be read.
    """
    first: dict[str, int] = {}  # item or kind of what goes -> the first record of it
    for number, (kind, _) in found.items():
        for name in (kind, store.index.items.names[store.index.item[number]]):
            first[name] = min(number, first.get(name, number))
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for number, kind in sorted(about.items()):
        if kind == "use" and number not in found:
            body = store.body(number)
            if any(first.get(name, number) < number for name in body["read"]):
                _count(groups, body["reader"], body["purpose"], body["recorded"])
        elif kind == "report" and number > min(found):
            body = store.body(number)
            _count(groups, body["delivered_by"], "report", body["recorded"])
    listed = sorted(groups.values(), key=lambda one: str(one["last"]), reverse=True)
    return listed[:GROUPS_MAX], max(len(listed) - GROUPS_MAX, 0)


def _count(groups: dict[tuple[str, str], dict[str, Any]], reader: str, why: str, day: str) -> None:
    group = groups.setdefault(
        (reader, why), {"reader": reader, "purpose": why, "first": day, "last": day, "count": 0}
    )
    group["first"], group["last"] = min(day, group["first"]), max(day, group["last"])
    group["count"] += 1

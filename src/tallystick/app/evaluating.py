"""Evaluating members: proposals, sealed, each with the record of the look it took.

Owns the way from the records of a member through the door of the exchange and a scheme to a sealed
proposal. One member or a hundred thousand go the same way, in one process or several, and come out
with the same digits. A proposal equal to the member's newest is not sealed again; the look always
is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from tallystick.app.members import (
    MEMBERSHIP,
    Member,
    consulted_about,
    consulted_items,
    members,
    registered,
)
from tallystick.app.progress import Progress, silent
from tallystick.app.schemes import find
from tallystick.app.sealing import Sealed, seal_bodies
from tallystick.app.store import Store
from tallystick.app.unread import unread_items
from tallystick.app.workers import in_order
from tallystick.app.workspace import Settings
from tallystick.evaluation import (
    Evaluation,
    compile_scheme,
    evaluation_json,
    lawful_changes,
    parse_scheme,
    scheme_items,
    worked_example,
)
from tallystick.exchange import MEMBER_EVALUATION, Look, open_door
from tallystick.kernel import canonical
from tallystick.records import Body, Delivery, bodies, number_of
from tallystick.vault import Keyring
from tallystick.views import SubjectView, fold_subject

MEMBERS_PER_TASK = 128
_KINDS = ("fact", "grant", "withdrawal", "erasure", "evaluation", "decision")


class _Task(NamedTuple):
    """What every process needs, apart from its own opened workspace."""

    text: str
    scheme_record: str
    scheme_digest: str
    as_of: str
    read_on: str
    consulted: frozenset[str]
    unread: dict[str, frozenset[str]]
    retracted: frozenset[str]
    delivery: Delivery
    seal: bool
    sentences: bool


class _Worker:
    """Evaluates members against one opened workspace."""

    def __init__(self, store: Store, task: _Task) -> None:
        self._store = store
        self._task = task
        scheme = parse_scheme(task.text, file="")
        self._evaluator = compile_scheme(scheme)
        needed = {*scheme_items(scheme), MEMBERSHIP}
        self._door = open_door(MEMBER_EVALUATION, task.as_of, task.read_on, needed)
        self._evaluation_kind = number_of("evaluation")

    def evaluate(self, some: Sequence[Member]) -> tuple[list[Sealed], list[bytes]]:
        """Return records to commit and, for each member, its result as canonical bytes."""
        records: list[Body] = []
        results: list[tuple[Body, int]] = []
        for member in some:
            view = self._view(member)
            look = self._door.look(view)
            task = self._task
            items = (fact.item for fact in look.facts)
            unread = task.unread.get(member.subject, frozenset())
            consulted = consulted_about(task.consulted, items, unread)
            proposal = self._evaluator(
                member.subject,
                look.facts,
                as_of=task.as_of,
                consulted=consulted,
                withheld=look.withheld.items(),
            )
            result = proposal.sealed()
            records.append(
                bodies.use(
                    task.delivery,
                    subject=member.subject,
                    purpose=MEMBER_EVALUATION,
                    reader=task.delivery.delivered_by,
                    read=look.read,
                    withheld=look.withheld,
                    as_of=task.as_of,
                )
            )
            shown = self._in_words(proposal, look, consulted) if task.sentences else result
            called = registered(view)._asdict()
            shown = {**shown, **called, "record": self._newest(view, result)}
            shown["decision"] = _decision(view, shown["record"])
            at = -1
            if task.seal and not shown["record"]:
                at = len(records)
                records.append(
                    bodies.evaluation(
                        task.delivery,
                        subject=member.subject,
                        scheme=task.scheme_record,
                        as_of=task.as_of,
                        view=look.digest,
                        result=result,
                    )
                )
            results.append((shown, at))
        sealed = seal_bodies(records, self._store.secrets)
        for shown, at in results:
            if at >= 0:
                shown["record"] = sealed[at].envelope.commitment.hex()
        return sealed, [canonical.encode_own(shown) for shown, _ in results]

    def _view(self, member: Member) -> SubjectView:
        kinds, proposal = self._store.index.kind, self._evaluation_kind
        older = [n for n in member.records if kinds[n] == proposal][:-1]
        numbers = [n for n in member.records if n not in older] if older else member.records
        records = map(self._store.numbered, numbers)
        return fold_subject(member.subject, records, self._task.retracted)

    @staticmethod
    def _in_words(proposal: Evaluation, look: Look, consulted: frozenset[str]) -> Body:
        """Return the proposal with its sentences and the lawful changes that would better it."""
        changes = lawful_changes(
            proposal.scheme,
            look.facts,
            as_of=proposal.as_of,
            consulted=consulted,
            withheld=look.withheld.items(),
        )
        return evaluation_json(proposal, changes)

    @staticmethod
    def _newest(view: SubjectView, result: Body) -> str:
        """Return the id of the newest proposal when it says the same as `result`, else ""."""
        if not view.evaluations:
            return ""
        newest = view.evaluations[-1]
        same = newest.body["result"].get("digest") == result["digest"]
        return newest.record if same else ""


def _decision(view: SubjectView, proposal: str) -> Body | None:
    """Return the newest decision on the member; current: it was made on this very proposal."""
    newest = view.standing_decision()
    if newest is None:
        return None
    shown = bodies.shown_decision(newest.record, newest.body)
    return {**shown, "current": shown["evaluation"] == proposal}


_worker: list[_Worker] = []


def _prepare(settings: Settings, keyring: Keyring, origin: str, task: _Task) -> None:
    _worker[:] = [_Worker(Store.attach(settings, keyring, origin), task)]


def _evaluate_some(some: Sequence[Member]) -> tuple[list[Sealed], list[bytes]]:
    [worker] = _worker
    return worker.evaluate(some)


def evaluate_each(  # one member after another, so that a large membership is never in memory
    store: Store,
    scheme: str,
    subject: str = "",
    as_of: str | None = None,
    *,
    seal: bool = True,
    sentences: bool = True,
    progress: Progress = silent,
) -> Iterator[dict[str, Any]]:
    """Evaluate members by the scheme `scheme`; yield each result in order of the codes.

    subject: one member only, by its USCC or its LEI. as_of: the ISO day to judge by, today if None.
    seal: whether the proposals become records (the looks always do). sentences: add reasons in
    words and lawful changes, which costs more than the evaluation itself. Raises: NO_SUCH_SCHEME,
    NO_MEMBERS, as `members.resolve`, and what opening bodies raises.
    """
    listed = members(store, _KINDS, subject)
    published = find(store, scheme)
    record = store.body(store.find(published.record))
    task = _Task(
        record["text"],
        published.record,
        record["digest"],
        as_of or store.settings.today(),
        store.settings.today(),
        consulted_items(store),
        unread_items(store),
        store.retracted(),
        store.delivery(),
        seal,
        sentences,
    )
    store.save_index()
    settings = Settings(store.settings.folder)
    groups = [listed[i : i + MEMBERS_PER_TASK] for i in range(0, len(listed), MEMBERS_PER_TASK)]
    done = 0
    for sealed, results in in_order(
        _evaluate_some,
        groups,
        store.settings.processes,
        _prepare,
        (settings, store.keyring, store.origin, task),
    ):
        store.commit(sealed)
        for result in results:
            yield canonical.decode_own(result)
        done += len(results)
        progress("evaluate", done, len(listed))


def evaluate(  # as `evaluate_each`, all at once
    store: Store,
    scheme: str,
    subjects: Iterable[str] | None = None,
    as_of: str | None = None,
    *,
    seal: bool = True,
    progress: Progress = silent,
) -> list[dict[str, Any]]:
    """Return the results of `evaluate_each`, for all members or for `subjects`."""
    if subjects is None:
        return list(evaluate_each(store, scheme, as_of=as_of, seal=seal, progress=progress))
    return [
        result
        for subject in subjects
        for result in evaluate_each(store, scheme, subject, as_of, seal=seal, progress=progress)
    ]


def example(name: str) -> list[dict[str, Any]]:
    """Return the worked example a shipped scheme carries, evaluated; needs no workspace.

    Raises: NOT_SHIPPED.
    """
    document = evaluation_json(worked_example(name))
    return [{**document, "name": "算例 / worked example", "lei": "", "record": ""}]

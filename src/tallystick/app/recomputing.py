"""Working out a sealed proposal again, from what the ledger held then.

Owns the repetition: the records that came before the proposal, the scheme version it names, its
day. Corrections, retractions and withdrawals of later do not touch the outcome; but what consent no
longer lets anybody read is not read for this either. The look is recorded.
"""

from __future__ import annotations

from typing import Any

from tallystick.app.closed import closed_items
from tallystick.app.dossier import record_look
from tallystick.app.members import MEMBERSHIP, consulted_about, consulted_items
from tallystick.app.store import Store
from tallystick.app.unread import unread_items
from tallystick.evaluation import compile_scheme, parse_scheme, scheme_items
from tallystick.exchange import MEMBER_EVALUATION, open_door
from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.records import number_of
from tallystick.views import fold_subject

_WANTED = frozenset(map(number_of, ("fact", "grant", "withdrawal", "erasure")))

NOT_A_PROPOSAL = Reason(
    "not_a_proposal",
    Text("记录 {record} 不是预评", "the record {record} is not a proposal"),
    "",
    Text(
        "请给出预评记录的编号；tally explain 会列出。",
        "Give the id of a proposal; tally explain shows it.",
    ),
)
NO_LONGER_READABLE = Reason(
    "no_longer_readable",
    Text(
        "当时据以评价的事项，授权已终止，不能再读取：{items}",
        "what it was made from may not be read any more, its grant has ended: {items}",
    ),
    "征信业管理条例 art. 18, 20",
    Text(
        "请主体重新授权后再试；回执仍可证明当时的结果。",
        "Ask for a new grant. A receipt still proves what the result was.",
    ),
)
MADE_FROM_ERASED = Reason(
    "made_from_erased",
    Text(
        "当时据以评价的记录已销毁（销毁记录 {erasure}），不能再算一遍",
        "some of what it was made from was erased (erasure record {erasure}): it cannot be worked "
        "out again",
    ),
    "docs/spec/workspace.md",
    Text("回执仍可证明当时的结果。", "A receipt still proves what the result was."),
)


def recompute(store: Store, record: str) -> dict[str, Any]:
    """Work the proposal `record` out again; return both digests and whether they are the same.

    record: its id or the beginning of it. Raises: UNKNOWN_RECORD, NOT_A_PROPOSAL,
    NO_LONGER_READABLE, RECORD_ERASED, MADE_FROM_ERASED.
    """
    number = store.find(record)
    sealed = store.numbered(number)
    body = sealed.body
    if body["kind"] != "evaluation":
        raise NOT_A_PROPOSAL.error(record=record)
    published = store.body(store.find(body["scheme"]))
    scheme = parse_scheme(published["text"], file=published["name"])
    needed = {*scheme_items(scheme), MEMBERSHIP}
    # By the code alone: whoever was rated may have left the roster since.
    about = store.index.of_subject(body["subject"])
    standing = {n: store.numbered(n) for n in about if store.index.kind[n] in _WANTED}
    before = [one for n, one in standing.items() if n < number]
    then = fold_subject(body["subject"], before, store.retracted(number))
    look = open_door(MEMBER_EVALUATION, body["as_of"], body["recorded"], needed).look(then)
    now = fold_subject(body["subject"], standing.values(), store.retracted())
    today = open_door(MEMBER_EVALUATION, body["as_of"], store.settings.today(), needed).look(now)
    closed = closed_items(body["result"], today.withheld)
    seen = {} if closed else look.read
    record_look(store, body["subject"], MEMBER_EVALUATION, body["as_of"], seen, today.withheld)
    if closed:
        raise NO_LONGER_READABLE.error(items=", ".join(closed))
    again = compile_scheme(scheme)(
        body["subject"],
        look.facts,
        as_of=body["as_of"],
        consulted=consulted_about(
            consulted_items(store, number),
            (fact.item for fact in look.facts),
            unread_items(store, number).get(body["subject"], frozenset()),
        ),
        withheld=look.withheld.items(),
    ).sealed()
    same = look.digest == body["view"] and canonical.encode(again) == canonical.encode(
        body["result"]
    )
    if not same and (erasure := _erased_of(store, body["subject"], number)):
        raise MADE_FROM_ERASED.error(erasure=erasure[:12])
    return {
        "record": sealed.record,
        "subject": body["subject"],
        "scheme": scheme.id,
        "version": scheme.version,
        "as_of": body["as_of"],
        "recorded": body["recorded"],
        "sealed": body["result"]["digest"],
        "digest": again["digest"],
        "score": again["score"],
        "band": again["band"],
        "same": same,
    }


def _erased_of(store: Store, subject: str, before: int) -> str:
    """Return the id of an erasure of what was sealed about `subject` before a record, "" if none.

    What kind of record it was, nobody knows any more.
    """
    for number in store.index.of_kind("erasure"):
        erasure = store.numbered(number)
        if erasure.body["subject"] == subject and any(
            store.number_of(record) < before for record in erasure.body["records"]
        ):
            return erasure.record
    return ""

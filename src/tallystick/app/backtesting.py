"""Back-testing a scheme: what it proposed, against what happened afterwards.

Owns the way from sealed proposals and a file of outcomes to the document `tally backtest` prints.
Rules: only members whose outcome is in the file are looked at, each through the door and with a
record of the look; a proposal that rests on an item whose grant has ended is left out and counted;
the newest sealed proposal by the scheme in force counts and nothing is evaluated anew; outcomes are
never sealed; what comes out is printed as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from hashlib import file_digest
from pathlib import Path
from typing import Any, NamedTuple

from tallystick.app.backtest_report import (
    Case,
    Order,
    calibration_of,
    compared,
    discrimination_of,
    parts_alone,
)
from tallystick.app.members import Member, members
from tallystick.app.progress import Progress, silent
from tallystick.app.schemes import Published, find
from tallystick.app.store import Store
from tallystick.evaluation import (
    Scheme,
    check_weights,
    parse_scheme,
    reweigher,
    scheme_items,
    shipped_panel,
    shipped_scheme,
    shipped_schemes,
)
from tallystick.exchange import MEMBER_EVALUATION, Door, open_door
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.records import Body, bodies, number_of
from tallystick.sources import read_experts, read_outcomes
from tallystick.views import Numbered, fold_subject

TARGET = "y"
USES_AT_ONCE = 1024
_KINDS = ("grant", "withdrawal", "erasure", "evaluation")

NOT_EVALUATED_YET = Reason(
    "not_evaluated_yet",
    Text(
        "文件中的组织还没有按 {scheme} 评价的封存预评",
        "no organisation of the file has a sealed proposal by {scheme}",
    ),
    "docs/backtest.md",
    Text("请先运行 tally evaluate {scheme}。", "Run tally evaluate {scheme} first."),
)


class _Read(NamedTuple):
    """What the door let through, and how many were left out and why."""

    cases: list[Case]
    bands: list[tuple[str, bool]]
    counts: dict[str, int]
    days: tuple[str, str]


def backtest(
    store: Store,
    scheme: str,
    outcomes: Path,
    *,
    target: str = TARGET,
    experts: Path | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Return how the sealed proposals by `scheme` fare against the outcomes in a file.

    outcomes: a file with the code of each organisation and the column `target`: 1 is bad. experts:
    a file of orders or of weights to compare with; the panel of a shipped scheme if None. Numbers
    in the document are decimal text. Raises: NO_SUCH_SCHEME, NO_MEMBERS, NOT_EVALUATED_YET,
    ONE_OUTCOME, WEIGHTS_DO_NOT_COVER, and what reading the files raises.
    """
    found = read_outcomes(outcomes, target)
    published = find(store, scheme)
    panel = _panel(published.scheme, experts)
    read = _read(store, published, found.bad, progress)
    if not read.cases:
        raise NOT_EVALUATED_YET.error(scheme=published.scheme.id)
    told_scheme = published.scheme
    orders = list(_orders(told_scheme, panel, read.cases))
    scores, bad = [case.score for case in read.cases], [case.bad for case in read.cases]
    with outcomes.open("rb") as opened:
        digest = file_digest(opened, "sha256").hexdigest()
    return {
        "scheme": {
            "id": told_scheme.id,
            "version": told_scheme.version,
            "digest": told_scheme.digest,
            "names": told_scheme.names._asdict(),
            "record": published.record,
        },
        "outcomes": {
            "file": outcomes.name,
            "digest": digest,
            "target": target,
            "rows": found.rows,
            "unreadable": len(found.problems),
            "problems": [{"line": one.line, "code": one.code} for one in found.problems],
        },
        "as_of": {"first": read.days[0], "last": read.days[1]},
        "cases": read.counts,
        "discrimination": discrimination_of(scores, bad),
        **calibration_of(told_scheme, read.bands, scores, bad),
        "parts_of_the_score": list(parts_alone(told_scheme, read.cases)),
        "experts": [compared(name, kind, order, read.cases) for name, kind, order in orders],
    }


# -- reading --------------------------------------------------------------------------------


def _read(store: Store, published: Published, bad: Mapping[str, bool], progress: Progress) -> _Read:
    """Look at each member with an outcome, through the door, and record the look."""
    listed = members(store, _KINDS)
    wanted = [member for member in listed if member.subject in bad]
    today = store.settings.today()
    door = open_door(MEMBER_EVALUATION, today, today, scheme_items(published.scheme))
    counts = dict.fromkeys(("not_evaluated", "withheld", "without_score"), 0)
    read = _Read([], [], counts, ("", ""))
    days: set[str] = set()
    for at in range(0, len(wanted), USES_AT_ONCE):
        looks: list[Body] = []
        for member in wanted[at : at + USES_AT_ONCE]:
            proposal = _look(store, member, door, published, looks, counts)
            if proposal is not None:
                days.add(proposal["as_of"])
                _take(read, member.subject, proposal["result"], bad[member.subject])
        store.append(looks)
        progress("backtest", min(at + USES_AT_ONCE, len(wanted)), len(wanted))
    bads = sum(one for _, one in read.bands)
    counts |= {
        "members": len(listed),
        "not_members": len(bad) - len(wanted),
        "with_outcome": len(wanted),
        "with_proposal": len(read.bands),
        "bad": bads,
        "good": len(read.bands) - bads,
    }
    return read._replace(days=(min(days, default=""), max(days, default="")))


def _look(
    store: Store,
    member: Member,
    door: Door,
    published: Published,
    looks: list[Body],
    counts: dict[str, int],
) -> Mapping[str, Any] | None:
    """Return the newest proposal that may be read, None where there is none; note the look."""
    proposal = _newest(store, member, published.record)
    granted = (
        store.numbered(number)
        for number in member.records
        if store.index.kind[number] != number_of("evaluation")
    )
    look = door.look(fold_subject(member.subject, granted, store.retracted()))
    known = {one["item"] for one in proposal.body["result"]["withheld"]} if proposal else set()
    ended = bool(look.withheld.keys() - known)
    delivery = store.delivery()
    looks.append(
        bodies.use(
            delivery,
            subject=member.subject,
            purpose=MEMBER_EVALUATION,
            reader=delivery.delivered_by,
            read={} if proposal is None or ended else {"evaluation": 1},
            withheld=look.withheld,
            as_of=door.as_of,
        )
    )
    if proposal is None:
        counts["not_evaluated"] += 1
        return None
    counts["withheld"] += ended
    return None if ended else proposal.body


def _newest(store: Store, member: Member, scheme: str) -> Numbered | None:
    kind = number_of("evaluation")
    for number in reversed(member.records):
        if store.index.kind[number] == kind:
            found = store.numbered(number)
            if found.body["scheme"] == scheme:
                return found
    return None


def _take(read: _Read, subject: str, result: Mapping[str, Any], bad: bool) -> None:  # noqa: FBT001 - the outcome is data
    read.bands.append((result["band_code"] or "", bad))
    if result["score"] is None:
        read.counts["without_score"] += 1
        return
    case = Case(subject, Decimal(result["score"]), result["band_code"] or "", bad, result)
    read.cases.append(case)


# -- the order of the experts ---------------------------------------------------------------


class _Panel(NamedTuple):
    """What experts gave: by expert, a rank for each organisation or a weight for each part."""

    ranks: Mapping[str, Mapping[str, Decimal]]
    weights: Mapping[str, Mapping[str, Fraction]]


def _panel(scheme: Scheme, experts: Path | None) -> _Panel:
    """Return what the experts of a file, or of a shipped scheme, gave.

    Raises: WEIGHTS_DO_NOT_COVER.
    """
    if experts is None:
        panel = _Panel({}, shipped_panel(scheme.id) if _is_shipped(scheme) else {})
    else:
        read = read_experts(experts)
        weights = {
            name: {code: Fraction(weight) for code, weight in own.items()}
            for name, own in read.weights.items()
        }
        panel = _Panel(read.ranks, weights)
    for name, own in panel.weights.items():
        check_weights(scheme, name, own)
    return panel


def _orders(
    scheme: Scheme, panel: _Panel, cases: Sequence[Case]
) -> Iterator[tuple[str, str, Order]]:
    """Yield name, kind and order of each expert there is."""
    for name, ranks in panel.ranks.items():
        yield name, "ranks", {code: -Fraction(rank) for code, rank in ranks.items()}
    for name, own in panel.weights.items():
        score = reweigher(scheme, own)
        scored = ((case.subject, score(case.result)) for case in cases)
        yield name, "weights", {code: gained for code, gained in scored if gained is not None}


def _is_shipped(scheme: Scheme) -> bool:
    """Tell whether this is the shipped scheme and not another one of its name."""
    return scheme.id in shipped_schemes() and scheme.digest == (
        parse_scheme(shipped_scheme(scheme.id), file="").digest
    )

"""What the ledger states to be in force is what the fold of an organisation says, and no more."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pytest

from tallystick.records import Body, Delivery, bodies
from tallystick.views import Index, Numbered, fold_subject
from tallystick.views.standing import Acts, Ending, endings, related
from tallystick.views.subject import SubjectView, last_day

SECRET = bytes(range(32))
DELIVERY = Delivery("0a" * 16, "2026-06-01")
SUBJECTS = ("91310113MA1GKDGP4E", "91310110PDY005013Q")
DAYS = ("2026-02-01", "2026-04-01", "2026-06-01", "2026-08-01")
TODAY = date(2026, 6, 1)
Ledger = list[Body]


def fact(subject: str = SUBJECTS[0], key: str = "k", imported: str = "a", **change: Any) -> Body:
    body = bodies.fact(
        DELIVERY,
        item=change.pop("item", "tax.rating"),
        subject=subject,
        key=key,
        occurred=change.pop("occurred", "2025-04-30"),
        data=change.pop("data", {"grade": "A"}),
        source={"name": "样例税务局", "code": "", "document": "1", "digest": "ab" * 32},
        channel="transcribed",
        imported=imported,
    )
    return {**body, **change}


def penalty(form: str, key: str, document: str = "1", **change: Any) -> Body:
    data = {"form": form, "document": document, **change.pop("data", {})}
    return fact(item="penalty.decision", key=key, occurred="2026-01-05", data=data, **change)


def grant(subject: str = SUBJECTS[0], imported: str = "a", **change: Any) -> Body:
    return bodies.grant(
        DELIVERY,
        subject=subject,
        categories=["tax"],
        purpose="association_evaluation",
        granted_on=change.get("granted_on", DAYS[0]),
        until=change.get("until", "2026-12-31"),
        document_digest=change.get("document", "cd" * 32),
        imported=imported,
    )


def withdrawal(*grants: int, subject: str = SUBJECTS[0], day: str = DAYS[1]) -> Body:
    named = [record_of(number) for number in grants]
    return bodies.withdrawal(DELIVERY, subject=subject, grants=named, from_day=day)


def retraction(name: str) -> Body:
    return bodies.retraction(DELIVERY, name=name, reason="wrong file")


def record_of(number: int) -> str:
    return f"{number:064x}"


def index_of(ledger: Ledger) -> Index:
    index = Index(SECRET)
    for body in ledger:
        index.add(body)
    return index


def acts_of(ledger: Ledger) -> Acts:
    retractions: dict[str, int] = {}
    withdrawals: list[tuple[int, str, list[int]]] = []
    for number, body in enumerate(ledger):
        if body["kind"] == "retraction":
            retractions.setdefault(body["name"], number)
        elif body["kind"] == "withdrawal":
            named = [int(record, 16) for record in body["grants"]]
            withdrawals.append((number, body["from_day"], named))
    return Acts(retractions, withdrawals, {}, lambda number: str(ledger[number]["granted_on"]))


def ended(ledger: Ledger, day: date = TODAY, **more: Any) -> dict[int, Ending]:
    return endings(index_of(ledger), acts_of(ledger), day.toordinal(), **more)


def by_cause(ledger: Ledger, day: date = TODAY) -> dict[int, tuple[str, int]]:
    return {number: tuple(ending) for number, ending in ended(ledger, day).items()}  # type: ignore[misc]


# -- each way to end -----------------------------------------------------------------------------


def test_nothing_has_ended_in_a_ledger_where_nothing_happened() -> None:
    assert ended([]) == {}
    assert ended([fact(), fact(key="other"), fact(SUBJECTS[1]), grant()]) == {}


def test_the_newer_statement_supersedes_the_older_and_is_named() -> None:
    ledger = [fact(), fact(key="other"), fact(data={"grade": "B"}), fact(data={"grade": "C"})]
    assert by_cause(ledger) == {0: ("superseded", 2), 2: ("superseded", 3)}


def test_a_retraction_withdraws_what_was_imported_and_the_older_version_comes_back() -> None:
    ledger = [fact(imported="a"), fact(imported="b"), retraction("b")]
    assert by_cause(ledger) == {1: ("withdrawn", 2)}
    ledger = [*ledger, fact(imported="c")]
    assert by_cause(ledger) == {0: ("superseded", 3), 1: ("withdrawn", 2)}
    assert by_cause([*ledger, retraction("b")]) == by_cause(ledger), "the first retraction counts"


def test_a_withdrawal_ends_a_grant_from_its_day_on() -> None:
    ledger = [grant(imported=""), withdrawal(0, day=DAYS[2])]
    assert by_cause(ledger, date(2026, 5, 31)) == {}
    assert by_cause(ledger, date(2026, 6, 1)) == {0: ("withdrawn", 1)}


def test_a_consent_that_was_withdrawn_does_not_come_back_with_the_next_roster() -> None:
    ledger = [grant(), withdrawal(0, day=DAYS[1]), grant(imported="b", until="2027-12-31")]
    assert by_cause(ledger)[2] == ("withdrawn", 1)
    ledger = [grant(), withdrawal(0, day=DAYS[1]), grant(imported="b", granted_on=DAYS[2])]
    assert 2 not in ended(ledger), "a consent given after the withdrawal is a new one"


def test_nothing_ends_a_record_but_what_speaks_of_it() -> None:
    """A withdrawal names grants of its own organisation; whatever else it names stays."""
    other = [grant(), fact(), withdrawal(0, 1, subject=SUBJECTS[1])]
    assert by_cause(other) == {}
    own = [grant(), fact(), withdrawal(0, 1)]
    assert by_cause(own) == {0: ("withdrawn", 2)}


def test_a_term_that_is_over_ends_a_record_the_day_after_its_last() -> None:
    ledger = [grant(until="2026-05-31"), grant(document="ef" * 32, until="2026-06-01")]
    assert by_cause(ledger) == {0: ("expired", -1)}
    body = fact(item="honour.award", data={"valid_until": "2026-05-31"})
    assert last_day("honour.award", body["data"]) == "2026-05-31"
    assert by_cause([body]) == {0: ("expired", -1)}


def test_what_was_superseded_or_withdrawn_is_not_said_to_have_expired() -> None:
    over = {"until": "2026-05-31"}
    assert by_cause([grant(**over), grant(imported="b", **over)]) == {
        0: ("superseded", 1),
        1: ("expired", -1),
    }
    assert by_cause([grant(**over), withdrawal(0)]) == {0: ("withdrawn", 1)}


def test_the_current_form_supersedes_the_old_form_of_the_same_decision() -> None:
    for ledger in ([penalty("old", "x"), penalty("current", "y")],
                   [penalty("current", "y"), penalty("old", "x")]):  # fmt: skip
        old = next(n for n, body in enumerate(ledger) if body["data"]["form"] == "old")
        assert by_cause(ledger) == {old: ("superseded", 1 - old)}
    apart = [penalty("old", "x"), penalty("current", "y", document="2")]
    assert by_cause(apart) == {}
    assert by_cause([penalty("old", "x", document=""), penalty("current", "y", document="")]) == {}


def test_the_old_form_comes_back_when_the_current_one_says_another_document() -> None:
    ledger = [penalty("old", "x"), penalty("current", "y"), penalty("current", "y", document="2")]
    assert by_cause(ledger) == {1: ("superseded", 2)}


def test_of_proposals_decisions_and_schemes_the_newest_counts() -> None:
    def decision(subject: str) -> Body:
        return bodies.decision(
            DELIVERY,
            subject=subject,
            evaluation="0" * 64,
            outcome="confirm",
            band="low",
            light="green",
            reason="",
            officer={"key": "", "name": ""},
            scripted=False,
        )

    ledger = [decision(SUBJECTS[0]), decision(SUBJECTS[1]), decision(SUBJECTS[0])]
    assert by_cause(ledger) == {0: ("superseded", 2)}


def test_of_what_was_erased_nothing_is_said_and_it_supersedes_nothing() -> None:
    ledger = [fact(), fact(), fact()]
    assert ended(ledger, erased=[1]) == {0: Ending("superseded", 2)}
    assert ended(ledger, erased=[2]) == {0: Ending("superseded", 1)}


def test_an_act_that_ends_a_record_whatever_it_is_is_named() -> None:
    acts = Acts(ended={0: 2})
    assert endings(index_of([fact(), fact(key="o"), fact(key="p")]), acts, TODAY.toordinal()) == {
        0: Ending("withdrawn", 2)
    }


# -- random histories ----------------------------------------------------------------------------


def history(chance: random.Random, length: int) -> Ledger:
    """Return a ledger in which a few identities are stated, corrected and taken back many times."""
    ledger: Ledger = []
    grants: dict[str, list[int]] = {subject: [] for subject in SUBJECTS}
    for number in range(length):
        subject = chance.choice(SUBJECTS)
        kind = chance.choices(
            ("fact", "form", "grant", "hand", "withdrawal", "retraction", "term"),
            (5, 6, 3, 2, 2, 1, 2),
        )[0]
        imported = chance.choice("abcd")
        if kind == "fact":
            body = fact(subject, chance.choice("kl"), imported, data={"grade": chance.choice("AB")})
        elif kind == "form":
            form, document = (
                chance.choice(("old", "current", "")),
                chance.choice(("1", "2", "3", "")),
            )
            key = form[:1] + chance.choice("xyz")
            body = penalty(form, key, document, subject=subject, imported=imported)
        elif kind == "term":
            day = chance.choice(DAYS)
            body = fact(subject, "t", imported, item="honour.award", data={"valid_until": day})
        elif kind in ("grant", "hand"):
            body = grant(
                subject,
                imported if kind == "grant" else "",
                granted_on=chance.choice(DAYS),
                until=chance.choice((*DAYS, "2026-12-31")),
                document=chance.choice("cd") * 64,
            )
            grants[subject].append(number)
        elif kind == "withdrawal" and grants[subject]:
            named = chance.sample(
                grants[subject], min(len(grants[subject]), chance.choice((1, 1, 2)))
            )
            body = withdrawal(*named, subject=subject, day=chance.choice(DAYS))
        else:
            body = retraction(imported)
        ledger.append(body)
    return ledger


def folded(ledger: Ledger) -> list[SubjectView]:
    gone = frozenset(body["name"] for body in ledger if body["kind"] == "retraction")
    return [
        fold_subject(
            subject,
            (
                Numbered(record_of(n), b)
                for n, b in enumerate(ledger)
                if b.get("subject") == subject
            ),
            gone,
        )
        for subject in SUBJECTS
    ]


def causes_by_fold(ledger: Ledger, day: date) -> Mapping[int, str]:
    """Return how each fact and grant that is not in force ended, as the fold of its owner says."""
    today, causes = day.isoformat(), dict[int, str]()
    for view in folded(ledger):
        for number in numbers([*view.superseded, *view.superseded_grants]):
            causes[number] = "superseded"
        for record, from_day in view.withdrawn.items():
            if from_day <= today and ledger[int(record, 16)]["kind"] == "grant":
                causes[int(record, 16)] = "withdrawn"
        for number in numbers(view.retracted):
            causes[number] = "withdrawn"
        for one in (*view.facts, *view.grants):
            body, number = one.body, int(one.record, 16)
            last = (
                body["until"] if body["kind"] == "grant" else last_day(body["item"], body["data"])
            )
            if last and last < today:
                causes.setdefault(number, "expired")
    for number, body in enumerate(ledger):
        if body["kind"] == "grant" and body["until"] < today:
            causes.setdefault(number, "expired")
    return causes


def numbers(listed: Sequence[Numbered]) -> Iterator[int]:
    return (int(one.record, 16) for one in listed)


@pytest.mark.parametrize("seed", range(40))
def test_what_has_ended_is_what_the_fold_of_each_organisation_says(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a history, no secret
    for length in (6, 12, 25, 60):
        ledger = history(chance, length)
        day = date.fromisoformat(chance.choice(DAYS))
        found = {number: ending.cause for number, ending in ended(ledger, day).items()}
        assert found == causes_by_fold(ledger, day), (seed, length)


@pytest.mark.parametrize("seed", range(40))
def test_whoever_ends_a_record_comes_with_it_and_stands_or_once_stood(seed: int) -> None:
    chance = random.Random(1000 + seed)  # noqa: S311
    ledger = history(chance, 50)
    for number, (cause, by) in by_cause(ledger).items():
        if cause == "expired":
            assert by == -1
            continue
        assert by not in (number, -1)
        assert ledger[by]["kind"] in (
            ("retraction", "withdrawal") if cause == "withdrawn" else (ledger[number]["kind"],)
        )
        if cause == "superseded":
            assert ledger[by]["subject"] == ledger[number]["subject"]
            assert by > number or ledger[number]["data"].get("form") == "old"


@pytest.mark.parametrize("seed", range(60))
def test_the_standing_of_what_a_commit_touches_is_that_of_the_whole_ledger(seed: int) -> None:
    """Stated commit by commit from the rows related to it, the result is that of the full fold."""
    chance = random.Random(2000 + seed)  # noqa: S311
    ledger = history(chance, 80)
    stated: dict[int, Ending] = {}
    at = 0
    while at < len(ledger):
        end = min(at + chance.choice((1, 1, 2, 5)), len(ledger))
        some, index = ledger[:end], index_of(ledger[:end])
        full = endings(index, acts_of(some), TODAY.toordinal())
        acting = any(body["kind"] in ("retraction", "withdrawal") for body in ledger[at:end])
        rows = None if acting else related(index, at)
        now = endings(index, acts_of(some), TODAY.toordinal(), rows=rows)
        for number in range(end) if rows is None else rows.tolist():
            stated.pop(number, None)
            if number in now:
                stated[number] = now[number]
        assert stated == full, (seed, at)
        at = end


def test_related_are_the_records_linked_by_identity_or_by_the_two_forms_of_a_decision() -> None:
    ledger = [
        fact(key="alone"),
        penalty("old", "x", document="1"),
        penalty("current", "y", document="1"),
        penalty("current", "y", document="2"),
        penalty("old", "z", document="2"),
        penalty("old", "z", document="3"),
        penalty("current", "w", document="3"),
        fact(SUBJECTS[1], key="alone"),
        retraction("a"),
        penalty("old", "x", document="1"),
    ]
    index = index_of(ledger)
    assert related(index, 9).tolist() == [1, 2, 3, 4, 5, 6, 9]
    assert related(index, 8).tolist() == [1, 2, 3, 4, 5, 6, 8, 9]
    assert related(index, 10).tolist() == []
    assert related(index, 0).tolist() == list(range(10))
    assert related(index_of(ledger[:8]), 7).tolist() == [7]


def test_rows_without_an_identity_are_related_to_nothing() -> None:
    index = index_of([retraction("a"), retraction("b"), fact()])
    assert related(index, 1).tolist() == [1, 2]
    assert related(Index(SECRET), 0).tolist() == []
    assert endings(Index(SECRET), Acts(), 0, rows=np.array([], np.int64)) == {}

"""A membership of any size."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from tallystick.kernel.identifiers import check_uscc
from tallystick.rulebook.catalogue import catalogue
from tallystick.sources import DraftGrant, DraftRecord
from tallystick.testing.membership import membership

COUNT = 200


def facts(count: int = COUNT, each: int = 30, seed: int = 1) -> list[DraftRecord]:
    return [one for one in membership(count, each, seed) if isinstance(one, DraftRecord)]


@pytest.mark.parametrize("each", [30, 41])
def test_every_member_has_one_consent_and_then_its_facts(each: int) -> None:
    rows = list(membership(20, each))
    for start in range(0, len(rows), each + 1):
        grant, *own = rows[start : start + each + 1]
        assert isinstance(grant, DraftGrant)
        assert all(isinstance(one, DraftRecord) for one in own)
        assert {one.subject for one in own} == {grant.subject}
        assert check_uscc(grant.subject) is None
    assert len(rows) == 20 * (each + 1)


def test_every_fact_fits_the_catalogue() -> None:
    for fact in facts():
        assert not catalogue().validate(fact.item, fact.data)


def test_no_fact_of_a_member_supersedes_another() -> None:
    keys = Counter((fact.subject, fact.item, fact.key) for fact in facts())
    assert max(keys.values()) == 1


def test_all_items_of_an_evaluation_occur() -> None:
    items = {fact.item for fact in facts(1_000)}
    assert items >= {
        "registration.basic",
        "selfdeclared.qualification",
        "selfdeclared.intellectual_property",
        "selfdeclared.operation",
        "visit.verification",
        "penalty.decision",
        "licence.decision",
        "court.judgment_debtor",
        "registry.abnormal_operation",
        "registry.serious_violation",
        "tax.rating",
        "tax.arrears_notice",
        "association.membership_year",
        "association.charter_breach",
        "honour.award",
        "honour.standard",
        "honour.forum_speech",
    }


def test_nothing_lies_after_the_day_it_is_seen_at() -> None:
    rows = list(membership(COUNT, as_of="2025-03-01"))
    assert all(fact.occurred <= "2025-03-01" for fact in rows if isinstance(fact, DraftRecord))
    grants = [grant for grant in rows if isinstance(grant, DraftGrant)]
    assert all(grant.granted_on <= "2025-03-01" <= grant.until for grant in grants)


def test_the_same_seed_gives_the_same_facts_and_members_differ() -> None:
    assert list(membership(30)) == list(membership(30))
    assert list(membership(30, seed=2)) != list(membership(30, seed=3))
    shapes = {tuple(fact.item for fact in facts()[at : at + 30]) for at in range(0, 900, 30)}
    assert len(shapes) > 5


def test_it_starts_at_once_whatever_the_size() -> None:
    assert len(list(islice(membership(1_000), 5))) == 5


def test_fewer_facts_than_a_scheme_needs_are_refused() -> None:
    with pytest.raises(ValueError, match="facts_each"):
        next(membership(1, 29))

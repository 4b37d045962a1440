from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tallystick.publication.membership.document import STANDINGS

from .conftest import closed, decision, document, member, proposal

if TYPE_CHECKING:
    from .conftest import Memberships

LOW = [{"code": "W_LOW_COVERAGE", "value": "0.4"}]


def sums(made: dict[str, Any]) -> None:
    """Check what must add up in any membership."""
    found, members = made["figures"], made["members"]
    counts = found["standings"]
    shown = sum(bool(one["proposal"] and not one["proposal"]["withheld"]) for one in members)
    assert counts["members"] == len(members) == sum(counts[word] for word in STANDINGS)
    assert sum(one["proposals"] for one in found["bands"]) == counts["proposal"]
    assert sum(one["decided"] for one in found["bands"]) == counts["decided"]
    assert found["scores"]["number"] + found["scores"]["without"] == shown
    assert sum(one["number"] for one in found["scores"]["classes"]) == found["scores"]["number"]
    for one in found["dimensions"]:
        assert one["number"] + one["unknown"] == shown
    moved = found["movements"]["counts"]
    assert sum(moved.values()) == len(members) + len(made["gone"])
    assert sum(one["members"] for one in found["rounds"]) == len(members) - counts["not_evaluated"]
    for one in found["coverage"]["items"]:
        assert one["missing"] == one["unknown"] + one["unverified"] + one["withheld"]


def test_the_figures_of_the_demonstration_add_up_and_are_plain_json(
    memberships: Memberships,
) -> None:
    made = memberships("zh")
    sums(made)
    assert json.loads(json.dumps(made)) == made
    assert made["figures"]["standings"]["members"] == 40
    assert made["figures"]["standings"]["scripted"] == 12


def test_nobody_is_counted_twice_or_forgotten() -> None:
    members = [
        member(1, proposal("80")),
        member(2, proposal("80"), decision=decision("change", "medium", scripted=True)),
        member(3, proposal("60"), decision=decision("decline", None)),
        member(4, proposal(None, warnings=LOW, known="0.4")),
        member(5, closed()),
        member(6, None),
        member(7, closed(), decision=decision("confirm", "high")),
    ]
    made = document(members)
    sums(made)
    counts = made["figures"]["standings"]
    assert counts == {
        "members": 7, "proposal": 1, "decided": 2, "declined": 1, "no_proposal": 1,
        "withheld": 1, "not_evaluated": 1, "scripted": 1,
    }  # fmt: skip
    decided = {one["code"]: one["decided"] for one in made["figures"]["bands"]}
    assert decided == {"low": 0, "medium": 1, "medium-high": 0, "high": 1}
    assert made["figures"]["coverage"]["warnings"] == {"W_LOW_COVERAGE": 1}
    assert made["figures"]["coverage"]["below"] == 1


def test_what_is_missing_most_stands_first() -> None:
    made = document([member(1, proposal("80")), member(2, proposal("70"))])
    items = made["figures"]["coverage"]["items"]
    assert [one["item"] for one in items] == ["tax.rating", "registration.basic"]
    assert (items[0]["missing"], items[0]["unknown"]) == (2, 2)


def test_a_membership_of_which_nothing_may_be_shown_has_figures_too() -> None:
    made = document([member(1, closed()), member(2, None)])
    sums(made)
    assert made["figures"]["scores"]["numbers"] is None
    assert made["figures"]["coverage"]["numbers"] is None


def test_what_was_worked_out_from_too_little_is_in_no_class_of_the_histogram() -> None:
    thin = proposal("64", status="no_proposal", light=None, warnings=LOW)
    made = document([member(1, proposal("80")), member(2, {**thin, "band": None})])
    scores = made["figures"]["scores"]
    assert (scores["number"], scores["without"]) == (1, 1)
    assert sum(one["number"] for one in scores["classes"]) == 1
    assert scores["numbers"]["least"] == "80"

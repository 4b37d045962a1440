from __future__ import annotations

from typing import Any

import pytest

from .conftest import closed, decision, document, member, proposal

THEN = "2026-05-01"


def moved(now: Any, then: Any = None, **more: Any) -> dict[str, Any]:
    if isinstance(then, dict):
        more = {"before": "round", "previous": {**then, "as_of": THEN}, **more}
    made = document([member(1, now, **more)])
    [entry] = made["figures"]["movements"]["list"]
    assert made["figures"]["movements"]["counts"][entry["kind"]] == 1
    return entry  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("now", "then", "kind", "change"),
    [
        ("80", "70", "up", "+10"),
        ("70", "80", "down", "-10"),
        ("80", "75.5", "unchanged", "+4.5"),
        ("80", "80", "unchanged", "0"),
    ],
)
def test_bands_are_compared_and_the_change_of_the_score_is_exact(
    now: str, then: str, kind: str, change: str
) -> None:
    entry = moved(proposal(now), proposal(then))
    assert (entry["kind"], entry["change"]) == (kind, change)
    assert entry["from"]["as_of"] == THEN


def test_where_a_person_decided_the_decided_band_is_compared() -> None:
    entry = moved(proposal("80"), proposal("80"), previous_decision=decision("change", "medium"))
    assert (entry["kind"], entry["from"]["word"]) == ("up", "decided")
    assert entry["to"]["word"] == "proposal"


@pytest.mark.parametrize(
    ("now", "then", "more", "why"),
    [
        (closed(), proposal("80"), {}, "now_withheld"),
        (proposal("80"), closed(THEN), {}, "then_withheld"),
        (proposal(None), proposal("80"), {}, "now_no_proposal"),
        (proposal("80"), proposal(None), {}, "then_no_proposal"),
        (proposal("80"), None, {"before": "other_version"}, "other_version"),
        (
            proposal("80"),
            proposal("80"),
            {"decision": decision("decline", None)},
            "now_declined",
        ),
    ],
)
def test_what_cannot_be_compared_is_named_with_the_reason_and_not_called_unchanged(
    now: Any, then: Any, more: dict[str, Any], why: str
) -> None:
    entry = moved(now, then, **more)
    assert (entry["kind"], entry["why"]) == ("not_compared", why)


@pytest.mark.parametrize("hidden", [0, 1])
def test_no_change_is_told_of_a_closed_proposal(hidden: int) -> None:
    sides = [proposal("80"), proposal("70")]
    sides[hidden] = closed()
    assert moved(*sides)["change"] == ""


def test_who_is_new_who_is_gone_and_who_was_never_evaluated_are_told_apart() -> None:
    gone = "91310110PDY5228469"
    made = document([member(1, proposal("80")), member(2, None)], gone=[gone])
    counts = made["figures"]["movements"]["counts"]
    assert (counts["new"], counts["not_evaluated"], counts["gone"]) == (1, 1, 1)
    assert sum(counts.values()) == 3
    assert made["figures"]["movements"]["list"][-1]["subject"] == gone

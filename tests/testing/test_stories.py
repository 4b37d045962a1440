"""The plots: between them they reach what an evaluation can meet."""

from __future__ import annotations

from tallystick.testing.stories import CAST, Penalty, story_of


def test_every_level_of_rule_is_met() -> None:
    levels = {breach.level for story in CAST for breach in story.breaches}
    assert levels == {1, 2, 3, 4}
    assert {story.debtor for story in CAST} == {"", "in_force", "performed", "lapsed"}
    assert {story.serious for story in CAST} == {"", "in_force", "removed"}


def test_every_kind_of_breach_is_met() -> None:
    kinds = {breach.kind for story in CAST for breach in story.breaches}
    assert kinds == {
        "charter_breach",
        "harm_to_industry",
        "premises_misuse",
        "coin_business",
        "coin_trading",
        "false_material",
        "refused_material",
    }


def test_every_severity_and_both_forms_of_penalties_are_met() -> None:
    penalties = [penalty for story in CAST for penalty in story.penalties]
    assert {penalty.severity for penalty in penalties} == {"minor", "ordinary", "serious"}
    assert Penalty("minor", 900, old_form=True) in penalties


def test_every_state_of_consent_and_visit_is_met() -> None:
    assert {story.consent for story in CAST} == {"full", "missing", "expired", "partial"}
    assert {story.visit for story in CAST} == {"confirmed", "not_confirmed", ""}
    assert any(story.thin for story in CAST)


def test_a_cast_of_forty_repeats() -> None:
    assert len(CAST) == 40
    assert story_of(43) is story_of(3)

"""Consent: what a member has not agreed to be read is not read, and says nothing against it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tallystick.app.exporting import export
from tallystick.app.portraits import portrait
from tallystick.app.recomputing import recompute
from tallystick.kernel.errors import TallyError

from .conftest import (
    ACME,
    BOREAS,
    EVERYTHING,
    OFFICER,
    TODAY,
    Association,
    honour_row,
    roster_row,
    year_row,
)

YEAR_END = "2026-12-31"
MEMBERSHIP_YEAR = "association.membership_year"


def withheld(result: dict[str, Any]) -> dict[str, str]:
    return {one["item"]: one["reason"] for one in result["withheld"]}


def score_of_what_is_known(result: dict[str, Any]) -> dict[str, Decimal]:
    """Work out each dimension again: the weighted mean of its indicators with points."""
    weights = _weights(result)
    sums: dict[str, list[Decimal]] = {}
    for one in result["indicators"]:
        if one["points"] is not None:
            dimension, weight = weights[one["indicator"]]
            points, known = sums.get(dimension, [Decimal(0), Decimal(0)])
            sums[dimension] = [points + weight * Decimal(one["points"]), known + weight]
    return {name: points / known for name, (points, known) in sums.items()}


def _weights(result: dict[str, Any]) -> dict[str, tuple[str, Decimal]]:
    from tallystick.evaluation import parse_scheme, shipped_scheme  # noqa: PLC0415

    scheme = parse_scheme(shipped_scheme(result["scheme"]["id"]), file="")
    return {one.code: (one.dimension, one.weight) for one in scheme.indicators}


def test_without_consent_only_the_lawful_public_class_is_read(association: Association) -> None:
    """Nobody consented. The association holds a good year of the member, and may not read it."""
    association.receives("association", year_row(ACME))
    result = association.evaluates(ACME)
    assert withheld(result)[MEMBERSHIP_YEAR] == "no_grant"
    assert withheld(result)["honour.award"] == "no_grant"
    assert "registration.basic" not in withheld(result)
    assert "penalty.decision" not in withheld(result)
    states = {one["indicator"]: one for one in result["indicators"]}
    for one in states.values():
        assert (one["state"] == "withheld") <= (one["points"] is None and one["records"] == [])


def test_what_is_withheld_lowers_the_coverage_and_never_counts_as_zero(
    association: Association,
) -> None:
    association.receives("association", year_row(ACME), year_row(BOREAS))
    association.is_given_consent(ACME, *EVERYTHING, until=YEAR_END)
    with_consent, without = association.evaluates(ACME), association.evaluates(BOREAS)
    assert Decimal(without["coverage"]["known"]) < Decimal(with_consent["coverage"]["known"])
    for result in (with_consent, without):
        known = score_of_what_is_known(result)
        for dimension in result["contributions"]:
            if dimension["score"] is not None:
                score = known[dimension["code"]].quantize(Decimal("0.01"))
                assert Decimal(dimension["score"]) == score
            else:
                assert dimension["code"] not in known


def test_that_a_member_has_something_to_hide_cannot_be_seen(association: Association) -> None:
    """Whether the association holds a withheld fact or not, the result is the same."""
    association.receives("association", year_row(BOREAS))
    before = association.evaluates(ACME)
    association.receives("association", year_row(ACME, fees_paid_on_time="否", charter_kept="否"))
    after = association.evaluates(ACME)
    assert withheld(before)[MEMBERSHIP_YEAR] == "no_grant"
    assert before == after


def test_a_grant_opens_exactly_what_it_names(association: Association) -> None:
    association.receives("association", year_row(ACME))
    association.is_given_consent(ACME, MEMBERSHIP_YEAR, until=YEAR_END)
    result = association.evaluates(ACME)
    assert MEMBERSHIP_YEAR not in withheld(result)
    assert withheld(result)["association.charter_breach"] == "no_grant"
    assert withheld(result)["honour.award"] == "no_grant"


def test_a_category_is_no_prefix_of_another_word(association: Association) -> None:
    """Consent to `association` is no consent to an item that merely begins with those letters."""
    with pytest.raises(TallyError, match="not_in_catalogue"):
        association.is_given_consent(ACME, "associ", until=YEAR_END)


def test_a_withdrawn_consent_takes_the_item_out_of_the_next_evaluation(
    association: Association,
) -> None:
    association.receives("association", year_row(ACME))
    association.is_given_consent(ACME, *EVERYTHING, until=YEAR_END)
    read = association.evaluates(ACME)
    assert MEMBERSHIP_YEAR not in withheld(read)
    association.is_told_of_a_withdrawal(ACME)
    gone = association.evaluates(ACME)
    assert withheld(gone)[MEMBERSHIP_YEAR] == "grant_ended"
    assert Decimal(gone["coverage"]["known"]) < Decimal(read["coverage"]["known"])
    shown = association.explains(ACME)
    assert MEMBERSHIP_YEAR in shown["withheld"]
    assert all(fact["item"] != MEMBERSHIP_YEAR for fact in shown["facts"])


def test_what_a_withdrawn_consent_let_in_is_not_shown_again(association: Association) -> None:
    """The proposal was sealed while consent held. Its details are not read out after it ended."""
    association.receives("association", year_row(ACME, fees_paid_on_time="否"))
    association.is_given_consent(ACME, "association", until=YEAR_END)
    association.evaluates(ACME)
    shown = association.explains(ACME)
    assert any(one["of"] == "I01" for one in shown["evaluation"]["reasons"])
    association.is_told_of_a_withdrawal(ACME)
    shown = association.explains(ACME)
    assert shown["explanation"]["stale"]
    assert shown["evaluation"]["score"] is None
    for told in (shown["evaluation"], shown["explanation"]):
        assert told["reasons"] == []
        assert {one["state"] for one in told["indicators"]} == {"withheld"}
        assert {one["product"] for one in told["contributions"]} == {None}
    assert not any(one["item"] == MEMBERSHIP_YEAR for one in shown["facts"])


def test_a_proposal_that_rests_on_a_silence_it_may_no_longer_hear_is_not_decided_on(
    association: Association,
) -> None:
    """No honour of the member is on a complete list. That weighed, and was told under consent."""
    association.receives("honours", honour_row(BOREAS), complete=True)
    association.is_given_consent(ACME, "honour", until=YEAR_END)
    record = association.evaluates(ACME)["record"]
    association.appoints(OFFICER)
    association.is_told_of_a_withdrawal(ACME)
    with pytest.raises(TallyError, match="stale_proposal"):
        association.decides(ACME, "as proposed", outcome="change", band="low")
    with association.opened() as store, pytest.raises(TallyError, match="no_longer_readable"):
        recompute(store, record)


def test_a_portrait_of_later_years_shows_no_figure_of_a_round_that_is_closed(
    association: Association,
) -> None:
    association.receives("association", year_row(ACME))
    association.is_given_consent(ACME, "association", until=YEAR_END)
    closed = association.evaluates(ACME)
    association.is_told_of_a_withdrawal(ACME)
    association.on("2027-02-03").evaluates(ACME)
    with association.on("2027-02-03").opened() as store:
        rounds = portrait(store, ACME)["rounds"]
    assert [one["record"] for one in rounds][:1] == [closed["record"]]
    assert (rounds[0]["score"], rounds[0]["band"], rounds[0]["light"]) == (None, "", "")
    assert closed["score"] is not None


def test_one_of_two_consents_can_be_withdrawn_alone(association: Association) -> None:
    honours = association.is_given_consent(ACME, "honour", until=YEAR_END)
    association.is_given_consent(ACME, "association", until=YEAR_END)
    association.is_told_of_a_withdrawal(ACME, honours[:12])
    result = association.evaluates(ACME)
    assert withheld(result)["honour.award"] == "grant_ended"
    assert MEMBERSHIP_YEAR not in withheld(result)
    assert association.explains(ACME)["grants"][0]["withdrawn_on"] == TODAY


def test_a_consent_withdrawn_by_mistake_can_be_given_anew(association: Association) -> None:
    association.is_given_consent(ACME, "honour", until=YEAR_END)
    association.is_told_of_a_withdrawal(ACME)
    association.is_given_consent(ACME, "honour", until=YEAR_END)
    assert "honour.award" not in withheld(association.evaluates(ACME))


def test_what_was_never_granted_cannot_be_withdrawn(association: Association) -> None:
    with pytest.raises(TallyError, match="no_such_grant"):
        association.is_told_of_a_withdrawal(ACME)


def test_a_consent_ends_with_its_last_day(association: Association) -> None:
    association.is_given_consent(ACME, "honour", until="2026-11-30")
    assert "honour.award" not in withheld(association.on("2026-11-30").evaluates(ACME))
    result = association.on("2026-12-01").evaluates(ACME)
    assert withheld(result)["honour.award"] == "grant_ended"


def test_asking_for_a_past_day_does_not_bring_a_withdrawn_consent_back(
    association: Association,
) -> None:
    """Reading happens today, whatever day the evaluation judges by; and it is recorded."""
    association.is_given_consent(ACME, "honour", until=YEAR_END)
    then = association.on("2026-11-10").evaluates(ACME)
    later = association.on("2026-11-20")
    later.is_told_of_a_withdrawal(ACME)
    assert withheld(later.evaluates(ACME))["honour.award"] == "grant_ended"
    again = later.evaluates(ACME, as_of="2026-11-10")
    assert withheld(again)["honour.award"] == "grant_ended"
    assert again["digest"] != then["digest"]
    assert later.explains(ACME)["looks"][-1]["recorded"] == "2026-11-20"


def test_consent_for_one_purpose_is_no_consent_for_another(association: Association) -> None:
    association.is_given_consent(ACME, "honour", purpose="self_inspection", until=YEAR_END)
    assert withheld(association.evaluates(ACME))["honour.award"] == "no_grant"


def test_consent_of_one_member_is_no_consent_of_another(association: Association) -> None:
    association.is_given_consent(ACME, *EVERYTHING, until=YEAR_END)
    assert withheld(association.evaluates(BOREAS))["honour.award"] == "no_grant"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"purpose": "advertising"}, "unknown_purpose"),
        ({"until": "2026-10-31"}, "bad_term"),
        ({"until": "for ever"}, "bad_term"),
        ({"until": "2026-11-31"}, "bad_term"),
        ({"document": "somewhere"}, "no_consent_document"),
        ({"categories": ["everything"]}, "not_in_catalogue"),
        ({"categories": []}, "not_in_catalogue"),
    ],
)
def test_a_grant_names_its_document_its_items_a_known_purpose_and_a_last_day(
    association: Association, change: dict[str, Any], code: str
) -> None:
    from tallystick.app.consent import grant  # noqa: PLC0415

    how = {
        "categories": ["honour"],
        "purpose": "association_evaluation",
        "until": YEAR_END,
        "document": "a" * 64,
        **change,
    }
    with association.opened() as store, pytest.raises(TallyError) as caught:
        grant(store, ACME, **how)
    assert caught.value.code == code


def test_the_consent_on_the_roster_counts_like_one_entered_by_hand(
    association: Association,
) -> None:
    consent = {
        "consent_digest": "c" * 64,
        "consent_date": "2026-01-05",
        "consent_categories": "荣誉、协会",
        "consent_purpose": "会员信用评价",
        "consent_until": YEAR_END,
    }
    association.receives("roster", roster_row(ACME, **consent))
    result = association.evaluates(ACME)
    assert "honour.award" not in withheld(result)
    assert withheld(result)["selfdeclared.operation"] == "no_grant"


def test_a_retracted_roster_takes_its_consents_along(association: Association) -> None:
    consent = {
        "consent_digest": "c" * 64,
        "consent_date": "2026-01-05",
        "consent_categories": "荣誉",
        "consent_purpose": "association_evaluation",
        "consent_until": YEAR_END,
    }
    report = association.receives("roster", roster_row(ACME, shareholders="4", **consent))
    assert "honour.award" not in withheld(association.evaluates(ACME))
    association.retracts(report.imports[0], "the wrong file")
    assert withheld(association.evaluates(ACME))["honour.award"] == "no_grant"


# -- every look is recorded, and the member sees it --------------------------------------------


def test_every_evaluation_explanation_decision_and_export_leaves_a_look(
    association: Association,
) -> None:
    association.receives("association", year_row(ACME))
    association.is_given_consent(ACME, *EVERYTHING, until=YEAR_END)
    association.appoints("Officer of the association")
    assert association.explains(ACME)["looks"] == []
    association.evaluates(ACME)
    association.evaluates(ACME)
    association.decides(ACME, "too little is known", outcome="decline")
    with association.opened() as store:
        export(store, association.folder.parent / "export")
    looks = association.explains(ACME)["looks"]
    assert [look["purpose"] for look in looks] == [
        "evaluation of members",
        "evaluation of members",
        "evaluation of members",
        "evaluation of members",
        "the operator exports everything (backup)",
    ]
    assert all(look["reader"] == "样例协会" for look in looks)
    assert looks[1]["read"][MEMBERSHIP_YEAR] == 1


def test_a_refused_look_is_recorded_with_its_reason(association: Association) -> None:
    association.evaluates(ACME)
    [look] = association.explains(ACME)["looks"]
    assert look["withheld"]["honour.award"] == "no_grant"
    assert look["read"] == {"registration.basic": 1}


def test_a_look_is_recorded_even_where_the_proposal_was_sealed_before(
    association: Association,
) -> None:
    first, second = association.evaluates(ACME), association.evaluates(ACME)
    assert first["record"] == second["record"], "the same proposal is not sealed twice"
    assert len(association.explains(ACME)["looks"]) == 2


def test_who_looked_at_others_is_not_shown_to_a_member(association: Association) -> None:
    association.evaluates(BOREAS)
    assert association.explains(ACME)["looks"] == []


def test_an_export_records_a_full_reading_of_every_organisation_in_it(
    association: Association,
) -> None:
    association.receives("association", year_row(ACME), year_row(BOREAS))
    with association.opened() as store:
        export(store, association.folder.parent / "export")
    for member in (ACME, BOREAS):
        [look] = association.explains(member)["looks"]
        assert look["read"] == {"association.membership_year": 1, "registration.basic": 1}


def test_a_grant_and_its_withdrawal_are_shown_to_the_member(association: Association) -> None:
    association.is_given_consent(ACME, "honour", until=YEAR_END)
    association.on("2026-11-05").is_told_of_a_withdrawal(ACME)
    [grant] = association.explains(ACME)["grants"]
    assert (grant["granted_on"], grant["until"], grant["withdrawn_on"]) == (
        TODAY,
        YEAR_END,
        "2026-11-05",
    )
    assert grant["categories"] == ["honour"]

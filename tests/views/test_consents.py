"""Which grants of an organisation stand, and from which day they are withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tallystick.records import Delivery, bodies
from tallystick.views import Numbered, SubjectView, fold_subject

SUBJECT = "91310113MA1GKDGP4E"
DELIVERY = Delivery("00" * 16, "2026-01-01")


def grant(record: str, imported: str = "", document: str = "ab" * 32, **change: Any) -> Numbered:
    body = bodies.grant(
        DELIVERY,
        subject=SUBJECT,
        categories=change.pop("categories", ["tax"]),
        purpose="association_evaluation",
        granted_on=change.pop("granted_on", "2026-01-01"),
        until=change.pop("until", "2026-12-31"),
        document_digest=document,
        imported=imported,
    )
    return Numbered(record, {**body, **change})


def withdrawal(record: str, *grants: str, day: str) -> Numbered:
    return Numbered(
        record, bodies.withdrawal(DELIVERY, subject=SUBJECT, grants=grants, from_day=day)
    )


def fold(*records: Numbered, retracted: Iterable[str] = ()) -> SubjectView:
    return fold_subject(SUBJECT, records, frozenset(retracted))


def ids(records: Iterable[Numbered]) -> list[str]:
    return [numbered.record for numbered in records]


def test_every_grant_stands_until_it_is_withdrawn_or_replaced() -> None:
    view = fold(grant("g"), grant("h", document="cd" * 32), withdrawal("w", "g", day="2026-05-01"))
    assert ids(view.grants) == ["g", "h"]
    assert view.withdrawn == {"g": "2026-05-01"}


def test_of_two_withdrawals_the_earlier_day_counts() -> None:
    late, early = withdrawal("w", "g", day="2026-09-01"), withdrawal("x", "g", day="2026-05-01")
    for order in ((late, early), (early, late)):
        assert fold(grant("g"), *order).withdrawn == {"g": "2026-05-01"}


def test_one_withdrawal_may_end_several_grants() -> None:
    view = fold(grant("g"), grant("h"), withdrawal("w", "g", "h", day="2026-05-01"))
    assert view.withdrawn == {"g": "2026-05-01", "h": "2026-05-01"}


def test_a_retracted_import_takes_its_grants_along() -> None:
    view = fold(grant("g", "roster-0001"), grant("h"), retracted=["roster-0001"])
    assert (ids(view.grants), ids(view.retracted)) == (["h"], ["g"])


def test_a_corrected_row_of_the_roster_replaces_the_consent_it_corrects() -> None:
    wide = grant("g", "roster-0001", categories=["tax", "honour"], until="2027-12-31")
    narrow = grant("h", "roster-0002", categories=["tax"])
    view = fold(wide, narrow)
    assert (ids(view.grants), ids(view.superseded_grants)) == (["h"], ["g"])
    view = fold(wide, narrow, retracted=["roster-0002"])
    assert (ids(view.grants), ids(view.superseded_grants)) == (["g"], [])


def test_consents_of_other_documents_or_entered_by_hand_stand_beside_each_other() -> None:
    view = fold(
        grant("g", "roster-0001"), grant("h", "roster-0002", document="cd" * 32), grant("i")
    )
    assert ids(view.grants) == ["g", "h", "i"]
    assert ids(fold(grant("g"), grant("h")).grants) == ["g", "h"]


def test_a_withdrawn_consent_does_not_come_back_with_the_next_roster() -> None:
    old, gone = grant("g", "roster-0001"), withdrawal("w", "g", day="2026-05-01")
    again = grant("h", "roster-0002", until="2027-12-31")
    view = fold(old, gone, again)
    assert ids(view.grants) == ["h"]
    assert view.withdrawn["h"] == "2026-05-01"
    view = fold(old, gone, again, retracted=["roster-0001"])
    assert view.withdrawn["h"] == "2026-05-01"
    by_hand = [grant("g"), gone, again]
    assert fold(*by_hand).withdrawn["h"] == "2026-05-01"


def test_of_several_withdrawals_of_one_document_each_ends_what_was_given_until_its_day() -> None:
    view = fold(
        grant("g", "roster-0001"),
        withdrawal("w", "g", day="2026-05-01"),
        grant("h", "roster-0002", granted_on="2026-05-02"),
        withdrawal("x", "h", day="2026-09-01"),
        grant("i", "roster-0003", granted_on="2026-06-01"),
    )
    assert view.withdrawn == {"g": "2026-05-01", "h": "2026-09-01", "i": "2026-09-01"}


def test_a_withdrawn_consent_does_not_come_back_when_its_newest_version_is_retracted() -> None:
    first, second = grant("g", "roster-0001"), grant("h", "roster-0002", until="2027-12-31")
    gone = withdrawal("w", "h", day="2026-05-01")
    view = fold(first, second, gone, retracted=["roster-0002"])
    assert ids(view.grants) == ["g"]
    assert view.withdrawn["g"] == "2026-05-01"
    other = grant("i", "roster-0001", document="cd" * 32)
    assert "i" not in fold(other, second, gone, retracted=["roster-0002"]).withdrawn
    by_hand = withdrawal("w", "k", day="2026-05-01")
    assert "g" not in fold(first, grant("k"), by_hand).withdrawn, "what is by hand is by itself"


def test_a_consent_given_after_the_withdrawal_is_a_new_one() -> None:
    old, gone = grant("g", "roster-0001"), withdrawal("w", "g", day="2026-05-01")
    for new in (
        grant("h", "roster-0002", granted_on="2026-05-02"),
        grant("h", "roster-0002", document="cd" * 32),
        grant("h"),  # entered by hand, by somebody who knows of the withdrawal
    ):
        assert "h" not in fold(old, gone, new).withdrawn


def erasure(record: str, *consents: dict[str, Any]) -> Numbered:
    body = bodies.erasure(
        DELIVERY,
        subject=SUBJECT,
        records=[one["record"] for one in consents],
        basis="art. 25",
        reason="court",
        delivered=[],
        consents=consents,
        targets=[],
        more=0,
    )
    return Numbered(record, body)


def gone(record: str, *, imported: bool = True) -> dict[str, Any]:
    return {"record": record, "document_digest": "ab" * 32, "imported": imported}


def test_a_withdrawal_keeps_its_effect_when_the_grant_it_names_is_erased() -> None:
    act = withdrawal("w", "g", day="2026-05-01")
    again = grant("h", "roster-0002")
    assert fold(act, erasure("e", gone("g")), again).withdrawn["h"] == "2026-05-01"
    assert fold(again, act, erasure("e", gone("g"))).withdrawn["h"] == "2026-05-01"
    by_hand = erasure("e", gone("g", imported=False))
    assert fold(act, by_hand, again).withdrawn["h"] == "2026-05-01"
    assert "h" not in fold(again, act, by_hand).withdrawn
    assert "h" not in fold(act, erasure("e", gone("k")), again).withdrawn

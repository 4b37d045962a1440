from __future__ import annotations

from typing import Any

import pytest

from tallystick.publication.membership.document import STANDINGS, listed

from .conftest import closed, decision, document, member, proposal


@pytest.mark.parametrize(
    ("made", "decided", "word", "band"),
    [
        (None, None, "not_evaluated", None),
        (proposal("80"), None, "proposal", "low"),
        (proposal(None), None, "no_proposal", None),
        (closed(), None, "withheld", None),
        (proposal("80"), decision("confirm"), "decided", "low"),
        (proposal("80"), decision("change", "high"), "decided", "high"),
        (proposal("80"), decision("decline", None), "declined", None),
        (closed(), decision("confirm", "medium"), "decided", "medium"),
    ],
)
def test_only_a_decision_makes_a_grade(made: Any, decided: Any, word: str, band: Any) -> None:
    [one] = listed(document([member(1, made, decision=decided)]))
    assert (one.standing.word, one.standing.band) == (word, band)
    assert one.standing.word in STANDINGS


def test_an_earlier_decision_makes_no_grade_of_a_newer_proposal() -> None:
    [one] = listed(document([member(1, proposal("80"), earlier_decision=decision())]))
    assert one.standing.word == "proposal"


def test_a_closed_proposal_has_no_number() -> None:
    [one] = listed(document([member(1, closed())]))
    assert one.shown is None
    assert one.proposal is not None
    assert one.proposal.score is None
    assert not one.proposal.dimensions

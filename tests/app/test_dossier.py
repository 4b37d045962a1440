from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tallystick.app.dossier import look, open_dossier
from tallystick.exchange import MEMBER_EVALUATION
from tallystick.kernel.errors import TallyError

if TYPE_CHECKING:
    from tests.app.conftest import House

from .conftest import MEMBERS

FIRST = MEMBERS[0]


def test_a_file_holds_the_records_of_one_member_and_of_no_other(small: House) -> None:
    with small.opened(writer=False) as store:
        dossier = open_dossier(store, FIRST)
    assert dossier.name == "云杉样例科技有限公司"
    view = dossier.view
    held = [*view.facts, *view.grants, *view.evaluations, *view.decisions, *dossier.uses]
    assert {numbered.body["subject"] for numbered in held} == {FIRST}
    assert len(view.decisions) == len(view.evaluations) == 1


def test_opening_a_file_is_not_yet_a_look(small: House) -> None:
    before = small.content()
    with small.opened(writer=False) as store:
        open_dossier(store, FIRST)
    assert small.content() == before


def test_a_look_is_recorded_with_what_was_read_and_what_was_not(small: House) -> None:
    asked = frozenset({"registration.basic", "tax.rating", "association.membership_year"})
    with small.opened() as store:
        view = open_dossier(store, FIRST).view
        taken = look(store, view, MEMBER_EVALUATION, "2026-11-01", asked)
        [newest] = list(store.index.of_kind("use"))[-1:]
        use = store.body(newest)
    assert taken.read == use["read"]
    assert use["read"] == {"association.membership_year": 1, "registration.basic": 1}
    assert use["withheld"] == taken.withheld
    assert (use["purpose"], use["reader"]) == (
        MEMBER_EVALUATION,
        store.provider_key.verifier.key_id.hex(),
    )


def test_a_look_for_no_registered_purpose_is_refused_and_nothing_is_read(small: House) -> None:
    with small.opened() as store:
        view = open_dossier(store, FIRST).view
        before = store.log.records
        with pytest.raises(TallyError, match="unknown_purpose"):
            look(store, view, "advertising", "2026-11-01")
        assert store.log.records == before


def test_who_only_reads_the_workspace_cannot_look_unseen(small: House) -> None:
    """A look leaves a record; where none can be left there is no look."""
    with small.opened(writer=False) as store:
        view = open_dossier(store, FIRST).view
        with pytest.raises(TallyError, match="not_opened_to_write"):
            look(store, view, MEMBER_EVALUATION, "2026-11-01")

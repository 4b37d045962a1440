from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tallystick.app.consent import grant, withdraw
from tallystick.app.deciding import decide, new_officer
from tallystick.app.evaluating import evaluate
from tallystick.app.importing import retract
from tallystick.app.status import status
from tallystick.sources import SOURCES

if TYPE_CHECKING:
    from tests.app.conftest import House

from .conftest import CONSENT, MEMBERS, OFFICER, SCHEME


def told(house: House) -> dict[str, Any]:
    with house.opened(writer=False) as store:
        return status(store)


def test_an_empty_workspace_lacks_every_source(empty: House) -> None:
    shown = told(empty)
    assert shown["missing_sources"] == list(SOURCES)
    assert (shown["records"], shown["entries"], shown["subjects"]) == (3, 2, 0)
    assert shown["by_kind"] == {"founding": 1, "party": 2}
    assert shown["grants"] == {"in_force": 0, "expiring": 0, "expired": 0, "withdrawn": 0}


def test_what_is_loaded_is_counted_by_kind_by_item_and_by_import(sample_house: House) -> None:
    shown = told(sample_house)
    assert sum(shown["by_kind"].values()) == shown["records"]
    assert sum(shown["by_item"].values()) == shown["by_kind"]["fact"]
    facts = shown["by_kind"]["fact"] + shown["by_kind"]["grant"]
    assert sum(one["records"] for one in shown["imports"]) == facts
    assert shown["missing_sources"] == []
    assert shown["schemes"] == [SCHEME]
    assert shown["undecided"] == shown["by_kind"]["evaluation"] == 40


def test_a_retracted_import_is_shown_as_such_and_its_source_as_missing(whole: House) -> None:
    with whole.opened() as store:
        retract(store, "tax-0011", "the wrong year")
    shown = told(whole)
    assert [one["name"] for one in shown["imports"] if one["retracted"]] == ["tax-0011"]
    assert shown["missing_sources"] == ["tax"]


def test_grants_that_end_are_counted_by_the_day(small: House) -> None:
    """The three members of the roster consented until the end of 2026."""
    with small.opened() as store:
        how = {"purpose": "association_evaluation", "document": CONSENT, "until": "2027-06-30"}
        grant(store, MEMBERS[0], categories=["tax"], **how)
        withdraw(store, MEMBERS[1])
    counted = told(small)["grants"]
    assert counted == {"in_force": 3, "expiring": 2, "expired": 0, "withdrawn": 1}
    assert told(small.on("2026-10-01"))["grants"]["expiring"] == 0
    assert told(small.on("2027-01-01"))["grants"] == {
        "in_force": 1,
        "expiring": 0,
        "expired": 2,
        "withdrawn": 1,
    }


def test_proposals_that_wait_for_a_person_are_counted(small: House) -> None:
    assert told(small)["undecided"] == 2
    with small.opened() as store:
        decide(store, MEMBERS[1], OFFICER, "too thin", outcome="decline")
    assert told(small)["undecided"] == 1
    with small.opened() as store:
        evaluate(store, SCHEME, as_of="2026-10-01")
    assert told(small)["undecided"] == 3


def test_officers_are_named(empty: House) -> None:
    with empty.opened() as store:
        new_officer(store, OFFICER)
    assert told(empty)["officers"] == [OFFICER]


def test_looking_at_the_status_changes_nothing(small: House) -> None:
    before = small.content()
    told(small)
    assert small.content() == before

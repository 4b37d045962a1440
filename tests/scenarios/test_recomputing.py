"""An old result can be worked out again, to the last digit, whatever has happened since."""

from __future__ import annotations

import pytest

from tallystick.app.recomputing import recompute
from tallystick.app.schemes import publish
from tallystick.evaluation import parse_scheme, shipped_scheme
from tallystick.kernel.errors import TallyError
from tallystick.records import bodies

from .conftest import ACME, BOREAS, EVERYTHING, SCHEME, Association, year_row

YEAR_END = "2026-12-31"


@pytest.fixture
def rated(association: Association) -> tuple[Association, str]:
    """An association with one evaluated member, and the id of the proposal."""
    association.is_given_consent(ACME, *EVERYTHING, until=YEAR_END)
    association.receives("association", year_row(ACME, meetings_attended="3"))
    return association, association.evaluates(ACME)["record"]


def test_a_proposal_comes_out_the_same_after_corrections_retractions_and_new_sources(
    rated: tuple[Association, str],
) -> None:
    association, record = rated
    association.receives("association", year_row(ACME), year_row(BOREAS))
    association.receives(
        "honours",
        {
            "uscc": BOREAS,
            "kind": "award",
            "title": "样例奖",
            "level": "national",
            "date": "2026-03-04",
            "awarded_by": "样例市示范局",
            "number": "1",
        },
        complete=True,
    )
    with association.opened() as store:
        imports = [store.body(n)["name"] for n in store.index.of_kind("import")]
    association.retracts(imports[1], "the wrong file")
    later = association.on("2027-03-01")
    later.is_given_consent(ACME, *EVERYTHING, until="2027-12-31")
    newer = association.evaluates(ACME)
    with association.opened() as store:
        old = recompute(store, record)
        new = recompute(store, newer["record"])
    assert old["same"]
    assert new["same"]
    assert old["digest"] != new["digest"]


def test_the_version_of_the_scheme_is_the_one_it_was_judged_by(
    rated: tuple[Association, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    association, _ = rated
    file = tmp_path_factory.mktemp("schemes") / "ours.yaml"
    first = shipped_scheme(SCHEME).replace(f"id: {SCHEME}", "id: ours")
    first = first[: first.index("\nexample:")] + "\n"
    assert parse_scheme(first, file="").id == "ours"
    file.write_text(first, encoding="utf-8")
    with association.opened() as store:
        publish(store, str(file))
    from tallystick.app.evaluating import evaluate  # noqa: PLC0415

    with association.opened() as store:
        [old] = evaluate(store, "ours", [ACME])
    second = first.replace('version: "1.0"', 'version: "2.0"').replace(
        "at_least: 75, no_hit", "at_least: 90, no_hit"
    )
    assert second != first
    file.write_text(second, encoding="utf-8")
    with association.opened() as store:
        publish(store, str(file))
        [new] = evaluate(store, "ours", [ACME])
        assert recompute(store, old["record"])["version"] == "1.0"
        assert recompute(store, old["record"])["same"]
        assert recompute(store, new["record"])["version"] == "2.0"
        assert recompute(store, new["record"])["same"]
    assert old["digest"] != new["digest"]


def test_what_consent_no_longer_covers_is_not_read_again(rated: tuple[Association, str]) -> None:
    association, record = rated
    association.is_told_of_a_withdrawal(ACME)
    with association.opened() as store:
        looks = len(list(store.index.of_kind("use")))
        with pytest.raises(TallyError, match="no_longer_readable") as caught:
            recompute(store, record)
        assert "association.membership_year" in caught.value.text.en
        assert len(list(store.index.of_kind("use"))) == looks + 1


def test_a_proposal_with_a_made_up_digit_is_found_out(rated: tuple[Association, str]) -> None:
    """The operator seals a result the software never gave."""
    association, record = rated
    with association.opened() as store:
        true = store.body(store.find(record))
        wrong = {**true["result"], "score": "99"}
        [made_up] = store.append(
            [
                bodies.evaluation(
                    store.delivery(),
                    subject=ACME,
                    scheme=true["scheme"],
                    as_of=true["as_of"],
                    view=true["view"],
                    result=wrong,
                )
            ]
        )
        assert not recompute(store, made_up)["same"]


def test_who_left_the_roster_since_can_still_be_worked_out_again(
    rated: tuple[Association, str],
) -> None:
    association, record = rated
    with association.opened() as store:
        roster = next(store.body(n)["name"] for n in store.index.of_kind("import"))
    association.retracts(roster, "nobody is a member any more")
    with association.opened() as store:
        assert recompute(store, record)["same"]


def test_a_proposal_that_names_other_facts_than_it_was_made_from_is_found_out(
    rated: tuple[Association, str],
) -> None:
    association, record = rated
    with association.opened() as store:
        true = store.body(store.find(record))
        kept = ("subject", "scheme", "as_of", "result")
        told = {name: true[name] for name in kept}
        [other] = store.append([bodies.evaluation(store.delivery(), view="0" * 64, **told)])
        document = recompute(store, other)
    assert document["digest"] == document["sealed"]
    assert not document["same"]


def test_a_look_that_was_refused_is_recorded_as_having_read_nothing(
    rated: tuple[Association, str],
) -> None:
    association, record = rated
    association.is_told_of_a_withdrawal(ACME)
    with association.opened() as store:
        with pytest.raises(TallyError, match="no_longer_readable"):
            recompute(store, record)
        use = store.body(list(store.index.of_kind("use"))[-1])
    assert use["read"] == {}
    assert "association.membership_year" in use["withheld"]


def test_only_a_proposal_is_worked_out_again(rated: tuple[Association, str]) -> None:
    association, _ = rated
    with association.opened() as store:
        fact = store.numbered(next(iter(store.index.of_kind("fact")))).record
        with pytest.raises(TallyError, match="not_a_proposal"):
            recompute(store, fact)

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tallystick.app.consent import withdraw
from tallystick.app.deciding import decide
from tallystick.app.evaluating import evaluate
from tallystick.app.importing import retract
from tallystick.app.memberships import NOTHING_EVALUATED, as_page, file_name, membership
from tallystick.app.paper_checks import verify_paper
from tallystick.app.schemes import NO_SUCH_SCHEME, publish
from tallystick.evaluation import shipped_scheme
from tallystick.exchange import MEMBER_EVALUATION
from tallystick.kernel.errors import TallyError

from .conftest import MEMBERS, OFFICER, SCHEME, roster, years

if TYPE_CHECKING:
    from pathlib import Path

    from tests.app.conftest import House

FIRST, SECOND, THIRD = MEMBERS
YEAR = "association.membership_year"


def collected(house: House, **how: Any) -> dict[str, Any]:
    with house.opened() as store:
        return membership(store, **how)


def row(document: dict[str, Any], subject: str) -> dict[str, Any]:
    found: dict[str, Any] = next(o for o in document["members"] if o["subject"] == subject)
    return found


def moved(document: dict[str, Any], subject: str) -> str:
    entries = document["figures"]["movements"]["list"]
    return str(next(one["kind"] for one in entries if one["subject"] == subject))


def test_a_membership_is_plain_json_without_floats_and_says_its_form(small: House) -> None:
    document = collected(small)
    assert json.loads(json.dumps(document)) == document
    assert document["form"] == "tallystick-membership/1"
    assert [one["subject"] for one in document["members"]] == sorted(MEMBERS)
    with pytest.raises(AssertionError, match="float"):
        json.loads(json.dumps([*document["members"], 0.5]), parse_float=_no_float)
    json.loads(json.dumps(document), parse_float=_no_float)


def _no_float(text: str) -> None:
    raise AssertionError(f"float {text}")


def test_what_is_sealed_is_told_and_nothing_is_evaluated_again(small: House) -> None:
    with small.opened() as store:
        before = list(store.index.of_kind("evaluation"))
        sealed = {store.body(n)["subject"]: store.body(n)["result"] for n in before}
    document = collected(small)
    with small.opened() as store:
        assert list(store.index.of_kind("evaluation")) == before
    for subject, result in sealed.items():
        told = row(document, subject)["proposal"]
        assert (told["score"], told["band"]) == (result["score"], result["band_code"])
        assert told["dimensions"] == {o["code"]: o["score"] for o in result["contributions"]}
        assert told["known"] == result["coverage"]["known"]


def test_of_a_member_nothing_but_name_code_industry_and_capital_is_taken(small: House) -> None:
    for one in collected(small)["members"]:
        assert set(one) == {
            "subject", "name", "industry", "registered_capital", "proposal", "decision",
            "earlier_decision", "before", "previous", "previous_decision",
        }  # fmt: skip
        decided = one["decision"]
        assert decided is None or set(decided) == {
            "outcome", "recorded", "band", "light", "scripted"
        }  # fmt: skip
    assert OFFICER not in json.dumps(collected(small))


def test_each_member_gets_one_look_and_all_are_committed_at_once(small: House) -> None:
    with small.opened() as store:
        before, entries = list(store.index.of_kind("use")), store.log.size
        document = membership(store)
        uses = [store.body(n) for n in store.index.of_kind("use")][len(before) :]
        assert store.log.size == entries + 2  # a batch, and what is in force
    assert sorted(one["subject"] for one in uses) == sorted(MEMBERS)
    assert {one["purpose"] for one in uses} == {MEMBER_EVALUATION}
    for one in uses:
        items = row(document, one["subject"])["proposal"]["items"]
        behind = {item: facts for item, (_, facts) in items.items() if facts}
        assert one["read"] == {"registration.basic": 1, **behind}
        assert YEAR in one["read"]


def test_a_decision_stands_beside_the_proposal_it_was_made_on(small: House) -> None:
    document = collected(small)
    decided = row(document, FIRST)
    assert (decided["decision"]["outcome"], decided["decision"]["band"]) == ("change", "low")
    assert row(document, SECOND)["decision"] is None
    counts = document["figures"]["standings"]
    assert (counts["decided"], counts["proposal"] + counts["no_proposal"]) == (1, 2)


def test_a_newer_proposal_waits_and_the_earlier_decision_is_told_as_earlier(small: House) -> None:
    later = small.on("2026-12-01")
    with later.opened() as store:
        evaluate(store, SCHEME)
    document = collected(later)
    one = row(document, FIRST)
    assert one["decision"] is None
    assert one["earlier_decision"]["band"] == "low"
    assert one["previous_decision"]["band"] == "low"
    assert document["figures"]["standings"]["decided"] == 0


def test_rounds_are_days_judged_by_and_the_last_sealed_of_a_day_counts(small: House) -> None:
    assert collected(small)["figures"]["movements"]["counts"]["new"] == 3
    small.deliver("association", [{**one, "meetings_attended": "1"} for one in years()])
    with small.opened() as store:
        evaluate(store, SCHEME)
    again = collected(small)
    assert again["figures"]["movements"]["counts"]["new"] == 3
    later = small.on("2026-12-01")
    with later.opened() as store:
        evaluate(store, SCHEME)
    document = collected(later)
    entry = row(document, SECOND)
    assert (entry["before"], entry["previous"]["as_of"]) == ("round", "2026-11-01")
    assert entry["previous"]["record"] == row(again, SECOND)["proposal"]["record"]
    assert sum(document["figures"]["movements"]["counts"].values()) == 3
    assert document["figures"]["movements"]["counts"]["new"] == 0


def test_withdrawn_consent_closes_the_numbers_and_the_grade_of_a_person_stands(
    small: House,
) -> None:
    open_before = collected(small)
    assert row(open_before, SECOND)["proposal"]["score"] is not None
    with small.opened() as store:
        withdraw(store, FIRST)
        withdraw(store, SECOND)
    document = collected(small.on("2026-11-02"))
    for subject in (FIRST, SECOND):
        one = row(document, subject)
        assert set(one["proposal"]) == {"record", "as_of", "withheld"}
        assert YEAR in one["proposal"]["withheld"]
        hidden = row(open_before, subject)["proposal"]
        for number in filter(None, [hidden["score"], *hidden["dimensions"].values()]):
            others = row(document, THIRD)["proposal"]
            if number not in [others["score"], *others["dimensions"].values()]:
                assert f'"{number}"' not in json.dumps(one)
        assert subject not in document["figures"]["peers"]
        assert subject not in document["figures"]["positions"]
    assert row(document, FIRST)["decision"]["band"] == "low"
    counts = document["figures"]["standings"]
    assert (counts["decided"], counts["withheld"]) == (1, 1)
    assert row(document, THIRD)["proposal"]["status"] == "no_proposal"
    assert document["figures"]["scores"]["number"] == 0  # and too little is known of the third


def test_a_look_at_a_closed_proposal_says_what_was_withheld_and_reads_the_roster_only(
    small: House,
) -> None:
    with small.opened() as store:
        withdraw(store, SECOND)
    with small.on("2026-11-02").opened() as store:
        membership(store)
        uses = [store.body(n) for n in store.index.of_kind("use")][-3:]
    [use] = [one for one in uses if one["subject"] == SECOND]
    assert use["read"] == {"registration.basic": 1}
    assert use["withheld"][YEAR] == "grant_ended"


def test_a_proposal_made_without_consent_stays_open_for_it_read_nothing_closed(
    empty: House,
) -> None:
    empty.deliver("roster", roster(consenting=False))
    with empty.opened() as store:
        evaluate(store, SCHEME)
    for one in collected(empty)["members"]:
        assert not one["proposal"]["withheld"]
        assert one["proposal"]["items"][YEAR] == ["withheld", 0]


def test_who_left_the_roster_is_gone_by_its_code_alone(empty: House) -> None:
    first = empty.deliver("roster", roster(MEMBERS[:2]))
    empty.deliver("roster", roster(MEMBERS[2:]))
    with empty.opened() as store:
        evaluate(store, SCHEME)
        retract(store, first.imports[0], "delivered by mistake")
        before = len(list(store.index.of_kind("use")))
        document = membership(store)
        assert len(list(store.index.of_kind("use"))) == before + 1
    assert document["gone"] == sorted(MEMBERS[:2])
    assert [one["subject"] for one in document["members"]] == [THIRD]
    assert document["figures"]["movements"]["counts"]["gone"] == 2


def test_a_member_nobody_evaluated_is_listed_as_such(empty: House) -> None:
    empty.deliver("roster", roster())
    with empty.opened() as store:
        evaluate(store, SCHEME, [FIRST])
    document = collected(empty)
    assert document["figures"]["standings"]["not_evaluated"] == 2
    assert moved(document, SECOND) == "not_evaluated"


def test_the_scheme_of_the_newest_proposal_is_shown_or_the_one_asked_for(
    small: House, tmp_path: Path
) -> None:
    ours = tmp_path / "ours.yaml"
    ours.write_text(
        shipped_scheme(SCHEME).replace("id: association-2019", "id: ours", 1), encoding="utf-8"
    )
    with small.opened() as store:
        publish(store, str(ours))
        evaluate(store, "ours", [SECOND])
    newest = collected(small)
    assert newest["scheme"]["id"] == "ours"
    assert newest["figures"]["standings"]["not_evaluated"] == 2
    named = collected(small, scheme=SCHEME)
    assert named["scheme"]["id"] == SCHEME
    assert named["figures"]["standings"]["not_evaluated"] == 0
    with pytest.raises(TallyError) as refused:
        collected(small, scheme="nothing")
    assert refused.value.reason is NO_SUCH_SCHEME


def test_another_version_of_the_scheme_is_not_compared(small: House, tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    first = shipped_scheme(SCHEME).replace(f"id: {SCHEME}", "id: ours", 1)
    second = first.replace('version: "1.0"', 'version: "1.1"', 1)
    assert first != second
    for day, text in (("2026-11-02", first), ("2026-12-01", second)):
        file.write_text(text, encoding="utf-8")
        with small.on(day).opened() as store:
            publish(store, str(file))
            evaluate(store, "ours")
    document = collected(small.on("2026-12-01"))
    assert document["scheme"]["version"] == "1.1"
    entries = document["figures"]["movements"]["list"]
    assert {(one["kind"], one["why"]) for one in entries} == {("not_compared", "other_version")}
    assert all(one["previous"] is None for one in document["members"])


def test_nothing_evaluated_is_refused_and_no_look_is_left(empty: House) -> None:
    empty.deliver("roster", roster())
    with empty.opened() as store:
        before = len(store.index)
        with pytest.raises(TallyError) as refused:
            membership(store)
        assert len(store.index) == before
    assert refused.value.reason is NOTHING_EVALUATED


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_made_of_the_document_and_named_by_scheme_and_day(
    small: House, language: str
) -> None:
    document = collected(small, language=language)
    text = as_page(document)
    for one in document["members"]:
        assert one["subject"] in text
    assert file_name(document) == "members-association-2019-2026-11-01.html"
    for warning in document["scheme_warnings"]:
        assert warning in text
    assert language == "zh" or "行政许可" not in "".join(document["scheme_warnings"])


def test_verifying_the_page_says_that_it_carries_no_receipts_by_design(small: House) -> None:
    page = as_page(collected(small)).encode()
    [check] = verify_paper(page).checks
    assert not check.ok
    assert "by design" in check.detail.in_language("en")
    other = page.replace(b"tallystick-membership/1", b"another/1")
    assert "by design" not in verify_paper(other).checks[0].detail.in_language("en")


def test_a_decision_after_the_report_changes_the_next_one(small: House) -> None:
    with small.opened() as store:
        decide(store, SECOND, OFFICER, "as proposed", outcome="change", band="high")
    assert row(collected(small), SECOND)["decision"]["light"] == "red"

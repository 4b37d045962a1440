"""A member is asked for by its USCC or its LEI, however typed; nothing is ever guessed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tallystick.app.consent import grant, withdraw
from tallystick.app.deciding import decide, new_officer
from tallystick.app.evaluating import evaluate
from tallystick.app.explaining import explain
from tallystick.app.importing import retract
from tallystick.app.members import HOLDERS_NAMED_MAX, resolve
from tallystick.app.store import Store
from tallystick.kernel.errors import TallyError
from tallystick.testing.fiction import COMPANY, bad_check, fictional_lei, fictional_uscc
from tallystick.testing.sample import SampleManifest

from .conftest import CONSENT, MEMBERS, OFFICER, SCHEME, House, roster, years

FIRST, SECOND, THIRD = MEMBERS
LEI, OTHER, UNKNOWN = (fictional_lei(number) for number in (1, 2, 3))
STRANGER = fictional_uscc(COMPANY, 900)
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def rows(*leis: str) -> list[dict[str, Any]]:
    """Return the roster; the first member has the first LEI, and so on."""
    named = [*leis, "", "", ""]
    return [row | {"lei": lei} for row, lei in zip(roster(), named, strict=False)]


@pytest.fixture(scope="module")
def named_house(tmp_path_factory: pytest.TempPathFactory, founded_house: House) -> House:
    """Three members, two with an LEI, evaluated. Not to be changed: copy it."""
    house = founded_house.copied(tmp_path_factory.mktemp("named") / "workspace")
    with house.opened() as store:
        house.deliver("roster", rows(LEI, OTHER), store=store)
        house.deliver("association", years(), store=store)
        evaluate(store, SCHEME)
        new_officer(store, OFFICER)
    return house


@pytest.fixture
def named(named_house: House, tmp_path_factory: pytest.TempPathFactory) -> House:
    return named_house.copied(tmp_path_factory.mktemp("named") / "workspace")


def test_a_member_is_found_by_either_code(named_house: House) -> None:
    with named_house.opened(writer=False) as store:
        for code in (FIRST, LEI):
            assert resolve(store, code) == FIRST
        assert resolve(store, OTHER) == SECOND


@pytest.mark.parametrize("code", [FIRST, LEI])
@pytest.mark.parametrize(
    "typed",
    [str.lower, lambda code: code.translate(FULL_WIDTH), " {} ".format, "\ufeff{}\n".format],
)
def test_a_code_is_understood_however_it_was_typed(
    named_house: House, code: str, typed: Callable[[str], str]
) -> None:
    with named_house.opened(writer=False) as store:
        assert resolve(store, typed(code)) == FIRST


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "云杉样例科技有限公司",
        FIRST[:-1],
        bad_check(FIRST),
        LEI[:-1],
        bad_check(LEI),
        LEI + "0",
    ],
)
def test_what_is_neither_code_is_refused_and_not_repeated(named_house: House, typed: str) -> None:
    with named_house.opened(writer=False) as store, pytest.raises(TallyError) as refused:
        resolve(store, typed)
    assert refused.value.code == "bad_uscc"
    assert not typed.strip() or typed not in repr(refused.value.text)


@pytest.mark.parametrize("code", [UNKNOWN, STRANGER])
def test_a_sound_code_the_roster_does_not_name_is_no_members(named_house: House, code: str) -> None:
    with named_house.opened(writer=False) as store, pytest.raises(TallyError) as refused:
        resolve(store, code.lower())
    assert refused.value.code == "not_a_member"
    assert all(code in sentence for sentence in refused.value.text)


@pytest.mark.parametrize("code", [FIRST, LEI])
def test_nobody_is_a_member_before_there_is_a_roster(founded_house: House, code: str) -> None:
    with founded_house.opened(writer=False) as store, pytest.raises(TallyError) as refused:
        resolve(store, code)
    assert refused.value.code == "not_a_member"


ACTS: dict[str, Callable[[Store, str], Any]] = {
    "evaluate": lambda store, code: evaluate(store, SCHEME, [code]),
    "explain": explain,
    "decide": lambda store, code: decide(store, code, OFFICER, "as proposed", outcome="decline"),
    "grant": lambda store, code: grant(
        store,
        code,
        categories=["tax"],
        purpose="association_evaluation",
        until="2026-12-31",
        document=CONSENT,
    ),
    "withdraw": withdraw,
}


@pytest.mark.parametrize("act", ACTS)
def test_an_act_on_an_lei_is_an_act_on_the_member(named: House, act: str) -> None:
    with named.opened() as store:
        before = len(store.index)
        answer = ACTS[act](store, LEI.lower())
        answer = answer[0] if act == "evaluate" else answer
        sealed = [store.body(number) for number in range(before, len(store.index))]
    assert answer["subject"] == FIRST
    assert sealed
    assert {body["subject"] for body in sealed} == {FIRST}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(("code", "reason"), [(UNKNOWN, "not_a_member"), ("公司", "bad_uscc")])
def test_an_act_on_nobody_leaves_no_record(
    named_house: House, act: str, code: str, reason: str
) -> None:
    with named_house.opened(writer=False) as store:
        before = store.log.records
        with pytest.raises(TallyError) as refused:
            ACTS[act](store, code)
        assert (refused.value.code, store.log.records) == (reason, before)


@pytest.mark.parametrize("act", ACTS)
def test_an_lei_of_two_members_is_refused_and_never_guessed(named: House, act: str) -> None:
    with named.opened() as store:
        named.deliver("roster", rows(LEI, LEI), store=store)
        before = store.log.records
        with pytest.raises(TallyError) as refused:
            ACTS[act](store, LEI)
        assert (refused.value.code, store.log.records) == ("ambiguous_lei", before)
        for sentence in refused.value.text:
            assert all(code in sentence for code in (LEI, FIRST, SECOND))
        assert resolve(store, SECOND) == SECOND
        with pytest.raises(TallyError, match="not_a_member"):
            resolve(store, OTHER)


def test_a_refusal_names_a_few_of_very_many(empty: House) -> None:
    many = [fictional_uscc(COMPANY, number) for number in range(1, 31)]
    with empty.opened() as store:
        empty.deliver("roster", [row | {"lei": LEI} for row in roster(many)], store=store)
        with pytest.raises(TallyError) as refused:
            resolve(store, LEI)
    for sentence in refused.value.text:
        assert "30" in sentence
        assert sum(code in sentence for code in many) == HOLDERS_NAMED_MAX


def test_an_lei_goes_to_whom_the_newest_roster_gives_it(named: House) -> None:
    with named.opened() as store:
        named.deliver("roster", rows("", OTHER, LEI), store=store)
        assert resolve(store, LEI) == THIRD
        assert explain(store, FIRST)["lei"] == ""
        assert explain(store, THIRD)["lei"] == LEI


def test_a_retracted_roster_gives_no_lei(named: House) -> None:
    with named.opened() as store:
        report = named.deliver("roster", rows(UNKNOWN, OTHER), store=store)
        assert resolve(store, UNKNOWN) == FIRST
        retract(store, report.imports[0], "wrong file")
        assert resolve(store, LEI) == FIRST
        with pytest.raises(TallyError, match="not_a_member"):
            resolve(store, UNKNOWN)


def test_a_row_with_a_wrong_lei_changes_nothing(named: House) -> None:
    with named.opened() as store:
        report = named.deliver("roster", rows(bad_check(LEI), OTHER), store=store)
        assert [(one.line, one.field, one.code) for one in report.problems] == [
            (2, "lei", "bad_lei")
        ]
        assert report.accepted == 0
        assert resolve(store, LEI) == FIRST


def test_results_carry_the_lei_where_the_roster_names_one(named: House) -> None:
    with named.opened() as store:
        results = {one["subject"]: one for one in evaluate(store, SCHEME)}
        assert [results[member]["lei"] for member in MEMBERS] == [LEI, OTHER, ""]
        assert [explain(store, member)["lei"] for member in MEMBERS] == [LEI, OTHER, ""]
        # What is sealed stands under the USCC alone; its form is the same with an LEI and without.
        sealed = store.body(store.find(results[FIRST]["record"]))
        assert "lei" not in sealed["result"]


def test_by_either_code_the_digits_are_the_same(named: House) -> None:
    with named.opened() as store:
        [by_uscc], [by_lei] = (evaluate(store, SCHEME, [code]) for code in (FIRST, LEI))
    assert by_uscc == by_lei


def test_every_member_of_the_sample_with_an_lei_is_found_by_it(
    sample_house: House, sample: SampleManifest
) -> None:
    with sample_house.opened(writer=False) as store:
        named = [member for member in sample.members if member.lei]
        assert named
        assert [resolve(store, member.lei) for member in named] == [one.uscc for one in named]

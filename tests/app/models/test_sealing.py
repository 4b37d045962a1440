"""Models sealed: signed by an officer, whole in the record, provable, and never about people."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from tests.app.conftest import OFFICER

from tallystick.app import schemes
from tallystick.app.deciding import new_officer
from tallystick.app.evaluating import evaluate
from tallystick.app.models.sealing import (
    find_model,
    in_use,
    out_of_use,
    retire_model,
    seal_model,
)
from tallystick.app.receipts import make
from tallystick.app.recomputing import recompute
from tallystick.app.verifying import verify
from tallystick.evaluation import SchemeError
from tallystick.kernel.errors import TallyError
from tallystick.kernel.texts import Text
from tallystick.scorecards.binding import with_validation
from tallystick.scorecards.document import Axis, Card, Ensemble, Outcome, Term, Training, Variable
from tallystick.scorecards.packing import PLAIN_MAX, unpacked
from tallystick.scorecards.writing import card_digest, card_text, read_card

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.app.conftest import House

    from tallystick.app.store import Store

WHY = "经 2026-11-20 会议评审"
YEAR = "association.membership_year"
CARD = Card(
    "care",
    "expert",
    "points",
    (Variable("attended", "number", "参会率", "attendance", item=YEAR, actionable=True),),
    (Term((Axis("attended", "number", ("0.5", "0.8")),), (20, 60, 90, 50)),),
    training=Training(digest="cd" * 32, rows=7_000, bads=270),
)
SCHEME = """\
form: tallystick-scheme/1
id: by-card
version: "1"
names: {zh: 以卡评分, en: By a card}
date: 2026-04-01
basis: [{zh: 章程, en: The charter}]
scale: {min: 0, max: 100}
decimals: 2
dimensions:
  - {code: care, names: {zh: 自律, en: Care}, weight: 1}
indicators:
  - code: K1
    names: {zh: 自律评分卡, en: Card of care}
    dimension: care
    weight: 1
    card:
      digest: DIGEST
      inputs: {attended: G}
      scale: [{score: 0, points: 0}, {score: 100, points: 100}]
  - code: G
    names: {zh: 参会率, en: Attendance}
    dimension: care
    item: association.membership_year
    aggregate: ratio
    field: meetings_attended
    of: meetings_held
    weight: 0
rules: []
bands:
  - {code: low, names: {zh: 低风险, en: Low}, light: green}
  - {code: high, names: {zh: 高风险, en: High}, light: red}
matrix:
  rows: [{at_least: 75, no_hit: low, hit: high}, {no_hit: high, hit: high}]
  steps: {1: 0, 2: 1, 3: 1, 4: worst}
policy: {weight_sum: warn, scale: warn, unknown_dimension: no_proposal}
"""


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(TallyError) as caught:
        act()
    return caught.value.code


def with_officer(store: Store) -> Store:
    if OFFICER not in [party.name for party in store.trust.parties]:
        new_officer(store, OFFICER)
    return store


def test_a_model_is_signed_whole_in_its_record_and_proved_by_a_receipt(small: House) -> None:
    with small.opened() as store:
        with_officer(store)
        sealed = seal_model(
            store, CARD, OFFICER, reason=WHY, limits=Text("不用于新设企业", "not for new firms")
        )
        body = store.body(store.find(sealed["record"]))
        receipt = make(store, sealed["record"])
        trust = store.trust.text()
        assert find_model(store, "care").card == CARD
        assert find_model(store, card_digest(CARD)).record == sealed["record"]
    assert (body["kind"], body["version"], body["digest"]) == ("model", "1", card_digest(CARD))
    assert (body["training"], body["rows"], body["route"]) == ("cd" * 32, 7_000, "expert")
    assert body["limits"]["en"] == "not for new firms"
    assert read_card(body["card"]) == CARD
    verdict = verify(receipt, trust)
    assert verdict.valid, verdict.to_json()
    assert verdict.body is not None
    assert verdict.body["card"] == card_text(CARD).decode()
    assert "acts" in [check.step for check in verdict.checks]
    assert small.audited().ok


def test_the_same_card_is_sealed_once_and_a_version_only_rises(small: House) -> None:
    better = replace(CARD, offset=5)
    with small.opened() as store:
        with_officer(store)
        first = seal_model(store, CARD, OFFICER, reason=WHY)
        again = seal_model(store, CARD, OFFICER, reason=WHY)
        assert (again["record"], again["already_sealed"]) == (first["record"], True)
        for version in ("1", "1.0", "0.9", "two", "-1", ""):
            if version:
                act = lambda v=version: seal_model(store, better, OFFICER, reason=WHY, version=v)  # noqa: E731
                assert refusal(act) == "model_version"
        second = seal_model(store, better, OFFICER, reason=WHY, version="1.1")
        assert seal_model(store, CARD, OFFICER, reason=WHY)["version"] == "2"
        assert seal_model(store, CARD, OFFICER, reason=WHY, name="care-b")["name"] == "care-b"
        assert [one.body["name"] for one in in_use(store)] == ["care", "care-b"]
        superseded = store.number_of(first["record"])
        assert store.log.journal.standing[superseded].status
        assert second["version"] == "1.1"
    assert small.audited().ok


def test_a_model_is_retired_with_a_reason_and_may_come_back_under_a_new_version(
    small: House,
) -> None:
    with small.opened() as store:
        with_officer(store)
        sealed = seal_model(store, CARD, OFFICER, reason=WHY)
        assert refusal(lambda: retire_model(store, "care", OFFICER, reason=" ")) == "no_reason"
        retired = retire_model(store, "care", OFFICER, reason="样本已过时")
        assert in_use(store) == []
        assert refusal(lambda: retire_model(store, "care", OFFICER, reason="x")) == "no_such_model"
        assert verify(make(store, retired["record"]), store.trust.text()).valid
        stated = verify(make(store, sealed["record"]), store.trust.text())
        assert stated.stated is not None
        assert "superseded" in str(stated.stated.to_json())
        assert seal_model(store, CARD, OFFICER, reason=WHY)["version"] == "2"
    assert small.audited().ok


def test_a_version_counts_from_its_day_on_and_the_one_before_until_then(small: House) -> None:
    with small.opened() as store:
        with_officer(store)
        seal_model(store, CARD, OFFICER, reason=WHY)
        seal_model(store, replace(CARD, offset=5), OFFICER, reason=WHY, from_day="2026-12-01")
        assert [one.body["version"] for one in in_use(store)] == ["1"]
        act = lambda: seal_model(store, CARD, OFFICER, reason=WHY, from_day="1 December")  # noqa: E731
        assert refusal(act) == "not_a_date"
    later = replace(small, day="2026-12-01")
    with later.opened() as store:
        assert [one.body["version"] for one in in_use(store)] == ["2"]


def counted(term: Term) -> Term:
    """Return a term with organisations and bad ones in every cell, as a fit leaves them."""
    cells = len(term.points)
    return replace(term, counts=(9,) * cells, bads=(3,) * cells)


@pytest.mark.parametrize(
    ("card", "code"),
    [
        (replace(CARD, name="Care 2026"), "model_name"),
        (replace(CARD, name=""), "model_name"),
        (replace(CARD, route="logistic"), "model_not_validated"),
        (
            replace(CARD, route="expert", terms=(counted(CARD.terms[0]),)),
            "model_not_validated",
        ),
        (replace(CARD, training=Training(target="sex")), "refused_columns"),
        (
            replace(
                CARD,
                variables=(*CARD.variables, Variable("x7", "category")),
                terms=(
                    *CARD.terms,
                    Term((Axis("x7", "category", groups=(("male",), ("female",))),), (1, 2, 0, 0)),
                ),
            ),
            "refused_columns",
        ),
        (replace(CARD, variables=(replace(CARD.variables[0], zh="法人性别"),)), "refused_columns"),
        (replace(CARD, variables=(replace(CARD.variables[0], en="religion"),)), "refused_columns"),
        (
            replace(
                CARD,
                variables=(*CARD.variables, Variable("SEX", "number"), Variable("AGE", "number")),
            ),
            "table_about_people",
        ),
        (replace(CARD, variables=(replace(CARD.variables[0], item="tax.rumour"),)), "unknown_item"),
        (
            replace(CARD, variables=(replace(CARD.variables[0], item="context.press"),)),
            "context_scored",
        ),
    ],
)
def test_what_may_not_be_sealed_is_refused_whoever_signs(
    small: House, card: Card, code: str
) -> None:
    with small.opened() as store:
        with_officer(store)
        assert refusal(lambda: seal_model(store, card, OFFICER, reason=WHY)) == code
        fitted = with_validation(card, {"auc": {"mean": "0.81", "low": "0.80", "high": "0.82"}})
        if code == "model_not_validated":
            assert seal_model(store, fitted, OFFICER, reason=WHY)["version"] == "1"
        assert refusal(lambda: seal_model(store, CARD, "nobody", reason=WHY)) == "no_officer_key"


def test_a_validation_of_other_points_is_not_sealed(small: House) -> None:
    good = with_validation(replace(CARD, route="logistic"), {"gini": "0.9"})
    [term] = good.terms
    record = good.record | {"validation": {"gini": "0.9"}}
    with small.opened() as store:
        with_officer(store)
        for pasted in (
            replace(good, terms=(replace(term, points=(0, 60, 90, 50)),)),
            replace(good, offset=1),
            replace(good, variables=(replace(good.variables[0], direction="up"),)),
            replace(good, route="expert", offset=1),
            replace(good, record=record),
        ):
            seal = partial(seal_model, store, pasted, OFFICER, reason=WHY)
            assert refusal(seal) == "validation_not_of_card"
        assert seal_model(store, good, OFFICER, reason=WHY)["version"] == "1"


def test_a_long_card_is_packed_and_one_too_long_for_a_receipt_is_refused(small: House) -> None:
    long = replace(CARD, record={"note": "长" * PLAIN_MAX})
    noise = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(700_000))
    with small.opened() as store:
        with_officer(store)
        sealed = seal_model(store, long, OFFICER, reason=WHY)
        assert (
            unpacked(store.body(store.find(sealed["record"]))["card"]) == card_text(long).decode()
        )
        assert verify(make(store, sealed["record"]), store.trust.text()).valid
        huge = replace(CARD, name="huge", record={"note": noise})
        assert refusal(lambda: seal_model(store, huge, OFFICER, reason=WHY)) == "model_too_long"


@pytest.mark.parametrize("carried", [True, False])
def test_a_scheme_carries_its_card_and_every_digit_is_worked_out_again(
    small: House,
    tmp_path: Path,
    carried: bool,  # noqa: FBT001 - the case
) -> None:
    text = SCHEME.replace("DIGEST", card_digest(CARD))
    file = tmp_path / "by-card.yaml"
    file.write_text(
        text + (f"cards: ['{card_text(CARD).decode()}']\n" if carried else ""), encoding="utf-8"
    )
    with small.opened() as store:
        with_officer(store)
        if not carried:
            with pytest.raises(SchemeError) as missing:
                schemes.publish(store, str(file))
            assert [one.code for one in missing.value.problems] == ["card_not_there"]
            seal_model(store, CARD, OFFICER, reason=WHY)
            assert [one.code for one in schemes.lint(file)] == ["card_not_there"]
        assert schemes.lint(file, store) == []
        published = schemes.publish(store, str(file))
        assert published["digest"] == schemes.show(store, "by-card")["digest"]
        assert schemes.publish(store, str(file))["already_published"]
        assert '"care"' in store.body(store.find(published["record"]))["text"]
        assert out_of_use(store, [card_digest(CARD)]) == []
        if not carried:
            retire_model(store, "care", OFFICER, reason="样本已过时")
            [gone] = out_of_use(store, [card_digest(CARD), "0" * 64])
            assert "care, version 1, which is out of use" in gone.en
            assert "停用" in gone.zh
            newer = replace(CARD, offset=1)
            seal_model(store, newer, OFFICER, reason=WHY)
            [gone] = out_of_use(store, [card_digest(CARD), card_digest(newer)])
            assert "version 2 supersedes" in gone.en
        told = []
        for found in evaluate(store, "by-card"):
            [one] = [one for one in found["indicators"] if one["indicator"] == "K1"]
            assert (one["card"] is None) == (one["points"] is None)
            told.append(one["points"])
            assert recompute(store, found["record"])["same"]
        assert set(told) == {"90"}
        assert verify(make(store, published["record"]), store.trust.text()).valid


def test_cards_of_trees_are_sealed_with_the_text_of_their_trees(small: House) -> None:
    text = "tree\nversion=v4\n" * 9_000
    digest = hashlib.sha256(text.encode()).hexdigest()
    trees = Ensemble(text, digest, ("attended",), {}, ((1, 2),))
    card = replace(
        CARD, kind="trees", route="boosted", terms=(), ensemble=trees,
        outcome=Outcome(score=(600,)),
    )  # fmt: skip
    card = with_validation(card, {"gini": "0.9"})
    with small.opened() as store:
        with_officer(store)
        seal_model(store, card, OFFICER, reason=WHY)
        assert find_model(store, "care").card == card

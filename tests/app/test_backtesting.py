"""The back-test by the ordinary way, on 300 of the companies: files, records, looks, statistics."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyarrow import parquet
from scipy import stats
from sklearn.metrics import roc_auc_score

from tallystick.app.backtesting import backtest
from tallystick.app.consent import withdraw
from tallystick.app.evaluating import evaluate
from tallystick.app.importing import import_files
from tallystick.evaluation import shipped_panel
from tallystick.kernel.errors import TallyError
from tallystick.testing.published import company_codes, spread, write_companies, write_statements

from .conftest import MEMBERS, House, roster, write_rows

if TYPE_CHECKING:
    from tallystick.app.store import Store

SCHEME = "polish1-ahp"
COUNT = 300
CODES = [company_codes()[place] for place in spread(COUNT)]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    for ending in ("csv", "parquet"):
        write_statements(folder / f"statements.{ending}", "2026-11-01", COUNT)
    write_companies(folder / "roster.csv", "2026-11-01", COUNT)
    return folder


@pytest.fixture(scope="module")
def rated_house(
    tmp_path_factory: pytest.TempPathFactory, founded_house: House, files: Path
) -> House:
    """The companies imported and evaluated. Not to be changed: copy it."""
    house = founded_house.copied(tmp_path_factory.mktemp("companies") / "workspace")
    with house.opened() as store:
        for name, source in (("roster.csv", "roster"), ("statements.csv", "ratios")):
            report = import_files(store, [files / name], source)
            assert not report.problems
        evaluate(store, SCHEME)
    return house


@pytest.fixture
def rated(rated_house: House, tmp_path: Path) -> House:
    return rated_house.copied(tmp_path / "companies")


@pytest.fixture(scope="module")
def outcomes(files: Path) -> dict[str, bool]:
    table = parquet.read_table(files / "statements.parquet", columns=["uscc", "y"]).to_pylist()
    return {row["uscc"]: row["y"] == 1 for row in table}


def newest(store: Store) -> dict[str, Any]:
    bodies = (store.body(number) for number in store.index.of_kind("evaluation"))
    return {body["subject"]: body["result"] for body in bodies}


def looks(store: Store) -> list[Any]:
    return [store.body(number) for number in store.index.of_kind("use")]


def test_it_comes_out_as_independent_programs_reckon_from_what_was_sealed(
    rated: House, files: Path, outcomes: dict[str, bool]
) -> None:
    with rated.opened() as store:
        found = backtest(store, SCHEME, files / "statements.csv")
        sealed = newest(store)
    assert sealed.keys() == outcomes.keys()
    scored = [(float(one["score"]), outcomes[code]) for code, one in sealed.items() if one["score"]]
    scores, bad = [score for score, _ in scored], [one for _, one in scored]
    told = found["discrimination"]
    assert (told["cases"], told["bad"]) == (len(scored), sum(bad))
    assert float(told["auc"]) == pytest.approx(
        roc_auc_score(bad, [-score for score in scores]), abs=1e-6
    )
    ks = stats.ks_2samp(
        [score for score, one in scored if one], [score for score, one in scored if not one]
    )
    assert float(told["ks"]) == pytest.approx(ks.statistic, abs=1e-6)
    for band in found["bands"]:
        of_band = [
            outcomes[code] for code, one in sealed.items() if one["band_code"] == band["code"]
        ]
        assert (band["count"], band["bad"]) == (len(of_band), sum(of_band))
    groups = (found["bands"], found["lights"], found["parts"])
    assert sum(one["count"] for one in found["bands"]) + found["no_band"]["count"] == COUNT
    assert [sum(one["bad"] for one in group) for group in groups][1:] == [sum(bad)] * 2
    assert [one["expert"] for one in found["experts"]] == list(shipped_panel(SCHEME))
    assert all(0 < float(one["tau_b"]) < float(one["rho"]) <= 1 for one in found["experts"])
    assert not found["calibration"]["states_expected"]


def test_each_organisation_sees_the_look_and_nothing_else_is_sealed(
    rated: House, files: Path, outcomes: dict[str, bool]
) -> None:
    with rated.opened() as store:
        before, had = len(store.index), len(looks(store))
        backtest(store, SCHEME, files / "statements.parquet")
        taken = looks(store)[had:]
        assert len(store.index) - before == len(taken)
    assert {one["subject"] for one in taken} == outcomes.keys()
    assert all(one["read"] == {"evaluation": 1} and not one["withheld"] for one in taken)


def test_who_is_not_in_the_file_is_not_looked_at(rated: House, tmp_path: Path) -> None:
    chosen = [CODES[0], CODES[1], CODES[-1]]
    rows = [{"uscc": code, "failed": "01"[code == CODES[-1]]} for code in chosen]
    write_rows(tmp_path / "few.csv", [*rows, {"uscc": MEMBERS[0], "failed": "1"}])
    with rated.opened() as store:
        had = len(looks(store))
        found = backtest(store, SCHEME, tmp_path / "few.csv", target="failed")
        assert {one["subject"] for one in looks(store)[had:]} == set(chosen)
    assert found["cases"]["with_outcome"] == 3
    assert found["cases"]["not_members"] == 1
    assert found["outcomes"]["target"] == "failed"


def test_a_proposal_whose_grant_has_ended_is_left_out_and_the_refused_look_recorded(
    rated: House, files: Path
) -> None:
    gone = CODES[5]
    with rated.opened() as store:
        withdraw(store, gone)
        had = len(looks(store))
        found = backtest(store, SCHEME, files / "statements.csv")
        [look] = [one for one in looks(store)[had:] if one["subject"] == gone]
    assert found["cases"]["withheld"] == 1
    assert found["cases"]["with_proposal"] == COUNT - 1
    assert (look["read"], look["withheld"]) == ({}, {"finance.ratios": "grant_ended"})


def test_a_proposal_made_without_an_item_needs_no_grant_for_it(
    empty: House, tmp_path: Path
) -> None:
    rows = [{"uscc": code, "y": "01"[place == 0]} for place, code in enumerate(MEMBERS)]
    write_rows(tmp_path / "y.csv", rows)
    empty.deliver("roster", roster(consenting=False))
    with empty.opened() as store:
        assert all(one["withheld"] for one in evaluate(store, "association-2019"))
        found = backtest(store, "association-2019", tmp_path / "y.csv")
    assert found["cases"]["withheld"] == 0
    assert found["cases"]["with_proposal"] == len(MEMBERS)
    assert found["experts"] == []


def test_only_the_newest_proposal_by_the_scheme_in_force_counts(rated: House, files: Path) -> None:
    with rated.opened() as store:
        first = backtest(store, SCHEME, files / "statements.csv")
    later = rated.on("2026-11-20")
    with later.opened() as store:
        evaluate(store, SCHEME, [CODES[0]])
        again = backtest(store, SCHEME, files / "statements.csv")
    assert first["as_of"] == {"first": "2026-11-01", "last": "2026-11-01"}
    assert again["as_of"] == {"first": "2026-11-01", "last": "2026-11-20"}
    assert again["discrimination"] == first["discrimination"]


def test_orders_and_weights_of_other_experts_can_be_compared(
    rated: House, files: Path, tmp_path: Path, outcomes: dict[str, bool]
) -> None:
    with rated.opened() as store:
        scores = {code: one["score"] for code, one in newest(store).items() if one["score"]}
        best_first = sorted(scores, key=lambda code: -float(scores[code]))
        write_rows(
            tmp_path / "ranks.csv",
            [
                {"expert": expert, "uscc": code, "rank": rank}
                for expert, listed in (("same", best_first), ("turned", best_first[::-1]))
                for rank, code in enumerate(listed, 1)
            ],
        )
        ranked = backtest(store, SCHEME, files / "statements.csv", experts=tmp_path / "ranks.csv")
        panel = shipped_panel(SCHEME)
        write_rows(
            tmp_path / "weights.csv",
            [
                {"expert": name, "code": code, "weight": f"{float(weight):.6f}"}
                for name, own in panel.items()
                for code, weight in own.items()
            ],
        )
        weighed = backtest(
            store, SCHEME, files / "statements.csv", experts=tmp_path / "weights.csv"
        )
        shipped = backtest(store, SCHEME, files / "statements.csv")
    same, turned = ranked["experts"]
    assert float(same["tau_b"]) > 0.99  # the order has no ties where the scores have some
    assert float(turned["tau_b"]) == -float(same["tau_b"])
    assert same["kind"] == "ranks"
    assert float(same["auc"]) == pytest.approx(1 - float(turned["auc"]), abs=2e-6)
    assert weighed["experts"] == shipped["experts"]
    assert len(outcomes) == same["compared"]


def test_nothing_is_looked_at_when_the_weights_do_not_fit(
    rated: House, files: Path, tmp_path: Path
) -> None:
    write_rows(tmp_path / "w.csv", [{"expert": "a", "code": "profit", "weight": "1"}])
    with rated.opened() as store:
        before = len(store.index)
        with pytest.raises(TallyError) as refusal:
            backtest(store, SCHEME, files / "statements.csv", experts=tmp_path / "w.csv")
        assert refusal.value.code == "weights_do_not_cover"
        assert len(store.index) == before


def test_without_proposals_it_says_what_to_do(rated: House, files: Path) -> None:
    with rated.opened() as store, pytest.raises(TallyError) as refusal:
        backtest(store, "association-2019", files / "statements.csv")
    assert refusal.value.code == "not_evaluated_yet"
    assert "tally evaluate association-2019" in refusal.value.remedy.en


def test_outcomes_that_are_all_alike_are_refused(rated: House, tmp_path: Path) -> None:
    write_rows(tmp_path / "y.csv", [{"uscc": code, "y": "0"} for code in CODES[:4]])
    with rated.opened() as store, pytest.raises(TallyError) as refusal:
        backtest(store, SCHEME, tmp_path / "y.csv")
    assert refusal.value.code == "one_outcome"


def test_rows_that_cannot_be_read_are_listed_by_line(rated: House, tmp_path: Path) -> None:
    rows = [{"uscc": CODES[0], "y": "0"}, {"uscc": CODES[-1], "y": "1"}, {"uscc": "x", "y": "1"}]
    write_rows(tmp_path / "y.csv", rows)
    with rated.opened() as store:
        found = backtest(store, SCHEME, tmp_path / "y.csv")
    assert found["outcomes"]["unreadable"] == 1
    assert found["outcomes"]["problems"] == [{"line": 4, "code": "bad_uscc"}]


def test_no_float_is_in_the_document(rated: House, files: Path) -> None:
    with rated.opened() as store:
        found = backtest(store, SCHEME, files / "statements.csv")
    kinds = _kinds(found)
    assert kinds <= {str, int, bool, list, dict}


def _kinds(value: Any) -> set[type]:
    if isinstance(value, dict):
        return {dict}.union(*map(_kinds, value.values()))
    if isinstance(value, list):
        return {list}.union(*map(_kinds, value))
    return {type(value)}

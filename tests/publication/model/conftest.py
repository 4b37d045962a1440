"""A card as a committee gets it: eight numbers, two categories, one pair, and its validation."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tallystick.scorecards.binding import with_validation
from tallystick.scorecards.document import (
    Axis,
    Band,
    Card,
    Outcome,
    Scaling,
    Term,
    Training,
    Variable,
)

NAMES = (
    ("roa", "总资产收益率", "return on assets", "%"),
    ("debt", "资产负债率", "debt ratio", "%"),
    ("age", "成立年限", "years since founding", ""),
    ("cash", "现金比率", "cash ratio", ""),
    ("growth", "收入增长", "growth of revenue", "%"),
    ("turnover", "周转率", "turnover", ""),
    ("late", "逾期次数", "late payments", ""),
    ("staff", "职工数", "staff", ""),
)


def _woe(counts: tuple[int, ...], bads: tuple[int, ...]) -> tuple[str, ...]:
    bad, good = sum(bads), sum(counts) - sum(bads)
    return tuple(
        repr(math.log((n - b) / good / (b / bad))) if b and n > b else "0.0"
        for n, b in zip(counts, bads, strict=True)
    )


def _term(name: str, at: int) -> Term:
    axis = Axis(name, "number", ("-1.5", "0.25", "3.0", "12.75"), special=("-999.0",))
    counts, bads = (120 + at, 300, 410, 240, 90, 17, 23), (40, 35 + at, 20, 6, 1, 3, 5)
    points = (-31 - at, -9, 4, 17 + at, 28, -13, -7)
    return Term((axis,), points, counts, bads, _woe(counts, bads))


def _category(name: str, at: int) -> Term:
    axis = Axis(name, "category", groups=(("A1", "A2"), ("B1",)))
    counts, bads = (700, 480, 20, 0), (30, 75, 5, 0)
    return Term((axis,), (11 + at, -16, -21, 0), counts, bads, _woe(counts, bads))


def _pair() -> Term:
    down = Axis("roa", "number", ("0.25", "3.0"))
    across = Axis("form", "category", groups=(("A1", "A2"), ("B1",)))
    return Term((down, across), tuple(range(-8, 8)))


def _validation() -> dict[str, Any]:
    curve = [
        {"rows": 300, "bads": 3 * at, "expected": f"0.{at}5", "observed": f"0.{at}2"}
        | {"low": f"0.{at}1", "high": f"0.{at}8"}
        for at in range(4)
    ]
    bands = [
        {"code": code, "lowest": lowest, "rows": rows, "bads": bads, "rate": rate}
        | {"low": "0.020000", "high": "0.300000", "expected": "0.110000"}
        for code, lowest, rows, bads, rate in (
            ("C", None, 200, 60, "0.300000"),
            ("B", 580, 500, 40, "0.080000"),
            ("A", 640, 500, 10, "0.020000"),
        )
    ]
    return {
        "plan": {"kind": "repeated", "repeats": 5, "folds": 5, "seeds": [0, 1]}
        | {"rows_in_shared_groups": 12},
        "auc": {"mean": "0.812345", "low": "0.790000", "high": "0.830000"},
        "gini": "0.624690",
        "ks": "0.480000",
        "brier": "0.071000",
        "log_loss": "0.261000",
        "average_precision": "0.390000",
        "calibration": {"intercept": "0.010000", "slope": "0.980000", "curve": curve},
        "roc": [["0", "0"], ["0.1", "0.45"], ["0.4", "0.85"], ["1", "1"]],
        "outcomes": {"bands": bands, "monotone": True, "rising": []},
    }


@pytest.fixture
def card() -> Card:
    """The card; every part of its record is there."""
    numbers = [Variable(name, "number", zh, en, unit) for name, zh, en, unit in NAMES]
    kinds = [
        Variable("form", "category", "组织形式", "legal form"),
        Variable("region", "category", "地区", "region"),
    ]
    pd = tuple(range(900_000, 0, -100_000))
    made = Card(
        name="polish-2026",
        route="logistic",
        kind="points",
        variables=(*numbers, *kinds),
        terms=(
            *(_term(one[0], at) for at, one in enumerate(NAMES)),
            _category("form", 0),
            _category("region", 1),
            _pair(),
        ),
        offset=597,
        scaling=Scaling(600, "50", 20),
        outcome=Outcome(upper=tuple(range(480, 640, 20)), pd_ppm=pd),
        bands=(Band("C", None), Band("B", 580), Band("A", 640)),
        training=Training("12" * 32, "members.csv", "bad", 1200, 110),
        route_reason={"zh": "评审会要求可以手算", "en": "the committee wants to check by hand"},
        settings={"folds": 5, "ridge": "0.1"},
        record={
            "leakage": [],
            "monotonicity": {"price": "0.003100", "error": "0.001200", "folds": 5},
            "treatments": [
                {"code": "infinite", "column": "cash", "rows": 3, "zh": "无穷", "en": "infinite"}
            ],
            "dropped": [{"column": "name", "zh": "编号", "en": "an identifier"}],
            "seed": 7,
            "environment": {"fitted_on": "2026-11-29", "python": "3.11", "machine": "x86_64"}
            | {"system": "Linux", "tallystick": "0.7", "libraries": [["numpy", "2.4"]]},
        },
    )
    return with_validation(made, _validation())

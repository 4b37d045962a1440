"""The worked example of the published scheme comes out as it was published, mistakes included."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tallystick.app.evaluating import example
from tallystick.evaluation import shipped_schemes

SCHEME = "association-2019"
SCRIPT = (
    "import json; from tallystick.app.evaluating import example\n"
    f"print(json.dumps(example('{SCHEME}'), sort_keys=True))"
)


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    [only] = example(SCHEME)
    return only


def test_the_score_is_72_5_to_the_digit(result: dict[str, Any]) -> None:
    assert result["score"] == "72.5"


def test_the_five_products_are_those_of_the_published_table(result: dict[str, Any]) -> None:
    table = [(one["score"], one["weight"], one["product"]) for one in result["contributions"]]
    assert table == [
        ("80", "0.2", "16"),
        ("120", "0.2", "24"),
        ("70", "0.2", "14"),
        ("90", "0.15", "13.5"),
        ("50", "0.1", "5"),
    ]


def test_weights_of_less_than_one_and_a_score_above_100_are_reported_and_not_repaired(
    result: dict[str, Any],
) -> None:
    warnings = {one["code"]: one["value"] for one in result["warnings"]}
    assert warnings["W_WEIGHT_SUM"] == "0.85"
    assert warnings["W_SCALE"] == "经营类=120"


def test_the_score_alone_says_upper_medium_risk_and_two_rules_make_it_high(
    result: dict[str, Any],
) -> None:
    assert result["band_before_rules"] == "中高风险"
    assert (result["band"], result["light"]) == ("高风险", "red")
    assert [(one["rule"], one["level"]) for one in result["rules_hit"]] == [
        ("失信被执行人", 4),
        ("公共信用黑名单", 4),
    ]
    assert all(one["records"] for one in result["rules_hit"])


def test_it_is_a_proposal_and_says_so(result: dict[str, Any]) -> None:
    assert result["status"] == "proposal"
    assert "预评" in result["status_text"]["zh"]
    assert "PROPOSAL" in result["status_text"]["en"].upper()


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Asia/Shanghai"},
        {"PYTHONHASHSEED": "42", "LC_ALL": "de_DE.UTF-8", "TZ": "America/Los_Angeles"},
        {"PYTHONHASHSEED": "0", "LC_ALL": "zh_CN.UTF-8", "TZ": "Pacific/Kiritimati"},
    ],
)
def test_another_process_language_and_time_zone_give_the_same_digest(
    result: dict[str, Any], environment: dict[str, str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, **environment},
        capture_output=True,
        check=True,
    )
    [other] = json.loads(done.stdout)
    assert other == json.loads(json.dumps(result))
    assert other["digest"] == result["digest"]


def test_the_scheme_is_shipped() -> None:
    assert SCHEME in shipped_schemes()

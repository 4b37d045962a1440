from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tallystick.evaluation import (
    Scheme,
    evaluation_json,
    explain_document,
    parse_scheme,
    run_example,
    shipped_scheme,
    worked_example,
)
from tallystick.kernel.errors import TallyError

if TYPE_CHECKING:
    from collections.abc import Callable

DEBTOR = "7a31001ffe089b21beac64a80ed4a743e8031b7806c6911dfa91376ecc837060"
BLACKLIST = "bfa034bbb8c97250e702b53a9bbf760ddffa44afc686b40f3744eaec2f5bb49c"


def test_the_published_example_comes_out_to_the_digit() -> None:
    evaluation = worked_example()
    assert evaluation.score == "72.5"
    assert [
        (one.dimension.short.zh, one.score, one.weight, one.product)
        for one in evaluation.contributions
    ] == [
        ("基础类", "80", "0.2", "16"),
        ("经营类", "120", "0.2", "24"),
        ("公共信用类", "70", "0.2", "14"),
        ("行业管理类", "90", "0.15", "13.5"),
        ("荣誉奖励类", "50", "0.1", "5"),
    ]


def test_its_two_anomalies_are_reported_and_not_repaired() -> None:
    warnings = [(one.code, one.value) for one in worked_example().warnings]
    assert warnings == [
        ("W_WEIGHT_SUM", "0.85"),
        ("W_SCALE", "经营类=120"),
        ("W_UNMAPPED_GROUP", "行政许可"),
        ("W_UNMAPPED_GROUP", "外部信息"),
    ]
    assert worked_example().score not in {"85.29", "85.294", "68.5"}


def test_two_hits_of_level_four_move_medium_high_to_high_and_red() -> None:
    document = worked_example().document()
    assert document["band_before_rules"] == "中高风险"
    assert document["band"] == "高风险"
    assert document["light"] == "red"
    assert document["rules_hit"] == [
        {"rule": "失信被执行人", "code": "judgment-debtor", "level": 4, "records": [DEBTOR]},
        {"rule": "公共信用黑名单", "code": "public-blacklist", "level": 4, "records": [BLACKLIST]},
    ]
    assert document["status"] == "proposal"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_explanation_lists_five_products_and_two_rules_with_their_evidence(
    language: str,
) -> None:
    evaluation = worked_example()
    told = explain_document(evaluation.scheme, evaluation.document(), language)
    kinds = Counter(reason["code"] for reason in told["reasons"])
    assert kinds == {"dimension_product": 5, "rule_hit": 2, "band_by_rules": 1}
    evidence = [reason["records"] for reason in told["reasons"] if reason["code"] == "rule_hit"]
    assert evidence == [[DEBTOR], [BLACKLIST]]
    assert all(reason["text"] for reason in told["reasons"])
    assert "120" in told["reasons"][1]["text"]
    assert "24" in told["reasons"][1]["text"]


def test_the_form_for_programs_has_every_member_promised() -> None:
    form = evaluation_json(worked_example())
    promised = {
        "subject", "score", "band_before_rules", "band", "light", "contributions", "rules_hit",
        "warnings", "reasons", "coverage", "withheld", "status", "digest",
    }  # fmt: skip
    assert promised <= form.keys()
    assert {"dimension", "score", "weight", "product"} <= form["contributions"][0].keys()
    assert {"code", "value"} <= form["warnings"][0].keys()


def test_another_node_finds_the_same_digest() -> None:
    program = (
        "from tallystick.evaluation import worked_example as w\n"
        "import decimal; decimal.getcontext().prec = 3\n"
        "e = w(); print(e.digest, e.score)\n"
    )
    source = Path(__file__).parents[2] / "src"
    for seed in ("1", "2"):
        said = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONPATH": str(source), "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        assert said == [worked_example().digest, "72.5"]


def test_the_cut_is_open_to_the_scheme_and_marked_as_reconstructed() -> None:
    text = shipped_scheme("association-2019")
    lower = text.replace("{at_least: 75, no_hit: low", "{at_least: 72.5, no_hit: low")
    lower = lower.replace("band_before_rules: medium-high", "band_before_rules: low")
    evaluation = run_example(parse_scheme(lower))
    assert evaluation.band_before_rules is not None
    assert evaluation.band_before_rules.names.zh == "低风险"
    assert evaluation.band is not None
    assert evaluation.band.light == "red", "level 4 is red whatever the score"
    note = parse_scheme(text).matrix.note
    assert note is not None
    assert "重建" in note.zh
    assert "econstruct" in note.en


def test_a_scheme_without_example_says_so(small: Scheme) -> None:
    with pytest.raises(TallyError) as refusal:
        run_example(small)
    assert refusal.value.code == "no_example"


def test_a_dimension_the_example_leaves_out_is_unknown(rewritten: Callable[..., Scheme]) -> None:
    example = (
        "example:\n  subject: 某样例企业\n  as_of: 2026-04-01\n  scores: {law: 90}\n"
        "  score: 90\n  band_before_rules: low\n  band: low\n"
    )
    scheme = rewritten(
        (
            "  unknown_dimension: no_proposal\n",
            "  unknown_dimension: neutral\n" + example,
        )
    )
    evaluation = run_example(scheme)
    assert [(one.score, one.assumed) for one in evaluation.contributions] == [
        ("90", None),
        (None, "90"),
    ]
    assert json.loads(json.dumps(evaluation.document())) == evaluation.document()

from __future__ import annotations

import csv
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tallystick.evaluation import (
    Evaluation,
    Scheme,
    evaluate,
    lint_scheme,
    parse_scheme,
    shipped,
    shipped_panel,
    shipped_scheme,
    shipped_schemes,
)
from tallystick.kernel.errors import TallyError
from tallystick.records.facts import Fact
from tallystick.rulebook.catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

AS_OF = "2026-04-01"

# The indicators of the published scheme, in its order and its words.
PUBLISHED = {
    "企业基本信息": [
        "成立年限",
        "注册资本",
        "实缴比例",
        "行业信息",
        "股东情况",
        "主要管理人员(董监高)",
        "注册变化情况",
        "ISO质量管理体系认证",
        "国家/市级品牌培养企业",
        "高新技术企业",
        "其他资质",
        "专利数",
        "发明专利数",
        "作品著作权数",
        "商标数",
    ],
    "经营管理信息": [
        "币圈还是链圈",
        "产品数量",
        "服务制度",
        "经营异常次数",
        "是否股权出质",
        "是否动产抵押",
    ],
    "公共信用信息": [
        "是否失信被执行人",
        "被执行人次数等涉诉信息",
        "行政处罚次数",
        "严重违法次数",
        "是否有欠税公告",
    ],
    "行业管理信息": [
        "是否及时缴纳会费",
        "是否积极参与协会会议和活动",
        "是否履行社会职责",
        "是否遵守行业协会诚信公约",
    ],
    "荣誉影响力信息": [
        "国家级荣誉奖励",
        "省(直辖市)级荣誉奖励",
        "地市级荣誉奖励",
        "参与国标/地标/行标/企标制定数量",
        "参与国际国内顶级论坛并发表演讲次数",
    ],
}
WEIGHTS = ["0.2", "0.2", "0.2", "0.15", "0.1"]


def half_width(text: str) -> str:
    return text.replace("（", "(").replace("）", ")")


def test_the_dimensions_and_the_thirty_five_indicators_are_those_published(
    association: Scheme,
) -> None:
    found: dict[str, list[str]] = {}
    for dimension in association.dimensions:
        found[dimension.names.zh] = [
            half_width(one.names.zh)
            for one in association.indicators
            if one.dimension == dimension.code
        ]
    assert found == PUBLISHED
    assert len(association.indicators) == 35
    assert [Fraction(one.weight) for one in association.dimensions] == [
        Fraction(weight) for weight in WEIGHTS
    ]


def test_the_rules_stand_on_the_four_levels_published(association: Scheme) -> None:
    levels = [rule.level for rule in association.rules]
    assert levels == [1, 2, 2, 3, 3, 4, 4, 4]
    grave = [rule.names.zh for rule in association.rules if rule.level == 4]
    assert grave[:2] == ["失信被执行人", "公共信用黑名单"]


def test_groups_without_a_place_are_shown_as_such(association: Scheme) -> None:
    assert [group.names.zh for group in association.unmapped] == ["行政许可", "外部信息"]
    items = {one.selection.item for one in association.indicators}
    assert "licence.decision" not in items


def test_what_is_our_judgement_is_marked_as_ours(association: Scheme) -> None:
    text = shipped_scheme("association-2019")
    assert "our judgement" in text
    assert "2019" in association.names.en
    assert any("judgement" in one.en for one in association.basis)


def test_everything_in_it_can_be_said_in_both_languages(association: Scheme) -> None:
    texts = [one.names for one in association.dimensions]
    texts += [one.names for one in association.indicators]
    texts += [one.names for one in association.rules]
    texts += [one.names for one in association.bands]
    texts += [one.names for one in association.unmapped]
    for text in texts:
        assert text.zh
        assert text.en
        assert text.en.isascii(), text.en
    assert all(rule.ends_by for rule in association.rules)


def test_every_item_it_reads_is_in_the_catalogue(association: Scheme) -> None:
    known = catalogue().items.keys()
    assert {one.selection.item for one in association.indicators} <= known
    assert {one.selection.item for one in association.rules} <= known


def test_it_has_no_problem(association: Scheme) -> None:
    assert association.digest
    for name in shipped_schemes():
        assert lint_scheme(shipped_scheme(name), file=name) == []


def test_a_scheme_that_does_not_ship_is_refused_by_name() -> None:
    with pytest.raises(TallyError) as refusal:
        shipped_scheme("../../secrets")
    assert refusal.value.code == "not_shipped"
    assert "association-2019" in str(refusal.value)


def test_no_judgement_table_leaves_the_scale(association: Scheme) -> None:
    low, high = association.scale
    for one in association.indicators:
        points = [step.points for step in one.steps]
        assert all(low <= value <= high for value in points), one.code
        if points:
            assert max(points) == Decimal(100), f"{one.code}: the best step is the best score"


def profile(fact: Callable[..., Fact], level: int) -> list[Fact]:
    """Return the facts of a fictional member from poor (0) to excellent (3)."""

    def many(item: str, count: int, **data: Any) -> list[Fact]:
        return [fact(item, f"2025-0{month + 1}-15", **data) for month in range(count)]

    return [
        fact(
            "registration.basic",
            established_on=("2025-06-01", "2022-05-01", "2018-05-01", "2012-05-01")[level],
            registered_capital=("500000", "3000000", "10000000", "60000000")[level],
            paid_in_capital=("0", "1500000", "8000000", "60000000")[level],
            industry="I6510",
            shareholders=1 + 2 * level,
            officers=1 + 2 * level,
            changes_12m=(6, 3, 1, 0)[level],
        ),
        fact(
            "selfdeclared.qualification",
            iso9001=level >= 2,
            cultivated_brand=level >= 3,
            high_tech=level >= 2,
            other_qualifications=level,
        ),
        fact(
            "selfdeclared.intellectual_property",
            patents=4 * level,
            invention_patents=2 * level,
            copyrights=3 * level,
            trademarks=level,
        ),
        fact(
            "selfdeclared.operation",
            business_line="chain" if level else "mixed",
            products=2 * level,
            service_system=level >= 1,
            equity_pledged=level == 0,
            chattel_mortgaged=level == 0,
        ),
        fact(
            "association.membership_year",
            "2025-12-31",
            fees_paid_on_time=level >= 1,
            meetings_held=6,
            meetings_attended=2 * level,
            social_duties=level,
            charter_kept=level >= 1,
        ),
        *many("penalty.decision", (3, 1, 0, 0)[level], severity="ordinary"),
        *many("registry.abnormal_operation", (2, 0, 0, 0)[level]),
        *many("honour.award", (0, 0, 1, 3)[level], level="municipal"),
        *many("honour.standard", (0, 0, 1, 3)[level], level="industry"),
        *many("honour.forum_speech", (0, 0, 1, 3)[level], level="national"),
    ]


def test_members_from_poor_to_excellent_spread_over_the_scale(
    association: Scheme, everything: frozenset[str], fact: Callable[..., Fact]
) -> None:
    found: list[Evaluation] = [
        evaluate(association, "x", profile(fact, level), as_of=AS_OF, consulted=everything)
        for level in range(4)
    ]
    assert [one.light for one in found] == ["orange", "orange", "green", "green"]
    scores = [Fraction(one.score or 0) for one in found]
    assert scores == sorted(scores)
    assert scores[0] < 50, "a poor member stands well below the cut"
    assert scores[3] > 80, "0.85 of the weight: 85 is the most there is"
    assert all(later - earlier > 3 for earlier, later in pairwise(scores))
    for one in found:
        for contribution in one.contributions:
            assert contribution.score is not None
            assert 0 <= Fraction(contribution.score) <= 100


def test_a_member_without_any_grant_gets_a_score_of_public_facts_and_no_light_from_it(
    association: Scheme, everything: frozenset[str], fact: Callable[..., Fact]
) -> None:
    closed = [
        (item, "no_grant")
        for item in sorted(everything)
        if catalogue().item(item).sharing.value == "consent"
    ]
    facts = profile(fact, 2)
    found = evaluate(association, "x", facts, as_of=AS_OF, consulted=everything, withheld=closed)
    assert (found.status, found.band, found.light) == ("no_proposal", None, None)
    assert found.score is not None
    assert Fraction(found.coverage["known"]) < Fraction(1, 2)
    warned = {one.code for one in found.warnings}
    assert {"W_LOW_COVERAGE", "W_UNKNOWN_DIMENSION"} <= warned
    states = {one["state"] for one in found.coverage["items"] if one["item"] in dict(closed)}
    assert states == {"withheld"}


QUESTIONNAIRES = Path(shipped.__file__).with_name("schemes") / "polish1-questionnaires.csv"
TOP = "dimensions"


def judged() -> dict[str, dict[str, dict[tuple[str, str], Fraction]]]:
    """Return group -> expert -> pair -> how many times the first outweighs the second."""
    found: dict[str, dict[str, dict[tuple[str, str], Fraction]]] = {}
    for row in csv.DictReader(QUESTIONNAIRES.read_text(encoding="utf-8").splitlines()):
        answers = found.setdefault(row["group"], {}).setdefault(row["expert"], {})
        answers[row["a"], row["b"]] = Fraction(row["judgment"])
    return found


def principal(pairs: dict[tuple[str, str], float]) -> tuple[dict[str, float], float]:
    """Return the principal eigenvector of the matrix of `pairs`, summing to 1, and its value."""
    codes = sorted({code for pair in pairs for code in pair})
    matrix = np.ones((len(codes), len(codes)))
    for (one, other), times in pairs.items():
        i, j = codes.index(one), codes.index(other)
        matrix[i, j], matrix[j, i] = times, 1 / times
    values, vectors = np.linalg.eig(matrix)
    best = int(np.argmax(values.real))
    vector = np.abs(vectors[:, best].real)
    return dict(zip(codes, vector / vector.sum(), strict=True)), float(values[best].real)


def test_the_weights_of_the_ratios_are_those_the_fictional_panel_gives() -> None:
    scheme = parse_scheme(shipped_scheme("polish1-ahp"), file="")
    weights = {one.code: float(one.weight) for one in scheme.dimensions}
    weights |= {one.code: float(one.weight) for one in scheme.indicators}
    panel = shipped_panel("polish1-ahp")
    seen = set()
    for answers in judged().values():
        assert answers.keys() == panel.keys()
        joined = {
            pair: float(np.prod([float(own[pair]) for own in answers.values()])) ** (1 / 3)
            for pair in next(iter(answers.values()))
        }
        for code, weight in principal(joined)[0].items():
            assert weights[code] == pytest.approx(weight, abs=2e-6), code
            seen.add(code)
        for expert, own in answers.items():
            alone, greatest = principal({pair: float(times) for pair, times in own.items()})
            for code, weight in alone.items():
                assert float(panel[expert][code]) == pytest.approx(weight, abs=2e-6)
            size = len(alone)
            # Saaty's consistency ratio, with the random index of his table of 2005.
            index = {3: 0.52, 4: 0.89}[size]
            assert (greatest - size) / (size - 1) / index < 0.1
    assert seen == weights.keys()


def test_a_panel_that_ships_says_that_it_is_fiction() -> None:
    text = shipped_scheme("polish1-ahp")
    assert "SAMPLE" in text
    assert "虚构" in text
    assert all(
        expert.startswith("fictional") for answers in judged().values() for expert in answers
    )

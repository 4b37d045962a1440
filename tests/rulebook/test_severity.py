from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallystick.kernel.errors import TallyError
from tallystick.rulebook.severity import Severity, huge_fine_default, severity_of

MODEST = settings(max_examples=100, deadline=None)
ORDER = [Severity.MINOR, Severity.ORDINARY, Severity.SERIOUS]
KINDS = [
    "警告", "通报批评", "罚款", "没收违法所得", "没收非法财物", "暂扣许可证件", "降低资质等级",
    "吊销许可证件", "限制开展生产经营活动", "责令停产停业", "责令关闭", "限制从业", "行政拘留",
    "其他",
]  # fmt: skip


@pytest.mark.parametrize(
    ("kinds", "fine", "severity"),
    [
        (["警告"], None, "minor"),
        (["通报批评"], None, "minor"),
        (["警告", "通报批评"], "0", "minor"),
        (["罚款"], "3000", "minor"),
        (["警告", "罚款"], "0.01", "minor"),
        (["罚款"], "3000.01", "ordinary"),
        (["罚款"], None, "ordinary"),
        (["罚款"], "999999.99", "ordinary"),
        (["罚款"], "1000000", "serious"),
        (["没收违法所得"], None, "ordinary"),
        (["罚款", "没收非法财物"], "100", "ordinary"),
        (["吊销许可证件"], None, "serious"),
        (["暂扣许可证件"], None, "serious"),
        (["降低资质等级"], None, "serious"),
        (["限制开展生产经营活动"], None, "serious"),
        (["责令停产停业"], None, "serious"),
        (["责令关闭"], None, "serious"),
        (["限制从业"], None, "serious"),
        (["警告", "吊销营业执照"], None, "serious"),
        (["其他"], None, "ordinary"),
        (["警告", "其他"], None, "ordinary"),
        ([], None, "ordinary"),
    ],
)
def test_the_severity_of_a_penalty(kinds: list[str], fine: str | None, severity: str) -> None:
    assert severity_of(kinds, fine=fine).severity.value == severity


def test_a_revoked_licence_is_serious_whatever_the_kinds_say() -> None:
    assert severity_of(["罚款"], fine="100", licence_revoked="卫生许可证 001").severity == "serious"
    for nothing in ("", " ", "无", "/", "-", None):
        found = severity_of(["罚款"], fine="100", licence_revoked=nothing)
        assert found.severity is Severity.MINOR


def test_a_confiscated_amount_is_never_minor() -> None:
    assert severity_of(["罚款"], fine="100", confiscation="0.01").severity is Severity.ORDINARY
    assert severity_of(["罚款"], fine="100", confiscation="0").severity is Severity.MINOR
    found = severity_of(["罚款"], fine="400000", confiscation="600000")
    assert found.rule == "huge_fine"


def test_what_counts_as_huge_is_a_setting_and_shown_as_unverified() -> None:
    found = severity_of(["罚款"], fine="50000", huge_fine_cny="50000")
    assert found.severity is Severity.SERIOUS
    assert not found.basis.verified
    assert "工具自定" in found.basis.text.zh
    assert huge_fine_default() == "1000000"


def test_the_answer_says_why_and_on_what_basis_in_both_languages() -> None:
    for kinds in (["警告"], ["罚款"], ["没收违法所得"], ["吊销许可证件"], ["其他"]):
        found = severity_of(kinds)
        assert found.why.zh
        assert found.why.en
        assert found.basis.text.zh
        assert found.rule
    assert severity_of(["罚款"], fine="3000").basis.rule == "行政处罚法 art. 51"


@given(st.lists(st.sampled_from(KINDS), max_size=4), st.integers(0, 2_000_000))
@MODEST
def test_a_larger_fine_is_never_less_serious(kinds: list[str], fine: int) -> None:
    steps = [severity_of(kinds, fine=str(fine + more)).severity for more in (1, 3_000, 1_000_000)]
    assert all(ORDER.index(a) <= ORDER.index(b) for a, b in pairwise(steps))


@given(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4))
@MODEST
def test_the_order_of_the_kinds_changes_nothing(kinds: list[str]) -> None:
    assert severity_of(kinds) == severity_of(reversed(kinds))


def test_an_amount_that_is_no_decimal_is_refused() -> None:
    with pytest.raises(TallyError):
        severity_of(["罚款"], fine="2,000")


def test_each_severity_has_its_names() -> None:
    assert [severity.names.zh for severity in ORDER] == ["轻微", "一般", "严重"]

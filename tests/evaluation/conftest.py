from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tallystick.evaluation import parse_scheme, scheme_items, shipped_scheme
from tallystick.evaluation.schemes.scheme import Scheme
from tallystick.records.facts import Fact

if TYPE_CHECKING:
    from collections.abc import Callable

AS_OF = "2026-04-01"

SMALL = """\
form: tallystick-scheme/1
id: small
version: "1"
names: {zh: 小方案, en: Small}
date: 2026-04-01
basis:
  - {zh: 章程, en: The charter}
scale: {min: 0, max: 100}
decimals: 2
dimensions:
  - {code: law, names: {zh: 守法, en: Law}, weight: 0.6}
  - {code: care, names: {zh: 自律, en: Care}, weight: 0.4}
indicators:
  - code: L1
    names: {zh: 处罚次数, en: Penalties}
    dimension: law
    item: penalty.decision
    window_months: 12
    aggregate: count
    weight: 0.7
    table:
      - {at_least: 2, points: 0}
      - {at_least: 1, points: 50}
      - {otherwise: true, points: 100}
    actionable: {zh: 信用修复, en: Credit repair}
  - code: L2
    names: {zh: 欠税, en: Arrears}
    dimension: law
    item: tax.arrears_notice
    where: {cleared_on: {absent_or_after: as_of}}
    aggregate: any
    weight: 0.3
    table:
      - {is: false, points: 100}
      - {is: true, points: 40}
  - code: C1
    names: {zh: 参会率, en: Attendance}
    dimension: care
    item: association.membership_year
    aggregate: ratio
    field: meetings_attended
    of: meetings_held
    weight: 0.5
    formula: 40 + 60 * min(1, value)
  - code: C2
    names: {zh: 产品数, en: Products}
    dimension: care
    item: selfdeclared.operation
    aggregate: latest
    field: products
    weight: 0.5
    table:
      - {at_least: 3, points: 100}
      - {otherwise: true, points: 60}
  - code: N1
    names: {zh: 投诉, en: Complaints}
    dimension: care
    item: context.complaint
    aggregate: count
    weight: 0
rules:
  - code: debtor
    names: {zh: 失信被执行人, en: Judgment debtor}
    level: 4
    item: court.judgment_debtor
    where: {performance: {is_not: full}}
  - code: breach
    names: {zh: 违约, en: Breach}
    level: 2
    item: association.charter_breach
    where: {kind: [charter_breach, harm_to_industry]}
bands:
  - {code: low, names: {zh: 低风险, en: Low}, light: green}
  - {code: medium, names: {zh: 中风险, en: Medium}, light: yellow}
  - {code: high, names: {zh: 高风险, en: High}, light: red}
matrix:
  rows:
    - {at_least: 75, no_hit: low, hit: medium}
    - {no_hit: medium, hit: high}
  steps: {1: 0, 2: 1, 3: 2, 4: worst}
policy:
  weight_sum: warn
  scale: warn
  unknown_dimension: no_proposal
"""


@pytest.fixture
def small_text() -> str:
    return SMALL


@pytest.fixture
def small() -> Scheme:
    return parse_scheme(SMALL)


@pytest.fixture
def rewritten() -> Callable[..., Scheme]:
    """Return the small scheme with each `old` text replaced by the `new` one."""

    def read(*changes: tuple[str, str]) -> Scheme:
        text = SMALL
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        return parse_scheme(text)

    return read


@pytest.fixture(scope="session")
def association() -> Scheme:
    return parse_scheme(shipped_scheme("association-2019"))


@pytest.fixture(scope="session")
def everything(association: Scheme) -> frozenset[str]:
    """Return every item of the association's scheme: all sources were read."""
    return frozenset(scheme_items(association))


@pytest.fixture
def fact() -> Callable[..., Fact]:
    """Return a maker of facts; records are numbered in the order they are made."""
    made = [0]

    def make(
        item: str,
        occurred: str = "2026-01-10",
        *,
        channel: str = "transcribed",
        verified: bool = True,
        until: str | None = None,
        record: str = "",
        **data: Any,
    ) -> Fact:
        made[0] += 1
        name = record or f"{made[0]:064x}"
        return Fact(name, item, data, occurred, channel, verified, until)

    return make

"""Asking both verifiers of one receipt, and holding them to one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.publication.evidence.own_ledger import (
    NOW,
    WITNESSES,
    Plan,
    policy_of,
)

from tallystick.app.verifying import verify

if TYPE_CHECKING:
    from types import ModuleType

A, B, C = WITNESSES
HONEST = Plan()
TRUST = policy_of()


def told_by_both(
    checker: ModuleType, data: bytes, trust: str, age: int | None = None
) -> tuple[list[str], list[str]]:
    """Return the steps that do not hold, by the first and by the second verifier."""
    verdict = verify(data, trust, age, NOW)
    first = [check.step for check in verdict.checks if not check.ok]
    assert verdict.valid == (not first)
    done, _ = checker.check(data, checker.Policy(trust), age, NOW)
    return first, [step for step, why in done.items() if why]


def agreed(checker: ModuleType, data: bytes, trust: str, age: int | None = None) -> bool:
    first, second = told_by_both(checker, data, trust, age)
    if first == ["kind"]:  # the one difference allowed
        return False
    assert bool(first) == bool(second), (first, second, data.decode())
    return not first

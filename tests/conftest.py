"""What holds for every test of the house: where it counts, a skipped test is a failed test.

On a developer's machine a skip is shown and let pass. With CI=true it fails, and so does an
expected failure: a promise that is not checked is not kept.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

NOT_RUN = "{name} was skipped: {why}. A test that does not run proves nothing; mend or remove it."


# What the terminal of whoever runs the tests has set up for a workspace of theirs is not for us.
for name in [name for name in os.environ if name.startswith("TALLY_")]:
    del os.environ[name]

# Started in the background of a shell, this process ignores the interrupt of the keyboard, and so
# would every server a test starts and ends by it.
signal.signal(signal.SIGINT, signal.default_int_handler)


def strict() -> bool:
    """Return whether skips fail: in CI, which sets CI=true."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure that says what was skipped and why."""
    if report.skipped and strict():
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = NOT_RUN.format(name=report.nodeid, why=why)
        vars(report).pop("wasxfail", None)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Watch the report of each test."""
    report = yield
    refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Watch the report of each file of tests: a whole file can be skipped too."""
    report = yield
    refuse_skip(report)
    return report

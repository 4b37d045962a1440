"""Evidence packages: making one, checking one."""

from __future__ import annotations

import argparse

from tallystick.cli.faults import DONE, REFUSED
from tallystick.cli.opening import opened, read_words, refuse_own_files
from tallystick.cli.pages import evidence as pages
from tallystick.cli.parsing import WrongUsageError
from tallystick.cli.screen import Screen
from tallystick.kernel.texts import Text

_MAKE_OR_CHECK = Text(
    "制作：给出记录编号和 -o；核验：给出 --check 和 --trust，别无其他",
    "to make one name records and -o; to check one give --check and --trust and nothing else",
)


def evidence(screen: Screen, given: argparse.Namespace) -> int:
    """Make an evidence package, or check one: 1 unless every step holds."""
    making = bool(given.record) and given.output is not None
    made_of = bool(given.record or given.output or given.file or given.no_content)
    checking = given.check is not None and given.trust is not None and not made_of
    if not checking and (not making or given.check is not None or given.trust is not None):
        raise WrongUsageError(("evidence",), screen.tell(_MAKE_OR_CHECK))
    return _check(screen, given) if checking else _make(screen, given)


def _make(screen: Screen, given: argparse.Namespace) -> int:
    from tallystick.app import evidencing  # noqa: PLC0415 - not before it is needed

    refuse_own_files(given, given.output)
    with opened(screen, given, writer=True) as store:
        document = evidencing.evidence(
            store, given.record, given.output, given.file or (), content=not given.no_content
        )
    screen.show(document, lambda _: pages.show_made(screen, document))
    return DONE if document["valid"] else REFUSED


def _check(screen: Screen, given: argparse.Namespace) -> int:
    from tallystick.app.package_checks import check_package  # noqa: PLC0415

    verdict = check_package(given.check, read_words(given.trust))
    document = verdict.to_json(screen.language)
    screen.sample = verdict.sample
    screen.show(document, lambda _: pages.show_checked(screen, document))
    return DONE if verdict.valid else REFUSED

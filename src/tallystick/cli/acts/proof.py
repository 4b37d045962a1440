"""Receipts, their check by anybody, the check of a whole workspace."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any, BinaryIO

from tallystick.cli.faults import DONE, REFUSED
from tallystick.cli.itself import program
from tallystick.cli.opening import (
    opened,
    opened_to_check,
    read_words,
    refuse_own_files,
    settings_of,
    write_whole,
)
from tallystick.cli.pages import verdict as pages
from tallystick.cli.pages.values import near, typed
from tallystick.cli.parsing import WrongUsageError
from tallystick.cli.progress import showing
from tallystick.cli.screen import Screen
from tallystick.kernel.texts import Text

_NAME_DIGITS = 12
_OF_THE_CATALOGUE = frozenset(("item", "purpose", "categories"))
_AGE_OF_FILES = Text(
    "--max-age 用于回执或报告，不用于印出的码",
    "--max-age is for receipts and reports, not for a printed code",
)
_ONE_OF_BOTH = Text(
    "给出一个文件，或用 --code 给出印出的码；--receipt 只与 --code 同用",
    "name a file, or give a printed code with --code; --receipt goes with --code only",
)


def verify(screen: Screen, given: argparse.Namespace) -> int:
    """Check a receipt, a report or a printed code against a trust file; 1 unless it is valid."""
    from tallystick.app import verifying  # noqa: PLC0415

    if (given.file is None) == (given.code is None) or (given.receipt and not given.code):
        raise WrongUsageError(("verify",), screen.tell(_ONE_OF_BOTH))
    trust = None if given.trust is None else read_words(given.trust)
    if given.max_age is not None and given.code is not None:
        raise WrongUsageError(("verify",), screen.tell(_AGE_OF_FILES))
    if given.code is not None:
        return _verify_code(screen, given, trust)
    with opened_to_check(given.file) as file:
        data = file.read(verifying.RECEIPT_BYTES_MAX + 1)  # a larger file is no receipt
        if verifying.is_paper(data):
            return _verify_paper(screen, file, data, trust, _age_of(given))
    verdict = verifying.verify(data, trust, _age_of(given), _clock())
    document = verdict.to_json(screen.language)
    screen.sample = verdict.sample

    def page(_: Screen) -> None:
        body = _in_words(document["body"], screen.language)
        pages.show_verdict(screen, {**document, "body": body}, trusting=trust is not None)

    screen.show(document, page)
    return DONE if verdict.valid else REFUSED


def _age_of(given: argparse.Namespace) -> int | None:
    from tallystick.app.freshness import seconds_of  # noqa: PLC0415

    return None if given.max_age is None else seconds_of(given.max_age)


def _clock() -> int:
    return int(datetime.now(tz=UTC).timestamp())


def _in_words(body: Any, language: str) -> Any:  # noqa: ANN401 - a stranger's paper
    """Return the body of a receipt with what the catalogue names in words.

    The catalogue is read only for a record that speaks of it: a decision is checked at once.
    """
    if not isinstance(body, dict) or _OF_THE_CATALOGUE.isdisjoint(body):
        return body
    from tallystick.app.naming import shown_body  # noqa: PLC0415

    return shown_body(body, language)


def _verify_paper(
    screen: Screen, file: BinaryIO, head: bytes, trust: str | None, age: int | None
) -> int:
    from tallystick.app.paper_checks import PAPER_BYTES_MAX, verify_paper  # noqa: PLC0415
    from tallystick.cli.pages.paper import show_paper  # noqa: PLC0415

    data = head + file.read(PAPER_BYTES_MAX + 1 - len(head))
    verdict = verify_paper(data, trust, age, _clock())
    document = verdict.to_json(screen.language)
    screen.sample = verdict.sample
    screen.show(document, lambda _: show_paper(screen, document, trusting=trust is not None))
    return DONE if verdict.valid else REFUSED


def _verify_code(screen: Screen, given: argparse.Namespace, trust: str | None) -> int:
    from tallystick.app.code_checks import Found, verify_code  # noqa: PLC0415
    from tallystick.app.verifying import RECEIPT_BYTES_MAX  # noqa: PLC0415
    from tallystick.cli.pages.paper import show_code  # noqa: PLC0415

    found = Found()
    if given.receipt is not None:
        with opened_to_check(given.receipt) as file:
            found = Found(file.read(RECEIPT_BYTES_MAX + 1))
    elif given.workspace is not None:
        from tallystick.app.papers import find_coded  # noqa: PLC0415

        with opened(screen, given, writer=True) as store:
            found = find_coded(store, given.code)
    verdict = verify_code(given.code, trust, found)
    document = verdict.to_json(screen.language)
    screen.sample |= verdict.sample
    screen.show(document, lambda _: show_code(screen, document, trusting=trust is not None))
    return DONE if verdict.valid else REFUSED


def receipt(screen: Screen, given: argparse.Namespace) -> None:
    """Write the receipt of a record."""
    from tallystick.app import receipts  # noqa: PLC0415

    if given.output is not None:
        refuse_own_files(given, given.output)
    with opened(screen, given, writer=True) as store:
        data = receipts.make(store, given.record, content=not given.no_content)
        record = store.log.commitments(store.find(given.record), 1)[0].hex()
        default = store.paths.receipts / f"{record[:_NAME_DIGITS]}.tally"
        trust = store.paths.trust
    target = given.output or default
    write_whole(target, data)
    document = {"record": record, "file": str(target), "bytes": len(data)}
    written = Text("回执：{file}", "Receipt: {file}").fill(file=near(target))
    check = Text(
        "核验：{tally} verify {file} --trust {trust}",
        "Verify: {tally} verify {file} --trust {trust}",
    ).fill(tally=program(), file=typed(target), trust=typed(trust))

    def page(_: Screen) -> None:
        screen.line(written)
        screen.line(check)

    screen.show(document, page)


def audit(screen: Screen, given: argparse.Namespace) -> int:
    """Check a whole workspace; 1 if anything is wrong."""
    from tallystick.app import auditing  # noqa: PLC0415

    settings = settings_of(screen, given)
    with showing(screen) as progress:
        report = auditing.audit(settings, progress=progress)
    screen.sample = report.sample
    document = report.to_json(screen.language)
    screen.show(document, lambda _: pages.show_audit(screen, document))
    return DONE if report.ok else REFUSED

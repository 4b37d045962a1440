"""Reports: pages and paper about one organisation."""

from __future__ import annotations

import argparse
from pathlib import Path

from tallystick.cli.itself import program
from tallystick.cli.opening import opened, write_whole
from tallystick.cli.pages.values import near
from tallystick.cli.parsing import WrongUsageError
from tallystick.cli.screen import Screen
from tallystick.kernel.texts import Text

HTML, PDF = ".html", ".pdf"

_ENDING = Text(
    "文件名须以 .html 或 .pdf 结尾：{file}", "the name must end in .html or .pdf: {file}"
)
_WRITTEN = Text("报告：{file}（{standing}）", "Report: {file} ({standing})")
_LEFT = Text(
    "报告已封存，内附回执；出具报告留下了使用记录。任何人凭信任文件即可核验："
    "{tally} verify {file} --trust trust.policy",
    "The report is sealed and carries its receipts; giving it out has left use records. Anybody "
    "with the trust file can check it: {tally} verify {file} --trust trust.policy",
)


def report(screen: Screen, given: argparse.Namespace) -> None:
    """Write the report of one organisation; the look is recorded.

    With --json the document itself is shown, and a file is written only where one is named.
    """
    from tallystick.app import portraits  # noqa: PLC0415 - not before it is needed

    named: Path | None = given.output
    if named is not None and named.suffix.lower() not in (HTML, PDF):
        raise WrongUsageError(("report",), screen.tell(_ENDING.fill(file=named)))
    with opened(screen, given, writer=True) as store:
        document = portraits.portrait(store, given.subject, screen.language)
        target = named
        if target is None and not screen.as_json:
            target = Path(portraits.file_name(document, PDF))
        if target is not None:
            write_whole(target, portraits.report(store, document, target.suffix.lower()))
    standing = portraits.standing_of(document)

    def page(_: Screen) -> None:
        screen.line(_WRITTEN.fill(file=near(target or ""), standing=standing))
        screen.note(_LEFT.fill(tally=program(), file=near(target or "")))

    screen.show({**document, "file": str(target) if target else ""}, page)

"""Reports: pages and paper about one organisation, a page about all members."""

from __future__ import annotations

import argparse
from pathlib import Path

from tallystick.cli.itself import program
from tallystick.cli.opening import opened, refuse_before_work, write_whole
from tallystick.cli.pages.values import near
from tallystick.cli.parsing import WrongUsageError
from tallystick.cli.progress import showing
from tallystick.cli.screen import Screen
from tallystick.kernel.texts import Text

HTML, PDF = ".html", ".pdf"

_ENDING = Text(
    "文件名须以 .html 或 .pdf 结尾：{file}", "the name must end in .html or .pdf: {file}"
)
_ONE_OR_ALL = Text(
    "请给出一家的信用代码，或用 --all 出全体会员的总览；--scheme 只与 --all 同用",
    "name one organisation, or --all for the whole membership; --scheme goes with --all only",
)
_ENDING_OF_ALL = Text(
    "--all 的文件名须以 .html 结尾：{file}", "with --all it must end in .html: {file}"
)
_ALL_WRITTEN = Text(
    "会员总览：{file}（{n} 家，{scheme}）", "Membership: {file} ({n} {n:member|members}, {scheme})"
)
_ALL_COUNTS = Text(
    "预评 {proposal}，已认定 {decided}，不予认定 {declined}，未成预评 {no_proposal}，"
    "未读取 {withheld}，未评价 {not_evaluated}",
    "PROPOSAL {proposal}, DECIDED {decided}, DECLINED {declined}, NO PROPOSAL {no_proposal}, "
    "WITHHELD {withheld}, NOT EVALUATED {not_evaluated}",
)
_ALL_LEFT = Text(
    "每家会员各留下了一条使用记录。文件含全体会员的结果，仅限本人读写，请勿公开。",
    "Each member has a use record of this. The file holds the results of all members, is readable "
    "by its owner alone, and is not for publication.",
)
_WRITTEN = Text("报告：{file}（{standing}）", "Report: {file} ({standing})")
_LEFT = Text(
    "报告已封存，内附回执；出具报告留下了使用记录。任何人凭信任文件即可核验："
    "{tally} verify {file} --trust {trust}",
    "The report is sealed and carries its receipts; giving it out has left use records. Anybody "
    "with the trust file can check it: {tally} verify {file} --trust {trust}",
)


def report(screen: Screen, given: argparse.Namespace) -> None:
    """Write the report of one organisation, or of all members; the looks are recorded.

    With --json the document itself is shown, and a file is written only where one is named.
    """
    if given.all:
        report_all(screen, given)
        return
    if given.subject is None or given.scheme is not None:
        raise WrongUsageError(("report",), screen.tell(_ONE_OR_ALL))
    from tallystick.app import portraits, reports  # noqa: PLC0415 - not before it is needed

    named: Path | None = given.output
    if named is not None and named.suffix.lower() not in (HTML, PDF):
        raise WrongUsageError(("report",), screen.tell(_ENDING.fill(file=named)))
    if named is not None:
        refuse_before_work(named)  # a report is sealed as given out
    with opened(screen, given, writer=True) as store:
        document = portraits.portrait(store, given.subject, screen.language)
        target = named
        if target is None and not screen.as_json:
            target = Path(reports.file_name(document, PDF))
            refuse_before_work(target)
        trust = store.paths.trust
        if target is not None:
            write_whole(target, reports.report(store, document, target.suffix.lower()), 0o600)
    standing = reports.standing_of(document)

    def page(_: Screen) -> None:
        screen.line(_WRITTEN.fill(file=near(target or ""), standing=standing))
        screen.note(_LEFT.fill(tally=program(), file=near(target or ""), trust=near(trust)))

    screen.show({**document, "file": str(target) if target else ""}, page)


def report_all(screen: Screen, given: argparse.Namespace) -> None:
    """Write the page of the whole membership; the looks are recorded.

    With --json the document itself is shown, and a file is written only where one is named.
    """
    from tallystick.app import memberships  # noqa: PLC0415 - not before it is needed

    named: Path | None = given.output
    if given.subject is not None:
        raise WrongUsageError(("report",), screen.tell(_ONE_OR_ALL))
    if named is not None and named.suffix.lower() != HTML:
        raise WrongUsageError(("report",), screen.tell(_ENDING_OF_ALL.fill(file=named)))
    if named is not None:
        refuse_before_work(named)
    with opened(screen, given, writer=True) as store, showing(screen) as progress:
        document = memberships.membership(
            store, given.scheme or "", screen.language, progress=progress
        )
    target = named
    if target is None and not screen.as_json:
        target = Path(memberships.file_name(document))
    if target is not None:
        write_whole(target, memberships.as_page(document).encode(), 0o600)
    counts = document["figures"]["standings"]

    def page(_: Screen) -> None:
        screen.line(
            _ALL_WRITTEN.fill(
                file=near(target or ""), n=counts["members"], scheme=document["scheme"]["id"]
            )
        )
        screen.line(_ALL_COUNTS.fill(**counts))
        screen.note(_ALL_LEFT)

    screen.show({**document, "file": str(target) if target else ""}, page)

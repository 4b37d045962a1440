"""Caches, copies, new versions, speed."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from functools import partial
from typing import Any

from tallystick.cli.opening import opened, settings_of, write_whole
from tallystick.cli.pages import state as pages
from tallystick.cli.progress import showing
from tallystick.cli.screen import Screen
from tallystick.kernel.texts import Text

_EXPORTED = Text(
    "已导出 {records} 条记录到 {folder}", "Exported {records} {records:record|records} to {folder}"
)
_OPEN = Text("其中的内容没有加密，请妥善保管。", "What it holds is not encrypted: keep it safe.")
_UPGRADED = Text(
    "工作区已由格式 {before} 升级到 {after}", "Upgraded the workspace from form {before} to {after}"
)
_UP_TO_DATE = Text("工作区已是最新格式 {after}", "The workspace has the newest form, {after}")
_WRITTEN = Text("结果写入 {file}", "Results written to {file}")


def rebuild(screen: Screen, given: argparse.Namespace) -> None:
    """Make the caches again, and say of each whether it is as it was."""
    from tallystick.app import rebuilding  # noqa: PLC0415

    with opened(screen, given, writer=True) as store, showing(screen) as progress:
        document = rebuilding.rebuild(store, progress=progress)
    screen.show(document, lambda _: pages.show_rebuild(screen, document))


def export(screen: Screen, given: argparse.Namespace) -> None:
    """Write everything in open formats."""
    from tallystick.app import exporting  # noqa: PLC0415

    with opened(screen, given, writer=True) as store, showing(screen) as progress:
        stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
        folder = given.output or store.settings.folder / "exports" / stamp
        document = exporting.export(store, folder, progress=progress)

    def page(_: Screen) -> None:
        screen.line(_EXPORTED.fill(records=document["records"], folder=document["folder"]))
        screen.line(_OPEN, "yellow")

    screen.show(document, page)


def upgrade(screen: Screen, given: argparse.Namespace) -> None:
    """Bring a workspace to the form of this version."""
    from tallystick.app import upgrading  # noqa: PLC0415

    document = upgrading.upgrade(settings_of(screen, given))
    said = (_UPGRADED if document["changed"] else _UP_TO_DATE).fill(
        before=document["format_before"], after=document["format"]
    )
    screen.show(document, lambda _: screen.line(said))


def bench_pipeline(screen: Screen, given: argparse.Namespace) -> None:
    """Measure the way from files to sealed records to evaluations."""
    from tallystick.testing import benching  # noqa: PLC0415

    sizes: dict[str, Any] = {
        name: value
        for name in ("records", "members", "processes")
        if (value := getattr(given, name)) is not None
    }
    with showing(screen) as progress:
        document = benching.pipeline(progress=progress, **sizes)
    _show_measured(screen, given, document)


def bench_ledger(screen: Screen, given: argparse.Namespace) -> None:
    """Measure the ledger: sealing, single records, receipts, opening."""
    from tallystick.testing import bench_ledger as measuring  # noqa: PLC0415
    from tallystick.testing.peer_tessera import measure_tessera  # noqa: PLC0415

    peer = partial(measure_tessera, download=given.peer)
    with showing(screen) as progress:
        document = measuring.ledger(
            given.records or measuring.RECORDS_DEFAULT,
            given.batch or measuring.BATCH_DEFAULT,
            progress=progress,
            peer=peer,
        )
    _show_measured(screen, given, document)


def bench_reports(screen: Screen, given: argparse.Namespace) -> None:
    """Measure reports as web pages and PDFs."""
    from tallystick.testing import bench_reports as measuring  # noqa: PLC0415

    number = given.reports or measuring.REPORTS_DEFAULT
    with showing(screen) as progress:
        document = measuring.reports(number, given.processes, progress)
    _show_measured(screen, given, document)


def bench_network(screen: Screen, given: argparse.Namespace) -> None:
    """Measure the ledger kept by several, and CometBFT's kvstore beside it."""
    from tallystick.testing import bench_network as measuring  # noqa: PLC0415

    seconds = given.seconds or measuring.SECONDS_DEFAULT
    with showing(screen) as progress:
        document = measuring.network(seconds, progress=progress, download=given.peer)
    _show_measured(screen, given, document)


def bench_models(screen: Screen, given: argparse.Namespace) -> None:
    """Measure fitting and scoring, and other libraries of scorecards beside it."""
    from tallystick.testing import bench_models as measuring  # noqa: PLC0415

    with showing(screen) as progress:
        document = measuring.models(
            given.rows or measuring.ROWS_DEFAULT,
            given.score_rows,
            given.peer_rows,
            progress,
            download=given.peer,
        )
    _show_measured(screen, given, document)


def _show_measured(screen: Screen, given: argparse.Namespace, document: dict[str, Any]) -> None:
    if given.output:
        text = json.dumps(document, ensure_ascii=False, indent=2)
        write_whole(given.output, f"{text}\n".encode())
        screen.note(_WRITTEN.fill(file=given.output))
    screen.show(document, lambda _: pages.show_bench(screen, document))

"""The back-test of the shipped scheme on the public set, from nothing, in one command.

Owns the steps of `tally backtest --sample` and of the end of the demo. They are the ordinary ones:
files are written and imported, proposals sealed, looks recorded; only the codes say SAMPLE.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tallystick.app.backtesting import backtest
from tallystick.app.evaluating import evaluate_each
from tallystick.app.founding import found
from tallystick.app.importing import import_files
from tallystick.app.network.folder import NodeFolder
from tallystick.app.progress import Progress, silent
from tallystick.app.schemes import publish
from tallystick.app.workspace import ALREADY_THERE, Paths, Settings
from tallystick.kernel.texts import Text
from tallystick.testing.published import (
    COMPANIES,
    consent_text,
    licence_text,
    write_companies,
    write_statements,
)

SCHEME = "polish1-ahp"
OPERATOR = "样例回测（匿名公司）"
ORIGIN = "tallystick.local/backtest-"

Say = Callable[[Text], None]


def sample_backtest(
    settings: Settings,
    say: Say,
    progress: Progress = silent,
    count: int = COMPANIES,
    member: NodeFolder | None = None,
) -> dict[str, Any]:
    """Make a sample workspace at `settings.folder`, back-test there, return the document.

    say: told one plain sentence a step. count: companies, evenly spread. member: as `found`. The
    input files go to `FOLDER-files`, the passphrase to `FOLDER.passphrase`. Raises: ALREADY_THERE.
    """
    paths = Paths(settings.folder)
    for there in workspace_and_files(settings):
        if there.exists():
            raise ALREADY_THERE.error(folder=there)
    _, files = workspace_and_files(settings)
    files.mkdir(parents=True)
    statements, roster = files / "polish1.csv", files / "roster.csv"
    write_statements(statements, settings.today(), count)
    write_companies(roster, settings.today(), count)
    (files / "polish1.LICENCE.txt").write_text(licence_text(), encoding="utf-8")
    (files / "consent.txt").write_bytes(consent_text())
    passphrase = secrets.token_urlsafe(24)
    settings.disk.replace(paths.passphrase, (passphrase + "\n").encode(), 0o600)
    store = found(
        settings,
        passphrase,
        operator=OPERATOR,
        origin=ORIGIN + secrets.token_hex(4),
        sample=True,
        member=member,
    )
    with store:
        sealed = [
            import_files(store, [file], source, progress=progress).accepted
            for file, source in ((roster, "roster"), (statements, "ratios"))
        ]
        say(
            Text(
                "导入公开数据（UCI 365，CC BY 4.0）：{n} 家真实而匿名的公司，封存 {sealed} 条",
                "imported public data (UCI 365, CC BY 4.0): {n} real, anonymous companies, sealed "
                "{sealed} records",
            ).fill(n=count, sealed=sum(sealed))
        )
        publish(store, SCHEME)
        proposed = sum(1 for _ in evaluate_each(store, SCHEME, sentences=False, progress=progress))
        say(
            Text(
                "按 {scheme} 预评 {n} 家并封存", "evaluated {n} by {scheme}, sealed as proposals"
            ).fill(scheme=SCHEME, n=proposed)
        )
        document = backtest(store, SCHEME, statements, progress=progress)
    return {**document, "workspace": str(settings.folder), "files": str(files)}


def workspace_and_files(settings: Settings) -> tuple[Path, Path]:
    """Return the two folders a back-test makes; neither may be there before."""
    folder = settings.folder
    return folder, folder.with_name(f"{folder.name}-files")

"""Backup, restore, figures of the disk, archive."""

from __future__ import annotations

import argparse
from typing import Any

from tallystick.cli.faults import DONE, REFUSED
from tallystick.cli.opening import opened, read_words, refuse_own_files, settings_of
from tallystick.cli.pages import keeping as pages
from tallystick.cli.parsing import WrongUsageError
from tallystick.cli.progress import showing
from tallystick.cli.screen import Screen
from tallystick.kernel.texts import Text

_ONE_OF_THREE = Text(
    "给出 -o、--list、--check 中的一个", "give one of -o, --list and --check, and only one"
)
_ONE_OF_FOUR = Text(
    "给出 -o、--attach、--check、--bring-back 中的一个",
    "give one of -o, --attach, --check and --bring-back, and only one",
)


def backup(screen: Screen, given: argparse.Namespace) -> None:
    """Back up, or list or check backups."""
    from tallystick.app import backup_check, backups  # noqa: PLC0415

    if sum(one is not None for one in (given.output, given.list, given.check)) != 1:
        raise WrongUsageError(("backup",), screen.tell(_ONE_OF_THREE))
    if given.list is not None:
        listed = backup_check.backups_in(given.list, given.keys)
        screen.show(listed, lambda _: pages.show_backups(screen, listed))
        return
    with showing(screen) as progress:
        if given.check is not None:
            checked = backup_check.check_backups(given.check, given.keys, progress)
            screen.show(checked, lambda _: pages.show_backups(screen, checked, checked=True))
            return
        document = backups.backup(
            settings_of(screen, given),
            given.output,
            keys=given.keys,
            keep=given.keep or 0,
            progress=progress,
        )
    screen.show(document, lambda _: pages.show_backup(screen, document))


def restore(screen: Screen, given: argparse.Namespace) -> int:
    """Make a workspace from a backup; 1 if its audit finds anything wrong."""
    from tallystick.app.restoring import Beside  # noqa: PLC0415
    from tallystick.app.restoring import restore as make_again  # noqa: PLC0415

    trust = "" if given.trust is None else read_words(given.trust)
    with showing(screen) as progress:
        document = make_again(
            settings_of(screen, given, given.output.resolve()),
            given.folder,
            Beside(
                tuple(given.later or ()),
                given.keys,
                given.archive,
                trust,
                getattr(given, "with") or "",
            ),
            snapshot=given.snapshot or 0,
            as_of_backup=given.as_of_backup,
            progress=progress,
        )
    screen.show(document, lambda _: pages.show_restored(screen, document))
    return DONE if document["ok"] else REFUSED


def stats(screen: Screen, given: argparse.Namespace) -> None:
    """Show what uses the disk."""
    from tallystick.app.disk_use import disk_use  # noqa: PLC0415

    document = disk_use(settings_of(screen, given))
    screen.show(document, lambda _: pages.show_disk_use(screen, document))


def archive(screen: Screen, given: argparse.Namespace) -> None:
    """Move old commitments into an archive, or say where it is, check it, bring it back."""
    from tallystick.app import archiving  # noqa: PLC0415
    from tallystick.app.disk_use import KEEP_RECORDS  # noqa: PLC0415

    places = (given.output, given.attach, given.check)
    if sum(one is not None for one in places) + given.bring_back != 1:
        raise WrongUsageError(("ledger", "archive"), screen.tell(_ONE_OF_FOUR))
    document: dict[str, Any]
    with showing(screen) as progress:
        if given.attach is not None:
            document = archiving.remember(settings_of(screen, given), given.attach)
        elif given.check is not None:
            settings = settings_of(screen, given)
            document = archiving.check_archive(settings, given.check, progress)
        elif given.bring_back:
            with opened(screen, given, writer=True) as store:
                document = archiving.bring_back(store, progress)
        else:
            refuse_own_files(given, given.output)
            with opened(screen, given, writer=True) as store:
                keep = given.keep_records or KEEP_RECORDS
                document = archiving.archive(store, given.output, keep, progress)
    screen.show(document, lambda _: pages.show_archive(screen, document))

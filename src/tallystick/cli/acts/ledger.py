"""The ledger for strangers, and witnesses."""

from __future__ import annotations

import argparse
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from tallystick.cli.faults import DONE, REFUSED
from tallystick.cli.opening import folder_of, opened, passphrase_of, refuse_own_files
from tallystick.cli.pages import ledger as pages
from tallystick.cli.pages.values import near
from tallystick.cli.parsing import WrongUsageError
from tallystick.cli.screen import Screen
from tallystick.kernel.errors import TallyError
from tallystick.kernel.texts import Text

_EXPORTED = Text(
    "账本 {origin}：{size} 个条目、{records} 条记录，写好 {tiles_written} 个瓦片，在 {near}。"
    "核验用的公钥：",
    "The ledger {origin}: {size} {size:entry|entries}, {records} {records:record|records}; wrote "
    "{tiles_written} {tiles_written:tile|tiles} to {near}. The key to check them by:",
)
_SERVED = Text(
    "{what}：{address}（Ctrl-C 结束）",
    "{what} at {address} (Ctrl-C ends it)",
)

_FAILED = Text("一个请求未能回答：{what}", "a request could not be answered: {what}")

_NO_RECORDS = Text(
    "导出的文件夹里没有记录，不能与 --receipts 同用",
    "an exported folder has no records: --receipts does not go with it",
)


def export(screen: Screen, given: argparse.Namespace) -> None:
    """Write the ledger as static files."""
    from tallystick.app import tiling  # noqa: PLC0415

    refuse_own_files(given, given.output)
    with opened(screen, given) as store:
        document = tiling.export_tiles(store, given.output)
    said = _EXPORTED.fill(**document, near=near(given.output))

    def page(_: Screen) -> None:
        screen.paragraph(said)
        screen.line(document["key"])  # never wrapped: it is copied

    screen.show(document, page)


def serve(screen: Screen, given: argparse.Namespace) -> None:
    """Serve the static files of the ledger until stopped."""
    from tallystick.app.serving import ExportedSite, LedgerSite  # noqa: PLC0415

    site: ExportedSite | LedgerSite
    if given.exported is not None and given.receipts:
        raise WrongUsageError(("ledger", "serve"), screen.tell(_NO_RECORDS))
    if given.exported is not None:
        site = ExportedSite(given.exported)
    else:
        site = LedgerSite(folder_of(given), receipts=given.receipts)
    _serve(screen, given, site.answer, Text(f"账本 {site.origin}", f"The ledger {site.origin}"))
    site.close()


def cosign(screen: Screen, given: argparse.Namespace) -> int:
    """Ask the witnesses to cosign; 1 unless the quorum is met."""
    from tallystick.app.cosigned import cosign as ask  # noqa: PLC0415

    with opened(screen, given, writer=True) as store:
        asked = ask(store)
    document = {
        "origin": asked["origin"],
        "size": asked["size"],
        "witnesses": [
            {
                "name": one.name,
                "time": one.time,
                "why": one.why.in_language(screen.language) if one.why else "",
            }
            for one in asked["asked"]
        ],
        "quorum": asked["missing"] is None,
        "missing": asked["missing"].in_language(screen.language) if asked["missing"] else "",
    }
    screen.show(document, lambda _: pages.show_cosigned(screen, document))
    return DONE if document["quorum"] else REFUSED


def witness_init(screen: Screen, given: argparse.Namespace) -> None:
    """Make a witness."""
    from tallystick.app.witnessing import found_witness  # noqa: PLC0415
    from tallystick.kernel.disk import FileDisk  # noqa: PLC0415
    from tallystick.kernel.signing import (  # noqa: PLC0415
        COSIGNATURE_ED25519,
        COSIGNATURE_ML_DSA_44,
    )

    kind = COSIGNATURE_ML_DSA_44 if given.ml_dsa else COSIGNATURE_ED25519
    secret = passphrase_of(screen, given, given.folder, new=True)
    key = found_witness(given.folder, given.name, secret, os.urandom, FileDisk(), kind)
    document = {"name": given.name, "folder": str(given.folder), "key": key.text()}
    screen.show(document, lambda _: pages.show_new_witness(screen, document))


def witness_follow(screen: Screen, given: argparse.Namespace) -> None:
    """Let a witness follow one more ledger."""
    from tallystick.app.witnessing import follow  # noqa: PLC0415
    from tallystick.kernel.disk import FileDisk  # noqa: PLC0415

    log = follow(given.folder, given.key, FileDisk())
    document = {"origin": log.name, "key": log.text()}
    said = Text("开始跟踪账本 {origin}。", "It follows the ledger {origin} from now on.").fill(
        origin=log.name
    )
    screen.show(document, lambda _: screen.line(said))


def witness_unfollow(screen: Screen, given: argparse.Namespace) -> None:
    """Let a witness follow a key no more."""
    from tallystick.app.witnessing import unfollow  # noqa: PLC0415
    from tallystick.kernel.disk import FileDisk  # noqa: PLC0415

    log = unfollow(given.folder, given.key, FileDisk())
    document = {"origin": log.name, "key": log.text()}
    said = Text("不再跟踪这把公钥。", "It follows this key no more.")
    screen.show(document, lambda _: screen.line(said))


def witness_serve(screen: Screen, given: argparse.Namespace) -> None:
    """Take checkpoints and cosign them until stopped."""
    from tallystick.app.web import NOT_ALLOWED, NOT_FOUND, Page  # noqa: PLC0415
    from tallystick.app.witnessing import Witnessing  # noqa: PLC0415
    from tallystick.kernel.disk import FileDisk  # noqa: PLC0415
    from tallystick.ledger.witness import REQUEST_BYTES_MAX  # noqa: PLC0415

    secret = passphrase_of(screen, given, given.folder)
    with Witnessing(given.folder, secret, lambda: int(time.time()), FileDisk()) as witness:

        def answer(method: str, path: str, body: bytes) -> Page:
            if path != "/add-checkpoint":
                return NOT_FOUND
            if method != "POST":
                return NOT_ALLOWED
            said = witness.add_checkpoint(body)
            return Page(said.status, said.media, said.text.encode())

        what = Text(f"见证 {witness.name}", f"The witness {witness.name}")
        _serve(screen, given, answer, what, REQUEST_BYTES_MAX)


def witness_status(screen: Screen, given: argparse.Namespace) -> int:
    """Say what a witness saw; 1 if it was shown a fork."""
    from tallystick.app.witnessing import shown_witness  # noqa: PLC0415

    document = shown_witness(given.folder)
    screen.show(document, lambda _: pages.show_witness(screen, document))
    return REFUSED if document["forks"] else DONE


def _failing(screen: Screen) -> Callable[[Exception], None]:
    """Return what says that a request failed for a reason of ours, and nothing of who asked."""

    def tell(fault: Exception) -> None:
        known = fault.text if isinstance(fault, TallyError) else type(fault).__name__
        screen.warn(_FAILED.fill(what=known))

    return tell


def _serve(
    screen: Screen,
    given: argparse.Namespace,
    answer: Callable[[str, str, bytes], Any],
    what: Text,
    body_bytes_max: int = 0,
) -> None:
    """Serve until Ctrl-C or a request to end comes; say at which address."""
    from tallystick.app.web import HOST_DEFAULT, serving  # noqa: PLC0415

    over = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: over.set())
    try:
        host, port = given.host or HOST_DEFAULT, given.port or 0
        with serving(answer, host, port, body_bytes_max, _failing(screen)) as (address, _):
            document = {"address": address}
            said = _SERVED.fill(what=what, address=address)
            screen.show(document, lambda _: screen.line(said))
            screen.out.flush()
            while not over.wait(0.2):
                pass
    except KeyboardInterrupt:
        screen.note(Text("已结束。", "Ended."))
    finally:
        signal.signal(signal.SIGTERM, before)

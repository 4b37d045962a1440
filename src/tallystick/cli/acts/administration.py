"""Acts that need two keys: erasing, ending and following keys, naming witnesses."""

from __future__ import annotations

import argparse

from tallystick.cli.opening import opened
from tallystick.cli.pages import administration as pages
from tallystick.cli.screen import Screen


def _signer(given: argparse.Namespace) -> str:
    return str(getattr(given, "with") or "")  # a word of the language, so not an attribute


def erase(screen: Screen, given: argparse.Namespace) -> None:
    """Erase the content of records, and say what is known of copies."""
    from tallystick.app import erasing  # noqa: PLC0415

    with opened(screen, given, writer=True) as store:
        document = erasing.erase(
            store,
            given.records,
            basis=given.basis,
            reason=given.reason,
            officer=_signer(given),
            dry_run=given.dry_run,
        )
        readers = {party.key.key_id.hex(): party.name for party in store.trust.parties}
    screen.show(document, lambda _: pages.show_erasure(screen, document, readers))


def key_list(screen: Screen, given: argparse.Namespace) -> None:
    """List the keys of the ledger."""
    from tallystick.app import rotating  # noqa: PLC0415

    with opened(screen, given) as store:
        document = rotating.list_keys(store)
    screen.show(document, lambda _: pages.show_keys(screen, document))


def key_rotate(screen: Screen, given: argparse.Namespace) -> None:
    """Replace a key of the operator."""
    from tallystick.app import rotating  # noqa: PLC0415

    with opened(screen, given, writer=True) as store:
        document = rotating.rotate(store, given.role, _signer(given), compromised=given.compromised)
        trust = store.paths.trust
    screen.show(document, lambda _: pages.show_rotated(screen, document, trust))


def key_end(screen: Screen, given: argparse.Namespace) -> None:
    """End the key of an officer."""
    from tallystick.app import rotating  # noqa: PLC0415

    with opened(screen, given, writer=True) as store:
        document = rotating.end_officer(
            store, given.name, _signer(given), compromised=given.compromised
        )
        trust = store.paths.trust
    screen.show(document, lambda _: pages.show_ended(screen, document, trust))


def witness_add(screen: Screen, given: argparse.Namespace) -> None:
    """Name a witness in the trust file."""
    from tallystick.app import witness_acts  # noqa: PLC0415

    with opened(screen, given, writer=True) as store:
        document = witness_acts.add_witness(
            store,
            given.name,
            given.key,
            _signer(given),
            url=given.url or "",
            quorum=given.quorum,
        )
        trust = store.paths.trust
    screen.show(document, lambda _: pages.show_witness_added(screen, document, trust))


def witness_remove(screen: Screen, given: argparse.Namespace) -> None:
    """Name a witness in the trust file no more."""
    from tallystick.app import witness_acts  # noqa: PLC0415

    with opened(screen, given, writer=True) as store:
        document = witness_acts.remove_witness(
            store, given.name, _signer(given), quorum=given.quorum
        )
        trust = store.paths.trust
    screen.show(document, lambda _: pages.show_witness_removed(screen, document, trust))


def witness_quorum(screen: Screen, given: argparse.Namespace) -> None:
    """Say how many witnesses must cosign."""
    from tallystick.app import witness_acts  # noqa: PLC0415

    with opened(screen, given, writer=True) as store:
        document = witness_acts.change_quorum(store, given.quorum, _signer(given))
        trust = store.paths.trust
    screen.show(document, lambda _: pages.show_quorum(screen, document, trust))

"""Models: fitted, validated, scored, explained, compared, exported, shown."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from tallystick.cli.opening import opened, refuse_before_work, refuse_own_files, write_whole
from tallystick.cli.pages import model_validation as validated
from tallystick.cli.pages import models as pages
from tallystick.cli.pages.values import near
from tallystick.cli.progress import showing
from tallystick.cli.screen import Screen
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

if TYPE_CHECKING:
    from tallystick.scorecards.document import Card

WRONG_ENDING = Reason(
    "wrong_ending",
    Text("{file} 应以 {known} 结尾", "the name of {file} should end in {known}"),
    "docs/models.md",
    Text("请换一个文件名。", "Choose another name."),
)
_CERTIFICATE = ".certificate.json"


def columns(screen: Screen, given: argparse.Namespace) -> None:
    """Write the sheet of the columns."""
    from tallystick.app.models import columns as describing  # noqa: PLC0415 - slow to import

    _check_out(given, (".csv",))
    sheet, document = describing.sheet(given.file, given.target or "")
    write_whole(given.output, sheet)
    document["file"] = str(given.output)
    screen.show(document, lambda _: pages.show_columns(screen, document))


def fit(screen: Screen, given: argparse.Namespace) -> None:
    """Fit, validate and write a card."""
    from tallystick.app.models import fitting  # noqa: PLC0415 - slow to import

    _check_out(given, (".json",))
    request = fitting.FitRequest(
        target=given.target or "",
        bad=given.bad or "",
        route=given.route or "",
        because=given.because or "",
        cv=given.cv or "",
        columns=given.columns,
        answers=tuple(given.answers or ()),
        organisation=given.organisation or "",
        time=given.time or "",
        weight=given.weight or "",
        leave_out=tuple(given.leave_out or ()),
        accept_leakage=tuple(given.accept_leakage or ()),
        name=given.name or given.output.stem,
        seed=given.seed or 0,
    )
    with showing(screen) as progress:
        card, document = fitting.fit(given.file, request, progress)
        progress.clear()
    _write_card(given.output, card)
    document["card"]["file"] = str(given.output)
    screen.show(document, lambda _: pages.show_fit(screen, document))


def validate(screen: Screen, given: argparse.Namespace) -> None:
    """Check a card against outcomes."""
    from tallystick.app.models import cards, validating  # noqa: PLC0415 - slow to import

    request = validating.ValidateRequest(
        target=given.target or "",
        bad=given.bad or "",
        weight=given.weight or "",
        by=tuple(given.by or ()),
        rejected=given.rejected,
        seed=given.seed or 0,
    )
    with showing(screen) as progress:
        document = validating.validate(cards.read(given.card), given.file, request, progress)
        progress.clear()
    screen.show(document, lambda _: validated.show_validation(screen, document))


def score(screen: Screen, given: argparse.Namespace) -> None:
    """Score a table."""
    from tallystick.app.models import cards, scoring  # noqa: PLC0415 - slow to import

    _check_out(given, (".parquet",))
    with showing(screen) as progress:
        document = scoring.score(
            cards.read(given.card),
            given.file,
            given.output,
            keep=tuple(given.keep or ()),
            reasons=not given.no_reasons,
            progress=progress,
        )
        progress.clear()
    document["file"] = str(given.output)
    screen.show(document, lambda _: pages.show_scored(screen, document))


def explain(screen: Screen, given: argparse.Namespace) -> None:
    """Explain one score."""
    from tallystick.app.models import cards, explaining  # noqa: PLC0415 - slow to import

    which = explaining.Which(given.row or 0, given.organisation or "", given.code or "")
    document = explaining.explain(
        cards.read(given.card), given.file, which, given.baseline or "mean"
    )
    screen.show(document, lambda _: pages.show_explanation(screen, document))


def compare(screen: Screen, given: argparse.Namespace) -> None:
    """Compare two cards on one table."""
    from tallystick.app.models import cards, comparing  # noqa: PLC0415 - slow to import

    champion, challenger = cards.read(given.champion), cards.read(given.challenger)
    document = comparing.compare(
        *(champion, challenger, given.file, given.target or "", given.bad or ""),
        seed=given.seed or 0,
        weight=given.weight or "",
    )
    screen.show(document, lambda _: pages.show_comparison(screen, document))


def export(screen: Screen, given: argparse.Namespace) -> None:
    """Compile a card and write it with its certificate."""
    from tallystick.app.models import cards, exporting  # noqa: PLC0415 - slow to import

    beside = given.output.with_name(f"{given.output.name}{_CERTIFICATE}")
    _check_out(given, (".sql",) if given.to == "duckdb" else (".py",))
    refuse_before_work(beside)
    with showing(screen) as progress:
        exported, document = exporting.export(cards.read(given.card), given.to, progress)
        progress.clear()
    write_whole(given.output, exported.encode())
    told = json.dumps(document["certificate"], ensure_ascii=False, indent=2, sort_keys=True)
    write_whole(beside, f"{told}\n".encode())
    document |= {"file": str(given.output), "certificate_file": str(beside)}
    screen.show(document, lambda _: pages.show_export(screen, document))


def show(screen: Screen, given: argparse.Namespace) -> None:
    """Show a model to a committee."""
    from tallystick.app.models import cards, showing_models  # noqa: PLC0415 - slow to import

    card = cards.read(given.card)
    document = cards.document(card)
    if given.output is None:
        screen.show(document, lambda _: pages.show_card(screen, card))
        return
    _check_out(given, (".html", ".pdf"))
    page = showing_models.page(card, given.output.suffix, screen.language)
    write_whole(given.output, page)
    written = {"file": str(given.output), "bytes": len(page), "digest": cards.digest(card)}
    screen.show(written, lambda _: screen.paragraph(pages.WRITTEN.fill(file=near(given.output))))


def seal(screen: Screen, given: argparse.Namespace) -> None:
    """Seal a model as a record."""
    from tallystick.app.models import cards, sealing  # noqa: PLC0415 - slow to import

    card = cards.read(given.card)
    with opened(screen, given, writer=True) as store:
        document = sealing.seal_model(
            store,
            card,
            given.officer,
            reason=given.reason,
            name=given.name or "",
            version=given.version or "",
            from_day=given.from_day or "",
        )
    screen.show(document, lambda _: pages.show_sealed(screen, document))


def retire(screen: Screen, given: argparse.Namespace) -> None:
    """Take a sealed model out of use."""
    from tallystick.app.models import sealing  # noqa: PLC0415 - slow to import

    with opened(screen, given, writer=True) as store:
        document = sealing.retire_model(
            store, given.name, given.officer, reason=given.reason, from_day=given.from_day or ""
        )
    screen.show(document, lambda _: pages.show_sealed(screen, document))


def _write_card(path: Path, card: Card) -> None:
    from tallystick.app.models import cards  # noqa: PLC0415 - slow to import

    write_whole(path, cards.text(card))


def _check_out(given: argparse.Namespace, endings: tuple[str, ...]) -> None:
    """Refuse a place that would not do, before long work."""
    path: Path = given.output
    if path.suffix.lower() not in endings:
        raise WRONG_ENDING.error(file=path.name, known=" / ".join(endings))
    refuse_own_files(given, path)
    refuse_before_work(path)

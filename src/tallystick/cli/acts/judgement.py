"""Schemes, proposals, explanations, and the decisions of people."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tallystick.cli.acts.facts import warn_of_masked
from tallystick.cli.cells import wrap
from tallystick.cli.faults import DONE, REFUSED
from tallystick.cli.itself import program
from tallystick.cli.opening import (
    folder_of,
    free,
    opened,
    refuse_overwriting,
    refuse_own_files,
    settings_of,
    write_whole,
)
from tallystick.cli.pages import evaluation as pages
from tallystick.cli.pages.values import near, typed
from tallystick.cli.parsing import WrongUsageError
from tallystick.cli.progress import showing
from tallystick.cli.screen import Screen
from tallystick.kernel.texts import Text
from tallystick.records.bodies import named_officer

if TYPE_CHECKING:
    from tallystick.app.store import Store

_DRAFT = Text(
    "草稿：{file}。改好后：{tally} scheme lint {file}",
    "Draft: {file}. When it is edited: {tally} scheme lint {file}",
)
_EXAMPLE = Text("算例", "worked example")
_IN_ORDER = Text("{file}：没有问题", "{file}: in order")
_PROBLEMS = Text("{file}：{n} 处问题", "{file}: {n} {n:problem|problems}")
_PUBLISHED = Text(
    "已公布 {scheme} 第 {version} 版，记录 {record}",
    "Published {scheme}, version {version}, record {record}",
)
_PUBLISHED_BEFORE = Text(
    "{scheme} 第 {version} 版早已公布，记录 {record}",
    "{scheme}, version {version}, was published before, record {record}",
)
_BAND_NEEDED = Text("--outcome change 须同时给出 --band", "--outcome change needs --band")
_BAND_UNUSED = Text(
    "--band 只与 --outcome change 同用",
    "--band goes with --outcome change only",
)
_DAY_UNUSED = Text(
    "--example 不与 --subject、--as-of、--dry-run 同用",
    "--example does not go with --subject, --as-of or --dry-run",
)
_SAMPLE_ALONE = Text(
    "--sample 不与方案、--outcomes、--target、--experts 同用",
    "--sample does not go with a scheme, --outcomes, --target or --experts",
)
_OUTCOMES_NEEDED = Text(
    "须给出方案和 --outcomes，或用 --sample",
    "a scheme and --outcomes are needed, or --sample",
)
BACKTEST_FOLDER = "tally-backtest"
_SAME = Text(
    "每一位都相同：得分 {score}，摘要 {digest}",
    "the same to the last digit: {score}, digest {digest}",
)
_DIFFERS = Text(
    "不同：封存的摘要是 {sealed}，重算得 {digest}",
    "it differs: sealed as {sealed}, worked out as {digest}",
)
_REPEATED = Text(
    "{subject}，方案 {scheme} 第 {version} 版，评价日期 {as_of}，封存于 {recorded}。",
    "{subject} by {scheme} {version} for {as_of}, sealed on {recorded}.",
)
_OFFICER = Text("{name} 已登记为认定人", "{name} is registered as an officer")
_OFFICER_KEY = Text("密钥文件：{path}（只交给本人）", "Key file: {path} (for that person alone)")
_TRUST_AGAIN = Text(
    "信任文件已更新，请重新分发：{trust}",
    "The trust file has changed; hand it out again: {trust}",
)


def scheme_new(screen: Screen, given: argparse.Namespace) -> None:
    """Write a draft to start from, into a file or onto the screen."""
    from tallystick.app import schemes  # noqa: PLC0415

    text = schemes.new(given.name)
    if given.output is None:
        document = {"name": given.name, "text": text}
        screen.show(document, lambda _: screen.line(text.rstrip("\n")))
        return
    refuse_own_files(given, given.output)
    refuse_overwriting(given.output, text.encode())
    write_whole(given.output, text.encode())
    said = _DRAFT.fill(tally=program(), file=typed(given.output))
    screen.show({"name": given.name, "file": str(given.output)}, lambda _: screen.line(said))


def scheme_lint(screen: Screen, given: argparse.Namespace) -> int:
    """List what is wrong with a scheme, by line; 1 if there is anything."""
    from tallystick.app import schemes  # noqa: PLC0415

    problems = [
        {
            **one.to_json(screen.language),
            "rule": one.rule,
            "remedy": one.remedy.in_language(screen.language),
        }
        for one in schemes.lint(given.file)
    ]
    document = {"ok": not problems, "problems": problems}
    head = (
        _PROBLEMS.fill(file=given.file, n=len(problems))
        if problems
        else _IN_ORDER.fill(file=given.file)
    )
    screen.show(document, lambda _: pages.show_problems(screen, head, problems))
    return REFUSED if problems else DONE


def scheme_show(screen: Screen, given: argparse.Namespace) -> None:
    """Show a scheme: the one published in the workspace, else a shipped one or a file."""
    from tallystick.app import schemes  # noqa: PLC0415
    from tallystick.cli.pages.scheme import show_scheme  # noqa: PLC0415

    with _if_there(screen, given) as store:
        document = schemes.show(store, given.scheme)
    screen.show(document, lambda _: show_scheme(screen, document))


def scheme_publish(screen: Screen, given: argparse.Namespace) -> None:
    """Sign and seal a scheme."""
    from tallystick.app import schemes  # noqa: PLC0415

    with opened(screen, given, writer=True) as store:
        document = schemes.publish(store, given.scheme)
    before = document.get("already_published")
    said = (_PUBLISHED_BEFORE if before else _PUBLISHED).fill(
        scheme=document["scheme"], version=document["version"], record=document["record"]
    )
    screen.show(document, lambda _: screen.paragraph(said))


def evaluate(screen: Screen, given: argparse.Namespace) -> None:
    """Work out proposals: of one member, of all, or of the worked example."""
    from tallystick.app import evaluating, schemes  # noqa: PLC0415
    from tallystick.app.models import sealing  # noqa: PLC0415

    if given.example:
        if given.subject or given.as_of or given.dry_run:
            raise WrongUsageError(("evaluate",), screen.tell(_DAY_UNUSED))
        results = evaluating.example(given.scheme)
        names = pages.Names(schemes.show(None, given.scheme), screen.language)
        shown = {**results[0], "name": screen.tell(_EXAMPLE)}
        screen.show(results, lambda _: pages.show_one(screen, shown, names))
        return
    one = bool(given.subject)
    with opened(screen, given, writer=True) as store, showing(screen) as progress:
        each = evaluating.evaluate_each(
            store,
            given.scheme,
            given.subject or "",
            given.as_of,
            seal=not given.dry_run,
            sentences=screen.as_json or one,
            progress=progress,
        )
        if screen.as_json:
            collected: list[Any] = screen.gathered(each)
        else:
            collected = list(each if one else map(pages.row_of, each))
        progress.clear()
        names = pages.Names(schemes.show(store, given.scheme), screen.language)
        for told in sealing.out_of_use(store, schemes.find(store, given.scheme).scheme.cards):
            screen.warn(told)
    if screen.as_json:
        screen.show_gathered(collected)
    elif one:
        missing = _withheld(screen, collected[0])
        screen.page(lambda _: pages.show_one(screen, collected[0], names, missing))
    else:
        called = program(given.workspace)
        screen.page(
            lambda _: pages.show_many(
                screen, collected, names, sealed=not given.dry_run, called=called
            )
        )


def _withheld(screen: Screen, result: Mapping[str, Any]) -> list[str]:
    """Return what was not read and why, by name, a line each; then once what to do."""
    from tallystick.app import naming  # noqa: PLC0415

    told = result["withheld"]
    lines = [
        f"{screen.tell(naming.item_name(one['item']))}  "
        f"{screen.tell(naming.withheld_reason(one['reason']))}"
        for one in told
    ]
    remedies = dict.fromkeys(screen.tell(naming.withheld_remedy(one["reason"])) for one in told)
    return [*lines, *filter(None, remedies)]


def backtest(screen: Screen, given: argparse.Namespace) -> None:
    """Hold the sealed proposals of a scheme against a file of outcomes."""
    from tallystick.app import backtesting  # noqa: PLC0415
    from tallystick.cli.pages.backtest import show_backtest  # noqa: PLC0415

    if given.sample:
        if given.scheme or given.outcomes or given.target or given.experts:
            raise WrongUsageError(("backtest",), screen.tell(_SAMPLE_ALONE))
        document = _sample_backtest(screen, given)
    else:
        if not (given.scheme and given.outcomes):
            raise WrongUsageError(("backtest",), screen.tell(_OUTCOMES_NEEDED))
        with opened(screen, given, writer=True) as store, showing(screen) as progress:
            document = backtesting.backtest(
                store,
                given.scheme,
                given.outcomes,
                target=given.target or backtesting.TARGET,
                experts=given.experts,
                progress=progress,
            )
            progress.clear()
    screen.show(document, lambda _: show_backtest(screen, document, program()))


def _sample_backtest(screen: Screen, given: argparse.Namespace) -> dict[str, Any]:
    """Go all the way with the public data that ships."""
    from tallystick.testing.sample_backtest import sample_backtest  # noqa: PLC0415

    screen.sample = True
    folder = given.workspace.resolve() if given.workspace else free(Path.cwd() / BACKTEST_FOLDER)
    with showing(screen) as progress:

        def say(text: Text) -> None:
            progress.clear()
            for line in wrap(screen.tell(text), screen.cells):
                screen.note(line)

        return sample_backtest(settings_of(screen, given, folder), say=say, progress=progress)


def explain(screen: Screen, given: argparse.Namespace) -> None:
    """Show everything about one organisation; the look is recorded."""
    from tallystick.app import explaining, schemes  # noqa: PLC0415
    from tallystick.cli.pages.portrait import show_portrait  # noqa: PLC0415

    with opened(screen, given, writer=True) as store:
        document = explaining.explain(store, given.subject, screen.language)
        evaluated = document["evaluation"]
        scheme = schemes.show(store, evaluated["scheme"]["id"]) if evaluated else {}
    names = pages.Names(scheme, screen.language)
    screen.show(document, lambda _: show_portrait(screen, document, names))


def recompute(screen: Screen, given: argparse.Namespace) -> int:
    """Work a sealed proposal out again; 1 unless every digit is the same."""
    from tallystick.app import recomputing  # noqa: PLC0415

    with opened(screen, given, writer=True) as store:
        document = recomputing.recompute(store, given.record)

    def page(_: Screen) -> None:
        told = _SAME if document["same"] else _DIFFERS
        screen.line(told.fill(**document), "bold", "green" if document["same"] else "red")
        screen.note(_REPEATED.fill(**document))

    screen.show(document, page)
    return DONE if document["same"] else REFUSED


def decide(screen: Screen, given: argparse.Namespace) -> None:
    """Sign a decision on the newest proposal."""
    from tallystick.app import deciding, schemes  # noqa: PLC0415

    outcome = given.outcome or "confirm"
    if outcome == "change" and not given.band:
        raise WrongUsageError(("decide",), screen.tell(_BAND_NEEDED))
    if outcome != "change" and given.band:
        raise WrongUsageError(("decide",), screen.tell(_BAND_UNUSED))
    with opened(screen, given, writer=True) as store:
        document = deciding.decide(
            store,
            given.subject,
            given.officer,
            given.reason,
            outcome=outcome,
            band=given.band or "",
        )
        proposal = store.body(store.find(document["evaluation"]))
        scheme = schemes.show(store, proposal["result"]["scheme"]["id"])
    names = pages.Names(scheme, screen.language)
    screen.show(
        document, lambda _: pages.show_decision(screen, document, names, program(given.workspace))
    )
    warn_of_masked(screen, document["masked"])


def officer(screen: Screen, given: argparse.Namespace) -> None:
    """Make the key of a named officer and register it."""
    from tallystick.app import deciding  # noqa: PLC0415

    with opened(screen, given, writer=True) as store:
        signer = getattr(given, "with") or ""  # a word of the language, so not an attribute
        document = deciding.new_officer(store, given.name, given.output, signer=signer)
        trust = store.paths.trust

    def page(_: Screen) -> None:
        screen.line(_OFFICER.fill(name=named_officer(document["name"], document["key_id"])), "bold")
        screen.line(_OFFICER_KEY.fill(path=near(document["path"])))
        screen.line(_TRUST_AGAIN.fill(trust=near(trust)))

    screen.show(document, page)


@contextmanager
def _if_there(screen: Screen, given: argparse.Namespace) -> Iterator[Store | None]:
    """Give the opened workspace, or None where there is none and none was named."""
    there = (folder_of(given) / "workspace.json").exists()
    with opened(screen, given) if there or given.workspace else nullcontext() as store:
        yield store

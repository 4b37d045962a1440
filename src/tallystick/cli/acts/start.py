"""Beginning: the demo, a new workspace, how things stand, what is amiss."""

from __future__ import annotations

import argparse
from pathlib import Path

from tallystick.cli.acts.network import member_of
from tallystick.cli.cells import wrap
from tallystick.cli.faults import DONE, REFUSED
from tallystick.cli.itself import program
from tallystick.cli.opening import (
    free,
    opened,
    passphrase_for,
    refuse_overwriting,
    settings_of,
    write_whole,
)
from tallystick.cli.pages import state as pages
from tallystick.cli.pages.naming import Names
from tallystick.cli.pages.values import near, typed
from tallystick.cli.progress import showing
from tallystick.cli.screen import Screen
from tallystick.kernel.texts import Text

DEMO_FOLDER = "tally-demo"

_MADE = Text("新工作区：{folder}", "New workspace: {folder}")
_TRUST = Text(
    "信任文件：{trust}（请经另一途径交给核验人）",
    "Trust file: {trust} (hand it to verifiers by another way than receipts)",
)
_GENERATED = Text(
    "口令已生成，在 {file}（仅本人可读）。请妥善备份：丢了它，谁也打不开内容。",
    "A passphrase was made; it is in {file}, readable by you only. Keep a copy: without it nobody "
    "can open the bodies.",
)
_NEXT = Text(
    "下一步：{tally} template roster -o roster.xlsx --workspace {folder}",
    "Next: {tally} template roster -o roster.xlsx --workspace {folder}",
)


def demo(screen: Screen, given: argparse.Namespace) -> None:
    """Walk through everything with a fictional membership."""
    from tallystick.app import schemes  # noqa: PLC0415
    from tallystick.testing import demo as showing_all  # noqa: PLC0415

    screen.sample = True
    folder = given.workspace.resolve() if given.workspace else free(Path.cwd() / DEMO_FOLDER)
    settings = settings_of(screen, given, folder)
    with showing(screen) as progress:

        def say(text: Text) -> None:
            progress.clear()
            for line in wrap(screen.tell(text), screen.cells):
                screen.note(line)

        member = member_of(given)
        document = showing_all.demo(settings, say=say, progress=progress, member=member)
    scheme = document["evaluations"][0]["scheme"]["id"]
    names = Names(schemes.show(None, scheme), screen.language)
    screen.show(document, lambda _: pages.show_demo(screen, document, names))


_SAMPLE = Text(
    "虚构样例文件在 {files}；其中的 README.txt 说明各文件用哪个来源名导入",
    "Fictional sample files are in {files}; its README.txt says which source each is imported as",
)


def init(screen: Screen, given: argparse.Namespace) -> None:
    """Make a workspace."""
    from tallystick.app import founding  # noqa: PLC0415

    screen.sample = given.sample
    folder = given.folder.resolve()
    settings = settings_of(screen, given, folder)
    with passphrase_for(screen, given, folder) as (passphrase, generated):
        store = founding.found(
            settings,
            passphrase,
            operator=given.operator or folder.name,
            code=given.code or "",
            origin=given.origin or "",
            sample=given.sample,
            member=member_of(given),
            suite=given.suite or "ed25519",
        )
        store.close()
    files = folder.with_name(folder.name + "-files")
    if given.sample:
        from tallystick.testing.sample import write_sample  # noqa: PLC0415

        write_sample(files, as_of=settings.today())
    document = {
        "workspace": str(folder),
        "files": str(files) if given.sample else "",
        "origin": store.origin,
        "trust": str(store.paths.trust),
        "passphrase": str(generated) if generated else "",
    }

    def page(_: Screen) -> None:
        screen.line(_MADE.fill(folder=near(folder)), "bold")
        screen.paragraph(_TRUST.fill(trust=near(store.paths.trust)))
        if generated:
            screen.paragraph(_GENERATED.fill(file=near(generated)), 0, "yellow")
        if given.sample:
            screen.paragraph(_SAMPLE.fill(files=near(files)))
        screen.line(_NEXT.fill(tally=program(), folder=typed(folder)))

    screen.show(document, page)


_WRITTEN = Text(
    "{name}：{n} 家公司写入 {file}（样例：公司真实而匿名，代码虚构）",
    "{name}: {n} {n:company|companies} in {file} (SAMPLE: real and anonymous, under made-up codes)",
)
_ROSTER = Text("名册：{file}", "Roster: {file}")
_LICENCE = Text(
    "来源与许可：{file}（CC BY 4.0，UCI 数据集 365，doi:10.24432/C5F600）",
    "Source and licence: {file} (CC BY 4.0, UCI data set 365, doi:10.24432/C5F600)",
)

_SAMPLES_ONLY = Text(
    "只能导入样例工作区：{tally} init 文件夹 --sample；"
    "名册用 --source roster，报表用 --source ratios。",
    "Only a workspace of samples takes it: {tally} init FOLDER --sample; import the roster with "
    "--source roster, the statements with --source ratios.",
)
_ROSTER_TOO = Text(
    "导入前还须有名册：加 --roster 文件。", "A roster is needed as well: add --roster FILE."
)


def sample(screen: Screen, given: argparse.Namespace) -> None:
    """Write the public data that ships, with its licence beside it."""
    from tallystick.testing import published  # noqa: PLC0415

    screen.sample = True
    output: Path = given.output
    licence = output.with_name(f"{output.name}.LICENCE.txt")
    for file in filter(None, (output, given.roster)):
        published.check_ending(file)
        refuse_overwriting(file)
    refuse_overwriting(licence, published.licence_text().encode())
    as_of = given.as_of or settings_of(screen, given, Path.cwd()).today()
    count = min(given.count or published.COMPANIES, published.COMPANIES)
    published.write_statements(output, as_of, count)
    write_whole(licence, published.licence_text().encode())
    if given.roster:
        published.write_companies(given.roster, as_of, count)
    document = {
        "name": given.name,
        "file": str(output),
        "companies": count,
        "roster": str(given.roster or ""),
        "licence": str(licence),
    }

    def page(_: Screen) -> None:
        screen.paragraph(_WRITTEN.fill(name=given.name, n=count, file=near(output)))
        if given.roster:
            screen.paragraph(_ROSTER.fill(file=near(given.roster)))
        screen.paragraph(_LICENCE.fill(file=near(licence)))
        screen.paragraph(_SAMPLES_ONLY.fill(tally=program()))
        if not given.roster:
            screen.paragraph(_ROSTER_TOO)

    screen.show(document, page)


def status(screen: Screen, given: argparse.Namespace) -> None:
    """Show what is loaded, missing or expiring."""
    from tallystick.app import status as standing  # noqa: PLC0415

    with opened(screen, given) as store:
        document = standing.status(store, screen.language)
    screen.show(document, lambda _: pages.show_status(screen, document))


def doctor(screen: Screen, given: argparse.Namespace) -> int:
    """Check the installation and the workspace; 1 if something needed is not as it should be."""
    from tallystick.app import doctor as checking  # noqa: PLC0415

    found = checking.doctor(settings_of(screen, given))
    document = [
        {
            "name": screen.tell(one.name),
            "ok": one.ok,
            "needed": one.needed,
            "detail": screen.tell(one.detail),
            "remedy": screen.tell(one.remedy) if not one.ok else "",
        }
        for one in found
    ]
    screen.show(document, lambda _: pages.show_findings(screen, document))
    return REFUSED if any(one.needed and not one.ok for one in found) else DONE

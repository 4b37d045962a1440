"""Bringing facts and consent in, and taking them back by new records."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tallystick.cli.faults import DONE, REFUSED
from tallystick.cli.itself import program
from tallystick.cli.opening import opened, refuse_overwriting, refuse_own_files, write_whole
from tallystick.cli.pages import imports as pages
from tallystick.cli.pages.values import typed
from tallystick.cli.parsing import WrongUsageError
from tallystick.cli.progress import Telling, showing
from tallystick.cli.screen import Screen
from tallystick.cli.table.facts import QUESTIONNAIRE
from tallystick.kernel.errors import TallyError
from tallystick.kernel.texts import Text

if TYPE_CHECKING:
    from tallystick.app.importing import ImportReport
    from tallystick.app.store import Store

_TEMPLATE_WRITTEN = Text("模板：{file}", "Template: {file}")
_THEN_IMPORT = Text(
    "填好后：{tally} import {file} --source {source}",
    "When it is filled in: {tally} import {file} --source {source}",
)
_AND_SO_ON = Text("{first}等", "{first}, and others")
_MERGED = frozenset(("remedies", "reasons", "dropped_names", "columns_not_read"))
_SCHEME_GOES_WITH = Text(
    "--scheme 只与 questionnaire 同用，且不可缺", "questionnaire, and nothing else, needs --scheme"
)
_QUESTIONNAIRE_WRITTEN = Text(
    "问卷：{file}，共 {pairs} 对比较，每位专家至少答 {fewest} 对；建议答 {advised} 对，"
    "只答最少的几对无法检验前后是否一致。",
    "Questionnaire: {file}; {pairs} comparisons, of which an expert answers {fewest} at least and "
    "better {advised}: whether the least alone are consistent cannot be tested.",
)
_THEN_WEIGH = Text(
    "收齐后：{tally} ahp 问卷… --scheme {scheme} -o {weighed}",
    "When they are filled in: {tally} ahp FILE... --scheme {scheme} -o {weighed}",
)
_RETRACTED = Text(
    "已撤回 {name}；旧记录仍在账本中，但不再计入。后来的文件若重复过其中的行，请把那份文件"
    "再导入一次。记录 {record}",
    "Retracted {name}; its records stay on the ledger and no longer count. If a later file "
    "repeated rows of it, import that file again. Record {record}",
)
_MASKED = Text("理由中已遮蔽：{each}", "Masked in the reason: {each}")
_ONE_GRANT = Text("--grant 须写明授权的记录编号", "--grant needs the record id of a grant")
_GRANTED = Text(
    "已登记 {subject} 的授权，至 {until}。记录 {record}",
    "Entered the grant of {subject}, until {until}. Record {record}",
)
_WITHDRAWN = Text(
    "已登记 {subject} 撤回 {n} 项授权，自 {day} 起不再读取。记录 {record}",
    "Entered that {subject} withdraws {n} {n:grant|grants}; nothing is read under "
    "{n:it|them} from {day}. Record {record}",
)


def warn_of_masked(screen: Screen, numbers: Mapping[str, int]) -> None:
    """Tell who typed a reason which numbers of people in it were masked."""
    from tallystick.app.naming import DROPPED_NAMES  # noqa: PLC0415

    comma = "，" if screen.language == "zh" else ", "
    if numbers:
        each = [f"{screen.tell(DROPPED_NAMES[kind])} {n}" for kind, n in numbers.items()]
        screen.warn(_MASKED.fill(each=comma.join(each)))


def template(screen: Screen, given: argparse.Namespace) -> None:
    """Write an Excel template for a source, or the questionnaire of a scheme."""
    from tallystick.app import templates  # noqa: PLC0415

    if (given.source == QUESTIONNAIRE) != bool(given.scheme):
        raise WrongUsageError(("template",), screen.tell(_SCHEME_GOES_WITH))
    refuse_own_files(given, given.output)
    refuse_overwriting(given.output)
    if given.scheme:
        _questionnaire(screen, given)
        return
    templates.write(given.source, given.output, screen.language)
    facts = {"file": typed(given.output), "source": given.source, "tally": program(given.workspace)}

    def page(_: Screen) -> None:
        screen.line(_TEMPLATE_WRITTEN.fill(**facts))
        screen.line(_THEN_IMPORT.fill(**facts))

    screen.show({"file": str(given.output), "source": given.source}, page)


# Whose absence of a row would mean something, if the file were known to be complete.
_LISTS = frozenset({"association", "honours"})
# Whose entries are public: who is not among them has none.
_REGISTERS = frozenset({"penalties", "licences", "judgment-debtors", "abnormal-operations"})


def _questionnaire(screen: Screen, given: argparse.Namespace) -> None:
    from tallystick.app import questionnaire_forms, weighing  # noqa: PLC0415

    _, scheme = weighing.scheme_in(given.scheme)
    asked = questionnaire_forms.write_questionnaire(
        weighing.asked(scheme), scheme.id, given.output, screen.language
    )
    document = {"file": str(given.output), "source": given.source, "scheme": scheme.id, **asked}
    facts = {
        "file": typed(given.output),
        "tally": program(given.workspace),
        "scheme": given.scheme,
        "weighed": typed(_unused(Path("weighed.yaml"))),
        "pairs": asked["pairs"],
        "fewest": asked["fewest"],
        "advised": asked["advised"],
    }

    def page(_: Screen) -> None:
        screen.paragraph(_QUESTIONNAIRE_WRITTEN.fill(**facts))
        screen.paragraph(_THEN_WEIGH.fill(**facts))

    screen.show(document, page)


def _unused(file: Path) -> Path:
    """Return `file`, or where it is there, which may be the very scheme asked about, another."""
    number, wanted = 1, file
    while wanted.exists():
        number += 1
        wanted = file.with_stem(f"{file.stem}-{number}")
    return wanted


def import_(screen: Screen, given: argparse.Namespace) -> int:
    """Import files, each as an import of its own; 1 if one could not be taken."""
    with opened(screen, given, writer=True) as store, showing(screen) as progress:
        documents = [
            _one_import(screen, given, store, some, progress)
            # A dry run seals nothing, so it must see all files at once to know what repeats.
            for some in ([given.files] if given.dry_run else [[file] for file in given.files])
        ]
    document = _summed(documents)
    screen.show(document, lambda _: pages.show_import(screen, document, program(given.workspace)))
    return REFUSED if document["failed"] or _all_refused(document) else DONE


def _all_refused(document: Mapping[str, Any]) -> bool:
    """Tell whether something was refused and nothing taken, now or before."""
    return bool(document["refused"] and not document["accepted"] and not document["duplicate"])


def _one_import(
    screen: Screen,
    given: argparse.Namespace,
    store: Store,
    files: list[Path],
    progress: Telling,
) -> dict[str, Any]:
    from tallystick.app import importing, naming  # noqa: PLC0415

    try:
        report = importing.import_files(
            store,
            files,
            given.source,
            mapping=given.map,
            complete=given.complete,
            dry_run=given.dry_run,
            progress=progress,
        )
    except TallyError as fault:
        if len(given.files) == 1:
            raise
        report = importing.ImportReport()
        report.fail(files[0], fault)
    progress.clear()
    document = report.to_json(screen.language)
    document["register"] = given.source in _REGISTERS and bool(report.imports)
    document["may_be_complete"] = given.source in _LISTS and not given.complete
    document["remedies"] = {one.code: screen.tell(one.remedy) for one in report.problems}
    document["reasons"] = _reasons(screen, report)
    document["dropped_names"] = {
        code: screen.tell(naming.dropped_name(given.source, code)) for code in report.dropped
    }
    written = _outputs(store, report, document["problems"])
    if given.save_map:
        refuse_own_files(given, given.save_map)
        for text in report.mappings.values():
            refuse_overwriting(given.save_map, text.encode())
            write_whole(given.save_map, text.encode())
            written["mapping_saved"] = [str(given.save_map)]
    return {**document, **written}


def _reasons(screen: Screen, report: ImportReport) -> dict[str, str]:
    """Return what each code of a problem says; of sentences that differ, the first and so on."""
    said: dict[str, list[str]] = {}
    for one in report.problems:
        sentence = screen.tell(one.message)
        if sentence not in said.setdefault(one.code, []):
            said[one.code].append(sentence)
    return {
        code: each[0] if len(each) == 1 else screen.tell(_AND_SO_ON.fill(first=each[0]))
        for code, each in said.items()
    }


def _outputs(
    store: Store, report: ImportReport, problems: list[dict[str, Any]]
) -> dict[str, list[str]]:
    """Write mappings and problems into the workspace, for review; return where."""
    folder = store.paths.imports
    folder.mkdir(exist_ok=True)
    mappings, listed = [], []
    for file, text in report.mappings.items():
        sealed = report.imports if len(report.mappings) == 1 and not report.dry_run else []
        name = sealed[0] if sealed else file
        target = folder / f"{name}.mapping.yaml"
        write_whole(target, text.encode())
        mappings.append(str(target))
        found = [one for one in problems if one["file"] in {file, ""} or len(report.mappings) == 1]
        if found:
            target = folder / f"{name}.problems.json"
            lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in found)
            write_whole(target, f"[\n{lines}\n]\n".encode())
            listed.append(str(target))
    return {"mappings": mappings, "problem_lists": listed}


def _summed(documents: list[dict[str, Any]]) -> dict[str, Any]:
    """Return several reports as one: numbers added, lists joined."""
    total: dict[str, Any] = dict(documents[0])
    for one in documents[1:]:
        for name, value in one.items():
            before = total.get(name)
            if isinstance(value, bool) or before is None:
                total[name] = value
            elif name in _MERGED:
                total[name] = {**before, **value}
            elif isinstance(value, Mapping):
                total[name] = dict(sorted((Counter(before) + Counter(value)).items()))
            else:
                total[name] = before + value
    return total


def retract(screen: Screen, given: argparse.Namespace) -> None:
    """Take an import back."""
    from tallystick.app import importing  # noqa: PLC0415
    from tallystick.app.typed import masked  # noqa: PLC0415

    reason, numbers = masked(given.reason)
    with opened(screen, given, writer=True) as store:
        record = importing.retract(store, given.name, reason)
    document = {"import": given.name, "record": record, "masked": numbers}
    said = _RETRACTED.fill(name=given.name, record=record)
    screen.show(document, lambda _: screen.paragraph(said))
    warn_of_masked(screen, numbers)


def grant(screen: Screen, given: argparse.Namespace) -> None:
    """Enter the consent of an organisation."""
    from tallystick.app import consent  # noqa: PLC0415

    with opened(screen, given, writer=True) as store:
        document = consent.grant(
            store,
            given.subject,
            categories=given.categories,
            purpose=given.purpose,
            until=given.until,
            document=given.document,
        )
    said = _GRANTED.fill(
        subject=document["subject"], until=document["until"], record=document["record"]
    )
    screen.show(document, lambda _: screen.paragraph(said))


def withdraw(screen: Screen, given: argparse.Namespace) -> None:
    """Enter the withdrawal of consent."""
    from tallystick.app import consent  # noqa: PLC0415

    if given.grant is not None and not given.grant.strip():
        raise WrongUsageError(("withdraw",), screen.tell(_ONE_GRANT))
    with opened(screen, given, writer=True) as store:
        document = consent.withdraw(store, given.subject, given.grant)
    said = _WITHDRAWN.fill(
        subject=document["subject"],
        n=len(document["withdrawn"]),
        day=document["from"],
        record=document["record"],
    )
    screen.show(document, lambda _: screen.paragraph(said))

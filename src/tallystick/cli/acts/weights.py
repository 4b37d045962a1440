"""Weights from experts' judgments."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tallystick.cli.faults import DONE, REFUSED
from tallystick.cli.itself import program
from tallystick.cli.opening import opened, opened_unasked, refuse_overwriting, write_whole
from tallystick.cli.pages import weights as pages
from tallystick.cli.pages.values import typed
from tallystick.cli.parsing import WrongUsageError
from tallystick.cli.progress import showing
from tallystick.cli.screen import Screen
from tallystick.kernel.errors import Problem, TallyError
from tallystick.kernel.texts import Text

if TYPE_CHECKING:
    from tallystick.app.weighing import Read, Settings
    from tallystick.evaluation import Scheme
    from tallystick.evaluation.ahp import Layer

_OVERRIDE_NEEDS = Text(
    "--override 须同时给出 --officer 和 --reason", "--override needs --officer and --reason"
)
_OVERRIDE_UNUSED = Text(
    "--officer、--reason 只与 --override 同用", "--officer and --reason go with --override only"
)
_SCHEME_NEEDED = Text("-o 须同时给出 --scheme", "-o needs --scheme")
_NOT_WRITTEN = Text(
    "没有写出 {file}：有的答卷不能计入，或 CR 不合格。",
    "{file} was not written: an answer does not count, or CR is too high.",
)
_WRITTEN = Text(
    "已写出 {file}。下一步：{tally} scheme publish {file}",
    "Written: {file}. Next: {tally} scheme publish {file}",
)
_VERSION_TAKEN = Text(
    "已写出 {file}。它的版本号已经公布过别的内容：先改版本号（version），再 "
    "{tally} scheme publish {file}",
    "Written: {file}. Its version is published already and says something else: give it a new "
    "version, then {tally} scheme publish {file}",
)
_VERSION_UNKNOWN = Text(
    "已写出 {file}。若它的版本号已经公布过，先改版本号（version）。下一步："
    "{tally} scheme publish {file}",
    "Written: {file}. If its version is published already, give it a new one. Next: {tally} "
    "scheme publish {file}",
)


def ahp(screen: Screen, given: argparse.Namespace) -> int:
    """Make weights of questionnaires; 1 if an answer does not count or CR is too high."""
    from tallystick.app import weighing  # noqa: PLC0415

    _check_usage(screen, given)
    defaults = weighing.Settings()
    settings = weighing.Settings(
        given.method or defaults.method,
        given.aggregate or defaults.aggregate,
        given.ri or defaults.table,
    )
    text, scheme = weighing.scheme_in(given.scheme) if given.scheme else ("", None)
    layers = weighing.asked(scheme) if scheme is not None else ()
    found = weighing.read(given.files, settings, layers)
    problems = _problems(screen, found.problems)
    if found.weighing is None:
        _show_refused(screen, found, problems)
        return REFUSED
    document = weighing.document(found)
    document |= {"refused": _refused(screen, found), "override": None, "problems": problems}
    if given.override:
        _override(screen, given, found, scheme, document)
    done = found.whole and not document["refused"]
    if given.output is not None:
        document["written"] = _write(given, found, text, document) if done else None
        document["version_taken"] = _version_taken(screen, given) if done else None
    screen.show(document, lambda _: _page(screen, given, document, layers, settings))
    return DONE if done else REFUSED


def _check_usage(screen: Screen, given: argparse.Namespace) -> None:
    signed = bool(given.officer and given.reason)
    wrong = None
    if given.override and not signed:
        wrong = _OVERRIDE_NEEDS
    elif (given.officer or given.reason) and not given.override:
        wrong = _OVERRIDE_UNUSED
    elif given.output is not None and not given.scheme:
        wrong = _SCHEME_NEEDED
    if wrong is not None:
        raise WrongUsageError(("ahp",), screen.tell(wrong))


def _problems(screen: Screen, problems: Sequence[Problem]) -> list[dict[str, Any]]:
    return [
        {
            **one.to_json(screen.language),
            "rule": one.rule,
            "remedy": one.remedy.in_language(screen.language),
        }
        for one in problems
    ]


def _refused(screen: Screen, found: Read) -> list[dict[str, str]]:
    """Return why the weights may not be used, a fault for each group; [] if they may."""
    from tallystick.evaluation.ahp import too_inconsistent  # noqa: PLC0415

    faults = too_inconsistent(found.demanded())
    return [
        {
            "code": fault.code,
            "message": screen.tell(fault.text),
            "rule": fault.reason.rule,
            "remedy": screen.tell(fault.remedy),
        }
        for fault in faults
    ]


def _override(
    screen: Screen,
    given: argparse.Namespace,
    found: Read,
    scheme: Scheme | None,
    document: dict[str, Any],
) -> None:
    """Let an officer sign; what was refused no longer is."""
    from tallystick.app import sealed_weights  # noqa: PLC0415

    with opened(screen, given, writer=True) as store:
        signed = sealed_weights.override(
            store,
            found.demanded(),
            scheme.id if scheme is not None else "",
            given.officer,
            given.reason,
        )
    document |= {"overridden": True, "override": signed, "refused": []}
    for group in document["groups"]:
        group["overridden"] = not group["consistent"]


def _write(given: argparse.Namespace, found: Read, text: str, document: Mapping[str, Any]) -> str:
    from tallystick.app import weighing  # noqa: PLC0415

    signed = document["override"]
    override = weighing.Override(signed["officer"], signed["reason"]) if signed else None
    made = weighing.weighed_scheme(text, given.scheme, found.demanded(), override).encode()
    refuse_overwriting(given.output, made)
    write_whole(given.output, made)
    return str(given.output)


def _version_taken(screen: Screen, given: argparse.Namespace) -> bool | None:
    """Tell whether the version of what was written is taken, None where it cannot be known.

    A shipped scheme was given an id that is new, so that without a workspace nothing is taken.
    """
    from tallystick.app import schemes  # noqa: PLC0415
    from tallystick.evaluation import shipped_schemes  # noqa: PLC0415

    store = opened_unasked(screen, given)
    if store is None:
        return False if given.scheme in shipped_schemes() else None
    with store:
        return schemes.version_is_taken(store, str(given.output))


def _show_refused(screen: Screen, found: Read, problems: list[dict[str, Any]]) -> None:
    """Say that nothing is usable, and every reason."""
    try:
        found.demanded()
    except TallyError as fault:
        head = fault.text
        error = {
            "code": fault.code,
            "message": screen.tell(fault.text),
            "rule": fault.reason.rule,
            "remedy": screen.tell(fault.remedy),
        }
        screen.show(
            {"error": error, "problems": problems},
            lambda _: pages.show_answer_problems(screen, head, problems),
        )


def _page(
    screen: Screen,
    given: argparse.Namespace,
    document: Mapping[str, Any],
    layers: Sequence[Layer],
    settings: Settings,
) -> None:
    pages.show_weighing(screen, document, layers, settings)
    if given.output is None:
        return
    if document["written"] is None:
        screen.paragraph(_NOT_WRITTEN.fill(file=typed(given.output)))
    else:
        advice = {None: _VERSION_UNKNOWN, True: _VERSION_TAKEN, False: _WRITTEN}
        said = advice[document["version_taken"]]
        screen.paragraph(said.fill(file=typed(given.output), tally=program(given.workspace)))


def sensitivity(screen: Screen, given: argparse.Namespace) -> None:
    """Show how far each weight may move before a band or the order of members changes."""
    from tallystick.app import schemes, sensitivity  # noqa: PLC0415

    with opened(screen, given, writer=True) as store, showing(screen) as progress:
        document = sensitivity.reaches(store, given.scheme, given.as_of, progress=progress)
        progress.clear()
        scheme = schemes.show(store, given.scheme)
    document["null_means"] = pages.explained(screen, document)
    screen.show(document, lambda _: pages.show_reaches(screen, document, scheme))

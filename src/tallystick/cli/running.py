"""Doing what was asked, and saying what happened.

Owns the way from the words typed to the exit status: 0 done, 1 refused or a check failed, 2 wrong
usage, 130 interrupted, 141 nobody reads any more. Every exception ends here in a sentence.
"""

from __future__ import annotations

import argparse
import importlib
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

import tallystick
from tallystick.cli import faults
from tallystick.cli.helping import PROGRAM, front_page, page
from tallystick.cli.parsing import HelpAsked, VersionAsked, WrongUsageError, parse, speaking, spoken
from tallystick.cli.screen import PIPE_CELLS, Screen
from tallystick.cli.table import GLOBAL_OPTIONS, GROUPS, find
from tallystick.kernel.errors import TallyError

Act = Callable[[Screen, argparse.Namespace], int | None]
_ACTS = "tallystick.cli.acts"


def run(words: Sequence[str]) -> int:
    """Do what `words` ask; return the exit status."""
    language = spoken(words)
    as_json = "--json" in words[: words.index("--") if "--" in words else None]
    screen = Screen(language, as_json)
    with speaking(language):
        status = _guarded(lambda: _answer(words, screen), screen)
    return _flushed(status)


def act_of(run_by: str) -> Act:
    """Return the function named "module.function" among the acts."""
    module, _, name = run_by.rpartition(".")
    act: Act = getattr(importlib.import_module(f"{_ACTS}.{module}"), name)
    return act


def _answer(words: Sequence[str], screen: Screen) -> int:
    if not words:
        screen.err.write(help_of((), screen))
        return faults.WRONG
    try:
        request = parse(words, screen.language)
    except HelpAsked as asked:
        screen.out.write(help_of(asked.path, screen))
        return faults.DONE
    except VersionAsked:
        screen.out.write(f"{PROGRAM} {tallystick.__version__}\n")
        return faults.DONE
    except WrongUsageError as wrong:
        faults.show(faults.of_usage(wrong, screen.language), screen)
        return faults.WRONG
    screen.quiet = request.given.quiet
    return act_of(request.command.run)(screen, request.given) or faults.DONE


def help_of(path: Sequence[str], screen: Screen) -> str:
    """Return the page of the command at `path`, or the front page."""
    cells = shutil.get_terminal_size((PIPE_CELLS, 24)).columns
    command = find(list(path))
    if command is None:
        return front_page(GROUPS, GLOBAL_OPTIONS, screen.language, cells)
    return page(path, command, GLOBAL_OPTIONS, screen.language, cells)


def _guarded(work: Callable[[], int], screen: Screen) -> int:
    """Do `work`; whatever it raises becomes a sentence and a status."""
    try:
        status = work()
        screen.out.flush()
    except BrokenPipeError:
        return faults.PIPE_CLOSED
    except WrongUsageError as wrong:
        return _said(faults.of_usage(wrong, screen.language), screen, faults.WRONG)
    except TallyError as fault:
        return _said(faults.of_refusal(fault, screen.language), screen)
    except KeyboardInterrupt:
        screen.warn(faults.STOPPED)
        return faults.INTERRUPTED
    except OSError as fault:
        return _said(faults.of_system(fault, screen.language), screen)
    except Exception as fault:  # noqa: BLE001 - the last place at which it can become a sentence
        return _said(faults.of_ours(fault, screen.language), screen)
    return status


def _said(said: faults.Said, screen: Screen, status: int = faults.REFUSED) -> int:
    if os.environ.get("TALLY_DEBUG") == "1":
        import traceback  # noqa: PLC0415 - rarely needed

        traceback.print_exc(file=screen.err)
    with suppress(BrokenPipeError):
        faults.show(said, screen)
    return status


def _flushed(status: int) -> int:
    """Flush what was written; a reader that went away is no fault of ours."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would complain when it flushes again at its end: let it write to nowhere.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        with suppress(OSError, ValueError):
            os.dup2(nowhere, sys.stdout.fileno())
        return faults.PIPE_CLOSED
    except OSError:
        return faults.REFUSED
    return status

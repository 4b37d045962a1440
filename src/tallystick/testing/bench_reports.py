"""Measuring reports: how long a page, a PDF, and a whole membership on paper take.

Owns `tally bench reports`. The documents are those of the demonstration, each time with another
name and number, so that nothing is answered from what the typesetter remembers of the one before.
"""

from __future__ import annotations

import importlib.metadata
import platform
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tallystick.app.portraits import portrait
from tallystick.app.progress import Progress, silent
from tallystick.app.reports import page_of, report
from tallystick.app.store import Store
from tallystick.app.workers import in_order
from tallystick.app.workspace import Settings
from tallystick.publication import html, pdf
from tallystick.testing.bench_ahp import time_ahp
from tallystick.testing.benching import Memory, machine
from tallystick.testing.demo import demo

REPORTS_DEFAULT = 2_000
MEMBERS = 20  # different portraits, each in both languages
WARM = 10  # how often one report is made again
_LIBRARIES = ("jinja2", "typst", "pylopdf-fonts-zh-cn")


def reports(
    number: int = REPORTS_DEFAULT, processes: int | None = None, progress: Progress = silent
) -> dict[str, Any]:
    """Measure and return {"machine", "versions", "settings", "results"}; times are of the wall.

    number: how many PDFs the whole run makes. collect_seconds: to read one member's records and
    explain them. sealed_pdf_seconds: to draw one, seal it and attach its receipts.
    *_first_seconds: with nothing loaded but the libraries. ahp: weights of 30 experts for 35 items.
    """
    used = processes or Settings(Path()).processes
    with tempfile.TemporaryDirectory() as working:
        documents, results = _documents(Path(working))
    results |= _one(documents)
    results["ahp"] = time_ahp()
    with Memory() as memory:
        began = time.perf_counter()
        sizes = []
        for place, size in enumerate(in_order(_made, _tasks(documents, number), used), 1):
            sizes.append(size)
            progress("reports", place, number)
        seconds = time.perf_counter() - began
    results |= {
        "pdf_many_seconds": round(seconds, 1),
        "pdf_per_second": round(number / seconds, 1),
        "pdf_bytes_each": sum(sizes) // max(len(sizes), 1),
        "pdf_many_rss_mib": round(memory.peak_mib),
    }
    return {
        "machine": machine(),
        "versions": {
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in _LIBRARIES},
        },
        "settings": {"reports": number, "processes": used},
        "results": results,
    }


def numbered(document: Mapping[str, Any], place: int) -> dict[str, Any]:
    """Return the portrait as that of another organisation: its name and root differ."""
    ledger = {**document["ledger"], "entries": place}
    return {**document, "name": f"{document['name']}{place}号", "ledger": ledger}


def _documents(working: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return portraits of the demonstration in both languages, and how long the steps took."""
    settings = Settings(working / "ws", processes=1)
    made = demo(settings, lambda _: None)
    subjects = [one["subject"] for one in made["evaluations"]][:MEMBERS]
    with Store.open(settings, writer=True) as store:
        began = time.perf_counter()
        found = [portrait(store, subject, lang) for subject in subjects for lang in ("zh", "en")]
        collected = time.perf_counter()
        for document in found[:WARM]:
            report(store, document, ".pdf")
        return found, {
            "collect_seconds": round((collected - began) / len(found), 4),
            "sealed_pdf_seconds": round((time.perf_counter() - collected) / WARM, 4),
        }


def _one(documents: list[dict[str, Any]]) -> dict[str, Any]:
    results: dict[str, Any] = {}
    for name, write in (("html", html.render), ("pdf", pdf.render)):
        times = []
        for place in range(WARM + 1):
            document = numbered(documents[place % len(documents)], place)
            began = time.perf_counter()
            write(document, document["language"])
            times.append(time.perf_counter() - began)
        results[f"{name}_first_seconds"] = round(times[0], 4)
        results[f"{name}_warm_seconds"] = round(sorted(times[1:])[WARM // 2], 4)
        results[f"{name}_warm_worst_seconds"] = round(max(times[1:]), 4)
    return results


def _tasks(documents: list[dict[str, Any]], number: int) -> Iterable[dict[str, Any]]:
    return (numbered(documents[place % len(documents)], place) for place in range(number))


def _made(document: dict[str, Any]) -> int:
    return len(page_of(document, ".pdf"))

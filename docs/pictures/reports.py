"""Takes pictures of a portrait and of the page of a membership, in both languages.

    python docs/pictures/reports.py

runs the demonstration in a temporary folder, writes both reports and photographs the web pages with
Chromium: portrait.LANG.png and membership.LANG.png beside this file. Needs `tally` in this Python's
environment and Chromium (`apt-get install chromium`).
"""

# ruff: noqa: INP001 - a script beside its pictures, imported by nobody

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTH = 1080
HEIGHT = {"portrait": 1500, "membership": 1500}  # what is seen without scrolling on


def tally(*words: str | Path) -> str:
    """Run `tally` with `words`; return what it printed."""
    done = subprocess.run(  # noqa: S603 - words of our own
        [sys.executable, "-m", "tallystick", *map(str, words)],
        check=True,
        stdout=subprocess.PIPE,
        env={**os.environ, "TALLY_LANG": "en"},
    )
    return done.stdout.decode()


def main() -> None:
    """Take all pictures anew."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        sys.exit("no Chromium is there; install it: apt-get install chromium")
    with tempfile.TemporaryDirectory() as place, sync_playwright() as driver:
        workspace = Path(place, "sample")
        demo: dict[str, Any] = json.loads(tally("demo", "--workspace", workspace, "--json"))
        decided = next(one["subject"] for one in demo["decisions"] if one["light"] == "green")
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for language in ("zh", "en"):
            for name, what in (("portrait", decided), ("membership", "--all")):
                page = Path(place, f"{name}.{language}.html")
                tally("report", what, "-o", page, "--lang", language, "--workspace", workspace)
                view = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT[name]})
                view.goto(page.as_uri())
                if name == "portrait":  # what is worth a picture begins below the title page
                    view.evaluate("document.getElementById('summary').scrollIntoView()")
                view.screenshot(path=str(FOLDER / f"{name}.{language}.png"))
                view.close()
        browser.close()


if __name__ == "__main__":
    main()

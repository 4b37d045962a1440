"""The peers of the models' bench: optbinning, toad, scorecardpy, each in an environment of its own.

Owns making the environments and running one peer at a time. Rules: an environment is made of the
versions in `data/peers`, only where the caller allows it, and kept for the next time, in the cache
of the user; what is missing is said in a sentence and is no error: a peer is a comparison.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Final

from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text
from tallystick.testing import peer_cards
from tallystick.testing.peer_tessera import PEER_FAILED

PEERS: Final = ("optbinning", "toad", "scorecardpy")
PYTHON: Final = "3.11"  # the newest one for which every pinned version has a wheel
FIT_S_MAX: Final = 3600
INSTALL_S_MAX: Final = 900
_SAID_MAX: Final = 2000

NO_PYTHON = Reason(
    "peer_no_python",
    Text("没有 Python {version}", "there is no Python {version}"),
    "",
    Text("请安装 Python {version}。", "Install Python {version}."),
)
NOT_MADE = Reason(
    "peer_not_made",
    Text("{peer} 的环境还没有建立", "the environment of {peer} has not been made"),
    "",
    Text("请联网并允许下载（--peer）。", "Allow the download (--peer) with the network up."),
)


def requirements(peer: str) -> str:
    """Return the pinned versions of a peer, one a line."""
    place = resources.files("tallystick.testing") / "data" / "peers" / f"{peer}.txt"
    return place.read_text(encoding="utf-8")


def environments() -> Path:
    """Return the folder in which environments of peers are kept."""
    stated = os.environ.get("XDG_CACHE_HOME")
    return (Path(stated) if stated else Path.home() / ".cache") / "tallystick" / "peers"


def python_of(peer: str, *, download: bool) -> Path:
    """Return the Python of a peer's environment, which is made where that is allowed.

    Raises: NOT_MADE, NO_PYTHON, PEER_FAILED.
    """
    return environment(peer, requirements(peer), download=download)


def environment(name: str, pinned: str, *, download: bool) -> Path:
    """Return the Python of an environment of these versions; it is named by their digest.

    Raises: NOT_MADE, NO_PYTHON, PEER_FAILED.
    """
    digest = hashlib.sha256(pinned.encode()).hexdigest()[:12]
    folder = environments() / f"{name}-{digest}"
    program = folder / "bin" / "python"
    if (folder / "complete").exists():
        return program
    if not download:
        raise NOT_MADE.error(peer=name)
    shutil.rmtree(folder, ignore_errors=True)
    _said([_python(), "-m", "venv", str(folder)], INSTALL_S_MAX)
    lines = [one for one in pinned.splitlines() if one and not one.startswith("#")]
    # A source distribution is built with the setuptools of its own list, not with the newest.
    for some in ([one for one in lines if one.startswith("setuptools==")], lines):
        if some:
            _said(_installing(program, some), INSTALL_S_MAX)
    (folder / "complete").touch()
    return program


def _installing(program: Path, lines: Sequence[str]) -> list[str]:
    words = [str(program), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    words += ["--no-deps", "--no-build-isolation", "--only-binary", ":all:"]
    return [*words, "--no-binary", "scorecardpy", *lines]


def _python() -> str:
    if sys.version_info[:2] == tuple(map(int, PYTHON.split("."))):
        return sys.executable
    if found := shutil.which(f"python{PYTHON}"):
        return found
    raise NO_PYTHON.error(version=PYTHON)


def measure_peer(
    peer: str, train: Path, test: Path, cores: int, *, download: bool
) -> dict[str, Any]:
    """Fit and judge a peer's card; return its figures, or {"missing": {"zh", "en"}}."""
    try:
        program = python_of(peer, download=download)
        script = str(Path(peer_cards.__file__).resolve())
        words = [str(program), script, peer, str(train), str(test), str(cores)]
        figures: dict[str, Any] = json.loads(_said(words, FIT_S_MAX))
    except TallyError as fault:
        text, remedy = fault.text, fault.remedy
        return {"missing": {"zh": f"{text.zh}。{remedy.zh}", "en": f"{text.en}. {remedy.en}"}}
    return figures


def _said(words: Sequence[str], seconds: int) -> str:
    """Run a program in an empty folder and return what it printed. Raises: PEER_FAILED."""
    ours = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    surroundings = {name: value for name, value in os.environ.items() if name not in ours}
    try:
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(  # noqa: S603 - a Python, and our own script
                list(words),
                cwd=folder,
                env=surroundings,
                capture_output=True,
                text=True,
                check=False,
                timeout=seconds,
            )
    except subprocess.TimeoutExpired:
        raise PEER_FAILED.error(said=f"> {seconds} s") from None
    if done.returncode:
        raise PEER_FAILED.error(said=done.stderr.strip()[-_SAID_MAX:])
    return done.stdout

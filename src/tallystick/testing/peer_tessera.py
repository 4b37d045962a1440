"""Tessera measured beside our ledger: the same entries, the same disk, the same run.

Owns building and running `tests/interop/go`, which only a source checkout has, and which needs Go.
Nothing is downloaded unless the caller says so; without that, the modules must be on the machine
already. Whatever is missing is said in a sentence and is no error: the peer is a comparison.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tallystick.app.toolchain import GO_OLDEST, Go, find_go
from tallystick.kernel.errors import NOTHING, Reason, TallyError
from tallystick.kernel.texts import Text

SOURCE = Path(__file__).parents[3] / "tests" / "interop" / "go"
FSCK = "github.com/transparency-dev/tessera/cmd/fsck"
BENCH = "./tesserabench"
BATCHED, SINGLE = 200_000, 5_000  # entries
BATCH_SIZES = (256, 1024, 4096)  # the first is Tessera's own choice
SHORT_BATCHES = {"batch_size": 64, "batch_age_ms": 10}  # for adders that wait, all 64 in a batch
WAITS = ("published", "integrated")
_SECONDS = 900
_OFFLINE = {"GOPROXY": "off", "GOTOOLCHAIN": "local"}
_LOOKUP_FAILED = (  # what `go` says when a module is neither here nor to be had
    "module lookup disabled",
    "dial tcp",
    "proxyconnect",
    "i/o timeout",
    "TLS handshake",
    "reading http",
)

NO_SOURCE = Reason(
    "peer_no_source",
    Text(
        "没有对照程序的源码（{folder}）：它只随源码仓库提供",
        "the source of the peer is not here ({folder}): only a source checkout has it",
    ),
)
NO_GO = Reason(
    "peer_no_go",
    Text(
        "没有 Go {oldest} 或更新版本（找到：{found}）",
        "there is no Go {oldest} or newer (found: {found})",
    ),
    remedy=Text("请安装 Go。", "Install Go."),
)
NO_MODULES = Reason(
    "peer_no_modules",
    Text(
        "对照程序所需的 Go 模块不在本机，也未能取得",
        "the Go modules the peer needs are not on this machine and were not to be had",
    ),
    remedy=Text(
        "请联网并允许下载（--peer），或先在 tests/interop/go 里执行 go mod download。",
        "Allow the download (--peer) with the network up, or run go mod download in"
        " tests/interop/go first.",
    ),
)
PEER_FAILED = Reason(
    "peer_failed",
    Text("对照程序未能运行：{said}", "the peer did not run: {said}"),
)


def run_peer(
    folder: Path,
    count: int,
    *,
    adders: int = 64,
    wait: str = "",
    batch_size: int = 256,
    batch_age_ms: int = 250,
    entry_bytes: int = 130,
    download: bool = False,
) -> tuple[dict[str, Any] | None, Text]:
    """Add `count` entries to a log of Tessera in a new folder below `folder`; return what it took.

    wait: each of the `adders` goes on when its entry is "integrated" (durable, under no signature
    yet) or "published" (covered by a signed checkpoint), which gives latencies; "" for no waiting.
    download: let `go` get modules it has not. What was written is removed. Returns the figures and
    nothing to say, or None and the reason.
    """
    options: dict[str, int] = {
        "count": count,
        "adders": adders,
        "batch-size": batch_size,
        "batch-age-ms": batch_age_ms,
        "entry-bytes": entry_bytes,
    }
    try:
        with tempfile.TemporaryDirectory(prefix="peer-", dir=folder) as own:
            [program] = build(Path(own) / "bin", [BENCH], download=download)
            words = [f"-{name}={value}" for name, value in options.items()]
            words += ["-dir", str(Path(own) / "log"), f"-wait={wait}"]
            figures: dict[str, Any] = json.loads(_said([str(program), *words], Path(own), {}))
    except TallyError as fault:
        return None, _told(fault)
    return figures, NOTHING


def measure_tessera(folder: Path, *, download: bool = False) -> dict[str, Any]:
    """Measure Tessera below `folder` as its makers set it up and as it does best here.

    Returns {"batched": figures of each size of batch, "single": figures of each way of waiting}, or
    {"missing": {"zh", "en"}}. A process kept to one core keeps the peer to it too; "cores" says so.
    """
    folder.mkdir(parents=True, exist_ok=True)
    measured: dict[str, Any] = {"batched": [], "single": []}
    runs: list[tuple[str, dict[str, Any]]] = [
        ("batched", {"count": BATCHED, "batch_size": size}) for size in BATCH_SIZES
    ]
    runs += [
        ("single", {"count": SINGLE, "wait": wait} | settings)
        for wait in WAITS
        for settings in ({}, SHORT_BATCHES)
    ]
    for kind, options in runs:
        figures, why = run_peer(folder, **options, download=download)
        if figures is None:
            return {"missing": {"zh": why.zh, "en": why.en}}
        measured[kind].append(figures)
    return measured


def build(
    into: Path, packages: Sequence[str], *, download: bool, source: Path | None = None
) -> list[Path]:
    """Build `packages` of our Go module into the folder `into`; return the programs.

    source: the folder of the module; that of the tools we are held against where none is given.

    Raises: NO_SOURCE, NO_GO, NO_MODULES; PEER_FAILED where they do not compile.
    """
    source = source or SOURCE
    go = _go(source)
    into.mkdir(parents=True, exist_ok=True)
    # Modules may be written to, so that whoever made the folder they lie in can remove it.
    flags = {"GOFLAGS": "-mod=readonly -modcacherw -buildvcs=false", "GOWORK": "off"}
    surroundings = flags if download else flags | _OFFLINE
    words = [go.program, "build", "-trimpath", "-o", f"{into}{os.sep}", *packages]
    try:
        _said(words, source, surroundings)
    except TallyError as fault:
        said = str(fault)
        if any(sign in said for sign in _LOOKUP_FAILED):
            raise NO_MODULES.error() from None
        raise
    return [into / package.rpartition("/")[2] for package in packages]


def _go(source: Path) -> Go:
    if not (source / "go.mod").exists():
        raise NO_SOURCE.error(folder=source)
    go = find_go()
    if go is None or not go.new_enough:
        oldest = ".".join(map(str, GO_OLDEST))
        raise NO_GO.error(oldest=oldest, found=go.version if go else "-")
    return go


def _told(fault: TallyError) -> Text:
    """Return what is missing and, in the same breath, what to do about it."""
    text, remedy = fault.text, fault.remedy
    return Text(f"{text.zh}。{remedy.zh}", f"{text.en}. {remedy.en}".strip())


def _said(words: list[str], folder: Path, surroundings: dict[str, str]) -> str:
    """Run a program and return what it printed. Raises: PEER_FAILED."""
    try:
        done = subprocess.run(  # noqa: S603 - `go`, or what it built from our own source
            words,
            cwd=folder,
            env={**os.environ, **surroundings},
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise PEER_FAILED.error(said=f"> {_SECONDS} s") from None
    if done.returncode:
        raise PEER_FAILED.error(said=done.stderr.strip()[-2000:])
    return done.stdout

"""What this machine and workspace have, lack, and what to do about it.

Owns the checks of `tally doctor`. Nothing optional is an error: what is missing is named together
with what it would be for.
"""

from __future__ import annotations

import errno
import importlib.metadata
import os
import platform
import shutil
import sys
import tempfile
from typing import NamedTuple

from tallystick.app.network.client import answers
from tallystick.app.network.engine import is_there
from tallystick.app.quorum import COSIGN, as_far_as_kept
from tallystick.app.store import Store
from tallystick.app.toolchain import GO_OLDEST, find_go
from tallystick.app.workspace import Paths, Settings
from tallystick.kernel.errors import NOTHING, TallyError
from tallystick.kernel.sm2 import NO_SM2, SM2_LIBRARY, SM2_PACKAGE, sm2_version
from tallystick.kernel.texts import Text

LIBRARIES = (
    "orjson",
    "protobuf",
    "PyNaCl",
    "cryptography",
    "PyYAML",
    "openpyxl",
    "pyarrow",
    "numpy",
    "rich",
    "jinja2",
    "typst",
    "pylopdf-fonts-zh-cn",
    "segno",
)
FREE_BYTES_MIN = 2 * 1024**3
_ON = Text("{version}，系统 {system}", "{version} on {system}")
_HOLDS = Text(
    "{folder}：{records} 条记录，{origin}",
    "{folder}: {records} {records:record|records}, {origin}",
)
_SYSTEM = Text("操作系统报错 {name}：{path}", "the system reports {name}: {path}")
_GO_IS_FOR = Text(
    "仅用于编译 CometBFT（联盟账本）、以他人的工具核对账本（tests/interop）及与 Tessera 比速度；"
    "如有需要，请安装 Go {oldest} 或更新版本。",
    "Only for building CometBFT (a ledger kept with others), holding the ledger against other "
    "people's tools (tests/interop) and measuring beside Tessera; install Go {oldest} or newer if "
    "you want that.",
)
_SM2_IS_FOR = Text(
    f"仅用于有签名人以国密 SM2-SM3 签名之时。{NO_SM2.remedy.zh}",
    f"Only for where somebody signs by SM2-SM3. {NO_SM2.remedy.en}",
)
_ENGINE_IS_FOR = Text(
    "仅用于与其他机构共同保管账本（tally network）；如有需要，请在源码目录执行 make cometbft。",
    "Only for keeping the ledger together with other institutions (tally network); run make "
    "cometbft in the source folder if you want that.",
)
_ANSWER = Text(
    "{chain}：{all} 个中 {have} 个应答，写入需要 {needed} 个",
    "{chain}: {have} of {all} answer, writing takes {needed}",
)
_SEE_STATUS = Text(
    "请查看 tally network status；更换节点地址用 tally network attach。",
    "See tally network status; tally network attach names other addresses.",
)
_RESTORE = Text("请从备份恢复该文件。", "Restore this file from a backup.")


class Finding(NamedTuple):
    """One check: what, whether it is as it should be, whether it must be, what was found."""

    name: Text
    ok: bool
    needed: bool
    detail: Text | str
    remedy: Text = NOTHING


def doctor(settings: Settings) -> list[Finding]:
    """Check the machine, and the workspace of `settings` if there is one."""
    machine = [_python(), *_libraries(), _disk(settings), _sync(), _encoding(), _sm2()]
    machine += [_go(), _engine()]
    return [*machine, *_workspace(settings)]


def _python() -> Finding:
    return Finding(
        Text("Python 版本", "Python version"),
        sys.version_info >= (3, 11),
        needed=True,
        detail=_ON.fill(version=platform.python_version(), system=platform.platform(terse=True)),
        remedy=Text("请安装 Python 3.11 或更新版本。", "Install Python 3.11 or newer."),
    )


def _libraries() -> list[Finding]:
    found = []
    for name in LIBRARIES:
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            version = ""
        label = Text(f"程序库 {name}", f"library {name}")
        remedy = Text("请重新运行 make demo 以安装。", "Run make demo again to install it.")
        found.append(Finding(label, bool(version), needed=True, detail=version, remedy=remedy))
    return found


def _disk(settings: Settings) -> Finding:
    there = next(p for p in (settings.folder, *settings.folder.resolve().parents) if p.exists())
    free = shutil.disk_usage(there).free
    return Finding(
        Text("磁盘空间", "free disk space"),
        free >= FREE_BYTES_MIN,
        needed=False,
        detail=f"{free / 1024**3:.1f} GiB",
        remedy=Text("百万条记录约需 2 GiB。", "A million records need about 2 GiB."),
    )


def _sync() -> Finding:
    """Check that the disk takes `fsync`, on which every acknowledgement rests."""
    try:
        with tempfile.TemporaryFile() as file:
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
        ok = True
    except OSError:
        ok = False
    return Finding(Text("磁盘落盘（fsync）", "durable writes (fsync)"), ok, needed=True, detail="")


def _encoding() -> Finding:
    encoding = (sys.stdout.encoding or "").lower()
    return Finding(
        Text("终端能显示中文", "the terminal shows Chinese"),
        "utf" in encoding or "gb" in encoding,
        needed=False,
        detail=encoding,
        remedy=Text("请设 LANG=zh_CN.UTF-8 或 C.UTF-8。", "Set LANG=C.UTF-8 or en_US.UTF-8."),
    )


def _sm2() -> Finding:
    version = sm2_version()
    return Finding(
        Text("SM2-SM3 签名（可不装）", "signatures by SM2-SM3 (optional)"),
        bool(version),
        needed=False,
        detail=f"{SM2_LIBRARY} ({SM2_PACKAGE} {version})" if version else "",
        remedy=_SM2_IS_FOR,
    )


def _go() -> Finding:
    found = find_go()
    return Finding(
        Text("Go（可不装）", "Go (optional)"),
        found is not None and found.new_enough,
        needed=False,
        detail=found.version if found else "",
        remedy=_GO_IS_FOR.fill(oldest=".".join(map(str, GO_OLDEST))),
    )


def _engine() -> Finding:
    """Return whether the engine is there by which several institutions keep one ledger."""
    there, told = is_there()
    return Finding(
        Text("CometBFT（可不装）", "CometBFT (optional)"),
        there,
        needed=False,
        detail=told if there else "",
        remedy=_ENGINE_IS_FOR,
    )


def _members(store: Store) -> list[Finding]:
    """Return whether the members answer, of a workspace whose ledger a consortium keeps."""
    network = store.consortium
    if network is None:
        return []
    answering = [one.name for one in network.cosigners if answers(one.name, one.url)]
    needed = network.quorum
    return [
        Finding(
            Text("联盟成员的节点", "nodes of the consortium"),
            len(answering) >= needed > 0,
            needed=False,
            detail=_ANSWER.fill(
                have=len(answering), all=len(network.cosigners), needed=needed, chain=network.chain
            ),
            remedy=_SEE_STATUS,
        )
    ]


def _workspace(settings: Settings) -> list[Finding]:
    paths = Paths(settings.folder)
    if not paths.identity.exists():
        return []
    label = Text("工作区", "workspace")
    found = [_modes(paths)]
    try:
        with Store.open(settings) as store:
            detail = _HOLDS.fill(
                folder=settings.folder, records=store.log.records, origin=store.origin
            )
            found += [*_witnesses(store), *_members(store)]
    except TallyError as fault:
        found.append(Finding(label, ok=False, needed=True, detail=fault.text, remedy=fault.remedy))
    except OSError as fault:
        found.append(Finding(label, ok=False, needed=True, detail=_told(fault), remedy=_RESTORE))
    else:
        found.append(Finding(label, ok=True, needed=True, detail=detail))
    return found


def _witnesses(store: Store) -> list[Finding]:
    """Return whether the newest checkpoint has its witnesses, nothing where none are asked for."""
    quorum = as_far_as_kept(store)
    if quorum is None:
        return []
    label, detail = Text("见证", "witnesses"), quorum.lacking()
    return [Finding(label, quorum.met, needed=False, detail=detail, remedy=COSIGN)]


def _told(fault: OSError) -> Text:
    name = errno.errorcode.get(fault.errno or 0, type(fault).__name__)
    return _SYSTEM.fill(name=name, path=fault.filename or "-")


def _modes(paths: Paths) -> Finding:
    secret = (paths.keyring, paths.record_keys, *sorted(paths.keyring.parent.glob("*.key")))
    open_to_others = [p.name for p in secret if p.exists() and p.stat().st_mode & 0o077]
    return Finding(
        Text("密钥文件只有本人能读", "key files are readable by their owner only"),
        not open_to_others,
        needed=True,
        detail=", ".join(open_to_others),
        remedy=Text("请执行 chmod 600 keys/*。", "Run chmod 600 keys/*."),
    )

"""A workspace is a folder: its files, what kind each is, and the settings it is opened with.

Owns the names of the files of a workspace and the declaration of what each is: evidence (every byte
is accounted for), bodies (encrypted, accounted for record by record), caches (may be rebuilt) and
outputs (copies for people). docs/spec/workspace.md describes them.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from tallystick.kernel import canonical
from tallystick.kernel.disk import SCRATCH_SUFFIX, Disk, FileDisk
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text

FORMAT = 1
LAW_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")  # the days of the law are counted there
# Hashes of the log, and commitments whose older part was moved to an archive.
_EVIDENCE = re.compile(r"evidence/(tile-[0-7]|commitments\.[1-9][0-9]{0,18})")
_ORIGIN = re.compile(r"[a-z0-9][a-z0-9./_-]{2,99}")

NOT_A_WORKSPACE = Reason(
    "not_a_workspace",
    Text("{folder} 不是工作区", "{folder} is not a workspace"),
    "",
    Text(
        "请用 --workspace 文件夹 指明工作区，或用 tally init 文件夹 新建。",
        "Name the workspace with --workspace DIR, or make one with tally init DIR.",
    ),
)
ALREADY_THERE = Reason(
    "already_there",
    Text("{folder} 已存在且不是空的", "{folder} is there already and not empty"),
    "",
    Text("请换一个文件夹。", "Choose another folder."),
)
NEWER_FORMAT = Reason(
    "newer_format",
    Text(
        "工作区的格式是 {found}，本程序只懂到 {known}",
        "the workspace has format {found}, this program knows up to {known}",
    ),
    "docs/spec/workspace.md",
    Text("请升级 tallystick。", "Upgrade tallystick."),
)
NO_PASSPHRASE = Reason(
    "no_passphrase",
    Text("没有口令，打不开密钥文件", "there is no passphrase to open the keyring with"),
    "",
    Text(
        "请给出 --passphrase-file 文件，或设 TALLY_PASSPHRASE / TALLY_PASSPHRASE_FILE，"
        "或把口令放在 {folder}.passphrase。",
        "Give --passphrase-file FILE, set TALLY_PASSPHRASE or TALLY_PASSPHRASE_FILE, "
        "or put it into {folder}.passphrase.",
    ),
)
BAD_PASSPHRASE_FILE = Reason(
    "bad_passphrase_file",
    Text(
        "口令文件 {file}（{named_by}）：{what}",
        "the passphrase file {file} ({named_by}): {what}",
    ),
    "",
    Text(
        "请核对路径与权限；文件第一行就是口令。",
        "Check the path and the rights; the first line of the file is the passphrase.",
    ),
)
_BESIDE = Text("在所开文件夹旁", "beside the folder it opens")
_NOT_THERE = Text("没有这个文件", "it is not there")
_UNREAD = Text("读不出", "it cannot be read")
_NO_LINE = Text("第一行没有口令", "its first line is no passphrase")
INTERRUPTED = Reason(
    "interrupted",
    Text("上一次写入没有完成", "the last write did not complete"),
    "docs/spec/workspace.md",
    Text("请重新打开工作区再试。", "Open the workspace anew and try again."),
)
TRUST_DIFFERS = Reason(
    "trust_differs",
    Text(
        "信任文件 trust.policy 与账本登记的公钥不符",
        "the trust file trust.policy does not fit the keys registered on the ledger",
    ),
    "docs/spec/workspace.md",
    Text(
        "请从备份恢复 trust.policy；tally audit 说明差在哪一字节。",
        "Restore trust.policy from a backup; tally audit names the byte.",
    ),
)
ROLLED_BACK = Reason(
    "rolled_back",
    Text(
        "账本已有 {had} 条，现在只剩 {have} 条：证据被换成了旧的",
        "the ledger had {had} and has {have} now: the evidence was put back to an older state",
    ),
    "docs/spec/workspace.md",
    Text(
        "请恢复较新的证据文件；若确是从备份恢复，请先移走 caches/index。",
        "Restore the newer evidence; if this is a backup restored on purpose, move caches/index "
        "away first.",
    ),
)
BAD_ORIGIN = Reason(
    "bad_origin",
    Text(
        "账本名只用小写字母、数字和 . / _ -",
        "the origin of a ledger is lower-case letters, digits and . / _ -",
    ),
    "C2SP tlog-checkpoint",
    Text(
        "请用 --origin 另给一个，例如 example.org/credit。",
        "Give another with --origin, such as example.org/credit.",
    ),
)


def _now() -> datetime:
    return datetime.now(tz=UTC)


@dataclass(frozen=True)
class Settings:
    """Everything the edge decides: where, as whom, in which language, by which clock.

    folder: the workspace. passphrase_file: where the passphrase is, if not in the usual places.
    ask: asks a person for a passphrase (a terminal), or None. ask_officer: asks an officer, by
    name, for the officer's own, twice for a new key. now: the clock. processes: how many to use for
    bulk work.
    """

    folder: Path
    passphrase_file: Path | None = None
    ask: Callable[[], str] | None = None
    ask_officer: Callable[[str, bool], str] | None = None
    now: Callable[[], datetime] = _now
    random: Callable[[int], bytes] = os.urandom
    disk: Disk = field(default_factory=FileDisk)
    processes: int = field(default_factory=lambda: min(os.cpu_count() or 1, 8))

    def today(self) -> str:
        """Return the day in the time zone of the law, ISO."""
        return self.now().astimezone(LAW_TIME).date().isoformat()


@dataclass(frozen=True, slots=True)
class Paths:
    """The files of the workspace in `folder`."""

    folder: Path

    @property
    def identity(self) -> Path:
        """Format and origin. Evidence."""
        return self.folder / "workspace.json"

    @property
    def trust(self) -> Path:
        """The trust file. Evidence."""
        return self.folder / "trust.policy"

    @property
    def evidence(self) -> Path:
        """The folder of the log. Evidence."""
        return self.folder / "evidence"

    @property
    def bodies(self) -> Path:
        """The encrypted bodies."""
        return self.folder / "bodies" / "records"

    @property
    def keyring(self) -> Path:
        """The wrapped master key."""
        return self.folder / "keys" / "keyring"

    @property
    def record_keys(self) -> Path:
        """The wrapped keys of the records."""
        return self.folder / "keys" / "records"

    @property
    def index(self) -> Path:
        """The encrypted index. Cache."""
        return self.folder / "caches" / "index"

    @property
    def network(self) -> Path:
        """Whom to ask where a consortium keeps the log. Bodies: it may be written anew."""
        return self.folder / "network.json"

    @property
    def lock(self) -> Path:
        """Held by the one writer. Cache."""
        return self.folder / "caches" / "lock"

    @property
    def writing(self) -> Path:
        """There while somebody writes, and after a writer died. Cache."""
        return self.folder / "caches" / "writing"

    @property
    def receipts(self) -> Path:
        """Receipts made here. Outputs."""
        return self.folder / "receipts"

    @property
    def reports(self) -> Path:
        """Reports given out here, not encrypted. Outputs."""
        return self.folder / "reports"

    @property
    def imports(self) -> Path:
        """Mappings and problem lists of imports. Outputs."""
        return self.folder / "imports"

    @property
    def passphrase(self) -> Path:
        """Where a generated passphrase is kept: beside the workspace, not in it."""
        return self.folder.with_name(self.folder.name + ".passphrase")


def kind_of(path: Path) -> str:
    """Return the declared kind of a file, by its path in the workspace; "" if undeclared.

    "scratch" is the unfinished copy a replacement leaves when it is interrupted; nobody reads it
    and the next writer removes it.
    """
    if path.suffix == SCRATCH_SUFFIX and kind_of(path.with_suffix("")) not in {"", "output"}:
        return "scratch"
    name = path.as_posix()
    if name in {
        "workspace.json",
        "trust.policy",
        "evidence/entries",
        "evidence/commitments",
        "evidence/checkpoint",
        "evidence/status",
        "evidence/cosigned",
        "evidence/outgoing",
        "evidence/groups",
    } or _EVIDENCE.fullmatch(name):
        return "evidence"
    if name in {"bodies/records", "keys/keyring", "keys/records"} or (
        path.parent.as_posix() == "keys" and path.suffix == ".key"
    ):
        return "bodies"
    if name in {"caches/index", "caches/lock", "caches/writing", "caches/archive"}:
        return "cache"
    # Only the folders of the program are accounted for; what people put beside them is theirs.
    return "" if path.parts[0] in {"evidence", "bodies", "keys", "caches"} else "output"


def new_origin() -> str:
    """Return an origin nobody else has."""
    return f"tallystick.local/{secrets.token_hex(4)}"


def is_locked(lock: Path) -> bool:
    """Tell whether a living process holds the lock of a workspace."""
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def sizes_of(paths: Paths) -> dict[str, int]:
    """Return the size in bytes of each file a writer appends to, by its path in the workspace."""
    files = [paths.bodies, paths.record_keys, *paths.evidence.glob("*")]
    return {
        path.relative_to(paths.folder).as_posix(): path.stat().st_size
        for path in files
        if path.exists()
    }


def check_origin(origin: str) -> str:
    """Return `origin`. Raises: BAD_ORIGIN."""
    if not _ORIGIN.fullmatch(origin):
        raise BAD_ORIGIN.error()
    return origin


def write_identity(disk: Disk, paths: Paths, origin: str, chain: str = "") -> None:
    """Write workspace.json: the last file a founding writes.

    chain: of the consortium that keeps the log, "" where this workspace alone does.
    """
    document = {"format": FORMAT, "origin": origin} | ({"chain": chain} if chain else {})
    disk.replace(paths.identity, canonical.encode(document) + b"\n")


def chain_of(paths: Paths) -> str:
    """Return the chain of the consortium that keeps the log of a workspace, "" where none does."""
    document = canonical.decode(paths.identity.read_bytes().removesuffix(b"\n"))
    return str(document.get("chain", ""))


def read_identity(paths: Paths) -> str:
    """Return the origin of the workspace. Raises: NOT_A_WORKSPACE, NEWER_FORMAT."""
    try:
        data = paths.identity.read_bytes()
        document = canonical.decode(data.removesuffix(b"\n"))
        number = document["format"]
        if type(number) is int and number > FORMAT:
            raise NEWER_FORMAT.error(found=number, known=FORMAT)
        if (
            type(number) is not int
            or number < 1
            or set(document) - {"chain"} != {"format", "origin"}
            or not data.endswith(b"\n")
        ):
            raise NOT_A_WORKSPACE.error(folder=paths.folder)
        return check_origin(str(document["origin"]))
    except (OSError, KeyError, TypeError):
        raise NOT_A_WORKSPACE.error(folder=paths.folder) from None
    except TallyError as fault:
        if fault.reason is NEWER_FORMAT:
            raise
        raise NOT_A_WORKSPACE.error(folder=paths.folder) from None


def find_passphrase(settings: Settings) -> str:
    """Return the passphrase from where the settings or the environment say it is.

    Raises: NO_PASSPHRASE, BAD_PASSPHRASE_FILE.
    """
    paths = Paths(settings.folder)
    if settings.passphrase_file is not None:
        return _first_line(settings.passphrase_file, "--passphrase-file")
    # What lies beside this workspace is its own; a variable may have been set for another one.
    if paths.passphrase.exists():
        return _first_line(paths.passphrase, _BESIDE)
    if spoken := os.environ.get("TALLY_PASSPHRASE"):
        return spoken
    if named := os.environ.get("TALLY_PASSPHRASE_FILE"):
        return _first_line(Path(named), "TALLY_PASSPHRASE_FILE")
    if settings.ask is not None:
        return settings.ask()
    raise NO_PASSPHRASE.error(folder=paths.folder)


def _first_line(file: Path, named_by: Text | str) -> str:
    what = _NO_LINE
    try:
        line, *_ = file.read_text(encoding="utf-8").splitlines()
        if line:
            return line
    except FileNotFoundError:
        what = _NOT_THERE
    except OSError:
        what = _UNREAD
    except ValueError:  # not UTF-8, or no line at all
        pass
    raise BAD_PASSPHRASE_FILE.error(file=file, named_by=named_by, what=what)

"""A witness: a folder with a key, the logs it follows, and what it saw of each.

Owns the files of a witness and the step from a request to an answer. Rules: what was cosigned is
durable before it is answered, and never goes back; a witness that lost what it saw cosigns no more;
one process serves a folder; a fork that was shown is kept as evidence. The folder:

    witness.json       name, public key, and the keys of the logs it follows
    key                its secret key, wrapped by a passphrase
    seen/<id>          the newest checkpoint cosigned of a log, with the witness's own cosignature;
                       "nothing yet" before the first. id: first digits of SHA-256(origin)
    forks/<id>-<n>     two notes of one log and one size with two roots, the one seen first: the log
                       signed both, which proves that it showed two histories
    unproved/<id>-<n>  the same of two sizes, where the proof sent along did not lead from one to
                       the other: a fork, or a sender with a wrong proof
    lock               held by the process that serves
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, Self

from tallystick.kernel import canonical
from tallystick.kernel.disk import Disk, make_folders
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.merkle import NOT_CONSISTENT
from tallystick.kernel.notes import Checkpoint, parse_checkpoint
from tallystick.kernel.signing import (
    COSIGNATURE_ED25519,
    COSIGNATURES,
    CosignerKey,
    VerifierKey,
)
from tallystick.kernel.texts import Text
from tallystick.ledger.witness import (
    ANOTHER_SIZE,
    STATUS_OF,
    Seen,
    Submission,
    check_log,
    check_submission,
    read_submission,
)
from tallystick.vault import Wrapped, create_keyring, open_keyring

NOT_A_WITNESS = Reason(
    "not_a_witness",
    Text(
        "{folder} 不是见证的文件夹，或已损坏", "{folder} is no folder of a witness, or is damaged"
    ),
    "docs/spec/witness.md",
    Text(
        "请用 tally witness init 新建，或从备份恢复。",
        "Make one with tally witness init, or restore it.",
    ),
)
WITNESS_THERE = Reason(
    "witness_there",
    Text("{folder} 已存在且不是空的", "{folder} is there already and not empty"),
    "",
    Text("请换一个文件夹。", "Choose another folder."),
)
WITNESS_LOCKED = Reason(
    "witness_locked",
    Text("另一个程序正在用这个见证文件夹", "another program is serving this witness"),
    "",
    Text("请先让它结束。", "End it first."),
)
LOG_NOT_FOLLOWED = Reason(
    "log_not_followed",
    Text("没有在跟踪这把公钥", "this key is not followed"),
    "",
    Text(
        "请核对公钥；跟踪的账本见 tally witness status。",
        "Check the key; tally witness status shows the ledgers that are followed.",
    ),
)
LOG_FOLLOWED = Reason(
    "log_followed",
    Text("已在跟踪这把公钥", "this key is followed already"),
)
SEEN_DAMAGED = Reason(
    "seen_damaged",
    Text(
        "见证所见的记录 {file} 缺失或已损坏，不再为该账本联署",
        "what the witness saw, {file}, is missing or damaged: it cosigns that log no more",
    ),
    "docs/spec/witness.md",
    Text(
        "请恢复最新的一份；旧的会让它为分叉联署。没有最新的，请另建一个见证。",
        "Restore the newest copy; an older one would let it cosign a fork. Without it, make "
        "another witness.",
    ),
)
_KEY = Text("见证 {name} 的密钥", "the key of the witness {name}")
_GIVEN = Text(
    "--passphrase-file、文件 {folder}.passphrase、TALLY_PASSPHRASE、TALLY_PASSPHRASE_FILE "
    "中的第一个",
    "the first of --passphrase-file, the file {folder}.passphrase, TALLY_PASSPHRASE and "
    "TALLY_PASSPHRASE_FILE",
)
NOTHING_YET = b"nothing yet\n"
KEPT_MAX = 64  # forks, and checkpoints without a proof, of one log
_ID_DIGITS = 16
_TEXT = "text/plain; charset=utf-8"


class Answer(NamedTuple):
    """What a witness answers: HTTP status, media type, text."""

    status: int
    media: str
    text: str


@dataclass(frozen=True)
class WitnessFiles:
    """Where a witness keeps what."""

    folder: Path

    @property
    def identity(self) -> Path:
        """Name, public key, logs."""
        return self.folder / "witness.json"

    @property
    def key(self) -> Path:
        """The wrapped secret key."""
        return self.folder / "key"

    @property
    def lock(self) -> Path:
        """Held while it serves."""
        return self.folder / "lock"

    def seen(self, origin: str) -> Path:
        """Return the file of the newest checkpoint cosigned of a log."""
        return self.folder / "seen" / _id_of(origin)

    def kept(self, part: str, origin: str = "") -> list[Path]:
        """Return what is kept in `part`, "forks" or "unproved", of one log or of all."""
        begins = f"{_id_of(origin)}-" if origin else ""
        return sorted((self.folder / part).glob(f"{begins}*[0-9a-f]"))


def _id_of(origin: str) -> str:
    return sha256(origin.encode()).hexdigest()[:_ID_DIGITS]


def found_witness(
    folder: Path,
    name: str,
    passphrase: str,
    random: Callable[[int], bytes],
    disk: Disk,
    kind: int = COSIGNATURE_ED25519,
) -> VerifierKey:
    """Make a witness in `folder`; return its public key.

    Raises: WITNESS_THERE, BAD_KEY_TEXT for a name no key may have, NO_ML_DSA.
    """
    files = WitnessFiles(folder)
    if folder.exists() and any(folder.iterdir()):
        raise WITNESS_THERE.error(folder=folder)
    key = CosignerKey(name, random(32), kind)
    for part in ("seen", "forks", "unproved"):
        make_folders(folder / part)
    folder.chmod(0o700)
    _, keyring = create_keyring(passphrase, random, key.seed)
    disk.replace(files.key, keyring, 0o600)
    _write_identity(disk, files, name, key.verifier, ())
    return key.verifier


def follow(folder: Path, vkey: str, disk: Disk) -> VerifierKey:
    """Let a witness follow one more log. Raises: NOT_A_WITNESS, BAD_KEY_TEXT, LOG_FOLLOWED."""
    files = WitnessFiles(folder)
    name, key, logs = read_witness(folder)
    log = VerifierKey.from_text(vkey)
    if log in logs:
        raise LOG_FOLLOWED.error()
    if log.name not in {one.name for one in logs}:
        # From now on a missing file is one that was lost, and not a log that was never seen.
        disk.replace(files.seen(log.name), NOTHING_YET)
    _write_identity(disk, files, name, key, (*logs, log))
    return log


def unfollow(folder: Path, vkey: str, disk: Disk) -> VerifierKey:
    """Let a witness follow a key of a log no more: one that ended, or fell into other hands.

    What it saw of the log stays. Raises: NOT_A_WITNESS, BAD_KEY_TEXT, LOG_NOT_FOLLOWED.
    """
    files = WitnessFiles(folder)
    name, key, logs = read_witness(folder)
    log = VerifierKey.from_text(vkey)
    if log not in logs:
        raise LOG_NOT_FOLLOWED.error()
    _write_identity(disk, files, name, key, tuple(one for one in logs if one != log))
    return log


def read_witness(folder: Path) -> tuple[str, VerifierKey, tuple[VerifierKey, ...]]:
    """Return name, public key and the keys of the logs followed. Raises: NOT_A_WITNESS."""
    try:
        data = WitnessFiles(folder).identity.read_bytes()
        document = canonical.decode(data.removesuffix(b"\n"))
        whole = data.endswith(b"\n") and set(document) == {"key", "logs", "name", "v"}
        if not whole or document["v"] != 1:
            raise NOT_A_WITNESS.error(folder=folder)
        key = VerifierKey.from_text(document["key"], COSIGNATURES)
        return document["name"], key, tuple(map(VerifierKey.from_text, document["logs"]))
    except (OSError, TallyError, KeyError, TypeError, AttributeError):
        raise NOT_A_WITNESS.error(folder=folder) from None


def _write_identity(
    disk: Disk, files: WitnessFiles, name: str, key: VerifierKey, logs: tuple[VerifierKey, ...]
) -> None:
    document = {"v": 1, "name": name, "key": key.text(), "logs": [log.text() for log in logs]}
    disk.replace(files.identity, canonical.encode(document) + b"\n")


def shown_witness(folder: Path) -> dict[str, Any]:
    """Return what a witness saw: per log the newest size and time, and the forks it was shown."""
    name, key, logs = read_witness(folder)
    files = WitnessFiles(folder)
    told = []
    for origin in dict.fromkeys(log.name for log in logs):
        newest = _read_seen(files, origin, key)
        told.append(
            {
                "origin": origin,
                "size": newest.size if newest else 0,
                "time": newest.check_cosignature(key) if newest else 0,
            }
        )
    return {
        "name": name,
        "key": key.text(),
        "logs": told,
        "forks": [path.name for path in files.kept("forks")],
        "unproved": [path.name for path in files.kept("unproved")],
    }


def _read_seen(files: WitnessFiles, origin: str, key: VerifierKey) -> Checkpoint | None:
    """Return the newest checkpoint cosigned of a log, None where nothing was cosigned yet.

    Raises: SEEN_DAMAGED for a file that is missing, or is not one that this witness wrote: a
    witness that forgot what it saw would cosign a fork.
    """
    file = files.seen(origin)
    try:
        data = file.read_bytes()
        if data == NOTHING_YET:
            return None
        checkpoint = parse_checkpoint(data.decode())
        checkpoint.check_cosignature(key)
    except (FileNotFoundError, TallyError, UnicodeDecodeError):
        raise SEEN_DAMAGED.error(file=file) from None
    if checkpoint.origin != origin:
        raise SEEN_DAMAGED.error(file=file)
    return checkpoint


class Witnessing:
    """A witness that answers requests. Use as a context manager: it holds the lock."""

    def __init__(self, folder: Path, passphrase: str, now: Callable[[], int], disk: Disk) -> None:
        """Open the witness. Raises: NOT_A_WITNESS, WRONG_PASSPHRASE, BAD_KEYRING."""
        self.name, verifier, _ = read_witness(folder)
        self._files = WitnessFiles(folder)
        wrapped = Wrapped(_KEY.fill(name=self.name), _GIVEN.fill(folder=folder.resolve()))
        seed = open_keyring(self._files.key.read_bytes(), passphrase, wrapped).master
        self._key = CosignerKey(self.name, seed, verifier.kind)
        if self._key.verifier != verifier:
            raise NOT_A_WITNESS.error(folder=folder)
        self._folder = folder
        self._now = now
        self._disk = disk
        self._one = threading.Lock()  # checking and keeping are one step
        self._lock: int | None = None

    def __enter__(self) -> Self:
        self._lock = os.open(self._files.lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.__exit__()
            raise WITNESS_LOCKED.error() from None
        return self

    def __exit__(self, *_: object) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def add_checkpoint(self, data: bytes) -> Answer:
        """Answer a request. Never raises for a bad one.

        Raises: OSError where the disk fails; NOT_A_WITNESS, SEEN_DAMAGED where the folder does.
        """
        try:
            submission = read_submission(data)
            checkpoint = submission.checkpoint
            _, _, logs = read_witness(self._folder)
            signed = check_log(checkpoint, [log for log in logs if log.name == checkpoint.origin])
            bare = checkpoint._replace(signatures=(signed,))  # lines of others are not ours to keep
            with self._one:
                cosigned = self._cosigned(submission._replace(checkpoint=bare))
        except TallyError as fault:
            if fault.code not in STATUS_OF:
                raise
            if fault.reason is ANOTHER_SIZE:
                return Answer(409, "text/x.tlog.size", f"{fault.facts['size']}\n")
            return Answer(STATUS_OF[fault.code], _TEXT, f"{fault}\n")
        return Answer(200, _TEXT, cosigned.signatures[-1].text())

    def _cosigned(self, submission: Submission) -> Checkpoint:
        """Check a submission against what was seen, keep it, and return it cosigned."""
        checkpoint, key = submission.checkpoint, self._key.verifier
        file = self._files.seen(checkpoint.origin)
        newest = _read_seen(self._files, checkpoint.origin, key)
        seen = Seen(newest.size, newest.root) if newest else Seen()
        try:
            check_submission(submission, seen)
        except TallyError as fault:
            if newest is not None and newest.body != checkpoint.body:
                if newest.size == checkpoint.size:  # whatever else is wrong with the request
                    self._keep("forks", newest, checkpoint)
                elif fault.reason is NOT_CONSISTENT:
                    self._keep("unproved", newest, checkpoint)
            raise
        time = newest.check_cosignature(key) if newest else 1
        cosigned = checkpoint.cosigned(self._key, max(self._now(), time))
        self._disk.replace(file, cosigned.text().encode())
        unproved = self._kept_file("unproved", checkpoint)
        if unproved.exists():  # the proof came after all
            self._disk.remove(unproved)
        return cosigned

    def _keep(self, part: str, seen: Checkpoint, shown: Checkpoint) -> None:
        """Keep two notes of a log, once, and not more than `KEPT_MAX` of a log."""
        file = self._kept_file(part, shown)
        if not file.exists() and len(self._files.kept(part, shown.origin)) < KEPT_MAX:
            self._disk.replace(file, f"{seen.text()}\n{shown.text()}".encode())

    def _kept_file(self, part: str, shown: Checkpoint) -> Path:
        digest = sha256(shown.body.encode()).hexdigest()[:_ID_DIGITS]
        return self._folder / part / f"{_id_of(shown.origin)}-{digest}"

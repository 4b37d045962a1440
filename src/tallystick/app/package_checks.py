"""Checking an evidence package, offline, without a workspace.

Owns what a whole package must be besides its receipts: complete, unchanged, and of one piece.
Rules: the trust file is the one given, never the copy in the package; what the copy and the
verifier in the package are is told and decides nothing.

    1 sums        every file has the digest that SHA256SUMS lists, and no file is beside them
    2 manifest    manifest.json is in its one encoding, and lists what is there
    3 receipts    every receipt is valid by the trust file given (see `verifying`)
    4 content     record.json of each record is the body its receipt proves
    5 checkpoint  checkpoint.txt is the checkpoint of every receipt
    6 originals   each file under files/ has a digest that a record of the package names
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from tallystick.app.evidencing import (
    CHECKPOINT,
    FORM,
    MANIFEST,
    ORIGINALS,
    RECEIPT,
    RECORD,
    SUMS,
    TRUST,
    digests_named,
    folders_of,
)
from tallystick.app.verifying import RECEIPT_BYTES_MAX, Check, Verdict, Verifier, attempt
from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text
from tallystick.ledger import parse_trust, read_receipt
from tallystick.publication.evidence import PROGRAM, program

STEPS = ("sums", "manifest", "receipts", "content", "checkpoint", "originals")
_BYTES_MAX = RECEIPT_BYTES_MAX + 1  # of any file but an original
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")

NO_PACKAGE = Reason(
    "no_evidence_package",
    Text("{folder} 不是证据包：没有 {name}", "{folder} is no evidence package: it has no {name}"),
    "docs/spec/evidence.md",
    Text("请给出 tally evidence -o 所写的文件夹。", "Name a folder that tally evidence -o wrote."),
)
NOT_AS_PACKED = Reason(
    "not_as_packed",
    Text("证据包与制作时不符：{what}", "the package is not as it was made: {what}"),
    "docs/spec/evidence.md",
    Text("请向出具方重新索取证据包。", "Ask whoever made it for the package again."),
)
RECEIPT_FAILS = Reason(
    "package_receipt_fails",
    Text("回执 {path} 不成立：{why}", "the receipt {path} does not hold: {why}"),
    "docs/spec/evidence.md",
    NOT_AS_PACKED.remedy,
)
_FOUND = {
    "sums": Text("全部文件与 SHA256SUMS 一致", "every file is as SHA256SUMS lists it"),
    "manifest": Text("清单与所见一致", "the manifest lists what is there"),
    "receipts": Text("每张回执都有效", "every receipt is valid"),
    "content": Text("所载内容即回执所证明的", "the content is what the receipts prove"),
    "checkpoint": Text("全部回执同一检查点", "all receipts have the one checkpoint"),
    "originals": Text("原件即记录所写明的", "the originals are those that records name"),
}


@dataclass
class PackageVerdict:
    """What all checks of a package say together."""

    checks: list[Check] = field(default_factory=list)
    records: list[Verdict] = field(default_factory=list)
    trust_sha256: str = ""
    same_trust: bool = False
    same_program: bool = False

    @property
    def valid(self) -> bool:
        """Whether every step held."""
        return all(check.ok for check in self.checks)

    @property
    def sample(self) -> bool:
        """Whether a record in it is of a sample."""
        return any(verdict.sample for verdict in self.records)

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """Return the form programs read."""
        return {
            "valid": self.valid,
            "checks": [
                {"step": c.step, "ok": c.ok, "detail": c.detail.in_language(language)}
                for c in self.checks
            ],
            "records": [verdict.to_json(language) for verdict in self.records],
            "trust": {"sha256": self.trust_sha256, "same_as_given": self.same_trust},
            "program": {"file": PROGRAM, "same_as_shipped": self.same_program},
        }


def check_package(folder: Path, trust_text: str) -> PackageVerdict:
    """Check the package in `folder` by a trust file obtained another way: its content.

    Raises: NO_PACKAGE, BAD_TRUST_FILE. All else is told by the verdict.
    """
    for name in (SUMS, MANIFEST):
        if not (folder / name).is_file():
            raise NO_PACKAGE.error(folder=folder, name=name)
    checking = _Checking(folder, Verifier(parse_trust(trust_text)))
    verdict = checking.run()
    copy = checking.found.get(TRUST, "")
    verdict.trust_sha256 = copy
    verdict.same_trust = copy == sha256(trust_text.encode()).hexdigest()
    verdict.same_program = checking.found.get(PROGRAM) == sha256(program()).hexdigest()
    return verdict


class _Checking:
    def __init__(self, folder: Path, verifier: Verifier) -> None:
        self.found = dict(_digests(folder))
        self._folder = folder
        self._verifier = verifier
        self._verdict = PackageVerdict()
        self._records: list[str] = []

    def run(self) -> PackageVerdict:
        acts: Mapping[str, Callable[[], object]] = {
            "sums": self._sums,
            "manifest": self._manifest,
            "receipts": self._receipts,
            "content": self._content,
            "checkpoint": self._checkpoint,
            "originals": self._originals,
        }
        for step in STEPS:
            self._verdict.checks.append(attempt(step, acts[step], _FOUND[step]))
        return self._verdict

    def _sums(self) -> None:
        text = self._read(SUMS).decode()
        lines = [_LINE.fullmatch(line) for line in text.removesuffix("\n").split("\n")]
        listed = {line[2]: line[1] for line in lines if line}
        _need(len(listed) == len(lines), SUMS)
        there = {path: digest for path, digest in self.found.items() if path != SUMS}
        for path in sorted(listed.keys() | there.keys()):
            _need(listed.get(path) == there.get(path), path)
        whole = "".join(f"{digest}  {path}\n" for path, digest in sorted(there.items()))
        _need(text == whole, SUMS)

    def _manifest(self) -> None:
        data = self._read(MANIFEST)
        manifest = canonical.decode(data.removesuffix(b"\n"))
        _need(data.endswith(b"\n") and manifest["form"] == FORM, MANIFEST)
        records = [str(one["record"]) for one in manifest["records"]]
        folders = {one["record"]: one["folder"] for one in manifest["records"]}
        _need(bool(records) and folders == folders_of(records), MANIFEST)
        self._records = records
        listed = {one["path"]: one["sha256"] for one in manifest["files"]}
        there = {p: d for p, d in self.found.items() if p not in {SUMS, MANIFEST}}
        _need(listed == there, MANIFEST)
        receipts = {p for p in there if p.endswith(f"/{RECEIPT}")}
        _need(receipts == {f"{one}/{RECEIPT}" for one in folders.values()}, RECEIPT)

    def _receipts(self) -> None:
        _need(bool(self._records), RECEIPT)
        paths = {one: f"{folder}/{RECEIPT}" for one, folder in folders_of(self._records).items()}
        verdicts = [self._verifier.check(self._read(path)) for path in paths.values()]
        self._verdict.records.extend(verdicts)
        for (record, path), verdict in zip(paths.items(), verdicts, strict=True):
            for check in verdict.checks:
                if not check.ok:
                    raise RECEIPT_FAILS.error(path=path, why=check.detail)
            _need(verdict.valid and verdict.record == record, path)

    def _content(self) -> None:
        for verdict, folder in self._places():
            there = f"{folder}/{RECORD}" in self.found
            _need(there == (verdict.body is not None), f"{folder}/{RECORD}")
            if verdict.body is not None:
                data = self._read(f"{folder}/{RECORD}")
                _need(data == canonical.encode(verdict.body), f"{folder}/{RECORD}")

    def _checkpoint(self) -> None:
        text = self._read(CHECKPOINT).decode()
        for _, folder in self._places():
            receipt = read_receipt(self._read(f"{folder}/{RECEIPT}"))
            _need(receipt.proof.checkpoint.text() == text, f"{folder}/{RECEIPT}")

    def _originals(self) -> None:
        bodies = [verdict.body for verdict in self._verdict.records if verdict.body]
        named = {digest for body in bodies for _, digest in digests_named(body)}
        for path, digest in self.found.items():
            if path.startswith(f"{ORIGINALS}/"):
                _need(digest in named, path)

    def _read(self, path: str) -> bytes:
        """Return a file of the package, or the beginning of one too long to be what it should."""
        _need(bool(self.found.get(path)), path)
        with (self._folder / path).open("rb") as file:
            return file.read(_BYTES_MAX)

    def _places(self) -> list[tuple[Verdict, str]]:
        folders = list(folders_of(self._records).values())
        _need(bool(folders) and len(folders) == len(self._verdict.records), RECEIPT)
        return list(zip(self._verdict.records, folders, strict=True))


def _need(holds: bool, what: str) -> None:  # noqa: FBT001 - a check, as one reads it
    if not holds:
        raise NOT_AS_PACKED.error(what=what)


def _digests(folder: Path) -> list[tuple[str, str]]:
    """Return path and SHA-256 of every file; what is no plain file has the digest ""."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            continue
        name, plain = path.relative_to(folder).as_posix(), path.is_file() and not path.is_symlink()
        found.append((name, sha256(path.read_bytes()).hexdigest() if plain else ""))
    return found

"""Evidence packages: records with all that proves them, in a folder a court can keep.

Owns the use case: the chosen records, each with its receipt and, where asked, the originals whose
digests they name; the checkpoint, a copy of the trust file, the second verifier, reports in both
languages, and the digests of all of it (docs/spec/evidence.md). Rules: reading the content passes
the door like a receipt, and is recorded; a file no record names is refused, before anything is
read; the folder is written whole or not at all, for its owner alone.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from tallystick.app.bands import band_text
from tallystick.app.freshness import iso
from tallystick.app.naming import shown_body
from tallystick.app.receipts import make_several
from tallystick.app.sampling import is_sample
from tallystick.app.store import Store
from tallystick.app.verifying import Verdict, Verifier
from tallystick.app.workspace import ALREADY_THERE
from tallystick.kernel import canonical
from tallystick.kernel.disk import make_folders, sync_folder
from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import LANGUAGES, Text
from tallystick.ledger import Receipt, write_receipt
from tallystick.publication.evidence import PROGRAM, compose, program

FORM = "tallystick-evidence/1"
REPORT_FORM = "tallystick-evidence-report/1"
SUMS, MANIFEST = "SHA256SUMS", "manifest.json"
CHECKPOINT, TRUST = "checkpoint.txt", "trust.policy"
RECEIPT, RECORD, ORIGINALS, RECORDS = "receipt.tally", "record.json", "files", "records"
REPORTS = tuple(
    f"report.{language}.{suffix}" for language in LANGUAGES for suffix in ("html", "pdf")
)
_ID_DIGITS = 12
_NOT_IN_NAMES = re.compile(r"[\\/:*?\"<>|\x00-\x1f\x7f]")

NOT_NAMED = Reason(
    "file_not_named",
    Text(
        "这些记录都没有写明文件 {file}（SHA-256 {digest}）",
        "none of these records names the file {file} (SHA-256 {digest})",
    ),
    "docs/spec/evidence.md",
    Text(
        "请给出导入时的原文件，一个字节都不要改；或不带 --file。",
        "Give the file as it was delivered, every byte; or leave --file out.",
    ),
)
NEEDS_CONTENT = Reason(
    "originals_need_content",
    Text("附原件就要含内容", "an original goes with the content of its record only"),
    "docs/spec/evidence.md",
    Text("请去掉 --no-content 或 --file。", "Leave out --no-content, or --file."),
)


class Named(NamedTuple):
    """That a record names a file: by which field its digest stands there."""

    record: str
    field: str


def evidence(
    store: Store,
    records: Sequence[str],
    folder: Path,
    originals: Sequence[Path] = (),
    *,
    content: bool = True,
) -> dict[str, Any]:
    """Write the package of `records` (ids, or beginnings of them) into `folder`, new or empty.

    originals: files whose SHA-256 one of the records names. Returns the manifest. Raises:
    ALREADY_THERE, NOT_NAMED, NEEDS_CONTENT, and what `receipts.make` raises.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ALREADY_THERE.error(folder=folder)
    if originals and not content:
        raise NEEDS_CONTENT.error()
    numbers = map(store.find, records) if originals else ()
    bodies = {store.log.commitment(n).hex(): store.body(n) for n in numbers}
    taken = list(_originals(originals, bodies))
    receipts = make_several(store, records, content=content)
    package = _Package(store, receipts)
    for path, data, named in taken:
        package.add(path, data, named)
    package.add_reports()
    manifest = package.close()
    _write(folder, package.files)
    return {**manifest, "folder": str(folder), "valid": package.valid}


def digests_named(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the digests of files that a body names: the field, and the SHA-256 in hex."""
    if body.get("kind") == "import":
        yield "digest", str(body.get("digest"))
    if body.get("kind") == "grant":
        yield "document_digest", str(body.get("document_digest"))
    source = body.get("source")
    if body.get("kind") == "fact" and isinstance(source, Mapping):
        yield "source.digest", str(source.get("digest"))


def _originals(
    files: Sequence[Path], bodies: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, bytes, list[Named]]]:
    """Yield each original with its place in the package and who names it. Raises: NOT_NAMED."""
    for file in files:
        data = file.read_bytes()
        digest = sha256(data).hexdigest()
        named = [
            Named(record, field)
            for record, body in bodies.items()
            for field, stated in digests_named(body)
            if stated == digest
        ]
        if not named:
            raise NOT_NAMED.error(file=file.name, digest=digest)
        name = _NOT_IN_NAMES.sub("_", file.name)
        yield f"{ORIGINALS}/{digest[:_ID_DIGITS]}-{name}", data, named


def folders_of(records: Sequence[str]) -> dict[str, str]:
    """Return where each record lies in the package, by its id."""
    short = {record: record[:_ID_DIGITS] for record in records}
    alone = len(set(short.values())) == len(short)
    return {record: f"{RECORDS}/{name if alone else record}" for record, name in short.items()}


class _Package:
    """A package as far as it was made: its files, by their places in it."""

    def __init__(self, store: Store, receipts: Sequence[Receipt]) -> None:
        self.files: dict[str, bytes] = {}
        self._store = store
        self._receipts = receipts
        self._named: dict[str, list[Named]] = {}
        self._folders = folders_of([one.commitment.hex() for one in receipts])
        verifier = Verifier(store.trust)
        self._verdicts: list[Verdict] = []
        for receipt in receipts:
            folder = self._folders[receipt.commitment.hex()]
            data = write_receipt(*_parts(receipt))
            self.files[f"{folder}/{RECEIPT}"] = data
            if receipt.body is not None:
                self.files[f"{folder}/{RECORD}"] = canonical.encode(receipt.body)
            self._verdicts.append(verifier.check(data))
        self.files[CHECKPOINT] = receipts[0].proof.checkpoint.text().encode()
        self.files[TRUST] = store.paths.trust.read_bytes()
        self.files[PROGRAM] = program()

    @property
    def valid(self) -> bool:
        """Whether every step of every record holds."""
        return all(verdict.valid for verdict in self._verdicts)

    def add(self, path: str, data: bytes, named: list[Named]) -> None:
        """Add an original."""
        self.files[path] = data
        self._named[path] = named

    def add_reports(self) -> None:
        """Add the reports, in both languages, as pages and on paper."""
        from tallystick.publication import html, pdf  # noqa: PLC0415 - each loads a library

        listed = self._listed()
        for language in LANGUAGES:
            page = compose(self._document(language, listed))
            self.files[f"report.{language}.html"] = html.write(page).encode()
            self.files[f"report.{language}.pdf"] = pdf.write(page)

    def close(self) -> dict[str, Any]:
        """Add the manifest and the digests; return the manifest."""
        checkpoint = self._receipts[0].proof.checkpoint
        manifest = {
            "form": FORM,
            "origin": self._store.origin,
            "operator": self._founding()["operator"],
            "made_on": self._store.settings.today(),
            "sample": is_sample(self._store),
            "checkpoint": {"size": checkpoint.size, "root": checkpoint.root.hex()},
            "records": [
                {"record": record, "folder": folder, "content": f"{folder}/{RECORD}" in self.files}
                for record, folder in self._folders.items()
            ],
            "files": self._listed(),
        }
        self.files[MANIFEST] = canonical.encode(manifest) + b"\n"
        sums = (
            f"{sha256(data).hexdigest()}  {path}\n" for path, data in sorted(self.files.items())
        )
        self.files[SUMS] = "".join(sums).encode()
        return manifest

    def _founding(self) -> Mapping[str, Any]:
        return self._store.body(next(iter(self._store.index.of_kind("founding"))))

    def _listed(self) -> list[dict[str, Any]]:
        listed = []
        for path, data in sorted(self.files.items()):
            one: dict[str, Any] = {
                "path": path,
                "sha256": sha256(data).hexdigest(),
                "bytes": len(data),
            }
            if path in self._named:
                one["named_by"] = [named._asdict() for named in self._named[path]]
            listed.append(one)
        return listed

    def _document(self, language: str, listed: list[dict[str, Any]]) -> dict[str, Any]:
        """Return what the report says, in one language."""
        checkpoint = self._receipts[0].proof.checkpoint
        witnessed = self._verdicts[0].witnessed
        return {
            "form": REPORT_FORM,
            "language": language,
            "valid": self.valid,
            "origin": self._store.origin,
            "operator": self._founding()["operator"],
            "sample": is_sample(self._store),
            "made_on": self._store.settings.today(),
            "size": checkpoint.size,
            "root": checkpoint.root.hex(),
            "log_key": witnessed.log.key_id.hex() if witnessed else "",
            "trust_sha256": sha256(self.files[TRUST]).hexdigest(),
            "records": [
                self._told(receipt, verdict, language)
                for receipt, verdict in zip(self._receipts, self._verdicts, strict=True)
            ],
            "files": listed,
        }

    def _told(self, receipt: Receipt, verdict: Verdict, language: str) -> dict[str, Any]:
        header, said = receipt.proof.header, verdict.to_json(language)
        provider = self._store.trust.party(header.key_id, "provider")
        return {
            "record": receipt.commitment.hex(),
            "folder": self._folders[receipt.commitment.hex()],
            "body": receipt.body,
            "shown": None if receipt.body is None else _shown(receipt.body, language),
            "provider": provider.name,
            "provider_key": header.key_id.hex(),
            "sealed_at": iso(header.sealed_at),
            "witnessed": said["witnessed"]["by"],
            "standing": said["standing"],
            "entry": receipt.proof.entry,
            "position": receipt.proof.position,
            "checks": said["checks"],
        }


def _shown(body: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return a body in words, bands included."""
    shown = shown_body(body, language)
    for part in (shown, result := dict(shown.get("result") or {})):
        if isinstance(part.get("band"), str):
            part["band"] = band_text(part["band"]).in_language(language)
    return {**shown, "result": result}


def _parts(receipt: Receipt) -> tuple[Any, bytes, bytes | None, dict[str, Any] | None]:
    return receipt.proof, receipt.commitment, receipt.salt, receipt.body


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all files beside `folder`, durably, then put them in its place at once."""
    make_folders(folder.parent)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))  # mode 0700
    try:
        for path, data in files.items():
            place = part / path
            make_folders(place.parent, 0o700)
            with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as to:
                to.write(data)
                to.flush()
                os.fsync(to.fileno())
        for place in (part, *(one for one in part.rglob("*") if one.is_dir())):
            sync_folder(place)
        part.replace(folder)
        sync_folder(folder.parent)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise

"""Signed notes and checkpoints in the forms of C2SP.

Owns reading and writing of `signed-note` and `tlog-checkpoint` (origin, size, root; no extension
lines), and of the timed cosignatures of witnesses (`tlog-cosignature`). Reading is strict:
`parse_checkpoint(text)` accepts exactly what `write_checkpoint` writes, with one or more signature
lines.
"""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from typing import NamedTuple

from tallystick.kernel.errors import Reason
from tallystick.kernel.merkle import HASH_BYTES
from tallystick.kernel.signing import (
    BAD_SIGNATURE,
    COSIGNATURE_ML_DSA_44,
    ML_DSA_44_SIGNATURE_BYTES,
    SIGNATURE_BYTES,
    CosignerKey,
    SigningKey,
    VerifierKey,
    is_name,
)
from tallystick.kernel.texts import Text

SIGNATURES_MAX = 64
SIZE_DIGITS_MAX = 19  # a size fits 64 bits
NOTE_ID_BYTES = 4
TIME_BYTES = 8
TIME_END = 2**63  # of the time of a cosignature, seconds since 1970
_DASH = "\u2014 "
_SUBTREE = b"subtree/v1\n\x00"
_NAME_BYTES_MAX = 255  # of what an ML-DSA-44 cosignature commits to

BAD_NOTE = Reason(
    "bad_note",
    Text("签名文书的写法不对：{what}", "this is not a signed note: {what}"),
    "C2SP signed-note, tlog-checkpoint",
)
UNKNOWN_SIGNER = Reason(
    "unknown_signer",
    Text("检查点没有受信任日志的签名", "no trusted log signed this checkpoint"),
    "C2SP signed-note",
    Text(
        "请用从另一途径得到的信任文件（--trust）。",
        "Use the trust file you got by another way (--trust).",
    ),
)


class NoteSignature(NamedTuple):
    """One signature line: key name, 4-byte key id, signature bytes."""

    name: str
    note_id: bytes
    signature: bytes

    def is_of(self, key: VerifierKey) -> bool:
        """Tell whether the line claims to be of `key`: name and id are those of the key."""
        return self.name == key.name and self.note_id == key.note_id

    def text(self) -> str:
        """Return the line, with its newline."""
        blob = base64.b64encode(self.note_id + self.signature).decode()
        return f"{_DASH}{self.name} {blob}\n"


class Checkpoint(NamedTuple):
    """A signed statement of the size and root of a log."""

    origin: str
    size: int
    root: bytes
    signatures: tuple[NoteSignature, ...]

    @property
    def body(self) -> str:
        """The signed text: three lines, each with its newline."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def text(self) -> str:
        """Return the whole note."""
        return f"{self.body}\n{''.join(line.text() for line in self.signatures)}"

    def lines_of(self, key: VerifierKey) -> list[NoteSignature]:
        """Return the signature lines that claim to be of `key`; nothing is checked."""
        return [line for line in self.signatures if line.is_of(key)]

    def cosigned(self, key: CosignerKey, time: int) -> Checkpoint:
        """Return this checkpoint with the cosignature of `key` at `time`, after those it has.

        time: seconds since 1970. An older line of the same key is left out. Raises: BAD_NOTE for a
        time that no cosignature can carry; NO_ML_DSA.
        """
        if not 0 <= time < TIME_END:
            raise BAD_NOTE.error(what=Text("见证时间", "the time of a cosignature"))
        signature = time.to_bytes(TIME_BYTES, "big") + key.sign(_cosigned(self, key.verifier, time))
        line = NoteSignature(key.name, key.verifier.note_id, signature)
        kept = (one for one in self.signatures if not one.is_of(key.verifier))
        return self._replace(signatures=(*kept, line))

    def check_cosignature(self, key: VerifierKey) -> int:
        """Check the cosignature of the witness `key`; return its time, seconds since 1970.

        Of several lines of one witness each must hold, and the earliest time counts. 0 is a
        cosignature that states no time, as C2SP allows. Raises: UNKNOWN_SIGNER when there is none,
        BAD_SIGNATURE when one does not hold; NO_ML_DSA.
        """
        length = SIGNATURE_BYTES
        if key.kind == COSIGNATURE_ML_DSA_44:
            length = ML_DSA_44_SIGNATURE_BYTES
        times = []
        for line in self.lines_of(key):
            time = int.from_bytes(line.signature[:TIME_BYTES], "big")
            if len(line.signature) != TIME_BYTES + length or time >= TIME_END:
                raise BAD_SIGNATURE.error(name=key.name)
            key.check(_cosigned(self, key, time), line.signature[TIME_BYTES:])
            times.append(time)
        if not times:
            raise UNKNOWN_SIGNER.error()
        return min(filter(None, times), default=0)

    def check(self, key: VerifierKey) -> None:
        """Check the signature of `key` on this checkpoint, each where there are several.

        Raises: UNKNOWN_SIGNER when there is none, BAD_SIGNATURE when one does not hold.
        """
        lines = self.lines_of(key)
        for line in lines:
            key.check(self.body.encode(), line.signature)
        if not lines:
            raise UNKNOWN_SIGNER.error()


def _cosigned(checkpoint: Checkpoint, key: VerifierKey, time: int) -> bytes:
    """Return the message a cosigner signs (C2SP tlog-cosignature). Raises: BAD_SIGNATURE."""
    if key.kind != COSIGNATURE_ML_DSA_44:
        return f"cosignature/v1\ntime {time}\n{checkpoint.body}".encode()
    name, origin = key.name.encode(), checkpoint.origin.encode()
    if max(len(name), len(origin)) > _NAME_BYTES_MAX:
        raise BAD_SIGNATURE.error(name=key.name)
    return b"".join(
        (
            _SUBTREE,
            bytes([len(name)]) + name,
            time.to_bytes(TIME_BYTES, "big"),
            bytes([len(origin)]) + origin,
            bytes(8),  # the subtree begins at the first leaf
            checkpoint.size.to_bytes(8, "big"),
            checkpoint.root,
        )
    )


def write_checkpoint(origin: str, size: int, root: bytes, keys: list[SigningKey]) -> Checkpoint:
    """Return the checkpoint of (`size`, `root`) signed by each of `keys`."""
    unsigned = Checkpoint(origin, size, root, ())
    body = unsigned.body.encode()
    signatures = tuple(NoteSignature(k.name, k.verifier.note_id, k.sign(body)) for k in keys)
    return unsigned._replace(signatures=signatures)


@lru_cache(maxsize=64)  # many receipts carry the same checkpoint
def parse_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint. Raises: BAD_NOTE unless `text` is its one encoding."""
    body, split, lines = text.partition("\n\n")
    parts = body.split("\n")
    if not split or len(parts) != 3:  # noqa: PLR2004 - origin, size, root
        raise BAD_NOTE.error(
            what=Text("应为三行、一个空行和签名", "three lines, a blank line, signatures")
        )
    signatures = lines.split("\n")
    if signatures.pop() != "" or not 1 <= len(signatures) <= SIGNATURES_MAX:
        raise BAD_NOTE.error(what=Text("签名行的数目", "signature lines"))
    if not is_name(parts[0]):
        raise BAD_NOTE.error(what=Text("账本名", "origin"))
    if not (parts[1].isascii() and parts[1].isdigit() and len(parts[1]) <= SIZE_DIGITS_MAX):
        raise BAD_NOTE.error(what=Text("大小", "size"))
    checkpoint = Checkpoint(
        parts[0],
        int(parts[1]),
        _base64(parts[2], HASH_BYTES),
        tuple(_signature_line(line) for line in signatures),
    )
    if checkpoint.text() != text:
        raise BAD_NOTE.error(what=Text("另一种写法", "another encoding"))
    return checkpoint


def _signature_line(line: str) -> NoteSignature:
    name, split, blob = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not split or not is_name(name):
        raise BAD_NOTE.error(what=Text("签名行", "signature line"))
    data = _base64(blob, None)
    if len(data) <= NOTE_ID_BYTES:
        raise BAD_NOTE.error(what=Text("签名", "signature"))
    return NoteSignature(name, data[:NOTE_ID_BYTES], data[NOTE_ID_BYTES:])


def _base64(text: str, length: int | None) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BAD_NOTE.error(what=Text("base64 编码", "base64")) from None
    if length is not None and len(data) != length:
        raise BAD_NOTE.error(what=Text("长度", "length"))
    return data

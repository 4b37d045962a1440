"""Whether enough witnesses cosigned, and who is missing.

Owns the one answer that `tally status`, `tally audit` and `tally receipt` give where the trust file
asks for a quorum: a receipt under a checkpoint that lacks witnesses fails with its own trust file,
and whoever makes it should not learn that from whoever checks it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from tallystick.app.cosigned import cosigned_checkpoints, newest_trusted
from tallystick.kernel.errors import NOTHING, TallyError
from tallystick.kernel.notes import Checkpoint
from tallystick.kernel.texts import Text
from tallystick.ledger import NO_QUORUM, TrustPolicy

if TYPE_CHECKING:
    from tallystick.app.store import Store

_LACKING = Text(
    "最新的检查点（大小 {size}）见证不足：{of} 个见证中须有 {needed} 个联署，尚缺 {missing}。",
    "The newest checkpoint (size {size}) lacks witnesses: {needed} of {of} must cosign it; "
    "missing: {missing}.",
)
COSIGN = Text("请执行 tally ledger cosign。", "Run tally ledger cosign.")


class Quorum(NamedTuple):
    """What a quorum lacks under a checkpoint of `size`: how many must cosign, and who did or not.

    cosigned_size: of the newest checkpoint that enough cosigned, 0 for none yet.
    """

    met: bool
    size: int
    needed: int
    signed: tuple[str, ...]
    missing: tuple[str, ...]
    cosigned_size: int

    def message(self) -> Text:
        """Return what is missing and what to do; nothing where the quorum is met."""
        lacking = self.lacking()
        return lacking if self.met else Text(lacking.zh + COSIGN.zh, f"{lacking.en} {COSIGN.en}")

    def lacking(self) -> Text:
        """Return what is missing; nothing where the quorum is met."""
        if self.met:
            return NOTHING
        return _LACKING.fill(
            size=self.size,
            needed=self.needed,
            of=len(self.signed) + len(self.missing),
            missing=Text("、".join(self.missing), ", ".join(self.missing)),
        )

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """Return the form programs read."""
        return {
            "met": self.met,
            "size": self.size,
            "needed": self.needed,
            "of": len(self.signed) + len(self.missing),
            "signed": list(self.signed),
            "missing": list(self.missing),
            "cosigned_size": self.cosigned_size,
            "message": self.message().in_language(language),
        }


def of_newest(store: Store, *, kept: bool = True) -> Quorum | None:
    """Return whether the newest checkpoint has its witnesses; None where no quorum is asked for.

    kept: whether to read what is kept of their cosignatures. Raises: EVIDENCE_DAMAGED.
    """
    newest = store.log.checkpoint
    if store.trust.quorum == NO_QUORUM or newest is None:
        return None
    if not kept:
        return _quorum(store.trust, newest, 0, met=False)
    trusted = newest_trusted(store.trust, store.paths, store.log, 0)
    covered = trusted.size if trusted is not None else 0
    if trusted is not None and trusted.body == newest.body:
        return _quorum(store.trust, trusted, covered, met=True)
    same = [one for one in cosigned_checkpoints(store.paths) if one.body == newest.body]
    return _quorum(store.trust, same[-1] if same else newest, covered, met=False)


def as_far_as_kept(store: Store) -> Quorum | None:
    """As `of_newest`, where what is kept of cosignatures and damaged is for the audit to tell."""
    try:
        return of_newest(store)
    except TallyError:
        return of_newest(store, kept=False)


def of_receipt(store: Store, record: int) -> Quorum | None:
    """Return whether a receipt of record number `record` given now has its witnesses.

    None where no quorum is asked for. Raises: EVIDENCE_DAMAGED.
    """
    if store.trust.quorum == NO_QUORUM:
        return None
    under = newest_trusted(store.trust, store.paths, store.log, record)
    if under is None:
        return of_newest(store)
    return _quorum(store.trust, under, under.size, met=True)


def _quorum(trust: TrustPolicy, checkpoint: Checkpoint, covered: int, *, met: bool) -> Quorum:
    """Say who of the quorum signed. Signatures that do not hold are none."""
    named = (group for group in trust.groups if group.name == trust.quorum)
    needed, members = next(((one.needed, one.members) for one in named), (1, (trust.quorum,)))
    signed: dict[str, int] = {}
    with suppress(TallyError):
        signed = trust.signers(checkpoint).times
    return Quorum(
        met,
        checkpoint.size,
        needed,
        tuple(name for name in members if name in signed),
        tuple(name for name in members if name not in signed),
        covered,
    )

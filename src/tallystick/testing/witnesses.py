"""Witnesses on the network of this machine, and logs that show what a test wants shown.

Owns `WitnessNetwork`, which founds witnesses and serves them over real HTTP on the loopback
address, and `ShownLog`, a log of bare leaves that can show one history to one witness and another
to the next. Rules: time is what the test says it is; what a witness answers can be replaced, to see
what becomes of it.

    with WitnessNetwork(folder, ["A", "B", "C"], log_key, now=1_798_761_600) as network:
        policy = network.policy(TrustPolicy((log_key,), ()), needed=2)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tallystick.app.web import Page, serving
from tallystick.app.witnessing import Witnessing, follow, found_witness
from tallystick.kernel.disk import FileDisk
from tallystick.kernel.merkle import consistency_path, leaf_hash, root_of
from tallystick.kernel.notes import Checkpoint, write_checkpoint
from tallystick.kernel.signing import COSIGNATURE_ED25519, SigningKey, VerifierKey
from tallystick.ledger import TrustPolicy, Witness
from tallystick.ledger.witness import REQUEST_BYTES_MAX, Submission, write_submission

PASSPHRASE = "a passphrase for witnesses"  # noqa: S105 - it protects made-up witnesses
PATH = "/add-checkpoint"
NOWHERE = Page(404, "text/plain", b"not found\n")


@dataclass
class ShownLog:
    """A log of bare leaves under the key of a real one; it shows what it wants."""

    key: SigningKey
    leaves: list[bytes] = field(default_factory=lambda: [leaf_hash(bytes([n])) for n in range(40)])

    def forged(self, at: int) -> ShownLog:
        """Return a log with another history from leaf `at` on."""
        changed = [*self.leaves[:at], leaf_hash(b"forged"), *self.leaves[at + 1 :]]
        return ShownLog(self.key, changed)

    def checkpoint(self, size: int) -> Checkpoint:
        """Return the checkpoint over the first `size` leaves."""
        return write_checkpoint(self.key.name, size, root_of(self.leaves[:size]), [self.key])

    def proof(self, old: int, new: int) -> list[bytes]:
        """Return the consistency proof of its own history."""

        def node(height: int, index: int) -> bytes:
            return root_of(self.leaves[index << height : (index + 1) << height])

        return consistency_path(old, new, node)

    def asks(self, old: int, new: int) -> bytes:
        """Return the bytes of a request to cosign the checkpoint of size `new`."""
        return write_submission(Submission(old, self.proof(old, new), self.checkpoint(new)))


class WitnessNetwork:
    """Witnesses that follow one log. Use as a context manager.

    asked: the name and body of each request. wrong: what a witness answers instead, by its name.
    now: seconds since 1970, by the clock of all of them; may be set at any time.
    """

    def __init__(
        self,
        folder: Path,
        names: Sequence[str],
        log: VerifierKey,
        now: int,
        kinds: dict[str, int] | None = None,
    ) -> None:
        self.folder = folder
        self.now = now
        self.asked: list[tuple[str, bytes]] = []
        self.wrong: dict[str, Callable[[bytes], Page]] = {}
        self.witnesses: tuple[Witness, ...] = ()
        self._stack = ExitStack()
        self._keys: dict[str, VerifierKey] = {}
        for at, name in enumerate(names, start=1):
            kind = (kinds or {}).get(name, COSIGNATURE_ED25519)
            self._keys[name] = found_witness(
                folder / name,
                f"witness.example/{name}",
                PASSPHRASE,
                lambda count, at=at: bytes([at]) * count,  # type: ignore[misc]
                FileDisk(),
                kind,
            )
            follow(folder / name, log.text(), FileDisk())

    def __enter__(self) -> Self:
        listed = []
        for name, key in self._keys.items():
            witness = Witnessing(self.folder / name, PASSPHRASE, lambda: self.now, FileDisk())
            answer = self._answering(name, self._stack.enter_context(witness))
            address, _ = self._stack.enter_context(
                serving(answer, body_bytes_max=REQUEST_BYTES_MAX)
            )
            listed.append(Witness(name, key, address))
        self.witnesses = tuple(listed)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def policy(self, trust: TrustPolicy, needed: int) -> TrustPolicy:
        """Return `trust` with these witnesses, of which `needed` must cosign."""
        for witness in self.witnesses:
            trust = trust.with_witness(witness)
        return trust.with_quorum(needed)

    def old_sizes(self, name: str) -> list[int]:
        """Return the old size of each request to a witness."""
        return [int(body.split()[1]) for one, body in self.asked if one == name]

    def _answering(self, name: str, witness: Witnessing) -> Callable[[str, str, bytes], Page]:
        def answer(method: str, path: str, body: bytes) -> Page:
            if (method, path) != ("POST", PATH):
                return NOWHERE
            self.asked.append((name, body))
            if name in self.wrong:
                return self.wrong[name](body)
            said = witness.add_checkpoint(body)
            return Page(said.status, said.media, said.text.encode())

        return answer

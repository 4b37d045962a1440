"""Many single records, each waiting for its own durable receipt, sealed together.

Owns `GroupCommit`: while one commit makes its writes durable, the records that come in meanwhile
wait, and the next commit takes them all as one batch. A record is answered only when the checkpoint
that covers it is durable. Rules: one process owns the log; what is refused is refused for the
records of that batch alone; a disk that fails is told to everybody who waits, and nothing more is
taken until the log is opened anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from tallystick.kernel.signing import Signer, SigningKey
from tallystick.ledger.batches import BATCH_RECORDS_MAX
from tallystick.ledger.log import Log
from tallystick.ledger.log_reader import RecordProof


class _Waiting(NamedTuple):
    commitment: bytes
    answer: asyncio.Future[RecordProof]


class GroupCommit:
    """Seals single records of many tasks in common commits. Use within one running event loop.

    now: seconds since 1970, asked once a commit. batch_records_max: of one commit.
    """

    def __init__(
        self,
        log: Log,
        provider: Signer,
        log_key: SigningKey,
        now: Callable[[], int],
        batch_records_max: int = BATCH_RECORDS_MAX,
    ) -> None:
        self.commits = 0
        self._log = log
        self._provider = provider
        self._log_key = log_key
        self._now = now
        self._most = batch_records_max
        self._waiting: list[_Waiting] = []
        self._worker: asyncio.Task[None] | None = None

    async def seal(self, commitment: bytes) -> RecordProof:
        """Seal one record; return its proof when it is durable.

        Raises: what `Log.commit` raises, for every record of the commit it happened in.
        """
        answer: asyncio.Future[RecordProof] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(commitment, answer))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        while self._waiting:
            await asyncio.sleep(0)  # let every task that is ready come in
            some, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                proofs = await asyncio.to_thread(self._commit, [one.commitment for one in some])
            except Exception as fault:  # noqa: BLE001 - handed to everybody who waits for it
                for one in some:
                    if not one.answer.done():
                        one.answer.set_exception(fault)
                continue
            for one, proof in zip(some, proofs, strict=True):
                if not one.answer.done():  # who asked may have gone away
                    one.answer.set_result(proof)

    def _commit(self, commitments: list[bytes]) -> list[RecordProof]:
        now = self._now()
        batch = self._log.seal(self._provider, commitments, now)
        self._log.commit([batch], self._log_key, as_of=now)
        self.commits += 1
        return self._log.prove_batch(self._log.batch_of(self._log.records - 1).number)

"""The order in which CometBFT 0.38 calls an application, without CometBFT.

Owns `Driver`: it holds a few applications in one process and plays blocks with them over the very
bytes of the protocol, call by call as the engine makes them: `Info` and `InitChain` at the start,
`CheckTx` for what is submitted, `PrepareProposal` at one, `ProcessProposal` at all, then
`FinalizeBlock`, `Commit` and the second `CheckTx` of what still waits. A replica that fell behind
is played what it lacks, without `ProcessProposal`. It replaces no test with the real engine; it is
fast, and can do what an engine would not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from tallystick.consortium.application import ACCEPT, Application
from tallystick.consortium.members import Member
from tallystick.consortium.protocol import abci_types_pb2 as abci
from tallystick.consortium.protocol import crypto_keys_pb2, types_validator_pb2
from tallystick.consortium.server import answer
from tallystick.consortium.stored import Genesis
from tallystick.kernel import canonical

FIRST_TIME = 1_800_000_000
BLOCK_BYTES_MAX = 4 << 20
SECONDS_A_BLOCK = 1


class EngineStopped(Exception):  # noqa: N818 - what an engine does when an application fails
    """An application answered with an exception, or with another hash than the others."""


@dataclass
class Decided:
    """A block that was decided: what a replica behind is played."""

    height: int
    time: int
    transactions: list[bytes]
    signed: list[Member]
    app_hash: bytes = b""


@dataclass
class Driver:
    """Plays blocks with the applications of some members, by name."""

    genesis: Genesis
    applications: dict[str, Application]
    blocks: list[Decided] = field(default_factory=list)
    waiting: list[bytes] = field(default_factory=list)
    time: int = FIRST_TIME

    def call(self, application: Application, name: str, request: Any) -> Any:  # noqa: ANN401
        """Make one call over the bytes of the protocol; return the answer's fields."""
        data = abci.Request(**{name: request}).SerializeToString()
        response, fault = answer(application.handle, data)
        read = abci.Response.FromString(response)
        if read.WhichOneof("value") != name:
            raise EngineStopped(read.exception.error) from fault
        return getattr(read, name)

    def start(self) -> None:
        """Connect to every application: ask where it is, and begin the chain or catch up."""
        for application in self.applications.values():
            self.catch_up(application)

    def catch_up(self, application: Application) -> None:
        """Play what an application lacks, as the engine does after a start."""
        info = self.call(application, "info", abci.RequestInfo(version="0.38.26"))
        if info.last_block_height == 0:
            self.call(application, "init_chain", self._init())
        for block in self.blocks[info.last_block_height :]:
            self._finalize(application, block)

    def submit(self, data: bytes) -> Any:  # noqa: ANN401 - a generated message
        """Hand in a transaction at the first application; return its answer."""
        first = next(iter(self.applications.values()))
        answered = self.call(first, "check_tx", abci.RequestCheckTx(tx=data))
        if answered.code == 0 and data not in self.waiting:
            self.waiting.append(data)
        return answered

    def block(self, *, proposer: str = "", extra: Sequence[bytes] = ()) -> list[Any]:
        """Decide one block; return what became of each of its transactions.

        extra: put into the block whatever the proposer's application says, as one who lies would.
        Raises: EngineStopped where the applications disagree.
        """
        height = len(self.blocks) + 1
        self.time += SECONDS_A_BLOCK
        name = proposer or sorted(self.applications)[height % len(self.applications)]
        signed = self.signers if self.blocks else []
        chosen = self._propose(self.applications[name], height, signed)
        decided = Decided(height, self.time, [*chosen, *extra], signed)
        if not extra:
            for application in self.applications.values():
                if not self.accepts(application, decided):
                    raise EngineStopped("a proposal of an honest proposer was refused")
        results = [self._finalize(one, decided) for one in self.applications.values()]
        decided.app_hash = results[0].app_hash
        if {one.app_hash for one in results} != {decided.app_hash}:
            raise EngineStopped("the hashes differ")
        self.blocks.append(decided)
        self.waiting = [data for data in self.waiting if data not in decided.transactions]
        return list(results[0].tx_results)

    @property
    def signers(self) -> list[Member]:
        """The members whose applications are here: they sign each block."""
        return [one for one in self.genesis.members.listed if one.name in self.applications]

    def accepts(self, application: Application, block: Decided) -> bool:
        """Tell whether an application would vote for a block."""
        request = abci.RequestProcessProposal(
            height=block.height,
            time=Timestamp(seconds=block.time),
            txs=block.transactions,
            hash=sha256(b"".join(block.transactions)).digest(),
            proposed_last_commit=abci.CommitInfo(votes=_votes(block.signed)),
        )
        return bool(self.call(application, "process_proposal", request).status == ACCEPT)

    def _propose(self, application: Application, height: int, signed: list[Member]) -> list[bytes]:
        votes = [
            abci.ExtendedVoteInfo(validator=vote.validator, block_id_flag=vote.block_id_flag)
            for vote in _votes(signed)
        ]
        request = abci.RequestPrepareProposal(
            max_tx_bytes=BLOCK_BYTES_MAX,
            txs=self.waiting,
            height=height,
            time=Timestamp(seconds=self.time),
            local_last_commit=abci.ExtendedCommitInfo(votes=votes),
        )
        return list(self.call(application, "prepare_proposal", request).txs)

    def _finalize(self, application: Application, block: Decided) -> Any:  # noqa: ANN401
        request = abci.RequestFinalizeBlock(
            height=block.height,
            time=Timestamp(seconds=block.time),
            txs=block.transactions,
            decided_last_commit=abci.CommitInfo(votes=_votes(block.signed)),
        )
        done = self.call(application, "finalize_block", request)
        self.call(application, "commit", abci.RequestCommit())
        for data in self.waiting:
            if data not in block.transactions:
                again = abci.RequestCheckTx(tx=data, type=abci.CheckTxType.RECHECK)
                self.call(application, "check_tx", again)
        return done

    def _init(self) -> abci.RequestInitChain:
        validators = [
            abci.ValidatorUpdate(
                pub_key=crypto_keys_pb2.PublicKey(ed25519=bytes.fromhex(one.validator)),
                power=one.power,
            )
            for one in self.genesis.members.listed
            if one.power
        ]
        return abci.RequestInitChain(
            chain_id=self.genesis.chain,
            validators=validators,
            app_state_bytes=canonical.encode(self.genesis.to_json()),
            initial_height=1,
        )


def _votes(signed: Sequence[Member]) -> list[abci.VoteInfo]:
    return [
        abci.VoteInfo(
            validator=abci.Validator(address=bytes.fromhex(one.address), power=one.power),
            block_id_flag=types_validator_pb2.BLOCK_ID_FLAG_COMMIT,
        )
        for one in signed
    ]

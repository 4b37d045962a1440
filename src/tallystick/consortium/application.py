"""A replica as the engine sees it: its requests and answers, in the engine's terms.

Owns the translation between ABCI 2.0 and `Replica`, the questions anybody may ask a replica, and
the cosignatures it gives. Rules: a checkpoint is cosigned only where a committed block holds its
log at that size with that root; the time of a cosignature is this operator's clock and is not
replicated.

    head        data: an origin                 -> the value log/<origin>
    value       data: a name                    -> JSON: value, proof, height
    cosign      data: a checkpoint              -> the cosignature line
    state       -                               -> JSON: chain, height, members, votes, logs
    prove       data: JSON {origin, old, new}   -> JSON: consistency proof of a log
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from tallystick.consortium.protocol import abci_types_pb2 as abci
from tallystick.consortium.protocol import crypto_keys_pb2
from tallystick.consortium.reasons import UNKNOWN_ORIGIN
from tallystick.consortium.replica import Block, Misbehaviour, Outcome, Replica
from tallystick.consortium.snapshots import Restoring, Snapshots
from tallystick.consortium.state import KEYS, LOG, MEMBERS, VOTES, prove_value, read_head, read_keys
from tallystick.consortium.stored import read_genesis
from tallystick.kernel import canonical
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.notes import parse_checkpoint
from tallystick.kernel.signing import CosignerKey
from tallystick.kernel.texts import Text

VERSION = 1
ACCEPT, REJECT = 1, 2
_SIGNED = (2, 3)  # flags of votes: for the block, or for none; either says that somebody is there
CODESPACE = "tally"

NOT_FINAL = Reason(
    "not_final",
    Text(
        "账本 {origin} 在大小 {size} 处的这个检查点不是已定案的",
        "this checkpoint of the log {origin} at size {size} is not final",
    ),
    "docs/spec/consortium.md",
    Text(
        "请稍候再取；若一直如此，两份账本已分叉。",
        "Ask again shortly; if it stays so, there are two ledgers.",
    ),
)
NO_SUCH_QUESTION = Reason(
    "no_such_question", Text("没有这种查询：{path}", "there is no such question: {path}")
)


class Application:
    """Answers the engine for a replica. now: seconds since 1970, for cosignatures alone."""

    def __init__(
        self, replica: Replica, cosigner: CosignerKey | None, now: Callable[[], int]
    ) -> None:
        self.replica = replica
        self.retain_blocks = 0
        self._cosigner = cosigner
        self._now = now
        self._snapshots = Snapshots(replica)
        self._restoring: Restoring | None = None

    def handle(self, name: str, request: Any) -> Any:  # noqa: ANN401 - generated messages
        """Answer one request. Raises what ends the process."""
        return getattr(self, f"_{name}")(request)

    def _echo(self, request: abci.RequestEcho) -> abci.ResponseEcho:
        return abci.ResponseEcho(message=request.message)

    def _info(self, _: abci.RequestInfo) -> abci.ResponseInfo:
        replica = self.replica
        begun = replica.height > 0
        return abci.ResponseInfo(
            data="tallystick",
            app_version=VERSION,
            last_block_height=replica.height,
            last_block_app_hash=replica.app_hash if begun else b"",
        )

    def _init_chain(self, request: abci.RequestInitChain) -> abci.ResponseInitChain:
        document = canonical.decode(canonical.encode(_json(request.app_state_bytes)))
        genesis = read_genesis(request.chain_id, document)
        said = {(v.pub_key.ed25519.hex(), v.power) for v in request.validators}
        known = {(m.validator, m.power) for m in genesis.members.listed if m.power}
        if said != known:
            raise RuntimeError("the validators of the genesis are not its members")
        return abci.ResponseInitChain(app_hash=self.replica.start(genesis))

    # -- transactions -------------------------------------------------------------------------

    def _check_tx(self, request: abci.RequestCheckTx) -> abci.ResponseCheckTx:
        outcome = self.replica.check(request.tx)
        code = outcome.code or int(outcome.reason == "duplicate")  # what stands there does not wait
        why, text = _told(outcome)
        return abci.ResponseCheckTx(code=code, codespace=CODESPACE, info=why, log=text)

    def _prepare_proposal(
        self, request: abci.RequestPrepareProposal
    ) -> abci.ResponsePrepareProposal:
        block = Block(
            request.height,
            request.time.seconds,
            request.txs,
            _signers(request.local_last_commit.votes),
        )
        chosen = self.replica.prepare(block, request.max_tx_bytes)
        return abci.ResponsePrepareProposal(txs=chosen)

    def _process_proposal(
        self, request: abci.RequestProcessProposal
    ) -> abci.ResponseProcessProposal:
        signed = _signers(request.proposed_last_commit.votes)
        block = Block(request.height, request.time.seconds, request.txs, signed)
        held = self.replica.process(block)
        return abci.ResponseProcessProposal(status=ACCEPT if held else REJECT)  # type: ignore[arg-type]

    def _finalize_block(self, request: abci.RequestFinalizeBlock) -> abci.ResponseFinalizeBlock:
        wrong = tuple(
            Misbehaviour(
                one.validator.address.hex(), _KINDS.get(one.type, ""), one.height, one.time.seconds
            )
            for one in request.misbehavior
        )
        signed = _signers(request.decided_last_commit.votes)
        block = Block(request.height, request.time.seconds, request.txs, signed, wrong)
        done = self.replica.finalize(block)
        return abci.ResponseFinalizeBlock(
            tx_results=[_result(outcome) for outcome in done.outcomes],
            validator_updates=[
                abci.ValidatorUpdate(pub_key=crypto_keys_pb2.PublicKey(ed25519=key), power=power)
                for key, power in sorted(done.updates.items())
            ],
            app_hash=done.app_hash,
        )

    def _commit(self, _: abci.RequestCommit) -> abci.ResponseCommit:
        self.replica.commit()
        retain = self.replica.height - self.retain_blocks if self.retain_blocks else 0
        return abci.ResponseCommit(retain_height=max(retain, 0))

    def _extend_vote(self, _: abci.RequestExtendVote) -> abci.ResponseExtendVote:
        return abci.ResponseExtendVote()

    def _verify_vote_extension(
        self, _: abci.RequestVerifyVoteExtension
    ) -> abci.ResponseVerifyVoteExtension:
        return abci.ResponseVerifyVoteExtension(status=ACCEPT)  # type: ignore[arg-type]

    # -- snapshots ----------------------------------------------------------------------------

    def _list_snapshots(self, _: abci.RequestListSnapshots) -> abci.ResponseListSnapshots:
        listed = [
            abci.Snapshot(height=one.height, format=1, chunks=one.chunks, hash=one.digest)
            for one in self._snapshots.listed()
        ]
        return abci.ResponseListSnapshots(snapshots=listed)

    def _load_snapshot_chunk(
        self, request: abci.RequestLoadSnapshotChunk
    ) -> abci.ResponseLoadSnapshotChunk:
        chunk = self._snapshots.chunk(request.height, request.chunk)
        return abci.ResponseLoadSnapshotChunk(chunk=chunk)

    def _offer_snapshot(self, request: abci.RequestOfferSnapshot) -> abci.ResponseOfferSnapshot:
        told = request.snapshot
        self._restoring = None
        kinds = abci.ResponseOfferSnapshot
        if self.replica.height:  # it would write over logs that count
            return kinds(result=kinds.ABORT)
        if told.format != 1:
            return kinds(result=kinds.REJECT_FORMAT)
        self._restoring = Restoring(self.replica, told.height, told.chunks, request.app_hash)
        return kinds(result=kinds.ACCEPT)

    def _apply_snapshot_chunk(
        self, request: abci.RequestApplySnapshotChunk
    ) -> abci.ResponseApplySnapshotChunk:
        kinds = abci.ResponseApplySnapshotChunk
        if self._restoring is None:
            return kinds(result=kinds.ABORT)
        try:
            done = self._restoring.take(request.index, request.chunk)
        except TallyError:
            # Nothing that came from peers is believed before it leads to the hash in the header.
            self._restoring = None
            return kinds(result=kinds.REJECT_SNAPSHOT, reject_senders=[request.sender])
        if done:
            self._restoring = None
        return kinds(result=kinds.ACCEPT)

    # -- questions ----------------------------------------------------------------------------

    def _query(self, request: abci.RequestQuery) -> abci.ResponseQuery:
        try:
            value = self.ask(request.path.strip("/"), request.data)
        except TallyError as fault:
            why, text = _told(Outcome(1, fault.code, fault.text, fault.remedy))
            return abci.ResponseQuery(code=1, codespace=CODESPACE, info=why, log=text)
        except Exception as fault:  # noqa: BLE001 - whatever a stranger asks, it ends no node
            return abci.ResponseQuery(code=1, codespace=CODESPACE, log=repr(fault))
        return abci.ResponseQuery(value=value, height=self.replica.height)

    def ask(self, path: str, data: bytes) -> bytes:
        """Answer a question on the committed state. Raises: NO_SUCH_QUESTION, UNKNOWN_ORIGIN ..."""
        stored = self.replica.stored
        answers = {
            "head": self._head,
            "value": self._value,
            "cosign": self._cosign,
            "state": self._state,
            "prove": self._prove,
        }
        if path not in answers or stored is None:
            raise NO_SUCH_QUESTION.error(path=path)
        return answers[path](stored.values, data)

    def _head(self, values: dict[str, bytes], data: bytes) -> bytes:
        return _value_of(values, LOG, data.decode())

    def _value(self, values: dict[str, bytes], data: bytes) -> bytes:
        proof = prove_value(values, data.decode())
        return canonical.encode(
            {
                "height": self.replica.height,
                "name": proof.name,
                "value": proof.value.decode(),
                "place": proof.place,
                "values": proof.values,
                "path": [step.hex() for step in proof.path],
            }
        )

    def _cosign(self, values: dict[str, bytes], data: bytes) -> bytes:
        checkpoint = parse_checkpoint(data.decode())
        origin, size = checkpoint.origin, checkpoint.size
        head = read_head(_value_of(values, LOG, origin))
        checkpoint.check(read_keys(_value_of(values, KEYS, origin)).log)
        final = size <= head.size and self.replica.logs[origin].root(size) == checkpoint.root
        if not final or self._cosigner is None:
            raise NOT_FINAL.error(origin=origin, size=size)
        bare = checkpoint._replace(signatures=())
        [line] = bare.cosigned(self._cosigner, self._now()).signatures
        return line.text().encode()

    def _state(self, values: dict[str, bytes], _: bytes) -> bytes:
        stored = self.replica.stored
        if stored is None:
            return b""
        told = {
            "chain": stored.chain,
            "height": stored.height,
            "time": stored.time,
            "app_hash": stored.app_hash.hex(),
            "cosigner": self._cosigner.verifier.text() if self._cosigner else "",
            "members": canonical.decode(values[MEMBERS]),
            "votes": canonical.decode(values[VOTES]),
            "evidence": canonical.decode(values["evidence"]),
            "logs": {
                name.removeprefix(LOG): read_head(value).size
                for name, value in values.items()
                if name.startswith(LOG)
            },
        }
        return canonical.encode(told)

    def _prove(self, values: dict[str, bytes], data: bytes) -> bytes:
        asked = canonical.decode(data)
        head = read_head(_value_of(values, LOG, asked["origin"]))
        if not 0 <= asked["old"] <= asked["new"] <= head.size:
            raise NOT_FINAL.error(origin=asked["origin"], size=asked["new"])
        path = self.replica.logs[head.origin].consistency(asked["old"], asked["new"])
        return canonical.encode([base64.b64encode(step).decode() for step in path])


_KINDS = {1: "duplicate_vote", 2: "light_client_attack"}


def _signers(votes: Any) -> frozenset[str]:  # noqa: ANN401 - generated messages
    return frozenset(v.validator.address.hex() for v in votes if v.block_id_flag in _SIGNED)


def _value_of(values: dict[str, bytes], prefix: str, origin: str) -> bytes:
    if prefix + origin not in values:
        raise UNKNOWN_ORIGIN.error(origin=origin)
    return values[prefix + origin]


def _told(outcome: Outcome) -> tuple[str, str]:
    """Return the code of an outcome, and code and sentences as JSON: not all answers carry both."""
    if not outcome.reason:
        return "", ""
    said = {
        "code": outcome.reason,
        "zh": outcome.text.zh,
        "en": outcome.text.en,
        "remedy": {"zh": outcome.remedy.zh, "en": outcome.remedy.en},
    }
    text = canonical.encode(said).decode()
    return outcome.reason, text


def _result(outcome: Outcome) -> abci.ExecTxResult:
    why, text = _told(outcome)
    return abci.ExecTxResult(code=outcome.code, codespace=CODESPACE, info=why, log=text)


def _json(data: bytes) -> Any:  # noqa: ANN401 - the shape is checked by who reads it
    import orjson  # noqa: PLC0415 - the engine writes the genesis its own way

    return orjson.loads(data)

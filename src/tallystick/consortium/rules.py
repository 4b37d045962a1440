"""What a transaction may do: the rule of admission of a replicated ledger, without any disk.

Owns `Ledger`, the state as far as one block has come, and the check of each transaction against it.
The same code judges what a member submits (as if it were the next block), what a proposer proposes
and what was decided; only who decides writes. Rules: an append is signed by the key of its log,
goes on from what the log has, and holds batches of providers of that log; an act is signed by a
member or the key it is about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tallystick.consortium.members import Members, Votes, read_members, read_votes, voted
from tallystick.consortium.reasons import (
    AHEAD,
    ANOTHER_SUITE,
    BAD_TRANSACTION,
    DATED_AHEAD_OF_CHAIN,
    NO_SUCH_RECORD_THERE,
    NOT_A_MEMBER,
    NOT_A_PROVIDER,
    NOT_OF_THE_LOG,
    ORIGIN_TAKEN,
    STALE_BASE,
    TOO_MANY,
    UNKNOWN_ORIGIN,
)
from tallystick.consortium.state import (
    KEYS,
    MEMBERS,
    PARAMS,
    PROVIDER_KINDS,
    VOTES,
    Head,
    LogKeys,
    Params,
    read_keys,
    read_params,
)
from tallystick.consortium.transactions import ORIGIN_BYTES_MAX, Act, Append, Transaction
from tallystick.kernel import canonical
from tallystick.kernel.errors import TallyError
from tallystick.kernel.merkle import EMPTY_ROOT
from tallystick.kernel.signing import BAD_SIGNATURE, VerifierKey, is_name
from tallystick.kernel.suites import suite_of
from tallystick.kernel.texts import Text
from tallystick.ledger import BatchHeader, decode_status_entry, is_status_entry
from tallystick.ledger.status import EMPTY_TREE, ERASED, FIRST_STATUS, IN_FORCE, chain

PROVIDERS_MAX = 16
NAME_BYTES_MAX = 192  # of a key of a provider: an origin and a little more
LOGS_A_MEMBER_MAX = 256  # so that one member cannot take all there may be
RECORDS_MAX = 2**63


class Place(NamedTuple):
    """How far a log has come: entries and records."""

    size: int
    records: int


EntryOf = Callable[[str, int], bytes]
"""Reads an entry of a log: (origin, number) -> its leaf."""


@dataclass
class Ledger:
    """The state as far as a block has come.

    values: of the state; changed in place. places: of each log. time: of the block, seconds since
    1970. signed: addresses of the validators that signed the block before it, None where that is
    not known yet. entry_of: reads the entries of logs. ahead_max: how many entries beyond its log
    an append may begin, since others may come in between.
    """

    chain: str
    values: dict[str, bytes]
    places: dict[str, Place]
    time: int
    signed: frozenset[str] | None
    entry_of: EntryOf
    ahead_max: int = 0
    _keys: dict[str, LogKeys] = field(default_factory=dict)

    @property
    def params(self) -> Params:
        """What all replicas agreed on beforehand."""
        return read_params(self.values[PARAMS])

    @property
    def members(self) -> Members:
        """The members as of now."""
        return read_members(self.values[MEMBERS])

    @property
    def votes(self) -> Votes:
        """What is voted on."""
        return read_votes(self.values[VOTES])

    def keys(self, origin: str) -> LogKeys:
        """Return the keys of a log. Raises: UNKNOWN_ORIGIN."""
        if origin not in self._keys:
            if KEYS + origin not in self.values:
                raise UNKNOWN_ORIGIN.error(origin=origin)
            self._keys[origin] = read_keys(self.values[KEYS + origin])
        return self._keys[origin]

    def check(self, transaction: Transaction) -> bool:
        """Check a transaction and take in what it changes of this state, but for the log itself.

        Returns whether it changes anything: what stands in the ledger already is harmless. Raises:
        a reason of this room for what is refused; nothing is changed then.
        """
        if isinstance(transaction, Append):
            return self._check_append(transaction)
        try:
            self._check_act(transaction)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise BAD_TRANSACTION.error(what=Text("行为的字段", "the fields of the act")) from None
        return True

    def admit(self, origin: str, header: BatchHeader) -> None:
        """The rule of admission: a provider of the log signed the batch. Raises: NOT_A_PROVIDER."""
        for key in self.keys(origin).providers:
            if key.key_id == header.key_id:
                try:
                    header.check(origin, key)
                except TallyError as fault:
                    if fault.reason is not BAD_SIGNATURE:  # of this machine, not of the batch
                        raise RuntimeError(str(fault)) from None
                    break
                return
        raise NOT_A_PROVIDER.error(origin=origin)

    # -- appends ------------------------------------------------------------------------------

    def _check_append(self, told: Append) -> bool:
        keys, place = self.keys(told.origin), self.places[told.origin]
        if told.base < place.size:
            if self._stands(told):
                return False
            raise STALE_BASE.error(origin=told.origin, size=place.size, base=told.base)
        if told.base > place.size + (0 if told.changes else self.ahead_max):
            raise AHEAD.error(origin=told.origin, size=place.size, base=told.base)
        try:
            told.check(self.chain, keys.log)
        except TallyError:
            raise NOT_OF_THE_LOG.error(origin=told.origin) from None
        for batch in told.batches:
            batch.check()
            self.admit(told.origin, batch.header)
        records = place.records + told.records
        if told.base > place.size:
            records = RECORDS_MAX  # how many there will be is known in its block only
        for change in told.changes:
            if not (0 <= change.record < records and -1 <= change.by < records):
                raise NO_SUCH_RECORD_THERE.error(record=change.record)
            if not IN_FORCE <= change.status <= ERASED:
                raise BAD_TRANSACTION.error(what=Text("状态", "a status"))
        claims = [told.as_of, *(batch.header.sealed_at for batch in told.batches)]
        apart = self.params.clock_apart_s
        if max(claims) > self.time + apart:
            raise DATED_AHEAD_OF_CHAIN.error(claimed=max(claims), time=self.time, apart=apart)
        # One more entry states what is in force; the log writes it itself.
        self.places[told.origin] = Place(place.size + len(told.batches) + 1, records)
        return True

    def _stands(self, told: Append) -> bool:
        """Tell whether this append is in the log already: its batches, its changes, its kind."""
        leaves = [batch.header.encode() for batch in told.batches]
        if told.base + len(leaves) + 1 > self.places[told.origin].size:
            return False
        found = [self.entry_of(told.origin, told.base + n) for n in range(len(leaves) + 1)]
        last = self.entry_of(told.origin, told.base - 1) if told.base else FIRST_STATUS.encode()
        if found[:-1] != leaves or not (is_status_entry(found[-1]) and is_status_entry(last)):
            return False
        before, after = decode_status_entry(last), decode_status_entry(found[-1])
        rows = [change.encode() for change in told.changes]
        covered = told.base + len(leaves) if told.settled else before.covered
        return (after.rows, after.journal, after.covered) == (
            before.rows + len(rows),
            chain(before.journal, rows),
            covered,
        )

    # -- acts ---------------------------------------------------------------------------------

    def _check_act(self, act: Act) -> None:
        body = act.body
        says = {"open": self._open, "keys": self._new_keys, "vote": self._vote}
        if body["act"] not in says:
            raise BAD_TRANSACTION.error(what=Text("行为的种类", "the kind of act"))
        says[body["act"]](act)

    def _open(self, act: Act) -> None:
        """Open a log: a member vouches for its keys."""
        body = act.body
        _fields(body, "act", "origin", "log", "providers", "member", "signature")
        self._signed_by_member(act)
        origin, params = body["origin"], self.params
        if not (is_name(origin) and origin.isascii() and len(origin) <= ORIGIN_BYTES_MAX):
            raise BAD_TRANSACTION.error(what=Text("账本名", "origin"))
        if KEYS + origin in self.values:
            raise ORIGIN_TAKEN.error(origin=origin)
        if len(self.places) >= params.logs_max:
            raise TOO_MANY.error(what=Text("账本", "logs"))
        told = (v for n, v in self.values.items() if n.startswith(KEYS))
        opened = sum(canonical.decode_own(one)["member"] == body["member"] for one in told)
        if opened >= LOGS_A_MEMBER_MAX:
            raise TOO_MANY.error(what=Text("一个成员的账本", "logs of one member"))
        keys = LogKeys(1, body["member"], *_read_keys(body, origin))
        self._check_suites(keys)
        self._set_keys(origin, keys)
        self.places[origin] = Place(0, 0)
        self.values[f"log/{origin}"] = Head(origin, 0, EMPTY_ROOT, EMPTY_TREE).encode()

    def _new_keys(self, act: Act) -> None:
        """Let other keys follow those of a log; the key that signs for it until now signs this."""
        body = act.body
        _fields(body, "act", "origin", "log", "providers", "after", "signature")
        known = self.keys(body["origin"])
        try:
            act.check(self.chain, known.log)
        except TallyError:
            raise NOT_OF_THE_LOG.error(origin=body["origin"]) from None
        if type(body["after"]) is not int or body["after"] != known.version:
            raise STALE_BASE.error(origin=body["origin"], size=known.version, base=body["after"])
        fresh = LogKeys(known.version + 1, known.member, *_read_keys(body, body["origin"]))
        self._check_suites(fresh)
        self._set_keys(body["origin"], fresh)

    def _vote(self, act: Act) -> None:
        """Vote for a change of the members."""
        body = act.body
        _fields(body, "act", "version", "change", "member", "signature")
        self._signed_by_member(act)
        members, votes = voted(self.members, self.votes, body, self.signed)
        self.values[MEMBERS], self.values[VOTES] = members.encode(), votes.encode()

    def _signed_by_member(self, act: Act) -> None:
        name = act.body["member"]
        key = VerifierKey.from_text(self.members.named(name).key)
        try:
            act.check(self.chain, key)
        except TallyError:
            raise NOT_A_MEMBER.error(name=name) from None

    def _check_suites(self, keys: LogKeys) -> None:
        for key in keys.providers:
            if suite_of(key).name not in self.params.suites:
                raise ANOTHER_SUITE.error(suite=suite_of(key).name)

    def _set_keys(self, origin: str, keys: LogKeys) -> None:
        self._keys[origin] = keys
        self.values[KEYS + origin] = keys.encode()


def _fields(body: dict[str, Any], *names: str) -> None:
    if set(body) != set(names):
        raise BAD_TRANSACTION.error(what=Text("行为的字段", "the fields of the act"))


def _read_keys(body: dict[str, Any], origin: str) -> tuple[VerifierKey, tuple[VerifierKey, ...]]:
    """Return the log's key and those of its providers, as an act names them."""
    log = VerifierKey.from_text(body["log"])
    providers = tuple(VerifierKey.from_text(one, PROVIDER_KINDS) for one in body["providers"])
    short = all(len(key.name.encode()) <= NAME_BYTES_MAX for key in providers)
    few = 1 <= len(set(providers)) == len(providers) <= PROVIDERS_MAX
    if log.name != origin or not short or not few:
        raise BAD_TRANSACTION.error(what=Text("账本的公钥", "the keys of the log"))
    return log, providers

"""The trust file: whose keys a checker accepts, and how many witnesses it asks for.

Owns the reading and writing of `trust.policy`, and the check of a checkpoint by it. The file is a
C2SP `tlog-policy` (lines `log`, `witness`, `group`, `quorum`), which other tools read as it is; the
keys that vouch for the content of records, and keys that ended, stand in comment lines that begin
with `#tally`:

    log <vkey> <url>
    witness <name> <vkey> <url>
    group <name> <k> <names>
    quorum <name or none>
    #tally log-until <size> <retired or compromised> <vkey>
    #tally provider <vkey> <code or -> <name>
    #tally officer <vkey> <code or -> <name>
    #tally verifier <vkey> <code or -> <name>
    #tally until <entry> <retired or compromised> <role> <vkey>

It travels apart from what it judges: a key found only in a receipt never makes the receipt valid. A
key is judged by the place in the ledger of what it signed, never by the time a signature claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from tallystick.kernel.errors import TallyError
from tallystick.kernel.notes import UNKNOWN_SIGNER, Checkpoint
from tallystick.kernel.signing import COSIGNATURES, PARTY_KINDS, VerifierKey
from tallystick.kernel.texts import Text
from tallystick.ledger.trust_reasons import (
    BAD_TRUST_FILE,
    KEY_ENDED,
    LOG_KEY_COMPROMISED,
    LOG_KEY_ENDED,
    QUORUM_MISSING,
    UNKNOWN_KEY,
    unknown_line,
)

ROLES = ("provider", "officer", "verifier")
RETIRED, COMPROMISED = "retired", "compromised"
NO_QUORUM = "none"
LISTED_MAX = 128  # logs, witnesses and groups, each; C2SP asks for 32 at least
_MARK = "#tally "
_DIGITS_MAX = 19  # of a place in a ledger
_PARTS = 4  # role, key, code, name
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")  # tlog-policy allows tab and newline only
# In a name, moreover: what any tool takes for the end of a line, and what UTF-8 cannot carry.
_NOT_IN_A_NAME = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

_NEEDED = Text("{name}：{n} 个中的 {k} 个", "{name}: {k} of {n}")


class Party(NamedTuple):
    """Somebody who signs: role, key, code of the organisation acted for ("" if none), name."""

    role: str
    key: VerifierKey
    code: str
    name: str


class Witness(NamedTuple):
    """A witness of a policy: its name there, its cosigner key, where it takes checkpoints or ""."""

    name: str
    key: VerifierKey
    url: str = ""


class Group(NamedTuple):
    """Members of which at least `needed` must have cosigned: witnesses or groups, by name."""

    name: str
    needed: int
    members: tuple[str, ...]


class Ended(NamedTuple):
    """A key that ended. until: what it signed counts in entries below; of a log key, up to a size.

    reason: retired or compromised. role: log, provider, officer or verifier.
    """

    role: str
    key: VerifierKey
    until: int
    reason: str


class Witnessed(NamedTuple):
    """What a policy says of a checkpoint. times: of each witness that cosigned, by its name.

    log: the key that signed. time: by when a quorum had cosigned, seconds since 1970, 0 without
    one or where so many of it state no time. unchecked: names of the signature lines that no key of
    the policy made.
    """

    log: VerifierKey
    times: dict[str, int]
    time: int
    unchecked: tuple[str, ...]


@dataclass(frozen=True)
class TrustPolicy:
    """The logs, witnesses and parties a checker accepts."""

    logs: tuple[VerifierKey, ...]
    parties: tuple[Party, ...]
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NO_QUORUM
    ended: tuple[Ended, ...] = ()
    addresses: tuple[tuple[str, str], ...] = ()  # (vkey of a log, its URL), where one is given

    def log_named(self, origin: str) -> VerifierKey:
        """Return the key of the log with `origin`. Raises: UNKNOWN_KEY."""
        for key in self.logs:
            if key.name == origin:
                return key
        raise UNKNOWN_KEY.error(key=origin)

    def party(self, key_id: bytes, role: str, entry: int | None = None) -> Party:
        """Return the party with `role` whose key has the 16-byte id.

        entry: where what it signed stands; a key that ended before is refused, whatever time the
        signature claims. None asks for no place. Raises: UNKNOWN_KEY, KEY_ENDED.
        """
        for party in self.parties:
            if party.role == role and party.key.key_id == key_id:
                for end in self.ended:
                    ended = (end.role, end.key) == (role, party.key) and entry is not None
                    if ended and entry is not None and entry >= end.until:
                        raise KEY_ENDED.error(name=party.key.name, until=end.until, at=entry)
                return party
        raise UNKNOWN_KEY.error(key=key_id.hex())

    def check_checkpoint(self, checkpoint: Checkpoint) -> Witnessed:
        """Check that a log of this policy signed `checkpoint`, and the quorum of its witnesses.

        Signature lines of unknown keys are not checked, as C2SP says, and are named. Raises:
        UNKNOWN_KEY, UNKNOWN_SIGNER, BAD_SIGNATURE (also of a cosignature), LOG_KEY_ENDED,
        LOG_KEY_COMPROMISED, QUORUM_MISSING, NO_ML_DSA.
        """
        found = self.signers(checkpoint)
        compromised = (end.key for end in self._past_logs() if end.reason == COMPROMISED)
        if self.quorum == NO_QUORUM and found.log in compromised:
            raise LOG_KEY_COMPROMISED.error(name=found.log.name)
        return found._replace(time=self._quorum_time(found.times))

    def signers(self, checkpoint: Checkpoint) -> Witnessed:
        """Check who signed a checkpoint without asking whether they are enough; its time is 0.

        Raises: as `check_checkpoint`, but LOG_KEY_COMPROMISED and QUORUM_MISSING.
        """
        log = self.check_log(checkpoint)
        signed = [one for one in self.witnesses if checkpoint.lines_of(one.key)]
        times = {one.name: checkpoint.check_cosignature(one.key) for one in signed}
        known = [log, *(one.key for one in signed)]
        lines = checkpoint.signatures
        unchecked = (line.name for line in lines if not any(line.is_of(key) for key in known))
        return Witnessed(log, times, 0, tuple(unchecked))

    def _past_logs(self) -> list[Ended]:
        return [end for end in self.ended if end.role == "log"]

    def check_log(self, checkpoint: Checkpoint) -> VerifierKey:
        """Check that a log of this policy signed `checkpoint`; return the key it did so with.

        The lines of all its keys must hold; the first in force counts. What witnesses say is not
        asked. Raises: UNKNOWN_KEY, UNKNOWN_SIGNER, BAD_SIGNATURE, LOG_KEY_ENDED.
        """
        known = (*self.logs, *(end.key for end in self._past_logs()))
        signed = [k for k in known if k.name == checkpoint.origin and checkpoint.lines_of(k)]
        for key in signed:
            checkpoint.check(key)
        if not signed:
            self.log_named(checkpoint.origin)
            raise UNKNOWN_SIGNER.error()
        for end in self._past_logs():
            if end.key == signed[0] and checkpoint.size > end.until:
                at, until = checkpoint.size, end.until
                raise LOG_KEY_ENDED.error(name=end.key.name, until=until, at=at)
        return signed[0]

    def _quorum_time(self, times: dict[str, int]) -> int:
        """Return by when a quorum had cosigned; 0 where none is asked for, or it states no time."""
        if self.quorum == NO_QUORUM:
            return 0
        for time in sorted(filter(None, times.values())):
            if self._witnessed(self.quorum, {name for name, at in times.items() if 0 < at <= time}):
                return time
        if self._witnessed(self.quorum, set(times)):
            return 0
        members = self._members(self.quorum)
        missing = [name for name in members if name not in times]
        group = next((g for g in self.groups if g.name == self.quorum), None)
        needed: Text | str = self.quorum
        if group is not None:
            needed = _NEEDED.fill(name=group.name, k=group.needed, n=len(group.members))
        raise QUORUM_MISSING.error(
            quorum=needed, signed=", ".join(times) or "-", missing=", ".join(missing) or "-"
        )

    def _witnessed(self, name: str, signed: set[str]) -> bool:
        for group in self.groups:
            if group.name == name:
                return sum(self._witnessed(one, signed) for one in group.members) >= group.needed
        return name in signed

    def _members(self, name: str) -> list[str]:
        """Return the witnesses a quorum is counted from."""
        for group in self.groups:
            if group.name == name:
                return [one for member in group.members for one in self._members(member)]
        return [name]

    def text(self) -> str:
        """Return the file. Raises: BAD_TRUST_FILE for a name or code that would not read back."""
        urls = dict(self.addresses)
        lines = [
            "# 信契信任文件 / Tallystick trust policy.",
            "# 请经另一途径交给核验人，勿与回执同放。 / Hand it over by another way than receipts.",
            *(f"log {key.text()} {urls.get(key.text(), '')}".rstrip() for key in self.logs),
            *(f"witness {w.name} {w.key.text()} {w.url}".rstrip() for w in self.witnesses),
            *(f"group {g.name} {g.needed} {' '.join(g.members)}" for g in self.groups),
            f"quorum {self.quorum}",
            *(
                f"{_MARK}log-until {end.until} {end.reason} {end.key.text()}"
                for end in self._past_logs()
            ),
            *(f"{_MARK}{p.role} {p.key.text()} {p.code or '-'} {p.name}" for p in self.parties),
            *(
                f"{_MARK}until {end.until} {end.reason} {end.role} {end.key.text()}"
                for end in self.ended
                if end.role != "log"
            ),
        ]
        text = "\n".join(lines) + "\n"
        if parse_trust(text) != self:
            raise BAD_TRUST_FILE.error(line=0, what=Text("签名人", "party"))
        return text

    def with_witness(self, witness: Witness) -> TrustPolicy:
        """Return this policy with one more witness, which no quorum counts yet."""
        return replace(self, witnesses=(*self.witnesses, witness))

    def with_quorum(self, needed: int, name: str = "witnesses") -> TrustPolicy:
        """Return this policy with a quorum of `needed` of all its witnesses; 0 asks for none."""
        if not needed:
            return replace(self, groups=(), quorum=NO_QUORUM)
        group = Group(name, needed, tuple(witness.name for witness in self.witnesses))
        return replace(self, groups=(group,), quorum=name)


def parse_trust(text: str) -> TrustPolicy:
    """Read a trust file. Raises: BAD_TRUST_FILE with the line number."""
    reading = _Reading()
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            if _CONTROL.search(line):
                raise _wrong(number, Text("有控制字符", "control character"))
            if line.startswith(_MARK):
                reading.mark(line.removeprefix(_MARK), number)
            else:
                reading.line(re.split("[ \t]+", line.strip(" \t")), number)
        except TallyError as fault:
            if fault.reason is BAD_TRUST_FILE:
                raise
            raise _wrong(number, fault.text) from None
    return reading.policy()


def _wrong(number: int, what: Text | str) -> TallyError:
    return BAD_TRUST_FILE.error(line=number, what=what)


class _Reading:
    """A trust file as far as it was read."""

    def __init__(self) -> None:
        self._logs: list[VerifierKey] = []
        self._addresses: list[tuple[str, str]] = []
        self._parties: list[Party] = []
        self._witnesses: list[Witness] = []
        self._groups: list[Group] = []
        self._ended: list[Ended] = []
        self._quorums: list[str] = []
        self._names: set[str] = set()
        self._taken: set[str] = set()  # names that are members of a group already

    def line(self, words: list[str], number: int) -> None:
        """Take in a line of the policy of C2SP."""
        if not words[0] or words[0].startswith("#"):
            return
        if words[0] == "log" and len(words) in {2, 3}:
            self._logs.append(VerifierKey.from_text(words[1]))
            self._addresses += [(words[1], url) for url in words[2:]]
        elif words[0] == "witness" and len(words) in {3, 4}:
            key = VerifierKey.from_text(words[2], COSIGNATURES)
            self._named(words[1], number)
            self._witnesses.append(Witness(words[1], key, *words[3:]))
        elif words[0] == "group" and len(words) >= 4:  # noqa: PLR2004 - group, name, k, a member
            self._groups.append(self._group(words[1], words[2], tuple(words[3:]), number))
            self._named(words[1], number)
        elif words[0] == "quorum" and len(words) == 2:  # noqa: PLR2004 - and a name
            if words[1] != NO_QUORUM and words[1] not in self._names:
                raise _wrong(number, words[1])
            self._quorums.append(words[1])
        else:
            raise _wrong(number, unknown_line(words[0]))

    def mark(self, told: str, number: int) -> None:
        """Take in a line of ours, which other tools take for a comment."""
        words = told.split(" ")
        if words[0] == "until" and len(words) == 5:  # noqa: PLR2004 - n, reason, role, key
            if words[3] not in ROLES:
                raise _wrong(number, words[3])
            key = VerifierKey.from_text(words[4], PARTY_KINDS)
            self._ended.append(Ended(words[3], key, *_end(words, number)))
        elif words[0] == "log-until" and len(words) == 4:  # noqa: PLR2004 - n, reason, key
            until, reason = _end(words, number)
            self._ended.append(Ended("log", VerifierKey.from_text(words[3]), until, reason))
        else:
            self._parties.append(_party(told, number))

    def policy(self) -> TrustPolicy:
        """Return what was read. Raises: BAD_TRUST_FILE."""
        if len(self._quorums) != 1:
            raise _wrong(0, Text("应恰有一行 quorum", "exactly one line of quorum"))
        past = [(end.key.public, end.role == "log") for end in self._ended]
        logs = [key.public for key in self._logs] + [public for public, log in past if log]
        if len(set(logs)) != len(logs):
            raise _wrong(0, Text("同一账本的公钥出现两次", "the same log key twice"))
        if _twice((party.role, party.key) for party in self._parties):
            raise _wrong(0, Text("同一签名人出现两次", "the same party twice"))
        if _twice(witness.key.public for witness in self._witnesses):
            raise _wrong(0, Text("同一见证出现两次", "the same witness twice"))
        if {witness.key.public for witness in self._witnesses} & set(logs):
            raise _wrong(0, Text("见证用了账本的公钥", "a witness with the key of a log"))
        if _twice((end.role, end.key) for end in self._ended):
            raise _wrong(0, Text("同一公钥终止两次", "the same key ended twice"))
        parties = {(party.role, party.key) for party in self._parties}
        if any(end.role != "log" and (end.role, end.key) not in parties for end in self._ended):
            # Were it passed over, a slip of the pen would leave the key it means in force.
            raise _wrong(0, Text("终止的公钥不属于任何签名人", "an ended key that no party has"))
        if max(len(self._logs), len(self._witnesses), len(self._groups)) > LISTED_MAX:
            raise _wrong(0, Text("日志、见证或组太多", "too many logs, witnesses or groups"))
        return TrustPolicy(
            tuple(self._logs),
            tuple(self._parties),
            tuple(self._witnesses),
            tuple(self._groups),
            self._quorums[0],
            tuple(self._ended),
            tuple(self._addresses),
        )

    def _named(self, name: str, number: int) -> None:
        if name == NO_QUORUM or name in self._names:
            raise _wrong(number, name)
        self._names.add(name)

    def _group(self, name: str, word: str, members: tuple[str, ...], number: int) -> Group:
        count = {"any": "1", "all": str(len(members))}.get(word, word)
        plain = count.isascii() and count.isdigit() and len(count) <= _DIGITS_MAX
        if not plain or not 1 <= int(count) <= len(members):
            raise _wrong(number, word)
        for member in members:
            if member not in self._names or member in self._taken:
                raise _wrong(number, member)
            self._taken.add(member)
        return Group(name, int(count), members)


def _end(words: list[str], number: int) -> tuple[int, str]:
    count, reason = words[1:3]
    plain = count.isascii() and count.isdigit() and len(count) <= _DIGITS_MAX
    if not plain or count != str(int(count)) or reason not in {RETIRED, COMPROMISED}:
        raise _wrong(number, Text("终止的位置或原因", "where or why a key ended"))
    return int(count), reason


def _twice(listed: Iterable[object]) -> bool:
    every = list(listed)
    return len(set(every)) != len(every)


def _party(told: str, number: int) -> Party:
    parts = told.split(" ", _PARTS - 1)
    if len(parts) != _PARTS or parts[0] not in ROLES:
        raise _wrong(number, Text("应为“#tally 身份 公钥 代码 名称”", "#tally role key code name"))
    role, key, code, name = parts
    if not code or not name.strip() or _NOT_IN_A_NAME.search(code + name):
        raise _wrong(number, Text("代码或名称", "code or name"))
    return Party(role, VerifierKey.from_text(key, PARTY_KINDS), "" if code == "-" else code, name)

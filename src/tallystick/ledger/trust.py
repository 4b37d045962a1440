"""The trust file: whose keys a checker accepts.

Owns the reading and writing of `trust.policy`. The file is a C2SP `tlog-policy` (lines `log`,
`witness`, `group`, `quorum`), which other tools read as it is; the keys that vouch for the content
of records stand in comment lines that begin with `#tally`:

    log <vkey>
    quorum none
    #tally provider <vkey> <code or -> <name>
    #tally officer <vkey> <code or -> <name>
    #tally verifier <vkey> <code or -> <name>

It travels apart from what it judges: a key found only in a receipt never makes the receipt valid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.signing import VerifierKey
from tallystick.kernel.texts import Text

ROLES = ("provider", "officer", "verifier")
_MARK = "#tally "
_PARTS = 4  # role, key, code, name
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")  # tlog-policy allows tab and newline only
# In a name, moreover: what any tool takes for the end of a line, and what UTF-8 cannot carry.
_NOT_IN_A_NAME = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

BAD_TRUST_FILE = Reason(
    "bad_trust_file",
    Text("信任文件第 {line} 行写法不对：{what}", "line {line} of the trust file is wrong: {what}"),
    "C2SP tlog-policy; docs/spec/ledger.md",
    Text(
        "请向账本的运营方重新索取信任文件。", "Ask the operator of the ledger for the file again."
    ),
)
UNKNOWN_KEY = Reason(
    "unknown_key",
    Text("信任文件里没有这把公钥：{key}", "the trust file does not have this key: {key}"),
    "docs/spec/ledger.md",
)


class Party(NamedTuple):
    """Somebody who signs: role, key, code of the organisation acted for ("" if none), name."""

    role: str
    key: VerifierKey
    code: str
    name: str


@dataclass(frozen=True)
class TrustPolicy:
    """The logs and parties a checker accepts."""

    logs: tuple[VerifierKey, ...]
    parties: tuple[Party, ...]

    def log_named(self, origin: str) -> VerifierKey:
        """Return the key of the log with `origin`. Raises: UNKNOWN_KEY."""
        for key in self.logs:
            if key.name == origin:
                return key
        raise UNKNOWN_KEY.error(key=origin)

    def party(self, key_id: bytes, role: str) -> Party:
        """Return the party with `role` whose key has the 16-byte id. Raises: UNKNOWN_KEY."""
        for party in self.parties:
            if party.role == role and party.key.key_id == key_id:
                return party
        raise UNKNOWN_KEY.error(key=key_id.hex())

    def text(self) -> str:
        """Return the file. Raises: BAD_TRUST_FILE for a name or code that would not read back."""
        lines = [
            "# 信契信任文件 / Tallystick trust policy.",
            "# 请经另一途径交给核验人，勿与回执同放。 / Hand it over by another way than receipts.",
            *(f"log {key.text()}" for key in self.logs),
            "quorum none",
            *(f"{_MARK}{p.role} {p.key.text()} {p.code or '-'} {p.name}" for p in self.parties),
        ]
        text = "\n".join(lines) + "\n"
        if parse_trust(text) != self:
            raise BAD_TRUST_FILE.error(line=0, what=Text("签名人", "party"))
        return text


def parse_trust(text: str) -> TrustPolicy:
    """Read a trust file. Raises: BAD_TRUST_FILE with the line number."""
    logs: list[VerifierKey] = []
    parties: list[Party] = []
    quorum = 0
    for number, line in enumerate(text.split("\n"), start=1):
        words = re.split("[ \t]+", line.strip(" \t"))
        try:
            if _CONTROL.search(line):
                raise BAD_TRUST_FILE.error(
                    line=number, what=Text("有控制字符", "control character")
                )
            if line.startswith(_MARK):
                parties.append(_party(line, number))
            elif not words[0] or words[0].startswith("#"):
                continue
            elif words[0] == "log" and len(words) in {2, 3}:
                logs.append(VerifierKey.from_text(words[1]))
            elif words == ["quorum", "none"]:
                quorum += 1
            else:
                raise BAD_TRUST_FILE.error(line=number, what=words[0])
        except TallyError as fault:
            if fault.reason is BAD_TRUST_FILE:
                raise
            raise BAD_TRUST_FILE.error(line=number, what=fault.text) from None
    if quorum != 1:
        raise BAD_TRUST_FILE.error(line=0, what=Text("应恰有一行 quorum none", "quorum"))
    if len({key.public for key in logs}) != len(logs):
        raise BAD_TRUST_FILE.error(
            line=0, what=Text("同一账本的公钥出现两次", "the same log key twice")
        )
    if len({(party.role, party.key) for party in parties}) != len(parties):
        raise BAD_TRUST_FILE.error(line=0, what=Text("同一签名人出现两次", "the same party twice"))
    return TrustPolicy(tuple(logs), tuple(parties))


def _party(line: str, number: int) -> Party:
    parts = line.removeprefix(_MARK).split(" ", _PARTS - 1)
    if len(parts) != _PARTS or parts[0] not in ROLES:
        raise BAD_TRUST_FILE.error(
            line=number, what=Text("应为“#tally 身份 公钥 代码 名称”", "#tally role key code name")
        )
    role, key, code, name = parts
    if not code or not name.strip() or _NOT_IN_A_NAME.search(code + name):
        raise BAD_TRUST_FILE.error(line=number, what=Text("代码或名称", "code or name"))
    return Party(role, VerifierKey.from_text(key), "" if code == "-" else code, name)

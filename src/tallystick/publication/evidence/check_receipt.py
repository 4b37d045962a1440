#!/usr/bin/env python3
# ruff: noqa: D103, D415, PLR2004, T201 - to be read at one go, beside the spec
"""Check a Tallystick receipt offline: python3 check_receipt.py receipt.tally trust.policy

Options: --max-age 1d (in force, and stated so within that time), --lang zh or en. Exit status: 0
valid, 1 not valid, 2 not usable so. A record.json beside the receipt must be what the receipt says.
It needs Python 3.11 and nothing else, and shares no code with the program that issues receipts: it
was written from docs/spec/ledger.md and docs/spec/receipt.md.

Left to you: whether the trust file is the right one (get it by another way than the receipt), and
whether the fact is true. Left out: receipts in COSE form; the texts and codes within a body. A
cosignature by ML-DSA-44 counts only where the library `cryptography` is there to check it.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import sys
import time
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any, NamedTuple

STATUSES = ("in force", "superseded", "withdrawn", "expired", "erased", "standing not stated")
IN_CHINESE = ("有效", "已被取代", "已撤回", "已到期", "已销毁", "未说明是否有效")
KINDS = """founding party import retraction fact grant withdrawal scheme use evaluation decision
report weighing unread key_end erasure witness model"""
OF_CONTENT = ("commitment", "kind", "deliverer", "acts")  # steps that need the body
SM2 = ("本程序不核验 SM2-SM3 签名", "this program checks no signatures by SM2-SM3")
OF_TRUST = ("checkpoint", "witnesses", "provider", "acts")  # steps that need the trust file
STEPS = "commitment batch log kind deliverer status checkpoint witnesses provider acts fresh beside"
ROLE, END = "(provider|officer|verifier)", "(0|[1-9][0-9]{0,18}) (retired|compromised)"
DECIMAL = r"(?!(\D*\d){31})-?(0|[1-9][0-9]*)(\.[0-9]+)?"  # of at most 30 digits
ADMINISTRATIVE = ("key_end", "erasure", "witness", "party")  # acts that need two keys
FAULTS = (AssertionError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
ENDLESS = 2**64
number = int.from_bytes  # big-endian where nothing else is said


def need(holds: object, why: str) -> None:  # why: a name, which is the same in both languages
    if not holds:
        raise AssertionError(why)


# -- bytes: everything has one encoding -----------------------------------------------------------
def canonical(value: Any) -> bytes:  # noqa: ANN401 - JSON; these are the bytes of RFC 8785
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def is_plain(value: Any, depth: int = 1) -> bool:  # noqa: ANN401 - JSON
    """Tell whether keys are ASCII, integers have 53 bits, and nothing is a float or too deep."""
    if isinstance(value, dict | list):
        keys, members = (value, value.values()) if isinstance(value, dict) else ((), value)
        plain = depth <= 254 and all(key.isascii() for key in keys)
        return plain and all(is_plain(member, depth + 1) for member in members)
    return not isinstance(value, float) and (not isinstance(value, int) or abs(value) < 2**53)


def unbase64(text: str, length: int = -1) -> bytes:
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text and length in (-1, len(data)), "base64")
    return data


def unhex(text: str, length: int = -1) -> bytes:
    data = bytes.fromhex(text)
    need(data.hex() == text and length in (-1, len(data)), "hex")
    return data


def cut(data: bytes) -> list[bytes]:
    need(len(data) % 32 == 0, "path")
    return [data[at : at + 32] for at in range(0, len(data), 32)]


def lead(index: int, size: int, leaf: bytes, path: list[bytes], root: bytes) -> None:
    """Check that a path leads from a leaf to the root, as RFC 9162 2.1.3.2 says."""
    at, last, value = index, size - 1, sha256(b"\0" + leaf).digest()
    need(0 <= index < size, f"index: {index}")
    for step in path:
        need(last, "path")
        if at & 1 or at == last:
            value = sha256(b"\1" + step + value).digest()
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            value = sha256(b"\1" + value + step).digest()
        at, last = at >> 1, last >> 1
    need(last == 0 and value == root, "path")


# -- Ed25519: RFC 8032 5.1, in the plainest coordinates -------------------------------------------
Point = tuple[int, int]
PRIME, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, -1, PRIME) % PRIME


def add(p: Point, q: Point) -> Point:
    (a, b), (c, d) = p, q
    t = CURVE * (a * c) * (b * d) % PRIME
    over = pow(1 - t * t, -1, PRIME)
    return (a * d + b * c) * (1 - t) * over % PRIME, (b * d + a * c) * (1 + t) * over % PRIME


def times(count: int, p: Point) -> Point:
    total = (0, 1)
    while count:
        total, p, count = add(total, p) if count & 1 else total, add(p, p), count >> 1
    return total


def point(data: bytes) -> Point:
    """Return the point of 32 bytes; y must be reduced, and the point not of small order."""
    y, odd = number(data, "little") & (2**255 - 1), data[31] >> 7
    square = (y * y - 1) * pow(CURVE * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if x * x % PRIME != square:
        x = x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    x = x if x & 1 == odd else PRIME - x
    need(y < PRIME and x * x % PRIME == square and times(8, (x, y))[0], "point")
    return x, y


BASE = point((4 * pow(5, -1, PRIME) % PRIME).to_bytes(32, "little"))


@lru_cache(maxsize=65_536)
def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    r, s = signature[:32], number(signature[32:], "little")
    try:
        need(len(signature) == 64 and s < ORDER, "scalar")
        x, y = point(public)
        digest = number(sha512(r + public + message).digest(), "little") % ORDER
        return add(times(s, BASE), times(digest, (PRIME - x, y))) == point(r)
    except (AssertionError, ValueError):
        return False


# -- keys and the trust file ----------------------------------------------------------------------
class Key(NamedTuple):
    """A vkey of C2SP. kind: 1 Ed25519, 4 a witness by it, 6 one by ML-DSA-44, 255 SM2 with SM3."""

    name: str
    kind: int
    public: bytes
    id: bytes
    text: str


def is_name(text: str) -> bool:
    return bool(text) and not any(c.isspace() or c < " " or c == "+" for c in text)


def read_key(text: str, lengths: tuple[tuple[int, int], ...] = ((1, 32), (255, 86))) -> Key:
    """Read a vkey; lengths: the kinds allowed, each with the length of its key."""
    name, digest, blob = text.split("+", 2)
    data = unbase64(blob)
    key_id = sha256(name.encode() + b"\n" + data).digest()[:16]
    fits = (data[0], len(data) - 1) in lengths and key_id[:4].hex() == digest
    need(is_name(name) and fits, f"vkey: {name}")
    return Key(name, data[0], data[1:], key_id, text)


class Policy:
    """A trust file. logs: {key: (last size, why)}; ends: {(role, key): first entry refused}."""

    def __init__(self, text: str) -> None:
        self.logs: dict[Key, tuple[int, str]] = {}
        self.witnesses: dict[str, Key] = {}
        self.groups: dict[str, tuple[int, list[str]]] = {}
        self.parties: dict[tuple[str, Key], tuple[str, str]] = {}
        self.ends: dict[tuple[str, Key], int] = {}
        self.quorum = ""
        for line in text.split("\n"):
            need(not re.search("[\0-\x08\x0b-\x1f\x7f]", line), "control")
            words = re.split("[ \t]+", line.strip(" \t"))
            if line.startswith("#tally "):
                self._take_ours(line.removeprefix("#tally "))
            elif words[0] and words[0][0] != "#":
                self._take(words[0], words[1], words[2:])
        need(self.quorum and self.ends.keys() <= self.parties.keys(), "quorum")
        cosigners = {key.public for key in self.witnesses.values()}
        need(not cosigners & {key.public for key in self.logs}, "witness = log")
        current = [key for key, end in self.logs.items() if end[0] == ENDLESS]
        need(max(len(current), len(self.witnesses), len(self.groups)) <= 128, "128")

    def _take(self, what: str, name: str, rest: list[str]) -> None:
        """Take in a line of C2SP tlog-policy."""
        known = {*self.witnesses, *self.groups, "none"}
        if what == "log" and len(rest) < 2:
            self._add_log(name, ENDLESS, "")
        elif what == "witness" and len(rest) in (1, 2) and name not in known:
            key = read_key(rest[0], ((4, 32), (6, 1312)))
            need(key.public not in [one.public for one in self.witnesses.values()], "twice")
            self.witnesses[name] = key
        elif what == "group" and len(rest) > 1 and name not in known:
            size, *members = rest
            size = {"any": "1", "all": str(len(members))}.get(size, size)
            taken = members + [one for _, some in self.groups.values() for one in some]
            need(re.fullmatch("[0-9]{1,19}", size) and 1 <= int(size) <= len(members), name)
            need({*members} <= known - {"none"} and len({*taken}) == len(taken), name)
            self.groups[name] = (int(size), members)
        else:
            need(what == "quorum" and not rest and name in known and not self.quorum, what)
            self.quorum = name

    def _take_ours(self, line: str) -> None:
        """Take in what follows #tally in a comment line."""
        if read := re.fullmatch(f"until {END} {ROLE} ([^ ]+)", line):
            ended = (read[3], read_key(read[4]))
            need(ended not in self.ends, "until: twice")
            self.ends[ended] = int(read[1])
        elif read := re.fullmatch(f"log-until {END} ([^ ]+)", line):
            self._add_log(read[3], int(read[1]), read[2])
        else:
            role, key, code, name = line.split(" ", 3)
            odd = re.search("[\0-\x1f\x7f-\x9f\u2028\u2029]", code + name) or not name.strip()
            who = (role, read_key(key))
            need(re.fullmatch(ROLE, role) and code and not odd and who not in self.parties, role)
            self.parties[who] = ("" if code == "-" else code, name)

    def _add_log(self, text: str, until: int, why: str) -> None:
        key = read_key(text, ((1, 32),))
        need(key.public not in [one.public for one in self.logs], "twice")
        self.logs[key] = (until, why)

    def party(self, key_id: bytes, entry: int, *roles: str) -> tuple[Key, str, str]:
        """Return key, code and name of whoever has the key, if it had not ended at `entry`."""
        for role in roles:
            for (has, key), (code, name) in self.parties.items():
                if has == role and key.id == key_id:
                    need(entry < self.ends.get((role, key), ENDLESS), f"ended: {key.name}")
                    need(key.kind == 1, SM2[1])
                    return key, code, name
        raise AssertionError(f"unknown: {key_id.hex()}")

    def holds(self, name: str, signed: set[str]) -> bool:
        """Tell whether witness `name` signed, or enough members of group `name`."""
        size, members = self.groups.get(name, (0, []))
        return sum(self.holds(one, signed) for one in members) >= size if size else name in signed


# -- the receipt: its reading, and a method for each step, which raises where it does not hold ----
class Receipt:
    """回执写法唯一且完好 / one receipt, in its one encoding"""

    def __init__(self, data: bytes) -> None:
        need(len(data) <= 2**20 and data[-1:] == b"\n", "length")
        document = json.loads(data[:-1].decode())
        need(is_plain(document) and canonical(document) == data[:-1], "encoding")
        batch, first = document["batch"], document["format"] == "tallystick-receipt/1"
        need(first or document["format"] == "tallystick-receipt/2", "format")
        more = {*document} - {"batch", "commitment", "format", "log_proof"}
        need(more - ({"status"} - {first and "status"}) in (set(), {"body", "salt"}), "fields")
        need({*batch} == {"header", "path", "position"} and type(batch["position"]) is int, "batch")
        read, path = unhex if first else unbase64, batch["path"]
        need(type(path) is (list if first else str), "path")
        self.path = [unhex(step, 32) for step in path] if first else cut(unbase64(path))
        self.position, self.header = batch["position"], read(batch["header"], 130)
        self.record, self.count = read(document["commitment"], 32), number(self.header[22:26])
        need(self.header[:6] == b"TLYB\0\1" and 1 <= self.count <= 1024, "header")
        self.body, self.salt = document.get("body"), read(document.get("salt", ""))
        need("body" not in more or (type(self.body) is dict and len(self.salt) == 32), "body")
        self.proof = {name: unbase64(text) for name, text in document.get("status", {}).items()}
        need("status" not in more or {*self.proof} == {"entry", "path", "proof"}, "status")
        head, _, note = document["log_proof"].partition("\n\n")
        title, index, *steps = head.split("\n")
        need(title == "c2sp.org/tlog-proof@v1", "log_proof")
        need(re.fullmatch("index (0|[1-9][0-9]*)", index), "index")
        self.index, self.log_path = int(index[6:]), [unbase64(step, 32) for step in steps]
        self._read_checkpoint(note)
        self.standing, self.known_at, self.since, self.by = -1, 0, 0, b""
        self.signer, self.seen, self.unchecked = "", dict[str, int](), list[str]()

    def _read_checkpoint(self, text: str) -> None:
        body, _, lines = text.partition("\n\n")
        self.origin, size, root = body.split("\n")
        self.signed, self.root = f"{body}\n".encode(), unbase64(root, 32)
        need(is_name(self.origin) and re.fullmatch("0|[1-9][0-9]{0,18}", size), "checkpoint")
        need(lines[-1:] == "\n" and lines.count("\n") <= 64, "signatures")
        self.size, self.lines = int(size), [line.split(" ") for line in lines[:-1].split("\n")]
        for dash, name, blob in self.lines:
            need(dash == "\u2014" and is_name(name) and len(unbase64(blob)) > 4, "signature")

    def signatures(self, key: Key) -> list[bytes]:
        """Return the signatures of the checkpoint that claim to be of `key`."""
        read = [(name, unbase64(blob)) for _, name, blob in self.lines]
        return [data[4:] for name, data in read if (name, data[:4]) == (key.name, key.id[:4])]

    def commitment(self) -> None:
        """盐与正文得出承诺值 / salt and body give the commitment"""
        salted = b"tallystick/record/v1\n" + self.salt + canonical(self.body)
        need(sha256(salted).digest() == self.record, "commitment")

    def batch(self) -> None:
        """承诺值在批次之中 / the commitment is in the batch"""
        lead(self.position, self.count, self.record, self.path, self.header[26:58])

    def log(self) -> None:
        """批次头在检查点的账本之中 / the batch header is in the log of the checkpoint"""
        lead(self.index, self.size, self.header, self.log_path, self.root)

    def kind(self) -> None:
        """正文是已知种类的记录 / the body is a record of a known kind"""
        known = self.body["kind"] in KINDS.split() and type(self.body["recorded"]) is str
        need(known and type(self.body["v"]) is int and self.body["v"] == 1, "kind, v, recorded")

    def deliverer(self) -> None:
        """正文与批次的交付人一致 / body and batch name the same deliverer"""
        need(self.body["delivered_by"] == self.header[6:22].hex(), "delivered_by")

    def status(self) -> None:
        """检查点说明了记录的效力 / the checkpoint states the standing of the record"""
        entry, proof = self.proof["entry"], self.proof["proof"]  # the entry is its last leaf
        need(len(entry) == 130 and entry[:6] == b"TLYS\0\1" and not any(entry[102:]), "entry")
        lead(self.size - 1, self.size, entry, cut(self.proof["path"]), self.root)
        need(self.index < number(entry[6:14]), "covered")
        key = sha256(b"tallystick/status/v1\n" + self.record).digest()
        bits, depth, at = f"{number(key):0256b}", proof[0], 1 + (proof[0] + 7) // 8
        there = "".join(f"{byte:08b}" for byte in proof[1:at])
        given = cut(proof[at : at + 32 * there.count("1")])
        last = proof[at + 32 * len(given) :]
        need(len(there) == 8 * (at - 1) and "1" not in there[depth:], "bitmap")
        need(len(given) == there.count("1") and bytes(32) not in given, "siblings")
        standing, since, by, digest = 0, 0, b"", bytes(32)  # where the place of the key is empty
        if last[:1] == b"\1" and len(last) == 42 and 1 <= last[1] <= 4:  # where the record is there
            standing, since, by = last[1], number(last[2:10]), last[10:]
            digest = sha256(b"\0" + key + sha256(last[1:]).digest()).digest()
        elif last != b"\0":  # where another record is there alone
            other = f"{number(last[1:33]):0256b}"
            need(last[:1] == b"\2" and len(last) == 65 and other != bits, "end")
            need(other[:depth] == bits[:depth], "end")
            digest = sha256(b"\0" + last[1:]).digest()
        for level in reversed(range(depth)):
            beside = given.pop() if there[level] == "1" else bytes(32)
            pair = beside + digest if bits[level] == "1" else digest + beside
            digest = sha256(b"\1" + pair).digest()
        need(digest == entry[62:94], "digest")
        self.standing, self.since, self.by = standing, since, by
        self.known_at = number(entry[14:22])

    def checkpoint(self, policy: Policy) -> None:
        """受信任的日志签署了检查点 / a trusted log signed the checkpoint"""
        current_first = sorted(policy.logs.items(), key=lambda item: item[1][0] != ENDLESS)
        signed = [(k, end) for k, end in current_first if k.name == self.origin]
        signed = [(key, end) for key, end in signed if self.signatures(key)]
        for key, _ in signed:  # every known key's lines must hold; the first in force counts
            for each in self.signatures(key):
                need(is_signed(key.public, self.signed, each), key.name)
        need(signed, self.origin)
        key, (until, why) = signed[0]
        need(self.size <= until, f"ended: {key.name}, {until}")
        need(why != "compromised" or policy.quorum != "none", "compromised")

    def witnesses(self, policy: Policy) -> None:
        """见证满足信任文件的要求 / the witnesses that the trust file asks for cosigned"""
        seen: dict[str, int] = {}
        for name, key in policy.witnesses.items():
            for each in self.signatures(key):
                moment = number(each[:8])
                held = self._is_cosigned(key, each[:8], each[8:])
                need(held is not False and moment < 2**63, f"cosignature: {name}")
                if held is None:
                    self.unchecked.append(name)
                else:  # of several the earliest time counts; 0 states none
                    seen[name] = min(filter(None, (seen.get(name), moment)), default=0)
        if policy.quorum != "none":
            missing = ", ".join(sorted(policy.witnesses.keys() - seen.keys()))
            need(policy.holds(policy.quorum, {*seen}), f"{policy.quorum}: {missing}")
            for by_then in sorted(filter(None, seen.values())):
                if policy.holds(policy.quorum, {one for one in seen if 0 < seen[one] <= by_then}):
                    self.known_at = min(self.known_at, by_then)  # never later than they saw it
                    break
        self.seen = seen

    def _is_cosigned(self, key: Key, moment: bytes, signature: bytes) -> bool | None:
        if key.kind == 4:
            message = f"cosignature/v1\ntime {number(moment)}\n".encode() + self.signed
            return is_signed(key.public, message, signature)
        try:
            from cryptography.hazmat.primitives.asymmetric import mldsa  # noqa: PLC0415

            public = mldsa.MLDSA44PublicKey.from_public_bytes(key.public)
        except Exception:  # noqa: BLE001 - no library, or one without this scheme
            return None
        (a, name), (b, origin) = [(len(n), n) for n in (key.name.encode(), self.origin.encode())]
        try:
            message = b"subtree/v1\n\0" + bytes([a]) + name + moment + bytes([b]) + origin
            message += bytes(8) + self.size.to_bytes(8, "big") + self.root
            public.verify(signature, message)
        except Exception:  # noqa: BLE001 - whatever it says, the signature does not hold
            return False
        return True

    def provider(self, policy: Policy) -> None:
        """受信任的提供方签署了批次 / a trusted provider signed the batch"""
        key, _, self.signer = policy.party(self.header[6:22], self.index, "provider")
        message = f"tallystick/batch/v1\n{self.origin}\n".encode() + self.header[:66]
        need(is_signed(key.public, message, self.header[66:]), self.signer)

    def acts(self, policy: Policy) -> None:
        """正文该有的签名都在且受信任 / all who must sign in the body did, and are trusted"""
        body, kind = self.body, self.body["kind"]
        item, officer = body.get("item") if kind == "fact" else "", kind in ("decision", "model")
        visit, both = item == "visit.verification", item == "contract.fulfilment"
        if kind == "weighing":
            ratios = [group["cr"] for group in body["result"]["groups"]]
            need(all(re.fullmatch(DECIMAL, ratio) for ratio in ratios), "cr")
            officer = bool(body["officer"]) or any(Decimal(r) >= Decimal("0.1") for r in ratios)
        two = kind in ADMINISTRATIVE and (kind != "party" or "signatures" in body)
        if not (officer or visit or both or two or "signatures" in body):
            return
        roles = {each: ["officer"] for each in ("decision", "model", "weighing")}
        roles |= {kind: ["provider", "officer"]} if two else {"fact": ["verifier", "provider"]}
        who = ["verifier"] if visit else ["provider"] if both else roles.get(kind, [])
        unsigned = {name: value for name, value in body.items() if name != "signatures"}
        message = f"tallystick/act/v1\n{self.origin}\n".encode() + canonical(unsigned)
        need(type(body["signatures"]) is list and body["signatures"], "unsigned")
        signers = set()
        for each in body["signatures"]:
            need({*each} == {"key", "signature"}, "signatures")
            signer = policy.party(unhex(each["key"]), self.index, *who)
            need(is_signed(signer[0].public, message, unhex(each["signature"])), signer[2])
            signers.add(signer)
        named = [(key.id.hex(), name) for key, _, name in signers]
        need(not officer or (body["officer"]["key"], body["officer"]["name"]) in named, "officer")
        codes = {code for _, code, _ in signers} - {""}
        need(not both or (len(codes) > 1 and body["subject"] in codes), "parties")
        if two:  # the operator, and an officer registered before whom it may register
            officers = [key for role, key in policy.parties if role == "officer"]
            listed = [key.text for key in officers]
            if kind == "party" and body["role"] == "officer" and body["key"] in listed:
                officers = officers[: max(1, listed.index(body["key"]))]  # the first: by itself
            ids = {key.id for key, _, _ in signers}
            operator = unhex(body["delivered_by"])  # one secret under two names is one key
            same = [key.public for key, _, _ in signers if key.id == operator]
            other = ids & {key.id for key in officers if key.public not in same}
            need(len(ids) > 1 and operator in ids and other, "operator+officer")

    def fresh(self, age: int, now: int) -> None:
        """有效，且陈述足够新 / in force, and stated recently enough"""
        need(self.standing == 0, "status")
        need(now - age <= self.known_at <= now + 300, iso(self.known_at))

    def beside(self, data: bytes) -> None:
        """旁边的 record.json 就是正文 / record.json beside the receipt is its body"""
        need(self.body is not None and data == canonical(self.body), "record.json")


Done = dict[str, str]  # each step with why it does not hold, "" where it does


def check(
    data: bytes, policy: Policy, age: int | None = None, now: int = 0, beside: bytes | None = None
) -> tuple[Done, Receipt | None]:
    """Make every step. age: in seconds, None for any; now: since 1970; beside: record.json."""
    try:
        one = Receipt(data)
    except FAULTS as fault:
        return {"form": plain(fault)}, None
    out = {*(OF_CONTENT if one.body is None else ()), "status" if not one.proof else "", "fresh"}
    out = (out - {age is not None and "fresh"}) | {beside is None and "beside"}
    given = {"fresh": (age, now), "beside": (beside,), **dict.fromkeys(OF_TRUST, (policy,))}
    done = {"form": ""}
    for step in [step for step in STEPS.split() if step not in out]:
        try:
            getattr(one, step)(*given.get(step, ()))
            done[step] = ""
        except FAULTS as fault:
            done[step] = plain(fault)
    return done, one


def plain(said: object) -> str:  # without what steers a terminal, or is Python's own sentence
    text = str(said) if isinstance(said, str | AssertionError) else type(said).__name__
    return "".join(c if c.isprintable() else "?" for c in text) or "?"


def iso(seconds: int) -> str:
    late = seconds > 253_402_300_799  # after the year 9999
    return str(seconds) if late else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def show(done: Done, one: Receipt | None, at: int) -> None:
    """Print what was found; at: 0 for Chinese, 1 for English."""
    for step, why in done.items():
        said = (getattr(Receipt, step, Receipt).__doc__ or "").split(" / ")[at]
        said += why and ": " + (SM2[at] if why == SM2[1] else why)
        print("FAIL" if why else "ok  ", f"{step:10}", said)
    last = (("有效回执", "VALID"), ("不成立", "NOT VALID"))[any(done.values())][at]
    if one:
        print(("记录", "record")[at], one.record.hex())
        for name, value in (one.body or {}).items():
            text = plain(f"{name}: {canonical(value).decode()}")
            print("   ", text if len(text) <= 160 else f"{text[:160]} ... ({len(text)})")
        print(("签名人", "signer")[at], "?" if done["provider"] else one.signer, end="; ")
        print(("称封存于", "says sealed")[at], iso(number(one.header[58:66])))
        for name, moment in one.seen.items():
            print(("见证", "witness")[at], name, iso(moment) if moment else "-")
        for name in one.unchecked:
            print(("见证未能核验（ML-DSA-44）", "witness not checked (ML-DSA-44)")[at], name)
        since = f"({iso(one.since)} {one.by.hex()[:12]})" if one.standing > 0 else ""
        as_of = f"{('截至', 'as of')[at]} {iso(one.known_at)}" if one.standing >= 0 else ""
        print(standing := (IN_CHINESE, STATUSES)[at][one.standing], as_of, since)
        if one.standing > 0 and not any(done.values()):
            last += ("，但记录已不再有效：", ", BUT NOT IN FORCE ANY MORE: ")[at] + standing
    print(last)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("receipt", type=Path)
    parser.add_argument("trust", type=Path)
    parser.add_argument("--max-age", default="")
    parser.add_argument("--lang", choices=("zh", "en"), default="en")
    given = parser.parse_args(arguments)
    getattr(sys.stdout, "reconfigure", dict)(errors="backslashreplace")  # for any terminal
    age = re.fullmatch("([1-9][0-9]{0,6})([smhdw])", given.max_age)
    if given.max_age and not age:
        parser.error("--max-age: 30m, 12h, 1d, 2w")
    units = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
    try:
        data, policy = given.receipt.read_bytes(), Policy(given.trust.read_text("utf-8"))
        file = given.receipt.with_name("record.json")
        beside = file.read_bytes() if file.exists() else None
    except (OSError, *FAULTS) as fault:
        parser.error(f"{getattr(fault, 'filename', given.trust)}: {plain(fault)}")
    seconds = int(age[1]) * units[age[2]] if age else None
    done, one = check(data, policy, seconds, int(time.time()), beside)
    show(done, one, given.lang == "en")
    return 1 if any(done.values()) else 0


if __name__ == "__main__":
    sys.exit(main())

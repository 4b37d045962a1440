"""Make the golden vectors in data/ from a real chain: make_vectors.py COMETBFT FOLDER [PORT].

Run by hand. COMETBFT is a built CometBFT 0.38 program, FOLDER where the answers of its RPC go as
they are, PORT the first of eight on loopback. Four validators of power 4, 4, 2 and 2 run the
key-value store that CometBFT carries. On the way the power of the last becomes 7, and a fifth
validator of power 1 comes in, who never signs. Each height
has two files, commit-H.json and validators-H.json.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from hashlib import sha256
from pathlib import Path
from typing import Any

POWERS = (4, 4, 2, 2)
CHAIN = "vectors-1"
RAISED = 7
LAST_HEIGHT = 12
SECONDS = 60
NEWCOMER = sha256(b"a validator who never signs").digest()  # any 32 bytes: it signs nothing


def run(*words: str | Path) -> str:
    done = subprocess.run(list(map(str, words)), check=True, capture_output=True, text=True)
    return done.stdout.strip()


def configured(file: Path, changes: dict[str, str]) -> None:
    """Set `section.key` to a value, each of which must be there."""
    text = file.read_text(encoding="utf-8")
    for name, value in changes.items():
        section, key = name.rpartition(".")[::2]
        start = text.index(f"\n[{section}]") if section else 0
        end = text.find("\n[", start + 2)
        part, found = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}", text[start:end], count=1)
        if not found:
            raise SystemExit(f"no setting {name}")
        text = text[:start] + part + text[end:]
    file.write_text(text, encoding="utf-8")


def laid_out(program: Path, home: Path, port: int) -> list[Path]:
    """Return the homes of the nodes, ready to start."""
    run(program, "testnet", "--v", str(len(POWERS)), "--o", home)
    homes = [home / f"node{i}" for i in range(len(POWERS))]
    ids = [run(program, "show-node-id", "--home", node) for node in homes]
    for i, node in enumerate(homes):
        genesis = node / "config/genesis.json"
        told = json.loads(genesis.read_text(encoding="utf-8"))
        told["chain_id"] = CHAIN
        for validator, power in zip(told["validators"], POWERS, strict=True):
            validator["power"] = str(power)
        genesis.write_text(json.dumps(told), encoding="utf-8")
        peers = ",".join(f"{peer}@127.0.0.1:{port + 2 * j}" for j, peer in enumerate(ids) if j != i)
        configured(
            node / "config/config.toml",
            {
                "proxy_app": '"kvstore"',
                "log_level": '"error"',
                "rpc.laddr": f'"tcp://127.0.0.1:{port + 2 * i + 1}"',
                "rpc.pprof_laddr": '""',
                "p2p.laddr": f'"tcp://127.0.0.1:{port + 2 * i}"',
                "p2p.persistent_peers": f'"{peers}"',
                "p2p.addr_book_strict": "false",
                "p2p.allow_duplicate_ip": "true",
                "p2p.pex": "false",
                "consensus.timeout_commit": '"700ms"',
            },
        )
    return homes


class Node:
    """The RPC of one node."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"

    def asked(self, path: str) -> bytes:
        with urllib.request.urlopen(f"{self.base}/{path}", timeout=5) as answer:  # noqa: S310 - http on loopback
            body: bytes = answer.read()
        return body

    def height(self) -> int:
        try:
            status: Any = json.loads(self.asked("status"))
        except OSError:
            return 0
        return int(status["result"]["sync_info"]["latest_block_height"])

    def until(self, height: int) -> None:
        started = time.monotonic()
        while self.height() < height:
            if time.monotonic() - started > SECONDS:
                raise SystemExit(f"the chain does not come to height {height}")
            time.sleep(0.1)

    def sent(self, transaction: str) -> None:
        quoted = urllib.parse.quote(f'"{transaction}"')
        answer = json.loads(self.asked(f"broadcast_tx_sync?tx={quoted}"))
        if answer["result"]["code"]:
            raise SystemExit(str(answer))


def power_of(public: str, power: int) -> str:
    return f"val=ed25519!{public}!{power}"


def grown(node: Node, last: str) -> None:
    node.until(2)
    node.sent("a=1")
    node.until(3)
    node.sent(power_of(last, RAISED))
    node.until(6)
    node.sent(power_of(base64.b64encode(NEWCOMER).decode(), 1))
    node.until(LAST_HEIGHT + 1)


def main(program: Path, folder: Path, port: int) -> None:
    with tempfile.TemporaryDirectory() as kept:
        homes = laid_out(program, Path(kept), port)
        genesis = json.loads((homes[0] / "config/genesis.json").read_text(encoding="utf-8"))
        log = (Path(kept) / "log").open("w")
        nodes = [
            subprocess.Popen([program, "node", "--home", home], stdout=log, stderr=log)
            for home in homes
        ]
        try:
            node = Node(port + 1)
            grown(node, genesis["validators"][-1]["pub_key"]["value"])
            folder.mkdir(parents=True, exist_ok=True)
            for height in range(1, LAST_HEIGHT + 1):
                for name in ("commit", "validators"):
                    answer = json.loads(node.asked(f"{name}?height={height}"))
                    text = json.dumps(answer, separators=(",", ":")) + "\n"
                    (folder / f"{name}-{height}.json").write_text(text, encoding="utf-8")
        finally:
            for started in nodes:
                started.terminate()
            for started in nodes:
                started.wait(SECONDS)
            log.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int((sys.argv[3:] or ["36000"])[0]))

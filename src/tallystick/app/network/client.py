"""What a node answers: one way of asking it, over the RPC of its engine.

Owns `Node`: a connection that is kept and made anew when it broke, JSON-RPC, and the questions the
application of a node knows. Rules: only addresses that a member file names are asked; an answer has
a limit of size and time; what a node says proves nothing by itself.
"""

from __future__ import annotations

import base64
import json
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from tallystick.app.network.reasons import NOBODY_ANSWERS, REFUSED_BY_NETWORK
from tallystick.app.unreached import why_unreached
from tallystick.kernel.errors import NOTHING, Reason, TallyError
from tallystick.kernel.texts import Text

ANSWER_BYTES_MAX = 8 << 20
ASKED_S_MAX = 10.0
MEMPOOL_FULL = "mempool is full"
IN_CACHE = "tx already exists in cache"

BUSY = Reason(
    "network_busy",
    Text(
        "节点 {name} 正忙：待定案的交易太多", "the node {name} is busy: too much waits to be final"
    ),
    "docs/operating/consortium.md",
    Text("请稍候再试。", "Try again shortly."),
)


class Node:
    """A node of the consortium, asked over its RPC. `timeout_s`: of one question."""

    def __init__(self, name: str, url: str, timeout_s: float = ASKED_S_MAX) -> None:
        self.name = name
        self.url = url
        self._timeout_s = timeout_s
        self._connection: HTTPConnection | None = None
        self._count = 0

    def call(self, method: str, **params: object) -> Any:  # noqa: ANN401 - the engine's JSON
        """Return the result of one RPC method. Raises: NOBODY_ANSWERS, REFUSED_BY_NETWORK."""
        self._count += 1
        request = {"jsonrpc": "2.0", "id": self._count, "method": method, "params": params}
        answer = self._post(json.dumps(request).encode())
        try:
            error = answer.get("error")
            if error is None:
                return answer["result"]
            told = f"{error.get('message', '')} {error.get('data', '')}".strip()
            code = error.get("code", "")
        except (KeyError, AttributeError):
            raise self.garbled() from None
        if MEMPOOL_FULL in told:
            raise BUSY.error(name=self.name)
        raise REFUSED_BY_NETWORK.error(code=code, text=told, what=NOTHING)

    def garbled(self) -> TallyError:
        """Return what is said of an answer that has not its form: it is as good as none."""
        why = Text("{name}：应答的写法不对", "{name}: its answer has not the form it should have")
        return NOBODY_ANSWERS.error(why=why.fill(name=self.name))

    def ask(self, path: str, data: bytes = b"") -> bytes:
        """Return what the application of the node answers. Raises: as `call`."""
        told = self.call("abci_query", path=path, data=data.hex())
        try:
            found = told["response"]
            code, value = found.get("code", 0), base64.b64decode(found.get("value") or "")
        except (KeyError, TypeError, ValueError, AttributeError):
            raise self.garbled() from None
        if code:
            raise refusal(found)
        return value

    def submit(self, transaction: bytes) -> None:
        """Hand in a transaction. It may wait; that is no receipt. A repetition is harmless.

        Raises: BUSY where the node takes no more for now; as `call` for what is refused.
        """
        try:
            found = self.call("broadcast_tx_sync", tx=base64.b64encode(transaction).decode())
        except TallyError as fault:
            if IN_CACHE in str(fault.facts.get("text", "")):
                return
            raise
        if not isinstance(found, dict) or "code" not in found:
            raise self.garbled()
        if found["code"]:
            told = refusal(found)
            if told.facts["code"] != "duplicate":
                raise told

    def status(self) -> dict[str, Any]:
        """Return what the engine says of itself."""
        found: dict[str, Any] = self.call("status")
        return found

    def state(self) -> dict[str, Any]:
        """Return what the application says of the ledger: chain, height, members, votes, logs."""
        data = self.ask("state")
        try:
            found: dict[str, Any] = json.loads(data)
        except ValueError:
            raise self.garbled() from None
        if not isinstance(found, dict):
            raise self.garbled()
        return found

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _post(self, data: bytes) -> dict[str, Any]:
        for attempt in (1, 2):
            fresh = self._connection is None
            try:
                connection = self._connected()
                connection.request("POST", "/", data, {"Content-Type": "application/json"})
                answer: dict[str, Any] = json.loads(self._read(connection))
            except (OSError, ValueError, RecursionError, HTTPException) as fault:
                self.close()
                if fresh or attempt == 2:  # noqa: PLR2004 - a kept connection may have been closed
                    raise self._unreached(fault) from None
            else:
                return answer
        raise AssertionError

    def _read(self, connection: HTTPConnection) -> bytes:
        """Return an answer, read in pieces: one that comes drop by drop must not keep us."""
        until, found = time.monotonic() + self._timeout_s, b""
        answer = connection.getresponse()
        while part := answer.read1(ANSWER_BYTES_MAX - len(found)):
            found += part
            if time.monotonic() > until:
                raise TimeoutError("too slow")
        return found

    def _unreached(self, fault: Exception) -> TallyError:
        why = Text("{name}：{why}", "{name}: {why}")
        return NOBODY_ANSWERS.error(why=why.fill(name=self.name, why=why_unreached(fault)))

    def _connected(self) -> HTTPConnection:
        if self._connection is None:
            parts = urlsplit(self.url)
            kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
            self._connection = kind(parts.netloc, timeout=self._timeout_s)
        return self._connection


def answers(name: str, url: str) -> bool:
    """Tell whether a node answers."""
    node = Node(name, url, timeout_s=ASKED_S_MAX / 5)
    try:
        node.status()
    except TallyError:
        return False
    finally:
        node.close()
    return True


def refusal(found: dict[str, Any]) -> TallyError:
    """Return the refusal a node told: its code, and its sentence in both languages."""
    code, text = str(found.get("info", "")), str(found.get("log", ""))
    try:
        told = json.loads(text)
        what = Text(told["remedy"]["zh"], told["remedy"]["en"])
        said = Text(told["zh"], told["en"])
        return REFUSED_BY_NETWORK.error(code=told["code"], text=said, what=what)
    except (ValueError, KeyError, TypeError):
        return REFUSED_BY_NETWORK.error(code=code, text=text, what=NOTHING)

"""Two small servers: the ledger as static files, and a witness.

Owns what both have in common: HTTP/1.1 by the standard library, on the loopback address unless
told otherwise, one answer for what is not served, limits on time, size and number, nothing logged
about who asked. They are made to stand behind a web server where the public reaches them: what the
two could read differently (a body nobody announced, a length said twice) ends the connection.
"""

from __future__ import annotations

import errno
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, NamedTuple

from tallystick.kernel.errors import Reason
from tallystick.kernel.texts import Text

HOST_DEFAULT = "127.0.0.1"
REQUEST_S_MAX = 30  # from the wait for a request to the end of its answer
CONNECTIONS_MAX = 64  # at a time; who comes beyond that is hung up on
_LENGTH_DIGITS_MAX = 9

PORT_TAKEN = Reason(
    "port_taken",
    Text("端口 {port} 已被另一个程序占用", "port {port} is in use by another program"),
    "",
    Text("请用 --port 换一个端口。", "Give another one with --port."),
)
NOT_OUR_ADDRESS = Reason(
    "not_our_address",
    Text("{host} 不是本机的地址", "{host} is no address of this machine"),
    "",
    Text(
        "请用 --host 给出本机的地址；127.0.0.1 只供本机访问。",
        "Give one that is with --host; 127.0.0.1 is reached from this machine alone.",
    ),
)


class Page(NamedTuple):
    """An answer: HTTP status, media type, bytes, how long caches may keep it (seconds, 0 none)."""

    status: int
    media: str
    data: bytes
    keep_s: int = 0
    immutable: bool = False


Answering = Callable[[str, str, bytes], Page]
"""(method, path, body) -> the answer."""

NOT_FOUND = Page(404, "text/plain; charset=utf-8", b"not found\n")
NOT_ALLOWED = Page(405, "text/plain; charset=utf-8", b"method not allowed\n")
BAD_REQUEST = Page(400, "text/plain; charset=utf-8", b"bad request\n")
TOO_LARGE = Page(413, "text/plain; charset=utf-8", b"request too large\n")
FAILED = Page(500, "text/plain; charset=utf-8", b"internal error\n")


Failing = Callable[[Exception], None]
"""Told of a request that failed for a reason of ours."""


class _Server(ThreadingHTTPServer):
    """Holds few connections, none of them for long."""

    daemon_threads = True
    request_queue_size = CONNECTIONS_MAX

    def __init__(self, address: tuple[str, int], handler: type[_Handler]) -> None:
        self._slots = threading.BoundedSemaphore(CONNECTIONS_MAX)
        self.since: dict[socket.socket, float] = {}
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, handler)

    def server_bind(self) -> None:
        """Take the address, without asking any name server what it is called."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Answer a connection in a thread of its own, where one is free."""
        if self._slots.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Answer a connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.since.pop(request, None)
            self._slots.release()

    def service_actions(self) -> None:
        """Hang up on whoever takes too long."""
        late = time.monotonic() - REQUEST_S_MAX
        for connection, since in list(self.since.items()):
            if since < late:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Say nothing of a connection that broke off."""


@contextmanager
def serving(
    answer: Answering,
    host: str = HOST_DEFAULT,
    port: int = 0,
    body_bytes_max: int = 0,
    failing: Failing = lambda _: None,
) -> Iterator[tuple[str, ThreadingHTTPServer]]:
    """Yield the address and the server, which answers in threads until the block ends.

    port: 0 takes any that is free. body_bytes_max: of a POST; 0 takes none. Raises: PORT_TAKEN,
    NOT_OUR_ADDRESS, OSError where the address cannot be had for another reason.
    """
    told = {
        "answering": staticmethod(answer),
        "failing": staticmethod(failing),
        "body_bytes_max": body_bytes_max,
    }
    server = _bound(host, port, type("_Handler", (_Handler,), told))
    thread = threading.Thread(target=server.serve_forever, args=(0.2,), daemon=True)
    thread.start()
    shown = f"[{host}]" if ":" in host else host
    try:
        yield f"http://{shown}:{server.server_address[1]}/", server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _bound(host: str, port: int, handler: type[_Handler]) -> _Server:
    try:
        return _Server((host, port), handler)
    except OSError as fault:
        if fault.errno == errno.EADDRINUSE:
            raise PORT_TAKEN.error(port=str(port)) from fault
        if fault.errno == errno.EADDRNOTAVAIL or isinstance(fault, socket.gaierror):
            raise NOT_OUR_ADDRESS.error(host=host) from fault
        fault.filename = f"{host}:{port}"  # or nobody learns what the system refused
        raise


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection; what it answers is set by `serving`."""

    answering: Answering
    failing: Failing
    body_bytes_max = 0
    protocol_version = "HTTP/1.1"
    server_version = "tally"
    sys_version = ""
    timeout = REQUEST_S_MAX

    def handle_one_request(self) -> None:
        """Answer one request of a connection, in the time that is left for it."""
        if isinstance(self.server, _Server):
            self.server.since[self.connection] = time.monotonic()
        super().handle_one_request()

    def parse_request(self) -> bool:
        """Read the head of a request; whose end is unclear is the last of its connection."""
        if not super().parse_request():
            return False
        lengths = self.headers.get_all("Content-Length", [])
        bodied = self.command != "POST" and lengths not in ([], ["0"])
        unclear = bool(self.headers.defects or self.headers.get_payload())
        if bodied or unclear or len(lengths) > 1 or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self._send(BAD_REQUEST)
            return False
        return True

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer("GET", b"")

    def do_HEAD(self) -> None:
        """Answer a HEAD: as a GET, without the bytes."""
        self._answer("HEAD", b"")

    def do_POST(self) -> None:
        """Answer a POST whose length is known and not too large."""
        length = self.headers.get("Content-Length", "")
        plain = length.isascii() and length.isdigit() and len(length) <= _LENGTH_DIGITS_MAX
        if not plain or int(length) > self.body_bytes_max:
            self.close_connection = True
            self._send(TOO_LARGE if self.body_bytes_max else NOT_ALLOWED)
            return
        self._answer("POST", self.rfile.read(int(length)))

    def log_message(self, *_: object) -> None:
        """Keep no log of who asked for what."""

    def _answer(self, method: str, body: bytes) -> None:
        try:
            page = self.answering("GET" if method == "HEAD" else method, self.path, body)
        except Exception as fault:  # noqa: BLE001 - one bad request must not end the server
            self.failing(fault)
            page = FAILED
        self._send(page, body=method != "HEAD")

    def _send(self, page: Page, *, body: bool = True) -> None:
        self.send_response(page.status)
        self.send_header("Content-Type", page.media)
        self.send_header("Content-Length", str(len(page.data)))
        keep = f"max-age={page.keep_s}" if page.keep_s else "no-store"
        self.send_header("Cache-Control", f"{keep}, immutable" if page.immutable else keep)
        self.send_header("X-Content-Type-Options", "nosniff")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if body:
            self.wfile.write(page.data)

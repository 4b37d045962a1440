"""Two small servers: the ledger as static files, and a witness.

Owns what both have in common: HTTP/1.1 by the standard library, on the loopback address unless
told otherwise, one answer for what is not served, limits on time and size, nothing logged about
who asked. They are made to stand behind a web server where the public reaches them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

HOST_DEFAULT = "127.0.0.1"
REQUEST_S_MAX = 30
CONNECTIONS_MAX = 64
_LENGTH_DIGITS_MAX = 9


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
TOO_LARGE = Page(413, "text/plain; charset=utf-8", b"request too large\n")
FAILED = Page(500, "text/plain; charset=utf-8", b"internal error\n")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = CONNECTIONS_MAX


@contextmanager
def serving(
    answer: Answering, host: str = HOST_DEFAULT, port: int = 0, body_bytes_max: int = 0
) -> Iterator[tuple[str, ThreadingHTTPServer]]:
    """Yield the address and the server, which answers in threads until the block ends.

    port: 0 takes any that is free. body_bytes_max: of a POST; 0 takes none. Raises: OSError where
    the address cannot be had.
    """
    told = {
        "answering": staticmethod(answer),
        "slots": threading.BoundedSemaphore(CONNECTIONS_MAX),
        "body_bytes_max": body_bytes_max,
    }
    server = _Server((host, port), type("_Handler", (_Handler,), told))
    thread = threading.Thread(target=server.serve_forever, args=(0.2,), daemon=True)
    thread.start()
    shown = f"[{host}]" if ":" in host else host
    try:
        yield f"http://{shown}:{server.server_address[1]}/", server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection; what it answers is set by `serving`."""

    answering: Answering
    slots: threading.BoundedSemaphore
    body_bytes_max = 0
    protocol_version = "HTTP/1.1"
    server_version = "tally"
    sys_version = ""
    timeout = REQUEST_S_MAX

    def handle(self) -> None:
        """Answer the requests of a connection, one of few at a time."""
        if self.slots.acquire(timeout=REQUEST_S_MAX):
            try:
                super().handle()
            finally:
                self.slots.release()

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
        except Exception:  # noqa: BLE001 - one bad request must not end the server
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

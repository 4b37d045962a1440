from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from tallystick.app import web
from tallystick.app.web import HOST_DEFAULT, Page, serving
from tallystick.kernel.errors import TallyError

ANSWERS = {"/a": Page(200, "text/plain", b"answer\n", 60, immutable=True)}
BODY_BYTES_MAX = 100


def answer(method: str, path: str, body: bytes) -> Page:
    if path == "/fails":
        raise ZeroDivisionError
    if method == "POST":
        return Page(200, "application/octet-stream", body)
    return ANSWERS.get(path, web.NOT_FOUND)


@contextmanager
def connected(address: str) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    try:
        yield connection
    finally:
        connection.close()


@pytest.fixture
def address() -> Iterator[str]:
    with serving(answer, body_bytes_max=BODY_BYTES_MAX) as (at, _):
        yield at


def said(address: str, request: bytes) -> bytes:
    """Send bytes as they are; return all that comes back until the server hangs up."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as sock:
        sock.sendall(request)
        found = b""
        while part := sock.recv(65536):
            found += part
    return found


def test_it_is_reached_from_this_machine_alone_unless_told_otherwise(address: str) -> None:
    assert urlsplit(address).hostname == HOST_DEFAULT == "127.0.0.1"


def test_an_answer_says_how_long_it_keeps_and_nothing_of_the_program(address: str) -> None:
    with connected(address) as connection:
        connection.request("GET", "/a")
        found = connection.getresponse()
        assert (found.status, found.read()) == (200, b"answer\n")
        assert found.headers["Cache-Control"] == "max-age=60, immutable"
        assert found.headers["X-Content-Type-Options"] == "nosniff"
        assert found.headers["Server"].strip() == "tally"
        connection.request("GET", "/b")
        found = connection.getresponse()
        assert (found.status, found.headers["Cache-Control"]) == (404, "no-store")
        found.read()


def test_a_head_is_a_get_without_the_bytes_and_the_connection_goes_on(address: str) -> None:
    with connected(address) as connection:
        for _ in range(3):
            connection.request("HEAD", "/a")
            found = connection.getresponse()
            assert (found.status, found.headers["Content-Length"], found.read()) == (200, "7", b"")
        connection.request("GET", "/a")
        assert connection.getresponse().read() == b"answer\n"


def test_a_body_is_taken_up_to_its_limit(address: str) -> None:
    with connected(address) as connection:
        connection.request("POST", "/a", b"x" * BODY_BYTES_MAX)
        found = connection.getresponse()
        assert (found.status, found.read()) == (200, b"x" * BODY_BYTES_MAX)
    with connected(address) as connection:
        connection.request("POST", "/a", b"x" * (BODY_BYTES_MAX + 1))
        assert connection.getresponse().status == 413


@pytest.mark.parametrize("length", ["-1", "+1", "x", "1e3", "9" * 5000, "\u0661", ""])
def test_a_length_that_is_none_is_refused(address: str, length: str) -> None:
    request = f"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode()
    assert said(address, request).startswith(b"HTTP/1.1 413 ")


def test_a_server_that_takes_no_bodies_takes_none() -> None:
    with serving(answer) as (address, _), connected(address) as connection:
        connection.request("POST", "/a", b"x")
        assert connection.getresponse().status == 405


@pytest.mark.parametrize(
    "head",
    [
        "GET /a HTTP/1.1\r\nContent-Length: 30",
        "HEAD /a HTTP/1.1\r\nContent-Length: 30",
        "GET /a HTTP/1.1\r\nTransfer-Encoding: chunked",
        "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked",
        "POST /a HTTP/1.1\r\nContent-Length: 30\r\nTransfer-Encoding: chunked",
        "POST /a HTTP/1.1\r\nContent-Length: 30\r\nContent-Length: 0",
        "POST /a HTTP/1.1\r\nContent-Length: 30\r\nContent-Length: 30",
    ],
)
def test_a_request_whose_end_two_servers_could_see_differently_ends_the_connection(
    address: str, head: str
) -> None:
    """Else what a stranger calls a body would be answered as a request of the next client."""
    hidden = "GET /a HTTP/1.1\r\nHost: y\r\n\r\n"
    found = said(address, f"{head}\r\nHost: x\r\n\r\n{hidden}".encode())
    assert found.startswith(b"HTTP/1.1 400 ")
    assert found.count(b"HTTP/1.1") == 1
    assert b"answer" not in found


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH"])
def test_other_methods_are_not_known(address: str, method: str) -> None:
    with connected(address) as connection:
        connection.request(method, "/a")
        assert connection.getresponse().status == 501


def test_a_request_that_fails_is_told_of_here_and_says_nothing_there() -> None:
    faults: list[Exception] = []
    with (
        serving(answer, failing=faults.append) as (address, _),
        connected(address) as connection,
    ):
        connection.request("GET", "/fails")
        found = connection.getresponse()
        assert (found.status, found.read()) == (500, b"internal error\n")
        connection.request("GET", "/a")
        assert connection.getresponse().read() == b"answer\n"
    assert [type(fault) for fault in faults] == [ZeroDivisionError]


def test_nothing_is_written_of_who_asked_or_broke_off(
    address: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert said(address, b"nonsense\r\n\r\n")
    assert said(address, b"GET /a HTTP/9.9\r\n\r\n")
    parts = urlsplit(address)
    for request in (b"", b"GET /a HT", b"POST /a HTTP/1.1\r\nContent-Length: 50\r\n\r\nhalf"):
        sock = socket.create_connection((parts.hostname, parts.port), timeout=10)
        sock.sendall(request)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        sock.close()  # a reset, not a farewell
    with connected(address) as connection:
        connection.request("GET", "/a")
        assert connection.getresponse().status == 200
    assert capfd.readouterr() == ("", "")


def drip(sock: socket.socket, data: bytes) -> None:
    for byte in data:
        sock.sendall(bytes([byte]))
        time.sleep(0.05)


def test_who_sends_drop_by_drop_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, and still the request may not take for ever."""
    monkeypatch.setattr(web, "REQUEST_S_MAX", 1)
    with serving(answer, body_bytes_max=BODY_BYTES_MAX) as (address, _):
        parts = urlsplit(address)
        with socket.create_connection((parts.hostname, parts.port), timeout=10) as sock:
            started = time.monotonic()
            with pytest.raises((BrokenPipeError, ConnectionResetError)):
                drip(sock, b"GET /a HTTP/1.1\r\nX: " + b"x" * 1000)
            assert time.monotonic() - started < 5


def test_who_comes_when_all_places_are_taken_is_hung_up_on_and_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(web, "CONNECTIONS_MAX", 3)
    with serving(answer) as (address, _):
        parts = urlsplit(address)
        before = threading.active_count()
        held = [socket.create_connection((parts.hostname, parts.port), 10) for _ in range(3)]
        deadline = time.monotonic() + 5
        while threading.active_count() < before + 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        with socket.create_connection((parts.hostname, parts.port), timeout=10) as sock:
            assert sock.recv(1) == b""
        assert threading.active_count() <= before + 3
        held[0].close()
        for _ in range(100):
            try:
                assert said(address, b"GET /a HTTP/1.0\r\n\r\n").endswith(b"answer\n")
                break
            except OSError:
                time.sleep(0.02)
            except AssertionError:
                time.sleep(0.02)
        else:
            pytest.fail("a place that became free was not given away")
        for sock in held:
            sock.close()


def test_when_the_block_ends_nothing_listens_any_more() -> None:
    with serving(answer) as (address, _):
        pass
    parts = urlsplit(address)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((parts.hostname, parts.port), timeout=10)


def test_a_port_another_program_has_is_named_with_what_to_do() -> None:
    with serving(answer) as (at, _):
        taken = urlsplit(at).port or 0
        with pytest.raises(TallyError) as caught, serving(answer, port=taken):
            pass
    assert caught.value.code == "port_taken"
    for said, remedy in zip(caught.value.text, caught.value.remedy, strict=True):
        assert str(taken) in said
        assert "--port" in remedy


def test_an_address_of_another_machine_cannot_be_served_from() -> None:
    with pytest.raises(TallyError) as caught, serving(answer, "192.0.2.1"):
        pass
    assert caught.value.code == "not_our_address"
    assert "192.0.2.1" in caught.value.text.en
    assert "--host" in caught.value.remedy.en

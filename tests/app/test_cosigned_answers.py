"""What a witness may answer that is none: it is refused, with a reason, and in time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tallystick.app import unreached
from tallystick.app.cosigned import NO_WITNESSES, cosign, cosigned_checkpoints
from tallystick.app.web import Page, serving
from tallystick.kernel.errors import TallyError
from tallystick.ledger import TrustPolicy

from .witness_network import opened, outcome

if TYPE_CHECKING:
    from tests.app.conftest import House

    from tallystick.testing.witnesses import WitnessNetwork


@pytest.mark.parametrize("url", ["file:///etc/", "ftp://x/", "w1", "http://[x/", "http://a b/", ""])
def test_an_address_that_is_none_is_named_or_not_asked(
    small: House, witnesses: WitnessNetwork, url: str
) -> None:
    with opened(small, witnesses) as store:
        one = store.trust.witnesses[0]._replace(url=url)
        store.trust = TrustPolicy(store.trust.logs, store.trust.parties, (one,))
        if url:
            assert outcome(cosign(store))["A"].startswith("the witness A did not cosign")
        else:
            with pytest.raises(TallyError) as refusal:
                cosign(store)
            assert refusal.value.reason is NO_WITNESSES


def other_line(_: bytes) -> Page:
    return Page(200, "text/plain", b"\xe2\x80\x94 witness.example/A AAAAAAAAAAE=\n")


@pytest.mark.parametrize(
    "wrong",
    [
        other_line,
        lambda _: Page(200, "text/plain", b""),
        lambda _: Page(200, "text/plain", b"\xff\xfe"),
        lambda _: Page(200, "text/plain", b"x" * 200_000),
        lambda _: Page(204, "text/plain", b""),
        lambda _: Page(301, "text/plain", b""),
        lambda _: Page(404, "text/plain", b"\x1b[2Jgone\n"),
        lambda _: Page(409, "text/x.tlog.size", b""),
        lambda _: Page(409, "text/x.tlog.size", b"-1\n"),
        lambda _: Page(409, "text/x.tlog.size", b"9" * 5000 + b"\n"),
        lambda _: Page(409, "text/x.tlog.size", b"999999999\n"),
        lambda _: Page(409, "text/x.tlog.size", "\u0661\n".encode()),
        lambda _: Page(409, "text/x.tlog.size", b"0\n"),
        lambda _: Page(409, "text/x.tlog.size", b"1\n"),
    ],
)
def test_whatever_a_witness_answers_it_is_refused_with_a_reason(
    small: House, witnesses: WitnessNetwork, wrong: Callable[[bytes], Page]
) -> None:
    witnesses.wrong["A"] = wrong
    with opened(small, witnesses) as store:
        document = cosign(store)
        assert outcome(document)["A"].startswith("the witness A did not cosign")
        assert (outcome(document)["B"], document["missing"]) == ("", None)
        [kept] = cosigned_checkpoints(store.paths)
        assert set(store.trust.check_checkpoint(kept).times) == {"B", "C"}
    assert witnesses.asked.count(("A", witnesses.asked[0][1])) <= 2


def test_no_redirection_is_followed(small: House, witnesses: WitnessNetwork) -> None:
    """A witness cannot send us to a host that the trust file does not name."""
    elsewhere: list[str] = []

    def other(method: str, path: str, body: bytes) -> Page:
        del body
        elsewhere.append(f"{method} {path}")
        return Page(200, "text/plain", b"")

    with serving(other, body_bytes_max=65536) as (address, _), socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        reply = f"HTTP/1.1 302 Found\r\nLocation: {address}\r\nContent-Length: 0\r\n\r\n".encode()

        def redirect() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(reply)

        thread = threading.Thread(target=redirect)
        thread.start()
        with opened(small, witnesses) as store:
            one = store.trust.witnesses[0]._replace(url=f"http://127.0.0.1:{port}/")
            store.trust = TrustPolicy(store.trust.logs, store.trust.parties, (one,))
            document = cosign(store)
        thread.join()
    assert "status 302" in outcome(document)["A"]
    assert elsewhere == []


@pytest.mark.parametrize("reply", [b"nonsense\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 2"])
def test_an_answer_that_is_not_http_is_refused_with_a_reason(
    small: House, witnesses: WitnessNetwork, reply: bytes
) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def speak() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(reply)

        thread = threading.Thread(target=speak)
        thread.start()
        with opened(small, witnesses) as store:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
            one = store.trust.witnesses[0]._replace(url=url)
            store.trust = TrustPolicy(store.trust.logs, store.trust.parties, (one,))
            document = cosign(store)
        thread.join()
    assert outcome(document)["A"].startswith("the witness A did not cosign")


def test_a_witness_that_answers_drop_by_drop_does_not_keep_us(
    small: House, witnesses: WitnessNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unreached, "ASKED_S_MAX", 1)
    over = threading.Event()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
                try:
                    while not over.wait(0.1):
                        connection.sendall(b"x")
                except OSError:
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        with opened(small, witnesses) as store:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
            one = store.trust.witnesses[0]._replace(url=url)
            store.trust = TrustPolicy(store.trust.logs, store.trust.parties, (one,))
            started = time.monotonic()
            document = cosign(store)
            assert time.monotonic() - started < 10
        over.set()
        thread.join()
    assert "did not answer in time" in outcome(document)["A"]

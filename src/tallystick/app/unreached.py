"""Asking another computer, and why it could not be reached, in both languages.

Owns the one way in which a request goes out: to the address that was typed or that the trust file
names and to no other, within a time, for an answer of limited size; and the sentence for what the
network says, whose own words exist in one language only.
"""

from __future__ import annotations

import socket
import ssl
import time
from http.client import HTTPMessage
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from tallystick.kernel.texts import Text

ASKED_S_MAX = 20
_KNOWN: tuple[tuple[type[BaseException], Text], ...] = (
    (ConnectionRefusedError, Text("对方没有在听", "nobody is listening there")),
    (TimeoutError, Text("对方没有及时答复", "it did not answer in time")),
    (socket.gaierror, Text("找不到这个地址", "there is no such address")),
    (ssl.SSLError, Text("安全连接没有建立", "no secure connection came about")),
    (ConnectionError, Text("连接中断", "the connection broke off")),
)
_OTHER = Text("网络不通", "the network does not lead there")


def why_unreached(fault: BaseException) -> Text:
    """Return why a request got no answer."""
    reason = fault.reason if isinstance(fault, URLError) else fault
    return next((text for kind, text in _KNOWN if isinstance(reason, kind)), _OTHER)


class _NoRedirect(HTTPRedirectHandler):
    """Goes nowhere but where it was sent."""

    def redirect_request(
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        """Follow no redirection: the answer that asks for one is the answer."""


_OPENER = build_opener(_NoRedirect)


def asked(request: Request, bytes_max: int) -> tuple[int, bytes]:
    """Send `request`; return status and answer, at most so many bytes of it.

    Raises: OSError, ValueError, HTTPException, for which `why_unreached` has words.
    """
    try:
        answer: Any = _OPENER.open(request, timeout=ASKED_S_MAX)
    except HTTPError as refused:
        answer = refused
    with answer:
        until, data = time.monotonic() + ASKED_S_MAX, b""
        while part := answer.read1(bytes_max - len(data)):
            data += part
            if time.monotonic() > until:  # one that comes drop by drop must not keep us
                raise TimeoutError("too slow")
        return int(answer.status), data

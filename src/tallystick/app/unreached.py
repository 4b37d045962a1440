"""Why another computer could not be reached, in both languages.

Owns the sentence for what the network says; its own words exist in one language only.
"""

from __future__ import annotations

import socket
import ssl
from urllib.error import URLError

from tallystick.kernel.texts import Text

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

"""Ports of this machine that nobody uses."""

from __future__ import annotations

import random
import socket

HOST = "127.0.0.1"
LOWEST, HIGHEST = 20_000, 32_000  # below those the system gives to who calls out
_TRIES = 200


def is_free(port: int) -> bool:
    """Tell whether a port can be listened on."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((HOST, port))
        except OSError:
            return False
    return True


def free_range(count: int) -> int:
    """Return the first of `count` ports in a row that are free now. Raises: OSError for none."""
    for _ in range(_TRIES):
        base = random.randrange(LOWEST, HIGHEST - count)  # noqa: S311 - no secret
        if all(is_free(base + place) for place in range(count)):
            return base
    raise OSError("no free ports")


def free_port() -> int:
    """Return a port that is free now."""
    return free_range(1)

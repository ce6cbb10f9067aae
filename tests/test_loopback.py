"""The guard that keeps every test on loopback is itself awake."""

from __future__ import annotations

import socket

import pytest

from tests.conftest import NotLoopback


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_nothing_gets_past_loopback(kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as outward:
        outward.settimeout(0)
        # Refused before the system hears of it: no packet leaves.
        with pytest.raises(NotLoopback, match="loopback only"):
            outward.connect(("192.0.2.1", 9))


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass

"""Listeners that misbehave, on loopback; each joins its thread."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

Serve = Callable[[socket.socket], None]
Listening = Callable[[Serve], AbstractContextManager[int]]


@contextlib.contextmanager
def _listening(serve: Serve) -> Iterator[int]:
    server = socket.create_server(("127.0.0.1", 0))
    taken: list[socket.socket] = []

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = server.accept()
                taken.append(connection)
                serve(connection)

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        # Closing a socket does not wake a thread that waits in accept; a last connection does.
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)
        for connection in taken:
            connection.close()
        assert not thread.is_alive()


@pytest.fixture
def listening() -> Listening:
    return _listening


@pytest.fixture
def closed_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])

"""Carries bytes between one socket and one TLS engine; the only place where TLS meets a socket.

It knows no HTTP and no Exchange. An engine is a TLS implementation without a socket, so both of ours
(TLS 1.2 that renegotiates, TLS 1.3 that asks after the handshake) share deadlines, alerts and closing.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from cryptography import x509

from easwizard.lab.errors import TlsFailure

T = TypeVar("T")
_CHUNK = 65536
_LINGER_SECONDS = 1.0


class NeedMore(Exception):
    """An engine cannot go on until the far side has sent more."""


class TlsEngine(Protocol):
    """One side of a TLS connection, fed and emptied by somebody else.

    Every step may raise `NeedMore` (feed it, call it again) or `TlsFailure` (it is over).
    """

    def feed(self, data: bytes) -> None: ...
    def outgoing(self) -> bytes: ...
    def handshake(self) -> None: ...
    def ask(self) -> None:
        """Demand a certificate from a client that has shaken hands already."""

    def read(self) -> bytes: ...
    def write(self, data: bytes) -> None: ...
    def goodbye(self) -> None: ...
    def presented(self) -> x509.Certificate | None: ...


class TlsServer(Protocol):
    """A server's TLS settings: makes one engine per connection."""

    def engine(self, *, demand: bool) -> TlsEngine:
        """With `demand` the client's certificate is asked for in the first handshake."""


class TlsStream:
    """A TLS connection on a socket it does not own, with one deadline for everything."""

    def __init__(self, connection: socket.socket, engine: TlsEngine, seconds: float) -> None:
        self._socket = connection
        self._engine = engine
        self._deadline = time.monotonic() + seconds

    def handshake(self) -> None:
        self._drive(self._engine.handshake)

    def ask(self) -> x509.Certificate | None:
        """Demand a certificate now; what the client presented, or None."""
        self._drive(self._engine.ask)
        return self._engine.presented()

    def presented(self) -> x509.Certificate | None:
        return self._engine.presented()

    def read(self) -> bytes:
        """Some bytes; empty when the far side has finished."""
        return self._drive(self._engine.read)

    def write(self, data: bytes) -> None:
        self._drive(lambda: self._engine.write(data))

    def finish(self) -> None:
        """Say goodbye, then read to the end: a reset must not overtake the last bytes or the alert."""
        with contextlib.suppress(OSError, TlsFailure, NeedMore):
            self._engine.goodbye()
        with contextlib.suppress(OSError):
            self._flush()
            self._socket.shutdown(socket.SHUT_WR)
            self._socket.settimeout(_LINGER_SECONDS)
            for _ in range(16):
                if not self._socket.recv(_CHUNK):
                    break

    def _drive(self, step: Callable[[], T]) -> T:
        while True:
            try:
                return step()
            except NeedMore:
                pass
            finally:
                self._flush()
            self._engine.feed(self._receive())

    def _receive(self) -> bytes:
        self._socket.settimeout(self._seconds_left())
        data = self._socket.recv(_CHUNK)
        if not data:
            raise TlsFailure("the client closed the connection in the middle")
        return data

    def _flush(self) -> None:
        data = self._engine.outgoing()
        if data:
            self._socket.settimeout(self._seconds_left())
            self._socket.sendall(data)

    def _seconds_left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the client was too slow")
        return left

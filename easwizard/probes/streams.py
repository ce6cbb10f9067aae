"""One OPTIONS request over one new connection, straight on the event loop: what `https.ask` does, at half its cost.

For samples, of which there are many (transport.md 7). TLS runs between two buffers, as in the library that looks are
made with, so both fail alike; asyncio's own streams call the end of a handshake a reset, and cost more. Reads no
further than the headers, so it never knows the substatus that a detailed error page tells. What a credential may be
sent over is not decided here.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from functools import lru_cache

import h11

from easwizard.probes.attempt import FIRST_BYTE, TCP, TLS, Answer, Attempt, Destination, OnPhase, session_of
from easwizard.probes.failures import classify
from easwizard.probes.heads import METHOD, read_answer, request_headers
from easwizard.probes.settings import Deadlines
from easwizard.probes.transcript import recording

_MOST_HEAD = 100 * 1024
"""Bytes of headers that are read; more are taken for no HTTP."""
_PIECE, _MOST_AT_ONCE = 8192, 64 * 1024


class _HungUpError(Exception):
    """The far side ended the connection without a word of explanation."""


_ENDS = (h11.RemoteProtocolError, OSError, TimeoutError, _HungUpError)
"""Everything that the far side can make happen; TLS alerts are OSErrors too."""


async def ask(
    attempt: Attempt,
    path: str,
    context: ssl.SSLContext,
    deadlines: Deadlines,
    on_phase: OnPhase,
    authorization: str | None = None,
) -> None:
    """Send one OPTIONS and write into the attempt what became of it. Raises only for faults of our own."""
    with recording() as transcript:
        attempt.transcript = transcript
        try:
            async with asyncio.timeout(None) as limit:
                course = _Course(attempt, deadlines, limit, on_phase)
                await course.run(_Exchange(attempt.destination, path, authorization), context)
        except _ENDS as error:
            attempt.leave()
            if attempt.answer is None:
                attempt.failure = classify(error, attempt.phase or TCP, transcript)


class _Course:
    """Takes a connection from phase to phase, and gives each its own deadline."""

    def __init__(self, attempt: Attempt, deadlines: Deadlines, limit: asyncio.Timeout, on_phase: OnPhase) -> None:
        self._attempt, self._deadlines, self._limit, self._on_phase = attempt, deadlines, limit, on_phase

    async def run(self, exchange: _Exchange, context: ssl.SSLContext) -> None:
        attempt, seconds = self._attempt, self._deadlines
        self._enter(TCP, seconds.tcp)
        with _socket_for(attempt.destination) as sock:
            await asyncio.get_running_loop().sock_connect(
                sock, (attempt.destination.address, attempt.destination.port)
            )
            self._enter(TLS, seconds.tls)
            tls = _Tls(sock, context, attempt.destination.name)
            await tls.shake_hands()
            attempt.session = session_of(tls.object)
            self._enter(FIRST_BYTE, seconds.first_byte)
            tls.write(exchange.request)
            attempt.answer = await exchange.answer(tls.read)
            attempt.leave()

    def _enter(self, phase: str, seconds: float) -> None:
        self._attempt.enter(phase)
        self._limit.reschedule(asyncio.get_running_loop().time() + seconds)
        self._on_phase(phase)


def _socket_for(destination: Destination) -> socket.socket:
    family = socket.AF_INET6 if ":" in destination.address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


class _Tls:
    """TLS over a socket of the event loop."""

    def __init__(self, sock: socket.socket, context: ssl.SSLContext, name: str) -> None:
        self._sock = sock
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.object = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name)

    async def shake_hands(self) -> None:
        """The handshake with its verification; its last flight waits for the request to travel with it."""
        while True:
            try:
                return self.object.do_handshake()
            except ssl.SSLWantReadError:
                pass
            await self._exchange()

    def write(self, data: bytes) -> None:
        """Goes out with the next reading; a request fits into what TLS takes at once."""
        self.object.write(data)

    async def read(self) -> bytes:
        """What came, or nothing at the end; a handshake in between is carried out on the way."""
        while True:
            try:
                return self.object.read(_PIECE)
            except ssl.SSLWantReadError:
                pass
            except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
                return b""
            await self._exchange()

    async def _exchange(self) -> None:
        """Send what is to be sent, and wait for more."""
        loop = asyncio.get_running_loop()
        if self._outgoing.pending:
            await loop.sock_sendall(self._sock, self._outgoing.read())
        await asyncio.sleep(0)  # what is there already is read without waiting: a flood must not stop the clock
        data = await loop.sock_recv(self._sock, _MOST_AT_ONCE)
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()


class _Exchange:
    """One request and the head of its answer, from and to bytes."""

    def __init__(self, destination: Destination, path: str, authorization: str | None) -> None:
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MOST_HEAD)
        self._secret = authorization
        plain = authorization is None
        head = _anonymous_head(destination, path) if plain else _head(destination, path, authorization)
        self.request = self._http.send(head) or b""  # without a body there is nothing else to say

    async def answer(self, read: Callable[[], Awaitable[bytes]]) -> Answer:
        """The head of the answer; those that only announce one (1xx) are passed over, however many come."""
        while True:
            event = self._http.next_event()
            if isinstance(event, h11.Response):
                return read_answer(event.status_code, event.headers, self._secret, time.monotonic())
            if event is h11.NEED_DATA:
                data = await read()
                if not data:
                    raise _HungUpError
                self._http.receive_data(data)
            else:
                await asyncio.sleep(0)  # an endless stream of them must keep neither others nor deadlines waiting


def _head(destination: Destination, path: str, authorization: str | None) -> h11.Request:
    headers = list(request_headers(destination, authorization).items())
    return h11.Request(method=METHOD, target=path, headers=headers)


@lru_cache(maxsize=64)
def _anonymous_head(destination: Destination, path: str) -> h11.Request:
    """Kept, for samples are many and alike; one with credentials is never kept."""
    return _head(destination, path, None)

"""One OPTIONS request over one new connection on asyncio streams: what `https.ask` does, at half its cost.

For samples, of which there are many (transport.md 7). Reads no further than the headers, so it never knows the
substatus that a detailed error page tells. What a credential may be sent over is not decided here.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import h11

from easwizard.probes.attempt import FIRST_BYTE, TCP, TLS, Answer, Attempt, Destination, OnPhase, session_of
from easwizard.probes.failures import classify
from easwizard.probes.heads import METHOD, read_answer, request_headers
from easwizard.probes.settings import Deadlines
from easwizard.probes.transcript import recording

_MOST_HEAD = 100 * 1024
"""Bytes of headers that are read; more are taken for no HTTP."""
_PIECE = 8192


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
        self._on_phase(TCP)
        sock = await _dial(attempt.destination)
        self._enter(TLS, seconds.tls)
        self._on_phase(TLS)
        reader = asyncio.StreamReader(limit=_PIECE)
        caller = _Caller(reader, exchange.request, lambda: self._enter(FIRST_BYTE, seconds.first_byte))
        transport = await _shake_hands(sock, caller, context, attempt.destination.name, seconds.tls)
        try:
            attempt.session = session_of(transport.get_extra_info("ssl_object"))
            self._on_phase(FIRST_BYTE)
            attempt.answer = await exchange.answer(reader)
            attempt.leave()
        finally:
            transport.abort()

    def _enter(self, phase: str, seconds: float) -> None:
        self._attempt.enter(phase)
        self._limit.reschedule(asyncio.get_running_loop().time() + seconds)


class _Caller(asyncio.StreamReaderProtocol):
    """Sends the request once the handshake is done and verified, so that it travels with the last flight."""

    def __init__(self, reader: asyncio.StreamReader, request: bytes, on_asking: Callable[[], None]) -> None:
        super().__init__(reader)
        self._request, self._on_asking = request, on_asking

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._on_asking()
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(self._request)


async def _dial(destination: Destination) -> socket.socket:
    """A connection to the address. TLS is laid over the bare socket, so that nothing said too early is lost."""
    sock = socket.socket(socket.AF_INET6 if ":" in destination.address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, (destination.address, destination.port))
    except BaseException:
        sock.close()
        raise
    return sock


async def _shake_hands(
    sock: socket.socket, caller: _Caller, context: ssl.SSLContext, name: str, seconds: float
) -> asyncio.Transport:
    try:
        transport, _ = await asyncio.get_running_loop().create_connection(
            lambda: caller,
            sock=sock,
            ssl=context,
            server_hostname=name,
            ssl_handshake_timeout=seconds + 1,  # asyncio's own, which it reports as an aborted connection
        )
    except ConnectionResetError as error:
        if error.errno is not None:
            raise
    else:
        return transport
    raise _HungUpError  # asyncio calls the end of the stream in a handshake a reset, without the system's number


class _Exchange:
    """One request and the head of its answer, from and to bytes."""

    def __init__(self, destination: Destination, path: str, authorization: str | None) -> None:
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MOST_HEAD)
        self._secret = authorization
        plain = authorization is None
        head = _anonymous_head(destination, path) if plain else _head(destination, path, authorization)
        self.request = self._http.send(head) or b""
        self._http.send(h11.EndOfMessage())

    async def answer(self, reader: asyncio.StreamReader) -> Answer:
        """The head of the answer; those that only announce one (1xx) are passed over, however many come."""
        while True:
            event = self._http.next_event()
            if isinstance(event, h11.Response):
                answer = read_answer(event.status_code, event.headers, self._secret)
                return replace(answer, heard_at=time.monotonic())
            if event is h11.NEED_DATA:
                self._http.receive_data(await _more(reader))
            else:
                await asyncio.sleep(0)  # an endless stream of them must keep neither others nor deadlines waiting


async def _more(reader: asyncio.StreamReader) -> bytes:
    data = await reader.read(_PIECE)
    if not data:
        raise _HungUpError
    return data


def _head(destination: Destination, path: str, authorization: str | None) -> h11.Request:
    headers = list(request_headers(destination, authorization).items())
    return h11.Request(method=METHOD, target=path, headers=headers)


@lru_cache(maxsize=64)
def _anonymous_head(destination: Destination, path: str) -> h11.Request:
    """Kept, for samples are many and alike; one with credentials is never kept."""
    return _head(destination, path, None)

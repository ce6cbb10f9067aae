"""One request over one new connection. The only module that knows httpx.

Dials an address while SNI, certificate check and Host carry the name; each phase has a deadline of its own,
because httpx only knows one per read (transport.md 3). What a credential may be sent over is not decided here.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import import_module

import httpx

from easwizard.case.facts import Reason
from easwizard.case.untrusted import visible
from easwizard.probes.attempt import FIRST_BYTE, TCP, TLS, Answer, Attempt, Destination, OnPhase, session_of
from easwizard.probes.failures import Failure, classify
from easwizard.probes.heads import METHOD, MOST_BODY, bracketed, read_answer, request_headers, substatus_in
from easwizard.probes.settings import Deadlines
from easwizard.probes.transcript import recording

with suppress(ImportError):
    import_module("anyio._backends._asyncio")  # else the first connection pays for it, 50 ms in its TCP time

_BODY_SECONDS = 2.0
_ENDS = (httpx.HTTPError, ssl.SSLError, OSError, TimeoutError)
"""Everything that the far side can make happen; httpx lets late TLS alerts out as they are (transport.md 1)."""
_NEXT_PHASE = {
    "connection.connect_tcp.complete": TLS,
    "connection.start_tls.complete": FIRST_BYTE,
    "proxy.start_tls.complete": FIRST_BYTE,
}
_MOST_TOKENS, _LONGEST_TOKEN = 20, 16 * 1024


@dataclass(frozen=True)
class Wish:
    """How a request differs from the plain OPTIONS, and how much of a good answer's body is worth reading."""

    method: str = METHOD
    body: bytes = b""
    content_type: str | None = None
    most_body: int = 0
    proxy: str | None = None
    """URL of an HTTP proxy that is to open the connection, by the name of the namespace."""


PLAIN = Wish()


async def ask(
    attempt: Attempt,
    path: str,
    context: ssl.SSLContext,
    deadlines: Deadlines,
    on_phase: OnPhase,
    authorization: str | None = None,
    wish: Wish = PLAIN,
) -> None:
    """Send one request and write into the attempt what became of it. Raises only for faults of our own."""
    with recording() as transcript:
        attempt.transcript = transcript
        try:
            await _with_deadlines(attempt, path, context, deadlines, on_phase, authorization, wish)
        except (httpx.LocalProtocolError, httpx.InvalidURL):
            raise  # we made a request that is none: our fault, not the far side's
        except httpx.ProxyError as error:
            attempt.leave()
            attempt.failure = Failure(Reason.UNREACHABLE, visible(f"the proxy answered {error}"))
        except _ENDS as error:
            attempt.leave()
            if attempt.answer is None:
                attempt.failure = classify(error, attempt.phase or TCP, transcript)


async def _with_deadlines(
    attempt: Attempt,
    path: str,
    context: ssl.SSLContext,
    deadlines: Deadlines,
    on_phase: OnPhase,
    authorization: str | None,
    wish: Wish,
) -> None:
    on_phase(TCP)
    attempt.enter(TCP)
    async with asyncio.timeout(deadlines.tcp) as limit:
        course = _Course(attempt, deadlines, limit, on_phase)
        headers = request_headers(attempt.destination, authorization) | _about_the_body(wish)
        url = _url(attempt.destination, path, wish)
        extensions = {"sni_hostname": attempt.destination.name, "trace": course.follow}
        try:
            async with (
                _client(context, wish.proxy) as client,
                client.stream(
                    wish.method, url, headers=headers, content=wish.body or None, extensions=extensions
                ) as response,
            ):
                attempt.leave()
                attempt.answer = replace(
                    read_answer(response.status_code, response.headers.raw, authorization),
                    tokens=_tokens(response),
                    heard_at=time.monotonic(),
                )
                most = MOST_BODY if response.status_code >= 400 else wish.most_body
                if most and wish.method != "HEAD":
                    limit.reschedule(asyncio.get_running_loop().time() + _BODY_SECONDS)
                    attempt.answer = _with_body(attempt.answer, await _body(response, most), wish)
        finally:
            await course.hang_up()


class _Course:
    """Follows a connection from phase to phase, and gives each its own deadline."""

    def __init__(self, attempt: Attempt, deadlines: Deadlines, limit: asyncio.Timeout, on_phase: OnPhase) -> None:
        self._attempt, self._limit, self._on_phase = attempt, limit, on_phase
        self._seconds = {TLS: deadlines.tls, FIRST_BYTE: deadlines.first_byte}
        self._stream: object = None

    async def follow(self, event: str, info: Mapping[str, object]) -> None:
        """Told by httpx of each step; the streams that it makes come along."""
        phase = _NEXT_PHASE.get(event)
        if phase is None:
            return
        if phase == TLS:
            self._stream = info.get("return_value")
        else:
            _keep_session(self._attempt, info.get("return_value"))
        self._attempt.enter(phase)
        self._on_phase(phase)
        self._limit.reschedule(asyncio.get_running_loop().time() + self._seconds[phase])

    async def hang_up(self) -> None:
        """Close what was dialled: a handshake that is interrupted leaves it open (httpcore 1.0)."""
        close = getattr(self._stream, "aclose", None)
        if close is not None:
            with suppress(*_ENDS):
                await close()


def _client(context: ssl.SSLContext, proxy: str | None) -> httpx.AsyncClient:
    """A client for one connection: a pool would mix names that share an address, and hide a load balancer."""
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=0)
    return httpx.AsyncClient(
        verify=context, proxy=proxy, trust_env=False, limits=limits, timeout=None, follow_redirects=False
    )


def _url(destination: Destination, path: str, wish: Wish) -> str:
    """The address; through a proxy the name, because there TLS takes its name from here and the proxy resolves it."""
    host = destination.address if wish.proxy is None else destination.name
    return f"https://{bracketed(host)}:{destination.port}{path}"


def _about_the_body(wish: Wish) -> dict[str, str]:
    return {} if wish.content_type is None else {"Content-Type": wish.content_type}


def _tokens(response: httpx.Response) -> tuple[str, ...]:
    values = response.headers.get_list("www-authenticate")[:_MOST_TOKENS]
    return tuple(value[:_LONGEST_TOKEN] for value in values)


def _keep_session(attempt: Attempt, stream: object) -> None:
    """The session is kept as soon as it stands: a late alert leaves no response to read it from."""
    extra_info = getattr(stream, "get_extra_info", None)
    tls = extra_info("ssl_object") if extra_info is not None else None
    if tls is not None:
        attempt.session = session_of(tls)


async def _body(response: httpx.Response, most: int) -> bytes:
    """The beginning of a body; one that does not come is not missed."""
    body = b""
    with suppress(*_ENDS):
        async for piece in response.aiter_raw(8192):
            body += piece
            if len(body) >= most:
                break
    return body[:most]


def _with_body(answer: Answer, body: bytes, wish: Wish) -> Answer:
    """An error page may tell the IIS substatus; of a good answer the body itself was wished for."""
    if answer.status >= 400:
        return replace(answer, substatus=substatus_in(answer.status, body))
    return replace(answer, body=body[: wish.most_body])

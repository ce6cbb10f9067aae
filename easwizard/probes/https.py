"""One OPTIONS request over one new connection. The only module that knows httpx.

Dials an address while SNI, certificate check and Host carry the name; each phase has a deadline of its own,
because httpx only knows one per read (transport.md 3). What a credential may be sent over is not decided here.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module

import httpx

from easwizard.case.untrusted import visible
from easwizard.exchange.replies import challenges_of
from easwizard.probes.attempt import FIRST_BYTE, TCP, TLS, Answer, Attempt, Destination, OnPhase, session_of
from easwizard.probes.failures import classify
from easwizard.probes.settings import Deadlines
from easwizard.probes.transcript import recording

with suppress(ImportError):
    import_module("anyio._backends._asyncio")  # else the first connection pays for it, 50 ms in its TCP time

METHOD = "OPTIONS"
_MOST_HEADERS = 100
_MOST_BODY = 64 * 1024
_BODY_SECONDS = 2.0
_ENDS = (httpx.HTTPError, ssl.SSLError, OSError, TimeoutError)
"""Everything that the far side can make happen; httpx lets late TLS alerts out as they are (transport.md 1)."""
_NEXT_PHASE = {"connection.connect_tcp.complete": TLS, "connection.start_tls.complete": FIRST_BYTE}


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
            await _with_deadlines(attempt, path, context, deadlines, on_phase, authorization)
        except (httpx.LocalProtocolError, httpx.InvalidURL):
            raise  # we made a request that is none: our fault, not the far side's
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
) -> None:
    on_phase(TCP)
    attempt.enter(TCP)
    async with asyncio.timeout(deadlines.tcp) as limit:
        course = _Course(attempt, deadlines, limit, on_phase)
        headers = _headers(attempt.destination, authorization)
        url = _url(attempt.destination, path)
        extensions = {"sni_hostname": attempt.destination.name, "trace": course.follow}
        try:
            async with (
                _client(context) as client,
                client.stream(METHOD, url, headers=headers, extensions=extensions) as response,
            ):
                attempt.leave()
                attempt.answer = _answer(response, authorization, None)
                if response.status_code >= 400:
                    limit.reschedule(asyncio.get_running_loop().time() + _BODY_SECONDS)
                    attempt.answer = _answer(response, authorization, await _substatus(response))
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


def _client(context: ssl.SSLContext) -> httpx.AsyncClient:
    """A client for one connection: a pool would mix names that share an address, and hide a load balancer."""
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=0)
    return httpx.AsyncClient(verify=context, trust_env=False, limits=limits, timeout=None, follow_redirects=False)


def _url(destination: Destination, path: str) -> str:
    return f"https://{_bracketed(destination.address)}:{destination.port}{path}"


def _headers(destination: Destination, authorization: str | None) -> dict[str, str]:
    port = "" if destination.port == 443 else f":{destination.port}"
    headers = {
        "Host": _bracketed(destination.name) + port,
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "User-Agent": "easwizard",
        "Connection": "close",
    }
    if authorization is not None:
        headers["Authorization"] = authorization
    return headers


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _keep_session(attempt: Attempt, stream: object) -> None:
    """The session is kept as soon as it stands: a late alert leaves no response to read it from."""
    extra_info = getattr(stream, "get_extra_info", None)
    tls = extra_info("ssl_object") if extra_info is not None else None
    if tls is not None:
        attempt.session = session_of(tls)


def _answer(response: httpx.Response, secret: str | None, substatus: int | None) -> Answer:
    challenges = challenges_of(tuple(response.headers.get_list("www-authenticate")))
    return Answer(
        status=response.status_code,
        headers=_harmless(response.headers, secret),
        challenges=tuple(visible(challenge) for challenge in challenges[:_MOST_HEADERS]),
        substatus=substatus,
    )


def _harmless(headers: httpx.Headers, secret: str | None) -> dict[str, str]:
    """Headers that may be kept: bounded, visible, and without anything that signs somebody in."""
    kept: dict[str, list[str]] = {}
    for name, value in headers.multi_items()[:_MOST_HEADERS]:
        kept.setdefault(visible(name.lower()), []).append(_without_secrets(name.lower(), value, secret))
    return {name: visible(", ".join(values)) for name, values in kept.items()}


def _without_secrets(name: str, value: str, secret: str | None) -> str:
    if name == "set-cookie":
        return value.split("=", 1)[0].strip() + "=(not kept)"
    if secret is not None and secret.split(" ", 1)[-1] in value:
        return "(held the credentials; not kept)"
    return value


async def _substatus(response: httpx.Response) -> int | None:
    """The IIS substatus, where a detailed error page tells it; a body that does not come is not missed."""
    body = b""
    with suppress(*_ENDS):
        async for piece in response.aiter_raw(8192):
            body += piece
            if len(body) >= _MOST_BODY:
                break
    found = re.search(rb"\b%d\.(\d{1,2})\b" % response.status_code, body[:_MOST_BODY])
    return int(found[1]) if found else None

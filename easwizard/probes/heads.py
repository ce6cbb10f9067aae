"""The head of a request and of an answer, alike whichever client sends and reads it. Knows no client."""

from __future__ import annotations

import re
from collections.abc import Iterable

from easwizard.case.untrusted import visible
from easwizard.exchange.replies import challenges_of
from easwizard.probes.attempt import Answer, Destination

METHOD = "OPTIONS"
MOST_BODY = 64 * 1024
"""Bytes of an error page that are looked at."""
_MOST_HEADERS = 100

RawHeaders = Iterable[tuple[bytes, bytes]]


def request_headers(destination: Destination, authorization: str | None) -> dict[str, str]:
    """What every request carries; the name goes into Host, whatever address is dialled (transport.md 3)."""
    named = destination.own_port or destination.port
    port = "" if named == 443 else f":{named}"
    headers = {
        "Host": bracketed(destination.name) + port,
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "User-Agent": "easwizard",
        "Connection": "close",
    }
    if authorization is not None:
        headers["Authorization"] = authorization
    return headers


def bracketed(host: str) -> str:
    """The host as it stands in a URL or a Host header."""
    return f"[{host}]" if ":" in host else host


def read_answer(status: int, raw: RawHeaders, secret: str | None, heard_at: float | None = None) -> Answer:
    """An answer made harmless; `secret` is the Authorization value that was sent, should the far side echo it."""
    headers = _decoded(list(raw))
    challenges = challenges_of(tuple(value for name, value in headers if name == "www-authenticate"))
    return Answer(
        status=status,
        headers=_harmless(headers, secret),
        challenges=tuple(visible(challenge) for challenge in challenges[:_MOST_HEADERS]),
        heard_at=heard_at,
    )


def substatus_in(status: int, body: bytes) -> int | None:
    """The IIS substatus, where a detailed error page tells it (exchange.md 3.1)."""
    found = re.search(rb"\b%d\.(\d{1,2})\b" % status, body[:MOST_BODY])
    return int(found[1]) if found else None


def _decoded(raw: list[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    """Names in lower case, with values; UTF-8 where the whole head is, else Latin-1, which takes every byte."""
    try:
        return [(name.decode().lower(), value.decode()) for name, value in raw]
    except UnicodeDecodeError:
        return [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in raw]


def _harmless(headers: list[tuple[str, str]], secret: str | None) -> dict[str, str]:
    """Headers that may be kept: bounded, visible, and without anything that signs somebody in."""
    kept: dict[str, list[str]] = {}
    for name, value in headers[:_MOST_HEADERS]:
        kept.setdefault(visible(name), []).append(_without_secrets(name, value, secret))
    return {name: visible(", ".join(values)) for name, values in kept.items()}


def _without_secrets(name: str, value: str, secret: str | None) -> str:
    if name == "set-cookie":
        return value.split("=", 1)[0].strip() + "=(not kept)"
    if secret is not None and secret.split(" ", 1)[-1] in value:
        return "(held the credentials; not kept)"
    return value

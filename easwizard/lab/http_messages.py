"""Reads one HTTP/1.1 request from a TLS stream and writes one reply; then the connection is over.

It knows HTTP framing only (by h11): what to reply is decided elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

import h11

from easwizard.lab.certificates import Presented
from easwizard.lab.tls_stream import TlsStream

_MAX_HEAD = 32 * 1024
_MAX_BODY = 1024 * 1024
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Request:
    """One request as a web server sees it; `certificate` is what the client presented when asked."""

    method: str
    target: str
    headers: Headers = ()
    certificate: Presented | None = None
    body: bytes = b""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def header(self, name: str) -> str | None:
        """The first header of that (lower-case) name."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True)
class Reply:
    """One reply; framing headers are added when it is written."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
        wanted = name.casefold()
        return next((value for key, value in self.headers if key.casefold() == wanted), None)

    def with_headers(self, *more: tuple[str, str]) -> Reply:
        return Reply(self.status, self.headers + more, self.body)


class BadRequest(Exception):
    """What came is not an HTTP request."""


class HttpExchange:
    """One request and its reply on one TLS stream."""

    def __init__(self, stream: TlsStream) -> None:
        self._stream = stream
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_MAX_HEAD)
        self._method = "GET"

    def read_head(self) -> Request | None:
        """The request without its body; None when the client closes without asking anything."""
        event = self._next_event()
        if not isinstance(event, h11.Request):
            return None
        self._method = event.method.decode("ascii")
        headers = tuple((name.decode("ascii"), value.decode("latin-1")) for name, value in event.headers)
        return Request(self._method, event.target.decode("latin-1"), headers)

    def read_body(self) -> bytes:
        """The body, at most a mebibyte of it; unread input would turn the closing into a reset."""
        body = b""
        while len(body) < _MAX_BODY:
            event = self._next_event()
            if not isinstance(event, h11.Data):
                break
            body += event.data
        return body

    def write(self, reply: Reply) -> None:
        """Send the reply, with a length, and announce the end of the connection."""
        body = b"" if self._method == "HEAD" else reply.body
        framing = (("Content-Length", str(len(reply.body))), ("Connection", "close"))
        head = h11.Response(
            status_code=reply.status,
            reason=HTTPStatus(reply.status).phrase.encode() if reply.status in _KNOWN else b"",
            headers=[(name.encode("ascii"), value.encode("latin-1")) for name, value in reply.headers + framing],
        )
        data = self._http.send(head) or b""
        if body:
            data += self._http.send(h11.Data(data=body)) or b""
        self._stream.write(data + (self._http.send(h11.EndOfMessage()) or b""))

    def _next_event(self) -> object:
        try:
            while True:
                event = self._http.next_event()
                if event is not h11.NEED_DATA:
                    return event
                self._http.receive_data(self._stream.read())
        except h11.RemoteProtocolError as error:
            raise BadRequest(str(error)) from error


_KNOWN = {int(status) for status in HTTPStatus}

"""The estate's control endpoint: plain HTTP on loopback, one POST to change the running estate.

It knows neither the grammar of a CHANGE nor what it does; the estate is called with the text.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from easwizard.lab.dns_server import LOOPBACK

_MAX_BODY = 8192
_MAX_READ = 1024 * 1024
_CLIENT_SECONDS = 10.0
_STOP_POLL_SECONDS = 0.05


class NotPossible(Exception):
    """The estate was started without a way to read changes."""


class Control:
    """Listens on a port of its own; every call must carry the token."""

    def __init__(self, change: Callable[[str], None]) -> None:
        self.token = secrets.token_urlsafe(24)
        self._server = _server(change, self.token)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_STOP_POLL_SECONDS,), name="lab control"
        )

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self._server.server_port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        if self._thread.ident is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    """Its handler threads are joined on closing."""

    daemon_threads = False
    block_on_close = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that drops is no news; what a change raises is answered before it gets here."""


def _server(change: Callable[[str], None], token: str) -> _Server:
    class Handler(_Handler):
        apply = staticmethod(change)
        expected = f"Bearer {token}"

    return _Server((LOOPBACK, 0), Handler)


class _Handler(BaseHTTPRequestHandler):
    apply: Callable[[str], None]
    expected: str
    timeout = _CLIENT_SECONDS

    def do_POST(self) -> None:
        body = self._body()
        if not secrets.compare_digest(self.headers.get("Authorization", "").encode(), self.expected.encode()):
            self._say(401, "the token is missing or wrong")
        elif self.path != "/change":
            self._say(404, "only /change is here")
        elif body is None:
            self._say(413, "a change is one short line")
        else:
            self._change(body.decode(errors="replace").strip())

    def _body(self) -> bytes | None:
        """The body, or None when it is too long; a long one is read away first, or closing would cut the reply."""
        length = self.headers.get("Content-Length", "0")
        size = int(length) if length.isascii() and length.isdigit() else 0
        body = self.rfile.read(min(size, _MAX_READ))
        return body if size <= _MAX_BODY else None

    def _change(self, text: str) -> None:
        try:
            self.apply(text)
        except ValueError as error:
            self._say(400, str(error))
        except NotPossible as error:
            self._say(501, str(error))
        else:
            self.send_response(204)
            self.end_headers()

    def _say(self, status: int, reason: str) -> None:
        body = (reason + "\n").encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Standard error is for people."""

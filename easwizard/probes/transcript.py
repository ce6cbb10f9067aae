"""What passed in the TLS handshakes of one connection, and the demand for a client certificate in it.

Python shows these messages by a private hook only (transport.md 2); where it is absent or silent, every answer
here is "unknown". Knows nothing of sockets or requests.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from easwizard.case.facts import Asked, CertificateDemand, Reason
from easwizard.probes.der_names import read_names

_ALERT, _HANDSHAKE, _APPLICATION, _HEADER, _INNER = 21, 22, 23, 0x100, 0x101
_HELLO_REQUEST, _ENCRYPTED_EXTENSIONS, _CERTIFICATE, _CERTIFICATE_REQUEST, _FINISHED = 0, 8, 11, 13, 20
_CERTIFICATE_AUTHORITIES = 47
_FATAL = 2
_MOST_MESSAGES = 200


@dataclass
class Transcript:
    """The handshake messages of one connection, as far as the hook shows them."""

    heard: bool = False
    """Whether the hook was called at all."""
    alert: int | None = None
    """Number of the last fatal alert that the server sent."""
    answered: bool = False
    """Whether application data came from the server."""
    _server_chain: bytes = b""
    _requests: list[tuple[str, bytes]] = field(default_factory=list)
    _tls13: bool = False
    _finished: bool = False
    _renegotiating: bool = False
    _presented: bool = False

    @property
    def asked(self) -> bool:
        """Whether a request for a client certificate was seen."""
        return bool(self._requests)

    @property
    def presented(self) -> bool:
        """Whether the last answer to such a request held a certificate."""
        return self._presented

    @property
    def server_chain(self) -> tuple[bytes, ...]:
        """The certificates that the server sent, in DER, its own first; also where no session came of it."""
        return _certificates_in(self._server_chain, self._tls13)

    def note(self, direction: str, content_type: int, message_type: int, data: bytes) -> None:
        """Take in one message; called from inside OpenSSL, so it must not raise."""
        self.heard = True
        received = direction == "read"
        if content_type in (_HEADER, _INNER):
            self._note_record(received, content_type, data)
        elif content_type == _ALERT and received and len(data) == 2 and data[0] == _FATAL:
            self.alert = data[1]
        elif content_type == _HANDSHAKE:
            self._note_handshake(received, message_type, data)

    def _note_record(self, received: bool, content_type: int, data: bytes) -> None:
        telling = _INNER if self._tls13 else _HEADER  # in TLS 1.3 the outer header calls everything application data
        if received and self._finished and content_type == telling and data[:1] == bytes([_APPLICATION]):
            self.answered = True

    def _note_handshake(self, received: bool, message_type: int, data: bytes) -> None:
        if received and message_type == _ENCRYPTED_EXTENSIONS:
            self._tls13 = True
        elif received and message_type == _HELLO_REQUEST:
            self._renegotiating = True
        elif received and message_type == _CERTIFICATE_REQUEST and len(self._requests) < _MOST_MESSAGES:
            self._requests.append((self._moment(), data))
            self._presented = False
        elif received and message_type == _CERTIFICATE:
            self._server_chain = self._server_chain or data
        elif not received and message_type == _CERTIFICATE:
            self._presented = _holds_a_certificate(data, self._tls13)
        elif not received and message_type == _FINISHED:
            self._finished = True

    def _moment(self) -> str:
        if not self._finished:
            return "handshake"
        return "post-handshake" if self._tls13 else "renegotiation"

    def demand(self, *, status: int | None = None, reason: Reason | None = None) -> CertificateDemand:
        """The demand that was seen, judged by how the request ended: by an HTTP status or by a failure."""
        if not self.heard:
            return CertificateDemand()
        if not self._requests:
            how = "renegotiation" if self._renegotiating else None
            asked = Asked.UNKNOWN if self._renegotiating else Asked.NO
            return CertificateDemand(asked, how, required=None if self._renegotiating else False)
        how, data = self._requests[-1]
        in_handshake = how == "handshake"
        refused = _refused(in_handshake, status, reason)
        return CertificateDemand(
            asked=Asked.HANDSHAKE if in_handshake else Asked.PATH,
            how=how,
            required=None if self._presented else refused,
            issuers=read_names(_names_in_request(data, self._tls13)),
            presented=self._presented,
            accepted=_accepted(refused, status) if self._presented else None,
        )


def _refused(in_handshake: bool, status: int | None, reason: Reason | None) -> bool | None:
    """Whether the far side refused for want of an (acceptable) certificate; None when that cannot be told.

    Besides 403, some servers answer 400 to a missing certificate that they asked for in the handshake.
    """
    if status is not None:
        return status == 403 or (in_handshake and status == 400)
    return True if reason in (Reason.CERTIFICATE_WANTED, Reason.CERTIFICATE_REFUSED) else None


def _accepted(refused: bool | None, status: int | None) -> bool | None:
    if refused or status == 401:
        return False
    return True if status is not None and status < 500 else None


def _holds_a_certificate(data: bytes, tls13: bool) -> bool:
    """Whether a Certificate message carries one: its list is longer than nothing."""
    start = 4
    if tls13:
        start += 1 + (data[4] if len(data) > 4 else 0)
    return any(data[start : start + 3])


def _certificates_in(data: bytes, tls13: bool) -> tuple[bytes, ...]:
    """The certificates of a Certificate message; in TLS 1.3 each is followed by extensions."""
    body = _Bytes(data[4:])
    if tls13:
        body.take_counted(1)
    listed = _Bytes(body.take_counted(3) or b"")
    found: list[bytes] = []
    while certificate := listed.take_counted(3):
        found.append(certificate)
        if tls13:
            listed.take_counted(2)
    return tuple(found)


def _names_in_request(data: bytes, tls13: bool) -> bytes:
    """The list of accepted issuers in a CertificateRequest, still in DER; empty when there is none."""
    body = _Bytes(data[4:])
    body.take_counted(1)
    if not tls13:
        rest = body.copy()
        rest.take_counted(2)
        names = rest.take_counted(2)
        # TLS 1.0 and 1.1 have no signature algorithms: there the first list is the names already.
        return names if names is not None else body.take_counted(2) or b""
    extensions = _Bytes(body.take_counted(2) or b"")
    while (kind := extensions.take(2)) is not None:
        content = extensions.take_counted(2)
        if content is not None and int.from_bytes(kind, "big") == _CERTIFICATE_AUTHORITIES:
            return _Bytes(content).take_counted(2) or b""
    return b""


class _Bytes:
    """A cursor over bytes that answers None instead of reading beyond the end."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def copy(self) -> _Bytes:
        return _Bytes(self._data)

    def take(self, count: int) -> bytes | None:
        if len(self._data) < count:
            return None
        taken, self._data = self._data[:count], self._data[count:]
        return taken

    def take_counted(self, width: int) -> bytes | None:
        """A vector as TLS writes it: its length in `width` bytes, then that many bytes."""
        length = self.take(width)
        return None if length is None else self.take(int.from_bytes(length, "big"))


_current: ContextVar[Transcript | None] = ContextVar("transcript", default=None)


@contextmanager
def recording() -> Iterator[Transcript]:
    """Everything that this task's connections exchange meanwhile goes into the transcript."""
    transcript = Transcript()
    token = _current.set(transcript)
    try:
        yield transcript
    finally:
        _current.reset(token)


def listen_on(context: ssl.SSLContext) -> None:
    """Let the transcript of the running task hear the messages of this context, where Python allows it."""
    wrapped: Any = getattr(context, "_ctx", context)  # truststore keeps the context that really works inside
    with suppress(AttributeError, TypeError, ValueError):  # a private hook may change; without it we know nothing
        wrapped._msg_callback = _overheard
        # The hook below it does without an enum for every number of every message: a tenth of a short connection.
        super(ssl.SSLContext, ssl.SSLContext)._msg_callback.__set__(wrapped, _overheard)  # type: ignore[misc]


def _overheard(_: object, direction: str, __: int, content_type: int, message_type: int, data: bytes) -> None:
    transcript = _current.get()
    if transcript is not None:
        transcript.note(direction, int(content_type), int(message_type), data)

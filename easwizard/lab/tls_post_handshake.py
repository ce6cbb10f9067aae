"""TLS 1.3, where a certificate is asked for by post-handshake authentication (exchange.md 2.9).

Uses the standard library. It trusts every authority of the lab and no dates, so that the web server can
refuse in HTTP as IIS does; only a certificate from nowhere ends in an alert, which `ssl` cannot leave out.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import TypeVar

from cryptography import x509

from easwizard.lab.certificates import CertificateFiles
from easwizard.lab.errors import TlsFailure
from easwizard.lab.tls_stream import NeedMore

T = TypeVar("T")
_CHUNK = 65536
_NO_DATE_CHECK = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME, which `ssl` does not name."""
_NOT_OFFERED = "EXTENSION_NOT_RECEIVED"


class PostHandshakeServer:
    """One server's TLS 1.3 settings."""

    def __init__(self, files: CertificateFiles, known_authorities: str) -> None:
        self._asks_later = _context(files, known_authorities, later=True)
        self._asks_at_once = _context(files, known_authorities, later=False)

    def engine(self, *, demand: bool) -> PostHandshakeEngine:
        return PostHandshakeEngine(self._asks_at_once if demand else self._asks_later, asked=demand)


class PostHandshakeEngine:
    """One TLS 1.3 connection, without a socket."""

    def __init__(self, context: ssl.SSLContext, *, asked: bool) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._asked = asked
        self._asking = False
        self._early = b""

    def feed(self, data: bytes) -> None:
        self._incoming.write(data)

    def outgoing(self) -> bytes:
        return self._outgoing.read()

    def handshake(self) -> None:
        _guarded(self._tls.do_handshake)

    def ask(self) -> None:
        if self._asked:
            return
        if not self._asking:
            self._asked = not self._request()
            self._asking = True
            if not self._asked:
                raise NeedMore
            return
        self._await_answer()
        self._asked = True

    def read(self) -> bytes:
        early, self._early = self._early, b""
        if early:
            return early
        try:
            return _guarded(lambda: self._tls.read(_CHUNK))
        except _Finished:
            return b""

    def write(self, data: bytes) -> None:
        _guarded(lambda: self._tls.write(data))

    def goodbye(self) -> None:
        _guarded(self._tls.unwrap)

    def presented(self) -> x509.Certificate | None:
        encoded = self._tls.getpeercert(binary_form=True)
        try:
            return x509.load_der_x509_certificate(encoded) if encoded else None
        except ValueError as error:
            raise TlsFailure("the client presented something that is no certificate") from error

    def _request(self) -> bool:
        """Send the request; False when the client never offered to be asked."""
        try:
            self._tls.verify_client_post_handshake()
        except ssl.SSLError as error:
            if error.reason == _NOT_OFFERED:
                return False
            raise TlsFailure(f"TLS 1.3 failed: {error.reason}") from error
        # The call above only prepares the request; this sends it.
        _guarded(self._tls.do_handshake)
        return True

    def _await_answer(self) -> None:
        """An empty answer looks like none, so wait for what follows either: the server's fresh session tickets."""
        try:
            self._early += _guarded(lambda: self._tls.read(1))
        except NeedMore:
            if not self._outgoing.pending:
                raise
        except _Finished as error:
            raise TlsFailure("the client left instead of answering") from error


class _Finished(Exception):
    """The far side said that it sends no more."""


def _context(files: CertificateFiles, known_authorities: str, *, later: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(files.certificate, files.key)
    if later:
        context.post_handshake_auth = True
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(cadata=known_authorities)
    context.verify_flags |= ssl.VerifyFlags(_NO_DATE_CHECK)
    return context


def _guarded(step: Callable[[], T]) -> T:
    """Translate the exceptions of `ssl`; the order matters, as they all derive from `ssl.SSLError`."""
    try:
        return step()
    except ssl.SSLWantReadError as error:
        raise NeedMore from error
    except ssl.SSLZeroReturnError as error:
        raise _Finished from error
    except ssl.SSLError as error:
        raise TlsFailure(f"TLS 1.3 failed: {error.reason}") from error

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
from easwizard.lab.tls_engine import AskingEngine, Finished
from easwizard.lab.tls_stream import NeedMore

T = TypeVar("T")
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


class PostHandshakeEngine(AskingEngine):
    """One TLS 1.3 connection, without a socket."""

    def __init__(self, context: ssl.SSLContext, *, asked: bool) -> None:
        super().__init__(asked=asked)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    def feed(self, data: bytes) -> None:
        self._incoming.write(data)

    def outgoing(self) -> bytes:
        return self._outgoing.read()

    def _request(self) -> bool:
        """False when the client never offered to be asked."""
        try:
            self._tls.verify_client_post_handshake()
        except ssl.SSLError as error:
            if error.reason == _NOT_OFFERED:
                return False
            raise TlsFailure(f"TLS 1.3 failed: {error.reason}") from error
        # The call above only prepares the request; this sends it.
        self._step(self._tls.do_handshake)
        return True

    def _settled(self) -> bool:
        """An empty answer looks like none, so wait for what follows either: the server's fresh session tickets."""
        return bool(self._outgoing.pending)

    def _shake_hands(self) -> None:
        self._tls.do_handshake()

    def _receive(self, size: int) -> bytes:
        return self._tls.read(size)

    def _send(self, data: bytes) -> None:
        self._tls.write(data)

    def _close(self) -> None:
        self._tls.unwrap()

    def _certificate(self) -> x509.Certificate | None:
        encoded = self._tls.getpeercert(binary_form=True)
        return x509.load_der_x509_certificate(encoded) if encoded else None

    def _step(self, step: Callable[[], T]) -> T:
        """The order matters, as all exceptions of `ssl` derive from `ssl.SSLError`."""
        try:
            return step()
        except ssl.SSLWantReadError as error:
            raise NeedMore from error
        except ssl.SSLZeroReturnError as error:
            raise Finished from error
        except ssl.SSLError as error:
            raise TlsFailure(f"TLS 1.3 failed: {error.reason}") from error


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

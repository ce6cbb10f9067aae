"""TLS 1.2 as IIS speaks it: shake hands without asking, ask for the certificate once the path is known.

Needs pyOpenSSL, since the standard library cannot renegotiate (transport.md 8). Any certificate is taken
here: whether it is good is for the web server to say, in HTTP, as IIS does. The same engine speaks TLS 1.0 as
Windows 2003 and 2008 do, with the ciphers that OpenSSL still has (transport.md 4).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from OpenSSL import SSL

from easwizard.lab.certificates import CertificateFiles
from easwizard.lab.errors import TlsFailure
from easwizard.lab.tls_engine import CHUNK, AskingEngine, Finished
from easwizard.lab.tls_stream import NeedMore

T = TypeVar("T")
_NO_RESUMPTION_ON_RENEGOTIATION = 0x10000
"""Without it the renegotiation resumes the session and no certificate is asked for."""
_SETTLED = b"SSL negotiation finished successfully"
_ANYTHING_GOES = b"DEFAULT:@SECLEVEL=0"
"""TLS 1.0 and short keys are below OpenSSL's own standards."""


class RenegotiatingServer:
    """One server's settings for TLS 1.2, or for TLS 1.0 alone where it is `old`."""

    def __init__(self, files: CertificateFiles, *, old: bool = False, issuers: Path | None = None) -> None:
        """`issuers` is a PEM file of the authorities that a demand for a certificate names; None names none."""
        newest = SSL.TLS1_VERSION if old else SSL.TLS1_2_VERSION
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.set_min_proto_version(newest)
        context.set_max_proto_version(newest)
        context.set_cipher_list(_ANYTHING_GOES)
        context.set_options(_NO_RESUMPTION_ON_RENEGOTIATION)
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        context.use_certificate_chain_file(str(files.certificate))
        context.use_privatekey_file(str(files.key))
        if issuers is not None:
            context.load_client_ca(str(issuers).encode())
        self._context = context

    def engine(self, *, demand: bool) -> RenegotiatingEngine:
        return RenegotiatingEngine(SSL.Connection(self._context, None), demand=demand)


class RenegotiatingEngine(AskingEngine):
    """One TLS 1.2 connection, without a socket."""

    def __init__(self, connection: SSL.Connection, *, demand: bool) -> None:
        super().__init__(asked=demand)
        self._connection = connection
        connection.set_accept_state()
        if demand:
            connection.set_verify(SSL.VERIFY_PEER, _take_any)

    def feed(self, data: bytes) -> None:
        self._connection.bio_write(data)

    def outgoing(self) -> bytes:
        try:
            return self._connection.bio_read(CHUNK)
        except SSL.WantReadError:
            return b""

    def _request(self) -> bool:
        self._connection.set_verify(SSL.VERIFY_PEER, _take_any)
        self._step(self._connection.renegotiate)
        self._step(self._connection.do_handshake)
        return True

    def _settled(self) -> bool:
        return not self._connection.renegotiate_pending() and self._connection.get_state_string() == _SETTLED

    def _shake_hands(self) -> None:
        self._connection.do_handshake()

    def _receive(self, size: int) -> bytes:
        return self._connection.recv(size)

    def _send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def _close(self) -> None:
        self._connection.shutdown()

    def _certificate(self) -> x509.Certificate | None:
        certificate = self._connection.get_peer_certificate()
        return certificate.to_cryptography() if certificate else None

    def _step(self, step: Callable[[], T]) -> T:
        """The order matters, as all of pyOpenSSL's exceptions derive from `SSL.Error`."""
        try:
            return step()
        except SSL.WantReadError as error:
            raise NeedMore from error
        except SSL.ZeroReturnError as error:
            raise Finished from error
        except SSL.Error as error:
            raise TlsFailure(f"TLS 1.2 failed: {error}") from error


def _take_any(*_: object) -> bool:
    return True

"""TLS 1.2 as IIS speaks it: shake hands without asking, ask for the certificate once the path is known.

Needs pyOpenSSL, since the standard library cannot renegotiate (transport.md 8). Any certificate is taken
here: whether it is good is for the web server to say, in HTTP, as IIS does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from cryptography import x509
from OpenSSL import SSL

from easwizard.lab.certificates import CertificateFiles
from easwizard.lab.errors import TlsFailure
from easwizard.lab.tls_stream import NeedMore

T = TypeVar("T")
_CHUNK = 65536
_NO_RESUMPTION_ON_RENEGOTIATION = 0x10000
"""Without it the renegotiation resumes the session and no certificate is asked for."""
_SETTLED = b"SSL negotiation finished successfully"


class RenegotiatingServer:
    """One server's TLS 1.2 settings."""

    def __init__(self, files: CertificateFiles) -> None:
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.set_max_proto_version(SSL.TLS1_2_VERSION)
        context.set_options(_NO_RESUMPTION_ON_RENEGOTIATION)
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        context.use_certificate_chain_file(str(files.certificate))
        context.use_privatekey_file(str(files.key))
        self._context = context

    def engine(self, *, demand: bool) -> RenegotiatingEngine:
        return RenegotiatingEngine(SSL.Connection(self._context, None), demand=demand)


class RenegotiatingEngine:
    """One TLS 1.2 connection, without a socket."""

    def __init__(self, connection: SSL.Connection, *, demand: bool) -> None:
        self._connection = connection
        self._asking = False
        self._asked = demand
        self._early = b""
        connection.set_accept_state()
        if demand:
            connection.set_verify(SSL.VERIFY_PEER, _take_any)

    def feed(self, data: bytes) -> None:
        self._connection.bio_write(data)

    def outgoing(self) -> bytes:
        try:
            return self._connection.bio_read(_CHUNK)
        except SSL.WantReadError:
            return b""

    def handshake(self) -> None:
        _guarded(self._connection.do_handshake)

    def ask(self) -> None:
        if self._asked:
            return
        if not self._asking:
            self._asking = True
            self._connection.set_verify(SSL.VERIFY_PEER, _take_any)
            _guarded(self._connection.renegotiate)
            _guarded(self._connection.do_handshake)
        self._renegotiate()
        self._asked = True

    def read(self) -> bytes:
        early, self._early = self._early, b""
        if early:
            return early
        try:
            return _guarded(lambda: self._connection.recv(_CHUNK))
        except _Finished:
            return b""

    def write(self, data: bytes) -> None:
        _guarded(lambda: self._connection.sendall(data))

    def goodbye(self) -> None:
        _guarded(self._connection.shutdown)

    def presented(self) -> x509.Certificate | None:
        certificate = self._connection.get_peer_certificate()
        try:
            return certificate.to_cryptography() if certificate else None
        except ValueError as error:
            raise TlsFailure("the client presented something that is no certificate") from error

    def _renegotiate(self) -> None:
        """OpenSSL renegotiates only while it reads; what it reads besides is kept for later."""
        try:
            self._early += _guarded(lambda: self._connection.recv(1))
        except NeedMore:
            if self._connection.renegotiate_pending() or self._connection.get_state_string() != _SETTLED:
                raise
        except _Finished as error:
            raise TlsFailure("the client left instead of renegotiating") from error


class _Finished(Exception):
    """The far side said that it sends no more."""


def _take_any(*_: object) -> bool:
    return True


def _guarded(step: Callable[[], T]) -> T:
    """Translate pyOpenSSL's exceptions; the order matters, as they all derive from `SSL.Error`."""
    try:
        return step()
    except SSL.WantReadError as error:
        raise NeedMore from error
    except SSL.ZeroReturnError as error:
        raise _Finished from error
    except SSL.Error as error:
        raise TlsFailure(f"TLS 1.2 failed: {error}") from error

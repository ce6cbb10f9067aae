"""The TLS contexts: one to look with, ones to trust with. Looking never verifies and never carries a credential.

Each is built once and shared, because loading the system's certificates costs far more than a handshake
(transport.md 5, 7). Knows no host and no request.
"""

from __future__ import annotations

import ssl
import sys
import warnings
from pathlib import Path

import truststore

from easwizard.probes.client_certificate import ClientCertificate, install
from easwizard.probes.transcript import listen_on

_LEGACY_SERVER_CONNECT = 0x4
"""OP_LEGACY_SERVER_CONNECT, whose name Python has only from 3.12."""
_MOST_BYTES = 10_000_000


class TrustFileError(ValueError):
    """A file of certificate authorities that cannot be used; the message says which and why."""


class Trust:
    """Whom this machine trusts: the system's authorities, and those of a file if one was given."""

    def __init__(self, ca_file: Path | None = None) -> None:
        self._authorities = _read_authorities(ca_file) if ca_file is not None else None
        self.looking = _looking_context()
        """Verifies nothing; for anonymous requests only."""
        self.legacy = _legacy_context()
        """As `looking`, with the old TLS versions and ciphers of Exchange 2007's time."""
        self.verifying = self._verifying_context()
        """Verifies certificate and name."""
        self.verifying_trust_only = self._verifying_context(check_name=False)
        """Verifies the certificate for whatever name; only to tell the two apart."""

    @classmethod
    def with_ca(cls, ca_file: Path) -> Trust:
        """Trust that file's authorities too. Raises TrustFileError when it cannot be used."""
        return cls(ca_file)

    @property
    def judges_late(self) -> bool:
        """Whether verification follows the handshake, when a client certificate would have been sent already."""
        return _judges_late(self.verifying)

    def presenting(self, certificate: ClientCertificate) -> ssl.SSLContext:
        """A verifying context that presents this client certificate where it is asked for."""
        context = self._verifying_context()
        install(context, certificate)
        return context

    def _verifying_context(self, check_name: bool = True) -> ssl.SSLContext:
        context = _system_context()
        context.verify_mode = ssl.CERT_REQUIRED
        context.check_hostname = check_name
        if self._authorities is not None:
            context.load_verify_locations(cadata=self._authorities)
        return _ready(context)


def _looking_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return _ready(context)


def _legacy_context() -> ssl.SSLContext:
    context = _looking_context()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # TLS 1.0 is asked for on purpose
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.options |= _LEGACY_SERVER_CONNECT
    return context


def _system_context() -> ssl.SSLContext:
    """A context with the system's authorities.

    On Windows and macOS only truststore reaches them. Elsewhere they are files, and truststore would read them
    again for each connection (20 ms); it is used only where OpenSSL does not know where they are.
    """
    paths = ssl.get_default_verify_paths()
    if sys.platform in ("win32", "darwin") or not (paths.cafile or paths.capath):
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    return context


def _judges_late(context: ssl.SSLContext) -> bool:
    return sys.platform in ("win32", "darwin") and isinstance(context, truststore.SSLContext)


def _ready(context: ssl.SSLContext) -> ssl.SSLContext:
    """What every context here needs: HTTP/1.1, and readiness for a late certificate demand (transport.md 1)."""
    context.set_alpn_protocols(["http/1.1"])
    context.post_handshake_auth = True
    listen_on(context)
    return context


def _read_authorities(ca_file: Path) -> str | bytes:
    """The authorities of a file, PEM or DER, tried out before anything relies on them."""
    try:
        with ca_file.open("rb") as stream:
            data = stream.read(_MOST_BYTES)
    except OSError as error:
        raise TrustFileError(f"{ca_file}: cannot be read ({error.strerror or 'no reason given'})") from error
    authorities = data.decode("ascii", errors="ignore") if b"-----BEGIN" in data else data
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=authorities)
    except (ssl.SSLError, ValueError) as error:
        raise TrustFileError(f"{ca_file}: holds no certificate that can be read; give PEM or DER") from error
    return authorities

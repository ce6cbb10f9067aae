"""Who everybody in an estate proves to be: its authorities, and the certificates and TLS settings made from them.

It writes files into the estate's folder and knows no sockets.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from easwizard.lab.certificates import Authority, CertificateFiles, Validity, self_signed_certificate
from easwizard.lab.scenario import DeviceCertificate, Issuers, ServerCertificate, Tls
from easwizard.lab.tls_post_handshake import PostHandshakeServer
from easwizard.lab.tls_renegotiating import RenegotiatingServer
from easwizard.lab.tls_stream import TlsServer

_OTHER_NAME = "other.contoso.test"
_VALIDITIES = {
    ServerCertificate.EXPIRED: Validity.expired,
    ServerCertificate.NOT_YET_VALID: Validity.future,
}


@dataclass(frozen=True)
class IssuedCertificate:
    """A device certificate on disk, as PEM."""

    label: str
    user: str
    files: CertificateFiles
    good: bool
    """Of the estate's own authority, in date and meant for signing in."""


class Identities:
    """The authorities of one estate and what they issued."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority("Contoso Lab CA")
        self._intermediate = Authority("Contoso Lab Issuing CA", self.authority)
        self._foreign = Authority("Fabrikam CA")
        self._folder = folder
        self._made = 0
        self.ca_file = folder / "ca.pem"

    def publish(self) -> None:
        """Write down whom the estate's clients trust."""
        self.ca_file.write_bytes(self.authority.pem)

    def tls(
        self, names: tuple[str, ...], kind: ServerCertificate, version: Tls, issuers: Issuers = Issuers.NONE
    ) -> TlsServer:
        """TLS settings of one listener, with a fresh certificate for those names."""
        files = self._server_certificate(names, kind)
        if version is Tls.V1_3:
            known = (self.authority.pem + self._foreign.pem).decode("ascii")
            return PostHandshakeServer(files, known)
        listed = self.ca_file if issuers is Issuers.LISTED else None
        return RenegotiatingServer(files, old=version is Tls.V1_0, issuers=listed)

    def device(self, wanted: DeviceCertificate, user: str) -> IssuedCertificate:
        """A certificate for that user's phone."""
        authority = self._foreign if wanted.foreign else self.authority
        validity = Validity.expired() if wanted.expired else Validity.current()
        stem = f"device-{wanted.label}"
        files = authority.device_certificate(user, self._folder, stem, validity, for_clients=wanted.for_clients)
        good = wanted.for_clients and not (wanted.foreign or wanted.expired)
        return IssuedCertificate(wanted.label, user, files, good)

    def _server_certificate(self, names: tuple[str, ...], kind: ServerCertificate) -> CertificateFiles:
        self._made += 1
        stem = f"server-{self._made}"
        if kind is ServerCertificate.SELF_SIGNED:
            return self_signed_certificate(names, self._folder, stem)
        authority = {
            ServerCertificate.FOREIGN: self._foreign,
            ServerCertificate.NO_INTERMEDIATE: self._intermediate,
        }.get(kind, self.authority)
        validity = _VALIDITIES.get(kind, Validity.current)()
        shown = (_OTHER_NAME,) if kind is ServerCertificate.WRONG_NAME else names
        weak = kind is ServerCertificate.WEAK_KEY
        # An unknown root that comes along cannot be mistaken for a missing intermediate.
        whole = kind is ServerCertificate.FOREIGN
        return authority.server_certificate(shown, self._folder, stem, validity, weak=weak, with_issuer=whole)

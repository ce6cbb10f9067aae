"""From a server's certificate in DER to texts and times that are safe to show. Judges no trust."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import NameOID

from easwizard.case.untrusted import visible

_MOST_NAMES = 100
UNREADABLE = (
    ValueError,
    TypeError,
    x509.InvalidVersion,
    x509.ExtensionNotFound,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What a hostile or broken certificate can make the library raise."""


@dataclass(frozen=True)
class CertificateFacts:
    """What a certificate says about itself; None or empty where it cannot be read."""

    subject: str | None = None
    names: tuple[str, ...] = ()
    issuer: str | None = None
    serial: str | None = None
    not_before: str | None = None
    not_after: str | None = None


def read_certificate(der: bytes) -> CertificateFacts:
    """The facts of a certificate; hostile or broken ones give as much as can be read."""
    try:
        certificate = x509.load_der_x509_certificate(der)
    except UNREADABLE:
        return CertificateFacts()
    return CertificateFacts(
        subject=_text(lambda: certificate.subject.rfc4514_string()),
        names=tuple(visible(name) for name in subject_names(certificate)[:_MOST_NAMES]),
        issuer=_text(lambda: certificate.issuer.rfc4514_string()),
        serial=_text(lambda: format(certificate.serial_number, "x")),
        not_before=_text(lambda: _utc(certificate.not_valid_before_utc)),
        not_after=_text(lambda: _utc(certificate.not_valid_after_utc)),
    )


def covers(der: bytes, host: str) -> bool | None:
    """Whether a certificate is for this host; None when it cannot be read.

    Asked only where the library could not say, because the chain failed first. A common name counts when no
    subject alternative name is there, as in Python; phones are stricter.
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
    except UNREADABLE:
        return None
    wanted = host.rstrip(".").casefold()
    return any(_matches(name.casefold(), wanted) for name in subject_names(certificate) or _common_names(certificate))


def is_self_issued(der: bytes) -> bool:
    """Whether a certificate names itself as its issuer, as roots do."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        return certificate.subject == certificate.issuer
    except UNREADABLE:
        return False


def subject_names(certificate: x509.Certificate) -> list[str]:
    """DNS names and addresses in the subject alternative name."""
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        found = extension.value
        return [
            *found.get_values_for_type(x509.DNSName),
            *(str(address) for address in found.get_values_for_type(x509.IPAddress)),
        ]
    except UNREADABLE:
        return []


def _common_names(certificate: x509.Certificate) -> list[str]:
    try:
        attributes = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    except UNREADABLE:
        return []
    return [attribute.value for attribute in attributes if isinstance(attribute.value, str)]


def _matches(name: str, host: str) -> bool:
    """One name against a host; `*` stands for exactly one whole label, the first."""
    try:
        return ipaddress.ip_address(host) == ipaddress.ip_address(name)
    except ValueError:
        pass
    if name.startswith("*."):
        first, _, rest = host.partition(".")
        return bool(first) and rest == name[2:] and "." in rest
    return name.rstrip(".") == host


def _text(read: Callable[[], str]) -> str | None:
    try:
        return visible(read())
    except UNREADABLE:
        return None


def _utc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

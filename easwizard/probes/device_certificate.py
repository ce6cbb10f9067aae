"""What may be shown of the device's certificate at hand: never its key (exchange.md 2.6). Knows no network.

Issuers are written in the same form as the accepted issuers of a server's demand, so that the two can be compared.
"""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from easwizard.case.case import DeviceCertificate
from easwizard.case.untrusted import visible
from easwizard.probes.certificates import UNREADABLE, read_certificate
from easwizard.probes.client_certificate import ClientCertificate
from easwizard.probes.der_names import read_name

_UPN = ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
_SID = ObjectIdentifier("1.3.6.1.4.1.311.25.2")
_UTF8 = 12
_FOR_CLIENTS = {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}


def describe(label: str, held: ClientCertificate) -> DeviceCertificate:
    """The facts of a certificate; what cannot be read stays unknown."""
    certificate = held.certificate
    read = read_certificate(certificate.public_bytes(Encoding.DER))
    issuers = _issuers(certificate, held.intermediates)
    return DeviceCertificate(
        label=label,
        subject=read.subject,
        issuer=issuers[0] if issuers else None,
        issuers=issuers,
        serial=read.serial,
        not_before=read.not_before,
        not_after=read.not_after,
        upn=_upn(certificate),
        for_clients=_for_clients(certificate),
        has_sid=_has_sid(certificate),
    )


def _issuers(certificate: x509.Certificate, others: tuple[x509.Certificate, ...]) -> tuple[str, ...]:
    """Every issuer on the way up that the file holds, the direct one first."""
    try:
        above = {other.subject.public_bytes(): other for other in others}
        found: list[bytes] = []
        step: x509.Certificate | None = certificate
        while step is not None and step.issuer.public_bytes() not in found:
            found.append(step.issuer.public_bytes())
            step = above.get(found[-1])
    except UNREADABLE:
        return ()
    return tuple(read_name(der) for der in found)


def _upn(certificate: x509.Certificate) -> str | None:
    """The user principal name in the subject alternative name, by which Active Directory finds the user."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        others = names.get_values_for_type(x509.OtherName)
    except UNREADABLE:
        return None
    return next((text for other in others if other.type_id == _UPN and (text := _utf8(other.value))), None)


def _utf8(der: bytes) -> str | None:
    """The text of one short DER string."""
    if len(der) < 2 or der[0] != _UTF8:
        return None
    long = der[1] == 0x81
    start, length = (3, der[2]) if long and len(der) > 2 else (2, der[1])
    content = der[start : start + length]
    return visible(content.decode("utf-8", "replace")) if len(content) == length else None


def _for_clients(certificate: x509.Certificate) -> bool | None:
    """Whether it may authenticate clients; one that names no purpose is for every purpose (RFC 5280, 4.2.1.12)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    except UNREADABLE:
        return None
    return bool(_FOR_CLIENTS & set(usage))


def _has_sid(certificate: x509.Certificate) -> bool | None:
    """Whether the SID extension of strong mapping is there (2.6)."""
    try:
        certificate.extensions.get_extension_for_oid(_SID)
    except x509.ExtensionNotFound:
        return False
    except UNREADABLE:
        return None
    return True

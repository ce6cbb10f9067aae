"""The certificates of a TLS session, and whether a server sent all that a phone needs to reach its root.

Phones fetch nothing and store little, so what this machine happens to have at hand does not count. Signatures and
names are followed; whether a root deserves trust is judged elsewhere. Fetches no certificate (exchange.md 8).
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from easwizard.probes.certificates import UNREADABLE, is_self_issued

_DER_ENCODING = 2
"""`_ssl.ENCODING_DER`, the argument of the private certificates' `public_bytes`."""
_PUBLIC_POLICIES = "2.23.140.1."
"""The CA/Browser Forum's policies (its Baseline Requirements 7.1.6.1)."""
_MOST_CERTIFICATES = 20


def sent_by_server(tls: ssl.SSLObject) -> tuple[bytes, ...]:
    """Every certificate that the server sent, in DER, its own first; empty where Python does not tell.

    Public from Python 3.13 and private before.
    """
    return tuple(_certificates(tls, "get_unverified_chain"))


def is_complete_for_phones(tls: ssl.SSLObject) -> bool | None:
    """Whether the server of a verified session sent every intermediate itself; None where that cannot be seen."""
    verified, sent = _certificates(tls, "get_verified_chain"), sent_by_server(tls)
    if not verified or not sent:
        return None
    return all(certificate in sent or is_self_issued(certificate) for certificate in verified)


def looks_complete(sent: Sequence[bytes]) -> bool | None:
    """Whether a chain that leads to no root known here holds all it should; None where that cannot be told.

    A chain that ends in a self-issued certificate lacks nothing. One that stops below a certificate which must
    itself have an issuer lacks an intermediate. Any other may stop below a root, which servers need not send.
    """
    try:
        last, is_leaf = _last_of_the_way(sent)
        if last is None:
            return None
        if last.subject == last.issuer:
            return True
        return False if _issuer_has_an_issuer(last) or (is_leaf and _is_public(last)) else None
    except UNREADABLE:
        return None


def _last_of_the_way(sent: Sequence[bytes]) -> tuple[x509.Certificate | None, bool]:
    """How far the sent certificates lead up from the server's own, and whether that is no step at all."""
    way = [x509.load_der_x509_certificate(der) for der in sent[:_MOST_CERTIFICATES]]
    if not way:
        return None, False
    at, rest = way[0], way[1:]
    while at.subject != at.issuer:
        issuer = next((c for c in rest if _issued(c, at)), None)
        if issuer is None:
            break
        at, rest = issuer, [c for c in rest if c is not issuer]
    return at, at is way[0]


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, *UNREADABLE):
        return False
    return True


def _issuer_has_an_issuer(certificate: x509.Certificate) -> bool:
    """Whether the issuer is no root: the certificate may say who issued its issuer (RFC 5280, 4.2.1.1)."""
    try:
        key = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    except x509.ExtensionNotFound:
        return False
    names = [name.value for name in key.authority_cert_issuer or () if isinstance(name, x509.DirectoryName)]
    return bool(names) and certificate.issuer not in names


def _is_public(certificate: x509.Certificate) -> bool:
    """Whether it comes from a public authority: their roots issue no server certificates (Baseline Req. 6.1.7)."""
    for extension in certificate.extensions:
        if isinstance(extension.value, x509.PrecertificateSignedCertificateTimestamps):
            return True
        if isinstance(extension.value, x509.CertificatePolicies):
            policies = (policy.policy_identifier.dotted_string for policy in extension.value)
            if any(policy.startswith(_PUBLIC_POLICIES) for policy in policies):
                return True
    return False


def _certificates(tls: ssl.SSLObject, method: str) -> list[bytes]:
    read = getattr(tls, method, None) or getattr(getattr(tls, "_sslobj", None), method, None)
    return [_der(certificate) for certificate in _listed(read() if read is not None else None)]


def _listed(found: object) -> Iterable[object]:
    return found if isinstance(found, (list, tuple)) else ()


def _der(certificate: object) -> bytes:
    if isinstance(certificate, bytes):
        return certificate
    public_bytes = getattr(certificate, "public_bytes", None)
    der = public_bytes(_DER_ENCODING) if public_bytes is not None else b""
    return der if isinstance(der, bytes) else b""

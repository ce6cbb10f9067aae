"""The estate's own certificate authority: makes server and device certificates and reads presented ones.

It knows nothing of sockets or scenarios. EC P-256 keys, because an estate needs dozens within a second; RSA
with 1024 bits only where a weak key is wanted.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

UPN_OID = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
"""The user principal name as an `otherName` of subjectAltName."""
_UTF8_STRING = 0x0C
_LEEWAY = timedelta(days=1)
_LIFETIME = timedelta(days=30)
_WEAK_BITS = 1024
_PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
_PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


@dataclass(frozen=True)
class CertificateFiles:
    """One certificate with its key, as PEM files."""

    certificate: Path
    key: Path


@dataclass(frozen=True)
class Validity:
    """From when to when a certificate counts."""

    start: datetime
    end: datetime

    @classmethod
    def current(cls) -> Validity:
        now = datetime.now(UTC)
        return cls(now - _LEEWAY, now + _LIFETIME)

    @classmethod
    def expired(cls) -> Validity:
        now = datetime.now(UTC)
        return cls(now - _LIFETIME, now - _LEEWAY)

    @classmethod
    def future(cls) -> Validity:
        now = datetime.now(UTC)
        return cls(now + _LEEWAY, now + _LIFETIME)


@dataclass(frozen=True)
class Presented:
    """What a server makes of a client certificate: whether its issuer and dates hold, and whose it says it is."""

    trusted: bool
    upn: str | None


class Authority:
    """A certificate authority whose key lives only in memory; without an issuer it is a root."""

    def __init__(self, common_name: str, issuer: Authority | None = None) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _subject(common_name)
        self._issuer = issuer
        above = issuer or self
        self.certificate = self._signed_by(above._key, above._name, depth=1 if issuer is None else 0)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def server_certificate(
        self,
        names: Sequence[str],
        folder: Path,
        stem: str,
        validity: Validity | None = None,
        *,
        weak: bool = False,
        with_issuer: bool = False,
    ) -> CertificateFiles:
        """Issue a certificate for those DNS names; the first is also the subject.

        `with_issuer` puts this authority's own certificate behind it, for the server to send along.
        """
        key = rsa.generate_private_key(65537, _WEAK_BITS) if weak else ec.generate_private_key(ec.SECP256R1())
        wanted = _Leaf(names[0], _dns_names(names), ExtendedKeyUsageOID.SERVER_AUTH, validity)
        certificate = wanted.signed(key, self._key, self._name, self._own_key_identifier())
        files = _write_pair(certificate, key, folder, stem)
        if with_issuer:
            files.certificate.write_bytes(files.certificate.read_bytes() + self.pem)
        return files

    def device_certificate(
        self, upn: str, folder: Path, stem: str, validity: Validity | None = None, *, for_clients: bool = True
    ) -> CertificateFiles:
        """Issue a client certificate that names a user, as a device management system does.

        Without `for_clients` its extended key usage is that of a server, and it cannot sign in (exchange.md 2.6).
        """
        key = ec.generate_private_key(ec.SECP256R1())
        alternatives = x509.SubjectAlternativeName([x509.OtherName(UPN_OID, _der_utf8(upn))])
        purpose = ExtendedKeyUsageOID.CLIENT_AUTH if for_clients else ExtendedKeyUsageOID.SERVER_AUTH
        wanted = _Leaf(upn, alternatives, purpose, validity)
        return _write_pair(wanted.signed(key, self._key, self._name, self._own_key_identifier()), key, folder, stem)

    def judge(self, certificate: x509.Certificate) -> Presented:
        """Whether a server that trusts this authority alone would accept the certificate, and its UPN."""
        return Presented(trusted=self._accepts(certificate), upn=upn_of(certificate))

    def _accepts(self, certificate: x509.Certificate) -> bool:
        try:
            certificate.verify_directly_issued_by(self.certificate)
        except (InvalidSignature, ValueError, TypeError):
            return False
        in_date = certificate.not_valid_before_utc <= datetime.now(UTC) <= certificate.not_valid_after_utc
        return in_date and _is_for_clients(certificate)

    def _own_key_identifier(self) -> x509.AuthorityKeyIdentifier:
        """Where this authority has one above it, it says which, so that a lacking link can be told from outside."""
        own = _key_identifier(self._key)
        if self._issuer is None:
            return own
        above = [x509.DirectoryName(self._issuer._name)]
        return x509.AuthorityKeyIdentifier(own.key_identifier, above, self.certificate.serial_number)

    def _signed_by(self, key: ec.EllipticCurvePrivateKey, issuer: x509.Name, depth: int) -> x509.Certificate:
        builder = _builder(self._name, issuer, self._key.public_key(), Validity.current())
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=depth), critical=True)
        builder = builder.add_extension(_key_usage(signs_certificates=True), critical=True)
        return builder.add_extension(_key_identifier(key), critical=False).sign(key, hashes.SHA256())


@dataclass(frozen=True)
class _Leaf:
    """What an end certificate says, before somebody signs it."""

    common_name: str
    alternatives: x509.SubjectAlternativeName
    purpose: x509.ObjectIdentifier
    validity: Validity | None

    def signed(
        self,
        key: _PrivateKey,
        issuer_key: ec.EllipticCurvePrivateKey,
        issuer: x509.Name | None,
        identifier: x509.AuthorityKeyIdentifier,
    ) -> x509.Certificate:
        """The certificate of that key; without an issuer's name it names itself as its issuer."""
        subject = _subject(self.common_name)
        builder = _builder(subject, issuer or subject, key.public_key(), self.validity or Validity.current())
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_key_usage(signs_certificates=False), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([self.purpose]), critical=False)
        builder = builder.add_extension(self.alternatives, critical=False)
        builder = builder.add_extension(identifier, critical=False)
        return builder.sign(issuer_key, hashes.SHA256())


def self_signed_certificate(names: Sequence[str], folder: Path, stem: str) -> CertificateFiles:
    """A server certificate that nobody but its own server vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    wanted = _Leaf(names[0], _dns_names(names), ExtendedKeyUsageOID.SERVER_AUTH, None)
    return _write_pair(wanted.signed(key, key, None, _key_identifier(key)), key, folder, stem)


def upn_of(certificate: x509.Certificate) -> str | None:
    """The user principal name a certificate carries, or None; damaged extensions count as none."""
    try:
        alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return None
    for other in alternatives.get_values_for_type(x509.OtherName):
        if other.type_id == UPN_OID:
            return _text_of_der(other.value)
    return None


def _is_for_clients(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return ExtendedKeyUsageOID.CLIENT_AUTH in usage


def _subject(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])


def _dns_names(names: Sequence[str]) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([x509.DNSName(name) for name in names])


def _key_identifier(key: ec.EllipticCurvePrivateKey) -> x509.AuthorityKeyIdentifier:
    """Of the issuer; strict verification (Python 3.13) wants it on every certificate."""
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: _PublicKey, validity: Validity
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public_key)
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(validity.start).not_valid_after(validity.end)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _der_utf8(text: str) -> bytes:
    data = text.encode()
    if len(data) < 0x80:
        return bytes([_UTF8_STRING, len(data)]) + data
    size = len(data).to_bytes((len(data).bit_length() + 7) // 8, "big")
    return bytes([_UTF8_STRING, 0x80 | len(size)]) + size + data


def _text_of_der(value: bytes) -> str | None:
    if len(value) < 2 or value[0] != _UTF8_STRING:
        return None
    start = 2 if value[1] < 0x80 else 2 + (value[1] & 0x7F)
    return value[start:].decode(errors="replace")


def _write_pair(certificate: x509.Certificate, key: _PrivateKey, folder: Path, stem: str) -> CertificateFiles:
    files = CertificateFiles(folder / f"{stem}.pem", folder / f"{stem}.key")
    files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(files.key, secret)
    return files


def write_private(file: Path, content: bytes) -> None:
    """Create or replace a file that only its owner may read (on Windows the folder's rights decide)."""
    file.unlink(missing_ok=True)
    # Without O_BINARY, which only Windows has, line ends would be translated.
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)

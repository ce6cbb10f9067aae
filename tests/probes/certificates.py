"""Certificates for test servers and devices, made on the spot."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)


def name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


@dataclass(frozen=True)
class Issued:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Key
    above: tuple[x509.Certificate, ...] = ()

    @property
    def certificate_pem(self) -> bytes:
        return b"".join(c.public_bytes(Encoding.PEM) for c in (self.certificate, *self.above))

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def save(self, folder: Path, stem: str) -> Path:
        """Certificate and key in one PEM file."""
        path = folder / f"{stem}.pem"
        path.write_bytes(self.certificate_pem + self.key_pem)
        return path


class Authority:
    """A certificate authority."""

    def __init__(self, common_name: str = "Test CA", parent: Authority | None = None) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.parent = parent
        issuer = parent or self
        self.name = name(common_name)
        builder = _builder(self.name, issuer.name, self.key, NOW - DAY, NOW + 30 * DAY)
        builder = builder.add_extension(x509.BasicConstraints(True, None), critical=True)
        builder = builder.add_extension(_ca_usage(), critical=True)
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), False)
        self.certificate = builder.sign(issuer.key, hashes.SHA256())

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def issue(
        self,
        *names: str,
        common_name: str | None = None,
        not_before: dt.datetime = NOW - DAY,
        not_after: dt.datetime = NOW + 10 * DAY,
        with_chain: bool = True,
        with_names: bool = True,
        key: Key | None = None,
        extensions: Iterable[x509.ExtensionType] = (),
    ) -> Issued:
        key = key or ec.generate_private_key(ec.SECP256R1())
        subject = name(common_name if common_name is not None else names[0])
        builder = _builder(subject, self.name, key, not_before, not_after)
        if with_names:
            builder = builder.add_extension(x509.SubjectAlternativeName([_general(n) for n in names]), critical=False)
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        above = (self.certificate,) if self.parent is not None and with_chain else ()
        return Issued(builder.sign(self.key, hashes.SHA256()), key, above)


def self_signed(host: str) -> Issued:
    """A certificate that nobody but its own server vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(name(host), name(host), key, NOW - DAY, NOW + 10 * DAY)
    builder = builder.add_extension(x509.SubjectAlternativeName([_general(host)]), critical=False)
    return Issued(builder.sign(key, hashes.SHA256()), key)


def _general(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _ca_usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: Key,
    not_before: dt.datetime,
    not_after: dt.datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
    )

"""A device's client certificate: read from PFX or PEM, held in memory, handed to TLS without a clear key on disk.

Messages name the file and what to do; they never hold a secret. Knows nothing of hosts and requests.
"""

from __future__ import annotations

import os
import secrets
import ssl
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
    pkcs12,
)

from easwizard.case.untrusted import visible

_MOST_BYTES = 1_000_000
_PEM = b"-----BEGIN "


class CertificateFileError(ValueError):
    """A client certificate file that cannot be used; the message names it and what to do."""


@dataclass(frozen=True)
class ClientCertificate:
    """A certificate with its key and the intermediates to send along."""

    certificate: x509.Certificate
    key: PrivateKeyTypes = field(repr=False)
    intermediates: tuple[x509.Certificate, ...] = field(default=(), repr=False)

    @property
    def subject(self) -> str:
        return visible(self.certificate.subject.rfc4514_string())

    @property
    def serial(self) -> str:
        """The serial number in hexadecimal, as certificate tools show it."""
        return format(self.certificate.serial_number, "x")

    def __repr__(self) -> str:
        return f"ClientCertificate({self.subject!r})"


def load_client_certificate(path: Path, key_path: Path | None, passphrase: str | None) -> ClientCertificate:
    """Read a PFX file, or PEM with the key in the same or its own file. Raises CertificateFileError."""
    data = _read(path)
    if _PEM not in data:
        return _from_pfx(path, data, key_path, passphrase)
    certificates = _pem_certificates(path, data)
    key_file = key_path or path
    key = _private_key(key_file, _read(key_file), passphrase)
    own = [c for c in certificates if _fits(c, key)]
    if not own:
        raise CertificateFileError(f"{path}: the key in {key_file} does not belong to it; give the key made with it")
    return ClientCertificate(own[0], key, tuple(c for c in certificates if c is not own[0]))


def needs_passphrase(path: Path, key_path: Path | None) -> bool:
    """Whether the key is encrypted, so that the passphrase can be asked for first. Raises CertificateFileError.

    A damaged PFX file cannot be told from an encrypted one before a passphrase was tried (transport.md 5).
    """
    data = _read(path)
    if _PEM not in data:
        return not any(_opens(data, password) for password in (None, b""))
    key_data = _read(key_path) if key_path is not None else data
    try:
        _load_key(key_data, None)
    except TypeError:
        return True
    except (ValueError, UnsupportedAlgorithm):
        return False  # what is wrong with it is said when it is loaded
    return False


def _opens(data: bytes, password: bytes | None) -> bool:
    try:
        pkcs12.load_key_and_certificates(data, password)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True


def _from_pfx(path: Path, data: bytes, key_path: Path | None, passphrase: str | None) -> ClientCertificate:
    """A PFX file; a certificate alone in DER is recognised, since it is easily taken for one."""
    if _is_der_certificate(data):
        return _from_der(path, data, key_path, passphrase)
    try:
        key, certificate, others = _open_pfx(data, _bytes(passphrase))
    except UnsupportedAlgorithm as error:
        raise CertificateFileError(f"{path}: uses an encryption that is not supported; export it again") from error
    except (ValueError, TypeError) as error:
        raise CertificateFileError(
            f"{path}: wrong passphrase, or the file is damaged or neither PFX nor PEM; check the passphrase first"
        ) from error
    if key is None:
        raise CertificateFileError(f"{path}: holds no private key; export it again with the private key")
    if certificate is None:
        raise CertificateFileError(f"{path}: holds no certificate; export it again with the certificate")
    return ClientCertificate(certificate, key, tuple(others))


def _open_pfx(
    data: bytes, passphrase: bytes | None
) -> tuple[PrivateKeyTypes | None, x509.Certificate | None, list[x509.Certificate]]:
    """Without a passphrase two things are tried: none at all, and the empty one, which PFX tells apart."""
    if passphrase is None and not _opens(data, None):
        passphrase = b""
    return pkcs12.load_key_and_certificates(data, passphrase)


def _from_der(path: Path, data: bytes, key_path: Path | None, passphrase: str | None) -> ClientCertificate:
    if key_path is None:
        raise CertificateFileError(f"{path}: holds a certificate without its private key; export both as PFX")
    certificate = x509.load_der_x509_certificate(data)
    key = _private_key(key_path, _read(key_path), passphrase)
    if not _fits(certificate, key):
        raise CertificateFileError(f"{path}: the key in {key_path} does not belong to it; give the key made with it")
    return ClientCertificate(certificate, key)


def _is_der_certificate(data: bytes) -> bool:
    try:
        x509.load_der_x509_certificate(data)
    except ValueError:
        return False
    return True


def _pem_certificates(path: Path, data: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(data)
    except ValueError as error:
        raise CertificateFileError(
            f"{path}: holds no certificate that can be read; give a PFX or PEM file"
        ) from error


def _private_key(path: Path, data: bytes, passphrase: str | None) -> PrivateKeyTypes:
    if _PEM in data and b"PRIVATE KEY-----" not in data:
        raise CertificateFileError(f"{path}: holds no private key; give the file with the key by --client-key")
    try:
        return _load_key(data, _bytes(passphrase))
    except TypeError as error:
        if passphrase is None:
            raise CertificateFileError(f"{path}: the private key is encrypted; give its passphrase") from error
        return _private_key(path, data, None)  # a passphrase for a key that has none does no harm
    except UnsupportedAlgorithm as error:
        raise CertificateFileError(f"{path}: the kind of private key is not supported") from error
    except ValueError as error:
        raise CertificateFileError(
            f"{path}: wrong passphrase, or the private key is damaged; check the passphrase first"
        ) from error


def _load_key(data: bytes, passphrase: bytes | None) -> PrivateKeyTypes:
    return load_pem_private_key(data, passphrase) if _PEM in data else load_der_private_key(data, passphrase)


def _fits(certificate: x509.Certificate, key: PrivateKeyTypes) -> bool:
    try:
        held = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return False
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return held.public_bytes(*form) == key.public_key().public_bytes(*form)


def _bytes(passphrase: str | None) -> bytes | None:
    return passphrase.encode() if passphrase else None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise CertificateFileError(f"{path}: cannot be read ({error.strerror or 'no reason given'})") from error
    if len(data) > _MOST_BYTES:
        raise CertificateFileError(f"{path}: is too large for a certificate; give a PFX or PEM file")
    return data


Way = Callable[[ssl.SSLContext, ClientCertificate], None]
"""A way to hand a certificate to TLS, which takes file names only (transport.md 5)."""


def install(context: ssl.SSLContext, certificate: ClientCertificate, way: Way | None = None) -> None:
    """Let the context present this certificate where it is asked for. Raises CertificateFileError."""
    try:
        (way or _best_way())(context, certificate)
    except ssl.SSLError as error:
        raise CertificateFileError(f"{certificate.subject}: TLS on this machine refuses this certificate") from error


def _best_way() -> Way:
    return (
        through_memory if hasattr(os, "memfd_create") and Path("/proc/self/fd").exists() else through_temporary_file
    )


def through_memory(context: ssl.SSLContext, certificate: ClientCertificate) -> None:
    """Linux: a file that exists in memory only."""
    if sys.platform != "linux":
        raise RuntimeError("only Linux has files in memory; elsewhere through_temporary_file is the way")
    descriptor = os.memfd_create("client-certificate", os.MFD_CLOEXEC)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(_pem(certificate, NoEncryption()))
        stream.flush()
        context.load_cert_chain(f"/proc/self/fd/{descriptor}")


def through_temporary_file(context: ssl.SSLContext, certificate: ClientCertificate) -> None:
    """Elsewhere: a file for a moment, readable by its owner only, the key in it encrypted by a random password."""
    password = secrets.token_hex(32)
    descriptor, name = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(_pem(certificate, BestAvailableEncryption(password.encode())))
        context.load_cert_chain(name, password=password)
    finally:
        os.unlink(name)


def _pem(certificate: ClientCertificate, encryption: KeySerializationEncryption) -> bytes:
    """Leaf, chain, key: the order that OpenSSL wants."""
    certificates = (certificate.certificate, *certificate.intermediates)
    key = certificate.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    return b"".join(c.public_bytes(Encoding.PEM) for c in certificates) + key

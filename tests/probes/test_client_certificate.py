"""Client certificates from files: every form that admins have, and messages that say what to do."""

from __future__ import annotations

import os
import ssl
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from easwizard.probes.client_certificate import (
    CertificateFileError,
    ClientCertificate,
    install,
    load_client_certificate,
    needs_passphrase,
    through_memory,
    through_temporary_file,
)
from easwizard.probes.secrets import Password, Secrets
from tests.probes.certificates import Authority, Issued
from tests.probes.conftest import written

PASSPHRASE = "Pass phrase 1"


@pytest.fixture
def device(authority: Authority) -> Issued:
    return Authority("Device CA", authority).issue("anna", common_name="anna")


def pfx(issued: Issued, encryption: KeySerializationEncryption, *, key: bool = True) -> bytes:
    return pkcs12.serialize_key_and_certificates(
        b"anna", issued.key if key else None, issued.certificate, list(issued.above), encryption
    )


def encrypted_key(issued: Issued) -> bytes:
    return issued.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE.encode()))


def test_an_encrypted_pfx(tmp_path: Path, device: Issued) -> None:
    path = written(tmp_path, "anna.pfx", pfx(device, BestAvailableEncryption(PASSPHRASE.encode())))
    assert needs_passphrase(path, None)
    loaded = load_client_certificate(path, None, PASSPHRASE)
    assert (loaded.subject, loaded.intermediates) == ("CN=anna", device.above)
    assert loaded.serial == format(device.certificate.serial_number, "x")
    for wrong in ("other", None):
        with pytest.raises(CertificateFileError, match=r"anna\.pfx: wrong passphrase, or the file is damaged"):
            load_client_certificate(path, None, wrong)


def test_a_pfx_without_a_passphrase(tmp_path: Path, device: Issued) -> None:
    path = written(tmp_path, "anna.pfx", pfx(device, NoEncryption()))
    assert not needs_passphrase(path, None)
    assert load_client_certificate(path, None, None).subject == "CN=anna"


def test_a_pem_file_with_its_key_and_chain_in_any_order(tmp_path: Path, device: Issued) -> None:
    above = device.above[0].public_bytes(Encoding.PEM)
    own = device.certificate.public_bytes(Encoding.PEM)
    path = written(tmp_path, "anna.pem", above + device.key_pem + own)
    assert not needs_passphrase(path, None)
    loaded = load_client_certificate(path, None, None)
    assert (loaded.certificate, loaded.intermediates) == (device.certificate, device.above)


def test_a_key_of_its_own_encrypted(tmp_path: Path, device: Issued) -> None:
    path = written(tmp_path, "anna.pem", device.certificate_pem)
    key_path = written(tmp_path, "anna.key", encrypted_key(device))
    assert needs_passphrase(path, key_path)
    assert load_client_certificate(path, key_path, PASSPHRASE).subject == "CN=anna"
    with pytest.raises(CertificateFileError, match=r"anna\.key: wrong passphrase, or the private key is damaged"):
        load_client_certificate(path, key_path, "other")
    with pytest.raises(CertificateFileError, match=r"anna\.key: the private key is encrypted; give its passphrase"):
        load_client_certificate(path, key_path, None)


def test_a_passphrase_too_many_does_no_harm(tmp_path: Path, device: Issued) -> None:
    path = device.save(tmp_path, "anna")
    assert load_client_certificate(path, None, PASSPHRASE).subject == "CN=anna"


def test_a_certificate_in_der_with_a_key(tmp_path: Path, device: Issued) -> None:
    path = written(tmp_path, "anna.cer", device.certificate.public_bytes(Encoding.DER))
    key_path = written(tmp_path, "anna.key", device.key_pem)
    assert load_client_certificate(path, key_path, None).subject == "CN=anna"
    with pytest.raises(CertificateFileError, match="without its private key"):
        load_client_certificate(path, None, None)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda d: d.certificate_pem, "holds no private key"),
        (lambda d: d.key_pem, "holds no certificate"),
        (lambda d: pfx(d, NoEncryption(), key=False), "holds no private key"),
        (lambda d: b"just some text", "neither PFX nor PEM"),
        (lambda d: b"", "neither PFX nor PEM"),
        (lambda d: b"x" * 2_000_000, "too large"),
        (lambda d: d.certificate_pem + b"-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n", "damaged"),
    ],
)
def test_files_that_cannot_be_used(
    tmp_path: Path, device: Issued, make: Callable[[Issued], bytes], message: str
) -> None:
    path = written(tmp_path, "anna.file", make(device))
    with pytest.raises(CertificateFileError, match=message) as caught:
        load_client_certificate(path, None, None)
    assert str(path) in str(caught.value)


def test_a_key_that_belongs_to_another_certificate(tmp_path: Path, device: Issued, authority: Authority) -> None:
    path = written(tmp_path, "anna.pem", device.certificate_pem)
    key_path = written(tmp_path, "bert.key", authority.issue("bert").key_pem)
    with pytest.raises(CertificateFileError, match="does not belong"):
        load_client_certificate(path, key_path, None)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for act in (needs_passphrase, lambda path, key: load_client_certificate(path, key, None)):
        with pytest.raises(CertificateFileError, match="cannot be read"):
            act(tmp_path / "none.pfx", None)


@pytest.mark.parametrize(
    "way",
    [
        pytest.param(through_memory, marks=pytest.mark.skipif(sys.platform != "linux", reason="Linux only")),
        through_temporary_file,
    ],
)
def test_both_ways_into_tls_leave_nothing_behind(
    way: Callable[[ssl.SSLContext, ClientCertificate], None],
    tmp_path: Path,
    device: Issued,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    install(context, ClientCertificate(device.certificate, device.key, device.above), way)
    assert os.listdir(tmp_path) == []


def test_the_two_must_fit_when_installed(device: Issued, authority: Authority) -> None:
    mixed = ClientCertificate(device.certificate, authority.issue("bert").key)
    with pytest.raises(CertificateFileError, match="refuses this certificate"):
        install(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), mixed)


def test_nothing_secret_is_shown(device: Issued) -> None:
    held = ClientCertificate(device.certificate, device.key)
    secrets = Secrets({"anna": Password("anna@contoso.test", "S3cret!")}, held)
    text = repr((secrets, secrets.passwords, held, secrets.passwords["anna"]))
    assert "S3cret" not in text
    assert "contoso" not in text
    assert repr(held) == "ClientCertificate('CN=anna')"

"""What is told of the device's certificate: enough to compare it with a server's demand, never its key."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from easwizard.case.case import DeviceCertificate
from easwizard.probes.certificates import read_certificate
from easwizard.probes.client_certificate import ClientCertificate
from easwizard.probes.der_names import read_name
from easwizard.probes.device_certificate import describe
from tests.probes.certificates import Authority, Issued

UPN = ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
SID = ObjectIdentifier("1.3.6.1.4.1.311.25.2")


def utf8(text: str) -> bytes:
    content = text.encode()
    return bytes([12, len(content)]) + content if len(content) < 128 else bytes([12, 0x81, len(content)]) + content


def told(issued: Issued, *above: x509.Certificate) -> DeviceCertificate:
    return describe("phone.pfx", ClientCertificate(issued.certificate, issued.key, (*issued.above, *above)))


def a_device(authority: Authority, *extensions: x509.ExtensionType) -> DeviceCertificate:
    return told(authority.issue("anna", with_names=False, extensions=extensions))


def upn(value: bytes) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([x509.DNSName("phone.test"), x509.OtherName(UPN, value)])


def test_everything_that_a_server_may_ask_about(authority: Authority) -> None:
    middle = Authority("Device CA", parent=authority)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
    sid = x509.UnrecognizedExtension(SID, b"\x30\x00")
    issued = middle.issue("anna", with_names=False, extensions=(usage, upn(utf8("anna@contoso.test")), sid))
    found = told(issued, authority.certificate)
    assert (found.label, found.subject, found.upn) == ("phone.pfx", "CN=anna", "anna@contoso.test")
    assert (found.issuer, found.issuers) == ("CN=Device CA", ("CN=Device CA", "CN=Contoso Test CA"))
    assert (found.for_clients, found.has_sid) == (True, True)
    as_server = read_certificate(issued.certificate.public_bytes(Encoding.DER))
    assert (found.serial, found.not_before, found.not_after) == (
        as_server.serial,
        as_server.not_before,
        as_server.not_after,
    )


def test_issuers_are_written_as_in_a_server_s_demand(authority: Authority) -> None:
    parts = [
        (NameOID.DOMAIN_COMPONENT, "test"),
        (NameOID.DOMAIN_COMPONENT, "contoso"),
        (NameOID.COMMON_NAME, "Ünï, CA"),
    ]
    middle = Authority("x", parent=authority)
    middle.name = x509.Name([x509.NameAttribute(oid, text) for oid, text in parts])
    found = a_device(middle)
    assert found.issuers == (read_name(middle.name.public_bytes()),)
    assert found.issuer == "CN=Ünï, CA,DC=contoso,DC=test"


def test_a_purpose_that_is_not_clients_and_any_purpose(authority: Authority) -> None:
    assert a_device(authority, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])).for_clients is False
    assert (
        a_device(authority, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE])).for_clients is True
    )
    assert a_device(authority).for_clients is True


def test_what_is_not_there_is_not_made_up(authority: Authority) -> None:
    found = a_device(authority)
    assert (found.upn, found.has_sid) == (None, False)


def test_a_long_a_hostile_and_a_broken_upn(authority: Authority) -> None:
    long = "a" * 150 + "@contoso.test"
    assert a_device(authority, upn(utf8(long))).upn == long
    assert a_device(authority, upn(utf8("a\x1b[2J"))).upn == "a\\x1b[2J"
    assert a_device(authority, upn(b"\x04\x01a")).upn is None


def test_a_ring_of_issuers_ends(authority: Authority) -> None:
    issued = authority.issue("anna", with_names=False)
    found = told(issued, authority.certificate, authority.certificate)
    assert found.issuers == ("CN=Contoso Test CA",)

"""Bytes from the far side never raise and never come out raw."""

from __future__ import annotations

import unicodedata

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from easwizard.case.facts import Asked, Reason
from easwizard.probes.certificates import covers, is_self_issued, read_certificate
from easwizard.probes.chains import looks_complete
from easwizard.probes.der_names import read_name, read_names
from easwizard.probes.transcript import Transcript
from tests.probes.certificates import Authority

CERTIFICATE = Authority().issue("mail.contoso.test", "127.0.0.1").certificate.public_bytes(Encoding.DER)
NAME = x509.Name(
    [
        x509.NameAttribute(NameOID.DOMAIN_COMPONENT, "test"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Contoso, Ltd"),
        x509.NameAttribute(NameOID.COMMON_NAME, "Bücher \x1b[2J"),
        x509.NameAttribute(NameOID.SERIAL_NUMBER, "7"),
    ]
)


def harmless(text: str) -> bool:
    return not any(unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs"} for character in text)


def mutated(original: bytes) -> st.SearchStrategy[bytes]:
    """The bytes with a few of them changed or the end cut off."""

    def change(edits: list[tuple[int, int]], length: int) -> bytes:
        data = bytearray(original)
        for where, value in edits:
            data[where] = value
        return bytes(data[:length])

    edit = st.tuples(st.integers(0, len(original) - 1), st.integers(0, 255))
    return st.builds(change, st.lists(edit, max_size=4), st.integers(0, len(original)))


def test_a_name_reads_as_an_administrator_writes_it() -> None:
    assert read_name(NAME.public_bytes()) == "OID-550405=7,CN=Bücher \\x1b[2J,O=Contoso, Ltd,DC=test"
    assert read_name(b"\x30\x84") == "(unreadable name)"


@given(st.binary(max_size=300) | mutated(NAME.public_bytes()))
def test_names_of_any_bytes(data: bytes) -> None:
    assert harmless(read_name(data))
    assert all(harmless(name) for name in read_names(data))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(mutated(CERTIFICATE))
@pytest.mark.filterwarnings("ignore")
def test_certificates_of_any_bytes(data: bytes) -> None:
    facts = read_certificate(data)
    assert all(harmless(text) for text in (facts.subject, facts.issuer, facts.serial, *facts.names) if text)
    assert covers(data, "mail.contoso.test") in (True, False, None)
    assert is_self_issued(data) in (True, False)
    assert looks_complete([data, CERTIFICATE]) in (True, False, None)


MESSAGE = st.tuples(
    st.sampled_from(["read", "write"]),
    st.sampled_from([20, 21, 22, 23, 0x100, 0x101]),
    st.sampled_from([-1, 0, 2, 8, 11, 13, 20]),
    st.binary(max_size=60),
)


@given(st.lists(MESSAGE, max_size=12))
def test_a_transcript_of_any_messages(messages: list[tuple[str, int, int, bytes]]) -> None:
    transcript = Transcript()
    for message in messages:
        transcript.note(*message)
    assert all(transcript.server_chain)
    for demand in (transcript.demand(status=403), transcript.demand(reason=Reason.RESET), transcript.demand()):
        assert all(harmless(issuer) for issuer in demand.issuers)
        assert (demand.asked is Asked.UNKNOWN) or transcript.heard


def test_nothing_heard_is_unknown_and_not_no() -> None:
    demand = Transcript().demand(status=403)
    assert (demand.asked, demand.required, demand.was_asked) == (Asked.UNKNOWN, None, None)


def certificate_request_tls13(name: bytes) -> bytes:
    names = len(name).to_bytes(2, "big") + name
    listed = len(names).to_bytes(2, "big") + names
    extension = b"\x00\x0d\x00\x02\x00\x00" + b"\x00\x2f" + len(listed).to_bytes(2, "big") + listed
    body = b"\x00" + len(extension).to_bytes(2, "big") + extension
    return b"\x0d" + len(body).to_bytes(3, "big") + body


def test_issuers_in_tls_13_stand_in_an_extension() -> None:
    transcript = Transcript()
    transcript.note("read", 22, 8, b"\x08\0\0\0")
    transcript.note("read", 22, 13, certificate_request_tls13(NAME.public_bytes()))
    demand = transcript.demand()
    assert (demand.how, demand.issuers) == ("handshake", (read_name(NAME.public_bytes()),))


def test_issuers_before_tls_12_have_no_signature_algorithms_in_front() -> None:
    name = NAME.public_bytes()
    names = len(name).to_bytes(2, "big") + name
    body = b"\x01\x01" + len(names).to_bytes(2, "big") + names
    transcript = Transcript()
    transcript.note("read", 22, 13, b"\x0d" + len(body).to_bytes(3, "big") + body)
    assert transcript.demand().issuers == (read_name(name),)


def test_a_wish_to_renegotiate_that_came_to_nothing_is_probably_a_demand() -> None:
    """A client that refuses unsafe renegotiation never sees the request itself (J5)."""
    transcript = Transcript()
    transcript.note("write", 22, 20, b"\x14\0\0\0")
    transcript.note("read", 22, 0, b"\0\0\0\0")
    demand = transcript.demand(reason=Reason.CLOSED)
    assert (demand.asked, demand.how, demand.required) == (Asked.UNKNOWN, "renegotiation", None)


@pytest.mark.parametrize(
    ("names", "host", "fits"),
    [
        (("mail.contoso.test",), "MAIL.contoso.test.", True),
        (("*.contoso.test",), "mail.contoso.test", True),
        (("*.contoso.test",), "a.mail.contoso.test", False),
        (("*.contoso.test",), "contoso.test", False),
        (("*.test",), "contoso.test", False),
        (("192.0.2.1",), "192.0.2.1", True),
        (("192.0.2.1",), "192.0.2.2", False),
        (("2001:db8::1",), "2001:db8:0::1", True),
    ],
)
def test_which_names_a_certificate_covers(
    authority: Authority, names: tuple[str, ...], host: str, fits: bool
) -> None:
    der = authority.issue(*names, common_name="other").certificate.public_bytes(Encoding.DER)
    assert covers(der, host) is fits


def test_a_common_name_counts_only_without_alternative_names(authority: Authority) -> None:
    bare = authority.issue(common_name="mail.contoso.test", with_names=False)
    assert covers(bare.certificate.public_bytes(Encoding.DER), "mail.contoso.test") is True
    other = authority.issue("x.test", common_name="mail.contoso.test")
    assert covers(other.certificate.public_bytes(Encoding.DER), "mail.contoso.test") is False

"""Servers whose certificate does not hold: each shows why, and none gets a credential."""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from easwizard.case.facts import Reason, Status
from easwizard.case.requests import SampleSignIn
from easwizard.exchange.replies import Meaning, Sent
from easwizard.probes.client_certificate import ClientCertificate
from easwizard.probes.secrets import Password, Secrets
from tests.probes.certificates import NOW, Authority, Issued, self_signed
from tests.probes.conftest import HOST, MakeRun, look_at, target, tls
from tests.probes.hostile import (
    Witness,
    context_of,
    elsewhere,
    only_old_tls,
    redirects,
)
from tests.probes.servers import (
    HttpsServer,
    demanding,
    reply,
)

Certificates = Callable[[Authority, Authority], Issued]
"""Makes a server's certificate from an authority that is trusted and one that is not."""
PUBLIC_POLICY = x509.CertificatePolicies(
    [x509.PolicyInformation(x509.ObjectIdentifier("2.23.140.1.2.2"), policy_qualifiers=None)]
)


def below(root: Authority) -> Authority:
    return Authority("Contoso Issuing CA", root)


def named_by_its_issuer(middle: Authority) -> x509.AuthorityKeyIdentifier:
    """As many private authorities write it: who issued the issuer, and the issuer's serial number."""
    assert middle.parent is not None
    names = [x509.DirectoryName(middle.parent.name)]
    return x509.AuthorityKeyIdentifier(None, names, middle.certificate.serial_number)


def missing(*extensions: x509.ExtensionType, telling: bool = False) -> Certificates:
    """The server sends its own certificate only; the one above it is an intermediate, and only the root is known."""

    def make(trusted: Authority, _: Authority) -> Issued:
        middle = below(trusted)
        more = (named_by_its_issuer(middle),) if telling else ()
        return middle.issue(HOST, with_chain=False, extensions=(*extensions, *more))

    return make


def with_its_root(_: Authority, stranger: Authority) -> Issued:
    issued = stranger.issue(HOST)
    return Issued(issued.certificate, issued.key, (stranger.certificate,))


def aged(days_from: int, days_to: int) -> Certificates:
    return lambda trusted, _: trusted.issue(
        HOST, not_before=NOW + dt.timedelta(days=days_from), not_after=NOW + dt.timedelta(days=days_to)
    )


@dataclass(frozen=True)
class Distrust:
    """A server that must not get a credential, and how it shows."""

    issued: Certificates
    trusted: bool | None
    error: str | None
    name_matches: bool = True
    complete: bool | None = None
    length: int = 1
    old_tls: bool = False

    def context(self, trusted: Authority, stranger: Authority) -> ssl.SSLContext:
        context = context_of(self.issued(trusted, stranger))
        return only_old_tls(context) if self.old_tls else context


NO_ISSUER = "unable to get local issuer certificate"
UNTRUSTED = {
    "expired": Distrust(aged(-20, -2), False, "certificate has expired"),
    "not yet valid": Distrust(aged(2, 20), False, "certificate is not yet valid"),
    "self-signed": Distrust(lambda _, __: self_signed(HOST), False, "self-signed certificate", complete=True),
    "wrong host": Distrust(lambda a, _: a.issue("other.contoso.test"), True, None, False, True),
    "wrong host of an unknown authority": Distrust(
        lambda _, b: b.issue("other.contoso.test"), False, NO_ISSUER, False
    ),
    "unknown authority": Distrust(lambda _, b: b.issue(HOST), False, NO_ISSUER),
    "unknown authority, root sent": Distrust(
        with_its_root, False, "self-signed certificate in certificate chain", complete=True, length=2
    ),
    "unknown authority, intermediate sent": Distrust(lambda _, b: below(b).issue(HOST), False, NO_ISSUER, length=2),
    "missing intermediate": Distrust(missing(), False, NO_ISSUER),
    "missing intermediate of a public authority": Distrust(missing(PUBLIC_POLICY), False, NO_ISSUER, complete=False),
    "missing intermediate that the certificate tells of": Distrust(
        missing(telling=True), False, NO_ISSUER, complete=False
    ),
    "weak key": Distrust(
        lambda a, _: a.issue(HOST, key=rsa.generate_private_key(65537, 1024)), False, "EE certificate key too weak"
    ),
    "TLS 1.0 only": Distrust(
        lambda a, _: a.issue(HOST), None, "not judged: only old TLS versions or ciphers work", old_tls=True
    ),
}
untrusted = pytest.mark.parametrize("distrust", UNTRUSTED.values(), ids=UNTRUSTED)


@untrusted
def test_how_distrust_shows(run: MakeRun, authority: Authority, stranger: Authority, distrust: Distrust) -> None:
    with HttpsServer(distrust.context(authority, stranger), lambda _: reply(401)) as server:
        seen = run()(look_at(server.port))
    assert [o.status for o in seen] == [Status.OK] * 3
    facts = tls(seen[1])
    assert (facts.trusted, facts.trust_error) == (distrust.trusted, distrust.error)
    assert (facts.name_matches, facts.legacy_only) == (distrust.name_matches, distrust.old_tls)
    assert (facts.protocol == "TLSv1") is distrust.old_tls
    assert (facts.chain_complete, facts.chain_length) == (distrust.complete, distrust.length)


def impatient(issued: Issued, clients: Authority) -> ssl.SSLContext:
    """Ends a TLS 1.2 handshake when no client certificate comes, so that no session ever stands."""
    context = demanding(context_of(issued), clients)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


@pytest.mark.parametrize(
    ("name", "trusted", "error", "name_matches"),
    [
        (None, True, None, True),
        ("expired", False, "certificate has expired", True),
        ("wrong host", True, None, False),
        ("unknown authority, root sent", False, "self-signed certificate in certificate chain", True),
    ],
)
def test_a_certificate_is_judged_though_the_handshake_fails_for_want_of_ours(
    run: MakeRun,
    authority: Authority,
    stranger: Authority,
    name: str | None,
    trusted: bool,
    error: str | None,
    name_matches: bool,
) -> None:
    issued = UNTRUSTED[name].issued(authority, stranger) if name is not None else authority.issue(HOST)
    with HttpsServer(impatient(issued, Authority("Device CA")), lambda _: None) as server:
        seen = run()(look_at(server.port))
    assert (seen[1].status, seen[1].reason) == (Status.FAILED, Reason.CERTIFICATE_WANTED)
    facts = tls(seen[1])
    assert (facts.trusted, facts.trust_error, facts.name_matches) == (trusted, error, name_matches)
    assert facts.subject == issued.certificate.subject.rfc4514_string()
    assert facts.chain_length == 1 + len(issued.above)


def test_every_kind_of_distrust_but_those_nobody_can_tell_apart_shows_differently() -> None:
    """A private authority's certificate alone may hang below a root or below an intermediate."""
    shown = [(d.trusted, d.error, d.name_matches, d.complete, d.length) for d in UNTRUSTED.values()]
    twice = {name for name, d in zip(UNTRUSTED, shown, strict=True) if shown.count(d) > 1}
    assert twice == {
        "unknown authority",
        "missing intermediate",
        "missing intermediate of a public authority",
        "missing intermediate that the certificate tells of",
    }
    assert UNTRUSTED["missing intermediate of a public authority"].complete is False


PASSWORD = "correct horse battery"
ACTIVESYNC = {"MS-Server-ActiveSync": "15.0", "MS-ASProtocolVersions": "14.1"}


def secrets_of(clients: Authority) -> Secrets:
    device = clients.issue("anna")
    return Secrets({"anna": Password("anna", PASSWORD)}, ClientCertificate(device.certificate, device.key))


def sign_ins(port: int) -> tuple[SampleSignIn, SampleSignIn]:
    """One with the password, one with the certificate."""
    where = (target(port), ("127.0.0.1",))
    return (
        SampleSignIn(*where, Sent.BASIC, "anna", None, 2),
        SampleSignIn(*where, Sent.CERTIFICATE, "device", None, 2),
    )


@untrusted
def test_no_credential_goes_to_whom_is_not_trusted(
    run: MakeRun, authority: Authority, stranger: Authority, distrust: Distrust
) -> None:
    clients = Authority("Device CA")
    context = distrust.context(authority, stranger)
    with Witness(context, clients, reply(200, ACTIVESYNC)) as server:
        seen = run(secrets=secrets_of(clients))(*sign_ins(server.port))
        assert server.connections >= 2
    assert (server.passwords, server.certificates, server.requests) == ([], 0, [])
    assert {o.status for o in seen} <= {Status.SKIPPED, Status.FAILED}


def test_to_whom_is_trusted_they_do_go(run: MakeRun, authority: Authority) -> None:
    """Else the test above would prove nothing."""
    clients = Authority("Device CA")
    with Witness(context_of(authority.issue(HOST)), clients, reply(200, ACTIVESYNC)) as server:
        run(secrets=secrets_of(clients))(*sign_ins(server.port))
    assert (len(server.passwords), server.certificates) == (2, 2)


@redirects
def test_a_credential_does_not_follow_a_redirect(
    run: MakeRun, authority: Authority, status: int, header: str
) -> None:
    clients = Authority("Device CA")
    second = Witness(context_of(authority.issue(HOST, "127.0.0.1")), clients, reply(200, ACTIVESYNC))
    first = Witness(context_of(authority.issue(HOST)), clients, elsewhere(status, header, second.port))
    with second, first:
        seen = run(secrets=secrets_of(clients))(*sign_ins(first.port))
    assert (len(first.passwords), first.certificates) == (2, 2)
    assert (second.passwords, second.certificates, second.requests) == ([], 0, [])
    assert second.connections == 0
    assert {o.facts.meaning for o in seen if o.kind == "http"} == {Meaning.REDIRECTED}  # type: ignore[union-attr]

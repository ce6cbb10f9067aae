"""What is asked of whom: every place of every name, members apart, credentials only where they belong."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from easwizard.case.case import Account, Case, DeviceCertificate, Vantage
from easwizard.case.facts import DnsFacts, DnsOutcome, HttpFacts, Observation, Reason, Status, TlsFacts
from easwizard.case.requests import (
    AskAutodiscover,
    AskPath,
    AskProxy,
    LookAt,
    Member,
    ResolveName,
    Resolver,
    SampleAnonymous,
    SampleSignIn,
    Target,
)
from easwizard.exchange.inventory import Role
from easwizard.exchange.products import Product
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH, Sent
from easwizard.exchange.routing import Mailbox
from easwizard.probes.identity import http_id, tls_id
from easwizard.workflow.places import Place, places
from easwizard.workflow.planning import SamplingManners, enumerating, looking, posting, resolving, signing_in

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
MAIL = Target("mail.contoso.test", 443, Role.GENERIC)
CERT = Target("cert.contoso.test", 443, Role.CERT)
LEGACY = Target("legacy.contoso.test", 443, Role.LEGACY_GENERIC)
OTHER = Target("other.contoso.test", 443, Role.OTHER)
AUTODISCOVER = Target("autodiscover.contoso.test", 443, Role.AUTODISCOVER)
ANNA = Account("anna@contoso.test", Mailbox(Product.E2007, "London"))
PLAIN_NAME = Account("CONTOSO\\otto")
MANNERS = SamplingManners()
A, B = "192.0.2.1", "192.0.2.2"


def case(*targets: Target, members: tuple[Member, ...] = (), accounts: tuple[Account, ...] = ()) -> Case:
    resolvers = (Resolver("internal", "192.0.2.53"), Resolver("external", "192.0.2.54"))
    return Case(Vantage("JUMP1", resolvers), targets, accounts, members=members)


def observed(id: str, target: str, facts: DnsFacts | TlsFacts | HttpFacts) -> Observation:
    return Observation(id, target, "JUMP1", Status.OK, facts, NOON)


def resolved(known: Case, target: Target, *addresses: str) -> Case:
    facts = DnsFacts("internal", target.host, "A", DnsOutcome.ANSWER, addresses)
    return known.with_observations([observed(f"dns:internal/{target.host}/A", target.host, facts)])


def answering(
    known: Case, target: Target, address: str, port: int | None = None, scheme: str = "Basic", trusted: bool = True
) -> Case:
    """The case after a look at that place: a trusted handshake and a 401."""
    tls = TlsFacts(address, trusted=trusted, name_matches=True)
    http = HttpFacts(address, "OPTIONS", ACTIVESYNC_PATH, status=401, challenges=(scheme,))
    return known.with_observations(
        [
            observed(tls_id(target, address, port), target.name, tls),
            observed(http_id(target, address, ACTIVESYNC_PATH, port), target.name, http),
        ]
    )


def test_both_address_types_at_every_resolver_and_the_service_record_of_autodiscover() -> None:
    asked = [
        (r.host, r.record_type, r.resolver.label)
        for r in resolving(case(MAIL, AUTODISCOVER))
        if isinstance(r, ResolveName)
    ]
    names = [("mail.contoso.test", t) for t in ("A", "AAAA")] + [
        ("autodiscover.contoso.test", t) for t in ("A", "AAAA")
    ]
    names.append(("_autodiscover._tcp.contoso.test", "SRV"))
    assert asked == [(name, kind, label) for name, kind in names for label in ("internal", "external")]


@pytest.mark.parametrize(
    ("host", "service"),
    [("contoso.test", "_autodiscover._tcp.contoso.test"), ("autodiscover", "_autodiscover._tcp.autodiscover")],
)
def test_the_domain_of_the_service_record(host: str, service: str) -> None:
    names = {r.host for r in resolving(case(replace(AUTODISCOVER, host=host))) if isinstance(r, ResolveName)}
    assert names == {host, service}


def test_an_address_needs_no_resolver() -> None:
    assert resolving(case(replace(AUTODISCOVER, host=A), replace(MAIL, host=B))) == ()


@pytest.mark.parametrize("target", [MAIL, CERT, OTHER])
def test_newer_names_are_asked_who_answers(target: Target) -> None:
    assert looking(resolved(case(target, accounts=(ANNA,)), target, A)) == (
        LookAt(target, A),
        AskPath(target, A, "/EWS/", "GET", ntlm=True),
        AskPath(target, A, "/owa/", "HEAD"),
        AskPath(target, A, "/Microsoft-Server-ActiveSync/healthcheck.htm", "GET"),
    )


def test_legacy_names_are_asked_for_their_proxy_and_who_answers_there() -> None:
    assert looking(resolved(case(LEGACY), LEGACY, A)) == (
        LookAt(LEGACY, A),
        AskProxy(LEGACY, A),
        AskPath(LEGACY, A, PROXY_PATH, "OPTIONS", ntlm=True),
    )


def test_autodiscover_is_asked_for_every_account_that_is_an_address() -> None:
    known = resolved(case(AUTODISCOVER, accounts=(ANNA, PLAIN_NAME)), AUTODISCOVER, A)
    assert looking(known) == (LookAt(AUTODISCOVER, A), AskAutodiscover(AUTODISCOVER, A, "anna@contoso.test"))


def test_members_are_looked_at_beside_what_dns_gives_each_place_once() -> None:
    members = (
        Member(MAIL.host, B),
        Member(MAIL.host, A),
        Member(MAIL.host, A, 4443),
        Member(MAIL.host, B, 443),
        Member("elsewhere.test", "192.0.2.9"),
    )
    known = resolved(case(MAIL, members=members), MAIL, A)
    assert places(known, MAIL) == (Place(A), Place(B, is_member=True), Place(A, 4443, is_member=True))
    assert [r for r in looking(known) if isinstance(r, LookAt)] == [
        LookAt(MAIL, A),
        LookAt(MAIL, B),
        LookAt(MAIL, A, 4443),
    ]


def test_only_places_that_phones_use_and_that_answered_are_asked_again() -> None:
    known = resolved(resolved(case(MAIL, LEGACY, members=(Member(MAIL.host, A, 4443),)), MAIL, A, B), LEGACY, A)
    assert enumerating(known, MANNERS) == ()
    known = answering(answering(answering(known, MAIL, A), MAIL, A, 4443), LEGACY, A)
    assert enumerating(known, MANNERS) == (
        SampleAnonymous(MAIL, A, 8),
        SampleAnonymous(MAIL, A, 8, port=4443),
    )


def sign_ins(known: Case, manners: SamplingManners = MANNERS) -> list[tuple[str, Sent, tuple[str, ...], int | None]]:
    found = [r for r in signing_in(known, manners) if isinstance(r, SampleSignIn)]
    return [(r.target.host, r.sent, r.addresses, r.port) for r in found]


def test_a_password_goes_to_the_addresses_of_dns_where_there_are_any() -> None:
    known = resolved(case(MAIL, members=(Member(MAIL.host, B, 4443),), accounts=(ANNA,)), MAIL, A)
    known = answering(answering(known, MAIL, A), MAIL, B, 4443)
    assert sign_ins(known) == [(MAIL.host, Sent.BASIC, (A,), None)]


def test_a_password_goes_to_members_where_dns_gave_nothing() -> None:
    known = case(MAIL, members=(Member(MAIL.host, B, 4443), Member(MAIL.host, A, 4443)), accounts=(ANNA,))
    known = answering(answering(known, MAIL, A, 4443), MAIL, B, 4443)
    assert sign_ins(known) == [(MAIL.host, Sent.BASIC, (B, A), 4443)]


def test_a_password_goes_only_where_basic_is_offered() -> None:
    known = answering(resolved(case(MAIL, accounts=(ANNA,)), MAIL, A), MAIL, A, scheme="Negotiate")
    assert sign_ins(known) == []


def test_another_answer_on_the_same_address_is_not_the_directory_s() -> None:
    """An answer on /owa/, or at a member's own port, does not make a place ready for a password."""
    known = resolved(case(MAIL, members=(Member(MAIL.host, A, 4443),), accounts=(ANNA,)), MAIL, A)
    owa = HttpFacts(A, "HEAD", "/owa/", status=401, challenges=("Basic",))
    known = known.with_observations([observed(f"http:{MAIL.name}@{A}/none/owa/", MAIL.name, owa)])
    assert sign_ins(known) == []
    assert sign_ins(answering(known, MAIL, A, 4443)) == [(MAIL.host, Sent.BASIC, (A,), 4443)]


def test_the_certificate_goes_to_members_too_one_request_for_each_port() -> None:
    known = replace(case(CERT, members=(Member(CERT.host, B, 4443),)), device_certificate=DeviceCertificate("phone"))
    known = answering(answering(resolved(known, CERT, A), CERT, A), CERT, B, 4443)
    assert sign_ins(known) == [(CERT.host, Sent.CERTIFICATE, (A,), None), (CERT.host, Sent.CERTIFICATE, (B,), 4443)]


@pytest.mark.parametrize(
    ("reason", "asked"), [(Reason.CERTIFICATE_WANTED, True), (Reason.TLS_REFUSED, False), (Reason.TLS_TIMEOUT, False)]
)
def test_a_handshake_that_ends_for_want_of_a_certificate_is_worth_one(reason: Reason, asked: bool) -> None:
    known = replace(resolved(case(CERT), CERT, A), device_certificate=DeviceCertificate("phone"))
    ended = replace(observed(tls_id(CERT, A), CERT.name, TlsFacts(A)), status=Status.FAILED, reason=reason)
    assert bool(sign_ins(known.with_observations([ended]))) is asked


def test_the_post_is_sent_only_when_asked_for_and_only_to_a_trusted_place() -> None:
    known = resolved(case(AUTODISCOVER, accounts=(ANNA, PLAIN_NAME)), AUTODISCOVER, A, B)
    known = answering(answering(known, AUTODISCOVER, A, trusted=False), AUTODISCOVER, B)
    asked = SamplingManners(autodiscover_post=True, refusals=2)
    assert posting(known, MANNERS) == ()
    email = "anna@contoso.test"
    assert posting(known, asked) == (AskAutodiscover(AUTODISCOVER, B, email, email, refusals=2),)


def test_through_a_proxy_the_name_is_looked_at_once_and_nothing_signs_in() -> None:
    manners = SamplingManners(through_proxy=True)
    known = answering(resolved(case(MAIL, accounts=(ANNA,)), MAIL, A, B), MAIL, A)
    assert {r.address for r in looking(known, manners) if isinstance(r, LookAt)} == {MAIL.host}
    assert enumerating(known, manners) == ()
    assert sign_ins(known, manners) == []

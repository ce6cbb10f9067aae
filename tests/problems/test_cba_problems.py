"""The certificate problems: each firing, silent and without evidence, its caps, and what must not be called it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from easwizard.case.case import Case, DeviceCertificate
from easwizard.case.facts import Asked, CertificateDemand, HttpFacts, Observation, Reason, SampleFacts, TlsFacts
from easwizard.case.requests import Member, Target
from easwizard.diagnosis.engine import INTERNAL_ERROR, diagnose
from easwizard.diagnosis.issuer_names import announces_any
from easwizard.diagnosis.problem import catalogue
from easwizard.exchange.inventory import (
    Binding,
    ClientCertificates,
    Endpoint,
    Flag,
    Inventory,
    NamespaceRecord,
    Role,
    Server,
    VirtualDirectory,
)
from easwizard.exchange.products import Product
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH, Meaning, Sent
from tests.problems.cases import (
    ASKED,
    AT,
    CERT,
    GENERIC,
    NOT_ASKED,
    OLD_CERT,
    answered,
    case,
    certificate_samples,
    finding,
    http,
    observation,
    refuses,
    verdict,
)

ROLE_SERVICE, SERVER_MAPPING = "cba/role-service-missing", "cba/server-mapping-off"
NOT_REQUIRED, VDIR_MAPPING = "cba/certificate-not-required", "cba/vdir-mapping-off"
SWITCHES = (ROLE_SERVICE, SERVER_MAPPING, NOT_REQUIRED, VDIR_MAPPING)
BUILD, BASIC, UPSTREAM = "cba/build-too-old", "cba/basic-still-on", "cba/terminated-upstream"
CA, REJECTED, TLS13 = "cba/ca-not-accepted", "cba/certificate-rejected", "cba/tls13-needs-post-handshake"
NOT_WORKING = "cba/not-working"
ALL = (*SWITCHES, BUILD, BASIC, UPSTREAM, CA, REJECTED, TLS13, NOT_WORKING)

SITE = "Default Web Site"
GIVEN = CertificateDemand(Asked.PATH, "renegotiation", presented=True, accepted=False)
TAKEN = CertificateDemand(Asked.PATH, "renegotiation", presented=True, accepted=True)
OPTIONAL = CertificateDemand(Asked.PATH, "renegotiation", required=False)
IN_HANDSHAKE = CertificateDemand(Asked.HANDSHAKE, "handshake", required=True)
AFTER_HANDSHAKE = CertificateDemand(Asked.PATH, "post-handshake", required=True)

GOOD = DeviceCertificate(
    "phone", "CN=anna", "CN=Device CA,DC=corp,DC=test", ("CN=Device CA,DC=corp,DC=test",), "0a",
    "2025-06-01T00:00:00Z", "2026-06-01T00:00:00Z", "anna@corp.test", for_clients=True, has_sid=True,
)  # fmt: skip
EXPIRED = replace(GOOD, not_after="2025-12-31T00:00:00Z")

NEVER_ASKS = http(CERT, 401, "Basic")
ASKS = http(CERT, 403, demand=ASKED)
SENT = Sent.CERTIFICATE


def refused(status: int, address: str = "127.0.0.1", *challenges: str) -> Observation:
    return http(CERT, status, *challenges, demand=GIVEN, sent=SENT, address=address)


def alert(detail: str | None, address: str = "127.0.0.1") -> Observation:
    """The far side ended TLS after the certificate was presented."""
    facts = HttpFacts(address, "OPTIONS", ACTIVESYNC_PATH, SENT, "phone", client_certificate=GIVEN)
    return replace(observation(f"http:alert@{address}", CERT.name, facts, Reason.CERTIFICATE_REFUSED), detail=detail)


def taken(*addresses: str, server: str = "") -> Observation:
    """The certificate signed in at these addresses."""
    look = certificate_samples(len(addresses), 0, {a: {"200": 1} for a in addresses})
    assert isinstance(look.facts, SampleFacts)
    return replace(look, facts=replace(look.facts, by_server={server: {"200": 1}} if server else {}))


def tls(
    serial: str,
    address: str = "127.0.0.1",
    protocol: str = "TLSv1.2",
    demand: CertificateDemand = ASKED,
    target: Target = CERT,
) -> Observation:
    facts = TlsFacts(address, protocol, serial=serial, client_certificate=demand)
    return observation(f"tls:{target.name}@{address}", target.name, facts)


def by(server: str, look: Observation) -> Observation:
    assert isinstance(look.facts, HttpFacts)
    return replace(look, facts=replace(look.facts, answered_by=server))


def told_build(build: str | None, path: str = "/owa/", target: Target = CERT, server: str = "EX13A") -> Observation:
    look = by(server, http(target, 401, path=path))
    assert isinstance(look.facts, HttpFacts)
    return replace(look, facts=replace(look.facts, build=build))


def with_phone(known: Case, certificate: DeviceCertificate = GOOD) -> Case:
    return replace(known, device_certificate=certificate)


def with_answers(known: Case, answers: dict[str, str]) -> Case:
    for key, value in answers.items():
        known = known.with_answer(key.replace("_", "-"), value)
    return known


def with_members(known: Case, *addresses: str) -> Case:
    return replace(known, members=tuple(Member(CERT.host, a) for a in addresses))


def server(
    name: str,
    role_service: Flag = True,
    mapping: Flag = True,
    ds_mapper: dict[str, bool] | None = None,
    build: str | None = "15.0.1497.2",
    product: Product = Product.E2013,
    bindings: tuple[Binding, ...] = (Binding(SITE, "*:443:"), Binding("Exchange Back End", "*:444:")),
) -> Server:
    services = {} if role_service is None else {"Web-Client-Auth": role_service}
    flags = {"0.0.0.0:443": True, "127.0.0.1:443": True} if ds_mapper is None else ds_mapper
    return Server(
        name, product=product, build=build, role_services=services, server_mapping=mapping, ds_mapper=flags,
        bindings=bindings,
    )  # fmt: skip


def vdir(
    name: str,
    certificates: ClientCertificates | None = ClientCertificates.REQUIRE,
    basic: Flag = False,
    mapping: Flag = True,
) -> VirtualDirectory:
    return VirtualDirectory(
        name, SITE, product=Product.E2013, client_certificates=certificates, basic=basic, mapping=mapping
    )


def estate(*servers: Server, vdirs: tuple[VirtualDirectory, ...] | None = None) -> Inventory:
    """The certificate name leads to these servers; each with a healthy vdir unless told otherwise."""
    endpoints = tuple(Endpoint(s.name, SITE) for s in servers)
    held = tuple(vdir(s.name) for s in servers) if vdirs is None else vdirs
    return Inventory(servers, held, (NamespaceRecord(CERT.host, Role.CERT, endpoints, "dns"),))


def holding(inventory: Inventory, *looks: Observation, **answers: str) -> Case:
    return with_answers(replace(case(*looks), inventory=inventory), answers)


HEALTHY = estate(server("EX13C"), server("EX13D"))


# The switches that only the inventory shows

ROLE_OFF = estate(server("EX13C"), server("EX13D", role_service=False))
ROOT_OFF = estate(server("EX13C"), server("EX13D", mapping=False))
MAPPING_OFF = estate(server("EX13C"), server("EX13D"), vdirs=(vdir("EX13C"), vdir("EX13D", mapping=False)))
IGNORING = estate(server("EX13C"), vdirs=(vdir("EX13C", ClientCertificates.IGNORE, basic=True),))
OFF = {ROLE_SERVICE: ROLE_OFF, SERVER_MAPPING: ROOT_OFF, VDIR_MAPPING: MAPPING_OFF, NOT_REQUIRED: IGNORING}


@pytest.mark.parametrize("code", OFF)
@pytest.mark.parametrize(
    ("in_front", "expected"),
    [("nothing", "confirmed"), ("unknown", "possible"), ("bridging", "possible"), ("delegation", "ruled-out")],
)
def test_a_switch_read_as_off_is_judged_by_what_ends_tls(code: str, in_front: str, expected: str) -> None:
    assert verdict(holding(OFF[code], tls_in_front=in_front), code) == expected


@pytest.mark.parametrize("code", [ROLE_SERVICE, SERVER_MAPPING, VDIR_MAPPING])
def test_switches_name_the_server_or_directory_they_are_off_on(code: str) -> None:
    found = finding(holding(OFF[code], tls_in_front="nothing"), code)
    assert found is not None
    assert found.subjects == (f"EX13D/{SITE}" if code == VDIR_MAPPING else "EX13D",)
    assert found.remedies


@pytest.mark.parametrize("code", [ROLE_SERVICE, SERVER_MAPPING, VDIR_MAPPING, BUILD, BASIC])
def test_a_healthy_inventory_rules_out_and_an_unread_one_says_nothing(code: str) -> None:
    assert verdict(holding(HEALTHY, tls_in_front="nothing"), code) == "ruled-out"
    assert verdict(case(tls_in_front="nothing"), code) == "not-examined"


def test_one_server_unread_is_not_health() -> None:
    partly = estate(server("EX13C"), server("EX13D", role_service=None))
    assert verdict(holding(partly, tls_in_front="nothing"), ROLE_SERVICE) == "not-examined"


@pytest.mark.parametrize("code", SWITCHES)
def test_servers_of_other_names_are_not_judged(code: str) -> None:
    elsewhere = replace(
        OFF[code], namespaces=(NamespaceRecord(GENERIC.host, Role.GENERIC, (Endpoint("EX13D", SITE),)),)
    )
    assert verdict(holding(elsewhere, tls_in_front="nothing"), code) == "not-examined"


@pytest.mark.parametrize("code", [ROLE_SERVICE, SERVER_MAPPING])
def test_old_servers_behind_the_name_are_not_judged(code: str) -> None:
    """Before the cut-over the certificate name leads to 2007, which has other switches (2.1)."""
    old = estate(server("EX07A", role_service=False, mapping=False, product=Product.E2007))
    assert verdict(holding(old, tls_in_front="nothing"), code) == "not-examined"


def test_a_server_that_signed_a_certificate_in_contradicts_what_was_read() -> None:
    found = finding(holding(ROLE_OFF, taken("127.0.0.1", server="EX13D"), tls_in_front="nothing"), ROLE_SERVICE)
    assert found is not None
    assert (found.verdict, found.conflict) == ("likely", True)
    other = finding(holding(ROLE_OFF, taken("127.0.0.1", server="EX13C"), tls_in_front="nothing"), ROLE_SERVICE)
    assert other is not None
    assert (other.verdict, other.conflict) == ("confirmed", False)


DISCRETE = (Binding(SITE, "*:443:"), Binding("Certificate Site", "192.0.2.9:443:"))


@pytest.mark.parametrize(
    ("flags", "bindings", "expected"),
    [
        ({"0.0.0.0:443": False}, DISCRETE, "confirmed"),
        ({"0.0.0.0:443": True, "192.0.2.8:443": False}, DISCRETE, "confirmed"),
        ({"0.0.0.0:443": True, "192.0.2.9:443": False}, DISCRETE, "ruled-out"),
        ({"0.0.0.0:443": True, "0.0.0.0:444": False, "0.0.0.0:8172": False}, DISCRETE, "ruled-out"),
        ({"0.0.0.0:443": True, "127.0.0.1:443": False}, DISCRETE, "ruled-out"),
        ({"0.0.0.0:443": False, "192.0.2.7:443": True}, (Binding(SITE, "192.0.2.7:443:"),), "ruled-out"),
        ({"0.0.0.0:443": True, "192.0.2.7:443": False}, (Binding(SITE, "192.0.2.7:443:"),), "confirmed"),
        ({"0.0.0.0:443": False}, (), "likely"),
    ],
)
def test_the_flag_of_a_binding_that_phones_meet(
    flags: dict[str, bool], bindings: tuple[Binding, ...], expected: str
) -> None:
    known = holding(estate(server("EX13C", ds_mapper=flags, bindings=bindings)), tls_in_front="nothing")
    assert verdict(known, SERVER_MAPPING) == expected


# The mapping attribute from outside

EMPTY_401 = refused(401)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(EMPTY_401, tls_in_front="nothing"), "possible"),
        (case(EMPTY_401, tls_in_front="nothing", since="update-or-set"), "likely"),
        (case(EMPTY_401, since="update-or-set"), "possible"),
        (case(EMPTY_401, since="update-or-set", tls_in_front="delegation"), "ruled-out"),
        (case(EMPTY_401, since="update-or-set", tls_in_front="bridging"), "not-examined"),
        (case(EMPTY_401, tls_in_front="bridging"), "not-examined"),
        (case(EMPTY_401, tls_in_front="nothing", since="update-or-set", fails_cert_new="never"), "possible"),
        (case(tls_in_front="nothing", since="update-or-set"), "not-examined"),
        (case(tls_in_front="nothing", since="update-or-set", fails_cert_new="always"), "possible"),
        (case(refused(401, "127.0.0.1", "Basic"), tls_in_front="nothing"), "not-examined"),
        (case(refused(403), tls_in_front="nothing"), "not-examined"),
        (case(http(CERT, 401, demand=ASKED, sent=SENT), tls_in_front="nothing"), "not-examined"),
        (
            case(http(CERT, 503, demand=TAKEN, sent=SENT), tls_in_front="nothing", since="update-or-set"),
            "not-examined",
        ),
        (with_phone(case(EMPTY_401, tls_in_front="nothing", since="update-or-set"), EXPIRED), "not-examined"),
        (case(EMPTY_401, told_build("15.0.847.32"), tls_in_front="nothing", since="update-or-set"), "not-examined"),
        (case(EMPTY_401, taken("127.0.0.1"), tls_in_front="nothing"), "ruled-out"),
        (case(EMPTY_401, taken("127.0.0.2"), tls_in_front="nothing"), "possible"),
        (holding(MAPPING_OFF, EMPTY_401, tls_in_front="nothing"), "confirmed"),
        (case(EMPTY_401, refuses(OLD_CERT), tls_in_front="nothing", since="update-or-set"), "possible"),
        (holding(MAPPING_OFF, EMPTY_401, refuses(OLD_CERT), tls_in_front="nothing"), "confirmed"),
    ],
)
def test_the_attribute_from_outside(known: Case, expected: str) -> None:
    assert verdict(known, VDIR_MAPPING) == expected


def test_the_attribute_from_outside_says_what_looks_alike() -> None:
    found = finding(case(EMPTY_401, tls_in_front="nothing", since="update-or-set"), VDIR_MAPPING)
    assert found is not None
    assert any("look alike" in limit for limit in found.limits)


# Builds


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(told_build("15.0.847.32"), tls_in_front="nothing"), "confirmed"),
        (case(told_build("15.0.847.32")), "confirmed"),
        (case(told_build("15.0.912.99")), "confirmed"),
        (case(told_build("15.0.913.22")), "not-examined"),
        (case(told_build("15.0")), "not-examined"),
        (case(told_build("15.1.225.42")), "not-examined"),
        (case(told_build("8.3.83.6")), "not-examined"),
        (case(told_build(None)), "not-examined"),
        (case(told_build("nonsense 15.0.1")), "not-examined"),
        (case(told_build("15.0.847.32", target=GENERIC)), "not-examined"),
        (case(told_build("15.0.847.32"), tls_in_front="delegation"), "ruled-out"),
        (case(told_build("15.0.847.32"), tls_in_front="bridging"), "likely"),
        (case(told_build("15.0.847.32"), ASKS, tls_in_front="bridging"), "confirmed"),
        (with_members(case(told_build("15.0.847.32"), tls_in_front="bridging"), "127.0.0.1"), "confirmed"),
        (holding(estate(server("EX13C", build="Version 15.0 (Build 847.32)"))), "confirmed"),
        (holding(estate(server("EX13C", build=None))), "not-examined"),
        (holding(estate(server("EX13C"), server("EX13D", build="15.0.775.38"))), "confirmed"),
    ],
)
def test_builds(known: Case, expected: str) -> None:
    assert verdict(known, BUILD) == expected


# Basic


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(NEVER_ASKS, tls_in_front="nothing"), "likely"),
        (case(NEVER_ASKS), "possible"),
        (case(NEVER_ASKS, tls_in_front="bridging"), "possible"),
        (case(NEVER_ASKS, tls_in_front="delegation"), "ruled-out"),
        (case(http(CERT, 401, "Basic", demand=OPTIONAL), tls_in_front="nothing"), "not-examined"),
        (case(http(CERT, 401, "Basic", demand=CertificateDemand()), tls_in_front="nothing"), "not-examined"),
        (case(http(GENERIC, 401, "Basic"), tls_in_front="nothing"), "not-examined"),
        (case(http(CERT, 401, "Negotiate", "NTLM"), tls_in_front="nothing"), "not-examined"),
        (case(ASKS, tls_in_front="nothing"), "not-examined"),
        (holding(estate(server("EX13C"), vdirs=(vdir("EX13C", basic=True),)), tls_in_front="nothing"), "confirmed"),
        (
            holding(
                estate(server("EX13C"), vdirs=(vdir("EX13C", ClientCertificates.ACCEPT, True),)),
                tls_in_front="nothing",
            ),
            "not-examined",
        ),
        (holding(estate(server("EX13C"), vdirs=(vdir("EX13C", None, True),)), tls_in_front="nothing"), "possible"),
        (holding(HEALTHY, NEVER_ASKS, tls_in_front="nothing"), "likely"),
    ],
)
def test_basic(known: Case, expected: str) -> None:
    assert verdict(known, BASIC) == expected


# What ends TLS in front

BEHIND = "127.0.0.9"


def vip(*looks: Observation, member_server: str = "EX13A", certificate: bool = True, **answers: str) -> Case:
    """The name at 127.0.0.1 and one machine behind it at another address, with another server certificate."""
    inside = by(member_server, http(CERT, 403, demand=ASKED, address=BEHIND))
    serials = (tls("aa"), tls("bb", BEHIND)) if certificate else (tls("aa"), tls("aa", BEHIND))
    return with_answers(with_members(case(*serials, inside, *looks), BEHIND), answers)


TAKEN_BEHIND = certificate_samples(1, 7, {"127.0.0.1": {"403": 7}, BEHIND: {"200": 1}})
NOT_ASKED_FOR = http(CERT, 401, "Basic", sent=SENT)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(), "not-examined"),
        (case(tls_in_front="nothing"), "ruled-out"),
        # the answer
        (case(tls_in_front="bridging"), "possible"),
        (case(tls_in_front="bridging", fails_cert_new="always"), "likely"),
        (case(refused(403), tls_in_front="bridging"), "likely"),
        (case(NEVER_ASKS, NOT_ASKED_FOR, tls_in_front="bridging"), "likely"),
        (case(taken("127.0.0.1"), tls_in_front="bridging"), "ruled-out"),
        (case(refused(403), taken("127.0.0.2"), tls_in_front="bridging"), "not-examined"),
        (with_phone(case(refused(403), tls_in_front="bridging"), EXPIRED), "possible"),
        (case(http(CERT, 503, demand=TAKEN, sent=SENT), tls_in_front="bridging"), "possible"),
        (case(tls_in_front="delegation"), "ruled-out"),
        (case(taken("127.0.0.1"), tls_in_front="delegation"), "ruled-out"),
        (case(refused(403), tls_in_front="delegation"), "possible"),
        # the comparison
        (vip(ASKS), "possible"),
        (vip(ASKS, refused(403)), "likely"),
        (vip(NEVER_ASKS), "likely"),
        (vip(NEVER_ASKS, certificate=False), "likely"),
        (vip(NEVER_ASKS, member_server="EX13B"), "possible"),
        (vip(ASKS, certificate=False), "not-examined"),
        (vip(ASKS, refused(403), certificate=False), "not-examined"),
        (vip(ASKS, refused(403), TAKEN_BEHIND), "confirmed"),
        (vip(ASKS, refused(403), TAKEN_BEHIND, member_server="EX13B"), "likely"),
        (vip(ASKS, refused(403), TAKEN_BEHIND, tls_in_front="nothing"), "likely"),
        (vip(ASKS, refused(403), tls_in_front="bridging"), "likely"),
        (vip(ASKS, taken("127.0.0.1", BEHIND)), "ruled-out"),
        (vip(ASKS, tls_in_front="delegation"), "ruled-out"),
        (replace(vip(ASKS, refused(403)), members=()), "not-examined"),
    ],
)
def test_terminated_upstream(known: Case, expected: str) -> None:
    assert verdict(known, UPSTREAM) == expected


def test_a_demand_behind_a_bridging_device_is_the_servers_only_where_it_was_reached_directly() -> None:
    behind = http(CERT, 401, "Basic", address=BEHIND)
    through = case(behind, tls_in_front="bridging")
    assert verdict(through, NOT_REQUIRED) == "not-examined"
    assert verdict(with_members(through, BEHIND), NOT_REQUIRED) == "possible"


# The authority

OTHER_CA = "CN=Other CA,O=Elsewhere"


def announcing(*issuers: str, look: Observation = ASKS) -> Observation:
    assert isinstance(look.facts, HttpFacts)
    demand = replace(look.facts.client_certificate, issuers=issuers)
    return replace(look, facts=replace(look.facts, client_certificate=demand))


UNKNOWN_CA = alert("tlsv1 alert unknown ca")


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (with_phone(case(UNKNOWN_CA)), "confirmed"),
        (with_phone(case(UNKNOWN_CA, tls_in_front="delegation")), "confirmed"),
        (case(UNKNOWN_CA), "not-examined"),
        (with_phone(case(announcing(OTHER_CA))), "possible"),
        (with_phone(case(announcing(OTHER_CA), refused(403))), "likely"),
        (with_phone(case(announcing(OTHER_CA), taken("127.0.0.1"))), "ruled-out"),
        (with_phone(case(announcing(OTHER_CA, "DC=test,DC=corp,CN=device ca"))), "not-examined"),
        (with_phone(case(ASKS, refused(403))), "not-examined"),
        (with_phone(case(announcing(*[OTHER_CA] * 100))), "not-examined"),
        (with_phone(case(announcing("(unreadable name)"))), "not-examined"),
        (with_phone(case(announcing(OTHER_CA)), DeviceCertificate("phone")), "not-examined"),
        (with_phone(case(alert("sslv3 alert certificate expired"))), "not-examined"),
        (with_phone(case(announcing(OTHER_CA, look=http(OLD_CERT, 403, demand=ASKED)))), "not-examined"),
    ],
)
def test_the_authority(known: Case, expected: str) -> None:
    assert verdict(known, CA) == expected


@pytest.mark.parametrize(
    ("announced", "own", "expected"),
    [
        ((), ("CN=A",), None),
        (("CN=A",), (), None),
        (("CN=A, O=Contoso",), ("O=contoso,CN=a",), True),
        (("CN=A,O=Contoso, Inc.",), (r"CN=A,O=Contoso\, Inc.",), True),
        (("CN=A,emailAddress=ca@corp.test",), ("1.2.840.113549.1.9.1=ca@corp.test,CN=A",), True),
        (("CN=A,OID-0102=x",), ("CN=A+1.2=x",), True),
        (("CN=A,O=Contoso",), ("CN=A",), False),
        (("CN=Root",), ("CN=Issuing", "CN=Root"), True),
        (("CN=Root", "CN=" + "x" * 9 + "… (2000 characters)"), ("CN=Issuing",), None),
    ],
)
def test_names_of_authorities(announced: tuple[str, ...], own: tuple[str, ...], expected: bool | None) -> None:
    assert announces_any(announced, own) is expected


# The certificate itself


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (with_phone(case(ASKS), EXPIRED), "confirmed"),
        (with_phone(case(ASKS), replace(GOOD, not_before="2026-02-01T00:00:00Z")), "confirmed"),
        (with_phone(case(ASKS), replace(GOOD, for_clients=False)), "confirmed"),
        (with_phone(case(ASKS), replace(GOOD, not_after="soon")), "not-examined"),
        (with_phone(case(ASKS), DeviceCertificate("phone")), "not-examined"),
        (with_phone(case(ASKS)), "not-examined"),
        (with_phone(case(taken("127.0.0.1")), EXPIRED), "ruled-out"),
        (with_phone(case(ASKS, refused(403), certificate_worked_before="same-serial"), EXPIRED), "confirmed"),
        (with_phone(case(refused(403))), "possible"),
        (with_phone(case(refused(401))), "possible"),
        (with_phone(case(alert(None))), "possible"),
        (with_phone(case(alert("sslv3 alert handshake failure"))), "possible"),
        (with_phone(case(alert("sslv3 alert certificate expired"))), "likely"),
        (with_phone(case(alert("sslv3 alert certificate revoked"))), "confirmed"),
        (with_phone(case(alert("sslv3 alert bad certificate"), certificate_worked_before="same-serial")), "possible"),
        (with_phone(case(UNKNOWN_CA)), "not-examined"),
        (with_phone(case(refused(403), since="renewal")), "likely"),
        (with_phone(case(since="renewal")), "not-examined"),
        (with_phone(case(refused(401), since="dc-patching"), replace(GOOD, has_sid=False)), "likely"),
        (with_phone(case(refused(401), since="dc-patching")), "possible"),
        (with_phone(case(refused(401)), replace(GOOD, upn=None)), "likely"),
        (with_phone(case(refused(401)), replace(GOOD, upn=None, subject="CN=anna@corp.test")), "possible"),
        # look-alikes
        (with_phone(case(http(CERT, 503, demand=TAKEN, sent=SENT))), "not-examined"),
        (with_phone(case(NOT_ASKED_FOR)), "not-examined"),
        (with_phone(case(http(CERT, 403, demand=ASKED, sent=SENT))), "not-examined"),
        (with_phone(case(refused(403), taken("127.0.0.2"))), "not-examined"),
        (with_phone(case(refused(403), taken("127.0.0.1"))), "ruled-out"),
        (with_phone(case(http(OLD_CERT, 403, path=PROXY_PATH, demand=ASKED))), "not-examined"),
    ],
)
def test_the_certificate(known: Case, expected: str) -> None:
    assert verdict(known, REJECTED) == expected


def test_dates_are_judged_by_the_servers_clock_too() -> None:
    """A server whose clock is behind may take what our clock calls expired."""
    assert isinstance(ASKS.facts, HttpFacts)
    behind = replace(ASKS, facts=replace(ASKS.facts, clock_offset_s=-timedelta(days=3).total_seconds()))
    far_off = replace(ASKS, facts=replace(ASKS.facts, clock_offset_s=1e300))
    day_over = replace(GOOD, not_after=(AT - timedelta(days=1)).isoformat())
    assert verdict(with_phone(case(ASKS), day_over), REJECTED) == "confirmed"
    assert verdict(with_phone(case(behind), day_over), REJECTED) == "not-examined"
    assert verdict(with_phone(case(far_off), day_over), REJECTED) == "confirmed"


@pytest.mark.parametrize("look", [EMPTY_401, refused(403)])
def test_an_expired_certificate_says_nothing_of_the_switches(look: Observation) -> None:
    refusals = certificate_samples(0, 7, {"127.0.0.1": {str(getattr(look.facts, "status", "")): 7}})
    known = with_phone(case(ASKS, look, refusals, tls_in_front="nothing", since="update-or-set"), EXPIRED)
    found = diagnose(known)
    assert [f.code for f in found.findings if f.verdict.asserts] == [REJECTED]
    assert verdict(known, NOT_WORKING) == "not-examined"


# TLS 1.3


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(tls("aa", protocol="TLSv1.3", demand=AFTER_HANDSHAKE)), "likely"),
        (case(tls("aa", protocol="TLSv1.3", demand=AFTER_HANDSHAKE), fails_cert_new="never"), "possible"),
        (case(tls("aa", protocol="TLSv1.3", demand=AFTER_HANDSHAKE), fails_cert_new="always"), "likely"),
        (case(tls("aa", demand=ASKED)), "ruled-out"),
        (case(tls("aa", protocol="TLSv1.3", demand=IN_HANDSHAKE)), "ruled-out"),
        (case(tls("aa", protocol="TLSv1.3", demand=NOT_ASKED)), "not-examined"),
        (case(tls("aa", protocol="TLSv1.3", demand=CertificateDemand())), "not-examined"),
        (case(tls("aa", protocol="TLSv1.3", demand=AFTER_HANDSHAKE, target=OLD_CERT)), "not-examined"),
        (case(tls("aa", protocol="TLSv1.3", demand=AFTER_HANDSHAKE, target=GENERIC)), "not-examined"),
        (
            with_members(case(tls("aa"), tls("bb", BEHIND, protocol="TLSv1.3", demand=AFTER_HANDSHAKE)), BEHIND),
            "ruled-out",
        ),
    ],
)
def test_tls13(known: Case, expected: str) -> None:
    """Never beyond likely: what the phones' TLS offers is only believed."""
    assert verdict(known, TLS13) == expected


# What stays open, and what explains it

SEVEN_401 = certificate_samples(0, 7, {"127.0.0.1": {"401": 7}})


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(certificate_samples(0, 7, {"a": {"503": 7}}), tls_in_front="nothing"), "not-examined"),
        (case(certificate_samples(0, 7, {"a": {"timeout": 7}}), tls_in_front="nothing"), "not-examined"),
        (case(certificate_samples(1, 7, {"a": {"200": 1}, "b": {"503": 7}}), tls_in_front="nothing"), "not-examined"),
        (case(certificate_samples(0, 7, {"a": {"403": 7}}), tls_in_front="nothing"), "possible"),
        (
            case(certificate_samples(0, 7, {"a": {"403": 7}}), tls_in_front="nothing", fails_cert_old="always"),
            "possible",
        ),
        (
            case(certificate_samples(0, 7, {"a": {"403": 7}}), tls_in_front="nothing", fails_cert_new="always"),
            "likely",
        ),
        (case(UNKNOWN_CA, certificate_samples(0, 7, {"127.0.0.1": {"certificate-refused": 7}})), "not-examined"),
        (case(NEVER_ASKS, NOT_ASKED_FOR, fails_cert_new="always"), "likely"),
        (case(NEVER_ASKS, told_build("15.0.847.32")), "not-examined"),
        (case(NEVER_ASKS, NOT_ASKED_FOR, tls_in_front="bridging"), "not-examined"),
        (case(NEVER_ASKS, tls_in_front="bridging"), "likely"),
        (holding(MAPPING_OFF, EMPTY_401, tls_in_front="nothing"), "not-examined"),
        (case(EMPTY_401, SEVEN_401, tls_in_front="nothing"), "likely"),
        (case(EMPTY_401, SEVEN_401, refuses(OLD_CERT), tls_in_front="nothing"), "possible"),
        (case(EMPTY_401, SEVEN_401, refuses(OLD_CERT), tls_in_front="nothing", fails_cert_new="always"), "confirmed"),
        (answered(case(EMPTY_401, SEVEN_401, refuses(OLD_CERT), tls_in_front="nothing"), oldcert="no"), "likely"),
        (case(NEVER_ASKS, NOT_ASKED_FOR, refuses(OLD_CERT)), "likely"),
    ],
)
def test_not_working_yields_to_what_is_known_and_never_outruns_it(known: Case, expected: str) -> None:
    assert verdict(known, NOT_WORKING) == expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(ASKS), "not-examined"),
        (holding(IGNORING, ASKS, tls_in_front="nothing"), "likely"),
        (holding(IGNORING, NEVER_ASKS, tls_in_front="nothing"), "confirmed"),
        (
            holding(
                estate(server("EX13C"), vdirs=(vdir("EX13C", ClientCertificates.ACCEPT),)), tls_in_front="nothing"
            ),
            "not-examined",
        ),
        (
            case(http(CERT, 401, "Basic", demand=OPTIONAL), tls_in_front="nothing", fails_cert_new="always"),
            "possible",
        ),
    ],
)
def test_the_demand_as_held_and_as_seen(known: Case, expected: str) -> None:
    assert verdict(known, NOT_REQUIRED) == expected


HEALTHY_LOOKS = (
    tls("aa"), tls("aa", "127.0.0.2"), ASKS, http(CERT, 403, demand=ASKED, address="127.0.0.2"),
    http(GENERIC, 401, "Basic"), taken("127.0.0.1", "127.0.0.2", server="EX13C"), told_build("15.0.1497.2"),
)  # fmt: skip
UNREACHABLE = observation("tcp", CERT.name, TlsFacts("127.0.0.1"), Reason.REFUSED)
LEG_REFUSES = (http(OLD_CERT, 403, path=PROXY_PATH, demand=ASKED), taken("127.0.0.1"), ASKS)


@pytest.mark.parametrize(
    "looks",
    [
        (),
        HEALTHY_LOOKS,
        (http(CERT, 401, "Basic", demand=OPTIONAL),),
        (UNREACHABLE,),
        (http(CERT, 503),),
        (http(CERT, 302),),
        (http(CERT, 404),),
        LEG_REFUSES,
        (http(OLD_CERT, 401, "Basic"), http(GENERIC, 401, "Basic")),
    ],
    ids=["none", "healthy", "optional", "unreachable", "throttled", "redirected", "absent", "leg", "other-names"],
)
@pytest.mark.parametrize("in_front", ["nothing", "bridging", "delegation", "unknown"])
def test_nothing_is_asserted_of_look_alikes(looks: tuple[Observation, ...], in_front: str) -> None:
    found = diagnose(with_phone(case(*looks, tls_in_front=in_front)))
    asserted = [f.code for f in found.findings if f.verdict.asserts and f.code in ALL]
    assert asserted == []
    assert not [item for item in found.not_examined if INTERNAL_ERROR in item.why]


@pytest.mark.parametrize("in_front", ["nothing", "bridging", "unknown"])
def test_a_healthy_name_rules_out_what_its_certificate_disproves(in_front: str) -> None:
    known = with_phone(case(*HEALTHY_LOOKS, tls_in_front=in_front))
    assert {code: verdict(known, code) for code in (ROLE_SERVICE, VDIR_MAPPING, UPSTREAM, CA, REJECTED)} == {
        ROLE_SERVICE: "ruled-out",
        VDIR_MAPPING: "ruled-out",
        UPSTREAM: "ruled-out",
        CA: "ruled-out",
        REJECTED: "ruled-out",
    }


def test_without_certificate_names_nothing_of_this_is_asked_for() -> None:
    """Basic-only estates are not sent after certificate settings."""
    found = diagnose(replace(case(http(GENERIC, 401, "Basic")), targets=(GENERIC,)))
    assert all("needs" not in item.why for item in found.not_examined if item.what in ALL)


@pytest.mark.parametrize("entry", [e for e in catalogue() if e.code in ALL], ids=lambda e: e.code)
def test_every_certificate_problem_has_steps_that_can_be_checked(entry: object) -> None:
    words = next(e.words for e in catalogue() if e == entry)
    assert words.remedies
    assert all(step.check for remedy in words.remedies for step in remedy.steps)
    set_commands = [s.command for r in words.remedies for s in r.steps if s.command]
    for index, command in enumerate(set_commands):
        if command.startswith("Set-ActiveSyncVirtualDirectory") and "ClientCertAuth Ignore" not in command:
            assert any("/enabled:true" in later for later in set_commands[index + 1 :]), "every Set wipes it (2.5)"


def test_a_sign_in_is_told_by_its_meaning() -> None:
    assert isinstance(EMPTY_401.facts, HttpFacts)
    assert EMPTY_401.facts.meaning is Meaning.CERTIFICATE_NOT_ACCEPTED

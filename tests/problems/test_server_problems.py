"""Servers that differ, clocks that are wrong, and servers with two directories (exchange.md 4.1, 6.1; J14, J15)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from easwizard.case.case import Case
from easwizard.case.facts import (
    Asked,
    CertificateDemand,
    DnsFacts,
    DnsOutcome,
    HttpFacts,
    Observation,
    Reason,
    ServerIdentity,
    Status,
    TlsFacts,
)
from easwizard.case.requests import Member, Target
from easwizard.diagnosis.verdicts import Severity
from easwizard.exchange.inventory import Inventory, VirtualDirectory
from easwizard.exchange.products import Product
from tests.problems.cases import (
    ASKED,
    CERT,
    GENERIC,
    NOT_ASKED,
    OLD_GENERIC,
    accepts,
    asked_often,
    case,
    finding,
    http,
    observation,
    tcp,
    verdict,
)

MEMBER, CLOCK, SECOND = "server/pool-member-differs", "server/clock-skew", "setup/second-frontend-vdir"
ONE, TWO, THREE = "127.0.0.1", "127.0.0.2", "127.0.0.3"


def resolved(target: Target, *addresses: str, resolver: str = "internal") -> Observation:
    facts = DnsFacts(resolver, target.host, "A", DnsOutcome.ANSWER, addresses)
    return observation(f"dns:{resolver}/{target.host}", target.host, facts)


def at(
    target: Target,
    address: str,
    status: int,
    *challenges: str,
    server: str = "EX13A",
    demand: CertificateDemand = NOT_ASKED,
    **headers: str,
) -> Observation:
    found = {"x-feserver": server} if server else {}
    found |= {name.replace("_", "-"): value for name, value in headers.items()}
    return http(target, status, *challenges, address=address, demand=demand, headers=found)


def pool(*looks: Observation, target: Target = CERT) -> Case:
    return case(*looks, resolved(target, ONE, TWO))


ALIKE = (at(CERT, ONE, 403, demand=ASKED), at(CERT, TWO, 403, demand=ASKED, server="EX13B"))
DEMAND_DIFFERS = (at(CERT, ONE, 403, demand=ASKED), at(CERT, TWO, 401, "Basic", server="EX13B"))
CHALLENGES_DIFFER = (at(CERT, ONE, 401, "Basic"), at(CERT, TWO, 401, "Negotiate", "NTLM"))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(), "not-examined"),
        (pool(at(CERT, ONE, 403, demand=ASKED)), "not-examined"),
        (pool(*ALIKE), "ruled-out"),
        (pool(*DEMAND_DIFFERS), "confirmed"),
        (pool(*CHALLENGES_DIFFER), "confirmed"),
        (pool(at(CERT, ONE, 401, "Basic", "NTLM"), at(CERT, TWO, 401, "NTLM", "Basic")), "ruled-out"),
        (pool(at(CERT, ONE, 401, "Basic"), at(CERT, TWO, 404)), "confirmed"),
        (pool(at(CERT, ONE, 401, "Basic"), at(CERT, TWO, 502)), "not-examined"),
        (pool(at(CERT, ONE, 401, "Basic"), at(CERT, TWO, 503)), "not-examined"),
        (pool(at(CERT, ONE, 401, "Basic"), tcp(CERT, Reason.REFUSED, TWO)), "not-examined"),
    ],
)
def test_addresses_of_one_name(known: Case, expected: str) -> None:
    assert verdict(known, MEMBER) == expected


def test_a_stopped_pool_on_one_server_is_a_difference_that_stays() -> None:
    stopped = http(CERT, 503, address=TWO, headers={"server": "Microsoft-HTTPAPI/2.0"})
    assert verdict(pool(at(CERT, ONE, 401, "Basic"), stopped), MEMBER) == "confirmed"


def test_other_headers_and_server_names_are_no_difference() -> None:
    looks = (
        at(GENERIC, ONE, 401, "Basic", x_powered_by="ASP.NET", server="EX13A"),
        at(GENERIC, TWO, 401, "Basic", server="EX13B"),
    )
    assert verdict(pool(*looks, target=GENERIC), MEMBER) == "ruled-out"


def test_a_difference_names_the_servers_and_the_look_behind_it() -> None:
    found = finding(pool(*DEMAND_DIFFERS), MEMBER)
    assert found is not None
    assert found.subjects == (CERT.host,)
    assert found.severity is Severity.HIGH
    assert "EX13A" in found.summary
    assert "EX13B" in found.summary
    assert all(clue.observation for clue in found.clues if clue.is_positive)


def test_two_views_and_a_device_in_front_are_other_things() -> None:
    views = (resolved(CERT, ONE), resolved(CERT, TWO, resolver="external"))
    assert verdict(case(*DEMAND_DIFFERS, *views), MEMBER) == "not-examined"
    direct = replace(case(*DEMAND_DIFFERS, resolved(CERT, ONE)), members=(Member(CERT.host, TWO),))
    assert verdict(direct, MEMBER) == "not-examined"


def test_machines_behind_a_name_are_compared_with_each_other() -> None:
    looks = (at(CERT, ONE, 403, demand=ASKED), at(CERT, TWO, 403, demand=ASKED), at(CERT, THREE, 401, "Basic"))
    known = replace(case(*looks, resolved(CERT, ONE)), members=(Member(CERT.host, TWO), Member(CERT.host, THREE)))
    assert verdict(known, MEMBER) == "confirmed"


def certificate(address: str, not_after: str) -> Observation:
    return observation(f"tls:{GENERIC.name}@{address}", GENERIC.name, TlsFacts(address, not_after=not_after))


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        (("2027-01-01T00:00:00+00:00", "2027-01-01T00:00:09+00:00"), None),
        (("2027-01-01T00:00:00+00:00", "2028-01-01T00:00:00+00:00"), ("possible", "info")),
        (("2027-01-01T00:00:00+00:00", "garbage"), None),
        (("2027-01-01T00:00:00+00:00", "2028-01-01T00:00:00"), None),
    ],
)
def test_a_renewal_under_way_is_a_note(ends: tuple[str, str], expected: tuple[str, str] | None) -> None:
    looks = (at(GENERIC, ONE, 401, "Basic"), at(GENERIC, TWO, 401, "Basic"))
    found = finding(pool(*looks, *map(certificate, (ONE, TWO), ends), target=GENERIC), MEMBER)
    assert found is not None
    assert (found.verdict, found.severity) == (expected or ("ruled-out", "high"))


def test_an_update_under_way_is_a_note() -> None:
    def owa(address: str, build: str) -> Observation:
        facts = HttpFacts(address, "HEAD", "/owa/", status=302, build=build)
        return observation(f"http:{GENERIC.name}@{address}/none/owa/", GENERIC.name, facts)

    looks = (at(GENERIC, ONE, 401, "Basic"), at(GENERIC, TWO, 401, "Basic"))
    found = finding(pool(*looks, owa(ONE, "15.0.1497.2"), owa(TWO, "15.0.1395.4"), target=GENERIC), MEMBER)
    assert found is not None
    assert (found.verdict, found.severity) == ("possible", "low")


@pytest.mark.parametrize(
    ("outcomes", "by_server", "expected"),
    [
        ({"401 Basic": 4, "403": 4}, {"EX13A": {"401 Basic": 4}, "EX13B": {"403": 4}}, "confirmed"),
        ({"401 Basic": 8}, {"EX13A": {"401 Basic": 4}, "EX13B": {"401 Basic": 4}}, "not-examined"),
        ({"401 Basic": 7, "503": 1}, {"EX13A": {"401 Basic": 7}, "EX13B": {"503": 1}}, "not-examined"),
        ({"401 Basic": 7, "timeout": 1}, {"EX13A": {"401 Basic": 7}}, "not-examined"),
        ({"401 Basic": 4, "403": 4}, {"EX13A": {"401 Basic": 4, "403": 4}}, "not-examined"),
        ({"401 Basic": 4, "403": 4}, {}, "possible"),
    ],
)
def test_servers_behind_one_address(
    outcomes: dict[str, int], by_server: dict[str, dict[str, int]], expected: str
) -> None:
    assert verdict(case(asked_often(GENERIC, outcomes, by_server)), MEMBER) == expected


# Clocks


def clock(server: str, seconds: float, *, ntlm: bool = True, target: Target = GENERIC) -> Observation:
    address = f"127.0.0.{len(server) + sum(map(ord, server)) % 200}"
    identity = ServerIdentity(server, clock="2026-01-01T00:00:00Z") if ntlm else None
    facts = HttpFacts(
        address, "GET", "/EWS/", status=401, identity=identity, clock_offset_s=seconds,
        answered_by=server, ntlm_offered=ntlm,
    )  # fmt: skip
    return observation(f"http:{server}/{ntlm}", target.name, facts)


@pytest.mark.parametrize(
    ("known", "expected", "subjects"),
    [
        (case(), "not-examined", ()),
        (case(clock("A", 0), clock("B", 2), clock("C", 700)), "likely", ("C",)),
        (case(clock("A", 0), clock("B", 2), clock("C", -700)), "likely", ("C",)),
        (case(clock("A", 0), clock("B", 2), clock("C", 299)), "ruled-out", ("A", "B", "C")),
        (case(clock("A", 700), clock("B", 702), clock("C", 701)), "ruled-out", ("A", "B", "C")),
        (case(clock("A", 700), clock("B", 702)), "ruled-out", ("A", "B")),
        (case(clock("A", 0), clock("B", 700)), "likely", ("B",)),
        (case(clock("A", 700), clock("B", 701), clock("C", 0)), "likely", ("C",)),
        (case(clock("A", 700)), "possible", ("A",)),
        (case(clock("A", 3)), "ruled-out", ("A",)),
        (case(clock("A", 0), clock("B", 2), clock("C", 700, ntlm=False)), "possible", ("C",)),
        (case(clock("C", 700, ntlm=False), clock("C", 1), clock("A", 0)), "ruled-out", ("A", "C")),
    ],
)
def test_clocks(known: Case, expected: str, subjects: tuple[str, ...]) -> None:
    found = finding(known, CLOCK)
    assert (found.verdict.value if found else "not-examined") == expected
    assert (found.subjects if found else ()) == subjects


def test_a_wrong_clock_of_this_machine_is_said() -> None:
    found = finding(case(clock("A", 700), clock("B", 702), clock("C", 701)), CLOCK)
    assert found is not None
    assert "this machine's clock" in found.clues[0].text


def test_a_server_without_a_name_is_known_by_what_answered_at_its_address() -> None:
    nameless = HttpFacts("127.0.0.9", "OPTIONS", "/x", status=401, clock_offset_s=900)
    named = replace(nameless, answered_by="EX13A", clock_offset_s=None)
    found = finding(case(*(observation(str(i), GENERIC.name, f) for i, f in enumerate((nameless, named)))), CLOCK)
    assert found is not None
    assert found.subjects == ("EX13A",)


def test_a_failed_look_has_no_clock() -> None:
    failed = replace(clock("A", 900), status=Status.FAILED, reason=Reason.CLOSED)
    assert verdict(case(failed), CLOCK) == "not-examined"


# Two directories on one server


def front_end(
    server: str, site: str, product: Product = Product.E2013, *, back_end: bool = False
) -> VirtualDirectory:
    return VirtualDirectory(server, site, back_end=back_end, product=product)


@pytest.mark.parametrize(
    ("vdirs", "expected"),
    [
        ((), "not-examined"),
        ((front_end("EX13A", "Default Web Site"), front_end("ex13a", "Certificate Site")), "confirmed"),
        ((front_end("EX13A", "Default Web Site"), front_end("EX13A", "Back End", back_end=True)), "not-examined"),
        ((front_end("EX13A", "Default Web Site"), front_end("EX13B", "Default Web Site")), "not-examined"),
        ((front_end("EX07A", "A", Product.E2007), front_end("EX07A", "B", Product.E2007)), "not-examined"),
    ],
)
def test_two_directories_in_the_inventory(vdirs: tuple[VirtualDirectory, ...], expected: str) -> None:
    known = replace(case(), inventory=Inventory(vdirs=vdirs))
    assert verdict(known, SECOND) == expected


OPTIONAL = CertificateDemand(Asked.HANDSHAKE, "handshake", required=False)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(at(GENERIC, ONE, 401, "Basic"), at(CERT, TWO, 403, demand=ASKED)), "possible"),
        (case(at(GENERIC, ONE, 401, "Basic"), at(CERT, TWO, 401, "Basic", demand=OPTIONAL)), "possible"),
        (case(at(GENERIC, ONE, 401, "Basic"), at(CERT, TWO, 403, demand=ASKED, server="EX13B")), "not-examined"),
        (case(at(GENERIC, ONE, 401, "Basic"), at(CERT, TWO, 401, "Basic")), "not-examined"),
        (case(at(GENERIC, ONE, 401, "Basic"), at(CERT, ONE, 403, demand=ASKED)), "not-examined"),
        (
            case(at(GENERIC, ONE, 401, "Basic"), at(CERT, TWO, 403, demand=ASKED), tls_in_front="bridging"),
            "not-examined",
        ),
        (
            case(at(GENERIC, ONE, 401, "Basic", server=""), at(CERT, TWO, 403, demand=ASKED, server="")),
            "not-examined",
        ),
        (case(accepts(OLD_GENERIC)), "not-examined"),
    ],
)
def test_two_directories_seen_from_outside(known: Case, expected: str) -> None:
    assert verdict(known, SECOND) == expected


def test_a_second_directory_is_never_removed_in_an_incident() -> None:
    vdirs = (front_end("EX13A", "Default Web Site"), front_end("EX13A", "Certificate Site"))
    found = finding(replace(case(), inventory=Inventory(vdirs=vdirs)), SECOND)
    assert found is not None
    assert found.severity is Severity.MEDIUM
    assert "never removed during an incident" in found.engineer

"""Devices in front of a name: what gets through them, what they say themselves, and where DNS leads."""

from __future__ import annotations

import socket
import ssl
import threading
from dataclasses import replace

import pytest
from cryptography import x509

from easwizard.exchange.inventory import ClientCertificates, VirtualDirectory
from easwizard.exchange.products import Product
from easwizard.lab.estate import Estate
from easwizard.lab.scenario import DeviceCertificate, Front, FrontKind, Scenario, ServerCertificate
from easwizard.lab.scenario_reader import load_scenario
from tests.lab.clients import ACTIVESYNC, SECONDS, Answer, addresses_in, ask, lookup, trusting
from tests.lab.variations import ANNA, FRONT, LEGACY, behind, healthy, with_vdirs

GENERIC = "generic.contoso.test"
CERT = "cert.contoso.test"
PROXY = ACTIVESYNC + "/Proxy"
EX13C = "EX13C/Default Web Site"


def through(estate: Estate, host: str = GENERIC, **request: object) -> Answer:
    return ask(estate, FRONT, host=host, at=estate.devices[host], **request)  # type: ignore[arg-type]


def shown_by(estate: Estate, address: str, host: str) -> x509.Certificate:
    with (
        socket.create_connection((address, estate.port), timeout=SECONDS) as connection,
        trusting(estate.ca_file).wrap_socket(connection, server_hostname=host) as tls,
    ):
        return x509.load_der_x509_certificate(tls.getpeercert(binary_form=True) or b"")


def test_a_balancer_takes_its_members_in_turn_and_shows_their_certificates() -> None:
    with Estate(behind(healthy(), Front(GENERIC, FrontKind.PASS))) as estate:
        answered = [through(estate, login=ANNA) for _ in range(4)]
        assert [answer.one("X-FEServer") for answer in answered] == ["EX13A", "EX13B", "EX13A", "EX13B"]
        assert {answer.status for answer in answered} == {200}
        direct = shown_by(estate, estate.addresses[FRONT.casefold()], GENERIC)
        assert shown_by(estate, estate.devices[GENERIC], GENERIC) == direct


@pytest.mark.parametrize("views", [("internal", "external"), ("external",)])
def test_dns_leads_to_the_device_in_its_views(views: tuple[str, ...]) -> None:
    with Estate(behind(healthy(), Front(GENERIC, FrontKind.BRIDGING, views=views))) as estate:
        members = {estate.addresses[FRONT.casefold()], estate.addresses["ex13b/default web site"]}
        for view, resolver in estate.resolvers.items():
            expected = {estate.devices[GENERIC]} if view in views else members
            assert addresses_in(lookup(resolver, GENERIC)) == expected


def test_a_bridging_device_has_a_certificate_of_its_own_and_relays_the_rest() -> None:
    with Estate(behind(healthy(), Front(GENERIC, FrontKind.BRIDGING))) as estate:
        device, direct = estate.devices[GENERIC], estate.addresses[FRONT.casefold()]
        assert shown_by(estate, device, GENERIC).serial_number != shown_by(estate, direct, GENERIC).serial_number
        answer = through(estate)
        assert answer.all("WWW-Authenticate") == [f'Basic realm="{GENERIC}"']
        assert answer.one("Server") == "Microsoft-IIS/8.5"
        assert len(answer.all("Content-Length")) == 1
        assert through(estate, login=ANNA).one("MS-Server-ActiveSync") == "8.3"
        assert through(estate, method="POST", body=b"x" * 5000, login=ANNA).status in (403, 501)
        assert through(estate, path="/owa/", method="GET").one("X-OWA-Version") == "15.0.1497.2"


def demanding(asks: ClientCertificates, kind: FrontKind = FrontKind.BRIDGING) -> Scenario:
    """The estate with certificates, and a device in front of their name."""
    return behind(load_scenario("healthy-cba"), Front(CERT, kind, asks=asks))


@pytest.mark.parametrize("asks", list(ClientCertificates))
def test_a_client_certificate_does_not_get_past_a_bridging_device(asks: ClientCertificates) -> None:
    with Estate(demanding(asks)) as estate:
        files = estate.device_certificates[0].files
        assert ask(estate, EX13C, certificate=files).status == 200
        assert through(estate, CERT, certificate=files).status == 403
        # Whether it is the device or the member that refuses is told by the headers.
        assert through(estate, CERT, certificate=files).one("X-FEServer") in ("EX13C", "EX13D")
        alone = through(estate, CERT)
        assert (alone.one("X-FEServer") is None) is (asks is ClientCertificates.REQUIRE)


def delegating(**certificate: bool) -> Scenario:
    scenario = demanding(ClientCertificates.REQUIRE, FrontKind.DELEGATION)

    def set_up(vdir: VirtualDirectory) -> VirtualDirectory:
        if not (vdir.external_url or "").startswith(f"https://{CERT}"):
            return vdir
        return replace(vdir, windows=True, client_certificates=ClientCertificates.IGNORE, mapping=False)

    phone = DeviceCertificate("phone", scenario.accounts[0].label, **certificate)
    return replace(with_vdirs(scenario, set_up), certificates=(phone,))


def test_a_delegating_device_signs_the_user_in_and_goes_on_in_his_name() -> None:
    with Estate(delegating()) as estate:
        answer = through(estate, CERT, certificate=estate.device_certificates[0].files)
        assert (answer.status, answer.one("MS-Server-ActiveSync")) == (200, "8.3")
        assert answer.one("X-FEServer") in ("EX13C", "EX13D")
        assert through(estate, CERT).status == 403
        claim = (("X-EAS-Proxy", ANNA[0]), ("Authorization", "Negotiate AAAA"))
        assert ask(estate, EX13C, headers=claim).status == 401
        assert ask(estate, EX13C).all("WWW-Authenticate") == ["Negotiate", "NTLM"]


@pytest.mark.parametrize("flaw", ["foreign", "expired"])
def test_a_delegating_device_takes_good_certificates_only(flaw: str) -> None:
    with Estate(delegating(**{flaw: True})) as estate:
        answer = through(estate, CERT, certificate=estate.device_certificates[0].files)
        assert (answer.status, answer.one("X-FEServer")) == (403, None)


def test_another_product_knows_no_activesync() -> None:
    with Estate(behind(healthy(), Front(GENERIC, FrontKind.OTHER_PRODUCT))) as estate:
        answer = through(estate)
        assert (answer.status, answer.one("Server"), answer.one("Allow")) == (405, "nginx", "GET, HEAD")
        assert through(estate, method="GET", path="/").status == 200
        assert through(estate, method="GET", path="/owa/").status == 404
        assert not [visit for visit in estate.visits() if visit.endpoint.startswith("EX13")]


@pytest.mark.parametrize("status", [403, 404])
def test_a_publishing_device_keeps_the_proxy_directory_to_itself(status: int) -> None:
    legacy = "legacygeneric.contoso.test"
    front = Front(legacy, FrontKind.BRIDGING, blocks=("/Proxy",), block_status=status, views=("external",))
    with Estate(behind(healthy(), front)) as estate:
        blocked = through(estate, legacy, path=PROXY.upper())
        assert (blocked.status, blocked.one("Server")) == (status, None)
        assert through(estate, legacy).status == 401
        assert ask(estate, LEGACY, path=PROXY).status == 401
        assert ask(estate, FRONT, login=ANNA).status == 200


def test_legs_go_through_a_device_in_the_internal_view() -> None:
    legacy = "legacygeneric.contoso.test"
    with Estate(behind(healthy(), Front(legacy, FrontKind.PASS))) as estate:
        for _ in range(4):
            assert ask(estate, FRONT, login=ANNA).status == 200
        reached = {visit.endpoint for visit in estate.visits() if visit.credentials == "server"}
        assert len(reached) == 2


@pytest.mark.parametrize("kind", [FrontKind.PASS, FrontKind.BRIDGING])
def test_members_that_are_gone_are_passed_over(kind: FrontKind) -> None:
    with Estate(behind(healthy(), Front(GENERIC, kind))) as estate:
        old = estate.inventory
        kept = tuple(server for server in old.servers if server.name != "EX13A")
        estate.adopt(replace(old, servers=kept))
        assert {through(estate).one("X-FEServer") for _ in range(3)} == {"EX13B"}
        estate.adopt(replace(old, servers=tuple(s for s in old.servers if s.product is not Product.E2013)))
        if kind is FrontKind.BRIDGING:
            assert through(estate).status == 502


def test_a_device_may_show_a_bad_certificate() -> None:
    front = Front(GENERIC, FrontKind.BRIDGING, certificate=ServerCertificate.EXPIRED)
    with Estate(behind(healthy(), front)) as estate, pytest.raises(ssl.SSLCertVerificationError):
        through(estate)


@pytest.mark.parametrize("kind", list(FrontKind))
def test_stopping_does_not_wait_for_whoever_hangs_on_a_device(kind: FrontKind) -> None:
    before = set(threading.enumerate())
    estate = Estate(behind(healthy(), Front(GENERIC, kind)))
    estate.start()
    with socket.create_connection((estate.devices[GENERIC], estate.port), timeout=SECONDS) as silent:
        estate.stop()
        assert silent.recv(1) == b""
    assert set(threading.enumerate()) == before

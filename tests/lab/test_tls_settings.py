"""Which TLS versions servers speak, to phones and on their legs, and which authorities a demand names."""

from __future__ import annotations

import ssl
from dataclasses import replace

import pytest

from easwizard.exchange.inventory import ClientCertificates
from easwizard.lab.certificates import Authority
from easwizard.lab.estate import Estate
from easwizard.lab.scenario import Demand, DeviceCertificate, Issuers, Scenario, ServerCertificate, SiteKnobs, Tls
from tests.lab.clients import ask, trusting
from tests.lab.variations import ANNA, FRONT, LEGACY, at_server, at_site, healthy, with_vdirs

CERTIFICATE_REQUEST = 13


def old_client(estate: Estate) -> ssl.SSLContext:
    """A client of 2007: the minimum of this OpenSSL, and no security level."""
    context = trusting(estate.ca_file)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def legacy_on_tls_1_0(scenario: Scenario) -> Scenario:
    for name in ("EX07A", "EX07B"):
        scenario = at_server(scenario, name, tls=Tls.V1_0)
    return scenario


def test_an_old_server_answers_old_clients_only() -> None:
    with Estate(legacy_on_tls_1_0(healthy())) as estate:
        with pytest.raises(ssl.SSLError) as refused:
            ask(estate, LEGACY)
        assert refused.value.reason == "TLSV1_ALERT_PROTOCOL_VERSION"
        assert ask(estate, LEGACY, context=old_client(estate)).one("Server") == "Microsoft-IIS/7.0"


def test_a_leg_speaks_tls_1_0_unless_it_is_hardened() -> None:
    scenario = at_server(legacy_on_tls_1_0(healthy()), "EX13B", outbound_tls=Tls.V1_2)
    with Estate(scenario) as estate:
        assert ask(estate, FRONT, login=ANNA).status == 200
        assert ask(estate, "EX13B/Default Web Site", login=ANNA).status == 403


@pytest.mark.parametrize(
    "kind", [ServerCertificate.EXPIRED, ServerCertificate.WEAK_KEY, ServerCertificate.SELF_SIGNED]
)
def test_a_leg_does_not_mind_the_far_sides_certificate(kind: ServerCertificate) -> None:
    scenario = healthy()
    for label in (LEGACY, "EX07B/Default Web Site"):
        scenario = at_site(scenario, label, certificate=kind)
    with Estate(scenario) as estate:
        assert ask(estate, FRONT, login=ANNA).status == 200


class Watching:
    """A client that keeps the certificate requests it gets."""

    def __init__(self, estate: Estate) -> None:
        self.context = trusting(estate.ca_file)
        self.requests: list[bytes] = []
        # A private name, but the only way to see a request that is not answered (transport.md 2).
        self.context._msg_callback = self._note  # type: ignore[attr-defined]

    def _note(self, _c: object, direction: str, _v: object, _t: object, kind: object, data: bytes) -> None:
        if direction == "read" and getattr(kind, "value", kind) == CERTIFICATE_REQUEST:
            self.requests.append(bytes(data))


@pytest.mark.parametrize("demand", list(Demand))
@pytest.mark.parametrize("issuers", list(Issuers))
def test_a_demand_names_authorities_where_they_are_listed(demand: Demand, issuers: Issuers) -> None:
    scenario = with_vdirs(
        healthy(), lambda vdir: replace(vdir, client_certificates=ClientCertificates.REQUIRE, basic=False)
    )
    with Estate(replace(scenario, site_knobs={FRONT.casefold(): SiteKnobs(demand, issuers=issuers)})) as estate:
        watching = Watching(estate)
        assert ask(estate, FRONT, context=watching.context).status == 403
    (request,) = watching.requests
    assert (b"Contoso Lab CA" in request) is (issuers is Issuers.LISTED)
    assert b"Fabrikam" not in request


def test_a_certificate_that_is_not_for_clients_does_not_sign_in() -> None:
    scenario = with_vdirs(
        healthy(), lambda vdir: replace(vdir, client_certificates=ClientCertificates.ACCEPT, mapping=True)
    )
    unfit = DeviceCertificate("unfit", scenario.accounts[0].label, for_clients=False)
    with Estate(replace(scenario, certificates=(unfit,))) as estate:
        (issued,) = estate.device_certificates
        assert not issued.good
        assert ask(estate, FRONT, certificate=issued.files).status == 403


def test_an_intermediate_authority_is_vouched_for_by_the_root() -> None:
    root = Authority("Root")
    below = Authority("Below", root)
    below.certificate.verify_directly_issued_by(root.certificate)
    assert below.certificate.issuer == root.certificate.subject

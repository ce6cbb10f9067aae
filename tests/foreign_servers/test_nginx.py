"""nginx asks in the handshake, whatever its mode, and refuses with 400 (transport.md 1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from easwizard.case.facts import Asked, CertificateDemand, Status, TlsFacts
from easwizard.exchange.replies import PROXY_PATH, Meaning, Sent
from tests.foreign_servers import nginx
from tests.foreign_servers.checking import Surroundings, answers, blamed, blamed_elsewhere
from tests.foreign_servers.nginx import Site
from tests.foreign_servers.processes import binary, free_ports, running

MODES = ("on", "optional", "optional_no_ca", "off")
SITES = [Site(protocol, mode) for protocol in ("TLSv1.2", "TLSv1.3") for mode in MODES]


@pytest.fixture(scope="module")
def ports(folder: Path) -> Iterator[dict[Site, int]]:
    """A running nginx: the port of each server block."""
    program = binary("nginx-light", "nginx")
    found = dict(zip(SITES, free_ports(len(SITES)), strict=True))
    file = folder / "nginx.conf"
    file.write_text(nginx.configuration({port: site for site, port in found.items()}, folder), encoding="utf-8")
    command = [program, "-p", str(folder), "-c", str(file), "-g", "daemon off;"]
    with running(command, [("127.0.0.1", port) for port in found.values()], folder):
        yield found


@dataclass(frozen=True)
class Shown:
    """The status without a certificate, with a good one, and with one of a wrong authority."""

    without: int
    good: int
    wrong: int


TABLE = {"on": Shown(400, 200, 400), "optional": Shown(200, 200, 400), "optional_no_ca": Shown(200, 200, 200)}
each_site = pytest.mark.parametrize("site", [s for s in SITES if s.verify in TABLE], ids=str)
HANDSHAKE = (Asked.HANDSHAKE, "handshake")
ISSUERS = ("CN=Contoso Device CA",)


@each_site
def test_without_a_certificate(surroundings: Surroundings, ports: dict[Site, int], site: Site) -> None:
    report = surroundings.check(f"cert=phones.contoso.test:{ports[site]}")
    shown = TABLE[site.verify]
    ((seen, facts),) = answers(report, Sent.NONE)
    assert (seen.status, facts.status) == (Status.OK, shown.without)
    assert facts.meaning is (Meaning.NOT_EXCHANGE if shown.without == 200 else Meaning.CERTIFICATE_DEMANDED)
    assert facts.client_certificate == CertificateDemand(*HANDSHAKE, shown.without == 400, ISSUERS)
    ((_, tls),) = report.case.seen(TlsFacts)
    assert (tls.protocol, tls.trusted, tls.name_matches) == (site.protocol, True, True)
    assert blamed_elsewhere(report) == set()


@each_site
@pytest.mark.parametrize("device", ["good", "wrong CA"])
def test_with_a_certificate(
    surroundings: Surroundings, ports: dict[Site, int], devices: dict[str, Path], site: Site, device: str
) -> None:
    report = surroundings.check(f"cert=phones.contoso.test:{ports[site]}", "--client-cert", str(devices[device]))
    shown = TABLE[site.verify].good if device == "good" else TABLE[site.verify].wrong
    seen, facts = answers(report, Sent.CERTIFICATE)[0]
    assert (seen.status, facts.status) == (Status.OK, shown)
    demand = facts.client_certificate
    assert (demand.asked, demand.how, demand.presented, demand.accepted) == (*HANDSHAKE, True, shown == 200)


@pytest.mark.parametrize("site", [s for s in SITES if s.verify == "off"], ids=str)
def test_a_server_that_never_asks(surroundings: Surroundings, ports: dict[Site, int], site: Site) -> None:
    report = surroundings.check(f"generic=mail.contoso.test:{ports[site]}")
    ((_, facts),) = answers(report, Sent.NONE)
    assert (facts.status, facts.meaning) == (200, Meaning.NOT_EXCHANGE)
    assert facts.client_certificate == CertificateDemand(Asked.NO, None, required=False)


@pytest.mark.parametrize("generic", MODES)
@pytest.mark.parametrize("certificate", MODES)
def test_what_is_no_exchange_is_never_called_the_duplicate_namespace(
    surroundings: Surroundings, ports: dict[Site, int], generic: str, certificate: str
) -> None:
    report = surroundings.check(
        f"legacy-generic=legacy.contoso.test:{ports[Site('TLSv1.3', generic)]}",
        f"legacy-cert=legacycert.contoso.test:{ports[Site('TLSv1.2', certificate)]}",
        "--answer",
        "internal-url:legacy.contoso.test=yes",
        "--answer",
        "internal-url:legacycert.contoso.test=yes",
    )
    assert len({o.target for o, _ in answers(report, Sent.NONE, PROXY_PATH)}) == 2
    assert "namespace/duplicate" not in blamed(report)

"""The article's estate as files, in each format in turn: the odds of its legacy leg come out of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from easwizard.evidence.gathering import Evidence, read_evidence
from easwizard.evidence.import_files import ImportFile
from easwizard.exchange.inventory import ClientCertificates, Inventory, Server, VirtualDirectory
from easwizard.exchange.products import Product
from easwizard.exchange.routing import Mailbox, Odds, draws, leg_odds, leg_odds_by_name
from easwizard.lab import cmdlet_output as writers
from easwizard.lab.cmdlet_output import Thing
from easwizard.lab.scenario_reader import load_scenario

LONDON = Mailbox(Product.E2007, "London")
Write = Callable[[Sequence[Thing]], str]
FORMATS: dict[str, Write] = {
    "Export-Clixml": writers.clixml,
    "ConvertTo-Json": writers.to_json,
    "Export-Csv": writers.to_csv,
    "Format-List": writers.format_list,
}
formats = pytest.mark.parametrize("write", FORMATS.values(), ids=FORMATS)


def files(inventory: Inventory, write: Write) -> list[ImportFile]:
    """As an admin gathers them: the old servers' directories in the 2007 shell, the others in the new one."""
    things = list(zip(inventory.vdirs, writers.vdir_things(inventory), strict=True))
    old = [made for vdir, made in things if vdir.product is Product.E2007]
    new = [made for vdir, made in things if vdir.product is not Product.E2007]
    return [
        ImportFile("servers", write(writers.server_things(inventory))),
        ImportFile("vdirs of 2007", write(old)),
        *([ImportFile("vdirs of 2013", write(new))] if new else []),
        *(ImportFile(f"host-{s.name}", application_host(inventory, s), s.name) for s in inventory.servers),
    ]


def application_host(inventory: Inventory, server: Server) -> str:
    """As much of applicationHost.config as the legacy leg needs: what no cmdlet carries."""
    sites, locations = "", ""
    for number, vdir in enumerate((v for v in inventory.vdirs if v.server == server.name), 1):
        flags = "Ssl, SslNegotiateCert, SslRequireCert" if vdir.client_certificates == "require" else "Ssl"
        sites += (
            f'<site name="{vdir.web_site}" id="{number}"><application path="/"/>'
            '<application path="/Microsoft-Server-ActiveSync"><virtualDirectory path="/" physicalPath="C:\\sync"/>'
            f'</application><bindings><binding protocol="https" bindingInformation="192.0.2.{number}:443:"/>'
            "</bindings></site>"
        )
        path = f"{vdir.web_site}/Microsoft-Server-ActiveSync"
        authentication = f'<basicAuthentication enabled="{str(vdir.basic).lower()}"/>'
        locations += f'<location path="{path}"><system.webServer><security><access sslFlags="{flags}"/>'
        locations += f"<authentication>{authentication}</authentication></security></system.webServer></location>"
        locations += f'<location path="{path}/Proxy"><system.webServer><security><authentication>'
        locations += '<windowsAuthentication enabled="true"><providers><add value="NTLM"/></providers>'
        locations += "</windowsAuthentication></authentication></security></system.webServer></location>"
    groups = "".join(
        f'<section name="{name}" overrideModeDefault="Deny"/>'
        for name in ("basicAuthentication", "windowsAuthentication", "clientCertificateMappingAuthentication")
    )
    return (
        '<configuration><configSections><sectionGroup name="system.webServer"><sectionGroup name="security">'
        '<section name="access" overrideModeDefault="Deny"/>'
        f'<sectionGroup name="authentication">{groups}</sectionGroup></sectionGroup></sectionGroup></configSections>'
        f"<system.applicationHost><sites>{sites}</sites></system.applicationHost>{locations}</configuration>"
    )


def odds(evidence: Evidence) -> tuple[Odds, Odds]:
    """By object, by name."""
    legs = draws(evidence.inventory, LONDON)
    return leg_odds(legs), leg_odds_by_name(legs)


@formats
def test_the_article_is_one_half(write: Write) -> None:
    inventory = load_scenario("article").inventory
    evidence = read_evidence(files(inventory, write))
    assert len(evidence.inventory.vdirs) == len(inventory.vdirs) == 8
    assert odds(evidence) == (Odds(0.5, 0.5), Odds(0.5, 0.5))
    legs = draws(evidence.inventory, LONDON)
    assert all(any(source.startswith("iis:") for source in leg.candidate.sources) for leg in legs)
    assert evidence.conflicts == ()


@formats
def test_three_servers_of_which_one_has_the_second_directory(write: Write) -> None:
    names = ("EX07A", "EX07B", "EX07C")
    servers = tuple(
        Server(n, f"{n.lower()}.contoso.test", Product.E2007, "8.3.83.6", site="London", client_access=True)
        for n in names
    )
    plain = VirtualDirectory(
        "EX07A", "Default Web Site", site="London", product=Product.E2007, external_url="", basic=True, windows=False,
        internal_url="https://legacygeneric.contoso.test/Microsoft-Server-ActiveSync",
        client_certificates=ClientCertificates.IGNORE,
    )  # fmt: skip
    second = replace(
        plain,
        web_site="Certificate Site",
        basic=False,
        internal_url="https://legacycert.contoso.test/Microsoft-Server-ActiveSync",
        client_certificates=ClientCertificates.REQUIRE,
    )
    inventory = Inventory(servers, (*(replace(plain, server=name) for name in names), second))
    assert odds(read_evidence(files(inventory, write))) == (Odds(0.75, 0.75), Odds(0.5, 0.5))


@formats
def test_directory_properties_alone_leave_the_odds_open(write: Write) -> None:
    inventory = load_scenario("article").inventory
    unread = replace(
        inventory,
        vdirs=tuple(replace(v, client_certificates=None, basic=None, windows=None) for v in inventory.vdirs),
    )
    evidence = read_evidence(files(unread, write)[:3])
    assert odds(evidence) == (Odds(0, 1), Odds(0, 1))
    assert not any(source.startswith("iis:") for v in evidence.inventory.vdirs for source in v.sources)

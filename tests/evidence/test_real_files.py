"""The real files, read with the values that a person reads in them. Their origin: data/cmdlets/PROVENANCE.md."""

from __future__ import annotations

import pytest

from easwizard.evidence.gathering import read_evidence
from easwizard.evidence.import_files import ImportFile
from easwizard.exchange.inventory import Binding
from easwizard.exchange.products import Product
from tests.evidence.reading_files import CMDLETS, read, reading


def test_get_exchange_server() -> None:
    (server,) = read(CMDLETS / "GetExchangeServer.xml").inventory.servers
    assert server.name == "SOLO-E16A"
    assert server.fqdn == "Solo-E16A.Solo.local"
    # ExchangeVersion says 8.0.535.0, which is the object's version; ServerRole says Mailbox alone.
    assert (server.product, server.build) == (Product.E2016, "15.1.2375.7")
    assert server.client_access is True
    assert server.site == "Default-First-Site-Name"


def test_a_virtual_directory_of_another_kind_tells_of_its_server_only() -> None:
    evidence = read(CMDLETS / "GetWebServicesVirtualDirectory.xml")
    assert evidence.inventory.vdirs == ()
    (server,) = evidence.inventory.servers
    assert (server.name, server.fqdn, server.build) == ("SOLO-E16A", "Solo-E16A.Solo.local", "15.1.2375.7")
    assert dict(evidence.readings[0].objects) == {"other virtual directory": 1}


def test_get_windows_feature_names_its_server_itself() -> None:
    evidence = read(CMDLETS / "GetWindowsFeature-cut.xml", server="EX13A")
    (server,) = evidence.inventory.servers
    assert server.name == "SOLO-E16A"
    assert server.role_services == {"Web-Client-Auth": True, "Web-Cert-Auth": False}
    assert "given as a file of EX13A, but it says SOLO-E16A" in evidence.readings[0].troubles[0].what


def test_bindings() -> None:
    wanted = (
        Binding("Default Web Site", "*:443:"),
        Binding("Default Web Site", "127.0.0.1:443:"),
        Binding("Exchange Back End", "*:444:"),
    )
    for file in ("GetWebBinding.xml", "GetWebSite-cut.json"):
        (server,) = read(CMDLETS / file, server="SOLO-E16A").inventory.servers
        assert server.bindings == wanted
        assert "name no server" in reading(CMDLETS / file).troubles[0].what


def test_the_installed_version() -> None:
    (server,) = read(CMDLETS / "ExSetup.xml", server="SOLO-E16A").inventory.servers
    assert (server.product, server.build) == (Product.E2016, "15.1.2375.7")
    assert "names no server" in reading(CMDLETS / "ExSetup.xml").troubles[0].what


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("GetChildItemFailed.xml", "not used: System.Management.Automation.PSCustomObject"),
        ("GetExchangeWebSitesFromAd.xml", "not used: a bare value of type S, 2 times"),
        ("RemoteRegistryValueProductName.xml", "not used: a bare value of type S"),
        ("E19CU11AdminDisplayVersion.xml", "not used: Microsoft.Exchange.Data.ServerVersion"),
    ],
)
def test_objects_that_nothing_needs_are_said(file: str, said: str) -> None:
    found = reading(CMDLETS / file)
    assert (found.format, found.claims) == ("Export-Clixml", ())
    assert [t.what for t in found.troubles] == [said]


def test_an_export_without_objects_is_an_answer() -> None:
    found = reading(CMDLETS / "Win32_PageFileSetting.xml")
    assert (found.format, found.objects, found.troubles) == ("Export-Clixml", {}, ())


def test_all_of_one_server_agree() -> None:
    files = [ImportFile(p.name, p, "SOLO-E16A") for p in sorted(CMDLETS.iterdir()) if p.suffix in (".xml", ".json")]
    evidence = read_evidence(files)
    assert [server.name for server in evidence.inventory.servers] == ["SOLO-E16A"]
    assert evidence.conflicts == ()


def test_licence_and_provenance_are_no_evidence() -> None:
    for file in ("LICENSE", "PROVENANCE.md"):
        assert reading(CMDLETS / file).format == "not recognised"

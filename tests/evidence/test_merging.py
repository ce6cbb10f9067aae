"""Claims of many files put together: who is meant, what contradicts, what lacks."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path, PurePath

import pytest

from easwizard.evidence.gathering import gathered
from easwizard.evidence.import_files import import_file, imports_form, server_in_name
from easwizard.evidence.merging import NEARER, NOT_SETTLED
from easwizard.evidence.names import short_server, web_site_of
from easwizard.evidence.reading import Claim, Place, Reading, ServerKey, Side, Trouble, VdirKey
from easwizard.exchange.inventory import Binding, ClientCertificates
from easwizard.exchange.products import Product

DN = "CN=EX07A,CN=Servers,CN=Exchange Administrative Group (X),CN=Contoso,DC=contoso,DC=test"
VDIR = VdirKey("EX07A", "Default Web Site")
IGNORE, REQUIRE = ClientCertificates.IGNORE, ClientCertificates.REQUIRE


def claims(file: str, side: Side, *told: tuple[ServerKey | VdirKey, str, object], format: str = "x") -> Reading:
    return Reading(
        file, format, tuple(Claim(about, name, value, Place(file, 7), side) for about, name, value in told)
    )


@pytest.mark.parametrize(
    "name", ["EX07A", "ex07a", "ex07a.contoso.test", DN, "CONTOSO\\EX07A$", "contoso.test/Servers/EX07A", "\\\\EX07A"]
)
def test_every_spelling_of_a_server_is_that_server(name: str) -> None:
    evidence = gathered(
        [
            claims("a", Side.DIRECTORY, (ServerKey("EX07A"), "name", "EX07A"), (ServerKey("EX07A"), "site", "London"),
                   (ServerKey("EX07A"), "product", Product.E2007)),
            claims("b", Side.DIRECTORY, (VdirKey(name, "DEFAULT web site"), "internal_url", "")),
        ]
    )  # fmt: skip
    (server,), (vdir,) = evidence.inventory.servers, evidence.inventory.vdirs
    assert (server.name, vdir.server, vdir.site, vdir.product) == ("EX07A", "EX07A", "London", Product.E2007)


def test_an_address_is_not_cut_to_a_short_name() -> None:
    assert short_server("192.0.2.10") == "192.0.2.10"
    assert short_server("2001:db8::1") == "2001:db8::1"


def test_web_sites_with_parentheses() -> None:
    assert web_site_of("EX07A\\Microsoft-Server-ActiveSync (Site (2))") == "Site (2)"
    assert web_site_of("OWA (Default Web Site)") is None


def test_iis_counts_for_what_devices_meet_and_the_directory_for_urls() -> None:
    readings = [
        claims(
            "ad.xml", Side.DIRECTORY, (VDIR, "client_certificates", IGNORE), (VDIR, "internal_url", "https://a/x")
        ),
        claims(
            "host.config", Side.IIS, (VDIR, "client_certificates", REQUIRE), (VDIR, "internal_url", "https://b/x")
        ),
    ]
    for order in permutations(readings):
        evidence = gathered(order)
        (vdir,) = evidence.inventory.vdirs
        assert (vdir.client_certificates, vdir.internal_url) == (REQUIRE, "https://a/x")
        certificates, url = evidence.conflicts
        assert (certificates.about, certificates.property) == ("EX07A/Default Web Site", "client_certificates")
        assert {(t.value, t.places) for t in certificates.values} == {
            ("ignore", ("ad.xml:7",)),
            ("require", ("host.config:7",)),
        }
        assert "IIS counts" in certificates.rule
        assert "Active Directory counts" in url.rule
        assert (certificates.taken, url.taken) == ("require", "https://a/x")


def test_equally_good_sources_that_contradict_leave_it_unknown() -> None:
    evidence = gathered(
        [
            claims("old.xml", Side.DIRECTORY, (VDIR, "internal_url", "https://a/x")),
            claims("new.xml", Side.DIRECTORY, (VDIR, "internal_url", "")),
        ]
    )
    (vdir,), (conflict,) = evidence.inventory.vdirs, evidence.conflicts
    assert vdir.internal_url is None
    assert (conflict.taken, conflict.rule) == (None, NOT_SETTLED)
    assert any("InternalUrl" in hole.missing for hole in evidence.holes)


def test_the_iis_file_counts_before_a_cmdlet_that_repeats_it() -> None:
    evidence = gathered(
        [
            claims("fl.txt", Side.IIS, (VDIR, "basic", True), format="Format-List"),
            claims("host.config", Side.IIS, (VDIR, "basic", False), format="applicationHost.config"),
        ]
    )
    assert evidence.inventory.vdirs[0].basic is False
    assert evidence.conflicts[0].rule == NEARER


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("internal_url", "https://Mail.contoso.test/X", "https://mail.contoso.test/x/"),
        ("extended_protection", "None", "none"),
    ],
)
def test_spellings_of_one_value_do_not_contradict(name: str, one: str, other: str) -> None:
    evidence = gathered(
        [claims("a", Side.DIRECTORY, (VDIR, name, one)), claims("b", Side.DIRECTORY, (VDIR, name, other))]
    )
    assert evidence.conflicts == ()
    assert getattr(evidence.inventory.vdirs[0], name) is not None


def test_a_security_update_does_not_contradict_the_display_version() -> None:
    key = ServerKey("EX13A")
    evidence = gathered(
        [
            claims("servers.xml", Side.DIRECTORY, (key, "build", "15.0.1497.2")),
            claims("exsetup.xml", Side.SYSTEM, (key, "build", "15.0.1497.42")),
        ]
    )
    assert evidence.inventory.servers[0].build == "15.0.1497.42"
    assert evidence.conflicts == ()


def test_maps_bindings_and_sources() -> None:
    key = ServerKey("EX13A")
    evidence = gathered(
        [
            claims("f.xml", Side.SYSTEM, (key, "role_services/Web-Client-Auth", False),
                   (key, "ds_mapper/0.0.0.0:443", True)),
            claims("host.config", Side.IIS, (key, "bindings/A/B/*:443:mail.contoso.test", True),
                   (VdirKey("EX13A", "A/B"), "upload_read_ahead", 0), (VDIR, "client_certificates", IGNORE)),
            claims("ad.xml", Side.DIRECTORY, (VdirKey("EX13A", "A/B"), "client_certificates", IGNORE)),
        ]
    )  # fmt: skip
    server = evidence.inventory.server("EX13A")
    assert server is not None
    assert (server.role_services, server.ds_mapper) == ({"Web-Client-Auth": False}, {"0.0.0.0:443": True})
    assert server.bindings == (Binding("A/B", "*:443:mail.contoso.test"),)
    first, second = evidence.inventory.vdirs
    # Only authentication that was read on the IIS side lets configuration confirm (J19).
    assert first.sources == ("iis:host.config",)
    assert second.sources == ("ad:ad.xml", "file:host.config")


def test_holes_name_one_command_for_each_place_to_look() -> None:
    old, new = ServerKey("EX07A"), ServerKey("EX13A")
    evidence = gathered(
        [
            claims("a", Side.DIRECTORY, (old, "product", Product.E2007), (new, "product", Product.E2013),
                   (old, "site", "London"), (new, "client_access", True), (VDIR, "internal_url", "https://a/x")),
        ]
    )  # fmt: skip
    by_command = {hole.command: hole for hole in evidence.holes}
    assert len(by_command) == len(evidence.holes)
    servers = next(hole for command, hole in by_command.items() if command.startswith("Get-ExchangeServer"))
    assert servers.subjects == ("EX07A", "EX13A")
    assert set(servers.missing) == {"AD site", "whether clients reach it"}
    whole = next(
        hole
        for command, hole in by_command.items()
        if command.startswith("Get-ActiveSync") and hole.subjects == ("EX13A",)
    )
    assert whole.missing == ("the ActiveSync virtual directories",)
    iis = next(hole for hole in evidence.holes if "applicationHost-EX07A.config" in hole.command)
    assert "Windows authentication on /Proxy" in iis.missing
    assert "certificate mapping" not in iis.missing
    assert all(verb not in hole.command for hole in evidence.holes for verb in ("Set-", "Remove-", "New-"))


def test_nothing_read_is_all_hole() -> None:
    assert [hole.subjects for hole in gathered([]).holes] == [(), ()]


def test_the_server_of_a_file() -> None:
    assert import_file("EX13A=host.config").server == "EX13A"
    assert import_file("x/applicationHost-EX13A.config").server == "EX13A"
    assert import_file("EX1=applicationHost-EX13A.config").server == "EX1"
    assert import_file("x/EX-13A-Default Web Site-EAS_web.config").server == "EX-13A"
    assert import_file("appcmd-EX13A.txt").server == "EX13A"
    assert import_file("servers.xml").server is None
    assert server_in_name(PurePath("host.config")) is None


def test_a_file_with_an_equals_sign_that_exists_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "EX1=a.txt"
    path.write_text("x", encoding="utf-8")
    assert (import_file(str(path)).content, import_file(str(path)).server) == (path, None)


def test_the_imports_of_the_json_contract() -> None:
    read = Reading(
        "a.xml", "Export-Clixml", objects={"x": 2}, troubles=(Trouble("a.xml:3", "odd"),), incomplete=("l",)
    )
    assert imports_form([read]) == [
        {
            "file": "a.xml",
            "format": "Export-Clixml",
            "objects": {"x": 2},
            "problems": [{"where": "a.xml:3", "what": "odd"}, {"where": "a.xml", "what": "incomplete: l"}],
        }
    ]


def test_two_spellings_of_one_binding_are_one() -> None:
    told = {
        "appcmd": "bindings/Default Web Site/:443:",
        "applicationHost.config": "bindings/Default Web Site/*:443:",
        "Get-WebBinding": "bindings/DEFAULT WEB SITE/0.0.0.0:443:",
    }
    named = {"a": "bindings/Site/192.0.2.7:443:Mail.contoso.com", "b": "bindings/Site/192.0.2.7:443:mail.contoso.com"}
    readings = [claims(f, Side.IIS, (ServerKey("EX07A"), name, True)) for f, name in {**told, **named}.items()]
    for order in permutations(readings, len(readings)):
        (server,) = gathered(order).inventory.servers
        assert [(b.web_site.casefold(), b.binding) for b in server.bindings] == [
            ("default web site", "*:443:"),
            ("site", "192.0.2.7:443:mail.contoso.com"),
        ]
        assert gathered(order).conflicts == ()

"""Inventories written in every format and read back: the same, up to what the format cannot carry, which is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from easwizard.evidence.gathering import Evidence, read_evidence
from easwizard.evidence.import_files import ImportFile
from easwizard.exchange.inventory import ROLE_SERVICES, ClientCertificates, Inventory, Server, VirtualDirectory
from easwizard.exchange.products import Product, parse_build, product_of_build
from easwizard.lab import cmdlet_output as writers
from easwizard.lab.cmdlet_output import Thing

Write = Callable[[Sequence[Thing]], bytes]


def _bytes(text: str, encoding: str = "utf-8") -> bytes:
    return text.encode(encoding)


FORMATS: dict[str, Write] = {
    "Export-Clixml, UTF-16": lambda t: _bytes(writers.clixml(t), "utf-16"),
    "Export-Clixml after Select-Object": lambda t: _bytes(writers.clixml(t, selected=True), "utf-8-sig"),
    "Export-Clixml, deserialized": lambda t: _bytes(writers.clixml(t, prefix="Deserialized.")),
    "ConvertTo-Json": lambda t: _bytes(writers.to_json(t), "utf-8-sig"),
    "Export-Csv": lambda t: _bytes(writers.to_csv(t)),
    "Export-Csv with semicolons": lambda t: _bytes(writers.to_csv(t, delimiter=";", with_type=False), "utf-16"),
    "Format-List": lambda t: _bytes(writers.format_list(t), "utf-16"),
    "Format-List at 80 columns": lambda t: _bytes(writers.format_list(t, width=80).replace("\n", "\r\n")),
    "Format-List in a forum": lambda t: _bytes(writers.format_list(t, between="  \n\n").replace(" " * 5, " ")),
}
COLUMNS = {"internal_url", "external_url"}
"""What a table has for all objects or for none; where one lacks it, the column is not there."""
JSON_LOSES = {"allow", "require"}
"""Numbers of ExtendedProtectionTokenChecking that are not known."""

BUILDS = ("8.3.83.6", "14.3.123.4", "15.0.1497.2", "15.1.2375.7", "15.2.986.5", "15.2.2562.17")
names = st.from_regex(r"[A-Z][A-Z0-9-]{0,11}[A-Z0-9]", fullmatch=True)
words = st.from_regex(r"[A-Za-zäöüß0-9]{1,10}( [A-Za-z0-9]{1,8}){0,2}", fullmatch=True)
hosts = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,6})?\.(fabrikam|contoso)\.test", fullmatch=True)
urls = hosts.map(lambda host: f"https://{host}/Microsoft-Server-ActiveSync")
texts = st.one_of(urls, st.just(""), st.none())


@st.composite
def servers(draw: st.DrawFn, name: str) -> Server:
    build = draw(st.sampled_from(BUILDS))
    product = product_of_build(parse_build(build) or ())
    return Server(
        name,
        fqdn=f"{name.lower()}.contoso.test",
        product=product,
        build=build,
        site=draw(words),
        client_access=draw(st.booleans()) if product in (Product.E2007, Product.E2010, Product.E2013) else True,
        role_services=draw(st.dictionaries(st.sampled_from(ROLE_SERVICES), st.booleans())),
    )


@st.composite
def vdirs(draw: st.DrawFn, server: Server, web_site: str) -> VirtualDirectory:
    vdir = VirtualDirectory(
        server.name, web_site, web_site == "Exchange Back End", server.site, server.product, draw(texts), draw(texts)
    )
    if draw(st.booleans()):
        return vdir
    return replace(
        vdir,
        client_certificates=draw(st.sampled_from(ClientCertificates)),
        basic=draw(st.booleans()),
        windows=draw(st.booleans()),
        extended_protection=None
        if server.product is Product.E2007
        else draw(st.sampled_from(("none", "allow", "require"))),
    )


@st.composite
def inventories(draw: st.DrawFn) -> Inventory:
    found = [draw(servers(name)) for name in sorted(draw(st.sets(names, min_size=1, max_size=4)), key=str.casefold)]
    sites = st.one_of(st.sampled_from(("Default Web Site", "Exchange Back End", "Site (2)")), words)
    own = [
        draw(vdirs(server, site))
        for server in found
        for site in sorted({s.casefold(): s for s in draw(st.lists(sites, max_size=3))}.values(), key=str.casefold)
    ]
    return Inventory(tuple(found), tuple(own))


def read_back(inventory: Inventory, write: Write) -> Evidence:
    files = [ImportFile("servers", write(writers.server_things(inventory)))]
    if inventory.vdirs:
        files.append(ImportFile("vdirs", write(writers.vdir_things(inventory))))
    for server in inventory.servers:
        if server.role_services:
            features = [writers.feature_thing(name, bool(on)) for name, on in server.role_services.items()]
            files.append(ImportFile(f"features of {server.name}", write(features), server.name))
    return read_evidence(files)


def carried(inventory: Inventory, format: str) -> Inventory:
    """What that format can carry of it; where a value was read from is another matter."""
    lost = JSON_LOSES if format == "ConvertTo-Json" else set()
    table = format.startswith("Export-Csv")
    absent = {c for c in COLUMNS if table and any(getattr(v, c) is None for v in inventory.vdirs)}
    no_protection = table and any(v.product is Product.E2007 for v in inventory.vdirs)

    def kept(v: VirtualDirectory) -> VirtualDirectory:
        return replace(
            v,
            internal_url=None if "internal_url" in absent else v.internal_url,
            external_url=None if "external_url" in absent else v.external_url,
            extended_protection=None if no_protection or v.extended_protection in lost else v.extended_protection,
        )

    return replace(inventory, vdirs=tuple(kept(v) for v in inventory.vdirs))


def without_sources(inventory: Inventory) -> Inventory:
    return replace(inventory, vdirs=tuple(replace(v, sources=()) for v in inventory.vdirs))


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(inventory=inventories())
def test_what_is_written_is_read_back(format: str, inventory: Inventory) -> None:
    evidence = read_back(inventory, FORMATS[format])
    assert without_sources(evidence.inventory) == carried(inventory, format)
    assert not evidence.conflicts


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(inventory=inventories())
def test_what_a_format_cannot_carry_is_named_with_a_command(format: str, inventory: Inventory) -> None:
    evidence = read_back(inventory, FORMATS[format])
    told = {(subject, words) for hole in evidence.holes for subject in hole.subjects for words in hole.missing}
    for vdir in evidence.inventory.vdirs:
        if not vdir.back_end:
            assert (vdir.internal_url is None) <= ((vdir.label, "InternalUrl") in told)
            assert (vdir.client_certificates is None) <= ((vdir.label, "client certificates") in told)
            newer = vdir.product is not None and not vdir.product.is_legacy
            assert ((vdir.label, "certificate mapping" if newer else "Windows authentication on /Proxy")) in told
    assert all(hole.command for hole in evidence.holes)

"""Scenarios that come with the program, changed in one place for one test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from easwizard.exchange.inventory import Endpoint, NamespaceRecord, Role, Server, VirtualDirectory
from easwizard.exchange.products import Product
from easwizard.lab.scenario import Account, Front, Scenario, ServerKnobs, SiteKnobs
from easwizard.lab.scenario_reader import load_scenario

FRONT = "EX13A/Default Web Site"
LEGACY = "EX07A/Default Web Site"
NEWEST = "EX16A/Default Web Site"
ANNA = ("anna@contoso.test", "Autumn-Leaves-41")


def healthy() -> Scenario:
    return load_scenario("healthy")


def at_site(scenario: Scenario, label: str, **knobs: Any) -> Scenario:
    """That web site behaves so."""
    return replace(scenario, site_knobs={**scenario.site_knobs, label.casefold(): SiteKnobs(**knobs)})


def at_server(scenario: Scenario, name: str, **knobs: Any) -> Scenario:
    """That server behaves so."""
    return replace(scenario, server_knobs={**scenario.server_knobs, name.casefold(): ServerKnobs(**knobs)})


def behind(scenario: Scenario, front: Front) -> Scenario:
    """That device stands in front of its host."""
    return replace(scenario, fronts={**scenario.fronts, front.host: front})


def with_vdirs(scenario: Scenario, change: Callable[[VirtualDirectory], VirtualDirectory]) -> Scenario:
    """Every vdir put through a change."""
    vdirs = tuple(change(vdir) for vdir in scenario.inventory.vdirs)
    return replace(scenario, inventory=replace(scenario.inventory, vdirs=vdirs))


def as_account(scenario: Scenario, **values: Any) -> Scenario:
    """The first account so changed, and no other."""
    return replace(scenario, accounts=(replace(scenario.accounts[0], **values),))


def with_server(
    scenario: Scenario, product: Product, name: str, build: str, windows: str, *hosts: str, external: str = ""
) -> Scenario:
    """One more server in London with its default vdir, under those hosts."""
    old = scenario.inventory
    server = Server(name, f"{name.lower()}.contoso.test", product, build, windows, "London")
    vdir = VirtualDirectory(
        name, "Default Web Site", product=product, site="London", internal_url="", external_url=external, basic=True,
        proxy_windows=True,
    )  # fmt: skip
    names = tuple(NamespaceRecord(host, Role.OTHER, (Endpoint(name, "Default Web Site"),)) for host in hosts)
    grown = replace(
        old, servers=(*old.servers, server), vdirs=(*old.vdirs, vdir), namespaces=(*old.namespaces, *names)
    )
    return replace(scenario, inventory=grown)


def with_2016(
    scenario: Scenario, external: str = "https://next.contoso.test/Microsoft-Server-ActiveSync"
) -> Scenario:
    return with_server(
        scenario, Product.E2016, "EX16A", "15.1.2507.6", "Windows 2016", "next.contoso.test", external=external
    )


def account(user: str, product: Product, site: str = "London") -> Account:
    return Account(user.partition("@")[0], user, "Late-Summer-12", product, site, "Late-Summer-12")

"""Clues that only imported files give: what a file states itself, and old servers that carry the certificate name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from easwizard.case.case import Case, Import, StatedCode, Vantage
from easwizard.diagnosis.engine import diagnose
from easwizard.exchange.inventory import ClientCertificates, Inventory
from easwizard.lab.scenario_reader import load_scenario

WIPED = "cba/vdir-mapping-off"
SETUP = "setup/second-frontend-vdir"


def verdict(case: Case, code: str) -> str:
    finding = diagnose(case).finding(code)
    return finding.verdict.value if finding is not None else "not-examined"


def rolled_back(windows: str | None, *, role_services: bool, demand: ClientCertificates) -> Case:
    """The certificate name leads to old servers whose mapping is off."""
    inventory = load_scenario("rollback-without-xml").inventory
    services = {"Web-Client-Auth": True} if role_services else {}
    servers = tuple(replace(s, windows=windows, role_services=services) for s in inventory.servers)
    vdirs = tuple(
        replace(v, client_certificates=demand) if v.web_site == "Certificate Site" else v for v in inventory.vdirs
    )
    estate = Inventory(servers, vdirs, inventory.namespaces)
    return Case(Vantage("jump"), answers={"tls-in-front": "nothing"}, inventory=estate)


@pytest.mark.parametrize(
    ("windows", "role_services", "demand", "expected"),
    [
        ("Windows 2008", True, ClientCertificates.REQUIRE, "confirmed"),
        (None, True, ClientCertificates.REQUIRE, "confirmed"),
        ("Windows 2003", False, ClientCertificates.REQUIRE, "likely"),
        (None, False, ClientCertificates.REQUIRE, "likely"),
        ("Windows 2008", True, ClientCertificates.ACCEPT, "not-examined"),
    ],
)
def test_mapping_wiped_on_an_old_server(
    windows: str | None, role_services: bool, demand: ClientCertificates, expected: str
) -> None:
    assert verdict(rolled_back(windows, role_services=role_services, demand=demand), WIPED) == expected


def stated(server: str | None) -> Case:
    read = Import("setup.log", "ExchangeSetup.log", codes=(StatedCode(SETUP, server, "setup.log:3"),))
    return Case(Vantage("jump"), imports=(read,))


@pytest.mark.parametrize(("server", "subjects"), [("ex13a.contoso.test", ("EX13A",)), (None, ())])
def test_a_code_that_a_file_states_is_confirmed(server: str | None, subjects: tuple[str, ...]) -> None:
    finding = diagnose(stated(server)).finding(SETUP)
    assert finding is not None
    assert (finding.verdict, finding.subjects) == ("confirmed", subjects)
    assert "setup.log:3" in finding.summary


def test_an_inventory_that_shows_one_directory_now_weakens_an_old_log() -> None:
    case = replace(stated("EX13A"), inventory=load_scenario("article-split").inventory)
    assert verdict(case, SETUP) == "likely"

"""Estates that several tests of one module look at, and the scenario with every certificate demand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from easwizard.lab.estate import Estate
from easwizard.lab.scenario_reader import load_scenario

DEMANDS = """
title = "Every kind of certificate demand"
description = "One web site for each way in which a server can ask for a certificate."

[[servers]]
name = "OLD"
product = "2013"
build = "15.0.1497.2"
windows = "Windows 2012 R2"
site = "London"
role_services = ["Web-Client-Auth"]
server_mapping = true

[[servers]]
name = "NEW"
product = "2019"
build = "15.2.1544.4"
windows = "Windows 2022"
site = "London"
tls = "1.3"
role_services = ["Web-Client-Auth"]
server_mapping = true

[[servers]]
name = "PLAIN"
product = "2013"
build = "15.0.1497.2"
windows = "Windows 2012 R2"
site = "London"

[[servers]]
name = "EARLY"
product = "2013"
build = "15.0.847.32"
windows = "Windows 2012 R2"
site = "London"
role_services = ["Web-Client-Auth"]
server_mapping = true

{vdirs}

[[accounts]]
label = "carol"
user = "carol@contoso.test"
password = "Spring-Rain-88"
mailbox = "2013@London"

[[certificates]]
label = "good"
account = "carol"

[[certificates]]
label = "foreign"
account = "carol"
foreign = true

[[certificates]]
label = "expired"
account = "carol"
expired = true
"""

_KINDS = {
    "Require": 'client_certificates = "require"\nbasic = false\nmapping = true',
    "Accept": 'client_certificates = "accept"\nmapping = true',
    "Ignore": "",
    "Handshake": 'client_certificates = "require"\nbasic = false\nmapping = true\ndemand = "handshake"',
    "Unmapped": 'client_certificates = "require"\nbasic = false',
}


def demands_scenario() -> str:
    """One vdir of each kind on each server, each under a name of its own."""
    parts = []
    for server in ("OLD", "NEW", "PLAIN", "EARLY"):
        for site, settings in _KINDS.items():
            parts.append(f'[[vdirs]]\nserver = "{server}"\nweb_site = "{site}"\n{settings}\n')
            host = f"{site}.{server}.contoso.test".lower()
            parts.append(f'[[namespaces]]\nhost = "{host}"\nendpoints = ["{server}/{site}"]\n')
    return DEMANDS.replace("{vdirs}", "\n".join(parts))


@pytest.fixture(scope="module")
def demands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """Servers of TLS 1.2 and 1.3 with every certificate demand."""
    folder = tmp_path_factory.mktemp("scenarios")
    (folder / "demands.toml").write_text(demands_scenario(), encoding="utf-8")
    with Estate(load_scenario("demands", folder)) as estate:
        yield estate


@pytest.fixture(scope="module")
def article() -> Iterator[Estate]:
    """The default scenario; tests that count draws start one of their own."""
    with Estate(load_scenario("article")) as estate:
        yield estate


@pytest.fixture
def scenario_folder(tmp_path: Path) -> Path:
    """A folder to write scenario files into."""
    return tmp_path

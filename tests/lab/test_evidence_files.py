"""The lab's evidence: named in the invitation, in the estate's own folder, and fit for reading back."""

from __future__ import annotations

from pathlib import Path

import pytest

from easwizard.evidence.gathering import read_evidence
from easwizard.evidence.import_files import import_file
from easwizard.exchange.changes import apply_change
from easwizard.lab.estate import Estate
from easwizard.lab.evidence_files import Addresses, cmdlet_files, server_files, write_evidence
from easwizard.lab.invitation import invitation
from easwizard.lab.scenario_reader import load_scenario, scenario_names


def test_a_running_estate_names_its_evidence() -> None:
    with Estate(load_scenario("article"), time_scale=0.1, apply_change=apply_change) as estate:
        files = invitation(estate)["evidence"]
        assert len(files) == len(set(files)) >= 4 * 3 + 3 * 4
        assert all(Path(name).is_file() and Path(name).is_relative_to(estate.folder) for name in files)
        evidence = read_evidence([import_file(name) for name in files])
        port = estate.port
        addresses = set(estate.addresses.values())
    assert evidence.conflicts == ()
    assert len(evidence.inventory.vdirs) == 8
    bound = {b.binding for server in evidence.inventory.servers for b in server.bindings}
    assert {binding.partition(":")[0] for binding in bound} == addresses
    assert {binding.split(":")[1] for binding in bound} == {str(port)}
    assert not any(Path(name).exists() for name in files)


def test_the_evidence_follows_a_change_of_the_estate() -> None:
    with Estate(load_scenario("article"), time_scale=0.1, apply_change=apply_change) as estate:
        estate.change("remove-vdir=EX07A/Certificate Site")
        files = invitation(estate)["evidence"]
        evidence = read_evidence([import_file(name) for name in files])
    assert evidence.inventory.vdir("EX07A", "Certificate Site") is None
    assert evidence.inventory.vdir("EX07B", "Certificate Site") is not None


@pytest.mark.parametrize("name", scenario_names())
def test_an_estate_read_back_is_the_estate(name: str, tmp_path: Path) -> None:
    inventory = load_scenario(name).inventory
    paths = write_evidence(tmp_path, inventory)
    evidence = read_evidence([import_file(str(path)) for path in paths])
    assert evidence.conflicts == ()
    read = {v.label: v for v in evidence.inventory.vdirs}
    for vdir in inventory.vdirs:
        back = read[vdir.label]
        for field in (
            "internal_url", "external_url", "client_certificates", "basic", "windows", "mapping", "proxy_windows",
            "upload_read_ahead", "extended_protection", "site", "product", "back_end",
        ):  # fmt: skip
            assert getattr(back, field) == getattr(vdir, field), (vdir.label, field)
    for server in inventory.servers:
        found = evidence.inventory.server(server.name)
        assert found is not None
        for field in ("fqdn", "product", "site", "client_access", "server_mapping"):
            assert getattr(found, field) == getattr(server, field), (server.name, field)
        assert dict(found.role_services) == dict(server.role_services)


def test_every_server_file_tells_whose_it_is() -> None:
    inventory = load_scenario("article").inventory
    for name in server_files(inventory):
        assert import_file(name).server in {server.name for server in inventory.servers}


def test_addresses_that_are_given_are_the_ones_bound() -> None:
    inventory = load_scenario("article").inventory
    text = server_files(inventory, Addresses({"ex13a/default web site": "127.0.0.9"}, 8443))
    assert 'bindingInformation="127.0.0.9:8443:"' in text["applicationHost-EX13A.config"]
    assert "127.0.0.9:8443" in text["sslcert-EX13A.txt"]


def test_old_servers_have_a_shell_of_their_own() -> None:
    names = set(cmdlet_files(load_scenario("article").inventory, "clixml"))
    assert names == {"servers.xml", "easvdirs-old-shell.xml", "easvdirs-new-shell.xml"}

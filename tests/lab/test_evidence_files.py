"""The lab's evidence: named in the invitation, in the estate's own folder, and fit for reading back."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from easwizard.evidence.collector.collector import collector_script
from easwizard.evidence.gathering import read_evidence
from easwizard.evidence.import_files import ImportFile, import_file
from easwizard.exchange.changes import apply_change
from easwizard.exchange.inventory import ClientCertificates, Inventory
from easwizard.lab.estate import Estate
from easwizard.lab.evidence_files import Behaviour, cmdlet_files, collector_files, server_files, write_evidence
from easwizard.lab.invitation import invitation
from easwizard.lab.scenario_reader import load_scenario, scenario_names
from easwizard.lab.server_output import Addresses


def test_a_running_estate_names_its_evidence() -> None:
    with Estate(load_scenario("article"), time_scale=0.1, apply_change=apply_change) as estate:
        files = invitation(estate)["evidence"]
        assert len(files) == len(set(files)) >= 4 * 3 + 4 * 4 + 4
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


def assert_the_same(read: Inventory, inventory: Inventory) -> None:
    by_label = {v.label: v for v in read.vdirs}
    for vdir in inventory.vdirs:
        back = by_label[vdir.label]
        for field in (
            "internal_url", "external_url", "client_certificates", "basic", "windows", "mapping", "proxy_windows",
            "upload_read_ahead", "extended_protection", "site", "product", "back_end",
        ):  # fmt: skip
            assert getattr(back, field) == getattr(vdir, field), (vdir.label, field)
    for server in inventory.servers:
        found = read.server(server.name)
        assert found is not None
        for field in ("fqdn", "product", "site", "client_access", "server_mapping"):
            assert getattr(found, field) == getattr(server, field), (server.name, field)
        assert dict(found.role_services) == dict(server.role_services)


@pytest.mark.parametrize("name", scenario_names())
def test_an_estate_read_back_is_the_estate(name: str, tmp_path: Path) -> None:
    inventory = load_scenario(name).inventory
    evidence = read_evidence([import_file(str(path)) for path in write_evidence(tmp_path, inventory)])
    assert evidence.conflicts == ()
    assert_the_same(evidence.inventory, inventory)


@pytest.mark.parametrize("name", scenario_names())
def test_the_collectors_files_alone_are_the_estate(name: str) -> None:
    inventory = load_scenario(name).inventory
    evidence = read_evidence([ImportFile(name, text) for name, text in collector_files(inventory).items()])
    assert {reading.format for reading in evidence.readings} == {"easwizard collector"}
    assert evidence.conflicts == ()
    assert_the_same(evidence.inventory, inventory)


def test_the_collectors_file_has_nothing_that_the_script_does_not_write() -> None:
    script = collector_script().content.decode("ascii")
    listed = {line for line in script.splitlines() if line.startswith("$EasOf")}
    wanted = {word for line in listed for word in re.findall(r"'(\w+)'", line)}
    for text in collector_files(load_scenario("article").inventory).values():
        document = json.loads(text)
        assert all(f'"{key}":' in script or f"'{key}'" in script for key in document)
        assert all(f"'{key}'" in script for key in document["host"])
        for section in document["sections"]:
            assert f"'{section['name']}'" in script
            words = {key for item in section["items"] for key in item}
            if section["name"].startswith("Get-"):
                assert words <= wanted
            else:
                assert all(f"(Get-EasMember '{word}' " in script for word in words)


def test_an_old_server_has_no_windows_features_and_no_directory_view() -> None:
    texts = collector_files(load_scenario("article").inventory)
    old = json.loads(texts["easwizard-EX07A-20151124100805.json"])
    by_name = {section["name"]: section for section in old["sections"]}
    assert "Get-ActiveSyncVirtualDirectory -ADPropertiesOnly" not in by_name
    assert not by_name["Get-WindowsFeature"]["ok"]
    assert {item["Server"] for item in by_name["Get-ActiveSyncVirtualDirectory"]["items"]} == {"EX07A", "EX07B"}


def test_the_collector_without_iis_knows_no_settings_of_the_new_servers() -> None:
    inventory = load_scenario("article").inventory
    texts = collector_files(inventory, iis=False)
    evidence = read_evidence([ImportFile(name, text) for name, text in texts.items()])
    new = [v for v in evidence.inventory.vdirs if v.server == "EX13A"]
    assert {v.mapping for v in new} == {None}
    assert {v.client_certificates for v in new} == {ClientCertificates.IGNORE}
    assert all(v.proxy_windows is None for v in evidence.inventory.vdirs)


def test_every_server_file_tells_whose_it_is() -> None:
    inventory = load_scenario("article").inventory
    for name in server_files(inventory):
        assert import_file(name).server in {server.name for server in inventory.servers}


def test_addresses_that_are_given_are_the_ones_bound() -> None:
    inventory = load_scenario("article").inventory
    text = server_files(inventory, Behaviour(Addresses({"ex13a/default web site": "127.0.0.9"}, 8443)))
    assert 'bindingInformation="127.0.0.9:8443:"' in text["applicationHost-EX13A.config"]
    assert "127.0.0.9:8443" in text["sslcert-EX13A.txt"]


def test_old_servers_have_a_shell_of_their_own() -> None:
    names = set(cmdlet_files(load_scenario("article").inventory, "clixml"))
    assert names == {"servers.xml", "easvdirs-old-shell.xml", "easvdirs-new-shell.xml"}

"""The collector's own file, read back: cmdlet output, IIS and bindings of one server, and what was not collected."""

from __future__ import annotations

import json

import pytest

from easwizard.evidence.readers.collector_file import READER, value_of
from easwizard.evidence.reading import Reading, ServerKey, Side, Source, VdirKey
from easwizard.exchange.products import Product
from tests.evidence.iis_samples import collector_document

FRONT = "Default Web Site"


def read(document: dict[str, object]) -> Reading:
    source = Source("easwizard-EX13A.json", json.dumps(document))
    assert READER.recognises(source)
    return READER.read(source)


def of(reading: Reading, about: ServerKey | VdirKey) -> dict[str, object]:
    return {c.property: c.value for c in reading.claims if c.about == about}


def test_the_server_it_ran_on() -> None:
    server = of(read(collector_document()), ServerKey("EX13A"))
    assert server["fqdn"] == "EX13A.contoso.test"
    assert server["product"] is Product.E2013
    assert server["site"] == "London"
    assert server["windows"] == "Windows Server 2012 R2"
    assert server["client_access"] is True
    assert server["server_mapping"] is False
    assert server["role_services/Web-Client-Auth"] is True
    assert server["role_services/Web-Cert-Auth"] is False
    assert server["bindings/Default Web Site/*:443:"] is True


def test_its_vdir_by_its_own_iis_with_the_web_config_settled() -> None:
    vdir = of(read(collector_document()), VdirKey("EX13A", FRONT))
    assert vdir == {
        "client_certificates": "require",
        "basic": False,
        "windows": False,
        "mapping": False,
        "extended_protection": "None",
        "upload_read_ahead": 0,
        "proxy_windows": True,
    }


def test_a_vdir_from_the_directory_says_urls_and_no_authentication() -> None:
    reading = read(collector_document())
    vdir = of(reading, VdirKey("CAS07", FRONT))
    assert vdir["internal_url"] == "https://legacy.contoso.test/Microsoft-Server-ActiveSync"
    assert vdir["external_url"] == ""
    assert not {"client_certificates", "basic", "windows", "extended_protection"} & vdir.keys()
    sides = {c.side for c in reading.claims if c.about == VdirKey("CAS07", FRONT)}
    assert sides == {Side.DIRECTORY}


def test_what_failed_is_not_taken_for_none() -> None:
    reading = read(collector_document())
    assert any(
        t.what == "Get-ADSite was not collected: access denied; that is not the same as none"
        for t in reading.troubles
    )


def test_a_section_that_complained_is_incomplete() -> None:
    document = collector_document()
    sections = document["sections"]
    assert isinstance(sections, list)
    sections[0]["error"] = "CAS08 could not be reached"
    assert read(document).incomplete == ("Get-ExchangeServer: CAS08 could not be reached; the list may lack objects",)


def test_the_windows_of_an_admins_own_machine_is_not_used() -> None:
    document = collector_document()
    document["host"] = {"name": "ADMINPC", "fqdn": "ADMINPC.contoso.test", "os": "10.0.19045.0"}
    reading = read(document)
    assert not [c for c in reading.claims if c.about == ServerKey("ADMINPC")]
    assert any("which is no Exchange server" in t.what for t in reading.troubles)


def test_a_metabase_section() -> None:
    document = collector_document()
    document["sections"] = [
        {
            "name": "IIS 6 metabase",
            "ok": True,
            "items": [
                {"location": "/LM/W3SVC", "name": "SslUseDsMapper", "value": True},
                {"location": "/LM/W3SVC/1", "name": "ServerComment", "value": FRONT},
                {"location": "/LM/W3SVC/1", "name": "SecureBindings", "value": [":443:"]},
                {"location": "/LM/W3SVC/1/ROOT/Microsoft-Server-ActiveSync", "name": "AccessSSLFlags", "value": 104},
            ],
        }
    ]
    reading = read(document)
    assert of(reading, VdirKey("EX13A", FRONT)) == {"client_certificates": "require", "mapping": False}
    assert of(reading, ServerKey("EX13A"))["server_mapping"] is True


@pytest.mark.parametrize(
    ("written", "text", "number", "items"),
    [
        (None, "", None, None),
        ("", "", None, None),
        (True, "True", None, None),
        (7, "7", 7, None),
        ({"t": "Required", "n": 2}, "Required", 2, None),
        ([], "", None, ()),
        ([{"t": "Basic", "n": 0}, "Ntlm"], "Basic, Ntlm", None, ("Basic", "Ntlm")),
    ],
)
def test_values(written: object, text: str, number: int | None, items: tuple[str, ...] | None) -> None:
    value = value_of(written)
    assert (value.text, value.number, value.items, value.lost) == (text, number, items, "")


def test_a_value_of_another_shape_is_lost_not_empty() -> None:
    assert value_of({"x": 1}).lost
    assert value_of(1.5).lost

"""Real IIS files of Exchange 2013 and 2016, read with the values that a person reads in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from easwizard.evidence.decoding import decode
from easwizard.evidence.iis_together import claims_together
from easwizard.evidence.readers.application_host import READER as APPLICATION_HOST
from easwizard.evidence.readers.setup_log import READER as SETUP_LOG
from easwizard.evidence.readers.web_config import READER as WEB_CONFIG
from easwizard.evidence.reading import Claim, Reading, ServerKey, Side, Source, VdirKey

DATA = Path(__file__).parent / "data" / "iis"
FRONT, BACK = "Default Web Site", "Exchange Back End"
DEFAULTS = {
    "client_certificates": "ignore",
    "basic": True,
    "windows": False,
    "mapping": False,
    "extended_protection": "None",
    "proxy_windows": True,
}
"""What Setup makes, in 2013 and in 2016, front end and back end alike."""


def source(name: str, server: str | None = "EX1", called: str | None = None) -> Source:
    return Source(called or name, decode((DATA / name).read_bytes()).text, server)


def of_vdir(claims: tuple[Claim, ...], site: str) -> dict[str, object]:
    return {c.property: c.value for c in claims if isinstance(c.about, VdirKey) and c.about.web_site == site}


def of_server(reading: Reading) -> dict[str, object]:
    return {c.property: c.value for c in reading.claims if isinstance(c.about, ServerKey)}


@pytest.mark.parametrize(
    ("name", "front", "back"),
    [
        ("E16_applicationHost.config", DEFAULTS, DEFAULTS),
        ("E16_applicationHost_Default.config", DEFAULTS, DEFAULTS),
        ("E15_NotConfigured_Both_ApplicationHost.config", DEFAULTS, DEFAULTS),
        ("E15_NotConfigured_Mbx_ApplicationHost.config", {}, DEFAULTS),
        ("E15_Configured_Cas_ApplicationHost.config", {**DEFAULTS, "extended_protection": "Allow"}, {}),
    ],
)
def test_every_application_host_config(name: str, front: dict[str, object], back: dict[str, object]) -> None:
    given = source(name)
    assert APPLICATION_HOST.recognises(given)
    assert not WEB_CONFIG.recognises(given)
    reading = APPLICATION_HOST.read(given)
    assert of_vdir(reading.claims, FRONT) == front
    assert of_vdir(reading.claims, BACK) == back
    assert {
        c.about.back_end for c in reading.claims if isinstance(c.about, VdirKey) and c.about.web_site == BACK
    } <= {True}
    server = of_server(reading)
    assert server["server_mapping"] is False
    assert server["role_services/Web-Client-Auth"] is True
    assert server["role_services/Web-Cert-Auth"] is False
    assert server[f"bindings/{FRONT}/*:443:"] is True
    assert server[f"bindings/{BACK}/*:444:"] is True
    loopback = f"bindings/{FRONT}/127.0.0.1:443:" in server
    assert loopback is (name != "E15_NotConfigured_Mbx_ApplicationHost.config")
    assert {c.side for c in reading.claims} == {Side.IIS}


def test_each_value_names_the_line_that_decides() -> None:
    reading = APPLICATION_HOST.read(source("E16_applicationHost.config"))
    lines = (DATA / "E16_applicationHost.config").read_text(encoding="utf-8").splitlines()
    deciding = {
        c.property: lines[(c.place.line or 0) - 1].strip()
        for c in reading.claims
        if isinstance(c.about, VdirKey) and c.about.web_site == FRONT
    }
    assert deciding["client_certificates"] == '<access sslFlags="Ssl, Ssl128" />'
    assert deciding["basic"] == '<basicAuthentication enabled="true" />'
    assert deciding["mapping"] == '<clientCertificateMappingAuthentication enabled="false" />'
    assert deciding["proxy_windows"] == '<windowsAuthentication enabled="true">'


def test_exchange_2013_takes_its_ssl_flags_from_the_web_site() -> None:
    name = "E15_NotConfigured_Both_ApplicationHost.config"
    claims = APPLICATION_HOST.read(source(name)).claims
    line = next(c.place.line for c in claims if c.property == "client_certificates")
    text = (DATA / name).read_text(encoding="utf-8").splitlines()
    assert '<location path="Default Web Site">' in text[(line or 0) - 4]


def test_read_ahead_is_unknown_from_application_host_config_alone() -> None:
    reading = APPLICATION_HOST.read(source("E16_applicationHost.config"))
    assert not [c for c in reading.claims if c.property == "upload_read_ahead"]
    said = [t.what for t in reading.troubles if "uploadReadAheadSize of Default Web Site" in t.what]
    assert len(said) == 1
    assert "is 49152 unless" in said[0]
    assert r"FrontEnd\HttpProxy\sync\web.config" in said[0]


def test_the_web_config_settles_it_where_both_are_read() -> None:
    host = APPLICATION_HOST.read(source("E16_applicationHost.config", "SOLO-E16A"))
    front = WEB_CONFIG.read(source("DefaultWebSite-EAS_web.config", None, "web.config"))
    assert not front.claims  # which web site it is of stands nowhere in it
    together = claims_together([host, front])
    assert [(c.about, c.property, c.value) for c in together] == [
        (VdirKey("SOLO-E16A", FRONT), "upload_read_ahead", 0)
    ]
    assert together[0].place.file == "web.config"


def test_a_web_config_of_another_server_settles_nothing() -> None:
    host = APPLICATION_HOST.read(source("E16_applicationHost.config", "OTHER"))
    front = WEB_CONFIG.read(source("DefaultWebSite-EAS_web.config", None, "web.config"))
    assert claims_together([host, front]) == ()


def test_a_web_config_called_after_its_site_claims_alone() -> None:
    reading = WEB_CONFIG.read(source("DefaultWebSite-EAS_web.config", None))
    assert [(c.about, c.property, c.value) for c in reading.claims] == [
        (VdirKey("SOLO-E16A", FRONT), "upload_read_ahead", 0)
    ]


def test_the_back_end_web_config_leaves_it_open() -> None:
    reading = WEB_CONFIG.read(source("ExchangeBackEnd-EAS_web.config"))
    assert not reading.claims
    assert any("is not set here" in t.what for t in reading.troubles)


def test_a_wrong_server_given_for_a_web_config_is_said() -> None:
    reading = WEB_CONFIG.read(source("DefaultWebSite-EAS_web.config", "EX99"))
    assert any("X-FEServer: SOLO-E16A" in t.what for t in reading.troubles)


def test_without_a_server_nothing_is_claimed_and_it_is_said() -> None:
    reading = APPLICATION_HOST.read(source("E16_applicationHost.config", None))
    assert not reading.claims
    assert reading.objects == {"web site": 2, "ActiveSync virtual directory": 2}
    assert any("does not name its server" in t.what for t in reading.troubles)


def test_the_setup_log_that_stopped_at_two_vdirs() -> None:
    given = source("ExchangeSetup_Multi_EAS_Vdirs.log", None)
    assert SETUP_LOG.recognises(given)
    reading = SETUP_LOG.read(given)
    assert reading.findings == ("setup/second-frontend-vdir",)
    assert reading.found_on == {"setup/second-frontend-vdir": "ExSvr1"}
    assert [(c.about, c.property, c.value) for c in reading.claims] == [
        (ServerKey("ExSvr1"), "fqdn", "ExSvr1.Solo.local")
    ]


def test_another_vdir_that_failed_in_the_same_words_is_not_ours() -> None:
    text = source("ExchangeSetup_Multi_EAS_Vdirs.log").text.replace(
        "ActiveSyncVirtualDirectory", "OwaVirtualDirectory"
    )
    reading = SETUP_LOG.read(Source("ExchangeSetup.log", text))
    assert reading.findings == ()


def test_a_setup_log_without_the_failure_finds_nothing() -> None:
    text = source("ExchangeSetup_Multi_EAS_Vdirs.log").text.split("Cannot convert")[0]
    assert SETUP_LOG.read(Source("ExchangeSetup.log", text)).findings == ()

"""Inheritance of IIS settings (evidence-formats 7.2): one small configuration per rule, and what holds there."""

from __future__ import annotations

import pytest

from easwizard.evidence.iis_inheritance import Configuration
from easwizard.evidence.iis_parts import Lock, Setting, level_of
from easwizard.evidence.readers.application_host import READER
from easwizard.evidence.reading import Claim, Place, Reading, Source, VdirKey

LEAF = "Site/Microsoft-Server-ActiveSync"
LEVEL = level_of(LEAF)
RUNTIME = ("serverRuntime", "uploadReadAheadSize")
ACCESS = ("security/access", "sslFlags")
OPEN = frozenset({"serverRuntime"})
ALL_READ = frozenset({"site", LEVEL})


def put(level: str, value: str | None, file: str | None = None, what: tuple[str, str] = RUNTIME) -> Setting:
    file_level = level_of(file) if file is not None else None
    return Setting(level_of(level), *what, value, Place("file", 1), file_level)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ((), "49152"),
        ((put("", "1"),), "1"),
        ((put("", "1"), put("", "2")), "2"),
        ((put("", "1"), put("SITE", "2")), "2"),
        ((put(LEAF.upper() + "/", "3"), put("Site", "2")), "3"),
        ((put(LEAF, "3"), put("Site", "9", "Site")), "3"),
        ((put("Site", "2"), put("Site", "9", "Site")), "9"),
        ((put(LEAF, "3"), put(LEAF, "8", "Site")), "8"),
        ((put(LEAF, "7", LEAF), put(LEAF, "8", "Site"), put(LEAF, "3")), "7"),
        ((put("Site/owa", "5"), put("Other", "6"), put(f"{LEAF}/Proxy", "4")), "49152"),
    ],
    ids=[
        "schema default",
        "server",
        "a later element of the same level",
        "site, whatever its case",
        "leaf over site",
        "a deeper location beats a shallower web.config",
        "a web.config beats the location of its own level",
        "a location in a web.config above beats the location of the leaf",
        "the leaf's own web.config is the last word",
        "neighbours, other sites and children do not reach the leaf",
    ],
)
def test_the_later_wins(settings: tuple[Setting, ...], expected: str) -> None:
    found = Configuration(settings, unlocked=OPEN, web_configs=ALL_READ).at(LEAF, *RUNTIME)
    assert found.known
    assert found.value == expected


def test_a_missing_web_config_of_an_unlocked_section_makes_the_value_unknown() -> None:
    found = Configuration((put("", "1"),), unlocked=OPEN).at(LEAF, *RUNTIME)
    assert found.missing == ("site", LEVEL)
    assert found.value == "1"  # what holds if those files say nothing


def test_of_a_locked_section_no_web_config_is_missed_and_none_counts() -> None:
    found = Configuration((put(LEAF, "Ssl"), put(LEAF, "None", LEAF)), web_configs=ALL_READ).at(LEAF, *RUNTIME)
    assert found.known
    assert found.value == "Ssl"


def test_the_leafs_own_web_config_settles_what_those_above_might_say() -> None:
    configuration = Configuration((put(LEAF, "0", LEAF),), unlocked=OPEN, web_configs=frozenset({LEVEL}))
    found = configuration.at(LEAF, *RUNTIME)
    assert found.known
    assert found.value == "0"


def test_a_leafs_web_config_that_is_silent_settles_nothing_above() -> None:
    found = Configuration((), unlocked=OPEN, web_configs=frozenset({LEVEL})).at(LEAF, *RUNTIME)
    assert found.missing == ("site",)


@pytest.mark.parametrize(
    ("locks", "missing"),
    [
        ((Lock("", "serverRuntime", True),), ("site", LEVEL)),
        ((Lock("site", "serverRuntime", True),), ("site", LEVEL)),
        ((Lock(LEVEL, "serverRuntime", True),), (LEVEL,)),
        ((Lock("", "serverRuntime", True), Lock("site", "serverRuntime", False)), ()),
        ((Lock("other", "serverRuntime", True),), ()),
        ((Lock("", "serverRuntime", True), Lock("", "serverRuntime", False, "uploadReadAheadSize")), ()),
        ((Lock("", "serverRuntime", True), Lock("", "serverRuntime", False, "enabled")), ("site", LEVEL)),
        ((Lock("", "security/access", True),), ()),
    ],
)
def test_locks(locks: tuple[Lock, ...], missing: tuple[str, ...]) -> None:
    assert Configuration((), locks).at(LEAF, *RUNTIME).missing == missing


def test_a_section_that_stands_elsewhere_is_unknown_until_a_deeper_place_says_it() -> None:
    elsewhere = put("Site", None, what=ACCESS)
    assert not Configuration((elsewhere,)).at(LEAF, *ACCESS).known
    assert Configuration((elsewhere, put(LEAF, "Ssl", what=ACCESS))).at(LEAF, *ACCESS).known


def test_a_location_that_ends_at_applications_does_not_reach_one() -> None:
    setting = Setting("site", *ACCESS, "Ssl", Place("file"), reaches_applications=False)
    assert Configuration((setting,)).at(LEAF, *ACCESS).value == "Ssl"
    assert Configuration((setting,), applications=frozenset({LEVEL})).at(LEAF, *ACCESS).value == "None"


@pytest.mark.parametrize(
    ("operations", "members"),
    [
        ((("+Negotiate", "+NTLM"),), ("Negotiate", "NTLM")),
        ((("+Negotiate", "+NTLM"), ("clear",)), ()),
        ((("+Negotiate", "+NTLM"), ("-negotiate",)), ("NTLM",)),
        ((("+Negotiate",), ("clear", "+NTLM")), ("NTLM",)),
        ((("+NTLM",), ("+Negotiate",)), ("NTLM", "Negotiate")),
    ],
)
def test_lists_merge(operations: tuple[tuple[str, ...], ...], members: tuple[str, ...]) -> None:
    section = "security/authentication/windowsAuthentication"
    levels = ("", "site", LEVEL)
    settings = tuple(
        Setting(level, section, "providers", done, Place("file"))
        for level, done in zip(levels, operations, strict=False)
    )
    assert Configuration(settings).list_at(LEAF, section, "providers").value == members


# The same through the reader, on whole files.

CONFIGURATION = """<?xml version="1.0" encoding="utf-16"?>
<configuration>
  <configSections><sectionGroup name="system.webServer">
    <section name="serverRuntime" overrideModeDefault="Deny"/>
    <section name="httpRedirect" overrideModeDefault="Allow"/>
    <sectionGroup name="security"><section name="access" overrideModeDefault="Deny"/></sectionGroup>
  </sectionGroup></configSections>
  <system.applicationHost><sites>
    <site name="Default Web Site"><application path="/Microsoft-Server-ActiveSync" applicationPool="P">
      <virtualDirectory path="/" physicalPath="C:\\Exchange\\ClientAccess\\sync"/></application>
      <bindings><binding protocol="https" bindingInformation="*:443:"/></bindings></site>
    <site name="CBA"><application path="/">
      <virtualDirectory path="/" physicalPath="C:\\CBA"/>
      <virtualDirectory path="/microsoft-server-activesync" physicalPath="C:\\Exchange\\ClientAccess\\sync"/>
      </application>
      <bindings><binding protocol="https" bindingInformation="192.0.2.11:443:"/>
        <binding protocol="https" bindingInformation="[2001:db8::11]:443:"/>
        <binding protocol="net.tcp" bindingInformation="808:*"/>
        <binding protocol="https" bindingInformation="nonsense"/></bindings></site>
    <site name="Empty"/>
  </sites></system.applicationHost>
  <system.webServer><globalModules/><security><authentication>
    <clientCertificateMappingAuthentication enabled="true"/>
    <windowsAuthentication enabled="false"><providers><add value="Negotiate"/><add value="NTLM"/></providers>
    </windowsAuthentication></authentication></security></system.webServer>
  <location path="CBA"><system.webServer><security><access sslFlags="Ssl, SslNegotiateCert"/></security>
  </system.webServer></location>
  <location path="cba/Microsoft-Server-ActiveSync"><system.webServer><security>
    <access sslFlags="Ssl , SslNegotiateCert,SslRequireCert, Shiny"/><authentication>
    <anonymousAuthentication enabled="false"/><basicAuthentication enabled="false"/>
    <clientCertificateMappingAuthentication enabled="true"/></authentication></security></system.webServer></location>
  <location path="CBA/Microsoft-Server-ActiveSync/Proxy"><system.webServer><security><authentication>
    <windowsAuthentication enabled="PROXY"><providers>PROVIDERS</providers></windowsAuthentication></authentication>
    </security></system.webServer></location>
  <location path="Gone/Microsoft-Server-ActiveSync"><system.webServer><security><access sslFlags="Ssl"/></security>
  </system.webServer></location>
</configuration>
"""


def read(proxy: str = "true", providers: str = "") -> Reading:
    text = CONFIGURATION.replace("PROXY", proxy).replace("PROVIDERS", providers)
    given = Source("applicationHost.config", text, "CAS1")
    assert READER.recognises(given)
    return READER.read(given)


def of(claims: tuple[Claim, ...], site: str) -> dict[str, object]:
    return {c.property: c.value for c in claims if c.about == VdirKey("CAS1", site)}


def test_a_certificate_vdir_on_a_second_web_site() -> None:
    reading = read()
    assert of(reading.claims, "CBA") == {
        "client_certificates": "require",
        "basic": False,
        "windows": False,
        "mapping": True,
        "extended_protection": "None",
        "upload_read_ahead": 49152,
        "proxy_windows": True,
    }
    assert any("without a known meaning: shiny" in n.what for n in reading.notes)
    assert of(reading.claims, "Default Web Site")["client_certificates"] == "ignore"
    assert {c.value for c in reading.claims if c.property == "server_mapping"} == {True}


def test_bindings_of_all_addresses_ipv6_and_nonsense() -> None:
    reading = read()
    bindings = {c.property for c in reading.claims if c.property.startswith("bindings/")}
    assert bindings == {
        "bindings/Default Web Site/*:443:",
        "bindings/CBA/192.0.2.11:443:",
        "bindings/CBA/[2001:db8::11]:443:",
    }
    assert any("not ip:port:host" in t.what for t in reading.troubles)


def test_windows_on_the_proxy_without_a_provider_offers_nothing() -> None:
    reading = read(providers="<clear/>")
    assert of(reading.claims, "CBA")["proxy_windows"] is False
    assert any("no providers" in n.what for n in reading.notes)


def test_a_proxy_without_ntlm_is_noted() -> None:
    reading = read(providers='<remove value="NTLM"/>')
    assert of(reading.claims, "CBA")["proxy_windows"] is True
    assert any("offers Negotiate; without NTLM" in n.what for n in reading.notes)


def test_a_switch_that_is_neither_on_nor_off_is_not_claimed() -> None:
    reading = read(proxy="maybe")
    assert "proxy_windows" not in of(reading.claims, "CBA")
    assert any("neither true nor false: maybe" in t.what for t in reading.troubles)


def test_settings_of_a_site_without_the_vdir_are_left_over() -> None:
    reading = read()
    assert reading.objects == {"web site": 3, "ActiveSync virtual directory": 2}
    assert any("'gone' are left over" in t.what for t in reading.troubles)
    assert {c.about.web_site for c in reading.claims if isinstance(c.about, VdirKey)} == {"CBA", "Default Web Site"}


def test_an_inherited_redirect_is_unknown_while_a_web_config_may_turn_it_off() -> None:
    text = CONFIGURATION.replace(
        '<location path="CBA">',
        '<location path="CBA"><system.webServer><httpRedirect enabled="true" destination="/owa"/></system.webServer>'
        '</location><location path="CBA">',
    )
    reading = READER.read(Source("applicationHost.config", text, "CAS1"))
    assert reading.findings == ()
    assert any("httpRedirect enabled of CBA" in t.what for t in reading.troubles)
    locked = text.replace(
        'name="httpRedirect" overrideModeDefault="Allow"', 'name="httpRedirect" overrideModeDefault="Deny"'
    )
    reading = READER.read(Source("applicationHost.config", locked, "CAS1"))
    assert reading.findings == ("eas/redirected",)
    assert reading.found_on == {"eas/redirected": "CAS1"}
    assert any("httpRedirect is on at CBA/Microsoft-Server-ActiveSync, to /owa" in n.what for n in reading.notes)

"""Outputs of netsh, Get-WindowsFeature, appcmd and the metabase tools, and the paste of proxying servers.

All texts here are made in the real shape, not captured.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from easwizard.case.facts import DnsFacts, HttpFacts, Reason, Status
from easwizard.case.requests import Target
from easwizard.diagnosis.paste_block import BEGIN, END, paste_block
from easwizard.diagnosis.vantage import PASTED
from easwizard.evidence.readers.appcmd import READER as APPCMD
from easwizard.evidence.readers.iis6_metabase import READER as METABASE
from easwizard.evidence.readers.netsh_sslcert import READER as NETSH
from easwizard.evidence.readers.proxying_paste import READER as PASTE
from easwizard.evidence.readers.windows_feature_text import READER as FEATURES
from easwizard.evidence.reading import Claim, Reader, Reading, ServerKey, Side, Source, VdirKey
from easwizard.exchange.inventory import Role
from easwizard.exchange.replies import Meaning
from tests.problems import cases

FRONT = "Default Web Site"


def read(reader: Reader, text: str, server: str | None = "CAS1") -> Reading:
    source = Source("paste", text, server)
    assert reader.recognises(source)
    return reader.read(source)


def values(claims: tuple[Claim, ...]) -> dict[str, object]:
    return {claim.property: claim.value for claim in claims}


# netsh

ENGLISH = (
    "IP:port", "Certificate Hash", "Application ID", "Certificate Store Name", "Verify Client Certificate Revocation",
    "Verify Revocation Using Cached Client Certificate Only", "Usage Check", "Revocation Freshness Time",
    "URL Retrieval Timeout", "Ctl Identifier", "Ctl Store Name", "DS Mapper Usage", "Negotiate Client Certificate",
)  # fmt: skip
GERMAN = (
    "IP:Port", "Zertifikathash", "Anwendungs-ID", "Zertifikatspeichername", "Clientzertifikatsperrung überprüfen",
    "Sperrung mithilfe des Zwischenspeichers überprüfen", "Verwendungsüberprüfung", "Sperraktualisierungszeit",
    "Zeitlimit für URL-Abruf", "Steuerelementbezeichner", "Steuerelementspeicher", "Verwendung der Zuordnung",
    "Aushandeln von Zertifikaten",
)  # fmt: skip
FRENCH = (
    "Adresse IP:port", "Hachage du certificat", "ID de l'application", "Nom du magasin de certificats :",
    "Vérifier la révocation des certificats clients",
    "Vérifier la révocation au moyen du certificat client mis en cache uniquement", "Vérification de l'utilisation",
    "Heure d'actualisation de la révocation", "Délai d'attente de la récupération d'URL", "Identificateur CTL",
    "Nom du magasin CTL", "Utilisation du mappeur DS", "Négocier le certificat client",
)  # fmt: skip
STRANGE = tuple(f"žluťoučký {n}" for n in range(13))


def record(labels: tuple[str, ...], endpoint: str, on: str, off: str, mapper: bool, negotiate: bool = False) -> str:
    cells = (
        endpoint, "1b337c1d17e0f96b09f803f0" + "a" * 16, "{4dc3e181-e14b-4a21-b022-59fc669b0914}",
        "My", on, off, on, "0", "0", "(null)", "(null)", on if mapper else off, on if negotiate else off,
    )  # fmt: skip
    return "".join(f"    {label:<28} : {cell}\n" for label, cell in zip(labels, cells, strict=True)) + "\n"


@pytest.mark.parametrize(
    ("labels", "on", "off"),
    [
        (ENGLISH, "Enabled", "Disabled"),
        (GERMAN, "Aktiviert", "Deaktiviert"),
        (FRENCH, "Activé", "Désactivé"),
        (FRENCH, "Enabled", "Disabled"),
        (STRANGE, "Enabled", "Disabled"),
    ],
    ids=["English", "German", "French", "French of 2022", "a language not known here"],
)
def test_netsh_in_many_languages(labels: tuple[str, ...], on: str, off: str) -> None:
    text = "\nSSL\n---\n\n" + record(labels, "0.0.0.0:443", on, off, True)
    text += record(labels, "192.0.2.11:443", on, off, False, True) + record(labels, "[::]:443", on, off, True)
    reading = read(NETSH, text)
    assert values(reading.claims) == {
        "ds_mapper/0.0.0.0:443": True,
        "ds_mapper/192.0.2.11:443": False,
        "ds_mapper/[::]:443": True,
    }
    assert {c.about for c in reading.claims} == {ServerKey("CAS1")}
    assert {c.side for c in reading.claims} == {Side.SYSTEM}
    assert [n.what for n in reading.notes] == [
        "192.0.2.11:443 asks for a client certificate in the first handshake, whatever the path (2.7)"
    ]
    assert not reading.troubles


def test_newer_lines_after_the_record_do_not_shift_it() -> None:
    more = "    Reject Connections           : Disabled\n    Disable HTTP2                : Not Set\n"
    more += (
        " Extended Properties:\n    PropertyId                   : 0\n    Receive Window               : 1048576\n"
    )
    text = record(ENGLISH, "mail.contoso.com:443", "Enabled", "Disabled", True).rstrip("\n") + "\n" + more
    assert values(read(NETSH, text).claims) == {"ds_mapper/mail.contoso.com:443": True}


def test_a_switch_in_unknown_words_is_a_trouble_not_off() -> None:
    reading = read(NETSH, record(STRANGE, "0.0.0.0:443", "zapnuto", "vypnuto", True))
    assert not reading.claims
    assert any("cannot be read" in t.what for t in reading.troubles)


def test_netsh_without_a_server_claims_nothing() -> None:
    reading = read(NETSH, record(ENGLISH, "0.0.0.0:443", "Enabled", "Disabled", True), None)
    assert not reading.claims
    assert any("does not name its server" in t.what for t in reading.troubles)


def test_prose_about_the_mapper_is_not_netsh() -> None:
    text = "Run netsh http show sslcert. DS Mapper Usage : Enabled is what you want for 0.0.0.0:443."
    assert not NETSH.recognises(Source("howto.txt", text))


# Get-WindowsFeature

TABLE = """
Display Name                                            Name                       Install State
------------                                            ----                       -------------
[X] Web Server (IIS)                                    Web-Server                     Installed
            [X] Client Certificate Mapping Authentic... Web-Client-Auth                Installed
            [ ] IIS Client Certificate Mapping Authe... Web-Cert-Auth                  Available
"""


@pytest.mark.parametrize(
    ("text", "client", "cert"),
    [
        (TABLE, True, False),
        (TABLE.replace("[X]", "[ ]").replace("Installed", "Removed"), False, False),
        ("[X] Authentifizierung über Clientzertifikatzuordnung   Web-Client-Auth\n", True, None),
        ("    [X] Client Certificate Mapping Authentication  [Web-Client-Auth]\n", True, None),
        ("    [ ] Client Certificate Mapping Authentication  [Web-Client-Auth]\n", False, None),
        ("Name            Installed\n----            ---------\nWeb-Client-Auth      True\n", True, None),
        ("Name            InstallState\nWeb-Cert-Auth   Installed\nWeb-Client-Auth Available\n", False, True),
    ],
    ids=[
        "2012",
        "removed",
        "2008 R2 German",
        "servermanagercmd",
        "not there",
        "ft Name,Installed",
        "ft InstallState",
    ],
)
def test_windows_features(text: str, client: bool | None, cert: bool | None) -> None:
    found = values(read(FEATURES, text).claims)
    assert found.get("role_services/Web-Client-Auth") is client
    assert found.get("role_services/Web-Cert-Auth") is cert


def test_a_pending_feature_is_unknown() -> None:
    text = TABLE.replace("Web-Client-Auth                Installed", "Web-Client-Auth           InstallPending")
    reading = read(FEATURES, text)
    assert values(reading.claims) == {"role_services/Web-Cert-Auth": False}
    assert any("pending" in t.what for t in reading.troubles)


def test_two_tables_that_disagree_are_two_servers() -> None:
    reading = read(FEATURES, TABLE + TABLE.replace("[X]", "[ ]").replace("Installed", "Available"))
    assert any("two servers?" in t.what for t in reading.troubles)


@pytest.mark.parametrize(
    "text",
    [
        "Make sure that Web-Client-Auth is installed before you go on.",
        "Get-WindowsFeature Web-Client-Auth should say Installed",
        "| 1 | role service | Get-WindowsFeature Web-Client-Auth | Installed |",
        "Name : Web-Client-Auth\nInstalled : True\n",
    ],
)
def test_prose_and_lists_are_not_the_table(text: str) -> None:
    assert not FEATURES.recognises(Source("howto.txt", text, "CAS1"))


# appcmd

MAPPING = (
    "<system.webServer>\n  <security>\n    <authentication>\n"
    '      <clientCertificateMappingAuthentication enabled="true" />\n'
    "    </authentication>\n  </security>\n</system.webServer>\n"
)
SECTION = "system.webServer/security/authentication/clientCertificateMappingAuthentication"
EAS = "Default Web Site/Microsoft-Server-ActiveSync"


def test_the_command_line_tells_server_vdir_and_proxy_apart() -> None:
    windows = MAPPING.replace("clientCertificateMapping", "windows")
    access = '<system.webServer><security><access sslFlags="Ssl, SslRequireCert" /></security></system.webServer>\n'
    text = (
        f"C:\\>%windir%\\system32\\inetsrv\\appcmd.exe list config -section:{SECTION}\n{MAPPING}\n"
        f'C:\\>appcmd list config "{EAS}/" /section:{SECTION}\n{MAPPING.replace("true", "false")}\n'
        f'C:\\>appcmd list config "{EAS}" /section:access\n{access}'
        f'C:\\>appcmd list config "{EAS}/Proxy" /section:windowsAuthentication\n{windows}'
    )
    reading = read(APPCMD, text)
    vdir = VdirKey("CAS1", FRONT)
    assert [(c.about, c.property, c.value) for c in reading.claims] == [
        (ServerKey("CAS1"), "server_mapping", True),
        (vdir, "mapping", False),
        (vdir, "client_certificates", "require"),
        (vdir, "proxy_windows", True),
    ]
    assert text.splitlines()[(reading.claims[1].place.line or 0) - 1].strip().startswith("<clientCertificateMapping")
    assert not reading.troubles


def test_a_fragment_without_its_command_is_not_taken() -> None:
    reading = read(APPCMD, MAPPING)
    assert not reading.claims
    assert any("without the command" in t.what for t in reading.troubles)


def test_text_output_and_report_output() -> None:
    text = (
        f'appcmd list config "{EAS}" /section:access /text:*\nCONFIG\n'
        '  CONFIG.SECTION:"system.webServer/security/access"\n'
        '  [system.webServer/security/access]\n    sslFlags:"Ssl, SslNegotiateCert"\n\n'
        f'appcmd list config "{EAS}" /section:{SECTION} /text:enabled\ntrue\n'
        f'appcmd list config "{EAS}" /section:serverRuntime /xml\n<appcmd><CONFIG '
        f'CONFIG.SECTION="system.webServer/serverRuntime" path="MACHINE/WEBROOT/APPHOST/{EAS}">'
        '<system.webServer-serverRuntime uploadReadAheadSize="1048576" /></CONFIG></appcmd>\n'
    )
    assert values(read(APPCMD, text).claims) == {
        "client_certificates": "accept",
        "mapping": True,
        "upload_read_ahead": 1048576,
    }


def test_sites_and_pools() -> None:
    text = (
        'SITE "Default Web Site" (id:1,bindings:http/*:80:,https/*:443:,https/192.0.2.1:443:mail.contoso.com,'
        'state:Started)\nSITE "CBA" (id:3,bindings:https/192.0.2.11:443:,state:Stopped)\n'
        'APPPOOL "MSExchangeOWAAppPool" (MgdVersion:v4.0,MgdMode:Integrated,state:Stopped)\n'
        'APPPOOL "MSExchangeSyncAppPool" (MgdVersion:v4.0,MgdMode:Integrated,state:Stopped)\n'
    )
    reading = read(APPCMD, text)
    assert set(values(reading.claims)) == {
        "bindings/Default Web Site/*:443:",
        "bindings/Default Web Site/192.0.2.1:443:mail.contoso.com",
        "bindings/CBA/192.0.2.11:443:",
    }
    assert reading.findings == ("eas/app-pool-down",)
    assert reading.found_on == {"eas/app-pool-down": "CAS1"}
    assert [n.what for n in reading.notes] == [
        "web site CBA is Stopped",
        "application pool MSExchangeSyncAppPool is stopped",
    ]


# IIS 6

METABASE_XML = """<?xml version ="1.0"?>
<configuration xmlns="urn:microsoft-catalog:XML_Metabase_V64_0"><MBProperty>
<IIsWebService Location="/LM/W3SVC" SslUseDsMapper="TRUE" AuthFlags="AuthNTLM" AnonymousUserPass="496344PLANTED"/>
<IIsWebServer Location="/LM/W3SVC/1" ServerComment="Default Web Site" SecureBindings=":443:"/>
<IIsWebVirtualDir Location="/LM/W3SVC/1/ROOT" AccessSSLFlags="AccessSSL | AccessSSL128"/>
<IIsWebVirtualDir Location="/LM/W3SVC/1/ROOT/Microsoft-Server-ActiveSync" AuthFlags="AuthBasic"/>
<IIsWebDirectory Location="/LM/W3SVC/1/ROOT/Microsoft-Server-ActiveSync/Proxy" AuthFlags="AuthNTLM"/>
<IIsWebServer Location="/LM/W3SVC/5" ServerComment="CBA" SecureBindings="192.0.2.11:443:"/>
<IIsWebVirtualDir Location="/LM/W3SVC/5/ROOT/Microsoft-Server-ActiveSync" AccessSSLFlags="488" AuthFlags="0"/>
</MBProperty></configuration>
"""


def test_the_metabase_of_windows_2003() -> None:
    reading = read(METABASE, METABASE_XML)
    of = {
        site: values(tuple(c for c in reading.claims if c.about == VdirKey("CAS1", site))) for site in (FRONT, "CBA")
    }
    assert of[FRONT] == {
        "client_certificates": "ignore",
        "mapping": False,
        "basic": True,
        "windows": False,
        "proxy_windows": True,
    }
    assert of["CBA"] == {
        "client_certificates": "require",
        "mapping": True,
        "basic": False,
        "windows": False,
        "proxy_windows": False,
    }
    server = values(tuple(c for c in reading.claims if c.about == ServerKey("CAS1")))
    assert server == {
        "server_mapping": True,
        "bindings/Default Web Site/*:443:": True,
        "bindings/CBA/192.0.2.11:443:": True,
    }
    assert "PLANTED" not in repr(reading)


def test_what_adsutil_prints() -> None:
    text = """C:\\Scripts>cscript adsutil.vbs get W3SVC/1/ROOT/Microsoft-Server-ActiveSync/AccessSSLFlags
Microsoft (R) Windows Script Host Version 5.6
AccessSSLFlags                  : (INTEGER) 264

cscript adsutil.vbs get W3SVC/SslUseDsMapper
SslUseDsMapper                  : (BOOLEAN) False
cscript adsutil.vbs enum W3SVC/1
ServerComment                   : (STRING) "Default Web Site"
SecureBindings                  : (LIST) (2 Items)
  ":443:"
  "192.0.2.1:443:"
[/W3SVC/1/ROOT]
"""
    reading = read(METABASE, text)
    assert values(reading.claims) == {
        "server_mapping": False,
        "bindings/Default Web Site/*:443:": True,
        "bindings/Default Web Site/192.0.2.1:443:": True,
        "client_certificates": "ignore",
        "mapping": False,
    }


def test_adsutil_without_its_command_or_the_sites_name() -> None:
    reading = read(METABASE, "AccessSSLFlags                  : (INTEGER) 104\n")
    assert not reading.claims
    assert any("without the command" in t.what for t in reading.troubles)
    command = "cscript adsutil.vbs get W3SVC/5/ROOT/Microsoft-Server-ActiveSync/AccessSSLFlags\n"
    reading = read(METABASE, f"{command}AccessSSLFlags                  : (INTEGER) 104\n")
    assert not reading.claims
    assert any("W3SVC/5/ServerComment" in t.what for t in reading.troubles)


# The paste of proxying servers

LOOK = """[PS] C:\\Windows\\system32>
== easwizard server view 1 ==
server EX13A
utc 2024-03-05T09:08:07Z
dns legacy.contoso.com 192.0.2.7
hosts # 192.0.2.99 legacy.contoso.com
hosts 192.0.2.7 legacy.contoso.com
proxy legacy.contoso.com 401 Negotiate, NTLM, Basic realm="legacy, of
 old"
dns legacycert.contoso.com 192.0.2.8
dns legacycert.contoso.com 192.0.2.9
proxy legacycert.contoso.com:8443 403
dns gone.contoso.com error No such host is known
proxy gone.contoso.com error The remote name could not be resolved: 'gone.contoso.com'
dns silent.contoso.com 192.0.2.10
proxy silent.contoso.com error The operation has timed out
dns odd.contoso.com 192.0.2.12
proxy odd.contoso.com error Vzdálený server neodpovídá
dns strange.contoso.com 192.0.2.13
proxy strange.contoso.com maybe
== end of server view ==
"""


def test_the_paste_becomes_observations_of_that_server() -> None:
    reading = read(PASTE, LOOK, None)
    assert not reading.claims
    assert {o.vantage for o in reading.observations} == {"EX13A"}
    assert all(o.id.startswith(PASTED) for o in reading.observations)
    assert {o.at.isoformat() for o in reading.observations} == {"2024-03-05T09:08:07+00:00"}
    http = {o.target: o for o in reading.observations if isinstance(o.facts, HttpFacts)}
    healthy, refusing = http["legacy.contoso.com:443"].facts, http["legacycert.contoso.com:8443"].facts
    assert isinstance(healthy, HttpFacts)
    assert isinstance(refusing, HttpFacts)
    assert healthy.challenges == ("Negotiate", "NTLM", "Basic")
    assert (healthy.meaning, healthy.address) == (Meaning.LEG_ACCEPTED, "192.0.2.7")
    assert (refusing.status, refusing.address) == (403, "")
    silent, odd = http["silent.contoso.com:443"], http["odd.contoso.com:443"]
    assert (silent.status, silent.reason) == (Status.FAILED, Reason.FIRST_BYTE_TIMEOUT)
    assert (odd.status, odd.reason, odd.words) == (Status.FAILED, None, "Vzdálený server neodpovídá")
    assert http["gone.contoso.com:443"].status is Status.SKIPPED
    names = {o.facts.name: o.facts.addresses for o in reading.observations if isinstance(o.facts, DnsFacts)}
    assert names["legacycert.contoso.com"] == ("192.0.2.8", "192.0.2.9")
    assert names["gone.contoso.com"] == ()
    assert [n.what for n in reading.notes] == ["hosts file of EX13A: 192.0.2.7 legacy.contoso.com"]
    assert [t.what for t in reading.troubles] == [
        "the answer about strange.contoso.com is neither a status nor an error: not used"
    ]


def test_a_paste_that_was_cut_off_says_so() -> None:
    reading = read(PASTE, LOOK.split("dns silent")[0], None)
    assert any("the end is missing" in t.what for t in reading.troubles)
    assert "silent.contoso.com:443" not in {o.target for o in reading.observations}


def test_the_wizards_own_block_prints_the_lines_that_are_read() -> None:
    block = paste_block(replace(cases.case(), targets=(Target("old.contoso.test", 443, Role.LEGACY_CERT),))) or ""
    assert BEGIN in LOOK
    assert END in LOOK
    printed = set(re.findall(r"[\"'](server|utc|dns|hosts|trust|proxy) ", block))
    assert printed == {"server", "utc", "dns", "hosts", "trust", "proxy"}


@pytest.mark.parametrize(
    ("said", "reason", "detail"),
    [
        ("SecureChannelFailure: Anfrage abgebrochen", Reason.TLS_REFUSED, "Anfrage abgebrochen"),
        ("ConnectFailure: Ziel verweigerte", None, "Ziel verweigerte"),
        ("ConnectFailure: actively refused it 192.0.2.7:443", Reason.REFUSED, "actively refused it 192.0.2.7:443"),
        (": The operation has timed out", Reason.FIRST_BYTE_TIMEOUT, "The operation has timed out"),
        ("The operation has timed out", Reason.FIRST_BYTE_TIMEOUT, "The operation has timed out"),
        ("Fehler: etwas", None, "Fehler: etwas"),
    ],
)
def test_an_error_is_told_by_its_kind_and_in_older_pastes_by_its_words(
    said: str, reason: Reason | None, detail: str
) -> None:
    text = LOOK.replace('401 Negotiate, NTLM, Basic realm="legacy, of\n old"', f"error {said}")
    [look] = [o for o in read(PASTE, text, None).observations if o.target == "legacy.contoso.com:443"]
    assert (look.status, look.reason, look.detail) == (Status.FAILED, reason, detail)


def test_a_distrusted_certificate_leaves_the_status_and_is_noted() -> None:
    said = "trust legacy.contoso.com no The remote certificate is invalid according to the validation procedure.\n"
    reading = read(PASTE, LOOK.replace("proxy legacy.contoso.com 401", f"{said}proxy legacy.contoso.com 401"), None)
    [look] = [o for o in reading.observations if o.target == "legacy.contoso.com:443"]
    assert isinstance(look.facts, HttpFacts)
    assert (look.status, look.facts.meaning) == (Status.OK, Meaning.LEG_ACCEPTED)
    assert any("does not trust the certificate of legacy.contoso.com" in n.what for n in reading.notes)


def test_two_pastes_in_one_text_keep_their_servers() -> None:
    reading = read(PASTE, LOOK + LOOK.replace("EX13A", "EX13B"), None)
    assert {o.vantage for o in reading.observations} == {"EX13A", "EX13B"}
    assert len({o.id for o in reading.observations}) == len(reading.observations)


def test_a_paste_without_its_head_lines_is_not_used() -> None:
    reading = read(PASTE, LOOK.replace("utc ", "utx "), None)
    assert not reading.observations
    assert any("'server' and 'utc'" in t.what for t in reading.troubles)

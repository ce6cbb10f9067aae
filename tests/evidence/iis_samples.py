"""One text for each of the IIS and Windows formats, with planted secrets where the real files have theirs."""

from __future__ import annotations

import json
from pathlib import Path

from easwizard.evidence.readers import (
    appcmd,
    application_host,
    collector_file,
    iis6_metabase,
    netsh_sslcert,
    proxying_paste,
    setup_log,
    web_config,
    windows_feature_text,
)
from easwizard.evidence.reading import Reader

DATA = Path(__file__).parent / "data" / "iis"
SECRET = "PLANTEDSECRET"

APPLICATION_HOST = f"""<configuration>
<configProtectedData><providers><add name="AesProvider" sessionKey="{SECRET}1"/></providers></configProtectedData>
<system.applicationHost><applicationPools><add name="P" autoStart="false">
<processModel userName="{SECRET}2" password="[enc:IISWASOnlyAesProvider:{SECRET}3:enc]"/></add></applicationPools>
<sites><site name="Default Web Site"><application path="/Microsoft-Server-ActiveSync" applicationPool="P">
<virtualDirectory path="/" physicalPath="C:\\sync" userName="{SECRET}4" password="{SECRET}5"/></application>
<bindings><binding protocol="https" bindingInformation=":443:"/></bindings></site></sites></system.applicationHost>
<system.webServer><security><authentication><anonymousAuthentication enabled="true" userName="{SECRET}6"
password="{SECRET}7"/><iisClientCertificateMappingAuthentication enabled="true"><oneToOneMappings>
<add userName="{SECRET}8" password="[enc:AesProvider:{SECRET}9:enc]" certificate="{SECRET}10"/></oneToOneMappings>
</iisClientCertificateMappingAuthentication></authentication></security></system.webServer>
<location path="Default Web Site"><system.webServer><security configProtectionProvider="AesProvider">
<EncryptedData><CipherValue>{SECRET}11</CipherValue></EncryptedData></security></system.webServer></location>
</configuration>"""
"""Everything secret that such a file may hold, each in its place."""

WEB_CONFIG = f"""<configuration><appSettings><add key="HttpProxy.ProtocolType" value="Eas"/>
<add key="Other" value="{SECRET}1"/></appSettings><connectionStrings><add connectionString="{SECRET}2"/>
</connectionStrings><system.web><machineKey validationKey="{SECRET}3"/></system.web>
<system.webServer><serverRuntime uploadReadAheadSize="0"/></system.webServer></configuration>"""

METABASE = f"""<configuration xmlns="urn:microsoft-catalog:XML_Metabase_V64_0"><MBProperty>
<IIs_Global Location="." SessionKey="{SECRET}1"/>
<IIsWebServer Location="/LM/W3SVC/1" ServerComment="Default Web Site" AnonymousUserPass="{SECRET}2"/>
<IIsWebVirtualDir Location="/LM/W3SVC/1/ROOT/Microsoft-Server-ActiveSync" AccessSSLFlags="264"
UNCPassword="{SECRET}3"/>
</MBProperty></configuration>"""

APPCMD = f"""appcmd list config "Default Web Site/Microsoft-Server-ActiveSync"
<system.webServer><security><authentication><anonymousAuthentication enabled="true" userName="{SECRET}1"
password="{SECRET}2"/><basicAuthentication enabled="true"/></authentication></security></system.webServer>
"""

NETSH = """
    IP:port                      : 0.0.0.0:443
    Certificate Hash             : aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
    Application ID               : {4dc3e181-e14b-4a21-b022-59fc669b0914}
    DS Mapper Usage              : Enabled
    Negotiate Client Certificate : Disabled
"""

FEATURES = "[X] Client Certificate Mapping Authentic... Web-Client-Auth                Installed\n"

LOOK = """== easwizard server view 1 ==
server EX13A
utc 2024-03-05T09:08:07Z
dns legacy.contoso.com 192.0.2.7
proxy legacy.contoso.com 401 Negotiate, NTLM
== end of server view ==
"""


def collector_document() -> dict[str, object]:
    """A whole file of the collector: a 2013 server and a 2007 one that it lists."""
    site = "Default Web Site"
    eas = f"{site}/Microsoft-Server-ActiveSync"
    authentication = "security/authentication"

    def setting(
        level: str, section: str, name: str, value: object, file_level: str | None = None
    ) -> dict[str, object]:
        return {
            "kind": "setting", "level": level, "section": section, "name": name, "value": value,
            "file_level": file_level, "inherit": True,
        }  # fmt: skip

    iis: list[object] = [
        {"kind": "section", "section": "serverRuntime", "unlocked": False},
        {
            "kind": "lock",
            "level": "",
            "section": "serverRuntime",
            "allow": True,
            "attribute": None,
            "file_level": None,
        },
        {"kind": "module", "name": "CertificateMappingAuthenticationModule"},
        {"kind": "site", "name": site, "bindings": [":443:"]},
        {"kind": "application", "site": site, "path": "", "pool": "", "folder": "C:\\inetpub\\wwwroot"},
        {"kind": "application", "site": site, "path": "/Microsoft-Server-ActiveSync", "pool": "P", "folder": "C:\\s"},
        {"kind": "web.config", "level": site, "present": False},
        {"kind": "web.config", "level": eas, "present": True},
        setting(eas, "serverRuntime", "uploadReadAheadSize", "0", eas),
        setting(eas, "security/access", "sslFlags", "Ssl, SslNegotiateCert, SslRequireCert"),
        setting("", f"{authentication}/clientCertificateMappingAuthentication", "enabled", "false"),
        setting(eas, f"{authentication}/basicAuthentication", "enabled", "false"),
        setting(f"{eas}/Proxy", f"{authentication}/windowsAuthentication", "enabled", "true"),
        setting(f"{eas}/Proxy", f"{authentication}/windowsAuthentication", "providers", ["clear", "+NTLM"]),
    ]
    server = {"Fqdn": "EX13A.contoso.test", "Site": "contoso.test/Configuration/Sites/London"}
    vdir = {"Identity": f"CAS07\\Microsoft-Server-ActiveSync ({site})", "WebsiteName": site, "MetabasePath": "x"}
    items: dict[str, list[object]] = {
        "Get-ExchangeServer": [
            {"Name": "EX13A", **server, "AdminDisplayVersion": "Version 15.0 (Build 1497.2)",
             "ServerRole": {"t": "Mailbox, ClientAccess", "n": 16390}, "IsClientAccessServer": True},
            {"Name": "CAS07", "AdminDisplayVersion": "Version 8.3 (Build 83.6)", "IsClientAccessServer": True},
        ],
        "Get-ActiveSyncVirtualDirectory -ADPropertiesOnly": [
            {"Server": "CAS07", "Name": f"Microsoft-Server-ActiveSync ({site})", "ExternalUrl": None,
             "InternalUrl": "https://legacy.contoso.test/Microsoft-Server-ActiveSync", **vdir,
             "ClientCertAuth": {"t": "Ignore", "n": 0}, "BasicAuthEnabled": False},
        ],
        "Get-WindowsFeature": [{"Name": "Web-Client-Auth", "Installed": True}],
        "IIS": iis,
        "netsh http show sslcert": [{"line": line} for line in NETSH.splitlines()],
    }  # fmt: skip
    sections: list[object] = [
        {"name": name, "ok": True, "error": None, "seconds": 0.1, "truncated": False, "items": list(found)}
        for name, found in items.items()
    ]
    sections.append({"name": "Get-ADSite", "ok": False, "error": "access denied", "seconds": 0.1, "items": []})
    return {
        "format": "easwizard-evidence", "version": 1, "created_utc": "2024-03-05T09:08:07Z",
        "collector": {"version": "1", "sha256": "0" * 64}, "anonymized": False,
        "host": {"name": "EX13A", "fqdn": "EX13A.contoso.test", "os": "6.3.9600.0", "culture": "de"},
        "sections": sections, "notes": [],
    }  # fmt: skip


def samples() -> dict[str, tuple[Reader, str]]:
    """By a short name: the reader and a text that it recognises."""
    log = (DATA / "ExchangeSetup_Multi_EAS_Vdirs.log").read_text(encoding="utf-8-sig")
    return {
        "application-host": (application_host.READER, APPLICATION_HOST),
        "web-config": (web_config.READER, WEB_CONFIG),
        "metabase": (iis6_metabase.READER, METABASE),
        "netsh": (netsh_sslcert.READER, NETSH),
        "appcmd": (appcmd.READER, APPCMD),
        "features": (windows_feature_text.READER, FEATURES),
        "setup-log": (setup_log.READER, log),
        "paste": (proxying_paste.READER, LOOK),
        "collector": (collector_file.READER, json.dumps(collector_document())),
    }

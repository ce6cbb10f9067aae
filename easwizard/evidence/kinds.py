"""Which cmdlet an exported object comes from: by its type name, else by properties that only it has.

Source: evidence-formats 6 and 11. Says what an object is, not what it means; an object of no kind here is not used.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection
from enum import StrEnum

from easwizard.evidence.exported import Exported, Properties


class Kind(StrEnum):
    """The kinds of objects that are understood; the value names one of them for people."""

    EAS_VDIR = "ActiveSync virtual directory"
    OTHER_VDIR = "other virtual directory"
    SERVER = "Exchange server"
    CLIENT_ACCESS = "Client Access server"
    AD_SITE = "AD site"
    FEATURE = "Windows feature"
    BINDING = "web site binding"
    SETUP_FILE = "version of ExSetup.exe"


_TYPE_ENDS = {
    "ADMobileVirtualDirectory": Kind.EAS_VDIR,
    "Management.ExchangeServer": Kind.SERVER,
    "ClientAccessServer": Kind.CLIENT_ACCESS,
    "ClientAccessService": Kind.CLIENT_ACCESS,
    "SystemConfiguration.ADSite": Kind.AD_SITE,
    "ServerManager.Commands.Feature": Kind.FEATURE,
    "#bindings#binding": Kind.BINDING,
    "Diagnostics.FileVersionInfo": Kind.SETUP_FILE,
    "VirtualDirectory": Kind.OTHER_VDIR,
}
"""In the order in which they are tried: the last one ends like the first."""

_SAYS_NOTHING = re.compile(r"|System\.(Object|Management\.Automation\.PS(Custom)?Object)|PS(Custom)?Object")

EAS_ONLY = {
    "clientcertauth",
    "websitesslenabled",
    "activesyncserver",
    "mobileclientflags",
    "mobileclientcertificateprovisioningenabled",
    "mobileclientcertificateauthorityurl",
    "mobileclientcerttemplatename",
    "remotedocumentsactionforunknownservers",
    "baditemreportingenabled",
}
_OTHER_ONLY = {"externalhostname", "iisauthenticationmethods", "formsauthentication", "owaversion", "mrsproxyenabled"}
_URLS = {"internalurl", "externalurl"}

WANTED = EAS_ONLY | {
    # virtual directories
    "server", "name", "identity", "internalurl", "externalurl", "websitename", "basicauthenabled",
    "windowsauthenabled", "metabasepath", "path", "internalauthenticationmethods",
    "externalauthenticationmethods", "extendedprotectiontokenchecking", "admindisplayversion", "distinguishedname",
    "whenchangedutc", "organizationid", "runspaceid", "pscomputername", "guid", "whenchanged", "servername",
    # servers
    "fqdn", "site", "serverrole", "isclientaccessserver", "ismailboxserver", "edition", "exchangelegacydn",
    "autodiscoverserviceinternaluri", "autodiscoversitescope", "clientaccessarray", "outlookanywhereenabled",
    "externalhostname", "internalhostname", "iisauthenticationmethods", "formsauthentication", "mrsproxyenabled",
    # sites, features, bindings
    "hubsiteenabled", "partnerid", "installed", "installstate", "featuretype", "displayname",
    "protocol", "bindinginformation", "itemxpath", "owaversion",
    "fileversion", "originalfilename",
}  # fmt: skip
"""Every property that a rule or a kind needs, in lower case; readers need not keep others."""

PRESENCE_ONLY = (EAS_ONLY - {"clientcertauth"}) | {
    "guid", "whenchanged", "whenchangedutc", "organizationid", "runspaceid", "displayname", "ismailboxserver",
    "edition", "exchangelegacydn", "autodiscoverserviceinternaluri", "autodiscoversitescope", "clientaccessarray",
    "outlookanywhereenabled", "externalhostname", "internalhostname", "iisauthenticationmethods", "featuretype",
    "formsauthentication", "mrsproxyenabled", "hubsiteenabled", "partnerid", "owaversion",
}  # fmt: skip
"""Wanted properties of which it only matters that they are there; a reader may leave out what they say."""

KNOWN_UNUSED = {
    "website", "virtualdirectoryname", "exchangeversion", "whencreated", "whencreatedutc", "originatingserver",
    "compressionenabled",
    "sendwatsonreport", "remotedocumentsallowedservers", "remotedocumentsblockedservers", "datapath", "domain",
    "remotedocumentsinternaldomainsuffixlist", "extendedprotectionflags", "extendedprotectionspnlist", "isvalid",
    "admindisplayname", "objectcategory", "objectclass", "objectstate", "id", "networkaddress",
    "ishubtransportserver", "isfrontendtransportserver", "isedgeserver", "isexchange2007orlater", "ise14orlater",
    "ise15orlater", "psshowcomputername", "serializationdata", "minorpartnerid",
    "isunifiedmessagingserver", "isprovisionedserver",
    "responsibleforsites", "inboundmailenabled", "autodiscoverserviceguid", "autodiscoverserviceclassname",
    "autodiscoverservicecn", "description", "depth", "dependson", "parent", "subfeatures",
    "certificateauthentication", "alternateserviceaccountconfiguration", "organizationalunit", "unchanged",
}  # fmt: skip
"""Properties that cmdlets print and that nothing here needs: a column of this name is no riddle."""


def kind_of(exported: Exported) -> Kind | None:
    """What an object is; None where it is nothing that is understood."""
    type = exported.type
    return kind_by_properties(exported.properties) if _SAYS_NOTHING.fullmatch(type) else _kind_by_type(type)


@functools.lru_cache(maxsize=256)
def _kind_by_type(type: str) -> Kind | None:
    return next((kind for end, kind in _TYPE_ENDS.items() if type.endswith(end)), None)


def kind_by_properties(properties: Properties) -> Kind | None:
    """What an object without a telling type is, by the properties it has."""
    if _is_eas_vdir(properties):
        return Kind.EAS_VDIR
    names = properties.keys()
    if names & _OTHER_ONLY or (names & _URLS and names & {"identity", "name", "server"}):
        return Kind.OTHER_VDIR
    if "name" not in names and "fqdn" not in names and "identity" not in names:
        return Kind.BINDING if {"bindinginformation", "itemxpath"} <= names else None
    return _by_name(names)


def _is_eas_vdir(properties: Properties) -> bool:
    """By what only these have, or by the fixed name that they carry (exchange.md 5.1)."""
    if properties.keys() & EAS_ONLY:
        return True
    called = [properties[name].text for name in ("identity", "name", "metabasepath") if name in properties]
    if any("microsoft-server-activesync" in text.casefold() for text in called):
        return True
    urls = [properties[name].text.casefold() for name in _URLS if name in properties]
    return any("/microsoft-server-activesync" in url for url in urls)


def _by_name(names: Collection[str]) -> Kind | None:
    has = set(names)
    if has & {"autodiscoverserviceinternaluri", "autodiscoversitescope"}:
        return Kind.CLIENT_ACCESS
    if has & {"admindisplayversion", "serverrole", "isclientaccessserver", "exchangelegacydn"} or has >= {
        "fqdn",
        "site",
    }:
        return Kind.SERVER
    if "hubsiteenabled" in has:
        return Kind.AD_SITE
    if has & {"installstate", "installed"} and has & {"featuretype", "displayname", "installstate"}:
        return Kind.FEATURE
    return None

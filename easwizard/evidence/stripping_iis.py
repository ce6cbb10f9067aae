"""IIS configuration with nothing in it but what is known to be harmless: a list of what stays, not of what goes.

Such a file may hold secrets anywhere: application settings, headers, mappings of accounts, encrypted sections
(evidence-formats 7.2, 7.3). So every value goes that is not in this list, and so do all texts and comments. Lines
stay as they are counted.
"""

from __future__ import annotations

import re

MARK = "***"
"""Stands where something was taken out."""

_HARMLESS = frozenset(
    name.casefold()
    for name in (
        # where things are
        "name", "id", "path", "protocol", "bindingInformation", "applicationPool", "physicalPath", "key", "href",
        "Location", "CONFIG.SECTION", "AD.NAME", "xmlns", "version", "encoding", "type",
        # what decides who may change what
        "overrideMode", "overrideModeDefault", "allowOverride", "allowDefinition", "allowLocation",
        "inheritInChildApplications", "lockAttributes", "lockElements", "lockItem", "lockAllAttributesExcept",
        "lockAllElementsExcept", "configSource", "configProtectionProvider",
        # the settings themselves
        "enabled", "sslFlags", "tokenChecking", "flags", "uploadReadAheadSize", "appConcurrentRequestLimit",
        "destination", "exactDestination", "childOnly", "httpResponseStatus", "maxAllowedContentLength",
        "autoStart", "serverAutoStart", "managedPipelineMode", "managedRuntimeVersion", "preCondition", "image",
        "useKernelMode", "authPersistNonNTLM", "authPersistSingleRequest", "logonMethod",
        # IIS 6
        "AccessSSLFlags", "AuthFlags", "SslUseDsMapper", "NTAuthenticationProviders", "ServerComment",
        "SecureBindings", "ServerBindings",
    )
)  # fmt: skip
_KEYS = {"httpproxy.protocoltype"}
_HEADERS = {"x-feserver"}
"""Settings and headers whose value is wanted (exchange.md 3.2); of all others only the name stays."""
_LISTED = {"add", "remove"}

_TAG = re.compile(r"""<[A-Za-z_/][^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>""")
_PIECE = re.compile(
    rf"""(?P<comment><!--.*?-->)|(?P<data><!\[CDATA\[.*?\]\]>)|(?P<order><\?.*?\?>)|(?P<tag>{_TAG.pattern})|(?P<text>[^<]+)"""
    r"|(?P<odd><)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""(?P<name>[\w.:-]+)(?P<is>\s*=\s*)(?P<quote>["'])(?P<value>.*?)(?P=quote)""", re.DOTALL)


def harmless_document(text: str) -> str:
    """An IIS file, well-formed or not, with what is harmless only."""
    return _PIECE.sub(_piece, text)


def harmless_attributes(text: str) -> str:
    """A paste with pieces of configuration in it: the tags are cleaned, what stands around them is not."""
    return _TAG.sub(lambda tag: _tag(tag[0]), text)


def _piece(found: re.Match[str]) -> str:
    kind, text = found.lastgroup, found[0]
    if kind == "tag":
        return _tag(text)
    if kind == "text":
        return text if text.isspace() else _blank(text)
    if kind == "comment":
        return f"<!--{_lines_of(text)}-->"
    if kind == "order" and text.startswith("<?xml"):
        return text
    return _lines_of(text)


def _tag(text: str) -> str:
    wanted = _value_is_wanted(text)

    def attribute(found: re.Match[str]) -> str:
        name = found["name"].casefold()
        stays = name in _HARMLESS or name.startswith("xmlns:") or (name == "value" and wanted)
        value = found["value"] if stays or not found["value"] else _blank(found["value"])
        return f"{found['name']}{found['is']}{found['quote']}{value}{found['quote']}"

    return _ATTRIBUTE.sub(attribute, text)


def _value_is_wanted(tag: str) -> bool:
    """Members of a list of providers have nothing but a value; settings and headers have a name beside it."""
    if tag[1:].split(None, 1)[0].strip("/>") not in _LISTED:
        return False
    told = {found["name"].casefold(): found["value"].casefold() for found in _ATTRIBUTE.finditer(tag)}
    if set(told) == {"value"}:
        return True
    return told.get("key") in _KEYS or told.get("name") in _HEADERS


def _blank(text: str) -> str:
    """The mark, with as many line ends as the text had."""
    return MARK + _lines_of(text)


def _lines_of(text: str) -> str:
    return "\n" * text.count("\n")

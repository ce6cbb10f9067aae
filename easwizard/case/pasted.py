"""Picks host names out of whatever was pasted: mail, a table, cmdlet output, a line of the command line. Pure.

It does not know what the text is; only lines `InternalUrl : https://...` of `Format-List` are read as what they are.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from easwizard.case.requests import Target
from easwizard.case.roles import guessed_role
from easwizard.exchange.inventory import Role

MOST_NAMES = 20
"""Of one paste; nobody has more namespaces, and every one of them is looked at."""
_MOST_TEXT = 200_000
"""Characters that are read; more is no list of names."""

_LABEL = r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_HOST = rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?"
_NAME = re.compile(
    rf"(?:\b(?P<role>{'|'.join(Role)})=)?(?<![\w.@%-])(?P<host>{_HOST})\.?(?![\w@%-])(?::(?P<port>\d{{1,5}}))?",
    re.IGNORECASE,
)
_FILES = re.compile(
    r"aspx|asmx|bak|bat|cer|cmd|config|crt|csv|dll|docx?|edb|exe|html?|js|json|key|log|md|msi|pdf|pem|pfx|png|ps1|tmp"
    r"|txt|xlsx?|xml|zip"
)
"""Last labels that are endings of files, not of hosts."""
_INTERNAL_URL = re.compile(r"^[ \t]*InternalUrl[ \t]*:[ \t]*(?P<url>\S*)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


def targets_in(text: str) -> tuple[Target, ...]:
    """Every host that a text names, once, in order; roles as written (`ROLE=HOST`), else guessed. At most 20.

    What stands behind an @ is the domain of an e-mail address and no namespace.
    """
    found: dict[str, Target] = {}
    for match in _NAME.finditer(text[:_MOST_TEXT]):
        host, port = match["host"].casefold(), int(match["port"] or 443)
        if _FILES.fullmatch(host.rpartition(".")[2]) or len(host) > 253 or not 0 < port < 65536 or host in found:
            continue
        role = Role(match["role"].casefold()) if match["role"] else guessed_role(host)
        found[host] = Target(host, port, role)
        if len(found) == MOST_NAMES:
            break
    return tuple(found.values())


def internal_urls_in(text: str) -> tuple[Target, ...]:
    """The hosts of the InternalUrls in the output of `Get-ActiveSyncVirtualDirectory | Format-List`.

    Where no line is an InternalUrl, the text is taken as a list of such hosts. The role is a legacy one: the output
    is asked for on an old server (J4).
    """
    urls = [match["url"] for match in _INTERNAL_URL.finditer(text[:_MOST_TEXT])]
    found = (_of_url(url) for url in urls) if urls else targets_in(text)
    legacy = {target.host: _as_legacy(target) for target in found if target is not None}
    return tuple(legacy.values())[:MOST_NAMES]


def _of_url(url: str) -> Target | None:
    """None for an empty InternalUrl, which is a finding of its own, and for what is no URL."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or not re.fullmatch(_HOST, host):
        return None
    return Target(host, port or (80 if parts.scheme == "http" else 443), guessed_role(host))


def _as_legacy(target: Target) -> Target:
    if target.role.is_legacy:
        return target
    role = Role.LEGACY_CERT if target.role is Role.CERT else Role.LEGACY_GENERIC
    return Target(target.host, target.port, role)

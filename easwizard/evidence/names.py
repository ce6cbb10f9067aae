"""Names as cmdlets print them, brought to one form: servers, AD sites, web sites, hosts. Pure; reads no file.

A server is called by short name, FQDN or distinguished name, a site by canonical name or DN (evidence-formats 2, 11);
in an Exchange organisation the short name of a server is unique, so it is what the spellings are joined by.
"""

from __future__ import annotations

import functools
import ipaddress
import re

EAS_NAME = "Microsoft-Server-ActiveSync"
"""The name of every ActiveSync vdir; its web site follows in parentheses (exchange.md 5.1)."""
BACK_END = "Exchange Back End"
"""The web site whose vdirs are no namespaces (5.3)."""
DEFAULT_WEB_SITE = "Default Web Site"

_RDN = re.compile(r"\s*[A-Za-z]+=((?:\\.|[^,\\])*)")
_METABASE = re.compile(r"(?i)IIS://([^/\s]+)/W3SVC/(\d+)/ROOT(?:/(.*))?")


def rdns(name: str) -> list[str]:
    r"""The values of a distinguished name's parts, most specific first; empty where it is none.

    >>> rdns("CN=EX07A,CN=Servers,DC=contoso,DC=test")
    ['EX07A', 'Servers', 'contoso', 'test']
    """
    if not re.match(r"\s*(CN|OU|DC)=", name, re.IGNORECASE):
        return []
    return [re.sub(r"\\(.)", r"\1", m.group(1)).strip() for m in _RDN.finditer(name)]


def last_component(name: str) -> str:
    r"""What a DN or a canonical name ends with, as a person says it; anything else as it is.

    >>> last_component("contoso.test/Configuration/Sites/London")
    'London'
    """
    parts = rdns(name)
    if parts:
        return parts[0]
    return re.split(r"(?<!\\)/", name.strip())[-1].replace("\\/", "/").strip()


@functools.lru_cache(maxsize=4096)
def short_server(name: str) -> str:
    """A server's short name out of a DN, an FQDN, a canonical name or itself; an address stays whole.

    >>> short_server("CN=EX07A,CN=Servers,CN=x"), short_server("ex07a.contoso.test"), short_server("192.0.2.1")
    ('EX07A', 'ex07a', '192.0.2.1')
    """
    bare = last_component(name).strip().lstrip("\\").rstrip(".")
    bare = bare.rsplit("\\", 1)[-1].rstrip("$").strip()
    return bare if _is_address(bare.strip("[]")) else bare.split(".", 1)[0]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def server_key(name: str) -> str:
    """What two spellings of one server have in common."""
    return short_server(name).casefold()


def web_site_of(name: str, prefix: str = EAS_NAME) -> str | None:
    """The web site in `Microsoft-Server-ActiveSync (Default Web Site)`, with or without `SERVER\\` before it.

    >>> web_site_of("EX07A\\\\Microsoft-Server-ActiveSync (Site (2))")
    'Site (2)'
    """
    found = re.search(re.escape(prefix) + r"\s*\((.+)\)\s*$", name, re.IGNORECASE)
    return found.group(1).strip() or None if found else None


def server_of_identity(identity: str) -> str | None:
    """The server in an identity `SERVER\\Name`, or in a vdir's DN below `CN=Protocols`."""
    parts = rdns(identity)
    if parts:
        folded = [part.casefold() for part in parts]
        at = folded.index("protocols") + 1 if "protocols" in folded else len(parts)
        return parts[at] if at < len(parts) else None
    server, separator, _ = identity.partition("\\")
    return server.strip() or None if separator else None


@functools.lru_cache(maxsize=256)
def metabase(path: str) -> tuple[str, int, str] | None:
    """Host, web site number and vdir path of `IIS://host/W3SVC/1/ROOT/Name`; None where it is not of that form."""
    found = _METABASE.fullmatch(path.strip())
    if not found or len(found.group(2)) > 9:
        return None
    return found.group(1), int(found.group(2)), found.group(3) or ""


def is_back_end(web_site: str) -> bool:
    """Whether that web site's vdirs serve the front end and no namespace (5.3)."""
    return web_site.strip().casefold() == BACK_END.casefold()


_MASKED = re.compile(
    r"(?i)x{3,}|\*{2,}|<[^>]*>|\b(?:contoso|example|domain|yourdomain|mydomain)\.(?:com|local|net|org)\b"
)


@functools.lru_cache(maxsize=1024)
def looks_anonymised(name: str) -> bool:
    """Whether a host name seems to stand for another, so that looking at it would look at a stranger (5)."""
    return bool(_MASKED.search(name))

"""Practice estates of any size: each AD site has old and new servers in pairs, and four names of two addresses.

Written as scenario files, so that the lab reads them like its own.
"""

from __future__ import annotations

from collections.abc import Iterator

_OLD = ("2007", "8.3.83.6", "Windows 2008")
_NEW = ("2013", "15.0.1497.2", "Windows 2012 R2")
_WEB_SITES = (("generic", "Default Web Site"), ("cert", "Certificate Site"))


def scenario(sites: int, delay: float = 0.0) -> str:
    """A scenario of so many AD sites with four servers each; `delay` in seconds before handshake and answer."""
    names = [f'"{role}{site}.contoso.test"' for site in range(1, sites + 1) for role, _ in _WEB_SITES]
    head = [
        f'title = "{sites} AD sites of four servers"',
        'description = "Made for a benchmark."',
        "seed = 1",
        "[views]",
        f"external = [{', '.join(names)}]" if sites > 1 else "",
    ]
    return "\n".join([*head, *(line for site in range(1, sites + 1) for line in _site(site, delay))]) + "\n"


def _site(site: int, delay: float) -> Iterator[str]:
    for product, build, windows in (_OLD, _NEW):
        servers = [f"EX{product[2:]}{letter}{site}" for letter in "AB"]
        legacy = "legacy" if product == "2007" else ""
        for server in servers:
            yield from _server(server, product, build, windows, site, delay)
        for role, web_site in _WEB_SITES:
            host = f"{legacy}{role}{site}.contoso.test"
            for server in servers:
                yield from _vdir(server, web_site, host, demanding=bool(legacy) and role == "cert")
            endpoints = ", ".join(f'"{server}/{web_site}"' for server in servers)
            yield "[[namespaces]]"
            yield f'host = "{host}"'
            yield f'role = "{legacy}{"-" if legacy else ""}{role}"'
            yield f"endpoints = [{endpoints}]"


def _server(name: str, product: str, build: str, windows: str, site: int, delay: float) -> Iterator[str]:
    yield "[[servers]]"
    yield f'name = "{name}"'
    yield f'product = "{product}"'
    yield f'build = "{build}"'
    yield f'windows = "{windows}"'
    yield f'site = "Site{site}"'
    yield f"delay_handshake = {delay}"
    yield f"delay_reply = {delay}"


def _vdir(server: str, web_site: str, host: str, *, demanding: bool) -> Iterator[str]:
    yield "[[vdirs]]"
    yield f'server = "{server}"'
    yield f'web_site = "{web_site}"'
    yield f'internal_url = "https://{host}/Microsoft-Server-ActiveSync"'
    if demanding:
        yield 'client_certificates = "require"'
        yield "basic = false"
        yield "mapping = true"

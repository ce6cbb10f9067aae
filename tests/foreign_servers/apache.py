"""Apache in front of a legacy server: one site for each way to ask for client certificates."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.foreign_servers.processes import is_root

_MODULE_FOLDERS = ("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules", "/usr/lib/httpd/modules")
_MODULES = ("mpm_event", "authn_core", "authz_core", "socache_shmcb", "ssl", "headers", "unixd")


@dataclass(frozen=True)
class Site:
    """How one site asks: `vhost` in the handshake, `location` once it knows the path."""

    protocol: str
    vhost: str = "none"
    location: str | None = None
    is_exchange: bool = False
    """Whether it speaks as Exchange does after a sign-in."""


def configuration(sites: Mapping[int, Site], folder: Path) -> str:
    """The whole configuration, by port. The folder holds `server.pem` and `clients.pem`."""
    modules = next((f for f in map(Path, _MODULE_FOLDERS) if f.is_dir()), None)
    if modules is None:
        pytest.skip("needs the modules of apache2 (Debian package apache2)")
    lines = [line for port, site in sites.items() for line in _site(port, site)]
    return "\n".join([*_basics(modules, folder), *lines, ""])


def _basics(modules: Path, folder: Path) -> list[str]:
    loads = [
        f"LoadModule {name}_module {modules}/mod_{name}.so"
        for name in _MODULES
        if (modules / f"mod_{name}.so").exists()  # some builds have unixd and others inside
    ]
    user = ["User www-data", "Group www-data"] if is_root() and os.path.exists("/etc/debian_version") else []
    return [
        *loads,
        *user,
        f"ServerRoot {folder}",
        f"DefaultRuntimeDir {folder}",
        f"PidFile {folder}/apache.pid",
        f"ErrorLog {folder}/error.log",
        "ServerName localhost",
        f"DocumentRoot {folder}/www",
        f"<Directory {folder}/www>",
        "  Require all granted",
        "</Directory>",
        "StartServers 1",
        "SSLSessionCache none",
        f"SSLCertificateFile {folder}/server.pem",
        f"SSLCACertificateFile {folder}/clients.pem",
    ]


def _site(port: int, site: Site) -> list[str]:
    location = [f"    SSLVerifyClient {site.location}"] if site.location is not None else []
    exchange = ['    Header always set MS-Server-ActiveSync "15.0"'] if site.is_exchange else []
    return [
        f"Listen 127.0.0.1:{port}",
        f"<VirtualHost 127.0.0.1:{port}>",
        "  SSLEngine on",
        f"  SSLProtocol -all +{site.protocol}",
        f"  SSLVerifyClient {site.vhost}",
        "  <Location /Microsoft-Server-ActiveSync>",
        *location,
        *exchange,
        "  </Location>",
        "</VirtualHost>",
    ]

"""nginx in its modes of asking for client certificates; it always asks in the handshake, and refuses with 400."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.foreign_servers.processes import is_root


@dataclass(frozen=True)
class Site:
    """How one server block asks."""

    protocol: str
    verify: str


def configuration(sites: Mapping[int, Site], folder: Path) -> str:
    """The whole configuration, by port. The folder holds `server.pem` and `clients.pem`."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = [f"  {kind}_temp_path {folder}/{kind};" for kind in kinds]
    return "\n".join(
        [
            "user root;" if is_root() else "",
            f"pid {folder}/nginx.pid;",
            "worker_processes 1;",
            f"error_log {folder}/error.log;",
            "events {}",
            "http {",
            "  access_log off;",
            *temporary,
            f"  ssl_certificate {folder}/server.pem;",
            f"  ssl_certificate_key {folder}/server.pem;",
            f"  ssl_client_certificate {folder}/clients.pem;",
            *(line for port, site in sites.items() for line in _site(port, site)),
            "}",
        ]
    )


def _site(port: int, site: Site) -> list[str]:
    return [
        "  server {",
        f"    listen 127.0.0.1:{port} ssl;",
        f"    ssl_protocols {site.protocol};",
        f"    ssl_verify_client {site.verify};",
        '    location / { return 200 "nginx"; }',
        "  }",
    ]

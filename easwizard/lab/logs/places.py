"""Where servers and their web sites are, as logs name them: addresses and the numbers of web sites.

Web sites have the addresses that the estate's evidence gives them; what a server calls others from is made up, since
a call from a loopback address counts as the server's own.
"""

from __future__ import annotations

from collections.abc import Mapping

from easwizard.exchange.inventory import Endpoint, Inventory, Server

PORT = 443
BACK_END_PORT = 444
BACK_END_SITE = 2


class Places:
    """Of one estate; `addresses` are those of its web sites, by label in lower case."""

    def __init__(self, inventory: Inventory, addresses: Mapping[str, str]) -> None:
        self._addresses = addresses
        self._numbers = {server.name.casefold(): 1 + place for place, server in enumerate(inventory.servers)}
        self._sites: dict[str, list[str]] = {}
        for vdir in inventory.vdirs:
            if not vdir.back_end:
                self._add(vdir.server, vdir.web_site)
        for record in inventory.namespaces:
            for endpoint in record.endpoints:
                self._add(endpoint.server, endpoint.web_site)

    def address(self, endpoint: Endpoint) -> str:
        """Where a web site listens."""
        return self._addresses[endpoint.label.casefold()]

    def own_address(self, server: Server) -> str:
        """Where a server calls others from, and where its back end listens."""
        number = self._numbers[server.name.casefold()]
        return f"10.20.{number // 200}.{10 + number % 200}"

    def site(self, endpoint: Endpoint, server: Server) -> int:
        """The number of a web site; from 2013 on the second one is the back end's."""
        place = self._sites[server.name.casefold()].index(endpoint.web_site.casefold())
        legacy = server.product is not None and server.product.is_legacy
        return 1 + place if legacy or place == 0 else 2 + place

    def _add(self, server: str, web_site: str) -> None:
        sites = self._sites.setdefault(server.casefold(), [])
        if web_site.casefold() not in sites:
            sites.append(web_site.casefold())

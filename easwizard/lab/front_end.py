"""A front end's part in a request for an old mailbox: draw a candidate, have the leg made, relay the outcome.

It joins the pure parts (drawing, deciding) with the one that dials; it opens no socket itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from easwizard.exchange.inventory import Inventory, VirtualDirectory
from easwizard.exchange.products import Product
from easwizard.lab.drawing import Picker, candidates
from easwizard.lab.exchange_server import Site, not_signed_in
from easwizard.lab.http_messages import Reply, Request
from easwizard.lab.iis_replies import refused
from easwizard.lab.proxy_leg import LegTarget
from easwizard.lab.scenario import Account, Tls

_RELAYED = {
    "ms-server-activesync",
    "ms-asprotocolversions",
    "ms-asprotocolcommands",
    "allow",
    "public",
    "content-type",
}
"""Headers that come from the far side (exchange.md 3.3); the others are the front end's own."""
_PROOF = "MS-Server-ActiveSync"


class Calls(Protocol):
    """Whoever can make a leg."""

    def call(self, target: LegTarget, method: str, user: str, oldest_tls: Tls) -> Reply | None: ...


@dataclass(frozen=True)
class LegOutcome:
    """What the device gets, which vdir was drawn for it, and what the far side said."""

    reply: Reply
    drawn: str | None
    leg_status: int | None


@dataclass(frozen=True)
class FrontEnd:
    """The newer servers of an estate, which all draw by one picker."""

    picker: Picker
    caller: Calls
    failure_status: int

    def forward(
        self, request: Request, site: Site, account: Account, inventory: Inventory, now: datetime
    ) -> LegOutcome:
        """Make the leg for one request of one account."""
        drawn = self.picker.draw(candidates(inventory, account), account.user)
        target = leg_target(drawn, inventory) if drawn else None
        answer = None
        if target is not None:
            answer = self.caller.call(target, request.method, account.user, site.knobs.outbound_tls)
        label = drawn.label if drawn else None
        status = answer.status if answer else None
        if answer is not None and answer.header(_PROOF) is not None:
            return LegOutcome(_relayed(answer), label, status)
        return LegOutcome(self._failed(request, site, now), label, status)

    def _failed(self, request: Request, site: Site, now: datetime) -> Reply:
        """How a failed leg looks to the device is not established (exchange.md 1.5), so the scenario says."""
        if self.failure_status == 401:
            return not_signed_in(request, site, now)
        return refused(self.failure_status)


def leg_target(drawn: VirtualDirectory, inventory: Inventory) -> LegTarget | None:
    """Where the leg goes: the InternalUrl; for 2010 the server's own name, as is believed (exchange.md 1.2, J13).

    The health ping that is believed to choose among 2010 servers is left out.
    """
    if drawn.product is not Product.E2010:
        return LegTarget.of(drawn.internal_url or "")
    server = inventory.server(drawn.server)
    return LegTarget.below(server.fqdn) if server and server.fqdn else None


def _relayed(answer: Reply) -> Reply:
    return Reply(answer.status, tuple((name, value) for name, value in answer.headers if name.lower() in _RELAYED))

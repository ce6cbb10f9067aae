"""A front end's part in a request for an old mailbox: draw a candidate, have the leg made, relay the outcome.

It joins the pure parts (drawing, deciding) with the one that dials; it opens no socket itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from easwizard.exchange.inventory import Inventory
from easwizard.lab.drawing import Picker, candidates
from easwizard.lab.exchange_server import Site, not_signed_in
from easwizard.lab.http_messages import Reply, Request
from easwizard.lab.iis_replies import refused
from easwizard.lab.proxy_leg import LegTarget
from easwizard.lab.scenario import Account

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

    def call(self, target: LegTarget, method: str, user: str) -> Reply | None: ...


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

    def forward(self, request: Request, site: Site, account: Account, inventory: Inventory) -> LegOutcome:
        """Make the leg for one request of one account."""
        drawn = self.picker.draw(candidates(inventory, account), account.user)
        target = LegTarget.of(drawn.internal_url or "") if drawn else None
        answer = self.caller.call(target, request.method, account.user) if target else None
        label = drawn.label if drawn else None
        status = answer.status if answer else None
        if answer is not None and answer.header(_PROOF) is not None:
            return LegOutcome(_relayed(answer), label, status)
        return LegOutcome(self._failed(request, site), label, status)

    def _failed(self, request: Request, site: Site) -> Reply:
        """How a failed leg looks to the device is not established (exchange.md 1.5), so the scenario says."""
        if self.failure_status == 401:
            return not_signed_in(request, site)
        return refused(self.failure_status)


def _relayed(answer: Reply) -> Reply:
    return Reply(answer.status, tuple((name, value) for name, value in answer.headers if name.lower() in _RELAYED))

"""What a plan does to the findings of an estate, and where phones are served worst after it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from easwizard.diagnosis.finding import Finding
from easwizard.diagnosis.verdicts import Verdict
from easwizard.exchange.inventory import Inventory
from easwizard.exchange.routing import Device, Route, endpoints_of
from easwizard.workflow.simulate import Simulation, State


@dataclass(frozen=True)
class Tomorrow:
    """What a plan does to the findings."""

    after: tuple[Finding, ...]
    """Everything that may be there then; what is ruled out is left out."""
    new: frozenset[str]
    """Codes that are asserted then, and are not today."""
    gone: tuple[Finding, ...]
    """Asserted today, and surely not there then."""
    unclear: tuple[Finding, ...]
    """Asserted today, and then no longer known to be there: odds are open, so it need not be gone."""


def tomorrow(told: Simulation) -> Tomorrow:
    """The findings after the changes beside those of today."""
    before = {f.code: f for f in shown_findings(told.before) if f.verdict.asserts}
    after = shown_findings(told.after)
    new = frozenset(f.code for f in after if f.verdict.asserts and f.code not in before)
    left = [f for code, f in before.items() if code not in {f.code for f in after}]
    ruled_out = {f.code for f in told.after.diagnosis.findings if f.verdict is Verdict.RULED_OUT}
    is_sure = all(route.odds.exact is not None for route in told.after.routes)
    gone = tuple(f for f in left if is_sure or f.code in ruled_out)
    return Tomorrow(after, new, gone, tuple(f for f in left if f not in gone))


def shown_findings(state: State) -> tuple[Finding, ...]:
    """What may be there in a state."""
    return tuple(f for f in state.diagnosis.findings if f.verdict is not Verdict.RULED_OUT)


def worst(state: State, device: Device, *, old_only: bool = True) -> Route | None:
    """The route on which that kind of phone is served least, for mailboxes on old versions; None without any."""
    found = [r for r in state.routes if r.device is device and (r.mailbox.product.is_legacy or not old_only)]
    return min(found, key=lambda r: (r.odds.low, r.odds.high), default=None)


def leading_nowhere_known(inventory: Inventory) -> tuple[str, ...]:
    """The names that phones use of which it is not known where they lead: what a change there meets is open (J21)."""
    facing = [n.host for n in inventory.namespaces if n.role.faces_devices]
    return tuple(host for host in facing if not endpoints_of(inventory, host))

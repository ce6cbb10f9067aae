"""Whether the new servers will let phones of one kind in: the first hop of the planned routes."""

from __future__ import annotations

from easwizard.checklist.evidence import Evidence
from easwizard.checklist.gate import Sight, as_read, failed, left_open, passed
from easwizard.exchange.routing import Device, Outcome


def entrance(evidence: Evidence, device: Device, well: str) -> Sight | None:
    """A failure where a planned front end refuses this kind of phone; None where no route of it is known."""
    routes = evidence.planned.routes if evidence.planned is not None else ()
    entries = [path.hops[0] for route in routes if route.device is device for path in route.paths]
    if not entries:
        return None
    refusing = dict.fromkeys(hop.why for hop in entries if hop.outcome is Outcome.REFUSED)
    if refusing:
        return failed("; ".join(refusing), [evidence.read])
    doubtful = dict.fromkeys(hop.why for hop in entries if hop.outcome is not Outcome.OK)
    if doubtful:
        return left_open("; ".join(doubtful))
    return as_read(evidence, passed(well, [evidence.read]))

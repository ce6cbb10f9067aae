"""Windows 2008 R2 under an old server needs KB3140410 (exchange.md 7). Which Windows it is, an inventory may tell."""

from __future__ import annotations

from easwizard.checklist.evidence import Evidence
from easwizard.checklist.freshness import WEEK
from easwizard.checklist.gate import Gate, Sight, Topic, left_open, passed


def look(evidence: Evidence) -> Sight | None:
    servers = evidence.planned.inventory.servers if evidence.planned is not None else ()
    old = [s for s in servers if s.product is not None and s.product.is_legacy and s.client_access is not False]
    if not old:
        return None
    affected = [s.name for s in old if "2008 r2" in (s.windows or "").casefold()]
    if affected:
        return left_open(f"Windows 2008 R2: {', '.join(affected)}; whether the update is there, only they can say")
    unknown = [s.name for s in old if not s.windows]
    if unknown:
        return left_open(f"the Windows version of {', '.join(unknown)} is not known")
    return passed("no old server runs on Windows 2008 R2", [evidence.read])


GATE = Gate(Topic.VERSIONS, "7", lasts=WEEK, look=look)

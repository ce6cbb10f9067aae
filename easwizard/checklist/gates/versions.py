"""Versions that can live together and do what is planned (exchange.md 7, 1.1, 2.1).

Builds of updates are known here for Exchange 2013 only, so that the old servers' level is a person's to read.
"""

from __future__ import annotations

from easwizard.checklist.evidence import Evidence
from easwizard.checklist.freshness import WEEK
from easwizard.checklist.gate import Gate, Sight, Topic, by_findings, failed, left_open
from easwizard.exchange.certainty import Basis
from easwizard.exchange.products import impossible_pairs


def look(evidence: Evidence) -> Sight | None:
    old = by_findings(evidence, "cba/build-too-old")
    if old is not None or evidence.planned is None:
        return old
    servers = evidence.planned.inventory.servers
    pairs = impossible_pairs({s.product for s in servers if s.product is not None})
    certain = [row.minimum for row in pairs if row.basis is Basis.CONFIRMED]
    if certain and evidence.case.answer("products-apart") not in ("another-forest", "past"):
        return failed("; ".join(dict.fromkeys(certain)), [evidence.read])
    told = [f"{s.name} {s.product} {s.build}" for s in servers if s.product is not None and s.build]
    return left_open(f"read so far: {', '.join(told)}; compare with the least versions") if told else None


GATE = Gate(Topic.VERSIONS, "7, 1.1, 2.1", lasts=WEEK, look=look, only_fails=True)

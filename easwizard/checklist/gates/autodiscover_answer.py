"""Autodiscover must tell phones the name that they are to use (exchange.md 7, 1.8)."""

from __future__ import annotations

from easwizard.case.facts import HttpFacts
from easwizard.checklist.evidence import Evidence, looked
from easwizard.checklist.freshness import HOUR
from easwizard.checklist.gate import Gate, Sight, Topic, by_findings, failed, passed
from easwizard.exchange.inventory import host_of


def look(evidence: Evidence) -> Sight | None:
    wrong = by_findings(evidence, "autodiscover/wrong-url")
    if wrong is not None:
        return wrong
    told = [(o, f) for o, f in evidence.case.seen(HttpFacts) if o.ok and f.handed_out]
    names = {target.host.casefold() for target in evidence.names}
    if not told or not names:
        return None
    hosts = {host_of(url) or url for _, facts in told for url in facts.handed_out}
    foreign = sorted(host for host in hosts if host.casefold() not in names)
    if foreign:
        return failed(f"tells {', '.join(foreign)}, which is no name that phones use", looked(o for o, _ in told))
    return passed(f"tells {', '.join(sorted(hosts))}", looked(o for o, _ in told))


GATE = Gate(Topic.AUTODISCOVER, "7, 1.8", lasts=HOUR, look=look)

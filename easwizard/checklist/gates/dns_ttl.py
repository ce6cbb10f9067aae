"""Records must not outlive a cut-over (exchange.md 7, believed: 300 s at most, one old lifetime before).

A cache shows what is left of the time: a long one is a lower bound and fails, a short one proves nothing.
"""

from __future__ import annotations

from easwizard.case.facts import DnsOutcome
from easwizard.checklist.evidence import Evidence, looked
from easwizard.checklist.freshness import HOUR
from easwizard.checklist.gate import Gate, Sight, Topic, failed, left_open

LONGEST_TTL = 300
"""Seconds (exchange.md 7)."""


def look(evidence: Evidence) -> Sight | None:
    hosts = dict.fromkeys(target.host for target in evidence.case.targets)
    looks = [(o, f) for host in hosts for o, f in evidence.case.dns(host) if o.ok and f.outcome is DnsOutcome.ANSWER]
    timed = [(o, f) for o, f in looks if f.ttl is not None]
    long = [(o, f) for o, f in timed if (f.ttl or 0) > LONGEST_TTL]
    if long:
        worst = max(long, key=lambda each: each[1].ttl or 0)[1]
        others = f", and {len(long) - 1} more answers" if len(long) > 1 else ""
        text = f"{worst.name} may be kept for {worst.ttl} s or longer by {worst.resolver}{others}"
        return failed(text, looked(o for o, _ in long))
    if timed:
        text = f"the {len(timed)} answers seen live {LONGEST_TTL} s or less, but a cache shows only what is left"
        return left_open(f"{text}: read it at the zone's own server")
    return None


GATE = Gate(Topic.NETWORK, "7", lasts=HOUR, look=look, only_fails=True)

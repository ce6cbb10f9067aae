"""The old pool must keep one source at one server (J15, J29). Trouble shows in logs, health nowhere."""

from __future__ import annotations

from easwizard.checklist.evidence import Evidence
from easwizard.checklist.freshness import WEEK
from easwizard.checklist.gate import Gate, Sight, Topic, by_findings, left_open


def look(evidence: Evidence) -> Sight:
    return by_findings(evidence, "proxy/affinity-missing", "proxy/ntlm-multiplexed") or left_open(
        "affinity is a setting of the balancer before the old pool; it is not seen from here"
    )


GATE = Gate(Topic.BALANCING, "7, J15, J29", lasts=WEEK, look=look, only_fails=True)

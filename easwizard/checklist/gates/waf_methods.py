"""Nothing between phones and servers may drop OPTIONS or the ActiveSync headers (exchange.md 7).

A stripped answer is seen from here; that nothing is stripped on the phones' way is not.
"""

from __future__ import annotations

from easwizard.checklist.evidence import Evidence
from easwizard.checklist.freshness import WEEK
from easwizard.checklist.gate import Gate, Sight, Topic, by_findings, left_open


def look(evidence: Evidence) -> Sight:
    return by_findings(evidence, "eas/options-stripped") or left_open(
        "a look from inside does not pass the gateway that phones pass: ask for its rules"
    )


GATE = Gate(Topic.NETWORK, "7", lasts=WEEK, look=look, only_fails=True)

"""Old and new servers must share a TLS version (J16, J29). The new servers' own settings tell it surely."""

from __future__ import annotations

from easwizard.checklist.evidence import Evidence
from easwizard.checklist.freshness import WEEK
from easwizard.checklist.gate import Gate, Sight, Topic, by_findings, left_open


def look(evidence: Evidence) -> Sight:
    return by_findings(evidence, "proxy/tls-no-common-version") or left_open(
        "which versions a new server offers as a client is not seen from here"
    )


GATE = Gate(Topic.VERSIONS, "J29, J16", lasts=WEEK, look=look, only_fails=True)

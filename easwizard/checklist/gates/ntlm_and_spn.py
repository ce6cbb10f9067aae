"""The leg to a balanced old name lives on NTLM (J17): it must be allowed, and no SPN may stand in its way (J29)."""

from __future__ import annotations

from easwizard.checklist.evidence import Evidence
from easwizard.checklist.freshness import WEEK
from easwizard.checklist.gate import Gate, Sight, Topic, by_findings, left_open


def look(evidence: Evidence) -> Sight:
    return by_findings(evidence, "proxy/kerberos-only", "proxy/spn-conflict") or left_open(
        "policies and service principal names are in the directory; they are not seen from here"
    )


GATE = Gate(Topic.VERSIONS, "J29, J17", lasts=WEEK, look=look, only_fails=True)

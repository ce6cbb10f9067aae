"""All four switches of certificate sign-in on every server of the certificate name (exchange.md 2.3, 7)."""

from __future__ import annotations

from easwizard.checklist.entrances import entrance
from easwizard.checklist.evidence import Evidence
from easwizard.checklist.freshness import DAY
from easwizard.checklist.gate import Gate, Sight, Topic
from easwizard.exchange.routing import Device


def look(evidence: Evidence) -> Sight | None:
    return entrance(evidence, Device.CERTIFICATE, "all four switches are on behind every certificate name")


GATE = Gate(Topic.VDIRS, "7, 2.3", lasts=DAY, look=look, only_with_certificates=True)

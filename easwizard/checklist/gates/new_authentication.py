"""Where phones sign in with passwords, every front end must take them (exchange.md 7, 2.2)."""

from __future__ import annotations

from easwizard.checklist.entrances import entrance
from easwizard.checklist.evidence import Evidence
from easwizard.checklist.freshness import DAY
from easwizard.checklist.gate import Gate, Sight, Topic
from easwizard.exchange.routing import Device


def look(evidence: Evidence) -> Sight | None:
    return entrance(evidence, Device.BASIC, "every virtual directory behind the password names takes Basic")


GATE = Gate(Topic.VDIRS, "7, 2.2", lasts=DAY, look=look)

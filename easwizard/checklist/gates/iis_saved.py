"""The IIS configuration of every server saved, and a restore tried (J29)."""

from __future__ import annotations

from easwizard.checklist.freshness import WEEK
from easwizard.checklist.gate import Gate, Topic

GATE = Gate(Topic.PEOPLE, "J29, 6.0", lasts=WEEK)

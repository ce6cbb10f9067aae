"""A way back that somebody has walked, the XML included (J29)."""

from __future__ import annotations

from easwizard.checklist.freshness import MONTH
from easwizard.checklist.gate import Gate, Topic

GATE = Gate(Topic.PEOPLE, "J29, 2.5", lasts=MONTH)

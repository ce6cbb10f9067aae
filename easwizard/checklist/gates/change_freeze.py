"""Nobody else changes anything while names move (J29)."""

from __future__ import annotations

from easwizard.checklist.freshness import DAY
from easwizard.checklist.gate import Gate, Topic

GATE = Gate(Topic.PEOPLE, "J29", lasts=DAY)

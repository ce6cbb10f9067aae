"""IIS logs must hold what an incident asks for (J29): fields, disk, retention."""

from __future__ import annotations

from easwizard.checklist.freshness import WEEK
from easwizard.checklist.gate import Gate, Topic

GATE = Gate(Topic.PEOPLE, "J29", lasts=WEEK)

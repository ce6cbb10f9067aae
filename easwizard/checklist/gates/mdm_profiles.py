"""The server names in the profiles that device management sends to phones (J29)."""

from __future__ import annotations

from easwizard.checklist.freshness import WEEK
from easwizard.checklist.gate import Gate, Topic

GATE = Gate(Topic.PEOPLE, "J29", lasts=WEEK)

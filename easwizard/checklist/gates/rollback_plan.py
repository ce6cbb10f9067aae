"""A way back that is written down, with a time and an owner (exchange.md 7, 6.5)."""

from __future__ import annotations

from easwizard.checklist.freshness import MONTH
from easwizard.checklist.gate import Gate, Topic

GATE = Gate(Topic.PEOPLE, "7, 6.5", lasts=MONTH)

"""Device access rules must not quarantine the fleet (exchange.md 7, believed)."""

from __future__ import annotations

from easwizard.checklist.freshness import WEEK
from easwizard.checklist.gate import Gate, Topic

GATE = Gate(Topic.PEOPLE, "7", lasts=WEEK)

"""The service connection point of the new servers (exchange.md 7). No evidence that is read here keeps it."""

from __future__ import annotations

from easwizard.checklist.freshness import DAY
from easwizard.checklist.gate import Gate, Topic

GATE = Gate(Topic.AUTODISCOVER, "7", lasts=DAY)

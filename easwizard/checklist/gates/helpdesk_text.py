"""What the helpdesk says when a phone claims a wrong password (exchange.md 7, 1.5)."""

from __future__ import annotations

from easwizard.checklist.freshness import MONTH
from easwizard.checklist.gate import Gate, Topic

GATE = Gate(Topic.PEOPLE, "7, 1.5", lasts=MONTH)

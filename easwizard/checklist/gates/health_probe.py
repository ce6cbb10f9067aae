"""The balancer's own probe must fit what the servers answer (exchange.md 2.10, J23). A setting of the balancer."""

from __future__ import annotations

from easwizard.checklist.freshness import WEEK
from easwizard.checklist.gate import Gate, Topic

GATE = Gate(Topic.BALANCING, "7, 2.10, J23", lasts=WEEK)

"""The ways that phones and servers need through firewalls (exchange.md 7). Not seen from a jump box."""

from __future__ import annotations

from easwizard.checklist.freshness import WEEK
from easwizard.checklist.gate import Gate, Topic

GATE = Gate(Topic.NETWORK, "7", lasts=WEEK)

"""Idle timeouts on the way must outlast a phone's long request (exchange.md 7). They are not seen from outside."""

from __future__ import annotations

from easwizard.checklist.freshness import MONTH
from easwizard.checklist.gate import Gate, Topic

GATE = Gate(Topic.NETWORK, "7", lasts=MONTH)

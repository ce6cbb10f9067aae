"""Limits for one source, since all old mailboxes' traffic will come from few addresses (J29)."""

from __future__ import annotations

from easwizard.checklist.freshness import WEEK
from easwizard.checklist.gate import Gate, Topic

GATE = Gate(Topic.BALANCING, "J29", lasts=WEEK)

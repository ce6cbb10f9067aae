"""Phones of every kind tried by people (exchange.md 7)."""

from __future__ import annotations

from easwizard.checklist.freshness import WEEK
from easwizard.checklist.gate import Gate, Topic

GATE = Gate(Topic.PEOPLE, "7", lasts=WEEK)

"""Phones must know the root and take the key (exchange.md 7, believed). Only phones tell."""

from __future__ import annotations

from easwizard.checklist.freshness import WEEK
from easwizard.checklist.gate import Gate, Topic

GATE = Gate(Topic.CERTIFICATES, "7", lasts=WEEK)

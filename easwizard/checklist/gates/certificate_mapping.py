"""Directory and domain controllers must take the phones' certificates (exchange.md 2.6). Not seen from outside."""

from __future__ import annotations

from easwizard.checklist.freshness import WEEK
from easwizard.checklist.gate import Gate, Topic

GATE = Gate(Topic.CERTIFICATES, "7, 2.6", lasts=WEEK, only_with_certificates=True)

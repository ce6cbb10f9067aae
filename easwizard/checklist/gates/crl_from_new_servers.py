"""The new servers must reach the revocation lists as the machine account (J29). Not seen from a jump box."""

from __future__ import annotations

from easwizard.checklist.freshness import DAY
from easwizard.checklist.gate import Gate, Topic

GATE = Gate(Topic.CERTIFICATES, "7, 2.6, J29", lasts=DAY, only_with_certificates=True)

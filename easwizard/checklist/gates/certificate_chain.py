"""The new servers must send every intermediate certificate (exchange.md 7): phones fetch none."""

from __future__ import annotations

from easwizard.checklist.evidence import Evidence
from easwizard.checklist.freshness import HOUR
from easwizard.checklist.gate import Gate, Sight, Topic
from easwizard.checklist.shown import Shown, all_shown


def look(evidence: Evidence) -> Sight | None:
    return all_shown(evidence, _wrong, "every chain is whole and trusted here")


def _wrong(shown: Shown) -> str | bool | None:
    if shown.facts.chain_complete is False:
        return "lacks an intermediate"
    # Not trusted here may mean a private authority that phones do know.
    return True if shown.facts.chain_complete and shown.facts.trusted else None


GATE = Gate(Topic.CERTIFICATES, "7", lasts=HOUR, look=look)

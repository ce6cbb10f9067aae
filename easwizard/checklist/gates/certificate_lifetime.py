"""The certificates on the new servers must live for more than 60 days yet (exchange.md 7, believed)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from easwizard.checklist.evidence import Evidence
from easwizard.checklist.freshness import HOUR
from easwizard.checklist.gate import Gate, Sight, Topic
from easwizard.checklist.shown import Shown, all_shown

LEAST = timedelta(days=60)


def look(evidence: Evidence) -> Sight | None:
    def wrong(shown: Shown) -> str | bool | None:
        end = _moment(shown.facts.not_after)
        if end is None:
            return None
        return f"ends on {end:%Y-%m-%d}" if end < evidence.now + LEAST else True

    return all_shown(evidence, wrong, f"every certificate lives for more than {LEAST.days} days yet")


def _moment(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


GATE = Gate(Topic.CERTIFICATES, "7", lasts=HOUR, look=look)

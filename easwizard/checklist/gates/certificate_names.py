"""The certificates on the new servers must cover every name (exchange.md 7).

Before the cut-over names still lead to the old servers, so the new ones must be reached directly.
"""

from __future__ import annotations

from easwizard.checklist.evidence import Evidence
from easwizard.checklist.freshness import HOUR
from easwizard.checklist.gate import Gate, Sight, Topic
from easwizard.checklist.shown import Shown, all_shown


def look(evidence: Evidence) -> Sight | None:
    return all_shown(evidence, _wrong, "every certificate covers its name")


def _wrong(shown: Shown) -> str | bool | None:
    if shown.facts.name_matches is False:
        return f"covers {', '.join(shown.facts.names[:5]) or 'no name'} only"
    return shown.facts.name_matches


GATE = Gate(Topic.CERTIFICATES, "7", lasts=HOUR, look=look)

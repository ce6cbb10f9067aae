"""The planned changes, simulated: every request must arrive, and no new problem may come (exchange.md 1.6, 7).

Problems that have a gate of their own are judged there, so that a waiver of that gate is not undone here.
"""

from __future__ import annotations

from easwizard.checklist.evidence import Evidence
from easwizard.checklist.freshness import DAY
from easwizard.checklist.gate import Gate, Sight, Topic, failed, left_open, passed
from easwizard.checklist.odds_words import share
from easwizard.exchange.routing import Route

_OWN_GATE = {"setup/second-frontend-vdir", "autodiscover/two-external-urls", "autodiscover/wrong-url"}


def look(evidence: Evidence) -> Sight | None:
    planned = evidence.planned
    if evidence.trouble is not None:
        return failed(f"the plan cannot be made: {evidence.trouble}", [evidence.read])
    if planned is None:
        return None
    if not evidence.case.changes and not evidence.has_moved:
        return left_open("no change is planned in this case yet; --change CHANGE adds one")
    problems = [c for c, told in planned.findings.items() if told.harms and c not in _OWN_GATE]
    failing = [_words(route) for route in planned.routes if route.odds.high < 1]
    if problems or failing:
        parts = [*(f"{code}: {planned.findings[code].text}" for code in problems), *failing]
        return failed("; ".join(parts), [evidence.read])
    if not planned.routes:
        return left_open("no way from a name that phones use to a mailbox is known")
    doubtful = [_words(route) for route in planned.routes if route.odds.exact != 1]
    if doubtful:
        return left_open("; ".join(doubtful))
    return passed(f"all {len(planned.routes)} kinds of requests arrive", [evidence.read])


def _words(route: Route) -> str:
    return f"{route.device} phones of {route.mailbox} through {route.namespace}: {share(route.odds)} served"


GATE = Gate(Topic.VDIRS, "1.6, 7", lasts=DAY, look=look)

"""Whichever old virtual directory a new server draws, it must take the leg (exchange.md 7, 5.3; J1 to J3).

Judged on the estate after the planned changes: before the names move, the mends are steps of the window (J21).
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.checklist.evidence import Evidence, Planned
from easwizard.checklist.freshness import DAY
from easwizard.checklist.gate import Gate, Sight, Topic, failed, left_open, passed
from easwizard.checklist.odds_words import share
from easwizard.exchange.routing import Mailbox, Odds, draws, leg_odds

_CODES = ("namespace/duplicate", "namespace/legacy-rejects-all", "routing/no-candidate", "proxy/windows-auth-missing")


def look(evidence: Evidence) -> Sight | None:
    planned = evidence.planned
    if planned is None or not evidence.old_vdirs:
        return None
    told = [f"{code}: {planned.findings[code].text}" for code in _CODES if code in planned.findings]
    legs = dict(_odds(evidence, planned))
    short = [f"{mailbox} {share(odds)}" for mailbox, odds in legs.items() if odds.high < 1]
    if told or short:
        served = [f"served: {', '.join(short)}"] if short else []
        return failed("; ".join([*told, *served]), [evidence.read])
    if not legs:
        return passed("no old mailbox will be left", [evidence.read])
    unknown = [f"{mailbox} {share(odds)}" for mailbox, odds in legs.items() if odds.exact is None]
    if unknown:
        return left_open(f"not all is known of the leg: {', '.join(unknown)}")
    return passed(f"every draw is taken: {', '.join(str(mailbox) for mailbox in legs)}", [evidence.read])


def _odds(evidence: Evidence, planned: Planned) -> Iterator[tuple[Mailbox, Odds]]:
    gone = {str(mailbox).casefold() for mailbox in planned.moved}
    for mailbox in dict.fromkeys(Mailbox(v.product, v.site) for v in evidence.old_vdirs if v.product is not None):
        if str(mailbox).casefold() not in gone:
            yield mailbox, leg_odds(draws(planned.inventory, mailbox))


GATE = Gate(Topic.VDIRS, "7, 5.3", lasts=DAY, look=look)

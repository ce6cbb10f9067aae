"""The mailbox's site has no legacy virtual directory to proxy to (exchange.md 1.2, J13). An inventory shows it."""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.mailboxes import legacy_mailboxes
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity
from easwizard.diagnosis.wanted import internal_urls
from easwizard.exchange.certainty import Basis
from easwizard.exchange.routing import candidates


def examine(case: Case) -> Examination:
    if not case.inventory.vdirs:
        return Examination(missing=(internal_urls("whether the mailbox's AD site has any legacy candidate"),))
    return Examination(clues=tuple(_clues(case)))


def _clues(case: Case) -> Iterator[Clue]:
    for mailbox in legacy_mailboxes(case):
        found = candidates(case.inventory, mailbox)
        subject = (str(mailbox),)
        if found:
            text = f"{len(found)} virtual directories may be drawn for {mailbox}"
            yield Clue(Effect.EXCLUDES, text, "5.3, J13", Group.EVIDENCE, subject=subject)
        else:
            # That another site is tried when this one has none is only believed (1.6), hence not confirmed.
            text = f"no virtual directory with an InternalUrl for {mailbox}"
            yield Clue(Effect.PROVES, text, "5.3, J13", Group.EVIDENCE, Basis.INFERRED, subject)


PROBLEM = Problem(code="routing/no-candidate", severity=Severity.HIGH, examine=examine)

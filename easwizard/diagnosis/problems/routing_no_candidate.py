"""The mailbox's site has no legacy virtual directory to proxy to (exchange.md 1.2, J13). An inventory shows it.

One that holds no virtual directory of that version was not read where those stand, and says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.case import Case
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.mailboxes import legacy_mailboxes
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity
from easwizard.diagnosis.wanted import internal_urls
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import VirtualDirectory
from easwizard.exchange.routing import Mailbox, candidates


def examine(case: Case) -> Examination:
    clues = tuple(_clues(case))
    judged = {subject for clue in clues for subject in clue.subject}
    left = [str(m) for m in legacy_mailboxes(case) if str(m) not in judged]
    whose = f" of {' and '.join(left)}" if left else ""
    why = f"whether the AD site{whose} has any legacy candidate"
    return Examination(clues, missing=(internal_urls(why),) if left or not clues else ())


def _clues(case: Case) -> Iterator[Clue]:
    for mailbox in legacy_mailboxes(case):
        held = [v for v in case.inventory.vdirs if v.product is mailbox.product and not v.back_end]
        found = candidates(case.inventory, mailbox)
        subject = (str(mailbox),)
        if found:
            text = f"{len(found)} virtual directories may be drawn for {mailbox}"
            yield Clue(Effect.EXCLUDES, text, "5.3, J13", Group.EVIDENCE, subject=subject)
        elif held and all(v.site is not None for v in held):
            yield _none(case, mailbox, held)


def _none(case: Case, mailbox: Mailbox, held: Sequence[VirtualDirectory]) -> Clue:
    """Confirmed only where no other site has a candidate: that another is tried then is only believed (1.6)."""
    here = [v for v in held if (v.site or "").casefold() == (mailbox.site or "").casefold()]
    text = f"no virtual directory with an InternalUrl for {mailbox}"
    if here:
        text += f": it is empty on {' and '.join(v.label for v in here)}"
    known = _site_is_known(case, mailbox)
    if not known:
        text += "; no server of that AD site is known at all, so its name may be mistyped"
    effect = Effect.PROVES if known else Effect.SUPPORTS
    nowhere = bool(here) and all(v.internal_url == "" for v in held)
    basis = Basis.CONFIRMED if nowhere else Basis.INFERRED
    return Clue(effect, text, "5.3, J13", Group.EVIDENCE, basis, (str(mailbox),))


def _site_is_known(case: Case, mailbox: Mailbox) -> bool:
    held = [v.site for v in case.inventory.vdirs] + [s.site for s in case.inventory.servers]
    return (mailbox.site or "").casefold() in {site.casefold() for site in held if site}


PROBLEM = Problem(code="routing/no-candidate", severity=Severity.HIGH, examine=examine)

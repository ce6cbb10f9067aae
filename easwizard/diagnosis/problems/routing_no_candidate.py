"""The mailbox's site has no legacy virtual directory to proxy to (exchange.md 1.2, J13). An inventory shows it.

One that holds no virtual directory of that version was not read where those stand, and says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from easwizard.case.case import Case
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.leg_proxying import caps_while_nobody_proxies, missing_while_nobody_proxies
from easwizard.diagnosis.log_errors import FEWEST, NO_SERVER, any_errors
from easwizard.diagnosis.mailboxes import legacy_mailboxes
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity
from easwizard.diagnosis.wanted import internal_urls
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import ClientCertificates, VirtualDirectory
from easwizard.exchange.routing import Mailbox, candidates


def examine(case: Case) -> Examination:
    clues = (*_clues(case), *_logged(case))
    judged = {subject for clue in clues for subject in clue.subject}
    left = [str(m) for m in legacy_mailboxes(case) if str(m) not in judged]
    whose = f" of {' and '.join(left)}" if left else ""
    why = f"whether the AD site{whose} has any legacy candidate"
    missing = (internal_urls(why),) if left or not clues else ()
    return Examination(clues, caps_while_nobody_proxies(case), (*missing_while_nobody_proxies(case), *missing))


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


def _logged(case: Case) -> Iterator[Clue]:
    """`UserHasNoCAS`, and an InternalUrl that is http, as the servers themselves are believed to write them."""
    times = any_errors(case, *NO_SERVER)
    if times >= FEWEST:
        text = f"the logs show {times} requests for which no old server with a usable InternalUrl was found"
        yield Clue(
            Effect.SUPPORTS, text, "5.3, logs.md 4", Group.LOG, Basis.BELIEVED, strong=True
        )  # fmt: skip


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
    return Clue(effect, text, "5.3, J13", Group.EVIDENCE, basis, (str(mailbox), *_fit_for_it(here)))


def _fit_for_it(here: Sequence[VirtualDirectory]) -> list[str]:
    """Which of them may be given an InternalUrl: one that demands certificates would refuse the leg (1.4)."""
    return [v.label for v in here if v.client_certificates is not ClientCertificates.REQUIRE]


def _site_is_known(case: Case, mailbox: Mailbox) -> bool:
    held = [v.site for v in case.inventory.vdirs] + [s.site for s in case.inventory.servers]
    return (mailbox.site or "").casefold() in {site.casefold() for site in held if site}


PROBLEM = Problem(code="routing/no-candidate", severity=Severity.HIGH, examine=examine)

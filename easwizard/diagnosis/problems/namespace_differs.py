"""Several legacy namespaces that all accept the leg: against the article's rule, and not failing (J6)."""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.leg_proxying import caps_while_nobody_proxies
from easwizard.diagnosis.legacy_names import INTERNAL_URL, legacy_names
from easwizard.diagnosis.mailboxes import legacy_mailboxes
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.server_names import is_server_name
from easwizard.diagnosis.verdicts import Severity
from easwizard.diagnosis.wanted import internal_urls
from easwizard.exchange.certainty import Basis
from easwizard.exchange.routing import Outcome, draws


def examine(case: Case) -> Examination:
    clues = (*_from_names(case), *_from_inventory(case))
    missing = () if clues else (internal_urls("whether the legacy virtual directories name more than one host"),)
    return Examination(clues=clues, caps=caps_while_nobody_proxies(case), missing=missing)


def _from_names(case: Case) -> Iterator[Clue]:
    """Only names that are InternalUrls now, and no server's own name: that is the healthy default (J6)."""
    used = [n for n in legacy_names(case) if n.internal_url == "yes" and not is_server_name(case, n.host)]
    if len(used) > 1 and all(n.accepts for n in used):
        text = f"{' and '.join(n.host for n in used)} are InternalUrls, and all of them accept the proxy leg"
        yield Clue(Effect.SUPPORTS, text, "J6", Group.ANSWER, subject=tuple(n.host for n in used))


def _from_inventory(case: Case) -> Iterator[Clue]:
    for mailbox in legacy_mailboxes(case):
        legs = draws(case.inventory, mailbox)
        outcomes = {arrival.result.outcome for leg in legs for arrival in leg.arrivals}
        named = {leg.candidate.internal_host or "" for leg in legs} - {""}
        hosts = {host for host in named if not is_server_name(case, host)}
        if outcomes == {Outcome.OK} and len(hosts) > 1:
            text = f"the candidates for {mailbox} name {len(hosts)} hosts, all of which accept the proxy leg"
            yield Clue(Effect.PROVES, text, "J6, 5.3", Group.EVIDENCE, subject=tuple(sorted(hosts)))
        elif outcomes == {Outcome.OK}:
            text = f"the candidates for {mailbox} name one host, or each its own server"
            subject = tuple(sorted(named))
            yield Clue(Effect.EXCLUDES, text, "J6", Group.EVIDENCE, Basis.CONFIRMED, subject)


PROBLEM = Problem(
    code="namespace/differs",
    severity=Severity.INFO,
    examine=examine,
    reads=(INTERNAL_URL,),
    yields_to=("namespace/duplicate", "namespace/legacy-rejects-all"),
)

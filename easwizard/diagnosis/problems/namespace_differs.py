"""Several legacy namespaces that all accept the leg: against the article's rule, and not failing (J6)."""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.diagnosis.legacy_names import INTERNAL_URL, legacy_names
from easwizard.diagnosis.mailboxes import legacy_mailboxes
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.verdicts import Severity
from easwizard.diagnosis.wanted import internal_urls
from easwizard.exchange.certainty import Basis
from easwizard.exchange.inventory import Inventory
from easwizard.exchange.routing import Outcome, draws


def examine(case: Case) -> Examination:
    clues = (*_from_names(case), *_from_inventory(case))
    missing = () if clues else (internal_urls("whether the legacy virtual directories name more than one host"),)
    return Examination(clues=clues, missing=missing)


def _from_names(case: Case) -> Iterator[Clue]:
    """Only names that are InternalUrls now, and no server's own name: that is the healthy default (J6)."""
    own = _server_names(case.inventory)
    used = [n for n in legacy_names(case) if n.internal_url == "yes" and n.host.casefold() not in own]
    if len(used) > 1 and all(n.accepts for n in used):
        text = f"{' and '.join(n.host for n in used)} are InternalUrls, and all of them accept the proxy leg"
        yield Clue(Effect.SUPPORTS, text, "J6", Group.ANSWER, subject=tuple(n.host for n in used))


def _from_inventory(case: Case) -> Iterator[Clue]:
    own = _server_names(case.inventory)
    for mailbox in legacy_mailboxes(case):
        legs = draws(case.inventory, mailbox)
        outcomes = {arrival.result.outcome for leg in legs for arrival in leg.arrivals}
        hosts = {leg.candidate.internal_host or "" for leg in legs} - own - {""}
        if outcomes == {Outcome.OK} and len(hosts) > 1:
            text = f"the candidates for {mailbox} name {len(hosts)} hosts, all of which accept the proxy leg"
            yield Clue(Effect.PROVES, text, "J6, 5.3", Group.EVIDENCE, subject=tuple(sorted(hosts)))
        elif outcomes == {Outcome.OK}:
            text = f"the candidates for {mailbox} name one host, or each its own server"
            yield Clue(Effect.EXCLUDES, text, "J6", Group.EVIDENCE, Basis.CONFIRMED)


def _server_names(inventory: Inventory) -> set[str]:
    return {(server.fqdn or server.name).casefold() for server in inventory.servers}


PROBLEM = Problem(
    code="namespace/differs",
    severity=Severity.INFO,
    examine=examine,
    reads=(INTERNAL_URL,),
    yields_to=("namespace/duplicate", "namespace/legacy-rejects-all"),
)

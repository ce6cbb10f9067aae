"""A record lives longer than a cut-over can wait (exchange.md 7, believed: at most 300 s).

A resolver that caches shows what is left of the time, so a long one is a lower bound and a short one proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.case.facts import DnsFacts, DnsOutcome, Observation
from easwizard.case.requests import Target
from easwizard.diagnosis.clues import Clue, Effect, Group, Missing
from easwizard.diagnosis.problem import Examination, Problem
from easwizard.diagnosis.severities import is_retired, severity_of
from easwizard.diagnosis.verdicts import Severity
from easwizard.exchange.certainty import Basis

LONGEST_TTL = 300
"""Seconds (exchange.md 7)."""


def examine(case: Case) -> Examination:
    targets = [t for t in case.targets if not is_retired(case, t)]
    clues = [clue for host in dict.fromkeys(t.host for t in targets) for clue in _clues(case, host)]
    after = case.answer("cutover") == "after"
    if clues and after:
        text = "the names have moved (your answer): only a way back would wait for this"
        clues.append(Clue(Effect.WEAKENS, text, "6.5, 7", Group.ANSWER))
    return Examination(
        clues=tuple(clues),
        missing=_whole_time(clues[0].subject[0]) if clues else (),
        severity=severity_of(clues, _severities(targets, after)),
    )


def _severities(targets: list[Target], after: bool) -> dict[str, Severity]:
    """A legacy name does not move at the cut-over, so its time to live matters less."""
    moves = {t.host for t in targets if not t.role.is_legacy}
    return {t.host: Severity.INFO if after or t.host not in moves else Severity.LOW for t in targets}


def _clues(case: Case, host: str) -> Iterator[Clue]:
    looks = sorted(
        ((o, f) for o, f in case.dns(host) if o.ok and f.outcome is DnsOutcome.ANSWER), key=lambda look: look[0].id
    )
    whole = [(o, f) for o, f in looks if f.ttl is not None and f.ttl > LONGEST_TTL]
    if whole:
        observation, facts = max(whole, key=lambda look: look[1].ttl or 0)
        text = f"{host} may be kept for at least {facts.ttl} s ({facts.resolver}); {LONGEST_TTL} s are advised"
        yield _clue(text, host, observation, strong=True)
    else:
        yield from _long_links(host, looks)


def _long_links(host: str, looks: list[tuple[Observation, DnsFacts]]) -> Iterator[Clue]:
    """One alias lives long while another part of the way is short: it matters only if that alias is to change."""
    links = [(link, o) for o, f in looks for link in f.chain if link.ttl > LONGEST_TTL]
    if links:
        link, observation = max(links, key=lambda found: found[0].ttl)
        text = (
            f"on the way of {host} the alias to {link.name} may be kept for at least {link.ttl} s; "
            "it counts only if that alias is the one to change"
        )
        yield _clue(text, host, observation, strong=False)


def _clue(text: str, host: str, observation: Observation, *, strong: bool) -> Clue:
    return Clue(Effect.SUPPORTS, text, "7", Group.PROBE, Basis.BELIEVED, (host,), observation.id, strong=strong)


def _whole_time(host: str) -> tuple[Missing, ...]:
    return (
        Missing(
            "the time to live as the zone itself has it",
            "a caching resolver shows only what is left of it",
            f"Resolve-DnsName {host} -Server AUTHORITATIVE-SERVER",
        ),
    )


PROBLEM = Problem(code="dns/ttl-too-long", severity=Severity.LOW, examine=examine, reads=("cutover",))

"""What each resolver knows of a name, kept apart from those that were silent (transport.md 6).

A resolver that did not answer, failed or refused has no view: silence is never disagreement. It is not known here
which resolver phones or servers ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from easwizard.case.case import Case
from easwizard.case.facts import DnsFacts, DnsOutcome, Observation

_NOTHING_THERE = {DnsOutcome.NXDOMAIN, DnsOutcome.NO_ADDRESS, DnsOutcome.DANGLING}


@dataclass(frozen=True)
class View:
    """What one resolver answered on one name."""

    resolver: str
    by_type: Mapping[str, frozenset[str]]
    """Record type to addresses, as a set because their order means nothing; only types that were answered."""
    observation: str
    """Id of the first look behind it."""

    @property
    def addresses(self) -> frozenset[str]:
        return frozenset(address for addresses in self.by_type.values() for address in addresses)

    @property
    def is_empty(self) -> bool:
        """Whether this resolver says that the name leads nowhere."""
        return not self.addresses

    def differs_from(self, other: View) -> bool:
        """Whether two resolvers contradict each other in a type that both answered."""
        both = self.by_type.keys() & other.by_type.keys()
        return any(self.by_type[record_type] != other.by_type[record_type] for record_type in both)


def views_of(case: Case, host: str) -> tuple[View, ...]:
    """The views of all resolvers that answered, by their label."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    first: dict[str, str] = {}
    for observation, facts in sorted(case.dns(host), key=lambda look: look[0].id):
        addresses = _said(observation, facts)
        if addresses is not None:
            found.setdefault(facts.resolver, {})[facts.type] = addresses
            first.setdefault(facts.resolver, observation.id)
    return tuple(View(label, found[label], first[label]) for label in sorted(found))


def _said(observation: Observation, facts: DnsFacts) -> frozenset[str] | None:
    """The addresses of one answer; None where the resolver said nothing about the name."""
    if not observation.ok:
        return None
    if facts.outcome is DnsOutcome.ANSWER and facts.addresses:
        return frozenset(facts.addresses)
    return frozenset() if facts.outcome in _NOTHING_THERE else None


def every_resolver_answered(case: Case, host: str) -> bool:
    """Whether no resolver was silent about any type of a name."""
    looks = case.dns(host)
    return bool(looks) and all(_said(observation, facts) is not None for observation, facts in looks)

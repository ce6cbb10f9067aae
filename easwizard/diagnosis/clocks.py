"""The clocks of the servers, each as far as one answer told it (exchange.md 4.1).

An NTLM challenge carries the server's own time; a Date header may be written by a device in front, so it counts less.
All of it is measured against the clock of the machine that looks, which may itself be the wrong one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts
from easwizard.diagnosis.server_names import server_of


@dataclass(frozen=True)
class Clock:
    """One server's clock; `offset` is seconds ahead of the machine that looked."""

    server: str
    offset: float
    by_ntlm: bool
    observation: str


def clocks_of(case: Case) -> tuple[Clock, ...]:
    """One clock for each server that told its time, by name; a server without a name stands under its address."""
    names = _names_by_address(case)
    found: dict[str, Clock] = {}
    for observation, facts in case.seen(HttpFacts):
        if not observation.ok or facts.clock_offset_s is None:
            continue
        server = server_of(facts) or names.get(facts.address, facts.address)
        by_ntlm = facts.identity is not None and facts.identity.clock is not None
        clock = Clock(server, facts.clock_offset_s, by_ntlm, observation.id)
        known = found.get(server)
        if known is None or (clock.by_ntlm and not known.by_ntlm):
            found[server] = clock
    return tuple(found[server] for server in sorted(found))


def _names_by_address(case: Case) -> dict[str, str]:
    """Addresses behind which exactly one server named itself."""
    named: dict[str, set[str]] = {}
    for observation, facts in case.seen(HttpFacts):
        name = server_of(facts)
        if observation.ok and name:
            named.setdefault(facts.address, set()).add(name)
    return {address: next(iter(names)) for address, names in named.items() if len(names) == 1}


def middle(clocks: Sequence[Clock]) -> float:
    """The median offset in seconds. Our own clock is one voice where it decides: beside an even number of servers.

    Beside a single server there is nobody else to compare with.
    """
    if len(clocks) == 1:
        return 0.0
    own = [] if len(clocks) % 2 else [0.0]
    return median([*(clock.offset for clock in clocks), *own])

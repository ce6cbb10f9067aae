"""The new servers themselves must find the old pool under the legacy names (exchange.md 7, J29).

It is told by the paste that runs on each new server (J7); what a jump box resolves says nothing of them.
"""

from __future__ import annotations

from easwizard.case.case import Case
from easwizard.case.facts import DnsFacts, DnsOutcome, Observation
from easwizard.checklist.evidence import Evidence, looked
from easwizard.checklist.freshness import HOUR
from easwizard.checklist.gate import Gate, Sight, Topic, failed, left_open, passed

_Views = dict[tuple[str, str], tuple[Observation, DnsFacts]]


def look(evidence: Evidence) -> Sight | None:
    servers, hosts = evidence.new_servers, evidence.leg_hosts
    views = _views(evidence.case, servers)
    if not views:
        return None
    wrong = [text for (server, host), (_, facts) in views.items() if (text := _wrong(evidence, server, host, facts))]
    if wrong:
        return failed("; ".join(wrong), looked(o for o, _ in views.values()))
    unseen = [f"{host} on {server}" for server in servers for host in hosts if (server.casefold(), host) not in views]
    if unseen:
        return left_open(f"not seen yet: {', '.join(unseen)}")
    strange = [f"{host} on {server}" for (server, host), (_, f) in views.items() if not _known(evidence, host, f)]
    if strange:
        return left_open(
            f"addresses that no other look gives for the name: {', '.join(strange)}; check that they are old servers"
        )
    return passed(
        f"{', '.join(servers)} find {', '.join(hosts)} at the old pool", looked(o for o, _ in views.values())
    )


def _views(case: Case, servers: tuple[str, ...]) -> _Views:
    """What each new server said of each name, by the server's and the name's small letters."""
    names = {server.casefold() for server in servers}
    return {
        (o.vantage.casefold(), f.name.casefold()): (o, f)
        for o, f in case.seen(DnsFacts)
        if o.ok and o.vantage.casefold() in names and o.vantage.casefold() != case.vantage.host.casefold()
    }


def _wrong(evidence: Evidence, server: str, host: str, facts: DnsFacts) -> str:
    if facts.outcome is not DnsOutcome.ANSWER:
        return f"{server.upper()} does not resolve {host}"
    members = {m.address for m in evidence.case.members if any(m.host.casefold() == t.host for t in evidence.names)}
    loop = members & set(facts.addresses)
    return f"{server.upper()} finds a new server, {', '.join(sorted(loop))}, under {host}: a loop" if loop else ""


def _known(evidence: Evidence, host: str, facts: DnsFacts) -> bool:
    """Whether every address is one that somebody else gives for the name too."""
    others = {a for o, f in evidence.case.dns(host) if f.resolver != facts.resolver for a in f.addresses}
    return set(facts.addresses) <= others


GATE = Gate(Topic.NETWORK, "7, J29", lasts=HOUR, look=look)

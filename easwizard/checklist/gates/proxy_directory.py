"""`/Proxy` under every InternalUrl's name must offer Negotiate and NTLM at each address (exchange.md 7, 1.3).

This is the view from here; the new servers' own view has a gate of its own.
"""

from __future__ import annotations

from easwizard.case.facts import HttpFacts, Observation
from easwizard.checklist.evidence import Evidence, looked
from easwizard.checklist.freshness import HOUR
from easwizard.checklist.gate import Gate, Sight, Topic, failed, left_open, passed
from easwizard.exchange.replies import PROXY_PATH, Meaning

_WRONG = {
    Meaning.CERTIFICATE_DEMANDED: "demands a client certificate",
    Meaning.LEG_WITHOUT_WINDOWS: "offers no Windows authentication",
    Meaning.LEG_ABSENT_OR_BLOCKED: "is not there or blocked",
}


def look(evidence: Evidence) -> Sight | None:
    hosts = evidence.leg_hosts
    if not hosts:
        return None
    seen = {host: _looks(evidence, host) for host in hosts}
    wrong = [
        (o, f"{host} at {f.address}: /Proxy {_WRONG[f.meaning]}")
        for host, looks in seen.items()
        for o, f in looks
        if f.meaning in _WRONG and evidence.is_dialled(host)
    ]
    if wrong:
        return failed("; ".join(dict.fromkeys(text for _, text in wrong)), looked(o for o, _ in wrong))
    unseen = [host for host, looks in seen.items() if not _whole(evidence, host, looks)]
    if unseen:
        return left_open(f"not every address was seen to offer Negotiate and NTLM: {', '.join(unseen)}")
    rests_on = looked(o for looks in seen.values() for o, _ in looks)
    return passed(f"{', '.join(hosts)} offer Negotiate and NTLM on /Proxy, seen from {_vantages(seen)}", rests_on)


def _looks(evidence: Evidence, host: str) -> list[tuple[Observation, HttpFacts]]:
    here = evidence.case.vantage.host
    found = [(o, f) for o, f in evidence.case.seen(HttpFacts) if f.path == PROXY_PATH and o.vantage == here]
    return [(o, f) for o, f in found if o.target.rpartition(":")[0].casefold() == host]


def _whole(evidence: Evidence, host: str, looks: list[tuple[Observation, HttpFacts]]) -> bool:
    """Whether each known address accepts; other looks at the same one, with NTLM begun, do not count against it."""
    accepting = {f.address for o, f in looks if o.ok and f.meaning is Meaning.LEG_ACCEPTED}
    return bool(accepting) and set(evidence.case.addresses(host)) <= accepting


def _vantages(seen: dict[str, list[tuple[Observation, HttpFacts]]]) -> str:
    return ", ".join(dict.fromkeys(o.vantage for looks in seen.values() for o, _ in looks))


GATE = Gate(Topic.VDIRS, "7, 1.3", lasts=HOUR, look=look)

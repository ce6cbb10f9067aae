"""Each new server must reach `/Proxy` of the old servers over 443 itself (J29, J7).

It is told by the paste that runs on each new server; a firewall may treat a jump box otherwise.
"""

from __future__ import annotations

from easwizard.case.facts import HttpFacts, Observation
from easwizard.checklist.evidence import Evidence, looked
from easwizard.checklist.freshness import HOUR
from easwizard.checklist.gate import Gate, Sight, Topic, failed, left_open, passed
from easwizard.exchange.replies import PROXY_PATH, Meaning

_REFUSED = (
    Meaning.CERTIFICATE_DEMANDED,
    Meaning.LEG_WITHOUT_WINDOWS,
    Meaning.LEG_ABSENT_OR_BLOCKED,
    Meaning.FORBIDDEN,
    Meaning.NOT_EXCHANGE,
    Meaning.REDIRECTED,
)


def look(evidence: Evidence) -> Sight | None:
    servers, hosts = evidence.new_servers, evidence.leg_hosts
    names = {server.casefold() for server in servers} - {evidence.case.vantage.host.casefold()}
    views: dict[tuple[str, str], tuple[Observation, HttpFacts]] = {
        (o.vantage.casefold(), o.target.partition(":")[0].casefold()): (o, f)
        for o, f in evidence.case.seen(HttpFacts)
        if f.path == PROXY_PATH and o.vantage.casefold() in names
    }
    if not views:
        return None
    rests_on = looked(o for o, _ in views.values())
    refusing = [(server, host) for (server, host), view in views.items() if _refused(*view)]
    wrong = [f"{s.upper()} to {h}: {_said(*views[s, h])}" for s, h in refusing if evidence.is_dialled(h)]
    if wrong:
        return failed("; ".join(wrong), rests_on)
    unseen = [
        f"{server} to {host}"
        for server in servers
        for host in hosts
        if (view := views.get((server.casefold(), host))) is None or view[1].meaning is not Meaning.LEG_ACCEPTED
    ]
    if unseen:
        return left_open(f"not seen to work yet: {', '.join(unseen)}")
    return passed(
        f"{', '.join(servers)} reach /Proxy of {', '.join(hosts)}, and Negotiate and NTLM are offered", rests_on
    )


def _refused(observation: Observation, facts: HttpFacts) -> bool:
    return not observation.ok or facts.meaning in _REFUSED


def _said(observation: Observation, facts: HttpFacts) -> str:
    return observation.words or f"{facts.status}"


GATE = Gate(Topic.NETWORK, "J29, J7", lasts=HOUR, look=look)

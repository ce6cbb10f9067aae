"""What inside and outside answer for each name must be what was meant (exchange.md 7).

Answers are listed here; only a person knows what was meant.
"""

from __future__ import annotations

from easwizard.case.facts import DnsOutcome
from easwizard.checklist.evidence import Evidence
from easwizard.checklist.freshness import HOUR
from easwizard.checklist.gate import Gate, Sight, Topic, by_findings, left_open

_CODES = ("dns/missing", "dns/wrong-target", "dns/server-name-extra-address")


def look(evidence: Evidence) -> Sight | None:
    wrong = by_findings(evidence, *_CODES)
    if wrong is not None:
        return wrong
    hosts = dict.fromkeys(target.host for target in evidence.case.targets)
    told = [line for host in hosts if (line := _line(evidence, host))]
    return left_open(f"seen: {'; '.join(told)}; whether that is meant, only you can say") if told else None


def _line(evidence: Evidence, host: str) -> str:
    by_resolver = {
        facts.resolver: ", ".join(sorted(facts.addresses))
        for o, facts in evidence.case.dns(host)
        if o.ok and facts.outcome is DnsOutcome.ANSWER and facts.addresses
    }
    answers = (f"{addresses} ({resolver})" for resolver, addresses in sorted(by_resolver.items()))
    return f"{host} {' '.join(answers)}" if by_resolver else ""


GATE = Gate(Topic.NETWORK, "7", lasts=HOUR, look=look, only_fails=True)

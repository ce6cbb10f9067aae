"""Legacy names must be there, one for the service in each site and version (exchange.md 7; the article's rule)."""

from __future__ import annotations

from easwizard.case.facts import DnsOutcome
from easwizard.checklist.evidence import Evidence, looked
from easwizard.checklist.freshness import HOUR
from easwizard.checklist.gate import Gate, Sight, Topic, failed, left_open, passed

_CODES = ("namespace/duplicate", "namespace/differs")


def look(evidence: Evidence) -> Sight | None:
    planned, hosts = evidence.planned, evidence.leg_hosts
    if planned is None or not evidence.old_vdirs or not hosts:
        return None
    told = [planned.findings[code] for code in _CODES if code in planned.findings]
    if told:
        return failed("; ".join(finding.text for finding in told), [evidence.read])
    open_urls = [v.label for v in evidence.old_vdirs if v.internal_url is None]
    if open_urls:
        return left_open(f"the InternalUrl of {', '.join(open_urls)} is not known")
    seen = {host: [(o, f) for o, f in evidence.case.dns(host) if o.ok] for host in hosts}
    absent = [h for h, looks in seen.items() if any(f.outcome is DnsOutcome.NXDOMAIN for _, f in looks)]
    if absent:
        return failed(f"no such name in DNS: {', '.join(absent)}", looked(o for h in absent for o, _ in seen[h]))
    unseen = [h for h, looks in seen.items() if not any(f.outcome is DnsOutcome.ANSWER for _, f in looks)]
    if unseen:
        return left_open(f"not looked up in DNS yet: {', '.join(unseen)}")
    rests_on = (evidence.read, *looked(o for looks in seen.values() for o, _ in looks))
    return passed(f"{', '.join(hosts)}: in DNS, and nothing is against the rule", rests_on)


GATE = Gate(Topic.NETWORK, "7, J6", lasts=HOUR, look=look)

"""The old ExternalUrls: the name that phones use, or empty, and never two values in one site (exchange.md 7, 1.8)."""

from __future__ import annotations

from easwizard.checklist.evidence import Evidence
from easwizard.checklist.freshness import DAY
from easwizard.checklist.gate import Gate, Sight, Topic, failed, left_open, passed
from easwizard.exchange.inventory import host_of


def look(evidence: Evidence) -> Sight | None:
    if not evidence.old_vdirs:
        return None
    names = {target.host.casefold() for target in evidence.names}
    by_site: dict[str, set[str]] = {}
    for vdir in evidence.old_vdirs:
        host = host_of(vdir.external_url)
        if host is not None:
            site = f"{vdir.product} in {vdir.site or 'an unknown site'}"
            by_site.setdefault(site, set()).add(host)
    two = [
        f"{site}: {' and '.join(h or 'empty' for h in sorted(hosts))}"
        for site, hosts in by_site.items()
        if len(hosts) > 1
    ]
    foreign = sorted({host for hosts in by_site.values() for host in hosts if host and names and host not in names})
    if two or foreign:
        wrong = [
            *(f"two values, {each}" for each in two),
            *(f"{host} is no name that phones use" for host in foreign),
        ]
        return failed("; ".join(wrong), [evidence.read])
    unknown = [v.label for v in evidence.old_vdirs if host_of(v.external_url) is None]
    if unknown:
        return left_open(f"the ExternalUrl of {', '.join(unknown)} is not known")
    if not names and any(host for hosts in by_site.values() for host in hosts):
        return left_open("which names phones use is not known")
    return passed("one value in each site, and it is the phones' name or empty", [evidence.read])


GATE = Gate(Topic.VDIRS, "7, 1.8", lasts=DAY, look=look)

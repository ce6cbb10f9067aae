"""InternalUrl and ExternalUrl of every new server must name what phones use (exchange.md 7, 1.8)."""

from __future__ import annotations

from easwizard.checklist.evidence import Evidence
from easwizard.checklist.freshness import DAY
from easwizard.checklist.gate import Gate, Sight, Topic, as_read, failed, left_open, passed
from easwizard.exchange.inventory import host_of


def look(evidence: Evidence) -> Sight | None:
    names = {target.host.casefold() for target in evidence.names}
    if not evidence.new_vdirs or not names:
        return None
    wrong, unknown = [], []
    for vdir in evidence.new_vdirs:
        for what, host in (("InternalUrl", vdir.internal_host), ("ExternalUrl", host_of(vdir.external_url))):
            if host is None:
                unknown.append(f"the {what} of {vdir.label}")
            elif host.casefold() not in names:
                wrong.append(f"the {what} of {vdir.label} is {host or 'empty'}")
    if wrong:
        return failed("; ".join(wrong), [evidence.read])
    if unknown:
        return left_open(f"not known: {', '.join(unknown)}")
    well = f"all {len(evidence.new_vdirs)} new virtual directories name what phones use"
    return as_read(evidence, passed(well, [evidence.read]))


GATE = Gate(Topic.VDIRS, "7, 1.8", lasts=DAY, look=look)

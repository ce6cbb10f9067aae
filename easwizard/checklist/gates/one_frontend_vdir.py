"""One front-end ActiveSync vdir on each new server: the next update's Setup stops at two (exchange.md 7, 6.1)."""

from __future__ import annotations

from easwizard.checklist.evidence import Evidence
from easwizard.checklist.freshness import DAY
from easwizard.checklist.gate import Gate, Sight, Topic, as_read, by_findings, failed, left_open, passed


def look(evidence: Evidence) -> Sight | None:
    labels: dict[str, list[str]] = {name.casefold(): [] for name in evidence.new_servers}
    for vdir in evidence.new_vdirs:
        labels.setdefault(vdir.server.casefold(), []).append(vdir.label)
    two = [" and ".join(found) for found in labels.values() if len(found) > 1]
    if two:
        return failed(f"two on one server: {'; '.join(two)}", [evidence.read])
    if not labels:
        return by_findings(evidence, "setup/second-frontend-vdir")
    unread = [name for name in evidence.new_servers if not labels[name.casefold()]]
    if unread:
        return left_open(f"the virtual directories of {', '.join(unread)} were not read")
    return as_read(evidence, passed(f"one on each of {len(labels)} new servers", [evidence.read]))


GATE = Gate(Topic.VDIRS, "7, 6.1", lasts=DAY, look=look)

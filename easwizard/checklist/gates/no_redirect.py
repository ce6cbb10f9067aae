"""No redirect of a web site's root may catch ActiveSync (exchange.md 7)."""

from __future__ import annotations

from easwizard.checklist.evidence import Evidence, looked
from easwizard.checklist.freshness import HOUR
from easwizard.checklist.gate import Gate, Sight, Topic, by_findings, failed, left_open, passed
from easwizard.exchange.replies import ACTIVESYNC_PATH, Meaning


def look(evidence: Evidence) -> Sight | None:
    wrong = by_findings(evidence, "eas/redirected")
    if wrong is not None or not evidence.names:
        return wrong
    unseen, seen = [], []
    for target in evidence.names:
        wanted = evidence.addresses_to_prove(target.host)
        looks = [(o, f) for o, f in evidence.case.http(target, ACTIVESYNC_PATH) if o.ok and f.address in wanted]
        away = [(o, f) for o, f in looks if f.meaning is Meaning.REDIRECTED]
        if away:
            where = ", ".join(dict.fromkeys(f"{target.host} at {f.address}" for _, f in away))
            return failed(f"{where} sends ActiveSync elsewhere", looked(o for o, _ in away))
        if not wanted or wanted - {f.address for _, f in looks}:
            unseen.append(target.host)
        seen += [o for o, _ in looks]
    if unseen:
        return left_open(f"not seen on every new server yet (--connect-to HOST=IP looks there): {', '.join(unseen)}")
    return passed("no new server redirects ActiveSync", looked(seen))


GATE = Gate(Topic.VDIRS, "7", lasts=HOUR, look=look)

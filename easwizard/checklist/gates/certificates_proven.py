"""Certificates must have signed in at each new server directly, before names move (J29, J21)."""

from __future__ import annotations

from easwizard.case.case import Case
from easwizard.case.facts import Observation
from easwizard.case.requests import Target
from easwizard.checklist.evidence import Evidence, looked
from easwizard.checklist.freshness import HOUR
from easwizard.checklist.gate import Gate, Sight, Topic, failed, left_open, passed
from easwizard.exchange.inventory import Role
from easwizard.exchange.replies import ACTIVESYNC_PATH, Meaning, Sent

_REFUSING = {"401", "403"}


def look(evidence: Evidence) -> Sight | None:
    targets = evidence.case.with_role(Role.CERT)
    if not targets:
        return None
    seen: list[Observation] = []
    refused: list[str] = []
    unseen: list[str] = []
    for target in targets:
        tried = _tried(evidence.case, target)
        seen += [observation for observation, _, _ in tried]
        worked = {address for _, address, well in tried if well}
        wanted = evidence.addresses_to_prove(target.host)
        refused += [f"{target.host} at {a}" for _, a, well in tried if not well and a in wanted - worked]
        unseen += [f"{target.host} at {a}" for a in sorted(wanted - worked)] or ([] if wanted else [target.host])
    if refused:
        return failed(f"the certificate is refused: {', '.join(dict.fromkeys(refused))}", looked(seen))
    if unseen:
        return left_open(f"not seen to sign in yet: {', '.join(unseen)} (--connect-to with --client-cert tries it)")
    return passed(f"the certificate signs in at every server of {', '.join(t.host for t in targets)}", looked(seen))


def _tried(case: Case, target: Target) -> list[tuple[Observation, str, bool]]:
    """Each look with a certificate: the address, and whether it was taken. What was not answered is neither."""
    by_look = [
        (o, f.address, f.meaning is Meaning.SIGNED_IN)
        for o, f in case.http(target, ACTIVESYNC_PATH)
        if o.ok and f.credentials is Sent.CERTIFICATE and (f.meaning is Meaning.SIGNED_IN or f.status in (401, 403))
    ]
    by_sample = [
        (o, address, "200" in outcomes)
        for o, f in case.samples(target)
        if o.ok and f.credentials is Sent.CERTIFICATE
        for address, outcomes in f.by_address.items()
        if "200" in outcomes or _REFUSING & outcomes.keys()
    ]
    return [*by_look, *by_sample]


GATE = Gate(Topic.CERTIFICATES, "J29, J21", lasts=HOUR, look=look, only_with_certificates=True)

"""What ends TLS in front must be known, and must fit how phones sign in (exchange.md 7, 2.10; J14)."""

from __future__ import annotations

from easwizard.checklist.evidence import Evidence
from easwizard.checklist.freshness import MONTH, Kind, Rest
from easwizard.checklist.gate import Gate, Sight, Topic, by_findings, failed, left_open, passed
from easwizard.exchange.inventory import Role

_WORDS = {
    "nothing": "nothing ends TLS before Exchange (your answer)",
    "bridging": "a device decrypts and encrypts again (your answer), and no name is for certificates",
}


def look(evidence: Evidence) -> Sight | None:
    wrong = by_findings(evidence, "cba/terminated-upstream")
    if wrong is not None:
        return wrong
    answer = evidence.case.answer("tls-in-front")
    rests_on = [Rest(Kind.ANSWER, None)]
    if answer == "bridging" and evidence.case.with_role(Role.CERT):
        return failed(
            "a device in front decrypts (your answer): no certificate reaches the servers through it", rests_on
        )
    if answer in _WORDS:
        return passed(_WORDS[answer], rests_on)
    if answer == "delegation":
        return left_open(
            "a publishing proxy signs in for the phones (your answer): its delegation is not seen from here"
        )
    return None


GATE = Gate(Topic.BALANCING, "7, 2.10, J14", lasts=MONTH, look=look)

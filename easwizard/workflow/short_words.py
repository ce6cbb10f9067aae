"""What was seen in one word and one sign, for tables with narrow columns; the full words stand in the details."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from easwizard.case.facts import Asked, DnsOutcome, HttpFacts, Observation, Reason, Status, TcpFacts, TlsFacts
from easwizard.exchange.replies import Meaning

LONGEST = 6
"""Characters of the longest word for an address; the sign and a blank come before it."""


class Sign(StrEnum):
    """How a cell stands. None of them is a verdict: that is the diagnosis' business."""

    NONE = "none"
    """Nothing is asked here."""
    WAITING = "waiting"
    RUNNING = "running"
    SEEN = "seen"
    """Answered, as such places usually do."""
    ODD = "odd"
    """Answered, in a way worth a closer look."""
    FAILED = "failed"
    """No answer, or none that can be understood."""
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Cell:
    """One cell. While it runs, `since` is when that began, and `deadline` how many seconds it may take."""

    sign: Sign = Sign.NONE
    word: str = ""
    since: float | None = None
    deadline: float | None = None


NOTHING = Cell()
WAITING = Cell(Sign.WAITING)

SHORT_REASON: Mapping[Reason, str] = {
    Reason.REFUSED: "closed",
    Reason.CONNECT_TIMEOUT: "silent",
    Reason.UNREACHABLE: "no way",
    Reason.RESET: "reset",
    Reason.TLS_TIMEOUT: "silent",
    Reason.NOT_TLS: "no TLS",
    Reason.TLS_REFUSED: "denied",
    Reason.TLS_VERSION: "older",
    Reason.TLS_CLOSED: "closed",
    Reason.NAME_REFUSED: "name",
    Reason.CERTIFICATE_WANTED: "cert",
    Reason.CERTIFICATE_REFUSED: "cert",
    Reason.NOT_TRUSTED: "trust",
    Reason.FIRST_BYTE_TIMEOUT: "silent",
    Reason.CLOSED: "closed",
    Reason.NOT_HTTP: "other",
    Reason.DNS_TIMEOUT: "silent",
    Reason.DNS_UNREACHABLE: "closed",
    Reason.DNS_MALFORMED: "broken",
    Reason.DEADLINE: "time",
    Reason.INTERNAL: "error",
}
_USUAL = {
    Meaning.BASIC_CHALLENGE,
    Meaning.WINDOWS_CHALLENGE,
    Meaning.MODERN_CHALLENGE,
    Meaning.CERTIFICATE_DEMANDED,
    Meaning.LEG_ACCEPTED,
    Meaning.SIGNED_IN,
}
DNS_WORDS: Mapping[DnsOutcome, str] = {
    DnsOutcome.ANSWER: "answer",
    DnsOutcome.NO_ADDRESS: "no address",
    DnsOutcome.NXDOMAIN: "no such name",
    DnsOutcome.SERVFAIL: "servfail",
    DnsOutcome.REFUSED: "refused",
    DnsOutcome.TIMEOUT: "silent",
    DnsOutcome.LOOP: "alias loop",
    DnsOutcome.DANGLING: "alias to nothing",
}


def no_answer(observation: Observation) -> Cell | None:
    """The cell of a look that got no answer; None where it got one."""
    match observation.status:
        case Status.OK:
            return None
        case Status.SKIPPED:
            return Cell(Sign.SKIPPED)
        case Status.CANCELLED:
            return Cell(Sign.CANCELLED, "ended")
        case Status.FAILED:
            return Cell(Sign.FAILED, SHORT_REASON.get(observation.reason or Reason.INTERNAL, "error"))


def tcp_cell(observation: Observation | None) -> Cell:
    """E.g. `open`."""
    if observation is None or not isinstance(observation.facts, TcpFacts):
        return NOTHING
    return no_answer(observation) or Cell(Sign.SEEN, observation.facts.outcome or "open")


def tls_cell(observation: Observation | None) -> Cell:
    """The version, or what is wrong with the certificate."""
    if observation is None or not isinstance(observation.facts, TlsFacts):
        return NOTHING
    facts = observation.facts
    if (failed := no_answer(observation)) is not None:
        return failed
    if facts.legacy_only:
        return Cell(Sign.ODD, "old")
    if facts.name_matches is False:
        return Cell(Sign.ODD, "name")
    if facts.trusted is False:
        return Cell(Sign.ODD, "trust")
    return Cell(Sign.SEEN, (facts.protocol or "").removeprefix("TLSv")[:LONGEST] or "yes")


def demand_cell(observation: Observation | None) -> Cell:
    """Where a client certificate is asked for: `no`, `TLS` (in the handshake), `path`, or only `accept`."""
    if observation is None or not isinstance(observation.facts, HttpFacts):
        return NOTHING
    demand = observation.facts.client_certificate
    if demand.asked is Asked.UNKNOWN:
        return Cell(Sign.SKIPPED) if not observation.ok else Cell(Sign.ODD, "?")
    if demand.asked is Asked.NO:
        return Cell(Sign.SEEN, "no")
    where = "TLS" if demand.asked is Asked.HANDSHAKE else "path"
    return Cell(Sign.SEEN, "accept" if demand.required is False else where)


def http_cell(observation: Observation | None, *, on_proxy: bool = False) -> Cell:
    """The status. A demand for a certificate is usual, but not where a proxying server knocks (J5)."""
    if observation is None or not isinstance(observation.facts, HttpFacts):
        return NOTHING
    if (failed := no_answer(observation)) is not None:
        return failed
    meaning = observation.facts.meaning
    usual = meaning in _USUAL and not (on_proxy and meaning is Meaning.CERTIFICATE_DEMANDED)
    return Cell(Sign.SEEN if usual else Sign.ODD, str(observation.facts.status or "?"))

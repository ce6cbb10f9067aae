"""What the device certificate at hand says of itself, before any server is blamed (exchange.md 2.6, 3.1).

Dates are judged by the time of the looks, and by the servers' clocks where those were told. A certificate that
was taken anywhere has no fault of its own: then our clock is the doubtful thing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from easwizard.case.case import Case, DeviceCertificate
from easwizard.case.facts import HttpFacts
from easwizard.diagnosis.certificate_trials import trials_at
from easwizard.exchange.inventory import Role

_FURTHEST = 3e8
"""Seconds, about ten years: a server's clock is believed no further off than this."""


@dataclass(frozen=True)
class Fault:
    """One thing about the certificate itself that no server accepts."""

    text: str
    source: str


def own_faults(case: Case) -> tuple[Fault, ...]:
    """What is wrong with the device certificate itself; empty where nothing is, or nothing is known of it."""
    certificate = case.device_certificate
    if certificate is None or any(trials_at(case, t).worked for t in case.with_role(Role.CERT)):
        return ()
    return tuple(_faults(certificate, _moments(case)))


def _faults(certificate: DeviceCertificate, moments: tuple[datetime, ...]) -> Iterator[Fault]:
    which = f"the certificate of {certificate.label}" + (
        f" (serial {certificate.serial})" if certificate.serial else ""
    )
    end, start = _time(certificate.not_after), _time(certificate.not_before)
    if moments and end is not None and all(moment > end for moment in moments):
        yield Fault(f"{which} expired at {certificate.not_after}", "2.6, 3.1")
    if moments and start is not None and all(moment < start for moment in moments):
        yield Fault(f"{which} is not valid before {certificate.not_before}", "2.6, 3.1")
    if certificate.for_clients is False:
        yield Fault(f"{which} is not meant for client authentication (extended key usage)", "2.6")


def _moments(case: Case) -> tuple[datetime, ...]:
    """Every time at which a certificate name answered, by our clock and by that server's own; else the last look."""
    facing = {t.name for t in case.with_role(Role.CERT)}
    looks = [(o.at, f.clock_offset_s or 0.0) for o, f in case.seen(HttpFacts) if o.target in facing]
    if not looks:
        return tuple(sorted(o.at for o in case.observations)[-1:])
    theirs = (at + timedelta(seconds=max(-_FURTHEST, min(_FURTHEST, offset))) for at, offset in looks)
    return (*(at for at, _ in looks), *theirs)


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)

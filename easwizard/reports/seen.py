"""The part of the plain form that tells what was seen: each name, who answers at each of its places, sign-ins."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from easwizard.case.case import Case
from easwizard.case.facts import DnsOutcome, HttpFacts, Observation, SampleFacts, TlsFacts
from easwizard.case.requests import Target
from easwizard.diagnosis.shares import percent
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH, Sent
from easwizard.exchange.windows import windows_of_build
from easwizard.reports.lines import Paragraph

_AUTODISCOVER = "/autodiscover/"
_WORTH_TELLING_S = 60
"""Seconds that a server's clock may differ before it is said."""
Look = tuple[Observation, HttpFacts]


def seen(case: Case) -> Iterator[Paragraph]:
    """Everything that was seen, name by name."""
    for target in case.targets:
        yield Paragraph(f"  {target.name} ", f"({target.role}) {_where(case, target)}")
        yield from _services(case, target)
        for place, looks in _by_place(case, target).items():
            yield from _place(case, target, place, looks)
        for observation, tls in case.tls(target):
            yield from _trust(_label(case, target, _place_of(observation, tls.address)), observation.words, tls)
    for observation, facts in case.seen(SampleFacts):
        if facts.account:
            words = observation.words
            label = f"  sign-in of {facts.account} at {observation.target}: "
            yield Paragraph(label, _samples(facts) if words is None else words)


def _where(case: Case, target: Target) -> str:
    """The addresses of a name, or what the resolvers said instead; silence is not absence."""
    addresses = case.addresses(target.host)
    if addresses:
        return f"at {', '.join(addresses)}"
    said = {f"{f.resolver}: {o.words or f.outcome}" for o, f in case.dns(target.host)}
    if said:
        return f"has no address from here ({'; '.join(sorted(said))})"
    return "is an address" if case.http(target) else "was not looked at"


def _services(case: Case, target: Target) -> Iterator[Paragraph]:
    """The service record by which phones may find Autodiscover, where one was found."""
    domain = target.host.partition(".")[2] if target.host.startswith("autodiscover.") else target.host
    for _, facts in case.dns(f"_autodiscover._tcp.{domain}"):
        if facts.outcome is DnsOutcome.ANSWER and facts.records:
            yield Paragraph(f"    service record at {facts.resolver}: ", "; ".join(facts.records))


def _by_place(case: Case, target: Target) -> dict[str, list[Look]]:
    """The anonymous looks, and the answers of Autodiscover, by the place they were at."""
    places: dict[str, list[Look]] = {}
    for observation, facts in case.http(target):
        if facts.account is None or facts.path.startswith(_AUTODISCOVER):
            places.setdefault(_place_of(observation, facts.address), []).append((observation, facts))
    return places


def _place_of(observation: Observation, address: str) -> str:
    """The place as the id names it, with the port of a member; without such an id just the address."""
    place = observation.id.rpartition("@")[2] if observation.kind == "tls" else _between(observation.id)
    return place if place.startswith((address, f"[{address}]")) else address


def _between(id: str) -> str:
    return id.partition("@")[2].partition("/")[0]


def _label(case: Case, target: Target, place: str) -> str:
    """The place in words; a member is marked unless DNS leads there too."""
    match = re.fullmatch(r"\[(.+)\]:(\d+)|([^:]+):(\d+)", place)
    address = (match[1] or match[3]) if match else place
    port = int(match[2] or match[4]) if match else target.port
    members = {(m.address, m.port or target.port) for m in case.members if m.host == target.host}
    if (address, port) not in members or (match is None and address in case.addresses(target.host)):
        return place
    return f"{place} (member)"


def _place(case: Case, target: Target, place: str, looks: list[Look]) -> Iterator[Paragraph]:
    label = _label(case, target, place)
    for observation, facts in looks:
        if facts.path == ACTIVESYNC_PATH:
            yield Paragraph(f"    {label}: ", _joined(_answer(observation, facts), _who(looks)))
        elif facts.path == PROXY_PATH and not facts.ntlm_offered:
            yield Paragraph(f"    {label} /Proxy: ", _answer(observation, facts))
        elif facts.path.startswith(_AUTODISCOVER):
            urls = ", ".join(facts.handed_out)
            yield Paragraph(f"      {_asked(facts)}: ", f"hands out {urls}" if urls else _answer(observation, facts))
    for observation, samples in case.samples(target):
        if samples.credentials is Sent.NONE and _between(observation.id) == place:
            yield Paragraph("      seen behind this address: ", observation.words or _servers(samples))


def _asked(facts: HttpFacts) -> str:
    return "Autodiscover V2" if facts.account is None else f"Autodiscover, signed in as {facts.account}"


def _answer(observation: Observation, facts: HttpFacts) -> str:
    if observation.words is not None:
        return observation.words
    said = f"{facts.status} {', '.join(facts.challenges)}".strip()
    asked = facts.client_certificate
    return f"{said}; asks for a client certificate ({asked.how or asked.asked})" if asked.was_asked else said


def _who(looks: list[Look]) -> str:
    """Which computers, builds and Windows versions answered at a place, and whose clock is off."""
    facts = [f for _, f in looks]
    identities = [f.identity for f in facts if f.identity is not None]
    names = {f.answered_by for f in facts if f.answered_by} | {i.computer for i in identities if i.computer}
    builds = {f"Exchange {f.product or 'build'} ({f.build})" for f in facts if f.build}
    systems = {windows_of_build(i.os_build) or f"Windows {i.os_build}" for i in identities if i.os_build}
    offset = max((f.clock_offset_s for f in facts if f.clock_offset_s is not None), key=abs, default=0.0)
    parts = [", ".join(sorted(group)) for group in (names, builds, systems) if group]
    if abs(offset) >= _WORTH_TELLING_S:
        parts.append(f"clock {abs(offset):.0f} s {'ahead' if offset > 0 else 'behind'}")
    return ", ".join(parts)


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _servers(facts: SampleFacts) -> str:
    """E.g. `EX13A x5, EX13B x3`; without names what came back."""
    named = Counter({server: sum(outcomes.values()) for server, outcomes in facts.by_server.items()})
    nameless = facts.sent - named.total()
    counted = [f"{server} x{count}" for server, count in sorted(named.items())]
    if nameless > 0:
        counted.append(f"{'no name' if named else 'no server names itself'} x{nameless}")
    return ", ".join(counted) + (f" ({_outcomes(facts.by_outcome)})" if len(facts.by_outcome) > 1 else "")


def _trust(label: str, words: str | None, tls: TlsFacts) -> Iterator[Paragraph]:
    if words is None and tls.trusted is False:
        yield Paragraph(f"    {label}: ", f"certificate not trusted here: {tls.trust_error}")
    if words is None and tls.name_matches is False:
        yield Paragraph(f"    {label}: ", f"the certificate is for {', '.join(tls.names) or 'no name'}")


def _samples(facts: SampleFacts) -> str:
    parts = [f"{facts.sent} sent ({_outcomes(facts.by_outcome)}), {facts.crossed} crossed to the old servers"]
    if facts.share_failed is not None and facts.interval is not None:
        low, high = facts.interval
        parts.append(
            f"{facts.crossed_failed} of them failed = {percent(facts.share_failed)}"
            f" ({low * 100:.0f} to {high * 100:.0f} %)"
        )
    if facts.predicted_failed is not None:
        parts.append(f"predicted {percent(facts.predicted_failed)} ({facts.predicted_basis})")
    if facts.more_needed is not None:
        more = f"{facts.more_needed} more crossed samples would settle"
        parts.append(f"{more if facts.more_needed else 'enough to settle'} whether that is so")
    if facts.stopped is not None:
        parts.append(f"stopped: {facts.stopped}")
    return "; ".join(parts)


def _outcomes(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{count} x {outcome}" for outcome, count in counted.items())

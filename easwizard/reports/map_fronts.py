"""The part of the map that phones see: every address of a name, who answers there, and what it says."""

from __future__ import annotations

from collections.abc import Iterator

from easwizard.case.case import Case
from easwizard.case.facts import HttpFacts, Observation, SampleFacts
from easwizard.case.requests import Target
from easwizard.diagnosis.in_front import InFront, in_front
from easwizard.exchange.inventory import Role
from easwizard.exchange.replies import ACTIVESYNC_PATH, Meaning, Sent
from easwizard.reports.map_parts import Row, Tone

_WORDS = {
    Meaning.REDIRECTED: "redirects",
    Meaning.NOT_EXCHANGE: "is not Exchange",
    Meaning.ANONYMOUS: "lets anybody in",
    Meaning.ABSENT: "has no ActiveSync",
    Meaning.SERVER_DOWN: "application pool down",
    Meaning.THROTTLED: "throttled",
    Meaning.UNAVAILABLE: "unavailable",
    Meaning.UPSTREAM_FAILED: "what is behind it fails",
    Meaning.FORBIDDEN: "forbidden",
    Meaning.CERTIFICATE_DEMANDED: "wants a certificate",
}
_DOUBTFUL = {Meaning.WINDOWS_CHALLENGE, Meaning.MODERN_CHALLENGE, Meaning.FORBIDDEN, Meaning.THROTTLED}
_AUTODISCOVER = "/autodiscover/"
_MOST_NAMED = 3
"""Servers that a folded row names; the others are counted."""


def front_rows(case: Case, target: Target, *, folded: bool) -> tuple[Row, ...]:
    """What is known of a name that phones use, an address each; folded, those that say the same are one row."""
    rows = tuple(_rows(case, target))
    return _folded(rows) if folded else rows


def _rows(case: Case, target: Target) -> Iterator[Row]:
    said = _said(case, target)
    places = [*dict.fromkeys((*case.addresses(target.host), *sorted(said)))]
    for place in places:
        words, tone = said.get(place, ("not looked at yet", Tone.DOUBT))
        yield Row(_label(case, target, place), words, tone, ", ".join(_servers(case, target, place)))
    if not places:
        yield Row("?", _nowhere(case, target), Tone.DOUBT)


def _folded(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    groups: dict[tuple[str, Tone, bool], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.said, row.tone, row.where.endswith(")")), []).append(row)
    return tuple(_one(group) for group in groups.values())


def _one(group: list[Row]) -> Row:
    """Several addresses as one row: the servers say more than the numbers do, where they are known."""
    first = group[0]
    if len(group) == 1:
        return first
    servers = [*dict.fromkeys(name for row in group for name in row.who.split(", ") if name)]
    more = f" and {len(servers) - _MOST_NAMED} more" if len(servers) > _MOST_NAMED else ""
    what = f"{', '.join(servers[:_MOST_NAMED])}{more}" if servers else f"{len(group)} addresses"
    return Row(f"{what} (members)" if first.where.endswith(")") else what, first.said, first.tone)


def _label(case: Case, target: Target, place: str) -> str:
    """A machine that was reached directly is told from what DNS gives (J14)."""
    named = any(m.host == target.host and place.removeprefix("[").startswith(m.address) for m in case.members)
    return f"{place} (member)" if named and place not in case.addresses(target.host) else place


def _nowhere(case: Case, target: Target) -> str:
    said = sorted({f"{f.resolver}: {o.words or f.outcome}" for o, f in case.dns(target.host)})
    return f"no address ({'; '.join(said)})" if said else "not looked at yet"


def _said(case: Case, target: Target) -> dict[str, tuple[str, Tone]]:
    """What each place said, the last layer that spoke."""
    found: dict[str, tuple[str, Tone]] = {}
    for layer in (case.tcp(target), case.tls(target)):
        for observation, facts in layer:
            if not observation.ok:
                found[_place(observation, facts.address)] = (observation.words or "no answer", Tone.BAD)
    for observation, http in case.http(target):
        if http.credentials is not Sent.NONE or http.ntlm_offered:
            continue
        if target.role is Role.AUTODISCOVER and http.path.startswith(_AUTODISCOVER):
            found[_place(observation, http.address)] = _handed_out(observation, http)
        elif target.role is not Role.AUTODISCOVER and http.path == ACTIVESYNC_PATH:
            found[_place(observation, http.address)] = _answer(case, target, observation, http)
    return found


def _place(observation: Observation, address: str) -> str:
    """The place as the id names it, with the port of a member; without such an id just the address."""
    place = observation.id.partition("@")[2].partition("/")[0]
    return place if place.startswith((address, f"[{address}]")) else address


def _handed_out(observation: Observation, facts: HttpFacts) -> tuple[str, Tone]:
    if not observation.ok:
        return observation.words or "no answer", Tone.BAD
    if facts.handed_out:
        return f"hands out {', '.join(facts.handed_out)}", Tone.GOOD
    return f"{facts.status}, hands out nothing", Tone.DOUBT


def _answer(case: Case, target: Target, observation: Observation, facts: HttpFacts) -> tuple[str, Tone]:
    if not observation.ok:
        return observation.words or "no answer", Tone.BAD
    words, tone = _certificate(case, facts) if target.role is Role.CERT else _password(facts)
    if any(o.ok and f.address == facts.address and (f.trusted is False or f.name_matches is False)
           for o, f in case.tls(target)):  # fmt: skip
        return f"{words}, not trusted here", Tone.BAD
    return words, tone


def _password(facts: HttpFacts) -> tuple[str, Tone]:
    more = _WORDS.get(facts.meaning or Meaning.OTHER, " ".join(facts.challenges))
    words = f"{facts.status} {more}".strip()
    if facts.meaning is Meaning.BASIC_CHALLENGE:
        return words, Tone.GOOD
    return words, Tone.DOUBT if facts.meaning in _DOUBTFUL else Tone.BAD


def _certificate(case: Case, facts: HttpFacts) -> tuple[str, Tone]:
    """What ends TLS in front decides whether a demand is right at all (J14)."""
    asked = facts.client_certificate.was_asked
    if facts.meaning not in (Meaning.BASIC_CHALLENGE, Meaning.CERTIFICATE_DEMANDED) and not asked:
        return _password(facts)
    if asked:
        return "asks for a certificate", Tone.GOOD
    if asked is None:
        return f"{facts.status}, whether it asks is not known", Tone.DOUBT
    wrong = {InFront.NOTHING: Tone.BAD, InFront.DELEGATION: Tone.GOOD}.get(in_front(case), Tone.DOUBT)
    return "never asks for a certificate", wrong


def _servers(case: Case, target: Target, place: str) -> tuple[str, ...]:
    """Every computer that was seen answering at a place."""
    found: set[str] = set()
    for observation, http in case.http(target):
        if _place(observation, http.address) == place:
            identity = http.identity.computer if http.identity is not None else None
            found |= {name for name in (http.answered_by, identity) if name}
    for observation, facts in case.samples(target):
        if _is_anonymous(facts) and _place(observation, facts.address or "") == place:
            found |= set(facts.by_server)
    return tuple(sorted(found))


def _is_anonymous(facts: SampleFacts) -> bool:
    return facts.credentials is Sent.NONE

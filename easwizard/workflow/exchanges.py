"""What was said at one row of the matrix, from the DNS answer to the headers, as lines to read and to copy. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from easwizard.case.case import Case
from easwizard.case.facts import (
    CertificateDemand,
    DnsFacts,
    HttpFacts,
    Observation,
    SampleFacts,
    TcpFacts,
    TlsFacts,
)
from easwizard.case.requests import Target
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH, Sent
from easwizard.exchange.windows import windows_of_build
from easwizard.probes.attempt import Destination
from easwizard.probes.heads import request_headers
from easwizard.probes.identity import tcp_id
from easwizard.workflow.matrix import NameRow, PlaceRow, Row, SignInRow
from easwizard.workflow.short_words import DNS_WORDS

_MOST_ISSUERS = 12


@dataclass(frozen=True)
class Line:
    """One line; headings part the layers."""

    text: str
    is_heading: bool = False


def title_of(row: Row) -> str:
    """What the row is about."""
    match row:
        case NameRow():
            return row.target.name
        case PlaceRow():
            port = f", port {row.place.port}" if row.place.port is not None else ""
            return f"{row.target.name} at {row.place.address}{port}"
        case SignInRow():
            return f"{row.account} at {row.target}"


def exchange(case: Case, row: Row) -> tuple[Line, ...]:
    """Everything that was seen of a row, in the order in which a connection is made."""
    lines = [line for observation in _looks(case, row) for line in _lines(observation, _target(case, row))]
    return tuple(lines) or (Line("Nothing was looked at here yet."),)


def _target(case: Case, row: Row) -> Target | None:
    if isinstance(row, SignInRow):
        return next((target for target in case.targets if target.name == row.target), None)
    return row.target


def _looks(case: Case, row: Row) -> Iterator[Observation]:
    match row:
        case NameRow():
            yield from _of_name(case, row.target)
        case PlaceRow():
            yield from _of_name(case, row.target)
            place = tcp_id(row.target, row.place.address, row.place.port).removeprefix("tcp:")
            of_target = [o for o in case.observations if o.target == row.target.name]
            order = ("tcp", "tls", "http", "sample")
            here = [o for o in of_target if o.kind in order and _is_at(o.id, place) and not _signs_in(o)]
            yield from sorted(here, key=lambda o: (order.index(o.kind), _rank(o)))
        case SignInRow():
            yield from (o for o in case.observations if o.id == row.id)
            yield from (
                o
                for o in case.observations
                if isinstance(o.facts, HttpFacts)
                and o.target == row.target
                and (o.facts.account, o.facts.credentials) == (row.account, row.sent)
                and (row.facts.address in (None, o.facts.address))
            )


def _rank(observation: Observation) -> int:
    """ActiveSync's own paths come before those that only tell who answers."""
    facts = observation.facts
    path = facts.path if isinstance(facts, HttpFacts) and not facts.ntlm_offered else ""
    return {ACTIVESYNC_PATH: 0, PROXY_PATH: 1}.get(path, 2)


def _is_at(id: str, place: str) -> bool:
    """Ids go on with a slash after the place, or end there; a port of its own would follow a colon."""
    rest = id.partition(":")[2]
    return rest == place or rest.startswith(f"{place}/")


def _signs_in(observation: Observation) -> bool:
    facts = observation.facts
    return isinstance(facts, HttpFacts | SampleFacts) and facts.credentials is not Sent.NONE


def _of_name(case: Case, target: Target) -> Iterator[Observation]:
    domain = target.host.removeprefix("autodiscover.")
    yield from (o for o, f in case.seen(DnsFacts) if f.name in (target.host, f"_autodiscover._tcp.{domain}"))


def _lines(observation: Observation, target: Target | None) -> Iterator[Line]:
    facts, when = observation.facts, f"{observation.at:%H:%M:%S} UTC{_took(observation)}"
    match facts:
        case DnsFacts():
            yield Line(f"DNS {facts.type} {facts.name} at {facts.resolver}  {when}", True)
            yield from _dns(facts)
        case TcpFacts():
            yield Line(f"TCP {facts.address} port {facts.port}  {when}", True)
            yield from _texts(facts.outcome)
        case TlsFacts():
            yield Line(f"TLS  {when}", True)
            yield from _tls(facts)
        case HttpFacts():
            yield Line(f"{facts.method} {facts.path}  {when}", True)
            yield from _http(facts, target)
        case SampleFacts():
            yield Line(f"{facts.sent} sent, {facts.account or 'no credentials'}  {when}", True)
            yield from _samples(facts)
    if observation.words is not None:
        yield Line(f"  {observation.status}: {observation.words}")
        if observation.detail and observation.detail != observation.words:
            yield Line(f"  {observation.detail}")
    yield Line("")


def _took(observation: Observation) -> str:
    """E.g. `  tcp 1 ms, tls 12 ms`."""
    phases = ", ".join(f"{name.replace('_', ' ')} {ms:.0f} ms" for name, ms in observation.phases_ms.items())
    return f"  {phases}" if phases else ""


def _texts(*texts: str | None) -> Iterator[Line]:
    for text in texts:
        if text:
            yield Line(f"  {text}")


def _named(**values: object) -> Iterator[Line]:
    """`name: value` for what is known."""
    for name, value in values.items():
        if value not in (None, "", ()):
            yield Line(f"  {name.replace('_', ' ')}: {', '.join(value) if isinstance(value, tuple) else value}")


def _dns(facts: DnsFacts) -> Iterator[Line]:
    if facts.outcome is not None:
        yield Line(f"  {DNS_WORDS[facts.outcome]}")
    for link in facts.chain:
        yield Line(f"  alias {link.name}  ttl {link.ttl} s")
    for record in (*facts.addresses, *facts.records):
        yield Line(f"  {record}" + (f"  ttl {facts.ttl} s" if facts.ttl is not None else ""))


def _tls(facts: TlsFacts) -> Iterator[Line]:
    yield from _texts(" ".join(filter(None, (facts.protocol, facts.cipher))))
    if facts.legacy_only:
        yield Line("  only with old TLS versions or ciphers")
    yield from _named(
        subject=facts.subject,
        names=facts.names,
        issuer=facts.issuer,
        serial=facts.serial,
        valid=f"{facts.not_before} to {facts.not_after}" if facts.not_after else None,
        certificates_sent=facts.chain_length,
        trusted_here=_yes(facts.trusted, facts.trust_error),
        name_matches=_yes(facts.name_matches),
        chain_complete=_yes(facts.chain_complete),
    )
    yield from _demand(facts.client_certificate)


def _yes(value: bool | None, why_not: str | None = None) -> str | None:
    if value is None:
        return why_not
    return "yes" if value else f"no{f', {why_not}' if why_not else ''}"


def _demand(demand: CertificateDemand) -> Iterator[Line]:
    where = {"no": "no", "handshake": "in the handshake", "path": "for this path", "unknown": "not known"}
    must = {True: ", required", False: ", optional", None: ""}[demand.required if demand.was_asked else None]
    how = f" ({demand.how})" if demand.how not in (None, "handshake") else ""
    yield Line(f"  client certificate asked: {where[demand.asked.value]}{how}{must}")
    for issuer in demand.issuers[:_MOST_ISSUERS]:
        yield Line(f"    accepted issuer {issuer}")
    if len(demand.issuers) > _MOST_ISSUERS:
        yield Line(f"    and {len(demand.issuers) - _MOST_ISSUERS} more")


_AUTHORIZATION = {Sent.NONE: None, Sent.BASIC: "Basic (the password)", Sent.CERTIFICATE: None}


def _http(facts: HttpFacts, target: Target | None) -> Iterator[Line]:
    yield Line(f"> {facts.method} {facts.path} HTTP/1.1")
    if target is not None:
        offered = "NTLM (an offer, without user or password)" if facts.ntlm_offered else None
        authorization = _AUTHORIZATION[facts.credentials] or offered
        for name, value in request_headers(Destination.of(target, facts.address), authorization).items():
            yield Line(f"> {name}: {value}")
    if facts.credentials is Sent.CERTIFICATE:
        yield Line(f"> with the client certificate {facts.account}, where it is asked for")
    yield from _demand(facts.client_certificate)
    if facts.status is None:
        return
    yield Line(f"< {facts.status}{f'.{facts.substatus}' if facts.substatus is not None else ''}")
    for name, value in facts.headers.items():
        yield Line(f"< {name}: {value}")
    yield from _meant(facts)


def _meant(facts: HttpFacts) -> Iterator[Line]:
    told = facts.identity
    system = windows_of_build(told.os_build) or told.os_build if told is not None and told.os_build else None
    offset = facts.clock_offset_s
    yield from _named(
        meaning=facts.meaning.value.replace("-", " ") if facts.meaning is not None else None,
        Exchange=facts.build or facts.product,
        answered_by=facts.answered_by,
        computer=(told.dns_computer or told.computer) if told is not None else None,
        system=system,
        clock=f"{abs(offset):.0f} s {'ahead' if offset > 0 else 'behind'}" if offset else None,
        hands_out=facts.handed_out,
    )


def _samples(facts: SampleFacts) -> Iterator[Line]:
    yield from _named(mailbox=facts.mailbox, outcomes=_counted(facts.by_outcome))
    if facts.credentials is not Sent.NONE:
        yield Line(f"  ok {facts.ok}, failed {facts.failed}, redirected {facts.redirected}")
        yield Line(f"  crossed to the old servers {facts.crossed}, of them failed {facts.crossed_failed}")
        yield Line(f"  answered by the new server alone {facts.front_end_only}")
    for name, outcomes in facts.by_server.items():
        yield Line(f"  server {name}: {_counted(outcomes)}")
    for address, outcomes in facts.by_address.items():
        yield Line(f"  address {address}: {_counted(outcomes)}")
    yield from _named(stopped=facts.stopped)


def _counted(outcomes: Mapping[str, int]) -> str:
    return ", ".join(f"{count} x {outcome}" for outcome, count in outcomes.items())

"""The matrix of a probe run: names with their resolvers, their places with what each step showed, and sign-ins. Pure.

Made of what the case holds and what a run is just doing, so that a case that was opened again shows the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from easwizard.case.case import Case
from easwizard.case.facts import DnsFacts, DnsOutcome, HttpFacts, Observation, SampleFacts, Status
from easwizard.case.requests import (
    AskAutodiscover,
    AskPath,
    AskProxy,
    LookAt,
    Request,
    ResolveName,
    SampleAnonymous,
    SampleSignIn,
    Target,
)
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH, Sent
from easwizard.probes.identity import http_id, sample_id, tcp_id, tls_id
from easwizard.probes.settings import Deadlines
from easwizard.workflow.places import Place, is_address, member_places
from easwizard.workflow.run import Errand, Run, State
from easwizard.workflow.short_words import (
    DNS_WORDS,
    NOTHING,
    WAITING,
    Cell,
    Sign,
    demand_cell,
    http_cell,
    no_answer,
    tcp_cell,
    tls_cell,
)

STEPS = ("TCP", "TLS", "asks", "OPTIONS", "/Proxy")
"""The columns of a place; `asks` is for a client certificate."""


@dataclass(frozen=True)
class NameRow:
    """One namespace, with what each resolver said of it."""

    target: Target
    resolvers: tuple[tuple[str, Cell], ...]
    """Label and cell; empty for a name that is an address."""

    @property
    def key(self) -> str:
        return f"name {self.target.name}"


@dataclass(frozen=True)
class PlaceRow:
    """One address of a namespace with its steps."""

    target: Target
    place: Place
    given_by: tuple[str, ...]
    """The resolvers that gave it, where others did not; empty where all agree."""
    cells: tuple[Cell, ...]
    who: str = ""
    """The computers that named themselves there."""
    busy: bool = False
    """Whether anything is under way or waits there."""

    @property
    def key(self) -> str:
        return f"place {self.target.name} {self.place.address} {self.place.port or ''}"


@dataclass(frozen=True)
class SignInRow:
    """The sign-ins of one account or certificate at one namespace."""

    id: str
    """The observation's."""
    target: str
    account: str
    sent: Sent
    state: State
    facts: SampleFacts
    planned: int | None = None
    """How many at most; None where that is not known any more."""
    pace_seconds: float = 0.0
    request: SampleSignIn | None = None
    words: str | None = None
    """Why there is nothing to count."""

    @property
    def key(self) -> str:
        return self.id

    @property
    def pauses_left(self) -> float:
        """Seconds of pausing still to come at most, nothing failing (J11)."""
        if self.planned is None or self.state.is_over:
            return 0.0
        return max(0, self.planned - max(self.facts.sent, 1)) * self.pace_seconds


Row = NameRow | PlaceRow | SignInRow


@dataclass(frozen=True)
class _Known:
    """The case and the run, ordered for looking things up: a large estate has hundreds of looks."""

    case: Case
    deadlines: Deadlines
    by_id: Mapping[str, Observation]
    dns: Mapping[str, tuple[Observation, ...]] = field(default_factory=dict)
    errands: Mapping[Request, Errand] = field(default_factory=dict)
    busy: frozenset[tuple[str, str, int | None]] = frozenset()
    who: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """Computers by target name and address."""


def matrix(case: Case, run: Run, deadlines: Deadlines) -> tuple[Row, ...]:
    """Every row, name by name; sign-ins come last."""
    known = _known(case, run, deadlines)
    rows: list[Row] = []
    for target in case.targets:
        rows.append(NameRow(target, _resolver_cells(known, target)))
        rows.extend(_places(known, target))
    return (*rows, *_sign_ins(known, run))


def _known(case: Case, run: Run, deadlines: Deadlines) -> _Known:
    by_id = {o.id: o for o in case.observations}
    by_id |= {o.id: o for errand in run.errands for o in errand.observations}
    dns: dict[str, list[Observation]] = defaultdict(list)
    who: dict[tuple[str, str], frozenset[str]] = {}
    for observation in by_id.values():
        facts = observation.facts
        if isinstance(facts, DnsFacts):
            dns[facts.name].append(observation)
        elif isinstance(facts, HttpFacts) and (names := _names(facts)):
            place = (observation.target, facts.address)
            who[place] = who.get(place, frozenset()) | names
    return _Known(
        case,
        deadlines,
        by_id,
        {name: tuple(found) for name, found in dns.items()},
        {errand.request: errand for errand in run.errands},
        frozenset(filter(None, (_busy_place(errand) for errand in run.errands))),
        who,
    )


def _names(facts: HttpFacts) -> frozenset[str]:
    told = facts.identity.computer if facts.identity is not None else None
    return frozenset(filter(None, (facts.answered_by, told)))


def _busy_place(errand: Errand) -> tuple[str, str, int | None] | None:
    request = errand.request
    if errand.state.is_over or isinstance(request, ResolveName | SampleSignIn):
        return None
    return (request.target.name, request.address, request.port)


# Names


def _resolver_cells(known: _Known, target: Target) -> tuple[tuple[str, Cell], ...]:
    if is_address(target.host):
        return ()
    labels = dict.fromkeys(r.label for r in known.case.vantage.resolvers)
    labels |= dict.fromkeys(o.facts.resolver for o in known.dns.get(target.host, ()) if isinstance(o.facts, DnsFacts))
    return tuple((label, _resolver_cell(known, target.host, label)) for label in labels)


def _resolver_cell(known: _Known, host: str, label: str) -> Cell:
    """Both address types of one resolver taken together; an address of either kind is an answer."""
    asked = [
        e
        for r, e in known.errands.items()
        if isinstance(r, ResolveName) and (r.host, r.resolver.label) == (host, label)
    ]
    running = [e.since for e in asked if e.state is State.RUNNING and e.since is not None]
    if running:
        return Cell(Sign.RUNNING, "asking", min(running), known.deadlines.dns)
    if any(e.state is State.WAITING for e in asked):
        return WAITING
    said = [
        (o, o.facts) for o in known.dns.get(host, ()) if isinstance(o.facts, DnsFacts) and o.facts.resolver == label
    ]
    addresses = {address for _, facts in said for address in facts.addresses}
    if addresses:
        return Cell(Sign.SEEN, f"{len(addresses)} address{'es' if len(addresses) > 1 else ''}")
    return min((_dns_cell(o, facts) for o, facts in said), key=_by_weight, default=NOTHING)


def _dns_cell(observation: Observation, facts: DnsFacts) -> Cell:
    if facts.outcome is None:
        return no_answer(observation) or NOTHING
    return Cell(Sign.SEEN if facts.outcome is DnsOutcome.ANSWER else Sign.FAILED, DNS_WORDS[facts.outcome])


def _by_weight(cell: Cell) -> bool:
    """That a name has no address of one type is said last."""
    return cell.word == DNS_WORDS[DnsOutcome.NO_ADDRESS]


# Places


def _places(known: _Known, target: Target) -> Iterator[PlaceRow]:
    given: dict[str, set[str]] = defaultdict(set)
    answering: set[str] = set()
    for observation in known.dns.get(target.host, ()):
        if isinstance(facts := observation.facts, DnsFacts) and facts.addresses:
            answering.add(facts.resolver)
            for address in facts.addresses:
                given[address].add(facts.resolver)
    by_dns = (target.host,) if is_address(target.host) else tuple(sorted(given))
    for place in (*(Place(address) for address in by_dns), *member_places(known.case, target, by_dns)):
        givers = given.get(place.address, set())
        yield PlaceRow(
            target,
            place,
            tuple(sorted(givers)) if givers != answering and not place.is_member else (),
            _steps(known, target, place),
            ", ".join(sorted(known.who.get((target.name, place.address), ()))),
            (target.name, place.address, place.port) in known.busy,
        )


def _steps(known: _Known, target: Target, place: Place) -> tuple[Cell, ...]:
    errand = known.errands.get(LookAt(target, place.address, place.port))
    cells = _running_look(known.deadlines, errand) or _seen_look(known, target, place)
    return (*cells, _proxy(known, target, place) if target.role.is_legacy else NOTHING)


def _seen_look(known: _Known, target: Target, place: Place) -> tuple[Cell, ...]:
    address, port = place.address, place.port
    http = known.by_id.get(http_id(target, address, ACTIVESYNC_PATH, port))
    return (
        tcp_cell(known.by_id.get(tcp_id(target, address, port))),
        tls_cell(known.by_id.get(tls_id(target, address, port))),
        demand_cell(http),
        http_cell(http),
    )


def _running_look(deadlines: Deadlines, errand: Errand | None) -> tuple[Cell, ...] | None:
    """While a look is under way its steps show how far it is; None where it is not."""
    if errand is None or errand.state.is_over:
        return None
    if errand.state is State.WAITING:
        return (WAITING,) * 4
    since, done = errand.since, Cell(Sign.SEEN, "open")
    match errand.phase:
        case "tls":
            return (done, Cell(Sign.RUNNING, "", since, deadlines.tls), WAITING, WAITING)
        case "first_byte":
            return (done, Cell(Sign.SEEN, "yes"), WAITING, Cell(Sign.RUNNING, "", since, deadlines.first_byte))
        case _:
            return (Cell(Sign.RUNNING, "", since, deadlines.tcp), WAITING, WAITING, WAITING)


def _proxy(known: _Known, target: Target, place: Place) -> Cell:
    errand = known.errands.get(AskProxy(target, place.address, place.port))
    if errand is not None and errand.state is State.WAITING:
        return WAITING
    if errand is not None and errand.state is State.RUNNING:
        seconds = {"tls": known.deadlines.tls, "first_byte": known.deadlines.first_byte}
        return Cell(Sign.RUNNING, "", errand.since, seconds.get(errand.phase or "", known.deadlines.tcp))
    return http_cell(known.by_id.get(http_id(target, place.address, PROXY_PATH, place.port)), on_proxy=True)


# Sign-ins


def _sign_ins(known: _Known, run: Run) -> Iterator[SignInRow]:
    asked = {sample_id(e.request): (e, e.request) for e in run.errands if isinstance(e.request, SampleSignIn)}
    told = {
        o.id: (o, o.facts)
        for o in known.by_id.values()
        if isinstance(o.facts, SampleFacts) and o.facts.credentials is not Sent.NONE
    }
    for id in dict.fromkeys((*told, *asked)):
        if id in asked:
            yield _asked(id, *asked[id])
        else:
            observation, facts = told[id]
            yield SignInRow(
                id,
                observation.target,
                facts.account,
                facts.credentials,
                _STATES[observation.status],
                facts,
                words=observation.words,
            )


_STATES = {
    Status.OK: State.OK,
    Status.FAILED: State.FAILED,
    Status.SKIPPED: State.SKIPPED,
    Status.CANCELLED: State.CANCELLED,
}


def _asked(id: str, errand: Errand, request: SampleSignIn) -> SignInRow:
    summary = next((o for o in errand.observations if o.id == id), None)
    ended = summary.facts if summary is not None and isinstance(summary.facts, SampleFacts) else None
    return SignInRow(
        id,
        request.target.name,
        request.account,
        request.sent,
        errand.state if summary is None else _STATES[summary.status],
        ended or errand.samples or _none_yet(request),
        request.count * (len(request.addresses) if request.until_success else 1),
        request.pace_seconds,
        request,
        summary.words if summary is not None else None,
    )


def _none_yet(request: SampleSignIn) -> SampleFacts:
    box = request.mailbox
    stated = f"{box.product}@{box.site}" if box is not None and box.site else box.product.value if box else None
    return SampleFacts(
        address=None,
        credentials=request.sent,
        account=request.account,
        mailbox=stated,
        predicted_failed=request.predicted_failed,
        predicted_basis=request.predicted_basis,
    )


def belongs_to(request: Request, row: Row) -> bool:
    """Whether a request is one of a row's own, for ending or repeating them."""
    match row, request:
        case NameRow(), ResolveName():
            return request.host == row.target.host
        case PlaceRow(), LookAt() | AskProxy() | AskPath() | AskAutodiscover() | SampleAnonymous():
            where = (request.target, request.address, request.port)
            return where == (row.target, row.place.address, row.place.port)
        case SignInRow(), SampleSignIn():
            return sample_id(request) == row.id
        case _:
            return False

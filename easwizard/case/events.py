"""Events: what happens to a case, one small fact at a time. A case is its events, put together in order.

The case file is a list of them, so that a kill between two loses nothing (DESIGN 6). Pure: writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from types import MappingProxyType

from easwizard.case.case import Account, Case, Contradiction, DeviceCertificate, Import, Vantage
from easwizard.case.facts import Observation
from easwizard.case.log_counts import LogCounts
from easwizard.case.mending import Acceptance, GateRecord, StepRecord
from easwizard.case.requests import Member, Target
from easwizard.exchange.inventory import Inventory


@dataclass(frozen=True)
class VantageChosen:
    """Where the looks come from; a case that is opened elsewhere gets another one."""

    vantage: Vantage


@dataclass(frozen=True)
class TargetsNamed:
    """The namespaces as they stand now, all of them."""

    targets: tuple[Target, ...]


@dataclass(frozen=True)
class MembersNamed:
    """The machines to be reached directly, all of them."""

    members: tuple[Member, ...]


@dataclass(frozen=True)
class AccountsNamed:
    """The test accounts, all of them; never a password."""

    accounts: tuple[Account, ...]


@dataclass(frozen=True)
class CertificateChosen:
    """The client certificate at hand, or that there is none any more."""

    certificate: DeviceCertificate | None


@dataclass(frozen=True)
class Answered:
    """One answer of the admin."""

    question: str
    value: str


@dataclass(frozen=True)
class AnswerWithdrawn:
    """The admin took an answer back."""

    question: str


@dataclass(frozen=True)
class Observed:
    """One look and what it showed."""

    observation: Observation


@dataclass(frozen=True)
class LooksWithdrawn:
    """Looks that a file told which was taken away again, by their ids."""

    ids: tuple[str, ...]


@dataclass(frozen=True)
class InventoryRead:
    """The inventory as it stands after an import."""

    inventory: Inventory


@dataclass(frozen=True)
class ImportsRead:
    """The files that were brought, all of them, with what they contradict each other about."""

    imports: tuple[Import, ...]
    contradictions: tuple[Contradiction, ...] = ()


@dataclass(frozen=True)
class LogsRead:
    """What the server logs say, all of them together; None where they were taken away again."""

    counts: LogCounts | None


@dataclass(frozen=True)
class StepTold:
    """Something happened to a step of a plan."""

    record: StepRecord


@dataclass(frozen=True)
class FindingAccepted:
    """Somebody decided to live with a finding; an earlier decision about the same code and scope is replaced."""

    acceptance: Acceptance


@dataclass(frozen=True)
class AcceptanceWithdrawn:
    """Somebody no longer lives with it."""

    code: str
    scope: str


@dataclass(frozen=True)
class GateTold:
    """Somebody said something of a gate."""

    record: GateRecord


@dataclass(frozen=True)
class ChangesPlanned:
    """The changes planned for the cut-over, all of them, in order."""

    changes: tuple[str, ...]


@dataclass(frozen=True)
class TicketFilled:
    """One line of the helpdesk's page; an empty text takes it away."""

    line: str
    text: str


@dataclass(frozen=True)
class WentTo:
    """The admin went to a stage of the wizard: that is where the case opens the next time."""

    stage: str


Event = (
    VantageChosen
    | TargetsNamed
    | MembersNamed
    | AccountsNamed
    | CertificateChosen
    | Answered
    | AnswerWithdrawn
    | Observed
    | LooksWithdrawn
    | InventoryRead
    | ImportsRead
    | LogsRead
    | StepTold
    | FindingAccepted
    | AcceptanceWithdrawn
    | GateTold
    | ChangesPlanned
    | TicketFilled
    | WentTo
)


def happened(case: Case, event: Event) -> Case:
    """The case after one event more."""
    match event:
        case VantageChosen(vantage):
            return replace(case, vantage=vantage)
        case TargetsNamed(targets):
            return replace(case, targets=targets)
        case MembersNamed(members):
            return replace(case, members=members)
        case AccountsNamed(accounts):
            return replace(case, accounts=accounts)
        case CertificateChosen(certificate):
            return replace(case, device_certificate=certificate)
        case Answered(question, value):
            return case.with_answer(question, value)
        case AnswerWithdrawn(question):
            left = {known: value for known, value in case.answers.items() if known != question}
            return replace(case, answers=MappingProxyType(left))
        case Observed(observation):
            return case.with_observations((observation,))
        case LooksWithdrawn(ids):
            return replace(case, observations=tuple(o for o in case.observations if o.id not in ids))
        case InventoryRead(inventory):
            return replace(case, inventory=inventory)
        case ImportsRead(imports, contradictions):
            return replace(case, imports=imports, contradictions=contradictions)
        case LogsRead(counts):
            return replace(case, logs=counts)
        case StepTold(step):
            return replace(case, steps=(*case.steps, step))
        case FindingAccepted(new):
            return replace(case, accepted=(*_without(case.accepted, new.code, new.scope), new))
        case AcceptanceWithdrawn(code, scope):
            return replace(case, accepted=_without(case.accepted, code, scope))
        case GateTold(gate):
            return replace(case, gates=(*case.gates, gate))
        case ChangesPlanned(changes):
            return replace(case, changes=changes)
        case TicketFilled(line, text):
            lines = {**case.ticket, line: text}
            return replace(case, ticket=MappingProxyType({k: v for k, v in lines.items() if v}))
        case WentTo(stage):
            return replace(case, stage=stage)


def _without(accepted: Iterable[Acceptance], code: str, scope: str) -> tuple[Acceptance, ...]:
    """All but one; names of servers and hosts are the same in upper and lower case."""
    gone = code, scope.casefold()
    return tuple(a for a in accepted if (a.code, a.scope.casefold()) != gone)


def told(events: Iterable[Event]) -> Case:
    """The case that these events make, from the first on."""
    case = Case(Vantage(""))
    for event in events:
        case = happened(case, event)
    return case


def events_of(case: Case) -> tuple[Event, ...]:
    """The shortest list of events that makes this case; what was overwritten is not in it."""
    return (
        VantageChosen(case.vantage),
        TargetsNamed(case.targets),
        MembersNamed(case.members),
        AccountsNamed(case.accounts),
        CertificateChosen(case.device_certificate),
        *(Answered(question, value) for question, value in case.answers.items()),
        *(Observed(observation) for observation in case.observations),
        InventoryRead(case.inventory),
        ImportsRead(case.imports, case.contradictions),
        *((LogsRead(case.logs),) if case.logs is not None else ()),
        *(StepTold(record) for record in case.steps),
        *(FindingAccepted(acceptance) for acceptance in case.accepted),
        *(GateTold(record) for record in case.gates),
        ChangesPlanned(case.changes),
        *(TicketFilled(line, text) for line, text in case.ticket.items()),
        WentTo(case.stage),
    )

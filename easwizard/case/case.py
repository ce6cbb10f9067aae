"""The case: everything known about one investigation. Frozen; a change makes a new case.

Findings are not part of it: they are always derived from it (DESIGN 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar

from easwizard.case.facts import DnsFacts, Facts, HttpFacts, Observation, SampleFacts, TcpFacts, TlsFacts
from easwizard.case.log_counts import LogCounts
from easwizard.case.mending import Acceptance, GateRecord, StepRecord
from easwizard.case.requests import Member, Resolver, Target
from easwizard.exchange.inventory import Inventory, Role
from easwizard.exchange.routing import Mailbox

UNKNOWN = "unknown"
"""The answer "I don't know": allowed for every question, and never a clue."""

AnyFacts = TypeVar("AnyFacts", bound=Facts)


@dataclass(frozen=True)
class Account:
    """A test account by its label, with where its mailbox lives as the admin stated it (J9)."""

    label: str
    mailbox: Mailbox | None = None


@dataclass(frozen=True)
class DeviceCertificate:
    """The client certificate at hand, as far as it may be shown: never its key (exchange.md 2.6)."""

    label: str
    subject: str | None = None
    issuer: str | None = None
    issuers: tuple[str, ...] = ()
    """Every issuer on the way up that the file holds, the direct one first."""
    serial: str | None = None
    not_before: str | None = None
    """ISO 8601 in UTC, as in TLS facts."""
    not_after: str | None = None
    upn: str | None = None
    for_clients: bool | None = None
    """Whether its extended key usage allows client authentication; None where it cannot be read."""
    has_sid: bool | None = None
    """Whether it carries the SID extension of strong mapping."""


@dataclass(frozen=True)
class Noted:
    """Something said of an imported file, and where in it."""

    where: str
    what: str


@dataclass(frozen=True)
class StatedCode:
    """A problem code that a file itself states, as a setup log does that stopped (exchange.md 6.1)."""

    code: str
    server: str | None
    """The server it is about, where that is known."""
    where: str


@dataclass(frozen=True)
class Import:
    """One file that the admin brought: what it is and what of it was understood. Its claims are in the inventory."""

    file: str
    format: str
    objects: Mapping[str, int] = field(default_factory=dict)
    """How many of which kind were understood."""
    problems: tuple[Noted, ...] = ()
    """What was not understood, and lists known to be cut."""
    notes: tuple[Noted, ...] = ()
    """What was understood and matters, but has no place in an inventory."""
    codes: tuple[StatedCode, ...] = ()
    server: str | None = None
    """The server it was taken on, by the admin's word or the file's name."""
    read_at: datetime | None = None
    """UTC; gates of the checklist ask how fresh it is."""
    sha256: str | None = None
    """Of the file as it was brought."""
    copy: str | None = None
    """The name of its copy without secrets, in the case's folder of evidence; None where none was kept."""


@dataclass(frozen=True)
class Contradiction:
    """Files that contradict each other about one property, with the rule that decides (evidence-formats 11)."""

    about: str
    """A server, or SERVER/SITE-NAME."""
    property: str
    values: tuple[Noted, ...]
    """Each value as `what`, with the places that tell it as `where`."""
    taken: str | None
    """The value that counts; None where none does."""
    rule: str


@dataclass(frozen=True)
class Vantage:
    """Where we look from: the machine and the resolvers it asks (J7)."""

    host: str
    resolvers: tuple[Resolver, ...] = ()


@dataclass(frozen=True)
class Case:
    """Everything known about one investigation."""

    vantage: Vantage
    targets: tuple[Target, ...] = ()
    accounts: tuple[Account, ...] = ()
    device_certificate: DeviceCertificate | None = None
    """The client certificate that is at hand, or None."""
    members: tuple[Member, ...] = ()
    """Machines behind the names that are to be reached directly too."""
    answers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Question id to value, e.g. `{"tls-in-front": "nothing"}`."""
    observations: tuple[Observation, ...] = ()
    """In the order of arrival; a newer look at the same thing replaces the older one."""
    inventory: Inventory = field(default_factory=Inventory)
    imports: tuple[Import, ...] = ()
    """The files that the inventory was read from, in the order given."""
    contradictions: tuple[Contradiction, ...] = ()
    """What these files contradict each other about."""
    logs: LogCounts | None = None
    """What the server logs say, counted and bounded (`case.log_keeping`); never a row. None: no log was read."""
    steps: tuple[StepRecord, ...] = ()
    """What was done of which plan, in the order of time."""
    accepted: tuple[Acceptance, ...] = ()
    """Findings that somebody decided to live with."""
    gates: tuple[GateRecord, ...] = ()
    """What people said of the gates of the checklist, in the order of time."""
    changes: tuple[str, ...] = ()
    """Changes planned for the cut-over, in order (the grammar of `exchange.changes`)."""
    ticket: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Lines of the helpdesk's page that no question covers (J26), by field id."""
    stage: str = ""
    """Where in the wizard the admin was last; empty where the wizard was not used."""

    def answer(self, question: str) -> str:
        """The answer to a question; `unknown` when none was given."""
        return self.answers.get(question, UNKNOWN)

    def with_answer(self, question: str, value: str) -> Case:
        """This case with one answer more, or with it changed."""
        return replace(self, answers=MappingProxyType({**self.answers, question: value}))

    def with_observations(self, new: Iterable[Observation]) -> Case:
        """This case with these observations; of two looks at the same thing the newer one stays (DESIGN 6)."""
        by_id = {o.id: o for o in self.observations}
        for observation in new:
            by_id[observation.id] = observation
        return replace(self, observations=tuple(by_id.values()))

    def seen(self, kind: type[AnyFacts]) -> tuple[tuple[Observation, AnyFacts], ...]:
        """Every observation with facts of that type, beside its facts already narrowed to it."""
        return tuple((o, o.facts) for o in self.observations if isinstance(o.facts, kind))

    def dns(self, host: str) -> tuple[tuple[Observation, DnsFacts], ...]:
        return tuple((o, f) for o, f in self.seen(DnsFacts) if f.name == host)

    def tcp(self, target: Target) -> tuple[tuple[Observation, TcpFacts], ...]:
        return tuple((o, f) for o, f in self.seen(TcpFacts) if o.target == target.name)

    def tls(self, target: Target) -> tuple[tuple[Observation, TlsFacts], ...]:
        return tuple((o, f) for o, f in self.seen(TlsFacts) if o.target == target.name)

    def http(self, target: Target, path: str | None = None) -> tuple[tuple[Observation, HttpFacts], ...]:
        return tuple((o, f) for o, f in self.seen(HttpFacts) if o.target == target.name and path in (None, f.path))

    def samples(self, target: Target) -> tuple[tuple[Observation, SampleFacts], ...]:
        return tuple((o, f) for o, f in self.seen(SampleFacts) if o.target == target.name)

    def addresses(self, host: str) -> tuple[str, ...]:
        """Every address that any resolver gave for a host, sorted; round-robin order means nothing."""
        found = {address for _, facts in self.dns(host) for address in facts.addresses}
        return tuple(sorted(found))

    def stated(self, code: str) -> tuple[StatedCode, ...]:
        """Where imported files state this problem themselves, each server and place once."""
        return tuple(dict.fromkeys(s for read in self.imports for s in read.codes if s.code == code))

    def with_role(self, *roles: Role) -> tuple[Target, ...]:
        return tuple(t for t in self.targets if t.role in roles)

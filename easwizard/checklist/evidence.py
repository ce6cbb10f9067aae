"""What gates are judged on: a case, what is wrong today, and what the planned changes would make of it.

Diagnosis and the simulator stand beside this part or above it, so what they say arrives here as data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from easwizard.case.case import Case, Vantage
from easwizard.case.facts import Observation
from easwizard.case.requests import Target
from easwizard.checklist.freshness import Kind, Rest
from easwizard.exchange.inventory import Inventory, Role, VirtualDirectory
from easwizard.exchange.routing import Mailbox, Route

_NOTHING: Mapping[str, Told] = MappingProxyType({})


@dataclass(frozen=True)
class Told:
    """A finding that is confirmed or likely."""

    text: str
    """Its summary for this case."""
    at: datetime | None = None
    """When its newest observation was made; None where none is behind it."""
    harms: bool = True
    """Whether its severity is high or medium."""


@dataclass(frozen=True)
class Planned:
    """The estate after the planned changes, by the simulator; without changes as it is."""

    inventory: Inventory
    moved: frozenset[Mailbox] = frozenset()
    """Kinds of mailboxes of which none will be left."""
    routes: tuple[Route, ...] = ()
    findings: Mapping[str, Told] = field(default_factory=lambda: _NOTHING)
    """Confirmed or likely, by code."""


@dataclass(frozen=True)
class Evidence:
    """Everything that gates look at, at one moment."""

    case: Case
    now: datetime
    """UTC."""
    findings: Mapping[str, Told] = field(default_factory=lambda: _NOTHING)
    """What is confirmed or likely today, by code."""
    planned: Planned | None = None
    """None where no inventory was read, or where the plan cannot be made."""
    trouble: str | None = None
    """Why the planned changes cannot be made, in words."""

    @classmethod
    def none(cls, now: datetime) -> Evidence:
        """Nothing at all: an empty checklist."""
        return cls(Case(Vantage("")), now)

    @property
    def read(self) -> Rest:
        """When the inventory was read: its oldest file counts, and one without a moment spoils all."""
        moments = [imported.read_at for imported in self.case.imports]
        known = [moment for moment in moments if moment is not None]
        return Rest(Kind.INVENTORY, min(known) if known and len(known) == len(moments) else None)

    @property
    def names(self) -> tuple[Target, ...]:
        """The names that phones have in their settings."""
        return self.case.with_role(Role.GENERIC, Role.CERT)

    @property
    def has_moved(self) -> bool:
        """Whether the names lead to the new servers already, by the admin's answer."""
        return self.case.answer("cutover") == "after"

    @property
    def new_servers(self) -> tuple[str, ...]:
        """The newer Client Access servers that will be there, by name."""
        servers = self.planned.inventory.servers if self.planned is not None else ()
        newer = (s for s in servers if s.product is not None and not s.product.is_legacy)
        return tuple(s.name for s in newer if s.client_access is not False)

    @property
    def old_vdirs(self) -> tuple[VirtualDirectory, ...]:
        """The 2007 and 2010 vdirs that will be there."""
        return tuple(v for v in self._vdirs if v.product is not None and v.product.is_legacy)

    @property
    def new_vdirs(self) -> tuple[VirtualDirectory, ...]:
        """The front-end vdirs of 2013 and later that will be there."""
        return tuple(v for v in self._vdirs if v.product is not None and not v.product.is_legacy)

    @property
    def only_planned(self) -> tuple[str, ...]:
        """New vdirs and servers that are, so far, as wanted in the plan only: what was read of them differs."""
        if self.planned is None:
            return ()
        read = self.case.inventory
        vdirs = [v.label for v in self.new_vdirs if read.vdir(v.server, v.web_site) != v]
        planned = {v.server.casefold(): self.planned.inventory.server(v.server) for v in self.new_vdirs}
        servers = [s.name for s in planned.values() if s is not None and read.server(s.name) != s]
        return (*vdirs, *servers)

    @property
    def _vdirs(self) -> Iterable[VirtualDirectory]:
        vdirs = self.planned.inventory.vdirs if self.planned is not None else ()
        return (v for v in vdirs if not v.back_end)

    @property
    def leg_hosts(self) -> tuple[str, ...]:
        """The hosts that newer servers will dial for old mailboxes: by InternalUrls, else the legacy names given.

        A legacy name that the admin says is no InternalUrl is none of them (J4).
        """
        by_url = {v.internal_host for v in self.old_vdirs if v.internal_host}
        named = {t.host.casefold() for t in self.case.targets if t.role.is_legacy}
        return tuple(sorted(by_url or {host for host in named if self._is_internal_url(host) != "no"}))

    def is_dialled(self, host: str) -> bool:
        """Whether newer servers are known to dial this host; else what it answers is nobody's trouble (J4)."""
        return any(v.internal_host == host for v in self.old_vdirs) or self._is_internal_url(host) == "yes"

    def _is_internal_url(self, host: str) -> str:
        return self.case.answer(f"internal-url:{host}")

    @property
    def uses_certificates(self) -> bool:
        """Whether any phone signs in with a certificate, as far as names and vdirs tell; True where they do not."""
        by_name = bool(self.case.with_role(Role.CERT, Role.LEGACY_CERT))
        demands = any(v.client_certificates == "require" for v in self._vdirs)
        return by_name or demands or not self.names

    def addresses_to_prove(self, host: str) -> frozenset[str]:
        """Where the new servers of a name were reached: its members, and after the cut-over what DNS gives too."""
        members = {m.address for m in self.case.members if m.host.casefold() == host.casefold()}
        return frozenset(members) or (frozenset(self.case.addresses(host)) if self.has_moved else frozenset())


def looked(observations: Iterable[Observation]) -> tuple[Rest, ...]:
    """Observations as what a judgement rests on."""
    return tuple(Rest(Kind.LOOK, observation.at) for observation in observations)

"""The newer servers that certificate names lead to, by the inventory, and what it says of a switch on each of them.

Shared by the problems of the four switches (exchange.md 2.3). Old servers are left out: before the cut-over the
certificate name leads to them, and on IIS 6 the switches are others (2.1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from easwizard.case.case import Case
from easwizard.case.facts import SampleFacts
from easwizard.diagnosis.certificate_trials import signed_in_everywhere, trials_at
from easwizard.diagnosis.clues import Clue, Effect, Group
from easwizard.exchange.inventory import Endpoint, Flag, Role, Server, VirtualDirectory
from easwizard.exchange.products import Product
from easwizard.exchange.replies import Sent
from easwizard.exchange.routing import endpoints_of


@dataclass(frozen=True)
class CertificateServer:
    """One endpoint of a certificate name, with what was read of its server and its virtual directory."""

    host: str
    endpoint: Endpoint
    server: Server | None
    vdir: VirtualDirectory | None

    @property
    def name(self) -> str:
        return self.endpoint.server

    @property
    def product(self) -> Product | None:
        own = self.server.product if self.server is not None else None
        return own or (self.vdir.product if self.vdir is not None else None)


def certificate_servers(case: Case) -> tuple[CertificateServer, ...]:
    """Every newer endpoint of every certificate name, each once; empty where the inventory does not say."""
    return tuple(each for each in _endpoints(case) if each.product is None or not each.product.is_legacy)


def old_certificate_servers(case: Case) -> tuple[CertificateServer, ...]:
    """The old ones that certificate names lead to: before the cut-over, or after the way back (6.5)."""
    return tuple(each for each in _endpoints(case) if each.product is not None and each.product.is_legacy)


def _endpoints(case: Case) -> Iterator[CertificateServer]:
    found: dict[str, CertificateServer] = {}
    for host in _hosts(case):
        for endpoint in endpoints_of(case.inventory, host):
            server = case.inventory.server(endpoint.server)
            vdir = case.inventory.vdir(endpoint.server, endpoint.web_site)
            found.setdefault(endpoint.label.casefold(), CertificateServer(host, endpoint, server, vdir))
    yield from found.values()


def _hosts(case: Case) -> Iterator[str]:
    asked = [t.host for t in case.with_role(Role.CERT)]
    recorded = [n.host for n in case.inventory.namespaces if n.role is Role.CERT]
    yield from {host.casefold(): host for host in (*recorded, *asked)}.values()


def signed_in_there(case: Case, at: CertificateServer, label: str) -> Iterator[Clue]:
    """The exclusion where this server signed a certificate in: then all its switches are on, whatever was read."""
    for observation, facts in case.seen(SampleFacts):
        names = {server.casefold() for server, outcomes in facts.by_server.items() if "200" in outcomes}
        if facts.credentials is Sent.CERTIFICATE and at.name.casefold() in names:
            text = f"{at.name} signed a certificate in"
            yield Clue(
                Effect.EXCLUDES, text, "3.1, 3.2", Group.SAMPLING, subject=(label,), observation=observation.id
            )  # fmt: skip
            return


@dataclass(frozen=True)
class Switch:
    """One setting that certificate sign-in needs: how it reads where it is off and on, and where that stands."""

    off: str
    on: str
    source: str
    of_vdir: bool = False
    """Whether each virtual directory has its own; else the server has it."""

    def label(self, at: CertificateServer) -> str:
        return at.endpoint.label if self.of_vdir else at.name


def held_clues(case: Case, switch: Switch, state: Callable[[CertificateServer], Flag]) -> Iterator[Clue]:
    """What the inventory says of a switch: proof where it is off, exclusion only where it is on everywhere.

    A name at whose every address the certificate was taken excludes for itself, not for a server read as off.
    """
    states = {switch.label(at): (at, state(at)) for at in certificate_servers(case)}
    for label, (at, on) in states.items():
        if on is False:
            text = f"{switch.off} {label}"
            yield Clue(Effect.PROVES, text, switch.source, Group.EVIDENCE, subject=(label,))
            yield from signed_in_there(case, at, label)
    if states and all(on for _, on in states.values()):
        for label in states:
            yield Clue(Effect.EXCLUDES, f"{switch.on} {label}", switch.source, Group.EVIDENCE, subject=(label,))
    for target in case.with_role(Role.CERT):
        yield from signed_in_everywhere(trials_at(case, target))

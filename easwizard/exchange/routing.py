"""How an ActiveSync request travels, and with what odds it succeeds (exchange.md 1.2 to 1.6, 5.3; J1 to J3, J13).

Three things are kept apart (J1): a *candidate* is a vdir object that service discovery may draw; its
InternalUrl names a *host*; the host leads to *endpoints*, and only the endpoint decides whether the proxy leg
is accepted. What is not known is reported as unknown or as a range, never as a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from easwizard.exchange.inventory import (
    ClientCertificates,
    Endpoint,
    Flag,
    Inventory,
    NamespaceRecord,
    VirtualDirectory,
)
from easwizard.exchange.products import Product


class Device(StrEnum):
    """How a phone signs in."""

    BASIC = "basic"
    CERTIFICATE = "certificate"


class Outcome(StrEnum):
    """What becomes of a request at a hop, or of a whole path."""

    OK = "ok"
    REFUSED = "refused"
    REDIRECTED = "redirected"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Mailbox:
    """Where a mailbox lives: the product of its server and its AD site (`None` when unknown)."""

    product: Product
    site: str | None = None

    def __str__(self) -> str:
        return f"{self.product}@{self.site}" if self.site else self.product.value


@dataclass(frozen=True)
class HopResult:
    """What one hop does with the request, and why, in words."""

    outcome: Outcome
    why: str


@dataclass(frozen=True)
class Hop:
    """One station of a path: `kind` is `front-end`, `mailbox-role` or `legacy-leg`."""

    kind: str
    where: str
    outcome: Outcome
    why: str


@dataclass(frozen=True)
class Path:
    """One way a request can go; the probabilities of a route's paths add up to 1."""

    probability: float
    hops: tuple[Hop, ...]
    outcome: Outcome


@dataclass(frozen=True)
class Odds:
    """A share of success between 0 and 1: a number when all is known, else the range it lies in."""

    low: float
    high: float

    @property
    def exact(self) -> float | None:
        return self.low if abs(self.high - self.low) < 1e-9 else None


@dataclass(frozen=True)
class Route:
    """All paths of one kind of device to one kind of mailbox through one namespace."""

    device: Device
    mailbox: Mailbox
    namespace: str
    paths: tuple[Path, ...]
    odds: Odds
    by_name: Odds | None
    """The odds if service discovery drew among host names instead of vdir objects (J3); None off the leg."""


@dataclass(frozen=True)
class Arrival:
    """One endpoint that a candidate's InternalUrl may lead to, with its share of that candidate's draws."""

    share: float
    where: str
    result: HopResult


@dataclass(frozen=True)
class Draw:
    """One candidate and everything its InternalUrl may lead to; the shares add up to 1."""

    candidate: VirtualDirectory
    arrivals: tuple[Arrival, ...]

    @property
    def odds(self) -> Odds:
        return _odds((a.share, a.result.outcome) for a in self.arrivals)


def candidates(inventory: Inventory, mailbox: Mailbox) -> tuple[VirtualDirectory, ...]:
    """The vdir objects that service discovery may draw for a legacy mailbox: same version, same AD site.

    An empty InternalUrl leaves nothing to dial, so such a vdir is no candidate; an unknown one is (J13).
    Source: exchange.md 1.2 (row 2013 to 2007) and 1.6. With an unknown AD site nothing is grouped (J13).
    """
    if mailbox.site is None:
        return ()
    return tuple(
        v
        for v in inventory.vdirs
        if not v.back_end
        and v.product is mailbox.product
        and v.site is not None
        and v.site.casefold() == mailbox.site.casefold()
        and v.internal_url != ""
    )


def endpoints_of(inventory: Inventory, host: str) -> tuple[Endpoint, ...]:
    """What a host leads to; empty when that is not known.

    Known by a record (DNS, binding, change), else taken from the vdirs that name the host in their InternalUrl,
    provided they all belong to web sites of one name: two web sites sharing a host leave it open (J19).
    """
    record = inventory.namespace(host)
    # A change that leads a name nowhere known says so; guessing again would undo what it says (J2).
    if record is not None and (record.endpoints or record.basis == "change"):
        return record.endpoints
    bound = _bound(inventory, host)
    if bound:
        return bound
    sharing = [v for v in inventory.vdirs if not v.back_end and v.internal_host == host.casefold()]
    if len({v.web_site.casefold() for v in sharing}) != 1:
        return ()
    return tuple(Endpoint(v.server, v.web_site) for v in sharing)


def _bound(inventory: Inventory, host: str) -> tuple[Endpoint, ...]:
    return tuple(
        Endpoint(server.name, binding.web_site)
        for server in inventory.servers
        for binding in server.bindings
        if binding.binding.rpartition(":")[2].casefold() == host.casefold()
    )


def proxy_leg(inventory: Inventory, endpoint: Endpoint) -> HopResult:
    """Whether an endpoint accepts the proxy leg of a newer front end (exchange.md 1.3, 1.4; J14).

    A proxying server has no client certificate, so a demanded one refuses the leg; an accepted one does not.
    """
    vdir = inventory.vdir(endpoint.server, endpoint.web_site)
    if vdir is None:
        return HopResult(Outcome.UNKNOWN, f"no ActiveSync virtual directory is known on {endpoint.label}")
    if vdir.product is not None and not vdir.product.is_legacy:
        # That a leg to a newer server goes round in circles is only believed (7), so this is no refusal.
        return HopResult(Outcome.UNKNOWN, f"the leg leads back to a newer server, {endpoint.label}: a loop")
    if vdir.client_certificates is ClientCertificates.REQUIRE:
        return HopResult(Outcome.REFUSED, f"{endpoint.label} demands a client certificate")
    if vdir.proxy_windows is False:
        return HopResult(Outcome.REFUSED, f"{endpoint.label} offers no Windows authentication on /Proxy")
    if vdir.client_certificates is None:
        return HopResult(Outcome.UNKNOWN, f"whether {endpoint.label} demands certificates is not known")
    if vdir.proxy_windows is None:
        return HopResult(Outcome.UNKNOWN, f"the authentication of /Proxy on {endpoint.label} is not known")
    return HopResult(Outcome.OK, f"{endpoint.label} accepts the proxy leg")


def draws(inventory: Inventory, mailbox: Mailbox) -> tuple[Draw, ...]:
    """Every candidate of a mailbox with where its InternalUrl leads. Empty when there is no candidate."""
    return tuple(Draw(v, _arrivals(inventory, v)) for v in candidates(inventory, mailbox))


def _arrivals(inventory: Inventory, candidate: VirtualDirectory) -> tuple[Arrival, ...]:
    host = candidate.internal_host
    if not host:
        why = f"the InternalUrl of {candidate.label} is not known"
        return (Arrival(1.0, candidate.label, HopResult(Outcome.UNKNOWN, why)),)
    if candidate.product is Product.E2010:
        why = "2010 is believed to be reached by server name, whatever the InternalUrl says (J13)"
        return (Arrival(1.0, host, HopResult(Outcome.UNKNOWN, why)),)
    endpoints = endpoints_of(inventory, host)
    if not endpoints:
        return (Arrival(1.0, host, HopResult(Outcome.UNKNOWN, f"where {host} leads is not known")),)
    share = 1 / len(endpoints)
    return tuple(Arrival(share, f"{host} -> {e.label}", proxy_leg(inventory, e)) for e in endpoints)


def leg_odds(legs: Sequence[Draw]) -> Odds:
    """The odds that the legacy leg succeeds when each vdir object is equally likely (J2); open without any."""
    return _mean([leg.odds for leg in legs])


def leg_odds_by_name(legs: Sequence[Draw]) -> Odds:
    """The same when each distinct host name is equally likely (J3)."""
    by_host = {leg.candidate.internal_host or leg.candidate.label: leg.odds for leg in legs}
    return _mean(list(by_host.values()))


def front_end(inventory: Inventory, endpoint: Endpoint, device: Device) -> HopResult:
    """Whether the vdir a phone reaches lets this kind of device in (exchange.md 2.2, 2.3)."""
    vdir = inventory.vdir(endpoint.server, endpoint.web_site)
    if vdir is None:
        return HopResult(Outcome.UNKNOWN, f"no ActiveSync virtual directory is known on {endpoint.label}")
    return _basic_device(vdir) if device is Device.BASIC else _certificate_device(inventory, vdir)


def _basic_device(vdir: VirtualDirectory) -> HopResult:
    if vdir.client_certificates is ClientCertificates.REQUIRE:
        return HopResult(Outcome.REFUSED, f"{vdir.label} demands a client certificate")
    if vdir.basic is False:
        return HopResult(Outcome.REFUSED, f"Basic authentication is off on {vdir.label}")
    if vdir.basic is None or vdir.client_certificates is None:
        return HopResult(Outcome.UNKNOWN, f"the authentication of {vdir.label} is not known")
    return HopResult(Outcome.OK, f"{vdir.label} accepts Basic")


def _certificate_device(inventory: Inventory, vdir: VirtualDirectory) -> HopResult:
    missing = [name for name, on in certificate_switches(inventory, vdir) if on is False]
    if missing:
        return HopResult(Outcome.REFUSED, f"{vdir.label}: {', '.join(missing)}")
    unknown = [name for name, on in certificate_switches(inventory, vdir) if on is None]
    if unknown:
        return HopResult(Outcome.UNKNOWN, f"{vdir.label}: not known whether {', '.join(unknown)}")
    return HopResult(Outcome.OK, f"{vdir.label} signs certificates in")


def certificate_switches(inventory: Inventory, vdir: VirtualDirectory) -> tuple[tuple[str, Flag], ...]:
    """The four switches of exchange.md 2.3 for one vdir, each with the words for its absence."""
    server = inventory.server(vdir.server)
    asks = None if vdir.client_certificates is None else vdir.client_certificates is not ClientCertificates.IGNORE
    return (
        ("the role service is missing", server.role_services.get("Web-Client-Auth") if server else None),
        ("certificate mapping is off at the server root", server.server_mapping if server else None),
        ("no client certificate is asked for", asks),
        ("certificate mapping is off on the virtual directory", vdir.mapping),
    )


def routes(inventory: Inventory) -> tuple[Route, ...]:
    """Every route of the inventory: each device kind x mailbox version and site x device-facing namespace."""
    mailboxes = sorted(
        {Mailbox(v.product, v.site) for v in inventory.vdirs if v.product and not v.back_end},
        key=lambda m: (m.product, m.site or ""),
    )
    devices_of = {"generic": (Device.BASIC,), "cert": (Device.CERTIFICATE,)}
    return tuple(
        _route(inventory, device, mailbox, namespace)
        for namespace in inventory.namespaces
        for device in devices_of.get(namespace.role.value, ())
        for mailbox in mailboxes
    )


def _route(inventory: Inventory, device: Device, mailbox: Mailbox, namespace: NamespaceRecord) -> Route:
    legs = draws(inventory, mailbox)
    paths: list[Path] = []
    crossing = 0.0
    for endpoint in namespace.endpoints:
        share = 1 / len(namespace.endpoints)
        entry = front_end(inventory, endpoint, device)
        first = Hop("front-end", f"{namespace.host} -> {endpoint.label}", entry.outcome, entry.why)
        if entry.outcome is not Outcome.OK:
            paths.append(Path(share, (first,), entry.outcome))
        elif _needs_leg(inventory, endpoint, mailbox):
            crossing += share
            paths.extend(_leg_paths(share, first, legs))
        else:
            paths.append(Path(share, (first,), _served(inventory, endpoint, mailbox)))
    if not namespace.endpoints:
        unknown = Hop("front-end", namespace.host, Outcome.UNKNOWN, "where this name leads is not known")
        paths.append(Path(1.0, (unknown,), Outcome.UNKNOWN))
    odds = _odds((p.probability, p.outcome) for p in paths)
    by_name = _by_name(odds, legs, crossing) if legs and crossing else None
    return Route(device, mailbox, namespace.host, tuple(paths), odds, by_name)


def _by_name(odds: Odds, legs: Sequence[Draw], crossing: float) -> Odds:
    """The route's odds with its crossing share drawn among names instead of objects; the rest stays (J3)."""
    by_object, by_name = leg_odds(legs), leg_odds_by_name(legs)
    low = odds.low + crossing * (by_name.low - by_object.low)
    high = odds.high + crossing * (by_name.high - by_object.high)
    return Odds(round(low, 9), round(high, 9))


def _needs_leg(inventory: Inventory, endpoint: Endpoint, mailbox: Mailbox) -> bool:
    server = inventory.server(endpoint.server)
    newer = server is not None and server.product is not None and not server.product.is_legacy
    return newer and mailbox.product.is_legacy


def _served(inventory: Inventory, endpoint: Endpoint, mailbox: Mailbox) -> Outcome:
    server = inventory.server(endpoint.server)
    if server is None or server.product is None:
        return Outcome.UNKNOWN
    if server.product.is_legacy and server.product is not mailbox.product:
        return Outcome.REDIRECTED if not mailbox.product.is_legacy else Outcome.UNKNOWN
    if server.product.is_legacy and (server.site or "").casefold() != (mailbox.site or "").casefold():
        return Outcome.UNKNOWN  # by proxy or by 451, as the other site's ExternalUrl decides (1.2)
    return Outcome.OK


def _leg_paths(share: float, first: Hop, legs: Sequence[Draw]) -> Iterable[Path]:
    mailbox_hop = Hop("mailbox-role", "2013 or later", Outcome.OK, "a mailbox-role server makes the legacy leg [B]")
    if not legs:
        # Falling back to another site is only believed (1.6), so this is unknown rather than refused.
        why = "no legacy virtual directory is known in the mailbox's site"
        none = Hop("legacy-leg", "no candidate", Outcome.UNKNOWN, why)
        yield Path(share, (first, mailbox_hop, none), Outcome.UNKNOWN)
    for leg in legs:
        for arrival in leg.arrivals:
            outcome = arrival.result.outcome
            hop = Hop("legacy-leg", f"{leg.candidate.label}: {arrival.where}", outcome, arrival.result.why)
            yield Path(share * arrival.share / len(legs), (first, mailbox_hop, hop), outcome)


def _odds(shares: Iterable[tuple[float, Outcome]]) -> Odds:
    sure = open_ = 0.0
    for share, outcome in shares:
        if outcome is Outcome.OK:
            sure += share
        elif outcome is Outcome.UNKNOWN:
            open_ += share
    return Odds(round(sure, 9), round(min(1.0, sure + open_), 9))


def _mean(odds: Sequence[Odds]) -> Odds:
    if not odds:
        return Odds(0.0, 1.0)
    low = sum(o.low for o in odds) / len(odds)
    high = sum(o.high for o in odds) / len(odds)
    return Odds(round(low, 9), round(high, 9))

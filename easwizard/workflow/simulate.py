"""The use case "what would change": the routes and findings of an inventory, before and after planned changes.

Pure: it looks at nothing and changes nothing. What phones, samples and answers told of the estate of today is no
part of it, for a plan makes history of them. What is not known stays unknown, in every number that rests on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from types import MappingProxyType

from easwizard.case.case import UNKNOWN, Case, Vantage
from easwizard.case.requests import Target
from easwizard.diagnosis.engine import diagnose
from easwizard.diagnosis.finding import Diagnosis
from easwizard.diagnosis.in_front import QUESTION as IN_FRONT
from easwizard.diagnosis.in_front import InFront
from easwizard.diagnosis.outcome import Outcome, outcome
from easwizard.diagnosis.problem import Entry, catalogue
from easwizard.exchange.changes import ChangeError, apply_change, moved_away
from easwizard.exchange.inventory import Endpoint, Inventory, VirtualDirectory
from easwizard.exchange.routing import Device, Hop, Mailbox, Odds, Path, Route, routes
from easwizard.exchange.routing import Outcome as Arrival

VANTAGE = "simulation"
"""Where the facts of a simulation are seen from: nowhere."""
NOT_READ = "not read"
"""The web site of a vdir that is only supposed to be there."""
_OF_THE_LEG = ("namespace/", "proxy/", "routing/")
"""Areas of problems that only a request that a newer server passes on can meet."""
_HTTPS = 443


@dataclass(frozen=True)
class State:
    """An estate at one moment of a plan, with everything that follows from it."""

    inventory: Inventory
    moved: frozenset[Mailbox]
    """The kinds of mailboxes of which none is left."""
    routes: tuple[Route, ...]
    diagnosis: Diagnosis
    verdict: Outcome


@dataclass(frozen=True)
class Simulation:
    """A plan, with the estate before and after it."""

    changes: tuple[str, ...]
    before: State
    after: State


def simulate(inventory: Inventory, changes: Sequence[str], in_front: str = UNKNOWN) -> Simulation:
    """The estate before and after the changes, which are made in their order.

    `in_front` is the answer to what ends TLS in front of the servers (J14). Raises `ChangeError` for a change that
    cannot be made there; the message names the change.
    """
    nobody: frozenset[Mailbox] = frozenset()
    changed, moved = reduce(_changed, changes, (inventory, nobody))
    before = state_of(inventory, nobody, in_front)
    return Simulation(tuple(changes), before, state_of(changed, moved, in_front) if changes else before)


def _changed(now: tuple[Inventory, frozenset[Mailbox]], change: str) -> tuple[Inventory, frozenset[Mailbox]]:
    inventory, moved = now
    try:
        gone = moved_away(inventory, change)
        return (inventory, moved | {gone}) if gone is not None else (apply_change(inventory, change), moved)
    except ChangeError as error:
        raise ChangeError(f"{change!r}: {error}") from None


def with_unread(inventory: Inventory) -> tuple[Inventory, tuple[str, ...]]:
    """The inventory with a vdir of which nothing is known for each old server whose vdirs were not read; their names.

    Without it the odds would be a number although candidates may be missing from them (J2).
    """
    read = {v.server.casefold() for v in inventory.vdirs if not v.back_end}
    silent = [s for s in inventory.servers if s.client_access and s.name.casefold() not in read]
    old = [s for s in silent if s.product is not None and s.product.is_legacy]
    added = (VirtualDirectory(s.name, NOT_READ, site=s.site, product=s.product) for s in old)
    return replace(inventory, vdirs=(*inventory.vdirs, *added)), tuple(s.name for s in old)


def state_of(inventory: Inventory, moved: frozenset[Mailbox] = frozenset(), in_front: str = UNKNOWN) -> State:
    """Everything that follows from an inventory in which some kinds of mailboxes are no longer."""
    ways = tuple(_as_far_as_known(r, in_front) for r in routes(inventory) if not _is_one_of(r.mailbox, moved))
    case = _case(_without_mailboxes(inventory, moved), in_front)
    diagnosis = diagnose(case, None if _passes_on(inventory) else _without_the_leg())
    is_whole = not without_version(inventory)
    return State(inventory, moved, ways, diagnosis, _verdict(outcome(case, diagnosis), ways, is_whole=is_whole))


def _passes_on(inventory: Inventory) -> bool:
    """Whether any name that phones use leads, or may lead, to a newer server, which passes requests on (1.2)."""
    facing = [n for n in inventory.namespaces if n.role.faces_devices]
    ends = [e for n in facing for e in n.endpoints]
    return not facing or any(not n.endpoints for n in facing) or not all(_is_old(inventory, e) for e in ends)


def _is_old(inventory: Inventory, endpoint: Endpoint) -> bool:
    known = (inventory.server(endpoint.server), inventory.vdir(endpoint.server, endpoint.web_site))
    products = {each.product for each in known if each is not None and each.product is not None}
    return bool(products) and all(product.is_legacy for product in products)


def _without_the_leg() -> tuple[Entry, ...]:
    """The problems that can be there while phones are led to the old servers alone: nobody draws a candidate yet."""
    return tuple(entry for entry in catalogue() if not entry.code.startswith(_OF_THE_LEG))


def _case(inventory: Inventory, in_front: str) -> Case:
    """The inventory as a case: the names that phones use, and what ends TLS in front of them."""
    facing = tuple(Target(n.host, _HTTPS, n.role) for n in inventory.namespaces if n.role.faces_devices)
    answers = MappingProxyType({IN_FRONT: in_front})
    return Case(Vantage(VANTAGE), targets=facing, answers=answers, inventory=inventory)


def _without_mailboxes(inventory: Inventory, moved: frozenset[Mailbox]) -> Inventory:
    """The inventory as far as it concerns anybody: old vdirs that no mailbox is passed on to are left out.

    Newer ones stay, for they take the requests of other mailboxes too (exchange.md 1.2).
    """
    left = tuple(
        v
        for v in inventory.vdirs
        if v.product is None or not v.product.is_legacy or not _is_one_of(Mailbox(v.product, v.site), moved)
    )
    return replace(inventory, vdirs=left)


def _is_one_of(mailbox: Mailbox, kinds: Iterable[Mailbox]) -> bool:
    return any(_same(mailbox, kind) for kind in kinds)


def _same(one: Mailbox, other: Mailbox) -> bool:
    return one.product is other.product and (one.site or "").casefold() == (other.site or "").casefold()


def _as_far_as_known(route: Route, in_front: str) -> Route:
    """A certificate's way is not known where something in front takes the certificate: it decides, not IIS (J14)."""
    if route.device is not Device.CERTIFICATE or in_front not in (InFront.BRIDGING, InFront.DELEGATION):
        return route
    why = "what stands in front ends TLS, so that no certificate reaches the server itself"
    hop = Hop("front-end", route.namespace, Arrival.UNKNOWN, why)
    return replace(route, paths=(Path(1.0, (hop,), Arrival.UNKNOWN),), odds=Odds(0.0, 1.0), by_name=None)


def without_version(inventory: Inventory) -> tuple[str, ...]:
    """The servers with vdirs of which no version is known: what they do for whom is not in any route."""
    return tuple(dict.fromkeys(v.server for v in inventory.vdirs if not v.back_end and v.product is None))


def _verdict(judged: Outcome, ways: Sequence[Route], *, is_whole: bool) -> Outcome:
    """No problem only where every request is known to arrive: what fails without a finding is not understood."""
    is_served = is_whole and bool(ways) and all(way.odds.exact == 1 for way in ways)
    if judged is Outcome.NO_PROBLEM_FOUND and not is_served:
        return Outcome.INCONCLUSIVE
    return judged

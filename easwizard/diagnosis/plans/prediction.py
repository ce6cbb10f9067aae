"""What a plan would change for phones: the odds of each kind of request before and after it (J1 to J3, J13).

It rests on the inventory alone. Where that does not know the changed things, nothing is predicted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from easwizard.case.case import Case
from easwizard.diagnosis.in_front import InFront, in_front
from easwizard.exchange.changes import ChangeError, apply_change
from easwizard.exchange.inventory import Inventory
from easwizard.exchange.routing import Device, Odds, Route, routes

_DECIDES = (InFront.BRIDGING, InFront.DELEGATION)


@dataclass(frozen=True)
class Expected:
    """One kind of request: phones of a kind, to mailboxes of a version and site, through a name."""

    device: Device
    mailbox: str
    """`2007@London`."""
    namespace: str
    before: Odds
    after: Odds


@dataclass(frozen=True)
class Prediction:
    """Every kind of request whose odds the plan changes, and the number of kinds whose odds it does not."""

    changed: tuple[Expected, ...]
    unchanged: int


def predict(case: Case, changes: Sequence[str]) -> Prediction | None:
    """The odds before and after these changes; None without changes, or where the inventory does not know them."""
    if not changes or not case.inventory.vdirs:
        return None
    try:
        after = _changed(case.inventory, changes)
    except ChangeError:
        return None
    then = {_key(route): route for route in _told(case, after)}
    rows = [
        Expected(route.device, str(route.mailbox), route.namespace, route.odds, then[_key(route)].odds)
        for route in _told(case, case.inventory)
        if _key(route) in then
    ]
    changed = tuple(row for row in rows if row.before != row.after)
    return Prediction(changed, len(rows) - len(changed)) if rows else None


def _changed(inventory: Inventory, changes: Sequence[str]) -> Inventory:
    for change in changes:
        inventory = apply_change(inventory, change)
    return inventory


def _key(route: Route) -> tuple[str, str, str]:
    return (route.device.value, str(route.mailbox), route.namespace)


def _told(case: Case, inventory: Inventory) -> list[Route]:
    """The routes that IIS decides: where something in front takes the certificate, that does (J14)."""
    decided = in_front(case) in _DECIDES
    return [route for route in routes(inventory) if not (decided and route.device is Device.CERTIFICATE)]

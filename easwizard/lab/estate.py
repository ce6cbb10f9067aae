"""An estate as its users see it: start, look, change, stop.

`running` makes the parts; what a CHANGE means is given by the caller. Each web site has a loopback address
of its own; where only 127.0.0.1 can be bound (macOS as delivered) `start` raises `LabError` with the reason.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from easwizard.exchange.inventory import Inventory, NamespaceRecord
from easwizard.lab.control import NotPossible
from easwizard.lab.drawing import Clock
from easwizard.lab.errors import LabError
from easwizard.lab.identities import IssuedCertificate
from easwizard.lab.journal import Journal, Visit
from easwizard.lab.proxy_leg import LegCaller
from easwizard.lab.running import Running
from easwizard.lab.scenario import Account, Scenario

ApplyChange = Callable[[Inventory, str], Inventory]
"""Applies one CHANGE to an inventory; raises ValueError with the reason when it cannot."""


class Estate:
    """One scenario on loopback. Use it as a context manager, or call `start` and `stop`."""

    def __init__(
        self,
        scenario: Scenario,
        *,
        seed: int | None = None,
        time_scale: float = 1.0,
        apply_change: ApplyChange | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        self.scenario = scenario
        self.seed = scenario.seed if seed is None else seed
        self.time_scale = time_scale
        self._apply_change = apply_change
        self._clock = clock
        self._change_lock = threading.Lock()
        self._inventory = scenario.inventory
        self._journal = Journal()
        self._running: Running | None = None

    def __enter__(self) -> Estate:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Return when every listener accepts; raises `LabError`. Starting twice changes nothing."""
        if self._running is not None:
            return
        running = Running(
            scenario=self.scenario,
            seed=self.seed,
            time_scale=self.time_scale,
            clock=self._clock,
            journal=self._journal,
            inventory=self._inventory,
            change=self.change,
        )
        try:
            running.start()
        except BaseException:
            # Whatever went wrong, even an interrupt, half an estate must not stay behind.
            running.stop()
            raise
        self._running = running

    def stop(self) -> None:
        """Close every listener, join every thread, delete every file. Stopping twice changes nothing."""
        running, self._running = self._running, None
        if running is not None:
            running.stop()

    def change(self, text: str) -> None:
        """Apply one CHANGE to the estate; raises ValueError with the reason when it makes no sense."""
        if self._apply_change is None:
            raise NotPossible("this estate was started without a way to read changes")
        with self._change_lock:
            self._adopt(self._apply_change(self._inventory, text))

    def adopt(self, inventory: Inventory) -> None:
        """Let the estate be this inventory from now on."""
        with self._change_lock:
            self._adopt(inventory)

    @property
    def inventory(self) -> Inventory:
        """The estate as it is now; while it runs, its endpoints have their addresses."""
        addresses = self._running.addresses if self._running else {}
        namespaces = tuple(_addressed(record, addresses) for record in self._inventory.namespaces)
        return replace(self._inventory, namespaces=namespaces)

    @property
    def accounts(self) -> tuple[Account, ...]:
        return self.scenario.accounts

    @property
    def port(self) -> int:
        """The port of all web sites."""
        return self._started.port

    @property
    def resolvers(self) -> Mapping[str, tuple[str, int]]:
        """View label to the address and port of its DNS server."""
        return self._started.resolvers

    @property
    def addresses(self) -> Mapping[str, str]:
        """Endpoint label (`SERVER/SITE-NAME`, lower case) to its address."""
        return self._started.addresses

    @property
    def devices(self) -> Mapping[str, str]:
        """Host, lower case, to the address of the device in front of it."""
        return self._started.devices

    @property
    def folder(self) -> Path:
        """The estate's temporary folder; gone after `stop`."""
        return self._started.folder

    @property
    def ca_file(self) -> Path:
        return self._started.ca_file

    @property
    def device_certificates(self) -> tuple[IssuedCertificate, ...]:
        return self._started.device_certificates

    @property
    def leg_caller(self) -> LegCaller:
        """Makes legs as the front ends do."""
        return self._started.caller

    @property
    def control_address(self) -> str:
        """HOST:PORT of the control endpoint."""
        return self._started.control.address

    @property
    def control_token(self) -> str:
        return self._started.control.token

    def visits(self) -> tuple[Visit, ...]:
        """What the servers saw, in order; still known after stopping."""
        return self._journal.visits()

    def credentials_received(self, user: str) -> int:
        """How often a user name and password of that user came in, right or wrong."""
        return self._journal.credentials_received(user)

    def _adopt(self, inventory: Inventory) -> None:
        if self._running is not None:
            self._running.follow(inventory)
        self._inventory = inventory

    @property
    def _started(self) -> Running:
        if self._running is None:
            raise LabError("the estate is not running")
        return self._running


def _addressed(record: NamespaceRecord, addresses: Mapping[str, str]) -> NamespaceRecord:
    endpoints = tuple(
        replace(endpoint, address=addresses.get(endpoint.label.casefold())) for endpoint in record.endpoints
    )
    return replace(record, endpoints=endpoints)

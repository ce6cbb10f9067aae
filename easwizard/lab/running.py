"""What an estate consists of between start and stop: sockets, threads, certificates and files.

Only `estate` uses it. It follows an inventory that changes, and knows no grammar of changes.
"""

from __future__ import annotations

import secrets
import shutil
import socket
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from easwizard.exchange.inventory import Endpoint, Inventory
from easwizard.lab.addresses import AddressPool
from easwizard.lab.autodiscover import Bag
from easwizard.lab.control import Control
from easwizard.lab.directory import Directory
from easwizard.lab.dns_server import DnsServer, Records
from easwizard.lab.dns_views import records_of
from easwizard.lab.drawing import Clock, Dice, Picker
from easwizard.lab.errors import LabError
from easwizard.lab.front_device import FrontDevice
from easwizard.lab.front_end import FrontEnd
from easwizard.lab.identities import Identities, IssuedCertificate
from easwizard.lab.journal import Journal
from easwizard.lab.proxy_leg import LegCaller
from easwizard.lab.scenario import VIEWS, DeviceCertificate, Front, Scenario, Tls
from easwizard.lab.socket_loop import SocketLoop
from easwizard.lab.tls_stream import TlsServer
from easwizard.lab.web_site import Premises, WebSite

_FRONT_END_VIEW = "internal"


class Running:
    """A live estate. `stop` may follow a `start` that failed half-way."""

    def __init__(
        self,
        *,
        scenario: Scenario,
        seed: int,
        time_scale: float,
        clock: Clock,
        journal: Journal,
        inventory: Inventory,
        change: Callable[[str], None],
    ) -> None:
        self._scenario = scenario
        self._seed = seed
        self._time_scale = time_scale
        self._clock = clock
        self._journal = journal
        self._inventory = inventory
        self._loop = SocketLoop("lab")
        self._pool = AddressPool()
        self._dns: dict[str, DnsServer] = {}
        self._sites: dict[str, tuple[WebSite, socket.socket]] = {}
        self._server_token = secrets.token_urlsafe(24)
        self.devices: dict[str, str] = {}
        """Host to the address of the device in front of it."""
        self.device_certificates: tuple[IssuedCertificate, ...] = ()
        self.control = Control(change)
        self.folder = Path(tempfile.mkdtemp(prefix="easwizard-lab-"))
        self._identities = Identities(self.folder)

    @property
    def port(self) -> int:
        return self._pool.port

    @property
    def ca_file(self) -> Path:
        return self._identities.ca_file

    @property
    def resolvers(self) -> Mapping[str, tuple[str, int]]:
        return {view: server.address for view, server in self._dns.items()}

    @property
    def addresses(self) -> dict[str, str]:
        """Endpoint label, lower case, to its address."""
        return {label: site.endpoint.address or "" for label, (site, _) in self._sites.items()}

    @property
    def caller(self) -> LegCaller:
        """Makes legs as the estate's front ends do."""
        return LegCaller(self._dns[_FRONT_END_VIEW].address, self.port, self._server_token)

    def start(self) -> None:
        self._identities.publish()
        for view in VIEWS:
            self._dns[view] = DnsServer(self._loop, {})
        endpoints = _endpoints(self._inventory)
        fronts = tuple(self._scenario.fronts.values())
        bound = self._pool.bind(len(endpoints) + len(fronts))
        try:
            self._premises = self._shared()
            for endpoint, listening in zip(endpoints, bound[: len(endpoints)], strict=True):
                self._open(endpoint, listening, self._inventory)
            for front, listening in zip(fronts, bound[len(endpoints) :], strict=True):
                self._put_in_front(front, listening)
        except BaseException:
            # Sockets that the loop does not have yet would stay open for ever.
            for listening in bound:
                listening.close()
            raise
        self._publish(self._inventory)
        self.device_certificates = tuple(self._issue(each) for each in self._scenario.certificates)
        self._loop.start()
        self.control.start()

    def stop(self) -> None:
        self.control.stop()
        self._loop.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def follow(self, inventory: Inventory) -> None:
        """Be this inventory: web sites come and go, certificates follow moved names, DNS follows endpoints."""
        for endpoint in _endpoints(inventory):
            if endpoint.label.casefold() not in self._sites:
                self._open(endpoint, self._one_more_address(), inventory)
        for label, (site, listening) in list(self._sites.items()):
            if inventory.server(site.endpoint.server) is None:
                del self._sites[label]
                self._loop.forget(listening)
            elif site.names != self._names(site.endpoint, inventory):
                site.use(*self._identity(site.endpoint, inventory))
        self._inventory = inventory
        self._publish(inventory)

    def _publish(self, inventory: Inventory) -> None:
        for view, server in self._dns.items():
            server.replace(self._records(view, inventory))

    def _records(self, view: str, inventory: Inventory) -> Records:
        devices = {host: at for host, at in self.devices.items() if view in self._scenario.fronts[host].views}
        return records_of(view, inventory, self._scenario.views, self.addresses, devices)

    def _shared(self) -> Premises:
        knobs = self._scenario.knobs
        window = knobs.pick_minutes * 60 * self._time_scale
        picker = Picker(knobs.pick, self._seed, window, self._clock)
        return Premises(
            scenario=self._scenario,
            inventory=lambda: self._inventory,
            directory=Directory(self._scenario.accounts),
            authority=self._identities.authority,
            front_end=FrontEnd(picker, self.caller, knobs.leg_failure_status),
            bag=Bag(self._seed),
            dice=Dice(self._seed),
            journal=self._journal,
            server_token=self._server_token,
            time_scale=self._time_scale,
            stopping=self._loop.stopping,
        )

    def _open(self, endpoint: Endpoint, listening: socket.socket, inventory: Inventory) -> None:
        here = Endpoint(endpoint.server, endpoint.web_site, str(listening.getsockname()[0]))
        site = WebSite(here, *self._identity(here, inventory), self._premises)
        self._sites[endpoint.label.casefold()] = (site, listening)
        if self._scenario.knobs_of(endpoint.server).down:
            listening.close()
        else:
            self._loop.listen(listening, site.serve)

    def _one_more_address(self) -> socket.socket:
        try:
            return self._pool.bind_one()
        except OSError as error:
            raise LabError(f"no address is left for another web site: {error.strerror}") from error

    def _put_in_front(self, front: Front, listening: socket.socket) -> None:
        tls = self._identities.tls((front.host,), front.certificate, Tls.V1_2)
        device = FrontDevice(
            front=front,
            tls=tls,
            members=lambda: self._members(front.host),
            port=self.port,
            authority=self._identities.authority,
            server_token=self._server_token,
        )
        self.devices[front.host] = str(listening.getsockname()[0])
        self._loop.listen(listening, device.serve)

    def _members(self, host: str) -> tuple[str, ...]:
        """The addresses that a name leads to behind its device, by the inventory as it is now."""
        namespace = self._inventory.namespace(host)
        known = self.addresses
        labels = (place.label.casefold() for place in namespace.endpoints) if namespace else ()
        return tuple(known[label] for label in labels if label in known)

    def _identity(self, endpoint: Endpoint, inventory: Inventory) -> tuple[tuple[str, ...], TlsServer]:
        """The names of a web site and TLS settings with a certificate for them."""
        names = self._names(endpoint, inventory)
        site = self._scenario.site_knobs_of(endpoint.label)
        version = self._scenario.knobs_of(endpoint.server).tls
        return names, self._identities.tls(names, site.certificate, version, site.issuers)

    def _names(self, endpoint: Endpoint, inventory: Inventory) -> tuple[str, ...]:
        """Every name that leads to the endpoint in any view; the server's own name where none does."""
        label = endpoint.label.casefold()
        hosts = [
            namespace.host.lower()
            for namespace in inventory.namespaces
            if label in (place.label.casefold() for place in namespace.endpoints)
        ]
        for record in self._scenario.views.records:
            if record.host not in hosts and label in (place.casefold() for place in record.endpoints):
                hosts.append(record.host)
        server = inventory.server(endpoint.server)
        own = (server.fqdn if server else None) or endpoint.server
        return tuple(hosts) or (own.lower(),)

    def _issue(self, wanted: DeviceCertificate) -> IssuedCertificate:
        user = next(account.user for account in self._scenario.accounts if account.label == wanted.account)
        return self._identities.device(wanted, user)


def _endpoints(inventory: Inventory) -> list[Endpoint]:
    """Every web site there is: those with a vdir, and those that only a name leads to."""
    found: dict[str, Endpoint] = {}
    for vdir in inventory.vdirs:
        if not vdir.back_end:
            found.setdefault(vdir.label.casefold(), Endpoint(vdir.server, vdir.web_site))
    for namespace in inventory.namespaces:
        for place in namespace.endpoints:
            found.setdefault(place.label.casefold(), Endpoint(place.server, place.web_site))
    return list(found.values())

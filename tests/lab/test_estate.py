"""An estate's life: starting, changing while it runs, stopping without a trace."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
import threading
import time
from dataclasses import replace

import pytest

from easwizard.exchange.inventory import Endpoint, Inventory, NamespaceRecord, Role, Server, VirtualDirectory
from easwizard.exchange.products import Product
from easwizard.lab import addresses
from easwizard.lab.errors import LabError
from easwizard.lab.estate import Estate
from easwizard.lab.scenario import ServerKnobs
from easwizard.lab.scenario_reader import load_scenario, scenario_names
from tests.lab.clients import addresses_in, ask, lookup

FRONT = "EX13A/Default Web Site"


def apply_change(inventory: Inventory, text: str) -> Inventory:
    """A grammar of one word: switch a front end's Basic off, or point the generic name at the legacy pool."""
    if text == "basic=off":
        vdirs = tuple(replace(vdir, basic=False) if vdir.label == FRONT else vdir for vdir in inventory.vdirs)
        return replace(inventory, vdirs=vdirs)
    if text == "move":
        legacy = (Endpoint("EX07A", "Default Web Site"),)
        moved = tuple(
            replace(record, endpoints=legacy) if record.role is Role.GENERIC else record
            for record in inventory.namespaces
        )
        return replace(inventory, namespaces=moved)
    raise ValueError(f"no such change: {text}")


def post(estate: Estate, body: str, token: str | None = None, path: str = "/change") -> tuple[int, str]:
    connection = http.client.HTTPConnection(estate.control_address, timeout=10)
    headers = {} if token == "" else {"Authorization": f"Bearer {token or estate.control_token}"}
    try:
        connection.request("POST", path, body=body.encode(), headers=headers)
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_starts_answers_and_stops(name: str) -> None:
    before = set(threading.enumerate())
    with Estate(load_scenario(name)) as estate:
        folder = estate.folder
        for namespace in estate.inventory.namespaces:
            host = namespace.host
            shown = {
                address for resolver in estate.resolvers.values() for address in addresses_in(lookup(resolver, host))
            }
            expected = {endpoint.address for endpoint in namespace.endpoints}
            assert shown <= {*estate.addresses.values(), estate.devices.get(host)}
            if not any(record.host == host for record in estate.scenario.views.records) and shown:
                assert shown & {*expected, estate.devices.get(host)}
            for endpoint in namespace.endpoints:
                if not estate.scenario.knobs_of(endpoint.server).down:
                    asked = ask(estate, endpoint.label, host=host, context=taking_anything())
                    assert asked.status in (200, 302, 401, 403, 404, 503)
    assert set(threading.enumerate()) == before
    assert not folder.exists()


def taking_anything() -> ssl.SSLContext:
    """A client that connects to whatever there is, for scenarios with bad certificates and old versions."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.post_handshake_auth = True
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def test_a_server_that_is_down_refuses_connections() -> None:
    with Estate(load_scenario("unreachable")) as estate:
        (record,) = [n for n in estate.inventory.namespaces if n.host == "generic.contoso.test"]
        assert addresses_in(lookup(estate.resolvers["internal"], record.host)) == {
            e.address for e in record.endpoints
        }
        for endpoint in record.endpoints:
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((endpoint.address or "", estate.port), timeout=10)


def test_a_large_estate_starts_at_once() -> None:
    scenario = load_scenario("large")
    started = time.monotonic()
    with Estate(scenario):
        assert time.monotonic() - started < 3.0


def test_two_estates_live_side_by_side() -> None:
    scenario = load_scenario("healthy")
    with Estate(scenario) as one, Estate(scenario) as other:
        assert ask(one, FRONT).status == ask(other, FRONT).status == 401
        places = {(address, estate.port) for estate in (one, other) for address in estate.addresses.values()}
        assert len(places) == 8


def test_starting_and_stopping_twice_changes_nothing() -> None:
    estate = Estate(load_scenario("healthy"))
    estate.start()
    port = estate.port
    estate.start()
    assert estate.port == port
    estate.stop()
    estate.stop()
    with pytest.raises(LabError, match="not running"):
        _ = estate.port
    assert all(endpoint.address is None for endpoint in estate.inventory.namespaces[0].endpoints)
    with estate:
        assert ask(estate, FRONT).status == 401


def test_stopping_does_not_wait_for_a_silent_client_or_a_delay() -> None:
    slow = replace(load_scenario("healthy"), server_knobs={"ex13a": ServerKnobs(delay_handshake=3600.0)})
    estate = Estate(slow)
    estate.start()
    with (
        socket.create_connection((estate.addresses[FRONT.casefold()], estate.port), timeout=10) as delayed,
        socket.create_connection((estate.addresses["ex13b/default web site"], estate.port), timeout=10) as silent,
    ):
        estate.stop()
        assert delayed.recv(1) == b""
        assert silent.recv(1) == b""


def test_delays_shrink_with_the_time_scale() -> None:
    slow = replace(load_scenario("healthy"), server_knobs={"ex13a": ServerKnobs(delay_reply=3600.0)})
    with Estate(slow, time_scale=0.0) as estate:
        assert ask(estate, FRONT).status == 401


def test_the_control_endpoint_changes_the_running_estate() -> None:
    with Estate(load_scenario("healthy"), apply_change=apply_change) as estate:
        assert ask(estate, FRONT).all("WWW-Authenticate")
        assert post(estate, "basic=off\n") == (204, "")
        assert not ask(estate, FRONT).all("WWW-Authenticate")
        assert post(estate, "move")[0] == 204
        legacy = estate.addresses["ex07a/default web site"]
        for resolver in estate.resolvers.values():
            assert addresses_in(lookup(resolver, "generic.contoso.test")) == {legacy}
        answer = ask(estate, "EX07A/Default Web Site", host="generic.contoso.test")
        assert answer.one("Server") == "Microsoft-IIS/7.0"


def test_the_control_endpoint_refuses_with_reasons() -> None:
    with Estate(load_scenario("healthy"), apply_change=apply_change) as estate:
        assert post(estate, "frobnicate") == (400, "no such change: frobnicate\n")
        assert post(estate, "basic=off", token="wrong")[0] == 401
        assert post(estate, "basic=off", token="")[0] == 401
        assert post(estate, "basic=off", path="/other")[0] == 404
        assert post(estate, "x" * 10_000)[0] == 413
        assert ask(estate, FRONT).all("WWW-Authenticate")
    with Estate(load_scenario("healthy")) as fixed:
        assert post(fixed, "basic=off")[0] == 501


def test_servers_and_web_sites_may_come_and_go() -> None:
    with Estate(load_scenario("healthy")) as estate:
        old = estate.inventory
        newcomer = Server("EX16A", "ex16a.contoso.test", Product.E2016, "15.1.2507.6", "Windows 2016", "London")
        vdir = VirtualDirectory("EX16A", "Default Web Site", product=Product.E2016, site="London", basic=True)
        name = NamespaceRecord("next.contoso.test", Role.OTHER, (Endpoint("EX16A", "Default Web Site"),))
        estate.adopt(
            Inventory((*old.servers, newcomer), (*old.vdirs, vdir), (*old.namespaces, name)),
        )
        assert ask(estate, "EX16A/Default Web Site").one("X-FEServer") == "EX16A"
        place = (estate.addresses["ex16a/default web site"], estate.port)
        estate.adopt(old)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(place, timeout=10)


def test_only_one_loopback_address_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_there(self: addresses.AddressPool) -> socket.socket:
        raise OSError(errno.EADDRNOTAVAIL, "Can't assign requested address")

    monkeypatch.setattr(addresses.AddressPool, "bind_one", not_there)
    before = set(threading.enumerate())
    with pytest.raises(LabError, match=r"only 127\.0\.0\.1 is set up"):
        Estate(load_scenario("healthy")).start()
    assert set(threading.enumerate()) == before


def test_a_taken_port_is_exchanged_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    original = addresses.AddressPool.bind_one
    failures = iter([False, True])

    def sometimes(self: addresses.AddressPool) -> socket.socket:
        if next(failures, False):
            raise OSError(errno.EADDRINUSE, "Address already in use")
        return original(self)

    monkeypatch.setattr(addresses.AddressPool, "bind_one", sometimes)
    with Estate(load_scenario("healthy")) as estate:
        assert len(set(estate.addresses.values())) == 4
        assert ask(estate, FRONT).status == 401

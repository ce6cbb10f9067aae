"""The DNS servers: two views, both transports, every kind of answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace

import dns.flags
import dns.opcode
import dns.rcode
import pytest

from easwizard.lab.dns_server import DnsServer, Record
from easwizard.lab.estate import Estate
from easwizard.lab.scenario import ViewRecord
from easwizard.lab.scenario_reader import load_scenario
from easwizard.lab.socket_loop import SocketLoop
from tests.lab.clients import addresses_in, lookup

RECORDS = {
    "pool.contoso.test": Record(("127.0.0.11", "127.0.0.12"), ttl=60),
    "alias.contoso.test": Record(alias="pool.contoso.test", ttl=30),
    "dangling.contoso.test": Record(alias="gone.contoso.test"),
    "loop.contoso.test": Record(alias="loop.contoso.test"),
}


@pytest.fixture
def server() -> Iterator[DnsServer]:
    loop = SocketLoop("dns test")
    made = DnsServer(loop, RECORDS)
    loop.start()
    yield made
    loop.stop()


@pytest.mark.parametrize("tcp", [False, True])
def test_a_pool_has_all_its_addresses_by_either_transport(server: DnsServer, tcp: bool) -> None:
    reply = lookup(server.address, "Pool.Contoso.TEST", tcp=tcp)
    assert reply.rcode() == dns.rcode.NOERROR
    assert reply.flags & dns.flags.AA
    assert addresses_in(reply) == {"127.0.0.11", "127.0.0.12"}
    assert reply.answer[0].ttl == 60


def test_addresses_rotate(server: DnsServer) -> None:
    first = [lookup(server.address, "pool.contoso.test").answer[0][0].to_text() for _ in range(4)]
    assert first in (["127.0.0.11", "127.0.0.12"] * 2, ["127.0.0.12", "127.0.0.11"] * 2)


def test_an_unknown_name_does_not_exist(server: DnsServer) -> None:
    assert lookup(server.address, "nowhere.contoso.test").rcode() == dns.rcode.NXDOMAIN


def test_another_type_is_empty_not_missing(server: DnsServer) -> None:
    reply = lookup(server.address, "pool.contoso.test", "AAAA")
    assert reply.rcode() == dns.rcode.NOERROR
    assert not reply.answer


def test_an_alias_is_followed_with_its_own_time_to_live(server: DnsServer) -> None:
    reply = lookup(server.address, "alias.contoso.test")
    assert [rrset.ttl for rrset in reply.answer] == [30, 60]
    assert addresses_in(reply) == {"127.0.0.11", "127.0.0.12"}


def test_a_dangling_alias_and_a_loop_end(server: DnsServer) -> None:
    assert len(lookup(server.address, "dangling.contoso.test").answer) == 1
    assert not addresses_in(lookup(server.address, "loop.contoso.test"))


def test_records_can_be_replaced_while_it_answers(server: DnsServer) -> None:
    server.replace({"pool.contoso.test": Record(("127.0.0.13",))})
    assert addresses_in(lookup(server.address, "pool.contoso.test")) == {"127.0.0.13"}
    assert lookup(server.address, "alias.contoso.test").rcode() == dns.rcode.NXDOMAIN


def test_nonsense_is_ignored_and_the_server_lives_on(server: DnsServer) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"\x00nonsense", server.address)
    with socket.create_connection(server.address, timeout=5) as connection:
        connection.sendall(b"\x00\x05nope!")
        assert connection.recv(10) == b""
    assert lookup(server.address, "pool.contoso.test").rcode() == dns.rcode.NOERROR


def test_the_external_view_lacks_the_legacy_names(article: Estate) -> None:
    for host in ("generic.contoso.test", "cert.contoso.test"):
        inside = addresses_in(lookup(article.resolvers["internal"], host))
        assert len(inside) == 2
        assert inside == addresses_in(lookup(article.resolvers["external"], host))
    for host in ("legacygeneric.contoso.test", "legacycert.contoso.test"):
        assert len(addresses_in(lookup(article.resolvers["internal"], host))) == 2
        assert lookup(article.resolvers["external"], host).rcode() == dns.rcode.NXDOMAIN


def test_a_view_may_lead_elsewhere_than_the_name_does() -> None:
    healthy = load_scenario("healthy")
    records = (
        ViewRecord("external", "generic.contoso.test", endpoints=("EX07A/Default Web Site",), ttl=7200),
        ViewRecord("external", "www.contoso.test", alias="generic.contoso.test"),
    )
    with Estate(replace(healthy, views=replace(healthy.views, records=records))) as estate:
        outside = lookup(estate.resolvers["external"], "www.contoso.test")
        assert addresses_in(outside) == {estate.addresses["ex07a/default web site"]}
        assert [rrset.ttl for rrset in outside.answer] == [300, 7200]
        assert len(addresses_in(lookup(estate.resolvers["internal"], "generic.contoso.test"))) == 2
        assert lookup(estate.resolvers["internal"], "www.contoso.test").rcode() == dns.rcode.NXDOMAIN

"""What resolvers say: every outcome, the way of aliases, and resolvers that do not answer."""

from __future__ import annotations

import socket
from collections.abc import Callable

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from easwizard.case.facts import ChainLink, DnsFacts, DnsOutcome, Observation, Reason, Status
from easwizard.case.progress import Phase
from easwizard.case.requests import ResolveName, Resolver
from tests.probes.conftest import SHORT, MakeRun, names
from tests.probes.servers import LOOPBACK, DnsAnswer, DnsServer

NAME = "mail.contoso.test"


def answering(*records: str, rcode: dns.rcode.Rcode = dns.rcode.NOERROR) -> DnsAnswer:
    """Always the same records, each like `mail.contoso.test. 300 IN A 192.0.2.1`."""

    def answer(query: dns.message.Message, _: bool) -> bytes:
        return response(query, *records, rcode=rcode)

    return answer


def response(query: dns.message.Message, *records: str, rcode: dns.rcode.Rcode = dns.rcode.NOERROR) -> bytes:
    message = dns.message.make_response(query)
    message.set_rcode(rcode)
    for record in records:
        owner, ttl, kind, value = record.split(" ", 3)
        message.answer.append(dns.rrset.from_text(owner, int(ttl), "IN", kind, value))
    return message.to_wire()


def by_name(**answers: Callable[[dns.message.Message], bytes]) -> DnsAnswer:
    """An answer for each first label."""

    def answer(query: dns.message.Message, _: bool) -> bytes:
        return answers[query.question[0].name.labels[0].decode()](query)

    return answer


def ask(run: MakeRun, answer: DnsAnswer, record_type: str = "A") -> tuple[Observation, DnsFacts]:
    with DnsServer(answer) as server:
        (seen,) = run(SHORT)(ResolveName(NAME, record_type, Resolver("internal", LOOPBACK, server.port)))
    return seen, names(seen)


def test_addresses_are_sorted_and_the_lowest_ttl_counts(run: MakeRun) -> None:
    seen, facts = ask(
        run,
        answering(
            f"{NAME}. 300 CNAME Pool.contoso.test.",
            "pool.contoso.test. 60 A 192.0.2.9",
            "pool.contoso.test. 60 A 192.0.2.10",
        ),
    )
    assert (seen.status, facts.outcome, facts.addresses) == (
        Status.OK,
        DnsOutcome.ANSWER,
        ("192.0.2.10", "192.0.2.9"),
    )
    assert (facts.chain, facts.ttl) == ((ChainLink("pool.contoso.test", 300),), 60)
    assert (facts.resolver, facts.name, facts.type) == ("internal", NAME, "A")
    assert seen.id == f"dns:internal/{NAME}/A"
    assert (seen.target, set(seen.phases_ms)) == (NAME, {"dns"})


def test_the_phase_is_told(run: MakeRun) -> None:
    looking = run()
    with DnsServer(answering(f"{NAME}. 300 AAAA 2001:db8::1")) as server:
        request = ResolveName(NAME, "AAAA", Resolver("internal", LOOPBACK, server.port))
        (seen,) = looking(request)
    assert Phase(request, "dns") in looking.events
    assert names(seen).addresses == ("2001:db8::1",)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(answering(), DnsOutcome.NO_ADDRESS, id="no address"),
        pytest.param(answering(rcode=dns.rcode.NXDOMAIN), DnsOutcome.NXDOMAIN, id="nxdomain"),
        pytest.param(answering(rcode=dns.rcode.SERVFAIL), DnsOutcome.SERVFAIL, id="servfail"),
        pytest.param(answering(rcode=dns.rcode.REFUSED), DnsOutcome.REFUSED, id="refused"),
        pytest.param(answering(rcode=dns.rcode.NOTIMP), DnsOutcome.SERVFAIL, id="notimp"),
        pytest.param(
            answering(f"{NAME}. 60 CNAME gone.contoso.test.", rcode=dns.rcode.NXDOMAIN),
            DnsOutcome.DANGLING,
            id="dangling",
        ),
        pytest.param(
            answering(f"{NAME}. 60 CNAME b.test.", f"b.test. 60 CNAME {NAME}.", rcode=dns.rcode.SERVFAIL),
            DnsOutcome.LOOP,
            id="loop",
        ),
        pytest.param(answering(f"{NAME}. 60 CNAME {NAME}."), DnsOutcome.LOOP, id="itself"),
    ],
)
def test_every_answer_is_an_answer(run: MakeRun, answer: DnsAnswer, outcome: DnsOutcome) -> None:
    seen, facts = ask(run, answer)
    assert (seen.status, seen.reason, facts.outcome, facts.addresses) == (Status.OK, None, outcome, ())


@pytest.mark.parametrize(
    ("beside", "outcome"),
    [
        ("contoso.test. 300 NS ns.contoso.test.", DnsOutcome.REFUSED),
        ("contoso.test. 300 SOA ns.contoso.test. admin.contoso.test. 1 2 3 4 5", DnsOutcome.NO_ADDRESS),
    ],
)
def test_to_be_told_whom_to_ask_instead_is_no_absence(run: MakeRun, beside: str, outcome: DnsOutcome) -> None:
    """A server that does not look for others refers to them; the name may well be there."""

    def answer(query: dns.message.Message, _: bool) -> bytes:
        message = dns.message.make_response(query)
        owner, ttl, kind, value = beside.split(" ", 3)
        message.authority.append(dns.rrset.from_text(owner, int(ttl), "IN", kind, value))
        return message.to_wire()

    assert ask(run, answer)[1].outcome is outcome


@pytest.mark.parametrize(
    ("pool", "outcome", "addresses"),
    [
        (("pool.contoso.test. 30 A 192.0.2.1",), DnsOutcome.ANSWER, ("192.0.2.1",)),
        ((), DnsOutcome.NO_ADDRESS, ()),
        (dns.rcode.NXDOMAIN, DnsOutcome.DANGLING, ()),
        (dns.rcode.REFUSED, DnsOutcome.REFUSED, ()),
    ],
)
def test_an_alias_that_the_resolver_does_not_follow_is_asked_for(
    run: MakeRun, pool: tuple[str, ...] | dns.rcode.Rcode, outcome: DnsOutcome, addresses: tuple[str, ...]
) -> None:
    _, facts = ask(
        run,
        by_name(
            mail=lambda query: response(query, f"{NAME}. 300 CNAME pool.contoso.test."),
            pool=lambda query: response(query, *pool) if isinstance(pool, tuple) else response(query, rcode=pool),
        ),
    )
    assert (facts.outcome, facts.addresses) == (outcome, addresses)
    assert facts.chain == (ChainLink("pool.contoso.test", 300),)


def test_aliases_without_end_are_followed_so_far_only(run: MakeRun) -> None:
    def answer(query: dns.message.Message, _: bool) -> bytes:
        name = query.question[0].name.to_text()
        return response(query, f"{name} 60 CNAME a{name}")

    with DnsServer(answer) as server:
        (seen,) = run()(ResolveName(NAME, "A", Resolver("internal", LOOPBACK, server.port)))
        assert len(server.queries) <= 10
    assert names(seen).outcome is DnsOutcome.LOOP


def test_a_truncated_answer_is_fetched_by_tcp(run: MakeRun) -> None:
    def answer(query: dns.message.Message, by_tcp: bool) -> bytes:
        if by_tcp:
            return response(query, f"{NAME}. 300 A 192.0.2.1")
        message = dns.message.make_response(query)
        message.flags |= dns.flags.TC
        return message.to_wire()

    with DnsServer(answer) as server:
        (seen,) = run()(ResolveName(NAME, "A", Resolver("internal", LOOPBACK, server.port)))
        assert server.queries == [(NAME, False), (NAME, True)]
    assert names(seen).addresses == ("192.0.2.1",)


def test_a_silent_resolver_is_asked_twice_and_given_up(run: MakeRun) -> None:
    with DnsServer(lambda _query, _tcp: None) as server:
        (seen,) = run(SHORT)(ResolveName(NAME, "A", Resolver("internal", LOOPBACK, server.port)))
        assert len(server.queries) == 2
    assert (seen.status, seen.reason) == (Status.FAILED, Reason.DNS_TIMEOUT)
    assert names(seen).outcome is DnsOutcome.TIMEOUT


def test_one_lost_packet_does_no_harm(run: MakeRun) -> None:
    lost = [True]

    def answer(query: dns.message.Message, _: bool) -> bytes | None:
        return None if lost and lost.pop() else response(query, f"{NAME}. 300 A 192.0.2.1")

    seen, _ = ask(run, answer)
    assert seen.status is Status.OK


def test_a_resolver_that_is_not_there(run: MakeRun) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((LOOPBACK, 0))
        port = taken.getsockname()[1]
    (seen,) = run(SHORT)(ResolveName(NAME, "A", Resolver("internal", LOOPBACK, port)))
    assert seen.status is Status.FAILED
    assert seen.reason in (Reason.DNS_TIMEOUT, Reason.DNS_UNREACHABLE)


def test_truncated_and_tcp_closed(run: MakeRun) -> None:
    def answer(query: dns.message.Message, _: bool) -> bytes:
        message = dns.message.make_response(query)
        message.flags |= dns.flags.TC
        return message.to_wire()

    with DnsServer(answer, with_tcp=False) as server:
        (seen,) = run(SHORT)(ResolveName(NAME, "A", Resolver("internal", LOOPBACK, server.port)))
    assert (seen.status, seen.reason) == (Status.FAILED, Reason.DNS_UNREACHABLE)


def test_an_answer_that_cannot_be_understood(run: MakeRun) -> None:
    def answer(query: dns.message.Message, _: bool) -> bytes:
        return response(query, f"{NAME}. 300 A 192.0.2.1")[:-3]

    seen, facts = ask(run, answer)
    assert (seen.status, seen.reason, facts.outcome) == (Status.FAILED, Reason.DNS_MALFORMED, None)


def test_services_by_priority_and_other_records_as_text(run: MakeRun) -> None:
    answer = answering(f"{NAME}. 60 SRV 20 0 443 b.test.", f"{NAME}. 60 SRV 10 0 443 c.test.")
    _, facts = ask(run, answer, "SRV")
    assert (facts.records, facts.addresses) == (("10 0 443 c.test.", "20 0 443 b.test."), ())
    _, facts = ask(run, answering(f"{NAME}. 60 CNAME b.test."), "CNAME")
    assert (facts.outcome, facts.records, facts.chain) == (DnsOutcome.ANSWER, ("b.test.",), ())


def test_hostile_records_are_harmless(run: MakeRun) -> None:
    _, facts = ask(run, answering(f'{NAME}. 60 TXT "\\027[2Jboo"'), "TXT")
    assert "\x1b" not in facts.records[0]


def test_a_name_that_is_no_dns_name(run: MakeRun) -> None:
    (seen,) = run()(ResolveName("a" * 70 + ".test", "A", Resolver("internal", LOOPBACK, 9)))
    assert (seen.status, seen.reason) == (Status.FAILED, Reason.DNS_MALFORMED)

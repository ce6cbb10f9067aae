"""BIND with two views: what each says arrives under its label, and no outcome is taken for another."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import io
from collections.abc import Iterator

import pytest

from easwizard.case.facts import ChainLink, DnsFacts, DnsOutcome, Status
from easwizard.case.requests import ResolveName, Resolver
from easwizard.cli import check
from easwizard.cli.arguments import parser
from easwizard.probes.prober import Deadlines, Limits, Prober
from easwizard.probes.secrets import Secrets
from easwizard.probes.tls_contexts import Trust
from easwizard.reports.model import Report
from tests.foreign_servers.bind import ZONE, View, serving
from tests.foreign_servers.checking import blamed
from tests.probes.servers import closed_port

INSIDE = View(
    "internal",
    """mail 600 IN A 127.0.0.1
mail 600 IN AAAA 2001:db8::1
phones 900 IN CNAME pool
pool 300 IN CNAME members
members 30 IN A 127.0.0.1
members 30 IN A 127.0.0.2
only-inside IN A 127.0.0.1
text-only IN TXT "no address"
loop IN CNAME pool-loop
pool-loop IN CNAME loop
dangling 120 IN CNAME gone
abroad IN CNAME gone.fabrikam.test.
broken IN NS ns.broken
ns.broken IN A 127.0.0.1
_autodiscover._tcp 60 IN SRV 10 5 443 second
_autodiscover._tcp 60 IN SRV 0 5 443 first
""",
    recursion=True,
)
OUTSIDE = View(
    "external",
    """mail 60 IN A 127.0.0.2
phones 60 IN A 127.0.0.2
loop IN CNAME pool-loop
pool-loop IN CNAME loop
dangling 120 IN CNAME gone
abroad IN CNAME gone.fabrikam.test.
broken IN NS ns.broken
ns.broken IN A 127.0.0.1
""",
    recursion=False,
)
Resolvers = tuple[Resolver, Resolver]


@pytest.fixture(scope="module")
def resolvers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resolvers]:
    with serving((INSIDE, OUTSIDE), tmp_path_factory.mktemp("bind")) as found:
        yield found


def ask(resolver: Resolver, name: str, record_type: str = "A") -> DnsFacts:
    prober = Prober(
        vantage="JUMP1",
        deadlines=Deadlines(dns=10),
        limits=Limits(),
        trust=Trust(),
        secrets=Secrets(),
        clock=lambda: dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC),
    )
    host = name if name.endswith(".test") else f"{name}.{ZONE}"
    (seen,) = asyncio.run(prober.run([ResolveName(host, record_type, resolver)], lambda _: None))
    assert (seen.status, seen.reason) == (Status.OK, None)
    assert isinstance(seen.facts, DnsFacts)
    assert seen.facts.resolver == resolver.label
    return seen.facts


def test_an_alias_of_an_alias_with_every_time_to_live(resolvers: Resolvers) -> None:
    facts = ask(resolvers[0], "phones")
    assert (facts.outcome, facts.addresses) == (DnsOutcome.ANSWER, ("127.0.0.1", "127.0.0.2"))
    assert facts.chain == (ChainLink(f"pool.{ZONE}", 900), ChainLink(f"members.{ZONE}", 300))
    assert facts.ttl == 30


def test_both_kinds_of_address(resolvers: Resolvers) -> None:
    assert ask(resolvers[0], "mail", "AAAA").addresses == ("2001:db8::1",)
    assert (ask(resolvers[0], "mail").ttl, ask(resolvers[1], "mail").ttl) == (600, 60)


def test_services_stand_in_the_order_in_which_they_are_tried(resolvers: Resolvers) -> None:
    facts = ask(resolvers[0], "_autodiscover._tcp", "SRV")
    assert facts.records == (f"0 5 443 first.{ZONE}.", f"10 5 443 second.{ZONE}.")
    assert (facts.outcome, facts.ttl, facts.addresses) == (DnsOutcome.ANSWER, 60, ())


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("nowhere", DnsOutcome.NXDOMAIN, DnsOutcome.NXDOMAIN),
        ("text-only", DnsOutcome.NO_ADDRESS, DnsOutcome.NXDOMAIN),
        ("dangling", DnsOutcome.DANGLING, DnsOutcome.DANGLING),
        ("loop", DnsOutcome.LOOP, DnsOutcome.LOOP),
        pytest.param("abroad", DnsOutcome.SERVFAIL, DnsOutcome.REFUSED, id="alias into a zone of others"),
        pytest.param("mail.fabrikam.test", DnsOutcome.SERVFAIL, DnsOutcome.REFUSED, id="zone of others"),
        pytest.param("mail.broken", DnsOutcome.SERVFAIL, DnsOutcome.REFUSED, id="broken delegation"),
    ],
)
def test_no_outcome_is_taken_for_another(
    resolvers: Resolvers, name: str, inside: DnsOutcome, outside: DnsOutcome
) -> None:
    """The internal view looks further and fails; the external one looks for nobody."""
    assert (ask(resolvers[0], name).outcome, ask(resolvers[1], name).outcome) == (inside, outside)


def look(resolvers: Resolvers, *words: str) -> Report:
    argv = ["check", *words, "--timeout", "5"]
    for resolver in resolvers:
        address = f"[{resolver.address}]" if ":" in resolver.address else resolver.address
        argv += ["--resolver", f"{resolver.label}={address}:{resolver.port}"]
    with contextlib.redirect_stderr(io.StringIO()):
        return check.examine(parser().parse_args(argv), {})


def test_check_keeps_both_views_apart(resolvers: Resolvers) -> None:
    report = look(resolvers, f"generic=mail.{ZONE}:{closed_port()}", f"cert=only-inside.{ZONE}:{closed_port()}")
    said = {(f.resolver, f.name): f.addresses for _, f in report.case.seen(DnsFacts) if f.type == "A"}
    assert said == {
        ("internal", f"mail.{ZONE}"): ("127.0.0.1",),
        ("external", f"mail.{ZONE}"): ("127.0.0.2",),
        ("internal", f"only-inside.{ZONE}"): ("127.0.0.1",),
        ("external", f"only-inside.{ZONE}"): (),
    }
    assert [(r.label, r.address) for r in report.case.vantage.resolvers] == [(r.label, r.address) for r in resolvers]
    assert "dns/missing" not in blamed(report)


def test_a_name_that_nobody_has_is_missing(resolvers: Resolvers) -> None:
    assert "dns/missing" in blamed(look(resolvers, f"generic=nowhere.{ZONE}"))


def test_a_name_that_nobody_would_look_for_is_not_called_missing(resolvers: Resolvers) -> None:
    """A referral, a refusal and a failure are no absence."""
    for name in (f"mail.broken.{ZONE}", "mail.fabrikam.test"):
        report = look(resolvers, f"generic={name}")
        assert "dns/missing" not in blamed(report)
        assert report.outcome.value == "inconclusive"

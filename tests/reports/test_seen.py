"""What was seen, in words: who answers at each place, members marked, nothing said of other paths' statuses."""

from __future__ import annotations

import datetime as dt

from easwizard.case.case import Case, Vantage
from easwizard.case.facts import (
    DnsFacts,
    DnsOutcome,
    Facts,
    HttpFacts,
    Observation,
    Reason,
    SampleFacts,
    ServerIdentity,
    Status,
)
from easwizard.case.requests import Member, Target
from easwizard.exchange.inventory import Role
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH, Sent
from easwizard.reports.lines import WIDTH, laid_out
from easwizard.reports.seen import seen

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
MAIL = Target("mail.contoso.test", 443, Role.GENERIC)
A = "192.0.2.1"


def look(id: str, facts: Facts, target: str = MAIL.name, reason: Reason | None = None) -> Observation:
    status = Status.OK if reason is None else Status.FAILED
    return Observation(id, target, "JUMP1", status, facts, NOON, reason)


def vdir(place: str = A, address: str = A) -> Observation:
    facts = HttpFacts(address, "OPTIONS", ACTIVESYNC_PATH, status=401, challenges=("Basic",), answered_by="EX13A")
    return look(f"http:{MAIL.name}@{place}/none/Microsoft-Server-ActiveSync", facts)


def dns(*addresses: str) -> Observation:
    return look("dns:i/mail/A", DnsFacts("i", MAIL.host, "A", DnsOutcome.ANSWER, addresses), MAIL.host)


def said(*observations: Observation, members: tuple[Member, ...] = (), target: Target = MAIL) -> list[str]:
    case = Case(Vantage("JUMP1"), (target,), members=members).with_observations(observations)
    lines = list(laid_out(seen(case)))
    assert [line for line in lines if len(line) > WIDTH] == []
    return [" ".join(line.split()) for line in lines]


def test_one_line_tells_who_answers_and_other_paths_only_add_to_it() -> None:
    identity = ServerIdentity("EX13A", os_build="6.3.9600")
    ews = HttpFacts(A, "GET", "/EWS/", status=401, challenges=("NTLM",), identity=identity, ntlm_offered=True)
    owa = HttpFacts(A, "HEAD", "/owa/", status=302, build="15.0.1497.2", product="2013", clock_offset_s=-400.2)
    health = HttpFacts(A, "GET", f"{ACTIVESYNC_PATH}/healthcheck.htm")
    lines = said(
        dns(A),
        vdir(),
        look(f"http:{MAIL.name}@{A}/none/EWS/ntlm", ews),
        look(f"http:{MAIL.name}@{A}/none/owa/", owa),
        look(f"http:{MAIL.name}@{A}/none{health.path}", health, reason=Reason.FIRST_BYTE_TIMEOUT),
    )
    assert lines[0] == "mail.contoso.test:443 (generic) at 192.0.2.1"
    assert " ".join(lines[1:]) == (
        "192.0.2.1: 401 Basic; EX13A, Exchange 2013 (15.0.1497.2), Windows Server 2012 R2, clock 400 s behind"
    )


def test_a_windows_that_the_table_lacks_keeps_its_number() -> None:
    facts = HttpFacts(A, "GET", "/EWS/", status=401, identity=ServerIdentity(os_build="10.0.99999"))
    assert "Windows 10.0.99999" in " ".join(said(vdir(), look(f"http:{MAIL.name}@{A}/none/EWS/ntlm", facts)))


def test_members_are_marked_and_told_apart_by_port() -> None:
    members = (Member(MAIL.host, A, 4443), Member(MAIL.host, "192.0.2.7"), Member(MAIL.host, A), Member("x.test", A))
    lines = said(dns(A), vdir(), vdir(f"{A}:4443"), vdir("192.0.2.7", "192.0.2.7"), members=members)
    assert [line.partition(": ")[0] for line in lines[1:]] == [A, f"{A}:4443 (member)", "192.0.2.7 (member)"]


def test_an_ipv6_member_keeps_its_brackets_only_with_a_port() -> None:
    members = (Member(MAIL.host, "2001:db8::7", 4443), Member(MAIL.host, "2001:db8::7"))
    lines = said(vdir("2001:db8::7", "2001:db8::7"), vdir("[2001:db8::7]:4443", "2001:db8::7"), members=members)
    labels = [line.partition(": ")[0] for line in lines[1:]]
    assert labels == ["2001:db8::7 (member)", "[2001:db8::7]:4443 (member)"]


def test_who_was_seen_behind_an_address() -> None:
    by_server = {"EX13B": {"401 Basic": 3}, "EX13A": {"401 Basic": 4, "503": 1}}
    counted = {"401 Basic": 7, "503": 1}
    samples = SampleFacts(A, Sent.NONE, "", None, sent=8, ok=7, by_outcome=counted, by_server=by_server)
    lines = said(vdir(), look(f"sample:{MAIL.name}@{A}/none", samples))
    assert "seen behind this address: EX13A x5, EX13B x3 (7 x 401 Basic, 1 x 503)" in lines


def test_servers_without_a_name_are_counted_too() -> None:
    for by_server, words in (({}, "no server names itself x8"), ({"EX13A": {"401": 6}}, "EX13A x6, no name x2")):
        samples = SampleFacts(A, Sent.NONE, "", None, sent=8, by_outcome={"401": 8}, by_server=by_server)
        lines = said(vdir(), look(f"sample:{MAIL.name}@{A}/none", samples))
        assert f"seen behind this address: {words}" in lines


def test_proxy_is_told_once_although_it_is_asked_twice() -> None:
    plain = HttpFacts(A, "OPTIONS", PROXY_PATH, status=401, challenges=("Negotiate", "NTLM"))
    offered = HttpFacts(A, "OPTIONS", PROXY_PATH, status=401, challenges=("NTLM",), ntlm_offered=True)
    lines = said(
        vdir(),
        look(f"http:{MAIL.name}@{A}/none/Proxy", plain),
        look(f"http:{MAIL.name}@{A}/none/x/Proxy/ntlm", offered),
    )
    assert [line for line in lines if "/Proxy" in line] == ["192.0.2.1 /Proxy: 401 Negotiate, NTLM"]


def test_what_autodiscover_hands_out_or_says_instead() -> None:
    name = Target("autodiscover.contoso.test", 443, Role.AUTODISCOVER)
    base = f"http:{name.name}@{A}/none/autodiscover/autodiscover.json/"
    good = HttpFacts(A, "GET", "/autodiscover/autodiscover.json", status=200, handed_out=("https://a.test/x",))
    bad = HttpFacts(A, "GET", "/autodiscover/autodiscover.json", status=404)
    posted = HttpFacts(
        A, "POST", "/autodiscover/autodiscover.xml", Sent.BASIC, "anna", status=200, handed_out=("https://b.test/x",)
    )
    service = DnsFacts(
        "i", "_autodiscover._tcp.contoso.test", "SRV", DnsOutcome.ANSWER, records=("0 0 443 mail.test.",)
    )
    lines = said(
        look("dns:srv", service, "_autodiscover._tcp.contoso.test"),
        look(base + "a@b", good, name.name),
        look(base + "c@d", bad, name.name),
        look(f"http:{name.name}@{A}/basic/autodiscover/autodiscover.xml/anna", posted, name.name),
        target=name,
    )
    assert "service record at i: 0 0 443 mail.test." in lines
    assert "Autodiscover V2: hands out https://a.test/x" in lines
    assert "Autodiscover V2: 404" in lines
    assert "Autodiscover, signed in as anna: hands out https://b.test/x" in lines


def test_a_name_that_nobody_looked_at_says_so() -> None:
    assert said() == ["mail.contoso.test:443 (generic) was not looked at"]

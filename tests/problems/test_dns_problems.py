"""Each DNS problem firing, staying silent and lacking evidence; what is usual in DNS must not be called a fault."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from easwizard.case.case import Account, Case
from easwizard.case.facts import ChainLink, DnsFacts, DnsOutcome, HttpFacts, Observation, Reason, ServerIdentity
from easwizard.case.requests import Target
from easwizard.diagnosis.algebra import judge
from easwizard.diagnosis.engine import INTERNAL_ERROR, diagnose
from easwizard.diagnosis.verdicts import Verdict
from easwizard.exchange.inventory import Inventory, Server
from easwizard.exchange.replies import ACTIVESYNC_PATH, PROXY_PATH, Meaning
from tests.problems.cases import (
    ASKED,
    CERT,
    GENERIC,
    OLD,
    OLD_CERT,
    OLD_GENERIC,
    answered,
    case,
    finding,
    observation,
    verdict,
)

ANNA = Account("anna", OLD)
HERE, THERE, ELSEWHERE = "192.0.2.1", "192.0.2.2", "198.51.100.7"


def says(
    target: Target,
    *addresses: str,
    resolver: str = "internal",
    outcome: DnsOutcome | None = None,
    ttl: int | None = 300,
    chain: tuple[ChainLink, ...] = (),
    kind: str = "A",
) -> Observation:
    """What one resolver answered; without addresses it says that there is no such name."""
    meant = outcome or (DnsOutcome.ANSWER if addresses else DnsOutcome.NXDOMAIN)
    facts = DnsFacts(resolver, target.host, kind, meant, addresses, chain, ttl)
    reason = Reason.DNS_TIMEOUT if meant is DnsOutcome.TIMEOUT else None
    return observation(f"dns:{resolver}/{target.host}/{kind}", target.host, facts, reason)


def told(
    target: Target,
    address: str = HERE,
    *,
    path: str = ACTIVESYNC_PATH,
    server: str | None = None,
    front_end: str | None = None,
    build: str | None = None,
    product: str | None = None,
    computer: str | None = None,
    windows: str | None = None,
) -> Observation:
    """A reply that shows who answers, by no more than what is given."""
    given = {"server": server, "x-feserver": front_end, "ms-server-activesync": product}
    facts = HttpFacts(
        address,
        "OPTIONS",
        path,
        status=401,
        headers={name: value for name, value in given.items() if value is not None},
        answered_by=front_end,
        build=build,
        identity=ServerIdentity(computer=computer, os_build=windows) if computer or windows else None,
        ntlm_offered=computer is not None,
    )
    id = f"http:{target.name}@{address}/none{path}/{'ntlm' if computer else ''}{server}{front_end}"
    return observation(id, target.name, facts)


def on_proxy(target: Target, address: str, meaning: Meaning) -> Observation:
    accepts = meaning is Meaning.LEG_ACCEPTED
    facts = HttpFacts(
        address,
        "OPTIONS",
        PROXY_PATH,
        status=401 if accepts else 403,
        challenges=("Negotiate", "NTLM") if accepts else (),
        meaning=meaning,
        client_certificate=HttpFacts(address, "", "").client_certificate if accepts else ASKED,
    )
    return observation(f"http:{target.name}@{address}/none/Proxy", target.name, facts)


DISAGREE = "dns/resolvers-disagree"
AGREED = (says(GENERIC, HERE, THERE), says(GENERIC, THERE, HERE, resolver="external"))
SPLIT = (says(GENERIC, HERE), says(GENERIC, ELSEWHERE, resolver="external"))
ONLY_INSIDE = (says(GENERIC, HERE), says(GENERIC, resolver="external"))
LEGACY_ONLY_INSIDE = (says(OLD_GENERIC, HERE), says(OLD_GENERIC, resolver="external"))
LEGACY_SPLIT = (says(OLD_GENERIC, HERE), says(OLD_GENERIC, ELSEWHERE, resolver="external"))
OLD_INSIDE = told(GENERIC, HERE, server="Microsoft-IIS/7.0")
NEW_OUTSIDE = told(GENERIC, ELSEWHERE, path="/EWS/", front_end="EX13A")


@pytest.mark.parametrize(
    ("known", "expected", "severity"),
    [
        (case(), "not-examined", None),
        (case(says(GENERIC, HERE)), "not-examined", None),
        (case(*AGREED), "ruled-out", "low"),
        (case(*SPLIT), "confirmed", "low"),
        (case(*ONLY_INSIDE), "confirmed", "medium"),
        (case(*ONLY_INSIDE, network="mobile"), "confirmed", "high"),
        (case(*ONLY_INSIDE, network="any"), "confirmed", "medium"),
        (case(*LEGACY_ONLY_INSIDE), "not-examined", None),
        (answered(case(*LEGACY_ONLY_INSIDE), oldmail="yes"), "not-examined", None),
        (answered(case(*LEGACY_SPLIT), oldmail="no"), "not-examined", None),
        (case(*LEGACY_SPLIT), "confirmed", "low"),
        (case(*LEGACY_SPLIT, *AGREED), "confirmed", "low"),
        (case(*LEGACY_ONLY_INSIDE, *SPLIT), "confirmed", "low"),
        (case(*SPLIT, OLD_INSIDE, NEW_OUTSIDE), "confirmed", "medium"),
        (case(*SPLIT, OLD_INSIDE, NEW_OUTSIDE, cutover="after"), "confirmed", "high"),
        (case(*SPLIT, OLD_INSIDE, NEW_OUTSIDE, cutover="before"), "confirmed", "low"),
        (case(*SPLIT, OLD_INSIDE, cutover="after"), "confirmed", "low"),
    ],
)
def test_resolvers_disagree(known: Case, expected: str, severity: str | None) -> None:
    found = finding(known, DISAGREE)
    assert verdict(known, DISAGREE) == expected
    assert (found.severity.value if found else None) == severity


@pytest.mark.parametrize("silence", [DnsOutcome.TIMEOUT, DnsOutcome.SERVFAIL, DnsOutcome.REFUSED, DnsOutcome.LOOP])
def test_silence_is_no_disagreement_and_no_agreement(silence: DnsOutcome) -> None:
    one_speaks = case(says(GENERIC, HERE), says(GENERIC, resolver="external", outcome=silence))
    two_speak = case(*AGREED, says(GENERIC, resolver="third", outcome=silence))
    assert verdict(one_speaks, DISAGREE) == "not-examined"
    assert verdict(two_speak, DISAGREE) == "not-examined"


def test_a_type_that_one_resolver_was_silent_about_is_not_compared() -> None:
    ipv6 = says(GENERIC, "2001:db8::1", kind="AAAA")
    silent = says(GENERIC, resolver="external", kind="AAAA", outcome=DnsOutcome.TIMEOUT)
    known = case(says(GENERIC, HERE), ipv6, says(GENERIC, HERE, resolver="external"), silent)
    assert verdict(known, DISAGREE) == "not-examined"


def test_an_address_in_both_views_does_not_hide_what_only_one_leads_to() -> None:
    views = (says(GENERIC, HERE, THERE), says(GENERIC, THERE, ELSEWHERE, resolver="external"))
    shared = told(GENERIC, THERE, path="/EWS/", front_end="EX13B")
    found = finding(case(*views, OLD_INSIDE, shared, NEW_OUTSIDE, cutover="after"), DISAGREE)
    assert found is not None
    assert found.severity == "high"
    assert "internal leads to Exchange 2007/2010" in found.summary


def test_two_views_are_said_to_be_perhaps_meant_and_the_way_back_is_told() -> None:
    found = finding(case(*SPLIT), DISAGREE)
    assert found is not None
    assert found.subjects == (GENERIC.host,)
    assert "meant" in found.helpdesk
    assert HERE in found.summary
    assert ELSEWHERE in found.summary
    assert "Resolve-DnsName" in found.missing[0].how
    assert any(step.undo for remedy in found.remedies for step in remedy.steps)


WRONG = "dns/wrong-target"
LEADS = says(GENERIC, HERE, THERE)
LEGACY_LEADS = says(OLD_GENERIC, HERE)
LOOPS = told(OLD_GENERIC, front_end="EX13A")
IIS_7 = told(GENERIC, server="Microsoft-IIS/7.0")
NT_6 = told(GENERIC, computer="EX07A", windows="6.0.6002", path="/EWS/")


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(), "not-examined"),
        (case(LEGACY_LEADS), "not-examined"),
        (case(LEGACY_LEADS, LOOPS, accounts=(ANNA,)), "likely"),
        (case(LEGACY_LEADS, LOOPS, products="2007+2013"), "likely"),
        (case(LEGACY_LEADS, LOOPS), "possible"),
        (case(LEGACY_LEADS, LOOPS, products="2013+2019"), "not-examined"),
        (answered(case(LEGACY_LEADS, LOOPS, accounts=(ANNA,)), oldmail="no"), "not-examined"),
        (case(LOOPS, accounts=(ANNA,)), "not-examined"),
        (case(LEGACY_LEADS, told(OLD_GENERIC, build="15.0.1497.2"), accounts=(ANNA,)), "likely"),
        (case(LEGACY_LEADS, told(OLD_GENERIC, build="8.3.83.6"), accounts=(ANNA,)), "not-examined"),
        (case(LEGACY_LEADS, told(OLD_GENERIC, server="Microsoft-IIS/8.5"), accounts=(ANNA,)), "possible"),
        (case(LEGACY_LEADS, told(OLD_GENERIC, server="Microsoft-IIS/7.5"), accounts=(ANNA,)), "not-examined"),
        (case(LEGACY_LEADS, told(OLD_GENERIC, computer="A", windows="6.1.7601"), accounts=(ANNA,)), "not-examined"),
        (case(LEADS, IIS_7, cutover="after"), "likely"),
        (case(LEADS, NT_6, cutover="after"), "likely"),
        (case(LEADS, IIS_7), "possible"),
        (case(LEADS, IIS_7, cutover="before"), "not-examined"),
        (case(LEADS, IIS_7, cutover="after", tls_in_front="bridging"), "possible"),
        (case(LEADS, told(GENERIC, server="Microsoft-IIS/7.0", front_end="EX13A"), cutover="after"), "not-examined"),
        (case(LEADS, told(GENERIC, server="nginx"), cutover="after"), "not-examined"),
        (case(LEADS, told(GENERIC, server="Microsoft-IIS/7.5"), cutover="after"), "not-examined"),
    ],
)
def test_wrong_target(known: Case, expected: str) -> None:
    assert verdict(known, WRONG) == expected


def test_an_old_version_relayed_by_a_newer_server_is_no_wrong_target() -> None:
    """After a sign-in the newer server shows the version of the mailbox's own server (3.3)."""
    relayed = told(GENERIC, product="8.3")
    named = told(GENERIC, path="/EWS/", front_end="EX13A")
    assert verdict(case(LEADS, relayed, named, cutover="after"), WRONG) == "not-examined"
    assert verdict(case(LEADS, relayed, cutover="after"), WRONG) == "likely"


def test_wrong_target_never_confirms_however_much_speaks_for_it() -> None:
    seen = (LEGACY_LEADS, LOOPS, told(OLD_GENERIC, build="15.0.1497.2", path="/owa/"), LEADS, IIS_7, NT_6)
    known = answered(case(*seen, accounts=(ANNA,), cutover="after"), oldmail="yes")
    found = finding(known, WRONG)
    assert found is not None
    assert found.verdict is Verdict.LIKELY
    assert found.severity == "high"
    assert any("J7" in limit for limit in found.limits)


@pytest.mark.parametrize(("answer", "severity"), [("yes", "high"), ("unknown", "medium")])
def test_a_looping_name_matters_as_far_as_it_is_used(answer: str, severity: str) -> None:
    found = finding(answered(case(LEGACY_LEADS, LOOPS, accounts=(ANNA,)), oldmail=answer), WRONG)
    assert found is not None
    assert found.severity == severity


def test_names_that_lead_where_they_should_are_ruled_out_only_all_together() -> None:
    new = told(GENERIC, HERE, path="/EWS/", front_end="EX13A")
    only_this = replace(case(says(GENERIC, HERE), new), targets=(GENERIC,))
    assert verdict(only_this, WRONG) == "ruled-out"
    assert verdict(case(says(GENERIC, HERE), new), WRONG) == "not-examined"
    one_of_two = replace(case(LEADS, new), targets=(GENERIC,))
    assert verdict(one_of_two, WRONG) == "not-examined"


TTL = "dns/ttl-too-long"


@pytest.mark.parametrize(
    ("known", "expected", "severity"),
    [
        (case(), "not-examined", None),
        (case(says(GENERIC, HERE, ttl=300)), "not-examined", None),
        (case(says(GENERIC, HERE, ttl=None)), "not-examined", None),
        (case(says(GENERIC, ttl=3600)), "not-examined", None),
        (case(says(GENERIC, HERE, ttl=3600)), "likely", "low"),
        (case(says(GENERIC, HERE, ttl=3600), cutover="before"), "likely", "low"),
        (case(says(GENERIC, HERE, ttl=3600), cutover="after"), "possible", "info"),
        (case(says(GENERIC, HERE, ttl=60), cutover="after"), "not-examined", None),
        (case(says(OLD_GENERIC, HERE, ttl=3600)), "likely", "info"),
        (answered(case(says(OLD_GENERIC, HERE, ttl=3600)), oldmail="no"), "not-examined", None),
        (case(says(GENERIC, HERE, ttl=60), says(GENERIC, HERE, ttl=900, resolver="external")), "likely", "low"),
        (case(says(GENERIC, HERE, ttl=60, chain=(ChainLink("lb.test", 86400),))), "possible", "low"),
    ],
)
def test_ttl(known: Case, expected: str, severity: str | None) -> None:
    found = finding(known, TTL)
    assert verdict(known, TTL) == expected
    assert (found.severity.value if found else None) == severity


EXTRA = "dns/server-name-extra-address"
OWN = replace(OLD_GENERIC, host="ex07a.test")
TAKES = on_proxy(OWN, HERE, Meaning.LEG_ACCEPTED)
DEMANDS = on_proxy(OWN, THERE, Meaning.CERTIFICATE_DEMANDED)
BOTH = says(OWN, HERE, THERE)
NAMED = told(OWN, HERE, path=PROXY_PATH, computer="EX07A")
NAMED_THERE = told(OWN, THERE, path="/EWS/", computer="EX07A")


def estate(*seen: Observation) -> Case:
    return replace(case(*seen), targets=(GENERIC, OWN))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (estate(), "not-examined"),
        (estate(BOTH, TAKES, NAMED), "not-examined"),
        (estate(BOTH, TAKES, DEMANDS), "not-examined"),
        (estate(BOTH, TAKES, DEMANDS, NAMED), "likely"),
        (estate(BOTH, TAKES, DEMANDS, NAMED, NAMED_THERE), "confirmed"),
        (estate(BOTH, TAKES, DEMANDS, told(OWN, HERE, computer="EX07B")), "not-examined"),
        (estate(BOTH, TAKES, on_proxy(OWN, THERE, Meaning.LEG_ACCEPTED), NAMED), "not-examined"),
        (estate(BOTH, TAKES, on_proxy(OWN, THERE, Meaning.LEG_ABSENT_OR_BLOCKED), NAMED), "not-examined"),
        (estate(says(OWN, HERE), says(OWN, THERE, resolver="external"), TAKES, DEMANDS, NAMED), "not-examined"),
        (estate(BOTH, TAKES, DEMANDS, NAMED).with_answer("internal-url:ex07a.test", "no"), "not-examined"),
        (
            replace(estate(BOTH, TAKES, DEMANDS), inventory=Inventory(servers=(Server("EX07A", fqdn="ex07a.test"),))),
            "likely",
        ),
    ],
)
def test_extra_address(known: Case, expected: str) -> None:
    assert verdict(known, EXTRA) == expected


@pytest.mark.parametrize(("answer", "severity"), [("yes", "high"), ("unknown", "medium")])
def test_an_extra_address_matters_as_far_as_the_name_is_used(answer: str, severity: str) -> None:
    known = estate(BOTH, TAKES, DEMANDS, NAMED).with_answer("internal-url:ex07a.test", answer)
    found = finding(known, EXTRA)
    assert found is not None
    assert found.severity == severity
    assert found.clues[0].observation == DEMANDS.id


HOSTS = st.sampled_from([GENERIC, CERT, OLD_GENERIC, OLD_CERT])
PLACES = st.sampled_from([HERE, THERE, ELSEWHERE])


@st.composite
def answers(draw: st.DrawFn) -> Observation:
    return says(
        draw(HOSTS),
        *sorted(draw(st.sets(PLACES, max_size=2))),
        resolver=draw(st.sampled_from(["internal", "external"])),
        outcome=draw(st.none() | st.sampled_from(DnsOutcome)),
        ttl=draw(st.none() | st.integers(-1, 2**31)),
        kind=draw(st.sampled_from(["A", "AAAA"])),
    )


@st.composite
def replies(draw: st.DrawFn) -> Observation:
    return told(
        draw(HOSTS),
        draw(PLACES),
        server=draw(st.sampled_from([None, "Microsoft-IIS/7.0", "Microsoft-IIS/8.5", "\x1b[2J"])),
        front_end=draw(st.sampled_from([None, "EX13A"])),
        build=draw(st.sampled_from([None, "8.3.83.6", "15.0.1497.2", "1.2.3.4.5", ""])),
        product=draw(st.sampled_from([None, "8.3", "15.0", "?"])),
        computer=draw(st.sampled_from([None, "OLDMAIL", ""])),
        windows=draw(st.sampled_from([None, "6.0.6002", "6.3.9600", "x"])),
    )


@given(
    seen=st.lists(answers() | replies(), max_size=10, unique_by=lambda o: o.id),
    shuffle=st.randoms(use_true_random=False),
    cutover=st.sampled_from(["before", "after", "unknown"]),
)
def test_order_means_nothing_and_nothing_breaks_the_algebra(
    seen: list[Observation], shuffle: Random, cutover: str
) -> None:
    mixed = list(seen)
    shuffle.shuffle(mixed)
    one, other = diagnose(case(*seen, cutover=cutover)), diagnose(case(*mixed, cutover=cutover))
    mine = [f for f in one.findings if f.code.startswith("dns/") and f.code != "dns/missing"]
    assert mine == [f for f in other.findings if f.code.startswith("dns/") and f.code != "dns/missing"]
    assert not [item for item in one.not_examined if INTERNAL_ERROR in item.why]
    for found in mine:
        assert found.verdict.rank >= judge(found.clues).verdict.rank, "a cap only lowers"
        assert found.code != WRONG or found.verdict is not Verdict.CONFIRMED

"""Faults with the same victims as the article's, and what tells them apart (J4 to J9, J13, J15 to J17)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from easwizard.case.case import Account, Case
from easwizard.case.facts import (
    DnsFacts,
    DnsOutcome,
    HttpFacts,
    Observation,
    Reason,
    SampleFacts,
    ServerIdentity,
    Status,
    TlsFacts,
)
from easwizard.case.requests import Member, Target
from easwizard.diagnosis.engine import diagnose
from easwizard.exchange.inventory import ClientCertificates, Inventory, Server, VirtualDirectory
from easwizard.exchange.products import Product
from easwizard.exchange.replies import PROXY_PATH
from easwizard.exchange.routing import Mailbox
from tests.problems.cases import (
    GENERIC,
    NEW,
    OLD,
    OLD_CERT,
    OLD_GENERIC,
    accepts,
    answered,
    case,
    finding,
    http,
    observation,
    pasted,
    refuses,
    samples,
    verdict,
)

ANNA, BOB, CAROL = Account("anna", OLD), Account("bob", OLD), Account("carol", NEW)
PIA = Account("pia", Mailbox(Product.E2007, "Paris"))
DORA = Account("dora", Mailbox(Product.E2010, "London"))
DUPLICATE, ALL_REFUSE, MEMBER = "namespace/duplicate", "namespace/legacy-rejects-all", "server/pool-member-differs"
AFFINITY, MULTIPLEXED = "proxy/affinity-missing", "proxy/ntlm-multiplexed"
KERBEROS, SPN, TLS = "proxy/kerberos-only", "proxy/spn-conflict", "proxy/tls-no-common-version"

BOTH_ACCEPT = (accepts(OLD_GENERIC), accepts(OLD_CERT))
NAMES = (accepts(OLD_GENERIC), refuses(OLD_CERT))
MIXED = samples("anna", 4, 3)
ALWAYS = (samples("anna", 0, 7), samples("carol", 3, 0, crossed=False))


def negotiate_only(target: Target, address: str = "127.0.0.1") -> Observation:
    return http(target, 401, "Negotiate", path=PROXY_PATH, address=address, headers={})


def tls(target: Target, *, old: bool, address: str = "127.0.0.1") -> Observation:
    facts = TlsFacts(address, protocol="TLSv1" if old else "TLSv1.2", legacy_only=old)
    return observation(f"tls:{target.name}@{address}", target.name, facts)


def told(target: Target, computer: str, dns_computer: str) -> Observation:
    """The NTLM challenge of a server on /Proxy."""
    identity = ServerIdentity(computer, dns_computer=dns_computer)
    facts = HttpFacts(
        "127.0.0.1", "OPTIONS", PROXY_PATH, status=401, challenges=("NTLM",), identity=identity, ntlm_offered=True
    )
    return observation(f"http:{target.name}@127.0.0.1/none/ntlm", target.name, facts)


def two_addresses(target: Target, *looks: Observation) -> tuple[Observation, ...]:
    """The looks at two addresses that one resolver gives together."""
    facts = DnsFacts("internal", target.host, "A", DnsOutcome.ANSWER, ("127.0.0.1", "127.0.0.2"))
    return (*looks, observation(f"dns:{target.host}", target.host, facts))


# Random failures without a name that refuses (J15)


@pytest.mark.parametrize(
    ("known", "affinity", "multiplexed"),
    [
        (case(), "not-examined", "not-examined"),
        (case(*BOTH_ACCEPT), "not-examined", "not-examined"),
        (case(*BOTH_ACCEPT, MIXED, accounts=(ANNA,)), "possible", "possible"),
        (case(*BOTH_ACCEPT, MIXED, accounts=(ANNA,), legacy_pool="no-affinity"), "likely", "ruled-out"),
        (case(*BOTH_ACCEPT, MIXED, accounts=(ANNA,), legacy_pool="layer-7"), "possible", "likely"),
        (case(*BOTH_ACCEPT, MIXED, accounts=(ANNA,), legacy_pool="affinity"), "ruled-out", "ruled-out"),
        (case(*BOTH_ACCEPT, MIXED, accounts=(ANNA,), legacy_pool="nothing"), "possible", "ruled-out"),
        (case(legacy_pool="no-affinity"), "possible", "ruled-out"),
        (case(legacy_pool="layer-7"), "not-examined", "possible"),
        (case(MIXED, accounts=(ANNA,)), "not-examined", "not-examined"),
        (case(*BOTH_ACCEPT, samples("anna", 20, 0), accounts=(ANNA,)), "not-examined", "not-examined"),
        (case(*BOTH_ACCEPT, samples("carol", 4, 3), accounts=(CAROL,)), "not-examined", "not-examined"),
        (answered(case(*NAMES, MIXED, accounts=(ANNA,)), oldcert="yes"), "not-examined", "not-examined"),
        (answered(case(*NAMES, MIXED, accounts=(ANNA,)), oldcert="no"), "possible", "possible"),
    ],
)
def test_random_failures_of_an_accepting_pool(known: Case, affinity: str, multiplexed: str) -> None:
    assert (verdict(known, AFFINITY), verdict(known, MULTIPLEXED)) == (affinity, multiplexed)


def test_the_balancer_alone_is_no_sure_cause_while_a_refusing_name_may_be_in_use() -> None:
    known = case(*NAMES, MIXED, accounts=(ANNA,), legacy_pool="no-affinity")
    assert (verdict(known, DUPLICATE), verdict(known, AFFINITY)) == ("possible", "possible")
    for code in (DUPLICATE, AFFINITY):
        found = finding(known, code)
        assert found is not None
        assert "Get-ActiveSyncVirtualDirectory" in found.missing[0].how
        assert found.remedies == ()


@pytest.mark.parametrize(
    ("ok", "failed", "expected"),
    [(4, 3, "likely"), (10, 9, "likely"), (17, 3, "possible"), (2, 1, "possible"), (1, 19, "possible")],
)
def test_mixed_failures_with_a_name_of_unknown_use_need_a_share_that_fits(
    ok: int, failed: int, expected: str
) -> None:
    """A mended estate keeps its refusing name, and another fault may make the mixture."""
    assert verdict(case(*NAMES, samples("anna", ok, failed), accounts=(ANNA,)), DUPLICATE) == expected


def test_unavailable_alone_may_be_throttling() -> None:
    busy = samples("anna", 4, 3, outcomes={"200": 4, "503": 3})
    assert verdict(case(*NAMES, busy, accounts=(ANNA,)), DUPLICATE) == "possible"
    assert verdict(answered(case(*NAMES, busy, accounts=(ANNA,)), oldcert="yes"), DUPLICATE) == "confirmed"


@pytest.mark.parametrize("accounts", [(), (ANNA,)])
def test_symptoms_alone_never_name_the_article(accounts: tuple[Account, ...]) -> None:
    looks = (*BOTH_ACCEPT, MIXED) if accounts else BOTH_ACCEPT
    known = case(*looks, accounts=accounts, fails_basic_old="sometimes", fails_cert_old="sometimes")
    assert verdict(known, DUPLICATE) == "possible"


def test_successes_without_a_newer_server_say_nothing_of_the_leg() -> None:
    """The name may still lead to the old servers, as after a roll-back (3.2)."""
    direct = samples("anna", 20, 0, server="")
    known = answered(case(*NAMES, direct, accounts=(ANNA,)), oldcert="yes")
    assert verdict(known, DUPLICATE) == "likely"
    alone = answered(case(refuses(OLD_GENERIC), direct, accounts=(ANNA,)), oldmail="yes", oldcert="no")
    assert verdict(alone, ALL_REFUSE) == "likely"
    assert verdict(case(*OLD_TLS, direct, accounts=(ANNA,)), TLS) == "possible"


# One name whose machines differ is not several names (J15)

ONE_BAD_MEMBER = two_addresses(OLD_GENERIC, accepts(OLD_GENERIC), refuses(OLD_GENERIC, "127.0.0.2"))


@pytest.mark.parametrize(
    ("known", "member", "duplicate"),
    [
        (answered(case(*ONE_BAD_MEMBER), oldmail="yes"), "likely", "not-examined"),
        (answered(case(*ONE_BAD_MEMBER), oldmail="unknown"), "possible", "not-examined"),
        (answered(case(*ONE_BAD_MEMBER), oldmail="no"), "not-examined", "not-examined"),
        (answered(case(*ONE_BAD_MEMBER, MIXED, accounts=(ANNA,)), oldmail="yes"), "confirmed", "not-examined"),
        (case(*ONE_BAD_MEMBER, MIXED, accounts=(ANNA,)), "possible", "not-examined"),
        (answered(case(*ONE_BAD_MEMBER, refuses(OLD_CERT)), oldmail="yes", oldcert="yes"), "likely", "likely"),
        (answered(case(*NAMES), oldmail="yes", oldcert="yes"), "not-examined", "likely"),
    ],
)
def test_one_machine_of_a_legacy_name(known: Case, member: str, duplicate: str) -> None:
    assert (verdict(known, MEMBER), verdict(known, DUPLICATE)) == (member, duplicate)
    assert verdict(known, AFFINITY) == "not-examined" or member == "possible"


def test_two_views_of_a_name_are_not_one_pool() -> None:
    """Inside it leads to the servers, outside to a device that demands certificates: nothing of it is a mixture."""
    views = [
        observation(
            f"dns:{label}", OLD_GENERIC.host, DnsFacts(label, OLD_GENERIC.host, "A", DnsOutcome.ANSWER, (at,))
        )
        for label, at in (("internal", "127.0.0.1"), ("external", "127.0.0.2"))
    ]
    known = case(accepts(OLD_GENERIC), refuses(OLD_GENERIC, "127.0.0.2"), *views)
    known = answered(known, oldmail="yes")
    assert verdict(known, MEMBER) == "not-examined"
    assert verdict(known, DUPLICATE) == "not-examined"


def test_a_device_in_front_is_not_compared_with_a_machine_behind_it() -> None:
    known = answered(case(refuses(OLD_GENERIC), accepts(OLD_GENERIC, "127.0.0.9")), oldmail="yes")
    in_front = replace(known, members=(Member(OLD_GENERIC.host, "127.0.0.9"),))
    assert verdict(known, MEMBER) == "likely"
    assert verdict(in_front, MEMBER) == "not-examined"


def test_machines_reached_directly_are_compared_with_each_other() -> None:
    behind = ("127.0.0.8", "127.0.0.9")
    known = answered(
        case(accepts(OLD_GENERIC), accepts(OLD_GENERIC, behind[0]), refuses(OLD_GENERIC, behind[1])), oldmail="yes"
    )
    known = replace(known, members=tuple(Member(OLD_GENERIC.host, address) for address in behind))
    assert verdict(known, MEMBER) == "likely"
    assert verdict(known, DUPLICATE) == "not-examined"


def inventory(*vdirs: VirtualDirectory) -> Inventory:
    return Inventory(vdirs=vdirs)


def vdir(server: str, site: str = "Default Web Site", **values: object) -> VirtualDirectory:
    url = f"https://{values.pop('host', 'oldmail.test')}/Microsoft-Server-ActiveSync"
    plain = VirtualDirectory(
        server, site, site=str(values.pop("ad_site", "London")), product=Product.E2007, internal_url=url,
        client_certificates=ClientCertificates.IGNORE, proxy_windows=True, sources=("iis:x",),
    )  # fmt: skip
    return replace(plain, **values)  # type: ignore[arg-type]


def test_configuration_of_one_name_with_an_odd_server_is_not_two_namespaces() -> None:
    odd = inventory(vdir("EX07A"), vdir("EX07B", proxy_windows=False))
    two = inventory(vdir("EX07A"), vdir("EX07B", host="oldcert.test", client_certificates=ClientCertificates.REQUIRE))
    assert verdict(replace(case(accounts=(ANNA, CAROL)), inventory=odd), DUPLICATE) == "not-examined"
    assert verdict(replace(case(accounts=(ANNA, CAROL)), inventory=two), DUPLICATE) == "confirmed"
    # Without Carol nothing tells of a newer server, which alone would draw them (1.2).
    assert verdict(replace(case(accounts=(ANNA,)), inventory=two), DUPLICATE) == "possible"


# Failing always (J16, J17)


@pytest.mark.parametrize(
    ("known", "spn"),
    [
        (case(*BOTH_ACCEPT, *ALWAYS, accounts=(ANNA, CAROL)), "possible"),
        (case(*BOTH_ACCEPT, fails_basic_old="always", fails_basic_new="never"), "possible"),
        (case(*BOTH_ACCEPT, *ALWAYS, accounts=(ANNA, CAROL), fails_basic_old="always"), "possible"),
        (case(*BOTH_ACCEPT, samples("anna", 0, 7), accounts=(ANNA,)), "not-examined"),
        (case(*BOTH_ACCEPT, fails_basic_old="always", fails_basic_new="always"), "not-examined"),
        (case(*ALWAYS, accounts=(ANNA, CAROL)), "not-examined"),
        (case(*NAMES, *ALWAYS, accounts=(ANNA, CAROL)), "not-examined"),
        (case(*BOTH_ACCEPT, samples("anna", 7, 0), accounts=(ANNA,)), "not-examined"),
        (case(*BOTH_ACCEPT), "not-examined"),
    ],
)
def test_a_wrong_kerberos_name_is_what_is_left(known: Case, spn: str) -> None:
    assert verdict(known, SPN) == spn
    found = finding(known, SPN)
    if found is not None:
        assert found.missing[0].how.startswith("setspn -Q http/")


def test_a_server_under_its_own_name_has_no_such_conflict() -> None:
    own = told(OLD_GENERIC, "OLDMAIL", "oldmail.test")
    known = answered(case(*BOTH_ACCEPT, own, *ALWAYS, accounts=(ANNA, CAROL)), oldcert="no")
    assert verdict(known, SPN) == "not-examined"


@pytest.mark.parametrize("told_always", [False, True])
def test_always_failing_alone_is_not_all_candidates_refusing(told_always: bool) -> None:
    words = {"fails_basic_old": "always"} if told_always else {}
    known = case(*BOTH_ACCEPT, *ALWAYS, accounts=(ANNA, CAROL), **words)
    assert verdict(known, ALL_REFUSE) == "possible"


def test_all_names_in_use_refusing_is_likely_from_outside_and_no_more() -> None:
    known = case(refuses(OLD_GENERIC), *ALWAYS, accounts=(ANNA, CAROL), fails_basic_old="always")
    known = answered(known, oldmail="yes", oldcert="no")
    assert verdict(known, ALL_REFUSE) == "likely"
    assert verdict(known, SPN) == "not-examined"


ONE_POOL = two_addresses(OLD_GENERIC, negotiate_only(OLD_GENERIC), negotiate_only(OLD_GENERIC, "127.0.0.2"))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (answered(case(*ONE_POOL), oldmail="yes"), "likely"),
        (answered(case(*ONE_POOL, *ALWAYS, accounts=(ANNA, CAROL)), oldmail="yes", oldcert="no"), "likely"),
        (answered(case(*ONE_POOL), oldmail="unknown"), "possible"),
        (answered(case(*ONE_POOL), oldmail="no"), "not-examined"),
        (answered(case(negotiate_only(OLD_GENERIC)), oldmail="yes"), "possible"),
        (answered(case(negotiate_only(OLD_GENERIC), told(GENERIC, "X", "oldmail.test")), oldmail="yes"), "ruled-out"),
        (answered(case(accepts(OLD_GENERIC)), oldmail="yes"), "ruled-out"),
        (answered(case(refuses(OLD_GENERIC)), oldmail="yes"), "not-examined"),
        (answered(case(*ONE_POOL, accounts=(DORA,)), oldmail="yes"), "possible"),
        (
            answered(case(*ONE_POOL, samples("anna", 7, 0), accounts=(ANNA,)), oldmail="yes", oldcert="no"),
            "possible",
        ),
    ],
)
def test_kerberos_alone(known: Case, expected: str) -> None:
    assert verdict(known, KERBEROS) == expected
    assert verdict(known, "proxy/windows-auth-missing") in ("not-examined", "ruled-out")


def test_a_server_of_the_inventory_is_known_by_its_name() -> None:
    server = Server("EX07A", fqdn="oldmail.test", product=Product.E2007)
    known = replace(
        answered(case(negotiate_only(OLD_GENERIC)), oldmail="yes"), inventory=Inventory(servers=(server,))
    )
    other = replace(known, inventory=Inventory(servers=(replace(server, fqdn="ex07a.test"),)))
    assert verdict(known, KERBEROS) == "ruled-out"
    assert verdict(other, KERBEROS) == "likely"


OLD_TLS = (tls(OLD_GENERIC, old=True), tls(OLD_CERT, old=True))
REFUSED = replace(tls(OLD_GENERIC, old=False), status=Status.FAILED, reason=Reason.TLS_VERSION)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(*OLD_TLS), "possible"),
        (case(*OLD_TLS, *ALWAYS, accounts=(ANNA, CAROL)), "likely"),
        (case(*OLD_TLS, *ALWAYS, accounts=(ANNA, CAROL), fails_basic_old="always"), "likely"),
        (case(OLD_TLS[0], tls(OLD_CERT, old=False), *ALWAYS, accounts=(ANNA, CAROL)), "possible"),
        (case(*OLD_TLS, samples("anna", 7, 0), accounts=(ANNA,)), "ruled-out"),
        (case(*OLD_TLS, MIXED, accounts=(ANNA,)), "ruled-out"),
        (case(tls(OLD_GENERIC, old=False), *ALWAYS, accounts=(ANNA, CAROL)), "not-examined"),
        (answered(case(*OLD_TLS), oldmail="no", oldcert="no"), "not-examined"),
        (case(REFUSED), "possible"),
        (case(*ALWAYS, accounts=(ANNA, CAROL)), "not-examined"),
        (case(tls(GENERIC, old=True)), "not-examined"),
    ],
)
def test_no_tls_version_in_common(known: Case, expected: str) -> None:
    assert verdict(known, TLS) == expected


# 2010, and several sites (J13)


def test_2010_is_dialled_by_server_name() -> None:
    names = answered(case(*NAMES, MIXED, accounts=(DORA,)), oldcert="yes")
    told_so = answered(case(*NAMES, products="2010+2016"), oldcert="yes")
    both = answered(case(*NAMES, accounts=(ANNA, DORA)), oldcert="yes")
    assert verdict(replace(names, observations=NAMES), DUPLICATE) == "possible"
    assert verdict(told_so, DUPLICATE) == "possible"
    assert verdict(both, DUPLICATE) == "likely"
    assert any("J13" in item.why for item in diagnose(both).not_examined)


def sampled_at(account: Account, ok: int, failed: int) -> Observation:
    look = samples(account.label, ok, failed)
    assert isinstance(look.facts, SampleFacts)
    return replace(look, facts=replace(look.facts, mailbox=str(account.mailbox)))


def test_one_site_that_always_fails_is_not_cleared_by_another() -> None:
    looks = (*NAMES, sampled_at(ANNA, 7, 0), sampled_at(PIA, 0, 7), samples("carol", 3, 0, crossed=False))
    known = answered(case(*looks, accounts=(ANNA, PIA, CAROL)), oldmail="yes", oldcert="yes")
    found = finding(known, ALL_REFUSE)
    assert found is not None
    assert found.verdict == "possible"
    assert "2007@Paris" in found.subjects


def test_which_site_a_refusing_name_belongs_to_follows_where_all_others_are_clean() -> None:
    clean = answered(
        case(*NAMES, sampled_at(ANNA, 4, 3), sampled_at(PIA, 9, 0), accounts=(ANNA, PIA)),
        oldcert="yes",
        oldmail="yes",
    )
    short = answered(
        case(*NAMES, sampled_at(ANNA, 4, 3), sampled_at(PIA, 2, 0), accounts=(ANNA, PIA)),
        oldcert="yes",
        oldmail="yes",
    )
    assert verdict(clean, DUPLICATE) == "confirmed"
    assert verdict(short, DUPLICATE) == "likely"
    assert "2007@London" in (finding(clean, DUPLICATE) or pytest.fail("no finding")).subjects


def test_names_alone_say_little_where_their_sites_are_not_known() -> None:
    assert verdict(answered(case(*NAMES, accounts=(ANNA, PIA)), oldcert="yes"), DUPLICATE) == "possible"


def test_the_inventory_tells_the_sites_apart() -> None:
    demands = ClientCertificates.REQUIRE
    held = inventory(
        vdir("EX07A"),
        vdir("EX07P", host="oldcert.test", ad_site="Paris", client_certificates=demands),
    )
    known = replace(answered(case(*NAMES, accounts=(ANNA, PIA)), oldcert="yes", oldmail="yes"), inventory=held)
    assert verdict(known, DUPLICATE) in ("not-examined", "ruled-out")
    found = finding(known, ALL_REFUSE)
    assert found is not None
    assert (found.verdict, "2007@Paris" in found.subjects) == ("confirmed", True)


def test_an_account_of_unknown_site_is_said() -> None:
    nowhere = Account("anna", Mailbox(Product.E2007))
    diagnosis = diagnose(case(*NAMES, MIXED, accounts=(nowhere,)))
    assert any("AD site" in item.why for item in diagnosis.not_examined)


# Names of servers (J6)


def test_each_server_under_its_own_name_is_the_healthy_default() -> None:
    both = answered(case(*BOTH_ACCEPT), oldmail="yes", oldcert="yes")
    own = answered(
        case(*BOTH_ACCEPT, told(OLD_GENERIC, "OLDMAIL", "oldmail.test"), told(OLD_CERT, "OLDCERT", "oldcert.test")),
        oldmail="yes",
        oldcert="yes",
    )
    assert verdict(both, "namespace/differs") == "possible"
    assert verdict(own, "namespace/differs") == "not-examined"


# No candidate (J13)

NO_CANDIDATE = "routing/no-candidate"
EMPTY = replace(vdir("EX07A"), internal_url="")


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (Inventory(), "not-examined"),
        (inventory(vdir("EX07A")), "ruled-out"),
        (inventory(EMPTY), "confirmed"),
        (inventory(EMPTY, vdir("EX07P", ad_site="Paris")), "likely"),
        (inventory(vdir("EX07P", ad_site="Paris")), "possible"),
        (inventory(replace(vdir("EX13A"), product=Product.E2013)), "not-examined"),
        (inventory(replace(vdir("EX07A"), internal_url="", site=None)), "not-examined"),
        (inventory(replace(vdir("EX07A"), internal_url=None)), "ruled-out"),
    ],
)
def test_no_candidate(held: Inventory, expected: str) -> None:
    known = replace(case(accounts=(ANNA, CAROL)), inventory=held)
    assert verdict(known, NO_CANDIDATE) == expected


def test_a_blocked_proxy_directory_is_no_missing_windows_authentication() -> None:
    for status in (403, 404):
        known = answered(case(http(OLD_GENERIC, status, path=PROXY_PATH)), oldmail="yes")
        assert verdict(known, "proxy/windows-auth-missing") == "not-examined"


# What a proxying server saw itself (J7)

NAMED_ONLY = Inventory(
    (Server("EX07A", product=Product.E2007),),
    tuple(
        replace(v, product=None, client_certificates=None, proxy_windows=None)
        for v in (vdir("EX07A"), vdir("EX07B", host="oldcert.test"))
    ),
)
"""Both names are InternalUrls; nothing else was read."""
SEEN_THERE = (pasted(OLD_GENERIC, 401, "Negotiate", "NTLM"), pasted(OLD_CERT, 403))


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        (NAMES, "likely"),
        ((*NAMES, *SEEN_THERE), "confirmed"),
        # The same paste, taken on an old server by mistake, is no proxying server's.
        ((*NAMES, *(replace(look, vantage="EX07A") for look in SEEN_THERE)), "likely"),
        # A 403 that only the paste saw may be hardening (J5).
        (SEEN_THERE, "possible"),
    ],
)
def test_what_a_proxying_server_saw_is_not_held_down(looks: tuple[Observation, ...], expected: str) -> None:
    known = replace(case(*looks, accounts=(CAROL,), fails_basic_old="sometimes"), inventory=NAMED_ONLY)
    assert verdict(known, DUPLICATE) == expected


def test_a_paste_that_contradicts_the_jump_box_counts() -> None:
    """From the jump box the name takes the leg; where the leg is made it does not."""
    here, there = accepts(OLD_GENERIC), pasted(OLD_GENERIC, 401, "Basic")
    known = answered(case(here, accepts(OLD_CERT), there), oldmail="yes", oldcert="yes")
    assert verdict(known, "proxy/windows-auth-missing") == "likely"
    assert (
        verdict(answered(case(here, accepts(OLD_CERT)), oldmail="yes"), "proxy/windows-auth-missing") == "ruled-out"
    )


def test_what_the_proxying_servers_see_is_not_examined_until_a_paste_shows_it() -> None:
    def left(known: Case) -> list[str]:
        return [item.what for item in diagnose(known).not_examined if "the proxying servers see" in item.what]

    assert left(case(*NAMES)) == ["the legacy names as the proxying servers see them"]
    assert left(case(*NAMES, SEEN_THERE[0])) == ["oldcert.test as the proxying servers see them"]
    assert left(case(*NAMES, *SEEN_THERE)) == []

"""The map: golden lines for what it must show, and nothing on it that was not seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from easwizard.case.case import Account, Case
from easwizard.case.facts import DnsOutcome, Observation, Reason
from easwizard.case.requests import Member, Target
from easwizard.exchange.inventory import Endpoint, Inventory, NamespaceRecord, Role, VirtualDirectory
from easwizard.exchange.products import Product
from easwizard.exchange.replies import ACTIVESYNC_PATH
from easwizard.reports.estate_map import ASCII, WIDTH, Tone, as_text, estate_map
from easwizard.reports.map_parts import middle_cut
from tests.problems import cases
from tests.tui.staging import HOSTILE, hostile, is_harmless


def drawn(case: Case, **how: bool) -> list[str]:
    return as_text(estate_map(case, folded=how.get("folded", False))).splitlines()


def at(address: str, target: Target, server: str, demand: bool | None = False) -> Observation:
    asked = cases.ASKED if demand else cases.NOT_ASKED
    status, challenges = (403, ()) if demand else (401, ("Basic",))
    return cases.http(target, status, *challenges, demand=asked, address=address, headers={"x-feserver": server})


FRONT = (
    at("192.0.2.5", cases.GENERIC, "EX13A"),
    at("192.0.2.6", cases.GENERIC, "EX13B"),
    at("192.0.2.7", cases.CERT, "EX13A"),
    at("192.0.2.8", cases.CERT, "EX13B"),
)
LEGS = (cases.accepts(cases.OLD_GENERIC), cases.refuses(cases.OLD_CERT))
ARTICLE = cases.answered(
    cases.case(*FRONT, *LEGS, accounts=(Account("anna", cases.OLD),), tls_in_front="nothing"),
    oldmail="yes", oldcert="yes",
)  # fmt: skip


def test_the_article() -> None:
    assert drawn(ARTICLE) == [
        "password phone ─▶ mail.test",
        "  ├─▶ 192.0.2.5  EX13A  ✓ 401 Basic",
        "  └─▶ 192.0.2.6  EX13B  ✓ 401 Basic",
        "certificate phone ─▶ cert.test",
        "  ├─▶ 192.0.2.7  EX13A  ✗ never asks for a certificate",
        "  └─▶ 192.0.2.8  EX13B  ✗ never asks for a certificate",
        "mailbox on 2007 ─▶ mailbox-role server ─▶ one of",
        "  ├ 50 % ─▶ oldmail.test  ✓ takes the leg",
        "  └ 50 % ─▶ oldcert.test  ✗ wants a certificate",
        "                          ▲ the broken leg",
    ]


def test_folded_addresses_that_say_the_same_are_one_row() -> None:
    assert drawn(ARTICLE, folded=True)[:4] == [
        "password phone ─▶ mail.test",
        "  └─▶ EX13A, EX13B  ✓ 401 Basic",
        "certificate phone ─▶ cert.test",
        "  └─▶ EX13A, EX13B  ✗ never asks for a certificate",
    ]


def test_in_ascii() -> None:
    text = as_text(estate_map(ARTICLE, ASCII))
    assert text.isascii()
    assert "+ 50 % -> oldcert.test  x wants a certificate" in text


def test_healthy_shows_nothing_broken() -> None:
    healthy = cases.answered(
        cases.case(FRONT[0], at("192.0.2.7", cases.CERT, "EX13C", demand=True), LEGS[0], tls_in_front="nothing"),
        oldmail="yes", oldcert="no",
    )  # fmt: skip
    lines = drawn(healthy)
    assert lines == [
        "password phone ─▶ mail.test",
        "  └─▶ 192.0.2.5  EX13A  ✓ 401 Basic",
        "certificate phone ─▶ cert.test",
        "  └─▶ 192.0.2.7  EX13C  ✓ asks for a certificate",
        "mailbox on the old version ─▶ mailbox-role server ─▶ one of",
        "  ├ 100 % ─▶ oldmail.test  ✓ takes the leg",
        "  └ never ─▶ oldcert.test  · is no InternalUrl (your answer)",
    ]
    assert not any(span.tone is Tone.BAD for line in estate_map(healthy) for span in line)


def test_a_name_that_refuses_breaks_the_leg_only_if_it_is_an_internal_url() -> None:
    """J4: what a name answers is a fact about the name."""
    unknown = cases.case(*LEGS)
    text = as_text(estate_map(unknown))
    assert "the broken leg" not in text
    assert "  └ ? ─▶ oldcert.test  ? wants a certificate" in text
    assert "breaks the leg only if it is an InternalUrl now" in text


def test_unreachable_says_what_failed_and_where_from() -> None:
    silent = cases.case(
        cases.tcp(cases.GENERIC, Reason.REFUSED, "192.0.2.5"), cases.tcp(cases.OLD_GENERIC, Reason.CONNECT_TIMEOUT)
    )
    lines = drawn(silent)
    assert lines[1] == "  └─▶ 192.0.2.5  ✗ nothing listens on this port"
    assert "oldmail.test  ? no answer to the connection: filtered, or no such host (from here)" in lines[-2]


def test_a_name_that_one_view_lacks_is_not_said_to_have_no_address() -> None:
    inside = cases.dns(cases.OLD_GENERIC, DnsOutcome.ANSWER, "internal")
    outside = cases.dns(cases.OLD_GENERIC, DnsOutcome.NXDOMAIN, "external")
    for looks in ((inside, outside), (outside, inside)):
        line = next(line for line in drawn(cases.case(*looks)) if "oldmail.test" in line)
        assert line.endswith("? not looked at yet")
    alone = next(line for line in drawn(cases.case(outside)) if "oldmail.test" in line)
    assert alone.endswith("? no address (external: nxdomain)")


def test_nothing_is_drawn_without_a_name_and_nothing_claimed_without_a_look() -> None:
    assert estate_map(replace(cases.case(), targets=())) == ()
    assert {line.rpartition("? ")[2] for line in drawn(cases.case()) if "?" in line} == {"not looked at yet"}


def test_what_ends_tls_in_front_is_drawn_and_decides_what_is_wrong() -> None:
    """J14: behind a proxy that signs in for the phones a server that asks for nothing is right."""
    for answer, sign in (("bridging", "?"), ("delegation", "✓"), ("nothing", "✗")):
        lines = drawn(cases.case(FRONT[2], tls_in_front=answer))
        assert any("in front:" in line for line in lines) is (answer != "nothing")
        assert any(f"{sign} never asks for a certificate" in line for line in lines)


def test_members_are_told_from_what_dns_gives() -> None:
    case = replace(ARTICLE, members=(Member(cases.GENERIC.host, "192.0.2.6"),))
    assert "  └─▶ 192.0.2.6 (member)  EX13B  ✓ 401 Basic" in drawn(case)
    assert any("192.0.2.5           EX13A" in line for line in drawn(case))


def test_shares_by_the_inventory_come_before_equal_ones() -> None:
    def vdir(server: str, site: str, host: str) -> VirtualDirectory:
        url = f"https://{host}{ACTIVESYNC_PATH}"
        return VirtualDirectory(server, site, site="London", product=Product.E2007, internal_url=url)

    inventory = Inventory(
        vdirs=(
            vdir("EX07A", "Default", "oldmail.test"),
            vdir("EX07B", "Default", "oldmail.test"),
            vdir("EX07C", "Default", "oldmail.test"),
            vdir("EX07A", "Cert", "oldcert.test"),
        ),
        namespaces=(NamespaceRecord("oldmail.test", Role.LEGACY_GENERIC, (Endpoint("EX07A", "Default"),)),),
    )
    lines = drawn(replace(ARTICLE, inventory=inventory))
    assert "mailbox on 2007@London ─▶ mailbox-role server ─▶ one of" in lines
    assert "  ├ 75 % ─▶ oldmail.test  ✓ takes the leg" in lines
    assert "  └ 25 % ─▶ oldcert.test  ✗ wants a certificate" in lines


def test_2010_is_reached_by_server_name_so_names_have_no_odds_and_break_nothing() -> None:
    """J13."""
    case = replace(ARTICLE, accounts=(Account("anna", replace(cases.OLD, product=Product.E2010)),))
    lines = drawn(case)
    assert "mailbox on 2010 ─▶ mailbox-role server ─▶ a server by name" in lines
    assert not any("%" in line or "broken" in line for line in lines)
    assert "  └ ? ─▶ oldcert.test  ? wants a certificate" in lines


def test_names_that_several_sites_share_have_no_odds() -> None:
    """J13: each site draws among its own names."""
    accounts = (Account("anna", cases.OLD), Account("bob", replace(cases.OLD, site="Paris")))
    lines = drawn(replace(ARTICLE, accounts=accounts))
    assert "mailbox on 2007 ─▶ mailbox-role server ─▶ one of its site's" in lines
    assert not any("%" in line for line in lines)
    assert "  └ ? ─▶ oldcert.test  ✗ wants a certificate" in lines


def test_many_servers_are_counted_when_folded() -> None:
    many = [at(f"192.0.2.{n}", cases.GENERIC, f"EX13-{n}") for n in range(1, 9)]
    lines = drawn(cases.case(*many), folded=True)
    assert lines[1] == "  └─▶ EX13-1, EX13-2, EX13-3 and 5 more  ✓ 401 Basic"


def test_long_names_are_cut_in_the_middle_to_the_width() -> None:
    long = replace(cases.OLD_CERT, host="legacy-certificates-of-the-london-site.corp.contoso.test")
    case = replace(ARTICLE, targets=(*ARTICLE.targets[:3], long)).with_answer(f"internal-url:{long.host}", "yes")
    lines = drawn(case)
    assert max(map(len, lines)) <= WIDTH
    assert any("…" in line and "legacy-cert" in line and "contoso.test" in line for line in lines)


@pytest.mark.parametrize("width", [3, 8, 15, 60])
def test_a_cut_keeps_both_ends_and_the_width(width: int) -> None:
    name = "legacygeneric.contoso.test"
    cut = middle_cut(name, width)
    assert len(cut) == min(width, len(name))
    assert (cut[0], cut[-1]) == (name[0], name[-1])


def test_hostile_names_are_text_and_columns_stay_in_line() -> None:
    text = as_text(estate_map(hostile()))
    assert is_harmless(text)
    assert HOSTILE[:10] in text
    bad = as_text(estate_map(replace(cases.case(), targets=(replace(cases.GENERIC, host="a\x1b[2Jb\u202e.test"),))))
    assert is_harmless(bad)
    assert "a\\x1b[2Jb\\u202e.test" in bad

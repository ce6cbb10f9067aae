"""What Autodiscover hands out, and what it says of an account: firing, silent, without evidence; and look-alikes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from easwizard.case.case import Account, Case
from easwizard.case.facts import HttpFacts, Observation, ServerIdentity
from easwizard.exchange.inventory import Inventory, Server, VirtualDirectory
from easwizard.exchange.products import Product
from tests.problems.cases import (
    AUTODISCOVER,
    CERT,
    GENERIC,
    NEW,
    OLD,
    OLD_GENERIC,
    autodiscover,
    case,
    finding,
    http,
    observation,
    posted,
    samples,
    verdict,
)

PATH = "/Microsoft-Server-ActiveSync"
RIGHT = f"https://mail.test{PATH}"
BY_CERTIFICATE = f"https://cert.test{PATH}"
STRANGE = f"https://else.test{PATH}"
LEGACY = f"https://oldmail.test{PATH}"
CLOUD = f"https://outlook.office365.com{PATH}"
CAROL, OLGA = Account("carol@test", NEW), Account("olga@test", OLD)

WRONG = "autodiscover/wrong-url"
EX13A = Inventory(servers=(Server("EX13A", fqdn="ex13a.contoso.test"),))


def known_server(*observations: Observation) -> Case:
    """With a server that said its full name in an NTLM challenge."""
    ews = HttpFacts(
        "127.0.0.1", "GET", "/EWS/", status=401, identity=ServerIdentity("EX13A", dns_computer="ex13a.contoso.test")
    )
    return case(*observations, observation("http:ews", GENERIC.name, ews))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(), "not-examined"),
        (case(autodiscover()), "not-examined"),
        (case(autodiscover(RIGHT)), "ruled-out"),
        (case(autodiscover(RIGHT.replace("mail.test", "MAIL.test:443") + "/")), "ruled-out"),
        (case(autodiscover(RIGHT.lower())), "ruled-out"),
        (case(autodiscover(BY_CERTIFICATE)), "ruled-out"),
        # A wrong shape is certain.
        (case(autodiscover("https://mail.test/owa/")), "confirmed"),
        (case(autodiscover("http://mail.test" + PATH)), "confirmed"),
        (case(autodiscover("https://[broken")), "confirmed"),
        (case(autodiscover("mail.test")), "confirmed"),
        (case(autodiscover(RIGHT, "https://mail.test/")), "confirmed"),
        # Names that only the inside knows.
        (case(autodiscover(f"https://ex13a{PATH}")), "likely"),
        (case(autodiscover(f"https://ex13a.contoso.local{PATH}")), "likely"),
        (known_server(autodiscover(f"https://ex13a.contoso.test{PATH}")), "likely"),
        (replace(case(autodiscover(f"https://EX13A.contoso.test{PATH}")), inventory=EX13A), "likely"),
        (case(http(GENERIC, 401, "Basic"), autodiscover(f"https://ex13a.contoso.test{PATH}")), "likely"),
        (case(http(GENERIC, 401, "Basic"), autodiscover(f"https://ex13.contoso.test{PATH}")), "possible"),
        # A name that was not given may be another AD site's own.
        (case(autodiscover(STRANGE)), "possible"),
        (case(autodiscover(STRANGE), phones="first-setup"), "possible"),
        # Legacy names: right before the cut-over, usable for old mailboxes after it.
        (case(autodiscover(LEGACY), cutover="before"), "not-examined"),
        (case(autodiscover(LEGACY), accounts=(CAROL,), cutover="after"), "likely"),
        (case(autodiscover(LEGACY), accounts=(CAROL,)), "possible"),
        (case(autodiscover(LEGACY), cutover="after"), "possible"),
        (case(autodiscover(LEGACY, email="olga@test"), accounts=(CAROL, OLGA), cutover="after"), "possible"),
        # A mailbox in the cloud.
        (case(autodiscover(CLOUD)), "not-examined"),
        (case(autodiscover(CLOUD), hybrid="no"), "possible"),
    ],
)
def test_wrong_urls(known: Case, expected: str) -> None:
    assert verdict(known, WRONG) == expected


@pytest.mark.parametrize(("phones", "severity"), [("first-setup", "high"), ("running", "low"), ("unknown", "medium")])
def test_only_the_first_setup_meets_a_wrong_url(phones: str, severity: str) -> None:
    found = finding(case(autodiscover("https://mail.test/owa/"), phones=phones), WRONG)
    assert found is not None
    assert found.severity == severity
    assert found.subjects == (AUTODISCOVER.host,)
    assert found.clues[0].observation == autodiscover("https://mail.test/owa/").id
    assert found.missing


def test_without_the_names_of_phones_no_url_is_judged() -> None:
    known = replace(case(autodiscover(STRANGE)), targets=(AUTODISCOVER, OLD_GENERIC))
    assert verdict(known, WRONG) == "not-examined"


def test_a_handed_out_url_is_hostile_text() -> None:
    found = finding(case(autodiscover("https://mail.test/\x1b[2J")), WRONG)
    assert found is not None
    assert "\x1b" not in found.summary


TWO = "autodiscover/two-external-urls"


def carrying(*urls: str | None, sites: str = "London", products: tuple[Product, ...] = ()) -> Inventory:
    """One virtual directory for each ExternalUrl; the sites by their first letters."""
    return Inventory(
        vdirs=tuple(
            VirtualDirectory(
                f"EX{number}",
                "Default Web Site",
                site=sites.split("+")[number % len(sites.split("+"))] or None,
                product=products[number] if products else Product.E2013,
                external_url=url,
            )
            for number, url in enumerate(urls)
        )
    )


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(), "not-examined"),
        (case(autodiscover(RIGHT)), "not-examined"),
        (case(autodiscover(RIGHT, RIGHT + "/", RIGHT.replace("mail", "MAIL"))), "not-examined"),
        (case(autodiscover(RIGHT, BY_CERTIFICATE)), "confirmed"),
        # Between the addresses of one name, for one mailbox.
        (case(autodiscover(RIGHT), autodiscover(BY_CERTIFICATE, address="127.0.0.2")), "not-examined"),
        (
            case(
                autodiscover(RIGHT, email="carol@test"),
                autodiscover(BY_CERTIFICATE, address="127.0.0.2", email="carol@test"),
                accounts=(CAROL,),
            ),
            "confirmed",
        ),
        # Two mailboxes may be told two places.
        (
            case(
                autodiscover(RIGHT, email="carol@test"),
                autodiscover(BY_CERTIFICATE, email="olga@test"),
                accounts=(CAROL, OLGA),
            ),
            "not-examined",
        ),
        # The inventory: one AD site and one version.
        (replace(case(), inventory=carrying(RIGHT, BY_CERTIFICATE)), "likely"),
        (replace(case(), inventory=carrying(RIGHT, RIGHT + "/")), "not-examined"),
        (replace(case(), inventory=carrying(RIGHT, "")), "not-examined"),
        (replace(case(), inventory=carrying(RIGHT, None)), "not-examined"),
        (replace(case(), inventory=carrying(RIGHT, BY_CERTIFICATE, sites="London+Paris")), "not-examined"),
        (replace(case(), inventory=carrying(RIGHT, BY_CERTIFICATE, sites="")), "not-examined"),
        (
            replace(case(), inventory=carrying(RIGHT, LEGACY, products=(Product.E2013, Product.E2007))),
            "not-examined",
        ),
    ],
)
def test_two_urls(known: Case, expected: str) -> None:
    assert verdict(known, TWO) == expected


@pytest.mark.parametrize(("phones", "severity"), [("first-setup", "medium"), ("running", "low"), ("unknown", "low")])
def test_two_urls_are_a_note_unless_first_setup_fails(phones: str, severity: str) -> None:
    found = finding(case(autodiscover(RIGHT, BY_CERTIFICATE), phones=phones), TWO)
    assert found is not None
    assert found.severity == severity
    assert found.missing
    assert found.remedies


REJECTED = "account/credentials-rejected"
REFUSED = samples("carol@test", 0, 0, refused=1)
WORKED = posted("carol@test", 200, urls=(RIGHT,))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (case(), "not-examined"),
        (case(REFUSED), "possible"),
        (case(REFUSED, owa="fails"), "confirmed"),
        # A success of the same password where no leg is involved (J10).
        (case(REFUSED, WORKED), "ruled-out"),
        (case(WORKED), "ruled-out"),
        (case(REFUSED, posted("olga@test", 200, urls=(RIGHT,))), "possible"),
        # A 200 that hands nothing out may come from anything.
        (case(REFUSED, posted("carol@test", 200)), "possible"),
        # Refused there too: still no proof before any success.
        (case(REFUSED, posted("carol@test", 401, "Basic")), "possible"),
        (case(posted("carol@test", 401, "Basic")), "possible"),
        (case(posted("carol@test", 401, "Negotiate")), "not-examined"),
        # The account's own state is certain.
        (case(samples("carol@test", 0, 1, outcomes={"456": 1})), "confirmed"),
        (case(samples("carol@test", 0, 1, outcomes={"457": 1})), "confirmed"),
        (case(samples("carol@test", 0, 1, outcomes={"457": 1}), samples("olga@test", 0, 0, refused=1)), "confirmed"),
        (case(samples("carol@test", 0, 1, outcomes={"403": 1})), "not-examined"),
        (case(http(GENERIC, 401, "Basic")), "not-examined"),
        (case(http(CERT, 401)), "not-examined"),
    ],
)
def test_credentials(known: Case, expected: str) -> None:
    assert verdict(known, REJECTED) == expected


def test_a_name_without_its_domain_is_shown_the_other_form() -> None:
    bare = finding(known_server(samples("carol", 0, 0, refused=1)), REJECTED)
    full = finding(known_server(REFUSED), REJECTED)
    assert bare is not None
    assert full is not None
    assert "DOMAIN\\carol" in bare.summary
    assert "domain" not in full.summary


def test_the_domain_that_a_server_told_is_used() -> None:
    identity = ServerIdentity("EX13A", "CONTOSO")
    ews = observation("http:ews", GENERIC.name, HttpFacts("127.0.0.1", "GET", "/EWS/", status=401, identity=identity))
    found = finding(case(ews, samples("carol", 0, 0, refused=1)), REJECTED)
    assert found is not None
    assert "CONTOSO\\carol" in found.summary

"""What front ends and legacy servers answer to Basic, to strangers and to each other."""

from __future__ import annotations

import socket
import ssl
from dataclasses import replace

import pytest

from easwizard.exchange.products import Product
from easwizard.lab.estate import Estate
from easwizard.lab.scenario import ServerCertificate, SiteKnobs
from easwizard.lab.scenario_reader import load_scenario
from tests.lab.clients import ACTIVESYNC, SECONDS, ask

FRONT = "EX13A/Default Web Site"
LEGACY = "EX07A/Default Web Site"
LEGACY_CERT = "EX07A/Certificate Site"
PROXY = ACTIVESYNC + "/Proxy"
ANNA = ("anna@contoso.test", "Autumn-Leaves-41")
CAROL = ("carol@contoso.test", "Spring-Rain-88")


def test_an_anonymous_front_end_challenges_and_says_who_it_is(article: Estate) -> None:
    answer = ask(article, FRONT)
    assert answer.status == 401
    assert answer.all("WWW-Authenticate") == ['Basic realm="generic.contoso.test"']
    assert answer.one("X-FEServer") == "EX13A"
    assert answer.one("request-id")
    assert answer.one("Server") == "Microsoft-IIS/8.5"
    assert answer.one("Connection") == "close"
    assert not [name for name, _ in answer.headers if name.lower().startswith("ms-")]


def test_an_anonymous_legacy_server_does_not_say_who_it_is(article: Estate) -> None:
    answer = ask(article, LEGACY)
    assert answer.status == 401
    assert answer.all("WWW-Authenticate") == ['Basic realm="legacygeneric.contoso.test"']
    assert answer.one("X-FEServer") is None
    assert answer.one("request-id") is None
    assert answer.one("Server") == "Microsoft-IIS/7.0"


def test_a_new_mailbox_is_served_by_the_new_version(article: Estate) -> None:
    answer = ask(article, FRONT, login=CAROL)
    assert answer.status == 200
    assert answer.one("MS-Server-ActiveSync") == "15.0"
    assert answer.one("MS-ASProtocolVersions") == "2.0,2.1,2.5,12.0,12.1,14.0,14.1"
    assert answer.one("Public") == "OPTIONS,POST"
    assert answer.one("X-FEServer") == "EX13A"


def test_an_old_mailbox_on_an_old_server_is_served_there(article: Estate) -> None:
    answer = ask(article, LEGACY, login=ANNA)
    assert answer.status == 200
    assert answer.one("MS-Server-ActiveSync") == "8.3"
    assert (answer.one("MS-ASProtocolVersions") or "").endswith("12.1")


def test_a_new_mailbox_on_an_old_server_is_sent_to_the_new_name(article: Estate) -> None:
    answer = ask(article, LEGACY, login=CAROL)
    assert answer.status == 451
    assert answer.one("X-MS-Location") == f"https://generic.contoso.test{ACTIVESYNC}"


@pytest.mark.parametrize("user", ["anna@contoso.test", "nobody@contoso.test"])
def test_wrong_credentials_are_challenged_again(article: Estate, user: str) -> None:
    answer = ask(article, FRONT, login=(user, "wrong"))
    assert answer.status == 401
    assert answer.all("WWW-Authenticate") == ['Basic realm="generic.contoso.test"']


def test_user_names_may_be_of_the_old_form(article: Estate) -> None:
    assert ask(article, FRONT, login=("CONTOSO\\Carol", CAROL[1])).status == 200


def test_credentials_are_counted_by_user_right_or_wrong(article: Estate) -> None:
    before = article.credentials_received("bob@contoso.test")
    ask(article, LEGACY, login=("BOB@contoso.test", "wrong"))
    ask(article, LEGACY, login=("CONTOSO\\bob", "Winter-Frost-17"))
    ask(article, LEGACY)
    assert article.credentials_received("Bob@contoso.test") == before + 2


def test_the_proxy_directory_offers_windows_authentication_in_two_headers(article: Estate) -> None:
    answer = ask(article, LEGACY, path=PROXY)
    assert answer.status == 401
    assert answer.all("WWW-Authenticate") == ["Negotiate", "NTLM"]


def test_the_proxy_directory_takes_no_password_and_no_strange_server(article: Estate) -> None:
    assert ask(article, LEGACY, path=PROXY, login=ANNA).all("WWW-Authenticate") == ["Negotiate", "NTLM"]
    claim = (("Authorization", "Negotiate bm90aGluZw=="), ("X-EAS-Proxy", "anna@contoso.test"))
    assert ask(article, LEGACY, path=PROXY, headers=claim).status == 401


def test_the_proxy_directory_of_a_certificate_vdir_inherits_the_demand(article: Estate) -> None:
    assert ask(article, LEGACY_CERT, path=PROXY).status == 403


@pytest.mark.parametrize("path", ["/nothing", "/owaX", "/Microsoft-Server-ActiveSyncX"])
def test_other_paths_are_not_there(article: Estate, path: str) -> None:
    assert ask(article, FRONT, path=path).status == 404


def test_paths_have_no_case_and_may_carry_a_query(article: Estate) -> None:
    assert ask(article, FRONT, path=ACTIVESYNC.upper() + "?Cmd=OPTIONS").status == 401


def test_other_methods_are_not_implemented_for_a_signed_in_user(article: Estate) -> None:
    assert ask(article, FRONT, method="GET", login=CAROL).status == 501
    answer = ask(article, FRONT, method="HEAD", login=CAROL)
    assert (answer.status, answer.body) == (501, b"")


def test_only_a_new_server_has_a_health_page(article: Estate) -> None:
    page = ACTIVESYNC + "/healthcheck.htm"
    assert b"ex13a.contoso.test" in ask(article, FRONT, method="GET", path=page).body
    assert ask(article, LEGACY, method="GET", path=page).status == 404


def test_addresses_decide_and_names_do_not(article: Estate) -> None:
    answer = ask(article, "EX13B/Certificate Site", naming="generic.contoso.test")
    assert answer.one("X-FEServer") == "EX13B"
    assert answer.all("WWW-Authenticate") == ['Basic realm="generic.contoso.test"']


@pytest.mark.parametrize("rubbish", [b"GET nonsense\r\n\r\n", b"\x00\x01\x02\r\n\r\n"])
def test_what_is_no_http_gets_400(article: Estate, rubbish: bytes) -> None:
    context = ssl.create_default_context(cafile=article.ca_file)
    address = (article.addresses[FRONT.casefold()], article.port)
    with (
        socket.create_connection(address, timeout=SECONDS) as connection,
        context.wrap_socket(connection, server_hostname="generic.contoso.test") as tls,
    ):
        tls.sendall(rubbish)
        assert tls.recv(100).startswith(b"HTTP/1.1 400 ")


def test_a_client_that_is_no_tls_or_leaves_does_no_harm(article: Estate) -> None:
    address = (article.addresses[FRONT.casefold()], article.port)
    with socket.create_connection(address, timeout=SECONDS) as connection:
        connection.sendall(b"OPTIONS / HTTP/1.1\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1000):
            pass
    socket.create_connection(address, timeout=SECONDS).close()
    assert ask(article, FRONT).status == 401


@pytest.mark.parametrize(
    ("knob", "code"),
    [
        (ServerCertificate.EXPIRED, 10),
        (ServerCertificate.NOT_YET_VALID, 9),
        (ServerCertificate.FOREIGN, 19),
        (ServerCertificate.NO_INTERMEDIATE, 20),
        (ServerCertificate.SELF_SIGNED, 18),
        (ServerCertificate.WEAK_KEY, 66),
        (ServerCertificate.WRONG_NAME, 62),
    ],
)
def test_a_web_site_may_show_a_bad_certificate(knob: ServerCertificate, code: int) -> None:
    knobs = {FRONT.casefold(): SiteKnobs(certificate=knob)}
    with Estate(replace(load_scenario("healthy"), site_knobs=knobs)) as estate:
        with pytest.raises(ssl.SSLCertVerificationError) as refused:
            ask(estate, FRONT)
        assert refused.value.verify_code == code
        assert ask(estate, "EX13B/Default Web Site").status == 401


@pytest.mark.parametrize(("basic", "challenges"), [(True, ['Basic realm="legacygeneric.contoso.test"']), (False, [])])
def test_a_proxy_directory_without_windows_authentication_refuses_servers(basic: bool, challenges: list[str]) -> None:
    healthy = load_scenario("healthy")
    vdirs = tuple(
        replace(vdir, proxy_windows=False, basic=basic) if vdir.product is Product.E2007 else vdir
        for vdir in healthy.inventory.vdirs
    )
    with Estate(replace(healthy, inventory=replace(healthy.inventory, vdirs=vdirs))) as estate:
        assert ask(estate, LEGACY, path=PROXY).all("WWW-Authenticate") == challenges
        assert ask(estate, FRONT, login=ANNA).status == 403

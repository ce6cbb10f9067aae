"""What a reply means: for each row one that fits, and near misses that must not."""

from __future__ import annotations

import pytest

from easwizard.exchange.products import Product
from easwizard.exchange.replies import (
    ACTIVESYNC_PATH,
    PROXY_PATH,
    WITHOUT_HEADERS,
    Meaning,
    Reply,
    Sent,
    answered_by,
    challenges_of,
    crossed_to_legacy,
    highest_protocol,
    product_of,
    read,
)
from easwizard.probes import tally

NONE, BASIC, CERTIFICATE = Sent.NONE, Sent.BASIC, Sent.CERTIFICATE
EAS = {"ms-server-activesync": "8.3", "ms-asprotocolversions": "2.5,12.1"}
HTTPAPI = {"server": "Microsoft-HTTPAPI/2.0"}
NGINX = {"server": "nginx/1.22.1"}
M = Meaning


def eas(
    status: int, *challenges: str, sent: Sent = NONE, headers: dict[str, str] | None = None, asked: bool | None = None
) -> Reply:
    return Reply(ACTIVESYNC_PATH, sent, status, frozenset(challenges), headers or {}, asked)


def elsewhere(status: int, *challenges: str, path: str = "/owa/", sent: Sent = NONE) -> Reply:
    return Reply(path, sent, status, frozenset(challenges))


def leg(status: int, *challenges: str, asked: bool | None = None) -> Reply:
    return Reply(PROXY_PATH, NONE, status, frozenset(challenges), {}, asked)


ROWS: tuple[tuple[Reply, Meaning], ...] = (
    *((eas(status), M.REDIRECTED) for status in (301, 302, 307, 308, 451)),
    (eas(304), M.OTHER),
    # A demand counts only where it was seen (J5).
    (eas(403, asked=True), M.CERTIFICATE_DEMANDED),
    (eas(403, sent=BASIC, asked=True), M.CERTIFICATE_DEMANDED),
    (leg(403, asked=True), M.CERTIFICATE_DEMANDED),
    (eas(403), M.FORBIDDEN),
    (eas(403, asked=False), M.FORBIDDEN),
    (eas(403, sent=CERTIFICATE, asked=True), M.CERTIFICATE_NOT_ACCEPTED),
    (eas(401, sent=CERTIFICATE, asked=True), M.CERTIFICATE_NOT_ACCEPTED),
    (eas(401, "basic", sent=CERTIFICATE, asked=False), M.CERTIFICATE_NEVER_ASKED),
    (eas(403, sent=CERTIFICATE, asked=False), M.CERTIFICATE_NEVER_ASKED),
    (eas(403, sent=CERTIFICATE), M.FORBIDDEN),
    # The proxy leg (1.4).
    (leg(401, "negotiate", "ntlm"), M.LEG_ACCEPTED),
    (leg(401, "negotiate", "ntlm", "basic"), M.LEG_ACCEPTED),
    (leg(401, "negotiate"), M.LEG_NEGOTIATE_ONLY),
    (leg(401, "basic"), M.LEG_WITHOUT_WINDOWS),
    (leg(401), M.LEG_WITHOUT_WINDOWS),
    (leg(401, "ntlm"), M.OTHER),
    (leg(403), M.LEG_ABSENT_OR_BLOCKED),
    (leg(404), M.LEG_ABSENT_OR_BLOCKED),
    (leg(503), M.UNAVAILABLE),
    # 200
    (eas(200, sent=BASIC, headers=EAS), M.SIGNED_IN),
    (eas(200, sent=CERTIFICATE, headers=EAS), M.SIGNED_IN),
    (eas(200, headers=EAS), M.ANONYMOUS),
    (eas(200, headers={"ms-asprotocolversions": "2.5,12.1"}), M.ANONYMOUS),
    (eas(200, sent=BASIC, headers={"ms-asprotocolversions": "2.5,12.1"}), M.SIGNED_IN),
    (eas(200), M.NOT_EXCHANGE),
    (eas(200, sent=BASIC), M.NOT_EXCHANGE),
    # A device in front that demands certificates in its own way (transport.md 1).
    (eas(400, headers=NGINX, asked=True), M.CERTIFICATE_DEMANDED),
    (eas(400, sent=CERTIFICATE, headers=NGINX, asked=True), M.CERTIFICATE_NOT_ACCEPTED),
    (eas(400, headers=NGINX, asked=False), M.NOT_UNDERSTOOD),
    (eas(400, headers={"server": "Microsoft-IIS/8.5"}, asked=True), M.NOT_UNDERSTOOD),
    # 401
    (eas(401, "basic", sent=BASIC), M.CREDENTIALS_REFUSED),
    (eas(401, "basic"), M.BASIC_CHALLENGE),
    (eas(401, "basic", "ntlm"), M.BASIC_CHALLENGE),
    (eas(401, "negotiate", "ntlm"), M.WINDOWS_CHALLENGE),
    (eas(401, "ntlm"), M.WINDOWS_CHALLENGE),
    (eas(401, "bearer"), M.MODERN_CHALLENGE),
    (eas(401), M.NO_USABLE_METHOD),
    (eas(401, "digest"), M.NO_USABLE_METHOD),
    # The state of the server
    (eas(404), M.ABSENT),
    (eas(503, headers=HTTPAPI), M.SERVER_DOWN),
    (eas(503, headers={**HTTPAPI, "x-feserver": "EX13A"}), M.UNAVAILABLE),
    (eas(503, headers={**HTTPAPI, "retry-after": "60"}), M.THROTTLED),
    (eas(503, headers={"x-ms-asthrottle": "CommandFrequency"}), M.THROTTLED),
    (eas(500, headers={"retry-after": "60"}), M.UPSTREAM_FAILED),
    (eas(503, headers={"server": "Microsoft-IIS/8.5"}), M.UNAVAILABLE),
    (eas(503), M.UNAVAILABLE),
    *((eas(status), M.UPSTREAM_FAILED) for status in (500, 502, 504)),
    *((eas(status), M.NOT_UNDERSTOOD) for status in (400, 405, 501)),
    *((eas(status), M.OTHER) for status in (100, 204, 413, 449, 456, 457, 505, 507, 999)),
    # The account itself; without one nobody can be blocked.
    (eas(456, sent=BASIC), M.ACCOUNT_BLOCKED),
    (eas(457, sent=BASIC), M.PASSWORD_EXPIRED),
    (eas(457, sent=CERTIFICATE), M.PASSWORD_EXPIRED),
    # Other paths of the same server, asked to learn who answers.
    (elsewhere(200), M.PATH_ANSWERS),
    (elsewhere(200, path=ACTIVESYNC_PATH + "/healthcheck.htm"), M.PATH_ANSWERS),
    (elsewhere(302), M.REDIRECTED),
    (elsewhere(404), M.ABSENT),
    (elsewhere(401, "negotiate", "ntlm", path="/EWS/"), M.WINDOWS_CHALLENGE),
    (elsewhere(401, "basic", path="/autodiscover/autodiscover.xml", sent=BASIC), M.CREDENTIALS_REFUSED),
    (elsewhere(200, path=ACTIVESYNC_PATH + "/"), M.NOT_EXCHANGE),
)


@pytest.mark.parametrize(("reply", "meaning"), ROWS, ids=lambda value: value.value if isinstance(value, M) else "")
def test_each_meaning(reply: Reply, meaning: Meaning) -> None:
    reading = read(reply)
    assert reading.meaning is meaning
    assert reading.text
    assert reading.source


def test_every_meaning_has_a_reply() -> None:
    assert {meaning for _, meaning in ROWS} == set(Meaning)


def test_the_path_of_the_leg_is_known_without_regard_to_case() -> None:
    assert Reply(PROXY_PATH.lower(), NONE, 401).on_proxy
    assert not Reply(ACTIVESYNC_PATH, NONE, 401).on_proxy


def test_no_other_path_is_said_to_lack_activesync() -> None:
    assert "ActiveSync" in read(eas(404)).text
    assert "ActiveSync" not in read(elsewhere(404)).text
    assert "phones" not in read(elsewhere(302)).text


def test_counted_samples_name_it_in_the_same_words() -> None:
    assert tally.WITHOUT_HEADERS == WITHOUT_HEADERS


CHALLENGES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    ((), ()),
    (("",), ()),
    (("Negotiate", "NTLM"), ("Negotiate", "NTLM")),
    (("Negotiate, NTLM",), ("Negotiate", "NTLM")),
    (("negotiate", "Negotiate"), ("negotiate",)),
    (('Basic realm="mail.contoso.com"',), ("Basic",)),
    (('Negotiate, Basic realm="a, NTLM b"',), ("Negotiate", "Basic")),
    (('Basic realm="say \\"Digest, NTLM\\" twice", NTLM',), ("Basic", "NTLM")),
    (('Digest realm="x", qop="auth", nonce="y", Basic realm="z"',), ("Digest", "Basic")),
    (('Bearer client_id="1", authorization_uri="https://login/a,b"',), ("Bearer",)),
    (("NTLM TlRMTVNTUAACAAAA==",), ("NTLM",)),
    (('Digest realm = "x", nonce = "y"',), ("Digest",)),
    (('Basic realm="never closed, NTLM',), ("Basic", "NTLM")),
)


@pytest.mark.parametrize(("values", "schemes"), CHALLENGES)
def test_challenges(values: tuple[str, ...], schemes: tuple[str, ...]) -> None:
    assert challenges_of(values) == schemes


PRODUCTS: dict[str | None, Product | None] = {
    "8.3": Product.E2007,
    "8.03.0083.006": Product.E2007,
    "14.00.0536.000": Product.E2010,
    "14.3": Product.E2010,
    "15.0": Product.E2013,
    "15.1": Product.E2016,
    "15.2": Product.E2019,
    "15.2.2562.35": Product.SE,
    "15.2.1118.7": Product.E2019,
    "16.0": None,
    "Z-Push": None,
    "8": None,
    "": None,
    None: None,
}


@pytest.mark.parametrize(("value", "product"), PRODUCTS.items())
def test_product_of(value: str | None, product: Product | None) -> None:
    assert product_of({} if value is None else {"ms-server-activesync": value}) is product


PROTOCOLS = {"2.0,2.1,2.5,12.0,12.1": "12.1", "14.0,14.1,2.5": "14.1", "16.1, 9.9": "16.1", "": None, "none": None}


@pytest.mark.parametrize(("value", "highest"), PROTOCOLS.items())
def test_highest_protocol(value: str, highest: str | None) -> None:
    assert highest_protocol({"ms-asprotocolversions": value}) == highest
    assert highest_protocol({}) is None


CROSSED: tuple[tuple[dict[str, str], Product, bool], ...] = (
    ({"ms-server-activesync": "8.3"}, Product.E2007, True),
    ({"ms-asprotocolversions": "2.5,12.0,12.1"}, Product.E2007, True),
    ({"ms-server-activesync": "15.0", "ms-asprotocolversions": "12.1,14.1"}, Product.E2007, False),
    ({"ms-server-activesync": "14.3"}, Product.E2010, True),
    ({"ms-asprotocolversions": "12.1"}, Product.E2010, False),
    ({"ms-server-activesync": "8.3"}, Product.E2010, False),
    ({}, Product.E2007, False),
)


@pytest.mark.parametrize(("headers", "mailbox", "expected"), CROSSED)
def test_crossing_needs_legacy_proof(headers: dict[str, str], mailbox: Product, expected: bool) -> None:
    assert crossed_to_legacy(headers, mailbox) is expected


def test_the_front_end_names_itself() -> None:
    assert answered_by({"x-feserver": "EX13A"}) == "EX13A"
    assert answered_by({"x-feserver": ""}) is None
    assert answered_by({}) is None

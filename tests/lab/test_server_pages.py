"""What a server answers beside ActiveSync, and what it tells of itself there, read by an independent NTLM client."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import spnego
from spnego.__main__ import parse_token

from easwizard.lab.estate import Estate
from easwizard.lab.scenario import Providers
from tests.lab.clients import ACTIVESYNC, Answer, ask
from tests.lab.variations import ANNA, FRONT, LEGACY, at_server, at_site, healthy

PROXY = ACTIVESYNC + "/Proxy"


def opening() -> bytes:
    """The first message of a client that asks for the version field, as Windows clients do."""
    client = spnego.client("user", "password", protocol="ntlm", options=spnego.NegotiateOptions.use_ntlm)
    message = client.step()
    assert message is not None
    return message


def asked(estate: Estate, label: str, path: str, scheme: str = "NTLM", token: bytes | None = None) -> Answer:
    encoded = base64.b64encode(opening() if token is None else token).decode("ascii")
    return ask(estate, label, method="GET", path=path, headers=(("Authorization", f"{scheme} {encoded}"),))


def read(answer: Answer) -> tuple[dict[str, Any], dict[str, Any]]:
    """The challenge and its target information, as pyspnego's parser sees them."""
    (value,) = answer.all("WWW-Authenticate")
    data = parse_token(base64.b64decode(value.partition(" ")[2]))["Data"]
    pairs = data["Payload"]["TargetInfo"]
    return data, {pair["AvId"].partition(" ")[0]: pair["Value"] for pair in pairs}


@pytest.mark.parametrize(("label", "build"), [(FRONT, "15.0.1497.2"), (LEGACY, "8.3.83.6")])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_owa_tells_the_build(article: Estate, label: str, build: str, method: str) -> None:
    for path in ("/owa", "/owa/"):
        answer = ask(article, label, method=method, path=path)
        assert answer.status == 302
        assert (answer.one("Location") or "").startswith("/owa/auth/logon.aspx")
        assert answer.one("X-OWA-Version") == build
    assert ask(article, label, method="GET", path="/owa/auth/logon.aspx").one("X-OWA-Version") == build


def test_only_a_newer_server_leads_from_its_root_to_owa(article: Estate) -> None:
    answer = ask(article, FRONT, method="GET", path="/")
    assert (answer.status, answer.one("Location"), answer.one("X-FEServer")) == (302, "/owa/", "EX13A")
    assert ask(article, LEGACY, method="GET", path="/").status == 404


@pytest.mark.parametrize("path", ["/", "/owa/", "/EWS/", "/autodiscover/autodiscover.json"])
def test_a_second_web_site_has_nothing_but_activesync(article: Estate, path: str) -> None:
    assert ask(article, "EX13A/Certificate Site", method="GET", path=path).status == 404


@pytest.mark.parametrize("label", [FRONT, LEGACY])
def test_ews_offers_windows_authentication(article: Estate, label: str) -> None:
    answer = ask(article, label, method="GET", path="/EWS/Exchange.asmx")
    assert (answer.status, answer.all("WWW-Authenticate")) == (401, ["Negotiate", "NTLM"])


@pytest.mark.parametrize(("label", "path"), [(FRONT, "/EWS/"), (LEGACY, "/EWS/"), (LEGACY, PROXY)])
@pytest.mark.parametrize("scheme", ["NTLM", "Negotiate"])
def test_an_ntlm_opening_is_answered_with_a_challenge(article: Estate, label: str, path: str, scheme: str) -> None:
    server = label.partition("/")[0]
    before = datetime.now(UTC).replace(microsecond=0)
    answer = asked(article, label, path, scheme)
    assert answer.status == 401
    assert (answer.one("WWW-Authenticate") or "").startswith(scheme + " ")
    data, pairs = read(answer)
    assert pairs["MSV_AV_NB_COMPUTER_NAME"] == server
    assert pairs["MSV_AV_NB_DOMAIN_NAME"] == "CONTOSO"
    assert pairs["MSV_AV_DNS_COMPUTER_NAME"] == f"{server.lower()}.contoso.test"
    assert pairs["MSV_AV_DNS_DOMAIN_NAME"] == pairs["MSV_AV_DNS_TREE_NAME"] == "contoso.test"
    told = datetime.fromisoformat(pairs["MSV_AV_TIMESTAMP"]).replace(tzinfo=UTC)
    assert before <= told <= datetime.now(UTC)
    version = data["Version"]
    assert (version["Major"], version["Minor"], version["Build"]) == (
        (6, 3, 9600) if server == "EX13A" else (6, 0, 6002)
    )


def test_a_client_can_go_on_from_the_challenge(article: Estate) -> None:
    client = spnego.client("user", "password", protocol="ntlm", options=spnego.NegotiateOptions.use_ntlm)
    answer = asked(article, FRONT, "/EWS/", token=client.step())
    proof = client.step(base64.b64decode((answer.one("WWW-Authenticate") or "").partition(" ")[2]))
    assert client.complete
    assert proof is not None
    refused = asked(article, FRONT, "/EWS/", token=proof)
    assert (refused.status, refused.all("WWW-Authenticate")) == (401, ["Negotiate", "NTLM"])


def test_without_the_version_flag_there_is_no_version(article: Estate) -> None:
    message = bytearray(opening())
    flags = int.from_bytes(message[12:16], "little") & ~0x02000000
    message[12:16] = flags.to_bytes(4, "little")
    _, pairs = read(asked(article, FRONT, "/EWS/", token=bytes(message)))
    assert pairs["MSV_AV_NB_COMPUTER_NAME"] == "EX13A"
    value = asked(article, FRONT, "/EWS/", token=bytes(message)).one("WWW-Authenticate") or ""
    assert base64.b64decode(value.partition(" ")[2])[48:56] == bytes(8)


@pytest.mark.parametrize("token", [b"", b"NTLMSSP\x00", b"NTLMSSP\x00\x03\x00\x00\x00" + bytes(20), b"x" * 40])
def test_what_opens_nothing_is_offered_both_again(article: Estate, token: bytes) -> None:
    assert asked(article, FRONT, "/EWS/", token=token).all("WWW-Authenticate") == ["Negotiate", "NTLM"]
    assert ask(article, FRONT, path="/EWS/", headers=(("Authorization", "NTLM !!"),)).status == 401


def test_the_clock_is_told_as_it_is_set() -> None:
    with Estate(at_server(healthy(), "EX13A", clock_skew=600.0)) as estate:
        ahead, right = ask(estate, FRONT), ask(estate, "EX13B/Default Web Site")
        _, pairs = read(asked(estate, FRONT, "/EWS/"))
    between = parsedate_to_datetime(ahead.one("Date") or "") - parsedate_to_datetime(right.one("Date") or "")
    assert 599 <= between.total_seconds() <= 601
    told = datetime.fromisoformat(pairs["MSV_AV_TIMESTAMP"]).replace(tzinfo=UTC)
    assert 590 <= (told - datetime.now(UTC)).total_seconds() <= 601


def test_every_reply_is_dated_once(article: Estate) -> None:
    for label, path in ((FRONT, ACTIVESYNC), (LEGACY, PROXY), (FRONT, "/nothing")):
        (date,) = ask(article, label, path=path).all("Date")
        assert abs((parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds()) < 5


def test_kerberos_alone_leaves_a_balanced_name_without_a_way_in() -> None:
    scenario = healthy()
    for label in (LEGACY, "EX07B/Default Web Site"):
        scenario = at_site(scenario, label, proxy_providers=Providers.NEGOTIATE)
    with Estate(scenario) as estate:
        assert ask(estate, LEGACY, path=PROXY).all("WWW-Authenticate") == ["Negotiate"]
        assert asked(estate, LEGACY, PROXY).all("WWW-Authenticate") == ["Negotiate"]
        assert ask(estate, FRONT, login=ANNA).status == 403

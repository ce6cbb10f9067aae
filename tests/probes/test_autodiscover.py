"""Autodiscover: what it hands out is kept as text and never followed; a password goes only where it may."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from easwizard.case.facts import Observation, Reason, Status
from easwizard.case.requests import AskAutodiscover
from easwizard.exchange.inventory import Role
from easwizard.probes.autodiscover_answers import read_xml, urls_in_json
from easwizard.probes.secrets import Password, Secrets
from tests.probes.certificates import Authority
from tests.probes.conftest import MakeRun, http, target
from tests.probes.servers import Answer, HttpsServer, reply, server_context, unauthorized

HOST = "autodiscover.contoso.test"
ANNA = "anna@contoso.test"
PASSWORD = "correct horse"
URL = "https://mail.contoso.test/Microsoft-Server-ActiveSync"
OTHER = "https://cert.contoso.test/Microsoft-Server-ActiveSync"
XML = f"""<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006">
 <Response xmlns="http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006">
  <Action><Settings>
   <Server><Type>MobileSync</Type><Url>{URL}</Url><Name>{URL}</Name></Server>
   <Server><Type>CertEnroll</Type><Url>https://cert.test/CertEnroll</Url></Server>
  </Settings></Action>
 </Response>
</Autodiscover>"""


def question(port: int, account: str | None = None) -> AskAutodiscover:
    return AskAutodiscover(target(port, HOST, Role.AUTODISCOVER), "127.0.0.1", ANNA, account)


def v2(*urls: str) -> Answer:
    """Hands the URLs out in turn."""
    turns: Iterator[str] = iter(urls)
    return lambda _: reply(200, {}, json.dumps({"Protocol": "ActiveSync", "Url": next(turns)}).encode())


def signing_in_as_anna() -> Secrets:
    return Secrets({ANNA: Password(ANNA, PASSWORD)})


def asked(
    run: MakeRun, authority: Authority, answer: Answer, account: str | None = None, times: int = 1
) -> tuple[tuple[Observation, ...], HttpsServer]:
    with HttpsServer(server_context(authority.issue(HOST)), answer) as server:
        made = run(secrets=signing_in_as_anna())
        return tuple(o for _ in range(times) for o in made(question(server.port, account))), server


def test_v2_is_asked_three_times_without_credentials_and_every_url_is_kept(
    run: MakeRun, authority: Authority
) -> None:
    (observation,), server = asked(run, authority, v2(URL, OTHER, URL))
    facts = http(observation)
    assert (facts.handed_out, facts.status, facts.method) == ((URL, OTHER), 200, "GET")
    assert (facts.path, facts.account, facts.meaning) == ("/autodiscover/autodiscover.json", None, None)
    path = f"/autodiscover/autodiscover.json?Email={ANNA}&Protocol=ActiveSync&RedirectCount=3"
    assert [r.path for r in server.requests] == [path] * 3
    assert not [r for r in server.requests if "authorization" in r.headers]
    assert observation.id.endswith(f"@127.0.0.1/none/autodiscover/autodiscover.json/{ANNA}")


@pytest.mark.parametrize("status", [302, 401, 404, 451])
def test_a_redirect_or_refusal_is_a_finding_asked_once_and_not_followed(
    run: MakeRun, authority: Authority, status: int
) -> None:
    with HttpsServer(server_context(authority.issue("elsewhere.test")), v2(URL)) as elsewhere:
        location = f"https://127.0.0.1:{elsewhere.port}/"
        (observation,), server = asked(run, authority, lambda _: reply(status, {"Location": location}))
    assert (http(observation).status, http(observation).handed_out) == (status, ())
    assert http(observation).headers["location"] == location
    assert (len(server.requests), elsewhere.connections) == (1, 0)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'"' + URL.encode() + b'"',
        b'{"Url": 7}',
        b'{"Url": ["x"]}',
        b'{"Protocol": {"a": 1}, "Url": "https://x"}',
        b'{"Protocol": "Ews", "Url": "https://x"}',
        b"[" * 30_000,
        b'{"Url": "' + b"x" * 100_000,
    ],
)
def test_json_that_is_no_answer_hands_nothing_out(body: bytes) -> None:
    assert urls_in_json(body) == ()


def test_a_url_is_made_harmless_and_short() -> None:
    (url,) = urls_in_json(json.dumps({"Protocol": "activesync", "Url": "https://\x1b[2J" + "x" * 5000}).encode())
    assert "\x1b" not in url
    assert len(url) < 1100


@given(st.binary(max_size=400))
def test_random_bytes_never_raise(body: bytes) -> None:
    urls_in_json(body)
    read_xml(body)
    read_xml(b"<Autodiscover>" + body)


def test_xml_tells_the_mobilesync_url_only() -> None:
    told = read_xml(XML.encode())
    assert (told.is_autodiscover, told.urls) == (True, (URL,))


def test_entities_and_outside_files_are_never_read() -> None:
    for entity in ('<!ENTITY u "https://evil.test">', '<!ENTITY u SYSTEM "file:///etc/passwd">'):
        bomb = XML.replace("<Autodiscover", f"<!DOCTYPE x [{entity}]><Autodiscover", 1).replace(URL, "&u;")
        assert read_xml(bomb.encode()).urls == ()


def test_endless_depth_and_many_servers_are_bounded() -> None:
    assert read_xml(b"<a>" * 20_000).urls == ()
    many = "".join(f"<Server><Type>MobileSync</Type><Url>https://h{n}.test</Url></Server>" for n in range(500))
    assert len(read_xml(f"<Autodiscover>{many}</Autodiscover>".encode()).urls) == 20


def test_the_post_of_a_phone(run: MakeRun, authority: Authority) -> None:
    (observation,), server = asked(run, authority, lambda _: reply(200, {}, XML.encode()), ANNA)
    facts = http(observation)
    assert (facts.handed_out, facts.path, facts.method) == ((URL,), "/autodiscover/autodiscover.xml", "POST")
    assert (facts.credentials, facts.account) == ("basic", ANNA)
    (request,) = server.requests
    assert (request.method, request.password) == ("POST", f"{ANNA}:{PASSWORD}")
    assert request.headers["content-type"].startswith("text/xml")
    assert int(request.headers["content-length"]) > 100
    assert PASSWORD not in repr(observation)


def test_a_refused_password_is_not_posted_again(run: MakeRun, authority: Authority) -> None:
    observations, server = asked(run, authority, lambda _: unauthorized("Basic"), ANNA, times=2)
    assert [o.status for o in observations] == [Status.OK, Status.SKIPPED]
    assert len(server.requests) == 1


def test_after_a_success_a_refusal_stops_nothing(run: MakeRun, authority: Authority) -> None:
    answers = iter([reply(200, {}, XML.encode()), unauthorized("Basic"), unauthorized("Basic")])
    observations, _ = asked(run, authority, lambda _: next(answers), ANNA, times=3)
    assert [http(o).status for o in observations] == [200, 401, 401]


def test_a_200_of_something_else_is_no_success(run: MakeRun, authority: Authority) -> None:
    answers = iter([reply(200, {}, b"<html>hello</html>"), unauthorized("Basic"), reply(200)])
    observations, _ = asked(run, authority, lambda _: next(answers), ANNA, times=3)
    assert [o.status for o in observations] == [Status.OK, Status.OK, Status.SKIPPED]


def test_no_password_to_a_certificate_that_is_not_trusted(run: MakeRun, stranger: Authority) -> None:
    (observation,), server = asked(run, stranger, lambda _: reply(200, {}, XML.encode()), ANNA)
    assert (observation.status, observation.reason) == (Status.FAILED, Reason.NOT_TRUSTED)
    assert server.requests == []


def test_without_the_password_nothing_is_sent(run: MakeRun, authority: Authority) -> None:
    with HttpsServer(server_context(authority.issue(HOST)), lambda _: reply(200)) as server:
        (observation,) = run()(question(server.port, ANNA))
    assert (observation.status, server.connections) == (Status.SKIPPED, 0)

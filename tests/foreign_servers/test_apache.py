"""Apache asks for client certificates in every way there is; `check` says what was measured (transport.md 1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from easwizard.case.facts import Asked, CertificateDemand, Reason, Status, TlsFacts
from easwizard.exchange.replies import PROXY_PATH, Meaning, Sent
from tests.foreign_servers import apache
from tests.foreign_servers.apache import Site
from tests.foreign_servers.checking import Surroundings, answers, blamed, blamed_elsewhere
from tests.foreign_servers.processes import binary, free_ports, running

TLS12, TLS13 = "TLSv1.2", "TLSv1.3"
SITES = {
    "path, required, TLS 1.2": Site(TLS12, location="require"),
    "path, required, TLS 1.3": Site(TLS13, location="require"),
    "path, optional, TLS 1.2": Site(TLS12, location="optional"),
    "path, optional, TLS 1.3": Site(TLS13, location="optional"),
    "site, required, TLS 1.2": Site(TLS12, vhost="require"),
    "site, required, TLS 1.3": Site(TLS13, vhost="require"),
    "site optional, path required, TLS 1.3": Site(TLS13, vhost="optional", location="require"),
    "as Exchange, TLS 1.2": Site(TLS12, location="require", is_exchange=True),
    "as Exchange, TLS 1.3": Site(TLS13, location="require", is_exchange=True),
    "never": Site(TLS13),
}


@pytest.fixture(scope="module")
def ports(folder: Path) -> Iterator[dict[str, int]]:
    """A running Apache: the port of each site."""
    program = binary("apache2", "apache2", "httpd")
    found = dict(zip(SITES, free_ports(len(SITES)), strict=True))
    sites = {found[name]: site for name, site in SITES.items()}
    file = folder / "apache.conf"
    file.write_text(apache.configuration(sites, folder), encoding="utf-8")
    with running([program, "-f", str(file), "-DFOREGROUND"], [("127.0.0.1", port) for port in sites], folder):
        yield found


RENEGOTIATION, POST_HANDSHAKE, HANDSHAKE = "renegotiation", "post-handshake", "handshake"
WANTED, REFUSED = Reason.CERTIFICATE_WANTED, Reason.CERTIFICATE_REFUSED


@dataclass(frozen=True)
class Shown:
    """What is seen at one site; each outcome is a status or the reason for none."""

    how: str
    required: bool
    without: int | Reason
    good: int | Reason = 200
    wrong: int | Reason = REFUSED

    @property
    def asked(self) -> Asked:
        return Asked.HANDSHAKE if self.how == HANDSHAKE else Asked.PATH


TABLE = {
    "path, required, TLS 1.2": Shown(RENEGOTIATION, True, WANTED),
    "path, required, TLS 1.3": Shown(POST_HANDSHAKE, True, WANTED),
    "path, optional, TLS 1.2": Shown(RENEGOTIATION, False, 200),
    "path, optional, TLS 1.3": Shown(POST_HANDSHAKE, False, 200),
    "site, required, TLS 1.3": Shown(HANDSHAKE, True, WANTED),
    "site optional, path required, TLS 1.3": Shown(HANDSHAKE, True, 403, good=403),
    "as Exchange, TLS 1.2": Shown(RENEGOTIATION, True, WANTED),
    "as Exchange, TLS 1.3": Shown(POST_HANDSHAKE, True, WANTED),
}
"""Without a certificate, with a good one, with one of a wrong authority. One row more stands in a test of its own."""
each_row = pytest.mark.parametrize(("name", "shown"), TABLE.items(), ids=TABLE)
ISSUERS = ("CN=Contoso Device CA",)


def outcome_of(status: int | None, reason: Reason | None) -> int | Reason | None:
    return status if status is not None else reason


@each_row
def test_without_a_certificate(surroundings: Surroundings, ports: dict[str, int], name: str, shown: Shown) -> None:
    report = surroundings.check(f"cert=phones.contoso.test:{ports[name]}")
    ((seen, facts),) = answers(report, Sent.NONE)
    assert outcome_of(facts.status, seen.reason) == shown.without
    assert facts.client_certificate == CertificateDemand(shown.asked, shown.how, shown.required, ISSUERS)
    demanded = Meaning.CERTIFICATE_DEMANDED if shown.without == 403 else None
    assert facts.meaning is (Meaning.NOT_EXCHANGE if shown.without == 200 else demanded)
    ((session, tls),) = report.case.seen(TlsFacts)
    assert (session.status, tls.trusted, tls.name_matches) == (Status.OK, True, True)
    assert tls.client_certificate == facts.client_certificate
    assert blamed_elsewhere(report) == set()


@each_row
def test_with_a_good_certificate(
    surroundings: Surroundings, ports: dict[str, int], devices: dict[str, Path], name: str, shown: Shown
) -> None:
    report = surroundings.check(f"cert=phones.contoso.test:{ports[name]}", "--client-cert", str(devices["good"]))
    seen, facts = answers(report, Sent.CERTIFICATE)[0]
    assert outcome_of(facts.status, seen.reason) == shown.good
    demand = facts.client_certificate
    assert (demand.asked, demand.how, demand.presented) == (shown.asked, shown.how, True)
    assert demand.accepted is (shown.good == 200)
    if SITES[name].is_exchange:
        assert facts.meaning is Meaning.SIGNED_IN
        assert "cba/not-working" not in blamed(report)
    assert blamed_elsewhere(report) == set()


@each_row
def test_with_a_certificate_of_the_wrong_authority(
    surroundings: Surroundings, ports: dict[str, int], devices: dict[str, Path], name: str, shown: Shown
) -> None:
    report = surroundings.check(f"cert=phones.contoso.test:{ports[name]}", "--client-cert", str(devices["wrong CA"]))
    seen, facts = answers(report, Sent.CERTIFICATE)[0]
    assert outcome_of(facts.status, seen.reason) == shown.wrong
    assert (facts.client_certificate.presented, facts.client_certificate.accepted) == (True, False)


def test_a_whole_site_over_tls_12_ends_the_handshake(surroundings: Surroundings, ports: dict[str, int]) -> None:
    """No session comes of it; the server's own certificate is judged all the same."""
    report = surroundings.check(f"cert=phones.contoso.test:{ports['site, required, TLS 1.2']}")
    ((seen, facts),) = report.case.seen(TlsFacts)
    assert (seen.status, seen.reason) == (Status.FAILED, WANTED)
    assert facts.client_certificate == CertificateDemand(Asked.HANDSHAKE, HANDSHAKE, True, ISSUERS)
    assert (facts.trusted, facts.name_matches, facts.subject) == (True, True, "CN=*.contoso.test")
    ((http, _),) = answers(report, Sent.NONE)
    assert http.status is Status.SKIPPED


def test_a_site_that_never_asks_says_so(
    surroundings: Surroundings, ports: dict[str, int], devices: dict[str, Path]
) -> None:
    report = surroundings.check(f"cert=phones.contoso.test:{ports['never']}", "--client-cert", str(devices["good"]))
    assert [f.client_certificate for _, f in answers(report, Sent.NONE)] == [
        CertificateDemand(Asked.NO, None, required=False)
    ]
    ((_, facts),) = answers(report, Sent.CERTIFICATE)
    assert (facts.client_certificate.presented, facts.client_certificate.accepted) == (False, None)


PAIRS = [
    ("never", "path, required, TLS 1.2"),
    ("never", "path, required, TLS 1.3"),
    ("path, optional, TLS 1.2", "site, required, TLS 1.2"),
    ("as Exchange, TLS 1.3", "never"),
    ("path, required, TLS 1.2", "site, required, TLS 1.3"),
]


@pytest.mark.parametrize(("generic", "certificate"), PAIRS)
def test_what_is_no_exchange_is_never_called_the_duplicate_namespace(
    surroundings: Surroundings, ports: dict[str, int], generic: str, certificate: str
) -> None:
    """One name that demands a certificate beside one that does not: the article's fault needs more than that (J1)."""
    report = surroundings.check(
        f"generic=mail.contoso.test:{ports['never']}",
        f"legacy-generic=legacy.contoso.test:{ports[generic]}",
        f"legacy-cert=legacycert.contoso.test:{ports[certificate]}",
        "--answer",
        "tls-in-front=nothing",
        "--answer",
        "internal-url:legacy.contoso.test=yes",
        "--answer",
        "internal-url:legacycert.contoso.test=yes",
    )
    assert len({o.target for o, _ in answers(report, Sent.NONE)}) == 3
    assert len({o.target for o, _ in answers(report, Sent.NONE, PROXY_PATH)}) == 2
    assert "namespace/duplicate" not in blamed(report)
